/* SPDX-License-Identifier: Apache-2.0 */
/* docs/ecs.md: what each kind of record answers to the words of EQL, and to Sigma's. */
#include "event_build.h"

#define SUBJECT                                                                                    \
	"SubjectUserSid=S-1-5-21-1\nSubjectUserName=ann\nSubjectDomainName=CORP\n"                 \
	"SubjectLogonId=0x99\n"
#define TARGET "TargetUserSid=S-1-5-21-2\nTargetUserName=bob@corp\nTargetDomainName=CORP\n"
#define PROCESS_OF "ProcessGuid={94f748d5-4a45-5a42-0000-0010d265f20f}\nProcessId=42\nImage=C:\\p\\a.exe\n"

/* `want`: "word=values with | between", null as "word=-", unknown or late as "word=?why". */
static const struct words_row {
	const char *name, *channel, *provider;
	uint16_t id;
	const char *lines, *want;
} rows[] = {
	{"a start", SYSMON, "", 1,
	 PROCESS_OF "CommandLine=a \"b c\"\nCurrentDirectory=C:\\d\\\nUser=D\\u\nParentCommandLine=p -x y\n"
		    "Hashes=SHA1=AB,MD5=00,SHA256=CD,IMPHASH=00000000\nIntegrityLevel=High",
	 "process.args_count=2\nprocess.parent.args=p|-x|y\nprocess.parent.args_count=3\n"
	 "process.working_directory=C:\\d\\\nprocess.hash.sha256=cd\nprocess.hash.sha1=ab\n"
	 "process.hash.md5=-\nprocess.pe.imphash=-\nprocess.Ext.token.integrity_level_name=high\n"
	 "winlog.event_data.IntegrityLevel=High\nwinlog.event_data.Nothing=-\n"
	 "data_stream.dataset=windows.sysmon_operational\nevent.module=sysmon\nevent.outcome=-\n"
	 "winlog.computer_name=HOST.example\nhost.id=HOST.example\nhost.ip=?field outside EVTX\n"
	 "process.Ext.ancestry=?field outside EVTX\nprocess.no.such=?field outside EVTX\n"
	 "process.Ext.relative_file_creation_time=?a file's age is told by other records\n"
	 "registry.path=-\ndns.question.name=-\nfile.path=-\ndll.name=-\nwinlog.record_id=7"},
	{"a file's time", SYSMON, "", 2, PROCESS_OF "TargetFilename=C:\\x\\y.tar.gz",
	 "event.category=file\nevent.type=change\nfile.path=C:\\x\\y.tar.gz\nfile.name=y.tar.gz\n"
	 "file.directory=C:\\x\nfile.extension=gz\nfile.size=?field outside EVTX\nprocess.name=a.exe"},
	{"a connection", SYSMON, "", 3,
	 PROCESS_OF "Protocol=TCP\nInitiated=false\nSourceIp=fe80::1\nSourcePort=1\n"
		    "DestinationIp=fe80::2\nDestinationPort=88\nDestinationPortName=Kerberos",
	 "network.direction=ingress\nnetwork.type=ipv6\nnetwork.protocol=kerberos\n"
	 "destination.address=fe80::2\ndns.question.name=-\nprocess.command_line=-\n"
	 "process.pid=42"},
	{"a driver", SYSMON, "", 6,
	 "ImageLoaded=C:\\d.sys\nHashes=SHA256=AA\nSigned=true\nSignature=S\nSignatureStatus=Expired",
	 "event.category=driver\nevent.action=load|Driver loaded\ndll.path=C:\\d.sys\ndll.name=d.sys\n"
	 "dll.hash.sha256=aa\ndll.code_signature.status=Expired|errorExpired\n"
	 "dll.code_signature.trusted=false\ndll.code_signature.exists=true\nprocess.pid=4\n"
	 "dll.code_signature.subject_name=S\nfile.code_signature.status=Expired\nprocess.name=-"},
	{"a library", SYSMON, "", 7,
	 PROCESS_OF "ImageLoaded=C:\\l.dll\nSigned=true\nSignature=S\nSignatureStatus=Valid",
	 "event.category=library|process\nevent.type=change\nevent.action=load|Image loaded\n"
	 "dll.code_signature.status=Valid|trusted\ndll.code_signature.trusted=true\n"
	 "file.name=l.dll\nprocess.executable=C:\\p\\a.exe\n"
	 "dll.Ext.relative_file_name_modify_time=?field outside EVTX"},
	{"a library without signature", SYSMON, "", 7,
	 PROCESS_OF "ImageLoaded=C:\\l.dll\nSigned=false\nSignature=-\nSignatureStatus=Unavailable",
	 "dll.code_signature.status=Unavailable|noSignature\ndll.code_signature.trusted=false\n"
	 "dll.code_signature.exists=false\ndll.code_signature.subject_name=-"},
	{"a thread elsewhere", SYSMON, "", 8,
	 "SourceProcessId=7\nSourceImage=C:\\s.exe\nTargetImage=C:\\t.exe\nSourceUser=D\\s",
	 "event.category=process\nprocess.name=s.exe\nprocess.pid=7\nuser.name=s\n"
	 "winlog.event_data.TargetImage=C:\\t.exe"},
	{"a process opened", SYSMON, "", 10, "SourceProcessId=7\nSourceThreadId=9\nCallTrace=x",
	 "process.pid=7\nprocess.thread.id=9\nwinlog.event_data.CallTrace=x\nevent.type=access\n"
	 "user.name=?this version of Sysmon does not write it"},
	{"a key", SYSMON, "", 12,
	 PROCESS_OF "EventType=DeleteKey\nTargetObject=HKLM\\SOFTWARE\\k",
	 "event.action=deletion|RegistryEvent (Object create and delete)\nevent.type=change|deletion\n"
	 "registry.path=HKLM\\SOFTWARE\\k\nregistry.data.strings=-\n"
	 "event.category=registry|configuration"},
	{"a value", SYSMON, "", 13,
	 PROCESS_OF "EventType=SetValue\nTargetObject=HKU\\S-1-5-18\\Run\\(Default)\n"
		    "Details=DWORD (0x0000000a)",
	 "registry.path=HKU\\S-1-5-18\\Run\\(Default)|HKEY_USERS\\S-1-5-18\\Run\\(Default)|"
	 "HKU\\S-1-5-18\\Run\\|HKEY_USERS\\S-1-5-18\\Run\\\n"
	 "registry.hive=HKU|HKEY_USERS\nregistry.key=S-1-5-18\\Run\\(Default)\n"
	 "registry.value=(Default)\nregistry.data.strings=10|0x0000000a\n"
	 "registry.data.type=REG_DWORD\nevent.type=change"},
	{"a large number", SYSMON, "", 13,
	 "TargetObject=HKLM\\a\nDetails=QWORD (0x00000001-0x00000002)",
	 "registry.data.strings=4294967298|0x100000002\nregistry.data.type=REG_QWORD"},
	{"a text", SYSMON, "", 13, "TargetObject=\\REGISTRY\\MACHINE\\a\nDetails=DWORD (0x1)",
	 "registry.data.strings=DWORD (0x1)\nregistry.path=\\REGISTRY\\MACHINE\\a|HKLM\\a\n"
	 "registry.hive=HKLM\nregistry.data.type=REG_SZ"},
	{"no hive", SYSMON, "", 13, "TargetObject=HKLMX\\a\nDetails=Binary Data",
	 "registry.path=HKLMX\\a\nregistry.hive=-\nregistry.data.type=REG_BINARY"},
	{"a stream", SYSMON, "", 15,
	 PROCESS_OF "TargetFilename=C:\\x.exe:Zone.Identifier\nHash=MD5=AB\n"
		    "Contents=[ZoneTransfer]  ZoneId=3  HostUrl=https://h.example/x",
	 "file.hash.md5=ab\nfile.origin_url=https://h.example/x\nfile.origin_referrer_url=-"},
	{"a pipe", SYSMON, "", 17, PROCESS_OF "PipeName=\\x\\Pipe\\y",
	 "event.category=file\nevent.type=creation\nfile.name=\\x\\Pipe\\y\nfile.path=-"},
	{"a name", SYSMON, "", 22,
	 PROCESS_OF "QueryName=h.example\nQueryResults=type:  5 x.example;::ffff:192.0.2.1;2001:db8::1;",
	 "network.protocol=dns\ndns.question.name=h.example\ndns.resolved_ip=192.0.2.1|2001:db8::1\n"
	 "event.action=lookup_requested|DNSEvent (DNS query)\ndestination.ip=-\n"
	 "dns.question.type=?field outside EVTX\nevent.type=connection|protocol|info"},
	{"an error of Sysmon", SYSMON, "", 255, "ID=x", "event.outcome=failure\nevent.category=process"},
	/* Security */
	{"a sign-on", "Security", "", 4624,
	 SUBJECT TARGET "TargetLogonId=0x5\nLogonType=3\nIpAddress=::ffff:192.0.2.7\nIpPort=50\n"
			"WorkstationName=W\nProcessId=0x0\nProcessName=-",
	 "event.action=logged-in\nevent.category=authentication\nwinlog.logon.type=Network\n"
	 "source.ip=192.0.2.7\nsource.port=50\nsource.domain=W\nuser.id=S-1-5-21-2\nuser.name=bob\n"
	 "user.domain=CORP\nprocess.pid=0\nprocess.name=-\nwinlog.logon.id=0x5\n"
	 "winlog.event_data.SubjectLogonId=0x99\ngroup.id=-\nevent.type=start"},
	{"none", "Security", "", 4625, TARGET "LogonType=10\nIpAddress=-",
	 "event.action=logon-failed\nsource.ip=-\nwinlog.logon.type=RemoteInteractive"},
	{"a value, audited", "Security", "", 4657,
	 SUBJECT "ObjectName=\\REGISTRY\\USER\\S-1-5-18\\k\nObjectValueName=v\nOperationType=%%1904\n"
		 "NewValueType=%%1876\nNewValue=1\nProcessId=0x10\nProcessName=C:\\r.exe",
	 "registry.path=\\REGISTRY\\USER\\S-1-5-18\\k\\v|HKU\\S-1-5-18\\k\\v|"
	 "HKEY_USERS\\S-1-5-18\\k\\v\nregistry.value=v\nregistry.data.strings=1|0x00000001\n"
	 "event.type=change|creation\nevent.action=creation|registry-value-modified\n"
	 "TargetObject=HKU\\S-1-5-18\\k\\v\nDetails=DWORD (0x00000001)\nEventType=SetValue\n"
	 "Image=C:\\r.exe\nProcessId=16\nUser=CORP\\ann\nuser.id=S-1-5-21-1\nprocess.name=r.exe\n"
	 "ProcessGuid=?4657 never carries it"},
	{"a value deleted", "Security", "", 4657,
	 "ObjectName=\\REGISTRY\\MACHINE\\k\nObjectValueName=-\nOperationType=%%1906\n"
	 "NewValueType=%%1875\nNewValue=x",
	 "TargetObject=HKLM\\k\\(Default)\nEventType=DeleteValue\nDetails=Binary Data\n"
	 "event.type=change|deletion\nregistry.path=\\REGISTRY\\MACHINE\\k\\(Default)|"
	 "HKLM\\k\\(Default)|\\REGISTRY\\MACHINE\\k\\|HKLM\\k\\"},
	{"an object of the directory", "Security", "", 4662, SUBJECT "AccessMask=0x110\nProperties=p",
	 "winlog.event_data.AccessMaskDescription=Read Property|Control Access\n"
	 "winlog.event_data.Properties=p\nuser.name=ann"},
	{"a file", "Security", "", 4663,
	 SUBJECT "ObjectType=File\nObjectName=C:\\x\\y.txt\nProcessId=0x10\nProcessName=C:\\r.exe",
	 "event.category=file\nfile.name=y.txt\nfile.extension=txt\nprocess.pid=16"},
	{"a service", "Security", "", 4697, SUBJECT "ServiceName=s",
	 "event.action=service-installed\nservice.name=s\nuser.name=ann\nwinlog.logon.id=0x99"},
	{"a task", "Security", "", 4698, SUBJECT "TaskName=\\t",
	 "event.action=scheduled-task-created\nwinlog.event_data.TaskName=\\t\nevent.category=iam|configuration"},
	{"a member", "Security", "", 4728,
	 SUBJECT "MemberName=CN=A\\, B,OU=x\nTargetUserName=Admins\nTargetSid=S-1-5-21-1-512\n"
		 "TargetDomainName=CORP",
	 "event.action=added-member-to-group\ngroup.id=S-1-5-21-1-512\ngroup.name=Admins\n"
	 "group.domain=CORP\nuser.name=ann\nuser.target.name=A\\, B\nevent.type=group|change"},
	{"an account", "Security", "", 4738,
	 SUBJECT "TargetUserName=c\nTargetSid=S-1-5-21-9\nNewUacValue=0x210",
	 "winlog.event_data.NewUACList=USER_NORMAL_ACCOUNT|USER_DONT_EXPIRE_PASSWORD\n"
	 "user.target.name=c\nuser.target.id=S-1-5-21-9\nuser.id=S-1-5-21-1\nuser.name=ann"},
	{"an account renamed", "Security", "", 4781, SUBJECT "OldTargetUserName=x$\nNewTargetUserName=y",
	 "event.action=renamed-user-account\nuser.target.name=x$\nuser.changes.name=y"},
	{"a ticket", "Security", "", 4768, "TargetUserName=c@R\nTargetSid=S-1-5-21-9\nIpAddress=::1",
	 "event.category=authentication\nuser.id=S-1-5-21-9\nuser.name=c\nsource.ip=::1"},
	{"a share", "Security", "", 5145,
	 SUBJECT "IpAddress=192.0.2.7\nShareName=\\\\*\\IPC$\nShareLocalPath=\\??\\C:\\s\n"
		 "RelativeTargetName=srvsvc",
	 "event.category=network|file\nfile.name=srvsvc\nfile.path=\\??\\C:\\s\\srvsvc\n"
	 "file.target_path=\\\\*\\IPC$\\srvsvc\nsource.ip=192.0.2.7\nuser.name=ann"},
	{"a connection, audited", "Security", "", 5156,
	 "ProcessID=42\nApplication=\\device\\harddiskvolume1\\a.exe\nDirection=%%14592\n"
	 "SourceAddress=10.0.0.1\nSourcePort=88\nDestAddress=10.0.0.2\nDestPort=50000\nProtocol=6",
	 "event.category=network\nevent.action=connection_accepted|filtering-platform-connection\n"
	 "network.direction=ingress\nsource.ip=10.0.0.2\nsource.port=50000\ndestination.ip=10.0.0.1\n"
	 "destination.port=88\nnetwork.transport=tcp\nnetwork.type=ipv4\nprocess.name=a.exe\n"
	 "destination.domain=?5156 never carries it\n"
	 "Image=\\device\\harddiskvolume1\\a.exe\nProcessId=42\nInitiated=false\nSourceIp=10.0.0.2\n"
	 "DestinationPort=88\nProtocol=tcp\nSourceIsIpv6=false\nUser=?5156 never carries it"},
	/* the others */
	{"a service of System", "System", "Service Control Manager", 7045, "ServiceName=s",
	 "event.action=service-installed\nservice.name=s\nevent.provider=Service Control Manager\n"
	 "data_stream.dataset=system.system"},
	{"a service's state", "System", "Service Control Manager", 7036, "param1=s\nparam2=running",
	 "service.name=s\nevent.action=service-state-changed"},
	{"a log cleared", "System", "Microsoft-Windows-Eventlog", 104,
	 "SubjectUserName=ann\nChannel=Application",
	 "event.action=Log clear\nuser.name=ann\nChannel=System|Application\nwinlog.channel=System"},
	{"a script", "Microsoft-Windows-PowerShell/Operational", "", 4104,
	 "ScriptBlockText=- x\nPath=C:\\s.ps1\nMessageNumber=1",
	 "event.category=process\nevent.type=info\npowershell.file.script_block_text=- x\n"
	 "file.name=s.ps1\npowershell.sequence=1"},
	{"the engine", "Windows PowerShell", "PowerShell", 400, "=a\n=b",
	 "Data=a|b\nevent.category=process\nevent.type=start"},
	{"a task of the scheduler", "Microsoft-Windows-TaskScheduler/Operational", "", 106,
	 "TaskName=\\t", "event.action=scheduled-task-created\nwinlog.event_data.TaskName=\\t"},
	{"a subscription", "Microsoft-Windows-WMI-Activity/Operational", "", 5861, "CONSUMER=c",
	 "event.action=wmi-permanent-consumer-registered\nwinlog.event_data.CONSUMER=c"},
	{"of no kind", "Other", "P", 1, "Image=C:\\a.exe\nx=1",
	 "event.category=-\nevent.action=-\nprocess.name=-\nevent.code=1\nImage=C:\\a.exe\n"
	 "winlog.event_data.x=1\nhost.ip=?field outside EVTX\nevent.provider=P"},
};

static void show(struct buf *out, const struct answer *a)
{
	if (a->state == ANSWER_NULL)
		buf_str(out, "-");
	else if (a->state != ANSWER_VALUE)
		buf_fmt(out, "?%s", a->why);
	for (size_t i = 0; a->state == ANSWER_VALUE && i < a->n; i++) {
		buf_str(out, i ? "|" : "");
		buf_view(out, a->values[i]);
	}
}

static struct view next_line(struct view *rest)
{
	const uint8_t *end = memchr(rest->p, '\n', rest->n);
	struct view line = view_sub(*rest, 0, end ? (size_t)(end - rest->p) : rest->n);

	*rest = view_sub(*rest, line.n + 1, rest->n);
	return line;
}

/* The names must be known before the record is made, as they are in a hunt. */
static void add_words(struct build *b, struct view rest)
{
	while (rest.n) {
		struct view line = next_line(&rest);

		fields_add(&b->fields, view_sub(line, 0, (size_t)((const uint8_t *)
					memchr(line.p, '=', line.n) - line.p)));
	}
}

static void check_word(struct build *b, const struct words_row *row, struct event *ev,
		       struct view line)
{
	size_t at = (size_t)((const uint8_t *)memchr(line.p, '=', line.n) - line.p);
	field_id id = fields_find(&b->fields, view_sub(line, 0, at));
	struct activity act;
	struct answer got;
	struct buf out;
	char name[128];

	snprintf(name, sizeof(name), "%s: %.*s", row->name, (int)at, line.p);
	activity_begin(ev, &act);
	assert_int_equal(event_ask(ev, &act, NULL, id, &b->fields, &b->arena, &got), 0);
	buf_init(&out, 0);
	show(&out, &got);
	test_view_is(name, buf_data(&out), view_sub(line, at + 1, line.n));
	buf_release(&out);
	if (event_says_always(&b->fields, ev, id))
		assert_true(vocabulary_can(&b->fields, ev, id, &got.why) != VOCABULARY_SOMETIMES);
	if (vocabulary_can(&b->fields, ev, id, &got.why) == VOCABULARY_NEVER)
		assert_true(got.state != ANSWER_VALUE && got.state != ANSWER_LATE && got.why[0]);
}

static void check_row(const struct words_row *row, bool typed)
{
	struct view rest = view_str(row->want);
	struct build b;
	struct event ev;

	build_init(&b);
	add_words(&b, rest);
	ev = build_event(&b, row->channel, row->id, 5, row->lines, typed);
	ev.provider = view_str(row->provider);
	while (rest.n)
		check_word(&b, row, &ev, next_line(&rest));
	build_release(&b);
}

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		check_row(&rows[i], false);
		check_row(&rows[i], true);
	}
}

static void test_outcome(void **state)
{
	static const struct {
		uint64_t keywords;
		const char *want;
	} outcomes[] = {
		{0x8020000000000000u, "success"}, {0x8010000000000000u, "failure"}, {0, "-"},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(outcomes); i++) {
		struct answer got;
		struct build b;
		struct event ev;
		struct buf out;

		build_init(&b);
		buf_init(&out, 0);
		ev = build_event(&b, "Security", 4624, 2, "", false);
		ev.keywords = outcomes[i].keywords;
		assert_int_equal(event_ask(&ev, NULL, NULL, FIELD_ECS_EVENT_OUTCOME, &b.fields,
					   &b.arena, &got), 0);
		show(&out, &got);
		test_view_is("outcome", buf_data(&out), view_str(outcomes[i].want));
		buf_release(&out);
		build_release(&b);
	}
}

/* Every kind of record is found again by its own head, and says what it is. */
static void test_kinds(void **state)
{
	struct build b;
	struct event head;
	size_t n = 0;

	(void)state;
	build_init(&b);
	for (; vocabulary_record(n, &head); n++) {
		struct answer got;

		assert_true(head.channel.n || head.provider.n);
		assert_int_equal(event_ask(&head, NULL, NULL, FIELD_ECS_EVENT_ACTION, &b.fields,
					   &b.arena, &got), 0);
		TEST_ROW("kind", got.state == ANSWER_VALUE);
		assert_true(event_says_always(&b.fields, &head, FIELD_ECS_EVENT_CODE));
		assert_false(event_says_always(&b.fields, &head, FIELD_IMAGE));
	}
	assert_true(n > 100);
	build_release(&b);
}

struct starving {
	struct build *b;
	struct event ev;
};

static bool starved(void *ctx)
{
	struct starving *s = ctx;
	struct activity act;
	struct answer got;
	struct arena a;
	bool ok = true;

	arena_init(&a, 1 << 20);
	activity_begin(&s->ev, &act);
	for (field_id id = 0; ok && id < FIELD_KNOWN; id++)
		ok = event_ask(&s->ev, &act, NULL, id, &s->b->fields, &a, &got) == 0;
	arena_release(&a);
	return ok;
}

static void test_starved(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct build b;
		struct starving s = {.b = &b};

		build_init(&b);
		s.ev = build_event(&b, rows[i].channel, rows[i].id, 5, rows[i].lines, true);
		assert_true(test_starve(starved, &s) > 0);
		build_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
