/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real logs, where the environment's SHARED names a folder of them: every byte has a name, and
 * there are as many records as libevtx finds in every log that it reads whole. Skipped without
 * SHARED.
 */
#include "testing.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libevtx.h>

#include "evtxhound/evtx.h"

/* nftw() gives its callback no context. */
static struct {
	struct decoder *decoder;
	uint64_t logs, records, partly, undecoded, whole_by_libevtx, more_than_libevtx;
} run;

static struct view map_log(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *p = MAP_FAILED;

	if (fd >= 0 && !fstat(fd, &st) && st.st_size)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (p == MAP_FAILED)
		fail_msg("cannot map %s", path);
	return (struct view){p, (size_t)st.st_size};
}

static uint64_t read_chunk(const char *path, struct view bytes, uint64_t offset)
{
	struct decoder *d = run.decoder;
	struct chunk_summary s;
	struct record r;
	struct event ev;

	assert_int_equal(d->ops->chunk(d, bytes, offset, NULL), 0);
	while (!d->ops->next(d, &r, NULL)) {
		assert_int_equal(d->ops->head(d, &r, &ev, NULL), 0);
		assert_int_equal(d->ops->data(d, &r, &ev, NULL), 0);
		TEST_ROW(path, ev.has_system || r.state != RECORD_WHOLE);
	}
	d->ops->summary(d, &s);
	TEST_ROW(path, s.bytes_header + s.bytes_record + s.bytes_slack + s.bytes_free +
				       s.bytes_zero + s.bytes_unknown ==
			       bytes.n);
	run.partly += s.partly;
	run.undecoded += s.undecoded;
	return s.records;
}

static uint64_t read_ours(const char *path)
{
	struct view v = map_log(path);
	uint64_t n = 0;

	for (uint64_t i = 0; i < evtx_chunk_count(v.n); i++)
		n += read_chunk(path, view_sub(v, evtx_chunk_offset(i), EVTX_CHUNK_SIZE),
				evtx_chunk_offset(i));
	munmap((void *)(uintptr_t)v.p, v.n);
	return n;
}

/* false: it does not read the log whole. */
static bool read_theirs(const char *path, uint64_t *records)
{
	libevtx_file_t *file = NULL;
	int n = -1, recovered = -1;
	bool whole = false;

	if (libevtx_file_initialize(&file, NULL) == 1 &&
	    libevtx_file_open(file, path, LIBEVTX_OPEN_READ, NULL) == 1)
		whole = libevtx_file_get_number_of_records(file, &n, NULL) == 1 &&
			libevtx_file_get_number_of_recovered_records(file, &recovered, NULL) == 1 &&
			libevtx_file_is_corrupted(file, NULL) == 0;
	*records = n > 0 ? (uint64_t)n : 0;
	libevtx_file_free(&file, NULL);
	return whole;
}

static int each(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	uint64_t ours, theirs;

	(void)st;
	(void)ftw;
	if (type != FTW_F || n < 5 || strcmp(path + n - 5, ".evtx"))
		return 0;
	ours = read_ours(path);
	run.logs++;
	run.records += ours;
	if (!read_theirs(path, &theirs)) {
		TEST_ROW(path, ours >= theirs);
		run.more_than_libevtx += ours - theirs;
		return 0;
	}
	run.whole_by_libevtx++;
	if (ours != theirs)
		fail_msg("%s: %llu records, libevtx has %llu", path, (unsigned long long)ours,
			 (unsigned long long)theirs);
	return 0;
}

static void real_logs(void **state)
{
	static const char *const folders[] = {"evtx", "sigma/regression"};
	const char *shared = test_shared();
	char path[4096];

	(void)state;
	if (!shared)
		skip();
	run.decoder = evtx_decoder_new(NULL, NULL, NULL);
	assert_non_null(run.decoder);
	for (size_t i = 0; i < TEST_COUNT(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", shared, folders[i]);
		assert_int_equal(nftw(path, each, 16, FTW_PHYS), 0);
	}
	run.decoder->ops->destroy(run.decoder);
	print_message(
		"%llu logs, %llu records (%llu partly, %llu not); libevtx reads %llu logs whole, "
		"and %llu records fewer in the others\n",
		(unsigned long long)run.logs, (unsigned long long)run.records,
		(unsigned long long)run.partly, (unsigned long long)run.undecoded,
		(unsigned long long)run.whole_by_libevtx,
		(unsigned long long)run.more_than_libevtx);
	assert_true(run.logs > 0 && run.records > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_logs),
	};

	return cmocka_run_group_tests_name("evtx on real logs", tests, NULL, NULL);
}
