/* SPDX-License-Identifier: Apache-2.0 */
/* The three detections of msiexec side by side: of each msiexec process what each says, and why. */
#include "page.h"

const char *const installer_rules[INSTALLER_RULES] = {
	"f7b5f842-a6af-4da5-9e95-e32478f3cd2f",
	"3e441bdb-596c-44fd-8628-2cfdf4516ada",
	"windows_http_network_communication_from_msiexec",
};

static bool is_of(const struct evidence *ev, const struct installer *p)
{
	return ev->role != ROLE_SUPPORTING &&
	       (ev->identity == p->identity || (p->twin && ev->identity == p->twin));
}

/* Of the first detection also what started the process: there the command line stands too. */
static bool is_of_parent(const struct evidence *ev, const struct installer *p)
{
	struct activity act = {0};
	struct err ignored = {0};
	struct arena a;
	bool same;

	if (ev->role != ROLE_STAGE || !ev->event || guid_is_null(&p->parent_guid))
		return false;
	arena_init(&a, LIMIT_CHUNK_ARENA);
	same = evidence_activity(ev, &a, &act, &ignored) == 0 && guid_eq(&act.guid, &p->parent_guid);
	arena_release(&a);
	return same;
}

/* Index of the rule; they are all loaded. */
static size_t rule_of(const struct run *run, size_t which)
{
	size_t i = 0;

	while (i < run->rules->n && !view_eq_str_nocase(run->rules->rules[i].id, installer_rules[which]))
		i++;
	return i;
}

/* ---- what each detection found ---- */

struct said {
	char id[FINDING_ID]; /* of the first finding; "": none */
	bool unverified;
};
#define ON_PARENT INSTALLER_RULES /* the first detection, on what started the process */
struct start_verdict {
	struct said said[INSTALLER_RULES + 1];
};
struct verdicts {
	const struct installers *list;
	size_t rules[INSTALLER_RULES];
	struct start_verdict *v; /* one for each of the list */
};

static bool rests_on(const struct finding *f, const struct installer *p, bool parent)
{
	for (size_t k = 0; k < f->n_evidence; k++)
		if (parent ? is_of_parent(&f->evidence[k], p) : is_of(&f->evidence[k], p))
			return true;
	return false;
}

static void note(struct said *said, const struct finding *f, const struct installer *p, bool parent)
{
	if (said->id[0] || !view_eq_nocase(f->computer, p->computer) || !rests_on(f, p, parent))
		return;
	memcpy(said->id, f->id, FINDING_ID);
	said->unverified = f->unverified;
}

static int note_finding(void *ctx, const struct finding *f, size_t n, struct err *e)
{
	struct verdicts *all = ctx;

	(void)n;
	(void)e;
	for (size_t which = 0; which < INSTALLER_RULES; which++) {
		for (size_t i = 0; f->rule == all->rules[which] && i < all->list->n; i++) {
			note(&all->v[i].said[which], f, all->list->v[i], false);
			if (!which)
				note(&all->v[i].said[ON_PARENT], f, all->list->v[i], true);
		}
	}
	return 0;
}

/* `v` is to be freed either way. */
static int verdicts_make(struct verdicts *all, const struct run *run, struct err *e)
{
	*all = (struct verdicts){.list = run->installers};
	all->v = mem_alloc((run->installers->n + 1) * sizeof(*all->v));
	if (!all->v)
		return no_memory(e, "the page");
	for (size_t i = 0; i < INSTALLER_RULES; i++)
		all->rules[i] = rule_of(run, i);
	return each_finding(run, note_finding, all, e);
}

/* ---- and why not ---- */

static const uint8_t *find_text(struct view v, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= v.n; i++)
		if (view_eq_str_nocase(view_sub(v, i, n), word))
			return v.p + i;
	return NULL;
}

static bool has_argument(struct sheet *s, struct view line, const char *word)
{
	struct view *args;
	size_t n;

	if (command_line_args(line, &s->a, &args, &n) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (view_eq_str_nocase(args[i], word))
			return true;
	return false;
}

static const char *why_not_web(const struct installer *p)
{
	if (!p->has_command_line)
		return "its command line was not recorded";
	if (!find_text(p->command_line, "://"))
		return "there is no address in its command line";
	if (!find_text(p->command_line, " msiexec"))
		return "its command line begins with msiexec, or names it by its path, which the rule does "
		       "not see";
	return "the address does not stand behind the word msiexec";
}

static const char *why_not_remote(struct sheet *s, const struct installer *p, bool connected)
{
	if (!p->has_command_line)
		return "its command line was not recorded, so that no argument is known";
	if (!has_argument(s, p->command_line, "/V"))
		return "it has no argument /V: the installer's service has it, not the program that a user "
		       "starts";
	return connected ? "it connected, but within a minute no connection attempt and no child that the "
			   "rule asks for came together"
			 : "no connection to ports 80 or 443 is known of it; with another port, no child "
			   "that the rule asks for came within a minute";
}

static const char *why_not_http(void)
{
	return "no connection of this process to port 80 or 443 is recorded: there was none, or Sysmon does "
	       "not log it";
}

static void found_cell(struct buf *b, const struct said *said, const char *where)
{
	buf_fmt(b, "<td><a href=\"#%s\"><b>found</b></a>%s%s</td>", said->id, where,
		said->unverified ? ", unverified" : "");
}

/* `any`: only where some detection found it, else only where none did. false: it is no row now. */
static bool process_row(struct sheet *s, const struct installer *p, const struct start_verdict *v, bool any)
{
	const struct said *web = &v->said[0], *remote = &v->said[1], *http = &v->said[2];
	const struct said *parent = &v->said[ON_PARENT];
	struct buf *b = &s->b;

	if (any != (web->id[0] || parent->id[0] || remote->id[0] || http->id[0]))
		return false;
	buf_str(b, "<tr><td>");
	page_time(b, p->time);
	buf_str(b, "<br>");
	page_code(b, p->computer);
	buf_str(b, "</td><td>");
	page_code(b, p->has_command_line ? p->command_line : p->image);
	buf_str(b, "</td>");
	if (web->id[0])
		found_cell(b, web, "");
	else if (parent->id[0])
		found_cell(b, parent, " on the process that started it");
	else
		buf_fmt(b, "<td>not found: %s</td>", why_not_web(p));
	if (remote->id[0])
		found_cell(b, remote, "");
	else
		buf_fmt(b, "<td>not found: %s</td>", why_not_remote(s, p, http->id[0] != 0));
	if (http->id[0])
		found_cell(b, http, "");
	else
		buf_fmt(b, "<td>not found: %s</td>", why_not_http());
	buf_str(b, "</tr>\n");
	return true;
}

/* Those that some detection found come first. */
static int rows(struct sheet *s, const struct verdicts *all, size_t *shown, struct err *e)
{
	const struct installers *l = all->list;

	for (int any = 1; any >= 0; any--)
		for (size_t i = 0; i < l->n && *shown < LIMIT_PAGE_RECORDS; i++) {
			if (l->v[i]->second || !process_row(s, l->v[i], &all->v[i], any))
				continue;
			++*shown;
			if (sheet_flush(s, e) < 0)
				return -1;
		}
	return 0;
}

int page_installers(struct sheet *s, struct err *e)
{
	static const char *const columns[] = {"Start", "msiexec", "MsiExec Web Install",
					      "Potential Remote File Execution via MSIEXEC",
					      "Windows HTTP Network Communication From MSIExec", NULL};
	const struct installers *l = s->run->installers;
	struct verdicts verdicts;
	size_t shown = 0, all = 0;
	int rc;

	if (!l || !l->on)
		return 0;
	buf_str(&s->b, "<section id=msiexec>\n<h3>The three detections of msiexec side by side</h3>\n"
		       "<p>One installation is several processes: the program that a user or another "
		       "program starts, and the installer's service with /V, which fetches and installs. "
		       "The first detection reads command lines, the second the service, its connection "
		       "and its child, the third any msiexec and its connection.</p>\n");
	page_table(&s->b, "wide", columns);
	for (size_t i = 0; i < l->n; i++)
		all += !l->v[i]->second;
	rc = verdicts_make(&verdicts, s->run, e);
	rc = rc < 0 ? rc : rows(s, &verdicts, &shown, e);
	mem_free(verdicts.v);
	if (rc < 0)
		return -1;
	buf_str(&s->b, "</tbody></table>\n");
	if (!all)
		buf_str(&s->b, "<p>No start of msiexec is recorded.</p>\n");
	page_more(&s->b, shown, all, "timeline.csv");
	if (l->cut)
		buf_str(&s->b, "<p class=note>There are more starts of msiexec than are compared; "
			       "timeline.csv has them all.</p>\n");
	buf_str(&s->b, "</section>\n");
	return sheet_flush(s, e);
}
