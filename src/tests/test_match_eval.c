/* SPDX-License-Identifier: Apache-2.0 */
/* Tests, trees and the index of stages, in three values and three modes. */
#include "match_stub.h"

#define F TRI_FALSE
#define T TRI_TRUE
#define U TRI_UNKNOWN
#define VALUE(...) {ANSWER_VALUE, false, {__VA_ARGS__}, true, false}
#define CLASS(p) {ANSWER_VALUE, true, {p}, false, false}
#define ABSENT {ANSWER_NULL, false, {NULL}, false, false}
#define EMPTY {ANSWER_NULL, false, {NULL}, true, false}
#define NULLED {ANSWER_NULL, false, {NULL}, true, true}
#define UNKNOWN {ANSWER_UNKNOWN, false, {NULL}, false, false}
#define UNAUDITED {ANSWER_UNKNOWN, false, {NULL}, true, false}
#define LATE {ANSWER_LATE, false, {NULL}, false, false}

static const struct {
	const char *name;
	struct said said;
	struct wanted_test test;
	enum tri keep, published, strict;
} tests[] = {
	{"text equal", VALUE("High"), {A, TEST_MATCH, false, false, {"high"}}, T, T, T},
	{"text equal, cased", VALUE("High"), {A, TEST_MATCH, true, false, {"high"}}, F, F, F},
	{"any literal", VALUE("b"), {A, TEST_MATCH, false, false, {"a", "b"}}, T, T, T},
	{"no literal", VALUE("c"), {A, TEST_MATCH, false, false, {"a", "b"}}, F, F, F},
	{"every literal", VALUE("ab"), {A, TEST_MATCH, false, true, {"a*", "*b"}}, T, T, T},
	{"not every literal", VALUE("ac"), {A, TEST_MATCH, false, true, {"a*", "*b"}}, F, F, F},
	{"any of several values", VALUE("msiexec", "/V"), {A, TEST_MATCH, false, false, {"/v"}}, T, T, T},
	{"none of several values", VALUE("x", "/VX"), {A, TEST_MATCH, false, false, {"/V"}}, F, F, F},
	{"every literal, by several values", VALUE("x", "y"), {A, TEST_MATCH, false, true, {"x", "y"}}, T, T, T},
	{"number as text", VALUE("443"), {A, TEST_MATCH, false, false, {"443"}}, T, T, T},
	{"number against text", VALUE("443"), {A, TEST_MATCH, false, false, {"#443"}}, T, T, T},
	{"number against other text", VALUE("4430"), {A, TEST_MATCH, false, false, {"#443"}}, F, F, F},
	{"number against hexadecimal", VALUE("0x1bb"), {A, TEST_MATCH, false, false, {"#443"}}, T, T, T},
	{"number against padded", VALUE("0443"), {A, TEST_MATCH, false, false, {"#443"}}, T, T, T},
	{"text is no number", VALUE("0443"), {A, TEST_MATCH, false, false, {"443"}}, F, F, F},
	{"number against no number", VALUE("http"), {A, TEST_MATCH, false, false, {"#443"}}, F, F, F},
	{"less", VALUE("79"), {A, TEST_LT, false, false, {"#80"}}, T, T, T},
	{"not less", VALUE("80"), {A, TEST_LT, false, false, {"#80"}}, F, F, F},
	{"at most", VALUE("80"), {A, TEST_LE, false, false, {"#80"}}, T, T, T},
	{"greater", VALUE("0x51"), {A, TEST_GT, false, false, {"#80"}}, T, T, T},
	{"at least", VALUE("80"), {A, TEST_GE, false, false, {"#80"}}, T, T, T},
	{"order needs a number", VALUE("many"), {A, TEST_GT, false, false, {"#80"}}, F, F, F},
	{"order, any value", VALUE("5", "90"), {A, TEST_GT, false, false, {"#80"}}, T, T, T},

	{"a value is not null", VALUE("x"), {A, TEST_NULL, false, false, {NULL}}, F, F, F},
	{"missing is null", ABSENT, {A, TEST_NULL, false, false, {NULL}}, T, T, T},
	{"null is null", NULLED, {A, TEST_NULL, false, false, {NULL}}, T, T, T},
	{"empty is not null", EMPTY, {A, TEST_NULL, false, false, {NULL}}, F, F, F},
	{"empty is empty", EMPTY, {A, TEST_EMPTY, false, false, {NULL}}, T, T, T},
	{"missing is not empty", ABSENT, {A, TEST_EMPTY, false, false, {NULL}}, F, F, F},
	{"null is not empty", NULLED, {A, TEST_EMPTY, false, false, {NULL}}, F, F, F},
	{"a value is not empty", VALUE("x"), {A, TEST_EMPTY, false, false, {NULL}}, F, F, F},
	{"an empty value is empty", VALUE(""), {A, TEST_EMPTY, false, false, {NULL}}, T, T, T},
	{"a value exists", VALUE("x"), {A, TEST_EXISTS, false, false, {NULL}}, T, T, T},
	{"empty exists", EMPTY, {A, TEST_EXISTS, false, false, {NULL}}, T, T, T},
	{"missing does not exist", ABSENT, {A, TEST_EXISTS, false, false, {NULL}}, F, F, F},
	{"null matches no text", NULLED, {A, TEST_MATCH, false, false, {"*"}}, F, F, F},

	{"a field never carried", UNKNOWN, {A, TEST_MATCH, false, false, {"x"}}, F, F, U},
	{"left empty for want of auditing", UNAUDITED, {A, TEST_MATCH, false, false, {"x"}}, F, F, U},
	{"never carried, tested for null", UNKNOWN, {A, TEST_NULL, false, false, {NULL}}, T, T, U},
	{"unaudited, tested for empty", UNAUDITED, {A, TEST_EMPTY, false, false, {NULL}}, T, T, U},
	{"unaudited, tested for null", UNAUDITED, {A, TEST_NULL, false, false, {NULL}}, F, F, U},
	{"never carried, compared", UNKNOWN, {A, TEST_GT, false, false, {"#1"}}, F, F, U},
	{"may yet be derived", LATE, {A, TEST_MATCH, false, false, {"x"}}, U, F, U},
	{"may yet be derived, null", LATE, {A, TEST_NULL, false, false, {NULL}}, U, T, U},

	{"class covered", CLASS("S-1-5-21-"), {A, TEST_MATCH, false, false, {"S-1-5-21-*"}}, T, T, T},
	{"class excluded", CLASS("S-1-5-21-"), {A, TEST_MATCH, false, false, {"S-1-5-18"}}, F, F, F},
	{"narrower than the class", CLASS("S-1-5-21-"), {A, TEST_MATCH, false, false, {"*-500"}}, U, F, U},
	{"class, one covers", CLASS("S-1-5-21-"), {A, TEST_MATCH, false, false, {"*-500", "S-*"}}, T, T, T},
	{"class is not empty", CLASS("S-1-5-21-"), {A, TEST_EMPTY, false, false, {NULL}}, F, F, F},
	{"class is no number", CLASS("S-1-5-21-"), {A, TEST_LT, false, false, {"#80"}}, F, F, F},
};

static void one_test(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(tests); i++) {
		struct said_event ev = {.said = {tests[i].said}};
		struct subject s = {.event = &ev.event, .arena = &a};
		struct node n = {.op = NODE_TEST, .test = stub_test(&a, &tests[i].test)};

		TEST_ROW(tests[i].name, match_eval(&n, &s, EVAL_KEEP) == tests[i].keep);
		TEST_ROW(tests[i].name, match_eval(&n, &s, EVAL_PUBLISHED) == tests[i].published);
		TEST_ROW(tests[i].name, match_eval(&n, &s, EVAL_STRICT) == tests[i].strict);
	}
	arena_release(&a);
}

/* A is true, B false, C never carried, D may yet be derived. */
static const struct said_event answers = {
	.kind = KIND_PROCESS_START,
	.said = {VALUE("x"), VALUE("y"), UNKNOWN, LATE},
};

static const struct {
	const char *name, *tree;
	enum tri keep, published, strict;
	const char *unknowns; /* as a list, when published is true */
} trees[] = {
	{"constants", "&1 !0)", T, T, T, ""},
	{"empty and is true", "&)", T, T, T, ""},
	{"empty or is false", "|)", F, F, F, NULL},
	{"and true", "&A !B)", T, T, T, ""},
	{"and false", "&A B)", F, F, F, NULL},
	{"or true", "|B A)", T, T, T, ""},
	{"false decides and, whatever is unknown", "&C B)", F, F, F, NULL},
	{"true decides or, whatever is unknown", "|C A)", T, T, T, ""},
	{"not signed passes", "&A !C)", T, T, U, "C: never carried"},
	{"signed does not pass", "&A C)", F, F, U, NULL},
	{"unknown or false", "|B C)", F, F, U, NULL},
	{"late keeps", "&A D)", U, F, U, NULL},
	{"late and false", "&B D)", F, F, F, NULL},
	{"not late", "&A !D)", U, T, U, "D: not yet"},
	{"late or never", "|C D)", U, F, U, NULL},
	{"both are told", "&A !C !D)", U, T, U, "C: never carried|D: not yet"},
	{"each is told once", "&!C !C)", T, T, U, "C: never carried"},
	{"one that cannot change it is not told", "&A !&B C))", T, T, T, ""},
	{"one that cannot change it, beside one that can", "&A !C !&B D))", T, T, U, "C: never carried"},
	{"under an or that is true", "&|A C) !D)", U, T, U, "D: not yet"},
	{"excluded only when both hold", "&A !&C D))", T, T, U, "C: never carried|D: not yet"},
	{"double negation", "&A !!C)", F, F, U, NULL},
};

static void check_unknowns(size_t i, const struct node *n, const struct subject *s)
{
	struct view *lines;
	size_t count;
	struct buf b;

	buf_init(&b, 0);
	assert_int_equal(match_unknowns(n, s, &lines, &count), 0);
	for (size_t k = 0; k < count; k++) {
		buf_str(&b, k ? "|" : "");
		buf_view(&b, lines[k]);
	}
	test_view_is(trees[i].name, buf_data(&b), view_str(trees[i].unknowns));
	buf_release(&b);
}

static void trees_in_three_values(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(trees); i++) {
		struct subject s = {.event = &answers.event, .arena = &a};
		const char *text = trees[i].tree;
		const struct node *n = stub_tree(&a, &text);

		TEST_ROW(trees[i].name, match_eval(n, &s, EVAL_KEEP) == trees[i].keep);
		TEST_ROW(trees[i].name, match_eval(n, &s, EVAL_PUBLISHED) == trees[i].published);
		TEST_ROW(trees[i].name, match_eval(n, &s, EVAL_STRICT) == trees[i].strict);
		if (trees[i].unknowns)
			check_unknowns(i, n, &s);
	}
	arena_release(&a);
}

static const uint16_t one[] = {1}, three[] = {3};
static const struct selector starts = {{(const uint8_t *)"LOG", 3}, {NULL, 0}, one, 1, NULL, NULL, 0};
static const struct selector nets = {{NULL, 0}, {(const uint8_t *)"writer", 6}, three, 1, NULL, NULL, 0};

/* Rules of one stage each; the letters of the trees as above. */
struct small_rules {
	struct arena a;
	struct ruleset set;
	struct rule rules[4];
	struct stage stages[4];
};

static void small_rules(struct small_rules *r)
{
	static const struct {
		const char *tree;
		const struct selector *selectors;
		size_t n;
	} rows[4] = {
		{"A", &starts, 1},
		{"A", &nets, 1},
		{"&A D)", NULL, 0},
		{"&A C)", &starts, 1},
	};

	arena_init(&r->a, 1 << 20);
	assert_int_equal(fields_init(&r->set.fields, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		const char *text = rows[i].tree;

		r->stages[i] = (struct stage){.selectors = rows[i].selectors, .n_selectors = rows[i].n};
		r->stages[i].condition = stub_tree(&r->a, &text);
		r->rules[i] = (struct rule){.stages = &r->stages[i], .n_stages = 1};
	}
	r->set.rules = r->rules;
	r->set.n = 4;
}

static void small_rules_free(struct small_rules *r)
{
	fields_release(&r->set.fields);
	arena_release(&r->a);
}

static void stages_are_indexed_by_class(void **state)
{
	struct small_rules r = {0};
	struct said_event other = answers;
	struct subject s = {.event = &other.event, .arena = &r.a};
	struct matcher *m;
	struct hit *hits;
	size_t n;

	(void)state;
	small_rules(&r);
	s.fields = &r.set.fields;
	m = matcher_new(&r.set);
	assert_non_null(m);
	other.event.channel = view_str("Log");
	other.event.provider = view_str("Writer");
	other.event.event_id = 1;
	assert_int_equal(matcher_wants(m, &other.event), 1);
	asked = 0;
	assert_int_equal(matcher_event(m, &s, &hits, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(hits[0].rule, 0);
	assert_int_equal(hits[1].rule, 2);
	assert_int_equal(asked, 3); /* each field once, however many stages ask */
	other.event.event_id = 3;
	assert_int_equal(matcher_event(m, &s, &hits, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(hits[0].rule, 1);
	other.event.event_id = 7;
	assert_int_equal(matcher_event(m, &s, &hits, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(hits[0].rule, 2);
	matcher_free(m);
	matcher_free(NULL);
	small_rules_free(&r);
}

static bool match_once(void *ctx)
{
	struct small_rules *r = ctx;
	struct arena a;
	struct subject s = {.event = &answers.event, .arena = &a, .fields = &r->set.fields};
	struct matcher *m = matcher_new(&r->set);
	struct hit *hits;
	struct view *lines;
	size_t n;
	bool ok;

	arena_init(&a, 1 << 20);
	ok = m && matcher_event(m, &s, &hits, &n) == 0 &&
	     match_unknowns(r->stages[3].condition, &s, &lines, &n) == 0 && n == 1 &&
	     match_eval(r->stages[3].condition, &s, EVAL_STRICT) == U;
	matcher_free(m);
	arena_release(&a);
	return ok;
}

static void memory_may_end(void **state)
{
	struct small_rules r = {0};

	(void)state;
	small_rules(&r);
	test_starve(match_once, &r);
	small_rules_free(&r);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(one_test),
		cmocka_unit_test(trees_in_three_values),
		cmocka_unit_test(stages_are_indexed_by_class),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
