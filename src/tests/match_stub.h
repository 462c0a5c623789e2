/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MATCH_STUB_H
#define EVTXHOUND_MATCH_STUB_H
/*
 * The evaluator is tested against answers said outright: event_ask(), event_field() and
 * event_kind() of these tests read the table below instead of a record.
 */
#include "testing.h"

#include "evtxhound/match.h"

enum { A, B, C, D, N_FIELDS }; /* field ids */

struct said {
	enum answer_state state;
	bool is_class;
	const char *values[3];
	bool carried, null; /* the record has the field; as a null */
};
/* An event whose answers stand in a table. */
struct said_event {
	struct event event; /* first: event_ask() finds the table behind it */
	enum event_kind kind;
	struct said said[N_FIELDS];
};

static unsigned asked; /* how often event_ask() was called */
/* What makes a class asks an event that is no more than its head: it has no answers. */
#define STUB_SAID 77
static bool stub_heads; /* events with answers are those of that level */

bool event_says_always(const struct fields *f, const struct event *head, field_id id)
{
	(void)f;
	(void)head;
	(void)id;
	return false;
}

int event_ask(const struct event *ev, struct activity *act, const struct derived *d,
	      field_id id, const struct fields *f, struct arena *a, struct answer *out)
{
	const struct said *s = &((const struct said_event *)(const void *)ev)->said[id];
	struct view *v = arena_array(a, 3, sizeof(*v));

	(void)act;
	(void)d;
	(void)f;
	asked++;
	if (!v)
		return -1;
	if (stub_heads && ev->level != STUB_SAID) {
		*out = (struct answer){.state = ANSWER_NULL};
		return 0;
	}
	*out = (struct answer){.state = s->state, .is_class = s->is_class, .values = v};
	if (s->state == ANSWER_UNKNOWN || s->state == ANSWER_LATE)
		out->why = s->state == ANSWER_LATE ? "not yet" : "never carried";
	while (out->n < 3 && s->values[out->n]) {
		v[out->n] = view_str(s->values[out->n]);
		out->n++;
	}
	return 0;
}

/* The record's own word is the first value with "raw " before it; of any value, all of them. */
int event_ask_raw(const struct event *ev, field_id id, const struct fields *f, struct arena *a,
		  struct answer *out)
{
	struct view *v = arena_alloc(a, sizeof(*v));
	struct buf b;

	if (event_ask(ev, NULL, NULL, id, f, a, out) < 0 || !v)
		return -1;
	if (!out->n)
		return 0;
	buf_init(&b, 0);
	buf_str(&b, "raw ");
	buf_view(&b, out->values[0]);
	*v = arena_keep(a, buf_data(&b));
	buf_release(&b);
	out->values = v;
	out->n = 1;
	return v->p ? 0 : -1;
}

int event_ask_any(const struct event *ev, struct arena *a, struct answer *out)
{
	struct view *v = arena_array(a, 3 * N_FIELDS, sizeof(*v));
	struct answer one;

	if (!v)
		return -1;
	*out = (struct answer){.state = ANSWER_NULL, .values = v};
	for (field_id id = 0; id < N_FIELDS; id++) {
		if (event_ask(ev, NULL, NULL, id, NULL, a, &one) < 0)
			return -1;
		for (size_t i = 0; i < one.n; i++)
			v[out->n++] = one.values[i];
	}
	out->state = out->n ? ANSWER_VALUE : ANSWER_NULL;
	return 0;
}

const struct field *event_field(const struct event *ev, field_id id)
{
	static const struct field null = {.value = {.type = VALUE_NULL}};
	static const struct field empty = {.value = {.type = VALUE_UTF8}};
	const struct said *s;

	if (id >= N_FIELDS)
		return NULL;
	s = &((const struct said_event *)(const void *)ev)->said[id];
	if (!s->carried)
		return NULL;
	return s->null ? &null : &empty;
}

enum event_kind event_kind(const struct event *ev)
{
	return ((const struct said_event *)(const void *)ev)->kind;
}

void activity_begin(const struct event *ev, struct activity *out)
{
	(void)ev; /* may be a head that is no said_event */
	*out = (struct activity){.kind = KIND_NONE};
}

/* "a*b?" to a pattern; owned by `a`. */
static inline struct pattern stub_pattern(struct arena *a, const char *text, bool cased)
{
	struct view v = view_str(text);
	struct pattern p = {NULL, 0, false};
	uint32_t *units = arena_array(a, v.n + 1, sizeof(*units));

	assert_non_null(units);
	while (v.n) {
		uint32_t cp = text_next(&v);

		p.wild |= cp == '*' || cp == '?';
		cp = cp == '*' ? PATTERN_ANY : cp == '?' ? PATTERN_ONE : cased ? cp : text_fold(cp);
		units[p.n++] = cp;
	}
	p.units = units;
	return p;
}

/* A test of up to three literals; a literal "#12" is the number 12. */
struct wanted_test {
	field_id field;
	enum test_op op;
	bool cased, every;
	const char *literals[3];
};

static inline const struct test *stub_test(struct arena *a, const struct wanted_test *w)
{
	static const char *const names[] = {"A", "B", "C", "D"};
	struct test *t = arena_alloc(a, sizeof(*t));
	struct literal *l = arena_array(a, 3, sizeof(*l));

	*t = (struct test){.field = w->field, .op = w->op, .cased = w->cased, .every = w->every};
	t->source = view_str(names[w->field]);
	t->literals = l;
	for (; t->n < 3 && w->literals[t->n]; t->n++) {
		const char *text = w->literals[t->n];

		l[t->n].is_number = *text == '#';
		if (l[t->n].is_number)
			l[t->n].number = strtoll(++text, NULL, 10);
		l[t->n].pattern = stub_pattern(a, text, w->cased);
	}
	return t;
}

/*
 * A tree in prefix notation: "&" and "|" take everything up to ")", "!" one node, "A" to "D" test
 * that the field is "x", "1" and "0" are the constants. Spaces mean nothing.
 */
static inline const struct node *stub_tree(struct arena *a, const char **text)
{
	struct node *n = arena_alloc(a, sizeof(*n));
	const struct node **kids = arena_array(a, 16, sizeof(const struct node *));
	char c;

	do
		c = *(*text)++;
	while (c == ' ');
	n->kids = kids;
	n->op = c == '&' ? NODE_AND : c == '|' ? NODE_OR : c == '!' ? NODE_NOT : NODE_TEST;
	if (c == '1' || c == '0')
		n->op = c == '1' ? NODE_TRUE : NODE_FALSE;
	else if (c == '!')
		kids[n->n++] = stub_tree(a, text);
	else if (c >= 'A' && c <= 'D')
		n->test = stub_test(a, &(struct wanted_test){(field_id)(c - 'A'), TEST_MATCH, false,
							     false, {"x", NULL, NULL}});
	else
		while (**text != ')')
			kids[n->n++] = stub_tree(a, text);
	if (c == '&' || c == '|')
		(*text)++;
	return n;
}

#endif
