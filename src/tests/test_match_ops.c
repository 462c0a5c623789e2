/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a test can ask of one value, of two, and of what is computed from them. */
#include "match_stub.h"

#define F TRI_FALSE
#define T TRI_TRUE
#define U TRI_UNKNOWN
#define VALUE(...) {ANSWER_VALUE, false, {__VA_ARGS__}, true, false}
#define CLASS(p) {ANSWER_VALUE, true, {p}, false, false}
#define ABSENT {ANSWER_NULL, false, {NULL}, false, false}
#define EMPTY {ANSWER_NULL, false, {NULL}, true, false}
#define UNKNOWN {ANSWER_UNKNOWN, false, {NULL}, false, false}
#define LATE {ANSWER_LATE, false, {NULL}, false, false}

static void expect(const char *name, struct said *said, const struct test *t, struct arena *a,
		   const enum tri want[3])
{
	static const enum eval_mode modes[] = {EVAL_KEEP, EVAL_PUBLISHED, EVAL_STRICT};
	static const char *const names[] = {"keep", "published", "strict"};
	struct said_event ev = {.said = {said[0], said[1], UNKNOWN, LATE}};
	struct subject s = {.event = &ev.event, .arena = a};
	struct node n = {.op = NODE_TEST, .test = t};

	for (size_t i = 0; i < 3; i++) {
		enum tri got = match_eval(&n, &s, modes[i]);

		if (got != want[i])
			fail_msg("row \"%s\", %s: %d, wanted %d", name, names[i], got, want[i]);
	}
}

#define EXPECT(i)                                                                                  \
	expect(rows[i].name, (struct said[]){rows[i].said, ABSENT}, &t, &a,                        \
	       (enum tri[]){rows[i].keep, rows[i].published, rows[i].strict})

/* ---- one value against literals ---- */

#define REGEX(p, f) TEST_REGEX, PART_NONE, f, false, {.regex = {(const uint8_t *)p, sizeof(p) - 1}}, {0}
#define NET(...) TEST_CIDR, PART_NONE, 0, false, {.net = {__VA_ARGS__}}, {0}
#define REAL(op, r) op, PART_NONE, 0, true, {{NULL, 0, false}}, {.real = r}
#define PART(p, op, n) op, p, 0, false, {{NULL, 0, false}}, {.number = n}

static const struct {
	const char *name;
	struct said said;
	enum test_op op;
	enum time_part part;
	unsigned flags;
	bool is_real;
	union {
		struct pattern pattern;
		struct view regex;
		struct net net;
	};
	union {
		int64_t number;
		double real;
	};
	enum tri keep, published, strict;
} rows[] = {
	{"regex", VALUE("abc"), REGEX("b.$", 0), T, T, T},
	{"regex, letter case", VALUE("abc"), REGEX("B", 0), F, F, F},
	{"regex, no letter case", VALUE("abc"), REGEX("B", REGEX_NOCASE), T, T, T},
	{"regex, any of several values", VALUE("x", "abc"), REGEX("^a", 0), T, T, T},
	{"regex on nothing", ABSENT, REGEX(".*", 0), F, F, F},
	{"regex on an empty value", EMPTY, REGEX(".*", 0), F, F, F},
	{"regex on what is never carried", UNKNOWN, REGEX(".*", 0), F, F, U},
	{"regex on what may be derived", LATE, REGEX(".*", 0), U, F, U},
	{"regex on a class", CLASS("S-1-5-21-"), REGEX("^S", 0), U, F, U},
	{"regex with too many steps", VALUE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), REGEX("^(a+)+$", 0), U, F, U},
	{"regex with too many steps, and one that matches", VALUE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "a"), REGEX("^(a+)+$", 0), T, T, T},

	{"net", VALUE("10.1.2.3"), NET({[10] = 0xff, [11] = 0xff, 10}, 104), T, T, T},
	{"other net", VALUE("11.1.2.3"), NET({[10] = 0xff, [11] = 0xff, 10}, 104), F, F, F},
	{"half a byte", VALUE("172.31.0.1"), NET({[10] = 0xff, [11] = 0xff, 172, 16}, 108), T, T, T},
	{"not half a byte", VALUE("172.32.0.1"), NET({[10] = 0xff, [11] = 0xff, 172, 16}, 108), F, F, F},
	{"one address", VALUE("172.16.0.1"), NET({[10] = 0xff, [11] = 0xff, 172, 16, 0, 1}, 128), T, T, T},
	{"IPv4 mapped", VALUE("::ffff:10.1.2.3"), NET({[10] = 0xff, [11] = 0xff, 10}, 104), T, T, T},
	{"IPv6", VALUE("fe80:0:0:0:1:2:3:4"), NET({0xfe, 0x80}, 10), T, T, T},
	{"IPv6 with a zone", VALUE("fe80::1%12"), NET({0xfe, 0x80}, 10), T, T, T},
	{"IPv6, other net", VALUE("2001:db8::1"), NET({0xfe, 0x80}, 10), F, F, F},
	{"no address", VALUE("10.1.2"), NET({0}, 0), F, F, F},
	{"any address", VALUE("-", "1.2.3.4"), NET({0}, 0), T, T, T},
	{"net of nothing", ABSENT, NET({0}, 0), F, F, F},
	{"net of what is never carried", UNKNOWN, NET({0}, 0), F, F, U},
	{"net of a class", CLASS("S-1-"), NET({0}, 0), F, F, F},

	{"real", VALUE("3.25"), REAL(TEST_GT, 3.2), T, T, T},
	{"real, less", VALUE("-3.25"), REAL(TEST_LT, -3.2), T, T, T},
	{"whole against real", VALUE("4"), REAL(TEST_GE, 3.5), T, T, T},
	{"hexadecimal against real", VALUE("0x10"), REAL(TEST_LE, 16.0), T, T, T},
	{"equal", VALUE("2.50"), REAL(TEST_MATCH, 2.5), T, T, T},
	{"no number against real", VALUE("2.5.1"), REAL(TEST_GE, 0), F, F, F},
	{"large whole against real", VALUE("18446744073709551615"), REAL(TEST_LT, 18446744073709551616.0), T, T, T},

	{"minute", VALUE("2026-11-22T15:08:58.1234567Z"), PART(PART_MINUTE, TEST_MATCH, 8), T, T, T},
	{"hour", VALUE("2026-11-22 15:08:58.123"), PART(PART_HOUR, TEST_GE, 15), T, T, T},
	{"hour, of another zone", VALUE("2026-11-22T15:08:58+02:00"), PART(PART_HOUR, TEST_MATCH, 13), T, T, T},
	{"day", VALUE("2026-11-22"), PART(PART_DAY, TEST_MATCH, 22), T, T, T},
	{"month", VALUE("2026-11-22"), PART(PART_MONTH, TEST_LT, 11), F, F, F},
	{"year", VALUE("2026-11-22"), PART(PART_YEAR, TEST_MATCH, 2026), T, T, T},
	{"week", VALUE("2026-11-22"), PART(PART_WEEK, TEST_MATCH, 47), T, T, T},
	{"week of a Monday", VALUE("2026-11-23"), PART(PART_WEEK, TEST_MATCH, 48), T, T, T},
	{"week of the year before", VALUE("2021-01-03"), PART(PART_WEEK, TEST_MATCH, 53), T, T, T},
	{"week of the year after", VALUE("2024-12-30"), PART(PART_WEEK, TEST_MATCH, 1), T, T, T},
	{"week of a leap year", VALUE("2020-12-31"), PART(PART_WEEK, TEST_MATCH, 53), T, T, T},
	{"no time", VALUE("noon"), PART(PART_HOUR, TEST_GE, 0), F, F, F},
	{"time of nothing", ABSENT, PART(PART_HOUR, TEST_GE, 0), F, F, F},
	{"time of what is never carried", UNKNOWN, PART(PART_HOUR, TEST_GE, 0), F, F, U},
};

static void one_value(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct literal l = {.is_number = rows[i].is_real || rows[i].part,
				    .is_real = rows[i].is_real};
		struct test t = {.field = A, .op = rows[i].op, .part = rows[i].part,
				 .flags = rows[i].flags, .literals = &l, .n = 1};

		if (t.op == TEST_REGEX)
			l.regex = rows[i].regex;
		else if (t.op == TEST_CIDR)
			l.net = rows[i].net;
		if (l.is_real)
			l.real = rows[i].real;
		else
			l.number = rows[i].number;
		EXPECT(i);
	}
	arena_release(&a);
}

static const struct {
	const char *name, *value;
	enum test_op op;
	bool cased;
	const char *literal;
	enum tri want;
} orders[] = {
	{"texts", "b", TEST_GT, true, "a", T},
	{"texts, letter case", "B", TEST_LT, true, "a", T},
	{"texts, no letter case", "B", TEST_LT, false, "a", F},
	{"texts, equal", "ab", TEST_LE, true, "ab", T},
	{"texts, longer", "abc", TEST_GT, true, "ab", T},
	{"texts of digits", "9", TEST_GT, true, "10", T},
	{"texts by code units", "\U00010000", TEST_LT, true, "\uff5e", T},
	{"texts by code units, both pairs", "\U00010001", TEST_GT, true, "\U00010000", T},
};

static void texts_have_an_order(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(orders); i++) {
		const struct wanted_test w = {A, orders[i].op, orders[i].cased, false,
					      {orders[i].literal}};
		struct said said[] = {VALUE(orders[i].value), ABSENT};
		enum tri want[] = {orders[i].want, orders[i].want, orders[i].want};

		expect(orders[i].name, said, stub_test(&a, &w), &a, want);
	}
	arena_release(&a);
}

static void raw_and_any(void **state)
{
	static const struct {
		const char *name;
		field_id field;
		bool raw;
		const char *literals[3];
		bool every;
		enum tri want;
	} own[] = {
		{"the word of all logs", A, false, {"x"}, false, T},
		{"the record's own word", A, true, {"x"}, false, F},
		{"the record's own word is another", A, true, {"raw x"}, false, T},
		{"any value", FIELD_ANY, false, {"z"}, false, T},
		{"any value, none", FIELD_ANY, false, {"w"}, false, F},
		{"any value, every literal", FIELD_ANY, false, {"z", "x"}, true, T},
		{"any value, not every literal", FIELD_ANY, false, {"z", "w"}, true, F},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(own); i++) {
		struct wanted_test w = {A, TEST_MATCH, false, own[i].every, {NULL}};
		struct said said[] = {VALUE("x", "y"), VALUE("z")};
		enum tri want[] = {own[i].want, own[i].want, own[i].want};
		struct test t;

		memcpy(w.literals, own[i].literals, sizeof(w.literals));
		t = *stub_test(&a, &w);
		t.field = own[i].field;
		t.raw = own[i].raw;
		expect(own[i].name, said, &t, &a, want);
	}
	arena_release(&a);
}

/* ---- what is computed ---- */

static const char *const functions[] = {
	[FUNCTION_ADD] = "add", [FUNCTION_SUBTRACT] = "subtract", [FUNCTION_MULTIPLY] = "multiply",
	[FUNCTION_DIVIDE] = "divide", [FUNCTION_MODULO] = "modulo", [FUNCTION_BETWEEN] = "between",
	[FUNCTION_CONCAT] = "concat", [FUNCTION_INDEX_OF] = "indexOf", [FUNCTION_LENGTH] = "length",
	[FUNCTION_NUMBER] = "number", [FUNCTION_STRING] = "string",
	[FUNCTION_SUBSTRING] = "substring",
};

static void skip_char(const char **text, char c)
{
	assert_int_equal(**text, c);
	++*text;
}

static const struct expr *parse(struct arena *a, const char **text);

static void parse_call(struct arena *a, const char **text, struct expr *e)
{
	const struct expr **args = arena_array(a, 4096, sizeof(const struct expr *));
	size_t n = strcspn(*text, "(~");

	e->op = EXPR_CALL;
	while (strlen(functions[e->function]) != n || strncmp(functions[e->function], *text, n) != 0) {
		e->function++;
		assert_true(e->function < TEST_COUNT(functions));
	}
	*text += n;
	e->nocase = **text == '~';
	*text += e->nocase;
	skip_char(text, '(');
	while (**text != ')') {
		args[e->n++] = parse(a, text);
		if (**text == ',')
			skip_char(text, ',');
	}
	skip_char(text, ')');
	e->args = args;
}

/* A to D are fields, small letters of them raw; else constants in C's way, 'texts', and calls. */
static const struct expr *parse(struct arena *a, const char **text)
{
	struct expr *e = arena_alloc(a, sizeof(*e));
	char c = **text, *end;

	if (c >= 'A' && c <= 'D') {
		*e = (struct expr){.op = EXPR_FIELD, .field = (field_id)(c - 'A')};
		e->raw = *++*text == '!';
		*text += e->raw;
	} else if (c == '\'') {
		size_t n = strcspn(++*text, "'");

		*e = (struct expr){.op = EXPR_TEXT, .text = {(const uint8_t *)*text, n}};
		*text += n + 1;
	} else if (strncmp(*text, "true", 4) == 0) {
		*e = (struct expr){.op = EXPR_BOOL, .number = 1};
		*text += 4;
	} else if (strncmp(*text, "null", 4) == 0) {
		*e = (struct expr){.op = EXPR_NULL};
		*text += 4;
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		*e = (struct expr){.op = EXPR_NUMBER, .number = strtoll(*text, &end, 10)};
		if (*end == '.')
			*e = (struct expr){.op = EXPR_REAL, .real = strtod(*text, &end)};
		*text = end;
	} else {
		parse_call(a, text, e);
	}
	return e;
}

static const struct {
	const char *name, *expr, *want; /* its text, or NULL */
} values[] = {
	{"add", "add(1,2)", "3"},
	{"add reals", "add(1.5,2)", "3.5"},
	{"add texts of numbers", "add('0x10','-1')", "15"},
	{"add what is none", "add('a',1)", NULL},
	{"add too much", "add(9223372036854775807,1)", "9.223372036854776e+18"},
	{"subtract", "subtract(1,2)", "-1"},
	{"multiply", "multiply(3,4)", "12"},
	{"divide whole", "divide(7,2)", "3"},
	{"divide towards zero", "divide(-7,2)", "-3"},
	{"divide reals", "divide(7,2.0)", "3.5"},
	{"a real stays one", "divide(divide(8,2.0),8)", "0.5"},
	{"divide by nothing", "divide(7,0)", NULL},
	{"divide a real by nothing", "divide(7.5,0)", NULL},
	{"modulo", "modulo(7,-3)", "1"},
	{"modulo of reals", "modulo(7.5,2)", "1.5"},
	{"modulo of nothing", "modulo(7,0)", NULL},
	{"null in a sum", "add(null,1)", NULL},
	{"length", "length('abc')", "3"},
	{"length of nothing", "length('')", "0"},
	{"length in code units", "length('a\U0001f600')", "3"},
	{"length of null", "length(null)", NULL},
	{"string", "string(12)", "12"},
	{"string of a truth", "string(true)", "true"},
	{"string of null", "string(null)", NULL},
	{"concat", "concat('a',1,true)", "a1true"},
	{"concat with null", "concat('a',null)", NULL},
	{"number", "number('12')", "12"},
	{"number, hexadecimal", "number('0xff')", "255"},
	{"number, of a base", "number('ff',16)", "255"},
	{"number, of a base with a prefix", "number('0xff',16)", "255"},
	{"number, real", "number('1.50')", "1.5"},
	{"number of no number", "number('12a')", NULL},
	{"number of no such digit", "number('19',8)", NULL},
	{"number that is too large", "number('ffffffffffffffffff',16)", NULL},
	{"between", "between('a[b]c]d','[',']')", "b"},
	{"between, greedy", "between('a[b]c]d','[',']',true)", "b]c"},
	{"between, letter case", "between('aXbYc','x','y')", ""},
	{"between, no letter case", "between~('aXbYc','x','y')", "b"},
	{"between, folded in another length", "between~('\u212aab\u212ac','k','K')", "ab"},
	{"between, no end", "between('a[b','[',']')", ""},
	{"between nothing", "between('ab','','')", ""},
	{"between, null", "between('ab',null,'x')", NULL},
	{"index", "indexOf('abcabc','c')", "2"},
	{"index from", "indexOf('abcabc','c',3)", "5"},
	{"index from beyond", "indexOf('abc','c',9)", NULL},
	{"index of nothing", "indexOf('abc','')", "0"},
	{"no index", "indexOf('abc','x')", NULL},
	{"index, letter case", "indexOf('abc','B')", NULL},
	{"index, no letter case", "indexOf~('abc','B')", "1"},
	{"index in code units", "indexOf('\U0001f600a','a')", "2"},
	{"substring", "substring('abcdef',1,3)", "bc"},
	{"substring to the end", "substring('abcdef',4)", "ef"},
	{"substring from behind", "substring('abcdef',-2)", "ef"},
	{"substring to behind", "substring('abcdef',0,-4)", "ab"},
	{"substring beyond", "substring('abcdef',4,99)", "ef"},
	{"substring of nothing", "substring('abc',2,1)", ""},
	{"substring in code units", "substring('\U0001f600bc',2,3)", "b"},
	{"within one another", "length(concat(substring('abc',1),string(10)))", "4"},
	{"of a field", "add(A,1)", "8"},
	{"of the record's own word", "concat(A!,'')", "raw 7"},
	{"too few arguments", "length()", NULL},
	{"too many arguments", "length('a','b')", NULL},
};

static void check_value(size_t i, struct arena *a)
{
	struct said_event ev = {.said = {VALUE("7"), ABSENT, UNKNOWN, LATE}};
	struct subject s = {.event = &ev.event, .arena = a};
	const char *text = values[i].expr;
	struct literal l = {.pattern = {NULL, 0, false}};
	struct test t = {.expr = parse(a, &text), .op = TEST_NULL, .literals = &l, .n = 1,
			 .cased = true};
	struct node n = {.op = NODE_TEST, .test = &t};

	TEST_ROW(values[i].name, match_eval(&n, &s, EVAL_STRICT) == (values[i].want ? F : T));
	t.op = TEST_MATCH;
	l.pattern = stub_pattern(a, values[i].want ? values[i].want : "*", true);
	TEST_ROW(values[i].name, match_eval(&n, &s, EVAL_STRICT) == (values[i].want ? T : F));
}

static void functions_have_values(void **state)
{
	struct arena a;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(values); i++) {
		arena_init(&a, 1 << 20);
		check_value(i, &a);
		arena_release(&a);
	}
}

/* A has the values; B is absent, C never carried, D may yet be derived. */
static const struct {
	const char *name;
	struct said said;
	const char *expr;
	enum test_op op;
	enum test_place place;
	bool cased;
	const char *other;
	enum tri keep, published, strict;
} pairs[] = {
	{"equal", VALUE("a"), "A", TEST_MATCH, PLACE_WHOLE, false, "'A'", T, T, T},
	{"equal, letter case", VALUE("a"), "A", TEST_MATCH, PLACE_WHOLE, true, "'A'", F, F, F},
	{"any of several", VALUE("x", "a"), "A", TEST_MATCH, PLACE_WHOLE, false, "'a'", T, T, T},
	{"itself", VALUE("x", "a"), "A", TEST_MATCH, PLACE_WHOLE, false, "A", T, T, T},
	{"numbers", VALUE("0x10"), "A", TEST_MATCH, PLACE_WHOLE, false, "16", T, T, T},
	{"no pattern", VALUE("abc"), "A", TEST_MATCH, PLACE_WHOLE, false, "'a*'", F, F, F},
	{"at the start", VALUE("ABC"), "A", TEST_MATCH, PLACE_START, false, "'ab'", T, T, T},
	{"not at the start", VALUE("abc"), "A", TEST_MATCH, PLACE_START, false, "'bc'", F, F, F},
	{"at the end", VALUE("abc"), "A", TEST_MATCH, PLACE_END, false, "'BC'", T, T, T},
	{"longer than all", VALUE("abc"), "A", TEST_MATCH, PLACE_END, false, "'xabc'", F, F, F},
	{"within", VALUE("abc"), "A", TEST_MATCH, PLACE_WITHIN, false, "'B'", T, T, T},
	{"not within", VALUE("abc"), "A", TEST_MATCH, PLACE_WITHIN, true, "'B'", F, F, F},
	{"nothing is within", VALUE("abc"), "A", TEST_MATCH, PLACE_WITHIN, false, "''", T, T, T},
	{"less", VALUE("9"), "A", TEST_LT, PLACE_WHOLE, false, "10", T, T, T},
	{"texts have an order", VALUE("b"), "A", TEST_GE, PLACE_WHOLE, true, "'a'", T, T, T},
	{"computed", VALUE("abc"), "length(A)", TEST_GT, PLACE_WHOLE, false, "add(1,1)", T, T, T},
	{"computed of any value", VALUE("a", "bcd"), "length(A)", TEST_MATCH, PLACE_WHOLE, false, "3", T, T, T},
	{"computed of none", VALUE("a", "bcd"), "length(A)", TEST_MATCH, PLACE_WHOLE, false, "2", F, F, F},

	{"absent", ABSENT, "A", TEST_MATCH, PLACE_WHOLE, false, "'a'", F, F, F},
	{"other absent", VALUE("a"), "A", TEST_MATCH, PLACE_WHOLE, false, "B", F, F, F},
	{"both absent are not equal", ABSENT, "A", TEST_MATCH, PLACE_WHOLE, false, "B", F, F, F},
	{"null", VALUE("a"), "A", TEST_MATCH, PLACE_WHOLE, false, "null", F, F, F},
	{"never carried", VALUE("a"), "A", TEST_MATCH, PLACE_WHOLE, false, "C", F, F, U},
	{"never carried, absent", ABSENT, "A", TEST_MATCH, PLACE_WHOLE, false, "C", F, F, F},
	{"may be derived", VALUE("a"), "A", TEST_MATCH, PLACE_WHOLE, false, "D", U, F, U},
	{"may be derived, absent", ABSENT, "D", TEST_MATCH, PLACE_WHOLE, false, "A", F, F, F},
	{"may be derived, never carried", VALUE("a"), "C", TEST_MATCH, PLACE_WHOLE, false, "D", U, F, U},
	{"computed of what is never carried", VALUE("a"), "concat(A,C)", TEST_MATCH, PLACE_WHOLE, false, "'ab'", F, F, U},
	{"computed of what may be derived", VALUE("a"), "concat(A,C,D)", TEST_MATCH, PLACE_WHOLE, false, "'ab'", U, F, U},
	{"computed of null and what may be derived", VALUE("a"), "concat(B,C,D)", TEST_MATCH, PLACE_WHOLE, false, "'ab'", F, F, F},
	{"computed of a class", CLASS("S-1-"), "length(A)", TEST_GT, PLACE_WHOLE, false, "1", U, F, U},
	{"a class", CLASS("S-1-"), "A", TEST_MATCH, PLACE_START, false, "'S-1-'", U, F, U},

	{"computed is null", VALUE("a"), "length(B)", TEST_NULL, PLACE_WHOLE, false, NULL, T, T, T},
	{"computed is not null", VALUE("a"), "length(A)", TEST_NULL, PLACE_WHOLE, false, NULL, F, F, F},
	{"computed of what is never carried, null", VALUE("a"), "length(C)", TEST_NULL, PLACE_WHOLE, false, NULL, T, T, U},
	{"computed exists", VALUE("a"), "length(A)", TEST_EXISTS, PLACE_WHOLE, false, NULL, T, T, T},
};

static void values_against_values(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 4 << 20);
	for (size_t i = 0; i < TEST_COUNT(pairs); i++) {
		const char *left = pairs[i].expr, *right = pairs[i].other;
		struct said said[] = {pairs[i].said, ABSENT};
		enum tri want[] = {pairs[i].keep, pairs[i].published, pairs[i].strict};
		struct test t = {.op = pairs[i].op, .cased = pairs[i].cased, .place = pairs[i].place};

		t.expr = parse(&a, &left);
		t.other = right ? parse(&a, &right) : NULL;
		expect(pairs[i].name, said, &t, &a, want);
	}
	arena_release(&a);
}

/* 3 to the power of 8 is more than the bound. */
static void combinations_are_bounded(void **state)
{
	struct said said[] = {VALUE("a", "b", "c"), ABSENT};
	const char *text = "concat(A,A,A,A,A,A,A,A)", *few = "concat(A,A,A,A,A,A,A)";
	struct arena a;
	struct literal l = {.pattern = {NULL, 0, false}};
	struct test t = {.op = TEST_MATCH, .literals = &l, .n = 1};

	(void)state;
	arena_init(&a, 4 << 20);
	l.pattern = stub_pattern(&a, "abcabcab", false);
	t.expr = parse(&a, &text);
	expect("too many", said, &t, &a, (enum tri[]){F, F, U});
	l.pattern = stub_pattern(&a, "abcabca", false);
	t.expr = parse(&a, &few);
	expect("enough", said, &t, &a, (enum tri[]){T, T, T});
	arena_release(&a);
}

/* ---- memory ---- */

static bool match_once(void *ctx)
{
	struct said_event ev = {.said = {VALUE("7", "8"), VALUE("x"), UNKNOWN, LATE}};
	struct arena a;
	struct subject s = {.event = &ev.event, .arena = &a};
	const struct test *tests = ctx;
	enum tri value = TRI_TRUE;

	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < 4 && value != TRI_FAILED; i++) {
		struct node n = {.op = NODE_TEST, .test = &tests[i]};

		value = match_eval(&n, &s, EVAL_STRICT);
	}
	arena_release(&a);
	return value != TRI_FAILED;
}

static void memory_may_end(void **state)
{
	const char *between = "between~(concat(A,'[b]'),'[',']',true)", *substring = "substring(A,0,1)";
	struct literal regex = {.regex = view_str("x")};
	struct test tests[4] = {{.op = TEST_MATCH, .place = PLACE_WITHIN},
				{.op = TEST_LT},
				{.op = TEST_REGEX, .literals = &regex, .n = 1},
				{.op = TEST_MATCH, .field = FIELD_ANY}};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	tests[0].expr = parse(&a, &between);
	tests[0].other = tests[1].other = parse(&a, &substring);
	test_starve(match_once, tests);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(one_value),
		cmocka_unit_test(texts_have_an_order),
		cmocka_unit_test(raw_and_any),
		cmocka_unit_test(functions_have_values),
		cmocka_unit_test(values_against_values),
		cmocka_unit_test(combinations_are_bounded),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
