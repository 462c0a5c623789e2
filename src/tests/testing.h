/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTING_H
#define EVTXHOUND_TESTING_H
/*
 * What the tests of all modules share. Include it before anything else; link $(TEST_LIBS) last.
 */
#ifndef EVTXHOUND_TESTING
#define EVTXHOUND_TESTING
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evtxhound/base.h"

#define TEST_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The bytes of a literal, NULs within it too. */
#define TEST_BYTES(s) ((struct view){ (const uint8_t *)(s), sizeof(s) - 1 })

/* Says which row of a table failed; give it a condition that holds. */
#define TEST_ROW(name, cond)                                                                       \
	do {                                                                                       \
		if (!(cond))                                                                       \
			fail_msg("row \"%s\": %s", name, #cond);                                   \
	} while (0)

/* The folder of public logs and rules that the larger tests use, or NULL. */
static inline const char *test_shared(void)
{
	const char *shared = getenv("SHARED");

	return shared && *shared ? shared : NULL;
}

static inline struct view test_view(const char *s)
{
	return view_str(s);
}

static inline void test_view_is(const char *name, struct view got, struct view want)
{
	if (!view_eq(got, want))
		fail_msg("row \"%s\": got \"%.*s\", wanted \"%.*s\"", name, (int)got.n,
			 got.n ? (const char *)got.p : "", (int)want.n,
			 want.n ? (const char *)want.p : "");
}

/*
 * Runs `run` again and again, with the first allocation failing, the second, and so on, until a run
 * comes through without meeting the failure: that one must return true. A run that met it may
 * return what it likes, but must give back all it took (the sanitizers tell). Returns how many were
 * starved.
 */
static inline uint64_t test_starve(bool (*run)(void *ctx), void *ctx)
{
	for (uint64_t n = 1; n < 1000000; n++) {
		mem_fail_at(n);
		bool ok = run(ctx);
		bool met = !mem_fail_pending();
		mem_fail_at(0);
		if (!met) {
			if (!ok)
				fail_msg("failed with all the memory it wanted");
			return n - 1;
		}
	}
	fail_msg("takes memory without end");
	return 0;
}

#endif
