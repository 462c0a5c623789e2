/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli-private.h"

#define MAX_LINES 50 /* of one list; the report has the rest */

static unsigned long long ull(uint64_t n)
{
	return (unsigned long long)n;
}

/* ---- findings by level, rule, host ---- */

static void print_overruns(FILE *f, const struct run *run)
{
	int lines = 0;
	fprintf(f, "on %llu record%s a rule's regular expression took too many steps: taken as not matching\n",
		ull(overruns_all(run)), overruns_all(run) == 1 ? "" : "s");
	for (size_t i = 0; i < run->rules->n; i++) {
		if (!run->overruns[i] || lines++ >= MAX_LINES)
			continue;
		fprintf(f, "  %6llu  ", ull(run->overruns[i]));
		print_text(f, run->rules->rules[i].title);
		fputc('\n', f);
	}
	if (lines > MAX_LINES)
		fprintf(f, "  and %d more rules\n", lines - MAX_LINES);
}

static void by_level(FILE *f, const struct run *run)
{
	uint64_t n[LEVEL_CRITICAL + 1] = {0};
	for (size_t i = 0; run->about.n && i < run->rules->n; i++)
		n[run->rules->rules[i].level] += run->about.rules[i].n;
	fprintf(f, "%llu finding%s", ull(run->about.n), run->about.n == 1 ? "" : "s");
	const char *sep = ": ";
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--) {
		if (!n[l])
			continue;
		fprintf(f, "%s%llu %s", sep, ull(n[l]), rule_level_name((enum rule_level)l));
		sep = ", ";
	}
	if (run->findings_hidden)
		fprintf(f, " (%llu more left out by --level, --from or --to)", ull(run->findings_hidden));
	fputc('\n', f);
	if (run->apart_about.n)
		fprintf(f, "%llu more suppressed by exceptions: suppressed.csv\n",
			ull(run->apart_about.n));
	if (near_asked(run))
		fprintf(f, "%llu near misses: near-misses.csv tells of %zu; %llu records not looked at\n",
			ull(near_met(run)), run->near->n, ull(run->near->not_looked));
	if (run->about.brief)
		fprintf(f, "%llu of them are brief: told out of their record alone, for their number\n",
			ull(run->about.brief));
	if (run->overruns)
		print_overruns(f, run);
	if (run->not_witnessed)
		fprintf(f, "%llu of their records were not read by the second decoder (--verify all does)\n",
			ull(run->not_witnessed));
}

struct rule_line {
	const struct rule *rule;
	struct rule_count count;
};

/* The gravest first, of one level the most frequent. */
static int by_weight(const void *x, const void *y)
{
	const struct rule_line *a = x, *b = y;
	if (!a->count.n != !b->count.n)
		return a->count.n ? -1 : 1;
	if (a->rule->level != b->rule->level)
		return a->rule->level > b->rule->level ? -1 : 1;
	if (a->count.n != b->count.n)
		return a->count.n > b->count.n ? -1 : 1;
	int title = view_cmp(a->rule->title, b->rule->title);
	return title ? title : view_cmp(a->rule->id, b->rule->id);
}

static void print_rule_line(FILE *f, const struct rule_line *l)
{
	fprintf(f, "  %6llu  %-13s ", ull(l->count.n), rule_level_name(l->rule->level));
	print_text(f, l->rule->title);
	if (l->count.unverified)
		fprintf(f, " (%llu unverified)", ull(l->count.unverified));
	if (l->count.not_live)
		fprintf(f, " (%llu not in live logs)", ull(l->count.not_live));
	fputc('\n', f);
}

static void by_rule(FILE *f, const struct run *run)
{
	size_t n = run->about.n ? run->rules->n : 0, lines = 0;
	struct rule_line *v = mem_alloc((n + 1) * sizeof(*v));
	if (!v)
		return;
	for (size_t r = 0; r < n; r++) {
		v[r] = (struct rule_line){&run->rules->rules[r], run->about.rules[r]};
	}
	if (n)
		qsort(v, n, sizeof(*v), by_weight);
	for (; lines < n && v[lines].count.n; lines++)
		if (lines < MAX_LINES)
			print_rule_line(f, &v[lines]);
	if (lines > MAX_LINES)
		fprintf(f, "  and %zu more rules\n", lines - MAX_LINES);
	mem_free(v);
}

static void by_host(FILE *f, const struct run *run)
{
	const struct findings_about *about = &run->about;
	if (!about->n)
		return;
	fputs("by host:\n", f);
	for (size_t i = 0; i < about->n_hosts && i < MAX_LINES; i++) {
		fprintf(f, "  %6llu  ", ull(about->hosts[i].n));
		print_text(f, about->hosts[i].text);
		fputc('\n', f);
	}
	if (about->n_hosts > MAX_LINES)
		fprintf(f, "  and %zu more hosts\n", about->n_hosts - MAX_LINES);
}

/* ---- what could not be read ---- */

static void name_source(FILE *f, const struct source *s)
{
	print_text(f, view_str(s->path));
	fputs(": ", f);
}

static bool print_damaged(FILE *f, const struct source_result *r)
{
	const struct damage *first = NULL;
	for (size_t i = 0; i < r->n_damage && !first; i++)
		if (r->damage[i].severity == DAMAGE_LOSS)
			first = &r->damage[i];
	if (!r->losses && !r->partly && !r->undecoded)
		return false;
	name_source(f, r->source);
	if (r->partly || r->undecoded)
		fprintf(f, "%llu records read in part, %llu not decodable; ", ull(r->partly),
			ull(r->undecoded));
	fprintf(f, "%llu damages", ull(r->losses));
	if (first) {
		fprintf(f, ", the first at offset %llu: ", ull(first->offset));
		print_text(f, view_str(first->what));
	}
	fputc('\n', f);
	return true;
}

bool print_unread(FILE *f, const struct source_result *r)
{
	const struct source *s = r->source;
	if (s->kind == SOURCE_EVTX || s->kind == SOURCE_CONTAINER)
		return print_damaged(f, r);
	if (!source_is_missed(s))
		return false;
	struct buf why;
	buf_init(&why, 0);
	source_why(&why, r);
	name_source(f, s);
	print_text(f, buf_data(&why));
	fputc('\n', f);
	buf_release(&why);
	return true;
}

void print_unread_all(FILE *f, const struct run *run, const char *rest)
{
	size_t n = 0;
	for (size_t i = 0; i < run->n_sources; i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *line = open_memstream(&text, &size);
		if (!line)
			return;
		bool any = print_unread(line, &run->sources[i]);
		fclose(line);
		if (any && ++n == 1)
			fputs("not read, or not wholly:\n", f);
		if (any && n <= MAX_LINES)
			fprintf(f, "  %s", text);
		free(text);
	}
	if (n > MAX_LINES)
		fprintf(f, "  and %zu more sources%s\n", n - MAX_LINES, rest);
}

/* ---- signs of tampering and loss ---- */

static void signs(FILE *f, const struct run *run)
{
	const char *sep = "signs of tampering or loss, none of them proof: ";
	for (size_t i = 0; i < SIGN_KINDS; i++) {
		struct sign_total t = sign_total(run, (enum sign_kind)i);
		if (!t.n)
			continue;
		fprintf(f, "%s%llu %s", sep, ull(t.n), sign_about((enum sign_kind)i)->name);
		sep = ", ";
	}
	if (*sep == ',')
		fputc('\n', f);
}

static void print_difference(FILE *f, const struct source_result *r, const struct difference *d)
{
	fputs("  ", f);
	name_source(f, r->source);
	fprintf(f, "offset %llu, record %llu, event id %u%s: %s", ull(d->offset), ull(d->record_id),
		d->event_id, d->recovered ? ", recovered" : "", difference_name(d->kind));
	if (d->what.n)
		fputs(": ", f);
	print_text(f, d->what);
	fputc('\n', f);
}

/* At most `max`; returns how many. */
static size_t list_differences(FILE *f, const struct run *run, bool recovered, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < run->n_sources; i++) {
		const struct verification *v = &run->sources[i].verify;
		for (size_t k = 0; k < v->n_v && n < max; k++) {
			if (v->v[k].recovered != recovered)
				continue;
			print_difference(f, &run->sources[i], &v->v[k]);
			n++;
		}
	}
	return n;
}

static void print_differences(FILE *f, const struct run *run, uint64_t all)
{
	size_t n = list_differences(f, run, false, MAX_LINES);
	n += list_differences(f, run, true, MAX_LINES - n);
	if (all > n)
		fprintf(f, "  and %llu more\n", ull(all - n));
}

static void add_verified(struct verification *sum, const struct verification *v)
{
	sum->agree += v->agree;
	sum->chunks_lost += v->chunks_lost;
	sum->more += v->n_v + v->more;
	for (size_t k = 0; k < DIFFERENCE_KINDS; k++) {
		sum->n[k] += v->n[k];
		sum->recovered[k] += v->recovered[k];
	}
}

void print_verified(FILE *f, const struct run *run, bool list)
{
	static const char *const texts[DIFFERENCE_KINDS] = {
		[DIFFERENCE_VALUES] = "differ",
		[DIFFERENCE_ONLY_OURS] = "only ours finds",
		[DIFFERENCE_ONLY_THEIRS] = "only libevtx reads",
		[DIFFERENCE_UNREAD] = "libevtx cannot read"};
	struct verification sum = {0};
	if (!run->verified)
		return;
	for (size_t i = 0; i < run->n_sources; i++)
		add_verified(&sum, &run->sources[i].verify);
	fprintf(f, "both decoders: %llu records agree", ull(sum.agree));
	for (size_t k = 0; k < DIFFERENCE_KINDS; k++)
		fprintf(f, ", %llu %s", ull(sum.n[k] - sum.recovered[k]), texts[k]);
	if (sum.chunks_lost)
		fprintf(f, "; libevtx died of %llu chunks", ull(sum.chunks_lost));
	fputs("\nof recovered records:", f);
	for (size_t k = 0; k < DIFFERENCE_KINDS; k++)
		fprintf(f, "%s %llu %s", k ? "," : "", ull(sum.recovered[k]), texts[k]);
	fputc('\n', f);
	if (list)
		print_differences(f, run, sum.more);
}

static void read_line(FILE *f, const struct run *run)
{
	uint64_t files = 0, records = 0, bytes = 0;
	for (size_t i = 0; i < run->n_sources; i++) {
		files += run->sources[i].read;
		records += run->sources[i].records;
		bytes += run->sources[i].read ? run->sources[i].source->size : 0;
	}
	fprintf(f, "read %llu log%s, %llu records, %.1f MiB; %zu rules\n", ull(files),
		files == 1 ? "" : "s", ull(records), (double)bytes / 1048576.0, run->rules->n);
}

void print_sightings(FILE *f, const struct run *run)
{
	struct buf text;
	if (!run->sightings.not_live)
		return;
	buf_init(&text, 0);
	sightings_text(&text, &run->sightings);
	print_text(f, buf_data(&text));
	fputc('\n', f);
	buf_release(&text);
}

static void apart(FILE *f, const struct run *run)
{
	for (size_t i = 0; i < run->n_apart && i < MAX_LINES; i++) {
		print_text(f, run->apart[i]);
		fputc('\n', f);
	}
	if (run->n_apart > MAX_LINES)
		fprintf(f, "and %zu more machines of one name\n", run->n_apart - MAX_LINES);
	if (run->apart_cut)
		fputs("not all collections with hosts of one name could be compared\n", f);
}

/* How much the rules could see. */
static void coverage(FILE *f, const struct run *run)
{
	size_t n = 0;
	const struct host_coverage *h = run->coverage ? coverage_hosts(run->coverage, &n) : NULL;
	for (size_t i = 0; i < n && i < MAX_LINES; i++) {
		char from[TIME_TEXT], to[TIME_TEXT];
		time_format(h[i].first_time, from);
		time_format(h[i].last_time, to);
		fprintf(f, "of %zu rules, %llu could be judged on ", coverage_rules(run->coverage),
			ull(h[i].verdicts[VERDICT_FOUND] + h[i].verdicts[VERDICT_NOT_FOUND]));
		print_text(f, h[i].computer);
		if (h[i].last_time)
			fprintf(f, " between %s and %s", from, to);
		if (h[i].in_part)
			fprintf(f, ", %llu of them in part", ull(h[i].in_part));
		fputc('\n', f);
	}
	if (n > MAX_LINES)
		fprintf(f, "  and %zu more hosts; coverage.csv has them all\n", n - MAX_LINES);
}

/* What was opened, and not hashed as a whole. */
static void unhashed(FILE *f, const struct run *run)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		n += source_is_unhashed(run->sources[i].source);
	if (n)
		fprintf(f, "not hashed as a whole: %llu image%s or archive%s\n", n, n == 1 ? "" : "s",
			n == 1 ? "" : "s");
	if (!run->hashed)
		fputs("not hashed: the logs (--no-hash)\n", f);
}

static void rules_left_out(FILE *f, const struct run *run)
{
	const struct ruleset *rules = run->rules;
	uint64_t faults = rules->faults.n + rules->faults.more;
	size_t idle = 0;
	for (size_t i = 0; i < rules->n; i++)
		idle += rules->rules[i].idle.n > 0;
	if (faults)
		fprintf(f, "%llu faults in rules: the faulty ones were left out\n", ull(faults));
	if (idle)
		fprintf(f, "%zu rules were not run; manifest.json says why\n", idle);
}

void print_summary(FILE *f, const struct run *run, const char *out_path)
{
	read_line(f, run);
	rules_left_out(f, run);
	print_sightings(f, run);
	print_verified(f, run, false);
	by_level(f, run);
	by_rule(f, run);
	by_host(f, run);
	coverage(f, run);
	apart(f, run);
	print_unread_all(f, run, "; manifest.json names them all");
	signs(f, run);
	unhashed(f, run);
	fputs("report: ", f);
	print_text(f, view_str(out_path));
	fputs("/report.html\n", f);
}
