/* SPDX-License-Identifier: Apache-2.0 */
/* A volume of exFAT with one file, which was not written to its end, and has times of other zones. */
#include <stdlib.h>
#include <string.h>

#include "testing.h"

#include "evtxhound/open.h"

#define SECTOR 512u
#define CLUSTER 4096u
#define FAT (24 * SECTOR)
#define HEAP (32 * SECTOR) /* of cluster 2, which has the bitmap of clusters; 4 the root, 5 and up the file */
#define VOLUME (1u << 20)
#define SIZE (2 * CLUSTER)

static uint8_t volume[VOLUME];

static void put(size_t at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		volume[at + i] = (uint8_t)(value >> 8 * i);
}

static size_t cluster(unsigned n)
{
	return HEAP + (n - 2) * CLUSTER;
}

static void make_boot(void)
{
	memcpy(volume, "\xeb\x76\x90" "EXFAT   ", 11);
	put(72, VOLUME / SECTOR, 8);
	put(80, FAT / SECTOR, 4);
	put(84, 8, 4);
	put(88, HEAP / SECTOR, 4);
	put(92, (VOLUME - HEAP) / CLUSTER, 4);
	put(96, 4, 4);
	put(104, 0x100, 2);
	memcpy(volume + 108, "\x09\x03\x01\x80", 4);
	put(510, 0xaa55, 2);
	for (size_t i = 0; i < 5; i++)
		put(FAT + 4 * i, 0xffffffff, 4);
}

/* 1 January 2020 at noon. */
#define NOON 0x50216000u

static void make_file(uint64_t valid, const char *zones)
{
	static const char name[] = "a.evtx";
	size_t root = cluster(4), file = root + 32;

	put(root, 0x81, 1);
	put(root + 20, 2, 4);
	put(root + 24, 32, 8);
	put(cluster(2), 0x3d, 1);
	memcpy(volume + file, "\x85\x02\0\0\x20", 5);
	for (size_t at = 8; at <= 16; at += 4)
		put(file + at, NOON, 4);
	memcpy(volume + file + 22, zones, 3);
	put(file + 32, 0x03c0, 2);
	put(file + 35, sizeof(name) - 1, 1);
	put(file + 40, valid, 8);
	put(file + 52, 5, 4);
	put(file + 56, SIZE, 8);
	put(file + 64, 0xc1, 1);
	for (size_t i = 0; i < sizeof(name) - 1; i++)
		put(file + 66 + 2 * i, (uint8_t)name[i], 2);
	memset(volume + cluster(5), 'x', SIZE);
	memcpy(volume + cluster(5), "ElfFile", 8);
}

struct got {
	unsigned n;
	uint64_t times[4];
	uint64_t written; /* bytes of it up to the last that is not zero */
};

static int on_found(void *ctx, const struct open_found *f)
{
	struct got *g = ctx;
	const struct view bytes = { volume, sizeof(volume) };
	const struct reader all = reader_of_memory(&bytes);
	const struct mapped m = { &all, { f->extents, f->n_extents } };
	const struct reader r = reader_of_extents(&m);
	uint8_t out[SIZE];

	assert_int_equal(f->size, SIZE);
	assert_int_equal(reader_read(&r, 0, out, sizeof(out)), sizeof(out));
	g->n++;
	memcpy(g->times, f->times, sizeof(g->times));
	for (size_t i = 0; i < sizeof(out); i++)
		if (out[i])
			g->written = i + 1;
	return 0;
}

static int on_volume(void *ctx, const struct open_volume *v)
{
	(void)ctx;
	assert_true(v->read && view_eq_str(v->what, "exFAT"));
	return 0;
}

static int on_fact(void *ctx, const char *name, struct view value)
{
	(void)ctx;
	(void)name;
	(void)value;
	return 0;
}

static void on_damage(void *ctx, const struct damage *d)
{
	(void)ctx;
	fail_msg("damage: %s", d->what);
}

static int on_progress(void *ctx, struct view name, uint64_t files, uint64_t bytes)
{
	(void)ctx;
	(void)name;
	(void)files;
	(void)bytes;
	return 0;
}

static const struct row {
	const char *name;
	uint64_t valid;
	const char *zones; /* of when it was made, changed, read */
	int minutes[3];
} rows[] = {
	{ "all of it written, in UTC", SIZE, "\x80\x80\x80", { 0, 0, 0 } },
	{ "zones that are not said", SIZE, "\0\x24\x64", { 0, 0, 0 } },
	{ "east and west", SIZE, "\xa4\x80\xec", { 540, 0, -300 } },
	{ "written in part", 5000, "\x80\x80\x80", { 0, 0, 0 } },
	{ "more written than there is", 1ull << 40, "\x80\x80\x80", { 0, 0, 0 } },
	{ "hardly written", 7, "\x80\x80\x80", { 0, 0, 0 } },
};

static uint64_t noon(int minutes)
{
	return time_from_unix(1577880000 - (int64_t)minutes * 60, 0);
}

static void test_rows(void **state)
{
	const struct view bytes = { volume, sizeof(volume) };
	const struct reader r = reader_of_memory(&bytes);
	const struct open_options o = { 0 };
	const struct open_request q = { .bytes = &r, .format = "exFAT volume image",
					.name = view_str("stick.raw"), .dirfd = -1, .spool = -1, .options = &o };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct got g = { 0 };
		const struct open_sink sink = { .ctx = &g, .found = on_found, .volume = on_volume,
						.fact = on_fact, .damage = on_damage, .progress = on_progress };
		struct err e = { 0 };
		make_boot();
		make_file(rows[i].valid, rows[i].zones);
		TEST_ROW(rows[i].name, open_container(&q, &sink, &e) == 0 && g.n == 1);
		TEST_ROW(rows[i].name, g.times[TIME_BORN] == noon(rows[i].minutes[0]));
		TEST_ROW(rows[i].name, g.times[TIME_MODIFIED] == noon(rows[i].minutes[1]));
		TEST_ROW(rows[i].name, g.times[TIME_ACCESSED] == noon(rows[i].minutes[2]));
		TEST_ROW(rows[i].name, g.written == (rows[i].valid < SIZE ? rows[i].valid : SIZE));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
