/* SPDX-License-Identifier: Apache-2.0 */
#include <libfwnt.h>

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

/* The authority is six bytes, big-endian: the only big-endian number in a log. */
static uint64_t authority(struct cursor *c)
{
	uint64_t v = 0;

	for (int i = 0; i < 6; i++)
		v = v << 8 | cursor_u8(c);
	return v;
}

static void well_formed(struct buf *out, struct view raw)
{
	struct cursor c = cursor_of(raw);

	cursor_skip(&c, 2);
	buf_fmt(out, "S-1-%llu", (unsigned long long)authority(&c));
	while (cursor_left(&c))
		buf_fmt(out, "-%lu", (unsigned long)cursor_u32(&c));
}

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
		buf_add(out, text, n - 1);
	return ok;
}

/*
 * Nearly every SID of a log is well formed with a small authority; those are written here, since
 * libfwnt allocates for each. The test holds both to the same text.
 */
void sid_text(struct buf *out, struct view raw)
{
	size_t n = sid_size(raw);

	if (n && n == raw.n && raw.p[2] == 0 && raw.p[3] == 0)
		well_formed(out, raw);
	else if (!n || n != raw.n || !by_libfwnt(out, raw))
		value_bytes(out, raw);
}

const char *fwnt_version(void)
{
	return libfwnt_get_version();
}
