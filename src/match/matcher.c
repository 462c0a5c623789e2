/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of all rules by class of record, so that a record meets only those that look at its like,
 * with what its class decides already decided. Where many are left, an index tells which of them a record
 * may fulfil. It is made when the class turns out to have several records, and once more when some of
 * them have told which texts are frequent.
 */
#include "index.h"

/* A stage as the records of one of its selectors are asked. */
struct variant {
	const struct selector *selector; /* NULL: every record */
	const struct node *condition;
};
struct asked_stage {
	struct hit hit;
	struct variant *variants;
	size_t n;
};
struct class {
	struct view channel, provider;
	uint16_t event_id;
	struct hit *hits; /* in rule order */
	const struct node **conditions;
	size_t n;
	size_t work;	      /* texts to look for, of all conditions */
	uint64_t looked;      /* records, where there is much work */
	struct index *index;   /* NULL: not yet */
	struct census *census; /* NULL: not yet */
};
/* With less an index is not worth it. */
#define INDEX_LEAST 16u /* conditions, or */
#define INDEX_WORK 64u	/* texts; a search in all values counts as many as they may be */
#define ALL_VALUES 16u
#define INDEX_FROM 4u    /* records of a class, until then all conditions are asked */
#define CENSUS_FROM 64u
#define CENSUS_TO 192u
#define CLASSES_BYTES (64u << 20) /* of memory that classes take before they are made anew */
struct matcher {
	const struct ruleset *rules;
	struct asked_stage *stages; /* in rule order */
	size_t *first;		    /* of each rule, in `stages` */
	size_t n_stages;
	struct arena arena, class_arena;
	struct regexes regexes;
	struct memory memory;
	struct verdicts verdicts;
	uint32_t n_indexes;
	struct map by_key; /* class of a key */
	struct class *classes;
	size_t n_classes;
	uint32_t last[256]; /* class of the last record of an id: neighbours are alike */
};

const struct stage *ruleset_stage(const struct ruleset *rules, struct hit h)
{
	const struct rule *r = &rules->rules[h.rule];

	return h.stage < r->n_stages ? &r->stages[h.stage] : r->until;
}

/* ---- what a class answers always is asked once, here ---- */

static const struct node always[] = {[TRI_FALSE] = {.op = NODE_FALSE}, [TRI_TRUE] = {.op = NODE_TRUE}};

/* Of a record's own words only System's are sure to be the same in all records of a class. */
static bool is_decided(const struct matcher *m, const struct test *t, const struct event *head)
{
	if (t->expr || t->other || t->field == FIELD_ANY)
		return false;
	if (t->raw)
		return t->field == FIELD_EVENT_ID || t->field == FIELD_PROVIDER_NAME ||
		       t->field == FIELD_CHANNEL;
	return event_says_always(&m->rules->fields, head, t->field);
}

static const struct node *reduce_test(struct matcher *m, const struct node *n,
				      const struct event *head)
{
	struct activity act;
	struct subject s = {.event = head, .activity = &act, .fields = &m->rules->fields,
			    .arena = &m->class_arena};
	enum tri value;

	if (!is_decided(m, n->test, head))
		return n;
	activity_begin(head, &act);
	value = match_eval(n, &s, EVAL_KEEP);
	return value == TRI_FALSE || value == TRI_TRUE ? &always[value] : n;
}

static const struct node *reduce(struct matcher *m, const struct node *n, const struct event *head);

/* Kids that decide nothing are left out; one that decides all is the whole. */
static const struct node *reduce_kids(struct matcher *m, const struct node *n,
				      const struct event *head)
{
	enum node_op stop = n->op == NODE_AND ? NODE_FALSE : NODE_TRUE;
	const struct node **kids = arena_array(&m->class_arena, n->n, sizeof(*kids));
	struct node *copy = arena_alloc(&m->class_arena, sizeof(*copy));

	if (!kids || !copy)
		return NULL;
	*copy = (struct node){.op = n->op, .kids = kids};
	for (size_t i = 0; i < n->n; i++) {
		const struct node *kid = reduce(m, n->kids[i], head);

		if (!kid || kid->op == stop)
			return kid;
		if (kid->op != NODE_TRUE && kid->op != NODE_FALSE)
			kids[copy->n++] = kid;
	}
	if (!copy->n)
		return &always[stop == NODE_FALSE ? TRI_TRUE : TRI_FALSE];
	return copy->n == 1 ? kids[0] : copy;
}

static const struct node *reduce_not(struct matcher *m, const struct node *n,
				     const struct event *head)
{
	const struct node *kid = n->n ? reduce(m, n->kids[0], head) : &always[TRI_FALSE];
	const struct node **kids;
	struct node *copy;

	if (!kid || kid == n->kids[0])
		return kid ? n : NULL;
	if (kid->op == NODE_TRUE || kid->op == NODE_FALSE)
		return &always[kid->op == NODE_TRUE ? TRI_FALSE : TRI_TRUE];
	kids = arena_array(&m->class_arena, 1, sizeof(*kids));
	copy = arena_alloc(&m->class_arena, sizeof(*copy));
	if (!kids || !copy)
		return NULL;
	kids[0] = kid;
	*copy = (struct node){.op = NODE_NOT, .kids = kids, .n = 1};
	return copy;
}

/* NULL: no memory. As deep as the tree, which the rule readers bound. */
static const struct node *reduce(struct matcher *m, const struct node *n, const struct event *head)
{
	switch (n->op) {
	case NODE_AND:
	case NODE_OR:
		return reduce_kids(m, n, head);
	case NODE_NOT:
		return reduce_not(m, n, head);
	case NODE_TEST:
		return reduce_test(m, n, head);
	case NODE_TRUE:
	case NODE_FALSE:
		break;
	}
	return n;
}

/* ---- the stages ---- */

static const struct node *condition_of(const struct asked_stage *st, const struct event *head)
{
	for (size_t i = 0; i < st->n; i++)
		if (!st->variants[i].selector || selector_fits(st->variants[i].selector, head))
			return st->variants[i].condition;
	return NULL;
}

static bool variants_make(struct matcher *m, struct asked_stage *st)
{
	const struct stage *stage = ruleset_stage(m->rules, st->hit);

	st->n = stage->n_selectors ? stage->n_selectors : 1;
	st->variants = arena_array(&m->arena, st->n, sizeof(*st->variants));
	if (!st->variants)
		return false;
	st->variants[0] = (struct variant){NULL, stage->condition};
	for (size_t i = 0; i < stage->n_selectors; i++) {
		const struct selector *s = &stage->selectors[i];
		const struct node *n = selector_condition(&m->arena, s, stage->condition);

		if (!n)
			return false;
		st->variants[i] = (struct variant){s, n};
	}
	return true;
}

static size_t stages_of(const struct rule *r)
{
	return r->n_stages + (r->until != NULL);
}

static bool stages_make(struct matcher *m)
{
	size_t n = 0;

	for (size_t r = 0; r < m->rules->n; r++)
		n += stages_of(&m->rules->rules[r]);
	m->stages = arena_array(&m->arena, n + 1, sizeof(*m->stages));
	m->first = arena_array(&m->arena, m->rules->n + 1, sizeof(*m->first));
	if (!m->stages || !m->first)
		return false;
	for (size_t r = 0; r < m->rules->n; r++) {
		m->first[r] = m->n_stages;
		for (size_t k = 0; k < stages_of(&m->rules->rules[r]); k++) {
			struct asked_stage *st = &m->stages[m->n_stages];

			st->hit = (struct hit){(uint32_t)r, (uint32_t)k};
			/* Idle, or of findings and not of records. */
			if (m->rules->rules[r].idle.n || ruleset_stage(m->rules, st->hit)->of)
				st->n = 0;
			else if (!variants_make(m, st))
				return false;
			m->n_stages++;
		}
	}
	return true;
}

struct matcher *matcher_new(const struct ruleset *rules)
{
	struct matcher *m = mem_alloc(sizeof(*m));

	if (!m)
		return NULL;
	m->rules = rules;
	arena_init(&m->arena, LIMIT_RULES_ARENA);
	arena_init(&m->class_arena, LIMIT_RULES_ARENA);
	map_init(&m->by_key);
	regexes_init(&m->regexes);
	verdicts_init(&m->verdicts);
	if (memory_init(&m->memory, &rules->fields) == 0 && stages_make(m))
		return m;
	matcher_free(m);
	return NULL;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	map_release(&m->by_key);
	regexes_release(&m->regexes);
	verdicts_release(&m->verdicts);
	memory_release(&m->memory);
	arena_release(&m->arena);
	arena_release(&m->class_arena);
	mem_free(m);
}

/* ---- classes ---- */

/* Hostile logs may name ever new channels: then the classes are made anew. */
static int classes_room(struct matcher *m)
{
	if (m->classes && m->n_classes < LIMIT_CLASSES && m->class_arena.used < CLASSES_BYTES)
		return 0;
	arena_reset(&m->class_arena);
	map_release(&m->by_key);
	map_init(&m->by_key);
	m->n_classes = 0;
	m->classes = arena_array(&m->class_arena, LIMIT_CLASSES, sizeof(*m->classes));
	return m->classes ? 0 : -1;
}

static size_t work_of(const struct node *n)
{
	size_t work = 0;

	if (n->op == NODE_TEST)
		work = n->test->n * (n->test->field == FIELD_ANY ? ALL_VALUES : 1);
	for (size_t i = 0; i < n->n; i++)
		work += work_of(n->kids[i]);
	return work;
}

static int class_fill(struct matcher *m, struct class *c, const struct event *head)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_stages; i++)
		n += condition_of(&m->stages[i], head) != NULL;
	c->hits = arena_array(&m->class_arena, n + 1, sizeof(*c->hits));
	c->conditions = arena_array(&m->class_arena, n + 1, sizeof(*c->conditions));
	if (!c->hits || !c->conditions)
		return -1;
	for (size_t i = 0; i < m->n_stages; i++) {
		const struct node *condition = condition_of(&m->stages[i], head);

		if (!condition)
			continue;
		condition = reduce(m, condition, head);
		if (!condition)
			return -1;
		if (condition->op == NODE_FALSE)
			continue;
		c->hits[c->n] = m->stages[i].hit;
		c->conditions[c->n++] = condition;
		c->work += work_of(condition);
	}
	return 0;
}

static bool class_is(const struct class *c, const struct event *head)
{
	return c->event_id == head->event_id && view_eq(c->channel, head->channel) &&
	       view_eq(c->provider, head->provider);
}

static struct class *class_make(struct matcher *m, const struct event *head, uint64_t key)
{
	struct event alike = {.event_id = head->event_id};
	struct class *c;

	if (classes_room(m) < 0)
		return NULL;
	c = &m->classes[m->n_classes];
	*c = (struct class){.event_id = head->event_id,
			    .channel = arena_keep(&m->class_arena, head->channel),
			    .provider = arena_keep(&m->class_arena, head->provider)};
	alike.channel = c->channel;
	alike.provider = c->provider;
	if (!c->channel.p || !c->provider.p || class_fill(m, c, &alike) < 0 ||
	    !map_put(&m->by_key, key, m->n_classes))
		return NULL;
	m->n_classes++;
	return c;
}

/* NULL: no memory. */
static struct class *class_of(struct matcher *m, const struct event *head)
{
	uint32_t *last = &m->last[head->event_id % 256];
	uint64_t key, at;
	struct class *c;

	if (*last < m->n_classes && class_is(&m->classes[*last], head))
		return &m->classes[*last];
	key = hash_view(hash_view(head->event_id, head->channel), head->provider);
	c = map_get(&m->by_key, key, &at) && class_is(&m->classes[at], head)
		    ? &m->classes[at]
		    : class_make(m, head, key);
	if (c)
		*last = (uint32_t)(c - m->classes);
	return c;
}

int matcher_wants(struct matcher *m, const struct event *head)
{
	struct class *c = class_of(m, head);

	return c ? c->n != 0 : -1;
}

/* ---- the index of a class ---- */

/* The index as far as the class is known now, or a census. */
static int index_make(struct matcher *m, struct class *c, bool census)
{
	struct event head = {.event_id = c->event_id, .channel = c->channel, .provider = c->provider};
	struct activity act;
	struct subject s = {.event = &head, .activity = &act, .fields = &m->rules->fields,
			    .arena = &m->class_arena};
	struct asking k = {.subject = &s, .mode = EVAL_KEEP, .regexes = &m->regexes};

	activity_begin(&head, &act);
	if (census)
		c->census = census_new(&m->class_arena, c->conditions, c->n, &k);
	else
		c->index = index_new(&m->class_arena, c->conditions, c->n, &k, c->census);
	if (!census && c->index)
		c->index->number = ++m->n_indexes;
	return (census ? c->census != NULL : c->index != NULL) ? 0 : -1;
}

/* 0, or -1: no memory. */
static int class_look(struct matcher *m, struct class *c, struct asking *k)
{
	bool room = m->class_arena.used < CLASSES_BYTES;

	if ((c->n < INDEX_LEAST && c->work < INDEX_WORK) || ++c->looked > CENSUS_TO)
		return 0;
	if (c->looked == INDEX_FROM)
		return index_make(m, c, false);
	if (c->looked == CENSUS_FROM && room && index_make(m, c, true) < 0)
		return -1;
	if (c->census && census_take(c->census, k) < 0)
		return -1;
	return c->looked == CENSUS_TO && c->census ? index_make(m, c, false) : 0;
}

/* ---- events ---- */

static int try_all(struct asking *k, const struct class *c, struct hit **hits, size_t *n)
{
	*hits = arena_array(k->subject->arena, c->n, sizeof(**hits));
	if (!*hits)
		return -1;
	for (size_t i = 0; i < c->n; i++) {
		enum tri value = asking_eval(k, c->conditions[i]);

		if (value == TRI_FAILED)
			return -1;
		if (value != TRI_FALSE)
			(*hits)[(*n)++] = c->hits[i];
	}
	return 0;
}

static int try_found(struct matcher *m, struct asking *k, const struct class *c, struct hit **hits,
		     size_t *n)
{
	struct scanned s;
	size_t most = 0;

	if (index_scan(c->index, k, &m->verdicts, &s) < 0)
		return -1;
	for (size_t w = 0; w < c->index->n_words; w++)
		most += (size_t)__builtin_popcountll(s.found[w]);
	*hits = arena_array(k->subject->arena, most + 1, sizeof(**hits));
	if (!*hits)
		return -1;
	for (size_t w = 0; w < c->index->n_words; w++) {
		for (uint64_t bits = s.found[w]; bits; bits &= bits - 1) {
			size_t i = 64 * w + (size_t)__builtin_ctzll(bits);
			enum tri value = index_judge(c->index, k, &s, i);

			if (value == TRI_FAILED)
				return -1;
			if (value != TRI_FALSE)
				(*hits)[(*n)++] = c->hits[i];
		}
	}
	return 0;
}

int matcher_event(struct matcher *m, const struct subject *s, struct hit **hits, size_t *n)
{
	struct class *c = class_of(m, s->event);
	struct asking k = {.subject = s, .mode = EVAL_KEEP, .regexes = &m->regexes,
			   .memory = &m->memory};

	*hits = NULL;
	*n = 0;
	if (!c)
		return -1;
	if (!c->n)
		return 0;
	memory_next(&m->memory);
	if (class_look(m, c, &k) < 0)
		return -1;
	return c->index ? try_found(m, &k, c, hits, n) : try_all(&k, c, hits, n);
}

static const struct node *condition_for(const struct matcher *m, struct hit h,
					const struct event *ev)
{
	const struct node *n = condition_of(&m->stages[m->first[h.rule] + h.stage], ev);

	return n ? n : &always[TRI_FALSE];
}

enum tri matcher_stage(struct matcher *m, struct hit h, const struct subject *s, enum eval_mode mode)
{
	struct asking k = {.subject = s, .mode = mode, .regexes = &m->regexes};

	return asking_eval(&k, condition_for(m, h, s->event));
}

bool matcher_looks(const struct matcher *m, struct hit h, const struct event *head)
{
	return condition_of(&m->stages[m->first[h.rule] + h.stage], head) != NULL;
}

int matcher_explain(struct matcher *m, struct hit h, const struct subject *s, told_fn *fn, void *ctx)
{
	struct asking k = {.subject = s, .mode = EVAL_STRICT, .regexes = &m->regexes};

	return explain_node(&k, condition_for(m, h, s->event), fn, ctx);
}

/* ---- what fails by little ---- */

int matcher_near(struct matcher *m, const struct subject *s, struct hit **hits, size_t *n, size_t *steps)
{
	struct class *c = class_of(m, s->event);
	struct asking k = {.subject = s, .mode = EVAL_KEEP, .regexes = &m->regexes,
			   .memory = &m->memory};
	struct nearness near;

	*hits = c ? arena_array(s->arena, c->n + 1, sizeof(**hits)) : NULL;
	*n = 0;
	if (!*hits)
		return -1;
	*steps = c->n;
	for (size_t i = 0; i < c->n; i++) {
		if (m->rules->rules[c->hits[i].rule].shape != RULE_SINGLE)
			continue;
		if (near_measure(&k, c->conditions[i], &near) < 0)
			return -1;
		if (nearness_tells(&near))
			(*hits)[(*n)++] = c->hits[i];
	}
	return 0;
}

/* As its class asks it: what all such records fulfil or fail is nothing to count. */
static const struct node *class_condition(const struct class *c, struct hit h)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct hit *at = &c->hits[mid];

		if (at->rule == h.rule && at->stage == h.stage)
			return c->conditions[mid];
		if (at->rule < h.rule || (at->rule == h.rule && at->stage < h.stage))
			low = mid + 1;
		else
			high = mid;
	}
	return &always[TRI_FALSE];
}

int matcher_nearness(struct matcher *m, struct hit h, const struct subject *s, struct nearness *out)
{
	struct class *c = class_of(m, s->event);
	struct asking k = {.subject = s, .mode = EVAL_PUBLISHED, .regexes = &m->regexes};

	return c ? near_measure(&k, class_condition(c, h), out) : -1;
}

int matcher_explain_part(struct matcher *m, const struct nearness *n, const struct subject *s,
			 told_fn *fn, void *ctx)
{
	struct asking k = {.subject = s, .mode = EVAL_STRICT, .regexes = &m->regexes};

	return n->part ? explain_node(&k, n->part, fn, ctx) : 0;
}

uint64_t matcher_overruns(const struct matcher *m)
{
	return m->regexes.overruns;
}

int matcher_unknowns(struct matcher *m, struct hit h, const struct subject *s, struct view **lines,
		     size_t *count)
{
	struct asking k = {.subject = s, .mode = EVAL_STRICT, .regexes = &m->regexes,
			   .memory = &m->memory};

	memory_next(&m->memory);
	return unknowns_collect(&k, condition_for(m, h, s->event), lines, count);
}
