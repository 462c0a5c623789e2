/* SPDX-License-Identifier: Apache-2.0 */
/* A file, chunk by chunk, with what is to be wrong with it. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file being written. */
struct output {
	struct scenario *s;
	const struct sc_plan *plan;
	int fd;
	struct bx_chunk *chunk;
	uint64_t n_chunks, n_records, last_id, first_chunk_last_id;
	uint64_t n_put; /* records, those that were hidden too */
};

static int write_error(struct output *o, const char *what)
{
	return err_errno(o->s->e, ERR_IO, "%s/%s: %s", o->plan->folder, o->plan->file, what);
}

static int write_all(struct output *o, uint64_t at, const uint8_t *p, size_t n)
{
	return sc_write_at(o->fd, p, n, at) ? write_error(o, "cannot be written") : 0;
}

bool sc_lists(const struct yaml_node *options, const char *key, uint64_t number)
{
	const struct yaml_node *v = options ? yaml_get(options, key) : NULL;
	int64_t i;

	if (v && v->kind == YAML_SCALAR)
		return yaml_int(v, &i) && (uint64_t)i == number;
	for (size_t k = 0; v && v->kind == YAML_SEQUENCE && k < v->n; k++)
		if (yaml_int(v->items[k], &i) && (uint64_t)i == number)
			return true;
	return false;
}

static bool lists(const struct sc_plan *p, const char *key, uint64_t number)
{
	return sc_lists(p->options, key, number);
}

static void spoil(struct output *o, uint8_t *p)
{
	if (lists(o->plan, "bad_checksum", o->n_chunks))
		p[52] ^= 0xff;
	if (lists(o->plan, "bad_header_checksum", o->n_chunks))
		p[124] ^= 0xff;
	if (!o->plan->checksums)
		p[120] |= FLAG_NO_CHECKSUMS;
	if (lists(o->plan, "zero_chunk", o->n_chunks))
		memset(p, 0, BX_CHUNK);
}

static int put_chunk(struct output *o)
{
	struct view v = bx_chunk_end(o->chunk, o->plan->checksums);

	if (o->n_chunks >= LIMIT_FORGE_CHUNKS)
		return err_set(o->s->e, ERR_LIMIT, 0, "%s/%s: more than %u chunks", o->plan->folder,
			       o->plan->file, LIMIT_FORGE_CHUNKS);
	spoil(o, o->chunk->b.p);
	if (write_all(o, 4096 + o->n_chunks * BX_CHUNK, v.p, v.n))
		return -1;
	if (!o->n_chunks++)
		o->first_chunk_last_id = o->last_id;
	bx_chunk_start(o->chunk, o->n_records + 1, o->plan->computer);
	return 0;
}

static int hide(struct output *o)
{
	if (bx_chunk_hide_last(o->chunk))
		return 0;
	return sc_fail(o->s, yaml_get(o->plan->options, "hide"),
		       "record %llu cannot be hidden: none stands before it in its chunk",
		       (unsigned long long)o->n_put);
}

static int put_record(struct output *o, const struct bx_record *r)
{
	int rc;

	if (o->plan->per_chunk && o->chunk->n >= o->plan->per_chunk && put_chunk(o))
		return -1;
	rc = bx_chunk_add(o->chunk, r);
	if (rc > 0 && o->chunk->n) {
		if (put_chunk(o))
			return -1;
		rc = bx_chunk_add(o->chunk, r);
	}
	if (rc > 0)
		return err_set(o->s->e, ERR_LIMIT, 0, "%s: record %llu of %s/%s is larger than a chunk",
			       o->s->name, (unsigned long long)r->id, o->plan->folder,
			       o->plan->file);
	if (rc < 0)
		return sc_no_memory(o->s);
	if (lists(o->plan, "hide", ++o->n_put))
		return hide(o);
	o->n_records++;
	o->last_id = r->frame_id;
	return 0;
}

static int put_header(struct output *o)
{
	const struct sc_plan *p = o->plan;
	struct bx_header h = {.last_chunk = o->n_chunks - 1, .next_record_id = o->last_id + 1,
			      .chunk_count = (uint16_t)o->n_chunks, .flags = (uint32_t)p->flags,
			      .checksum = true};
	uint8_t block[4096];

	if (!p->checksums)
		h.flags |= FLAG_NO_CHECKSUMS;
	if (p->stale) {
		/* As on a log whose service never came to write its counts. */
		h.last_chunk = 0;
		h.chunk_count = 1;
		h.next_record_id = o->first_chunk_last_id + 1;
	}
	if (p->next_id)
		h.next_record_id = p->next_id;
	bx_header_write(&h, block);
	return write_all(o, 0, block, sizeof(block));
}

static int put_rest(struct output *o)
{
	uint64_t chunks = o->n_chunks > o->plan->chunks ? o->n_chunks : o->plan->chunks;
	uint64_t size = 4096 + chunks * BX_CHUNK;

	if (o->plan->truncate && o->plan->truncate < size)
		size = o->plan->truncate;
	return ftruncate(o->fd, (off_t)size) ? write_error(o, "cannot be written") : 0;
}

static int put_records(struct output *o)
{
	bx_chunk_start(o->chunk, 1, o->plan->computer);
	for (size_t i = 0; i < o->plan->n; i++)
		for (int k = 0; k <= o->plan->records[i]->twice; k++)
			if (put_record(o, &o->plan->records[i]->r))
				return -1;
	if ((o->chunk->n || !o->n_chunks) && put_chunk(o))
		return -1;
	return put_header(o) || put_rest(o) ? -1 : 0;
}

static int open_folder(struct output *o, int dirfd)
{
	int fd;

	if (mkdirat(dirfd, o->plan->folder, 0777) && errno != EEXIST)
		return write_error(o, "the folder cannot be made");
	fd = openat(dirfd, o->plan->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? write_error(o, "the folder cannot be opened") : fd;
}

static int put_file(struct output *o)
{
	o->chunk = bx_chunk_new();
	int rc = o->chunk ? put_records(o) : sc_no_memory(o->s);
	bx_chunk_free(o->chunk);
	return rc;
}

static int write_named(struct output *o, int dirfd)
{
	const struct sc_plan *p = o->plan;
	int dir = open_folder(o, dirfd), rc;

	if (dir < 0)
		return -1;
	o->fd = openat(dir, p->file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (o->fd < 0) {
		close(dir);
		return write_error(o, "cannot be made");
	}
	rc = put_file(o);
	if (close(o->fd) && !rc)
		rc = write_error(o, "cannot be written");
	if (rc)
		unlinkat(dir, p->file, 0);
	close(dir);
	return rc;
}

static int write_kept(struct output *o, struct sc_sink *sink)
{
	const struct sc_plan *p = o->plan;
	struct stat st;
	struct sc_file f = {.place = p->place, .created = o->s->start, .modified = o->s->start};

	o->fd = f.fd = sc_spool(sink->beside);
	if (o->fd < 0)
		return write_error(o, "cannot be made");
	int rc = put_file(o);
	if (!rc && fstat(o->fd, &st))
		rc = write_error(o, "cannot be read");
	if (!rc) {
		f.size = (uint64_t)st.st_size;
		f.records = o->n_records;
		f.chunks = o->n_chunks;
		if (p->n) {
			f.created = p->records[0]->r.written;
			f.modified = p->records[p->n - 1]->r.written;
		}
		rc = sc_keep(o->s, sink, &f, p->folder, p->file);
	}
	if (rc)
		close(o->fd);
	return rc;
}

int sc_write_file(struct scenario *s, const struct sc_plan *p, struct sc_sink *sink, struct buf *made)
{
	struct output o = {.s = s, .plan = p};

	if (sink->dirfd < 0)
		return write_kept(&o, sink);
	if (p->place.left != LEFT_LIVE)
		return 0;
	if (write_named(&o, sink->dirfd))
		return -1;
	buf_fmt(made, "%s/%s: %llu records, %llu chunks\n", p->folder, p->file,
		(unsigned long long)o.n_records, (unsigned long long)o.n_chunks);
	return 0;
}
