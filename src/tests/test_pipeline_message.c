/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "../pipeline/pipeline-private.h"

/* ---- one answer with a frame of every type ---- */

static const struct field fields_of_event[] = {
	{.name = {(const uint8_t *)"Image", 5}, .id = FIELD_IMAGE,
	 .value = {VALUE_UTF8, {(const uint8_t *)"C:\\a.exe", 8}}},
};

static struct event some_event(void)
{
	struct event ev = {.event_id = 1, .record_id = 7, .time_created = 131000000000000000ULL,
			   .has_system = true, .section = SECTION_EVENTDATA};
	ev.channel = view_str("Microsoft-Windows-Sysmon/Operational");
	ev.computer = view_str("HOST");
	ev.fields = (struct field *)(uintptr_t)fields_of_event;
	ev.n_fields = TEST_COUNT(fields_of_event);
	return ev;
}

/* The names that the rules know. */
static struct fields known;

static int know(void **state)
{
	struct err e = {0};
	(void)state;
	return fields_init(&known, &e);
}

static int forget(void **state)
{
	(void)state;
	fields_release(&known);
	return 0;
}

static void write_answer(struct buf *b)
{
	static const uint8_t digest[32] = {1, 2, 3};
	struct header_frame h = {.present = true, .crc_ok = true, .flags = 1, .major = 3, .minor = 1};
	struct chunk_summary s = {.chunk = 2, .offset = 135168, .present = true, .records = 4};
	struct chunk_counts n = {.records = 4, .whole = 3, .partly = 1, .hidden = 9};
	struct chunk_edge g = {.n_runs = 2, .asked = 4, .greatest = 77};
	struct sign_place places[2] = {{.offset = 4608, .record_id = 9, .amount = 5, .back = true},
				       {.offset = 9000, .note = view_str("System")}};
	struct sign sign = {.kind = SIGN_CLEARED, .n = 3, .amount = 8, .places = places,
			    .n_places = 2, .largest = places[0]};
	struct seen_field filled = {1, 2, 4608, {VALUE_UTF8, view_str("a")}};
	struct tally t = {.computer = view_str("HOST"), .channel = view_str("System"),
			  .provider = view_str("P"), .event_id = 12, .n = 3, .times = {10, 20, true},
			  .version = 5, .asked = 2, .fields = &filled, .n_fields = 1};
	struct damage d = {DAMAGE_LOSS, 5, 6, "record-size", "what there is to say"};
	struct fact f = {.kind = KIND_BOOT, .host = view_str("HOST"), .channel = view_str("System")};
	struct event_frame e = {.row = true, .event = some_event()};
	struct proof_frame p = {.slot = 1, .known = true, .has_event = true, .event = some_event(),
				.chunk_at = 1ull << 40, .chunk_lead = 100, .chunk_size = 65536};
	struct turn_frame turn = {.bytes = 1, .more = true};
	struct verification verified = {.agree = 5, .n = {4, 3, 2, 1}, .recovered = {1}};
	struct difference difference = {DIFFERENCE_UNREAD, 4608, 9, 4688, true, view_str("x")};
	struct evtx_run runs[] = {{4096, 4096, 5000}, {0ull - 8, 6000, 70000}};
	struct evtx_layout layout = {.runs = runs, .n = 2, .zero = 7, .unknown = 8};
	struct clue clue = {.source = 1, .size = 512, .offset = 4608, .keys = {7, 8}};
	struct buf clues;
	buf_init(&clues, 0);
	clue_write(&clues, &clue);
	clue_write(&clues, &clue);
	assert_int_equal(clues.n, 2 * CLUE_BYTES);
	g.runs[1].last = (struct sign_point){7, 8, 9};
	e.place = (struct place){.source = 1, .offset = 4608, .size = 512, .recovered = true};
	p.witness = view_str("agree");
	frame_header(b, &h);
	frame_chunk(b, &s, &n, &g);
	frame_sign(b, &sign);
	frame_tally(b, &t);
	frame_damage(b, &d);
	frame_event(b, &e);
	frame_fact(b, &f);
	frame_clues(b, buf_data(&clues));
	buf_release(&clues);
	struct buf sightings;
	buf_init(&sightings, 0);
	sighting_write(&sightings, &(struct sighting){3, 4, 0});
	sighting_write(&sightings, &(struct sighting){3, 4, 0});
	frame_sightings(b, buf_data(&sightings));
	buf_release(&sightings);
	frame_hash(b, digest);
	frame_proof(b, &p);
	frame_turn(b, &turn);
	frame_layout(b, &layout);
	frame_verified(b, &verified);
	frame_difference(b, &difference);
	frame_wrote(b, 0);
	frame_done(b);
}

/* ---- reading it ---- */

struct seen {
	int header, layout, verified, difference, chunk, sign, tally, damage, event, fact, clue, sighting, hash, proof;
};

static int see_header(void *ctx, const struct header_frame *h, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(h->present && h->crc_ok && h->flags == 1 && h->major == 3 && h->minor == 1);
	s->header++;
	return 0;
}

static int see_chunk(void *ctx, const struct chunk_summary *c, const struct chunk_counts *n,
		     const struct chunk_edge *g, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(c->chunk == 2 && c->offset == 135168 && c->present && c->records == 4);
	assert_true(n->records == 4 && n->whole == 3 && n->partly == 1 && n->hidden == 9);
	assert_true(g->n_runs == 2 && g->asked == 4 && g->greatest == 77);
	assert_true(g->runs[1].last.id == 7 && g->runs[1].last.offset == 9);
	s->chunk++;
	return 0;
}

static int see_sign(void *ctx, const struct sign *g, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(g->kind == SIGN_CLEARED && g->n == 3 && g->amount == 8 && g->n_places == 2);
	assert_true(g->places[0].offset == 4608 && g->places[0].back && g->largest.amount == 5);
	assert_true(view_eq_str(g->places[1].note, "System"));
	s->sign++;
	return 0;
}

static int see_layout(void *ctx, const struct evtx_layout *l, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(l->n == 2 && l->zero == 7 && l->unknown == 8 && !l->regular);
	assert_true(l->runs[0].to == 5000 && l->runs[1].base == 0ull - 8);
	s->layout++;
	return 0;
}

static int see_verified(void *ctx, const struct verification *v, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(v->agree == 5 && v->n[0] == 4 && v->n[3] == 1 && v->recovered[0] == 1);
	s->verified++;
	return 0;
}

static int see_difference(void *ctx, const struct difference *d, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(d->kind == DIFFERENCE_UNREAD && d->offset == 4608 && d->record_id == 9);
	assert_true(d->event_id == 4688 && d->recovered && view_eq_str(d->what, "x"));
	s->difference++;
	return 0;
}

static int see_tally(void *ctx, const struct tally *t, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(view_eq_str(t->computer, "HOST") && view_eq_str(t->channel, "System"));
	assert_true(t->event_id == 12 && t->n == 3 && t->times.first == 10 &&
		    t->times.last == 20 && t->times.doubtful);
	assert_true(t->version == 5 && t->asked == 2 && !t->cut && t->n_fields == 1);
	assert_true(t->fields[0].id == 1 && t->fields[0].n == 2 && t->fields[0].offset == 4608 &&
		    view_eq_str(t->fields[0].value.raw, "a"));
	s->tally++;
	return 0;
}

static int see_damage(void *ctx, const struct damage *d, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(d->severity == DAMAGE_LOSS && d->offset == 5 && d->length == 6);
	assert_string_equal(d->kind, "record-size");
	assert_string_equal(d->what, "what there is to say");
	s->damage++;
	return 0;
}

static int see_event(void *ctx, const struct event_frame *f, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(f->row && f->n_hits == 0 && f->place.offset == 4608 && f->place.recovered);
	assert_int_equal(f->event.n_fields, 1);
	assert_true(view_eq_str(f->event.fields[0].name, "Image"));
	s->event++;
	return 0;
}

static int see_fact(void *ctx, struct view bytes, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(bytes.n > 0);
	s->fact++;
	return 0;
}

static int see_clue(void *ctx, const struct clue *c, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(c->source == 1 && c->size == 512 && c->offset == 4608);
	assert_true(c->keys[0] == 7 && c->keys[1] == 8 && !c->keys[2] && !c->keys[3]);
	s->clue++;
	return 0;
}

static int see_sighting(void *ctx, const struct sighting *one, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(one->who == 3 && one->what == 4);
	s->sighting++;
	return 0;
}

static int see_hash(void *ctx, const uint8_t sha256[32], struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_int_equal(sha256[2], 3);
	s->hash++;
	return 0;
}

static int see_proof(void *ctx, const struct proof_frame *p, struct err *e)
{
	struct seen *s = ctx;
	(void)e;
	assert_true(p->slot == 1 && p->known && p->has_event && view_eq_str(p->witness, "agree"));
	assert_true(p->chunk_at == 1ull << 40 && p->chunk_lead == 100 && p->chunk_size == 65536);
	s->proof++;
	return 0;
}

static struct reply_sink sink_of(struct seen *s)
{
	return (struct reply_sink){.ctx = s, .header = see_header, .layout = see_layout,
				   .verified = see_verified, .difference = see_difference,
				   .chunk = see_chunk, .sign = see_sign,
				   .tally = see_tally, .damage = see_damage, .event = see_event,
				   .fact = see_fact, .clue = see_clue, .sighting = see_sighting, .hash = see_hash,
				   .proof = see_proof};
}

static void every_frame_comes_back(void **state)
{
	struct seen seen = {0};
	struct reply_sink sink = sink_of(&seen);
	struct err e = {0};
	struct buf b;
	(void)state;
	buf_init(&b, 0);
	write_answer(&b);
	assert_int_equal(reply_read(buf_data(&b), &known, NULL, &sink, &e), 0);
	assert_true(seen.header == 1 && seen.chunk == 1 && seen.sign == 1 && seen.tally == 1);
	assert_true(seen.damage == 1 && seen.layout == 1);
	assert_true(seen.verified == 1 && seen.difference == 1);
	assert_true(seen.event == 1 && seen.fact == 1 && seen.clue == 2 && seen.hash == 1);
	assert_true(seen.proof == 1 && seen.sighting == 2);
	buf_release(&b);
}

static void a_cut_answer_is_refused(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, 0);
	write_answer(&b);
	size_t whole = 0;
	for (size_t n = 1; n < b.n; n++) {
		struct err e = {0};
		whole += reply_check(view_sub(buf_data(&b), 0, n), &known, NULL, &e) == 0;
	}
	/* Only a cut between two frames reads well; the pool asks for the last frame besides. */
	assert_int_equal(whole, 16);
	buf_release(&b);
}

static void a_changed_byte_does_no_harm(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, 0);
	write_answer(&b);
	for (size_t at = 0; at < b.n; at++) {
		for (int bit = 0; bit < 8; bit++) {
			struct err e = {0};
			b.p[at] ^= (uint8_t)(1 << bit);
			reply_check(buf_data(&b), &known, NULL, &e);
			b.p[at] ^= (uint8_t)(1 << bit);
		}
	}
	buf_release(&b);
}

static void a_hit_must_name_a_stage(void **state)
{
	struct hit hit = {4, 0};
	struct event_frame f = {.hits = &hit, .n_hits = 1, .event = some_event()};
	struct err e = {0};
	struct buf b;
	(void)state;
	buf_init(&b, 0);
	frame_event(&b, &f);
	assert_int_equal(reply_check(buf_data(&b), &known, NULL, &e), -1);
	assert_int_equal(e.code, ERR_DAMAGE);
	buf_release(&b);
}

static bool read_starved(void *ctx)
{
	struct err e = {0};
	return reply_check(*(const struct view *)ctx, &known, NULL, &e) == 0;
}

static void without_memory_it_fails_cleanly(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, 0);
	write_answer(&b);
	struct view v = buf_data(&b);
	assert_true(test_starve(read_starved, &v) > 0);
	buf_release(&b);
}

/* The body of the one frame in `b`. */
static struct view body_of(const struct buf *b)
{
	return view_sub(buf_data(b), FRAME_PREFIX, b->n);
}

static void a_turn_comes_back(void **state)
{
	struct turn_frame f = {.bytes = 1ull << 33, .chunks = 7, .within = true}, got;
	struct buf b;
	int error;
	(void)state;
	buf_init(&b, 0);
	frame_turn(&b, &f);
	assert_int_equal(turn_read(body_of(&b), &got), 0);
	assert_true(got.bytes == f.bytes && got.chunks == 7 && got.within && !got.more);
	assert_int_equal(turn_read(view_sub(body_of(&b), 0, 13), &got), -1);
	buf_clear(&b);
	frame_wrote(&b, 28);
	assert_int_equal(wrote_read(body_of(&b), &error), 0);
	assert_int_equal(error, 28);
	assert_int_equal(wrote_read(view_sub(body_of(&b), 0, 3), &error), -1);
	buf_release(&b);
}

/* ---- units ---- */

static void a_unit_comes_back(void **state)
{
	const struct wanted wanted[] = {{4608, 3, true}, {9000, 4, false}};
	struct unit u = {.kind = UNIT_FETCH, .source = 9, .size = 1u << 30, .run = {4096, 4096, 69632},
			 .mute = true, .wanted = wanted, .n_wanted = 2};
	const struct host_mark marks[] = {{view_str("a"), view_str(" (x)")},
					  {view_str("b"), view_str(" (y)")}};
	u.marks = marks;
	u.n_marks = 2;
	struct unit got;
	struct arena a;
	struct buf b;
	(void)state;
	arena_init(&a, 1u << 20);
	buf_init(&b, 0);
	unit_write(&b, &u);
	struct cursor c = cursor_of(buf_data(&b));
	assert_int_equal(unit_read(&c, &a, &got), 0);
	assert_true(got.kind == UNIT_FETCH && got.source == 9 && got.size == 1u << 30);
	assert_true(got.run.base == 4096 && got.run.from == 4096 && got.run.to == 69632);
	assert_true(got.n_wanted == 2 && !got.hash && !got.whole && !got.irregular);
	assert_true(got.mute && !got.single);
	assert_true(got.wanted[1].offset == 9000 && got.wanted[1].slot == 4 && !got.wanted[1].witness);
	assert_true(got.n_marks == 2 && view_eq_str(got.marks[1].computer, "b"));
	assert_true(view_eq_str(got.marks[1].label, " (y)"));
	c = cursor_of(view_sub(buf_data(&b), 0, b.n - 1));
	assert_int_equal(unit_read(&c, &a, &got), -1);
	arena_release(&a);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_comes_back),
		cmocka_unit_test(a_cut_answer_is_refused),
		cmocka_unit_test(a_changed_byte_does_no_harm),
		cmocka_unit_test(a_hit_must_name_a_stage),
		cmocka_unit_test(without_memory_it_fails_cleanly),
		cmocka_unit_test(a_turn_comes_back),
		cmocka_unit_test(a_unit_comes_back),
	};
	return cmocka_run_group_tests(tests, know, forget);
}
