/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

#define REDRAW (2u * 1000u * 1000u) /* 200 ms in FILETIME */
#define SECOND 10000000.0

void progress_start(struct progress_line *p, enum verbosity v)
{
	memset(p, 0, sizeof(*p));
	p->verbosity = v;
	p->terminal = v != QUIET && isatty(STDERR_FILENO);
	p->start = time_now();
}

static void clear_line(struct progress_line *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}

static void draw(struct progress_line *p, const struct progress *now, uint64_t at)
{
	double seconds = (double)(at - p->start) / SECOND;
	double rate = seconds > 0 ? (double)now->bytes / seconds : 0;
	double left = rate > 0 ? (double)(now->bytes_total - now->bytes) / rate : 0;
	fprintf(stderr, "\r\033[K%llu of %llu files, %.1f of %.1f MiB, %.0f MiB/s, %llu matches, %.0f s left",
		(unsigned long long)now->files, (unsigned long long)now->files_total,
		(double)now->bytes / 1048576.0, (double)now->bytes_total / 1048576.0,
		rate / 1048576.0, (unsigned long long)now->findings, left);
	fflush(stderr);
	p->drawn = true;
	p->last = at;
}

static void draw_opening(struct progress_line *p, const struct progress *now, uint64_t at)
{
	fputs("\r\033[K", stderr);
	print_text(stderr, view_str(now->opening));
	if (now->volume.n) {
		fputs(":/", stderr);
		print_text(stderr, now->volume);
	}
	fprintf(stderr, ": %llu files, %.1f MiB looked at", (unsigned long long)now->files,
		(double)now->bytes / 1048576.0);
	fflush(stderr);
	p->drawn = true;
	p->last = at;
}

void progress_show(void *ctx, const struct progress *now)
{
	struct progress_line *p = ctx;
	if (p->verbosity == VERBOSE && now->path) {
		clear_line(p);
		print_text(stderr, view_str(now->path));
		fputc('\n', stderr);
	}
	if (!p->terminal)
		return;
	uint64_t at = time_now();
	if (at - p->last < REDRAW)
		return;
	if (now->opening)
		draw_opening(p, now, at);
	else
		draw(p, now, at);
}

void progress_end(struct progress_line *p)
{
	clear_line(p);
	fflush(stderr);
}
