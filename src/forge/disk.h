/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_DISK_H
#define FORGE_DISK_H
/* A raw disk image: a GUID partition table, and an NTFS volume for each host. */
#include "media.h"

#define SECTOR 512u

/* ---- gpt.c: the table (UEFI 2.10, 5.3) ---- */

struct gpt_part {
	uint64_t first, sectors; /* LBA */
	struct view name;        /* what its GUID is made of: ASCII */
};
#define GPT_PARTS 128u
#define GPT_ALIGN 2048u /* sectors: partitions start at whole MiB, the first at 1 MiB */
#define GPT_TAIL 33u    /* sectors behind the last partition: the second table */
/* Protective MBR and both tables of a disk of so many sectors; -1 with `e`. */
int gpt_write(int fd, uint64_t sectors, const struct gpt_part *parts, size_t n, struct err *e);

/* ---- filler.c: the helper program that knows NTFS ---- */

/* What is to be put into a volume, and after filler_run() where it is. */
struct item {
	const struct sc_file *file;
	bool piece;                 /* bytes of it left behind, else the file itself */
	uint64_t chunk;             /* where the chunk of the piece starts in the file */
	uint64_t from, size, shift; /* of the piece; `shift` bytes into a cluster */
	uint64_t answer;            /* a piece: bytes into the volume; else the number of its MFT record */
	struct item *next;
};
struct filling {
	const char *program; /* path of evtxhound-ntfs */
	const char *beside;  /* where temporary files may be */
	const char *label;
	int fd;              /* the volume: a file of its size, empty as yet */
	uint64_t first;      /* sector where it lies on its disk */
	struct item *items;
	uint64_t deleted;    /* FILETIME of all deletions */
};
int filler_run(struct scenario *s, const struct filling *f);

/* ---- list.c: what lies where, a line of words with tabs between for each ---- */

/* state: volume; live, deleted: a file; chunk, part (one without its beginning): a piece, whose records
   follow as: record. Offsets are bytes into the image. */
void list_head(struct buf *b);
void list_volume(struct buf *b, unsigned number, const struct gpt_part *p);
/* A file or a piece, and every record of a piece. `at`: bytes into the image of the volume. */
int list_item(struct scenario *s, struct buf *b, unsigned number, uint64_t at, const struct item *i);

#endif
