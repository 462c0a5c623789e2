/* SPDX-License-Identifier: Apache-2.0 */
/* The index leaves out nothing but what is false: conditions and events by chance, a fixed one. */
#include "match_stub.h"

#define RULES 300u
#define EVENTS 2000u

static uint64_t chance_state = 88172645463325252u;

static uint32_t chance(uint32_t n)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (uint32_t)(chance_state >> 20) % n;
}

static const char *const patterns[] = {
	"*abc*", "*\\cmd.exe", "cmd*", "ab*cde?fg", "?", "*", "x", "*xy*", "*\u00c4b*", "*\u212a*",
	"#12", "#0", "*a*b*", "\u0130*", "*powershell*", "* -enc *", "*-e*", "*https://*", "", "*\u00df*",
	"*abcdefgh*", "*bcd*", "*12*", "\u041f\u0440\u0438*",
};
static const char *const pieces[] = {
	"abc", "ABC", "\\cmd.exe", "CMD", "x", "xy", "Y", "\u00e4b", "\u00c4B", "k", "K", "12", "0x0c", "0",
	"powerSHELL", " -ENC ", "https://", "", "\u00df", "defgh", "b", "cde", "fg", "z", " ", "\xff",
	"\xed\xa0\x80", "\u043f\u0420\u0418", "\u0130",
};

static const struct test *any_test(struct arena *a)
{
	static const enum test_op ops[] = {TEST_MATCH, TEST_MATCH, TEST_MATCH, TEST_MATCH, TEST_MATCH,
					   TEST_NULL, TEST_EMPTY, TEST_EXISTS, TEST_LT, TEST_GE};
	struct wanted_test w = {chance(N_FIELDS), ops[chance(10)], chance(4) == 0, chance(3) == 0, {NULL}};
	struct test *t = arena_alloc(a, sizeof(*t));

	for (uint32_t i = 0, n = chance(4); i < n; i++)
		w.literals[i] = patterns[chance(TEST_COUNT(patterns))];
	*t = *stub_test(a, &w);
	t->raw = chance(8) == 0;
	if (chance(12) == 0)
		t->field = FIELD_ANY;
	return t;
}

static const struct node *any_tree(struct arena *a, unsigned depth)
{
	static const enum node_op ops[] = {NODE_AND, NODE_AND, NODE_OR, NODE_OR, NODE_NOT,
					   NODE_TRUE, NODE_FALSE};
	struct node *n = arena_alloc(a, sizeof(*n));
	const struct node **kids = arena_array(a, 4, sizeof(const struct node *));

	*n = (struct node){.op = NODE_TEST, .kids = kids};
	if (depth)
		n->op = ops[chance(chance(6) ? 5 : 7)];
	if (n->op == NODE_TEST)
		n->test = any_test(a);
	else if (n->op < NODE_TEST)
		for (uint32_t i = 0, many = n->op == NODE_NOT ? 1 : chance(4); i < many; i++)
			kids[n->n++] = any_tree(a, chance(3) ? depth - 1 : 0);
	return n;
}

static const char *any_value(struct arena *a)
{
	struct buf b;
	char *text;

	buf_init(&b, 0);
	for (uint32_t i = chance(6); i; i--)
		buf_str(&b, pieces[chance(TEST_COUNT(pieces))]);
	text = arena_str(a, b.n ? buf_data(&b) : view_str(""));
	buf_release(&b);
	return text;
}

static struct said any_said(struct arena *a)
{
	static const enum answer_state states[] = {ANSWER_NULL, ANSWER_UNKNOWN, ANSWER_LATE};
	struct said s = {.state = ANSWER_VALUE, .carried = chance(2), .null = chance(2)};

	if (chance(5) == 0) {
		s.state = states[chance(3)];
		return s;
	}
	s.is_class = chance(10) == 0;
	for (uint32_t i = 0, n = s.is_class ? 1 : 1 + chance(3); i < n; i++)
		s.values[i] = any_value(a);
	return s;
}

struct many {
	struct arena a;
	struct ruleset set;
	struct rule rules[RULES];
	struct stage stages[RULES];
};

static void many_make(struct many *m, uint32_t n)
{
	arena_init(&m->a, 64 << 20);
	assert_int_equal(fields_init(&m->set.fields, NULL), 0);
	for (uint32_t i = 0; i < n; i++) {
		m->stages[i] = (struct stage){.condition = any_tree(&m->a, 3)};
		m->rules[i] = (struct rule){.stages = &m->stages[i], .n_stages = 1};
	}
	m->set.rules = m->rules;
	m->set.n = n;
}

static void many_free(struct many *m)
{
	fields_release(&m->set.fields);
	arena_release(&m->a);
}

/* The stages that are not false when asked one by one. */
static size_t check_event(struct matcher *m, const struct many *r, const struct subject *s)
{
	struct hit *hits;
	size_t n, at = 0;

	assert_int_equal(matcher_event(m, s, &hits, &n), 0);
	for (uint32_t i = 0; i < r->set.n; i++) {
		bool found = at < n && hits[at].rule == i;

		if (found != (matcher_stage(m, (struct hit){i, 0}, s, EVAL_KEEP) != TRI_FALSE))
			fail_msg("rule %u: the index says %d", i, found);
		at += found;
	}
	assert_int_equal(at, n);
	return n;
}

static void nothing_is_left_out(void **state)
{
	static struct many r;
	struct matcher *m;
	size_t hits = 0;

	(void)state;
	stub_heads = true;
	many_make(&r, RULES);
	m = matcher_new(&r.set);
	assert_non_null(m);
	for (size_t i = 0; i < EVENTS; i++) {
		struct arena a;
		struct said_event ev = {.event = {.level = STUB_SAID, .event_id = (uint16_t)chance(3)}};
		struct subject s = {.event = &ev.event, .fields = &r.set.fields, .arena = &a};

		arena_init(&a, 16 << 20);
		for (size_t f = 0; f < N_FIELDS; f++)
			ev.said[f] = any_said(&a);
		hits += check_event(m, &r, &s);
		arena_release(&a);
	}
	assert_true(hits > EVENTS && hits < RULES * EVENTS / 10 * 8);
	matcher_free(m);
	many_free(&r);
}

static bool match_once(void *ctx)
{
	struct many *r = ctx;
	struct said_event ev = {.event = {.level = STUB_SAID}, .said = {{ANSWER_VALUE, false, {"abc \u00c4b"}, true, false}}};
	struct arena a;
	struct subject s = {.event = &ev.event, .arena = &a, .fields = &r->set.fields};
	struct matcher *m = matcher_new(&r->set);
	struct hit *hits;
	size_t n;
	bool ok;

	arena_init(&a, 1 << 20);
	ok = m && matcher_event(m, &s, &hits, &n) == 0;
	matcher_free(m);
	arena_release(&a);
	return ok;
}

static void memory_may_end(void **state)
{
	static struct many r;

	(void)state;
	stub_heads = true;
	many_make(&r, 30);
	assert_true(test_starve(match_once, &r) > 10);
	many_free(&r);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(nothing_is_left_out),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
