/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is, by its bytes. A name says nothing. Where a signature is weak, what follows it
 * must be plausible too: to name a picture a disk image would cry wolf.
 */
#include "sniff.h"

#define EMPTY "empty file"
#define BZIP2 "bzip2 archive"
#define ETL "event trace (.etl)"
#define FAT "FAT volume image"
#define MBR "raw disk image (MBR)"
#define EXT "ext volume image"
#define ISO "ISO 9660 image"
#define RAW "raw image"

struct signature {
	uint32_t offset;
	uint32_t n;
	const char *bytes;
	const char *format;
};

#define SIGNATURE(offset, bytes, format) { offset, sizeof(bytes) - 1, bytes, format }

/* A log, also one whose file header is gone: then its first chunk shows it. */
static const struct signature logs[] = {
	SIGNATURE(0, "ElfFile\0", "EVTX"),
	SIGNATURE(0, "ElfChnk\0", "EVTX"),
	SIGNATURE(EVTX_HEADER_SIZE, "ElfChnk\0", "EVTX"),
};

static const struct signature others[] = {
	SIGNATURE(4, "LfLe", "legacy event log (.evt)"),
	SIGNATURE(0, "EVF\x09\x0d\x0a\xff\0\x01\x01\0", "E01 image"),
	SIGNATURE(0, "EVF\x09\x0d\x0a\xff\0\x01", "E01 segment"),
	SIGNATURE(0, "EVF\x09\x0d\x0a\xff\0", "E01 image"),
	SIGNATURE(0, "EVF2\x0d\x0a\x81\0", "Ex01 image"),
	SIGNATURE(0, "LVF\x09\x0d\x0a\xff\0", "L01 image"),
	SIGNATURE(0, "LEF2\x0d\x0a\x81\0", "Lx01 image"),
	SIGNATURE(0, "AFF10\x0d\x0a\0", "AFF image"),
	SIGNATURE(0, "AFFLIB", "AFF image"),
	SIGNATURE(0, "KDMV", "VMDK disk image"),
	SIGNATURE(0, "COWD", "VMDK disk image"),
	SIGNATURE(0, "# Disk DescriptorFile", "VMDK descriptor"),
	SIGNATURE(0, "conectix", "VHD disk image"),
	SIGNATURE(0, "vhdxfile", "VHDX disk image"),
	SIGNATURE(0, "QFI\xfb\0\0\0\x01", "QCOW disk image"),
	SIGNATURE(0, "QFI\xfb", "QCOW2 disk image"),
	SIGNATURE(64, "\x7f\x10\xda\xbe", "VDI disk image"),
	SIGNATURE(3, "NTFS    ", "NTFS volume image"),
	SIGNATURE(3, "EXFAT   ", "exFAT volume image"),
	SIGNATURE(3, "ReFS\0\0\0\0", "ReFS volume image"),
	SIGNATURE(3, "-FVE-FS-", "BitLocker volume image"),
	SIGNATURE(512, "LABELONE", "LVM volume image"),
	SIGNATURE(0, "LUKS\xba\xbe", "LUKS volume image"),
	SIGNATURE(512, "EFI PART", "raw disk image (GPT)"),
	SIGNATURE(4096, "EFI PART", "raw disk image (GPT)"),
	SIGNATURE(0, "PK\x03\x04", "zip archive"),
	SIGNATURE(0, "PK\x05\x06", "zip archive"),
	SIGNATURE(0, "PK\x07\x08", "zip archive"),
	SIGNATURE(0, "7z\xbc\xaf\x27\x1c", "7z archive"),
	SIGNATURE(0, "Rar!\x1a\x07", "rar archive"),
	SIGNATURE(0, "\x1f\x8b\x08", "gzip archive"),
	SIGNATURE(0, "\xfd" "7zXZ\0", "xz archive"),
	SIGNATURE(0, "\x28\xb5\x2f\xfd", "zstd archive"),
	SIGNATURE(0, "MSCF\0\0\0\0", "cab archive"),
	SIGNATURE(0, "MSWIM\0\0\0", "WIM archive"),
	SIGNATURE(257, "ustar", "tar archive"),
};

static bool has(struct view v, const struct signature *s)
{
	struct view there = view_sub(v, s->offset, s->n);

	return view_eq(there, (struct view){ (const uint8_t *)s->bytes, s->n });
}

static const char *find(struct view v, const struct signature *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (has(v, &table[i]))
			return table[i].format;
	}
	return NULL;
}

/* "BZh", the level, and pi: a block, or its square root: the end of an empty stream. */
static bool is_bzip2(struct view v)
{
	static const struct signature blocks[] = {
		SIGNATURE(4, "1AY&SY", ""),
		SIGNATURE(4, "\x17\x72\x45\x38\x50\x90", ""),
	};
	uint8_t level = view_sub(v, 3, 1).n ? v.p[3] : 0;

	return has(v, &(struct signature)SIGNATURE(0, "BZh", "")) && level >= '1' && level <= '9' &&
	       find(v, blocks, 2);
}

/*
 * A trace (.etl) has no signature: it begins with a WMI_BUFFER_HEADER of 72 bytes whose first event
 * has a system header with marker flags 0xc0 and hook 0, the header of the trace itself.
 */
static bool is_etl(struct view v)
{
	struct cursor c = cursor_of(v);
	uint32_t buffer = cursor_u32(&c);

	cursor_seek(&c, 48);
	uint32_t filled = cursor_u32(&c);
	cursor_seek(&c, 74);
	uint8_t type = cursor_u8(&c), marker = cursor_u8(&c);
	uint16_t size = cursor_u16(&c), hook = cursor_u16(&c);
	return !c.bad && buffer >= 1024 && buffer <= 16u << 20 && buffer % 1024 == 0 &&
	       filled >= 72 && filled <= buffer && (type == 1 || type == 2) && marker == 0xc0 &&
	       hook == 0 && size >= 32 && size <= filled - 72;
}

static bool boot_signature(struct view v)
{
	return has(v, &(struct signature)SIGNATURE(510, "\x55\xaa", ""));
}

static bool is_fat(struct view v)
{
	static const struct signature names[] = {
		SIGNATURE(54, "FAT12   ", ""),
		SIGNATURE(54, "FAT16   ", ""),
		SIGNATURE(82, "FAT32   ", ""),
	};

	return boot_signature(v) && find(v, names, 3);
}

/* The superblock's magic; block size, revision and state are what they can be (ext4's disk layout). */
static bool is_ext(struct view v)
{
	struct cursor c = cursor_of(view_sub(v, 1024, 1024));
	cursor_seek(&c, 24);
	uint32_t block = cursor_u32(&c);
	cursor_seek(&c, 56);
	uint16_t magic = cursor_u16(&c), state = cursor_u16(&c);
	cursor_seek(&c, 76);
	uint32_t revision = cursor_u32(&c);
	return !c.bad && magic == 0xef53 && block <= 6 && state <= 7 && revision <= 1;
}

/* Four entries, each empty or a partition with a status of 00 or 80; one at least, in the file. */
static bool is_mbr(struct view v, uint64_t size)
{
	struct cursor c = cursor_of(v);
	unsigned partitions = 0;

	if (!boot_signature(v) || size % 512)
		return false;
	cursor_seek(&c, 446);
	for (unsigned i = 0; i < 4; i++) {
		uint8_t status = cursor_u8(&c);
		cursor_skip(&c, 3);
		uint8_t type = cursor_u8(&c);
		cursor_skip(&c, 3);
		uint64_t start = cursor_u32(&c), count = cursor_u32(&c);
		if (status & 0x7f)
			return false;
		if (type == 0)
			continue;
		if (start == 0 || count == 0)
			return false;
		partitions += start < size / 512;
	}
	return partitions > 0;
}

enum source_kind source_sniff(struct view first, uint64_t size, const char **format)
{
	*format = "";
	if (size == 0) {
		*format = EMPTY;
		return SOURCE_EMPTY;
	}
	const char *found = find(first, logs, sizeof(logs) / sizeof(logs[0]));
	if (found) {
		*format = found;
		return SOURCE_EVTX;
	}
	found = find(first, others, sizeof(others) / sizeof(others[0]));
	if (!found && is_bzip2(first))
		found = BZIP2;
	if (!found && is_etl(first))
		found = ETL;
	if (!found && is_fat(first))
		found = FAT;
	if (!found && is_ext(first))
		found = EXT;
	if (!found && is_mbr(first, size))
		found = MBR;
	if (!found)
		return SOURCE_OTHER;
	*format = found;
	return SOURCE_RECOGNISED;
}

/* ---- what shows elsewhere ---- */

static bool has_chunks(struct view v)
{
	for (size_t at = 0; at < v.n; at += 512)
		if (view_eq(view_sub(v, at, 8), (struct view){ (const uint8_t *)"ElfChnk", 8 }))
			return true;
	return false;
}

/* The places that some formats are known by besides the head; little is read, and of few files. */
static bool look_elsewhere(const struct reader *r, const char **format)
{
	uint8_t foot[SNIFF_FOOT], iso[6];
	int64_t n;

	if (r->size > SNIFF_FOOT && r->size % SNIFF_FOOT == 0) {
		n = reader_read(r, r->size - SNIFF_FOOT, foot, sizeof(foot));
		if (n > 0 && has((struct view){ foot, (size_t)n },
				 &(struct signature)SIGNATURE(0, "conectix", ""))) {
			*format = "VHD disk image";
			return true;
		}
	}
	n = reader_read(r, SNIFF_ISO, iso, sizeof(iso));
	if (n <= 0 || !has((struct view){ iso, (size_t)n },
			   &(struct signature)SIGNATURE(0, "CD001", "")))
		return false;
	*format = ISO;
	return true;
}

/* No known format: a log whose front is gone, or a file that may hold chunks anywhere. */
static enum source_kind look_for_chunks(const struct reader *r, bool deep, const char **format,
					bool *searched)
{
	uint8_t *v = mem_alloc(SNIFF_CHUNKS);
	int64_t n = v ? reader_read(r, 0, v, SNIFF_CHUNKS) : 0;
	bool found = n > 0 && has_chunks((struct view){ v, (size_t)n });

	mem_free(v);
	*searched = !found && deep;
	if (!found && !deep)
		return SOURCE_OTHER;
	*format = "EVTX";
	return SOURCE_EVTX;
}

enum source_kind source_look(const struct reader *r, bool deep, const char **format, bool *searched,
			     struct err *e)
{
	uint8_t head[SNIFF_HEAD];
	int64_t n = reader_read(r, 0, head, sizeof(head));

	*searched = false;
	*format = "";
	if (n < 0) {
		err_errno(e, ERR_IO, "cannot be read");
		return SOURCE_UNREADABLE;
	}
	enum source_kind kind = source_sniff((struct view){ head, (size_t)n }, r->size, format);
	/* a fixed VHD is a raw disk with a footer */
	bool raw = kind == SOURCE_OTHER || kind == SOURCE_RECOGNISED;
	if (raw && look_elsewhere(r, format))
		kind = SOURCE_RECOGNISED;
	return kind == SOURCE_OTHER ? look_for_chunks(r, deep, format, searched) : kind;
}

const char *source_format_name(struct view name)
{
	static const char *const weak[] = { "", "EVTX", EMPTY, BZIP2, ETL, FAT, MBR, EXT, ISO, RAW };

	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
		if (view_eq_str(name, weak[i]))
			return weak[i];
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (view_eq_str(name, others[i].format))
			return others[i].format;
	return NULL;
}

bool source_format_is_archive(const char *format)
{
	struct view v = view_str(format);

	return view_eq_str(view_after_last(v, " "), "archive");
}

const char *source_state_name(enum source_state s)
{
	static const char *const names[] = { "live", "shadow", "deleted", "carved" };

	return names[s];
}
