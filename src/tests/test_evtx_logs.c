/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole logs, damaged: cut, in front and behind, with bytes put in and taken out, without headers,
 * within larger files. Every record comes out that is as it was, as are its definitions and names
 * where its chunk has them; nothing is lost without a word.
 *
 * EVTXHOUND_MUTANTS=N makes N times as many. EVTXHOUND_MUTANT="LOG:KIND:NUMBER", as a failure
 * prints it, makes that one only, and EVTXHOUND_MUTANT_OUT=FILE writes it.
 */
#include "testing.h"

#include "evtx_log.h"
#include "evtx_outcome.h"

#define MOST_SHOWN 3u
#define LOGS 5u
#define MOST_SECONDS 1.0 /* of the processor, for one chunk */

/* A record that came out. */
struct came {
	uint64_t offset, text; /* a hash of it */
	bool whole;
};

struct session {
	struct subjects subjects;
	struct outcome outcome;
	struct log log;
	struct came *came;
	size_t n_came, cap_came;
	size_t losses, flagged, clean; /* `clean`: flagged in the sound log */
	const char *fault;
	size_t mutants, needed, same, silent, wrong, shown, failed_kinds;
	const char *only;
	char running[128];
};

static void fails(struct session *s, const char *what, const struct subject *of,
		  const struct subject_record *r)
{
	if (s->shown++ < MOST_SHOWN)
		print_message("  %s: %s, %s chunk %u record %llu at %u\n", s->running, what,
			      of ? of->log : "", of ? of->chunk : 0,
			      r ? (unsigned long long)r->id : 0, r ? r->at : 0);
}

/* ---- reading ---- */

static int64_t read_log(void *ctx, uint64_t at, void *out, size_t n)
{
	const struct log *l = ctx;
	struct view v = {l->p, l->n};

	v = view_sub(v, (size_t)at, n);
	if (v.n)
		memcpy(out, v.p, v.n);
	return (int64_t)v.n;
}

static void count(void *ctx, const struct damage *d)
{
	struct session *s = ctx;

	s->losses += d->severity == DAMAGE_LOSS;
}

static void keep(struct session *s, const struct seen *seen)
{
	if (s->n_came == s->cap_came) {
		s->cap_came = s->cap_came ? 2 * s->cap_came : 1024;
		s->came = realloc(s->came, s->cap_came * sizeof(*s->came));
		assert_non_null(s->came);
	}
	s->came[s->n_came++] = (struct came){
		seen->record.offset,
		hash_view(0, outcome_text(&s->outcome, seen)),
		seen->record.state == RECORD_WHOLE,
	};
}

static void read_chunk(struct session *s, const struct evtx_run *c)
{
	struct outcome *o = &s->outcome;

	outcome_read_run(o, (struct view){s->log.p, s->log.n}, c);
	if (o->fault || o->seconds > MOST_SECONDS)
		s->fault = o->fault ? o->fault : "a chunk takes too long";
	for (size_t i = 0; i < o->n; i++) {
		keep(s, &o->seen[i]);
		if (o->seen[i].record.state != RECORD_WHOLE && !s->fault)
			s->fault = outcome_parse(o, &o->seen[i]);
	}
	s->losses += o->losses;
	s->flagged += o->flagged;
}

static int by_offset(const void *a, const void *b)
{
	const struct came *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void read_all(struct session *s)
{
	struct evtx_bytes source = {read_log, &s->log, s->log.n};
	struct view first = {s->log.p, s->log.n};
	struct evtx_header h;
	struct evtx_layout l;
	uint64_t sum;

	s->n_came = s->losses = s->flagged = 0;
	s->fault = NULL;
	evtx_header_read(view_sub(first, 0, EVTX_HEADER_SIZE), s->log.n, &h, count, s);
	assert_int_equal(evtx_layout(&l, &source, count, s, NULL), 0);
	sum = l.header + l.zero + l.unknown;
	for (size_t i = 0; i < l.n; i++) {
		for (uint64_t k = 0; k < evtx_run_chunks(&l.runs[i]); k++) {
			struct evtx_run c = evtx_run_part(&l.runs[i], k, 1);

			read_chunk(s, &c);
			sum += c.to - c.from;
		}
	}
	if (sum != s->log.n)
		s->fault = "the bytes of the file do not add up";
	evtx_layout_release(&l);
	if (s->n_came)
		qsort(s->came, s->n_came, sizeof(*s->came), by_offset);
}

/* ---- checking ---- */

static bool is_there(const struct log *l, const struct subject *of, int64_t base,
		     const struct span *span)
{
	int64_t at = base + span->at;

	return at >= 0 && (uint64_t)at + span->n <= l->n &&
	       !memcmp(l->p + at, of->bytes.p + span->at, span->n);
}

static bool is_intact(const struct log *l, const struct subject *of, int64_t base,
		      const struct subject_record *r)
{
	for (size_t i = 0; i < r->n_spans; i++)
		if (!is_there(l, of, base, &of->survey.spans[r->span + i]))
			return false;
	return true;
}

static const struct came *find(const struct session *s, uint64_t offset)
{
	const struct came key = {.offset = offset};

	return s->n_came ? bsearch(&key, s->came, s->n_came, sizeof(key), by_offset) : NULL;
}

static void check_record(struct session *s, const struct log_chunk *c,
			 const struct subject_record *r, bool told)
{
	bool intact = false, came = false, same = false;

	for (size_t i = 0; i < c->n_bases; i++) {
		const struct came *got = find(s, (uint64_t)(c->base[i] + r->at));

		intact |= is_intact(&s->log, c->of, c->base[i], r);
		came |= got != NULL;
		same |= got && got->whole && got->text == hash_view(0, r->text);
	}
	s->needed += intact;
	s->same += intact && same;
	if (intact && !same)
		fails(s, came ? "an intact record has changed" : "an intact record is lost", c->of,
		      r);
	if (same || told || r->recovered) /* no checksum covers the slack */
		return;
	s->silent++;
	fails(s, came ? "changed without a word" : "lost without a word", c->of, r);
}

static void check(struct session *s)
{
	bool told = s->losses || s->flagged > s->clean;

	for (size_t i = 0; i < s->log.n_chunks; i++) {
		const struct log_chunk *c = &s->log.chunks[i];

		for (size_t k = 0; k < c->of->n; k++)
			check_record(s, c, &c->of->records[k], told);
	}
	if (!s->fault)
		return;
	s->wrong++;
	fails(s, s->fault, NULL, NULL);
}

/* ---- running ---- */

static void write_out(const struct log *l)
{
	const char *path = getenv("EVTXHOUND_MUTANT_OUT");
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (!f)
		return;
	assert_int_equal(fwrite(l->p, 1, l->n, f), l->n);
	assert_int_equal(fclose(f), 0);
}

static void run_one(struct session *s, const struct log_mutation *kind, size_t log, size_t number)
{
	struct log *l = &s->log;

	log_make(l, &s->subjects, log * s->subjects.n / LOGS);
	l->number = (unsigned)number;
	l->random = hash_view(hash_view(number, view_str(l->name)), view_str(kind->name));
	snprintf(s->running, sizeof(s->running), "%s:%s:%zu", l->name, kind->name, number);
	if (s->only && strcmp(s->only, s->running) != 0)
		return;
	s->clean = 0;
	for (size_t i = 0; i < l->n_chunks; i++)
		s->clean += l->chunks[i].of->flagged;
	kind->apply(l);
	if (s->only)
		write_out(l);
	s->mutants++;
	read_all(s);
	check(s);
}

static size_t run_kind(struct session *s, const struct log_mutation *kind, size_t times)
{
	s->mutants = s->needed = s->same = s->silent = s->wrong = s->shown = 0;
	for (size_t log = 0; log < LOGS; log++) {
		size_t n = kind->total * times / LOGS;

		log_make(&s->log, &s->subjects, log);
		if (!kind->total)
			n = s->log.n / 4096;
		for (size_t i = 0; i < n + !n; i++)
			run_one(s, kind, log, i);
	}
	if (!s->mutants)
		return 0;
	bool ok = s->same == s->needed && !s->silent && !s->wrong;
	print_message("%-34s %6zu %8zu %8zu %8.3f%% %6zu %6zu%s\n", kind->name, s->mutants,
		      s->needed, s->same,
		      s->needed ? 100.0 * (double)s->same / (double)s->needed : 100.0, s->silent,
		      s->wrong, ok ? "" : "  FAILS");
	s->failed_kinds += !ok;
	return s->mutants;
}

static void damaged_logs(void **state)
{
	struct session s = {.only = getenv("EVTXHOUND_MUTANT")};
	const char *times = getenv("EVTXHOUND_MUTANTS");
	size_t mutants = 0;

	(void)state;
	subjects_make(&s.subjects);
	outcome_init(&s.outcome);
	log_init(&s.log);
	print_message("%u logs of up to %u chunks\n%-34s %6s %8s %8s %9s %6s %6s\n", LOGS,
		      LOG_CHUNKS, "kind", "made", "intact", "came out", "", "silent", "wrong");
	for (size_t i = 0; i < n_log_mutations; i++)
		mutants += run_kind(&s, &log_mutations[i],
				    times && atoi(times) > 0 ? (size_t)atoi(times) : 1);
	print_message("%zu mutants\n", mutants);
	assert_int_equal(s.failed_kinds, 0);
	assert_true(s.only || mutants > 1000);
	log_release(&s.log);
	outcome_release(&s.outcome);
	subjects_release(&s.subjects);
	free(s.came);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_logs),
	};

	return cmocka_run_group_tests_name("evtx, mutants of whole logs", tests, NULL, NULL);
}
