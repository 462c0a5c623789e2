/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule file, as of fuzz_rule, and behind a NUL lines of "Name=value" for the records that it is asked
 * of. The index must find what each condition by itself finds.
 */
#include <stdlib.h>

#include "evtxhound/match.h"
#include "fuzz.h"

#define COPIES 32u /* of each rule, so that there is an index */
#define FIELDS 32u

static const struct {
	const char *channel, *provider;
	uint16_t id;
} kinds[] = {
	{"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 1},
	{"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 3},
	{"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 13},
	{"Security", "Microsoft-Windows-Security-Auditing", 4688},
	{"Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4104},
	{"System", "Service Control Manager", 7045},
};

static struct view upto(struct view v, int end)
{
	const uint8_t *p = v.n ? memchr(v.p, end, v.n) : NULL;

	return view_sub(v, 0, p ? (size_t)(p - v.p) : v.n);
}

static size_t fields_of(struct view lines, const struct fields *names, struct field out[FIELDS])
{
	size_t n = 0;

	for (; lines.n && n < FIELDS; n++) {
		struct view line = upto(lines, '\n'), name = upto(line, '=');

		out[n] = (struct field){name, fields_find(names, name),
					{VALUE_UTF8, view_sub(line, name.n + 1, line.n)}};
		lines = view_sub(lines, line.n + 1, lines.n);
	}
	return n;
}

static void ask_all(struct matcher *m, const struct ruleset *s, const struct subject *subject)
{
	struct hit *hits;
	struct view *lines;
	size_t n, count, at = 0;

	if (matcher_event(m, subject, &hits, &n) < 0)
		return;
	for (uint32_t r = 0; r < s->n; r++) {
		for (uint32_t k = 0; k < s->rules[r].n_stages + (s->rules[r].until != NULL); k++) {
			struct hit h = {r, k};
			bool found = at < n && hits[at].rule == r && hits[at].stage == k;
			enum tri keep = matcher_stage(m, h, subject, EVAL_KEEP);

			if (keep != TRI_FAILED && found != (keep != TRI_FALSE))
				abort();
			at += found;
			if (r < s->n / COPIES && (matcher_stage(m, h, subject, EVAL_PUBLISHED) == TRI_FAILED ||
						  matcher_unknowns(m, h, subject, &lines, &count) < 0))
				return;
		}
	}
}

static void hunt(const struct ruleset *s, struct view lines)
{
	struct matcher *m = matcher_new(s);
	struct field fields[FIELDS];
	struct activity act;
	struct arena a;

	arena_init(&a, LIMIT_CHUNK_ARENA);
	for (size_t i = 0; m && i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct event ev = {.channel = view_str(kinds[i].channel), .provider = view_str(kinds[i].provider),
				   .event_id = kinds[i].id, .version = 2, .has_system = true, .fields = fields,
				   .n_fields = fields_of(lines, &s->fields, fields)};
		struct subject subject = {.event = &ev, .activity = &act, .fields = &s->fields, .arena = &a};

		activity_begin(&ev, &act);
		ask_all(m, s, &subject);
		arena_reset(&a);
	}
	arena_release(&a);
	matcher_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"fuzz.yml", "fuzz.toml", "fuzz.eql"};
	struct view all = {p, n}, rule = view_sub(upto(view_sub(all, 1, n), 0), 0, n);
	struct ruleset s, copies;

	if (!n || ruleset_init(&s, NULL) < 0)
		return 0;
	ruleset_add_text(&s, names[p[0] % 3], rule, NULL);
	if (ruleset_finish(&s, NULL) == 0 && s.n && s.n < 64) {
		copies = s;
		copies.n = COPIES * s.n;
		copies.rules = calloc(copies.n, sizeof(*copies.rules));
		for (size_t i = 0; copies.rules && i < copies.n; i++)
			copies.rules[i] = s.rules[i % s.n];
		if (copies.rules)
			hunt(&copies, view_sub(all, rule.n + 2, n));
		free(copies.rules);
	}
	ruleset_release(&s);
	return 0;
}
