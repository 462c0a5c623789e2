/* SPDX-License-Identifier: Apache-2.0 */
/* Values to records, records to the logs of their host. */
#include "scenario.h"

#include <string.h>

/* The services that write the logs, as on most hosts. */
#define SYSMON_PID 2416u
#define LSASS_PID 640u
#define KERNEL_PID 4u

static const uint8_t local_system[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};

int build_start(struct sc_build *b, struct scenario *s, const struct bx_event *ev,
		const struct yaml_node *set)
{
	*b = (struct sc_build){.s = s, .event = ev, .set = set};
	bx_values_init(&b->values);
	if (set && set->kind != YAML_MAPPING) {
		b->failed = true;
		return sc_fail(s, set, "what is set must be a mapping of field names to values");
	}
	return 0;
}

/* True when `set` says what the field is. */
static bool replaced(struct sc_build *b, const struct bx_field *f)
{
	for (size_t i = 0; b->set && i < b->set->n; i++) {
		if (!view_eq_str(b->set->pairs[i].key->text, f->name))
			continue;
		b->n_set++;
		if (sc_value(b->s, b->set->pairs[i].value, f->type, &b->values))
			b->failed = true;
		return true;
	}
	return false;
}

/* The field whose turn it is; NULL when it has got its value already. */
static const struct bx_field *next_field(struct sc_build *b)
{
	const struct bx_field *f = &b->event->fields[b->values.n];

	if (b->failed || b->values.n >= b->event->n_fields)
		return NULL;
	return replaced(b, f) ? NULL : f;
}

void build_text(struct sc_build *b, struct view v)
{
	size_t before = b->values.data.n;

	if (!next_field(b))
		return;
	text_to_utf16(&b->values.data, v);
	bx_values_claim(&b->values, BX_STRING, before);
}

void build_str(struct sc_build *b, const char *text)
{
	build_text(b, view_str(text));
}

void build_number(struct sc_build *b, uint64_t v)
{
	const struct bx_field *f = next_field(b);
	uint8_t raw[8], type;
	size_t n = 4;

	if (!f)
		return;
	/* A declared size_t comes as a hexadecimal number of the machine's width. */
	type = f->type == BX_SIZE ? BX_HEX64 : f->type;
	if (type == BX_HEX64 || type == BX_UINT64 || type == BX_FILETIME)
		n = 8;
	if (type == BX_UINT16)
		n = 2;
	for (size_t i = 0; i < 8; i++)
		raw[i] = (uint8_t)(v >> (8 * i));
	bx_values_add(&b->values, type, raw, n);
}

void build_guid(struct sc_build *b, const struct guid *g)
{
	if (next_field(b))
		bx_values_add(&b->values, BX_GUID, g->b, 16);
}

void build_sid(struct sc_build *b, const struct sc_sid *sid)
{
	if (next_field(b))
		bx_values_add(&b->values, BX_SID, sid->b, sid->n);
}

/* "2026-03-02 08:00:00.123" */
void build_utc(struct sc_build *b, uint64_t filetime)
{
	char text[TIME_TEXT];
	size_t n = time_format(filetime, text);

	if (n > 24) {
		text[n - 5] = 0;
		text[n - 18] = ' ';
	}
	build_str(b, text);
}

static int unused_names(struct sc_build *b)
{
	for (size_t i = 0; b->set && i < b->set->n; i++) {
		const struct yaml_node *key = b->set->pairs[i].key;
		bool known = false;

		for (size_t k = 0; k < b->event->n_fields; k++)
			known |= view_eq_str(key->text, b->event->fields[k].name);
		if (!known)
			return sc_fail(b->s, key, "event %u of version %u has no such field",
				       b->event->id, b->event->version);
	}
	return 0;
}

struct sc_log *sc_log_of(struct scenario *s, struct sc_host *h, struct view channel)
{
	struct sc_log *l;

	for (l = s->logs; l; l = l->next)
		if (l->host == h && view_eq(l->channel, channel))
			return l;
	l = arena_alloc(s->arena, sizeof(*l));
	if (!l)
		return NULL;
	l->host = h;
	l->channel = channel;
	if (s->last_log)
		s->last_log->next = l;
	else
		s->logs = l;
	s->last_log = l;
	return l;
}

static void add_to_log(struct scenario *s, struct sc_log *l, struct sc_record *r)
{
	r->sequence = s->n_records++;
	if (l->last)
		l->last->next = r;
	else
		l->first = r;
	l->last = r;
	l->n++;
}

/* Who writes it: Sysmon's service, lsass, the kernel for 4688, 4689 and 5156. */
static void written_by(struct bx_record *r)
{
	const struct bx_event *ev = r->event;
	bool sysmon = !strcmp(ev->provider, "Microsoft-Windows-Sysmon");

	r->pid = sysmon ? SYSMON_PID : LSASS_PID;
	r->tid = sysmon ? 3288 : 684;
	if (ev->id == 4688 || ev->id == 4689 || ev->id == 5156 || ev->id == 12) {
		r->pid = KERNEL_PID;
		r->tid = 228;
	}
	if (sysmon || !strcmp(ev->channel, "System"))
		r->user_sid = (struct view){local_system, sizeof(local_system)};
	if (ev->system == SYSTEM_CLASSIC)
		r->user_sid = view_str("");
}

static int keep_record(struct sc_build *b, struct sc_host *h, const struct sc_when *w)
{
	struct scenario *s = b->s;
	struct sc_log *l = sc_log_of(s, h, view_str(b->event->channel));
	struct sc_record *r = arena_alloc(s->arena, sizeof(*r));

	if (s->n_records >= LIMIT_FORGE_RECORDS)
		return err_set(s->e, ERR_LIMIT, 0, "%s: more than %u records", s->name,
			       LIMIT_FORGE_RECORDS);
	buf_clear(&s->scratch);
	bx_values_end(&b->values, &s->scratch);
	if (!l || !r || s->scratch.bad)
		return sc_no_memory(s);
	*r = (struct sc_record){.rank = w->rank, .twice = w->twice};
	r->r = (struct bx_record){.event = b->event, .written = w->logged};
	r->r.values = arena_keep(s->arena, buf_data(&s->scratch));
	if (!r->r.values.p)
		return sc_no_memory(s);
	written_by(&r->r);
	add_to_log(s, l, r);
	return 0;
}

int build_end(struct sc_build *b, struct sc_host *h, const struct sc_when *w)
{
	int rc = -1;

	if (b->values.too_long)
		sc_fail(b->s, b->set, "a value is longer than 65535 bytes");
	else if (!b->failed && !unused_names(b))
		rc = keep_record(b, h, w);
	bx_values_release(&b->values);
	return rc;
}

int sc_read_when(struct scenario *s, const struct yaml_node *n, struct sc_when *w)
{
	uint64_t rank = 0;

	if (!n)
		return 0;
	if (sc_uint(s, n, "rank", 1000000, &rank) || sc_bool(s, n, "twice", &w->twice))
		return -1;
	w->rank = (int64_t)rank;
	return 0;
}
