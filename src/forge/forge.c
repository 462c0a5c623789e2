/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

/* Far from both ends of what a FILETIME can say, so that offsets never wrap. */
#define EARLIEST 0x0100000000000000u /* 1829 */
#define LATEST 0x7000000000000000u

static int read_start(struct scenario *s)
{
	const struct yaml_node *v = yaml_get(s->root, "start");

	if (!v)
		return sc_fail(s, s->root, "a scenario needs \"start\", its time zero");
	if (v->kind != YAML_SCALAR || !time_parse(v->text, &s->start) || s->start < EARLIEST ||
	    s->start > LATEST)
		return sc_fail(s, v, "\"start\" must be a time like 2026-03-02T08:00:00Z");
	return sc_uint(s, s->root, "seed", INT64_MAX, &s->seed);
}

static int read_parts(struct scenario *s)
{
	static int (*const parts[])(struct scenario *s) = {
		read_start,    sc_read_users,  sc_read_hosts, sc_read_processes,
		sc_read_connections, sc_read_images, sc_read_logons, sc_read_boots,
		sc_read_cleared, sc_read_raw, sc_read_noise, sc_read_logs, sc_read_expect,
		sc_read_signs};

	if (sc_keys(s, s->root, "a scenario",
		    "start seed users hosts processes connections images logons boots cleared raw "
		    "noise logs expect signs"))
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i](s))
			return -1;
	return 0;
}

static int read_text(struct scenario *s, struct view text)
{
	struct yaml y;

	if (yaml_read(&y, text, s->arena, s->e))
		return -1;
	if (y.n_faults)
		return err_set(s->e, y.faults[0].code, 0, "%s:%u:%u: %.*s", s->name, y.faults[0].line,
			       y.faults[0].column, (int)y.faults[0].message.n,
			       (const char *)y.faults[0].message.p);
	if (y.n_documents != 1)
		return sc_fail(s, NULL, "a scenario is one YAML document; this text has %zu",
			       y.n_documents);
	s->root = y.documents[0];
	return read_parts(s);
}

int sc_forge(struct view text, const char *name, const struct sc_job *job, struct err *e)
{
	struct arena a;
	struct err own = {0};
	struct scenario s = {.arena = &a, .name = name, .e = e ? e : &own};
	int rc;

	arena_init(&a, LIMIT_FORGE_BYTES);
	buf_init(&s.scratch, LIMIT_FORGE_BYTES);
	rc = read_text(&s, text);
	if (!rc)
		rc = job->write(&s, job->ctx, job->made);
	buf_release(&s.scratch);
	arena_release(&a);
	return rc;
}

static int write_folder(struct scenario *s, const void *ctx, struct buf *made)
{
	struct sc_sink sink = {.dirfd = *(const int *)ctx};

	return sc_write(s, &sink, made);
}

int forge_scenario(struct view text, const char *name, int dirfd, struct buf *made, struct err *e)
{
	struct sc_job job = {write_folder, &dirfd, made};

	return sc_forge(text, name, &job, e);
}
