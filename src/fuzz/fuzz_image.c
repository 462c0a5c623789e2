/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk image. Images are large and nearly all zeros, so an input says only what is not: a byte that
 * chooses the format, then again and again a place in sectors (u16), a length (u16) and that many bytes.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evtxhound/open.h"
#include "fuzz.h"

#define IMAGE (4u << 20)

/* libewf itself leaks where an image is damaged, which a process that ends soon can bear. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libewf\n";
}

static int on_found(void *ctx, const struct open_found *f)
{
	const struct extents x = { f->extents, f->n_extents };

	(void)ctx;
	if (x.n && !extents_are_sound(&x, f->size))
		abort();
	return 0;
}

static int on_volume(void *ctx, const struct open_volume *v)
{
	(void)ctx;
	(void)v;
	return 0;
}

static int on_fact(void *ctx, const char *name, struct view value)
{
	(void)ctx;
	(void)name;
	(void)value;
	return 0;
}

static int on_part(void *ctx, struct view name, uint64_t size)
{
	(void)ctx;
	(void)name;
	(void)size;
	return 0;
}

static int on_hash(void *ctx, const uint8_t sha256[32])
{
	(void)ctx;
	(void)sha256;
	return 0;
}

static void on_damage(void *ctx, const struct damage *d)
{
	(void)ctx;
	(void)d;
}

#define PATIENCE 64u /* a small image may claim a disk of many GiB, all zeros */

static int on_progress(void *ctx, struct view volume, uint64_t files, uint64_t bytes)
{
	unsigned *told = ctx;

	(void)volume;
	(void)files;
	(void)bytes;
	return ++*told < PATIENCE ? 0 : -1;
}

/* How many bytes the image has. */
static size_t lay_out(struct cursor *c, uint8_t *image)
{
	size_t end = 0;

	while (cursor_left(c) > 4) {
		size_t at = (size_t)cursor_u16(c) * 512, n = cursor_u16(c);
		struct view v = cursor_take(c, n < cursor_left(c) ? n : cursor_left(c));
		if (!v.n || at + v.n > IMAGE)
			continue;
		memcpy(image + at, v.p, v.n);
		end = at + v.n > end ? at + v.n : end;
	}
	return (end + 511) / 512 * 512;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const formats[] = { "raw disk image (MBR)", "E01 image",       "VMDK disk image",
					       "VHD disk image",       "VHDX disk image", "QCOW2 disk image" };
	struct cursor c = cursor_of((struct view){ p, n });
	uint8_t *image = calloc(1, IMAGE);
	char path[] = "/tmp/fuzz_image.XXXXXX";
	int spool = mkstemp(path);

	if (!image || spool < 0)
		abort();
	unlink(path);
	const char *format = formats[cursor_u8(&c) % (sizeof(formats) / sizeof(formats[0]))];
	const struct view bytes = { image, lay_out(&c, image) };
	const struct reader r = reader_of_memory(&bytes);
	const struct open_options options = { .all_files = true, .stores = true, .carve = CARVE_FREE,
					      .hash = true, .verify = bytes.n && !strncmp(format, "raw", 3) };
	const struct open_request q = { .bytes = &r, .format = format, .name = view_str("disk.E01"),
					.dirfd = -1, .spool = spool, .spool_max = 1u << 20,
					.options = &options };
	unsigned told = 0;
	const struct open_sink sink = { &told, on_found, on_volume, on_fact, on_part, on_hash, on_damage,
					on_progress };
	struct err e = { 0 };
	open_container(&q, &sink, &e);
	close(spool);
	free(image);
	return 0;
}
