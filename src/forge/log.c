/* SPDX-License-Identifier: Apache-2.0 */
/* The logs: which records in which order and with which ids, in which files. */
#include "plan.h"

#include <stdlib.h>

static bool is_path_part(struct view v)
{
	if (!v.n || v.n > 200 || v.p[0] == '.')
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '/' || v.p[i] < 0x20)
			return false;
	return true;
}

static int read_part(struct scenario *s, const struct yaml_node *n, const char *key,
		     struct view *out)
{
	if (sc_text(s, n, key, out))
		return -1;
	return is_path_part(*out) ? 0 : sc_fail(s, yaml_get(n, key), "\"%s\" must be a plain name", key);
}

static const struct {
	const char *word, *channel;
} channels[] = {{"sysmon", "Microsoft-Windows-Sysmon/Operational"}, {"security", "Security"},
		{"system", "System"}};

static int read_log(struct scenario *s, const struct yaml_node *n)
{
	struct sc_host *h;
	struct view channel;
	struct sc_log *l;

	if (sc_keys(s, n, "a log",
		    "host channel folder file first_id gaps dirty full stale_header checksums "
		    "bad_checksum bad_header_checksum zero_chunk chunks records_per_chunk truncate "
		    "from to " PLACE_KEYS "copies next_id hide export frames keep_order") ||
	    sc_need(s, n, "a log", "channel") || sc_host_of(s, n, &h) ||
	    sc_text(s, n, "channel", &channel))
		return -1;
	for (size_t i = 0; i < sizeof(channels) / sizeof(*channels); i++)
		if (view_eq_str(channel, channels[i].word))
			channel = view_str(channels[i].channel);
	l = sc_log_of(s, h, channel);
	if (!l)
		return sc_no_memory(s);
	if (l->options)
		return sc_fail(s, n, "this log stands here for the second time (first in line %u)",
			       l->options->line);
	l->options = n;
	return 0;
}

int sc_read_logs(struct scenario *s)
{
	const struct yaml_node *list;

	if (sc_list(s, "logs", &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (read_log(s, list->items[i]))
			return -1;
	return 0;
}

/* "Microsoft-Windows-Sysmon/Operational" is kept in Microsoft-Windows-Sysmon%4Operational.evtx. */
static int name_file(struct scenario *s, struct sc_log *l)
{
	buf_clear(&s->scratch);
	for (size_t i = 0; i < l->channel.n; i++) {
		if (l->channel.p[i] == '/')
			buf_str(&s->scratch, "%4");
		else
			buf_byte(&s->scratch, l->channel.p[i]);
	}
	buf_str(&s->scratch, ".evtx");
	l->file = arena_keep(s->arena, buf_data(&s->scratch));
	l->folder = l->host->key;
	if (s->scratch.bad || !l->file.p)
		return sc_no_memory(s);
	if (!is_path_part(l->file))
		return sc_fail(s, l->options, "this channel cannot be a file's name");
	if (!l->options)
		return 0;
	return read_part(s, l->options, "file", &l->file) ||
			       read_part(s, l->options, "folder", &l->folder)
		       ? -1
		       : 0;
}

static int by_time(const void *x, const void *y)
{
	const struct sc_record *a = *(const struct sc_record *const *)x;
	const struct sc_record *b = *(const struct sc_record *const *)y;

	if (a->r.written != b->r.written)
		return a->r.written < b->r.written ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* Ids missing behind so many records. */
static int gap_behind(struct scenario *s, const struct sc_log *l, uint64_t n, uint64_t *gap)
{
	const struct yaml_node *list = l->options ? yaml_get(l->options, "gaps") : NULL;
	uint64_t after, missing;

	*gap = 0;
	if (list && list->kind != YAML_SEQUENCE)
		return sc_fail(s, list, "\"gaps\" must be a list");
	for (size_t i = 0; list && i < list->n; i++) {
		after = missing = 0;
		if (sc_keys(s, list->items[i], "a gap", "after missing") ||
		    sc_uint(s, list->items[i], "after", LIMIT_FORGE_RECORDS, &after) ||
		    sc_uint(s, list->items[i], "missing", UINT32_MAX, &missing))
			return -1;
		if (after == n)
			*gap += missing;
	}
	return 0;
}

static struct sc_record **in_order(struct scenario *s, struct sc_log *l)
{
	struct sc_record **v = arena_array(s->arena, l->n + 1, sizeof(*v));
	uint64_t id = 1, gap;
	bool keep = false;
	size_t n = 0;

	if (!v) {
		sc_no_memory(s);
		return NULL;
	}
	if (l->options && (sc_uint(s, l->options, "first_id", INT64_MAX / 2, &id) ||
			   sc_bool(s, l->options, "keep_order", &keep)))
		return NULL;
	for (struct sc_record *r = l->first; r; r = r->next)
		v[n++] = r;
	if (!keep)
		qsort(v, n, sizeof(*v), by_time);
	for (size_t i = 0; i < n; i++) {
		v[i]->r.id = id++;
		/* Who hides a record numbers those behind it anew. */
		id -= sc_lists(l->options, "hide", i + 1);
		if (gap_behind(s, l, i + 1, &gap))
			return NULL;
		id += gap;
	}
	return sc_frames(s, l, v) ? NULL : v;
}

static int read_plan(struct scenario *s, struct sc_plan *p)
{
	const struct yaml_node *n = p->options;
	bool dirty = false, full = false;

	p->checksums = true;
	if (!n)
		return 0;
	if (sc_bool(s, n, "dirty", &dirty) || sc_bool(s, n, "full", &full) ||
	    sc_bool(s, n, "stale_header", &p->stale) ||
	    sc_bool(s, n, "checksums", &p->checksums) ||
	    sc_uint(s, n, "chunks", LIMIT_FORGE_CHUNKS, &p->chunks) ||
	    sc_uint(s, n, "truncate", UINT32_MAX, &p->truncate) ||
	    sc_uint(s, n, "next_id", INT64_MAX, &p->next_id) ||
	    sc_uint(s, n, "records_per_chunk", LIMIT_FORGE_RECORDS, &p->per_chunk) ||
	    sc_read_place(s, n, &p->place))
		return -1;
	p->flags = (dirty ? FLAG_DIRTY : 0) | (full ? FLAG_FULL : 0);
	return 0;
}

/* The plan's records become those that its options let through, all of one piece. */
static int read_window(struct scenario *s, struct sc_plan *p)
{
	uint64_t from = 0, to = UINT64_MAX;

	if (p->options &&
	    (sc_time(s, p->options, "from", &from) || sc_time(s, p->options, "to", &to)))
		return -1;
	while (p->n && p->records[0]->r.written < from) {
		p->records++;
		p->n--;
	}
	while (p->n && p->records[p->n - 1]->r.written > to)
		p->n--;
	return 0;
}

static int write_plan(struct scenario *s, struct sc_plan *p, struct view folder, struct view file,
		      struct sc_sink *sink, struct buf *made)
{
	p->folder = arena_str(s->arena, folder);
	p->file = arena_str(s->arena, file);
	if (!p->folder || !p->file)
		return sc_no_memory(s);
	return read_plan(s, p) || read_window(s, p) || sc_write_file(s, p, sink, made) ? -1 : 0;
}

/* Another file with some of the records, under the same ids: an archived log, an older copy. */
static int write_copy(struct scenario *s, const struct sc_log *l, const struct yaml_node *n,
		      struct sc_plan p, struct sc_sink *sink, struct buf *made)
{
	struct view folder = l->folder, file = l->file;

	if (sc_keys(s, n, "a copy", "folder file from to records_per_chunk checksums dirty full "
				    "stale_header chunks truncate bad_checksum " PLACE_KEYS
				    "bad_header_checksum zero_chunk") ||
	    read_part(s, n, "folder", &folder) || read_part(s, n, "file", &file))
		return -1;
	p.options = n;
	return write_plan(s, &p, folder, file, sink, made);
}

static int write_log(struct scenario *s, struct sc_log *l, struct sc_sink *sink, struct buf *made)
{
	const struct yaml_node *copies = l->options ? yaml_get(l->options, "copies") : NULL;
	struct sc_record **v;
	struct sc_plan p = {.place.host = l->host, .n = l->n}, own;

	if (name_file(s, l))
		return -1;
	v = in_order(s, l);
	if (!v)
		return -1;
	p.records = (const struct sc_record *const *)v;
	p.computer = arena_str(s->arena, l->host->computer);
	if (!p.computer)
		return sc_no_memory(s);
	own = p;
	own.options = l->options;
	if (write_plan(s, &own, l->folder, l->file, sink, made))
		return -1;
	if (copies && copies->kind != YAML_SEQUENCE)
		return sc_fail(s, copies, "\"copies\" must be a list");
	for (size_t i = 0; copies && i < copies->n; i++)
		if (write_copy(s, l, copies->items[i], p, sink, made))
			return -1;
	return 0;
}

int sc_write(struct scenario *s, struct sc_sink *sink, struct buf *made)
{
	for (struct sc_log *l = s->logs; l; l = l->next)
		if ((!s->only || s->only == l->host) && write_log(s, l, sink, made))
			return -1;
	return made->bad ? sc_no_memory(s) : 0;
}
