/* SPDX-License-Identifier: Apache-2.0 */
/* Gives the coverage what the scan told of hosts, logs, findings and losses. */
#include "hunt-private.h"

int observe_tally(struct hunt *h, uint32_t source, const struct tally *t, struct err *e)
{
	const struct seen_records s = {.computer = t->computer, .channel = t->channel, .provider = t->provider,
			       .event_id = t->event_id, .version = t->version, .n = t->n,
			       .first_time = t->times.first, .last_time = t->times.last,
			       .asked = t->asked, .fields = t->fields, .n_fields = t->n_fields,
			       .cut = t->cut};
	return h->coverage ? coverage_add(h->coverage, source, &s, e) : 0;
}

/* What a log that another one tells of lost is told where that is said. */
static void cleared(struct coverage *c, const struct sign *s, const struct tally_row *row,
		    const struct strtab *texts)
{
	struct view computer = strtab_text(texts, row->computer);
	for (size_t i = 0; i < s->n_places; i++) {
		const struct sign_place *p = &s->places[i];
		bool own = view_eq_str_nocase(p->note, "");
		if (view_eq_nocase(p->computer, computer))
			coverage_lack(c, computer, own ? view_str("Security") : p->note, LACK_CLEARED, 1);
	}
}

static void observe_source(struct hunt *h, const struct tally_row *row, bool first_of_host)
{
	const struct source_result *r = &h->ledger.results[row->source];
	struct view computer = strtab_text(&h->ledger.texts, row->computer);
	struct view channel = strtab_text(&h->ledger.texts, row->channel);
	for (size_t i = 0; i < r->n_signs; i++) {
		const struct sign *s = &r->signs[i];
		if (s->kind == SIGN_ID_GAP)
			coverage_lack(h->coverage, computer, channel, LACK_GAP, s->amount);
		else if (s->kind == SIGN_CLEARED && first_of_host)
			cleared(h->coverage, s, row, &h->ledger.texts);
	}
	uint64_t lost = r->losses + r->undecoded + r->partly;
	if (lost)
		coverage_lack(h->coverage, computer, channel, LACK_DAMAGE, lost);
}

/* The rows are in order of source and channel, then of kinds of records, then of computers. */
static bool is_new(const struct ledger *l, size_t i, bool any_channel)
{
	for (size_t k = i; k-- && l->rows[k].source == l->rows[i].source;)
		if (l->rows[k].computer == l->rows[i].computer &&
		    (any_channel || l->rows[k].channel == l->rows[i].channel))
			return false;
	return true;
}

int observe_close(struct hunt *h, struct err *e)
{
	const struct ledger *l = &h->ledger;
	for (size_t i = 0; i < l->n_rows; i++)
		if (is_new(l, i, false))
			observe_source(h, &l->rows[i], is_new(l, i, true));
	return coverage_close(h->coverage, h->opt->from, h->opt->to, e);
}
