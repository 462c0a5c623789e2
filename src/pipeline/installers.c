/* SPDX-License-Identifier: Apache-2.0 */
/* The starts of msiexec, for the report that puts the three detections of it side by side. */
#include "hunt-private.h"

#define TWIN_TIME (LIMIT_PAIR_SECONDS * UINT64_C(10000000)) /* 100 ns */

bool installers_asked(const struct ruleset *rules)
{
	size_t n = 0;
	for (size_t i = 0; i < rules->n; i++)
		for (size_t k = 0; k < INSTALLER_RULES; k++)
			n += view_eq_str_nocase(rules->rules[i].id, installer_rules[k]);
	return n == INSTALLER_RULES;
}

static bool is_msiexec(const struct activity *act)
{
	return view_eq_str_nocase(view_after_last(act->image, "\\/"), "msiexec.exe") ||
	       view_eq_str_nocase(act->original_file_name, "msiexec.exe");
}

static int order(const struct installer *a, const struct installer *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	int k = view_cmp(a->computer, b->computer);
	if (!k)
		k = view_cmp(a->channel, b->channel);
	if (!k && a->record_id != b->record_id)
		k = a->record_id < b->record_id ? -1 : 1;
	return k ? k : (a->identity > b->identity) - (a->identity < b->identity);
}

/* Its texts behind it, in one piece. */
static struct installer *copy(const struct installer *from)
{
	struct installer *out = mem_alloc(sizeof(*out) + from->computer.n + from->channel.n +
					  from->image.n + from->command_line.n);
	if (!out)
		return NULL;
	*out = *from;
	uint8_t *at = (uint8_t *)(out + 1);
	struct view *texts[] = {&out->computer, &out->channel, &out->image, &out->command_line};
	for (size_t i = 0; i < 4; i++) {
		if (texts[i]->n)
			memcpy(at, texts[i]->p, texts[i]->n);
		texts[i]->p = at;
		at += texts[i]->n;
	}
	return out;
}

/* The earliest ones are kept, whatever the order in which they come. */
static int insert(struct installers *l, const struct installer *one)
{
	size_t at = l->n;
	while (at && order(l->v[at - 1], one) > 0)
		at--;
	if (at && order(l->v[at - 1], one) == 0)
		return 0;
	l->cut |= l->n == LIMIT_INSTALLERS;
	if (at == LIMIT_INSTALLERS)
		return 0;
	struct installer *c = copy(one);
	if (!c)
		return -1;
	if (l->n == LIMIT_INSTALLERS)
		mem_free(l->v[--l->n]);
	for (size_t i = l->n; i > at; i--)
		l->v[i] = l->v[i - 1];
	l->v[at] = c;
	l->n++;
	return 0;
}

int installers_add(struct hunt *h, const struct event *ev, struct err *e)
{
	struct activity act = {0};
	if (!h->installers.on || event_kind(ev) != KIND_PROCESS_START)
		return 0;
	arena_reset(&h->row);
	if (activity_of(ev, &h->row, &act) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for a process start");
	if (!is_msiexec(&act))
		return 0;
	const struct installer one = {
		.computer = ev->computer, .channel = ev->channel, .image = act.image,
		.command_line = view_sub(act.command_line, 0, LIMIT_PAGE_TEXT), .time = ev->time_created,
		.record_id = ev->record_id, .identity = event_identity(ev, &h->row), .pid = act.pid,
		.guid = act.guid, .parent_guid = act.parent_guid,
		.has_command_line = act.has_command_line};
	return insert(&h->installers, &one) < 0 ? err_set(e, ERR_NOMEM, 0, "no memory for a process start")
						: 0;
}

/* Two records of one start are one process: Sysmon's tells more. */
void installers_close(struct installers *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct installer *a = l->v[i];
		for (size_t k = i + 1; k < l->n && l->v[k]->time - a->time <= TWIN_TIME; k++) {
			struct installer *b = l->v[k];
			if (a->pid != b->pid || !view_eq_nocase(a->computer, b->computer) ||
			    view_eq_nocase(a->channel, b->channel) || a->twin || b->twin)
				continue;
			a->twin = b->identity;
			b->twin = a->identity;
			b->second = !guid_is_null(&a->guid);
			a->second = !b->second;
		}
	}
}

void installers_release(struct installers *l)
{
	for (size_t i = 0; i < l->n; i++)
		mem_free(l->v[i]);
	l->n = 0;
}
