/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks and records in bytes that are nothing else: what comes out, and what does not disturb it. */
#include "testing.h"

#include "carved_read.h"
#include "evtx_build.h"

#include "../open/carve-private.h"

#define SECTOR 512u
#define MEDIA (12u * EVTX_CHUNK_SIZE)
#define RECORDS 24u /* of one chunk */
#define AT (40u * SECTOR) /* where the first chunk goes */
#define IDS 200u

/* A disk of noise, and what is carved of it. */
struct disk {
	uint8_t p[MEDIA];
	struct extent ranges[8];
	size_t n_ranges;
	size_t record[IDS]; /* where each of the last chunk starts in it */
};

static void noise(uint8_t *p, size_t n)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245u + 12345u;
		p[i] = (uint8_t)(x >> 16 | 1);
	}
}

/* A chunk whose first record has the id `first`, and the size: definitions lie at other places in each. */
static void put_chunk(struct disk *d, size_t at, unsigned first, unsigned n)
{
	char text[1001];
	struct build b;
	struct build_event e = { 0 };

	build_start(&b);
	for (unsigned i = 0; i < n; i++) {
		size_t length = i ? 1000 : 100 + first;
		memset(text, 'a' + (int)(i % 26), length);
		text[length] = 0;
		d->record[first + i] = b.n;
		build_event(&b, &e, first + i, text);
	}
	build_finish(&b);
	memcpy(d->p + at, b.p, EVTX_CHUNK_SIZE);
	build_free(&b);
}

static void range(struct disk *d, uint64_t at, uint64_t n)
{
	d->ranges[d->n_ranges++] = (struct extent){ 0, at, n };
}

/* ---- disks ---- */

static void nothing(struct disk *d) { (void)d; }
static void a_chunk(struct disk *d) { put_chunk(d, AT, 1, RECORDS); }
static void a_chunk_at_the_start(struct disk *d) { put_chunk(d, 0, 1, RECORDS); }
static void a_chunk_at_the_end(struct disk *d) { put_chunk(d, MEDIA - EVTX_CHUNK_SIZE, 1, RECORDS); }
static void two_chunks(struct disk *d)
{
	a_chunk(d);
	put_chunk(d, AT + EVTX_CHUNK_SIZE, 25, RECORDS);
}
static void chunks_apart(struct disk *d)
{
	a_chunk(d);
	put_chunk(d, AT + 2 * EVTX_CHUNK_SIZE + SECTOR, 25, RECORDS);
	put_chunk(d, AT + 5 * EVTX_CHUNK_SIZE + 9 * SECTOR, 49, RECORDS);
}
static void an_empty_chunk(struct disk *d)
{
	a_chunk(d);
	memset(d->p + AT + SECTOR, 0, EVTX_CHUNK_SIZE - SECTOR);
}
static void a_chunk_off_a_sector(struct disk *d) { put_chunk(d, AT + 8, 1, RECORDS); }
static void a_signature_alone(struct disk *d) { memcpy(d->p + AT, "ElfChnk", 8); }
static void signatures_everywhere(struct disk *d)
{
	put_chunk(d, AT + EVTX_CHUNK_SIZE, 1, RECORDS);
	for (size_t at = 0; at < MEDIA; at += SECTOR)
		if (at < AT + EVTX_CHUNK_SIZE || at >= AT + 2 * EVTX_CHUNK_SIZE)
			memcpy(d->p + at, "ElfChnk", 8);
}
static void only_some_ranges(struct disk *d)
{
	chunks_apart(d);
	range(d, 0, AT + EVTX_CHUNK_SIZE);
	range(d, AT + 4 * EVTX_CHUNK_SIZE, MEDIA);
}
static void ranges_that_touch(struct disk *d)
{
	two_chunks(d);
	for (unsigned i = 0; i < 7; i++)
		range(d, i * 20480u, 20480);
	range(d, 7 * 20480u, MEDIA);
}
/* The chunk's end, from 40,000 bytes on, is not free. */
static void a_chunk_cut_by_a_range(struct disk *d)
{
	two_chunks(d);
	range(d, 0, AT + d->record[25 + 15] / SECTOR * SECTOR);
	range(d, AT + EVTX_CHUNK_SIZE, MEDIA - AT - EVTX_CHUNK_SIZE);
}
static void a_hole_in_a_chunk(struct disk *d)
{
	a_chunk(d);
	range(d, 0, AT + 20480);
	range(d, AT + 24576, MEDIA - AT - 24576);
}
static void a_chunk_overwritten_by_another(struct disk *d)
{
	a_chunk(d);
	put_chunk(d, AT + 32768, 25, RECORDS);
}
/* Sound chunks stay whole, whatever stands behind their records. */
static void a_header_in_slack(struct disk *d)
{
	a_chunk(d);
	memcpy(d->p + AT + EVTX_CHUNK_SIZE - 4096, d->p + AT, SECTOR);
}
static void a_chunk_in_the_slack_of_another(struct disk *d)
{
	a_chunk(d);
	put_chunk(d, AT + EVTX_CHUNK_SIZE - 4096, 25, RECORDS);
}
static void no_chunk_header(struct disk *d)
{
	a_chunk(d);
	noise(d->p + AT, SECTOR);
}
static void no_templates(struct disk *d)
{
	no_chunk_header(d);
	noise(d->p + AT, d->record[4]);
	put_chunk(d, AT + 3 * EVTX_CHUNK_SIZE, 49, RECORDS);
}
static void two_chunks_without_headers(struct disk *d)
{
	two_chunks(d);
	noise(d->p + AT, SECTOR);
	noise(d->p + AT + EVTX_CHUNK_SIZE, SECTOR);
}
/* The rest is where the disk went on with something else. */
static void no_header_and_a_hole(struct disk *d)
{
	no_chunk_header(d);
	range(d, 0, AT + 20480);
	range(d, AT + 24576, MEDIA - AT - 24576);
}
static void a_record_damaged(struct disk *d)
{
	no_chunk_header(d);
	noise(d->p + AT + d->record[9], 100);
}
static void two_records(struct disk *d)
{
	a_chunk(d);
	noise(d->p + AT, d->record[5]);
	noise(d->p + AT + d->record[6], d->record[20] - d->record[6]);
	noise(d->p + AT + d->record[21], EVTX_CHUNK_SIZE - d->record[21]);
	put_chunk(d, AT + 3 * EVTX_CHUNK_SIZE, 49, RECORDS);
}
static void a_record_cut_by_a_range(struct disk *d)
{
	no_chunk_header(d);
	range(d, 0, AT + d->record[13] - 4);
}
static void copies(struct disk *d, size_t at, unsigned id, size_t to)
{
	memcpy(d->p + to, d->p + at + d->record[id], d->record[id + 1] - d->record[id]);
}
/* What looks like one, but for one thing. */
static void no_records(struct disk *d)
{
	static const struct {
		size_t at;
		uint8_t v;
	} wrong[] = { { 2, 1 }, { 4, 40 }, { 7, 1 }, { 23, 0x7f }, { 24, 0 }, { 25, 2 } };

	a_chunk(d);
	for (unsigned i = 0; i < TEST_COUNT(wrong); i++) {
		size_t to = AT + (2 + i) * EVTX_CHUNK_SIZE;
		copies(d, AT, 5, to);
		d->p[to + wrong[i].at] = wrong[i].v;
	}
	copies(d, AT, 5, AT + 9 * EVTX_CHUNK_SIZE + 4);
	noise(d->p + AT, EVTX_CHUNK_SIZE);
}
/* The file went on elsewhere behind the chunk's records: there another one's lie, over its end. */
static void another_chunk_from_the_slack_on(struct disk *d)
{
	size_t end = AT + 30 * SECTOR;

	put_chunk(d, AT + EVTX_CHUNK_SIZE, 101, RECORDS);
	memmove(d->p + end, d->p + AT + EVTX_CHUNK_SIZE + SECTOR, EVTX_CHUNK_SIZE - SECTOR);
	noise(d->p + end + EVTX_CHUNK_SIZE - SECTOR, EVTX_CHUNK_SIZE);
	uint8_t *save = malloc(MEDIA);
	memcpy(save, d->p, MEDIA);
	put_chunk(d, AT, 1, 4);
	memcpy(d->p + end, save + end, MEDIA - end);
	free(save);
}
/* A record that says it is as large as a chunk hides none. */
static void a_chunk_in_a_large_record(struct disk *d)
{
	a_chunk(d);
	copies(d, AT, 5, AT - SECTOR);
	a_chunk(d);
	for (unsigned i = 0; i < 2; i++)
		memcpy(d->p + (i ? AT + 59996 - SECTOR : AT - SECTOR + 4), "\x60\xea\0", 4);
}

/* ---- what comes out ---- */

static const struct row {
	const char *name;
	void (*make)(struct disk *d);
	unsigned first, last;             /* ids that come out whole, once; 0: none */
	unsigned more_first, more_last;   /* and these */
	unsigned lost_first, lost_last;   /* but of these it is not asked */
	unsigned places;                  /* of the log */
} rows[] = {
	{ "nothing", nothing, 0, 0, 0, 0, 0, 0, 0 },
	{ "a chunk", a_chunk, 1, 24, 0, 0, 0, 0, 1 },
	{ "a chunk at the start", a_chunk_at_the_start, 1, 24, 0, 0, 0, 0, 1 },
	{ "a chunk at the end", a_chunk_at_the_end, 1, 24, 0, 0, 0, 0, 1 },
	{ "two chunks", two_chunks, 1, 48, 0, 0, 0, 0, 2 },
	{ "chunks apart", chunks_apart, 1, 72, 0, 0, 0, 0, 3 },
	{ "an empty chunk", an_empty_chunk, 0, 0, 0, 0, 0, 0, 1 },
	{ "a chunk off a sector", a_chunk_off_a_sector, 1, 24, 0, 0, 1, 24, 1 },
	{ "a signature alone", a_signature_alone, 0, 0, 0, 0, 0, 0, 1 },
	{ "signatures everywhere", signatures_everywhere, 1, 24, 0, 0, 0, 0, 13 },
	{ "only some ranges", only_some_ranges, 1, 24, 49, 72, 0, 0, 2 },
	{ "ranges that touch", ranges_that_touch, 1, 48, 0, 0, 0, 0, 2 },
	{ "a chunk cut by a range", a_chunk_cut_by_a_range, 1, 48, 0, 0, 15, 24, 2 },
	{ "a hole in a chunk", a_hole_in_a_chunk, 1, 24, 0, 0, 10, 12, 2 },
	{ "a chunk overwritten by another", a_chunk_overwritten_by_another, 1, 48, 0, 0, 15, 24, 2 },
	{ "a header in slack", a_header_in_slack, 1, 24, 0, 0, 0, 0, 1 },
	{ "a chunk in the slack of another", a_chunk_in_the_slack_of_another, 1, 48, 0, 0, 0, 0, 2 },
	{ "no chunk header", no_chunk_header, 1, 24, 0, 0, 0, 0, 1 },
	{ "no templates", no_templates, 4, 24, 49, 72, 0, 0, 2 },
	{ "two chunks without headers", two_chunks_without_headers, 1, 48, 0, 0, 0, 0, 2 },
	{ "no header and a hole", no_header_and_a_hole, 1, 24, 0, 0, 10, 12, 2 },
	{ "a record damaged", a_record_damaged, 1, 24, 0, 0, 9, 9, 1 },
	{ "two records", two_records, 5, 5, 20, 20, 49, 72, 2 },
	{ "a record cut by a range", a_record_cut_by_a_range, 1, 11, 0, 0, 0, 0, 1 },
	{ "no records", no_records, 0, 0, 0, 0, 0, 0, 0 },
	{ "another chunk from the slack on", another_chunk_from_the_slack_on, 1, 4, 101, 124, 0, 0, 2 },
	{ "a chunk in a large record", a_chunk_in_a_large_record, 1, 24, 0, 0, 0, 0, 2 },
};

static bool within(unsigned id, unsigned first, unsigned last)
{
	return first && id >= first && id <= last;
}

static void check_row(const struct row *row, const struct carved_read *r)
{
	unsigned times[IDS] = { 0 }, whole[IDS] = { 0 };

	for (size_t i = 0; i < r->n; i++) {
		if (r->v[i].id >= IDS)
			fail_msg("row \"%s\": record %llu is invented", row->name,
				 (unsigned long long)r->v[i].id);
		times[r->v[i].id]++;
		whole[r->v[i].id] += r->v[i].state == RECORD_WHOLE;
	}
	for (unsigned id = 0; id < IDS; id++) {
		bool lost = within(id, row->lost_first, row->lost_last);
		bool there = within(id, row->first, row->last) ||
			     within(id, row->more_first, row->more_last);
		if (times[id] > 1 || (!lost && whole[id] != there))
			fail_msg("row \"%s\": record %u comes out %u times, %u times whole", row->name, id,
				 times[id], whole[id]);
	}
	if (r->size != row->places * (uint64_t)EVTX_CHUNK_SIZE)
		fail_msg("row \"%s\": %llu bytes are carved", row->name, (unsigned long long)r->size);
}

static void what_is_there_comes_out_once(void **state)
{
	struct disk *d = malloc(sizeof(*d));
	const struct view v = { d->p, MEDIA };
	const struct reader bytes = reader_of_memory(&v);

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct carved_read r;
		memset(d, 0, sizeof(*d));
		noise(d->p, MEDIA);
		rows[i].make(d);
		carved_read(&r, &bytes, d->ranges, d->n_ranges);
		check_row(&rows[i], &r);
		carved_read_free(&r);
	}
	free(d);
}

/* No definition is left: their ids and times, and their values by slot. */
static void records_alone_come_out(void **state)
{
	struct disk *d = malloc(sizeof(*d));
	const struct view v = { d->p, MEDIA };
	const struct reader bytes = reader_of_memory(&v);
	struct carved_read r;

	(void)state;
	noise(d->p, MEDIA);
	a_chunk(d);
	copies(d, AT, 5, AT + 3 * EVTX_CHUNK_SIZE);
	copies(d, AT, 9, AT + 3 * EVTX_CHUNK_SIZE + 64 * 1024 + 24);
	noise(d->p + AT, EVTX_CHUNK_SIZE);
	carved_read(&r, &bytes, NULL, 0);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.size, EVTX_CHUNK_SIZE);
	assert_int_equal(r.v[0].id, 5);
	assert_int_equal(r.v[1].id, 9);
	assert_int_equal(r.v[1].at, AT + 3 * EVTX_CHUNK_SIZE + 64 * 1024 + 24);
	assert_int_equal(r.searched, MEDIA);
	carved_read_free(&r);
	free(d);
}

/* ---- what cannot be read ---- */

static int64_t read_bad(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct view *v = r->ctx;
	const uint64_t bad = AT + EVTX_CHUNK_SIZE + 8192;

	if (off >= bad && off < bad + 4096)
		return -1;
	if (off < bad && n > bad - off)
		n = (size_t)(bad - off);
	memcpy(out, v->p + off, n);
	return (int64_t)n;
}

/* In the second of three chunks; what can be read before it comes out, and all behind it. */
static void what_cannot_be_read_is_told_and_passed(void **state)
{
	struct disk *d = malloc(sizeof(*d));
	const struct view v = { d->p, MEDIA };
	const struct reader bytes = { .read_at = read_bad, .ctx = &v, .fd = -1, .size = MEDIA };
	struct carved_read r;
	unsigned seen[IDS] = { 0 };

	(void)state;
	noise(d->p, MEDIA);
	two_chunks(d);
	put_chunk(d, AT + 4 * EVTX_CHUNK_SIZE, 49, RECORDS);
	carved_read(&r, &bytes, NULL, 0);
	assert_in_range(r.unread, 4096, EVTX_CHUNK_SIZE);
	for (size_t i = 0; i < r.n; i++)
		seen[r.v[i].id] += r.v[i].state == RECORD_WHOLE;
	for (unsigned id = 1; id <= 72; id++)
		if ((id < 28 || id > 48) && seen[id] != 1)
			fail_msg("record %u comes out %u times", id, seen[id]);
	assert_int_equal(r.searched + r.unread, MEDIA);
	carved_read_free(&r);
	free(d);
}

/* ---- limits ---- */

static int count_log(void *ctx, const struct carved *c)
{
	uint64_t *n = ctx;
	const struct extents x = { c->v, c->n };

	assert_true(extents_are_sound(&x, c->size));
	assert_true(c->n <= LIMIT_CARVE_EXTENTS);
	n[0]++;
	n[1] += c->size;
	return 0;
}

/* Pieces without end make several logs, none larger than the limit. */
static void many_pieces_make_several_logs(void **state)
{
	uint64_t n[2] = { 0 }, pieces = LIMIT_CARVE_EXTENTS;
	struct err e = { 0 };
	struct carved c = { .whole = count_log, .ctx = n, .e = &e };

	(void)state;
	for (uint64_t i = 0; i < pieces; i++)
		assert_int_equal(carved_add(&c, i * 4096, i * 4096, 1024), 0);
	assert_int_equal(carved_end(&c), 0);
	assert_int_equal(n[0], 2);
	assert_int_equal(n[1], pieces * EVTX_CHUNK_SIZE);
	carved_release(&c);
}

static int take_log(void *ctx, const struct carved *c)
{
	(void)ctx;
	(void)c;
	return 0;
}

static bool carve_once(void *ctx)
{
	struct err e = { 0 };
	struct carved out = { .whole = take_log, .e = &e };
	struct carving in = { .bytes = ctx, .out = &out, .e = &e };
	bool ok = carving_start(&in) == 0 && carving_range(&in, 0, MEDIA) == 0 && carving_end(&in) == 0;

	assert_true(ok || e.code == ERR_NOMEM);
	carving_release(&in);
	carved_release(&out);
	return ok;
}

static void without_memory_it_fails_cleanly(void **state)
{
	struct disk *d = malloc(sizeof(*d));
	const struct view v = { d->p, MEDIA };
	struct reader bytes = reader_of_memory(&v);

	(void)state;
	noise(d->p, MEDIA);
	two_chunks(d);
	assert_true(test_starve(carve_once, &bytes) >= 2);
	free(d);
}

/* Every alignment, and what is left over. */
static void the_scan_finds_what_a_loop_finds(void **state)
{
	uint8_t p[512];

	(void)state;
	for (size_t n = 0; n <= sizeof(p); n += 3) {
		for (size_t mark = 0; mark < sizeof(p); mark += 4) {
			memset(p, '*', sizeof(p));
			memcpy(p + mark, "**\0", 4);
			size_t want = mark % 8 == 0 && mark + 8 <= n ? mark : n;
			for (size_t at = 0; at <= n; at += 8)
				assert_int_equal(carve_scan(p, n, at), at <= want ? want : n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_comes_out_once),
		cmocka_unit_test(records_alone_come_out),
		cmocka_unit_test(what_cannot_be_read_is_told_and_passed),
		cmocka_unit_test(many_pieces_make_several_logs),
		cmocka_unit_test(without_memory_it_fails_cleanly),
		cmocka_unit_test(the_scan_finds_what_a_loop_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
