/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTFS by its MFT, entry by entry in their order, not by its folders: it takes one reading of the MFT, no
 * folder is held in memory, a broken index costs nothing and a broken entry itself alone, and what was
 * deleted is met like everything else. A path is put together from the names that the entries of the
 * folders have themselves, where the sequence numbers say that they are still those folders.
 */
#include <string.h>

#include "files.h"

#define ROOT 5u
#define ORPHANS "$OrphanFiles"
#define NAME_MAX_BYTES 1024u

/* What is known of an MFT entry that something names as its folder. */
struct folder {
	uint64_t inum, parent;
	uint32_t seq, parent_seq;
	bool is_folder, deleted, root;
	struct view name;
};

struct mft {
	struct files *w;
	TSK_FS_FILE *self;    /* $MFT */
	const TSK_FS_ATTR *data, *bitmap;
	struct data place;    /* of its data, for offsets of damage */
	struct buf pieces;
	uint64_t entry_size;
	TSK_FS_FILE *file;    /* the entry that is looked at, */
	TSK_FS_FILE *above;   /* and that of a folder */
	struct map index;     /* of folders by their number */
	struct folder *folders;
	size_t n, cap;
	struct arena names;
	uint64_t told;        /* broken entries */
	bool full;            /* no more folders are taken; told */
	struct buf path;
	/* The path of the last file's folder, which is often that of the next one. */
	struct buf last;
	uint64_t last_parent;
	uint32_t last_seq;
};

/* ---- folders ---- */

static int no_memory(struct mft *m)
{
	return err_set(m->w->im->o->e, ERR_NOMEM, 0, "no memory for the folders of a volume");
}

static bool was_deleted(const TSK_FS_META *m)
{
	return m->flags & TSK_FS_META_FLAG_UNALLOC;
}

/* An entry that cannot be read, or is no folder, is remembered as such. */
static int read_folder(struct mft *m, uint64_t inum, struct folder *out)
{
	*out = (struct folder){ .inum = inum, .root = inum == ROOT };
	if (inum > m->w->fs->last_inum)
		return 0;
	TSK_FS_FILE *f = tsk_fs_file_open_meta(m->w->fs, m->above, inum);
	if (!f) {
		tsk_error_reset();
		return 0;
	}
	m->above = f;
	const TSK_FS_META_NAME_LIST *name = f->meta->name2;
	if (f->meta->type != TSK_FS_META_TYPE_DIR || !name)
		return 0;
	out->is_folder = true;
	out->deleted = was_deleted(f->meta);
	out->seq = f->meta->seq;
	out->parent = name->par_inode;
	out->parent_seq = name->par_seq;
	out->name = arena_keep(&m->names, view_str(name->name));
	return out->name.p ? 0 : no_memory(m);
}

static bool room_for_folder(struct mft *m)
{
	if (m->n < m->cap)
		return true;
	size_t cap = m->cap ? m->cap * 2 : 256;
	struct folder *v = mem_grow(m->folders, cap * sizeof(*v));
	if (!v)
		return false;
	m->folders = v;
	m->cap = cap;
	return true;
}

/* NULL in *out: there are too many already. */
static int find_folder(struct mft *m, uint64_t inum, const struct folder **out)
{
	uint64_t i;

	*out = NULL;
	if (map_get(&m->index, inum, &i)) {
		*out = &m->folders[i];
		return 0;
	}
	if (m->n == LIMIT_VOLUME_FOLDERS) {
		if (!m->full)
			files_damage(m->w, DAMAGE_LOSS, "limit", m->w->v->offset, 0, m->w->v->name,
				     "it has too many folders; files of others have no path");
		m->full = true;
		return 0;
	}
	if (!room_for_folder(m))
		return no_memory(m);
	if (read_folder(m, inum, &m->folders[m->n]) < 0)
		return -1;
	if (!map_put(&m->index, inum, m->n))
		return no_memory(m);
	*out = &m->folders[m->n++];
	return 0;
}

/* It is the folder that was meant. The number goes up when an entry is freed, not when it is taken. */
static bool is_meant(const struct folder *f, uint32_t seq)
{
	return f && f->is_folder &&
	       (f->seq == seq || (f->deleted && f->seq == ((seq + 1) & 0xffff)));
}

/* ---- paths ---- */

/* The folders above, from the last to the first; the rest of the way is unknown when `orphan`. */
static int climb(struct mft *m, uint64_t inum, uint32_t seq, struct view chain[LIMIT_VOLUME_DEPTH],
		 size_t *n, bool *orphan)
{
	const struct folder *f;

	*n = 0;
	*orphan = false;
	for (;;) {
		if (find_folder(m, inum, &f) < 0)
			return -1;
		if (!is_meant(f, seq) || *n == LIMIT_VOLUME_DEPTH) {
			*orphan = true;
			return 0;
		}
		if (f->root)
			return 0;
		chain[(*n)++] = f->name;
		inum = f->parent;
		seq = f->parent_seq;
	}
}

/* m->last is made that folder's path, with a slash behind it when it is not empty. */
static int find_path(struct mft *m, uint64_t parent, uint32_t seq)
{
	struct view chain[LIMIT_VOLUME_DEPTH];
	bool orphan;
	size_t n;

	if (m->last_parent == parent && m->last_seq == seq)
		return 0;
	if (climb(m, parent, seq, chain, &n, &orphan) < 0)
		return -1;
	buf_clear(&m->last);
	if (orphan)
		buf_str(&m->last, ORPHANS "/");
	while (n--) {
		buf_view(&m->last, chain[n]);
		buf_byte(&m->last, '/');
	}
	m->last_parent = parent;
	m->last_seq = seq;
	return m->last.bad ? no_memory(m) : 0;
}

static int path_of(struct mft *m, const TSK_FS_META_NAME_LIST *name)
{
	if (find_path(m, name->par_inode, name->par_seq) < 0)
		return -1;
	buf_clear(&m->path);
	buf_view(&m->path, buf_data(&m->last));
	buf_str(&m->path, name->name);
	return m->path.bad ? no_memory(m) : 0;
}

/* ---- damage ---- */

/* The MFT's own record of which entries are in use. */
static bool in_use(const struct mft *m, uint64_t inum)
{
	char byte = 0;

	if (!m->bitmap || tsk_fs_attr_read(m->bitmap, (TSK_OFF_T)(inum / 8), &byte, 1,
					   TSK_FS_FILE_READ_FLAG_NONE) != 1) {
		tsk_error_reset();
		return false;
	}
	return (uint8_t)byte >> (inum % 8) & 1;
}

static uint64_t offset_of(const struct mft *m, uint64_t inum)
{
	uint64_t at = m->place.plain.n ? extents_at(&m->place.plain, inum * m->entry_size) : EXTENT_ZERO;

	return m->w->v->mapped && at != EXTENT_ZERO ? m->w->v->offset + at : 0;
}

/* An entry that was never used is all zeros, and no damage. */
static bool is_blank(const struct mft *m, uint64_t inum)
{
	char bytes[48];
	static const char zeros[sizeof(bytes)];

	if (!m->data || tsk_fs_attr_read(m->data, (TSK_OFF_T)(inum * m->entry_size), bytes, sizeof(bytes),
					 TSK_FS_FILE_READ_FLAG_NONE) != (ssize_t)sizeof(bytes)) {
		tsk_error_reset();
		return false;
	}
	return !memcmp(bytes, zeros, sizeof(bytes));
}

static void tell_entry(struct mft *m, uint64_t inum, const char *why)
{
	bool used = in_use(m, inum);

	if ((!used && is_blank(m, inum)) || m->told++ >= LIMIT_DAMAGE_PER_SOURCE)
		return;
	open_damage(m->w->im->o, used ? DAMAGE_LOSS : DAMAGE_NOTE, "mft-entry", offset_of(m, inum),
		    m->entry_size, "entry %llu of the MFT cannot be read, %s (%s)",
		    (unsigned long long)inum,
		    used ? "and so a file is missing" : "which no file is said to have", why);
}

/* ---- entries ---- */

static bool is_file(const TSK_FS_META *m)
{
	return m->type == TSK_FS_META_TYPE_REG || m->type == TSK_FS_META_TYPE_DIR;
}

/* An entry in use of which nothing could be taken. */
static bool is_hollow(const TSK_FS_META *m)
{
	return (m->flags & TSK_FS_META_FLAG_ALLOC) && (m->flags & TSK_FS_META_FLAG_UNUSED);
}

/* A file with several names is given once: by the first that it is wanted for. */
static int give_entry(struct mft *m)
{
	const TSK_FS_META *meta = m->file->meta;
	bool wanted = false;

	if (!is_file(meta) || !meta->name2)
		return 0;
	for (const TSK_FS_META_NAME_LIST *name = meta->name2; name && !wanted; name = name->next) {
		if (path_of(m, name) < 0)
			return -1;
		wanted = !name->next || files_want(m->w, buf_data(&m->path));
	}
	return files_give(m->w, m->file, buf_data(&m->path), was_deleted(meta));
}

static int look_at(struct mft *m, uint64_t inum)
{
	char why[TSK_WHY];
	TSK_FS_FILE *f = tsk_fs_file_open_meta(m->w->fs, m->file, inum);

	if (!f) {
		tell_entry(m, inum, tsk_why(why));
		return 0;
	}
	m->file = f;
	if (is_hollow(f->meta)) {
		tell_entry(m, inum, "its attributes are damaged");
		return 0;
	}
	return give_entry(m);
}

/* ---- all of them ---- */

static int start(struct mft *m)
{
	struct files *w = m->w;

	map_init(&m->index);
	arena_init(&m->names, LIMIT_VOLUME_FOLDERS * 64u);
	buf_init(&m->path, 0);
	buf_init(&m->last, 0);
	buf_init(&m->pieces, 0);
	m->last_parent = UINT64_MAX;
	m->self = tsk_fs_file_open_meta(w->fs, NULL, 0);
	if (!m->self) {
		tsk_error_reset();
		return 0;
	}
	m->data = tsk_fs_file_attr_get_type(m->self, TSK_FS_ATTR_TYPE_NTFS_DATA, 0, 0);
	m->bitmap = tsk_fs_file_attr_get_type(m->self, TSK_FS_ATTR_TYPE_NTFS_BITMAP, 0, 0);
	tsk_error_reset();
	if (!m->data || !w->fs->last_inum)
		return 0;
	/* the last number is that of a folder that the library makes up */
	m->entry_size = (uint64_t)m->data->size / w->fs->last_inum;
	return data_init(&m->place, w->v, m->self, (TSK_FS_ATTR *)(uintptr_t)m->data, UINT64_MAX, &m->pieces);
}

static void end(struct mft *m)
{
	tsk_fs_file_close(m->file);
	tsk_fs_file_close(m->above);
	tsk_fs_file_close(m->self);
	map_release(&m->index);
	mem_free(m->folders);
	arena_release(&m->names);
	buf_release(&m->path);
	buf_release(&m->last);
	buf_release(&m->pieces);
}

int ntfs_walk(struct files *w)
{
	struct mft m = { .w = w };
	int rc = start(&m) < 0 ? no_memory(&m) : 0;

	for (TSK_INUM_T i = w->fs->first_inum; rc == 0 && i < w->fs->last_inum; i++) {
		if (!files_room(w))
			break;
		rc = look_at(&m, i);
		if (rc == 0)
			rc = image_progress(w->im, w->v, 1, 0);
	}
	if (m.told > LIMIT_DAMAGE_PER_SOURCE)
		open_damage(w->im->o, DAMAGE_LOSS, "mft-entry", w->v->offset, 0,
			    "%llu more entries of the MFT cannot be read",
			    (unsigned long long)(m.told - LIMIT_DAMAGE_PER_SOURCE));
	end(&m);
	return rc;
}
