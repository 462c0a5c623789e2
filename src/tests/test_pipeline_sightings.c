/* SPDX-License-Identifier: Apache-2.0 */
/* Which records no live log holds: the count of made sightings, and runs over copies of one log. */
#include "testing_findings.h"
#include "testing_forge.h"

#include "../pipeline/hunt-private.h"
#include "evtxhound/evtx.h"

/* ---- made sightings ---- */

#define LIVE 0
#define SHADOW 1
#define SHADOW_2 2
#define DELETED 3
#define CARVED 4
#define INSIDE 5 /* of an archive in a shadow copy */
#define SOURCES 6
static const enum source_state states[SOURCES] = {SOURCE_LIVE,    SOURCE_SHADOW, SOURCE_SHADOW,
						  SOURCE_DELETED, SOURCE_CARVED, SOURCE_LIVE};

struct made {
	uint64_t who, what;
	uint32_t source;
};
static const struct {
	const char *name;
	struct made v[8]; /* up to a who of 0 */
	uint64_t records, not_live, only[SOURCE_STATES], here[SOURCES];
} rows[] = {
	{"in the live log alone", {{1, 1, LIVE}, {2, 1, LIVE}}, 2, 0, {2}, {2}},
	{"in a shadow copy as well", {{1, 1, LIVE}, {1, 1, SHADOW}}, 1, 0, {0}, {0}},
	{"twice in one log", {{1, 1, SHADOW}, {1, 1, SHADOW}}, 1, 1, {0, 1}, {0, 1}},
	{"in two shadow copies", {{1, 1, SHADOW}, {1, 1, SHADOW_2}}, 1, 1, {0, 1}, {0}},
	{"in one of two", {{1, 1, SHADOW}, {2, 1, SHADOW_2}, {2, 1, LIVE}}, 2, 1, {0, 1}, {0, 1}},
	{"deleted", {{1, 1, DELETED}}, 1, 1, {0, 0, 1}, {0, 0, 0, 1}},
	{"carved", {{1, 1, CARVED}}, 1, 1, {0, 0, 0, 1}, {0, 0, 0, 0, 1}},
	{"deleted and in a shadow copy", {{1, 1, DELETED}, {1, 1, SHADOW}}, 1, 1, {0}, {0}},
	{"other values are another record", {{1, 1, LIVE}, {1, 2, SHADOW}}, 2, 1, {1, 1}, {1, 1}},
	{"what is read in part may be that one", {{1, 1, LIVE}, {1, 0, CARVED}}, 1, 0, {0}, {0}},
	{"or any of several", {{1, 1, SHADOW}, {1, 2, SHADOW_2}, {1, 0, LIVE}}, 2, 0, {0}, {0}},
	{"read in part everywhere", {{1, 0, SHADOW}, {1, 0, SHADOW}}, 1, 1, {0, 1}, {0, 1}},
	{"in what lies in a shadow copy", {{1, 1, INSIDE}, {2, 1, INSIDE}, {2, 1, SHADOW}}, 2, 2, {0, 2},
	 {0, 0, 0, 0, 0, 1}},
};

struct counting {
	struct source v[SOURCES];
	struct source_list list;
	struct source_result results[SOURCES];
	struct hunt h;
	struct sightings s;
	struct folder_at {
		char path[64];
		int fd;
	} at;
};

static void begin(struct counting *c, uint64_t most)
{
	struct err e = {0};

	memset(c, 0, sizeof(*c));
	for (uint32_t i = 0; i < SOURCES; i++)
		c->v[i] = (struct source){.index = i, .kind = SOURCE_EVTX, .format = "EVTX",
					  .state = states[i]};
	c->v[INSIDE].container = SHADOW + 1;
	c->list = (struct source_list){.v = c->v, .n = SOURCES};
	c->h.sources = &c->list;
	c->h.ledger.results = c->results;
	c->h.ledger.n = SOURCES;
	strcpy(c->at.path, "/tmp/evtxhound-seen.XXXXXX");
	assert_non_null(mkdtemp(c->at.path));
	c->at.fd = open(c->at.path, O_RDONLY | O_DIRECTORY);
	assert_true(sightings_asked(&c->list));
	assert_int_equal(sightings_init(&c->s, &c->h, c->at.fd, &e), 0);
	c->s.most = most;
}

static void end(struct counting *c)
{
	sightings_release(&c->s);
	close(c->at.fd);
	assert_int_equal(rmdir(c->at.path), 0);
}

static void each_row_most(size_t i, uint64_t most)
{
	struct counting c;
	struct err e = {0};
	const struct sighting_counts *n = &c.s.counts;

	begin(&c, most);
	for (size_t k = 0; k < 8 && rows[i].v[k].who; k++) {
		const struct made *m = &rows[i].v[k];
		/* spread over the range, as hashes are */
		struct sighting s = {m->who * 0x9e3779b97f4a7c15u, m->what, m->source};
		assert_int_equal(sightings_add(&c.s, &s, &e), 0);
	}
	assert_int_equal(sightings_count(&c.s, &e), 0);
	TEST_ROW(rows[i].name, n->counted && n->records == rows[i].records);
	TEST_ROW(rows[i].name, n->not_live == rows[i].not_live);
	for (size_t k = 0; k < SOURCE_STATES; k++)
		TEST_ROW(rows[i].name, n->only[k] == rows[i].only[k]);
	for (size_t k = 0; k < SOURCES; k++)
		TEST_ROW(rows[i].name, c.results[k].only_here == rows[i].here[k]);
	end(&c);
}

static void each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		each_row_most(i, 0);
		each_row_most(i, 4); /* dealt out where there are more, in all of them alike */
	}
}

/* The same count, however little of them is in memory at once. */
static void memory_does_not_show(void **state)
{
	static const uint64_t bounds[] = {0, 5000, 100};
	struct sighting_counts first = {0};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bounds); i++) {
		struct counting c;
		struct err e = {0};
		uint64_t seed = 1;

		begin(&c, bounds[i]);
		for (size_t k = 0; k < 40000; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			struct sighting s = {(seed >> 33) % 20000 * 0x9e3779b97f4a7c15u, 1,
					     (uint32_t)(seed >> 20) % SOURCES};
			assert_int_equal(sightings_add(&c.s, &s, &e), 0);
		}
		assert_int_equal(sightings_count(&c.s, &e), 0);
		assert_true(c.s.counts.records > 15000 && c.s.counts.not_live > 5000);
		if (!i)
			first = c.s.counts;
		assert_memory_equal(&first, &c.s.counts, sizeof(first));
		end(&c);
	}
}

/* Who makes more records with one id and time than memory holds gains nothing by it. */
static void floods_of_one_record_are_one(void **state)
{
	struct counting c;
	struct err e = {0};

	(void)state;
	begin(&c, 10);
	for (uint64_t k = 0; k < 1000; k++) {
		struct sighting s = {0x1234, k + 1, SHADOW};
		assert_int_equal(sightings_add(&c.s, &s, &e), 0);
	}
	assert_int_equal(sightings_count(&c.s, &e), 0);
	assert_int_equal(c.s.counts.records, 1);
	assert_int_equal(c.s.counts.only[SOURCE_SHADOW], 1);
	end(&c);
}

/* ---- a live log that lost its end, and the whole one in a shadow copy ---- */

static const char scenario[] = FORGE_HOST FORGE_PROCESS FORGE_NOISE(600);

struct copies {
	char dir[64], whole[160], live[160];
	unsigned long records;
	struct ruleset rules;
	int dirfd;
};

static void write_part(const char *path, struct view v)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);

	assert_int_equal(write(fd, v.p, v.n), v.n);
	close(fd);
}

static void copies_make(struct copies *x, size_t live_chunks)
{
	char rules[4096];
	struct err e = {0};

	memset(x, 0, sizeof(*x));
	strcpy(x->dir, "/tmp/evtxhound-seen.XXXXXX");
	assert_non_null(mkdtemp(x->dir));
	x->dirfd = open(x->dir, O_RDONLY | O_DIRECTORY);
	x->records = forge_log(x->dir, scenario);
	snprintf(x->whole, sizeof(x->whole), "%s/%s", x->dir, LOG_NAME);
	snprintf(x->live, sizeof(x->live), "%s/live.evtx", x->dir);
	struct buf b = read_whole(x->whole);
	size_t n = EVTX_HEADER_SIZE + live_chunks * EVTX_CHUNK_SIZE;
	write_part(x->live, view_sub(buf_data(&b), 0, n < b.n ? n : b.n));
	buf_release(&b);
	snprintf(rules, sizeof(rules), "%s/rules", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	assert_int_equal(ruleset_init(&x->rules, &e), 0);
	assert_int_equal(ruleset_add(&x->rules, rules, &e), 0);
	assert_int_equal(ruleset_finish(&x->rules, &e), 0);
}

static void copies_free(struct copies *x)
{
	char path[256];

	unlink(x->live);
	unlink(x->whole);
	snprintf(path, sizeof(path), "%s/A", x->dir);
	rmdir(path);
	close(x->dirfd);
	assert_int_equal(rmdir(x->dir), 0);
	ruleset_release(&x->rules);
}

static const struct {
	const char *name;
	unsigned jobs;
	size_t live_chunks;
	enum source_state other;
	bool libevtx, gone; /* what the live log lost, the finding's record among it */
} runs[] = {
	{"shadow", 1, 5, SOURCE_SHADOW, false, false},
	{"the finding's record as well", 1, 1, SOURCE_SHADOW, false, true},
	{"with more workers", 4, 5, SOURCE_SHADOW, false, false},
	{"carved", 2, 5, SOURCE_CARVED, false, false},
	{"all of it is live", 2, 100, SOURCE_DELETED, false, false},
	{"nothing is live any more", 2, 0, SOURCE_DELETED, false, true},
	{"both are live", 2, 5, SOURCE_LIVE, false, false},
	{"by libevtx", 2, 5, SOURCE_SHADOW, true, false},
};

static void check_run(size_t i, const struct copies *x, const struct run *run)
{
	const struct sighting_counts *n = &run->sightings;
	uint64_t held = run->sources[0].records, lost = x->records - held;

	if (runs[i].other == SOURCE_LIVE) {
		TEST_ROW(runs[i].name, !n->counted && !n->records);
		return;
	}
	TEST_ROW(runs[i].name, n->counted && n->records == x->records);
	TEST_ROW(runs[i].name, n->not_live == lost && n->only[runs[i].other] == lost);
	TEST_ROW(runs[i].name, n->only[SOURCE_LIVE] == 0);
	TEST_ROW(runs[i].name, run->sources[0].only_here == 0 && run->sources[1].only_here == lost);
	TEST_ROW(runs[i].name, run->about.n == 1);
	TEST_ROW(runs[i].name, nth_finding(run, 0)->only_in == (runs[i].gone ? runs[i].other : 0));
}

static void run_copies(size_t i)
{
	struct copies x;
	struct source_list l;
	struct hunt *h;
	struct timeline *t;
	struct run run = {0};
	struct err e = {0};

	copies_make(&x, runs[i].live_chunks);
	source_list_init(&l);
	assert_int_equal(source_list_add(&l, x.live, &e), 0);
	assert_int_equal(source_list_add(&l, x.whole, &e), 0);
	l.v[1].state = runs[i].other;
	const struct evidence_options evidence = {.dirfd = x.dirfd};
	const struct hunt_options o = {.rules = &x.rules, .sources = &l, .evidence = &evidence,
				       .jobs = runs[i].jobs, .to = UINT64_MAX, .dirfd = x.dirfd,
				       .libevtx = runs[i].libevtx};
	if (hunt_run(&o, &h, &run, &t, &e) < 0)
		fail_msg("%s: %s", runs[i].name, e.msg);
	check_run(i, &x, &run);
	hunt_free(h);
	source_list_release(&l);
	copies_free(&x);
}

static void each_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(runs); i++)
		run_copies(i);
}

static void info_counts_them_too(void **state)
{
	struct copies x;
	struct source_list l;
	struct hunt *h;
	struct run run = {0};
	struct err e = {0};

	(void)state;
	copies_make(&x, 1);
	source_list_init(&l);
	assert_int_equal(source_list_add(&l, x.live, &e), 0);
	assert_int_equal(source_list_add(&l, x.whole, &e), 0);
	l.v[1].state = SOURCE_SHADOW;
	const struct evidence_options evidence = {.dirfd = x.dirfd};
	const struct info_options o = {.sources = &l, .evidence = &evidence, .jobs = 2};
	assert_int_equal(info_run(&o, &h, &run, &e), 0);
	assert_int_equal(run.sightings.records, x.records);
	assert_int_equal(run.sightings.only[SOURCE_SHADOW], x.records - run.sources[0].records);
	hunt_free(h);
	source_list_release(&l);
	copies_free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(memory_does_not_show),
		cmocka_unit_test(floods_of_one_record_are_one),
		cmocka_unit_test(each_run),
		cmocka_unit_test(info_counts_them_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
