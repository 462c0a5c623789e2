/* SPDX-License-Identifier: Apache-2.0 */
/* Which containers are opened, and what stands against the others. Knows no library, so that evtxhound
   itself can ask. */
#include <string.h>

#include "open-private.h"

struct format {
	const char *name;
	enum open_class is; /* CLASS_NONE: not read, as `why` says */
	const char *why;
};
static const struct format formats[] = {
	{ "zip archive", CLASS_ARCHIVE, NULL },
	{ "7z archive", CLASS_ARCHIVE, NULL },
	{ "tar archive", CLASS_ARCHIVE, NULL },
	{ "gzip archive", CLASS_ARCHIVE, NULL },
	{ "xz archive", CLASS_ARCHIVE, NULL },
	{ "zstd archive", CLASS_ARCHIVE, NULL },
	{ "bzip2 archive", CLASS_ARCHIVE, NULL },
	{ "E01 image", CLASS_IMAGE, NULL },
	{ "VMDK disk image", CLASS_IMAGE, NULL },
	{ "VMDK descriptor", CLASS_IMAGE, NULL },
	{ "VHD disk image", CLASS_IMAGE, NULL },
	{ "VHDX disk image", CLASS_IMAGE, NULL },
	{ "QCOW2 disk image", CLASS_IMAGE, NULL },
	{ "QCOW disk image", CLASS_IMAGE, NULL },
	{ "raw disk image (GPT)", CLASS_IMAGE, NULL },
	{ "raw disk image (MBR)", CLASS_IMAGE, NULL },
	{ "raw image", CLASS_IMAGE, NULL },
	{ "NTFS volume image", CLASS_IMAGE, NULL },
	{ "FAT volume image", CLASS_IMAGE, NULL },
	{ "exFAT volume image", CLASS_IMAGE, NULL },
	{ "ext volume image", CLASS_IMAGE, NULL },
	{ "ReFS volume image", CLASS_NONE, "ReFS is not read; copy its logs to another volume" },
	{ "BitLocker volume image", CLASS_NONE, "it is encrypted; decrypt it first, for instance with dislocker" },
	{ "LUKS volume image", CLASS_NONE, "it is encrypted; decrypt it first" },
	{ "LVM volume image", CLASS_NONE, "logical volumes are not read; make an image of each" },
	{ "E01 segment", CLASS_NONE, "it is read with its first segment, which is not here" },
	{ "Ex01 image", CLASS_NONE, "this version of the format is not read; convert it with ewfexport" },
	{ "L01 image", CLASS_NONE, "logical images are not read; export their files" },
	{ "Lx01 image", CLASS_NONE, "logical images are not read; export their files" },
	{ "AFF image", CLASS_NONE, "this format is not read; convert it with affconvert" },
	{ "VDI disk image", CLASS_NONE, "this format is not read; convert it with qemu-img" },
	{ "ISO 9660 image", CLASS_NONE, "this format is not read; copy its files out" },
	{ "rar archive", CLASS_NONE, "this format is not read; unpack it first" },
	{ "cab archive", CLASS_NONE, "this format is not read; unpack it first" },
	{ "WIM archive", CLASS_NONE, "this format is not read; unpack it first" },
};

static const struct format *find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

bool open_knows(const char *format, const char **why)
{
	const struct format *f = find(format);

	*why = f ? f->why : NULL;
	return f && f->is != CLASS_NONE;
}

enum open_class open_class_of(const char *format)
{
	const struct format *f = find(format);

	return f ? f->is : CLASS_NONE;
}
