/* SPDX-License-Identifier: Apache-2.0 */
#include <libfwnt.h>
#include <string.h>

#include "value-private.h"

#define SID_HEADER 8u
#define SID_PARTS 15u /* MS-DTYP 2.4.2: the most sub-authorities a SID has */

size_t sid_size(struct view v)
{
	struct cursor c = cursor_of(v);
	uint8_t revision = cursor_u8(&c);
	uint8_t parts = cursor_u8(&c);

	cursor_skip(&c, SID_HEADER - 2 + 4u * parts);
	return c.bad || revision != 1 || parts > SID_PARTS ? 0 : c.pos;
}

/*
 * An authority of more than 32 bits is written in hexadecimal (MS-DTYP 2.4.2.1), which libfwnt does
 * not; no public log holds one. It is the only big-endian number of a log.
 */
static void large_authority(struct buf *out, struct view raw, const char *text)
{
	const char *parts = strchr(text + strlen("S-1-"), '-');

	buf_str(out, "S-1-0x");
	for (size_t i = 2; i < SID_HEADER; i++)
		buf_fmt(out, "%02x", raw.p[i]);
	if (parts)
		buf_str(out, parts);
}

/* For what value_scalar() leaves: all six bytes of the authority are in use. */
static bool by_libfwnt(struct buf *out, struct view raw)
{
	libfwnt_security_identifier_t *sid = NULL;
	uint8_t text[256];
	size_t n = 0;
	bool ok;

	if (libfwnt_security_identifier_initialize(&sid, NULL) != 1)
		return false;
	ok = libfwnt_security_identifier_copy_from_byte_stream(sid, raw.p, raw.n,
							       LIBFWNT_ENDIAN_LITTLE, NULL) == 1 &&
	     libfwnt_security_identifier_get_string_size(sid, &n, 0, NULL) == 1 && n > 1 &&
	     n <= sizeof(text) &&
	     libfwnt_security_identifier_copy_to_utf8_string(sid, text, n, 0, NULL) == 1;
	libfwnt_security_identifier_free(&sid, NULL);
	if (ok)
		large_authority(out, raw, (const char *)text);
	return ok;
}

/*
 * Nearly every SID of a log is well formed with a small authority; value_scalar() writes those,
 * since libfwnt allocates for each. The test holds both to the same text.
 */
void sid_text(struct buf *out, struct view raw)
{
	char text[VALUE_SCALAR];
	size_t n = value_scalar(&(struct value){VALUE_SID, raw}, text);

	if (n)
		buf_add(out, text, n);
	else if (sid_size(raw) != raw.n || !raw.n || !by_libfwnt(out, raw))
		value_bytes(out, raw);
}

const char *fwnt_version(void)
{
	return libfwnt_get_version();
}
