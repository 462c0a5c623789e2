/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every bit of a log of one chunk is turned over, one at a time. No record changes or is lost but
 * that its checksum, or a message, says so; and what lies behind the records changes none.
 *
 * EVTXHOUND_LONG=1 takes every bit (557,056 of a log of 69,632 bytes), else it is every 17th: a
 * number that meets each bit of a byte.
 */
#include "testing.h"

#include "evtx_outcome.h"
#include "evtx_subject.h"

#define SAMPLE 17u
#define MOST_SECONDS 1.0 /* of the processor, for one chunk */

struct flips {
	const struct subject *of;
	struct outcome was, is;
	size_t runs, changed, lost;
	double most; /* seconds */
};

static size_t step(void)
{
	const char *all = getenv("EVTXHOUND_LONG");

	return all && *all && strcmp(all, "0") != 0 ? 1 : SAMPLE;
}

static void fails(const struct flips *f, size_t bit, const char *what)
{
	fail_msg("%s, bit %zu of byte %zu of chunk %u: %s", f->of->log, bit % 8, bit / 8,
		 f->of->chunk, what);
}

/* ---- a bit of the chunk ---- */

static bool same_all(const struct flips *f)
{
	return f->is.n == f->was.n && view_eq(buf_data(&f->is.text), buf_data(&f->was.text));
}

static void check_record(struct flips *f, size_t bit, const struct subject_record *r, size_t *from)
{
	const struct seen *got = outcome_find(&f->is, r->at, from);

	if (!got) {
		f->lost++;
		if (!f->is.losses)
			fails(f, bit, "a record is lost without a word");
	} else if (!view_eq(outcome_text(&f->is, got), r->text)) {
		f->changed++;
		if (!got->record.bad_checksum)
			fails(f, bit, "a record has changed and does not bear the mark");
	}
}

static void check(struct flips *f, size_t bit)
{
	bool records = bit / 8 >= EVTX_CHUNK_HEADER_SIZE && bit / 8 < f->of->free_space;
	bool same = same_all(f);
	size_t from = 0;

	if (f->is.fault)
		fails(f, bit, f->is.fault);
	if (f->is.seconds > MOST_SECONDS)
		fails(f, bit, "takes too long");
	for (size_t i = 0; records && i < f->is.n; i++)
		if (!f->is.seen[i].record.bad_checksum && !f->is.seen[i].record.recovered)
			fails(f, bit, "a record does not bear the mark");
	for (size_t i = 0; i < f->of->n && !same; i++)
		check_record(f, bit, &f->of->records[i], &from);
	f->most = f->is.seconds > f->most ? f->is.seconds : f->most;
	f->runs++;
}

static void flip_chunk(struct flips *f)
{
	uint8_t *p = malloc(EVTX_CHUNK_SIZE);

	assert_non_null(p);
	memcpy(p, f->of->bytes.p, EVTX_CHUNK_SIZE);
	outcome_init(&f->was);
	outcome_init(&f->is);
	outcome_read(&f->was, f->of->bytes, EVTX_HEADER_SIZE);
	for (size_t bit = 0; bit < 8 * (size_t)EVTX_CHUNK_SIZE; bit += step()) {
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		outcome_read(&f->is, (struct view){p, EVTX_CHUNK_SIZE}, EVTX_HEADER_SIZE);
		check(f, bit);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	outcome_release(&f->was);
	outcome_release(&f->is);
	free(p);
}

/* ---- a bit of the file header ---- */

static void tell(void *ctx, const struct damage *d)
{
	(void)d;
	++*(size_t *)ctx;
}

static size_t told(struct view header)
{
	struct evtx_header h;
	size_t n = 0;

	evtx_header_read(header, EVTX_HEADER_SIZE + EVTX_CHUNK_SIZE, &h, tell, &n);
	return n;
}

/* The checksum is over 120 bytes; the flags behind them it does not cover. */
static void flip_header(struct flips *f)
{
	uint8_t p[EVTX_HEADER_SIZE];
	struct view v = {p, sizeof(p)};
	size_t n;

	memcpy(p, f->of->header.p, sizeof(p));
	n = told(v);
	for (size_t bit = 0; bit < 8 * sizeof(p); bit += step()) {
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (told(v) <= n && (bit < 8 * 120 || (bit >= 8 * 124 && bit < 8 * 128)))
			fail_msg("%s: bit %zu of the file header is not told of", f->of->log, bit);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		f->runs++;
	}
}

/* ---- logs ---- */

static void flip_log(const struct subjects *all, const char *log)
{
	struct flips f = {0};

	for (size_t i = 0; i < all->n && !f.of; i++)
		if (!strcmp(all->at[i].log, log))
			f.of = &all->at[i];
	assert_non_null(f.of);
	flip_header(&f);
	flip_chunk(&f);
	print_message("%s, %zu records: %zu bits; records %zu times changed and %zu times lost, "
		      "all told; at most %.3f s a chunk\n",
		      log, f.of->n, f.runs, f.changed, f.lost, f.most);
}

static void every_bit(void **state)
{
	struct subjects all;

	(void)state;
	subjects_make(&all);
	flip_log(&all, "Kinds.evtx");
	if (test_shared())
		flip_log(&all, "rundll32_cmd_schtask.evtx");
	subjects_release(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit),
	};

	return cmocka_run_group_tests_name("evtx, single bits", tests, NULL, NULL);
}
