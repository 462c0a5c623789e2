/* SPDX-License-Identifier: Apache-2.0 */
/* Damage is data: what is intact comes out, what is not is told once, and every byte is accounted
 * for. */
#include "testing.h"

#include "evtx_build.h"
#include "evtx_show.h"

#define EVENTS 5

/* Five events, 1 to 5; the first holds both definitions. */
struct sample {
	struct build b;
	struct build_event e;
	size_t at[EVENTS + 1]; /* where the records start, and the last ends; from 0 */
};

static void sample_start(struct sample *s)
{
	static const char *const texts[EVENTS] = {"t1", "t2", "t3", "t4", "t5"};

	memset(s, 0, sizeof(*s));
	build_start(&s->b);
	for (unsigned i = 0; i < EVENTS; i++) {
		s->at[i] = s->b.n;
		build_event(&s->b, &s->e, i + 1, texts[i]);
	}
	s->at[EVENTS] = s->b.n;
	build_finish(&s->b);
}

static void put32(struct sample *s, size_t at, uint32_t v)
{
	build_put32(&s->b, at, v);
}

static void zero(struct sample *s, size_t at, size_t n)
{
	memset(s->b.p + at, 0, n);
}

static uint32_t get32(const struct sample *s, size_t at)
{
	struct cursor c = cursor_of((struct view){s->b.p, EVTX_CHUNK_SIZE});

	cursor_seek(&c, at);
	return cursor_u32(&c);
}

/* ---- frames ---- */

static void nothing(struct sample *s)
{
	(void)s;
}

static void size_zero(struct sample *s)
{
	put32(s, s->at[2] + 4, 0);
}

static void size_4gib(struct sample *s)
{
	put32(s, s->at[2] + 4, UINT32_MAX);
}

static void size_smaller(struct sample *s)
{
	put32(s, s->at[2] + 4, get32(s, s->at[2] + 4) - 8);
}

static void size_larger(struct sample *s)
{
	put32(s, s->at[2] + 4, get32(s, s->at[2] + 4) + 8);
}

static void size_of_last(struct sample *s)
{
	put32(s, s->at[4] + 4, 0);
}

static void tail_size(struct sample *s)
{
	put32(s, s->at[3] - 4, 5);
}

static void tail_of_last(struct sample *s)
{
	put32(s, s->at[5] - 4, 5);
}

static void signature(struct sample *s)
{
	put32(s, s->at[2], 0x2b2a);
}

static void record_header_zeroed(struct sample *s)
{
	zero(s, s->at[2], 24);
}

static void record_zeroed(struct sample *s)
{
	zero(s, s->at[2], s->at[3] - s->at[2]);
}

static void records_zeroed(struct sample *s)
{
	zero(s, s->at[1], s->at[5] - s->at[1]);
}

/* A text that is a sound record itself, within a record whose size is damaged. */
static void quoted_record(struct sample *s)
{
	static const uint8_t fake[32] = {0x2a, 0x2a, 0, 0, 32, 0, 0, 0, 99, [28] = 32};

	memcpy(s->b.p + s->at[3] - 60, fake, sizeof(fake));
	put32(s, s->at[2] + 4, 0);
}

/* ---- chunk ---- */

static void chunk_zeroed(struct sample *s)
{
	zero(s, 0, EVTX_CHUNK_SIZE);
}

static void chunk_header_zeroed(struct sample *s)
{
	zero(s, 0, EVTX_CHUNK_HEADER_SIZE);
}

static void chunk_signature(struct sample *s)
{
	s->b.p[3] = 'X';
}

static void header_checksum(struct sample *s)
{
	s->b.p[124] ^= 1;
}

static void records_checksum(struct sample *s)
{
	s->b.p[s->at[1] + 9] ^= 1; /* an id */
}

static void checksums_off(struct sample *s)
{
	put32(s, 52, 0);
	put32(s, 124, 0);
}

static void free_space_zero(struct sample *s)
{
	put32(s, 48, 0);
	build_checksums(s->b.p);
}

static void free_space_beyond(struct sample *s)
{
	put32(s, 48, EVTX_CHUNK_SIZE + 8);
	build_checksums(s->b.p);
}

static void free_space_far(struct sample *s)
{
	put32(s, 48, (uint32_t)s->at[5] + 100);
	build_checksums(s->b.p);
}

static void free_space_short(struct sample *s)
{
	put32(s, 48, (uint32_t)s->at[3]);
	build_checksums(s->b.p);
}

static void free_space_within(struct sample *s)
{
	put32(s, 48, (uint32_t)s->at[3] + 40);
	build_checksums(s->b.p);
}

static void free_space_first(struct sample *s)
{
	put32(s, 48, EVTX_CHUNK_HEADER_SIZE);
	build_checksums(s->b.p);
}

/* None is live then, and the first is no record for whoever looks through the slack. */
static void free_space_and_tail(struct sample *s)
{
	put32(s, s->at[1] - 4, 0);
	free_space_first(s);
}

/* The header cannot be trusted, and then one id cannot either. */
static void header_and_id(struct sample *s)
{
	put32(s, 48, 0);
	put32(s, s->at[2] + 8, 77);
}

static void header_and_far_id(struct sample *s)
{
	put32(s, 48, 0);
	put32(s, s->at[2] + 12, 77);
}

/* A record as large as two, of which the second is sound. */
static void size_of_two(struct sample *s)
{
	put32(s, s->at[2] + 4, (uint32_t)(s->at[4] - s->at[2]));
}

/* A size that is wrong by 8, and stands where the record would end: in the next one's header. */
static void size_found_again(struct sample *s)
{
	struct build_event e = {0};

	build_free(&s->b);
	build_start(&s->b);
	build_event(&s->b, &e, 1, "t1");
	s->at[1] = s->b.n;
	build_event(&s->b, &e, 2, "t2");
	build_event(&s->b, &e, 3, "t3....");
	build_finish(&s->b);
	put32(s, s->at[1] + 4, get32(s, s->at[1] + 4) + 8);
}

/* An earlier life of the chunk lies behind its live records; the header cannot be trusted. */
static void old_life(struct sample *s)
{
	memmove(s->b.p + s->at[3], s->b.p + s->at[0], s->at[1] - s->at[0]);
	header_checksum(s);
}

/* ---- records outside of the live chain ---- */

/* The records from `first` on up to `last` in the size of the first. */
static void unlink_records(struct sample *s, unsigned first, unsigned last)
{
	uint32_t size = (uint32_t)(s->at[last + 1] - s->at[first]);

	put32(s, s->at[first] + 4, size);
	put32(s, s->at[last + 1] - 4, size);
}

static void unlinked(struct sample *s)
{
	unlink_records(s, 1, 2);
}

static void unlinked_three(struct sample *s)
{
	unlink_records(s, 1, 4);
}

/* One after the other: the hidden one hides another. */
static void unlinked_twice(struct sample *s)
{
	unlink_records(s, 2, 3);
	unlink_records(s, 1, 3);
}

static void unlinked_and_damaged(struct sample *s)
{
	s->b.p[s->at[1] + 28] = 0x33;
	unlink_records(s, 1, 2);
}

/* Nothing in front of the last one leads to it any more. */
static void unlinked_damaged_and_beheaded(struct sample *s)
{
	s->b.p[s->at[1] + 28] = 0x33;
	unlink_records(s, 1, 3);
	zero(s, s->at[2], 24);
}

static void unlinked_and_beheaded(struct sample *s)
{
	unlink_records(s, 1, 3);
	zero(s, s->at[1], 24);
	put32(s, s->at[2] - 4, 0);
}

/* Room behind a record's content is no record. */
static void room_within(struct sample *s)
{
	zero(s, s->at[2], s->at[3] - s->at[2]);
	unlink_records(s, 1, 2);
}

/* The chunk was used again from its start, up to `end`: what lies behind is left of an earlier life. */
static void reuse(struct sample *s, size_t end)
{
	put32(s, 48, (uint32_t)end);
	put32(s, 44, (uint32_t)s->at[1]);
	s->b.p[16] = s->b.p[32] = 2;
	for (unsigned i = 2; i < EVENTS; i++)
		s->b.p[s->at[i] + 8] += 100;
	build_checksums(s->b.p);
}

static void slack(struct sample *s)
{
	reuse(s, s->at[2]);
}

static void slack_cut(struct sample *s)
{
	zero(s, s->at[2], 30);
	reuse(s, s->at[2]);
}

/* What has a frame and no BinXML, a time that cannot be, or no size at its end, is no record. */
static void slack_of_other_bytes(struct sample *s)
{
	zero(s, s->at[2] + 24, 1);
	put32(s, s->at[3] + 20, 0x7fffffff);
	put32(s, s->at[5] - 4, 0);
	reuse(s, s->at[2]);
}

static void slack_and_behind(struct sample *s)
{
	reuse(s, EVTX_CHUNK_HEADER_SIZE);
}

static void last_record(struct sample *s)
{
	put32(s, 44, (uint32_t)s->at[1]);
	build_checksums(s->b.p);
}

/* ---- templates and values ---- */

/* Bytes of an instance's head, from its token: 1, id, definition, count. */
static size_t instance_of(const struct sample *s, unsigned record)
{
	return s->at[record] + 24 + 4;
}

static void value_count(struct sample *s)
{
	put32(s, instance_of(s, 2) + 10, 65535);
}

static void value_count_small(struct sample *s)
{
	put32(s, instance_of(s, 2) + 10, 7);
}

static void value_size(struct sample *s)
{
	put32(s, instance_of(s, 2) + 14 + 13 * 4, 0x21ff00);
}

static void definition_beyond(struct sample *s)
{
	put32(s, instance_of(s, 2) + 6, EVTX_CHUNK_SIZE - 4);
	put32(s, instance_of(s, 3) + 6, EVTX_CHUNK_SIZE - 4);
}

static void definition_of_another(struct sample *s)
{
	put32(s, instance_of(s, 2) + 6, s->e.data);
	put32(s, instance_of(s, 3) + 6, s->e.data);
}

static void definition_size(struct sample *s)
{
	put32(s, s->e.data + 20, UINT32_MAX);
}

static void definition_sizes(struct sample *s)
{
	definition_size(s);
	put32(s, s->e.data + 31, UINT32_MAX);
}

static void definition_token(struct sample *s)
{
	uint8_t *c = memmem(s->b.p, EVTX_CHUNK_SIZE, "\5\1\1\0C\0", 6);

	assert_non_null(c);
	*c = 0x3f;
}

/* Where a name of the outer definition stands: its text; in front of that count, hash, link, offset. */
static uint8_t *name_of(struct sample *s)
{
	uint8_t *c = memmem(s->b.p, EVTX_CHUNK_SIZE, "R\0e\0c\0o\0r\0d\0I\0D\0", 16);

	assert_non_null(c);
	return c - 10;
}

static void outer_token(struct sample *s)
{
	name_of(s)[-19] = 0x3f;
}

static void outer_closed(struct sample *s)
{
	static const uint8_t ends[] = {4, 4, 4};

	memcpy(name_of(s) - 19, ends, sizeof(ends));
}

static void name_text(struct sample *s)
{
	name_of(s)[0] ^= 1;
}

static void name_text_zeroed(struct sample *s)
{
	memset(name_of(s) + 4, 0, 4);
}

static void name_count(struct sample *s)
{
	name_of(s)[-2] += 9;
}

static void name_count_zero(struct sample *s)
{
	name_of(s)[-2] = 0;
}

static void name_hash(struct sample *s)
{
	name_of(s)[-4] ^= 1;
}

static void name_here(struct sample *s)
{
	name_of(s)[-11] ^= 0x80;
}

static void name_offset(struct sample *s)
{
	/* The second Data refers to the first one's name. */
	uint8_t *c = memmem(s->b.p, EVTX_CHUNK_SIZE, "\5\1\1\0B\0", 6);

	assert_non_null(c);
	c[-1] = 0xff;
	c[-2] = 0xff;
}

static void no_content(struct sample *s)
{
	zero(s, s->at[2] + 24, s->at[3] - s->at[2] - 28);
}

static void no_content_token(struct sample *s)
{
	s->b.p[instance_of(s, 2)] = 0x33;
}

#define C "C={33323130-3534-3736-3839-616263646566}\n"
#define W(n) n " whole: A=t" n " B=1337 " C
#define P(n, rest) n " partly: A=t" n " " rest
#define NAMELESS(n) P(n, "Data.#?=B =1337 " C)
#define CUT(n) P(n, "B=1337 #2={33323130-3534-3736-3839-616263646566}\n")
#define HALF(n) n " partly: #7=HOST #10=" n " #12=S-1-5-18 A=t" n " B=1337 " C
#define FULL(n) P(n, "B=1337 " C)
#define NAMED " [template]" FULL("1") FULL("2") FULL("3") FULL("4") FULL("5")
#define BAD(n) n " whole!: A=t" n " B=1337 " C
#define HIDDEN(n) " [record-hidden]" n " whole+^: A=t" n " B=1337 " C
#define LENT(n) n " whole~: A=t" n " B=1337 " C
#define SLOTS(n) n " partly: #0=t" n " #1=1337 #2={33323130-3534-3736-3839-616263646566}\n"
#define SLACK(n) "10" n " whole+: A=t" n " B=1337 " C

struct row {
	const char *name;
	void (*damage)(struct sample *s);
	bool checksums; /* made right again, as a forger would */
	const char *shown;
};

static const struct row rows[] = {
	{"nothing", nothing, false, W("1") W("2") W("3") W("4") W("5")},
	{"a record size of 0", size_zero, true,
	 W("1") W("2") " [record-size]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"a record size of 4 GiB", size_4gib, true,
	 W("1") W("2") " [record-size]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"a record size too small", size_smaller, true,
	 W("1") W("2") " [record-size]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"a record size too large", size_larger, true,
	 W("1") W("2") " [record-size]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"the last record's size", size_of_last, true,
	 W("1") W("2") W("3") W("4") " [record-size]5 partly: A=t5 B=1337 " C},
	{"the size at a record's end", tail_size, true,
	 W("1") W("2") " [record-size]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"the size at the last record's end", tail_of_last, true,
	 W("1") W("2") W("3") W("4") " [record-size]5 partly: A=t5 B=1337 " C},
	{"a record's signature", signature, true,
	 W("1") W("2") " [record-signature]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"a zeroed record header", record_header_zeroed, true,
	 W("1") W("2") " [record-gap]" W("4") W("5")},
	{"a zeroed record", record_zeroed, true, W("1") W("2") " [record-gap]" W("4") W("5")},
	{"zeroes up to the end", records_zeroed, true, W("1") " [record-gap]"},
	{"a text that quotes a record", quoted_record, true,
	 W("1") W("2") " [record-size] [binxml-empty]3 partly:\n" W("4") W("5")},
	{"a zeroed chunk", chunk_zeroed, false, ""},
	{"a zeroed chunk header", chunk_header_zeroed, false,
	 " [chunk-signature]" BAD("1") BAD("2") BAD("3") BAD("4") BAD("5")},
	{"a chunk signature", chunk_signature, false,
	 " [chunk-signature]" BAD("1") BAD("2") BAD("3") BAD("4") BAD("5")},
	{"the header's checksum", header_checksum, false,
	 " [chunk-checksum]" W("1") W("2") W("3") W("4") W("5")},
	{"the records' checksum", records_checksum, false,
	 " [records-checksum]" BAD("1") "258 whole!: A=t2 B=1337 " C BAD("3") BAD("4") BAD("5")},
	{"no checksums", checksums_off, false,
	 " [checksums-off]" W("1") W("2") W("3") W("4") W("5")},
	{"free space at 0", free_space_zero, false,
	 " [chunk-free-space]" BAD("1") BAD("2") BAD("3") BAD("4") BAD("5")},
	{"free space outside", free_space_beyond, false,
	 " [chunk-free-space]" BAD("1") BAD("2") BAD("3") BAD("4") BAD("5")},
	{"free space behind the records", free_space_far, false,
	 W("1") W("2") W("3") W("4") W("5") " [record-gap]"},
	{"free space before the last records", free_space_short, false,
	 W("1") W("2") W("3") " [records-behind]4 whole+: A=t4 B=1337 " C
			      "5 whole+: A=t5 B=1337 " C},
	{"free space before all records", free_space_first, false,
	 " [records-behind]1 whole+: A=t1 B=1337 " C "2 whole+: A=t2 B=1337 " C
	 "3 whole+: A=t3 B=1337 " C "4 whole+: A=t4 B=1337 " C "5 whole+: A=t5 B=1337 " C},
	{"free space within a record", free_space_within, false,
	 W("1") W("2") W("3") " [chunk-free-space]" W("4") W("5")},
	{"free space before all records, the first damaged", free_space_and_tail, false,
	 "2 whole+: A=t2 B=1337 " C "3 whole+: A=t3 B=1337 " C "4 whole+: A=t4 B=1337 " C
	 "5 whole+: A=t5 B=1337 " C " [records-missing] [slack-records]"},
	{"the header and an id", header_and_id, false,
	 " [chunk-checksum]" BAD("1") BAD("2") "77 whole!: A=t3 B=1337 " C BAD("4") BAD("5")},
	{"the header and an id out of reach", header_and_far_id, false,
	 " [chunk-checksum]" BAD("1") BAD("2") "330712481795 whole!: A=t3 B=1337 " C BAD("4")
		 BAD("5")},
	{"a record's size that takes in the next", size_of_two, true,
	 W("1") W("2") " [record-size]3 partly: A=t3 B=1337 " C W("4") W("5")},
	{"a size that the next record confirms", size_found_again, true,
	 W("1") " [record-size]2 partly: A=t2 B=1337 " C "3 whole: A=t3.... B=1337 " C},
	{"records of an earlier life", old_life, false,
	 " [chunk-checksum]" BAD("1") BAD("2") BAD("3") "1 whole!+: A=t1 B=1337 " C
		 " [slack-records]"},
	{"an unlinked record", unlinked, true, W("1") W("2") HIDDEN("3") W("4") W("5")},
	{"three unlinked records", unlinked_three, true,
	 W("1") W("2") HIDDEN("3") HIDDEN("4") HIDDEN("5") " [chunk-last-record]"},
	{"a record unlinked within an unlinked one", unlinked_twice, true,
	 W("1") W("2") HIDDEN("3") HIDDEN("4") W("5")},
	{"an unlinked record behind a damaged one", unlinked_and_damaged, true,
	 W("1") " [binxml]2 undecoded-:\n" HIDDEN("3") W("4") W("5")},
	{"unlinked records behind a damaged one, the first without its head",
	 unlinked_damaged_and_beheaded, true,
	 W("1") " [binxml]2 undecoded-:\n" HIDDEN("4") W("5") " [records-missing]"},
	{"unlinked records behind one without its head", unlinked_and_beheaded, true,
	 W("1") " [record-gap]3 whole+: A=t3 B=1337 " C "4 whole+: A=t4 B=1337 " C W("5")},
	{"room in a record", room_within, true, W("1") W("2") " [record-room]" W("4") W("5") " [records-missing]"},
	{"records in the slack", slack, false,
	 W("1") W("2") SLACK("3") SLACK("4") SLACK("5") " [slack-records]"},
	{"a cut record in the slack", slack_cut, false,
	 W("1") W("2") SLACK("4") SLACK("5") " [slack-records]"},
	{"other bytes in the slack", slack_of_other_bytes, false, W("1") W("2")},
	{"nothing but slack, of two lives", slack_and_behind, false,
	 " [records-behind]1 whole+: A=t1 B=1337 " C "2 whole+: A=t2 B=1337 " C SLACK("3") SLACK(
		 "4") SLACK("5") " [slack-records]"},
	{"the offset of the last record", last_record, false,
	 W("1") W("2") W("3") W("4") W("5") " [chunk-last-record]"},
	{"65,535 values", value_count, true,
	 W("1") W("2") " [value-count]3 partly-:\n" W("4") W("5")},
	{"fewer values than slots", value_count_small, true,
	 W("1") W("2") " [value-missing]3 partly:\n [record-room]" W("4") W("5")},
	{"a value beyond the record", value_size, true,
	 W("1") W("2") " [value-size]3 partly:\n" W("4") W("5")},
	{"a definition outside", definition_beyond, true,
	 W("1") W("2") " [template-offset] [template-borrowed]" LENT("3") LENT("4") W("5")},
	{"another template's definition", definition_of_another, true,
	 W("1") W("2") " [template-id] [template-borrowed]" LENT("3") LENT("4") W("5")},
	{"a definition's size", definition_size, true,
	 " [template]" W("1") W("2") W("3") W("4") W("5")},
	{"a definition's size, and its element's", definition_sizes, true,
	 " [template-instance]1 partly:\n [template-offset]" SLOTS("2") SLOTS("3") SLOTS("4")
		 SLOTS("5")},
	{"a definition's token", definition_token, true,
	 " [template]" CUT("1") CUT("2") CUT("3") CUT("4") CUT("5")},
	{"the outer definition's token", outer_token, true,
	 " [template]" HALF("1") HALF("2") HALF("3") HALF("4") HALF("5")},
	{"an outer definition that ends too early", outer_closed, true,
	 " [template]" HALF("1") HALF("2") HALF("3") HALF("4") HALF("5")},
	{"a name's text", name_text, true, NAMED},
	{"a name's text, zeroed in part", name_text_zeroed, true, NAMED},
	{"a name's length", name_count, true, NAMED},
	{"a name's length of 0", name_count_zero, true, NAMED},
	{"a name's hash", name_hash, true, NAMED},
	{"the offset of a name that stands there", name_here, true, NAMED},
	{"a name", name_offset, true,
	 " [template]" NAMELESS("1") NAMELESS("2") NAMELESS("3") NAMELESS("4") NAMELESS("5")},
	{"a record without content", no_content, true,
	 W("1") W("2") " [record-empty]3 undecoded-:\n" W("4") W("5")},
	{"a record that is no BinXML", no_content_token, true,
	 W("1") W("2") " [binxml]3 undecoded-:\n" W("4") W("5")},
};

static void damages(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct chunk_summary sum;
		struct sample s;
		struct buf out;

		buf_init(&out, 0);
		sample_start(&s);
		rows[i].damage(&s);
		if (rows[i].checksums)
			build_checksums(s.b.p);
		build_keep(s.b.p, rows[i].name);
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
		TEST_ROW(rows[i].name,
			 d && show_chunk(d, (struct view){s.b.p, EVTX_CHUNK_SIZE}, &out, &sum));
		test_view_is(rows[i].name, buf_data(&out), view_str(rows[i].shown));
		TEST_ROW(rows[i].name, show_adds_up(&sum, EVTX_CHUNK_SIZE));
		d->ops->destroy(d);
		build_free(&s.b);
		buf_release(&out);
	}
}

/* ---- cut logs ---- */

/* A chunk cut anywhere gives the records that are wholly there, and accounts for what is left. */
static void cuts(void **state)
{
	struct build_event e = {0};
	size_t ends[400], n = 0;
	struct build b;

	(void)state;
	build_start(&b);
	while (b.n < EVTX_CHUNK_SIZE - 3000) {
		build_event(&b, &e, n + 1, "a text of some length, so that the chunk fills up");
		ends[n++] = b.n;
	}
	build_finish(&b);
	for (size_t size = 0; size <= EVTX_CHUNK_SIZE; size += 4096) {
		char name[32];
		struct chunk_summary sum;
		struct buf out;
		size_t whole = 0;

		snprintf(name, sizeof(name), "cut at %zu", size);
		while (whole < n && ends[whole] <= size)
			whole++;
		buf_init(&out, 0);
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
		/* A copy of just that size, so that a read beyond it is seen. */
		uint8_t *p = malloc(size ? size : 1);
		memcpy(p, b.p, size);
		TEST_ROW(name, d && show_chunk(d, (struct view){p, size}, &out, &sum));
		TEST_ROW(name, sum.records == whole && sum.whole == whole);
		TEST_ROW(name, show_adds_up(&sum, size));
		d->ops->destroy(d);
		buf_release(&out);
		free(p);
	}
	build_free(&b);
}

/* Bytes from the middle of a chunk, without its header: all records that are whole in them come out. */
static void pieces(void **state)
{
	struct sample s;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	sample_start(&s);
	struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
	assert_non_null(d);
	for (size_t from = 1; from <= s.at[EVENTS]; from += from % 64 == 7 ? 1 : 7) {
		size_t want = 0, n = EVTX_CHUNK_SIZE - from;
		uint8_t *p = malloc(n); /* just that size, so that a read beyond it is seen */
		struct chunk_summary sum;
		char name[32];

		snprintf(name, sizeof(name), "from byte %zu on", from);
		while (want < EVENTS && s.at[EVENTS - 1 - want] >= from)
			want++;
		memcpy(p, s.b.p + from, n);
		TEST_ROW(name, show_chunk(d, (struct view){p, n}, &out, &sum));
		TEST_ROW(name, sum.records == want && !sum.recovered);
		TEST_ROW(name, show_adds_up(&sum, n));
		free(p);
	}
	d->ops->destroy(d);
	build_free(&s.b);
	buf_release(&out);
}

/* ---- single bits ---- */

static bool is_covered(size_t at, size_t end)
{
	return at < end && (at < 120 || at >= 124);
}

/* No bit of a chunk can change without a word, but for the flags, which no checksum covers. */
static void bits(void **state)
{
	struct chunk_summary sum;
	struct sample s;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	sample_start(&s);
	struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
	assert_non_null(d);
	for (size_t i = 0; i < 8 * (s.at[5] + 8); i++) {
		char name[64];

		snprintf(name, sizeof(name), "bit %zu of byte %zu", i % 8, i / 8);
		buf_clear(&out);
		s.b.p[i / 8] ^= (uint8_t)(1 << i % 8);
		TEST_ROW(name, show_chunk(d, (struct view){s.b.p, EVTX_CHUNK_SIZE}, &out, &sum));
		buf_byte(&out, 0);
		TEST_ROW(name, !!strchr((char *)out.p, '[') == is_covered(i / 8, s.at[5]));
		TEST_ROW(name, show_adds_up(&sum, EVTX_CHUNK_SIZE));
		s.b.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	d->ops->destroy(d);
	build_free(&s.b);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damages),
		cmocka_unit_test(cuts),
		cmocka_unit_test(pieces),
		cmocka_unit_test(bits),
	};

	return cmocka_run_group_tests_name("evtx damage", tests, NULL, NULL);
}
