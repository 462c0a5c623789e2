/* SPDX-License-Identifier: Apache-2.0 */
/* Events of any provider, written out in the scenario; and what it expects, which only tests read. */
#include "scenario.h"

#include <string.h>

struct raw {
	struct bx_event ev;
	struct sc_host *host;
	struct sc_when when;
	const struct yaml_node *data;
};

static int read_c_text(struct scenario *s, const struct yaml_node *n, const char *key,
		       const char **out)
{
	struct view v = {0};

	if (!yaml_get(n, key))
		return 0;
	if (sc_text(s, n, key, &v))
		return -1;
	*out = arena_str(s->arena, v);
	return *out ? 0 : sc_no_memory(s);
}

static int read_style(struct scenario *s, const struct yaml_node *n, struct bx_event *ev)
{
	static const char *const words[] = {"modern", "literal", "classic"};
	const struct yaml_node *v = yaml_get(n, "style");
	size_t i;

	for (i = 0; v && i < 3; i++)
		if (v->kind == YAML_SCALAR && view_eq_str(v->text, words[i]))
			break;
	if (v && i == 3)
		return sc_fail(s, v, "\"style\" is one of modern, literal, classic");
	ev->system = v ? (enum bx_system)i : SYSTEM_MODERN;
	return 0;
}

static int read_numbers(struct scenario *s, const struct yaml_node *n, struct bx_event *ev)
{
	struct {
		const char *key;
		uint64_t max, v;
	} x[] = {{"id", UINT16_MAX, 0}, {"version", UINT8_MAX, 0}, {"level", UINT8_MAX, 4},
		 {"task", UINT16_MAX, 0}, {"opcode", UINT8_MAX, 0},
		 {"keywords", INT64_MAX, 0}, {"qualifiers", UINT16_MAX, 0}};

	for (size_t i = 0; i < sizeof(x) / sizeof(*x); i++)
		if (sc_uint(s, n, x[i].key, x[i].max, &x[i].v))
			return -1;
	ev->id = (uint16_t)x[0].v;
	ev->version = (uint8_t)x[1].v;
	ev->level = (uint8_t)x[2].v;
	ev->task = (uint16_t)x[3].v;
	ev->opcode = (uint8_t)x[4].v;
	ev->keywords = 0x8000000000000000u | x[5].v;
	ev->qualifiers = (uint16_t)x[6].v;
	ev->has_qualifiers = yaml_get(n, "qualifiers") != NULL;
	return 0;
}

static int read_field(struct scenario *s, const struct yaml_node *n, struct bx_field *f)
{
	const struct yaml_node *type = yaml_get(n, "type");

	f->type = BX_STRING;
	if (sc_keys(s, n, "a field", "name type value") || read_c_text(s, n, "name", &f->name))
		return -1;
	if (type && (type->kind != YAML_SCALAR || !sc_type(type->text, &f->type)))
		return sc_fail(s, type, "there is no such type");
	if (!yaml_get(n, "value") && f->type != BX_NULL)
		return sc_fail(s, n, "a field needs \"value\"");
	return 0;
}

static int read_fields(struct scenario *s, struct raw *r)
{
	struct bx_field *f;

	if (!r->data)
		return 0;
	if (r->data->kind != YAML_SEQUENCE || r->data->n > BX_VALUES_MAX)
		return sc_fail(s, r->data, "\"data\" must be a list of at most %u fields",
			       BX_VALUES_MAX);
	f = arena_array(s->arena, r->data->n + 1, sizeof(*f));
	if (!f)
		return sc_no_memory(s);
	r->ev.fields = f;
	r->ev.n_fields = r->data->n;
	for (size_t i = 0; i < r->data->n; i++)
		if (read_field(s, r->data->items[i], &f[i]))
			return -1;
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_event(const struct bx_event *a, const struct bx_event *b)
{
	if (a->id != b->id || a->version != b->version || a->level != b->level ||
	    a->task != b->task || a->opcode != b->opcode || a->keywords != b->keywords ||
	    a->qualifiers != b->qualifiers || a->has_qualifiers != b->has_qualifiers ||
	    a->system != b->system || a->payload != b->payload || a->n_fields != b->n_fields ||
	    !same_text(a->provider, b->provider) || !same_text(a->guid, b->guid) ||
	    !same_text(a->channel, b->channel))
		return false;
	for (size_t i = 0; i < a->n_fields; i++)
		if (a->fields[i].type != b->fields[i].type ||
		    !same_text(a->fields[i].name, b->fields[i].name))
			return false;
	return true;
}

/* Two events alike share their template, as they would on Windows. */
static const struct bx_event *known_event(struct scenario *s, const struct bx_event *ev)
{
	struct sc_made *m;

	for (m = s->made; m; m = m->next)
		if (same_event(&m->event, ev))
			return &m->event;
	m = arena_alloc(s->arena, sizeof(*m));
	if (!m)
		return NULL;
	*m = (struct sc_made){*ev, s->made};
	s->made = m;
	return &m->event;
}

static int add_raw(struct scenario *s, const struct raw *r)
{
	struct sc_build b;
	const struct bx_event *ev = known_event(s, &r->ev);

	if (!ev)
		return sc_no_memory(s);
	if (build_start(&b, s, ev, NULL))
		return -1;
	for (size_t i = 0; i < ev->n_fields && !b.failed; i++) {
		const struct yaml_node *v = yaml_get(r->data->items[i], "value");

		if (ev->fields[i].type == BX_NULL)
			bx_values_add(&b.values, BX_NULL, NULL, 0);
		else if (sc_value(s, v, ev->fields[i].type, &b.values))
			b.failed = true;
	}
	return build_end(&b, r->host, &r->when);
}

static int read_raw(struct scenario *s, const struct yaml_node *n)
{
	struct raw r = {.ev = {.provider = "Forge", .channel = "Application"}};
	const struct yaml_node *guid = yaml_get(n, "guid");
	struct guid g;

	if (sc_keys(s, n, "a raw event",
		    "host at channel provider guid id version level task opcode keywords qualifiers "
		    "style data rank twice") ||
	    sc_need(s, n, "a raw event", "at id") || sc_host_of(s, n, &r.host) ||
	    sc_time(s, n, "at", &r.when.logged) || sc_read_when(s, n, &r.when) ||
	    read_c_text(s, n, "channel", &r.ev.channel) ||
	    read_c_text(s, n, "provider", &r.ev.provider) ||
	    read_c_text(s, n, "guid", &r.ev.guid) || read_style(s, n, &r.ev) ||
	    read_numbers(s, n, &r.ev))
		return -1;
	if (guid && !guid_parse(guid->text, &g))
		return sc_fail(s, guid, "\"guid\" must be a GUID");
	r.data = yaml_get(n, "data");
	return read_fields(s, &r) || add_raw(s, &r) ? -1 : 0;
}

int sc_read_raw(struct scenario *s)
{
	const struct yaml_node *list;

	if (sc_list(s, "raw", &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (read_raw(s, list->items[i]))
			return -1;
	return 0;
}

int sc_read_expect(struct scenario *s)
{
	const struct yaml_node *list;
	uint64_t count = 1;

	if (sc_list(s, "expect", &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (sc_keys(s, list->items[i], "an expectation",
			    "rule status host count clock corroborating") ||
		    sc_need(s, list->items[i], "an expectation", "rule") ||
		    sc_uint(s, list->items[i], "count", 1000000, &count) ||
		    sc_uint(s, list->items[i], "corroborating", 1000000, &count))
			return -1;
	return 0;
}

int sc_read_signs(struct scenario *s)
{
	const struct yaml_node *list;
	uint64_t count = 1;

	if (sc_list(s, "signs", &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (sc_keys(s, list->items[i], "a sign", "sign count") ||
		    sc_need(s, list->items[i], "a sign", "sign") ||
		    sc_uint(s, list->items[i], "count", 1000000, &count))
			return -1;
	return 0;
}
