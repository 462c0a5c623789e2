/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs evtxhound-ntfs: orders on its standard input, answers on its standard output, a line each
 * (fixtures/ntfs/main.c). All three are files, so that neither side ever waits for the other.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWERS_MAX (1u << 20)

/* Standard input, output, error of the helper. */
struct pipes {
	int fd[3];
};

static void put_orders(struct buf *b, const struct filling *f)
{
	static const char *const stored[] = {"plain", "compressed", "sparse"};

	for (const struct item *i = f->items; i; i = i->next) {
		const struct sc_file *x = i->file;

		if (i->piece)
			buf_fmt(b, "leave\t%d\t%llu\t%llu\t%llu\n", x->fd,
				(unsigned long long)i->from, (unsigned long long)i->size,
				(unsigned long long)i->shift);
		else
			buf_fmt(b, "file\t%d\t%s\t%s\t%s\t%llu\t%llu\n", x->fd, x->place.path,
				x->place.stream ? x->place.stream : "-", stored[x->place.stored],
				(unsigned long long)x->created, (unsigned long long)x->modified);
	}
	/* Last, so that what they free is not used again. */
	for (const struct item *i = f->items; i; i = i->next)
		if (!i->piece && i->file->place.left == LEFT_DELETED)
			buf_fmt(b, "delete\t%s\t%llu\n", i->file->place.path,
				(unsigned long long)f->deleted);
}

static void pipes_close(struct pipes *p)
{
	for (size_t i = 0; i < 3; i++)
		if (p->fd[i] >= 0)
			close(p->fd[i]);
}

static int pipes_open(struct scenario *s, struct pipes *p, const struct filling *f)
{
	struct buf orders;

	buf_init(&orders, 0);
	put_orders(&orders, f);
	for (size_t i = 0; i < 3; i++)
		p->fd[i] = sc_spool(f->beside);
	int rc = orders.bad ? sc_no_memory(s) : 0;
	if (!rc && (p->fd[0] < 0 || p->fd[1] < 0 || p->fd[2] < 0 ||
		    sc_write_at(p->fd[0], orders.p, orders.n, 0)))
		rc = err_errno(s->e, ERR_IO, "%s: no temporary file beside it", f->beside);
	buf_release(&orders);
	if (rc)
		pipes_close(p);
	return rc;
}

/* In the child: only what may be called between fork() and exec(). */
static _Noreturn void become(const struct filling *f, const struct pipes *p, char *const *argv)
{
	for (int i = 0; i < 3; i++)
		if (dup2(p->fd[i], i) < 0)
			_exit(127);
	fcntl(f->fd, F_SETFD, 0);
	for (const struct item *i = f->items; i; i = i->next)
		fcntl(i->file->fd, F_SETFD, 0);
	execv(f->program, argv);
	_exit(127);
}

static int run(const struct filling *f, const struct pipes *p, int *status)
{
	char volume[40], sector[24];
	char *const argv[] = {(char *)(uintptr_t)f->program, volume, sector,
			      (char *)(uintptr_t)f->label, NULL};

	snprintf(volume, sizeof(volume), "/proc/self/fd/%d", f->fd);
	snprintf(sector, sizeof(sector), "%llu", (unsigned long long)f->first);
	pid_t pid = fork();
	if (pid == 0)
		become(f, p, argv);
	if (pid < 0)
		return -1;
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* All that the program wrote there, NUL behind it. */
static int read_back(int fd, struct buf *b)
{
	struct stat st;

	buf_clear(b);
	if (fstat(fd, &st) || st.st_size > ANSWERS_MAX)
		return -1;
	uint8_t *p = buf_room(b, (size_t)st.st_size + 1);
	if (!p || sc_read_at(fd, p, (size_t)st.st_size, 0))
		return -1;
	b->n = (size_t)st.st_size;
	buf_byte(b, 0);
	return 0;
}

static int take_answers(struct item *items, const struct buf *b)
{
	const char *p = (const char *)b->p;
	int used;

	for (struct item *i = items; i; i = i->next, p += used) {
		unsigned long long n;

		used = 0;
		if (sscanf(p, "%20llu\n%n", &n, &used) != 1 || !used)
			return -1;
		i->answer = n;
	}
	return *p ? -1 : 0;
}

static int judge(struct scenario *s, const struct filling *f, const struct pipes *p, int status)
{
	struct buf b;
	int rc = 0;

	buf_init(&b, 0);
	if (status && (read_back(p->fd[2], &b) || b.n < 2))
		rc = err_set(s->e, ERR_IO, 0, "%s: ended with status %d", f->program, status);
	else if (status)
		rc = err_set(s->e, ERR_IO, 0, "%s: %.*s", f->program,
			     (int)strcspn((char *)b.p, "\n"), (char *)b.p);
	else if (read_back(p->fd[1], &b) || take_answers(f->items, &b))
		rc = err_set(s->e, ERR_IO, 0, "%s: its answers cannot be understood; is it of this version?",
			     f->program);
	buf_release(&b);
	return rc;
}

int filler_run(struct scenario *s, const struct filling *f)
{
	struct pipes p;
	int status = 0;

	if (pipes_open(s, &p, f))
		return -1;
	int rc = run(f, &p, &status) ? err_errno(s->e, ERR_IO, "%s: cannot be run", f->program)
				     : judge(s, f, &p, status);
	pipes_close(&p);
	return rc;
}
