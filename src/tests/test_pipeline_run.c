/* SPDX-License-Identifier: Apache-2.0 */
/* The run when things die under it: workers, files, signals. The logs are forged. */
#include "testing_findings.h"
#include "testing_forge.h"

#include <dirent.h>
#include <signal.h>

#include "accounts.h"
#include "evtxhound/evtx.h"
#include "evtxhound/pipeline.h"

static const char scenario[] = FORGE_HOST FORGE_PROCESS FORGE_NOISE(600);

struct fixture {
	char dir[64];
	char log[160];
	int dirfd;
	unsigned long records; /* in the log */
	struct ruleset rules;
	struct source_list sources;
	struct hunt_options options;
	struct hunt *hunt;
	struct timeline *timeline;
	struct run run;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	char rules[4096];
	strcpy(x->dir, "/tmp/evtxhound-run.XXXXXX");
	assert_non_null(mkdtemp(x->dir));
	x->dirfd = open(x->dir, O_RDONLY | O_DIRECTORY);
	x->records = forge_log(x->dir, scenario);
	snprintf(x->log, sizeof(x->log), "%s/%s", x->dir, LOG_NAME);
	snprintf(rules, sizeof(rules), "%s/rules", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	assert_int_equal(ruleset_init(&x->rules, &x->e), 0);
	assert_int_equal(ruleset_add(&x->rules, rules, &x->e), 0);
	assert_int_equal(ruleset_finish(&x->rules, &x->e), 0);
	source_list_init(&x->sources);
	assert_int_equal(source_list_add(&x->sources, x->log, &x->e), 0);
	x->options = (struct hunt_options){.rules = &x->rules, .sources = &x->sources, .jobs = 2,
					   .hash = true, .to = UINT64_MAX, .dirfd = x->dirfd};
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	char path[256];
	hunt_free(x->hunt);
	source_list_release(&x->sources);
	ruleset_release(&x->rules);
	close(x->dirfd);
	unlink(x->log);
	snprintf(path, sizeof(path), "%s/A", x->dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/died", x->dir);
	unlink(path);
	assert_int_equal(rmdir(x->dir), 0); /* nothing else was left behind */
	free(x);
	return 0;
}

static int run(struct fixture *x)
{
	int rc = hunt_run(&x->options, &x->hunt, &x->run, &x->timeline, &x->e);
	if (rc == 0)
		assert_true(adds_up(&x->run.sources[0]));
	return rc;
}

static const struct damage *damage_of(const struct fixture *x, const char *kind)
{
	const struct source_result *r = &x->run.sources[0];
	for (size_t i = 0; i < r->n_damage; i++)
		if (!strcmp(r->damage[i].kind, kind))
			return &r->damage[i];
	return NULL;
}

/* ---- a decoder that does something at its third chunk ---- */

#define FATAL_CHUNK (EVTX_HEADER_SIZE + 2u * EVTX_CHUNK_SIZE)

struct double_decoder {
	struct decoder base;
	struct decoder *real;
	struct decoder_ops ops;
};
/* Where the double finds what it does: set before the workers are forked. */
static void (*misfortune)(void);
static const char *once_path;
static const char *shrink_path;

static struct decoder *real_of(struct decoder *d)
{
	return ((struct double_decoder *)d)->real;
}

static int double_chunk(struct decoder *d, struct view bytes, uint64_t offset, struct err *e)
{
	if (offset == FATAL_CHUNK)
		misfortune();
	return real_of(d)->ops->chunk(real_of(d), bytes, offset, e);
}

static int double_next(struct decoder *d, struct record *r, struct err *e)
{
	return real_of(d)->ops->next(real_of(d), r, e);
}

static int double_head(struct decoder *d, struct record *r, struct event *ev, struct err *e)
{
	return real_of(d)->ops->head(real_of(d), r, ev, e);
}

static int double_data(struct decoder *d, struct record *r, struct event *ev, struct err *e)
{
	return real_of(d)->ops->data(real_of(d), r, ev, e);
}

static void double_summary(struct decoder *d, struct chunk_summary *s)
{
	real_of(d)->ops->summary(real_of(d), s);
}

static void double_destroy(struct decoder *d)
{
	real_of(d)->ops->destroy(real_of(d));
	free(d);
}

static struct decoder *double_new(const struct fields *f, damage_fn *fn, void *ctx)
{
	struct double_decoder *d = calloc(1, sizeof(*d));
	d->ops = (struct decoder_ops){.name = "double",
				      .chunk = double_chunk,
				      .next = double_next,
				      .head = double_head,
				      .data = double_data,
				      .summary = double_summary,
				      .destroy = double_destroy};
	d->base.ops = &d->ops;
	d->real = evtx_decoder_new(f, fn, ctx);
	return &d->base;
}

static void die(void)
{
	raise(SIGKILL);
}

static void die_once(void)
{
	int fd = open(once_path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	if (fd >= 0)
		raise(SIGKILL);
}

static void give_up(void)
{
	_exit(9);
}

static void shrink(void)
{
	if (truncate(shrink_path, FATAL_CHUNK + 1000))
		_exit(8);
}

/* ---- the tests ---- */

static void undisturbed(void **state)
{
	struct fixture *x = *state;
	assert_int_equal(run(x), 0);
	assert_int_equal(x->run.about.n, 1);
	assert_int_equal(x->run.exit_code, 1);
	assert_true(x->run.sources[0].chunks > 4);
	assert_true(x->sources.v[0].hashed);
	assert_int_equal(x->run.worker_deaths, 0);
	assert_true(view_eq_str(nth_finding(&x->run, 0)->evidence[0].proof->witness, "agree"));
}

static void disturbed(struct fixture *x, void (*what)(void), uint64_t deaths)
{
	char once[128];
	snprintf(once, sizeof(once), "%s/died", x->dir);
	misfortune = what;
	once_path = once;
	shrink_path = x->log;
	x->options.decoder_new = double_new;
	if (run(x) < 0)
		fail_msg("%s", x->e.msg);
	assert_int_equal(x->run.worker_deaths, deaths);
	assert_int_equal(x->run.sources[0].worker_deaths, deaths);
}

static void a_worker_that_dies_once_costs_nothing(void **state)
{
	struct fixture *x = *state;
	disturbed(x, die_once, 1);
	assert_int_equal(x->run.sources[0].records, x->records);
	assert_int_equal(x->run.about.n, 1);
	assert_int_equal(x->run.exit_code, 1);
	assert_true(x->sources.v[0].hashed);
}

static void a_chunk_that_kills_costs_itself(void **state)
{
	struct fixture *x = *state;
	disturbed(x, die, 2);
	const struct damage *d = damage_of(x, "worker");
	assert_non_null(d);
	assert_int_equal(d->offset, FATAL_CHUNK);
	assert_non_null(strstr(d->what, "signal 9"));
	assert_in_range(x->records - x->run.sources[0].records, 1, 200); /* one chunk's */
	assert_int_equal(x->run.exit_code, 3);
	assert_true(x->sources.v[0].hashed);
}

static void a_worker_that_ends_costs_the_same(void **state)
{
	struct fixture *x = *state;
	disturbed(x, give_up, 2);
	assert_non_null(strstr(damage_of(x, "worker")->what, "status 9"));
}

static void a_file_that_shrinks_is_told(void **state)
{
	struct fixture *x = *state;
	disturbed(x, shrink, 0);
	const struct damage *d = damage_of(x, "shrunk");
	assert_non_null(d);
	assert_non_null(damage_of(x, "changed"));
	assert_true(x->sources.v[0].changed);
	assert_false(x->sources.v[0].hashed);
	assert_int_equal(x->run.exit_code, 3);
}

/* As in logs that were exported. */
static void a_record_header_without_a_time_is_no_time(void **state)
{
	struct fixture *x = *state;
	static const uint8_t zeros[8];
	uint64_t start;
	int fd = open(x->log, O_WRONLY);
	assert_int_equal(pwrite(fd, zeros, 8, EVTX_HEADER_SIZE + EVTX_CHUNK_HEADER_SIZE + 16), 8);
	close(fd);
	source_list_release(&x->sources);
	source_list_init(&x->sources);
	assert_int_equal(source_list_add(&x->sources, x->log, &x->e), 0);
	assert_int_equal(run(x), 0);
	assert_true(time_parse(view_str("2026-01-05"), &start));
	assert_true(x->run.sources[0].first_time >= start);
	assert_true(x->run.hosts[0].first_time >= start);
}

/* Between the matching and the second reading of what was matched. */
static void cut_after_the_scan(void *ctx, const struct progress *p)
{
	struct fixture *x = ctx;
	if (p->path && truncate(x->log, EVTX_HEADER_SIZE))
		fail_msg("cannot cut the log");
}

static void evidence_that_cannot_be_read_again_is_told(void **state)
{
	struct fixture *x = *state;
	x->options.progress = cut_after_the_scan;
	x->options.ctx = x;
	assert_int_equal(run(x), 0);
	assert_int_equal(x->run.about.n, 1);
	assert_non_null(nth_finding(&x->run, 0)->evidence[0].event); /* as it was matched */
	assert_false(nth_finding(&x->run, 0)->evidence[0].proof->known);
	assert_non_null(damage_of(x, "reread"));
	assert_int_equal(x->run.exit_code, 3);
}

static bool is_told(const struct fixture *x, const char *kind, const char *what)
{
	const struct source_result *r = &x->run.sources[0];
	for (size_t i = 0; i < r->n_damage; i++)
		if (!strcmp(r->damage[i].kind, kind) && strstr(r->damage[i].what, what))
			return true;
	return false;
}

/* The kin of the finding's process are told by records that the scan only left clues of. */
static void facts_that_cannot_be_read_again_are_told(void **state)
{
	struct fixture *x = *state;
	x->options.progress = cut_after_the_scan;
	x->options.ctx = x;
	assert_int_equal(run(x), 0);
	assert_true(is_told(x, "reread", "what it says of processes is not known"));
	assert_int_equal(x->run.exit_code, 3);
}

static void remove_after_the_scan(void *ctx, const struct progress *p)
{
	struct fixture *x = ctx;
	if (p->files == p->files_total)
		unlink(x->log);
}

static void evidence_that_is_gone_is_told(void **state)
{
	struct fixture *x = *state;
	x->options.progress = remove_after_the_scan;
	x->options.ctx = x;
	assert_int_equal(run(x), 0);
	assert_int_equal(x->run.worker_deaths, 0);
	assert_true(is_told(x, "reread", "could not be read again"));
	assert_true(is_told(x, "reread", "what it says of processes is not known"));
	assert_int_equal(x->run.exit_code, 3);
}

static void a_signal_ends_it(void **state)
{
	struct fixture *x = *state;
	volatile sig_atomic_t stop = 1;
	x->options.stop = &stop;
	assert_int_equal(run(x), -1);
	assert_int_equal(x->e.code, ERR_INTERRUPTED);
}

/* ---- hashed once more ---- */

/* As if the bytes had changed, and none of the times. */
static void another_hash(void *ctx, const struct progress *p)
{
	struct source_list *l = ctx;
	if (p->files == p->files_total && !p->opening)
		l->v[0].sha256[0] ^= 1;
}

static void other_bytes_at_the_end_are_told(void **state)
{
	struct fixture *x = *state;
	x->options.rehash = true;
	x->options.progress = another_hash;
	x->options.ctx = &x->sources;
	assert_int_equal(run(x), 0);
	assert_non_null(damage_of(x, "changed"));
	assert_int_equal(x->run.exit_code, 3);
}

static void the_same_bytes_at_the_end_are_nothing(void **state)
{
	struct fixture *x = *state;
	x->options.rehash = true;
	assert_int_equal(run(x), 0);
	assert_null(damage_of(x, "changed"));
	assert_int_equal(x->run.exit_code, 1);
}

/* The workers of the second have the first one's sockets, and must not keep its workers waiting. */
static void two_at_once(void **state)
{
	struct fixture *x = *state;
	const struct info_options o = {.sources = &x->sources, .jobs = 2};
	struct hunt *first = NULL, *second = NULL;
	struct run run;

	alarm(120);
	assert_int_equal(info_run(&o, &first, &run, &x->e), 0);
	assert_int_equal(info_run(&o, &second, &run, &x->e), 0);
	assert_int_equal(run.sources[0].records, x->records);
	hunt_free(first);
	hunt_free(second);
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_bytes_at_the_end_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_same_bytes_at_the_end_are_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(undisturbed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_worker_that_dies_once_costs_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_chunk_that_kills_costs_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_worker_that_ends_costs_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_shrinks_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_record_header_without_a_time_is_no_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(evidence_that_cannot_be_read_again_is_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(facts_that_cannot_be_read_again_are_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(evidence_that_is_gone_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_signal_ends_it, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
