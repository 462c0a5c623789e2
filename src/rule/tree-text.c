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

static void show_literal(struct buf *b, const struct literal *l)
{
	if (l->is_number) {
		buf_fmt(b, " %lld", (long long)l->number);
		return;
	}
	buf_str(b, " \"");
	for (size_t i = 0; i < l->pattern.n; i++)
		show_unit(b, l->pattern.units[i]);
	buf_byte(b, '"');
}

static const char *op_name(const struct test *t)
{
	switch (t->op) {
	case TEST_MATCH:
		return t->every ? (t->cased ? "all=" : "all~") : (t->cased ? "=" : "~");
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
	buf_fmt(b, "(%s ", op_name(t));
	buf_view(b, fields_name(f, t->field));
	for (size_t i = 0; i < t->n; i++)
		show_literal(b, &t->literals[i]);
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

static void show_stage(struct buf *b, const struct stage *s, const struct fields *f)
{
	buf_str(b, "(stage ");
	buf_view(b, s->logsource.n ? s->logsource : view_str("any"));
	if (s->name.n) {
		buf_str(b, " (name ");
		buf_view(b, s->name);
		buf_byte(b, ')');
	}
	for (size_t i = 0; i < s->n_keys; i++) {
		buf_str(b, i ? " " : " (by ");
		buf_view(b, fields_name(f, s->keys[i]));
	}
	buf_str(b, s->n_keys ? ") " : " ");
	show_node(b, s->condition, f);
	buf_byte(b, ')');
}

void rule_text(struct buf *b, const struct rule *r, const struct fields *f)
{
	static const char *const shapes[] = {"single", "sequence", "temporal", "sample", "count"};

	buf_fmt(b, "(%s", shapes[r->shape]);
	if (r->span == SPAN_LIFETIME)
		buf_str(b, " (span lifetime)");
	else if (r->span != SPAN_NONE)
		buf_fmt(b, " (span %llu)", (unsigned long long)r->span);
	for (size_t i = 0; i < r->n_stages; i++) {
		buf_byte(b, ' ');
		show_stage(b, &r->stages[i], f);
	}
	buf_byte(b, ')');
}
