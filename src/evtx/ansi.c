/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ANSI texts in another code page than Windows-1252, which events and documents read by themselves.
 * They become UTF-16 as soon as a record's values are laid out, so that nobody else need know.
 */
#include <iconv.h>

#include "reading.h"

#define BYTES_MOST 6u /* that one byte becomes: in TSCII some are three letters */

static iconv_t open_page(const char *name)
{
	return iconv_open("UTF-16LE", name);
}

bool evtx_code_page_known(const char *name)
{
	iconv_t page = open_page(name);

	if (page == (iconv_t)-1)
		return false;
	iconv_close(page);
	return true;
}

bool evtx_decoder_code_page(struct decoder *base, const char *name)
{
	struct evtx_decoder *d = (struct evtx_decoder *)base;
	iconv_t page = open_page(name);

	if (page == (iconv_t)-1)
		return false;
	ansi_release(d);
	d->code_page = page;
	return true;
}

void ansi_release(struct evtx_decoder *d)
{
	if (d->code_page)
		iconv_close(d->code_page);
	d->code_page = NULL;
}

/*
 * A byte that the code page does not have is the unpaired surrogate U+DC00 + byte, so that it is
 * flagged, and known. What iconv holds back, lest an accent should follow, is asked for in front of
 * that and at the end.
 */
static size_t convert(iconv_t page, struct view from, char *to, size_t room)
{
	char *in = (char *)(uintptr_t)from.p, *out = to;
	size_t left = from.n;

	iconv(page, NULL, NULL, NULL, NULL);
	while (left) {
		iconv(page, &in, &left, &out, &room);
		iconv(page, NULL, NULL, &out, &room);
		if (!left || room < 2)
			break;
		*out++ = *in;
		*out++ = (char)0xdc;
		room -= 2;
		in++;
		left--;
	}
	return (size_t)(out - to);
}

int ansi_convert(struct reading *r, struct value *slots, size_t n)
{
	struct evtx_decoder *d = r->d;

	for (size_t i = 0; i < n; i++) {
		struct value *v = &slots[i];
		size_t room;
		char *to;

		if ((v->type & ~VALUE_ARRAY) != VALUE_ANSI || !v->raw.n)
			continue;
		/* A byte is three units at most; readers may look at the block behind the text. */
		room = BYTES_MOST * v->raw.n;
		to = reading_spend(r, (uint32_t)(v->raw.n / 64))
			     ? arena_alloc(&d->arena, room + ANSI_SLACK)
			     : NULL;
		if (!to && reading_no_room(r) < 0)
			return -1;
		if (!to)
			return 0;
		v->raw = (struct view){(uint8_t *)to, convert(d->code_page, v->raw, to, room)};
		v->type = (uint8_t)(VALUE_UTF16 | (v->type & VALUE_ARRAY));
	}
	return 0;
}
