/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match RULES... -- LOG...: how long rules take to load and records to be matched, in time of the
 * processor: with the index, and of what that costs how much is reading the records alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "evtxhound/evtx.h"
#include "evtxhound/match.h"

struct job {
	struct ruleset rules;
	struct matcher *matcher; /* NULL: records are only read */
	struct arena arena;
	unsigned long records, hits, asked;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	fprintf(stderr, "match: %s\n", what);
	exit(2);
}

static void match_record(struct job *j, const struct event *ev)
{
	struct activity act;
	struct subject s = {.event = ev, .activity = &act, .fields = &j->rules.fields, .arena = &j->arena};
	struct hit *hits;
	size_t n;

	activity_begin(ev, &act);
	if (matcher_event(j->matcher, &s, &hits, &n) < 0)
		fail("no memory");
	j->hits += n;
	arena_reset(&j->arena);
}

static void read_chunk(struct job *j, struct decoder *d, struct view chunk, uint64_t offset)
{
	struct record r;
	struct event ev;

	if (d->ops->chunk(d, chunk, offset, NULL) < 0)
		fail("no memory");
	for (;;) {
		int wants;

		memset(&r, 0, sizeof(r));
		memset(&ev, 0, sizeof(ev));
		if (d->ops->next(d, &r, NULL) != 0)
			return;
		if (d->ops->head(d, &r, &ev, NULL) < 0 || r.state == RECORD_UNDECODED)
			continue;
		j->records++;
		wants = j->matcher ? matcher_wants(j->matcher, &ev) : 1;
		j->asked += wants > 0;
		if (wants <= 0 || d->ops->data(d, &r, &ev, NULL) < 0)
			continue;
		if (j->matcher)
			match_record(j, &ev);
	}
}

static void read_log(struct job *j, struct decoder *d, const char *path)
{
	static uint8_t chunk[EVTX_CHUNK_SIZE];
	FILE *f = fopen(path, "rb");
	uint64_t offset = EVTX_HEADER_SIZE;
	size_t n;

	if (!f || fseek(f, (long)offset, SEEK_SET) != 0)
		fail(path);
	for (; (n = fread(chunk, 1, sizeof(chunk), f)) > 0; offset += n)
		read_chunk(j, d, (struct view){chunk, n}, offset);
	fclose(f);
}

static double read_all(struct job *j, char **logs, int n)
{
	struct decoder *d = evtx_decoder_new(&j->rules.fields, NULL, NULL);
	double start = seconds();

	if (!d)
		fail("no memory");
	j->records = j->hits = j->asked = 0;
	for (int i = 0; i < n; i++)
		read_log(j, d, logs[i]);
	d->ops->destroy(d);
	return seconds() - start;
}

int main(int argc, char **argv)
{
	double start = seconds(), loaded, once, all, alone;
	struct job j = {0};
	struct err e = {0};
	int i = 1;

	arena_init(&j.arena, LIMIT_CHUNK_ARENA);
	if (ruleset_init(&j.rules, &e) < 0)
		fail(e.msg);
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (ruleset_add(&j.rules, argv[i], &e) < 0)
			fail(e.msg);
	if (i == argc || ruleset_finish(&j.rules, &e) < 0)
		fail(i == argc ? "no logs" : e.msg);
	loaded = seconds() - start;
	i++;
	alone = read_all(&j, argv + i, argc - i);
	j.matcher = matcher_new(&j.rules);
	if (!j.matcher)
		fail("no memory");
	once = read_all(&j, argv + i, argc - i);
	all = read_all(&j, argv + i, argc - i);
	printf("%zu rules loaded in %.3f s (%zu faults)\n", j.rules.n, loaded, j.rules.faults.n);
	printf("%lu records read in %.3f s; %lu asked, %lu hits in %.3f s, at first %.3f s\n", j.records,
	       alone, j.asked, j.hits, all, once);
	printf("%.0f ns a record asked\n", j.asked ? (all - alone) / (double)j.asked * 1e9 : 0);
	matcher_free(j.matcher);
	ruleset_release(&j.rules);
	arena_release(&j.arena);
	return 0;
}
