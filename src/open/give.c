/* SPDX-License-Identifier: Apache-2.0 */
/* A file's streams: which are wanted, what they are, where their bytes can be read. */
#include <stdio.h>
#include <string.h>

#include "exfat.h"
#include "files.h"

struct giving {
	struct files *w;
	TSK_FS_FILE *file;
	TSK_FS_ATTR *attr;
	struct data data;
	struct exfat_entry exfat; /* of other volumes: all of it valid, all times in UTC */
	struct open_found found;
	enum open_choice choice;
};

void files_damage(struct files *w, enum damage_severity s, const char *kind, uint64_t offset,
		  uint64_t length, struct view path, const char *what)
{
	open_damage(w->im->o, s, kind, offset, length, "%.*s: %s", (int)(path.n < 120 ? path.n : 120),
		    (const char *)path.p, what);
}

static int give(struct giving *g)
{
	const struct open_sink *sink = g->w->im->o->sink;

	return sink->found(sink->ctx, &g->found) < 0 ? -1 : 0;
}

static int give_unreadable(struct giving *g, enum err_code code, const char *why)
{
	g->found.kind = SOURCE_UNREADABLE;
	g->found.format = "";
	g->found.searched = false;
	err_set(&g->found.why, code, 0, "%s", why);
	return give(g);
}

/* ---- where its bytes are ---- */

/* So that whoever waits hears of a long copy; a sink that wants an end is heard at the next file. */
struct counted {
	struct files *w;
	const struct reader *from;
	bool *ended;
};

static int64_t read_counted(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct counted *c = r->ctx;
	int64_t got = reader_read(c->from, off, out, n);

	if (got > 0 && image_progress(c->w->im, c->w->v, 0, (uint64_t)got) < 0)
		*c->ended = true;
	return got;
}

static int spool(struct giving *g, const struct reader *bytes)
{
	struct opening *o = g->w->im->o;
	uint64_t before = o->spool_at, left = o->r->spool_max - (before - o->r->spool_at);
	bool ended = false;
	const struct counted c = { g->w, bytes, &ended };
	const struct reader counted = { .read_at = read_counted, .ctx = &c, .fd = -1, .size = bytes->size };

	if (g->found.size > left)
		return give_unreadable(g, ERR_LIMIT, "it cannot be read where it is, and there is no room "
				       "for a copy; allow for more");
	if (open_spool_file(o, &g->found, &counted) < 0 || ended)
		return -1;
	return give(g);
}

/* From places in the volume to those in the media. */
static void map_pieces(struct giving *g)
{
	struct extent *v = (struct extent *)(void *)g->w->pieces.p;

	for (size_t i = 0; i < g->data.plain.n; i++)
		if (v[i].at != EXTENT_ZERO)
			v[i].at += g->w->v->offset;
	g->found.extents = g->data.plain.v;
	g->found.n_extents = g->data.plain.n;
}

static void tell_lost(struct giving *g)
{
	char what[120];

	if (!g->data.lost)
		return;
	snprintf(what, sizeof(what), "%llu of its bytes, the first at %llu, are not in the image",
		 (unsigned long long)g->data.lost, (unsigned long long)g->data.lost_at);
	files_damage(g->w, DAMAGE_LOSS, "truncated", g->w->v->offset + g->w->v->bytes->size, g->data.lost,
		     g->found.path, what);
}

/* Clusters of a deleted file that are in use again. */
static void tell_reused(struct giving *g)
{
	TSK_FS_INFO *fs = g->w->fs;
	uint64_t all = 0, used = 0;
	char what[120];

	if (g->found.state != SOURCE_DELETED || !(g->attr->flags & TSK_FS_ATTR_NONRES))
		return;
	for (const TSK_FS_ATTR_RUN *run = g->attr->nrd.run; run; run = run->next) {
		if (run->flags & (TSK_FS_ATTR_RUN_FLAG_FILLER | TSK_FS_ATTR_RUN_FLAG_SPARSE))
			continue;
		for (uint64_t i = 0; i < run->len && all < LIMIT_REUSED_BLOCKS; i++, all++)
			used += (fs->block_getflags(fs, run->addr + i) & TSK_FS_BLOCK_FLAG_ALLOC) != 0;
	}
	tsk_error_reset();
	if (!used)
		return;
	snprintf(what, sizeof(what), "deleted, and %llu of %llu clusters are in use again: what is there may be "
		 "another's", (unsigned long long)used, (unsigned long long)all);
	files_damage(g->w, DAMAGE_NOTE, "reused", 0, 0, g->found.path, what);
}

static int give_bytes(struct giving *g, const struct reader *bytes)
{
	bool there = g->data.plain.n && g->w->v->mapped;
	int rc;

	tell_lost(g);
	tell_reused(g);
	if (there && g->w->im->direct) {
		map_pieces(g);
		return give(g);
	}
	if (!g->found.size)
		return give(g);
	if (!there)
		return spool(g, bytes);
	/* the copy is read through the same extents: they are mapped behind it */
	struct extent *kept = mem_alloc(g->data.plain.n * sizeof(*kept));
	if (!kept)
		return err_set(g->w->im->o->e, ERR_NOMEM, 0, "no memory for the pieces of a file");
	memcpy(kept, g->data.plain.v, g->data.plain.n * sizeof(*kept));
	map_pieces(g);
	g->data.map.map.v = kept;
	rc = spool(g, bytes);
	mem_free(kept);
	return rc;
}

/* ---- what it is ---- */

static bool is_log_or_told(const struct giving *g)
{
	switch (g->found.kind) {
	case SOURCE_EVTX:
	case SOURCE_RECOGNISED:
	case SOURCE_CONTAINER:
	case SOURCE_UNREADABLE:
		return true;
	case SOURCE_PART:
	case SOURCE_EMPTY:
	case SOURCE_OTHER:
		break;
	}
	return g->choice == CHOICE_LOG;
}

static int look(struct giving *g)
{
	const struct reader bytes = data_reader(&g->data);
	struct open_found *f = &g->found;

	f->kind = source_look(&bytes, g->choice == CHOICE_LOG, &f->format, &f->searched, &f->why);
	if (!is_log_or_told(g))
		return 0;
	return f->kind == SOURCE_UNREADABLE ? give(g) : give_bytes(g, &bytes);
}

/* Windows keeps the bytes of a file that it has packed in a stream of this name; its own are zeros then. */
static bool is_packed(TSK_FS_FILE *f)
{
	int n = tsk_fs_file_attr_getsize(f);

	for (int i = 0; i < n && i < (int)LIMIT_FILE_STREAMS; i++) {
		const TSK_FS_ATTR *a = tsk_fs_file_attr_get_idx(f, i);
		if (a && a->name && !strcmp(a->name, "WofCompressedData"))
			return true;
	}
	return false;
}

static int give_stream(struct giving *g)
{
	struct files *w = g->w;

	if (g->attr->flags & TSK_FS_ATTR_ENC)
		return give_unreadable(g, ERR_UNSUPPORTED,
				       "Windows encrypted it (EFS); decrypt it with its owner's key first");
	if (!g->attr->name && (g->attr->flags & TSK_FS_ATTR_NONRES) && is_packed(g->file))
		return give_unreadable(g, ERR_UNSUPPORTED,
				       "Windows packed it (WOF), which is not read; copy it out with Windows");
	if (g->attr->size < 0)
		return give_unreadable(g, ERR_DAMAGE, "its size cannot be");
	if (data_init(&g->data, w->v, g->file, g->attr, g->exfat.valid, &w->pieces) < 0)
		return err_set(w->im->o->e, ERR_NOMEM, 0, "no memory for the pieces of a file");
	return look(g);
}

/* ---- its names and times ---- */

static uint64_t time_of(time_t sec, uint32_t nano)
{
	return sec ? time_from_unix(sec, nano) : 0;
}

static void describe(struct giving *g, struct view path, bool deleted)
{
	struct files *w = g->w;
	const TSK_FS_META *m = g->file->meta;
	struct open_found *f = &g->found;

	buf_clear(&w->inode);
	buf_fmt(&w->inode, "%llu", (unsigned long long)m->addr);
	if (TSK_FS_TYPE_ISNTFS(w->fs->ftype))
		buf_fmt(&w->inode, "-%u-%u", (unsigned)g->attr->type, g->attr->id);
	*f = (struct open_found){ .path = path, .volume = w->v->name, .inode = buf_data(&w->inode),
				  .size = g->attr->size > 0 ? (uint64_t)g->attr->size : 0 };
	f->state = deleted ? SOURCE_DELETED : w->v->state;
	f->times[TIME_MODIFIED] = time_of(m->mtime, m->mtime_nano);
	f->times[TIME_ACCESSED] = time_of(m->atime, m->atime_nano);
	f->times[TIME_CHANGED] = time_of(m->ctime, m->ctime_nano);
	f->times[TIME_BORN] = time_of(m->crtime, m->crtime_nano);
	for (int i = 0; i < 4; i++)
		if ((int64_t)f->times[i] > g->exfat.zone[i])
			f->times[i] -= (uint64_t)g->exfat.zone[i];
}

static bool is_data(const struct files *w, const TSK_FS_ATTR *a)
{
	return a->type == (TSK_FS_TYPE_ISNTFS(w->fs->ftype) ? TSK_FS_ATTR_TYPE_NTFS_DATA
							     : TSK_FS_ATTR_TYPE_DEFAULT);
}

/* With the volume's name, and that of the stream. */
static struct view stream_path(struct files *w, struct view path, const TSK_FS_ATTR *a)
{
	volume_path(&w->path, w->v, path);
	if (a && a->name && *a->name) {
		buf_byte(&w->path, ':');
		buf_str(&w->path, a->name);
	}
	return buf_data(&w->path);
}

static int no_memory(struct files *w)
{
	return err_set(w->im->o->e, ERR_NOMEM, 0, "no memory for the files of a volume");
}

#define NTFS_OWN_FILES 16u /* MFT entries that the file system keeps for itself */

/* NTFS' own files are none that somebody put there: its boot sector would pass for a volume. */
static bool is_own(const struct files *w, const TSK_FS_FILE *f, const TSK_FS_ATTR *a)
{
	return TSK_FS_TYPE_ISNTFS(w->fs->ftype) && f->meta->addr < NTFS_OWN_FILES && (!a->name || !*a->name);
}

static int give_one(struct files *w, TSK_FS_FILE *f, int i, struct view path, bool deleted)
{
	const TSK_FS_ATTR *a = tsk_fs_file_attr_get_idx(f, i);

	if (!a || !is_data(w, a))
		return 0;
	struct view whole = stream_path(w, path, a);
	if (w->path.bad)
		return no_memory(w);
	struct giving g = { .w = w, .file = f, .attr = (TSK_FS_ATTR *)(uintptr_t)a,
			    .choice = open_choose(w->im->o->r, whole, false) };
	if (g.choice == CHOICE_NO || (g.choice == CHOICE_LOOK && is_own(w, f, a)))
		return 0;
	if (w->fs->ftype != TSK_FS_TYPE_EXFAT || !exfat_read(w->v->bytes, f->meta->addr, &g.exfat))
		g.exfat.valid = UINT64_MAX;
	describe(&g, whole, deleted);
	return w->inode.bad ? no_memory(w) : give_stream(&g);
}

bool files_want(struct files *w, struct view path)
{
	return open_choose(w->im->o->r, stream_path(w, path, NULL), false) != CHOICE_NO;
}

/*
 * libtsk does not come to an end with the third level of blocks of pointers that ext2 and ext3 have for
 * large files. (Files of ext4 have extents.)
 */
static bool is_mapped_deep(const struct files *w, const TSK_FS_FILE *f)
{
	uint64_t block = w->fs->block_size, n = block / 4;

	return TSK_FS_TYPE_ISEXT(w->fs->ftype) && f->meta->content_type != TSK_FS_META_CONTENT_TYPE_EXT4_EXTENTS &&
	       (f->meta->size < 0 || (uint64_t)f->meta->size > (12 + n + n * n) * block);
}

int files_give(struct files *w, TSK_FS_FILE *f, struct view path, bool deleted)
{
	struct view whole = stream_path(w, path, NULL);

	/* only NTFS has more streams than one, and there their list is read already */
	if (w->path.bad)
		return no_memory(w);
	if (!TSK_FS_TYPE_ISNTFS(w->fs->ftype) && open_choose(w->im->o->r, whole, false) == CHOICE_NO)
		return 0;
	if (is_mapped_deep(w, f)) {
		files_damage(w, DAMAGE_LOSS, "limit", 0, 0, whole,
			     "it is larger than is read of files of ext2 and ext3; copy it out");
		return 0;
	}
	int n = tsk_fs_file_attr_getsize(f), rc = 0;
	/* without attributes as well: where a block of a file's map is damaged TSK tells of neither */
	if (f->meta->attr_state == TSK_FS_META_ATTR_ERROR || (n <= 0 && f->meta->size > 0)) {
		char why[TSK_WHY];
		if (open_choose(w->im->o->r, whole, false) != CHOICE_NO)
			files_damage(w, DAMAGE_LOSS, "file", 0, 0, whole,
				     tsk_error_get() ? tsk_why(why)
						     : "where its bytes are cannot be read");
		tsk_error_reset();
		return 0;
	}
	if (n > (int)LIMIT_FILE_STREAMS) {
		files_damage(w, DAMAGE_LOSS, "limit", 0, 0, whole, "it has too many streams to look at all");
		n = (int)LIMIT_FILE_STREAMS;
	}
	for (int i = 0; rc == 0 && i < n; i++)
		rc = give_one(w, f, i, path, deleted);
	return rc;
}
