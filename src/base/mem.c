/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door to the heap. Built twice: plainly, and with the injector that lets a test fail the
 * n-th allocation.
 */
#include <stdlib.h>
#include <string.h>

#include "evtxhound/base.h"

#ifdef EVTXHOUND_TESTING
static uint64_t fail_in; /* allocations until one fails; 0: never */

void mem_fail_at(uint64_t n)
{
	fail_in = n;
}

bool mem_fail_pending(void)
{
	return fail_in != 0;
}

static bool starved(void)
{
	return fail_in != 0 && --fail_in == 0;
}
#else
static bool starved(void)
{
	return false;
}
#endif

/* Beyond PTRDIFF_MAX pointers into the block could not be subtracted. */
static bool refused(size_t size)
{
	return size > PTRDIFF_MAX || starved();
}

void *mem_alloc(size_t size)
{
	if (refused(size))
		return NULL;
	return calloc(1, size ? size : 1);
}

void *mem_grow(void *p, size_t size)
{
	if (refused(size))
		return NULL;
	return realloc(p, size ? size : 1);
}

void mem_free(void *p)
{
	free(p);
}

char *mem_str(struct view v)
{
	char *s = v.n < SIZE_MAX ? mem_alloc(v.n + 1) : NULL;

	if (s && v.n)
		memcpy(s, v.p, v.n);
	return s;
}
