/* SPDX-License-Identifier: Apache-2.0 */
/* The processes around each finding, out of facts alone. */
#include "tree.h"

struct head parent_head(const struct wanted *w, const struct life *l)
{
	const struct fact *f = &life_record(l)->fact;
	struct head h = {l->host, f->parent_guid, f->parent_pid, f->parent_image, NULL};

	h.life = parent_life(w, l);
	if (!h.life)
		return h;
	h.guid = h.life->guid;
	h.pid = h.life->pid;
	h.image = life_record(h.life)->fact.image;
	return h;
}

bool head_known(const struct head *h)
{
	return h->life || h->image.n || h->pid || !guid_is_null(&h->guid);
}

bool is_child(const struct life *parent, const struct fact *f)
{
	return parent->start <= f->time && f->time < parent->end &&
	       same_image_name(life_record(parent)->fact.image, f->parent_image);
}

static bool same_root(const struct kept *a, const struct kept *b)
{
	if (a->life || b->life)
		return a->life == b->life;
	return a->host == b->host && a->act.pid == b->act.pid &&
	       guid_eq(&a->act.guid, &b->act.guid);
}

size_t tree_roots(const struct found *f, const struct kept *out[LIMIT_TREE_ROOTS], bool *cut)
{
	size_t n = 0;

	*cut = false;
	for (size_t i = 0; i < f->n && !*cut; i++) {
		size_t k = 0;

		while (k < n && !same_root(out[k], f->members[i].kept))
			k++;
		if (k < n)
			continue;
		if (n == LIMIT_TREE_ROOTS)
			*cut = true;
		else
			out[n++] = f->members[i].kept;
	}
	return n;
}

/* ---- ancestors ---- */

static int ask_life(struct correlate *c, const struct life *l)
{
	const struct fact *f = &life_record(l)->fact;

	if (want_process(c, l->host, &l->guid, true, l->pid, l->start, l->start) < 0)
		return -1;
	return want_process(c, l->host, &f->parent_guid, f->parent_pid != 0, f->parent_pid, f->time,
			    f->utc);
}

static int ask_line(struct correlate *c, const struct life *l)
{
	for (unsigned up = 0; l && up < LIMIT_TREE_DEPTH; up++) {
		if (ask_life(c, l) < 0)
			return -1;
		l = parent_life(&c->wanted, l);
	}
	return 0;
}

static int ask_ancestors(struct correlate *c, void *ctx)
{
	const struct founds *founds = ctx;
	const struct kept *roots[LIMIT_TREE_ROOTS];
	bool cut;

	for (size_t i = 0; i < founds->n; i++) {
		size_t n = tree_roots(&founds->v[i], roots, &cut);

		for (size_t k = 0; k < n; k++)
			if (ask_line(c, roots[k]->life) < 0)
				return -1;
	}
	return 0;
}

/* ---- children and siblings ---- */

static int ask_family(struct correlate *c, const struct head *h, uint64_t time)
{
	struct entry *en;

	if (!guid_is_null(&h->guid)) {
		en = wanted_guid(&c->wanted, KEY_GUID_CHILD, h->host, &h->guid);
		if (!en || nearby_ask(&en->of[OF_START], time) < 0)
			return -1;
	}
	if (!h->life) /* nobody knows how long it held its PID */
		return 0;
	en = wanted_number(&c->wanted, KEY_PID_CHILD, h->host, h->pid);
	return en ? nearby_ask(&en->of[OF_START], time) : -1;
}

struct head head_of_kept(const struct kept *k)
{
	struct head h = {k->host, k->act.guid, k->act.pid, k->act.image, k->life};

	if (guid_is_null(&h.guid) && k->life)
		h.guid = k->life->guid;
	return h;
}

static int ask_kin(struct correlate *c, const struct kept *k)
{
	struct head self = head_of_kept(k), parent;

	if (ask_family(c, &self, k->event.time_created) < 0)
		return -1;
	if (!k->life)
		return 0;
	parent = parent_head(&c->wanted, k->life);
	return ask_family(c, &parent, k->life->start);
}

static int ask_families(struct correlate *c, void *ctx)
{
	const struct founds *founds = ctx;
	const struct kept *roots[LIMIT_TREE_ROOTS];
	bool cut;

	for (size_t i = 0; i < founds->n; i++) {
		size_t n = tree_roots(&founds->v[i], roots, &cut);

		for (size_t k = 0; k < n; k++)
			if (ask_kin(c, roots[k]) < 0)
				return -1;
	}
	return 0;
}

/* ---- ends ---- */

struct drawings {
	struct drawing *v;
	size_t n;
};

static int ask_ends(struct correlate *c, void *ctx)
{
	const struct drawings *all = ctx;

	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->v[i].n; k++) {
			const struct drawn *d = &all->v[i].v[k];

			if (d->node.start.size &&
			    want_process(c, d->host, &d->node.guid, true, d->node.pid,
					 d->node.start_time, d->node.start_time) < 0)
				return -1;
		}
	}
	return 0;
}

static uint64_t end_of(const struct wanted *w, const struct drawn *d)
{
	const struct entry *en = wanted_find_guid(w, KEY_GUID, d->host, &d->node.guid);
	const struct life *l;
	struct fact f = {.pid = d->node.pid};

	if (!guid_is_null(&d->node.guid) && en && en->of[OF_END].n)
		return en->of[OF_END].held[0]->fact.time;
	for (size_t i = 0; i < 2; i++) {
		f.time = d->times[i];
		f.record_id = d->records[i];
		f.identity = d->identities[i];
		l = f.time ? life_of_start(w, d->host, &f) : NULL;
		if (l && l->ended)
			return l->ended->fact.time;
	}
	return 0;
}

static void put_ends(struct correlate *c, struct drawings *all)
{
	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->v[i].n; k++) {
			struct drawn *d = &all->v[i].v[k];

			d->node.end_time = d->node.start.size ? end_of(&c->wanted, d) : 0;
			c->findings[i].tree[k] = d->node;
		}
	}
}

/* ---- all trees ---- */

static int draw_all(struct correlate *c, const struct founds *founds, struct drawings *all)
{
	for (size_t i = 0; i < founds->n; i++) {
		if (draw_tree(c, &founds->v[i], &c->findings[i], &all->v[i]) < 0)
			return -1;
		all->n++;
	}
	return 0;
}

int trees_make(struct correlate *c, struct founds *founds, const struct fact_reader *facts,
	       struct err *e)
{
	struct drawings all = {0};

	for (size_t i = LIMIT_TREES; i < founds->n; i++)
		c->findings[i].tree_cut = true;
	if (founds->n > LIMIT_TREES)
		founds->n = LIMIT_TREES;
	all.v = arena_array(&c->arena, founds->n + 1, sizeof(struct drawing));
	if (!all.v)
		return nomem(e);
	if (!founds->n)
		return 0;
	if (identity_scan(c, facts, LIMIT_TREE_DEPTH, ask_ancestors, founds, e) < 0 ||
	    identity_scan(c, facts, 1, ask_families, founds, e) < 0)
		return -1;
	if (draw_all(c, founds, &all) < 0)
		return nomem(e);
	if (identity_scan(c, facts, 1, ask_ends, &all, e) < 0)
		return -1;
	put_ends(c, &all);
	return 0;
}
