/* SPDX-License-Identifier: Apache-2.0 */
/* What a chunk borrows rests on the whole log, not on who reads which part of it. */
#include "testing_files.h"

#include "accounts.h"
#include "evtx_build.h"
#include "evtxhound/pipeline.h"

#define CHUNKS (2u * LIMIT_UNIT_CHUNKS + 2u) /* three units */

/* The definitions stand in the last chunk alone; in two others they are zeroed. */
static void add_chunk(struct buf *log, uint64_t id, bool damaged)
{
	struct build_event e = {0};
	struct build b;

	build_start(&b);
	build_event(&b, &e, id, "first");
	build_event(&b, &e, id + 1, "second");
	build_finish(&b);
	if (damaged) {
		memset(b.p + e.data, 0, 24);
		build_checksums(b.p);
	}
	buf_add(log, b.p, EVTX_CHUNK_SIZE);
	build_free(&b);
}

static void make_log(struct buf *log)
{
	static const uint8_t zeroes[EVTX_CHUNK_SIZE];

	buf_init(log, 0);
	buf_add(log, "ElfFile", 8);
	buf_add(log, zeroes, EVTX_HEADER_SIZE - 8);
	for (size_t i = 0; i < CHUNKS; i++)
		if (i == CHUNKS - 1)
			add_chunk(log, 1000, false);
		else if (i == 0 || i == LIMIT_UNIT_CHUNKS + 5)
			add_chunk(log, 1 + 10 * i, true);
		else
			buf_add(log, zeroes, EVTX_CHUNK_SIZE);
}

static void borrowed_from_another_unit(void **state)
{
	struct test_folder f;
	struct buf log;
	char path[PATH_MAX];

	(void)state;
	test_folder_make(&f);
	make_log(&log);
	test_write(&f, "log.evtx", buf_data(&log));
	for (unsigned jobs = 1; jobs <= 3; jobs++) {
		struct source_list sources;
		struct info_options o = {.sources = &sources, .jobs = jobs};
		struct hunt *hunt = NULL;
		struct run run = {0};
		struct err e = {0};

		source_list_init(&sources);
		assert_int_equal(source_list_add(&sources, test_path(&f, "log.evtx", path), &e), 0);
		if (info_run(&o, &hunt, &run, &e) < 0)
			fail_msg("%s", e.msg);
		assert_true(run.n_sources == 1 && adds_up(&run.sources[0]));
		assert_int_equal(run.sources[0].records, 6);
		/* What a zeroed size hides, the element behind it tells: where the values begin. */
		assert_int_equal(run.sources[0].reconstructed, 4);
		assert_int_equal(run.sources[0].partly, 0);
		hunt_free(hunt);
		source_list_release(&sources);
	}
	buf_release(&log);
	test_folder_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(borrowed_from_another_unit),
	};

	return cmocka_run_group_tests_name("pipeline lending", tests, NULL, NULL);
}
