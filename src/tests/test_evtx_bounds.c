/* SPDX-License-Identifier: Apache-2.0 */
/* What is made to take long ends in a cut, and hides nothing; and the file header. */
#include "testing.h"

#include <time.h>

#include "evtx_build.h"
#include "evtx_show.h"

#define DEFINITION_HEAD 24u

/* ---- bombs ---- */

static void open_event_data(struct build *b)
{
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "EventData", false);
	build_close_start(b);
}

static void close_event_data(struct build *b)
{
	build_end(b);
	build_end(b);
}

static void template_loop(struct build *b)
{
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open_event_data(b);
	build_instance(b, 5, t);
	build_values(b, NULL, 0);
	close_event_data(b);
	build_template_end(b, t);
	build_values(b, NULL, 0);
	build_record_end(b);
}

/* Each template holds the next one twice: 2^30 if nobody counted. */
static void template_doubling(struct build *b)
{
	uint32_t t, last = 0;

	for (unsigned i = 0; i < 30; i++) {
		build_record(b, i + 1, BUILD_TIME);
		t = build_template(b, i + 5);
		build_open(b, "Data", false);
		build_close_start(b);
		for (unsigned n = 0; n < 2 && last; n++) {
			build_instance(b, i + 4, last);
			build_values(b, NULL, 0);
		}
		build_end(b);
		build_template_end(b, t);
		build_values(b, NULL, 0);
		build_record_end(b);
		last = t;
	}
}

static void deep_elements(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	for (unsigned i = 0; i < 40; i++) {
		build_open(b, "Event", false);
		build_close_start(b);
	}
	for (unsigned i = 0; i < 40; i++)
		build_end(b);
	build_record_end(b);
}

/* BinXML in a value in BinXML in a value ... */
static void deep_embedding(struct build *b)
{
	size_t descriptors[40], starts[40];
	uint32_t t = 0;

	build_record(b, 1, BUILD_TIME);
	for (unsigned i = 0; i < 40; i++) {
		if (t) {
			build_instance(b, 5, t);
		} else {
			t = build_template(b, 5);
			open_event_data(b);
			build_slot(b, 0, VALUE_BINXML);
			close_event_data(b);
			build_template_end(b, t);
		}
		descriptors[i] = b->n + 4;
		build_values(b, &(struct build_value){VALUE_BINXML, NULL, 0}, 1);
		starts[i] = b->n;
	}
	build_u8(b, 0);
	for (unsigned i = 0; i < 40; i++)
		build_put32(b, descriptors[i],
			    (uint32_t)(b->n - starts[i]) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

static void many_fields(struct build *b)
{
	static const uint8_t nuls[2 * (LIMIT_FIELDS + 2)];
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open_event_data(b);
	build_open(b, "Data", false);
	build_close_start(b);
	build_slot(b, 0, 0x81);
	build_end(b);
	close_event_data(b);
	build_template_end(b, t);
	build_values(b, &(struct build_value){0x81, nuls, sizeof(nuls)}, 1);
	build_record_end(b);
}

/* A template that names one long value again and again, called often. */
static void many_texts(struct build *b)
{
	static const uint8_t text[20000];
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open_event_data(b);
	build_open(b, "Data", false);
	build_close_start(b);
	for (unsigned i = 0; i < 4000; i++)
		build_slot(b, 0, VALUE_BINARY);
	build_end(b);
	close_event_data(b);
	build_template_end(b, t);
	build_values(b, &(struct build_value){VALUE_BINARY, text, sizeof(text)}, 1);
	build_record_end(b);
}

/* Definitions within one another's bytes, each to be compiled on its own. */
static void many_definitions(struct build *b)
{
	size_t at;

	build_record(b, 1, BUILD_TIME);
	at = b->n + 100;
	while (b->n < 20000)
		build_u8(b, 0x0d);
	build_record_end(b);
	for (unsigned i = 0; b->n < 60000; i++) {
		build_record(b, i + 2, BUILD_TIME);
		build_put32(b, at + 20, 16000);
		build_instance(b, 0x0d0d0d0d, (uint32_t)at);
		build_values(b, NULL, 0);
		build_record_end(b);
		at += 4;
	}
}

/* One value embedded in each of many elements, again and again: ever other places. */
static void many_places(struct build *b)
{
	static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"};
	size_t descriptors[20], starts[20];
	uint32_t t = 0;

	build_record(b, 1, BUILD_TIME);
	for (unsigned i = 0; i < 20; i++) {
		if (t)
			build_instance(b, 5, t);
		else
			t = build_template(b, 5);
		for (unsigned n = 0; !i && n < TEST_COUNT(names); n++) {
			build_open(b, names[n], false);
			build_close_start(b);
			build_slot(b, 0, VALUE_BINXML);
			build_end(b);
		}
		if (!i)
			build_template_end(b, t);
		descriptors[i] = b->n + 4;
		build_values(b, &(struct build_value){VALUE_BINXML, NULL, 0}, 1);
		starts[i] = b->n;
	}
	build_u8(b, 0);
	for (unsigned i = 0; i < 20; i++)
		build_put32(b, descriptors[i],
			    (uint32_t)(b->n - starts[i]) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

/* Instances of templates that are nowhere, each another one. */
static void many_ids(struct build *b)
{
	for (unsigned i = 0; b->n < 65000; i++) {
		build_record(b, i + 1, BUILD_TIME);
		build_instance(b, 100 + i, 20000);
		build_values(b, &(struct build_value){VALUE_BINARY, "1", 1}, 1);
		build_record_end(b);
	}
}

/* Every other frame is broken, and what follows looks like many more. */
static void many_frames(struct build *b)
{
	for (unsigned i = 0; b->n < 30000; i++) {
		build_record(b, i + 1, BUILD_TIME);
		build_record_end(b);
		if (i % 2)
			build_put32(b, b->n - 4, 7);
	}
	while (b->n < 65000)
		build_u32(b, 0x2a2a);
	build_record(b, 10000, BUILD_TIME);
	build_record_end(b);
}

/* A definition as large as can be, of whatever id is asked for, again and again. */
static bool lend_much(void *ctx, const uint8_t id[4], size_t n, struct view *chunk,
		      uint32_t *offset)
{
	struct build *b = ctx;

	memcpy(b->p + EVTX_CHUNK_HEADER_SIZE + 4, id, 4);
	*chunk = (struct view){b->p, EVTX_CHUNK_SIZE};
	*offset = EVTX_CHUNK_HEADER_SIZE;
	return n < 1000000;
}

static void make_lender(struct build *b)
{
	build_start(b);
	b->n += DEFINITION_HEAD;
	build_fragment(b);
	build_open(b, "Event", false);
	build_close_start(b);
	for (unsigned i = 0; i < LIMIT_TEMPLATE_OPS - 10; i++)
		build_slot(b, 1, VALUE_UTF16);
	build_end(b);
	build_u8(b, 0);
	build_put32(b, EVTX_CHUNK_HEADER_SIZE + 20,
		    (uint32_t)(b->n - EVTX_CHUNK_HEADER_SIZE - DEFINITION_HEAD));
}

/* Records of a few bytes whose template holds another one 300 times, with 12 KB of text in it. */
static void large(struct build *b, bool field)
{
	static char text[12001];
	uint32_t inner, outer;

	memset(text, 'a', sizeof(text) - 1);
	build_record(b, 1, BUILD_TIME);
	inner = build_template(b, 5);
	build_open(b, "Data", !field);
	if (!field)
		build_attribute(b, "xmlns", false);
	else
		build_close_start(b);
	build_text(b, text);
	if (!field)
		build_close_empty(b);
	else
		build_end(b);
	build_template_end(b, inner);
	build_values(b, NULL, 0);
	build_record_end(b);
	build_record(b, 2, BUILD_TIME);
	outer = build_template(b, 6);
	open_event_data(b);
	for (unsigned i = 0; i < 300; i++) {
		build_instance(b, 5, inner);
		build_values(b, NULL, 0);
	}
	close_event_data(b);
	build_template_end(b, outer);
	build_values(b, NULL, 0);
	build_record_end(b);
	for (unsigned i = 3; b->n < 65000; i++) {
		build_record(b, i, BUILD_TIME);
		build_instance(b, 6, outer);
		build_values(b, NULL, 0);
		build_record_end(b);
	}
}

static void large_documents(struct build *b)
{
	large(b, false);
}

static void large_fields(struct build *b)
{
	large(b, true);
}

/* An array of 6,000 items in an element with a prefix that is sought among 4,500 elements. */
static void sought_prefixes(struct build *b)
{
	static const uint8_t items[6000];
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open_event_data(b);
	for (unsigned i = 0; i < 4500; i++) {
		build_open(b, "p:x", false);
		if (i) {
			build_close_empty(b);
			continue;
		}
		build_close_start(b);
		build_slot(b, 0, VALUE_UINT8 | VALUE_ARRAY);
		build_end(b);
	}
	close_event_data(b);
	build_template_end(b, t);
	build_values(b, &(struct build_value){VALUE_UINT8 | VALUE_ARRAY, items, sizeof(items)}, 1);
	build_record_end(b);
}

struct bomb {
	const char *name;
	void (*build)(struct build *b);
	const char *damage; /* that must be told */
	size_t records;
	bool documents; /* it is told when they are written, and shows in states */
};

static const struct bomb bombs[] = {
	{"a template that holds itself", template_loop, "[template]", 1, false},
	{"templates that double", template_doubling, "[limit]", 30, false},
	{"elements 40 deep", deep_elements, "[binxml]", 1, false},
	{"embedding 40 deep", deep_embedding, "[template]", 1, false},
	{"too many fields", many_fields, "[limit]", 1, false},
	{"a text of 80 MB", many_texts, "[limit]", 1, false},
	{"definitions in one another", many_definitions, "[template]", 0, false},
	{"ever other places of embedded BinXML", many_places, "[limit]", 1, false},
	{"templates that are nowhere", many_ids, "[template-offset]", 0, false},
	{"broken frames", many_frames, "[record-size]", 0, false},
	{"large fields", large_fields, "[limit]", 0, false},
	{"a prefix that is sought again and again", sought_prefixes, "[template]", 1, false},
	{"large documents", large_documents, " 1\n", 0, true},
};

#define MOST_SECONDS 1.0 /* of the processor, for one chunk, however it was built */

static void build_bomb(const struct bomb *bomb, struct build *b)
{
	build_start(b);
	bomb->build(b);
	build_finish(b);
}

static void read_bomb(struct decoder *d, const struct build *b, const char *name, struct buf *out,
		      struct chunk_summary *sum)
{
	clock_t start = clock();

	buf_clear(out);
	build_keep(b->p, name);
	TEST_ROW(name, show_chunk(d, (struct view){b->p, EVTX_CHUNK_SIZE}, out, sum));
	TEST_ROW(name, (double)(clock() - start) / CLOCKS_PER_SEC < MOST_SECONDS);
	TEST_ROW(name, show_adds_up(sum, EVTX_CHUNK_SIZE));
}

static void bounds(void **state)
{
	struct build shelf;
	struct evtx_lender lender = {lend_much, &shelf};

	(void)state;
	make_lender(&shelf);
	for (size_t i = 0; i < TEST_COUNT(bombs); i++) {
		struct chunk_summary sum;
		struct build b;
		struct buf out;

		buf_init(&out, 0);
		build_bomb(&bombs[i], &b);
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
		assert_non_null(d);
		evtx_decoder_lend(d, &lender);
		read_bomb(d, &b, bombs[i].name, &out, &sum);
		buf_byte(&out, 0);
		TEST_ROW(bombs[i].name, bombs[i].documents || strstr((char *)out.p, bombs[i].damage));
		TEST_ROW(bombs[i].name, !bombs[i].records || sum.records == bombs[i].records);
		TEST_ROW(bombs[i].name, bombs[i].documents || sum.whole < sum.records);
		d->ops->destroy(d);
		build_free(&b);
		buf_release(&out);
	}
	build_free(&shelf);
}

static void write_bomb(struct decoder *d, const struct build *b, const char *name, struct buf *out)
{
	clock_t start = clock();
	struct record r;
	bool odd;

	buf_clear(out);
	TEST_ROW(name, !d->ops->chunk(d, (struct view){b->p, EVTX_CHUNK_SIZE}, 0, NULL));
	while (!d->ops->next(d, &r, NULL))
		for (int f = EVTX_XML; f <= EVTX_PAYLOAD; f++) {
			TEST_ROW(name, !evtx_render(d, &r, (enum evtx_format)f, out, &odd, NULL));
			buf_fmt(out, " %d\n", r.state);
		}
	TEST_ROW(name, (double)(clock() - start) / CLOCKS_PER_SEC < MOST_SECONDS);
}

/* What a chunk gives, and where it is cut, does not rest on the chunks read before. */
static void history(void **state)
{
	struct buf fresh, later;
	struct decoder *old;

	(void)state;
	buf_init(&fresh, 0);
	buf_init(&later, 0);
	old = evtx_decoder_new(NULL, show_damage, &later);
	assert_non_null(old);
	for (size_t i = 0; i < 2 * TEST_COUNT(bombs); i++) {
		const struct bomb *bomb = &bombs[i % TEST_COUNT(bombs)];
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &fresh);
		struct chunk_summary sum;
		struct build b;

		assert_non_null(d);
		build_bomb(bomb, &b);
		read_bomb(d, &b, bomb->name, &fresh, &sum);
		read_bomb(old, &b, bomb->name, &later, &sum);
		test_view_is(bomb->name, buf_data(&later), buf_data(&fresh));
		d->ops->destroy(d);
		d = evtx_decoder_new(NULL, show_damage, &fresh);
		assert_non_null(d);
		write_bomb(d, &b, bomb->name, &fresh);
		write_bomb(old, &b, bomb->name, &later);
		TEST_ROW(bomb->name, view_eq(buf_data(&later), buf_data(&fresh)));
		TEST_ROW(bomb->name, !bomb->documents || memmem(fresh.p, fresh.n, bomb->damage, strlen(bomb->damage)));
		d->ops->destroy(d);
		build_free(&b);
	}
	old->ops->destroy(old);
	buf_release(&fresh);
	buf_release(&later);
}

/* ---- the file header ---- */

struct header_row {
	const char *name;
	size_t at, n;
	uint32_t value; /* put there */
	bool checksum;	/* made right again */
	size_t size;	/* of what there is */
	uint64_t file;
	const char *told;
};

static const struct header_row header_rows[] = {
	{"clean", 0, 0, 0, true, 4096, 4096 + 65536, ""},
	{"dirty", 120, 4, 1, true, 4096, 4096 + 65536, " note:dirty"},
	{"stale count", 42, 2, 1, true, 4096, 4096 + 2 * 65536, " note:chunk-count"},
	{"fewer chunks than counted", 42, 2, 9, true, 4096, 4096 + 65536, " loss:chunk-count"},
	{"checksum", 124, 4, 1, false, 4096, 4096 + 65536, " loss:header-checksum"},
	{"no checksum", 124, 4, 0, false, 4096, 4096 + 65536, " note:header-checksum"},
	{"signature", 0, 4, 0, true, 4096, 4096 + 65536, " loss:header-signature"},
	{"version", 38, 2, 7, true, 4096, 4096 + 65536, " loss:header-version"},
	{"block size", 40, 2, 512, true, 4096, 4096 + 65536, " loss:header-size"},
	{"short", 0, 0, 0, true, 2000, 2000, " loss:header-short loss:chunk-count"},
	{"empty", 0, 0, 0, true, 0, 0, " loss:header-short loss:header-signature"},
};

static void tell_header(void *ctx, const struct damage *d)
{
	buf_fmt(ctx, " %s:%s", d->severity == DAMAGE_LOSS ? "loss" : "note", d->kind);
}

static void header_made(const struct header_row *r, uint8_t p[4096])
{
	struct build b = {.p = p};
	uint32_t crc;

	memset(p, 0, 4096);
	build_bytes(&b, "ElfFile", 8);
	b.n = 24;
	build_u64(&b, 12);
	build_u32(&b, 128);
	build_u16(&b, 1);
	build_u16(&b, 3);
	build_u16(&b, 4096);
	build_u16(&b, 1);
	crc = crc32_add(0, (struct view){p, 120});
	build_put32(&b, 124, crc);
	for (size_t i = 0; i < r->n; i++)
		p[r->at + i] = (uint8_t)(r->value >> 8 * i);
	if (r->checksum)
		build_put32(&b, 124, crc32_add(0, (struct view){p, 120}));
}

static void headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(header_rows); i++) {
		const struct header_row *r = &header_rows[i];
		struct evtx_header h;
		uint8_t p[4096];
		struct buf out;

		buf_init(&out, 0);
		header_made(r, p);
		evtx_header_read((struct view){p, r->size}, r->file, &h, tell_header, &out);
		test_view_is(r->name, buf_data(&out), view_str(r->told));
		buf_release(&out);
	}
}

static void chunk_places(void **state)
{
	static const uint64_t rows_[][2] = {
		{0, 0},
		{4096, 0},
		{4097, 1},
		{4096 + 65536, 1},
		{4096 + 65537, 2},
		{UINT64_MAX, (UINT64_MAX - 4097) / 65536 + 1},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows_); i++)
		assert_int_equal(evtx_chunk_count(rows_[i][0]), rows_[i][1]);
	assert_int_equal(evtx_chunk_offset(0), 4096);
	assert_int_equal(evtx_chunk_offset(70000), 4096 + 70000ull * 65536);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds),
		cmocka_unit_test(history),
		cmocka_unit_test(headers),
		cmocka_unit_test(chunk_places),
	};

	return cmocka_run_group_tests_name("evtx bounds", tests, NULL, NULL);
}
