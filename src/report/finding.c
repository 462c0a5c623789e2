/* SPDX-License-Identifier: Apache-2.0 */
/* What all writers say alike of a finding and its records. */
#include "report-private.h"

const struct source_result *run_source(const struct run *run, uint32_t index)
{
	if (index < run->n_sources && run->sources[index].source &&
	    run->sources[index].source->index == index)
		return &run->sources[index];
	for (size_t i = 0; i < run->n_sources; i++)
		if (run->sources[i].source && run->sources[i].source->index == index)
			return &run->sources[i];
	return NULL;
}

const struct rule *finding_rule(const struct run *run, const struct finding *f)
{
	return &run->rules->rules[f->rule];
}

uint64_t rule_findings(const struct run *run, size_t rule)
{
	return run->about.n ? run->about.rules[rule].n : 0;
}

const char *finding_status(const struct finding *f)
{
	return f->unverified ? "unverified" : "fully checked";
}

const struct evidence *finding_subject(const struct finding *f)
{
	const struct evidence *first = NULL, *start = NULL;

	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *ev = &f->evidence[i];

		if (ev->role != ROLE_STAGE)
			continue;
		if (!first)
			first = ev;
		if (ev->event && event_kind(ev->event) == KIND_PROCESS_START)
			start = ev;
	}
	if (start)
		return start;
	return first || !f->n_evidence ? first : &f->evidence[0];
}

/* A sign-on is of no process; the SID is the one it was found for. */
static bool is_logon(const struct evidence *ev)
{
	return !ev->user_sid.n && ev->event && event_kind(ev->event) == KIND_LOGON;
}

struct cell evidence_sid(const struct evidence *ev, struct arena *a)
{
	struct cell c = cell_text(ev->user_sid);
	const struct field *f;
	uint8_t *p;

	if (is_logon(ev) && (f = event_field_named(ev->event, "TargetUserSid"))) {
		c.v = value_view(a, f->value);
		c.bad = !c.v.p;
		return c;
	}
	if (!ev->user_sid_is_class || !ev->user_sid.n)
		return c;
	p = arena_alloc(a, ev->user_sid.n + 1);
	c.bad = !p;
	if (!p)
		return c;
	memcpy(p, ev->user_sid.p, ev->user_sid.n);
	p[ev->user_sid.n] = '*';
	c.v = (struct view){p, ev->user_sid.n + 1};
	return c;
}

const char *evidence_sid_from(const struct evidence *ev)
{
	if (ev->user_sid_is_class)
		return "class";
	if (is_logon(ev))
		return "record";
	return ev->user_sid_from ? ev->user_sid_from : "";
}

const char *difference_name(enum difference_kind k)
{
	static const char *const names[DIFFERENCE_KINDS] = {
		[DIFFERENCE_VALUES] = "differ",
		[DIFFERENCE_ONLY_OURS] = "only-ours",
		[DIFFERENCE_ONLY_THEIRS] = "only-libevtx",
		[DIFFERENCE_UNREAD] = "libevtx-cannot-read",
	};

	return k < DIFFERENCE_KINDS ? names[k] : "";
}

struct view evidence_witness(const struct evidence *ev)
{
	return ev->proof && ev->proof->witness.n ? ev->proof->witness : view_str("not asked");
}

int evidence_activity(const struct evidence *ev, struct arena *a, struct activity *out,
		      struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (ev->event && activity_of(ev->event, a, out) < 0)
		return no_memory(e, "a record of the report");
	return 0;
}

/* The address, or the name where there is none; an IPv6 address in brackets. */
void activity_destination(struct buf *b, const struct activity *act)
{
	struct view ip = act->destination_ip;
	bool v6 = ip.n && memchr(ip.p, ':', ip.n);

	if (!ip.n)
		ip = act->destination_host;
	if (!ip.n)
		return;
	buf_str(b, v6 ? "[" : "");
	buf_view(b, ip);
	buf_str(b, v6 ? "]" : "");
	if (act->destination_port.n) {
		buf_byte(b, ':');
		buf_view(b, act->destination_port);
	}
}

static int destinations_of(const struct finding *f, struct arena *scratch, struct strtab *seen,
			   struct err *e)
{
	struct activity act;
	struct buf b;
	int rc = 0;

	buf_init(&b, 0);
	for (size_t i = 0; i < f->n_evidence && rc == 0; i++) {
		const struct evidence *ev = &f->evidence[i];

		if (ev->role != ROLE_STAGE || !ev->event || event_kind(ev->event) != KIND_NETWORK)
			continue;
		rc = evidence_activity(ev, scratch, &act, e);
		buf_clear(&b);
		if (rc == 0)
			activity_destination(&b, &act);
		if (b.bad || (b.n && strtab_add(seen, buf_data(&b)) == STRTAB_NONE))
			rc = no_memory(e, "the destinations of a finding");
		arena_reset(scratch);
	}
	buf_release(&b);
	return rc;
}

int finding_destinations(const struct finding *f, struct arena *scratch, struct buf *out,
			 struct err *e)
{
	struct strtab seen;
	int rc;

	strtab_init(&seen, false, LIMIT_CHUNK_ARENA);
	rc = destinations_of(f, scratch, &seen, e);
	for (size_t i = 0; rc == 0 && i < seen.n && i < LIMIT_DESTINATIONS; i++) {
		if (i)
			buf_str(out, "; ");
		buf_view(out, strtab_text(&seen, (uint32_t)i));
	}
	if (rc == 0 && seen.n > LIMIT_DESTINATIONS)
		buf_fmt(out, "; and %zu more", seen.n - LIMIT_DESTINATIONS);
	strtab_release(&seen);
	return rc;
}

void join_texts(struct buf *b, const struct view *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(b, "; ");
		buf_view(b, v[i]);
	}
}

const char *kind_title(enum event_kind k)
{
	switch (k) {
	case KIND_PROCESS_START:
		return "Process Created";
	case KIND_PROCESS_END:
		return "Process Ended";
	case KIND_NETWORK:
		return "Network Connection";
	case KIND_IMAGE_LOAD:
		return "Image Loaded";
	case KIND_LOGON:
		return "Sign-on";
	case KIND_BOOT:
		return "System Started";
	case KIND_FILTERED:
		return "Connection Permitted";
	case KIND_NONE:
	case KIND_COUNT:
		break;
	}
	return "Record";
}

uint64_t evidence_utc(const struct evidence *ev, const struct activity *act)
{
	if (ev->event)
		return act->has_utc ? act->utc_time : 0;
	return ev->utc != ev->time ? ev->utc : 0;
}
