/* SPDX-License-Identifier: Apache-2.0 */
/* What the page's script must know before it reads blocks: how many, of which rules and hosts, the signs. */
#include "page_data.h"

static void hidden(struct json *j)
{
	uint32_t ranges[64][2];
	size_t n = text_hidden_ranges(ranges, ARRAY_LEN(ranges));

	json_open(j, "hidden", '[');
	for (size_t i = 0; i < n && i < ARRAY_LEN(ranges); i++) {
		json_number(j, NULL, ranges[i][0]);
		json_number(j, NULL, ranges[i][1]);
	}
	json_close(j, ']');
}

static void texts(struct json *j, const char *name, struct text_list l)
{
	json_open(j, name, '[');
	for (size_t i = 0; i < l.n; i++)
		json_text(j, NULL, view_cut(l.v[i], LIMIT_PAGE_LIST_TEXT));
	json_close(j, ']');
}

/* Those that have findings, by their number. */
static void rules(struct json *j, const struct run *run)
{
	json_open(j, "rules", '{');
	for (size_t i = 0; i < run->rules->n; i++) {
		const struct rule *r = &run->rules->rules[i];
		char name[24];

		if (!rule_findings(run, i))
			continue;
		snprintf(name, sizeof(name), "%zu", i);
		json_open(j, name, '{');
		json_text(j, "title", view_cut(r->title, LIMIT_PAGE_LIST_TEXT));
		json_number(j, "level", r->level);
		texts(j, "tactics", r->tactics);
		texts(j, "techniques", r->techniques);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void words(struct json *j)
{
	json_open(j, "levels", '[');
	for (int l = LEVEL_NONE; l <= LEVEL_CRITICAL; l++)
		json_text(j, NULL, view_str(rule_level_name((enum rule_level)l)));
	json_close(j, ']');
	json_open(j, "states", '[');
	for (unsigned s = 0; s < SOURCE_STATES; s++)
		json_text(j, NULL, view_str(source_state_name((enum source_state)s)));
	json_close(j, ']');
}

/* ---- signs that have a time ---- */

/* The only one that could be meant: the channels of the log are those of no other host. -1: none. */
static int64_t host_by_channel(struct page_data *d, const struct source_result *r)
{
	const struct run *run = d->run;
	int64_t found = -1;

	for (size_t i = 0; r->n_counts && i < run->n_hosts; i++) {
		uint32_t id;

		if (!view_eq_nocase(run->hosts[i].channel, r->counts[0].channel))
			continue;
		id = strtab_find(&d->hosts, run->hosts[i].computer);
		if (found >= 0 || id == STRTAB_NONE)
			return -1;
		found = id;
	}
	return found;
}

static int64_t host_of_sign(struct page_data *d, size_t source, const struct sign_place *p)
{
	uint32_t id = p->computer.n ? strtab_find(&d->hosts, p->computer) : STRTAB_NONE;

	if (id != STRTAB_NONE)
		return id;
	if (d->source_hosts[source] == SEVERAL_HOSTS)
		return -1;
	if (d->source_hosts[source])
		return d->source_hosts[source] - 1;
	return host_by_channel(d, &d->run->sources[source]);
}

static void sign(struct json *j, struct page_data *d, size_t source, const struct sign *s,
		 const struct sign_place *p)
{
	uint64_t from = p->other_time && p->other_time < p->time ? p->other_time : p->time;
	uint64_t to = p->other_time > p->time ? p->other_time : p->time;
	struct buf text;

	buf_init(&text, 0);
	sign_text(&text, s->kind, p);
	json_open(j, NULL, '{');
	json_text(j, "kind", view_str(sign_about(s->kind)->name));
	json_name(j, "host");
	buf_fmt(j->b, "%" PRId64, host_of_sign(d, source, p));
	json_number(j, "from", from / PAGE_TICKS);
	json_number(j, "to", to / PAGE_TICKS);
	json_text(j, "text", view_cut(buf_data(&text), LIMIT_PAGE_LIST_TEXT));
	json_file(j, "source", view_str(d->run->sources[source].source->path));
	json_close(j, '}');
	j->b->bad |= text.bad;
	buf_release(&text);
}

static void signs(struct json *j, struct page_data *d)
{
	uint64_t n = 0, more = 0;

	json_open(j, "signs", '[');
	for (size_t i = 0; i < d->run->n_sources; i++)
		for (size_t k = 0; d->run->sources[i].source && k < d->run->sources[i].n_signs; k++) {
			const struct sign *s = &d->run->sources[i].signs[k];

			more += s->n - s->n_places;
			for (size_t p = 0; p < s->n_places; p++)
				if (s->places[p].time && n++ < LIMIT_PAGE_SOURCES)
					sign(j, d, i, s, &s->places[p]);
		}
	json_close(j, ']');
	json_number(j, "more_signs", more + (n > LIMIT_PAGE_SOURCES ? n - LIMIT_PAGE_SOURCES : 0));
	json_open(j, "sign_names", '{');
	for (int k = 0; k < SIGN_KINDS; k++)
		json_text(j, sign_about((enum sign_kind)k)->name,
			  view_str(sign_about((enum sign_kind)k)->title));
	json_close(j, '}');
}

/* ---- blocks and pages ---- */

static void blocks(struct json *j, struct page_data *d, size_t part)
{
	static const char *const names[BLOCK_KINDS] = {"list", "chart", "findings", "entries"};

	json_open(j, "blocks", '{');
	for (int kind = 0; kind < BLOCK_KINDS; kind++) {
		json_open(j, names[kind], '[');
		for (size_t i = 0; i < d->n_bundles; i++)
			for (size_t k = d->bundles[i].block;
			     d->bundles[i].part == part && k < d->bundles[i].block + d->bundles[i].n_blocks; k++)
				if (d->blocks[k].kind == kind)
					json_number(j, NULL, d->blocks[k].n);
		json_close(j, ']');
	}
	json_close(j, '}');
}

struct range {
	bool any;
	uint64_t first, n;
};

static void grow(struct range *r, const struct bundle *b)
{
	r->first = r->any ? r->first : b->first;
	r->n += b->n;
	r->any = true;
}

static void pages(struct json *j, struct page_data *d)
{
	char name[OUTPUT_NAME];

	json_open(j, "pages", '[');
	for (size_t part = 0; part < d->n_parts; part++) {
		struct range of[2] = {{0}};
		uint64_t from = UINT64_MAX, to = 0;

		for (size_t i = 0; i < d->n_bundles; i++) {
			const struct bundle *b = &d->bundles[i];

			if (b->part != part)
				continue;
			grow(&of[b->entries], b);
			from = b->first_time < from ? b->first_time : from;
			to = b->last_time > to ? b->last_time : to;
		}
		json_open(j, NULL, '{');
		json_text(j, "name", view_str(page_name(part, name)));
		json_number(j, "first_finding", of[0].first);
		json_number(j, "findings", of[0].n);
		json_number(j, "first_entry", of[1].first);
		json_number(j, "entries", of[1].n);
		json_time(j, "from", to ? from : 0);
		json_time(j, "to", to);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void page_meta(struct buf *b, struct page_data *d, size_t part)
{
	struct json j = {.b = b};

	json_open(&j, NULL, '{');
	json_number(&j, "page", part);
	json_number(&j, "findings", d->run->about.n);
	json_text(&j, "timeline", view_str(d->run->timeline ? d->run->timeline : "none"));
	pages(&j, d);
	blocks(&j, d, part);
	json_open(&j, "hosts", '[');
	for (uint32_t i = 0; i < d->hosts.n; i++)
		json_text(&j, NULL, view_cut(strtab_text(&d->hosts, i), LIMIT_PAGE_LIST_TEXT));
	json_close(&j, ']');
	rules(&j, d->run);
	words(&j);
	hidden(&j);
	signs(&j, d);
	json_close(&j, '}');
}
