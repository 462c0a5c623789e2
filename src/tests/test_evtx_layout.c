/* SPDX-License-Identifier: Apache-2.0 */
/* Logs whose chunks are not where they should be: what was not touched comes out. */
#include "testing.h"

#include "evtx_build.h"

#define CHUNKS 4u
#define RECORDS 24u /* of one chunk */
#define CHUNK(n) (EVTX_HEADER_SIZE + (size_t)(n) * EVTX_CHUNK_SIZE)

struct log {
	uint8_t p[16 * EVTX_CHUNK_SIZE];
	size_t n;
	size_t record[CHUNKS][RECORDS]; /* where each starts */
};

static void make_log(struct log *l)
{
	char text[1001];
	memset(l->p, 0, CHUNK(0));
	memcpy(l->p, "ElfFile", 8);
	for (unsigned c = 0; c < CHUNKS; c++) {
		struct build b;
		struct build_event e = {0};
		build_start(&b);
		for (unsigned r = 0; r < RECORDS; r++) {
			memset(text, 'a' + (int)(r % 26), sizeof(text) - 1);
			text[1000] = 0;
			l->record[c][r] = CHUNK(c) + b.n;
			build_event(&b, &e, c * RECORDS + r + 1, text);
		}
		build_finish(&b);
		memcpy(l->p + CHUNK(c), b.p, EVTX_CHUNK_SIZE);
		build_free(&b);
	}
	l->n = CHUNK(CHUNKS);
}

/* ---- what is done to it ---- */

static void take_out(struct log *l, size_t at, size_t n)
{
	memmove(l->p + at, l->p + at + n, l->n - at - n);
	l->n -= n;
}

/* Bytes that look like nothing. */
static void noise(uint8_t *p, size_t n)
{
	uint32_t x = 12345;
	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245u + 12345u;
		p[i] = (uint8_t)(x >> 16 | 1);
	}
}

static void put_in(struct log *l, size_t at, size_t n, bool zero)
{
	memmove(l->p + at + n, l->p + at, l->n - at);
	memset(l->p + at, 0, n);
	if (!zero)
		noise(l->p + at, n);
	l->n += n;
}

static void nothing(struct log *l) { (void)l; }
static void no_header(struct log *l) { take_out(l, 0, CHUNK(0)); }
static void a_wrong_header(struct log *l) { noise(l->p, CHUNK(0)); }
static void a_sector_before_the_chunks(struct log *l) { put_in(l, CHUNK(0), 512, false); }
static void a_sector_of_zeros_before(struct log *l) { put_in(l, CHUNK(0), 512, true); }
static void a_sector_off_the_header(struct log *l) { take_out(l, 512, 512); }
static void a_thousand_off_the_header(struct log *l) { take_out(l, 1000, 1000); }
static void a_sector_into_a_chunk(struct log *l) { put_in(l, CHUNK(1) + 30208, 512, false); }
static void a_sector_out_of_a_chunk(struct log *l) { take_out(l, CHUNK(1) + 30208, 512); }
static void some_bytes_out_of_a_chunk(struct log *l) { take_out(l, CHUNK(1) + 30001, 77); }
static void front_with_templates_cut(struct log *l) { take_out(l, 0, CHUNK(0) + 30000); }
static void front_cut_in_the_chunk_header(struct log *l) { take_out(l, 0, CHUNK(0) + 300); }
static void end_cut(struct log *l) { l->n = CHUNK(2) + 30000; }
static void zeros_between(struct log *l) { put_in(l, CHUNK(2), 512 + 2 * EVTX_CHUNK_SIZE, true); }
static void noise_between(struct log *l) { put_in(l, CHUNK(2), 1024, false); }
static void a_chunk_out(struct log *l) { take_out(l, CHUNK(1), EVTX_CHUNK_SIZE); }
static void a_chunk_zeroed(struct log *l) { memset(l->p + CHUNK(1), 0, EVTX_CHUNK_SIZE); }
static void room_behind(struct log *l) { put_in(l, l->n, 3 * EVTX_CHUNK_SIZE, true); }
/* The header counts one more than the room's first. */
static void zeros_that_are_counted(struct log *l)
{
	uint32_t crc;
	room_behind(l);
	l->p[42] = CHUNKS + 1;
	crc = crc32_add(0, (struct view){l->p, 120});
	for (unsigned i = 0; i < 4; i++)
		l->p[124 + i] = (uint8_t)(crc >> 8 * i);
}
static void a_signature_gone(struct log *l) { memset(l->p + CHUNK(1), 'x', 8); }
static void a_chunk_header_zeroed(struct log *l) { memset(l->p + CHUNK(1), 0, 512); }
static void all_chunk_headers_zeroed(struct log *l)
{
	for (unsigned c = 0; c < CHUNKS; c++)
		memset(l->p + CHUNK(c), 0, 512);
}
/* What is behind follows where the records say, not where it should be. */
static void no_chunk_headers_and_a_page_out(struct log *l)
{
	all_chunk_headers_zeroed(l);
	take_out(l, CHUNK(1) + 30208, 4096);
}
/* Nobody says where it starts; its records come out as they are. */
static void one_record_without_its_template(struct log *l)
{
	size_t at = l->record[2][9], n = l->record[2][10] - at;
	memmove(l->p + 520, l->p + at, n);
	noise(l->p, 520);
	l->n = 520 + n;
}
static void in_a_larger_file(struct log *l)
{
	put_in(l, l->n, 100000, false);
	put_in(l, 0, 10240, false);
}
static void one_chunk_in_noise(struct log *l)
{
	put_in(l, CHUNK(3), 70000, false);
	noise(l->p, CHUNK(2));
	take_out(l, 0, 512 * 3);
}
static void one_chunk_without_signature(struct log *l)
{
	noise(l->p, CHUNK(2));
	noise(l->p + CHUNK(3), EVTX_CHUNK_SIZE);
	noise(l->p + CHUNK(2), 8);
	take_out(l, 0, 777);
}
static void no_header_no_first_signature(struct log *l)
{
	take_out(l, 0, 1024);
	noise(l->p, 3072 + 100);
}
/* A header that holds, in the slack of a whole chunk, where a file system would put one. */
static void a_quoted_header(struct log *l)
{
	memcpy(l->p + CHUNK(1) - 1024, l->p + CHUNK(2), 512);
}
static void a_quoted_header_out_of_place(struct log *l)
{
	a_quoted_header(l);
	a_sector_before_the_chunks(l);
}

/* The first record loses its head, and with it what says most plainly where the chunk starts. */
static void bytes_into_a_first_record(struct log *l) { put_in(l, l->record[1][0] + 13, 2038, false); }
static void bytes_off_a_chunk_header(struct log *l) { take_out(l, CHUNK(1) + 21, 89); }
/* The block ends, and the first chunk starts, within what was taken out. */
static void header_and_chunk_header_out(struct log *l) { take_out(l, 2048, 2560); }
/* What is behind the live records of the chunk before goes with the header. */
static void end_of_a_chunk_and_header_out(struct log *l)
{
	take_out(l, l->record[0][RECORDS - 1] + 3000, l->record[1][0] - l->record[0][RECORDS - 1] - 3000);
}
static void noise_in_front_no_signatures(struct log *l)
{
	all_chunk_headers_zeroed(l);
	put_in(l, 0, 512, false);
	put_in(l, l->record[3][0] + 512 + 13, 2038, false);
}

/* ---- the records that come out whole ---- */

struct seen {
	unsigned whole[CHUNKS * RECORDS + 1];
	unsigned n;
};

static int64_t read_log(void *ctx, uint64_t at, void *out, size_t n)
{
	const struct log *l = ctx;
	size_t have = at < l->n ? l->n - (size_t)at : 0;
	if (n > have)
		n = have;
	memcpy(out, l->p + at, n);
	return (int64_t)n;
}

static void see_chunk(const struct log *l, const struct evtx_run *c, struct decoder *d,
		      struct seen *s)
{
	static uint8_t bytes[EVTX_CHUNK_SIZE];
	struct err e = {0};
	struct record r;
	struct event ev;
	assert_true(c->from < c->to && c->to <= l->n && c->to - c->base <= EVTX_CHUNK_SIZE);
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes + (c->from - c->base), l->p + c->from, (size_t)(c->to - c->from));
	struct view v = {bytes, (size_t)(c->to - c->base)};
	assert_int_equal(d->ops->chunk(d, v, c->base, &e), 0);
	while (d->ops->next(d, &r, &e) == 0) {
		assert_int_equal(d->ops->head(d, &r, &ev, &e), 0);
		if (r.state == RECORD_WHOLE)
			assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
		if (r.recovered || r.state != RECORD_WHOLE || !ev.has_system)
			continue;
		assert_in_range(ev.record_id, 1, CHUNKS * RECORDS);
		assert_true(r.offset >= c->from && r.offset + r.size <= c->to);
		s->whole[ev.record_id]++;
		s->n++;
	}
}

static void count_damage(void *ctx, const struct damage *d)
{
	unsigned *n = ctx;
	n[d->severity]++;
}

static void see_log(const char *name, struct log *l, struct seen *s, struct evtx_layout *o,
		    unsigned damage[2])
{
	const struct evtx_bytes source = {read_log, l, l->n};
	struct decoder *d = evtx_decoder_new(NULL, NULL, NULL);
	struct err e = {0};
	memset(s, 0, sizeof(*s));
	assert_int_equal(evtx_layout(o, &source, count_damage, damage, &e), 0);
	uint64_t sum = o->header + o->zero + o->unknown, end = o->header;
	for (size_t i = 0; i < o->n; i++) {
		const struct evtx_run *r = &o->runs[i];
		TEST_ROW(name, r->from >= end && r->to > r->from);
		for (uint64_t k = 0; k < evtx_run_chunks(r); k++) {
			struct evtx_run c = evtx_run_part(r, k, 1);
			see_chunk(l, &c, d, s);
			sum += c.to - c.from;
		}
		end = r->to;
	}
	TEST_ROW(name, sum == l->n);
	d->ops->destroy(d);
}

static const struct row {
	const char *name;
	void (*edit)(struct log *l);
	bool regular;
	unsigned first, last; /* ids that may be missing; 0: none */
	bool loss;            /* the layout tells of damage */
} rows[] = {
	{"nothing", nothing, true, 0, 0, false},
	{"no header", no_header, false, 0, 0, false},
	{"a wrong header", a_wrong_header, true, 0, 0, false},
	{"a sector before the chunks", a_sector_before_the_chunks, false, 0, 0, true},
	{"a sector of zeros before the chunks", a_sector_of_zeros_before, false, 0, 0, true},
	{"a sector off the header", a_sector_off_the_header, false, 0, 0, true},
	{"a thousand bytes off the header", a_thousand_off_the_header, false, 0, 0, true},
	/* the record that the sector is in; and those behind it, away from their template */
	{"a sector into a chunk", a_sector_into_a_chunk, false, 37, 48, true},
	{"a sector out of a chunk", a_sector_out_of_a_chunk, false, 37, 38, true},
	{"some bytes out of a chunk", some_bytes_out_of_a_chunk, false, 37, 37, true},
	{"the front with templates cut", front_with_templates_cut, false, 1, 24, false},
	{"the front cut within the chunk header", front_cut_in_the_chunk_header, false, 0, 0, false},
	{"the end cut", end_cut, true, 60, 96, false},
	{"zeros between", zeros_between, false, 0, 0, true},
	{"noise between", noise_between, false, 0, 0, true},
	{"a chunk out", a_chunk_out, true, 25, 48, false},
	{"a chunk zeroed", a_chunk_zeroed, true, 25, 48, true},
	{"room behind", room_behind, true, 0, 0, false},
	{"zeros that the header counts", zeros_that_are_counted, true, 0, 0, true},
	{"a signature gone", a_signature_gone, true, 0, 0, false},
	{"a chunk header zeroed", a_chunk_header_zeroed, true, 0, 0, false},
	{"all chunk headers zeroed", all_chunk_headers_zeroed, true, 0, 0, false},
	{"no chunk headers and a page out", no_chunk_headers_and_a_page_out, false, 37, 39, false},
	{"in a larger file", in_a_larger_file, false, 0, 0, false},
	{"one chunk in noise", one_chunk_in_noise, false, 1, 48, false},
	{"one chunk without signature in noise", one_chunk_without_signature, false, 1, 96, false},
	{"no header and no first signature", no_header_no_first_signature, false, 0, 0, false},
	{"bytes into a first record", bytes_into_a_first_record, false, 25, 25, true},
	{"bytes off a chunk's header", bytes_off_a_chunk_header, false, 0, 0, true},
	{"the header's end and a chunk's header out", header_and_chunk_header_out, false, 0, 0, true},
	{"a chunk's end and the next one's header out", end_of_a_chunk_and_header_out, false, 0, 0,
	 true},
	{"noise in front, no signatures", noise_in_front_no_signatures, false, 73, 73, false},
	{"a quoted header", a_quoted_header, true, 0, 0, false},
	{"a quoted header, out of place", a_quoted_header_out_of_place, false, 0, 0, true},
};

static void what_was_not_touched_comes_out(void **state)
{
	struct log *l = malloc(sizeof(*l));
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct evtx_layout o;
		struct seen s;
		unsigned damage[2] = {0};
		make_log(l);
		row->edit(l);
		see_log(row->name, l, &s, &o, damage);
		for (unsigned id = 1; id <= CHUNKS * RECORDS; id++) {
			if (s.whole[id] > 1)
				fail_msg("row \"%s\": record %u comes out %u times", row->name, id,
					 s.whole[id]);
			if (!s.whole[id] && (id < row->first || id > row->last))
				fail_msg("row \"%s\": record %u is missing", row->name, id);
		}
		TEST_ROW(row->name, o.regular == row->regular);
		TEST_ROW(row->name, (damage[DAMAGE_LOSS] > 0) == row->loss);
		evtx_layout_release(&o);
	}
	free(l);
}

/* A chunk in noise without its signature: ids 49 to 72. */
static void a_record_tells_where_its_chunk_starts(void **state)
{
	struct log *l = malloc(sizeof(*l));
	struct evtx_layout o;
	struct seen s;
	unsigned damage[2] = {0};
	(void)state;
	make_log(l);
	one_chunk_without_signature(l);
	see_log("one chunk", l, &s, &o, damage);
	assert_int_equal(s.n, RECORDS);
	evtx_layout_release(&o);
	free(l);
}

static void a_record_alone_is_laid_out(void **state)
{
	struct log *l = malloc(sizeof(*l));
	struct evtx_layout o;
	struct seen s;
	unsigned damage[2] = {0};
	(void)state;
	make_log(l);
	one_record_without_its_template(l);
	see_log("a record alone", l, &s, &o, damage);
	assert_int_equal(o.n, 1);
	assert_true(o.runs[0].from <= 520 && o.runs[0].to == l->n);
	evtx_layout_release(&o);
	free(l);
}

/* At every byte of the file, and a sector's worth at every eighth sector. */
static void cut_anywhere(void **state)
{
	struct log *l = malloc(sizeof(*l)), *cut = malloc(sizeof(*l));
	(void)state;
	make_log(l);
	for (size_t at = 0; at < l->n; at += 4093) {
		struct evtx_layout o;
		struct seen s;
		unsigned damage[2] = {0}, front = 0, want = 0;
		*cut = *l;
		cut->n = at;
		see_log("an end cut", cut, &s, &o, damage);
		for (unsigned c = 0; c < CHUNKS; c++)
			for (unsigned r = 0; r < RECORDS; r++)
				front += l->record[c][r] + 2600 < at;
		assert_true(s.n >= front);
		evtx_layout_release(&o);
		*cut = *l;
		take_out(cut, 0, at);
		see_log("a front cut", cut, &s, &o, damage);
		for (unsigned c = 0; c < CHUNKS; c++)
			want += l->record[c][0] >= at ? RECORDS : 0;
		assert_true(s.n >= want);
		evtx_layout_release(&o);
	}
	free(l);
	free(cut);
}

struct starved {
	struct log *l;
	struct evtx_bytes source;
};

static bool lay_out(void *ctx)
{
	const struct starved *s = ctx;
	struct evtx_layout o;
	struct err e = {0};
	bool ok = evtx_layout(&o, &s->source, NULL, NULL, &e) == 0;
	evtx_layout_release(&o);
	return ok;
}

static void without_memory_it_fails_cleanly(void **state)
{
	struct log *l = malloc(sizeof(*l));
	(void)state;
	make_log(l);
	in_a_larger_file(l);
	struct starved s = {l, {read_log, l, l->n}};
	assert_true(test_starve(lay_out, &s) > 1);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_touched_comes_out),
		cmocka_unit_test(a_record_tells_where_its_chunk_starts),
		cmocka_unit_test(a_record_alone_is_laid_out),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(without_memory_it_fails_cleanly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
