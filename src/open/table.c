/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "table.h"
#include "tsk.h"

/* ---- what the library does not tell of a GUID partition table (UEFI 2.10, 5.3) ---- */

struct gpt {
	uint64_t entries;     /* in the media */
	uint32_t n, size;     /* how many, and of one, bytes */
	bool sound;           /* its checksums are right */
};

static bool entries_are_sound(const struct image *im, const struct gpt *g, uint32_t crc)
{
	uint8_t bytes[4096];
	uint64_t left = (uint64_t)g->n * g->size, at = g->entries;
	uint32_t sum = 0;

	while (left) {
		size_t n = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);
		if (reader_read(im->media, at, bytes, n) != (int64_t)n)
			return false;
		sum = crc32_add(sum, (struct view){ bytes, n });
		at += n;
		left -= n;
	}
	return sum == crc;
}

static bool header_is_sound(uint8_t header[92])
{
	uint32_t crc = load_u32(header + 16);

	memset(header + 16, 0, 4);
	return crc32_add(0, (struct view){ header, 92 }) == crc;
}

static bool gpt_header(const struct image *im, const TSK_VS_INFO *vs, struct gpt *g)
{
	uint8_t header[92];
	uint64_t block = vs->block_size, blocks = block ? im->media->size / block : 0;

	if (blocks < 2 || reader_read(im->media, (vs->is_backup ? blocks - 1 : 1) * block, header,
				      sizeof(header)) != (int64_t)sizeof(header))
		return false;
	uint64_t first = load_u64(header + 72);
	uint32_t crc = load_u32(header + 88);
	*g = (struct gpt){ .n = load_u32(header + 80), .size = load_u32(header + 84) };
	if (first > blocks || g->size < 128 || g->size > 4096 || g->n > 65536)
		return false;
	g->entries = first * block;
	g->sound = load_u32(header + 12) != 92 ||
		   (header_is_sound(header) && entries_are_sound(im, g, crc));
	return true;
}

static bool gpt_is_reserved(const struct image *im, const struct gpt *g, unsigned slot)
{
	static const char *const types[] = {
		"{e3c9e316-0b5c-4db8-817d-f92df00215ae}", /* reserved by Microsoft */
		"{0657fd6d-a4ab-43c4-84e5-0933c84b4f4f}", /* Linux swap */
		"{21686148-6449-6e6f-744e-656564454649}", /* for BIOS boot loaders */
	};
	struct guid type;
	char text[GUID_TEXT];

	if (slot >= g->n || reader_read(im->media, g->entries + (uint64_t)slot * g->size, type.b, 16) != 16)
		return false;
	guid_format(&type, text);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(text, types[i]))
			return true;
	return false;
}

static void gpt_tell(struct image *im, const TSK_VS_INFO *vs, const struct gpt *g)
{
	if (vs->is_backup)
		open_damage(im->o, DAMAGE_NOTE, "partition-table", vs->block_size, 0,
			    "the first GUID partition table cannot be read; its copy at the end was");
	if (!g->sound)
		open_damage(im->o, DAMAGE_LOSS, "partition-table", vs->block_size, 0,
			    "the GUID partition table's checksums are wrong; it may name other partitions");
}

/* ---- both kinds ---- */

struct reading {
	struct image *im;
	const TSK_VS_INFO *vs;
	struct gpt gpt;
	bool is_gpt;
	unsigned logical; /* of an MBR, met so far */
};

static struct partition partition_of(struct reading *r, const TSK_VS_PART_INFO *from)
{
	uint64_t block = r->vs->block_size;
	unsigned slot = (uint8_t)from->slot_num;
	struct partition p = { .number = slot + 1, .label = view_str(from->desc) };

	p.at = from->start > INT64_MAX / block ? INT64_MAX : from->start * block;
	p.n = from->len > INT64_MAX / block ? INT64_MAX : from->len * block;
	if (p.n > INT64_MAX - p.at)
		p.n = INT64_MAX - p.at;
	if (r->is_gpt)
		p.reserved = gpt_is_reserved(r->im, &r->gpt, slot);
	else
		p.reserved = strstr(from->desc, "(0x82)");
	if (!r->is_gpt && from->table_num > 0)
		p.number = 5 + r->logical++;
	return p;
}

static int read_list(struct reading *r, int (*fn)(void *ctx, const struct partition *p), void *ctx)
{
	unsigned n = 0;

	for (const TSK_VS_PART_INFO *p = r->vs->part_list; p; p = p->next) {
		if (!(p->flags & TSK_VS_PART_FLAG_ALLOC) || (p->flags & TSK_VS_PART_FLAG_META))
			continue;
		if (n++ == LIMIT_VOLUMES) {
			open_damage(r->im->o, DAMAGE_LOSS, "limit", 0, 0,
				    "there are more than %u partitions; the others are not read",
				    LIMIT_VOLUMES);
			return 0;
		}
		const struct partition part = partition_of(r, p);
		if (fn(ctx, &part) < 0)
			return -1;
	}
	return 0;
}

/*
 * A GUID partition table, unless the first sector has an MBR with partitions of its own and there is
 * no header behind it: then a copy at the end is a leftover. The library, left alone, takes the MBR
 * that stands in front of every GPT for the table when the first header is damaged.
 */
static bool is_guard(const TSK_VS_INFO *vs)
{
	for (const TSK_VS_PART_INFO *p = vs->part_list; p; p = p->next)
		if ((p->flags & TSK_VS_PART_FLAG_ALLOC) && strstr(p->desc, "(0xee)"))
			return true;
	return false;
}

static TSK_VS_INFO *open_table(const struct image *im, TSK_IMG_INFO *img, char why[TSK_WHY])
{
	uint8_t sector[520];
	const char *format = "";

	if (reader_read(im->media, 0, sector, sizeof(sector)) == (int64_t)sizeof(sector))
		source_sniff((struct view){ sector, sizeof(sector) }, im->media->size, &format);
	bool mbr = !strcmp(format, "raw disk image (MBR)") && sector[446 + 4] != 0xee;
	TSK_VS_INFO *vs = mbr ? NULL : tsk_vs_open(img, 0, TSK_VS_TYPE_GPT);
	if (!vs) {
		tsk_error_reset();
		vs = tsk_vs_open(img, 0, TSK_VS_TYPE_DOS);
	}
	if (!vs) {
		tsk_why(why);
	} else if (vs->vstype == TSK_VS_TYPE_DOS && is_guard(vs)) {
		snprintf(why, TSK_WHY, "the GUID partition table and its copy are damaged");
		tsk_vs_close(vs);
		vs = NULL;
	}
	return vs;
}

int table_read(struct image *im, int (*fn)(void *ctx, const struct partition *p), void *ctx,
	       char *why, size_t size)
{
	char reason[TSK_WHY] = "";
	TSK_IMG_INFO *img = tsk_input(im->media);

	if (!img)
		return err_set(im->o->e, ERR_NOMEM, 0, "no memory for the partition table");
	TSK_VS_INFO *vs = open_table(im, img, reason);
	struct reading r = { .im = im, .vs = vs, .is_gpt = vs && vs->vstype == TSK_VS_TYPE_GPT };
	int rc = 0;
	if (!vs) {
		snprintf(why, size, "%s", reason);
	} else {
		if (r.is_gpt && gpt_header(im, vs, &r.gpt))
			gpt_tell(im, vs, &r.gpt);
		rc = read_list(&r, fn, ctx) < 0 ? -1 : 1;
		tsk_vs_close(vs);
	}
	tsk_img_close(img);
	return rc;
}
