/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers when what opens them tells the truth, lies, or dies: this program itself is started as
 * evtxhound-open, and does what EVTXHOUND_DOUBLE says.
 */
#include "testing_forge.h"

#include <signal.h>

#include "accounts.h"
#include "evtxhound/evtx.h"
#include "evtxhound/pipeline.h"

/* ---- the double ---- */

/* An archive that lies beside a log of this name holds it. */
struct asked_of {
	uint64_t spool_at;
	int container, spool;
};

static void tell(int sock, struct buf *b)
{
	channel_send(sock, buf_data(b), NULL);
	buf_clear(b);
}

/* The container's bytes behind its signature are a log. */
#define FRONT 8u

static void found(struct open_sink *s, const char *path, const struct open_found *like)
{
	struct open_found f = *like;

	f.path = view_str(path);
	s->found(s->ctx, &f);
}

/* More than is kept of one container; the first half are losses. */
#define COMPLAINTS 1200000u

static void complain(struct open_sink *s, int sock, struct buf *b)
{
	for (unsigned i = 0; i < COMPLAINTS; i++) {
		struct damage d = { .severity = i < COMPLAINTS / 2 ? DAMAGE_LOSS : DAMAGE_NOTE, .offset = i,
				    .kind = "complaint", .what = "it is bad" };
		s->damage(s->ctx, &d);
		if (b->n > LIMIT_MESSAGE / 2)
			tell(sock, b);
	}
}

static void act(const char *what, int sock, const struct asked_of *a, struct buf *b)
{
	struct open_sink s = open_sink_to(b);
	uint64_t size = (uint64_t)lseek(a->container, 0, SEEK_END) - FRONT;
	const struct extent all[] = { { 0, FRONT, size } };
	const struct extent beyond[] = { { 0, FRONT, size }, { size, 1ull << 40, 65536 } };
	const struct open_found log = { .kind = SOURCE_EVTX, .format = "EVTX", .size = size,
					.inode = view_str("1"), .extents = all, .n_extents = 1 };
	struct open_found other = log;

	if (!strcmp(what, "die"))
		raise(SIGKILL);
	found(&s, "a.evtx", &log);
	if (!strcmp(what, "half")) {
		tell(sock, b);
		raise(SIGKILL);
	}
	if (!strcmp(what, "twice")) {
		other.inode = view_str("2");
		found(&s, "a.evtx", &other);
		other.state = SOURCE_DELETED;
		other.inode = view_str("3");
		found(&s, "gone/b.evtx", &other);
	}
	if (!strcmp(what, "beyond")) {
		other.extents = beyond;
		other.n_extents = 2;
		other.size = size + 65536;
		found(&s, "beyond.evtx", &other);
	}
	if (!strcmp(what, "spool")) {
		const uint8_t zeros[4096] = { 0 };
		assert_int_equal(pwrite(a->spool, zeros, sizeof(zeros), (off_t)a->spool_at), 4096);
		other = (struct open_found){ .kind = SOURCE_EVTX, .format = "EVTX", .searched = true,
					     .size = 4096, .spooled = true, .spool_at = a->spool_at };
		found(&s, "zeros.evtx", &other);
	}
	if (!strcmp(what, "nonsense"))
		buf_str(b, "this is no frame, and never was one");
	if (!strcmp(what, "unread")) {
		const struct open_volume v = { .name = view_str("p3"), .what = view_str("BitLocker"),
					       .offset = 1 << 20, .size = 1 << 20, .why = view_str("encrypted") };
		s.volume(s.ctx, &v);
	}
	if (!strcmp(what, "complain"))
		complain(&s, sock, b);
	if (!strcmp(what, "fail"))
		open_failed_write(b, &(struct err){ .code = ERR_DAMAGE, .msg = "it cannot be" });
	buf_frame_end(b, buf_frame(b, FRAME_DONE));
	tell(sock, b);
}

static int double_main(const char *what)
{
	int fds[CHANNEL_FDS] = { -1, -1, -1 };
	uint8_t prefix[4], body[65536];
	struct buf b;

	buf_init(&b, 0);
	while (channel_recv(0, prefix, 4, fds) == 0 &&
	       channel_recv(0, body, load_u32(prefix), fds) == 0) {
		struct cursor c = cursor_of((struct view){ body, load_u32(prefix) });
		cursor_skip(&c, 3 + 8);
		const struct asked_of a = { cursor_u64(&c), fds[0], fds[1] };
		act(what, 0, &a, &b);
		for (size_t i = 0; i < CHANNEL_FDS; i++) {
			if (fds[i] >= 0)
				close(fds[i]);
			fds[i] = -1;
		}
	}
	return 0;
}

/* ---- the runs ---- */

struct row {
	const char *does;
	const char *want; /* of the archive; NULL all */
	int exit_code;
	/* "KIND PATH RECORDS", of every source behind the folder. */
	const char *sources[6];
	const char *damage; /* kind, of the archive */
};
#define ALL "records"
static const struct row rows[] = {
	{ "tell", NULL, 1, { "opened x.zip", "read x.zip:/a.evtx" }, NULL },
	{ "die", NULL, 3, { "opened x.zip" }, "worker" },
	{ "half", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx" }, "worker" },
	{ "twice", NULL, 1,
	  { "opened x.zip", "read x.zip:/a.evtx", "read x.zip:/a.evtx#2", "read x.zip:/gone/b.evtx#3" }, NULL },
	{ "beyond", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx", "read x.zip:/beyond.evtx" }, NULL },
	{ "spool", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx", "read x.zip:/zeros.evtx" }, NULL },
	{ "nonsense", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx" }, "worker" },
	{ "unread", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx" }, "volume" },
	{ "fail", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx" }, "open" },
	{ "complain", NULL, 3, { "opened x.zip", "read x.zip:/a.evtx" }, "complaint" },
	{ "twice", "a.evtx#2", 1, { "opened x.zip", "read x.zip:/a.evtx#2" }, NULL },
	{ "twice", "gone", 1, { "opened x.zip", "read x.zip:/gone/b.evtx#3" }, NULL },
	{ "twice", "gone/", 1, { "opened x.zip", "read x.zip:/gone/b.evtx#3" }, NULL },
	{ "twice", "gon", 3, { "unreadable x.zip" }, NULL },
};

static void make_archive(const struct test_folder *f, char path[PATH_MAX])
{
	unsigned long records = forge_log(f->path, FORGE_HOST FORGE_PROCESS FORGE_NOISE(300));
	char log[PATH_MAX];
	struct buf b = read_whole(test_path(f, LOG_NAME, log));
	int fd = open(test_path(f, "x.zip", path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(records > 0 && fd >= 0);
	assert_int_equal(write(fd, "PK\x03\x04....", FRONT), FRONT);
	assert_int_equal(write(fd, b.p, b.n), b.n);
	close(fd);
	buf_release(&b);
	assert_int_equal(unlink(log), 0);
}

static void sources_are(const struct row *r, const struct run *run, size_t front)
{
	size_t n = 0;

	while (n < 6 && r->sources[n])
		n++;
	TEST_ROW(r->does, run->n_sources == n);
	for (size_t i = 0; i < n; i++) {
		const struct source *s = run->sources[i].source;
		char text[PATH_MAX + 32];
		const char *kind = s->kind == SOURCE_CONTAINER ? "opened"
				   : s->kind == SOURCE_OTHER   ? "no log"
				   : run->sources[i].read      ? "read"
							       : "unreadable";
		snprintf(text, sizeof(text), "%s %s", kind, s->path + front);
		test_view_is(r->does, view_str(text), view_str(r->sources[i]));
		TEST_ROW(r->does, s->index == i);
		TEST_ROW(r->does, s->kind != SOURCE_EVTX || adds_up(&run->sources[i]));
	}
}

static bool has_damage(const struct source_result *r, const char *kind)
{
	for (size_t i = 0; i < r->n_damage; i++)
		if (!strcmp(r->damage[i].kind, kind))
			return true;
	return false;
}

static bool counts_complaints(const struct source_result *r)
{
	return r->n_damage == LIMIT_DAMAGE_PER_SOURCE && r->n_damage + r->more_damage == COMPLAINTS &&
	       r->losses == COMPLAINTS / 2;
}

static void run_row(const struct row *r, const struct test_folder *f, const char *path,
		    struct ruleset *rules, int dirfd)
{
	struct evidence_options evidence = { .program = "/proc/self/exe", .dirfd = dirfd,
					     .spool_max = 1 << 20 };
	struct source_list sources;
	struct hunt_options o = { .rules = rules, .sources = &sources, .evidence = &evidence, .jobs = 2,
				  .hash = true, .to = UINT64_MAX, .dirfd = dirfd };
	struct hunt *h = NULL;
	struct timeline *t = NULL;
	struct run run = { 0 };
	struct err e = { 0 };
	char wanted[PATH_MAX * 2];

	setenv("EVTXHOUND_DOUBLE", r->does, 1);
	snprintf(wanted, sizeof(wanted), "%s%s%s", path, r->want ? ":/" : "", r->want ? r->want : "");
	source_list_init(&sources);
	assert_int_equal(source_list_add(&sources, wanted, &e), 0);
	if (hunt_run(&o, &h, &run, &t, &e) < 0)
		fail_msg("%s: %s", r->does, e.msg);
	sources_are(r, &run, strlen(f->path) + 1);
	if (run.exit_code != r->exit_code)
		fail_msg("%s: exit code %d", r->does, run.exit_code);
	TEST_ROW(r->does, !r->damage || has_damage(&run.sources[0], r->damage));
	TEST_ROW(r->does, !strcmp(r->does, "die") ? run.worker_deaths == 2 : true);
	TEST_ROW(r->does, strcmp(r->does, "complain") != 0 || counts_complaints(&run.sources[0]));
	hunt_free(h);
	source_list_release(&sources);
}

static void test_rows(void **state)
{
	struct test_folder f;
	struct ruleset rules;
	struct err e = { 0 };
	char path[PATH_MAX], shipped[PATH_MAX];

	(void)state;
	test_folder_make(&f);
	make_archive(&f, path);
	snprintf(shipped, sizeof(shipped), "%s/rules", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	assert_int_equal(ruleset_init(&rules, &e), 0);
	assert_int_equal(ruleset_add(&rules, shipped, &e), 0);
	assert_int_equal(ruleset_finish(&rules, &e), 0);
	int dirfd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		run_row(&rows[i], &f, path, &rules, dirfd);
	close(dirfd);
	ruleset_release(&rules);
	test_folder_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
	const char *what = getenv("EVTXHOUND_DOUBLE");

	if (what)
		return double_main(what);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
