/* SPDX-License-Identifier: Apache-2.0 */
/* Several machines of one name: docs/detections.md, "Which host". The logs are forged. */
#include "testing_findings.h"
#include "testing_forge.h"

#include <sys/stat.h>

#include "evtxhound/evtx.h"
#include "evtxhound/pipeline.h"

/* Two machines: the same name, ids and channel, other times. */
static const char first[] = FORGE_HOST FORGE_PROCESS FORGE_NOISE(200);
static const char second[] =
	"start: 2026-01-06T09:00:00Z\nseed: 2\nhosts:\n"
	"  A: {name: A.example, domain: EX, log: sysmon}\n"
	"users:\n  u: {domain: EX, sid: S-1-5-21-1-2-3-1001, logon: 0x1234}\n" FORGE_PROCESS
		FORGE_NOISE(200);

/* Where a log is written to, and which part of it, in chunks. */
struct piece {
	const char *path;
	int machine; /* 1, 2 */
	unsigned from, to;
};
#define WHOLE 0, 1000

static const struct {
	const char *name;
	struct piece pieces[4];
	const char *given[3];
	bool containers;
	const char *hosts[3]; /* of the findings, in order of time */
	size_t n_findings, n_apart, n_places; /* of the first finding */
} rows[] = {
	{"two machines of one name", {{"in/one/s.evtx", 1, WHOLE}, {"in/two/s.evtx", 2, WHOLE}}, {"in"},
	 false, {"a.example (one)", "A.example (two)"}, 2, 1, 1},
	{"given by themselves", {{"one/s.evtx", 1, WHOLE}, {"two/s.evtx", 2, WHOLE}}, {"one", "two"},
	 false, {"a.example (one)", "A.example (two)"}, 2, 1, 1},
	{"in deep trees", {{"in/one/C/logs/s.evtx", 1, WHOLE}, {"in/two/C/logs/s.evtx", 2, WHOLE}},
	 {"in/"}, false, {"a.example (one)", "A.example (two)"}, 2, 1, 1},
	{"in two archives", {{"in/one.zip", 1, WHOLE}, {"in/two.zip", 2, WHOLE}}, {"in"}, true,
	 {"a.example (one.zip)", "A.example (two.zip)"}, 2, 1, 1},
	{"named alike", {{"x/case/s.evtx", 1, WHOLE}, {"y/case/s.evtx", 2, WHOLE}}, {"x", "y"}, false,
	 {"a.example (%/x/case)", "A.example (%/y/case)"}, 2, 1, 1},
	{"one machine twice", {{"in/one/s.evtx", 1, WHOLE}, {"in/two/s.evtx", 1, WHOLE}}, {"in"}, false,
	 {"a.example"}, 1, 0, 2},
	{"one machine in two folders", {{"in/one/s.evtx", 1, 0, 4}, {"in/two/s.evtx", 1, 4, 1000}}, {"in"},
	 false, {"a.example"}, 1, 0, 1},
	{"and in parts that overlap", {{"in/one/s.evtx", 1, 0, 5}, {"in/two/s.evtx", 1, 3, 1000}}, {"in"},
	 false, {"a.example"}, 1, 0, 1},
	{"two machines, one of them twice",
	 {{"in/one/s.evtx", 1, WHOLE}, {"in/three/s.evtx", 1, WHOLE}, {"in/two/s.evtx", 2, WHOLE}}, {"in"},
	 false, {"a.example (one)", "A.example (two)"}, 2, 1, 2},
	{"within one collection nothing is told apart",
	 {{"in/s.evtx", 1, WHOLE}, {"in/t.evtx", 2, WHOLE}}, {"in"}, false, {"a.example", "A.example"}, 2,
	 0, 1},
};

struct place_of_test {
	char dir[64];
	int dirfd;
	struct ruleset rules;
	char ids[2][40]; /* of the findings of each machine, hunted alone */
};

static void make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = 0;
		mkdir(path, 0700);
		*p = '/';
	}
}

static void write_piece(const struct place_of_test *x, const struct piece *p)
{
	char path[256];
	struct buf b;

	snprintf(path, sizeof(path), "%s/m%d/%s", x->dir, p->machine, LOG_NAME);
	b = read_whole(path);
	struct view all = buf_data(&b);
	struct view head = view_sub(all, 0, EVTX_HEADER_SIZE);
	struct view part = view_sub(all, EVTX_HEADER_SIZE + (size_t)p->from * EVTX_CHUNK_SIZE,
				    p->to == 1000 ? all.n
						  : EVTX_HEADER_SIZE + (size_t)p->to * EVTX_CHUNK_SIZE);
	snprintf(path, sizeof(path), "%s/ev/%s", x->dir, p->path);
	make_folders(path);
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	assert_int_equal(write(fd, head.p, head.n), head.n);
	assert_int_equal(write(fd, part.p, part.n), part.n);
	close(fd);
	buf_release(&b);
}

/* As if an archive had been opened that holds one log, not packed. */
static void open_containers(struct source_list *l)
{
	struct err e = {0};
	size_t n = l->n;

	for (size_t i = 0; i < n; i++) {
		struct source *c = &l->v[i];
		struct source s = {.kind = SOURCE_EVTX, .format = "EVTX", .size = c->size,
				   .container = (uint32_t)i + 1, .n_image = 1};
		struct buf path;

		c->kind = SOURCE_CONTAINER;
		c->format = "zip archive";
		buf_init(&path, 0);
		buf_fmt(&path, "%s:/s.evtx", c->path);
		s.path = mem_str(buf_data(&path));
		buf_release(&path);
		s.inner = mem_str(view_str("s.evtx"));
		s.volume = mem_str(view_str(""));
		s.inode = mem_str(view_str("1"));
		s.image = mem_alloc(sizeof(*s.image));
		*s.image = (struct extent){0, 0, c->size};
		assert_int_equal(source_list_found(l, &s, &e), 0);
	}
	assert_int_equal(source_list_order(l, &e), 0);
}

static void is_host(const char *row, const struct place_of_test *x, struct view got, const char *want)
{
	char text[256];
	const char *rest = strchr(want, '%');

	snprintf(text, sizeof(text), "%s", want);
	if (rest) /* % is the folder of the evidence */
		snprintf(text, sizeof(text), "%.*s%s/ev%s", (int)(rest - want), want, x->dir, rest + 1);
	test_view_is(row, got, view_str(text));
}

static void check(size_t i, const struct place_of_test *x, const struct run *run)
{
	const char *row = rows[i].name;
	size_t places = 0;

	TEST_ROW(row, run->about.n == rows[i].n_findings);
	TEST_ROW(row, run->n_apart == rows[i].n_apart);
	for (size_t k = 0; k < run->about.n; k++) {
		const struct finding *f = nth_finding(run, k);
		is_host(row, x, f->computer, rows[i].hosts[k]);
		/* however the host is shown */
		TEST_ROW(row, !strcmp(f->id, x->ids[k]));
		TEST_ROW(row, view_eq_str(f->evidence[0].proof->witness, "agree"));
		TEST_ROW(row, view_eq(f->evidence[0].event->computer, f->computer));
	}
	for (size_t k = 0; k < nth_finding(run, 0)->n_evidence; k++)
		places += nth_finding(run, 0)->evidence[k].identity == nth_finding(run, 0)->evidence[0].identity;
	TEST_ROW(row, places == rows[i].n_places);
}

static void hunt(struct place_of_test *x, struct source_list *l, unsigned jobs, struct hunt **h,
		 struct run *run)
{
	struct timeline *t;
	struct err e = {0};
	const struct hunt_options o = {.rules = &x->rules, .sources = l, .jobs = jobs, .to = UINT64_MAX,
				       .dirfd = x->dirfd};

	*run = (struct run){0};
	if (hunt_run(&o, h, run, &t, &e) < 0)
		fail_msg("%s", e.msg);
}

static void run_row(struct place_of_test *x, size_t i, unsigned jobs)
{
	struct source_list l;
	struct hunt *h;
	struct run run;
	struct err e = {0};
	char path[256];

	for (size_t k = 0; k < 4 && rows[i].pieces[k].path; k++)
		write_piece(x, &rows[i].pieces[k]);
	source_list_init(&l);
	for (size_t k = 0; k < 3 && rows[i].given[k]; k++) {
		snprintf(path, sizeof(path), "%s/ev/%s", x->dir, rows[i].given[k]);
		assert_int_equal(source_list_add(&l, path, &e), 0);
	}
	if (rows[i].containers)
		open_containers(&l);
	hunt(x, &l, jobs, &h, &run);
	check(i, x, &run);
	hunt_free(h);
	source_list_release(&l);
	snprintf(path, sizeof(path), "rm -r %s/ev", x->dir);
	assert_int_equal(system(path), 0);
}

static void forge_machine(struct place_of_test *x, int machine, const char *scenario)
{
	struct source_list l;
	struct hunt *h;
	struct run run;
	struct err e = {0};
	char path[256];

	snprintf(path, sizeof(path), "%s/m%d", x->dir, machine);
	assert_int_equal(mkdir(path, 0700), 0);
	forge_log(path, scenario);
	source_list_init(&l);
	assert_int_equal(source_list_add(&l, path, &e), 0);
	hunt(x, &l, 1, &h, &run);
	assert_int_equal(run.about.n, 1);
	snprintf(x->ids[machine - 1], sizeof(x->ids[0]), "%s", nth_finding(&run, 0)->id);
	hunt_free(h);
	source_list_release(&l);
}

static void each_row(void **state)
{
	struct place_of_test x = {.dir = "/tmp/evtxhound-apart.XXXXXX"};
	struct err e = {0};
	char rules[4096], command[128];

	(void)state;
	assert_non_null(mkdtemp(x.dir));
	x.dirfd = open(x.dir, O_RDONLY | O_DIRECTORY);
	snprintf(rules, sizeof(rules), "%s/rules", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	assert_int_equal(ruleset_init(&x.rules, &e), 0);
	assert_int_equal(ruleset_add(&x.rules, rules, &e), 0);
	assert_int_equal(ruleset_finish(&x.rules, &e), 0);
	forge_machine(&x, 1, first);
	forge_machine(&x, 2, second);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		run_row(&x, i, 1);
		run_row(&x, i, 4);
	}
	ruleset_release(&x.rules);
	close(x.dirfd);
	snprintf(command, sizeof(command), "rm -r %s", x.dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_row)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
