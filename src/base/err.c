/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "evtxhound/base.h"

/* Kept free for the reason, however long the name before it. */
#define REASON_MAX 64

/* A message is one line whatever the name of a file in it holds, and is cut between characters. */
static void make_one_line(char *msg, bool cut)
{
	size_t n = strlen(msg);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)msg[i];
		if (c < 0x20 || c == 0x7f)
			msg[i] = '?';
	}
	if (!cut)
		return;
	size_t end = n;
	while (end > 0 && n - end < 3 && ((unsigned char)msg[end - 1] & 0xc0) == 0x80)
		end--;
	if (end > 0 && (unsigned char)msg[end - 1] >= 0xc0)
		msg[end - 1] = '\0';
}

/* Fills all but the last `keep` bytes of the message. */
static bool EH_PRINTF(5, 0) fill(struct err *e, enum err_code code, uint64_t offset, size_t keep,
				 const char *fmt, va_list ap)
{
	size_t room = sizeof(e->msg) - keep;

	if (!e || e->code != ERR_NONE)
		return false;
	e->code = code;
	e->offset = offset;
	int n = vsnprintf(e->msg, room, fmt, ap);
	if (n < 0)
		e->msg[0] = '\0';
	make_one_line(e->msg, n >= (int)room);
	return true;
}

int err_set(struct err *e, enum err_code code, uint64_t offset, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(e, code, offset, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int err_errno(struct err *e, enum err_code code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	bool filled = fill(e, code, 0, REASON_MAX, fmt, ap);
	va_end(ap);
	if (filled) {
		/* strerror() follows the locale; what we write must not */
		const char *why = strerrordesc_np(saved);
		size_t n = strlen(e->msg);
		snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", why ? why : "unknown error");
	}
	errno = saved;
	return -1;
}
