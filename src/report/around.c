/* SPDX-License-Identifier: Apache-2.0 */
/* Puts together what the findings tell of each computer; of a process that several name, once. */
#include <stdlib.h>

#include "around.h"

static struct view keep(struct around *w, struct view v, bool *bad)
{
	struct view out = v.n ? arena_keep(&w->a, view_sub(v, 0, LIMIT_AROUND_TEXT)) : view_str("");

	*bad |= !out.p;
	return out;
}

static void link_to(struct around_finding *l, const struct finding *f, size_t i)
{
	memcpy(l->id, f->id, sizeof(l->id));
	l->number = i + 1;
}

static uint32_t host_of(struct around *w, struct view computer, bool *bad)
{
	uint32_t id = strtab_add(&w->hosts, computer);

	*bad |= id == STRTAB_NONE;
	return id;
}

/* ---- processes ---- */

static bool same_process(const struct around_node *a, const struct around_node *b)
{
	if (a->host != b->host || a->pid != b->pid || !guid_eq(&a->guid, &b->guid))
		return false;
	return !guid_is_null(&a->guid) ||
	       (a->start_time == b->start_time && view_eq_nocase(a->image, b->image));
}

static uint64_t node_key(const struct around_node *n)
{
	uint64_t v[3] = {n->host, n->pid, guid_is_null(&n->guid) ? n->start_time : 0};
	uint64_t h = hash_view(1, (struct view){(const uint8_t *)v, sizeof(v)});

	return hash_view(h, (struct view){n->guid.b, sizeof(n->guid.b)});
}

/* Its place; -1: no room. */
static int32_t put(struct around *w, const struct around_node *n, bool *bad)
{
	uint64_t at, key = node_key(n);

	if (map_get(&w->ids, key, &at) && at < w->n && same_process(&w->v[at], n))
		return (int32_t)at;
	if (w->n == LIMIT_AROUND_NODES) {
		w->cut = true;
		return -1;
	}
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct around_node *v = mem_grow(w->v, cap * sizeof(*v));

		*bad |= !v;
		if (!v)
			return -1;
		w->v = v;
		w->cap = cap;
	}
	w->v[w->n] = *n;
	w->v[w->n].image = keep(w, n->image, bad);
	*bad |= !map_put(&w->ids, key, w->n);
	return (int32_t)w->n++;
}

static void tell_start(struct around *w, struct around_node *n, const struct event *ev,
		       struct arena *a, bool *bad)
{
	struct activity act = {0};

	if (n->recorded || !ev)
		return;
	*bad |= activity_of(ev, a, &act) < 0;
	n->command_line = keep(w, act.command_line, bad);
	n->user = keep(w, act.user, bad);
	n->integrity = keep(w, act.integrity, bad);
	n->recorded = true;
}

static void add_process(struct around *w, const struct finding *f, size_t number, uint32_t host,
			size_t i, int32_t *places, struct arena *a, bool *bad)
{
	const struct tree_node *t = &f->tree[i];
	const struct around_node one = {.host = host, .parent = -1, .guid = t->guid, .pid = t->pid,
					.image = t->image, .start_time = t->start_time,
					.end_time = t->end_time};
	struct around_node *n;

	places[i] = put(w, &one, bad);
	if (places[i] < 0)
		return;
	n = &w->v[places[i]];
	n->start_time = n->start_time ? n->start_time : t->start_time;
	n->end_time = n->end_time ? n->end_time : t->end_time;
	tell_start(w, n, t->event, a, bad);
	if (t->in_finding && n->n_findings < AROUND_FINDINGS)
		link_to(&n->findings[n->n_findings++], f, number);
}

static void add_tree(struct around *w, const struct finding *f, size_t number, uint32_t host,
		     struct arena *a, bool *bad)
{
	size_t n = f->n_tree < LIMIT_TREE_NODES ? f->n_tree : LIMIT_TREE_NODES;
	int32_t places[LIMIT_TREE_NODES];

	for (size_t i = 0; i < n && !*bad; i++)
		add_process(w, f, number, host, i, places, a, bad);
	for (size_t i = 0; i < n && !*bad; i++) {
		int32_t up = f->tree[i].parent;

		if (up < 0 || (size_t)up >= n || places[i] < 0 || places[up] == places[i])
			continue;
		if (w->v[places[i]].parent < 0)
			w->v[places[i]].parent = places[up];
	}
	w->cut |= f->tree_cut || f->n_tree > LIMIT_TREE_NODES;
}

/* ---- connections and sign-ons ---- */

static void add_connection(struct around *w, const struct evidence *ev, uint32_t host,
			   struct arena *a, bool *bad)
{
	struct around_node key = {.host = host}, *n;
	struct activity act = {0};
	struct view to;
	struct buf b;
	uint64_t at;

	*bad |= activity_of(ev->event, a, &act) < 0;
	key.guid = act.guid;
	key.pid = act.pid;
	if (guid_is_null(&act.guid) || !map_get(&w->ids, node_key(&key), &at) || at >= w->n ||
	    !same_process(&w->v[at], &key))
		return;
	n = &w->v[at];
	buf_init(&b, 0);
	activity_destination(&b, &act);
	to = keep(w, buf_data(&b), bad);
	*bad |= b.bad;
	buf_release(&b);
	for (size_t i = 0; i < n->n_connections; i++)
		if (view_eq(n->connections[i], to))
			return;
	if (n->n_connections < AROUND_CONNECTIONS)
		n->connections[n->n_connections++] = to;
	else
		n->more_connections = true;
}

static struct view text_of(struct around *w, const struct event *ev, const char *name,
			   struct arena *a, bool *bad)
{
	const struct field *f = event_field_named(ev, name);

	return f ? keep(w, value_view(a, f->value), bad) : view_str("");
}

static bool is_new(struct around *w, uint64_t identity, bool *bad)
{
	uint64_t key = hash_view(2, (struct view){(const uint8_t *)&identity, sizeof(identity)});

	if (map_get(&w->ids, key, NULL))
		return false;
	*bad |= !map_put(&w->ids, key, 0);
	return true;
}

static struct around_signon *signon_room(struct around *w, bool *bad)
{
	if (w->n_signons == LIMIT_AROUND_SIGNONS) {
		w->signons_cut = true;
		return NULL;
	}
	if (w->n_signons == w->cap_signons) {
		size_t cap = w->cap_signons ? w->cap_signons * 2 : 16;
		struct around_signon *v = mem_grow(w->signons, cap * sizeof(*v));

		*bad |= !v;
		if (!v)
			return NULL;
		w->signons = v;
		w->cap_signons = cap;
	}
	return &w->signons[w->n_signons++];
}

static void add_signon(struct around *w, const struct finding *f, size_t number,
		       const struct evidence *ev, struct arena *a, bool *bad)
{
	uint32_t host = host_of(w, ev->event->computer, bad);
	struct around_signon *s;

	if (!is_new(w, ev->identity, bad) || !(s = signon_room(w, bad)))
		return;
	*s = (struct around_signon){.host = host, .time = ev->time, .record_id = ev->record_id,
				    .identity = ev->identity, .place = ev->place};
	s->user = text_of(w, ev->event, "TargetUserName", a, bad);
	s->sid = text_of(w, ev->event, "TargetUserSid", a, bad);
	s->type = text_of(w, ev->event, "LogonType", a, bad);
	s->logon_id = text_of(w, ev->event, "TargetLogonId", a, bad);
	s->address = text_of(w, ev->event, "IpAddress", a, bad);
	s->workstation = text_of(w, ev->event, "WorkstationName", a, bad);
	link_to(&s->finding, f, number);
}

/* ---- all of it ---- */

struct making {
	struct around *w;
	struct arena scratch;
};

static int add_finding(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct making *m = ctx;
	bool bad = false;
	uint32_t host = host_of(m->w, f->computer, &bad);

	if (i == LIMIT_PAGE_FINDINGS)
		return 1;
	arena_reset(&m->scratch);
	add_tree(m->w, f, i, host, &m->scratch, &bad);
	for (size_t k = 0; k < f->n_evidence && !bad; k++) {
		const struct evidence *ev = &f->evidence[k];
		enum event_kind kind = ev->event ? event_kind(ev->event) : KIND_NONE;

		arena_reset(&m->scratch);
		if (kind == KIND_NETWORK)
			add_connection(m->w, ev, host, &m->scratch, &bad);
		else if (kind == KIND_LOGON)
			add_signon(m->w, f, i, ev, &m->scratch, &bad);
	}
	return bad ? no_memory(e, "the processes of findings") : 0;
}

struct ordered {
	struct around_node node;
	int32_t was;
};

static int by_start(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;

	if (a->node.host != b->node.host)
		return a->node.host < b->node.host ? -1 : 1;
	if (a->node.start_time != b->node.start_time)
		return a->node.start_time < b->node.start_time ? -1 : 1;
	return a->was < b->was ? -1 : a->was > b->was;
}

static int by_time(const void *x, const void *y)
{
	const struct around_signon *a = x, *b = y;

	if (a->host != b->host)
		return a->host < b->host ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->record_id != b->record_id)
		return a->record_id < b->record_id ? -1 : 1;
	return (a->identity > b->identity) - (a->identity < b->identity);
}

static int put_in_order(struct around *w, struct err *e)
{
	struct ordered *v = mem_alloc((w->n + 1) * sizeof(*v));
	int32_t *now = mem_alloc((w->n + 1) * sizeof(*now));

	for (size_t i = 0; v && now && i < w->n; i++)
		v[i] = (struct ordered){w->v[i], (int32_t)i};
	if (v && now && w->n)
		qsort(v, w->n, sizeof(*v), by_start);
	for (size_t i = 0; v && now && i < w->n; i++) {
		now[v[i].was] = (int32_t)i;
		w->v[i] = v[i].node;
	}
	for (size_t i = 0; v && now && i < w->n; i++)
		if (w->v[i].parent >= 0)
			w->v[i].parent = now[w->v[i].parent];
	if (w->n_signons)
		qsort(w->signons, w->n_signons, sizeof(*w->signons), by_time);
	bool bad = !v || !now;
	mem_free(v);
	mem_free(now);
	return bad ? no_memory(e, "the processes of findings") : 0;
}

int around_make(struct around *w, const struct run *run, struct err *e)
{
	struct making m = {.w = w};
	int rc;

	*w = (struct around){0};
	arena_init(&w->a, SIZE_MAX); /* by the bounds on nodes, sign-ons and texts */
	strtab_init(&w->hosts, true, SIZE_MAX);
	map_init(&w->ids);
	arena_init(&m.scratch, LIMIT_CHUNK_ARENA);
	rc = each_finding(run, add_finding, &m, e);
	arena_release(&m.scratch);
	return rc < 0 ? rc : put_in_order(w, e);
}

void around_release(struct around *w)
{
	arena_release(&w->a);
	strtab_release(&w->hosts);
	map_release(&w->ids);
	mem_free(w->v);
	mem_free(w->signons);
}

size_t around_nodes(const struct around *w, struct view host, size_t *from)
{
	uint32_t id = strtab_find(&w->hosts, host);
	size_t i = 0, n = 0;

	while (i < w->n && w->v[i].host != id)
		i++;
	while (i + n < w->n && w->v[i + n].host == id)
		n++;
	*from = i;
	return n;
}

size_t around_signons(const struct around *w, struct view host, size_t *from)
{
	uint32_t id = strtab_find(&w->hosts, host);
	size_t i = 0, n = 0;

	while (i < w->n_signons && w->signons[i].host != id)
		i++;
	while (i + n < w->n_signons && w->signons[i + n].host == id)
		n++;
	*from = i;
	return n;
}
