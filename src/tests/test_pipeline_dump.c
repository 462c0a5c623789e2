/* SPDX-License-Identifier: Apache-2.0 */
/* A dump when workers die under it, and when little may be kept: the same bytes in the same order. */
#include "testing_forge.h"

#include <errno.h>
#include <signal.h>

#include "evtxhound/evtx.h"
#include "evtxhound/pipeline.h"

static const char scenario[] = FORGE_HOST FORGE_NOISE(1500);
#define FATAL_CHUNK (EVTX_HEADER_SIZE + 2u * EVTX_CHUNK_SIZE)

struct fixture {
	struct test_folder folder;
	char out[PATH_MAX];
	struct source_list sources;
	struct dump_options options;
	struct hunt *hunt;
	struct run run;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	char path[PATH_MAX];
	test_folder_make(&x->folder);
	forge_log(x->folder.path, scenario);
	test_path(&x->folder, "out", x->out);
	source_list_init(&x->sources);
	assert_int_equal(source_list_add(&x->sources, test_path(&x->folder, LOG_NAME, path), &x->e), 0);
	x->options = (struct dump_options){.sources = &x->sources, .jobs = 2, .page = LIMIT_DUMP_TEXT,
					   .fd = -1};
	x->options.filter.to = UINT64_MAX;
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	hunt_free(x->hunt);
	source_list_release(&x->sources);
	test_folder_remove(&x->folder);
	free(x);
	return 0;
}

/* What dump_run() gives; what it wrote lands in `b`. */
static int dump(struct fixture *x, struct buf *b)
{
	x->options.fd = open(x->out, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(x->options.fd >= 0);
	hunt_free(x->hunt);
	x->hunt = NULL;
	x->run = (struct run){0};
	x->e = (struct err){0};
	int rc = dump_run(&x->options, &x->hunt, &x->run, &x->e);
	close(x->options.fd);
	*b = read_whole(x->out);
	return rc;
}

static struct buf dumped(struct fixture *x)
{
	struct buf b;
	if (dump(x, &b) < 0)
		fail_msg("%s", x->e.msg);
	return b;
}

/* ---- a decoder that does something within its third chunk ---- */

static const struct decoder_ops *real;
static struct decoder_ops double_ops;
static uint64_t chunk_at;
static unsigned records_of_chunk, fatal_record;
static char once_path[PATH_MAX + 8];

static int double_chunk(struct decoder *d, struct view bytes, uint64_t offset, struct err *e)
{
	chunk_at = offset;
	records_of_chunk = 0;
	return real->chunk(d, bytes, offset, e);
}

static int double_next(struct decoder *d, struct record *r, struct err *e)
{
	bool now = chunk_at == FATAL_CHUNK && records_of_chunk++ == fatal_record;
	if (now && (!*once_path || open(once_path, O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0))
		raise(SIGKILL);
	return real->next(d, r, e);
}

static struct decoder *double_new(const struct fields *f, damage_fn *fn, void *ctx)
{
	struct decoder *d = evtx_decoder_new(f, fn, ctx);
	real = d->ops;
	double_ops = *real;
	double_ops.chunk = double_chunk;
	double_ops.next = double_next;
	d->ops = &double_ops;
	return d;
}

/* ---- the tests ---- */

/* How a run is told to write. */
static const struct way {
	const char *name;
	unsigned jobs;
	size_t page;
	bool random;
} ways[] = {
	{"one worker, in a row", 1, LIMIT_DUMP_TEXT, false},
	{"one worker, a file", 1, LIMIT_DUMP_TEXT, true},
	{"two workers, in a row", 2, LIMIT_DUMP_TEXT, false},
	{"two workers, a file", 2, LIMIT_DUMP_TEXT, true},
	{"eight workers, a file", 8, LIMIT_DUMP_TEXT, true},
	{"pages of a record, in a row", 3, 1, false},
	{"pages of a record, a file", 3, 1, true},
	{"pages of some records, a file", 3, 20000, true},
};

static void take_way(struct fixture *x, const struct way *w)
{
	x->options.jobs = w->jobs;
	x->options.page = w->page;
	x->options.random = w->random;
}

static void every_way_gives_the_same_bytes(void **state)
{
	struct fixture *x = *state;
	for (enum dump_format f = DUMP_JSONL; f <= DUMP_CSV; f++) {
		x->options.format = f;
		take_way(x, &ways[0]);
		struct buf want = dumped(x);
		for (size_t i = 1; i < TEST_COUNT(ways); i++) {
			take_way(x, &ways[i]);
			struct buf got = dumped(x);
			TEST_ROW(ways[i].name, view_eq(buf_data(&got), buf_data(&want)));
			TEST_ROW(ways[i].name, x->run.exit_code == 0 && !x->run.worker_deaths);
			buf_release(&got);
		}
		assert_true(want.n > 100000 && x->run.sources[0].chunks > 16);
		buf_release(&want);
	}
}

static void a_worker_that_dies_once_costs_nothing(void **state)
{
	struct fixture *x = *state;
	take_way(x, &ways[0]);
	struct buf want = dumped(x);
	x->options.decoder_new = double_new;
	snprintf(once_path, sizeof(once_path), "%s/once", x->folder.path);
	fatal_record = 3;
	for (size_t i = 0; i < 5; i++) {
		take_way(x, &ways[i]);
		struct buf got = dumped(x);
		TEST_ROW(ways[i].name, view_eq(buf_data(&got), buf_data(&want)));
		TEST_ROW(ways[i].name, x->run.exit_code == 0 && x->run.worker_deaths == 1);
		buf_release(&got);
		unlink(once_path);
	}
	buf_release(&want);
	*once_path = '\0';
}

static size_t count_lines(const struct buf *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

/* Whole lines of `part`, all of them in `all` and in the same order; returns how many are not there. */
static size_t lines_missing(const struct buf *part, const struct buf *all)
{
	struct view rest = buf_data(all), v = buf_data(part);
	size_t missing = 0;
	while (rest.n) {
		size_t n = (size_t)((const uint8_t *)memchr(rest.p, '\n', rest.n) - rest.p) + 1;
		if (view_eq(view_sub(v, 0, n), view_sub(rest, 0, n)))
			v = view_sub(v, n, v.n);
		else
			missing++;
		rest = view_sub(rest, n, rest.n);
	}
	assert_int_equal(v.n, 0);
	return missing;
}

static void a_chunk_that_kills_costs_itself(void **state)
{
	struct fixture *x = *state;
	take_way(x, &ways[0]);
	struct buf want = dumped(x);
	size_t of_chunk = 0;
	x->options.decoder_new = double_new;
	for (size_t i = 0; i < TEST_COUNT(ways); i++) {
		for (fatal_record = 0; fatal_record < 4; fatal_record += 3) {
			take_way(x, &ways[i]);
			struct buf got = dumped(x);
			size_t missing = lines_missing(&got, &want);
			/* The records that were out before it died stay. */
			if (!of_chunk)
				of_chunk = missing;
			unsigned out = ways[i].page == 1 && fatal_record ? fatal_record - 1 : 0;
			if (ways[i].page == 1 || ways[i].page > 20000)
				TEST_ROW(ways[i].name, missing == of_chunk - out);
			TEST_ROW(ways[i].name, missing > 1 && missing <= of_chunk);
			TEST_ROW(ways[i].name, x->run.exit_code == 3);
			TEST_ROW(ways[i].name, x->run.sources[0].losses == 1);
			TEST_ROW(ways[i].name, x->run.sources[0].damage[0].offset == FATAL_CHUNK);
			TEST_ROW(ways[i].name, !strcmp(x->run.sources[0].damage[0].kind, "worker"));
			buf_release(&got);
		}
	}
	assert_true(count_lines(&want) > of_chunk);
	buf_release(&want);
}

static void an_output_that_cannot_be_written_ends_it(void **state)
{
	struct fixture *x = *state;
	for (size_t i = 0; i < TEST_COUNT(ways); i++) {
		take_way(x, &ways[i]);
		x->options.fd = open("/dev/full", O_WRONLY);
		hunt_free(x->hunt);
		x->hunt = NULL;
		x->e = (struct err){0};
		TEST_ROW(ways[i].name, dump_run(&x->options, &x->hunt, &x->run, &x->e) < 0);
		TEST_ROW(ways[i].name, x->e.code == ERR_IO && strstr(x->e.msg, strerror(ENOSPC)));
		close(x->options.fd);
	}
}

static void a_signal_ends_it(void **state)
{
	struct fixture *x = *state;
	volatile sig_atomic_t stop = 1;
	struct buf b;
	x->options.stop = &stop;
	assert_int_equal(dump(x, &b), -1);
	assert_int_equal(x->e.code, ERR_INTERRUPTED);
	buf_release(&b);
}

/* ---- both decoders ---- */

/* When the dump itself has been read, and libevtx is asked. */
static void dump_is_read(void *ctx, const struct progress *p)
{
	(void)ctx;
	if (p->files == p->files_total && open(once_path, O_CREAT | O_WRONLY, 0600) < 0)
		fail_msg("%s", once_path);
}

static int late_chunk(struct decoder *d, struct view bytes, uint64_t offset, struct err *e)
{
	if (offset == FATAL_CHUNK && access(once_path, F_OK) == 0)
		raise(SIGKILL);
	return real->chunk(d, bytes, offset, e);
}

static struct decoder *late_new(const struct fields *f, damage_fn *fn, void *ctx)
{
	struct decoder *d = double_new(f, fn, ctx);
	double_ops = *real;
	double_ops.chunk = late_chunk;
	return d;
}

static void both_decoders_read_everything(void **state)
{
	struct fixture *x = *state;
	const struct verification *v;
	struct buf b;
	x->options.verify = VERIFY_ALL;
	b = dumped(x);
	v = &x->run.sources[0].verify;
	assert_int_equal(v->agree, x->run.sources[0].records);
	assert_true(x->run.verified && !v->n_v && !v->more && !x->run.exit_code);
	buf_release(&b);
}

/* What comes of it when comparing kills: the dump is whole all the same. */
static void a_chunk_that_kills_the_witness_costs_the_comparison(void **state)
{
	struct fixture *x = *state;
	const struct verification *v;
	struct buf want = dumped(x), got;
	snprintf(once_path, sizeof(once_path), "%s/once", x->folder.path);
	x->options.verify = VERIFY_ALL;
	x->options.decoder_new = late_new;
	x->options.progress = dump_is_read;
	got = dumped(x);
	assert_true(view_eq(buf_data(&got), buf_data(&want)));
	v = &x->run.sources[0].verify;
	assert_int_equal(v->chunks_lost, 1);
	assert_in_range(x->run.sources[0].records - v->agree, 1, 200);
	assert_int_equal(v->n_v, 1);
	assert_true(v->v[0].kind == DIFFERENCE_UNREAD && v->v[0].offset == FATAL_CHUNK);
	assert_true(x->run.worker_deaths == 2 && x->run.exit_code == 0);
	*once_path = '\0';
	buf_release(&got);
	buf_release(&want);
}

/* ---- filters ---- */

static uint8_t ids[8192];
static const struct view two_channels[] = {
	{(const uint8_t *)"Security", 8},
	{(const uint8_t *)"microsoft-windows-SYSMON/operational", 36},
};
static const struct filter_row {
	const char *name;
	unsigned id; /* 0: all */
	size_t n_channels;
	const char *from, *to;
	bool all, none;
} filter_rows[] = {
	{"nothing", 0, 0, NULL, NULL, true, false},
	{"an id", 1, 0, NULL, NULL, false, false},
	{"an id that is not there", 4624, 0, NULL, NULL, false, true},
	{"the channel", 0, 2, NULL, NULL, true, false},
	{"another channel", 0, 1, NULL, NULL, false, true},
	{"half the time", 0, 0, "2026-01-05T08:30:00Z", NULL, false, false},
	{"the other half", 0, 0, NULL, "2026-01-05T08:30:00Z", false, false},
	{"before", 0, 0, NULL, "2026-01-01", false, true},
	{"all times", 0, 0, "2026-01-01", "2026-02-01", true, false},
};

static void set_filter(struct fixture *x, const struct filter_row *row)
{
	struct dump_filter *f = &x->options.filter;
	*f = (struct dump_filter){.to = UINT64_MAX, .channels = two_channels,
				  .n_channels = row->n_channels};
	memset(ids, 0, sizeof(ids));
	ids[row->id / 8] = (uint8_t)(1u << (row->id % 8));
	if (row->id)
		f->event_ids = ids;
	if (row->from)
		assert_true(time_parse(view_str(row->from), &f->from));
	if (row->to)
		assert_true(time_parse(view_str(row->to), &f->to));
}

static void filters_leave_out_what_they_name(void **state)
{
	struct fixture *x = *state;
	struct buf all = dumped(x);
	size_t halves = 0, n_all = count_lines(&all);
	for (size_t i = 0; i < TEST_COUNT(filter_rows); i++) {
		const struct filter_row *row = &filter_rows[i];
		set_filter(x, row);
		struct buf got = dumped(x);
		size_t n = count_lines(&got);
		TEST_ROW(row->name, row->all ? n == n_all : row->none ? n == 0 : n > 0 && n < n_all);
		TEST_ROW(row->name, lines_missing(&got, &all) == n_all - n);
		TEST_ROW(row->name, x->run.sources[0].records == n_all && x->run.exit_code == 0);
		if (strstr(row->name, "half"))
			halves += n;
		buf_release(&got);
	}
	assert_in_range(halves, n_all, n_all + 1); /* a record at the very time is in both */
	buf_release(&all);
}

/* ---- a log within an image ---- */

#define IN_IMAGE 4096u /* where it lies */
#define SHOWN "a \"b\",=1"
static struct extent in_image[] = {{0, IN_IMAGE, 0}};

static char *kept(const char *s)
{
	return mem_str(view_str(s));
}

/* The list: an image that holds the log, which is said to be deleted and oddly named. */
static void put_into_image(struct fixture *x)
{
	char path[PATH_MAX];
	struct buf log = read_whole(test_path(&x->folder, LOG_NAME, path)), image;
	struct source inner = {.kind = SOURCE_EVTX, .format = "EVTX", .container = 1, .size = log.n,
			       .state = SOURCE_DELETED, .inner = kept("p2/" SHOWN), .volume = kept("p2"),
			       .inode = kept("41-128-1"), .n_image = 1};
	buf_init(&image, 0);
	while (image.n < IN_IMAGE)
		buf_byte(&image, 'x');
	buf_view(&image, buf_data(&log));
	test_write(&x->folder, "d.raw", buf_data(&image));
	source_list_release(&x->sources);
	assert_int_equal(source_list_add(&x->sources, test_path(&x->folder, "d.raw", path), &x->e), 0);
	x->sources.v[0].kind = SOURCE_CONTAINER;
	x->sources.v[0].hashed = true;
	memset(x->sources.v[0].sha256, 0xab, 32);
	strcat(path, ":/p2/" SHOWN "#41-128-1");
	inner.path = kept(path);
	in_image[0].n = log.n;
	inner.image = mem_alloc(sizeof(in_image));
	memcpy(inner.image, in_image, sizeof(in_image));
	assert_int_equal(source_list_found(&x->sources, &inner, &x->e), 0);
	buf_release(&image);
	buf_release(&log);
}

/* The number that stands there. */
static uint64_t number_behind(struct view line, const char *mark)
{
	const uint8_t *at = memmem(line.p, line.n, mark, strlen(mark));
	assert_non_null(at);
	return strtoull((const char *)at + strlen(mark), NULL, 10);
}

static struct view line_at(const struct buf *b, size_t n)
{
	struct view v = buf_data(b);
	for (; n; n--)
		v = view_sub(v, (size_t)((const uint8_t *)memchr(v.p, '\n', v.n) - v.p) + 1, v.n);
	return view_sub(v, 0, (size_t)((const uint8_t *)memchr(v.p, '\n', v.n) - v.p));
}

#define AB4 "abababab"
#define AB AB4 AB4 AB4 AB4 AB4 AB4 AB4 AB4
static void a_record_in_an_image_tells_the_way_there(void **state)
{
	struct fixture *x = *state;
	char want[PATH_MAX * 2];
	const char *folder = x->folder.path;
	put_into_image(x);
	struct buf b = dumped(x);
	for (size_t i = 0; i < 900; i += 300) {
		struct view line = line_at(&b, i);
		snprintf(want, sizeof(want),
			 "],\"SourceImage\":\"%s/d.raw\",\"SourceImageSha256\":\"" AB "\","
			 "\"SourceState\":\"deleted\",\"Volume\":\"p2\",\"Inode\":\"41-128-1\","
			 "\"PathInImage\":\"p2/a \\\"b\\\",=1\",\"OffsetInImage\":%llu}}",
			 folder, (unsigned long long)number_behind(line, "\"Offset\":") + IN_IMAGE);
		test_view_is("jsonl", view_sub(line, line.n - strlen(want), line.n), view_str(want));
	}
	buf_release(&b);
	x->options.format = DUMP_CSV;
	b = dumped(x);
	snprintf(want, sizeof(want), ",%s/d.raw," AB ",deleted,p2,41-128-1,\"p2/a \"\"b\"\",=1\",%u\r",
		 folder, IN_IMAGE + EVTX_HEADER_SIZE + 512);
	struct view line = line_at(&b, 1);
	test_view_is("csv", view_sub(line, line.n - strlen(want), line.n), view_str(want));
	buf_release(&b);
	x->options.format = DUMP_XML;
	b = dumped(x);
	snprintf(want, sizeof(want), "source=\"%s/d.raw:/p2/a \\&quot;b\\&quot;,=1#41-128-1\" chunk", folder);
	assert_non_null(memmem(b.p, b.n, want, strlen(want)));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_way_gives_the_same_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_worker_that_dies_once_costs_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_chunk_that_kills_costs_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_output_that_cannot_be_written_ends_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_signal_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(both_decoders_read_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_chunk_that_kills_the_witness_costs_the_comparison, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(filters_leave_out_what_they_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_record_in_an_image_tells_the_way_there, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
