/* SPDX-License-Identifier: Apache-2.0 */
/* What is found in archives. */
#include "testing_files.h"

#include <sys/resource.h>

#include "archive_make.h"
#include "open_listing.h"

struct world {
	struct test_folder folder;
	struct buf log, other, large;
	struct listing l;
};

static void digest_is(const struct buf *b, const char *start)
{
	uint8_t sum[32];
	char hex[65];

	assert_true(sha256_of(buf_data(b), sum));
	hex_format(sum, 32, hex);
	assert_memory_equal(hex, start, 8);
}

static int world_make(void **state)
{
	static struct world w;

	test_folder_make(&w.folder);
	buf_init(&w.log, 0);
	buf_init(&w.other, 0);
	buf_init(&w.large, 0);
	make_log(&w.log, 70000, false);
	make_log(&w.large, 400000, false);
	buf_str(&w.other, "no log, but text");
	digest_is(&w.log, "d8f20bd4");
	digest_is(&w.large, "6fe03ae0");
	listing_init(&w.l);
	*state = &w;
	return 0;
}

static int world_end(void **state)
{
	struct world *w = *state;

	listing_release(&w->l);
	buf_release(&w->log);
	buf_release(&w->other);
	buf_release(&w->large);
	test_folder_remove(&w->folder);
	return 0;
}

/* Opens folder/name and compares what is said: every line of `want` must be there, and no more lines. */
static void listing_is(struct world *w, const char *row, const char *name, const char *want)
{
	char path[PATH_MAX];

	w->l.err = (struct err){ 0 };
	listing_of(&w->l, test_path(&w->folder, name, path), "");
	if (w->l.code < 0)
		buf_fmt(&w->l.text, "failed: %s\n", w->l.err.msg);
	test_view_is(row, buf_data(&w->l.text), view_str(want));
}

#define LOG "|spool|d8f20bd4\n"
#define LARGE "|spool|6fe03ae0\n"

/* ---- formats ---- */

struct format_row {
	const char *file, *format, *filter;
};
static const struct format_row formats[] = {
	{ "a.zip", "zip", NULL },	 { "a.7z", "7zip", NULL },     { "a.tar", "ustar", NULL },
	{ "a.pax.tar", "pax", NULL },	 { "a.gnu.tar", "gnutar", NULL }, { "a.tar.gz", "ustar", "gzip" },
	{ "a.tar.xz", "ustar", "xz" },	 { "a.tar.zst", "ustar", "zstd" }, { "a.tar.bz2", "ustar", "bzip2" },
};

static void test_formats(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	const struct made_entry entries[] = {
		{ .name = "C/Windows/System32/winevt/Logs/a.evtx", .data = buf_data(&w->log) },
		{ .name = "C/readme.txt", .data = buf_data(&w->other) },
		{ .name = "C/large", .data = buf_data(&w->large) },
		{ .name = "C/readme.evtx", .data = buf_data(&w->other) },
		{ .name = "C/empty.evtx" },
		{ .name = "C/empty.txt" },
	};

	for (size_t i = 0; i < TEST_COUNT(formats); i++) {
		const struct format_row *r = &formats[i];
		make_archive(test_path(&w->folder, r->file, path),
			     &(struct made_archive){ .format = r->format, .filter = r->filter,
						     .entries = entries, .n = TEST_COUNT(entries) });
		/* a 7z has empty files behind all others */
		listing_is(w, r->file, r->file,
			   "found live|EVTX|70000|C/Windows/System32/winevt/Logs/a.evtx||1" LOG
			   "found live|EVTX|400000|C/large||3" LARGE
			   "found live|EVTX, searched|16|C/readme.evtx||4|spool|3a96aa3a\n"
			   "found live|empty file|0|C/empty.evtx||5|none|-\n");
	}
}

/* Compressed files that are no archives. */
static void test_files(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *file, *filter, *inner;
	} rows[] = {
		{ "a.evtx.gz", "gzip", "a.evtx" },
		{ "b.evtx.xz", "xz", "b.evtx" },
		{ "c.zst", "zstd", "c" },
		{ "d.bz2", "bzip2", "d" },
		{ "e", "gzip", "e" },
		{ ".gz", "gzip", ".gz" },
	};
	char path[PATH_MAX], want[200];
	const struct made_entry entry = { .name = "x", .data = buf_data(&w->large) };

	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		make_archive(test_path(&w->folder, rows[i].file, path),
			     &(struct made_archive){ .format = "raw", .filter = rows[i].filter,
						     .entries = &entry, .n = 1 });
		snprintf(want, sizeof(want), "found live|EVTX|400000|%s||1" LARGE, rows[i].inner);
		listing_is(w, rows[i].file, rows[i].file, want);
	}
}

/* ---- names: shown as they are, never used ---- */

#define APART "decomposed e\xcc\x81.evtx"

struct name_row {
	const char *name;
	struct view entry;
	uint16_t flags; /* 0x800: the name is UTF-8 */
	struct view path;
};
/* The bytes of a literal, in a table. */
#define CONSTANT(s) { (const uint8_t *)(s), sizeof(s) - 1 }
static const struct name_row names[] = {
	{ "folders above", CONSTANT("../../etc/a.evtx"), 0, CONSTANT("../../etc/a.evtx") },
	{ "from the root", CONSTANT("//etc/a.evtx"), 0, CONSTANT("etc/a.evtx") },
	{ "here", CONSTANT("././/a.evtx"), 0, CONSTANT("a.evtx") },
	{ "a NUL", CONSTANT("a\0b.evtx"), 0, CONSTANT("a\xe2\x90\x80" "b.evtx") },
	{ "Latin-1", CONSTANT("\xe4.evtx"), 0, CONSTANT("\xe4.evtx") },
	{ "UTF-8", CONSTANT("\xc3\xa4.evtx"), 0x800, CONSTANT("\xc3\xa4.evtx") },
	{ "said to be UTF-8", CONSTANT("\xe4.evtx"), 0x800, CONSTANT("\xe4.evtx") },
	{ "not composed", CONSTANT(APART), 0x800, CONSTANT(APART) },
	{ "backslashes", CONSTANT("C\\x\\a.evtx"), 0, CONSTANT("C/x/a.evtx") },
	{ "backslashes, not ASCII", CONSTANT("C\\\xe4\\a.evtx"), 0, CONSTANT("C/\xe4/a.evtx") },
	{ "both kinds", CONSTANT("C/x\\a.evtx"), 0, CONSTANT("C/x\\a.evtx") },
	{ "a newline", CONSTANT("a\n.evtx"), 0, CONSTANT("a\n.evtx") },
	{ "escapes as they stand", CONSTANT("auto/C%3A/a.evtx"), 0, CONSTANT("auto/C%3A/a.evtx") },
	{ "none", CONSTANT(""), 0, CONSTANT("(entry 1)") },
};

static void zip_is(struct world *w, const char *row, struct made_zip *z, const char *want)
{
	char path[PATH_MAX];

	zip_end(z, (struct view){ 0 });
	make_file(test_path(&w->folder, "made.zip", path), buf_data(&z->bytes));
	listing_is(w, row, "made.zip", want);
	zip_release(z);
}

static void name_is(struct world *w, const char *row, struct view name, uint16_t flags, struct view path)
{
	struct made_zip z;
	struct buf want;

	zip_init(&z);
	zip_add(&z, &(struct made_local){ .name = name, .flags = flags, .data = buf_data(&w->log) });
	buf_init(&want, 0);
	buf_str(&want, "found live|EVTX|70000|");
	buf_view(&want, path);
	buf_str(&want, "||1" LOG);
	char file[PATH_MAX];
	zip_end(&z, (struct view){ 0 });
	make_file(test_path(&w->folder, "name.zip", file), buf_data(&z.bytes));
	w->l.err = (struct err){ 0 };
	listing_of(&w->l, file, "");
	test_view_is(row, buf_data(&w->l.text), buf_data(&want));
	buf_release(&want);
	zip_release(&z);
}

static void test_names(void **state)
{
	static uint8_t longest[65535];

	for (size_t i = 0; i < TEST_COUNT(names); i++)
		name_is(*state, names[i].name, names[i].entry, names[i].flags, names[i].path);
	memset(longest, 'a', sizeof(longest));
	const struct view name = { longest, sizeof(longest) };
	name_is(*state, "64 KiB", name, 0, name);
}

static void test_links(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	const struct made_entry entries[] = {
		{ .name = "a.evtx", .data = buf_data(&w->log) },
		{ .name = "a.evtx", .data = buf_data(&w->large) },
		{ .name = "hard.evtx", .hard = "a.evtx" },
		{ .name = "soft.evtx", .link = "/etc/passwd" },
		{ .name = "soft", .link = "/etc/passwd" },
		{ .name = "folder.evtx", .folder = true },
	};

	make_archive(test_path(&w->folder, "links.tar", path),
		     &(struct made_archive){ .format = "ustar", .entries = entries, .n = TEST_COUNT(entries) });
	listing_is(w, "links", "links.tar",
		   "found live|EVTX|70000|a.evtx||1" LOG "found live|EVTX|400000|a.evtx||2" LARGE
		   "note archive-link|471552|0|hard.evtx is a hard link to a.evtx and is not followed\n"
		   "note archive-link|472064|0|soft.evtx is a symbolic link to /etc/passwd and is not followed\n");
}

/* ---- encryption ---- */

#define NEEDED "unreadable a.evtx: is encrypted; give --password-file\n"
#define WRONG "unreadable a.evtx: is encrypted, and no password given is the right one: Incorrect passphrase\n"
#define OPENED "found live|EVTX|70000|a.evtx||1" LOG

static const struct {
	const char *name, *options, *passwords, *want;
} encrypted[] = {
	{ "ZipCrypto, no password", "zip:encryption=zipcrypt", "", NEEDED },
	{ "ZipCrypto", "zip:encryption=zipcrypt", "right", OPENED },
	{ "ZipCrypto, another", "zip:encryption=zipcrypt", "wrong", WRONG },
	{ "AES, no password", "zip:encryption=aes256", "", NEEDED },
	{ "AES, empty lines alone", "zip:encryption=aes256", "\r\n\n", NEEDED },
	{ "AES, the last of some", "zip:encryption=aes256", "a\r\n\r\nb\nright\r\n", OPENED },
	{ "AES, another", "zip:encryption=aes128", "wrong\n", WRONG },
};

static void test_encrypted(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	const struct made_entry entry = { .name = "a.evtx", .data = buf_data(&w->log) };

	for (size_t i = 0; i < TEST_COUNT(encrypted); i++) {
		make_archive(test_path(&w->folder, "secret.zip", path),
			     &(struct made_archive){ .format = "zip", .options = encrypted[i].options,
						     .password = "right", .entries = &entry, .n = 1 });
		w->l.options.passwords = view_str(encrypted[i].passwords);
		listing_is(w, encrypted[i].name, "secret.zip", encrypted[i].want);
	}
	w->l.options.passwords = (struct view){ 0 };
}

/* Of 999 wrong passwords ZipCrypto takes one for right, but for 2 times in 100. */
static void test_guessed(void **state)
{
	struct world *w = *state;
	struct buf words;
	char path[PATH_MAX];
	const struct made_entry entries[] = { { .name = "a.evtx", .data = buf_data(&w->log) },
					      { .name = "b.evtx", .data = buf_data(&w->large) } };

	buf_init(&words, 0);
	for (unsigned i = 0; i < LIMIT_PASSWORDS - 1; i++)
		buf_fmt(&words, "%u\n", i);
	buf_str(&words, "right\n");
	make_archive(test_path(&w->folder, "secret.zip", path),
		     &(struct made_archive){ .format = "zip", .options = "zip:encryption=zipcrypt", .password = "right",
					     .entries = entries, .n = 2 });
	w->l.options.passwords = buf_data(&words);
	listing_is(w, "the last of many", "secret.zip", OPENED "found live|EVTX|400000|b.evtx||2" LARGE);
	w->l.options.passwords = (struct view){ 0 };
	buf_release(&words);
}

/* What `7z a -pright` makes, without and with -mhe=on: libarchive writes none. */
static const uint8_t secret_7z[] = {
	0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0x00, 0x04, 0x3c, 0x88, 0xb1, 0x1e, 0x10, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x6a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1f, 0x1f,
	0x92, 0xd6, 0xcb, 0xb3, 0x87, 0x6c, 0x82, 0x5a, 0xd2, 0xb8, 0xc7, 0xf0, 0xd0, 0x74, 0x72,
	0xb1, 0x8a, 0x04, 0x01, 0x04, 0x06, 0x00, 0x01, 0x09, 0x10, 0x00, 0x07, 0x0b, 0x01, 0x00,
	0x02, 0x24, 0x06, 0xf1, 0x07, 0x01, 0x12, 0x53, 0x0f, 0xc3, 0x18, 0xf6, 0xb1, 0xdb, 0xbb,
	0xec, 0xd4, 0xae, 0x94, 0x6d, 0xef, 0x0f, 0x6d, 0x88, 0x52, 0x21, 0x21, 0x01, 0x00, 0x01,
	0x00, 0x0c, 0x0c, 0x08, 0x00, 0x08, 0x0a, 0x01, 0xf0, 0x61, 0x3e, 0x5e, 0x00, 0x00, 0x05,
	0x01, 0x19, 0x01, 0x00, 0x11, 0x0f, 0x00, 0x61, 0x00, 0x2e, 0x00, 0x65, 0x00, 0x76, 0x00,
	0x74, 0x00, 0x78, 0x00, 0x00, 0x00, 0x19, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x0a, 0x01,
	0x00, 0x4c, 0xc5, 0x76, 0xe3, 0xef, 0x7c, 0xdd, 0x01, 0x15, 0x06, 0x01, 0x00, 0x20, 0x80,
	0xa4, 0x81, 0x00, 0x00,
};
static const uint8_t hidden_7z[] = {
	0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0x00, 0x04, 0xdb, 0xdc, 0x8d, 0x69, 0x80, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x2e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x53, 0xb4,
	0x98, 0x78, 0x35, 0x31, 0xf5, 0x6b, 0xce, 0x35, 0xc8, 0xf2, 0xd2, 0x00, 0xcf, 0x8f, 0xc2,
	0x01, 0x0e, 0x2f, 0xf5, 0xa0, 0x9e, 0x12, 0xa2, 0x59, 0x20, 0xd0, 0x68, 0x79, 0x1b, 0x78,
	0x40, 0x16, 0x27, 0x3c, 0xc0, 0x24, 0x67, 0x33, 0xd6, 0xbe, 0x91, 0x78, 0x00, 0xa8, 0x92,
	0xbe, 0x2f, 0x0c, 0x98, 0x12, 0x11, 0x1c, 0x34, 0xca, 0xf2, 0x8f, 0xba, 0x60, 0x86, 0x28,
	0xce, 0x90, 0xfe, 0xa1, 0x7c, 0x41, 0x03, 0x6a, 0x26, 0x3d, 0xf3, 0xa9, 0xb8, 0x01, 0xe9,
	0x32, 0x25, 0x3b, 0xd1, 0x0b, 0x9e, 0x44, 0x76, 0x3d, 0x82, 0x65, 0xa1, 0x1c, 0x9a, 0x90,
	0x94, 0xe2, 0x80, 0xec, 0x9d, 0x2f, 0x5e, 0x7a, 0x2b, 0x8e, 0xca, 0x00, 0x78, 0xc7, 0x6d,
	0xd8, 0x1e, 0xfc, 0x2d, 0x97, 0x51, 0xbe, 0x64, 0x0e, 0x18, 0x27, 0xb7, 0x1c, 0x00, 0x43,
	0xa9, 0xad, 0x98, 0xce, 0xdc, 0x6c, 0x85, 0x5f, 0xd0, 0x92, 0x17, 0x06, 0x10, 0x01, 0x09,
	0x70, 0x00, 0x07, 0x0b, 0x01, 0x00, 0x01, 0x24, 0x06, 0xf1, 0x07, 0x01, 0x12, 0x53, 0x0f,
	0x65, 0xd3, 0xa2, 0x83, 0x15, 0xb8, 0x74, 0x08, 0x6d, 0xa4, 0xb9, 0x88, 0x0f, 0xd3, 0x22,
	0x2a, 0x0c, 0x6a, 0x0a, 0x01, 0xd2, 0x05, 0xeb, 0x28, 0x00, 0x00,
};

static void test_encrypted_7z(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];

	w->l.options.passwords = view_str("right");
	make_file(test_path(&w->folder, "secret.7z", path), (struct view){ secret_7z, sizeof(secret_7z) });
	listing_is(w, "its files", "secret.7z",
		   "unreadable a.evtx: is encrypted, which is read of zip archives only; unpack it first\n");
	make_file(test_path(&w->folder, "hidden.7z", path), (struct view){ hidden_7z, sizeof(hidden_7z) });
	listing_is(w, "its directory too", "hidden.7z",
		   "failed: its directory is encrypted, which is not read of 7z; unpack it first\n");
	w->l.options.passwords = (struct view){ 0 };
}

/* ---- nothing in it ---- */

static void test_empty(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];

	for (size_t i = 0; i < TEST_COUNT(formats); i++) {
		/* zeros alone are not known for a tar */
		if (strstr(formats[i].file, ".tar") && !formats[i].filter)
			continue;
		make_archive(test_path(&w->folder, "empty", path),
			     &(struct made_archive){ .format = formats[i].format, .filter = formats[i].filter });
		listing_is(w, formats[i].file, "empty", "");
	}
}

/* ---- limits ---- */

static void test_spool(void **state)
{
	struct world *w = *state;
	struct made_zip z;

	/* what is too large is not begun, and the rest is read */
	zip_init(&z);
	zip_add(&z, &(struct made_local){ .name = view_str("large"), .data = buf_data(&w->large) });
	zip_add(&z, &(struct made_local){ .name = view_str("a.evtx"), .data = buf_data(&w->log) });
	w->l.spool_max = 100000;
	zip_is(w, "too large", &z,
	       "unreadable large: has 400000 bytes, and the spool has room for 100000; unpack it first\n"
	       "found live|EVTX|70000|a.evtx||2" LOG);
	/* and all of them together have no more */
	zip_init(&z);
	for (int i = 0; i < 3; i++)
		zip_add(&z, &(struct made_local){ .name = view_str("a.evtx"), .data = buf_data(&w->log) });
	w->l.spool_max = 150000;
	zip_is(w, "too many", &z,
	       "found live|EVTX|70000|a.evtx||1" LOG "found live|EVTX|70000|a.evtx||2" LOG
	       "unreadable a.evtx: has 70000 bytes, and the spool has room for 10000; unpack it first\n");
	w->l.spool_max = 1u << 30;
}

/* Each entry's bytes are the headers and bytes of those behind it as well. */
static void test_overlapping(void **state)
{
	struct world *w = *state;
	struct made_zip z;

	zip_init(&z);
	for (int i = 0; i < 3; i++)
		zip_list(&z, &(struct made_local){ .name = view_str("a.evtx"), .data = buf_data(&w->log) }, 0);
	zip_add(&z, &(struct made_local){ .name = view_str("a.evtx"), .data = buf_data(&w->log) });
	zip_is(w, "four times the same", &z, "found live|EVTX|70000|a.evtx||1" LOG);
}

static void test_nesting(void **state)
{
	struct world *w = *state;
	struct made_zip z;

	zip_init(&z);
	zip_add(&z, &(struct made_local){ .name = view_str("inner.zip"), .data = TEST_BYTES("PK\x05\x06 and so on") });
	w->l.nesting = LIMIT_NESTING - 1;
	zip_is(w, "the deepest", &z,
	       "unreadable inner.zip: is in 8 containers already: what is in it is not read; unpack it first\n");
	w->l.nesting = 0;
	zip_init(&z);
	zip_add(&z, &(struct made_local){ .name = view_str("inner.zip"), .data = TEST_BYTES("PK\x05\x06 and so on") });
	zip_is(w, "nested", &z, "found live|zip archive|14|inner.zip||1|spool|1f5f7cde\n");
}

/* Zeros behind a signature; a log that is as large has 10 to 20 times the bytes it is packed in. */
static void test_bomb(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	struct buf zeros;

	buf_init(&zeros, 0);
	make_log(&zeros, LIMIT_ARCHIVE_FREE + (64u << 20), true);
	const struct made_entry entry = { .name = "a.evtx", .data = buf_data(&zeros) };
	make_archive(test_path(&w->folder, "bomb.evtx.zst", path),
		     &(struct made_archive){ .format = "raw", .filter = "zstd", .entries = &entry, .n = 1 });
	buf_release(&zeros);
	listing_is(w, "a bomb", "bomb.evtx.zst",
		   "damage archive-limit|0|0|the rest of the archive from bomb.evtx on is not read: it unpacks to too "
		   "much\n"
		   "unreadable bomb.evtx: unpacks to more than 500 times what it was packed in, from 256 MiB on; unpack "
		   "it by hand if it is to be trusted\n");
}

/* One entry more than is read, by their local headers alone: 31 MB. */
static void test_entries(void **state)
{
	struct world *w = *state;
	struct made_zip z;
	char path[PATH_MAX];

	zip_init(&z);
	for (unsigned i = 0; i <= LIMIT_ARCHIVE_ENTRIES; i++)
		zip_add(&z, &(struct made_local){ .name = view_str("x") });
	make_file(test_path(&w->folder, "many.zip", path), buf_data(&z.bytes));
	zip_release(&z);
	listing_of(&w->l, path, "");
	assert_int_equal(w->l.code, 0);
	assert_true(listing_line(&w->l, "the archive has more than 1000000 entries: the rest is not read").n);
	assert_int_equal(listing_count(&w->l, "found"), 0);
}

/* The bytes of an entry are another one, its header and all. */
static void test_within(void **state)
{
	struct world *w = *state;
	struct made_zip inner, z;
	const struct made_local a = { .name = view_str("a.evtx"), .data = buf_data(&w->log) };

	zip_init(&inner);
	zip_add(&inner, &a);
	zip_init(&z);
	zip_add(&z, &(struct made_local){ .name = view_str("outer"), .data = buf_data(&inner.bytes) });
	zip_list(&z, &a, 30 + 5);
	zip_is(w, "within", &z,
	       "found live|zip archive|70036|outer||1|spool|66b572d3\nfound live|EVTX|70000|a.evtx||2" LOG);
	zip_release(&inner);
}

static void sum_up(uint8_t *out, const uint8_t *p, uint64_t n)
{
	uint32_t sum = crc32_add(0, (struct view){ p, (size_t)n });

	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(sum >> 8 * i);
}

/* A 7z whose only file says that it needs a dictionary of 4 GiB. */
static void test_dictionary(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	struct buf b;
	const struct made_entry entry = { .name = "a.evtx", .data = buf_data(&w->log) };

	make_archive(test_path(&w->folder, "large.7z", path),
		     &(struct made_archive){ .format = "7zip", .options = "7zip:compression=lzma1",
					     .entries = &entry, .n = 1 });
	buf_init(&b, 0);
	read_made(path, &b);
	uint8_t *coder = memmem(b.p, b.n, "\x23\x03\x01\x01\x05", 5);
	assert_non_null(coder);
	memset(coder + 6, 0xff, 4);
	uint64_t at = 32 + load_u64(b.p + 12), n = load_u64(b.p + 20);
	sum_up(b.p + 28, b.p + at, n);
	sum_up(b.p + 8, b.p + 12, 20);
	make_file(path, buf_data(&b));
	buf_release(&b);
#ifndef __SANITIZE_ADDRESS__ /* whose own memory is far more */
	struct rlimit before;
	assert_int_equal(getrlimit(RLIMIT_DATA, &before), 0);
	/* as evtxhound-open has it */
	assert_int_equal(setrlimit(RLIMIT_DATA, &(struct rlimit){ LIMIT_OPEN_MEMORY, before.rlim_max }), 0);
	listing_is(w, "a huge dictionary", "large.7z",
		   "unreadable a.evtx: cannot be unpacked: Lzma library error: Cannot allocate memory\n");
	setrlimit(RLIMIT_DATA, &before);
#endif
}

static bool starved(void *ctx)
{
	struct world *w = ctx;
	char path[PATH_MAX];

	listing_of(&w->l, test_path(&w->folder, "starved", path), "");
	return w->l.code == 0 && listing_count(&w->l, "found") == 1;
}

static void test_no_memory(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	const struct made_entry entry = { .name = "a.evtx", .data = buf_data(&w->log) };

	for (size_t i = 0; i < TEST_COUNT(formats); i++) {
		make_archive(test_path(&w->folder, "starved", path),
			     &(struct made_archive){ .format = formats[i].format, .filter = formats[i].filter,
						     .entries = &entry, .n = 1 });
		assert_true(test_starve(starved, w) > 1);
	}
}

/* ---- damage ---- */

/* Three logs, stored: the first and the third are short. */
static void three_logs(struct world *w, struct made_zip *z)
{
	zip_init(z);
	zip_add(z, &(struct made_local){ .name = view_str("a.evtx"), .data = buf_data(&w->log) });
	zip_add(z, &(struct made_local){ .name = view_str("b.evtx"), .data = buf_data(&w->large) });
	zip_add(z, &(struct made_local){ .name = view_str("c.evtx"), .data = buf_data(&w->log) });
	zip_end(z, (struct view){ 0 });
}

#define LOST(at)                                                                                                \
	"damage archive-cut|" at "|0|the directory at the end of the archive cannot be read (Unrecognized "     \
	"archive format): its entries are looked for from its start on\n"
#define FIRST "found live|EVTX|70000|a.evtx||1" LOG
#define SECOND "found live|EVTX|400000|b.evtx||2" LARGE

static const struct {
	const char *name;
	size_t keep;       /* bytes from the front, 0: all */
	size_t flip;       /* the byte at it is another, 0: none */
	const char *want;
} damaged[] = {
	{ "whole", 0, 0, FIRST SECOND "found live|EVTX|70000|c.evtx||3" LOG },
	{ "the directory is cut", 540130, 0, LOST("540130") FIRST SECOND "found live|EVTX|70000|c.evtx||3" LOG },
	{ "cut in an entry", 170072, 0,
	  LOST("170072") FIRST
	  "damage archive-cut|70036|100000|b.evtx: Truncated ZIP file data; 100000 bytes of it were read\n"
	  "found live|EVTX|100000|b.evtx||2|spool|3f16f329\n"
	  "damage archive-cut|170072|0|the archive cannot be read from here on: Truncated "
	  "input file (needed 300000 bytes, only 0 available)\n" },
	{ "a byte is another", 0, 100000,
	  FIRST "damage archive-entry|70036|400000|b.evtx: ZIP bad CRC: 0x9f9c99e3 should be 0xf4c9b866; 400000 bytes of it were "
		"read\nfound live|EVTX|400000|b.evtx||2|spool|c3fb65b4\nfound live|EVTX|70000|c.evtx||3" LOG },
	{ "a header is gone", 0, 70036,
	  FIRST "damage archive-damaged|470072|0|the archive is damaged (Damaged Zip archive): its entries are looked "
		"for from here on\n"
		"found live|EVTX|70000|c.evtx||2" LOG },
};

static void test_damaged(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < TEST_COUNT(damaged); i++) {
		char path[PATH_MAX];
		struct made_zip z;
		three_logs(w, &z);
		if (damaged[i].flip)
			z.bytes.p[damaged[i].flip] ^= 0x40;
		make_file(test_path(&w->folder, "damaged.zip", path),
			  view_sub(buf_data(&z.bytes), 0, damaged[i].keep ? damaged[i].keep : z.bytes.n));
		zip_release(&z);
		listing_is(w, damaged[i].name, "damaged.zip", damaged[i].want);
	}
}

/* ---- compressed files ---- */

#define GZIP "|0|the gzip archive is damaged here or before "
#define WHOLE "; 400000 bytes were unpacked of it\nfound live|EVTX|400000|a.evtx||1" LARGE

static const struct {
	const char *name, *filter;
	size_t cut, flip;  /* bytes at the end: gone; that far from the end, the byte that is another */
	const char *behind;
	bool twice;
	const char *want;
} packed[] = {
	{ "gz, its checksum is another", "gzip", 0, 8, "", false,
	  "damage archive-damaged|400139" GZIP "(incorrect data check)" WHOLE },
	{ "gz, its size is another", "gzip", 0, 1, "", false,
	  "damage archive-damaged|400143" GZIP "(incorrect length check)" WHOLE },
	{ "gz, the checksum is cut", "gzip", 3, 0, "", false,
	  "damage archive-cut|400140" GZIP "(it ends before it should)" WHOLE },
	{ "gz, cut", "gzip", 500, 0, "", false,
	  "damage archive-cut|399643" GZIP "(it ends before it should); 399508 bytes were unpacked of it\n"
	  "found live|EVTX|399508|a.evtx||1|spool|9992299c\n" },
	{ "gz, text behind it", "gzip", 0, 0, "and more", false,
	  "note archive-trailing|400143|8|what follows the gzip archive here is none of it\n"
	  "found live|EVTX|400000|a.evtx||1" LARGE },
	{ "gz, two in one", "gzip", 0, 0, "", true, "found live|EVTX|800000|a.evtx||1|spool|1e31aecc\n" },
	{ "xz, cut", "xz", 64, 0, "", false,
	  "damage archive-cut|400016|0|the xz archive is damaged here or before (it ends before it should); 399971 "
	  "bytes were unpacked of it\nfound live|EVTX|399971|a.evtx||1|spool|a897efeb\n" },
	{ "xz, a byte is another", "xz", 0, 40, "", false,
	  "damage archive-damaged|400056|0|the xz archive is damaged here or before (its data or checksums are "
	  "damaged); 400000 bytes were unpacked of it\nfound live|EVTX|400000|a.evtx||1|spool|f6c4af93\n" },
	{ "xz, two in one", "xz", 0, 0, "", true, "found live|EVTX|800000|a.evtx||1|spool|1e31aecc\n" },
	{ "bz2, its checksum is another", "bzip2", 0, 3, "", false,
	  "damage archive-cut|0|393216|a.evtx: bzip decompression failed; 393216 bytes of it were read\n"
	  "found live|EVTX|393216|a.evtx||1|spool|d29ccb4a\n" },
	{ "zst, cut", "zstd", 8, 0, "", false,
	  "damage archive-cut|0|393216|a.evtx: Truncated zstd input; 393216 bytes of it were read\n"
	  "found live|EVTX|393216|a.evtx||1|spool|d29ccb4a\n" },
};

static void test_packed(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	const struct made_entry entry = { .name = "x", .data = buf_data(&w->large) };

	for (size_t i = 0; i < TEST_COUNT(packed); i++) {
		struct buf b;
		make_archive(test_path(&w->folder, "a.evtx.gz", path),
			     &(struct made_archive){ .format = "raw", .filter = packed[i].filter,
						     .entries = &entry, .n = 1 });
		buf_init(&b, 0);
		read_made(path, &b);
		if (packed[i].flip)
			b.p[b.n - packed[i].flip] ^= 0x40;
		b.n -= packed[i].cut;
		buf_str(&b, packed[i].behind);
		for (size_t n = packed[i].twice ? b.n : 0, k = 0; k < n; k++)
			buf_byte(&b, b.p[k]);
		make_file(path, buf_data(&b));
		buf_release(&b);
		listing_is(w, packed[i].name, "a.evtx.gz", packed[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),	  cmocka_unit_test(test_files),
		cmocka_unit_test(test_names),	  cmocka_unit_test(test_links),
		cmocka_unit_test(test_encrypted), cmocka_unit_test(test_spool),
		cmocka_unit_test(test_overlapping), cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_bomb),	  cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_encrypted_7z), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_packed), cmocka_unit_test(test_guessed),
		cmocka_unit_test(test_entries), cmocka_unit_test(test_within),
		cmocka_unit_test(test_dictionary), cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, world_make, world_end);
}
