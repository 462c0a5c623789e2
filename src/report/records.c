/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records/: the chunks that hold the records of findings, for whoever wants to read them with other
 * tools. Each is a log of one chunk: a file header of ours, then the chunk's bytes as they are in the
 * evidence, its templates with it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "columns.h"
#include "report-private.h"

#define RECORDS_NAME (sizeof(RECORDS_FOLDER) + 64 + sizeof(".evtx"))
#define INDEX_NAME "index.csv"

enum { RECORDS_COLUMNS(COLUMN_ENUM) RC_COUNT };
static const char *const names[] = {RECORDS_COLUMNS(COLUMN_NAME)};

const char *const *records_columns(size_t *n)
{
	*n = RC_COUNT;
	return names;
}

struct records {
	struct sheet index;
	struct outputs *out;
	struct map of; /* of a chunk's digest: its place in `out` */
	struct source_bytes bytes;
	uint32_t bytes_of; /* the source's index + 1; 0: none is open */
	int dirfd;
	uint8_t image[EVTX_HEADER_SIZE + EVTX_CHUNK_SIZE];
};

/* ---- the folder ---- */

static bool is_ours(const char *name)
{
	size_t n = strspn(name, "0123456789abcdef");

	return (n == 64 && !strcmp(name + n, ".evtx")) || !strcmp(name, INDEX_NAME) ||
	       (name[0] == '.' && strstr(name, ".part"));
}

int records_clear(int dirfd, struct err *e)
{
	int fd = openat(dirfd, RECORDS_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int rc = 0;

	while (d && rc == 0 && (entry = readdir(d)))
		if (is_ours(entry->d_name) && unlinkat(fd, entry->d_name, 0) < 0)
			rc = err_errno(e, ERR_IO, "cannot remove the earlier " RECORDS_FOLDER);
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	unlinkat(dirfd, RECORDS_FOLDER, AT_REMOVEDIR);
	return rc;
}

static int folder_open(struct records *r, int dirfd, struct err *e)
{
	if (mkdirat(dirfd, RECORDS_FOLDER, 0777) < 0 && errno != EEXIST)
		return err_errno(e, ERR_IO, "cannot make " RECORDS_FOLDER);
	r->dirfd = openat(dirfd, RECORDS_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return r->dirfd < 0 ? err_errno(e, ERR_IO, "cannot open " RECORDS_FOLDER) : 0;
}

int outputs_add(struct outputs *l, const char *name, struct output **out, struct err *e)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		struct output *v = mem_grow(l->v, cap * sizeof(*v));

		if (!v)
			return no_memory(e, "the list of files");
		l->v = v;
		l->cap = cap;
	}
	char *kept = arena_str(&l->names, view_str(name));
	if (!kept)
		return no_memory(e, "the list of files");
	*out = &l->v[l->n++];
	**out = (struct output){.name = kept};
	return 0;
}

/* ---- chunks ---- */

static void source_close(struct records *r)
{
	if (r->bytes_of && r->bytes.fd >= 0)
		close(r->bytes.fd);
	if (r->bytes_of)
		mem_free(r->bytes.map);
	r->bytes_of = 0;
}

static int source_for(struct records *r, const struct source *s)
{
	struct err unused = {0};

	if (r->bytes_of == s->index + 1)
		return 0;
	source_close(r);
	if (source_bytes(r->index.run->list, s, &r->bytes, &unused) < 0)
		return -1;
	r->bytes_of = s->index + 1;
	return 0;
}

/* The chunk as it was when the records were read; false: it cannot be had any more. */
static bool chunk_read(struct records *r, const struct source *s, const struct record_proof *p)
{
	uint8_t *chunk = r->image + EVTX_HEADER_SIZE, sha256[32];
	size_t n = p->chunk_size - p->chunk_lead;

	if (p->chunk_size > EVTX_CHUNK_SIZE || p->chunk_lead > p->chunk_size || source_for(r, s) < 0)
		return false;
	const struct reader file = reader_of_fd(r->bytes.fd, r->bytes.n_map ? INT64_MAX : s->size);
	const struct mapped m = {&file, {r->bytes.map, r->bytes.n_map}};
	const struct reader through = r->bytes.n_map ? reader_of_extents(&m) : file;
	memset(chunk, 0, p->chunk_lead);
	return reader_read(&through, p->chunk_at, chunk + p->chunk_lead, n) == (int64_t)n &&
	       sha256_of((struct view){chunk, p->chunk_size}, sha256) &&
	       memcmp(sha256, p->chunk_sha256, sizeof(sha256)) == 0;
}

static int chunk_write(struct records *r, const char *name, size_t n, struct output *o, struct err *e)
{
	struct outfile *f;

	if (outfile_open(&f, r->dirfd, name, e) < 0)
		return -1;
	if (outfile_write(f, (struct view){r->image, EVTX_HEADER_SIZE + n}, e) < 0 ||
	    outfile_finish(f, o->sha256, &o->size, e) < 0) {
		outfile_abandon(f);
		return -1;
	}
	return outfile_keep(f, e);
}

/* The file that holds the chunk, or "" and why there is none. */
static int chunk_file(struct records *r, const struct source *s, const struct record_proof *p,
		      const char **file, const char **why, struct err *e)
{
	char hex[65], path[RECORDS_NAME + 8];
	uint64_t key = hash_view(0, (struct view){p->chunk_sha256, 32}), at;
	struct output *o;

	*file = *why = "";
	hex_format(p->chunk_sha256, 32, hex);
	snprintf(path, sizeof(path), RECORDS_FOLDER "/%s.evtx", hex);
	if (map_get(&r->of, key, &at) && !strcmp(r->out->v[at].name, path)) {
		*file = r->out->v[at].name;
		return 0;
	}
	if (r->out->n >= LIMIT_EXPORT_CHUNKS) {
		*why = "not written: there are too many chunks";
		return 0;
	}
	if (!chunk_read(r, s, p)) {
		*why = "not written: the chunk's bytes cannot be had any more";
		return 0;
	}
	if (outputs_add(r->out, path, &o, e) < 0)
		return -1;
	*file = o->name;
	if (!map_put(&r->of, key, r->out->n - 1))
		return no_memory(e, "the records");
	return chunk_write(r, path + sizeof(RECORDS_FOLDER), p->chunk_size, o, e);
}

/* ---- the index ---- */

static int record_row(struct records *r, const struct finding *f, const struct evidence *ev,
		      struct err *e)
{
	const struct source_result *src = run_source(r->index.run, ev->place.source);
	const struct record_proof *p = ev->proof && ev->proof->known ? ev->proof : NULL;
	struct arena *a = &r->index.a;
	struct cell c[RC_COUNT] = {0};
	const char *file = "", *why = "not written: the record could not be read again";

	if (p && src && chunk_file(r, src->source, p, &file, &why, e) < 0)
		return -1;
	c[RC_FINDING_ID] = cell_str(f->id);
	c[RC_ROLE] = cell_str(role_name(ev->role));
	c[RC_RECORD_ID] = cell_plain(a, "%" PRIu64, ev->record_id);
	c[RC_SOURCE] = cell_text(view_str(src ? src->source->path : ""));
	if (src && src->source->hashed)
		c[RC_SOURCE_SHA256] = cell_hash(a, src->source->sha256);
	c[RC_CHUNK] = cell_plain(a, "%" PRIu64, ev->place.chunk);
	c[RC_OFFSET] = cell_plain(a, "%" PRIu64, ev->place.offset);
	c[RC_SIZE] = cell_plain(a, "%" PRIu32, ev->place.size);
	if (p) {
		c[RC_CHUNK_OFFSET] = cell_plain(a, "%" PRIu64, p->chunk_at);
		c[RC_CHUNK_SIZE] = cell_plain(a, "%" PRIu32, p->chunk_size - p->chunk_lead);
		c[RC_RECORD_SHA256] = cell_hash(a, p->record_sha256);
		c[RC_CHUNK_SHA256] = cell_hash(a, p->chunk_sha256);
	}
	if (*file)
		c[RC_OFFSET_IN_FILE] = cell_plain(a, "%" PRIu64, EVTX_HEADER_SIZE + p->chunk_lead +
								     ev->place.offset - p->chunk_at);
	c[RC_FILE] = cell_str(*file ? file + sizeof(RECORDS_FOLDER) : "");
	c[RC_NOTE] = cell_str(why);
	csv_cells(&r->index.b, c, RC_COUNT);
	csv_end(&r->index.b);
	return sheet_flush(&r->index, e);
}

static int record_rows(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	(void)i;
	for (size_t k = 0; k < f->n_evidence; k++)
		if (record_row(ctx, f, &f->evidence[k], e) < 0)
			return -1;
	return 0;
}

static int all_written(struct records *r, const struct run *run, struct err *e)
{
	struct output own = {.name = INDEX_NAME}, *o;
	int rc;

	if (sheet_open_in(&r->index, run, r->dirfd, INDEX_NAME, e) < 0)
		return -1;
	csv_header(&r->index.b, names, RC_COUNT);
	rc = each_finding(run, record_rows, r, e);
	if (sheet_close(&r->index, rc, &own, e) < 0 || outfile_keep(own.file, e) < 0 ||
	    folder_sync(r->dirfd, e) < 0 ||
	    outputs_add(r->out, RECORDS_FOLDER "/" INDEX_NAME, &o, e) < 0)
		return -1;
	o->size = own.size;
	memcpy(o->sha256, own.sha256, sizeof(o->sha256));
	return 0;
}

int records_write(const struct run *run, struct outputs *out, struct err *e)
{
	struct records *r = mem_alloc(sizeof(*r));

	if (!r)
		return no_memory(e, "the records");
	r->dirfd = -1;
	r->out = out;
	map_init(&r->of);
	log_header_make(r->image);
	int rc = folder_open(r, run->dirfd, e);
	if (rc == 0)
		rc = all_written(r, run, e);
	source_close(r);
	if (r->dirfd >= 0)
		close(r->dirfd);
	map_release(&r->of);
	mem_free(r);
	return rc;
}
