/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <string.h>

#define FILE_HEADER 4096u
#define CHUNK_HEADER 512u
#define RECORD_HEADER 24u

/* A line of the list. */
struct line {
	const char *state;
	unsigned partition;
	bool has_inode, has_offset;
	uint64_t inode, offset, size, records, first_id, last_id;
	char sha256[65];
	const struct sc_place *place;
};

void list_head(struct buf *b)
{
	buf_str(b, "state\tpartition\tinode\toffset\tsize\trecords\tfirst_id\tlast_id\tsha256\tpath\n");
}

void list_volume(struct buf *b, unsigned number, const struct gpt_part *p)
{
	buf_fmt(b, "volume\t%u\t-\t%llu\t%llu\t-\t-\t-\t-\t%.*s\n", number,
		(unsigned long long)p->first * SECTOR, (unsigned long long)p->sectors * SECTOR,
		(int)p->name.n, (const char *)p->name.p);
}

static void put_number(struct buf *b, bool there, uint64_t n)
{
	if (there)
		buf_decimal(b, n);
	else
		buf_byte(b, '-');
	buf_byte(b, '\t');
}

static void put_line(struct buf *b, const struct line *l)
{
	const char *stream = l->place->stream;

	buf_fmt(b, "%s\t%u\t", l->state, l->partition);
	put_number(b, l->has_inode, l->inode);
	put_number(b, l->has_offset, l->offset);
	put_number(b, true, l->size);
	put_number(b, true, l->records);
	put_number(b, l->records, l->first_id);
	put_number(b, l->records, l->last_id);
	buf_fmt(b, "%s\t%s%s%s\n", l->sha256, l->place->path, stream ? ":" : "", stream ? stream : "");
}

/* The record of a chunk at *at, and *at behind it; false at their end. The forge itself wrote them. */
static bool next_record(struct view chunk, size_t *at, struct view *record)
{
	struct view head = view_sub(chunk, *at, RECORD_HEADER);

	if (head.n < RECORD_HEADER || load_u32(head.p) != 0x2a2a)
		return false;
	*record = view_sub(chunk, *at, load_u32(head.p + 4));
	*at += record->n;
	return record->n >= RECORD_HEADER;
}

/* Counts the chunk's records that lie behind its first `lost` bytes. */
static void count(struct line *l, struct view chunk, size_t lost)
{
	struct view record;
	size_t next = CHUNK_HEADER;

	for (size_t at = next; next_record(chunk, &next, &record); at = next) {
		if (at < lost)
			continue;
		l->last_id = load_u64(record.p + 8);
		if (!l->records++)
			l->first_id = l->last_id;
	}
}

static int no_digest(struct scenario *s)
{
	return err_set(s->e, ERR_NOMEM, 0, "no memory for a digest");
}

static int digest(struct scenario *s, struct line *l, struct view v)
{
	uint8_t sum[32];

	if (!sha256_of(v, sum))
		return no_digest(s);
	hex_format(sum, sizeof(sum), l->sha256);
	return 0;
}

static int unreadable(struct scenario *s, const struct sc_file *f)
{
	return err_errno(s->e, ERR_IO, "%s: cannot be read again", f->place.path);
}

static int list_file(struct scenario *s, struct buf *b, struct line *l, const struct sc_file *f)
{
	uint8_t room[BX_CHUNK], sum[32];
	struct sha256 hash;
	int rc = 0;

	if (!sha256_start(&hash))
		return no_digest(s);
	for (uint64_t at = 0, n; !rc && at < f->size; at += n) {
		n = at ? BX_CHUNK : FILE_HEADER;
		if (n > f->size - at)
			n = f->size - at;
		if (sc_read_at(f->fd, room, (size_t)n, at))
			rc = unreadable(s, f);
		struct view v = {room, rc ? 0 : (size_t)n};
		sha256_add(&hash, v);
		if (at)
			count(l, v, 0);
	}
	sha256_end(&hash, sum);
	hex_format(sum, sizeof(sum), l->sha256);
	l->size = f->size;
	put_line(b, l);
	return rc;
}

/* A line for each record that lies whole in the piece of the chunk. */
static int list_records(struct scenario *s, struct buf *b, const struct line *piece, struct view chunk,
			size_t lost)
{
	struct view record;
	size_t next = CHUNK_HEADER;

	for (size_t at = next; next_record(chunk, &next, &record); at = next) {
		struct line l = {"record", .partition = piece->partition, .has_offset = true,
				 .offset = piece->offset + at - lost, .size = record.n, .records = 1,
				 .place = piece->place};

		if (at < lost)
			continue;
		l.first_id = l.last_id = load_u64(record.p + 8);
		if (digest(s, &l, record))
			return -1;
		put_line(b, &l);
	}
	return 0;
}

static int list_piece(struct scenario *s, struct buf *b, struct line *l, const struct item *i)
{
	uint8_t room[BX_CHUNK];
	struct view chunk = {room, sizeof(room)};
	size_t lost = (size_t)(i->from - i->chunk);

	if (sc_read_at(i->file->fd, room, sizeof(room), i->chunk))
		return unreadable(s, i->file);
	l->size = i->size;
	count(l, chunk, lost);
	if (digest(s, l, view_sub(chunk, lost, (size_t)i->size)))
		return -1;
	put_line(b, l);
	return list_records(s, b, l, chunk, lost);
}

int list_item(struct scenario *s, struct buf *b, unsigned number, uint64_t at, const struct item *i)
{
	static const char *const states[] = {"live", "deleted", "chunk", "part"};
	struct line l = {.state = states[i->file->place.left], .partition = number,
			 .has_inode = !i->piece, .inode = i->answer, .has_offset = i->piece,
			 .offset = at + i->answer, .place = &i->file->place};

	return i->piece ? list_piece(s, b, &l, i) : list_file(s, b, &l, i->file);
}
