/* SPDX-License-Identifier: Apache-2.0 */
/* From a source in a container back to the file on disk: paths, states, offsets, hashes. */
#include "testing.h"

#include "evtxhound/source.h"

/* disk.E01 holds a log, an archive and a raw image; in these are others. */
enum { DISK, LIVE, SHADOW, PACKED, ZIP, IN_ZIP, RAW, IN_RAW, RAW_DELETED, UNPACKED, N };

static struct extent live[] = {{0, 1000, 100}, {100, EXTENT_ZERO, 50}, {150, 5000, 50}};
static struct extent raw[] = {{0, 20000, 4096}, {4096, 60000, 4096}};
static struct extent in_raw[] = {{0, 4000, 200}};

static struct source sources[N] = {
	[DISK] = {.path = (char *)"e/disk.E01"},
	[LIVE] = {.path = (char *)"e/disk.E01:/p2/a#b.evtx", .inner = (char *)"p2/a#b.evtx",
		  .container = DISK + 1, .image = live, .n_image = 3, .spooled = true},
	[SHADOW] = {.path = (char *)"e/disk.E01:/p2/vss1/a.evtx#41-128-1", .inner = (char *)"p2/vss1/a.evtx",
		    .container = DISK + 1, .state = SOURCE_SHADOW},
	[PACKED] = {.path = (char *)"e/disk.E01:/p2/b.evtx", .inner = (char *)"p2/b.evtx",
		    .container = DISK + 1},
	[ZIP] = {.path = (char *)"e/disk.E01:/p2/vss1/c.zip", .inner = (char *)"p2/vss1/c.zip",
		 .container = DISK + 1, .state = SOURCE_SHADOW, .image = raw, .n_image = 2},
	[IN_ZIP] = {.path = (char *)"e/disk.E01:/p2/vss1/c.zip:/x/d.evtx", .inner = (char *)"x/d.evtx",
		    .container = ZIP + 1, .spooled = true, .image = in_raw, .n_image = 1},
	[RAW] = {.path = (char *)"e/disk.E01:/p2/r.raw", .inner = (char *)"p2/r.raw", .container = DISK + 1,
		 .image = raw, .n_image = 2, .spooled = true},
	[IN_RAW] = {.path = (char *)"e/disk.E01:/p2/r.raw:/d.evtx", .inner = (char *)"d.evtx",
		    .container = RAW + 1, .image = in_raw, .n_image = 1},
	[RAW_DELETED] = {.path = (char *)"e/disk.E01:/p2/r.raw:/f.evtx#9", .inner = (char *)"f.evtx",
			 .container = RAW + 1, .state = SOURCE_DELETED},
	[UNPACKED] = {.path = (char *)"e/disk.E01:/p2/vss1/c.zip:/e.evtx", .inner = (char *)"e.evtx",
		      .container = ZIP + 1, .image = in_raw, .n_image = 1},
};
static const struct source_list list = {.v = sources, .n = N};

static const struct origin_row {
	const char *name;
	unsigned source;
	const char *path; /* NULL: in none */
	enum source_state state;
	uint64_t off, at;
} rows[] = {
	{"a file in a folder", DISK, NULL, SOURCE_LIVE, 0, EXTENT_ZERO},
	{"the first byte", LIVE, "p2/a#b.evtx", SOURCE_LIVE, 0, 1000},
	{"in a hole", LIVE, "p2/a#b.evtx", SOURCE_LIVE, 120, EXTENT_ZERO},
	{"behind a hole", LIVE, "p2/a#b.evtx", SOURCE_LIVE, 199, 5049},
	{"beyond its end", LIVE, "p2/a#b.evtx", SOURCE_LIVE, 200, EXTENT_ZERO},
	{"in a shadow copy", SHADOW, "p2/vss1/a.evtx", SOURCE_SHADOW, 0, EXTENT_ZERO},
	{"nowhere as it is", PACKED, "p2/b.evtx", SOURCE_LIVE, 0, EXTENT_ZERO},
	{"unpacked out of a zip of a shadow copy", IN_ZIP, "p2/vss1/c.zip:/x/d.evtx", SOURCE_SHADOW, 0,
	 EXTENT_ZERO},
	{"stored in a zip of a shadow copy", UNPACKED, "p2/vss1/c.zip:/e.evtx", SOURCE_SHADOW, 95, 24095},
	{"in an image in the image", IN_RAW, "p2/r.raw:/d.evtx", SOURCE_LIVE, 0, 24000},
	{"across its pieces", IN_RAW, "p2/r.raw:/d.evtx", SOURCE_LIVE, 96, 60000},
	{"deleted in it", RAW_DELETED, "p2/r.raw:/f.evtx", SOURCE_DELETED, 0, EXTENT_ZERO},
};

static void ways_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const struct origin_row *r = &rows[i];
		const struct source *s = &sources[r->source];
		struct source_origin o = source_origin(&list, s);

		TEST_ROW(r->name, o.image == (r->path ? &sources[DISK] : NULL));
		test_view_is(r->name, o.path, view_str(r->path));
		TEST_ROW(r->name, o.state == r->state);
		TEST_ROW(r->name, source_image_offset(&list, s, r->off) == r->at);
	}
}

#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"
static const struct hash_row {
	const char *name;
	bool hashed;
	const char *md5, *sha1, *want;
} hash_rows[] = {
	{"none", false, NULL, NULL, ""},
	{"its own", true, MD5, SHA1, "abababababababababababababababababababababababababababababababab"},
	{"stored MD5", false, MD5, NULL, "md5:" MD5},
	{"stored SHA-1", false, NULL, SHA1, "sha1:" SHA1},
	{"both stored", false, MD5, SHA1, "sha1:" SHA1},
	{"capitals", false, "D41D8CD98F00B204E9800998ECF8427E", NULL, "md5:" MD5},
	{"too long", false, MD5 "00", NULL, ""},
	{"no digits", false, "=cmd|' /C calc'!A0xxxxxxxxxxxxxx", MD5, ""},
	{"empty", false, "", "", ""},
};

static void hashes(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(hash_rows); i++) {
		const struct hash_row *r = &hash_rows[i];
		struct source_fact facts[3] = {{(char *)"examiner", (char *)MD5}};
		struct source_contents c = {.facts = facts, .n_facts = 1};
		struct source s = {.hashed = r->hashed, .contents = &c};
		char text[SOURCE_HASH_TEXT];

		memset(s.sha256, 0xab, 32);
		if (r->md5)
			facts[c.n_facts++] = (struct source_fact){(char *)"stored_md5", (char *)r->md5};
		if (r->sha1)
			facts[c.n_facts++] = (struct source_fact){(char *)"stored_sha1", (char *)r->sha1};
		source_hash_text(&s, text);
		test_view_is(r->name, view_str(text), view_str(r->want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways_back),
		cmocka_unit_test(hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
