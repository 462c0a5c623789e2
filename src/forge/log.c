/* SPDX-License-Identifier: Apache-2.0 */
/* The files: which records in which order and with which ids, and what is to be wrong with them. */
#include "scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLAG_DIRTY 1u
#define FLAG_FULL 2u
#define FLAG_NO_CHECKSUMS 4u

/* How one file is to be written. */
struct plan {
	const char *folder, *file, *computer;
	const struct yaml_node *options; /* or NULL */
	const struct sc_record *const *records;
	size_t n;
	uint64_t per_chunk, chunks, flags, truncate;
	bool checksums, stale;
};
/* A file being written. */
struct output {
	struct scenario *s;
	const struct plan *plan;
	int fd;
	struct bx_chunk *chunk;
	uint64_t n_chunks, n_records, last_id, first_chunk_last_id;
};

static int write_error(struct output *o, const char *what)
{
	return err_errno(o->s->e, ERR_IO, "%s/%s: %s", o->plan->folder, o->plan->file, what);
}

static int write_all(struct output *o, uint64_t at, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t w = pwrite(o->fd, p, n, (off_t)at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return write_error(o, "cannot be written");
		p += w;
		n -= (size_t)w;
		at += (uint64_t)w;
	}
	return 0;
}

/* True when a list of the options has the number, or is it. */
static bool lists(const struct plan *p, const char *key, uint64_t number)
{
	const struct yaml_node *v = p->options ? yaml_get(p->options, key) : NULL;
	int64_t i;

	if (v && v->kind == YAML_SCALAR)
		return yaml_int(v, &i) && (uint64_t)i == number;
	for (size_t k = 0; v && v->kind == YAML_SEQUENCE && k < v->n; k++)
		if (yaml_int(v->items[k], &i) && (uint64_t)i == number)
			return true;
	return false;
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
	o->n_records++;
	o->last_id = r->id;
	return 0;
}

static int put_header(struct output *o)
{
	const struct plan *p = o->plan;
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

static int write_file(struct scenario *s, const struct plan *p, int dirfd, struct buf *made)
{
	struct output o = {.s = s, .plan = p};
	int dir = open_folder(&o, dirfd), rc;

	if (dir < 0)
		return -1;
	o.fd = openat(dir, p->file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (o.fd < 0) {
		close(dir);
		return write_error(&o, "cannot be made");
	}
	o.chunk = bx_chunk_new();
	rc = o.chunk ? put_records(&o) : sc_no_memory(s);
	bx_chunk_free(o.chunk);
	if (close(o.fd) && !rc)
		rc = write_error(&o, "cannot be written");
	if (rc)
		unlinkat(dir, p->file, 0);
	close(dir);
	buf_fmt(made, "%s/%s: %llu records, %llu chunks\n", p->folder, p->file,
		(unsigned long long)o.n_records, (unsigned long long)o.n_chunks);
	return rc;
}

/* ---- options ---- */

static bool is_path_part(struct view v)
{
	if (!v.n || v.n > 200 || v.p[0] == '.')
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '/' || v.p[i] < 0x20)
			return false;
	return true;
}

static int read_part(struct scenario *s, const struct yaml_node *n, const char *key,
		     struct view *out)
{
	if (sc_text(s, n, key, out))
		return -1;
	return is_path_part(*out) ? 0 : sc_fail(s, yaml_get(n, key), "\"%s\" must be a plain name", key);
}

static const struct {
	const char *word, *channel;
} channels[] = {{"sysmon", "Microsoft-Windows-Sysmon/Operational"}, {"security", "Security"},
		{"system", "System"}};

static int read_log(struct scenario *s, const struct yaml_node *n)
{
	struct sc_host *h;
	struct view channel;
	struct sc_log *l;

	if (sc_keys(s, n, "a log",
		    "host channel folder file first_id gaps dirty full stale_header checksums "
		    "bad_checksum bad_header_checksum zero_chunk chunks records_per_chunk truncate "
		    "copies") ||
	    sc_need(s, n, "a log", "channel") || sc_host_of(s, n, &h) ||
	    sc_text(s, n, "channel", &channel))
		return -1;
	for (size_t i = 0; i < sizeof(channels) / sizeof(*channels); i++)
		if (view_eq_str(channel, channels[i].word))
			channel = view_str(channels[i].channel);
	l = sc_log_of(s, h, channel);
	if (!l)
		return sc_no_memory(s);
	if (l->options)
		return sc_fail(s, n, "this log stands here for the second time (first in line %u)",
			       l->options->line);
	l->options = n;
	return 0;
}

int sc_read_logs(struct scenario *s)
{
	const struct yaml_node *list;

	if (sc_list(s, "logs", &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (read_log(s, list->items[i]))
			return -1;
	return 0;
}

/* "Microsoft-Windows-Sysmon/Operational" is kept in Microsoft-Windows-Sysmon%4Operational.evtx. */
static int name_file(struct scenario *s, struct sc_log *l)
{
	buf_clear(&s->scratch);
	for (size_t i = 0; i < l->channel.n; i++) {
		if (l->channel.p[i] == '/')
			buf_str(&s->scratch, "%4");
		else
			buf_byte(&s->scratch, l->channel.p[i]);
	}
	buf_str(&s->scratch, ".evtx");
	l->file = arena_keep(s->arena, buf_data(&s->scratch));
	l->folder = l->host->key;
	if (s->scratch.bad || !l->file.p)
		return sc_no_memory(s);
	if (!is_path_part(l->file))
		return sc_fail(s, l->options, "this channel cannot be a file's name");
	if (!l->options)
		return 0;
	return read_part(s, l->options, "file", &l->file) ||
			       read_part(s, l->options, "folder", &l->folder)
		       ? -1
		       : 0;
}

static int by_time(const void *x, const void *y)
{
	const struct sc_record *a = *(const struct sc_record *const *)x;
	const struct sc_record *b = *(const struct sc_record *const *)y;

	if (a->r.written != b->r.written)
		return a->r.written < b->r.written ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* Ids missing behind so many records. */
static int gap_behind(struct scenario *s, const struct sc_log *l, uint64_t n, uint64_t *gap)
{
	const struct yaml_node *list = l->options ? yaml_get(l->options, "gaps") : NULL;
	uint64_t after, missing;

	*gap = 0;
	if (list && list->kind != YAML_SEQUENCE)
		return sc_fail(s, list, "\"gaps\" must be a list");
	for (size_t i = 0; list && i < list->n; i++) {
		after = missing = 0;
		if (sc_keys(s, list->items[i], "a gap", "after missing") ||
		    sc_uint(s, list->items[i], "after", LIMIT_FORGE_RECORDS, &after) ||
		    sc_uint(s, list->items[i], "missing", UINT32_MAX, &missing))
			return -1;
		if (after == n)
			*gap += missing;
	}
	return 0;
}

static struct sc_record **in_order(struct scenario *s, struct sc_log *l)
{
	struct sc_record **v = arena_array(s->arena, l->n + 1, sizeof(*v));
	uint64_t id = 1, gap;
	size_t n = 0;

	if (!v) {
		sc_no_memory(s);
		return NULL;
	}
	if (l->options && sc_uint(s, l->options, "first_id", INT64_MAX / 2, &id))
		return NULL;
	for (struct sc_record *r = l->first; r; r = r->next)
		v[n++] = r;
	qsort(v, n, sizeof(*v), by_time);
	for (size_t i = 0; i < n; i++) {
		v[i]->r.id = id++;
		if (gap_behind(s, l, i + 1, &gap))
			return NULL;
		id += gap;
	}
	return v;
}

static int read_plan(struct scenario *s, struct plan *p)
{
	const struct yaml_node *n = p->options;
	bool dirty = false, full = false;

	p->checksums = true;
	if (!n)
		return 0;
	if (sc_bool(s, n, "dirty", &dirty) || sc_bool(s, n, "full", &full) ||
	    sc_bool(s, n, "stale_header", &p->stale) ||
	    sc_bool(s, n, "checksums", &p->checksums) ||
	    sc_uint(s, n, "chunks", LIMIT_FORGE_CHUNKS, &p->chunks) ||
	    sc_uint(s, n, "truncate", UINT32_MAX, &p->truncate) ||
	    sc_uint(s, n, "records_per_chunk", LIMIT_FORGE_RECORDS, &p->per_chunk))
		return -1;
	p->flags = (dirty ? FLAG_DIRTY : 0) | (full ? FLAG_FULL : 0);
	return 0;
}

/* Another file with some of the records, under the same ids: an archived log, an older copy. */
static int write_copy(struct scenario *s, const struct sc_log *l, const struct yaml_node *n,
		      struct sc_record *const *v, struct plan p, int dirfd, struct buf *made)
{
	struct view folder = l->folder, file = l->file;
	uint64_t from = 0, to = UINT64_MAX;
	size_t first = 0;

	if (sc_keys(s, n, "a copy", "folder file from to records_per_chunk checksums dirty full "
				    "stale_header chunks truncate bad_checksum "
				    "bad_header_checksum zero_chunk") ||
	    read_part(s, n, "folder", &folder) || read_part(s, n, "file", &file) ||
	    sc_time(s, n, "from", &from) || sc_time(s, n, "to", &to))
		return -1;
	while (first < l->n && v[first]->r.written < from)
		first++;
	p.options = n;
	p.records += first;
	for (p.n = 0; first + p.n < l->n && v[first + p.n]->r.written <= to; p.n++)
		;
	p.folder = arena_str(s->arena, folder);
	p.file = arena_str(s->arena, file);
	if (!p.folder || !p.file)
		return sc_no_memory(s);
	return read_plan(s, &p) || write_file(s, &p, dirfd, made) ? -1 : 0;
}

static int write_log(struct scenario *s, struct sc_log *l, int dirfd, struct buf *made)
{
	const struct yaml_node *copies = l->options ? yaml_get(l->options, "copies") : NULL;
	struct sc_record **v;
	struct plan p = {.options = l->options};

	if (name_file(s, l) || read_plan(s, &p))
		return -1;
	v = in_order(s, l);
	if (!v)
		return -1;
	p.records = (const struct sc_record *const *)v;
	p.n = l->n;
	p.folder = arena_str(s->arena, l->folder);
	p.file = arena_str(s->arena, l->file);
	p.computer = arena_str(s->arena, l->host->computer);
	if (!p.folder || !p.file || !p.computer)
		return sc_no_memory(s);
	if (write_file(s, &p, dirfd, made))
		return -1;
	if (copies && copies->kind != YAML_SEQUENCE)
		return sc_fail(s, copies, "\"copies\" must be a list");
	for (size_t i = 0; copies && i < copies->n; i++)
		if (write_copy(s, l, copies->items[i], v,
			       (struct plan){.records = p.records, .computer = p.computer}, dirfd,
			       made))
			return -1;
	return 0;
}

int sc_write(struct scenario *s, int dirfd, struct buf *made)
{
	for (struct sc_log *l = s->logs; l; l = l->next)
		if (write_log(s, l, dirfd, made))
			return -1;
	return made->bad ? sc_no_memory(s) : 0;
}
