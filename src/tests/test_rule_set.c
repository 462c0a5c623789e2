/* SPDX-License-Identifier: Apache-2.0 */
/* Files, folders and sets of rules; the rules that are shipped; memory that runs out. */
#include "rule_text.h"

#include "testing_files.h"

#define RULE(id) "title: T\nid: " id "\nlogsource: {category: process_creation}\n"                \
		 "detection: {s: {A: b}, condition: s}\n"

static void add(struct ruleset *s, const char *path)
{
	struct err e = {0};

	if (ruleset_add(s, path, &e) < 0)
		fail_msg("%s: %s", path, e.msg);
}

static void set_is(const char *row, const struct ruleset *s, const char *want)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < s->n; i++)
		buf_fmt(&out, "%.*s\n", (int)s->rules[i].id.n, (const char *)s->rules[i].id.p);
	for (size_t i = 0; i < s->faults.n; i++) {
		const char *file = strrchr(s->faults.v[i].file, '/');

		buf_fmt(&out, "%s:%u:%u: %s\n", file ? file : "?", s->faults.v[i].line,
			s->faults.v[i].column, s->faults.v[i].message);
	}
	test_view_is(row, buf_data(&out), view_str(want));
	buf_release(&out);
}

static void folders(void **state)
{
	struct test_folder f;
	struct ruleset s;
	struct err e = {0};
	char path[PATH_MAX];

	(void)state;
	test_folder_make(&f);
	test_mkdir(&f, "b");
	test_write(&f, "c.yml", view_str(RULE("c")));
	test_write(&f, "b/z.YAML", view_str(RULE("bz")));
	test_write(&f, "b/a.eql", view_str("// id: ba\n// title: T\nprocess where true\n"));
	test_write(&f, "b/readme.md", view_str("not a rule"));
	test_symlink(&f, "../c.yml", "b/link.yml");
	test_symlink(&f, "..", "b/loop");
	assert_int_equal(mkfifo(test_path(&f, "pipe.yml", path), 0600), 0);
	assert_int_equal(ruleset_init(&s, &e), 0);
	add(&s, f.path);
	assert_int_equal(s.files, 3);
	assert_memory_equal(s.rules[0].path.p + strlen(f.path), "/b/a.eql", 8);
	assert_int_equal(ruleset_finish(&s, &e), 0);
	set_is("a folder", &s, "ba\nbz\nc\n");
	ruleset_release(&s);
	assert_int_equal(ruleset_init(&s, &e), 0);
	test_mkdir(&f, "empty");
	add(&s, test_path(&f, "empty", path));
	set_is("an empty folder", &s,
	       "/empty:0:0: the folder holds no rule files (.yml, .yaml, .toml, .eql)\n");
	assert_int_equal(ruleset_add(&s, "/nonexistent/evtxhound", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	ruleset_release(&s);
	test_folder_remove(&f);
}

static void files(void **state)
{
	const struct {
		const char *name, *file;
		struct view text;
		const char *want;
	} rows[] = {
		{"a rule", "a.yml", TEST_BYTES(RULE("a")), "a\n"},
		{"not UTF-8", "a.yml", TEST_BYTES("a: b\nc: \xff\n"), "/a.yml:2:4: the file is not valid UTF-8\n"},
		{"NUL", "a.yml", TEST_BYTES("a: \0b"),
		 "/a.yml:1:4: the file holds a NUL character: it is no text\n"},
		{"NUL behind bad bytes", "a.toml", TEST_BYTES("\xff\0b"),
		 "/a.toml:1:1: the file is not valid UTF-8\n"},
		{"not YAML", "a.yml", TEST_BYTES("a: [b\nc: }\n"), NULL},
		{"nothing", "a.yaml", TEST_BYTES(""), "/a.yaml:0:0: the file holds no rule\n"},
		{"another name", "a.txt", TEST_BYTES(RULE("a")),
		 "/a.txt:0:0: not the name of a rule file: .yml, .yaml (Sigma), .toml, .eql (EQL)\n"},
	};
	struct test_folder f;
	char path[PATH_MAX];

	(void)state;
	test_folder_make(&f);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct ruleset s;
		struct err e = {0};

		test_write(&f, rows[i].file, rows[i].text);
		assert_int_equal(ruleset_init(&s, &e), 0);
		add(&s, test_path(&f, rows[i].file, path));
		if (rows[i].want)
			set_is(rows[i].name, &s, rows[i].want);
		else
			TEST_ROW(rows[i].name, s.faults.n == 1 && s.faults.v[0].line && !s.n);
		ruleset_release(&s);
	}
	test_folder_remove(&f);
}

/* Too large is told by the size alone: reading the hole would take far longer. */
static void large_file(void **state)
{
	struct test_folder f;
	struct ruleset s;
	struct err e = {0};
	char path[PATH_MAX];

	(void)state;
	test_folder_make(&f);
	test_write(&f, "large.yml", view_str("title: T\n"));
	assert_int_equal(truncate(test_path(&f, "large.yml", path), 100l << 20), 0);
	assert_int_equal(ruleset_init(&s, &e), 0);
	add(&s, path);
	set_is("100 MiB", &s, "/large.yml:0:0: the file is larger than 16 MiB\n");
	assert_int_equal(s.faults.v[0].code, ERR_LIMIT);
	ruleset_release(&s);
	test_folder_remove(&f);
}

static void sets(void **state)
{
	static const char base[] = "title: P\nname: p\nlogsource: {category: process_creation}\n"
				   "detection: {s: {A: b}, condition: s}\n";
	struct test_folder f;
	struct ruleset s;
	struct err e = {0};
	char path[PATH_MAX];

	(void)state;
	test_folder_make(&f);
	test_mkdir(&f, "one");
	test_mkdir(&f, "two");
	test_write(&f, "one/a.yml", view_str(RULE("x")));
	test_write(&f, "one/b.yml", view_str(RULE("y")));
	test_write(&f, "one/c.yml", view_str("\n" RULE("X")));
	test_write(&f, "two/a.yml", view_str(RULE("x")));
	test_write(&f, "two/base.yml", view_str(base));
	test_write(&f, "two/all.yml", view_str("title: C\nid: c\ncorrelation: {type: temporal, "
					       "rules: [p], timespan: 1s}\n"));
	assert_int_equal(ruleset_init(&s, &e), 0);
	add(&s, test_path(&f, "one", path));
	add(&s, test_path(&f, "two", path));
	assert_int_equal(ruleset_finish(&s, &e), 0);
	set_is("two sets", &s,
	       "c\nx\ny\n/c.yml:3:5: the id `X` is given twice in this set of rules\n");
	assert_int_equal(s.faults.v[0].code, ERR_USAGE);
	assert_int_equal(s.sets, 2);
	assert_int_equal(s.n_replaced, 1);
	test_view_is("replaced", s.replaced[0].id, view_str("x"));
	assert_memory_equal(s.replaced[0].by_path.p + strlen(f.path), "/two/a.yml", 10);
	assert_memory_equal(s.replaced[0].path.p + strlen(f.path), "/one/a.yml", 10);
	assert_int_equal(s.rules[1].set, 1);
	ruleset_release(&s);
	test_folder_remove(&f);
}

/* ---- the rules that are shipped ---- */

static const struct rule *rule_of(const struct ruleset *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (view_eq_str(s->rules[i].id, id))
			return &s->rules[i];
	fail_msg("no rule %s", id);
	return NULL;
}

static void load_shipped(struct ruleset *s)
{
	const char *top = getenv("SRCDIR");
	struct err e = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/rules", top ? top : ".");
	assert_int_equal(ruleset_init(s, &e), 0);
	add(s, path);
	assert_int_equal(ruleset_finish(s, &e), 0);
}

static void shipped(void **state)
{
	static const char *const ids[] = {"f7b5f842-a6af-4da5-9e95-e32478f3cd2f",
					  "3e441bdb-596c-44fd-8628-2cfdf4516ada",
					  "windows_http_network_communication_from_msiexec"};
	struct ruleset s;

	(void)state;
	load_shipped(&s);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.faults.n, 0);
	for (size_t i = 0; i < TEST_COUNT(ids); i++) {
		const struct rule *r = rule_of(&s, ids[i]);

		TEST_ROW(ids[i], r->title.n && r->description.n && r->author.n && r->license.n);
		TEST_ROW(ids[i], r->status.n && r->date.n && r->modified.n && r->level);
		TEST_ROW(ids[i], r->references.n && r->tactics.n && r->techniques.n);
		TEST_ROW(ids[i], r->data_needed.n && r->false_positives.n && r->triage.n);
		TEST_ROW(ids[i], r->response.n && r->blind_spots.n);
		test_view_is(ids[i], r->techniques.v[r->techniques.n - 1], view_str("T1218.007"));
	}
	assert_int_equal(rule_of(&s, ids[0])->shape, RULE_SINGLE);
	assert_int_equal(rule_of(&s, ids[1])->shape, RULE_SEQUENCE);
	assert_int_equal(rule_of(&s, ids[1])->span, 600000000);
	assert_int_equal(rule_of(&s, ids[1])->risk_score, 21);
	assert_int_equal(rule_of(&s, ids[2])->shape, RULE_TEMPORAL);
	assert_int_equal(rule_of(&s, ids[2])->span, SPAN_LIFETIME);
	assert_int_equal(rule_of(&s, ids[2])->stages[0].keys[0], FIELD_ECS_PROCESS_ENTITY);
	ruleset_release(&s);
}

/* ---- memory ---- */

static const struct {
	const char *file, *text;
} starved[] = {
	{"a.yml", "title: T\nid: t\ntags: [attack.t1218]\nauthor: [a, b]\nreferences: [r]\n"
		  "logsource: {category: process_creation}\n"
		  "detection: {a: {A|windash|all: ['-b', c]}, b: [{A: [1, null, '']}], "
		  "condition: 1 of a* or not (b) and zz}\n"},
	{"b.yml", "title: C\nid: c\ncorrelation: {type: temporal, rules: [p], timespan: 1s, "
		  "group-by: [x.y]}\n---\ntitle: P\nname: p\nlogsource: {category: process_creation}\n"
		  "detection: {a: {A|exists: false}, condition: a}\n"},
	{"c.eql", "// id: t\n// title: T\n// triage: a\n//     b\nsequence by user.id with maxspan=1m\n"
		  "[process where not process.name : (\"a\", \"b*\")]\n"
		  "[any where process.pid in (1, -2) or `user`.name != \"\"\"c\"\"\" and ?a.b == null]\n"},
	{"d.toml", "[rule]\nname = \"T\"\nrule_id = 't'\nlanguage = 'eql'\ntype = 'eql'\n"
		   "author = [\"a\", 'b']\nquery = '''process where true'''\n[[rule.threat]]\n"
		   "technique = [{id = \"T1\"}]\n[rule.threat.tactic]\nname = \"N\"\n"},
};

static bool starve_one(void *ctx)
{
	size_t i = *(size_t *)ctx;
	struct ruleset s;
	struct err e = {0};
	bool good = ruleset_init(&s, &e) == 0;

	if (!good)
		return false;
	good = ruleset_add_text(&s, starved[i].file, view_str(starved[i].text), &e) == 0;
	if (!good && e.code != ERR_NOMEM)
		fail_msg("%s: %s", starved[i].file, e.msg);
	good = good && ruleset_finish(&s, &e) == 0;
	ruleset_release(&s);
	return good;
}

/* A rule set that was loaded without the memory it wanted would be another rule set. */
static void starve(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(starved); i++)
		assert_true(test_starve(starve_one, &i) > 5);
}

static bool starve_shipped(void *ctx)
{
	const char *top = getenv("SRCDIR");
	struct ruleset s;
	struct err e = {0};
	char path[PATH_MAX];
	bool good = ruleset_init(&s, &e) == 0;

	snprintf(path, sizeof path, "%s/rules", top ? top : ".");
	if (good)
		good = ruleset_add(&s, path, &e) == 0;
	if (!good && e.code != ERR_NOMEM)
		fail_msg("%s", e.msg);
	if (good && s.n != 3)
		fail_msg("loaded %zu rules", s.n);
	ruleset_release(&s);
	(void)ctx;
	return good;
}

static void starve_folder(void **state)
{
	(void)state;
	assert_true(test_starve(starve_shipped, NULL) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders), cmocka_unit_test(files),  cmocka_unit_test(large_file),
		cmocka_unit_test(sets),	   cmocka_unit_test(shipped), cmocka_unit_test(starve),
		cmocka_unit_test(starve_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
