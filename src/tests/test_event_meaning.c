/* SPDX-License-Identifier: Apache-2.0 */
#include "event_build.h"

/* ---- kinds ---- */

static void test_kind(void **state)
{
	static const struct {
		const char *channel, *provider;
		uint16_t id;
		enum event_kind want;
	} rows[] = {
		{SYSMON, "", 1, KIND_PROCESS_START},
		{"", "microsoft-windows-sysmon", 1, KIND_PROCESS_START},
		{"MICROSOFT-WINDOWS-SYSMON/OPERATIONAL", "", 3, KIND_NETWORK},
		{SYSMON, "", 5, KIND_PROCESS_END},
		{SYSMON, "", 7, KIND_IMAGE_LOAD},
		{SYSMON, "", 12, KIND_NONE},
		{SYSMON, "", 4688, KIND_NONE},
		{"Security", "", 4688, KIND_PROCESS_START},
		{"security", "", 4689, KIND_PROCESS_END},
		{"", "Microsoft-Windows-Security-Auditing", 4624, KIND_LOGON},
		{"Security", "", 4608, KIND_BOOT},
		{"", "Microsoft-Windows-Security-Auditing", 5156, KIND_FILTERED},
		{SYSMON, "", 5156, KIND_NONE},
		{"Security", "", 5157, KIND_NONE},
		{"Security", "", 1, KIND_NONE},
		{"System", "Microsoft-Windows-Kernel-General", 12, KIND_BOOT},
		{"System", "EventLog", 6005, KIND_BOOT},
		{"System", "EventLog", 12, KIND_NONE},
		{"System", "Other", 12, KIND_NONE},
		{"", "", 1, KIND_NONE},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct event ev = {.event_id = rows[i].id};

		ev.channel = view_str(rows[i].channel);
		ev.provider = view_str(rows[i].provider);
		TEST_ROW(rows[i].channel, event_kind(&ev) == rows[i].want);
	}
}

/* ---- activity ---- */

static void show(struct buf *b, const char *name, struct view v)
{
	if (!v.n)
		return;
	buf_str(b, b->n ? "|" : "");
	buf_str(b, name);
	buf_str(b, "=");
	buf_view(b, v);
}

static void show_number(struct buf *b, const char *name, bool has, uint64_t v)
{
	if (has)
		buf_fmt(b, "%s%s=%llx", b->n ? "|" : "", name, (unsigned long long)v);
}

static void show_guid(struct buf *b, const char *name, const struct guid *g)
{
	char text[GUID_TEXT];

	guid_format(g, text);
	if (!guid_is_null(g))
		show(b, name, view_sub(view_str(text), 1, 8));
}

static void show_activity(struct buf *b, const struct activity *a)
{
	show_number(b, "utc", a->has_utc, a->utc_time % 10000000);
	show_guid(b, "guid", &a->guid);
	show_guid(b, "pguid", &a->parent_guid);
	show_number(b, "pid", a->has_pid, a->pid);
	show_number(b, "ppid", a->has_parent_pid, a->parent_pid);
	show_number(b, "logon", a->has_logon_id, a->logon_id);
	show(b, "image", a->image);
	show(b, "parent", a->parent_image);
	show(b, "cmd", a->has_command_line ? a->command_line : view_str(""));
	show(b, "pcmd", a->parent_command_line);
	show(b, "ofn", a->original_file_name);
	show(b, "user", a->user);
	show(b, "sid", a->sid);
	show(b, "from", view_str(a->sid_from));
	show(b, "level", a->integrity);
	show(b, "hashes", a->hashes);
	show(b, "proto", a->protocol);
	show(b, "src", a->source_ip);
	show(b, "sport", a->source_port);
	show(b, "dst", a->destination_ip);
	show(b, "host", a->destination_host);
	show(b, "dport", a->destination_port);
	show_number(b, "initiated", a->has_initiated, a->initiated);
}

static const struct activity_row {
	const char *name, *channel;
	uint16_t id;
	uint8_t version;
	const char *lines, *want;
} activity_rows[] = {
	{"sysmon 1", SYSMON, 1, 5,
	 "UtcTime=2017-12-26 13:10:29.134\nProcessGuid={94F748D5-4A45-5A42-0000-0010D265F20F}\n"
	 "ProcessId=9112\nImage=C:\\a.exe\nOriginalFileName=A.EXE\nCommandLine=a b\nUser=D\\u\n"
	 "LogonId=0x00000000000003e7\nIntegrityLevel=System\nHashes=MD5=00\n"
	 "ParentProcessGuid={11111111-4A45-5A42-0000-0010D265F20F}\nParentProcessId=16\n"
	 "ParentImage=C:\\p.exe\nParentCommandLine=p",
	 "utc=147260|guid=94f748d5|pguid=11111111|pid=2398|ppid=10|logon=3e7|image=C:\\a.exe|"
	 "parent=C:\\p.exe|cmd=a b|pcmd=p|ofn=A.EXE|user=D\\u|sid=S-1-5-18|from=logon-id|"
	 "level=System|hashes=MD5=00"},
	{"sysmon 1, dashes", SYSMON, 1, 5,
	 "UtcTime=-\nImage=C:\\a.exe\nOriginalFileName=-\nCommandLine=-\nUser=-\nHashes=-\n"
	 "ParentProcessGuid={00000000-0000-0000-0000-000000000000}\nParentProcessId=0\n"
	 "ParentImage=-\nParentCommandLine=-\nLogonId=0x12345",
	 "ppid=0|logon=12345|image=C:\\a.exe|cmd=-"},
	{"sysmon 1, time unknown", SYSMON, 1, 5, "UtcTime=1601-01-01 00:00:00.000", ""},
	{"local service", SYSMON, 1, 5, "LogonId=0x3e5", "logon=3e5|sid=S-1-5-19|from=logon-id"},
	{"network service", SYSMON, 1, 5, "LogonId=0x3e4", "logon=3e4|sid=S-1-5-20|from=logon-id"},
	{"4624", "Security", 4624, 2,
	 "SubjectUserSid=S-1-5-18\nTargetUserSid=S-1-5-21-1-2-3-500\nTargetUserName=u\n"
	 "TargetDomainName=D\nTargetLogonId=0x1234",
	 "logon=1234|user=D\\u|sid=S-1-5-21-1-2-3-500|from=record"},
	{"sysmon 3", SYSMON, 3, 5,
	 "ProcessId=42\nImage=C:\\m.exe\nUser=D\\u\nProtocol=tcp\nInitiated=true\n"
	 "SourceIp=1.2.3.4\nSourcePort=50000\nDestinationIp=fe80::1\nDestinationHostname=-\n"
	 "DestinationPort=443",
	 "pid=2a|image=C:\\m.exe|user=D\\u|proto=tcp|src=1.2.3.4|sport=50000|dst=fe80::1|"
	 "dport=443|initiated=1"},
	{"sysmon 3, accepted", SYSMON, 3, 5, "Initiated=False", "initiated=0"},
	{"sysmon 3, initiated unknown", SYSMON, 3, 5, "Initiated=-", ""},
	{"sysmon 5", SYSMON, 5, 3, "ProcessId=42\nImage=C:\\m.exe", "pid=2a|image=C:\\m.exe"},
	{"4688 v0", "Security", 4688, 0,
	 "SubjectUserSid=S-1-5-21-1-2-3-500\nSubjectUserName=u\nSubjectDomainName=D\n"
	 "SubjectLogonId=0x1234\nNewProcessId=0x1fc\nNewProcessName=C:\\a.exe\nProcessId=0x278",
	 "pid=1fc|ppid=278|logon=1234|image=C:\\a.exe|user=D\\u|sid=S-1-5-21-1-2-3-500|"
	 "from=creator"},
	{"4688 v1 with command line", "Security", 4688, 1,
	 "SubjectUserSid=S-1-5-18\nSubjectUserName=PC$\nSubjectDomainName=-\nSubjectLogonId=0x3e7\n"
	 "NewProcessId=0x1fc\nNewProcessName=C:\\a.exe\nProcessId=0x278\nCommandLine=a /V",
	 "pid=1fc|ppid=278|logon=3e7|image=C:\\a.exe|cmd=a /V|user=PC$|sid=S-1-5-18|from=creator"},
	{"4688 v2, target", "Security", 4688, 2,
	 "SubjectUserSid=S-1-5-18\nSubjectUserName=PC$\nSubjectDomainName=D\nSubjectLogonId=0x3e7\n"
	 "NewProcessId=0x1fc\nNewProcessName=C:\\a.exe\nProcessId=0x278\nCommandLine=\n"
	 "TargetUserSid=S-1-5-21-1-2-3-1001\nTargetUserName=u\nTargetDomainName=D\n"
	 "TargetLogonId=0x9999\nParentProcessName=C:\\p.exe\nMandatoryLabel=S-1-16-12288",
	 "pid=1fc|ppid=278|logon=9999|image=C:\\a.exe|parent=C:\\p.exe|user=D\\u|"
	 "sid=S-1-5-21-1-2-3-1001|from=record|level=High"},
	{"4688 v2, null target", "Security", 4688, 2,
	 "SubjectUserSid=S-1-5-20\nSubjectUserName=PC$\nSubjectDomainName=D\nSubjectLogonId=0x3e4\n"
	 "NewProcessId=0x1fc\nNewProcessName=C:\\a.exe\nProcessId=0x278\nTargetUserSid=S-1-0-0\n"
	 "TargetUserName=-\nTargetDomainName=-\nTargetLogonId=0x0\nMandatoryLabel=S-1-16-8448",
	 "pid=1fc|ppid=278|logon=3e4|image=C:\\a.exe|user=D\\PC$|sid=S-1-5-20|from=creator|"
	 "level=Medium Plus"},
	{"4688, nobody", "Security", 4688, 2,
	 "SubjectUserSid=S-1-0-0\nSubjectLogonId=0x3e7\nMandatoryLabel=S-1-16-1",
	 "logon=3e7|level=S-1-16-1"},
	{"4689", "Security", 4689, 0,
	 "SubjectUserSid=S-1-5-18\nSubjectUserName=PC$\nSubjectDomainName=D\nSubjectLogonId=0x3e7\n"
	 "Status=0x0\nProcessId=0x1fc\nProcessName=C:\\a.exe",
	 "pid=1fc|logon=3e7|image=C:\\a.exe|user=D\\PC$|sid=S-1-5-18|from=record"},
	{"5156, out", "Security", 5156, 1,
	 "ProcessID=820\nApplication=\\device\\harddiskvolume1\\a.exe\nDirection=%%14593\n"
	 "SourceAddress=10.0.0.1\nSourcePort=50000\nDestAddress=1.2.3.4\nDestPort=443\nProtocol=6",
	 "pid=334|image=\\device\\harddiskvolume1\\a.exe|proto=tcp|src=10.0.0.1|sport=50000|"
	 "dst=1.2.3.4|dport=443|initiated=1"},
	{"5156, in: its source is this end", "Security", 5156, 1,
	 "ProcessID=4\nApplication=System\nDirection=%%14592\nSourceAddress=10.0.0.1\n"
	 "SourcePort=445\nDestAddress=10.0.0.2\nDestPort=49222\nProtocol=17",
	 "pid=4|image=System|proto=udp|src=10.0.0.2|sport=49222|dst=10.0.0.1|dport=445|initiated=0"},
	{"5156, another protocol and direction", "Security", 5156, 0,
	 "ProcessID=4\nDirection=-\nProtocol=58", "pid=4|proto=58"},
};

static void check_activity(const struct activity_row *row, bool typed)
{
	struct build b;
	struct event ev;
	struct activity act;
	struct buf out;

	build_init(&b);
	buf_init(&out, 0);
	ev = build_event(&b, row->channel, row->id, row->version, row->lines, typed);
	TEST_ROW(row->name, activity_of(&ev, &b.arena, &act) == 0);
	show_activity(&out, &act);
	test_view_is(row->name, buf_data(&out), view_str(row->want));
	TEST_ROW(row->name, act.has_utc || act.utc_time == ev.time_created);
	for (size_t i = 0; i < ev.n_fields; i++) /* decoded without a table of names */
		ev.fields[i].id = FIELD_NONE;
	TEST_ROW(row->name, activity_of(&ev, &b.arena, &act) == 0);
	buf_clear(&out);
	show_activity(&out, &act);
	test_view_is(row->name, buf_data(&out), view_str(row->want));
	buf_release(&out);
	build_release(&b);
}

static void test_activity(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(activity_rows); i++) {
		check_activity(&activity_rows[i], false);
		check_activity(&activity_rows[i], true);
	}
}

/* ---- arguments ---- */

static const struct {
	const char *line, *want; /* arguments between | */
} args_rows[] = {
	{"", ""},
	{"msiexec", "msiexec"},
	{"msiexec /V", "msiexec|/V"},
	{"msiexec  \t /V ", "msiexec|/V"},
	{"\"C:\\Program Files\\a.exe\" /i \"x y\"", "C:\\Program Files\\a.exe|/i|x y"},
	{" a b", "|a|b"},
	{"C:\\a\\\"b c\"\\d.exe e", "C:\\a\\b c\\d.exe|e"},
	{"\"a\\\" b", "a\\|b"},
	{"\"a", "a"},
	{"x a\\b\\\\c", "x|a\\b\\\\c"},
	{"x \\\"a", "x|\"a"},
	{"x \\\\\"a b\"", "x|\\a b"},
	{"x \\\\\\\"a b", "x|\\\"a|b"},
	{"x \\\\\\\\\"a b\" c", "x|\\\\a b|c"},
	{"x \"\"", "x|"},
	{"x \"\" y", "x||y"},
	{"x \"\"\" y", "x|\"|y"},
	{"x \"\"\"\" y", "x|\" y"},
	{"x \"\"\"\"\" y", "x|\"|y"},
	{"x \"\"\"\"\"\" y", "x|\"\"|y"},
	{"x \"a\"\"b c", "x|a\"b|c"},
	{"x \"a\"\"\" c", "x|a\" c"},
	{"x a\"b c\"d", "x|ab cd"},
	{"x a\\", "x|a\\"},
	{"x \"a\\\\\"", "x|a\\"},
	{"x 'a b'", "x|'a|b'"},
	{"x a\nb", "x|a\nb"},
	{"x\nb", "x|b"},
	{"x \xc3\xa9 y", "x|\xc3\xa9|y"},
};

static void join(struct buf *b, const struct view *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? "|" : "");
		buf_view(b, args[i]);
	}
}

static void test_args(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(args_rows); i++) {
		struct arena a;
		struct view *args;
		struct buf out;
		size_t n;

		arena_init(&a, 1 << 20);
		buf_init(&out, 0);
		TEST_ROW(args_rows[i].line,
			 command_line_args(view_str(args_rows[i].line), &a, &args, &n) == 0);
		join(&out, args, n);
		test_view_is(args_rows[i].line, buf_data(&out), view_str(args_rows[i].want));
		buf_release(&out);
		arena_release(&a);
	}
}

static void test_args_bounds(void **state)
{
	struct arena a;
	struct view *args;
	struct buf line;
	size_t n;

	(void)state;
	arena_init(&a, 16 << 20);
	buf_init(&line, 0);
	for (size_t i = 0; i < 20000; i++)
		buf_str(&line, "a ");
	assert_int_equal(command_line_args(buf_data(&line), &a, &args, &n), 0);
	assert_int_equal(n, LIMIT_ARGS);
	assert_int_equal(command_line_args(view_sub(buf_data(&line), 0, 32766), &a, &args, &n), 0);
	assert_int_equal(n, 16383);
	assert_int_equal(command_line_args(TEST_BYTES("a b\0c d"), &a, &args, &n), 0);
	assert_int_equal(n, 2);
	buf_release(&line);
	arena_release(&a);
}

/* ---- connections ---- */

static const struct {
	const char *name, *protocol, *from, *sport, *to, *port, *want;
	bool has_initiated, initiated;
} connection_rows[] = {
	{"out", "tcp", "10.0.0.5", "50000", "10.0.0.7", "80",
	 "tcp out [::ffff:10.0.0.5]:50000 [::ffff:10.0.0.7]:80", true, true},
	{"in, and the ends in their own order", "UDP", "10.0.0.7", "80", "10.0.0.5", "50000",
	 "udp in [::ffff:10.0.0.5]:50000 [::ffff:10.0.0.7]:80", true, false},
	{"zeros written out", "tcp", "fe80:0:0:0:80AC:0:0:1", "1", "0:0:0:0:0:0:0:1", "2",
	 "tcp out [::1]:2 [fe80::80ac:0:0:1]:1", true, true},
	{"zeros left out, and a zone", "tcp", "fe80::80ac:0:0:1%5", "1", "::1", "2",
	 "tcp out [::1]:2 [fe80::80ac:0:0:1]:1", true, true},
	{"an IPv4 address of a socket for both", "tcp", "::ffff:10.0.0.5", "1", "0:0:0:0:0:ffff:a00:7",
	 "2", "tcp out [::ffff:10.0.0.5]:1 [::ffff:10.0.0.7]:2", true, true},
	{"who began is unknown", "tcp", "::1", "1", "::1", "2", "", false, false},
	{"another protocol", "58", "::1", "1", "::1", "2", "", true, true},
	{"no protocol", "", "::1", "1", "::1", "2", "", true, true},
	{"no address", "tcp", "", "1", "::1", "2", "", true, true},
	{"a name", "tcp", "::1", "1", "host.example", "2", "", true, true},
	{"an address too long", "tcp", "::1", "1",
	 "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", "2", "", true, true},
	{"no port", "tcp", "::1", "", "::1", "2", "", true, true},
	{"a port too large", "tcp", "::1", "1", "::1", "65536", "", true, true},
	{"a zone of nothing", "tcp", "%1", "1", "::1", "2", "", true, true},
};

static void test_connection(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(connection_rows); i++) {
		struct activity act = {.has_initiated = connection_rows[i].has_initiated,
				       .initiated = connection_rows[i].initiated};
		struct view got;
		struct arena a;

		arena_init(&a, 4096);
		act.protocol = view_str(connection_rows[i].protocol);
		act.source_ip = view_str(connection_rows[i].from);
		act.source_port = view_str(connection_rows[i].sport);
		act.destination_ip = view_str(connection_rows[i].to);
		act.destination_port = view_str(connection_rows[i].port);
		TEST_ROW(connection_rows[i].name, connection_text(&act, &a, &got) == 0);
		test_view_is(connection_rows[i].name, got, view_str(connection_rows[i].want));
		arena_release(&a);
	}
}

static void test_connection_nul(void **state)
{
	struct activity act = {.has_initiated = true, .protocol = view_str("tcp"),
			       .source_port = view_str("1"), .destination_port = view_str("2"),
			       .destination_ip = view_str("::1")};
	struct view got;
	struct arena a;

	(void)state;
	arena_init(&a, 4096);
	act.source_ip = TEST_BYTES("::1\0x");
	assert_int_equal(connection_text(&act, &a, &got), 0);
	assert_int_equal(got.n, 0);
	arena_release(&a);
}

/* ---- facts ---- */

static const struct fact_row {
	const char *name, *channel;
	uint16_t id;
	const char *lines;
	bool ok;
	uint64_t pid, logon;
	const char *image, *text;
	bool trusted;
} fact_rows[] = {
	{"sysmon start", SYSMON, 1, "ProcessId=5\nImage=C:\\a.exe", true, 5, 0, "C:\\a.exe", "",
	 false},
	{"guid alone", SYSMON, 1, "ProcessGuid={94F748D5-4A45-5A42-0000-0010D265F20F}", true, 0, 0,
	 "", "", false},
	{"start of nothing", SYSMON, 1, "Image=C:\\a.exe", false, 0, 0, "", "", false},
	{"sysmon end", SYSMON, 5, "ProcessId=5\nImage=C:\\a.exe", true, 5, 0, "C:\\a.exe", "",
	 false},
	{"network", SYSMON, 3, "ProcessId=5\nImage=C:\\a.exe", false, 0, 0, "", "", false},
	{"4688", "Security", 4688, "NewProcessId=0x5\nNewProcessName=C:\\a.exe\nSubjectLogonId=0x9",
	 true, 5, 9, "C:\\a.exe", "", false},
	{"4689", "Security", 4689, "ProcessId=0x5\nProcessName=C:\\a.exe", true, 5, 0,
	 "C:\\a.exe", "", false},
	{"logon", "Security", 4624, "TargetLogonId=0x77\nTargetUserSid=S-1-5-21-1", true, 0, 0x77,
	 "", "S-1-5-21-1", false},
	{"logon without id", "Security", 4624, "TargetUserSid=S-1-5-21-1", false, 0, 0, "", "",
	 false},
	{"boot", "Security", 4608, "", true, 0, 0, "", "", false},
	{"own image", SYSMON, 7,
	 "ProcessId=5\nImage=C:\\a.exe\nImageLoaded=c:\\A.EXE\nSigned=true\nSignature=Me\n"
	 "SignatureStatus=Valid", true, 5, 0, "", "Me", true},
	{"own image, revoked", SYSMON, 7,
	 "ProcessId=5\nImage=C:\\a.exe\nImageLoaded=C:\\a.exe\nSigned=true\nSignature=Me\n"
	 "SignatureStatus=Revoked", true, 5, 0, "", "Me", false},
	{"own image, unsigned", SYSMON, 7,
	 "ProcessId=5\nImage=C:\\a.exe\nImageLoaded=C:\\a.exe\nSigned=false\nSignature=-\n"
	 "SignatureStatus=Valid", true, 5, 0, "", "", false},
	{"other image", SYSMON, 7,
	 "ProcessId=5\nImage=C:\\a.exe\nImageLoaded=C:\\b.dll\nSigned=true", false, 0, 0, "", "",
	 false},
	{"5156", "Security", 5156,
	 "ProcessID=5\nApplication=A\nDirection=%%14593\nSourceAddress=10.0.0.9\nSourcePort=50000\n"
	 "DestAddress=10.0.0.10\nDestPort=443\nProtocol=6", true, 5, 0, "A",
	 "tcp out [::ffff:10.0.0.10]:443 [::ffff:10.0.0.9]:50000", false},
	{"5156 without a PID", "Security", 5156,
	 "Direction=%%14593\nSourceAddress=10.0.0.9\nSourcePort=50000\nDestAddress=10.0.0.10\n"
	 "DestPort=443\nProtocol=6", false, 0, 0, "", "", false},
	{"5156 of no connection", "Security", 5156,
	 "ProcessID=5\nDirection=%%14593\nSourceAddress=10.0.0.9\nSourcePort=50000\n"
	 "DestAddress=10.0.0.10\nDestPort=443\nProtocol=1", false, 0, 0, "", "", false},
	{"no kind", SYSMON, 11, "ProcessId=5", false, 0, 0, "", "", false},
};

static void check_fact(const char *name, const struct fact *got, const struct fact *want)
{
	TEST_ROW(name, got->kind == want->kind);
	TEST_ROW(name, got->sysmon == want->sysmon);
	TEST_ROW(name, got->source == want->source && got->offset == want->offset);
	TEST_ROW(name, got->size == want->size && got->record_id == want->record_id);
	TEST_ROW(name, got->time == want->time && got->utc == want->utc);
	TEST_ROW(name, got->identity == want->identity && got->event_id == want->event_id);
	TEST_ROW(name, got->pid == want->pid && got->logon_id == want->logon_id);
	TEST_ROW(name, guid_eq(&got->guid, &want->guid));
	TEST_ROW(name, got->trusted == want->trusted);
	test_view_is(name, got->host, want->host);
	test_view_is(name, got->channel, want->channel);
	test_view_is(name, got->image, want->image);
	test_view_is(name, got->text, want->text);
}

static void check_bytes(const char *name, const struct fact *f)
{
	struct buf bytes;
	struct fact back;
	struct cursor c;

	buf_init(&bytes, 0);
	fact_write(&bytes, f);
	c = cursor_of(buf_data(&bytes));
	TEST_ROW(name, fact_read(&c, &back) == 0 && cursor_left(&c) == 0);
	check_fact(name, &back, f);
	for (size_t n = 0; n < bytes.n; n++) {
		c = cursor_of(view_sub(buf_data(&bytes), 0, n));
		TEST_ROW(name, fact_read(&c, &back) == -1);
	}
	for (size_t at = 0; at < bytes.n; at++) /* every bit, once */
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes.p[at] ^= (uint8_t)(1u << bit);
			c = cursor_of(buf_data(&bytes));
			if (fact_read(&c, &back) == 0)
				TEST_ROW(name, back.kind < KIND_COUNT);
			bytes.p[at] ^= (uint8_t)(1u << bit);
		}
	buf_release(&bytes);
}

static void check_fact_row(const struct fact_row *row, bool typed)
{
	struct record r = {.offset = 5120, .size = 400};
	struct activity act;
	struct build b;
	struct event ev;
	struct fact f;

	build_init(&b);
	ev = build_event(&b, row->channel, row->id, 0, row->lines, typed);
	TEST_ROW(row->name, activity_of(&ev, &b.arena, &act) == 0);
	TEST_ROW(row->name, fact_of(&ev, &act, &r, 3, &b.arena, &f) == row->ok);
	if (row->ok) {
		TEST_ROW(row->name, f.pid == row->pid && f.logon_id == row->logon);
		TEST_ROW(row->name, f.trusted == row->trusted && f.source == 3 && f.offset == 5120);
		test_view_is(row->name, f.image, view_str(row->image));
		test_view_is(row->name, f.text, view_str(row->text));
		check_bytes(row->name, &f);
	}
	build_release(&b);
}

static void test_fact(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(fact_rows); i++) {
		check_fact_row(&fact_rows[i], false);
		check_fact_row(&fact_rows[i], true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kind), cmocka_unit_test(test_activity),
		cmocka_unit_test(test_args), cmocka_unit_test(test_args_bounds),
		cmocka_unit_test(test_connection), cmocka_unit_test(test_connection_nul),
		cmocka_unit_test(test_fact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
