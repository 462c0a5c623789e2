/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tests the strict value hangs on. A node whose strict value is known cannot change anything
 * above it, so only nodes that are unknown are entered.
 */
#include "match-private.h"

struct lines {
	struct arena *arena;
	struct view *v;
	size_t n, cap;
};

static bool lines_have(const struct lines *l, struct view line)
{
	for (size_t i = 0; i < l->n; i++)
		if (view_eq(l->v[i], line))
			return true;
	return false;
}

static int lines_add(struct lines *l, struct view line)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 8;
		struct view *v = arena_array(l->arena, cap, sizeof(*v));

		if (!v)
			return -1;
		for (size_t i = 0; i < l->n; i++)
			v[i] = l->v[i];
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = line;
	return 0;
}

static int lines_tell(struct lines *l, const struct test *t, const char *why)
{
	struct buf b;
	struct view line;

	buf_init(&b, 0);
	buf_view(&b, t->source);
	buf_str(&b, ": ");
	buf_str(&b, why);
	line = buf_data(&b);
	if (!b.bad && lines_have(l, line)) {
		buf_release(&b);
		return 0;
	}
	line = b.bad ? (struct view){NULL, 0} : arena_keep(l->arena, line);
	buf_release(&b);
	return line.p ? lines_add(l, line) : -1;
}

static int collect(struct asking *k, const struct node *n, struct lines *l)
{
	enum tri value = asking_eval(k, n);
	const char *why = "";

	if (value == TRI_FAILED)
		return -1;
	if (value != TRI_UNKNOWN)
		return 0;
	if (n->op == NODE_TEST) {
		test_eval(k, n->test, &why);
		return lines_tell(l, n->test, why);
	}
	for (size_t i = 0; i < n->n; i++)
		if (collect(k, n->kids[i], l) < 0)
			return -1;
	return 0;
}

int unknowns_collect(struct asking *k, const struct node *n, struct view **lines, size_t *count)
{
	struct lines l = {.arena = k->subject->arena};

	*lines = NULL;
	*count = 0;
	if (collect(k, n, &l) < 0)
		return -1;
	*lines = l.v;
	*count = l.n;
	return 0;
}

int match_unknowns(const struct node *n, const struct subject *s, struct view **lines,
		   size_t *count)
{
	struct regexes regexes;
	struct memory memory;
	struct asking k = {.subject = s, .mode = EVAL_STRICT, .regexes = &regexes, .memory = &memory};
	int rc = memory_init(&memory, s->fields);

	regexes_init(&regexes);
	if (rc == 0)
		rc = unknowns_collect(&k, n, lines, count);
	regexes_release(&regexes);
	memory_release(&memory);
	return rc;
}
