/* SPDX-License-Identifier: Apache-2.0 */
/* What is made to take long ends in a cut, and hides nothing; and the file header. */
#include "testing.h"

#include "evtx_build.h"
#include "evtx_show.h"

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

struct bomb {
	const char *name;
	void (*build)(struct build *b);
	const char *damage; /* that must be told */
	size_t records;
};

static const struct bomb bombs[] = {
	{"a template that holds itself", template_loop, "[template]", 1},
	{"templates that double", template_doubling, "[limit]", 30},
	{"elements 40 deep", deep_elements, "[binxml]", 1},
	{"embedding 40 deep", deep_embedding, "[template]", 1},
	{"too many fields", many_fields, "[limit]", 1},
	{"a text of 80 MB", many_texts, "[limit]", 1},
	{"definitions in one another", many_definitions, "[template]", 0},
};

static void bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bombs); i++) {
		struct chunk_summary sum;
		struct build b;
		struct buf out;

		buf_init(&out, 0);
		build_start(&b);
		bombs[i].build(&b);
		build_finish(&b);
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
		TEST_ROW(bombs[i].name,
			 d && show_chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, &out, &sum));
		buf_byte(&out, 0);
		TEST_ROW(bombs[i].name, strstr((char *)out.p, bombs[i].damage));
		TEST_ROW(bombs[i].name, !bombs[i].records || sum.records == bombs[i].records);
		TEST_ROW(bombs[i].name, sum.whole < sum.records);
		TEST_ROW(bombs[i].name, show_adds_up(&sum, EVTX_CHUNK_SIZE));
		d->ops->destroy(d);
		build_free(&b);
		buf_release(&out);
	}
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
	{"stale count", 42, 2, 9, true, 4096, 4096 + 65536, " note:chunk-count"},
	{"checksum", 124, 4, 1, false, 4096, 4096 + 65536, " loss:header-checksum"},
	{"no checksum", 124, 4, 0, false, 4096, 4096 + 65536, " note:header-checksum"},
	{"signature", 0, 4, 0, true, 4096, 4096 + 65536, " loss:header-signature"},
	{"version", 38, 2, 7, true, 4096, 4096 + 65536, " loss:header-version"},
	{"block size", 40, 2, 512, true, 4096, 4096 + 65536, " loss:header-size"},
	{"short", 0, 0, 0, true, 2000, 2000, " loss:header-short note:chunk-count"},
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
		cmocka_unit_test(headers),
		cmocka_unit_test(chunk_places),
	};

	return cmocka_run_group_tests_name("evtx bounds", tests, NULL, NULL);
}
