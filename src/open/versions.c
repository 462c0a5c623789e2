/* SPDX-License-Identifier: Apache-2.0 */
/* Which libraries read a container: a report names them with their versions. */
#include <archive.h>
#include <libewf.h>
#include <libqcow.h>
#include <libvhdi.h>
#include <libvmdk.h>
#include <libvshadow.h>
#include <lzma.h>
#include <string.h>
#include <tsk/libtsk.h>
#include <zlib.h>

#include "open-private.h"

static int tell(const struct open_sink *sink, const char *name, const char *version)
{
	return sink->fact(sink->ctx, name, view_str(version));
}

int open_versions(const struct open_sink *sink, const char *format)
{
	struct view v = view_str(format);
	bool archive = open_class_of(format) == CLASS_ARCHIVE;

	if (archive && !strcmp(format, "gzip archive") && tell(sink, "library_zlib", zlibVersion()) < 0)
		return -1;
	if (archive && !strcmp(format, "xz archive") &&
	    tell(sink, "library_liblzma", lzma_version_string()) < 0)
		return -1;
	if (archive) /* "libarchive 3.6.2" */
		return tell(sink, "library_libarchive", strchr(archive_version_string(), ' ') + 1);
	if (tell(sink, "library_libtsk", tsk_version_get_str()) < 0 ||
	    tell(sink, "library_libvshadow", libvshadow_get_version()) < 0)
		return -1;
	if (view_eq_str(view_sub(v, 0, 3), "E01"))
		return tell(sink, "library_libewf", libewf_get_version());
	if (view_eq_str(view_sub(v, 0, 4), "VMDK"))
		return tell(sink, "library_libvmdk", libvmdk_get_version());
	if (view_eq_str(view_sub(v, 0, 3), "VHD"))
		return tell(sink, "library_libvhdi", libvhdi_get_version());
	if (view_eq_str(view_sub(v, 0, 4), "QCOW"))
		return tell(sink, "library_libqcow", libqcow_get_version());
	return 0;
}
