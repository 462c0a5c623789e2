/* SPDX-License-Identifier: Apache-2.0 */
/* Answers, and those that are a field of the record or a part of one. */
#include <string.h>

#include "vocabulary-private.h"

/* ---- answers ---- */

/* Room for one more value; they stand in an array that doubles. */
static struct view *room(const struct question *q, struct answer *out)
{
	struct view *values;

	if (out->n & (out->n - 1)) /* not a power of two, so not full */
		return (struct view *)(uintptr_t)out->values;
	values = arena_array(q->arena, out->n ? out->n * 2 : 1, sizeof(*values));
	if (values && out->n)
		memcpy(values, out->values, out->n * sizeof(*values));
	return values;
}

int answer_more(const struct question *q, struct view text, struct answer *out)
{
	struct view *values;

	if (!text.n || out->n >= ANSWER_MOST)
		return 0;
	values = room(q, out);
	if (!values)
		return -1;
	values[out->n++] = text;
	out->values = values;
	out->state = ANSWER_VALUE;
	return 0;
}

int answer_one(const struct question *q, struct view text, struct answer *out)
{
	return answer_more(q, text, out);
}

int answer_str(const struct question *q, const char *text, struct answer *out)
{
	return answer_more(q, view_str(text), out);
}

int answer_list(const struct question *q, const char *list, struct answer *out)
{
	int r = 0;

	while (r == 0 && *list) {
		size_t n = strcspn(list, "|");

		r = answer_more(q, (struct view){(const uint8_t *)list, n}, out);
		list += n + (list[n] == '|');
	}
	return r;
}

int answer_made(const struct question *q, struct view text, struct answer *out)
{
	return text.p ? answer_more(q, text, out) : -1;
}

int answer_number(const struct question *q, bool has, uint64_t v, struct answer *out)
{
	return has ? answer_made(q, value_decimal(q->arena, v), out) : 0;
}

void answer_unknown(struct answer *out, const char *why)
{
	out->state = ANSWER_UNKNOWN;
	out->why = why;
}

void answer_late(struct answer *out, const char *why)
{
	out->state = ANSWER_LATE;
	out->why = why;
}

/* ---- texts ---- */

struct view view_join(struct arena *a, struct view x, const char *between, struct view y)
{
	struct view m = view_str(between);
	uint8_t *p = arena_alloc(a, x.n + m.n + y.n + 1);

	if (!p)
		return (struct view){0};
	memcpy(p, x.p, x.n);
	memcpy(p + x.n, m.p, m.n);
	memcpy(p + x.n + m.n, y.p, y.n);
	return (struct view){p, x.n + m.n + y.n};
}

struct view view_lower(struct arena *a, struct view v)
{
	uint8_t *p = arena_alloc(a, v.n + 1);

	if (!p)
		return (struct view){0};
	for (size_t i = 0; i < v.n; i++)
		p[i] = ascii_lower(v.p[i]);
	return (struct view){p, v.n};
}

/* ---- fields ---- */

const struct field *question_field(const struct question *q, field_id id)
{
	return id < FIELD_ANY ? event_field(q->event, id) : NULL;
}

/* Only the other decoder's texts hide a type: theirs are brought to our spelling. */
static struct view field_text(const struct question *q, const struct field *f)
{
	return f->value.type == VALUE_UTF8 ? value_canonical(q->arena, f->value)
					   : value_view(q->arena, f->value);
}

struct view question_verbatim(const struct question *q, field_id id)
{
	const struct field *f = question_field(q, id);

	return f ? value_view(q->arena, f->value) : view_str("");
}

struct view question_text(const struct question *q, field_id id)
{
	const struct field *f = question_field(q, id);
	struct view v = f ? field_text(q, f) : view_str("");

	return v.p && value_says_nothing(v) ? view_str("") : v;
}

bool question_number(const struct question *q, field_id id, uint64_t *out)
{
	const struct field *f = question_field(q, id);

	return f && value_number(f->value, out);
}

int need_activity(const struct question *q)
{
	if (!q->activity)
		return 1;
	return q->activity->filled ? 0 : activity_fill(q->event, q->arena, q->activity);
}

/* ---- the record's own ---- */

static int add_field(const struct question *q, const struct field *f, struct answer *out)
{
	return value_is_empty(f->value) ? 0 : answer_made(q, field_text(q, f), out);
}

int make_own(const struct question *q, const struct row *r, struct answer *out)
{
	int made = 0;

	(void)r;
	for (size_t i = 0; made == 0 && q->id < FIELD_ANY && i < q->event->n_fields; i++)
		if (q->event->fields[i].id == q->id)
			made = add_field(q, &q->event->fields[i], out);
	return made;
}

int make_unnamed(const struct question *q, const struct row *r, struct answer *out)
{
	int made = 0;

	(void)r;
	for (size_t i = 0; made == 0 && i < q->event->n_fields; i++)
		if (q->event->fields[i].id == FIELD_DATA || !q->event->fields[i].name.n)
			made = add_field(q, &q->event->fields[i], out);
	return made;
}

int make_nothing(const struct question *q, const struct row *r, struct answer *out)
{
	(void)q;
	(void)r;
	(void)out;
	return 0;
}

int make_constant(const struct question *q, const struct row *r, struct answer *out)
{
	return answer_str(q, r->text, out);
}

int make_text(const struct question *q, const struct row *r, struct answer *out)
{
	return answer_made(q, question_text(q, r->from), out);
}

int make_verbatim(const struct question *q, const struct row *r, struct answer *out)
{
	return answer_made(q, question_verbatim(q, r->from), out);
}

int make_lower(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	return v.p ? answer_made(q, view_lower(q->arena, v), out) : -1;
}

int make_decimal(const struct question *q, const struct row *r, struct answer *out)
{
	uint64_t n = 0;
	bool has = question_number(q, r->from, &n);

	return answer_number(q, has, n, out);
}

/* ---- paths ---- */

int make_name(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	return v.p ? answer_more(q, view_after_last(v, "\\/"), out) : -1;
}

int make_directory(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from), name;

	if (!v.p)
		return -1;
	name = view_after_last(v, "\\/");
	return name.n == v.n ? 0 : answer_more(q, view_sub(v, 0, v.n - name.n - 1), out);
}

int make_extension(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from), name, extension;

	if (!v.p)
		return -1;
	name = view_after_last(v, "\\/");
	extension = view_after_last(name, ".");
	return extension.n == name.n ? 0 : answer_more(q, extension, out);
}

/* "\??\C:\share" and what was asked for in it. */
int make_share_path(const struct question *q, const struct row *r, struct answer *out)
{
	struct view share = question_text(q, r->from);
	struct view name = question_text(q, FIELD_RELATIVE_TARGET_NAME);

	if (!share.p || !name.p)
		return -1;
	if (!share.n || !name.n)
		return 0;
	return answer_made(q, view_join(q->arena, share, "\\", name), out);
}

/* ---- parts of texts ---- */

/* What stands before the first of `end`, or all. */
static struct view until(struct view v, const char *end)
{
	size_t n = 0;

	while (n < v.n && !memchr(end, v.p[n], strlen(end)))
		n++;
	return view_sub(v, 0, n);
}

static bool only_zeros(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != '0')
			return false;
	return true;
}

/* "MD5=...,SHA256=..."; a hash of zeros stands where none was taken. */
int make_hash(const struct question *q, const struct row *r, struct answer *out)
{
	struct view rest = question_text(q, r->from);
	size_t n = strlen(r->text);

	if (!rest.p)
		return -1;
	while (rest.n) {
		struct view one = until(rest, ","), hash = view_sub(one, n + 1, one.n);

		rest = view_sub(rest, one.n + 1, rest.n);
		if (!only_zeros(hash) && one.p[n] == '=' &&
		    view_eq_str_nocase(view_sub(one, 0, n), r->text))
			return answer_made(q, view_lower(q->arena, hash), out);
	}
	return 0;
}

/* A line of a Zone.Identifier stream. */
int make_zone(const struct question *q, const struct row *r, struct answer *out)
{
	struct view rest = question_text(q, r->from);
	size_t n = strlen(r->text);

	if (!rest.p)
		return -1;
	while (rest.n) {
		struct view line = until(rest, "\r\n ");

		if (view_eq_str_nocase(view_sub(line, 0, n), r->text))
			return answer_more(q, view_sub(line, n, line.n), out);
		rest = view_sub(rest, line.n + 1, rest.n);
	}
	return 0;
}

/* ---- the command line in words ---- */

static int args_of(const struct question *q, const struct row *r, struct view **args, size_t *n)
{
	struct view line = question_verbatim(q, r->from);

	return line.p ? command_line_args(line, q->arena, args, n) : -1;
}

int make_args(const struct question *q, const struct row *r, struct answer *out)
{
	struct view *args;
	size_t n;

	if (args_of(q, r, &args, &n) < 0)
		return -1;
	if (n)
		*out = (struct answer){.state = ANSWER_VALUE, .values = args, .n = n, .why = ""};
	return 0;
}

int make_args_count(const struct question *q, const struct row *r, struct answer *out)
{
	struct view *args;
	size_t n;

	if (args_of(q, r, &args, &n) < 0)
		return -1;
	return answer_number(q, n != 0, n, out);
}
