/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule files built to hurt, and (when SHARED names a folder with them) the published rules: each is
 * either loaded or refused with a place and a reason, in time that its size explains.
 */
#include "rule_text.h"

#include <time.h>

#include "testing_files.h"

#define SIGMA_HEAD "title: T\nid: t\nlogsource: {category: process_creation}\n"
#define EQL_HEAD "// id: t\n// title: T\n\nprocess where "
#define SECONDS_MOST 20 /* of processor time; with sanitizers, on a slow machine */

static void times(struct buf *b, size_t n, const char *text)
{
	while (n--)
		buf_str(b, text);
}

static void numbered(struct buf *b, size_t n, const char *before, const char *after)
{
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "%s%zu%s", before, i, after);
}

static void deep_yaml(struct buf *b)
{
	buf_str(b, "title: ");
	times(b, 100000, "[");
	times(b, 100000, "]");
}

static void cyclic_alias(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection: &d\n  s: *d\n  condition: s\n");
}

static void alias_bomb(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "a0: &a0 {A: [b, b, b, b, b, b, b, b, b, b]}\n");
	for (int i = 0; i < 12; i++) {
		buf_fmt(b, "a%d: &a%d [", i + 1, i + 1);
		for (int j = 0; j < 10; j++)
			buf_fmt(b, "*a%d,", i);
		buf_str(b, "]\n");
	}
	buf_str(b, "detection: {s: *a12, condition: s}\n");
}

static void duplicate_keys(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  condition: s\n  s:\n");
	times(b, 20000, "    A: b\n");
}

static void distinct_keys(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  condition: s\n  s:\n");
	numbered(b, 200000, "    A", ": b\n");
}

static void values(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection: {condition: s, s: {A: [");
	times(b, 990000, "1,");
	buf_str(b, "]}}\n");
}

static void too_many_values(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection: {condition: s, s: {A: [");
	times(b, 1100000, "1,");
	buf_str(b, "]}}\n");
}

static void deep_condition(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  s: {A: b}\n  condition: ");
	times(b, 100000, "(");
	buf_str(b, "s\n");
}

static void many_not(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  s: {A: b}\n  condition: ");
	times(b, 100000, "not ");
	buf_str(b, "s\n");
}

static void unknown_selections(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  s: {A: b}\n  condition: s");
	times(b, 500000, " or x");
	buf_str(b, "\n");
}

static void selections_by_patterns(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n");
	numbered(b, 20000, "  s", ": {A: b}\n");
	buf_str(b, "  condition: s1");
	times(b, 20000, " or 1 of s*");
	buf_str(b, "\n");
}

static void conditions_in_a_line(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection: {s: {A: b}, condition: [");
	times(b, 200000, "s or x,");
	buf_str(b, "]}\n");
}

static void long_value(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection: {condition: s, s: {A: '");
	times(b, 1000000, "ab");
	buf_str(b, "'}}\n");
}

static void documents(struct buf *b)
{
	times(b, 100000, "---\na: b\n");
}

static void correlations(struct buf *b)
{
	for (int i = 0; i < 1000; i++)
		buf_fmt(b, "---\ntitle: T\nid: c%d\ncorrelation: {type: temporal, rules: [c%d], "
			   "timespan: 1s}\n", i, i + 1);
}

static void many_aliases(struct buf *b)
{
	buf_str(b, "title: T\nid: t\ncorrelation: {type: temporal, rules: [a], timespan: 1s, aliases: {x: {");
	numbered(b, 200000, "r", ": f, ");
	buf_str(b, "}}}\n");
}

static void many_filters(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection: {s: {A: b}, condition: s}\n");
	times(b, 1000, "---\ntitle: F\nlogsource: {product: windows}\n"
		       "filter: {rules: any, s: {A: b}, condition: not s}\n");
}

static void repeated_actions(struct buf *b)
{
	buf_str(b, "action: global\n" SIGMA_HEAD "detection:\n  condition: s\n  s:\n    A: [b");
	times(b, 400000, ",b");
	buf_str(b, "]\n");
	numbered(b, 1000, "---\nid: t", "\n");
}

static void ways_to_choose(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  condition: 12 of them\n");
	numbered(b, 60, "  s", ": {A: b}\n");
}

static void exploding_regex(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  condition: s\n  s:\n    A|re: '");
	times(b, 20000, "(a{1,99}");
	times(b, 20000, "){1,99}");
	buf_str(b, "'\n");
}

static void many_keywords(struct buf *b)
{
	buf_str(b, SIGMA_HEAD "detection:\n  condition: s\n  s:\n    '|windash|wide|base64offset|contains':\n");
	times(b, 20000, "    - ' -a -b -c -d -e'\n");
}

static void deep_eql(struct buf *b)
{
	buf_str(b, EQL_HEAD);
	times(b, 1000000, "(");
}

static void eql_nots(struct buf *b)
{
	buf_str(b, EQL_HEAD);
	times(b, 1000000, "not ");
}

static void eql_minus(struct buf *b)
{
	buf_str(b, EQL_HEAD "process.pid == ");
	times(b, 1000000, "- ");
}

static void eql_list(struct buf *b)
{
	buf_str(b, EQL_HEAD "process.pid in (0");
	times(b, 900000, ",1");
	buf_str(b, ")\n");
}

static void eql_chain(struct buf *b)
{
	buf_str(b, EQL_HEAD "true");
	times(b, 200000, " or process.pid in (1, 2)");
}

static void eql_unknown_fields(struct buf *b)
{
	buf_str(b, EQL_HEAD "true");
	times(b, 200000, " or no.such == 1");
}

static void eql_sums(struct buf *b)
{
	buf_str(b, EQL_HEAD "1 == process.pid");
	times(b, 300000, " + 1");
}

static void eql_products(struct buf *b)
{
	buf_str(b, EQL_HEAD "1 == ");
	times(b, 60, "(");
	buf_str(b, "process.pid");
	for (int i = 0; i < 60; i++) {
		times(b, 60, " * 2");
		buf_str(b, " + 1)");
	}
}

static void eql_calls(struct buf *b)
{
	buf_str(b, EQL_HEAD);
	times(b, 300000, "length(");
}

static void eql_arguments(struct buf *b)
{
	buf_str(b, EQL_HEAD "\"a\" == concat(process.name");
	times(b, 900000, ",1");
	buf_str(b, ")\n");
}

static void eql_long_number(struct buf *b)
{
	buf_str(b, EQL_HEAD "process.pid == 1.");
	times(b, 1000000, "0");
}

static void eql_pipes(struct buf *b)
{
	buf_str(b, EQL_HEAD "true");
	times(b, 300000, "|head 1");
}

static void eql_terms(struct buf *b)
{
	buf_str(b, "// id: t\n// title: T\n\nsequence ");
	times(b, 100000, "[any where true]");
}

static void eql_header(struct buf *b)
{
	times(b, 500000, "// triage: a\n");
}

static void toml_arrays(struct buf *b)
{
	buf_str(b, "a = ");
	times(b, 1000000, "[");
}

static void toml_inline(struct buf *b)
{
	buf_str(b, "a = ");
	times(b, 1000000, "{a=");
}

static void toml_headers(struct buf *b)
{
	buf_str(b, "[a");
	times(b, 1000000, ".a");
}

static void toml_tables(struct buf *b)
{
	times(b, 50000, "[[a.b.c]]\n[a.b.c.d]\nx = 1\n");
}

static void toml_query(struct buf *b)
{
	buf_str(b, "[rule]\nname='T'\nrule_id='t'\nlanguage='eql'\ntype='eql'\nquery='''process where true");
	times(b, 200000, "\n or process.name : \"a\"");
	buf_str(b, "'''\n");
}

static const struct row {
	const char *name, *file;
	void (*make)(struct buf *b);
	const char *fault; /* the first; NULL: it loads */
} rows[] = {
	{"YAML, nested deeply", "t.yml", deep_yaml, "nested"},
	{"YAML, an alias within what it names", "t.yml", cyclic_alias, "within"},
	{"YAML, aliases of aliases", "t.yml", alias_bomb, "nodes"},
	{"YAML, one key 20,000 times", "t.yml", duplicate_keys, "second time"},
	{"YAML, 200,000 keys", "t.yml", distinct_keys, NULL},
	{"YAML, nearly 1,000,000 values", "t.yml", values, NULL},
	{"YAML, more than 1,000,000 values", "t.yml", too_many_values, "nodes"},
	{"YAML, 100,000 documents", "t.yml", documents, "documents"},
	{"condition, nested deeply", "t.yml", deep_condition, "nested"},
	{"condition, many times not", "t.yml", many_not, "nested"},
	{"condition, unknown selections", "t.yml", unknown_selections, "no selection"},
	{"condition, patterns over selections", "t.yml", selections_by_patterns, "too many"},
	{"aliases of a correlation", "t.yml", many_aliases, "more than 4096"},
	{"filters of one rule", "t.yml", many_filters, "more than 64 filters"},
	{"action documents", "t.yml", repeated_actions, "too much, too often"},
	{"so many of the selections", "t.yml", ways_to_choose, "too many ways"},
	{"a regular expression", "t.yml", exploding_regex, "regular expression"},
	{"forms of keywords", "t.yml", many_keywords, "more than 256 MiB"},
	{"conditions in one long line", "t.yml", conditions_in_a_line, "no selection"},
	{"a value of 2,000,000 characters", "t.yml", long_value, "longer"},
	{"correlations of one another", "t.yml", correlations, "faults of its own"},
	{"EQL, nested deeply", "t.eql", deep_eql, "nested"},
	{"EQL, many times not", "t.eql", eql_nots, "nested"},
	{"EQL, many signs", "t.eql", eql_minus, "nested"},
	{"EQL, 900,000 values", "t.eql", eql_list, NULL},
	{"EQL, a long chain", "t.eql", eql_chain, NULL},
	{"EQL, unknown fields", "t.eql", eql_unknown_fields, NULL},
	{"EQL, a long sum", "t.eql", eql_sums, "nested"},
	{"EQL, products of sums", "t.eql", eql_products, "nested"},
	{"EQL, calls within calls", "t.eql", eql_calls, "nested"},
	{"EQL, 900,000 arguments", "t.eql", eql_arguments, NULL},
	{"EQL, a number of 1,000,000 digits", "t.eql", eql_long_number, "too large"},
	{"EQL, many pipes", "t.eql", eql_pipes, "pipes"},
	{"EQL, many terms", "t.eql", eql_terms, "terms"},
	{"EQL, a long header", "t.eql", eql_header, ""},
	{"TOML, arrays nested deeply", "t.toml", toml_arrays, "nested"},
	{"TOML, inline tables nested deeply", "t.toml", toml_inline, "nested"},
	{"TOML, a header of many parts", "t.toml", toml_headers, "nested"},
	{"TOML, many tables", "t.toml", toml_tables, "no table [rule]"},
	{"TOML, a long query", "t.toml", toml_query, NULL},
};

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static bool first_fault_says(const struct ruleset *s, const char *what)
{
	if (!s->faults.n || !what)
		return s->faults.n == 0 && !what && s->n == 1;
	for (size_t i = 0; i < s->faults.n; i++)
		if (strstr(s->faults.v[i].message, what))
			return true;
	return false;
}

static void hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct ruleset s;
		struct err e = {0};
		struct buf b;
		double start = seconds(), took;

		buf_init(&b, 0);
		rows[i].make(&b);
		assert_false(b.bad);
		assert_int_equal(ruleset_init(&s, &e), 0);
		if (ruleset_add_text(&s, rows[i].file, buf_data(&b), &e) < 0)
			fail_msg("row \"%s\": %s", rows[i].name, e.msg);
		took = seconds() - start;
		printf("%7.2f s, %3zu faults, %zu rules: %s\n", took, s.faults.n, s.n, rows[i].name);
		TEST_ROW(rows[i].name, s.faults.n <= LIMIT_RULE_FAULTS);
		if (!first_fault_says(&s, rows[i].fault))
			fail_msg("row \"%s\": %s", rows[i].name,
				 s.faults.n ? s.faults.v[0].message : "no fault");
		TEST_ROW(rows[i].name, took < SECONDS_MOST);
		ruleset_release(&s);
		buf_release(&b);
	}
}

/* ---- the published rules ---- */

/* What comes behind a semicolon is only the same help again. */
static struct view reason(const struct fault *f, struct buf *b)
{
	buf_clear(b);
	for (const char *c = f->message; *c && *c != ';'; c++)
		buf_byte(b, (uint8_t)*c);
	return buf_data(b);
}

struct tally {
	struct strtab reasons;
	uint64_t counts[4096];
	size_t loaded, refused;
};

static void count_faults(struct tally *t, const struct ruleset *s)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < s->faults.n; i++) {
		const struct fault *f = &s->faults.v[i];
		uint32_t id = strtab_add(&t->reasons, reason(f, &b));

		if (!f->line || !f->column || !*f->message)
			fail_msg("%s: a fault without a place: %s", f->file, f->message);
		if (f->code != ERR_UNSUPPORTED)
			fail_msg("%s:%u:%u: %s", f->file, f->line, f->column, f->message);
		assert_true(id < TEST_COUNT(t->counts));
		t->counts[id]++;
	}
	buf_release(&b);
}

static struct tally *current; /* nftw() passes nothing on */

static int one_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	struct ruleset s;
	struct err e = {0};

	(void)st;
	(void)ftw;
	if (type != FTW_F || (strcmp(path + n - 4, ".yml") && strcmp(path + n - 5, ".toml")))
		return 0;
	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add(&s, path, &e), 0);
	assert_int_equal(ruleset_finish(&s, &e), 0);
	if (s.n + !!s.faults.n != 1)
		fail_msg("%s: %zu rules, %zu faults", path, s.n, s.faults.n);
	current->loaded += s.n;
	current->refused += !s.n;
	count_faults(current, &s);
	ruleset_release(&s);
	return 0;
}

static void published(const char *shared, const char *folder, size_t files)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", shared, folder);
	current = mem_alloc(sizeof *current);
	assert_non_null(current);
	strtab_init(&current->reasons, false, 1 << 24);
	assert_int_equal(nftw(path, one_file, 16, FTW_PHYS), 0);
	printf("%s: %zu loaded, %zu refused\n", folder, current->loaded, current->refused);
	for (uint32_t i = 0; i < current->reasons.n; i++)
		printf("%6lu  %.*s\n", (unsigned long)current->counts[i],
		       (int)strtab_text(&current->reasons, i).n,
		       (const char *)strtab_text(&current->reasons, i).p);
	assert_int_equal(current->loaded + current->refused, files);
	strtab_release(&current->reasons);
	mem_free(current);
}

static void conformance(void **state)
{
	const char *shared = test_shared();

	(void)state;
	if (!shared || !*shared)
		skip();
	published(shared, "sigma/rules", 2858);
	published(shared, "elastic/rules", 196);
}

/* ---- ours against the published ---- */

struct lines {
	char *v[256];
	size_t n;
};

static void add_line(struct lines *lines, size_t stage, bool negated, const struct test *t, size_t i,
		     const struct fields *f)
{
	struct buf b;

	buf_init(&b, 0);
	buf_fmt(&b, "%zu %d %d %d ", stage, negated, t->op, t->cased);
	buf_view(&b, fields_name(f, t->field));
	for (size_t u = 0; u < t->literals[i].pattern.n; u++)
		buf_fmt(&b, " %x", t->literals[i].pattern.units[u]);
	assert_true(lines->n < TEST_COUNT(lines->v));
	lines->v[lines->n++] = mem_str(buf_data(&b));
	buf_release(&b);
}

static void add_node(struct lines *lines, size_t stage, bool negated, const struct node *n,
		     const struct fields *f)
{
	for (size_t i = 0; n->op == NODE_TEST && i < n->test->n; i++)
		add_line(lines, stage, negated, n->test, i, f);
	for (size_t i = 0; i < n->n; i++)
		add_node(lines, stage, negated != (n->op == NODE_NOT), n->kids[i], f);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every value asked for, by stage, sign and field, whatever the order they are written in. */
static void conditions_of(const char *path, struct lines *lines)
{
	struct ruleset s;
	struct err e = {0};

	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add(&s, path, &e), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.faults.n, 0);
	for (size_t i = 0; i < s.rules[0].n_stages; i++)
		add_node(lines, i, false, s.rules[0].stages[i].condition, &s.fields);
	qsort(lines->v, lines->n, sizeof *lines->v, by_text);
	ruleset_release(&s);
}

/* The two published originals load, and the one in EQL asks for what ours asks for. */
static void originals(void **state)
{
	const char *shared = test_shared(), *top = getenv("SRCDIR");
	struct lines ours = {0}, theirs = {0}, sigma = {0};
	char path[PATH_MAX];

	(void)state;
	if (!shared || !*shared)
		skip();
	snprintf(path, sizeof path, "%s/sigma/rules/rules/windows/process_creation/"
		 "proc_creation_win_msiexec_web_install.yml", shared);
	conditions_of(path, &sigma);
	assert_int_equal(sigma.n, 2);
	snprintf(path, sizeof path, "%s/elastic/rules/initial_access_execution_remote_via_msiexec.toml",
		 shared);
	conditions_of(path, &theirs);
	snprintf(path, sizeof path, "%s/rules/msiexec_remote_file_execution.eql", top ? top : ".");
	conditions_of(path, &ours);
	assert_int_equal(ours.n, theirs.n);
	for (size_t i = 0; i < ours.n; i++)
		assert_string_equal(ours.v[i], theirs.v[i]);
	for (size_t i = 0; i < ours.n; i++) {
		mem_free(ours.v[i]);
		mem_free(theirs.v[i]);
	}
	for (size_t i = 0; i < sigma.n; i++)
		mem_free(sigma.v[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile),
		cmocka_unit_test(originals),
		cmocka_unit_test(conformance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
