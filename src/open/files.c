/* SPDX-License-Identifier: Apache-2.0 */
/* What a volume is, and opening its file system. */
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "mend.h"

/* ---- opening ---- */

static const struct kind {
	TSK_FS_TYPE_ENUM type;
	const char *name;
} kinds[] = {
	{ TSK_FS_TYPE_NTFS, "NTFS" },   { TSK_FS_TYPE_EXFAT, "exFAT" }, { TSK_FS_TYPE_FAT32, "FAT32" },
	{ TSK_FS_TYPE_FAT16, "FAT16" }, { TSK_FS_TYPE_FAT12, "FAT12" }, { TSK_FS_TYPE_EXT4, "ext4" },
	{ TSK_FS_TYPE_EXT3, "ext3" },   { TSK_FS_TYPE_EXT2, "ext2" },
};

static const char *kind_name(TSK_FS_TYPE_ENUM type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return kinds[i].name;
	return "file system";
}

/* Those that are read, each tried alone: the library refuses to choose where two would do. */
static TSK_FS_INFO *open_system(TSK_IMG_INFO *img)
{
	static const TSK_FS_TYPE_ENUM types[] = { TSK_FS_TYPE_NTFS_DETECT, TSK_FS_TYPE_FAT_DETECT,
						  TSK_FS_TYPE_EXT_DETECT };
	TSK_FS_INFO *fs = NULL;

	for (size_t i = 0; !fs && i < sizeof(types) / sizeof(types[0]); i++) {
		tsk_error_reset();
		fs = tsk_fs_open_img(img, 0, types[i]);
	}
	return fs;
}

static struct view head_of(const struct volume *v, uint8_t bytes[4096])
{
	int64_t n = reader_read(v->bytes, 0, bytes, 4096);

	return (struct view){ bytes, n > 0 ? (size_t)n : 0 };
}

/* By its signature something that is not read: the library would not look at that. */
static bool is_closed(const struct volume *v)
{
	uint8_t bytes[4096];
	const char *format = "", *why = NULL;

	return source_sniff(head_of(v, bytes), v->bytes->size, &format) == SOURCE_RECOGNISED &&
	       strstr(format, "volume image") && !open_knows(format, &why);
}

/* An open file system; what it takes. */
struct opened {
	struct mend *mend; /* NULL: nothing needed it */
	TSK_IMG_INFO *img;
	TSK_FS_INFO *fs;   /* NULL: there is none that can be read */
	struct volume v;   /* its bytes may be mended ones */
};

static int no_memory(const struct image *im)
{
	return err_set(im->o->e, ERR_NOMEM, 0, "no memory for a volume");
}

static int open_bytes(struct image *im, struct opened *s, const struct reader *bytes)
{
	s->v.bytes = bytes;
	s->img = tsk_input(bytes);
	if (!s->img)
		return no_memory(im);
	s->fs = open_system(s->img);
	tsk_error_reset();
	if (!s->fs) {
		tsk_img_close(s->img);
		s->img = NULL;
	}
	return 0;
}

static void close_opened(struct opened *s)
{
	if (s->fs)
		tsk_fs_close(s->fs);
	if (s->img)
		tsk_img_close(s->img);
	mem_free(s->mend);
}

/* With the copies of what is damaged in front, first of the first sector alone. */
static int open_mended(struct image *im, const struct volume *v, struct opened *s)
{
	s->mend = mem_alloc(sizeof(*s->mend));
	if (!s->mend)
		return no_memory(im);
	for (int mft = 0; mft < 2 && !s->fs; mft++)
		if (mend_init(s->mend, v->bytes, mft) && open_bytes(im, s, &s->mend->reader) < 0)
			return -1;
	return 0;
}

/* close_opened() is to be called in any case. */
static int open_volume(struct image *im, const struct volume *v, struct opened *s)
{
	*s = (struct opened){ .v = *v };
	if (is_closed(v))
		return 0;
	if (open_bytes(im, s, v->bytes) < 0)
		return -1;
	return s->fs ? 0 : open_mended(im, v, s);
}

static void tell_mended(struct image *im, const struct opened *s)
{
	if (!s->fs || !s->mend)
		return;
	open_damage(im->o, DAMAGE_NOTE, s->mend->mft ? "mft" : "boot-sector", s->v.offset, 0,
		    "volume %.*s: its %s damaged; the copy that NTFS keeps was read", (int)s->v.name.n,
		    (const char *)s->v.name.p,
		    !s->mend->mft    ? "first sector is"
		    : s->mend->boot  ? "first sector and the first entries of the MFT are"
				     : "first entries of the MFT are");
}

/* ---- what it is, when it is not read ---- */

/* "BitLocker volume image" -> "BitLocker". */
static struct view volume_kind(const char *format)
{
	const char *end = strstr(format, " volume image");

	return (struct view){ (const uint8_t *)format, end ? (size_t)(end - format) : 0 };
}

static bool is_swap(struct view head)
{
	struct view v = view_sub(head, 4086, 10);

	return view_eq_str(v, "SWAPSPACE2") || view_eq_str(v, "SWAP-SPACE");
}

static void describe_unread(const struct volume *v, struct open_volume *out)
{
	uint8_t bytes[4096];
	struct view head = head_of(v, bytes);
	const char *format = "", *why = NULL;
	bool known = source_sniff(head, v->bytes->size, &format) == SOURCE_RECOGNISED;

	out->what = known ? volume_kind(format) : (struct view){ 0 };
	if (is_swap(head))
		out->what = view_str("swap");
	out->quiet = v->reserved || is_swap(head);
	if (!out->what.n)
		out->what = v->label.n ? v->label : view_str("unknown");
	if (out->quiet)
		out->why = view_str("it holds no files");
	else if (known && !open_knows(format, &why) && why)
		out->why = view_str(why);
	else
		out->why = view_str("no file system that can be read is found in it");
}

/* ---- files ---- */

bool files_room(struct files *w)
{
	if (w->n < LIMIT_VOLUME_FILES) {
		w->n++;
		return true;
	}
	open_damage(w->im->o, DAMAGE_LOSS, "limit", w->v->offset, 0,
		    "volume %.*s has more than %u files; the others are not looked at",
		    (int)w->v->name.n, (const char *)w->v->name.p, LIMIT_VOLUME_FILES);
	return false;
}

static int walk(struct image *im, const struct volume *v, TSK_FS_INFO *fs)
{
	struct files w = { .im = im, .v = v, .fs = fs };

	buf_init(&w.path, 0);
	buf_init(&w.inode, 0);
	buf_init(&w.pieces, 0);
	map_init(&w.seen);
	int rc = TSK_FS_TYPE_ISNTFS(fs->ftype) ? ntfs_walk(&w) : tree_walk(&w);
	buf_release(&w.path);
	buf_release(&w.inode);
	buf_release(&w.pieces);
	map_release(&w.seen);
	return rc;
}

static uint64_t bytes_of(const TSK_FS_INFO *fs, uint64_t most)
{
	uint64_t blocks = fs->block_count;

	if (!fs->block_size || blocks > most / fs->block_size)
		return most;
	return blocks * fs->block_size;
}

static int tell(struct image *im, const struct volume *v, struct open_volume *out)
{
	out->name = v->name;
	out->offset = v->offset;
	out->size = v->bytes->size;
	out->created = v->created;
	out->files = im->files;
	out->bytes = im->bytes;
	return im->o->sink->volume(im->o->sink->ctx, out) < 0 ? -1 : 0;
}

int volume_files(struct image *im, const struct volume *v, uint64_t *known)
{
	struct open_volume out = { .read = true };
	struct opened s;
	int rc = open_volume(im, v, &s);

	if (known)
		*known = 0;
	im->files = im->bytes = im->told = 0;
	if (rc == 0 && s.fs) {
		tell_mended(im, &s);
		out.what = view_str(kind_name(s.fs->ftype));
		rc = walk(im, &s.v, s.fs);
		if (known)
			*known = bytes_of(s.fs, v->bytes->size);
	} else if (rc == 0) {
		out.read = false;
		describe_unread(v, &out);
	}
	close_opened(&s);
	return rc < 0 ? -1 : tell(im, v, &out);
}

/* ---- free space ---- */

#define RANGE (1ull << 30)

struct freeing {
	int (*fn)(void *ctx, uint64_t at, uint64_t n);
	void *ctx;
	uint64_t block, at, n; /* the range that grows */
	int rc;
};

static int flush_range(struct freeing *f)
{
	int rc = f->n ? f->fn(f->ctx, f->at, f->n) : 0;

	f->n = 0;
	return rc;
}

static TSK_WALK_RET_ENUM on_block(const TSK_FS_BLOCK *b, void *ctx)
{
	struct freeing *f = ctx;
	uint64_t at = b->addr * f->block;

	if (f->n && at == f->at + f->n && f->n < RANGE) {
		f->n += f->block;
		return TSK_WALK_CONT;
	}
	f->rc = flush_range(f);
	if (f->rc)
		return TSK_WALK_STOP;
	f->at = at;
	f->n = f->block;
	return TSK_WALK_CONT;
}

static void walk_free(struct image *im, const struct volume *v, TSK_FS_INFO *fs, struct freeing *f)
{
	char why[TSK_WHY];

	f->block = fs->block_size;
	if (tsk_fs_block_walk(fs, fs->first_block, fs->last_block_act,
			      TSK_FS_BLOCK_WALK_FLAG_UNALLOC | TSK_FS_BLOCK_WALK_FLAG_AONLY, on_block, f))
		open_damage(im->o, DAMAGE_LOSS, "free-space", v->offset, 0,
			    "the free space of volume %.*s is not known to its end (%s)",
			    (int)v->name.n, (const char *)v->name.p, tsk_why(why));
	if (f->rc == 0)
		f->rc = flush_range(f);
}

int volume_free(struct image *im, const struct volume *v, int (*fn)(void *ctx, uint64_t at, uint64_t n),
		void *ctx)
{
	struct freeing f = { .fn = fn, .ctx = ctx };
	struct opened s;

	if (open_volume(im, v, &s) < 0)
		f.rc = -1;
	else if (s.fs)
		walk_free(im, v, s.fs, &f);
	tsk_error_reset();
	close_opened(&s);
	return f.rc;
}
