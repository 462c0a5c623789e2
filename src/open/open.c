/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "open-private.h"

struct format {
	const char *name;
	int (*open)(struct opening *o); /* NULL: not read, as `why` says */
	const char *why;
};
static const struct format formats[] = {
	{ "zip archive", open_archive, NULL },
	{ "7z archive", open_archive, NULL },
	{ "tar archive", open_archive, NULL },
	{ "gzip archive", open_archive, NULL },
	{ "xz archive", open_archive, NULL },
	{ "zstd archive", open_archive, NULL },
	{ "bzip2 archive", open_archive, NULL },
	{ "E01 image", open_image, NULL },
	{ "VMDK disk image", open_image, NULL },
	{ "VMDK descriptor", open_image, NULL },
	{ "VHD disk image", open_image, NULL },
	{ "VHDX disk image", open_image, NULL },
	{ "QCOW2 disk image", open_image, NULL },
	{ "QCOW disk image", open_image, NULL },
	{ "raw disk image (GPT)", open_image, NULL },
	{ "raw disk image (MBR)", open_image, NULL },
	{ "raw image", open_image, NULL },
	{ "NTFS volume image", open_image, NULL },
	{ "FAT volume image", open_image, NULL },
	{ "exFAT volume image", open_image, NULL },
	{ "ext volume image", open_image, NULL },
	{ "ReFS volume image", NULL, "ReFS is not read; copy its logs to another volume" },
	{ "BitLocker volume image", NULL, "it is encrypted; decrypt it first, for instance with dislocker" },
	{ "LUKS volume image", NULL, "it is encrypted; decrypt it first" },
	{ "LVM volume image", NULL, "logical volumes are not read; make an image of each" },
	{ "Ex01 image", NULL, "this version of the format is not read; convert it with ewfexport" },
	{ "L01 image", NULL, "logical images are not read; export their files" },
	{ "Lx01 image", NULL, "logical images are not read; export their files" },
	{ "AFF image", NULL, "this format is not read; convert it with affconvert" },
	{ "VDI disk image", NULL, "this format is not read; convert it with qemu-img" },
	{ "ISO 9660 image", NULL, "this format is not read; copy its files out" },
	{ "rar archive", NULL, "this format is not read; unpack it first" },
	{ "cab archive", NULL, "this format is not read; unpack it first" },
	{ "WIM archive", NULL, "this format is not read; unpack it first" },
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
	return f && f->open;
}

int open_container(const struct open_request *r, const struct open_sink *sink, struct err *e)
{
	struct opening o = { .r = r, .sink = sink, .e = e, .spool_at = r->spool_at };
	const struct format *f = find(r->format);

	if (!f || !f->open)
		return err_set(e, ERR_USAGE, 0, "%s is not opened: %s", r->format,
			       f ? f->why : "it is no container");
	return f->open(&o);
}

void open_damage(const struct opening *o, enum damage_severity s, const char *kind, uint64_t offset,
		 uint64_t length, const char *fmt, ...)
{
	struct damage d = { .severity = s, .offset = offset, .length = length, .kind = kind };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d.what, sizeof(d.what), fmt, ap);
	va_end(ap);
	o->sink->damage(o->sink->ctx, &d);
}
