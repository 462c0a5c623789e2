/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs whose chunks are not where they should be, small ones in one unit and large ones in many: the
 * records that were not touched come out, however many workers there are, and can be read again.
 */
#include "testing_findings.h"
#include "testing_forge.h"

#include <signal.h>

#include "accounts.h"
#include "evtxhound/evtx.h"
#include "../pipeline/hunt-private.h"

static const char scenario[] = FORGE_HOST FORGE_PROCESS FORGE_NOISE(1200);
#define CHUNK(n) (EVTX_HEADER_SIZE + (size_t)(n) * EVTX_CHUNK_SIZE)

struct fixture {
	struct test_folder folder;
	struct buf log;  /* as forged */
	struct buf now;  /* and edited */
	struct ruleset rules;
	struct source_list sources;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	char path[PATH_MAX], rules[4096];
	test_folder_make(&x->folder);
	forge_log(x->folder.path, scenario);
	x->log = read_whole(test_path(&x->folder, LOG_NAME, path));
	buf_init(&x->now, 0);
	snprintf(rules, sizeof(rules), "%s/rules", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	assert_int_equal(ruleset_init(&x->rules, &x->e), 0);
	assert_int_equal(ruleset_add(&x->rules, rules, &x->e), 0);
	assert_int_equal(ruleset_finish(&x->rules, &x->e), 0);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	ruleset_release(&x->rules);
	buf_release(&x->log);
	buf_release(&x->now);
	test_folder_remove(&x->folder);
	free(x);
	return 0;
}

/* ---- what is done to a log ---- */

static void take_out(struct buf *b, size_t at, size_t n)
{
	memmove(b->p + at, b->p + at + n, b->n - at - n);
	b->n -= n;
}

static void put_in(struct buf *b, size_t at, size_t n)
{
	static const uint8_t zeros[4096];
	while (n) {
		size_t step = n < sizeof(zeros) ? n : sizeof(zeros);
		buf_add(b, zeros, step);
		memmove(b->p + at + step, b->p + at, b->n - step - at);
		memset(b->p + at, 'x', step);
		n -= step;
	}
}

static void nothing(struct buf *b) { (void)b; }
static void no_header(struct buf *b) { take_out(b, 0, CHUNK(0)); }
static void a_sector_in_front(struct buf *b) { put_in(b, CHUNK(0), 512); }
static void sectors_between(struct buf *b) { put_in(b, CHUNK(3), 1536); }
static void a_sector_out(struct buf *b) { take_out(b, CHUNK(4) + 20480, 512); }
static void a_sector_in(struct buf *b) { put_in(b, CHUNK(4) + 20480, 512); }
static void the_front_cut(struct buf *b) { take_out(b, 0, CHUNK(2) + 3000); }
static void the_end_cut(struct buf *b) { b->n -= 3000; }
static void in_a_larger_file(struct buf *b)
{
	put_in(b, 0, 300032);
	put_in(b, b->n, 200000);
}
static void a_signature_and_a_header(struct buf *b)
{
	memset(b->p, 'x', 4096);
	memset(b->p + CHUNK(1), 'x', 8);
	memset(b->p + CHUNK(6), 0, 512);
}

static const struct row {
	const char *name;
	void (*edit)(struct buf *b);
	unsigned lost; /* records that may be missing, of one chunk about 100 */
	int exit_code;
} rows[] = {
	{"nothing", nothing, 0, 0},
	{"no header", no_header, 0, 3},
	{"a sector in front", a_sector_in_front, 0, 3},
	{"sectors between", sectors_between, 0, 3},
	{"a sector out", a_sector_out, 2, 3},
	{"a sector in", a_sector_in, 100, 3},
	{"the front cut", the_front_cut, 300, 3},
	{"the end cut", the_end_cut, 10, 3},
	{"in a larger file", in_a_larger_file, 0, 3},
	{"a signature and a header", a_signature_and_a_header, 0, 3},
};

/* The log that is edited; a large one has its chunks several times. */
static const char *prepare(struct fixture *x, const struct row *row, bool large, char path[PATH_MAX])
{
	buf_clear(&x->now);
	buf_view(&x->now, buf_data(&x->log));
	for (unsigned i = 0; large && i < 5; i++)
		buf_view(&x->now, view_sub(buf_data(&x->log), CHUNK(0), x->log.n));
	row->edit(&x->now);
	assert_false(x->now.bad);
	test_write(&x->folder, "edited", buf_data(&x->now));
	source_list_init(&x->sources);
	assert_int_equal(source_list_add(&x->sources, test_path(&x->folder, "edited", path), &x->e), 0);
	TEST_ROW(row->name, x->sources.v[0].kind == SOURCE_EVTX);
	return path;
}

/* ---- dump ---- */

static struct buf dumped(struct fixture *x, const struct row *row, unsigned jobs, struct run *run,
			 struct decoder *(*decoder)(const struct fields *, damage_fn *, void *))
{
	struct dump_options o = {.sources = &x->sources, .jobs = jobs, .page = LIMIT_DUMP_TEXT,
				 .random = jobs > 1, .filter = {.to = UINT64_MAX},
				 .decoder_new = decoder};
	struct hunt *h = NULL;
	struct buf b;
	uint8_t piece[4096];
	char path[PATH_MAX];
	ssize_t n;
	buf_init(&b, 0);
	o.fd = open(test_path(&x->folder, "out", path), O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (dump_run(&o, &h, run, &x->e) < 0)
		fail_msg("row \"%s\": %s", row->name, x->e.msg);
	TEST_ROW(row->name, adds_up(&run->sources[0]));
	uint64_t whole = run->sources[0].whole;
	hunt_free(h);
	run->sources = NULL;
	run->about.n = (size_t)whole; /* all that is asked of it later */
	lseek(o.fd, 0, SEEK_SET);
	while ((n = read(o.fd, piece, sizeof(piece))) > 0)
		buf_add(&b, piece, (size_t)n);
	close(o.fd);
	return b;
}

static void what_was_not_touched_comes_out(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX];
	for (size_t i = 0; i < 2 * TEST_COUNT(rows); i++) {
		static size_t all;
		const struct row *row = &rows[i / 2];
		bool large = i % 2;
		struct run one = {0}, eight = {0};
		prepare(x, row, large, path);
		struct buf first = dumped(x, row, 1, &one, NULL);
		struct buf second = dumped(x, row, 8, &eight, NULL);
		TEST_ROW(row->name, view_eq(buf_data(&first), buf_data(&second)));
		TEST_ROW(row->name, one.exit_code == row->exit_code);
		if (i == 0)
			all = one.about.n;
		TEST_ROW(row->name, one.about.n + row->lost >= all * (large ? 6 : 1));
		buf_release(&first);
		buf_release(&second);
		source_list_release(&x->sources);
	}
}

/* ---- a worker that dies ---- */

static const struct decoder_ops *real;
static struct decoder_ops double_ops;
static unsigned chunks_seen;

static int double_chunk(struct decoder *d, struct view bytes, uint64_t offset, struct err *e)
{
	if (chunks_seen++ == 4)
		raise(SIGKILL);
	return real->chunk(d, bytes, offset, e);
}

static struct decoder *double_new(const struct fields *f, damage_fn *fn, void *ctx)
{
	struct decoder *d = evtx_decoder_new(f, fn, ctx);
	real = d->ops;
	double_ops = *real;
	double_ops.chunk = double_chunk;
	d->ops = &double_ops;
	return d;
}

/* Each worker lives for four chunks. Those that two workers came to at their end are lost, and told. */
static void workers_that_die_are_survived(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX];
	for (size_t i = 0; i < 2 * TEST_COUNT(rows); i++) {
		const struct row *row = &rows[i / 2];
		struct run calm = {0}, wild = {0};
		prepare(x, row, i % 2, path);
		struct buf want = dumped(x, row, 1, &calm, NULL);
		struct buf got = dumped(x, row, 2, &wild, double_new);
		TEST_ROW(row->name, wild.worker_deaths > 1);
		TEST_ROW(row->name, got.n > want.n / 2);
		buf_release(&want);
		buf_release(&got);
		source_list_release(&x->sources);
	}
}

/* ---- hunt ---- */

static void what_was_matched_is_read_again(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX];
	for (size_t i = 0; i < 2 * TEST_COUNT(rows); i++) {
		const struct row *row = &rows[i / 2];
		struct hunt_options o = {.rules = &x->rules, .sources = &x->sources, .jobs = 2,
					 .hash = true, .to = UINT64_MAX};
		struct hunt *h = NULL;
		struct timeline *t = NULL;
		struct run run = {0};
		uint8_t sha256[32];
		prepare(x, row, i % 2, path);
		o.dirfd = open(x->folder.path, O_RDONLY | O_DIRECTORY);
		if (hunt_run(&o, &h, &run, &t, &x->e) < 0)
			fail_msg("row \"%s\": %s", row->name, x->e.msg);
		TEST_ROW(row->name, adds_up(&run.sources[0]));
		TEST_ROW(row->name, run.about.n >= (row->lost < 300 || i % 2));
		for (size_t k = 0; k < run.about.n; k++)
			TEST_ROW(row->name, nth_finding(&run, k)->evidence[0].proof->known);
		assert_true(sha256_of(buf_data(&x->now), sha256));
		TEST_ROW(row->name, x->sources.v[0].hashed &&
					    !memcmp(sha256, x->sources.v[0].sha256, 32));
		hunt_free(h);
		close(o.dirfd);
		source_list_release(&x->sources);
	}
}

/* ---- no log ---- */

static void what_holds_no_chunk_is_no_log(void **state)
{
	struct fixture *x = *state;
	struct dump_options o = {.sources = &x->sources, .jobs = 2, .page = 1,
				 .filter = {.to = UINT64_MAX}};
	static const size_t sizes[] = {1, 8, 4096, 4104, 100000, 5000000};
	char path[PATH_MAX];
	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		struct hunt *h = NULL;
		struct run run = {0};
		buf_clear(&x->now);
		put_in(&x->now, 0, sizes[i]);
		test_write(&x->folder, "text", buf_data(&x->now));
		source_list_init(&x->sources);
		assert_int_equal(source_list_add(&x->sources, test_path(&x->folder, "text", path), &x->e),
				 0);
		assert_true(x->sources.v[0].searched);
		o.fd = open("/dev/null", O_WRONLY);
		assert_int_equal(dump_run(&o, &h, &run, &x->e), 0);
		assert_int_equal(x->sources.v[0].kind, SOURCE_OTHER);
		assert_false(run.sources[0].read);
		assert_int_equal(run.sources[0].n_damage, 0);
		assert_int_equal(run.exit_code, 3);
		hunt_free(h);
		close(o.fd);
		source_list_release(&x->sources);
	}
}

/* The last two answers of a log may come together: it is done with them all the same. */
static void the_last_answers_come_together(void **state)
{
	struct fixture *x = *state;
	struct evtx_run run = {EVTX_HEADER_SIZE, EVTX_HEADER_SIZE, CHUNK(2)};
	const struct evtx_layout l = {.runs = &run, .n = 1, .regular = true};
	struct unit u[3], none;
	struct schedule s;
	struct ledger ledger;
	char path[PATH_MAX];
	int fd;

	put_in(&x->now, 0, CHUNK(2));
	test_write(&x->folder, "two", buf_data(&x->now));
	source_list_init(&x->sources);
	assert_int_equal(source_list_add(&x->sources, test_path(&x->folder, "two", path), &x->e), 0);
	assert_int_equal(ledger_init(&ledger, &x->sources, false, &x->e), 0);
	assert_int_equal(schedule_init(&s, &x->sources, false, &x->e), 0);
	s.unit_chunks = 1;
	assert_int_equal(schedule_next(&s, &ledger, &u[0], &fd, &x->e), 0);
	assert_int_equal(u[0].kind, UNIT_LAYOUT);
	assert_int_equal(schedule_layout(&s, &u[0], &l, &x->e), 0);
	schedule_done(&s, &ledger, &u[0]);
	for (size_t i = 1; i < 3; i++)
		assert_int_equal(schedule_next(&s, &ledger, &u[i], &fd, &x->e), 0);
	schedule_done(&s, &ledger, &u[1]);
	assert_int_equal(s.files_done, 0);
	schedule_done(&s, &ledger, &u[2]);
	assert_int_equal(s.files_done, 1);
	assert_int_equal(s.files_total, 1);
	assert_int_equal(schedule_next(&s, &ledger, &none, &fd, &x->e), 1);
	schedule_release(&s);
	ledger_release(&ledger);
	source_list_release(&x->sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_not_touched_comes_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(workers_that_die_are_survived, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_matched_is_read_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_last_answers_come_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_holds_no_chunk_is_no_log, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
