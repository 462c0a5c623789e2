/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of records that do not say what the records say: of saved logs, and of edited ones. */
#include "plan.h"

/* As Windows numbers what it saves; one time in a header is none. */
static void export(const struct sc_log *l, struct sc_record *const *v)
{
	for (size_t i = 0; i < l->n; i++) {
		v[i]->r.frame_id = i + 1;
		v[i]->r.frame_written = i ? v[i - 1]->r.written : 0;
	}
}

static int read_frame(struct scenario *s, const struct sc_log *l, const struct yaml_node *n,
		      struct sc_record *const *v)
{
	uint64_t record = 0;

	if (sc_keys(s, n, "a frame", "record id at") || sc_need(s, n, "a frame", "record") ||
	    sc_uint(s, n, "record", LIMIT_FORGE_RECORDS, &record))
		return -1;
	if (!record || record > l->n)
		return sc_fail(s, n, "the log has no record %llu", (unsigned long long)record);
	if (sc_uint(s, n, "id", INT64_MAX, &v[record - 1]->r.frame_id))
		return -1;
	return sc_time(s, n, "at", &v[record - 1]->r.frame_written);
}

int sc_frames(struct scenario *s, const struct sc_log *l, struct sc_record *const *v)
{
	const struct yaml_node *list = l->options ? yaml_get(l->options, "frames") : NULL;
	bool saved = false;

	if (l->options && sc_bool(s, l->options, "export", &saved))
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		v[i]->r.frame_id = v[i]->r.id;
		v[i]->r.frame_written = v[i]->r.written;
	}
	if (saved)
		export(l, v);
	if (list && list->kind != YAML_SEQUENCE)
		return sc_fail(s, list, "\"frames\" must be a list");
	for (size_t i = 0; list && i < list->n; i++)
		if (read_frame(s, l, list->items[i], v))
			return -1;
	return 0;
}
