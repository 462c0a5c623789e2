/* SPDX-License-Identifier: Apache-2.0 */
/* More events of rules on single events than are looked into: the findings are the same. */
#include "testing_findings.h"
#include "testing_forge.h"

#include "../pipeline/hunt-private.h"

#define MOST 600

/* Starts in both logs, so that one must yield to the other; image loads and sign-ons decide, too. */
static const char scenario[] =
	"start: 2026-01-05T08:00:00Z\nseed: 3\nhosts:\n  A: {name: a.example, domain: EX}\n"
	"  B: {name: b.example, domain: EX}\n"
	"users:\n  u: {domain: EX, sid: S-1-5-21-1-2-3-1001, logon: 0x1234}\n"
	"processes:\n"
	"  - {name: p, host: A, image: 'C:\\p.exe', user: u, at: 5m, command: p}\n"
	"  - {name: q, host: A, image: 'C:\\q.exe', user: u, at: 6m, command: q}\n"
	"connections:\n  - {process: p, at: 5m10s, to: '192.0.2.7:80'}\n"
	"  - {process: q, at: 6m10s, to: '192.0.2.7:80'}\n"
	"noise:\n  - {host: A, user: u, processes: 60, from: 0m, to: 60m}\n"
	"  - {host: B, user: u, processes: 40, from: 10m, to: 30m}\n";

static const struct {
	const char *file, *text;
} rule_files[] = {
	{"a.yml", "title: all\nid: all\nlogsource:\n    category: process_creation\n    product: windows\n"
		  "detection:\n    s:\n        Image|contains: '\\'\n    condition: s\nlevel: low\n"},
	{"b.eql", "// id: signed\n// title: not signed\n// level: low\n"
		  "process where event.action == \"start\" and process.name : \"s*\" and\n"
		  "  not process.code_signature.trusted == true\n"},
	{"c.eql", "// id: user\n// title: of a user\n// level: low\n"
		  "process where user.id : \"S-1-5-21-*\"\n"},
	{"e.eql", "// id: ended\n// title: start and connection, until its end\n// level: low\n"
		  "sequence by process.entity_id [process where event.action == \"start\"]\n"
		  "  [network where true] until [process where event.action == \"end\"]\n"},
	/* It cannot wait, and takes a start along that others wait for. */
	{"z.eql", "// id: zz\n// title: by host, without bound\n// level: low\n"
		  "sequence by host.name [process where process.name : \"p.exe\"]\n"
		  "  [process where process.name : \"none.exe\"]\n"},
	{"y.eql", "// id: soon\n// title: by host, soon\n// level: low\n"
		  "sequence by host.name with maxspan=2m [process where process.name : \"p.exe\"]\n"
		  "  [process where process.name : \"q.exe\"]\n"},
	{"x.eql", "// id: no_end\n// title: no end\n// level: low\n"
		  "sequence by process.entity_id with maxspan=2m\n"
		  "  [process where event.action == \"start\" and process.name : \"p.exe\"]\n"
		  "  ![process where event.action == \"none\"]\n"},
	{"d.eql", "// id: pair\n// title: start and connection\n// level: low\n"
		  "sequence by process.entity_id [process where event.action == \"start\"] [network where true]\n"},
};

struct shown {
	char id[FINDING_ID];
	uint32_t rule;
	bool brief;
	size_t n_tree;
	char witness[8];
};
struct outcome {
	struct shown v[MOST];
	uint64_t n, brief, not_witnessed;
};

static void hunt(const struct ruleset *rules, const char *dir, uint64_t most, unsigned jobs,
		 struct outcome *out)
{
	struct source_list l;
	struct hunt *h;
	struct run run = {0};
	struct timeline *t;
	struct err e = {0};
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct hunt_options o = {.rules = rules, .sources = &l, .jobs = jobs, .to = UINT64_MAX,
				       .dirfd = dirfd, .most_whole = most};

	source_list_init(&l);
	assert_int_equal(source_list_add(&l, dir, &e), 0);
	if (hunt_run(&o, &h, &run, &t, &e) < 0)
		fail_msg("%s", e.msg);
	*out = (struct outcome){.n = run.about.n, .brief = run.about.brief};
	out->not_witnessed = run.not_witnessed;
	assert_true(out->n <= MOST);
	for (size_t i = 0; i < out->n; i++) {
		const struct finding *f = nth_finding(&run, i);
		struct shown *told = &out->v[i];

		memcpy(told->id, f->id, sizeof(told->id));
		told->rule = f->rule;
		told->brief = f->brief;
		told->n_tree = f->n_tree;
		TEST_ROW(f->id, f->evidence[0].proof->known && f->evidence[0].event);
		snprintf(told->witness, sizeof(told->witness), "%.*s",
			 (int)f->evidence[0].proof->witness.n,
			 (const char *)f->evidence[0].proof->witness.p);
	}
	hunt_free(h);
	source_list_release(&l);
	close(dirfd);
}

static void same_findings(const struct outcome *a, const struct outcome *b, bool alike)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		TEST_ROW(a->v[i].id, !strcmp(a->v[i].id, b->v[i].id));
		TEST_ROW(a->v[i].id, !alike || !memcmp(&a->v[i], &b->v[i], sizeof(a->v[i])));
	}
}

static void brief_findings_are_the_same(void **state)
{
	struct test_folder folder;
	const char *dir = folder.path;
	struct outcome all, few, again;
	struct ruleset rules;
	struct err e = {0};
	uint64_t whole[8] = {0};

	(void)state;
	test_folder_make(&folder);
	/* Each record twice: copies are judged together, too. */
	for (int i = 0; i < 2; i++) {
		char path[sizeof(folder.path) + 16];

		snprintf(path, sizeof(path), "%s/%d", dir, i);
		assert_int_equal(mkdir(path, 0700), 0);
		forge_log(path, scenario);
	}
	assert_int_equal(ruleset_init(&rules, &e), 0);
	for (size_t i = 0; i < TEST_COUNT(rule_files); i++)
		ruleset_add_text(&rules, rule_files[i].file, view_str(rule_files[i].text), &e);
	assert_int_equal(rules.faults.n, 0);
	assert_int_equal(ruleset_finish(&rules, &e), 0);
	hunt(&rules, dir, 0, 1, &all);
	hunt(&rules, dir, 20, 1, &few);
	hunt(&rules, dir, 20, 3, &again);
	assert_true(all.n > 150 && !all.brief && !all.not_witnessed);
	assert_true(few.brief > 30 && few.not_witnessed > few.brief);
	same_findings(&all, &few, false);
	same_findings(&few, &again, true);
	for (size_t i = 0; i < few.n; i++) {
		bool asked = !strcmp(few.v[i].witness, "agree");

		TEST_ROW(few.v[i].id, few.v[i].brief ? !few.v[i].n_tree && !asked
						     : few.v[i].n_tree == all.v[i].n_tree);
		whole[few.v[i].rule] += asked;
	}
	/* Of each rule some are looked into; one finds nothing. */
	for (size_t i = 0; i < rules.n; i++)
		TEST_ROW((const char *)rules.rules[i].id.p, !whole[i] == view_eq_str(rules.rules[i].id, "zz"));
	ruleset_release(&rules);
	test_folder_remove(&folder);
}

/* ---- so much for each ---- */

static void shares_are_even(void **state)
{
	static const struct {
		const char *name;
		uint64_t n[4], most, share;
	} rows[] = {
		{"enough for all", {1, 2, 3, 4}, 10, UINT64_MAX},
		{"what is not needed goes to the others", {1, 2, 300, 400}, 103, 50},
		{"the same of each", {9, 9, 9, 9}, 20, 5},
		{"one has all", {0, 0, 0, 99}, 20, 20},
		{"nothing", {0, 0, 0, 0}, 0, UINT64_MAX},
		{"at least one of each", {9, 9, 9, 9}, 3, 1},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		uint64_t share;

		assert_int_equal(even_share(rows[i].n, 4, rows[i].most, &share), 0);
		TEST_ROW(rows[i].name, share == rows[i].share);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brief_findings_are_the_same),
		cmocka_unit_test(shares_are_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
