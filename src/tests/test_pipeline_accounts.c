/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of a log has one name and every record one state, whatever the log went through; with
 * SHARED set, over every log below it.
 */
#include "testing_forge.h"

#include "accounts.h"
#include "evtxhound/pipeline.h"

static const char scenario[] = FORGE_HOST FORGE_NOISE(150);
#define CHUNK(n) (EVTX_HEADER_SIZE + (n) * EVTX_CHUNK_SIZE)

/* What is done to a log: so many bytes from `at` on become `byte`, then it is cut or made longer. */
static const struct {
	const char *name;
	size_t at, n;
	uint8_t byte;
	size_t size;     /* 0: as it is */
	uint64_t unknown; /* bytes that have no better name; UINT64_MAX: not looked at */
} rows[] = {
	{"as-it-is", 0, 0, 0, 0, 0},
	{"header-alone", 0, 0, 0, CHUNK(0), 0},
	{"half-a-header", 0, 0, 0, 2048, 0},
	{"signature-alone", 0, 0, 0, 8, 0},
	{"one-byte-behind-the-header", 0, 0, 0, CHUNK(0) + 1, UINT64_MAX},
	{"half-a-chunk-header", 0, 0, 0, CHUNK(0) + 256, UINT64_MAX},
	{"chunk-header-alone", 0, 0, 0, CHUNK(0) + 512, 0},
	{"cut-in-a-chunk", 0, 0, 0, CHUNK(0) + 30001, UINT64_MAX},
	{"one-byte-less-than-a-chunk", 0, 0, 0, CHUNK(1) - 1, UINT64_MAX},
	{"one-byte-more-than-a-chunk", 0, 0, 0, CHUNK(1) + 1, UINT64_MAX},
	{"zeros-behind", 0, 0, 0, CHUNK(12), 0},
	{"zeros-behind-no-whole-chunk", 0, 0, 0, CHUNK(11) + 777, UINT64_MAX},
	{"header-zero-but-the-signature", 8, EVTX_HEADER_SIZE - 8, 0, 0, 0},
	{"chunk-zero", CHUNK(0), EVTX_CHUNK_SIZE, 0, 0, 0},
	{"chunk-signature", CHUNK(0), 8, 'x', 0, EVTX_CHUNK_HEADER_SIZE},
	{"chunk-garbage", CHUNK(0), EVTX_CHUNK_SIZE, 'x', 0, UINT64_MAX},
	{"records-zero", CHUNK(0) + 2048, 4096, 0, 0, UINT64_MAX},
	{"records-garbage", CHUNK(0) + 2048, 4096, 0xa5, 0, UINT64_MAX},
	{"free-space", CHUNK(0) + 48, 4, 0xff, 0, UINT64_MAX},
	{"everything-garbage", 8, CHUNK(2), 0x2a, 0, UINT64_MAX},
};

static void write_row(const struct test_folder *f, size_t i, const struct buf *log)
{
	struct buf b;

	buf_init(&b, 0);
	buf_view(&b, buf_data(log));
	for (size_t k = 0; k < rows[i].n && rows[i].at + k < b.n; k++)
		b.p[rows[i].at + k] = rows[i].byte;
	while (b.n < rows[i].size)
		buf_byte(&b, 0);
	test_write(f, rows[i].name, view_sub(buf_data(&b), 0, rows[i].size ? rows[i].size : b.n));
	buf_release(&b);
}

struct reading {
	struct source_list sources;
	struct hunt *hunt;
	struct run run;
};

static void reading_of(struct reading *x, const char *path, unsigned jobs)
{
	struct info_options o = {.sources = &x->sources, .jobs = jobs};
	struct err e = {0};

	*x = (struct reading){0};
	source_list_init(&x->sources);
	assert_int_equal(source_list_add(&x->sources, path, &e), 0);
	if (info_run(&o, &x->hunt, &x->run, &e) < 0)
		fail_msg("%s", e.msg);
}

static void reading_release(struct reading *x)
{
	hunt_free(x->hunt);
	source_list_release(&x->sources);
}

static void made_logs_add_up(void **state)
{
	char path[PATH_MAX];
	struct test_folder f;
	struct buf log;

	(void)state;
	test_folder_make(&f);
	forge_log(f.path, scenario);
	log = read_whole(test_path(&f, LOG_NAME, path));
	assert_true(log.n > CHUNK(2) && log.n < CHUNK(11));
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct reading x;

		write_row(&f, i, &log);
		reading_of(&x, test_path(&f, rows[i].name, path), 1 + (unsigned)(i % 3));
		const struct source_result *r = &x.run.sources[0];
		TEST_ROW(rows[i].name, r->read);
		TEST_ROW(rows[i].name, adds_up(r));
		TEST_ROW(rows[i].name,
			 rows[i].unknown == UINT64_MAX || r->bytes_unknown == rows[i].unknown);
		reading_release(&x);
	}
	buf_release(&log);
	test_folder_remove(&f);
}

/* The second record of a log: the time that it says last, and the id in its header. */
static void spoil_second(struct buf *log)
{
	uint8_t *r = log->p + CHUNK(0) + EVTX_CHUNK_HEADER_SIZE;
	uint8_t *time = NULL;

	r += r[4] | r[5] << 8;
	for (uint8_t *p = r + 24; p + 8 < r + (r[4] | r[5] << 8); p++)
		if (!memcmp(p, r + 16, 8))
			time = p;
	assert_non_null(time);
	time[7] = 0x70; /* in the year 24000 */
	r[8] ^= 0x40;
}

static void a_damaged_record_does_not_widen_the_times(void **state)
{
	char path[PATH_MAX];
	struct test_folder f;
	struct reading x;
	uint64_t first, last;
	struct buf log;

	(void)state;
	test_folder_make(&f);
	forge_log(f.path, scenario);
	log = read_whole(test_path(&f, LOG_NAME, path));
	spoil_second(&log);
	test_write(&f, "spoilt", buf_data(&log));
	reading_of(&x, path, 1);
	first = x.run.sources[0].first_time;
	last = x.run.sources[0].last_time;
	reading_release(&x);
	reading_of(&x, test_path(&f, "spoilt", path), 1);
	assert_true(x.run.sources[0].checksums_bad == 1);
	assert_true(x.run.sources[0].first_time == first && x.run.sources[0].last_time == last);
	for (size_t i = 0; i < x.run.n_hosts; i++)
		assert_true(x.run.hosts[i].last_time <= last);
	reading_release(&x);
	buf_release(&log);
	test_folder_remove(&f);
}

static void public_logs_add_up(void **state)
{
	const char *shared = getenv("SHARED");
	struct reading x;
	uint64_t read = 0;

	(void)state;
	if (!shared || !*shared)
		skip();
	reading_of(&x, shared, 2);
	for (size_t i = 0; i < x.run.n_sources; i++) {
		const struct source_result *r = &x.run.sources[i];

		read += r->read;
		TEST_ROW(r->source->path, !r->read || adds_up(r));
	}
	print_message("%llu logs\n", (unsigned long long)read);
	assert_true(read > 0);
	reading_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_logs_add_up),
		cmocka_unit_test(a_damaged_record_does_not_widen_the_times),
		cmocka_unit_test(public_logs_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
