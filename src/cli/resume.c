/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a run's journal: what it was asked, so that another one can go on for it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

#define MAGIC "evtxhound-journal/1\n"
#define STATE_MAX (64u << 20)

/* The rules as they were compiled, whatever files they came from. */
bool rules_digest(const struct ruleset *rules, uint8_t out[32])
{
	struct sha256 sha;
	struct buf b;
	bool ok = sha256_start(&sha);
	buf_init(&b, 0);
	for (size_t i = 0; ok && i < rules->n; i++) {
		buf_clear(&b);
		buf_blob(&b, rules->rules[i].id);
		rule_text(&b, &rules->rules[i], &rules->fields);
		ok = !b.bad;
		sha256_add(&sha, buf_data(&b));
	}
	buf_release(&b);
	sha256_end(&sha, out);
	return ok;
}

static void state_put(struct buf *b, const struct resume *r)
{
	buf_blob(b, view_str(program_version()));
	buf_blob(b, view_str(BUILD_TEXT));
	buf_add(b, r->rules, sizeof(r->rules));
	buf_blob(b, view_str(r->directory));
	buf_u32(b, (uint32_t)r->n_arguments);
	for (size_t i = 0; i < r->n_arguments; i++)
		buf_blob(b, view_str(r->arguments[i]));
}

int resume_write(struct resume *r, struct err *e)
{
	struct buf body, all;
	buf_init(&body, STATE_MAX);
	buf_init(&all, 0);
	state_put(&body, r);
	buf_str(&all, MAGIC);
	buf_u64(&all, hash_view(0, buf_data(&body)));
	buf_blob(&all, buf_data(&body));
	int rc = 0;
	if (body.bad || all.bad)
		rc = err_set(e, ERR_NOMEM, 0, "no memory for the journal");
	for (size_t at = 0; rc == 0 && at < all.n;) {
		ssize_t n = pwrite(r->fd, all.p + at, all.n - at, (off_t)at);
		if (n > 0)
			at += (size_t)n;
		else if (n == 0 || errno != EINTR)
			rc = err_errno(e, ERR_IO, "cannot write the journal in the output folder");
	}
	r->at = all.n;
	buf_release(&body);
	buf_release(&all);
	return rc;
}

static int damaged(struct err *e)
{
	return err_set(e, ERR_IO, 0, "its journal was begun and no more: start the hunt anew, with --force");
}

static int state_take(struct resume *r, struct view body, struct err *e)
{
	struct cursor c = cursor_of(body);
	bool same = view_eq_str(cursor_blob(&c), program_version());
	same &= view_eq_str(cursor_blob(&c), BUILD_TEXT);
	struct view rules = cursor_take(&c, sizeof(r->rules));
	r->directory = mem_str(cursor_blob(&c));
	r->n_arguments = cursor_u32(&c);
	if (c.bad || r->n_arguments > body.n)
		return damaged(e);
	if (!same)
		return err_set(e, ERR_USAGE, 0, "another version or build of evtxhound began this run");
	memcpy(r->rules, rules.p, sizeof(r->rules));
	r->own = mem_alloc((r->n_arguments + 2) * sizeof(*r->own));
	for (size_t i = 0; r->own && i <= r->n_arguments; i++)
		if (!(r->own[i] = mem_str(i ? cursor_blob(&c) : view_str("hunt"))))
			return err_set(e, ERR_NOMEM, 0, "no memory to go on");
	if (!r->own || !r->directory)
		return err_set(e, ERR_NOMEM, 0, "no memory to go on");
	return c.bad ? damaged(e) : 0;
}

static int resume_read(struct resume *r, struct err *e)
{
	uint8_t head[sizeof(MAGIC) - 1 + 12];
	const size_t magic = sizeof(MAGIC) - 1;
	if (pread(r->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head, MAGIC, magic) != 0)
		return damaged(e);
	struct cursor c = cursor_of((struct view){head + magic, 12});
	uint64_t hash = cursor_u64(&c);
	size_t n = cursor_u32(&c);
	uint8_t *body = n <= STATE_MAX ? mem_alloc(n + 1) : NULL;
	struct view v = {body, n};
	r->at = sizeof(head) + n;
	bool sound = body && pread(r->fd, body, n, sizeof(head)) == (ssize_t)n && hash_view(0, v) == hash;
	int rc = sound ? state_take(r, v, e) : damaged(e);
	mem_free(body);
	return rc;
}

/* The journal's descriptor, or what report_error() makes of it. */
static int journal_of(const char *path, struct err *e)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? err_errno(e, ERR_IO, "the folder cannot be opened")
			 : report_journal(dir, false, e);
	if (dir >= 0)
		close(dir);
	return fd;
}

int resume_open(struct resume *r, const char *path)
{
	struct err e = {0};
	int fd = journal_of(path, &e);
	r->fd = fd < 0 ? 0 : fd;
	int rc = fd < 0 ? -1 : resume_read(r, &e);
	for (size_t i = 0; rc == 0 && i < r->n_arguments; i++)
		if (!strcmp(r->own[i + 1], "-"))
			rc = err_set(&e, ERR_USAGE, 0, "standard input cannot be read again");
	if (rc == 0 && *r->directory && chdir(r->directory) < 0)
		rc = err_errno(&e, ERR_IO, "the run's own folder, %s, cannot be entered", r->directory);
	if (rc == 0)
		return EXIT_NOTHING;
	say("--resume %s: %s", path, e.msg);
	return e.code == ERR_USAGE ? EXIT_USAGE : EXIT_STOPPED;
}

void resume_release(struct resume *r)
{
	for (size_t i = 0; r->own && r->own[i]; i++)
		mem_free(r->own[i]);
	if (r->own)
		mem_free((void *)r->directory);
	mem_free(r->own);
	if (r->fd > 0)
		close(r->fd);
}
