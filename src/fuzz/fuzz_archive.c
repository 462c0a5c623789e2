/* SPDX-License-Identifier: Apache-2.0 */
/* An archive of any kind; what is found lies within the spool, and no more is written than may be. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "evtxhound/open.h"
#include "fuzz.h"

#define SPOOL (1u << 20)

static int found(void *ctx, const struct open_found *f)
{
	(void)ctx;
	if (!f->path.n || f->spool_at > SPOOL || (f->spooled && f->size > SPOOL - f->spool_at))
		abort();
	return 0;
}

static void damage(void *ctx, const struct damage *d)
{
	(void)ctx;
	(void)d;
}

static int progress(void *ctx, struct view volume, uint64_t files, uint64_t bytes)
{
	(void)ctx;
	(void)volume;
	(void)files;
	(void)bytes;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct view v = { p, n };
	const struct reader bytes = reader_of_memory(&v);
	const struct open_options options = { .passwords = view_str("one\r\ntwo") };
	const struct open_sink sink = { .found = found, .damage = damage, .progress = progress };
	struct open_request r = { .bytes = &bytes, .dirfd = -1, .spool_max = SPOOL, .options = &options };
	const char *why;
	struct err e = { 0 };
	bool searched;

	source_look(&bytes, true, &r.format, &searched, &e);
	size_t len = strlen(r.format);
	if (len < 8 || strcmp(r.format + len - 8, " archive") || !open_knows(r.format, &why))
		return 0;
	r.spool = memfd_create("spool", MFD_CLOEXEC);
	e = (struct err){ 0 };
	if (open_container(&r, &sink, &e) < 0 && !e.code)
		abort();
	close(r.spool);
	return 0;
}
