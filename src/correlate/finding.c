/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule found, told: times, spans, its lasting id, and what could not be checked. */
#include "correlate-private.h"

/* ---- times ---- */

static uint64_t span_of(const struct found *f, enum clock c, uint64_t *first, uint64_t *last)
{
	*first = UINT64_MAX;
	*last = 0;
	for (size_t i = 0; i < f->n; i++) {
		uint64_t t = kept_time(f->members[i].kept, c);

		if (t < *first)
			*first = t;
		if (t > *last)
			*last = t;
	}
	return *last - *first;
}

/* ---- the id ---- */

static void put_folded(struct buf *b, struct view v)
{
	struct buf low;

	buf_init(&low, 0);
	while (v.n)
		text_put(&low, text_fold(text_next(&v)));
	b->bad |= low.bad;
	buf_blob(b, buf_data(&low));
	buf_release(&low);
}

/* Nothing of it depends on where the evidence lies: docs/detections.md, "Names that last". */
static int set_id(const struct correlate *c, const struct found *f, struct finding *out)
{
	uint8_t digest[32];
	struct buf b;
	bool ok;

	buf_init(&b, 0);
	buf_blob(&b, c->rules->rules[f->rule].id);
	for (size_t i = 0; i < f->n; i++) {
		const struct kept *k = f->members[i].kept;

		put_folded(&b, event_computer(&k->event));
		put_folded(&b, k->event.channel);
		buf_u64(&b, k->event.record_id);
		buf_u64(&b, k->event.time_created);
		buf_u64(&b, k->identity);
	}
	ok = !b.bad && sha256_of(buf_data(&b), digest);
	buf_release(&b);
	if (!ok)
		return -1;
	out->id[0] = 'F';
	out->id[1] = '-';
	hex_format(digest, 16, out->id + 2);
	return 0;
}

int finding_id_again(struct finding *f)
{
	uint8_t digest[32];
	struct buf b;
	bool ok;

	buf_init(&b, 0);
	buf_str(&b, f->id);
	put_folded(&b, f->computer);
	ok = !b.bad && sha256_of(buf_data(&b), digest);
	buf_release(&b);
	if (ok)
		hex_format(digest, 16, f->id + 2);
	return ok ? 0 : -1;
}

/* ---- what could not be checked ---- */

struct unchecked {
	struct correlate *c;
	struct finding *out;
	size_t cap;
};

static bool has_line(const struct finding *f, struct view line)
{
	for (size_t i = 0; i < f->n_unchecked; i++)
		if (view_eq(f->unchecked[i], line))
			return true;
	return false;
}

static int add_line(struct unchecked *u, struct view line)
{
	struct finding *f = u->out;

	if (has_line(f, line))
		return 0;
	if (f->n_unchecked == u->cap) {
		size_t cap = u->cap ? u->cap * 2 : 8;
		struct view *v = arena_array(&u->c->arena, cap, sizeof(*v));

		if (!v)
			return -1;
		for (size_t i = 0; i < f->n_unchecked; i++)
			v[i] = f->unchecked[i];
		f->unchecked = v;
		u->cap = cap;
	}
	line = arena_keep(&u->c->arena, line);
	if (!line.p)
		return -1;
	f->unchecked[f->n_unchecked++] = line;
	return 0;
}

static int add_stage_line(struct unchecked *u, const struct rule *r, uint32_t stage,
			  struct view line)
{
	struct buf b;
	int result;

	if (r->n_stages < 2)
		return add_line(u, line);
	buf_init(&b, 0);
	buf_fmt(&b, "stage %u: ", stage + 1);
	buf_view(&b, line);
	result = b.bad ? -1 : add_line(u, buf_data(&b));
	buf_release(&b);
	return result;
}

static int unchecked_of(struct unchecked *u, uint32_t rule, const struct stage_event *m)
{
	struct correlate *c = u->c;
	const struct kept *k = m->kept;
	struct activity act = k->act;
	struct subject s = {&k->event, &act, &k->derived, &c->rules->fields, &c->scratch};
	struct view *lines;
	size_t n;

	arena_reset(&c->scratch);
	if (matcher_unknowns(c->matcher, m->why, &s, &lines, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_stage_line(u, &c->rules->rules[rule], m->stage, lines[i]) < 0)
			return -1;
	return 0;
}

/* ---- what was measured ---- */

/* With three places where it is not whole; never as the locale has it. */
static void put_number(struct buf *b, double v)
{
	uint64_t milli;

	if (v < 0)
		buf_byte(b, '-');
	v = v < 0 ? -v : v;
	if (v > 1e15) {
		buf_str(b, "more than 10^15");
		return;
	}
	milli = (uint64_t)(v * 1000 + 0.5);
	buf_decimal(b, milli / 1000);
	if (milli % 1000)
		buf_fmt(b, ".%03u", (unsigned)(milli % 1000));
}

static int measured_text(struct correlate *c, const struct found *f, struct finding *out)
{
	static const char *const words[] = {"events", "values of ", "sum of ", "average of ",
					    "percentile of "};
	const struct rule *r = &c->rules->rules[f->rule];
	bool first = r->measure == MEASURE_EVENTS || r->measure == MEASURE_VALUES;
	struct buf b;

	out->measured = view_str("");
	if (!f->measured)
		return 0;
	buf_init(&b, 0);
	if (first)
		put_number(&b, f->value);
	buf_fmt(&b, "%s%s", first ? " " : "", words[r->measure]);
	if (r->measure != MEASURE_EVENTS)
		buf_view(&b, fields_name(&c->rules->fields, r->stages[0].value));
	if (!first) {
		buf_str(&b, ": ");
		put_number(&b, f->value);
	}
	out->measured = b.bad ? (struct view){NULL, 0} : arena_keep(&c->arena, buf_data(&b));
	buf_release(&b);
	return out->measured.p ? 0 : -1;
}

int finding_make(struct correlate *c, const struct found *f, struct finding *out)
{
	struct unchecked u = {.c = c, .out = out};
	uint64_t first, last;

	*out = (struct finding){.rule = f->rule, .clock = f->clock};
	out->computer = f->members[0].kept->event.computer;
	if (measured_text(c, f, out) < 0)
		return -1;
	out->other_clock = f->other_clock.p ? f->other_clock : view_str("");
	out->span_occurred = span_of(f, CLOCK_OCCURRED, &first, &last);
	out->span_logged = span_of(f, CLOCK_LOGGED, &out->first_time, &out->last_time);
	if (set_id(c, f, out) < 0)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		if (unchecked_of(&u, f->rule, &f->members[i]) < 0)
			return -1;
	out->unverified = out->n_unchecked != 0;
	return evidence_make(c, f, out);
}
