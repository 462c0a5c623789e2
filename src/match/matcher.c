/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of all rules by the kind of event they can match, so that an event meets only those. A
 * prefilter over many patterns at once would narrow the list of a kind further: it belongs here, as
 * a set of candidates taken before the trees are walked.
 */
#include "match-private.h"

struct candidate {
	struct hit hit;
	const struct node *condition;
};
struct matcher {
	struct candidate *by_kind[KIND_COUNT]; /* in rule order */
	size_t n[KIND_COUNT];
	uint32_t kinds;
	struct arena arena;
};

/* ---- what a kind answers always is asked once, here ---- */

static const struct node always[] = {[TRI_FALSE] = {.op = NODE_FALSE}, [TRI_TRUE] = {.op = NODE_TRUE}};

static const struct node *reduce_test(struct matcher *m, const struct node *n, enum event_kind kind)
{
	struct event nobody = {0};
	struct activity act = {.kind = kind, .filled = true};
	struct subject s = {.event = &nobody, .activity = &act, .arena = &m->arena};
	enum tri value;

	if (!event_says_always(kind, n->test->field))
		return n;
	value = match_eval(n, &s, EVAL_KEEP);
	return value == TRI_FALSE || value == TRI_TRUE ? &always[value] : n;
}

/* NULL: no memory. As deep as the tree, which the rule readers bound. */
static const struct node *reduce(struct matcher *m, const struct node *n, enum event_kind kind)
{
	const struct node **kids;
	struct node *copy;

	if (n->op == NODE_TEST)
		return reduce_test(m, n, kind);
	if (!n->n)
		return n;
	copy = arena_alloc(&m->arena, sizeof(*copy));
	kids = arena_array(&m->arena, n->n, sizeof(*kids));
	if (!copy || !kids)
		return NULL;
	*copy = (struct node){.op = n->op, .kids = kids, .n = n->n};
	for (size_t i = 0; i < n->n; i++)
		if (!(kids[i] = reduce(m, n->kids[i], kind)))
			return NULL;
	return copy;
}

static bool reduce_all(struct matcher *m)
{
	for (size_t k = 0; k < KIND_COUNT; k++)
		for (size_t i = 0; i < m->n[k]; i++) {
			struct candidate *c = &m->by_kind[k][i];

			c->condition = reduce(m, c->condition, (enum event_kind)k);
			if (!c->condition)
				return false;
		}
	return true;
}

/* ---- the stages ---- */

static void for_each_stage(struct matcher *m, const struct ruleset *rules, bool fill)
{
	for (size_t k = 0; k < KIND_COUNT; k++)
		m->n[k] = 0;
	for (size_t r = 0; r < rules->n; r++) {
		for (size_t s = 0; s < rules->rules[r].n_stages; s++) {
			const struct stage *stage = &rules->rules[r].stages[s];
			struct candidate c = {{(uint32_t)r, (uint32_t)s}, stage->condition};

			m->kinds |= stage->kinds;
			for (size_t k = 0; k < KIND_COUNT; k++) {
				if (!(stage->kinds & KIND_BIT(k)))
					continue;
				if (fill)
					m->by_kind[k][m->n[k]] = c;
				m->n[k]++;
			}
		}
	}
}

struct matcher *matcher_new(const struct ruleset *rules)
{
	struct matcher *m = mem_alloc(sizeof(*m));

	if (!m)
		return NULL;
	arena_init(&m->arena, LIMIT_RULES_ARENA);
	for_each_stage(m, rules, false);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		if (!m->n[k])
			continue;
		m->by_kind[k] = arena_array(&m->arena, m->n[k], sizeof(struct candidate));
		if (!m->by_kind[k]) {
			matcher_free(m);
			return NULL;
		}
	}
	for_each_stage(m, rules, true);
	if (reduce_all(m))
		return m;
	matcher_free(m);
	return NULL;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	arena_release(&m->arena);
	mem_free(m);
}

uint32_t matcher_kinds(const struct matcher *m)
{
	return m->kinds;
}

/* Returns -1 when memory ran out. */
static int match_all(const struct matcher *m, enum event_kind kind, struct asking *k,
		     struct hit *hits, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < m->n[kind]; i++) {
		enum tri value = asking_eval(k, m->by_kind[kind][i].condition);

		if (value == TRI_FAILED)
			return -1;
		if (value != TRI_FALSE)
			hits[(*n)++] = m->by_kind[kind][i].hit;
	}
	return 0;
}

int matcher_event(const struct matcher *m, const struct subject *s, struct hit **hits, size_t *n)
{
	enum event_kind kind = s->activity ? s->activity->kind : event_kind(s->event);
	struct asking k = {.subject = s, .mode = EVAL_KEEP};

	*hits = NULL;
	*n = 0;
	if ((unsigned)kind >= KIND_COUNT || !m->n[kind])
		return 0;
	*hits = arena_array(s->arena, m->n[kind], sizeof(**hits));
	if (!*hits || asking_remember(&k) < 0)
		return -1;
	return match_all(m, kind, &k, *hits, n);
}
