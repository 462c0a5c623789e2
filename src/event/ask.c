/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question to an event: the word's row for this kind of record is looked up and its maker
 * called. Words that Sysmon's records hold are answered from the record as it stands there (a "-"
 * is "-", as published engines see it); in the words of ECS a "-" is nothing.
 */
#include "vocabulary-private.h"

static maker_fn *const makers[MAKER_COUNT] = {
#define M(name, function, text, how) [MAKE_##name] = function,
#include "makers.def"
#undef M
};

static size_t sort_of(const struct fields *f, const struct event *ev, struct activity *act)
{
	size_t sort;

	if (act && act->sort)
		return act->sort - 1u;
	sort = vocabulary_sort(f, ev);
	if (act)
		act->sort = (uint16_t)(sort + 1);
	return sort;
}

/* ---- what it means that there is nothing ---- */

static void nothing(const struct question *q, const struct row *head, const struct row *row,
		    bool missing, struct answer *out)
{
	if (!row && head && head->groups & q->sort->group)
		answer_unknown(out, q->sort->never);
	if (!row)
		return;
	if (row->how & ROW_AUDITED)
		answer_unknown(out, "4688 without command line auditing");
	else if (row->how & ROW_V2 && q->event->version < 2)
		answer_unknown(out, "4688 carries it from version 2 on");
	else if (row->how & ROW_NEWER && missing)
		answer_unknown(out, "this version of Sysmon does not write it");
}

void vocabulary_nothing(const struct fields *f, const struct event *ev, field_id id, bool missing,
			struct answer *out)
{
	size_t sort = vocabulary_sort(f, ev);
	struct question q = {.event = ev, .sort = &vocabulary_sorts[sort]};

	nothing(&q, vocabulary_head(f, id), vocabulary_row(f, sort, id), missing, out);
}

/* Whether the record has not even an empty field for the word. */
static bool is_missing(const struct question *q, const struct row *row)
{
	return !question_field(q, !row || row->maker == MAKE_OWN ? q->id : row->from);
}

static int ask(struct question *q, const struct fields *f, size_t sort, field_id id,
	       struct answer *out)
{
	const struct row *head = vocabulary_head(f, id), *row = vocabulary_row(f, sort, id);
	int r = 0;

	q->id = fields_own(f, id);
	if (row)
		r = makers[row->maker](q, row, out);
	else if (!head || head->of_records)
		r = make_own(q, NULL, out);
	if (r < 0 || out->state != ANSWER_NULL || (row && row->maker == MAKE_NOTHING))
		return r;
	if (fields_outside(f, id))
		answer_unknown(out, vocabulary_why_not(f, sort, id));
	else
		nothing(q, head, row, is_missing(q, row), out);
	if (!row && out->state == ANSWER_UNKNOWN)
		out->why = vocabulary_why_not(f, sort, id);
	return 0;
}

int event_ask(const struct event *ev, struct activity *act, const struct derived *d, field_id id,
	      const struct fields *f, struct arena *a, struct answer *out)
{
	size_t sort = sort_of(f, ev, act);
	struct question q = {.event = ev, .activity = act, .derived = d, .arena = a,
			     .sort = &vocabulary_sorts[sort]};

	*out = (struct answer){.state = ANSWER_NULL, .why = ""};
	return ask(&q, f, sort, id, out);
}

bool event_says_always(const struct fields *f, const struct event *head, field_id id)
{
	size_t sort = vocabulary_sort(f, head);
	const struct row *row = vocabulary_row(f, sort, id);

	return row && vocabulary_maker_how(row->maker) & MAKE_FIXED;
}
