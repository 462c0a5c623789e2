/* SPDX-License-Identifier: Apache-2.0 */
/* FAT, exFAT and ext by their folders, from the root on; each folder once, however often it is named. */
#include <string.h>

#include "files.h"

struct level {
	TSK_FS_DIR *dir;
	size_t next;     /* of its names */
	size_t path;     /* its own path's length */
	bool deleted;
};

struct tree {
	struct files *w;
	struct level level[LIMIT_VOLUME_DEPTH];
	size_t depth;
	struct buf path;
};

static int no_memory(struct tree *t)
{
	return err_set(t->w->im->o->e, ERR_NOMEM, 0, "no memory for the folders of a volume");
}

static bool is_known(struct tree *t, uint64_t inum)
{
	return map_get(&t->w->seen, inum, NULL);
}

static bool may_enter(struct tree *t, uint64_t inum, struct view whole)
{
	if (!open_enters(t->w->im->o->r, whole))
		return false;
	if (t->depth < LIMIT_VOLUME_DEPTH && t->w->seen.n < LIMIT_VOLUME_FOLDERS)
		return true;
	(void)inum;
	files_damage(t->w, DAMAGE_LOSS, "limit", 0, 0, whole, "there are too many folders, it is not read");
	return false;
}

static int enter(struct tree *t, uint64_t inum, bool deleted)
{
	char why[TSK_WHY];
	struct view whole = volume_path(&t->w->path, t->w->v, buf_data(&t->path));

	if (is_known(t, inum) || !may_enter(t, inum, whole))
		return 0;
	if (!map_put(&t->w->seen, inum, 1))
		return no_memory(t);
	TSK_FS_DIR *dir = tsk_fs_dir_open_meta(t->w->fs, inum);
	if (!dir) {
		files_damage(t->w, deleted ? DAMAGE_NOTE : DAMAGE_LOSS, "folder", 0, 0, whole,
			     tsk_why(why));
		return 0;
	}
	t->level[t->depth++] = (struct level){ dir, 0, t->path.n, deleted };
	return 0;
}

static void leave(struct tree *t)
{
	tsk_fs_dir_close(t->level[--t->depth].dir);
}

/* A name that is gone, and what it named has become another file: nothing of it is left. */
static bool is_reused(const TSK_FS_FILE *f)
{
	return (f->name->flags & TSK_FS_NAME_FLAG_UNALLOC) &&
	       (f->meta->flags & TSK_FS_META_FLAG_ALLOC);
}

static int give_name(struct tree *t, const struct level *l, size_t i, bool deleted)
{
	TSK_FS_FILE *f = tsk_fs_dir_get(l->dir, i);
	int rc = 0;

	if (!f || !f->meta) {
		char why[TSK_WHY];
		struct view whole = volume_path(&t->w->path, t->w->v, buf_data(&t->path));
		if (!deleted && open_choose(t->w->im->o->r, whole, false) != CHOICE_NO)
			files_damage(t->w, DAMAGE_LOSS, "file", 0, 0, whole, tsk_why(why));
	} else if (!is_reused(f)) {
		deleted = deleted || (f->meta->flags & TSK_FS_META_FLAG_UNALLOC);
		if (f->meta->type == TSK_FS_META_TYPE_DIR)
			rc = enter(t, f->meta->addr, deleted);
		else if (f->meta->type == TSK_FS_META_TYPE_REG)
			rc = files_give(t->w, f, buf_data(&t->path), deleted);
	}
	tsk_error_reset();
	if (f)
		tsk_fs_file_close(f);
	return rc;
}

static bool may_be_wanted(struct tree *t, const TSK_FS_NAME *name)
{
	if (name->type == TSK_FS_NAME_TYPE_VIRT || name->type == TSK_FS_NAME_TYPE_VIRT_DIR)
		return false;
	if (name->type != TSK_FS_NAME_TYPE_REG && name->type != TSK_FS_NAME_TYPE_UNDEF)
		return name->type == TSK_FS_NAME_TYPE_DIR;
	return name->type == TSK_FS_NAME_TYPE_UNDEF || files_want(t->w, buf_data(&t->path));
}

static int next_name(struct tree *t)
{
	struct level *l = &t->level[t->depth - 1];
	size_t i = l->next++;
	const TSK_FS_NAME *name = tsk_fs_dir_get_name(l->dir, i);

	if (!name || !name->name || TSK_FS_ISDOT(name->name))
		return 0;
	t->path.n = l->path;
	if (t->path.n)
		buf_byte(&t->path, '/');
	buf_str(&t->path, name->name);
	if (t->path.bad)
		return no_memory(t);
	bool deleted = l->deleted || (name->flags & TSK_FS_NAME_FLAG_UNALLOC);
	if (image_progress(t->w->im, t->w->v, 1, 0) < 0)
		return -1;
	return may_be_wanted(t, name) ? give_name(t, l, i, deleted) : 0;
}

int tree_walk(struct files *w)
{
	struct tree *t = mem_alloc(sizeof(*t));

	if (!t)
		return err_set(w->im->o->e, ERR_NOMEM, 0, "no memory for the folders of a volume");
	t->w = w;
	buf_init(&t->path, 0);
	int rc = enter(t, w->fs->root_inum, false);
	while (rc == 0 && t->depth) {
		const struct level *l = &t->level[t->depth - 1];
		if (l->next == tsk_fs_dir_getsize(l->dir))
			leave(t);
		else if (!files_room(w))
			break;
		else
			rc = next_name(t);
	}
	while (t->depth)
		leave(t);
	buf_release(&t->path);
	mem_free(t);
	return rc;
}
