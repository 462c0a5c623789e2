/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.csv. Rows are made as records come and sorted on disk; findings are known only at the
   end, so what depends on them (and on the list of sources) is filled in while writing. */
#include "timeline.h"

static const char *const timeline_names[] = {TIMELINE_COLUMNS(COLUMN_NAME)};

const char *const *timeline_columns(size_t *n)
{
	*n = TC_COUNT;
	return timeline_names;
}

struct timeline *timeline_new_bounded(int dirfd, size_t memory, unsigned fanin, struct err *e)
{
	struct timeline *t = mem_alloc(sizeof(*t));

	if (!t) {
		no_memory(e, "the timeline");
		return NULL;
	}
	t->sorter = sorter_new(dirfd, memory, fanin, e);
	if (!t->sorter) {
		mem_free(t);
		return NULL;
	}
	arena_init(&t->arena, LIMIT_CHUNK_ARENA);
	buf_init(&t->key, 0);
	buf_init(&t->row, 0);
	buf_init(&t->message, 0);
	buf_init(&t->payload, 0);
	return t;
}

struct timeline *timeline_new(int dirfd, struct err *e)
{
	return timeline_new_bounded(dirfd, LIMIT_SORT_MEMORY, LIMIT_SORT_FANIN, e);
}

void timeline_tell(struct timeline *t, timeline_entry_fn *fn, void *ctx)
{
	t->tell = fn;
	t->tell_ctx = ctx;
}

void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	sorter_free(t->sorter);
	arena_release(&t->arena);
	buf_release(&t->key);
	buf_release(&t->row);
	buf_release(&t->message);
	buf_release(&t->payload);
	mem_free(t);
}

/* ---- keys: their bytes order as time, host, channel, record id, content, source, offset ---- */

static void key_u64(struct buf *b, uint64_t n)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (uint8_t)(n >> shift));
}

static void key_u32(struct buf *b, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(b, (uint8_t)(n >> shift));
}

/* Ends in 0 0; a NUL within is 0 1: so a text goes before all that it is the beginning of. */
static void key_text(struct buf *b, struct view v, bool fold)
{
	while (v.n) {
		uint32_t cp = text_next(&v);

		text_put(b, fold ? text_fold(cp & ~TEXT_BAD) : cp & ~TEXT_BAD);
		if (cp == 0)
			buf_byte(b, 1);
	}
	buf_byte(b, 0);
	buf_byte(b, 0);
}

/* The content goes before the place: copies of one record meet, even if there are others with the
   same ids and another content between them. */
static void key_make(struct timeline *t, const struct event *ev, const struct place *p)
{
	struct buf *b = &t->key;

	buf_clear(b);
	key_u64(b, ev->time_created);
	key_text(b, ev->computer, true);
	key_text(b, ev->channel, false);
	key_u64(b, ev->record_id);
	key_u64(b, hash_view(0, buf_data(&t->row)));
	key_u32(b, p->source);
	key_u64(b, p->offset);
}

/* ---- rows ---- */

static void part(struct buf *b, const char *before, struct view v)
{
	if (!v.n)
		return;
	buf_str(b, before);
	buf_view(b, v);
}

static void pid(struct buf *b, const char *before, bool has, uint64_t id)
{
	if (has)
		buf_fmt(b, "%s%" PRIu64, before, id);
}

static void message_network(struct buf *b, const struct activity *a)
{
	bool inbound = a->has_initiated && !a->initiated;

	part(b, " ", a->protocol);
	part(b, inbound ? " accepted from " : " from ", a->source_ip);
	part(b, " port ", a->source_port);
	part(b, " to ", a->destination_ip);
	part(b, " (", a->destination_host);
	part(b, a->destination_host.n ? ") port " : " port ", a->destination_port);
	if (a->destination_host.n && !a->destination_port.n)
		buf_byte(b, ')');
}

/* One line a person can read; it never starts with text of the log. */
static void message_make(struct buf *b, const struct activity *a)
{
	buf_clear(b);
	buf_fmt(b, "%s:", kind_title(a->kind));
	part(b, " ", a->image);
	pid(b, " PID ", a->has_pid, a->pid);
	if (a->kind == KIND_NETWORK)
		message_network(b, a);
	part(b, ", as ", a->user);
	part(b, ", started by ", a->parent_image);
	pid(b, a->parent_image.n ? " PID " : ", started by PID ", a->has_parent_pid,
	    a->parent_pid);
	part(b, ", command line: ", a->command_line);
}

static void process_cells(struct arena *a, const struct activity *act, struct cell *c)
{
	if (act->has_utc)
		c[TC_UTC_TIME] = cell_time(a, act->utc_time);
	c[TC_PROCESS_GUID] = cell_guid(a, &act->guid);
	if (act->has_pid)
		c[TC_PROCESS_ID] = cell_plain(a, "%" PRIu64, act->pid);
	c[TC_IMAGE] = cell_text(act->image);
	c[TC_COMMAND_LINE] = cell_text(act->command_line);
	c[TC_USER] = cell_text(act->user);
	if (act->has_logon_id)
		c[TC_LOGON_ID] = cell_plain(a, "0x%" PRIx64, act->logon_id);
	c[TC_INTEGRITY_LEVEL] = cell_text(act->integrity);
	c[TC_HASHES] = cell_text(act->hashes);
	c[TC_PARENT_PROCESS_GUID] = cell_guid(a, &act->parent_guid);
	if (act->has_parent_pid)
		c[TC_PARENT_PROCESS_ID] = cell_plain(a, "%" PRIu64, act->parent_pid);
	c[TC_PARENT_IMAGE] = cell_text(act->parent_image);
	c[TC_PARENT_COMMAND_LINE] = cell_text(act->parent_command_line);
}

static void network_cells(const struct activity *act, struct cell *c)
{
	c[TC_PROTOCOL] = cell_text(act->protocol);
	c[TC_SOURCE_IP] = cell_text(act->source_ip);
	c[TC_SOURCE_PORT] = cell_text(act->source_port);
	c[TC_DESTINATION_IP] = cell_text(act->destination_ip);
	c[TC_DESTINATION_HOSTNAME] = cell_text(act->destination_host);
	c[TC_DESTINATION_PORT] = cell_text(act->destination_port);
	if (act->has_initiated)
		c[TC_INITIATED] = cell_str(act->initiated ? "true" : "false");
}

/* A length of one byte where that is enough, and the text. */
static void row_cell(struct buf *b, struct view v)
{
	buf_byte(b, v.n < TIMELINE_LONG ? (uint8_t)v.n : TIMELINE_LONG);
	if (v.n >= TIMELINE_LONG)
		buf_u32(b, (uint32_t)v.n);
	buf_view(b, v);
}

static void record_cells(struct timeline *t, const struct event *ev, const struct activity *act,
			 struct cell *c)
{
	c[TC_DATETIME] = cell_time(&t->arena, ev->time_created);
	c[TC_TIMESTAMP_DESC] = cell_str(kind_title(act->kind));
	c[TC_MESSAGE] = cell_text(buf_data(&t->message));
	c[TC_HOST] = cell_text(ev->computer);
	c[TC_CHANNEL] = cell_text(ev->channel);
	c[TC_EVENT_ID] = cell_plain(&t->arena, "%u", ev->event_id);
	c[TC_RECORD_ID] = cell_plain(&t->arena, "%" PRIu64, ev->record_id);
}

static void row_make(struct timeline *t, const struct event *ev, const struct activity *act)
{
	struct cell c[TC_COUNT] = {0};

	message_make(&t->message, act);
	record_cells(t, ev, act, c);
	process_cells(&t->arena, act, c);
	network_cells(act, c);
	buf_clear(&t->row);
	for (size_t i = 0; i < TC_COUNT; i++)
		if (timeline_in_row(i)) {
			row_cell(&t->row, c[i].v);
			t->row.bad |= c[i].bad;
		}
}

static bool wanted(enum event_kind k)
{
	return k == KIND_PROCESS_START || k == KIND_PROCESS_END || k == KIND_NETWORK;
}

int timeline_add(struct timeline *t, const struct event *ev, const struct activity *act,
		 const struct place *p, struct err *e)
{
	if (!act || !wanted(act->kind))
		return 0;
	arena_reset(&t->arena);
	row_make(t, ev, act);
	key_make(t, ev, p);
	buf_clear(&t->payload);
	buf_blob(&t->payload, buf_data(&t->row));
	buf_u32(&t->payload, p->source);
	buf_u64(&t->payload, p->offset);
	buf_u64(&t->payload, p->chunk);
	buf_byte(&t->payload, p->recovered);
	buf_byte(&t->payload, p->rank);
	if (t->row.bad || t->key.bad || t->message.bad || t->payload.bad)
		return no_memory(e, "the timeline");
	return sorter_add(t->sorter, buf_data(&t->key), buf_data(&t->payload), e);
}
