/* SPDX-License-Identifier: Apache-2.0 */
/* A row per finding in the columns of Hayabusa's standard profile, which Timeline Explorer knows. */
#include "profile.h"

#define EXPLORER_COLUMNS(C)                                                                        \
	C(XP_TIMESTAMP, "Timestamp")                                                               \
	C(XP_RULE_TITLE, "RuleTitle")                                                              \
	C(XP_LEVEL, "Level")                                                                       \
	C(XP_COMPUTER, "Computer")                                                                 \
	C(XP_CHANNEL, "Channel")                                                                   \
	C(XP_EVENT_ID, "EventID")                                                                  \
	C(XP_RECORD_ID, "RecordID")                                                                \
	C(XP_DETAILS, "Details")                                                                   \
	C(XP_EXTRA, "ExtraFieldInfo")                                                              \
	C(XP_RULE_ID, "RuleID")
enum { EXPLORER_COLUMNS(COLUMN_ENUM) XP_COUNT };
static const char *const names[] = {EXPLORER_COLUMNS(COLUMN_NAME)};

static const char *level_short(enum rule_level l)
{
	switch (l) {
	case LEVEL_CRITICAL:
		return "crit";
	case LEVEL_HIGH:
		return "high";
	case LEVEL_MEDIUM:
		return "med";
	case LEVEL_LOW:
		return "low";
	case LEVEL_INFORMATIONAL:
		return "info";
	case LEVEL_NONE:
		break;
	}
	return "undefined";
}

/* "2026-03-02 09:14:20.1201000 +00:00" */
static struct cell cell_when(struct arena *a, uint64_t time)
{
	char text[TIME_TEXT];
	size_t n = time_format(time, text);
	const char *t = memchr(text, 'T', n);

	if (!time || !t)
		return cell_str("");
	return cell_plain(a, "%.*s %.*s +00:00", (int)(t - text), text, (int)(text + n - t) - 2, t + 1);
}

static void pair(struct buf *b, const char *name, struct view v)
{
	if (!v.n)
		return;
	buf_fmt(b, "%s%s: ", b->n ? " ¦ " : "", name);
	buf_view(b, v);
}

static void number(struct buf *b, const char *name, bool has, uint64_t n)
{
	if (has)
		buf_fmt(b, "%s%s: %" PRIu64, b->n ? " ¦ " : "", name, n);
}

static void details(struct buf *b, const struct activity *act)
{
	pair(b, "Cmdline", act->command_line);
	pair(b, "Proc", act->image);
	pair(b, "User", act->user);
	number(b, "PID", act->has_pid, act->pid);
	pair(b, "ParentProc", act->parent_image);
	pair(b, "ParentCmdline", act->parent_command_line);
	number(b, "ParentPID", act->has_parent_pid, act->parent_pid);
	pair(b, "Proto", act->protocol);
	pair(b, "SrcIP", act->source_ip);
	pair(b, "SrcPort", act->source_port);
	pair(b, "TgtIP", act->destination_ip);
	pair(b, "TgtPort", act->destination_port);
	pair(b, "TgtHost", act->destination_host);
	pair(b, "Hashes", act->hashes);
}

static void extra(struct buf *b, const struct finding *f)
{
	pair(b, "FindingId", view_str(f->id));
	pair(b, "Status", view_str(finding_status(f)));
	number(b, "Records", true, f->n_evidence);
	pair(b, "Measured", f->measured);
	for (size_t i = 0; i < f->n_unchecked; i++)
		pair(b, "Unchecked", f->unchecked[i]);
}

struct explorer {
	struct sheet sheet;
	struct buf details, extra;
};

static int explorer_row(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct explorer *x = ctx;
	struct sheet *s = &x->sheet;
	const struct rule *r = finding_rule(s->run, f);
	const struct evidence *ev = finding_subject(f);
	struct cell c[XP_COUNT] = {0};
	struct activity act = {0};

	(void)i;
	if (ev && evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	buf_clear(&x->details);
	buf_clear(&x->extra);
	details(&x->details, &act);
	extra(&x->extra, f);
	s->b.bad |= x->details.bad || x->extra.bad;
	c[XP_TIMESTAMP] = cell_when(&s->a, f->first_time);
	c[XP_RULE_TITLE] = cell_text(r->title);
	c[XP_LEVEL] = cell_str(level_short(r->level));
	c[XP_COMPUTER] = cell_text(f->computer);
	if (ev && ev->event) {
		c[XP_CHANNEL] = cell_text(ev->event->channel);
		c[XP_EVENT_ID] = cell_plain(&s->a, "%u", ev->event->event_id);
		c[XP_RECORD_ID] = cell_plain(&s->a, "%" PRIu64, ev->record_id);
	}
	c[XP_DETAILS] = cell_text(buf_data(&x->details));
	c[XP_EXTRA] = cell_text(buf_data(&x->extra));
	c[XP_RULE_ID] = cell_text(r->id);
	csv_cells(&s->b, c, XP_COUNT);
	csv_end(&s->b);
	return sheet_flush(s, e);
}

int explorer_write(const struct run *run, struct output *o, struct err *e)
{
	struct explorer x;
	int rc;

	o->name = "timeline-explorer.csv";
	if (sheet_open(&x.sheet, run, o->name, e) < 0)
		return -1;
	buf_init(&x.details, 0);
	buf_init(&x.extra, 0);
	csv_header(&x.sheet.b, names, XP_COUNT);
	rc = each_finding(run, explorer_row, &x, e);
	buf_release(&x.details);
	buf_release(&x.extra);
	return sheet_close(&x.sheet, rc, o, e);
}
