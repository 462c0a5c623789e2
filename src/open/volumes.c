/* SPDX-License-Identifier: Apache-2.0 */
/* The volumes of an image: by its partition table, or where one shows by its first sector. */
#include <stdio.h>
#include <string.h>

#include "table.h"

static int remember(struct image *im, uint64_t at, uint64_t n)
{
	struct image_range *v = mem_grow(im->known, (im->n_known + 1) * sizeof(*v));
	size_t i = im->n_known;

	if (!v)
		return err_set(im->o->e, ERR_NOMEM, 0, "no memory for the volumes of an image");
	im->known = v;
	for (; i && v[i - 1].at > at; i--)
		v[i] = v[i - 1];
	v[i] = (struct image_range){ at, n };
	im->n_known++;
	return 0;
}

static bool overlaps_known(const struct image *im, uint64_t at, uint64_t n)
{
	for (size_t i = 0; i < im->n_known; i++)
		if (im->known[i].at < at + n && at < im->known[i].at + im->known[i].n)
			return true;
	return false;
}

/* *known as volume_files() says. */
static int read_volume(struct image *im, struct volume *v, uint64_t at, uint64_t n, uint64_t *known)
{
	const struct open_options *options = im->o->r->options;
	const struct extent place = { 0, at, n };
	const struct mapped map = { im->media, { &place, 1 } };
	const struct reader bytes = reader_of_extents(&map);
	int rc = 0;

	*known = 0;
	if (v->name.n && !open_enters(im->o->r, v->name) && !carve_asks_outside(im->o->r))
		return 0;
	v->bytes = &bytes;
	v->offset = at;
	v->mapped = true;
	if (volume_files(im, v, known) < 0)
		return -1;
	if (!*known || overlaps_known(im, at, *known))
		return 0;
	rc = remember(im, at, *known);
	if (rc == 0 && options->stores)
		rc = shadow_stores(im, v);
	if (rc == 0 && im->o->r->options->carve == CARVE_FREE)
		rc = carve_volume(im, v);
	return rc;
}

/* ---- by the table ---- */

static int tell_beyond(struct image *im, const struct partition *p, struct view name)
{
	const struct open_volume v = { .name = name, .what = p->label, .offset = p->at, .size = p->n,
				       .why = view_str("it lies beyond the end of the image") };

	return im->o->sink->volume(im->o->sink->ctx, &v) < 0 ? -1 : 0;
}

static int on_partition(void *ctx, const struct partition *p)
{
	struct image *im = ctx;
	char name[16];
	uint64_t size = im->media->size, n = p->n, known;

	snprintf(name, sizeof(name), "p%u", p->number);
	struct volume v = { .name = view_str(name), .label = p->label, .reserved = p->reserved };
	if (p->at >= size)
		return tell_beyond(im, p, v.name);
	if (n > size - p->at) {
		n = size - p->at;
		open_damage(im->o, DAMAGE_LOSS, "truncated", size, p->n - n,
			    "partition %s goes on for %llu bytes beyond the end of the image", name,
			    (unsigned long long)(p->n - n));
	}
	return n ? read_volume(im, &v, p->at, n, &known) : 0;
}

/* ---- without one ---- */

/* A volume begins there, of whatever kind. */
static bool volume_shows(const struct image *im, uint64_t at)
{
	uint8_t first[4096];
	const char *format;
	int64_t n = reader_read(im->media, at, first, sizeof(first));

	return n > 0 &&
	       source_sniff((struct view){ first, (size_t)n }, im->media->size - at, &format) ==
		       SOURCE_RECOGNISED &&
	       strstr(format, "volume image");
}

/* Where partitions begin: at the old first track's end, and at whole MiB. */
static uint64_t next_place(uint64_t at)
{
	return at < 63 * 512 ? 63 * 512 : (at / (1u << 20) + 1) * (1u << 20);
}

static int try_place(struct image *im, uint64_t *at)
{
	char name[32];
	uint64_t known;

	snprintf(name, sizeof(name), "at-%llu", (unsigned long long)*at);
	struct volume v = { .name = view_str(name) };
	if (read_volume(im, &v, *at, im->media->size - *at, &known) < 0)
		return -1;
	if (known)
		*at += known - 1;
	return 0;
}

static int search(struct image *im)
{
	unsigned found = 0, probes = 0;

	for (uint64_t at = next_place(0); at < im->media->size; at = next_place(at)) {
		if (probes++ == LIMIT_PROBES || found == LIMIT_VOLUMES) {
			open_damage(im->o, DAMAGE_LOSS, "limit", at, im->media->size - at,
				    "volumes are not looked for any farther");
			break;
		}
		if (!volume_shows(im, at))
			continue;
		found++;
		if (try_place(im, &at) < 0)
			return -1;
	}
	return 0;
}

static int whole(struct image *im)
{
	struct volume v = { .state = SOURCE_LIVE };
	uint64_t known;

	return read_volume(im, &v, 0, im->media->size, &known);
}

int image_volumes(struct image *im)
{
	const char *format = "";
	char why[200];
	bool searched;
	struct err e = { 0 };

	if (source_look(im->media, false, &format, &searched, &e) == SOURCE_UNREADABLE) {
		open_damage(im->o, DAMAGE_LOSS, "read", 0, 0, "the first bytes cannot be read");
		return 0;
	}
	if (volume_shows(im, 0))
		return whole(im);
	int rc = table_read(im, on_partition, im, why, sizeof(why));
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (!strncmp(format, "raw disk", 8))
		open_damage(im->o, DAMAGE_LOSS, "partition-table", 0, 0,
			    "the partition table cannot be read (%s); volumes are looked for", why);
	return search(im);
}
