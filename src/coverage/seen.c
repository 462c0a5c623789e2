/* SPDX-License-Identifier: Apache-2.0 */
/* Takes in what was recorded. Nothing depends on the order in which it comes. */
#include "seen.h"

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory to count what was recorded");
}

static int room(void **v, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap * 2 > n ? *cap * 2 : n + 15;
	uint8_t *p;

	if (n <= *cap)
		return 0;
	p = mem_grow(*v, want * size);
	if (!p)
		return -1;
	memset(p + *cap * size, 0, (want - *cap) * size);
	*v = p;
	*cap = want;
	return 0;
}

struct coverage *coverage_new(const struct ruleset *rules)
{
	struct coverage *c = mem_alloc(sizeof(*c));

	if (!c)
		return NULL;
	c->rules = rules;
	arena_init(&c->arena, SIZE_MAX);
	arena_init(&c->page, SIZE_MAX);
	strtab_init(&c->texts, false, SIZE_MAX);
	strtab_init(&c->names, true, SIZE_MAX);
	strtab_init(&c->logs, true, SIZE_MAX);
	map_init(&c->row_of);
	map_init(&c->kind_of);
	map_init(&c->found);
	return c;
}

void coverage_free(struct coverage *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_rows; i++)
		mem_free(c->rows[i]->fields);
	for (size_t i = 0; i < c->n_hosts; i++)
		mem_free(c->hosts[i].logs);
	mem_free(c->kinds);
	mem_free(c->rows);
	mem_free(c->hosts);
	map_release(&c->row_of);
	map_release(&c->kind_of);
	map_release(&c->found);
	strtab_release(&c->texts);
	strtab_release(&c->names);
	strtab_release(&c->logs);
	arena_release(&c->page);
	arena_release(&c->arena);
	mem_free(c);
}

/* ---- hosts and kinds ---- */

static struct seen_host *host_of(struct coverage *c, struct view computer, uint32_t *id)
{
	struct seen_host *h;

	*id = strtab_add(&c->names, computer);
	if (*id == STRTAB_NONE ||
	    room((void **)&c->hosts, &c->cap_hosts, (size_t)*id + 1, sizeof(*c->hosts)) < 0)
		return NULL;
	if (c->n_hosts <= *id)
		c->n_hosts = (size_t)*id + 1;
	h = &c->hosts[*id];
	if (!h->name.p || view_cmp(computer, h->name) < 0)
		h->name = arena_keep(&c->arena, computer);
	return h->name.p ? h : NULL;
}

static bool kind_is(const struct seen_kind *a, const struct seen_kind *b)
{
	return a->channel == b->channel && a->provider == b->provider && a->event_id == b->event_id;
}

static int kind_of(struct coverage *c, const struct seen_records *s, uint32_t *out)
{
	struct seen_kind k = {.channel = strtab_add(&c->texts, s->channel),
			      .provider = strtab_add(&c->texts, s->provider),
			      .log = strtab_add(&c->logs, s->channel),
			      .event_id = s->event_id};
	uint64_t key, at;

	if (k.channel == STRTAB_NONE || k.provider == STRTAB_NONE || k.log == STRTAB_NONE)
		return -1;
	key = hash_bytes(k.event_id, (const uint32_t[]){k.channel, k.provider}, 2 * sizeof(uint32_t));
	if (map_get(&c->kind_of, key, &at) && kind_is(&c->kinds[at], &k)) {
		*out = (uint32_t)at;
		return 0;
	}
	if (room((void **)&c->kinds, &c->cap_kinds, c->n_kinds + 1, sizeof(k)) < 0 ||
	    !map_put(&c->kind_of, key, c->n_kinds))
		return -1;
	c->kinds[c->n_kinds] = k;
	*out = (uint32_t)c->n_kinds++;
	return 0;
}

static struct seen_row *row_of(struct coverage *c, uint32_t host, uint32_t kind)
{
	uint64_t key = (uint64_t)host << 32 | kind, at;
	struct seen_row *row;

	if (map_get(&c->row_of, key, &at))
		return c->rows[at];
	row = arena_alloc(&c->arena, sizeof(*row));
	if (!row || room((void **)&c->rows, &c->cap_rows, c->n_rows + 1, sizeof(struct seen_row *)) < 0 ||
	    !map_put(&c->row_of, key, c->n_rows))
		return NULL;
	row->host = host;
	row->kind = kind;
	c->rows[c->n_rows++] = row;
	return row;
}

/* ---- what was recorded ---- */

static void widen(uint64_t *first, uint64_t *last, uint64_t from, uint64_t to)
{
	if (!to)
		return;
	if (!*last || from < *first)
		*first = from;
	if (to > *last)
		*last = to;
}

static struct kept_field *field_of(struct coverage *c, struct seen_row *row, field_id id)
{
	for (size_t i = 0; i < row->n_fields; i++)
		if (row->fields[i].id == id)
			return &row->fields[i];
	if (room((void **)&row->fields, &row->cap_fields, row->n_fields + 1, sizeof(*row->fields)) < 0)
		return NULL;
	c->n_fields++;
	row->fields[row->n_fields] = (struct kept_field){.id = id, .source = UINT32_MAX,
							 .offset = UINT64_MAX};
	return &row->fields[row->n_fields++];
}

static int add_field(struct coverage *c, struct seen_row *row, uint32_t source,
		     const struct seen_field *f)
{
	struct kept_field *have = field_of(c, row, f->id);

	if (!have)
		return -1;
	have->n += f->n;
	if (source > have->source || (source == have->source && f->offset >= have->offset))
		return 0;
	have->text = strtab_add(&c->texts, f->value.raw);
	have->type = f->value.type;
	have->source = source;
	have->offset = f->offset;
	return have->text == STRTAB_NONE ? -1 : 0;
}

static int add_log(struct seen_host *h, uint32_t log, const struct seen_records *s)
{
	struct host_log *l = host_log(h, log);
	size_t at = 0;

	if (!l) {
		if (room((void **)&h->logs, &h->cap_logs, h->n_logs + 1, sizeof(*h->logs)) < 0)
			return -1;
		while (at < h->n_logs && h->logs[at].log < log)
			at++;
		memmove(&h->logs[at + 1], &h->logs[at], (h->n_logs - at) * sizeof(*h->logs));
		h->n_logs++;
		l = &h->logs[at];
		*l = (struct host_log){.log = log};
	}
	widen(&l->first, &l->last, s->first_time, s->last_time);
	return 0;
}

struct host_log *host_log(struct seen_host *h, uint32_t log)
{
	size_t from = 0, to = h->n_logs;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (h->logs[mid].log == log)
			return &h->logs[mid];
		if (h->logs[mid].log < log)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

int coverage_add(struct coverage *c, uint32_t source, const struct seen_records *s, struct err *e)
{
	uint32_t host, kind;
	struct seen_host *h = host_of(c, s->computer, &host);
	struct seen_row *row;

	if (!h || kind_of(c, s, &kind) < 0 || add_log(h, c->kinds[kind].log, s) < 0)
		return no_memory(e);
	row = row_of(c, host, kind);
	if (!row)
		return no_memory(e);
	row->n += s->n;
	row->asked += s->asked;
	row->version = s->version > row->version ? s->version : row->version;
	widen(&row->first, &row->last, s->first_time, s->last_time);
	c->overfull |= s->cut || c->n_fields > LIMIT_SEEN_FIELDS;
	for (size_t i = 0; i < s->n_fields && !c->overfull; i++)
		if (add_field(c, row, source, &s->fields[i]) < 0)
			return no_memory(e);
	return 0;
}

void coverage_lack(struct coverage *c, struct view computer, struct view channel, enum lack l,
		   uint64_t n)
{
	uint32_t host = strtab_find(&c->names, computer), log = strtab_find(&c->logs, channel);
	struct host_log *of;

	if (host == STRTAB_NONE)
		return;
	of = log == STRTAB_NONE ? NULL : host_log(&c->hosts[host], log);
	if (of)
		of->lacks[l] += n;
	else if (!channel.n)
		c->hosts[host].lacks[l] += n;
}

int coverage_found(struct coverage *c, struct view computer, size_t rule, struct err *e)
{
	uint32_t host;
	uint64_t n = 0;

	if (!host_of(c, computer, &host))
		return no_memory(e);
	map_get(&c->found, (uint64_t)host << 32 | rule, &n);
	return map_put(&c->found, (uint64_t)host << 32 | rule, n + 1) ? 0 : no_memory(e);
}

bool coverage_overfull(const struct coverage *c)
{
	return c->overfull;
}
