/* SPDX-License-Identifier: Apache-2.0 */
/* A rule as an s-expression, for `rules list` and for tests. */
#include <string.h>

#include "evtxhound/rule.h"

static void show_unit(struct buf *b, uint32_t unit)
{
	if (unit == PATTERN_ANY) {
		buf_byte(b, '*');
	} else if (unit == PATTERN_ONE) {
		buf_byte(b, '?');
	} else {
		if (unit == '*' || unit == '?' || unit == '\\' || unit == '"')
			buf_byte(b, '\\');
		text_put(b, unit);
	}
}

static void show_text(struct buf *b, struct view text)
{
	buf_byte(b, '"');
	while (text.n)
		show_unit(b, text_next(&text));
	buf_byte(b, '"');
}

static void show_net(struct buf *b, const struct net *n)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	const uint8_t *a = n->address;

	if (memcmp(a, mapped, sizeof mapped) == 0 && n->bits >= 96) {
		buf_fmt(b, "%u.%u.%u.%u/%u", a[12], a[13], a[14], a[15], n->bits - 96u);
		return;
	}
	for (size_t i = 0; i < 16; i += 2)
		buf_fmt(b, "%s%x", i ? ":" : "", (unsigned)a[i] << 8 | a[i + 1]);
	buf_fmt(b, "/%u", n->bits);
}

static void show_literal(struct buf *b, const struct test *t, const struct literal *l)
{
	buf_byte(b, ' ');
	if (t->op == TEST_CIDR) {
		show_net(b, &l->net);
	} else if (t->op == TEST_REGEX) {
		buf_byte(b, '/');
		buf_view(b, l->regex);
		buf_byte(b, '/');
	} else if (l->is_number && l->is_real) {
		buf_fmt(b, "%.15g", l->real);
	} else if (l->is_number) {
		buf_fmt(b, "%lld", (long long)l->number);
	} else {
		buf_byte(b, '"');
		for (size_t i = 0; i < l->pattern.n; i++)
			show_unit(b, l->pattern.units[i]);
		buf_byte(b, '"');
	}
}

/* ---- values ---- */

static void show_field(struct buf *b, field_id id, bool raw, const struct fields *f)
{
	if (raw)
		buf_str(b, "raw:");
	if (id == FIELD_ANY)
		buf_str(b, "any");
	else
		buf_view(b, fields_name(f, id));
}

static void show_expr(struct buf *b, const struct expr *e, const struct fields *f)
{
	static const char *const names[] = {
		"add",	   "subtract", "multiply", "divide", "modulo", "between",
		"concat",  "indexof",  "length",   "number", "string", "substring"};

	if (e->op == EXPR_FIELD) {
		show_field(b, e->field, e->raw, f);
	} else if (e->op == EXPR_TEXT) {
		show_text(b, e->text);
	} else if (e->op == EXPR_NUMBER) {
		buf_fmt(b, "%lld", (long long)e->number);
	} else if (e->op == EXPR_REAL) {
		buf_fmt(b, "%.15g", e->real);
	} else if (e->op == EXPR_CALL) {
		buf_fmt(b, "(%s%s", names[e->function], e->nocase ? "~" : "");
		for (size_t i = 0; i < e->n; i++) {
			buf_byte(b, ' ');
			show_expr(b, e->args[i], f);
		}
		buf_byte(b, ')');
	} else {
		buf_str(b, e->op == EXPR_NULL ? "null" : e->number ? "true" : "false");
	}
}

/* ---- tests ---- */

static const char *op_name(const struct test *t)
{
	switch (t->op) {
	case TEST_MATCH:
		return t->cased ? "=" : "~";
	case TEST_LT:
		return "<";
	case TEST_LE:
		return "<=";
	case TEST_GT:
		return ">";
	case TEST_GE:
		return ">=";
	case TEST_NULL:
		return "null";
	case TEST_EMPTY:
		return "empty";
	case TEST_REGEX:
		return "re";
	case TEST_CIDR:
		return "cidr";
	case TEST_EXISTS:
		break;
	}
	return "exists";
}

static void show_test(struct buf *b, const struct test *t, const struct fields *f)
{
	static const char *const places[] = {"", "starts", "ends", "within"};
	static const char *const parts[] = {"", "minute", "hour", "day", "week", "month", "year"};

	buf_fmt(b, "(%s%s%s", t->every ? "all" : "", t->other ? places[t->place] : "", op_name(t));
	for (unsigned i = 0; t->op == TEST_REGEX && i < 5; i++)
		if (t->flags & 1u << i)
			buf_byte(b, (uint8_t)"imswl"[i]);
	buf_byte(b, ' ');
	if (t->part != PART_NONE)
		buf_fmt(b, "(%s ", parts[t->part]);
	if (t->expr)
		show_expr(b, t->expr, f);
	else
		show_field(b, t->field, t->raw, f);
	if (t->part != PART_NONE)
		buf_byte(b, ')');
	for (size_t i = 0; i < t->n && !t->other; i++)
		show_literal(b, t, &t->literals[i]);
	if (t->other) {
		buf_byte(b, ' ');
		show_expr(b, t->other, f);
	}
	buf_byte(b, ')');
}

/* Trees are as deep as their rules' nesting, which LIMIT_RULE_DEPTH bounds. */
static void show_node(struct buf *b, const struct node *n, const struct fields *f)
{
	static const char *const names[] = {"and", "or", "not", "test", "true", "false"};

	if (n->op == NODE_TEST) {
		show_test(b, n->test, f);
		return;
	}
	if (n->op == NODE_TRUE || n->op == NODE_FALSE) {
		buf_str(b, names[n->op]);
		return;
	}
	buf_fmt(b, "(%s", names[n->op]);
	for (size_t i = 0; i < n->n; i++) {
		buf_byte(b, ' ');
		show_node(b, n->kids[i], f);
	}
	buf_byte(b, ')');
}

static void show_stage(struct buf *b, const char *what, const struct stage *s,
		       const struct fields *f)
{
	buf_fmt(b, " (%s ", what);
	if (s->of_id.n) {
		buf_str(b, "of ");
		buf_view(b, s->of_id);
	} else {
		buf_view(b, s->logsource.n ? s->logsource : view_str("any"));
	}
	if (s->name.n) {
		buf_str(b, " (name ");
		buf_view(b, s->name);
		buf_byte(b, ')');
	}
	for (size_t i = 0; i < s->n_keys; i++) {
		buf_str(b, i ? " " : " (by ");
		if (i < 32 && s->optional_keys & 1u << i)
			buf_byte(b, '?');
		buf_view(b, fields_name(f, s->keys[i]));
	}
	buf_str(b, s->n_keys ? ")" : "");
	if (s->value != FIELD_NONE && s->value) {
		buf_str(b, " (of ");
		buf_view(b, fields_name(f, s->value));
		buf_byte(b, ')');
	}
	if (!s->of_id.n) {
		buf_byte(b, ' ');
		show_node(b, s->condition, f);
	}
	buf_byte(b, ')');
}

static void show_measure(struct buf *b, const struct rule *r)
{
	static const char *const measures[] = {"events", "values", "sum", "avg", "percentile"};
	static const char *const ops[] = {"=", "<", "<=", ">", ">="};

	if (r->shape == RULE_COUNT)
		buf_fmt(b, " %s", measures[r->measure]);
	if (r->shape == RULE_COUNT && r->measure == MEASURE_PERCENTILE)
		buf_fmt(b, " %g", r->percentile);
	for (size_t i = 0; i < r->n_bounds; i++)
		buf_fmt(b, " %s%s %.15g", r->bounds[i].negated ? "not " : "", ops[r->bounds[i].op],
			r->bounds[i].value);
}

void rule_text(struct buf *b, const struct rule *r, const struct fields *f)
{
	static const char *const shapes[] = {"single", "sequence", "temporal", "sample", "count"};

	buf_fmt(b, "(%s%s%s", r->quiet ? "quiet " : "", r->ordered ? "ordered " : "", shapes[r->shape]);
	show_measure(b, r);
	if (r->span == SPAN_LIFETIME)
		buf_str(b, " (span lifetime)");
	else if (r->span != SPAN_NONE)
		buf_fmt(b, " (span %llu)", (unsigned long long)r->span);
	for (size_t i = 0; i < r->n_stages; i++)
		show_stage(b, r->stages[i].missing ? "missing" : "stage", &r->stages[i], f);
	if (r->until)
		show_stage(b, "until", r->until, f);
	for (size_t i = 0; i < r->n_pipes; i++)
		buf_fmt(b, " (%s %llu)", r->pipes[i].tail ? "tail" : "head",
			(unsigned long long)r->pipes[i].n);
	buf_byte(b, ')');
}
