/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sound chunks, damaged in thousands of ways. Of each mutant every record comes out whose own
 * bytes, definitions and names are as they were, with the same text; nothing is lost without a
 * word; every byte is accounted for; no chunk takes long.
 *
 * EVTXHOUND_MUTANTS=N makes N times as many. EVTXHOUND_MUTANT="LOG:CHUNK:KIND:NUMBER", as a failure
 * prints it, makes that one only, and EVTXHOUND_MUTANT_OUT=FILE writes its chunk.
 */
#include "testing.h"

#include <signal.h>
#include <unistd.h>

#include "evtx_build.h"
#include "evtx_mutate.h"
#include "evtx_outcome.h"

#define MOST_SECONDS 1.0 /* of the processor, for one chunk */
#define MOST_SHOWN 3u	 /* failures of one kind */

struct tally {
	size_t mutants, needed, same, silent, unmarked, wrong;
};

struct session {
	struct subjects subjects;
	struct outcome outcome;
	struct mutant mutant;
	struct tally tally; /* of the kind at hand */
	size_t shown, failed_kinds, mutants;
	unsigned times;
	const char *only;
};

/* Told by the handler of a crash, which gets no context. */
static char running[256];

static void name_mutant(const struct mutant *m)
{
	snprintf(running, sizeof(running), "%s:%u:%s%s:%u", m->of->log, m->of->chunk, m->kind->name,
		 m->repaired ? ", repaired" : "", m->number);
}

static void crashed(int sig)
{
	static const char what[] = "crash with the mutant ";

	if (write(STDERR_FILENO, what, sizeof(what) - 1) > 0 &&
	    write(STDERR_FILENO, running, strlen(running)) > 0 && write(STDERR_FILENO, "\n", 1) > 0)
		signal(sig, SIG_DFL);
	signal(sig, SIG_DFL);
	raise(sig);
}

static bool fails(struct session *s, const char *what, const struct subject_record *r)
{
	if (s->shown++ < MOST_SHOWN)
		print_message("  %s: %s, record %llu at %u of %u bytes\n", running, what,
			      r ? (unsigned long long)r->id : 0, r ? r->at : 0, r ? r->size : 0);
	return false;
}

/* ---- one record ---- */

static bool same_bytes(const struct mutant *m, size_t at, size_t n)
{
	return at + n <= m->n && !memcmp(m->p + at, m->of->bytes.p + at, n);
}

/* The record's own bytes are its first span. */
static bool same_own(const struct mutant *m, const struct span *s)
{
	if (!m->kind->sizes_free)
		return same_bytes(m, s->at, s->n);
	return same_bytes(m, s->at, 4) && same_bytes(m, s->at + 8, s->n - 12);
}

static bool is_intact(const struct mutant *m, const struct subject_record *r)
{
	const struct span *s = &m->of->survey.spans[r->span];

	if (!same_own(m, s))
		return false;
	for (size_t i = 1; i < r->n_spans; i++) {
		bool own = s[i].at >= r->at && s[i].at + s[i].n <= r->at + r->size;

		if (!own && !same_bytes(m, s[i].at, s[i].n))
			return false;
	}
	return true;
}

static bool is_same(const struct session *s, const struct subject_record *r, const struct seen *got)
{
	return got && (got->record.state == RECORD_WHOLE || s->mutant.kind->sizes_free) &&
	       view_eq(outcome_text(&s->outcome, got), r->text);
}

/* A repaired checksum vouches for what the record says now, but for no record that is gone. */
static void check_record(struct session *s, const struct subject_record *r, bool told, size_t *from)
{
	const struct seen *got = outcome_find(&s->outcome, r->at, from);
	bool same = is_same(s, r, got);
	const char *fault = got && !same ? outcome_parse(&s->outcome, got) : NULL;

	if (fault) {
		s->tally.wrong++;
		fails(s, fault, r);
	}
	if (is_intact(&s->mutant, r)) {
		s->tally.needed++;
		s->tally.same += same;
		if (!same)
			fails(s, got ? "an intact record has changed" : "an intact record is lost",
			      r);
	}
	if (!told && !r->recovered && (!got || (!same && !s->mutant.repaired))) {
		s->tally.silent++;
		fails(s, got ? "changed without a word" : "lost without a word", r);
	}
}

/* ---- one mutant ---- */

/* Every live record of the chunk bears the mark when any byte of the records is another. */
static void check_marks(struct session *s)
{
	const struct mutant *m = &s->mutant;
	const struct outcome *o = &s->outcome;

	if (m->repaired ||
	    same_bytes(m, EVTX_CHUNK_HEADER_SIZE, m->of->free_space - EVTX_CHUNK_HEADER_SIZE))
		return;
	for (size_t i = 0; i < o->n; i++) {
		const struct record *r = &o->seen[i].record;

		if (r->bad_checksum || (r->recovered && !r->hidden))
			continue;
		s->tally.unmarked++;
		fails(s, "a record does not bear the mark of a bad checksum", NULL);
		return;
	}
}

static void check(struct session *s)
{
	const struct subject *of = s->mutant.of;
	bool told = s->outcome.losses || s->outcome.flagged > of->flagged;
	size_t from = 0;

	for (size_t i = 0; i < of->n; i++)
		check_record(s, &of->records[i], told, &from);
	check_marks(s);
	if (s->outcome.fault || s->outcome.seconds > MOST_SECONDS) {
		s->tally.wrong++;
		fails(s, s->outcome.fault ? s->outcome.fault : "takes too long", NULL);
	}
}

static void write_out(const struct mutant *m)
{
	const char *path = getenv("EVTXHOUND_MUTANT_OUT");
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (!f)
		return;
	assert_int_equal(fwrite(m->p, 1, m->n, f), m->n);
	assert_int_equal(fclose(f), 0);
}

static void run_one(struct session *s)
{
	struct mutant *m = &s->mutant;
	uint8_t *p;

	name_mutant(m);
	if ((s->only && strcmp(s->only, running) != 0) || !mutate(m))
		return;
	if (s->only)
		write_out(m);
	s->tally.mutants++;
	if (!m->number && m->n == EVTX_CHUNK_SIZE && !strcmp(m->of->log, "Kinds.evtx"))
		build_keep(m->p, m->kind->name);
	/* Just as many bytes as there are, so that a read beyond them is seen. */
	p = malloc(m->n);
	assert_non_null(p);
	memcpy(p, m->p, m->n);
	outcome_read(&s->outcome, (struct view){p, m->n}, EVTX_HEADER_SIZE);
	check(s);
	free(p);
}

/* ---- a kind ---- */

static bool report(const struct session *s)
{
	const struct tally *t = &s->tally;
	bool open = s->mutant.kind->open;
	char name[64];
	bool ok = t->same == t->needed && !t->silent && !t->unmarked && !t->wrong;

	snprintf(name, sizeof(name), "%s%s", s->mutant.kind->name,
		 s->mutant.repaired ? ", repaired" : "");
	print_message(
		"%-34s %6zu %8zu %8zu %8.3f%% %6zu %6zu %5zu%s\n", name, t->mutants, t->needed,
		t->same, t->needed ? 100.0 * (double)t->same / (double)t->needed : 100.0, t->silent,
		t->unmarked, t->wrong,
		open ? (ok ? "  holds by now" : "  expected to fail") : (ok ? "" : "  FAILS"));
	return ok || (open && !t->wrong);
}

static void run_kind(struct session *s, const struct mutation *kind, bool repaired)
{
	size_t n = s->subjects.n;
	size_t total = s->times * (kind->each ? kind->each * n : kind->total);

	s->tally = (struct tally){0};
	s->shown = 0;
	s->mutant.kind = kind;
	s->mutant.repaired = repaired;
	for (size_t i = 0; i < total; i++) {
		s->mutant.of = &s->subjects.at[i % n];
		s->mutant.number = (unsigned)(i / n);
		run_one(s);
	}
	if (!s->tally.mutants)
		return;
	s->mutants += s->tally.mutants;
	if (!report(s))
		s->failed_kinds++;
}

static void start(struct session *s)
{
	const char *times = getenv("EVTXHOUND_MUTANTS");
	size_t records = 0;

	*s = (struct session){.times = 1, .only = getenv("EVTXHOUND_MUTANT")};
	if (times && atoi(times) > 0)
		s->times = (unsigned)atoi(times);
	subjects_make(&s->subjects);
	outcome_init(&s->outcome);
	s->mutant.p = malloc(EVTX_CHUNK_SIZE);
	assert_non_null(s->mutant.p);
	for (size_t i = 0; i < s->subjects.n; i++)
		records += s->subjects.at[i].n;
	print_message("%zu logs, %zu chunks, %zu records\n%-34s %6s %8s %8s %9s %6s %6s %5s\n",
		      s->subjects.logs, s->subjects.n, records, "kind", "made", "intact",
		      "came out", "", "silent", "marks", "wrong");
	signal(SIGSEGV, crashed);
	signal(SIGABRT, crashed);
	signal(SIGFPE, crashed);
}

static void end(struct session *s)
{
	free(s->mutant.p);
	outcome_release(&s->outcome);
	subjects_release(&s->subjects);
}

static void damaged_chunks(void **state)
{
	struct session s;

	(void)state;
	start(&s);
	for (size_t i = 0; i < n_mutations; i++)
		for (int repaired = 0; repaired < 2; repaired++)
			if (mutations[i].ways & (repaired ? REPAIRED : AS_IT_IS))
				run_kind(&s, &mutations[i], repaired);
	print_message("%zu mutants\n", s.mutants);
	assert_true(s.only || s.mutants >= 2000);
	assert_int_equal(s.failed_kinds, 0);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_chunks),
	};

	return cmocka_run_group_tests_name("evtx mutants", tests, NULL, NULL);
}
