/* SPDX-License-Identifier: Apache-2.0 */
/* Readers, and what a file is by its bytes. */
#include "testing.h"

#include <unistd.h>

#include "evtxhound/source.h"

/* Bytes of a literal at an offset in zeros. */
struct piece {
	size_t at;
	struct view bytes;
};
#define PIECE(at, s) { at, { (const uint8_t *)(s), sizeof(s) - 1 } }
#define END { 0, { NULL, 0 } }

static const struct {
	const char *name;
	uint64_t size;
	struct piece pieces[5];
	enum source_kind kind;
	const char *format;
} rows[] = {
	{ "empty", 0, { END }, SOURCE_EMPTY, "empty file" },
	{ "zeros", 8192, { END }, SOURCE_OTHER, "" },
	{ "log", 69632, { PIECE(0, "ElfFile\0") }, SOURCE_EVTX, "EVTX" },
	{ "log of 8 bytes", 8, { PIECE(0, "ElfFile\0") }, SOURCE_EVTX, "EVTX" },
	{ "log of 7 bytes", 7, { PIECE(0, "ElfFile") }, SOURCE_OTHER, "" },
	{ "log without header", 65536, { PIECE(0, "ElfChnk\0") }, SOURCE_EVTX, "EVTX" },
	{ "log with torn header", 69632, { PIECE(4096, "ElfChnk\0") }, SOURCE_EVTX, "EVTX" },
	{ "torn header like a zip", 69632, { PIECE(0, "PK\3\4"), PIECE(4096, "ElfChnk\0") },
	  SOURCE_EVTX, "EVTX" },
	{ "chunk elsewhere", 69632, { PIECE(512, "ElfChnk\0") }, SOURCE_OTHER, "" },
	{ "name without NUL", 4096, { PIECE(0, "ElfFiles") }, SOURCE_OTHER, "" },
	{ "evt", 65536, { PIECE(0, "\x30\0\0\0LfLe") }, SOURCE_RECOGNISED,
	  "legacy event log (.evt)" },
	{ "E01", 65536, { PIECE(0, "EVF\x09\x0d\x0a\xff\0") }, SOURCE_RECOGNISED, "E01 image" },
	{ "Ex01", 65536, { PIECE(0, "EVF2\x0d\x0a\x81\0") }, SOURCE_RECOGNISED, "Ex01 image" },
	{ "L01", 65536, { PIECE(0, "LVF\x09\x0d\x0a\xff\0") }, SOURCE_RECOGNISED, "L01 image" },
	{ "AFF", 65536, { PIECE(0, "AFF10\x0d\x0a\0") }, SOURCE_RECOGNISED, "AFF image" },
	{ "VMDK", 65536, { PIECE(0, "KDMV\1") }, SOURCE_RECOGNISED, "VMDK disk image" },
	{ "VMDK text", 300, { PIECE(0, "# Disk DescriptorFile\n") }, SOURCE_RECOGNISED,
	  "VMDK descriptor" },
	{ "VHD", 65536, { PIECE(0, "conectix") }, SOURCE_RECOGNISED, "VHD disk image" },
	{ "VHDX", 65536, { PIECE(0, "vhdxfile") }, SOURCE_RECOGNISED, "VHDX disk image" },
	{ "QCOW", 65536, { PIECE(0, "QFI\xfb\0\0\0\1") }, SOURCE_RECOGNISED, "QCOW disk image" },
	{ "QCOW2", 65536, { PIECE(0, "QFI\xfb\0\0\0\3") }, SOURCE_RECOGNISED, "QCOW2 disk image" },
	{ "VDI", 65536, { PIECE(0, "<<< "), PIECE(64, "\x7f\x10\xda\xbe") }, SOURCE_RECOGNISED,
	  "VDI disk image" },
	{ "NTFS", 65536, { PIECE(0, "\xeb\x52\x90NTFS    "), PIECE(510, "\x55\xaa") },
	  SOURCE_RECOGNISED, "NTFS volume image" },
	{ "exFAT", 65536, { PIECE(3, "EXFAT   ") }, SOURCE_RECOGNISED, "exFAT volume image" },
	{ "FAT32", 65536, { PIECE(82, "FAT32   "), PIECE(510, "\x55\xaa") }, SOURCE_RECOGNISED,
	  "FAT volume image" },
	{ "FAT without the mark", 65536, { PIECE(54, "FAT16   ") }, SOURCE_OTHER, "" },
	{ "GPT", 65536, { PIECE(512, "EFI PART") }, SOURCE_RECOGNISED, "raw disk image (GPT)" },
	{ "MBR", 1 << 20,
	  { PIECE(446, "\x80\1\1\0\7\1\1\0\x00\x04\0\0\0\4\0\0"), PIECE(510, "\x55\xaa") },
	  SOURCE_RECOGNISED, "raw disk image (MBR)" },
	{ "MBR, odd size", (1 << 20) + 1,
	  { PIECE(446, "\x80\1\1\0\7\1\1\0\x00\x04\0\0\0\4\0\0"), PIECE(510, "\x55\xaa") },
	  SOURCE_OTHER, "" },
	{ "MBR, partition beyond the file", 65536,
	  { PIECE(446, "\x80\1\1\0\7\1\1\0\x00\x04\0\0\0\4\0\0"), PIECE(510, "\x55\xaa") },
	  SOURCE_OTHER, "" },
	{ "MBR, bad status", 1 << 20,
	  { PIECE(446, "\x81\1\1\0\7\1\1\0\x00\x04\0\0\0\4\0\0"), PIECE(510, "\x55\xaa") },
	  SOURCE_OTHER, "" },
	{ "MBR without partitions", 1 << 20, { PIECE(510, "\x55\xaa") }, SOURCE_OTHER, "" },
	{ "MBR cut", 512, { PIECE(510, "\x55") }, SOURCE_OTHER, "" },
	{ "zip", 100, { PIECE(0, "PK\3\4") }, SOURCE_RECOGNISED, "zip archive" },
	{ "empty zip", 22, { PIECE(0, "PK\5\6") }, SOURCE_RECOGNISED, "zip archive" },
	{ "7z", 100, { PIECE(0, "7z\xbc\xaf\x27\x1c") }, SOURCE_RECOGNISED, "7z archive" },
	{ "rar", 100, { PIECE(0, "Rar!\x1a\x07\1\0") }, SOURCE_RECOGNISED, "rar archive" },
	{ "gzip", 100, { PIECE(0, "\x1f\x8b\x08") }, SOURCE_RECOGNISED, "gzip archive" },
	{ "xz", 100, { PIECE(0, "\xfd" "7zXZ\0") }, SOURCE_RECOGNISED, "xz archive" },
	{ "zstd", 100, { PIECE(0, "\x28\xb5\x2f\xfd") }, SOURCE_RECOGNISED, "zstd archive" },
	{ "bzip2", 100, { PIECE(0, "BZh91AY&SY") }, SOURCE_RECOGNISED, "bzip2 archive" },
	{ "bzip2 of nothing", 14, { PIECE(0, "BZh9\x17\x72\x45\x38\x50\x90") }, SOURCE_RECOGNISED,
	  "bzip2 archive" },
	{ "BZh text", 14, { PIECE(0, "BZh9 is a text") }, SOURCE_OTHER, "" },
	{ "tar", 10240, { PIECE(0, "Security.evtx"), PIECE(257, "ustar\0" "00") },
	  SOURCE_RECOGNISED, "tar archive" },
	{ "cab", 100, { PIECE(0, "MSCF\0\0\0\0") }, SOURCE_RECOGNISED, "cab archive" },
	{ "WIM", 300, { PIECE(0, "MSWIM\0\0\0") }, SOURCE_RECOGNISED, "WIM archive" },
	{ "etl", 65536,
	  { PIECE(0, "\0\0\1\0"), PIECE(48, "\0\4\0\0"), PIECE(72, "\2\0\2\xc0\x18\1\0\0") },
	  SOURCE_RECOGNISED, "event trace (.etl)" },
	{ "etl without marker", 65536,
	  { PIECE(0, "\0\0\1\0"), PIECE(48, "\0\4\0\0"), PIECE(72, "\2\0\2\0\x18\1\0\0") },
	  SOURCE_OTHER, "" },
	{ "etl filled beyond its buffer", 65536,
	  { PIECE(0, "\0\0\1\0"), PIECE(48, "\1\0\1\0"), PIECE(72, "\2\0\2\xc0\x18\1\0\0") },
	  SOURCE_OTHER, "" },
	{ "text", 20, { PIECE(0, "nothing of interest\n") }, SOURCE_OTHER, "" },
};

static void files_are_known_by_their_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		size_t n = rows[i].size < 8192 ? (size_t)rows[i].size : 8192;
		uint8_t *head = calloc(1, n + 1);
		const char *format = NULL;
		assert_non_null(head);
		for (const struct piece *p = rows[i].pieces; p->bytes.n; p++) {
			if (p->at < n)
				memcpy(head + p->at, p->bytes.p,
				       p->bytes.n < n - p->at ? p->bytes.n : n - p->at);
		}
		TEST_ROW(rows[i].name, source_sniff((struct view){ head, n }, rows[i].size,
						    &format) == rows[i].kind);
		assert_string_equal(format, rows[i].format);
		free(head);
	}
}

static void any_head_may_be_cut(void **state)
{
	uint8_t head[4200];
	const char *format;

	(void)state;
	for (size_t i = 0; i < sizeof(head); i++)
		head[i] = (uint8_t)(i * 37);
	head[510] = 0x55;
	head[511] = 0xaa;
	for (size_t n = 0; n < sizeof(head); n++) {
		uint8_t *exact = malloc(n + !n);
		assert_non_null(exact);
		memcpy(exact, head, n);
		assert_int_equal(source_sniff((struct view){ exact, n }, 1 << 20, &format),
				 SOURCE_OTHER);
		free(exact);
	}
}

/* ---- readers ---- */

static void check_reader(const struct reader *r)
{
	static const struct {
		const char *name;
		uint64_t off;
		size_t n;
		const char *want;
	} reads[] = {
		{ "start", 0, 3, "abc" },   { "middle", 2, 2, "cd" },
		{ "cut", 4, 10, "ef" },     { "at the end", 6, 1, "" },
		{ "beyond", 7, 1, "" },     { "nothing", 0, 0, "" },
		{ "far", UINT64_MAX, 9, "" }, { "beyond off_t", (uint64_t)INT64_MAX + 1, 9, "" },
	};

	for (size_t i = 0; i < TEST_COUNT(reads); i++) {
		char out[16] = { 0 };
		int64_t n = reader_read(r, reads[i].off, out, reads[i].n);
		TEST_ROW(reads[i].name, n == (int64_t)strlen(reads[i].want));
		assert_string_equal(out, reads[i].want);
	}
}

static void readers_read_memory_and_files(void **state)
{
	struct view v = test_view("abcdef");
	struct reader r = reader_of_memory(&v);
	char out[4];
	FILE *f = tmpfile();

	(void)state;
	check_reader(&r);
	v.n = 3; /* shorter than it was */
	assert_int_equal(reader_read(&r, 2, out, 4), 1);
	v = (struct view){ NULL, 0 };
	assert_int_equal(reader_read(&r, 0, out, 4), 0);
	assert_non_null(f);
	fputs("abcdefghi", f); /* it has grown: nothing is read beyond its size */
	fflush(f);
	r = reader_of_fd(fileno(f), 6);
	check_reader(&r);
	assert_int_equal(ftruncate(fileno(f), 3), 0);
	assert_int_equal(reader_read(&r, 2, out, 4), 1);
	assert_int_equal(reader_read(&r, 4, out, 2), 0);
	fclose(f);
	r = reader_of_fd(-1, 6);
	assert_int_equal(reader_read(&r, 0, out, 4), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_known_by_their_bytes),
		cmocka_unit_test(any_head_may_be_cut),
		cmocka_unit_test(readers_read_memory_and_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
