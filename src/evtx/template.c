/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "template.h"

/* Beyond this the templates of earlier chunks are forgotten; a log seldom needs a tenth of it. */
#define KEEP_BYTES (LIMIT_CHUNK_ARENA / 4)

/* Nothing that is allocated at once is larger; so a refusal with more room left is lack of memory.
 */
#define ARENA_SLACK (5u << 20)

bool arena_is_full(const struct arena *a)
{
	return a->max - a->used <= ARENA_SLACK;
}

bool templates_init(struct templates *ts, const struct fields *fields)
{
	arena_init(&ts->arena, LIMIT_CHUNK_ARENA);
	arena_init(&ts->plans, LIMIT_PLANS_BYTES);
	ts->compiler = compiler_new(fields);
	ts->known = mem_alloc(LIMIT_TEMPLATES_PER_CHUNK * sizeof(*ts->known));
	ts->slots = mem_alloc(TEMPLATE_SLOTS * sizeof(*ts->slots));
	ts->buckets = mem_alloc(TEMPLATE_BUCKETS * sizeof(struct template *));
	ts->contexts = mem_alloc(2 * LIMIT_CONTEXTS * sizeof(struct element *));
	ts->entered = mem_alloc(2 * LIMIT_CONTEXTS * sizeof(*ts->entered));
	ts->n_contexts = 1;
	return ts->compiler && ts->known && ts->slots && ts->buckets && ts->contexts && ts->entered;
}

void templates_release(struct templates *ts)
{
	compiler_free(ts->compiler);
	mem_free(ts->known);
	mem_free(ts->slots);
	mem_free(ts->buckets);
	mem_free(ts->contexts);
	mem_free(ts->entered);
	arena_release(&ts->arena);
	arena_release(&ts->plans);
}

static uint32_t slot_of(uint32_t offset, uint16_t context)
{
	return ((offset ^ (uint32_t)context << 16) * 0x9e3779b1u) >>
	       19; /* 13 bits: TEMPLATE_SLOTS */
}

static void forget(struct templates *ts)
{
	arena_reset(&ts->arena);
	arena_reset(&ts->plans);
	memset(ts->buckets, 0, TEMPLATE_BUCKETS * sizeof(struct template *));
	ts->n_contexts = 1;
}

void templates_chunk(struct templates *ts, const struct chunk *c, const struct sink *s)
{
	ts->chunk = c;
	ts->sink = s;
	ts->steps = LIMIT_COMPILE_STEPS;
	if (ts->n_known)
		memset(ts->slots, 0, TEMPLATE_SLOTS * sizeof(*ts->slots));
	ts->n_known = 0;
	ts->n_entered = 0;
	ts->serial++;
	ts->loans = NULL;
	ts->here = NULL;
	ts->n_borrowed = 0;
	if (ts->arena.used > KEEP_BYTES || ts->n_contexts > LIMIT_CONTEXTS)
		forget(ts);
	/* The same room for each chunk, however much of those before is kept. */
	ts->arena.max = ts->arena.used + LIMIT_CHUNK_ARENA - KEEP_BYTES;
}

/* ---- contexts ---- */

static bool same_prefixes(const struct prefix *a, const struct prefix *b)
{
	for (; a && b && a != b; a = a->next, b = b->next)
		if (!view_eq(a->name, b->name))
			return false;
	return a == b;
}

static bool same_elements(const struct element *a, const struct element *b)
{
	for (; a && b && a != b; a = a->up, b = b->up)
		if (!view_eq(a->name, b->name) || !same_prefixes(a->prefixes, b->prefixes))
			return false;
	return a == b;
}

static uint16_t context_number(struct templates *ts, const struct element *e)
{
	for (size_t i = 1; i < ts->n_contexts; i++)
		if (same_elements(ts->contexts[i], e))
			return (uint16_t)i;
	ts->contexts[ts->n_contexts] = e;
	return (uint16_t)ts->n_contexts++;
}

/* The bound is on those of one chunk, known before or not. */
uint16_t templates_context(struct templates *ts, const struct element *e, uint16_t *number)
{
	if (*number && ts->entered[*number] == ts->serial)
		return *number;
	if (ts->n_entered == LIMIT_CONTEXTS)
		return 0;
	if (!*number)
		*number = context_number(ts, e);
	if (ts->entered[*number] != ts->serial)
		ts->n_entered++;
	ts->entered[*number] = ts->serial;
	return *number;
}

/* ---- knowing a template again ---- */

/* The name that the patch leads to, its hash and count in front and its NUL behind. */
static bool is_name(struct view chunk, uint32_t offset, const struct patch *p)
{
	return view_eq(view_sub(chunk, offset + 4u, p->name.n), p->name);
}

static bool patch_holds(const struct patch *p, struct view chunk, size_t body)
{
	struct cursor k = cursor_of(chunk);
	uint32_t offset;

	if (p->kind == PATCH_ANY)
		return true;
	cursor_seek(&k, body + p->pos);
	offset = cursor_u32(&k);
	if (p->kind == PATCH_INLINE)
		return offset == body + p->pos + 4;
	return offset != body + p->pos + 4 && offset >= EVTX_CHUNK_HEADER_SIZE &&
	       is_name(chunk, offset, p);
}

/* The same bytes but for the places where names stand, and the same names there. */
static bool is_same(const struct template *t, struct view chunk, size_t body)
{
	struct view here = view_sub(chunk, body, t->body.n);
	size_t at = 0;

	for (size_t i = 0; i < t->n_patches; i++) {
		const struct patch *p = &t->patches[i];

		if (!view_eq(view_sub(here, at, p->pos - at), view_sub(t->body, at, p->pos - at)))
			return false;
		if (!patch_holds(p, chunk, body))
			return false;
		at = p->pos + 4;
	}
	return view_eq(view_sub(here, at, here.n - at), view_sub(t->body, at, t->body.n - at));
}

static struct template **bucket_of(struct templates *ts, const struct definition *d,
				   uint16_t context)
{
	uint64_t h = hash_bytes(d->size ^ (uint64_t)context << 32, d->guid.b, sizeof(d->guid.b));

	return &ts->buckets[h % TEMPLATE_BUCKETS];
}

bool templates_charge(struct templates *ts, const struct cost *c)
{
	if (c->steps > ts->steps || c->bytes > ts->arena.max - ts->arena.used)
		return false;
	ts->steps -= c->steps;
	ts->arena.max -= c->bytes;
	return true;
}

struct cost templates_spent(const struct templates *ts)
{
	return (struct cost){LIMIT_COMPILE_STEPS - ts->steps, ts->arena.used};
}

static struct template *find_same(struct templates *ts, const struct definition *d,
				  uint16_t context)
{
	for (struct template *t = *bucket_of(ts, d, context); t; t = t->next)
		if (t->context == context && t->body.n == d->size && guid_eq(&t->guid, &d->guid) &&
		    is_same(t, ts->chunk->bytes, d->body))
			return templates_charge(ts, &t->cost) ? t : NULL;
	return NULL;
}

static void remember(struct templates *ts, const struct definition *d, struct template *t)
{
	struct template **bucket = bucket_of(ts, d, t->context);

	if (t->nested || t->flaw.what)
		return;
	t->body = arena_keep(&ts->arena, view_sub(ts->chunk->bytes, d->body, d->size));
	if (!t->body.p)
		return;
	t->next = *bucket;
	*bucket = t;
}

/* ---- the templates of this chunk ---- */

static void renew_steps(struct templates *ts)
{
	if (ts->steps < LIMIT_LATE_STEPS)
		ts->steps = LIMIT_LATE_STEPS;
}

struct template *template_make(struct templates *ts, struct view chunk, const struct definition *d,
			       uint16_t context)
{
	struct template *t = arena_alloc(&ts->arena, sizeof(*t));
	struct source_text src = {
		.chunk = chunk,
		.pos = d->body,
		.end = d->body + d->size,
		.element = ts->contexts[context],
		.dependency = true,
		.steps = &ts->steps,
	};
	size_t end;

	renew_steps(ts);
	if (!t)
		return NULL;
	t->context = context;
	t->guid = d->guid;
	return compile(ts->compiler, &src, &ts->arena, t, &end) < 0 ? NULL : t;
}

static struct template *make(struct templates *ts, const struct definition *d, uint16_t context)
{
	struct cost before = templates_spent(ts), after;
	struct template *t = template_make(ts, ts->chunk->bytes, d, context);

	if (!t)
		return NULL;
	if (t->flaw.what)
		sink_tell(ts->sink, DAMAGE_LOSS, "template", ts->chunk->offset + t->flaw.at, 0,
			  "the template definition at %llu %s",
			  (unsigned long long)(ts->chunk->offset + d->offset), t->flaw.what);
	remember(ts, d, t);
	after = templates_spent(ts);
	t->cost = (struct cost){after.steps - before.steps, after.bytes - before.bytes};
	return t;
}

static struct template *find_or_make(struct templates *ts, uint32_t offset, uint16_t context,
				     int *e)
{
	struct definition d;
	struct template *t;

	if (!definition_read(ts->chunk->bytes, offset, &d)) {
		sink_tell(ts->sink, DAMAGE_LOSS, "template-offset", ts->chunk->offset + offset, 0,
			  "records refer to a template definition here, but there is none");
		return NULL;
	}
	if (d.mended)
		sink_tell(ts->sink, DAMAGE_LOSS, "template", ts->chunk->offset + offset, 0,
			  "the template definition's size is wrong; its element tells the right one");
	renew_steps(ts);
	t = find_same(ts, &d, context);
	if (t)
		return t;
	t = make(ts, &d, context);
	if (!t)
		*e = arena_is_full(&ts->arena) ? 0 : -1;
	return t;
}

static struct known_template *find_known(struct templates *ts, uint32_t offset, uint16_t context,
					 int *e)
{
	uint32_t slot = slot_of(offset, context);
	struct known_template *k;

	for (; ts->slots[slot]; slot = (slot + 1) % TEMPLATE_SLOTS) {
		k = &ts->known[ts->slots[slot] - 1];
		if (k->offset == offset && k->context == context)
			return k;
	}
	if (ts->n_known == LIMIT_TEMPLATES_PER_CHUNK) {
		sink_tell(ts->sink, DAMAGE_LOSS, "limit", ts->chunk->offset + offset, 0,
			  "the chunk has more templates than are allowed");
		return NULL;
	}
	k = &ts->known[ts->n_known];
	*k = (struct known_template){offset, context, false, find_or_make(ts, offset, context, e)};
	if (*e < 0)
		return NULL;
	ts->slots[slot] = (uint16_t)++ts->n_known;
	return k;
}

struct template *templates_get(struct templates *ts, uint32_t offset, struct view id,
			       uint16_t context, int *e)
{
	struct known_template *k;

	*e = 0;
	k = find_known(ts, offset, context, e);
	if (!k || !k->template)
		return NULL;
	if (view_eq(view_sub((struct view){k->template->guid.b, 16}, 0, 4), id))
		return k->template;
	if (!k->told)
		sink_tell(ts->sink, DAMAGE_LOSS, "template-id", ts->chunk->offset + offset, 0,
			  "records refer to a template definition here, but it is another one");
	k->told = true;
	return NULL;
}
