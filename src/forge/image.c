/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLUSTER 4096u
#define CHUNKS_START 4096u /* of a log's first chunk */
#define MIB (1u << 20)
#define ROOM (32u * MIB) /* for what NTFS itself needs, and some free space */

struct image {
	struct scenario *s;
	const struct forge_wish *wish;
	struct sc_file *files;
	int fd, list_fd;
	struct gpt_part parts[GPT_PARTS];
	const struct sc_host *hosts[GPT_PARTS];
	unsigned n;
	struct buf list;
};

/* ---- what goes into a volume ---- */

static int add_item(struct scenario *s, struct item ***end, struct item i)
{
	struct item *kept = arena_alloc(s->arena, sizeof(*kept));

	if (!kept)
		return sc_no_memory(s);
	*kept = i;
	**end = kept;
	*end = &kept->next;
	return 0;
}

/* Where the records of the chunk end; 0: there is none, as where it was zeroed on purpose. */
static int chunk_used(struct scenario *s, const struct sc_file *f, uint64_t at, uint64_t *used)
{
	uint8_t head[64];

	if (sc_read_at(f->fd, head, sizeof(head), at))
		return err_errno(s->e, ERR_IO, "%s: cannot be read again", f->place.path);
	*used = memcmp(head, "ElfChnk", 8) ? 0 : load_u32(head + 48);
	return 0;
}

/* A piece for each whole chunk: each chunk at another sector of a cluster, a chunk without its
   beginning as far into one as it was. */
static int add_pieces(struct scenario *s, struct item ***end, const struct sc_file *f)
{
	bool whole = f->place.left == LEFT_CHUNKS;
	uint64_t lost = whole ? 0 : f->place.lost, used = 0;
	uint64_t shift = whole ? SECTOR : lost % CLUSTER;

	for (uint64_t at = CHUNKS_START; at + BX_CHUNK <= f->size; at += BX_CHUNK) {
		if (chunk_used(s, f, at, &used))
			return -1;
		if (used <= lost)
			continue;
		struct item i = {.file = f, .piece = true, .chunk = at, .from = at + lost,
				 .size = whole ? BX_CHUNK : used - lost, .shift = shift};
		if (add_item(s, end, i))
			return -1;
		if (whole)
			shift = (shift + SECTOR) % CLUSTER;
	}
	return 0;
}

static int gather(struct image *im, const struct sc_host *host, struct item **items)
{
	struct item **end = items;
	int rc = 0;

	*items = NULL;
	for (const struct sc_file *f = im->files; !rc && f; f = f->next) {
		if (f->place.host != host)
			continue;
		rc = f->place.left == LEFT_LIVE || f->place.left == LEFT_DELETED
			     ? add_item(im->s, &end, (struct item){.file = f})
			     : add_pieces(im->s, &end, f);
	}
	return rc;
}

/* ---- the disk ---- */

/* Sectors of a volume for the host's logs, whole MiB; 0: it has none. */
static uint64_t sectors_for(const struct image *im, const struct sc_host *host)
{
	uint64_t bytes = 0;

	for (const struct sc_file *f = im->files; f; f = f->next)
		if (f->place.host == host)
			bytes += f->size + BX_CHUNK;
	if (!bytes)
		return 0;
	bytes = bytes + bytes / 2 + ROOM;
	return (bytes + MIB - 1) / MIB * GPT_ALIGN;
}

/* A partition for each host with logs; returns the sectors of the disk, 0 with the scenario's `e`. */
static uint64_t lay_out(struct image *im)
{
	uint64_t next = GPT_ALIGN;

	for (size_t i = 0; i < im->s->n_hosts; i++) {
		const struct sc_host *h = &im->s->hosts[i];
		uint64_t sectors = sectors_for(im, h);

		if (!sectors)
			continue;
		if (im->n == GPT_PARTS) {
			err_set(im->s->e, ERR_LIMIT, 0, "%s: more hosts than a disk has partitions (%u)",
				im->s->name, GPT_PARTS);
			return 0;
		}
		im->hosts[im->n] = h;
		im->parts[im->n++] = (struct gpt_part){next, sectors, h->key};
		next += sectors;
	}
	return next + GPT_ALIGN;
}

/* What of the volume is no hole goes to its place on the disk. */
static int copy_volume(struct image *im, int volume, const struct gpt_part *p)
{
	uint8_t room[BX_CHUNK];
	off_t at = 0, size = (off_t)(p->sectors * SECTOR);

	while (at < size && (at = lseek(volume, at, SEEK_DATA)) >= 0 && at < size) {
		size_t n = size - at < (off_t)sizeof(room) ? (size_t)(size - at) : sizeof(room);

		if (sc_read_at(volume, room, n, (uint64_t)at) ||
		    sc_write_at(im->fd, room, n, p->first * SECTOR + (uint64_t)at))
			break;
		at += (off_t)n;
	}
	if (at < 0 && errno == ENXIO) /* no more data */
		at = size;
	return at >= size ? 0 : err_errno(im->s->e, ERR_IO, "%s: cannot be written", im->wish->image);
}

static int list_volume_items(struct image *im, unsigned i, const struct item *items)
{
	list_volume(&im->list, i + 1, &im->parts[i]);
	for (; items; items = items->next)
		if (list_item(im->s, &im->list, i + 1, im->parts[i].first * SECTOR, items))
			return -1;
	return 0;
}

static int put_volume(struct image *im, unsigned i)
{
	const struct gpt_part *p = &im->parts[i];
	struct filling f = {.program = im->wish->filler, .beside = im->wish->image,
			    .label = arena_str(im->s->arena, view_sub(p->name, 0, 32)),
			    .fd = sc_spool(im->wish->image), .first = p->first,
			    .deleted = im->s->start};
	int rc = 0;

	for (const struct sc_file *x = im->files; x; x = x->next)
		if (x->place.host == im->hosts[i] && x->modified > f.deleted)
			f.deleted = x->modified;
	if (!f.label)
		rc = sc_no_memory(im->s);
	else if (f.fd < 0 || ftruncate(f.fd, (off_t)(p->sectors * SECTOR)))
		rc = err_errno(im->s->e, ERR_IO, "%s: no temporary file beside it", im->wish->image);
	if (!rc)
		rc = gather(im, im->hosts[i], &f.items) || filler_run(im->s, &f) ||
				     copy_volume(im, f.fd, p) || list_volume_items(im, i, f.items)
			     ? -1
			     : 0;
	if (f.fd >= 0)
		close(f.fd);
	return rc;
}

static int put_disk(struct image *im)
{
	uint64_t sectors = lay_out(im);

	if (!sectors)
		return -1;
	if (!im->n)
		return err_set(im->s->e, ERR_SYNTAX, 0, "%s: there is no log to put on a disk",
			       im->s->name);
	if (ftruncate(im->fd, (off_t)(sectors * SECTOR)))
		return err_errno(im->s->e, ERR_IO, "%s: cannot be written", im->wish->image);
	if (gpt_write(im->fd, sectors, im->parts, im->n, im->s->e))
		return -1;
	for (unsigned i = 0; i < im->n; i++)
		if (put_volume(im, i))
			return -1;
	return im->list.bad ? sc_no_memory(im->s) : 0;
}

/* ---- the files ---- */

static void tell(const struct image *im, struct buf *made)
{
	for (unsigned i = 0; i < im->n; i++)
		for (const struct sc_file *f = im->files; f; f = f->next) {
			static const char *const state[] = {"", ", deleted", ", only its chunks",
							    ", only parts of its chunks"};

			if (f->place.host != im->hosts[i])
				continue;
			buf_fmt(made, "%s:/p%u/%s%s%s: %llu records, %llu chunks%s\n",
				im->wish->image, i + 1, f->place.path, f->place.stream ? ":" : "",
				f->place.stream ? f->place.stream : "",
				(unsigned long long)f->records, (unsigned long long)f->chunks,
				state[f->place.left]);
		}
}

/* Both files are there, empty, or neither is. */
static int open_files(struct image *im, const char *list)
{
	im->fd = sc_new_file(im->s, im->wish->image);
	if (im->fd < 0)
		return -1;
	im->list_fd = sc_new_file(im->s, list);
	if (im->list_fd >= 0)
		return 0;
	close(im->fd);
	unlink(im->wish->image);
	return -1;
}

static int put_files(struct image *im, const char *list)
{
	int rc = put_disk(im);

	if (!rc && sc_write_at(im->list_fd, im->list.p, im->list.n, 0))
		rc = err_errno(im->s->e, ERR_IO, "%s: cannot be written", list);
	if (close(im->fd) && !rc)
		rc = err_errno(im->s->e, ERR_IO, "%s: cannot be written", im->wish->image);
	if (close(im->list_fd) && !rc)
		rc = err_errno(im->s->e, ERR_IO, "%s: cannot be written", list);
	if (rc) {
		unlink(im->wish->image);
		unlink(list);
	}
	return rc;
}

int sc_write_image(struct scenario *s, const struct forge_wish *w, struct sc_file *files,
		   struct buf *made)
{
	struct image *im = arena_alloc(s->arena, sizeof(*im));
	const char *list;
	int rc = -1;

	buf_clear(&s->scratch);
	buf_fmt(&s->scratch, "%s.tsv", w->image);
	list = s->scratch.bad ? NULL : arena_str(s->arena, buf_data(&s->scratch));
	if (!im || !list)
		return sc_no_memory(s);
	*im = (struct image){.s = s, .wish = w, .files = files};
	buf_init(&im->list, 0);
	list_head(&im->list);
	if (!open_files(im, list))
		rc = put_files(im, list);
	if (!rc)
		tell(im, made);
	buf_release(&im->list);
	return rc;
}
