/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions: `not` binds closer than `and`, `and` closer than `or`; `1 of x*`, `all of x*`,
 * `them`. Keywords may be written in any case.
 */
#include <string.h>

#include "sigma.h"
#include "text-map.h"
#include "tree-build.h"

#define NAMES_MAX 100 /* selections that a misspelt name is compared with */

struct parser {
	struct loader *l;
	const struct yaml_node *source;
	const struct selections *s;
	struct view token; /* empty: the end */
	size_t at, pos;	   /* of the token; behind it */
	unsigned depth;
	uint64_t work; /* selections looked at by patterns */
	bool bad;      /* a fault of syntax was told: the rest makes no sense */
};

static struct spot here(struct parser *p, size_t offset)
{
	struct text_map m;

	/* Finding the place costs: not for faults that are only counted. */
	if (p->l->faults >= LIMIT_RULE_FAULTS)
		return (struct spot){0, 0};
	text_map_node(&m, p->l, p->source, false);
	return text_map_spot(&m, offset);
}

static const struct node *failed(struct parser *p, const char *what)
{
	if (!p->bad)
		load_fault(p->l, here(p, p->at), ERR_SYNTAX, "%s%s%.*s%s", what,
			   p->token.n ? ", not `" : "", SHOWN(p->token),
			   p->token.n ? "`" : " at the end of the condition");
	p->bad = true;
	return NULL;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void next(struct parser *p)
{
	struct view t = p->source->text;

	while (p->pos < t.n && is_blank(t.p[p->pos]))
		p->pos++;
	p->at = p->pos;
	if (p->pos < t.n && strchr("()|", t.p[p->pos]) && t.p[p->pos])
		p->pos++;
	else
		while (p->pos < t.n && !is_blank(t.p[p->pos]) && !strchr("()|", t.p[p->pos]))
			p->pos++;
	p->token = view_sub(t, p->at, p->pos - p->at);
}

static bool word(const struct parser *p, const char *w)
{
	return view_eq_str_nocase(p->token, w);
}

/* * stands for any characters; linear but for the star last met. */
static bool name_matches(struct view pattern, struct view name)
{
	size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;

	while (j < name.n) {
		if (i < pattern.n && pattern.p[i] == '*') {
			star = i++;
			mark = j;
		} else if (i < pattern.n && pattern.p[i] == name.p[j]) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			j = ++mark;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i == pattern.n;
}

/* `them` leaves out names that start with an underscore. */
static bool meant(struct view pattern, bool them, struct view name)
{
	return them ? !(name.n && name.p[0] == '_') : name_matches(pattern, name);
}

static const struct node *selection_node(struct parser *p, size_t i)
{
	p->s->v[i].named = true;
	return p->s->v[i].node;
}

/*
 * At least `want` of the nodes from there on: the first of them and one fewer of those behind it, or
 * the same with the next one first.
 */
static const struct node *at_least(struct parser *p, const struct nodes *all, size_t from, size_t want)
{
	struct nodes list = {0};

	for (size_t i = from; i + want <= all->n && !p->bad; i++) {
		struct nodes both = {0};

		nodes_add(p->l, &both, all->v[i]);
		if (want > 1)
			nodes_add(p->l, &both, at_least(p, all, i + 1, want - 1));
		nodes_add(p->l, &list, tree_join(p->l, NODE_AND, &both, spot_of(p->source)));
		if (!p->bad && ++p->work > LIMIT_RULE_NODES) {
			load_fault(p->l, here(p, p->at), ERR_LIMIT,
				   "so many of the selections can be taken in too many ways");
			p->bad = true;
		}
	}
	return p->bad ? NULL : tree_join(p->l, NODE_OR, &list, spot_of(p->source));
}

static const struct node *counted(struct parser *p, const struct nodes *list, size_t want, size_t at)
{
	if (list->bad)
		return NULL;
	if (want > list->n) {
		load_fault(p->l, here(p, at), ERR_SYNTAX, "there are only %zu of them, not %zu", list->n,
			   want);
		return NULL;
	}
	if (want == list->n)
		return tree_join(p->l, NODE_AND, list, spot_of(p->source));
	if (want <= LIMIT_RULE_DEPTH / 4)
		return at_least(p, list, 0, want);
	load_fault(p->l, here(p, at), ERR_LIMIT, "at most %u of several selections can be asked for",
		   LIMIT_RULE_DEPTH / 4);
	return NULL;
}

/* `want` 0: all. */
static const struct node *quantified(struct parser *p, size_t want)
{
	bool them = word(p, "them");
	struct view pattern = p->token;
	struct nodes list = {0};
	size_t at = p->at;

	if (!p->token.n || strchr("()|", p->token.p[0]))
		return failed(p, "`of` needs `them` or a pattern of selection names");
	for (size_t i = 0; i < p->s->n; i++)
		if (meant(pattern, them, p->s->v[i].name))
			nodes_add(p->l, &list, selection_node(p, i));
	p->work += p->s->n;
	next(p);
	if (p->work > 8ull * LIMIT_RULE_NODES) {
		load_fault(p->l, here(p, at), ERR_LIMIT, "the condition names too many selections");
		p->bad = true;
		return NULL;
	}
	if (!list.n && !list.bad) {
		load_fault(p->l, here(p, at), ERR_SYNTAX, "no selection is named like `%.*s`",
			   SHOWN(pattern));
		return NULL;
	}
	if (want > 1)
		return counted(p, &list, want, at);
	return tree_join(p->l, want ? NODE_OR : NODE_AND, &list, spot_of(p->source));
}

/* 1, any, all (0), or how many. */
static bool quantity(struct view v, size_t *want)
{
	size_t n = 0;

	*want = view_eq_str_nocase(v, "any");
	if (*want || view_eq_str_nocase(v, "all"))
		return true;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9' || n > LIMIT_RULE_NODES)
			return false;
		n = n * 10 + (size_t)(v.p[i] - '0');
	}
	*want = n;
	return n > 0;
}

static void unknown_selection(struct parser *p, struct view name, size_t at)
{
	struct view names[NAMES_MAX], near;
	size_t n = p->s->n < NAMES_MAX ? p->s->n : NAMES_MAX;

	for (size_t i = 0; i < n; i++)
		names[i] = p->s->v[i].name;
	near = suggest_view(name, names, n);
	load_fault(p->l, here(p, at), ERR_SYNTAX, "there is no selection `%.*s`%s%.*s%s",
		   SHOWN(name), near.n ? ": did you mean `" : "", SHOWN(near), near.n ? "`?" : "");
}

static const struct node *named(struct parser *p)
{
	struct view name = p->token;
	size_t at = p->at, want;
	uint32_t id;

	next(p);
	if (word(p, "of") && quantity(name, &want)) {
		next(p);
		return quantified(p, want);
	}
	id = strtab_find(&p->s->names, name);
	if (id == STRTAB_NONE) {
		unknown_selection(p, name, at);
		return NULL;
	}
	return selection_node(p, id);
}

static const struct node *or_expression(struct parser *p);

static const struct node *primary(struct parser *p)
{
	const struct node *n;

	if (word(p, "(")) {
		next(p);
		n = or_expression(p);
		if (!word(p, ")"))
			return failed(p, "expected `)`");
		next(p);
		return n;
	}
	if (!p->token.n || word(p, ")") || word(p, "|") || word(p, "and") || word(p, "or"))
		return failed(p, "expected the name of a selection");
	return named(p);
}

static const struct node *not_expression(struct parser *p)
{
	const struct node *n;

	if (++p->depth > LIMIT_RULE_DEPTH) {
		if (!p->bad)
			load_fault(p->l, here(p, p->at), ERR_LIMIT,
				   "the condition is nested more than %u deep", LIMIT_RULE_DEPTH);
		p->bad = true;
		return NULL;
	}
	if (word(p, "not")) {
		next(p);
		n = not_expression(p);
		n = n ? tree_not(p->l, n, spot_of(p->source)) : NULL;
	} else {
		n = primary(p);
	}
	p->depth--;
	return n;
}

static const struct node *and_expression(struct parser *p)
{
	struct nodes list = {0};

	nodes_add(p->l, &list, not_expression(p));
	while (!p->bad && word(p, "and")) {
		next(p);
		nodes_add(p->l, &list, not_expression(p));
	}
	return tree_join(p->l, NODE_AND, &list, spot_of(p->source));
}

static const struct node *or_expression(struct parser *p)
{
	struct nodes list = {0};

	nodes_add(p->l, &list, and_expression(p));
	while (!p->bad && word(p, "or")) {
		next(p);
		nodes_add(p->l, &list, and_expression(p));
	}
	return tree_join(p->l, NODE_OR, &list, spot_of(p->source));
}

const struct node *sigma_condition(struct loader *l, const struct yaml_node *condition,
				   const struct selections *s)
{
	struct parser p = {.l = l, .source = condition, .s = s};
	const struct node *n;

	next(&p);
	n = or_expression(&p);
	if (p.bad)
		return NULL;
	if (word(&p, "|")) {
		load_fault(
			l, here(&p, p.at), ERR_UNSUPPORTED,
			"aggregation (`| count()`, `| near`) is the old way: write a correlation");
		return NULL;
	}
	return p.token.n ? failed(&p, "expected `and` or `or`") : n;
}
