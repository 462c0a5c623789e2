/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One finding's tree: its processes, their ancestors, their children, their siblings, in that order
 * of importance until LIMIT_TREE_NODES are drawn.
 */
#include <stdlib.h>

#include "tree.h"

struct canvas {
	struct correlate *c;
	struct finding *out;
	struct drawn *v; /* LIMIT_TREE_NODES */
	size_t n;
	bool failed;
};

/* ---- nodes ---- */

static void note_record(struct drawn *d, size_t i, const struct held *h)
{
	if (!h)
		return;
	d->times[i] = h->fact.time;
	d->records[i] = h->fact.record_id;
	d->identities[i] = h->fact.identity;
}

static bool same_record(const struct drawn *a, const struct drawn *b, size_t i)
{
	return a->times[i] && a->times[i] == b->times[i] && a->records[i] == b->records[i] &&
	       a->identities[i] == b->identities[i];
}

static bool same_process(const struct drawn *a, const struct drawn *b)
{
	if (same_record(a, b, 0) || same_record(a, b, 1))
		return true;
	if (a->node.start.size && b->node.start.size)
		return false;
	/* One of them is known by its name alone. */
	return a->host == b->host && a->node.pid == b->node.pid &&
	       guid_eq(&a->node.guid, &b->node.guid) && a->node.start.size == b->node.start.size;
}

/* Where the process stands, drawn now unless it is already; -1: no room. */
static int32_t put(struct canvas *v, struct drawn *d, bool in_finding)
{
	for (size_t i = 0; i < v->n; i++) {
		if (!same_process(&v->v[i], d))
			continue;
		v->v[i].node.in_finding |= in_finding;
		return (int32_t)i;
	}
	if (v->n == LIMIT_TREE_NODES) {
		v->out->tree_cut = true;
		return -1;
	}
	d->node.image = d->node.image.n ? arena_keep(&v->c->arena, d->node.image) : view_str("");
	v->failed |= !d->node.image.p;
	d->node.in_finding = in_finding;
	d->node.parent = -1;
	v->v[v->n] = *d;
	return (int32_t)v->n++;
}

static struct drawn drawn_start(uint32_t host, const struct held *sysmon,
				const struct held *security)
{
	const struct held *h = sysmon ? sysmon : security;
	struct drawn d = {.host = host};

	d.node.start = place_of_fact(&h->fact);
	d.node.guid = h->fact.guid;
	d.node.pid = h->fact.pid;
	d.node.image = h->fact.image;
	d.node.start_time = h->fact.time;
	note_record(&d, 0, sysmon);
	note_record(&d, 1, security);
	return d;
}

static int32_t put_life(struct canvas *v, const struct life *l, bool in_finding)
{
	struct drawn d = drawn_start(l->host, l->sysmon, l->security);

	d.node.guid = l->guid;
	return put(v, &d, in_finding);
}

static int32_t put_head(struct canvas *v, const struct head *h, bool in_finding)
{
	struct drawn d = {.host = h->host};

	if (h->life)
		return put_life(v, h->life, in_finding);
	d.node.guid = h->guid;
	d.node.pid = h->pid;
	d.node.image = h->image;
	return put(v, &d, in_finding);
}

/* Evidence may tell of a process that is its own ancestor: a tree it stays. */
static bool is_above(const struct canvas *v, int32_t node, int32_t below)
{
	while (below >= 0 && below != node)
		below = v->v[below].node.parent;
	return below == node;
}

static bool set_parent(struct canvas *v, int32_t child, int32_t parent)
{
	if (child < 0 || parent < 0 || v->v[child].node.parent >= 0 || is_above(v, child, parent))
		return false;
	v->v[child].node.parent = parent;
	return true;
}

/* ---- ancestors ---- */

static void draw_ancestors(struct canvas *v, const struct life *l, int32_t at)
{
	for (unsigned up = 0; l && at >= 0; up++) {
		struct head h = parent_head(&v->c->wanted, l);
		int32_t parent;

		if (!head_known(&h))
			return;
		if (up == LIMIT_TREE_DEPTH) {
			v->out->tree_cut = true;
			return;
		}
		parent = put_head(v, &h, false);
		if (!set_parent(v, at, parent))
			return; /* what is above it is drawn already */
		at = parent;
		l = h.life;
	}
}

/* ---- children ---- */

struct family {
	struct held **v;
	size_t n;
};

static void take_children(struct family *f, const struct entry *en, const struct life *pid_of)
{
	for (size_t i = 0; en && i < en->of[OF_START].n; i++) {
		struct held *h = en->of[OF_START].held[i];

		if (!pid_of || is_child(pid_of, &h->fact))
			f->v[f->n++] = h;
	}
}

/* Far ones were not held: some of this process's children may be among them. */
static bool lacks_some(const struct entry *en, const struct life *pid_of)
{
	const struct nearby *nb = en ? &en->of[OF_START] : NULL;

	if (!nb || !nb->cut || !nb->n)
		return false;
	return !pid_of || nb->held[0]->fact.time >= pid_of->start ||
	       nb->held[nb->n - 1]->fact.time < pid_of->end;
}

static int start_cmp(const void *x, const void *y)
{
	const struct fact *a = &(*(struct held *const *)x)->fact;
	const struct fact *b = &(*(struct held *const *)y)->fact;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->record_id != b->record_id)
		return a->record_id < b->record_id ? -1 : 1;
	return (a->identity > b->identity) - (a->identity < b->identity);
}

static int find_family(struct canvas *v, const struct head *h, struct family *out)
{
	const struct wanted *w = &v->c->wanted;
	const struct entry *by_guid = NULL, *by_pid = NULL;
	size_t most;

	if (!guid_is_null(&h->guid))
		by_guid = wanted_find_guid(w, KEY_GUID_CHILD, h->host, &h->guid);
	if (h->life)
		by_pid = wanted_find_number(w, KEY_PID_CHILD, h->host, h->pid);
	most = (by_guid ? by_guid->of[OF_START].n : 0) + (by_pid ? by_pid->of[OF_START].n : 0);
	*out = (struct family){arena_array(&v->c->scratch, most + 1, sizeof(struct held *)), 0};
	if (!out->v)
		return -1;
	take_children(out, by_guid, NULL);
	take_children(out, by_pid, h->life);
	v->out->tree_cut |= lacks_some(by_guid, NULL) || lacks_some(by_pid, h->life);
	qsort(out->v, out->n, sizeof(struct held *), start_cmp);
	return 0;
}

static void put_child(struct canvas *v, const struct head *h, const struct held *a,
		      const struct held *b, int32_t parent)
{
	struct drawn d = drawn_start(h->host, a->fact.sysmon ? a : b, a->fact.sysmon ? b : a);

	set_parent(v, put(v, &d, false), parent);
}

/* The children nearest to `time` first: what is far is what may be cut. */
static void draw_near(struct canvas *v, const struct head *h, const struct family *f,
		      const size_t *partner, uint64_t time, int32_t parent)
{
	size_t after = 0, before;

	while (after < f->n && f->v[after]->fact.time <= time)
		after++;
	before = after;
	while (before > 0 || after < f->n) {
		bool back = after == f->n ||
			    (before > 0 && time - f->v[before - 1]->fact.time <=
						   f->v[after]->fact.time - time);
		size_t i = back ? --before : after++;
		const struct held *twin = partner[i] == SIZE_MAX ? NULL : f->v[partner[i]];

		put_child(v, h, f->v[i], twin, parent);
		if (v->n == LIMIT_TREE_NODES && v->out->tree_cut)
			return;
	}
}

static void draw_children(struct canvas *v, const struct head *h, uint64_t time, int32_t parent)
{
	struct family f;
	size_t *partner;

	arena_reset(&v->c->scratch);
	if (find_family(v, h, &f) < 0) {
		v->failed = true;
		return;
	}
	partner = arena_array(&v->c->scratch, f.n + 1, sizeof(*partner));
	if (!partner || pair_starts(f.v, f.n, partner) < 0) {
		v->failed = true;
		return;
	}
	draw_near(v, h, &f, partner, time, parent);
}

/* ---- the whole ---- */

static void draw_siblings(struct canvas *v, const struct kept *k)
{
	struct head parent;

	if (!k->life)
		return;
	parent = parent_head(&v->c->wanted, k->life);
	if (head_known(&parent))
		draw_children(v, &parent, k->life->start, put_head(v, &parent, false));
}

static void draw_parts(struct canvas *v, const struct found *f)
{
	const struct kept *roots[LIMIT_TREE_ROOTS];
	size_t n = tree_roots(f, roots, &v->out->tree_cut);
	struct head h;

	for (size_t i = 0; i < n; i++) {
		h = head_of_kept(roots[i]);
		draw_ancestors(v, roots[i]->life, put_head(v, &h, true));
	}
	for (size_t i = 0; i < n; i++) {
		h = head_of_kept(roots[i]);
		draw_children(v, &h, roots[i]->event.time_created, put_head(v, &h, true));
	}
	for (size_t i = 0; i < n; i++)
		draw_siblings(v, roots[i]);
}

struct placed {
	struct drawn drawn;
	int32_t before; /* its place before sorting */
};

static int placed_cmp(const void *x, const void *y)
{
	const struct drawn *a = &((const struct placed *)x)->drawn;
	const struct drawn *b = &((const struct placed *)y)->drawn;
	struct view ga = {a->node.guid.b, sizeof(a->node.guid.b)};
	struct view gb = {b->node.guid.b, sizeof(b->node.guid.b)};
	int order;

	if (a->node.start_time != b->node.start_time)
		return a->node.start_time < b->node.start_time ? -1 : 1;
	if (a->node.pid != b->node.pid)
		return a->node.pid < b->node.pid ? -1 : 1;
	order = view_cmp(ga, gb);
	if (!order)
		order = view_cmp(a->node.image, b->node.image);
	for (size_t i = 0; i < 2 && !order; i++)
		order = (a->identities[i] > b->identities[i]) -
			(a->identities[i] < b->identities[i]);
	return order;
}

static int set_in_order(struct canvas *v, struct drawing *d)
{
	struct placed *p = arena_array(&v->c->scratch, v->n + 1, sizeof(*p));
	int32_t *now = arena_array(&v->c->scratch, v->n + 1, sizeof(*now));

	d->v = arena_array(&v->c->arena, v->n + 1, sizeof(*d->v));
	v->out->tree = arena_array(&v->c->arena, v->n + 1, sizeof(*v->out->tree));
	if (!p || !now || !d->v || !v->out->tree)
		return -1;
	for (size_t i = 0; i < v->n; i++)
		p[i] = (struct placed){v->v[i], (int32_t)i};
	qsort(p, v->n, sizeof(*p), placed_cmp);
	for (size_t i = 0; i < v->n; i++)
		now[p[i].before] = (int32_t)i;
	for (size_t i = 0; i < v->n; i++) {
		d->v[i] = p[i].drawn;
		if (d->v[i].node.parent >= 0)
			d->v[i].node.parent = now[d->v[i].node.parent];
	}
	d->n = v->out->n_tree = v->n;
	return 0;
}

int draw_tree(struct correlate *c, const struct found *f, struct finding *out, struct drawing *d)
{
	struct canvas v = {.c = c, .out = out};
	int r;

	v.v = mem_alloc(LIMIT_TREE_NODES * sizeof(*v.v));
	if (!v.v)
		return -1;
	draw_parts(&v, f);
	arena_reset(&c->scratch);
	r = v.failed ? -1 : set_in_order(&v, d);
	mem_free(v.v);
	return r;
}
