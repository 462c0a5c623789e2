/* SPDX-License-Identifier: Apache-2.0 */
#include <lzma.h>
#include <string.h>
#include <zlib.h>

#include "packed.h"

#define MOST (1u << 20) /* bytes at once: the libraries count in 32 bits */

struct packing {
	const char *format;
	struct view magic;
	bool (*start)(struct packed *p);
	enum packed_end (*run)(struct packed *p, struct view *in, uint8_t *out, size_t *n);
	void (*end)(struct packed *p);
};

struct packed {
	const struct packing *how;
	bool started;
	const char *why;
	union {
		z_stream gzip;
		lzma_stream xz;
	} u;
};

static enum packed_end damaged(struct packed *p, const char *why)
{
	p->why = why;
	return PACKED_DAMAGED;
}

/* ---- gzip ---- */

static bool gzip_start(struct packed *p)
{
	p->u.gzip = (z_stream){ 0 };
	return inflateInit2(&p->u.gzip, 15 + 16) == Z_OK;
}

static enum packed_end gzip_run(struct packed *p, struct view *in, uint8_t *out, size_t *n)
{
	z_stream *z = &p->u.gzip;
	unsigned had = (unsigned)in->n, room = (unsigned)*n;

	z->next_in = (Bytef *)(uintptr_t)in->p;
	z->avail_in = had;
	z->next_out = out;
	z->avail_out = room;
	int r = inflate(z, Z_NO_FLUSH);
	*n = room - z->avail_out;
	*in = view_sub(*in, had - z->avail_in, in->n);
	if (r == Z_STREAM_END)
		return PACKED_END;
	if (r == Z_OK || r == Z_BUF_ERROR)
		return PACKED_MORE;
	/* "incorrect data check" */
	return damaged(p, r == Z_MEM_ERROR ? "no memory" : z->msg ? z->msg : "its data are damaged");
}

static void gzip_end(struct packed *p)
{
	inflateEnd(&p->u.gzip);
}

/* ---- xz ---- */

static bool xz_start(struct packed *p)
{
	p->u.xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&p->u.xz, LIMIT_UNPACK_MEMORY, 0) == LZMA_OK;
}

static enum packed_end xz_run(struct packed *p, struct view *in, uint8_t *out, size_t *n)
{
	lzma_stream *x = &p->u.xz;
	size_t had = in->n, room = *n;

	x->next_in = in->p;
	x->avail_in = had;
	x->next_out = out;
	x->avail_out = room;
	lzma_ret r = lzma_code(x, LZMA_RUN);
	*n = room - x->avail_out;
	*in = view_sub(*in, had - x->avail_in, in->n);
	if (r == LZMA_STREAM_END)
		return PACKED_END;
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return PACKED_MORE;
	if (r == LZMA_MEMLIMIT_ERROR || r == LZMA_MEM_ERROR)
		return damaged(p, "unpacking it takes more memory than it is given");
	return damaged(p, r == LZMA_OPTIONS_ERROR ? "it is packed in a way that is not known"
						  : "its data or checksums are damaged");
}

static void xz_end(struct packed *p)
{
	lzma_end(&p->u.xz);
}

/* ---- all ---- */

static const struct packing packings[] = {
	{ "gzip archive", { (const uint8_t *)"\x1f\x8b", 2 }, gzip_start, gzip_run, gzip_end },
	{ "xz archive", { (const uint8_t *)"\xfd" "7zXZ", 6 }, xz_start, xz_run, xz_end },
};

static const struct packing *find(const char *format)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
		if (!strcmp(packings[i].format, format))
			return &packings[i];
	return NULL;
}

bool packed_knows(const char *format)
{
	return find(format);
}

struct packed *packed_new(const char *format)
{
	struct packed *p = mem_alloc(sizeof(*p));

	if (!p)
		return NULL;
	p->how = find(format);
	p->started = p->how->start(p);
	if (p->started)
		return p;
	mem_free(p);
	return NULL;
}

void packed_free(struct packed *p)
{
	if (p && p->started)
		p->how->end(p);
	mem_free(p);
}

enum packed_end packed_run(struct packed *p, struct view *in, uint8_t *out, size_t *n)
{
	struct view some = view_sub(*in, 0, MOST);
	size_t had = some.n;

	if (*n > MOST)
		*n = MOST;
	enum packed_end r = p->how->run(p, &some, out, n);
	*in = view_sub(*in, had - some.n, in->n);
	return r;
}

bool packed_begins(const struct packed *p, struct view v)
{
	return view_eq(view_sub(v, 0, p->how->magic.n), p->how->magic);
}

bool packed_again(struct packed *p)
{
	p->how->end(p);
	p->started = p->how->start(p);
	return p->started;
}

const char *packed_why(const struct packed *p)
{
	return p->why;
}
