/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of record answers to each word, and what it means when there is nothing. */
#include "event_build.h"

#define AUDIT "4688 without command line auditing"
#define V2 "4688 carries it from version 2 on"
#define NEWER "this version of Sysmon does not write it"

enum record_name { S1, S1_BARE, S3, S3_BARE, S5, A4688_0, A4688_1, A4688_2, A4689, S11, LOGON };

static const struct {
	const char *channel;
	uint16_t id;
	uint8_t version;
	const char *lines;
} records[] = {
	[S1] = {SYSMON, 1, 5,
		"UtcTime=2017-12-26 13:10:29.134\n"
		"ProcessGuid={94F748D5-4A45-5A42-0000-0010D265F20F}\nProcessId=9112\n"
		"Image=C:\\Windows\\System32\\MsiExec.exe\nDescription=-\nProduct=\n"
		"OriginalFileName=msiexec.exe\nCommandLine=msiexec /V \"a b\"\n"
		"CurrentDirectory=C:\\x\\\nUser=D\\u\nLogonId=0x00000000000003e7\n"
		"IntegrityLevel=System\nHashes=MD5=00\n"
		"ParentProcessGuid={11111111-4A45-5A42-0000-0010D265F20F}\nParentProcessId=16\n"
		"ParentImage=C:\\p/services.exe\nParentCommandLine=services"},
	[S1_BARE] = {SYSMON, 1, 5,
		     "ProcessId=1\nImage=C:\\a.exe\nOriginalFileName=-\nCommandLine=\nUser=\n"
		     "ParentImage=-\nLogonId=0x5"},
	[S3] = {SYSMON, 3, 5,
		"ProcessId=42\nImage=C:\\m.exe\nUser=D\\u\nProtocol=TCP\nInitiated=true\n"
		"SourceIp=1.2.3.4\nSourcePort=50000\nDestinationIp=5.6.7.8\n"
		"DestinationHostname=h.example\nDestinationPort=443\nSourceHostname=me"},
	[S3_BARE] = {SYSMON, 3, 5, "ProcessId=42\nImage=C:\\m.exe\nInitiated=false"},
	[S5] = {SYSMON, 5, 3, "ProcessId=42\nImage=C:\\m.exe"},
	[A4688_0] = {"Security", 4688, 0,
		     "SubjectUserSid=S-1-5-21-1\nSubjectUserName=u\nSubjectDomainName=D\n"
		     "SubjectLogonId=0x00012345\nNewProcessId=0x1fc\nNewProcessName=C:\\a.exe\n"
		     "TokenElevationType=%%1936\nProcessId=0x278"},
	[A4688_1] = {"Security", 4688, 1,
		     "SubjectUserSid=\nNewProcessId=0x1fc\nNewProcessName=C:\\a.exe\n"
		     "ProcessId=0x278\nCommandLine="},
	[A4688_2] = {"Security", 4688, 2,
		     "SubjectUserSid=S-1-5-18\nNewProcessId=0x1fc\nNewProcessName=C:\\a.exe\n"
		     "ProcessId=0x278\nCommandLine=a /V\nTargetUserSid=S-1-5-21-9\n"
		     "TargetUserName=t\nTargetDomainName=T\nTargetLogonId=0x9\n"
		     "ParentProcessName=C:\\p.exe\nMandatoryLabel=S-1-16-8192"},
	[A4689] = {"Security", 4689, 0, "ProcessId=0x1fc\nProcessName=C:\\a.exe"},
	[S11] = {SYSMON, 11, 2, "Image=C:\\a.exe\nTargetFilename=C:\\b"},
	[LOGON] = {"Security", 4624, 2, "TargetLogonId=0x1\nLogonType=3"},
};

static const struct ask_row {
	enum record_name record;
	const char *word;
	enum answer_state state;
	const char *want; /* the values between |, or why */
} rows[] = {
	/* Sysmon's words on Sysmon's records: as they stand there */
	{S1, "CommandLine", ANSWER_VALUE, "msiexec /V \"a b\""},
	{S1, "ProcessId", ANSWER_VALUE, "9112"},
	{S1, "LogonId", ANSWER_VALUE, "0x3e7"},
	{S1, "ProcessGuid", ANSWER_VALUE, "{94f748d5-4a45-5a42-0000-0010d265f20f}"},
	{S1, "Description", ANSWER_VALUE, "-"},
	{S1, "Product", ANSWER_NULL, ""},
	{S1, "CurrentDirectory", ANSWER_VALUE, "C:\\x\\"},
	{S1, "NoSuchWord", ANSWER_NULL, ""},
	{S1, "DestinationIp", ANSWER_NULL, ""},
	{S1, "TokenElevationType", ANSWER_UNKNOWN, "Sysmon 1 never carries it"},
	{S1, "NewProcessName", ANSWER_UNKNOWN, "Sysmon 1 never carries it"},
	{S1_BARE, "CommandLine", ANSWER_NULL, ""},
	{S1_BARE, "OriginalFileName", ANSWER_VALUE, "-"},
	{S1_BARE, "Company", ANSWER_UNKNOWN, NEWER},
	{S1_BARE, "ParentImage", ANSWER_VALUE, "-"},
	{S1_BARE, "Hashes", ANSWER_NULL, ""},
	{S3, "SourceHostname", ANSWER_VALUE, "me"},
	{S3, "Initiated", ANSWER_VALUE, "true"},
	{S3, "CommandLine", ANSWER_NULL, ""},
	{S5, "CommandLine", ANSWER_UNKNOWN, "Sysmon 5 never carries it"},
	{S5, "Image", ANSWER_VALUE, "C:\\m.exe"},
	{S11, "Image", ANSWER_VALUE, "C:\\a.exe"},
	{S11, "TargetFilename", ANSWER_VALUE, "C:\\b"},
	{S11, "CommandLine", ANSWER_NULL, ""},
	{LOGON, "LogonType", ANSWER_VALUE, "3"},
	/* the same words on Security's */
	{A4688_2, "Image", ANSWER_VALUE, "C:\\a.exe"},
	{A4688_2, "ProcessId", ANSWER_VALUE, "508"},
	{A4688_2, "ParentProcessId", ANSWER_VALUE, "632"},
	{A4688_2, "ParentImage", ANSWER_VALUE, "C:\\p.exe"},
	{A4688_2, "CommandLine", ANSWER_VALUE, "a /V"},
	{A4688_2, "User", ANSWER_VALUE, "T\\t"},
	{A4688_2, "LogonId", ANSWER_VALUE, "0x9"},
	{A4688_2, "IntegrityLevel", ANSWER_VALUE, "Medium"},
	{A4688_2, "NewProcessId", ANSWER_VALUE, "0x1fc"},
	{A4688_2, "MandatoryLabel", ANSWER_VALUE, "S-1-16-8192"},
	{A4688_2, "OriginalFileName", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_2, "Hashes", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_2, "ParentCommandLine", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_2, "Company", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_2, "ProcessGuid", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_2, "NoSuchWord", ANSWER_NULL, ""},
	{A4688_0, "CommandLine", ANSWER_UNKNOWN, AUDIT},
	{A4688_0, "ParentImage", ANSWER_UNKNOWN, V2},
	{A4688_0, "IntegrityLevel", ANSWER_UNKNOWN, V2},
	{A4688_0, "TargetUserName", ANSWER_UNKNOWN, V2},
	{A4688_0, "TokenElevationType", ANSWER_VALUE, "%%1936"},
	{A4688_0, "LogonId", ANSWER_VALUE, "0x12345"},
	{A4688_1, "CommandLine", ANSWER_UNKNOWN, AUDIT},
	{A4688_1, "User", ANSWER_NULL, ""},
	{A4689, "Image", ANSWER_VALUE, "C:\\a.exe"},
	{A4689, "ProcessId", ANSWER_VALUE, "508"},
	{A4689, "CommandLine", ANSWER_UNKNOWN, "4689 never carries it"},
	/* System */
	{S1, "EventID", ANSWER_VALUE, "1"},
	{LOGON, "EventID", ANSWER_VALUE, "4624"},
	{S1, "Channel", ANSWER_VALUE, SYSMON},
	{S1, "Computer", ANSWER_VALUE, "HOST.example"},
	{S1, "Provider_Name", ANSWER_NULL, ""},
	/* EQL's words */
	{S1, "host.os.type", ANSWER_VALUE, "windows"},
	{LOGON, "host.os.type", ANSWER_VALUE, "windows"},
	{S1, "host.name", ANSWER_VALUE, "HOST.example"},
	{S1, "event.action", ANSWER_VALUE, "start|Process creation"},
	{S1, "event.type", ANSWER_VALUE, "start"},
	{S1, "event.category", ANSWER_VALUE, "process"},
	{S1, "event.code", ANSWER_VALUE, "1"},
	{A4688_0, "event.action", ANSWER_VALUE, "start|created-process"},
	{S5, "event.action", ANSWER_VALUE, "end|Process terminated"},
	{A4689, "event.type", ANSWER_VALUE, "end"},
	{S3, "event.action", ANSWER_VALUE, "connection_attempted|Network connection"},
	{S3_BARE, "event.action", ANSWER_VALUE, "connection_accepted|Network connection"},
	{S3, "event.category", ANSWER_VALUE, "network"},
	{S3, "event.type", ANSWER_VALUE, "start|connection|protocol"},
	{S11, "event.category", ANSWER_VALUE, "file"},
	{S1, "process.name", ANSWER_VALUE, "MsiExec.exe"},
	{S1, "process.executable", ANSWER_VALUE, "C:\\Windows\\System32\\MsiExec.exe"},
	{S1, "process.args", ANSWER_VALUE, "msiexec|/V|a b"},
	{S1, "process.command_line", ANSWER_VALUE, "msiexec /V \"a b\""},
	{S1, "process.pid", ANSWER_VALUE, "9112"},
	{S1, "process.pe.original_file_name", ANSWER_VALUE, "msiexec.exe"},
	{S1, "process.Ext.token.integrity_level_name", ANSWER_VALUE, "system"},
	{S1, "process.parent.name", ANSWER_VALUE, "services.exe"},
	{S1, "process.parent.executable", ANSWER_VALUE, "C:\\p/services.exe"},
	{S1, "process.parent.command_line", ANSWER_VALUE, "services"},
	{S1, "process.parent.pid", ANSWER_VALUE, "16"},
	{S1, "user.id", ANSWER_VALUE, "S-1-5-18"},
	{S1, "UserSid", ANSWER_VALUE, "S-1-5-18"},
	{S1, "user.name", ANSWER_VALUE, "u"},
	{S1, "user.domain", ANSWER_VALUE, "D"},
	{S1, "destination.ip", ANSWER_NULL, ""},
	{S1_BARE, "process.args", ANSWER_NULL, ""},
	{S1_BARE, "process.pe.original_file_name", ANSWER_NULL, ""},
	{S1_BARE, "process.parent.name", ANSWER_NULL, ""},
	{S1_BARE, "user.name", ANSWER_NULL, ""},
	{S1_BARE, "user.id", ANSWER_LATE, "the user's SID is told by other records"},
	{S3, "process.name", ANSWER_VALUE, "m.exe"},
	{S3, "process.args", ANSWER_NULL, ""},
	{S3, "source.ip", ANSWER_VALUE, "1.2.3.4"},
	{S3, "source.port", ANSWER_VALUE, "50000"},
	{S3, "destination.ip", ANSWER_VALUE, "5.6.7.8"},
	{S3, "destination.port", ANSWER_VALUE, "443"},
	{S3, "destination.domain", ANSWER_VALUE, "h.example"},
	{S3, "network.transport", ANSWER_VALUE, "tcp"},
	{S3_BARE, "destination.domain", ANSWER_NULL, ""},
	{S3, "user.id", ANSWER_LATE, "the user's SID is told by other records"},
	{A4688_2, "user.id", ANSWER_VALUE, "S-1-5-21-9"},
	{A4688_0, "user.id", ANSWER_VALUE, "S-1-5-21-1"},
	{A4688_0, "process.args", ANSWER_UNKNOWN, AUDIT},
	{A4688_2, "process.args", ANSWER_VALUE, "a|/V"},
	{A4688_1, "process.command_line", ANSWER_UNKNOWN, AUDIT},
	{A4688_0, "process.parent.name", ANSWER_UNKNOWN, V2},
	{A4688_2, "process.parent.name", ANSWER_VALUE, "p.exe"},
	{A4688_2, "process.parent.command_line", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_2, "process.pe.original_file_name", ANSWER_UNKNOWN, "4688 never carries it"},
	{A4688_0, "process.Ext.token.integrity_level_name", ANSWER_UNKNOWN, V2},
	{S5, "process.args", ANSWER_UNKNOWN, "Sysmon 5 never carries it"},
	{S1, "process.entity_id", ANSWER_LATE, "a process is identified by several records"},
	{S1, "process.parent.entity_id", ANSWER_LATE, "a process is identified by several records"},
	{S3, "process.parent.entity_id", ANSWER_NULL, ""},
	{S1, "process.code_signature.subject_name", ANSWER_LATE,
	 "the signature is told by Sysmon 7"},
	{S1, "process.code_signature.trusted", ANSWER_LATE, "the signature is told by Sysmon 7"},
	{LOGON, "process.name", ANSWER_NULL, ""},
	{LOGON, "user.id", ANSWER_NULL, ""},
};

static void show(struct buf *b, const struct answer *a)
{
	for (size_t i = 0; i < a->n; i++) {
		buf_str(b, i ? "|" : "");
		buf_view(b, a->values[i]);
	}
	if (a->state != ANSWER_VALUE)
		buf_str(b, a->why);
}

static struct event make(struct build *b, enum record_name record, bool typed)
{
	return build_event(b, records[record].channel, records[record].id, records[record].version,
			   records[record].lines, typed);
}

static void check(const char *name, const struct answer *got, enum answer_state state,
		  const char *want)
{
	struct buf out;

	buf_init(&out, 0);
	show(&out, got);
	test_view_is(name, buf_data(&out), view_str(want));
	TEST_ROW(name, got->state == state);
	TEST_ROW(name, (got->n > 0) == (state == ANSWER_VALUE));
	buf_release(&out);
}

static void check_row(const struct ask_row *row, bool typed)
{
	struct activity act;
	struct answer got;
	struct build b;
	struct event ev;
	field_id id;

	build_init(&b);
	id = fields_add(&b.fields, view_str(row->word));
	ev = make(&b, row->record, typed);
	assert_int_equal(activity_of(&ev, &b.arena, &act), 0);
	assert_int_equal(event_ask(&ev, &act, NULL, id, &b.fields, &b.arena, &got), 0);
	check(row->word, &got, row->state, row->want);
	build_release(&b);
}

static void test_ask(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		check_row(&rows[i], false);
		check_row(&rows[i], true);
	}
}

/* ---- what correlation adds ---- */

static const struct late_row {
	const char *name;
	enum record_name record;
	const char *word;
	const char *sid, *entity, *signer;
	bool is_class, has_signature, trusted;
	enum answer_state state;
	const char *want;
} late_rows[] = {
	{.name = "sid", .record = S3, .word = "user.id", .sid = "S-1-5-21-7", .state = ANSWER_VALUE,
	 .want = "S-1-5-21-7"},
	{.name = "class", .record = S3, .word = "user.id", .sid = "S-1-5-21-", .is_class = true,
	 .state = ANSWER_VALUE, .want = "S-1-5-21-"},
	{.name = "no sid", .record = S3, .word = "UserSid", .state = ANSWER_UNKNOWN,
	 .want = "the user's SID could not be derived"},
	{.name = "sid of the record", .record = A4688_2, .word = "user.id", .state = ANSWER_VALUE,
	 .want = "S-1-5-21-9"},
	{.name = "entity", .record = S1, .word = "process.entity_id", .entity = "E1",
	 .state = ANSWER_VALUE, .want = "E1"},
	{.name = "parent entity", .record = S1, .word = "process.parent.entity_id", .entity = "E1",
	 .state = ANSWER_VALUE, .want = "E1"},
	{.name = "no entity", .record = S1, .word = "process.entity_id", .state = ANSWER_UNKNOWN,
	 .want = "the process could not be identified"},
	{.name = "signer", .record = A4688_0, .word = "process.code_signature.subject_name",
	 .has_signature = true, .signer = "Me", .state = ANSWER_VALUE, .want = "Me"},
	{.name = "no signer", .record = S1, .word = "process.code_signature.subject_name",
	 .has_signature = true, .state = ANSWER_NULL, .want = ""},
	{.name = "trusted", .record = S1, .word = "process.code_signature.trusted",
	 .has_signature = true, .trusted = true, .state = ANSWER_VALUE, .want = "true"},
	{.name = "not trusted", .record = S1, .word = "process.code_signature.trusted",
	 .has_signature = true, .state = ANSWER_VALUE, .want = "false"},
	{.name = "no signature", .record = S1, .word = "process.code_signature.trusted",
	 .state = ANSWER_UNKNOWN, .want = "no Sysmon 7 of this image"},
};

static void test_late(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(late_rows); i++) {
		const struct late_row *row = &late_rows[i];
		struct derived d = {.user_sid_is_class = row->is_class,
				    .has_signature = row->has_signature,
				    .signature_trusted = row->trusted};
		struct activity act;
		struct answer got;
		struct build b;
		struct event ev;
		field_id id;

		build_init(&b);
		d.user_sid = view_str(row->sid);
		d.entity = d.parent_entity = view_str(row->entity);
		d.signer = view_str(row->signer);
		ev = make(&b, row->record, true);
		assert_int_equal(activity_of(&ev, &b.arena, &act), 0);
		id = fields_find(&b.fields, view_str(row->word));
		assert_int_equal(event_ask(&ev, &act, &d, id, &b.fields, &b.arena, &got), 0);
		check(row->name, &got, row->state, row->want);
		TEST_ROW(row->name, got.is_class == row->is_class);
		build_release(&b);
	}
}

/* ---- the words themselves ---- */

static void test_vocabulary(void **state)
{
	static const struct {
		const char *name;
		bool want;
	} words[] = {
		{"process.name", true},
		{"user.id", true},
		{"host.os.type", true},
		{"UserSid", true},
		{"EventID", true},
		{"process.pe.imphash", true},
		{"winlog.event_data.Anything", true},
		{"process.no.such", false},
		{"CommandLine", false},
		{"NewProcessId", false},
		{"", false},
	};
	field_id id;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(words); i++)
		TEST_ROW(words[i].name, vocabulary_has(view_str(words[i].name)) == words[i].want);
	for (id = FIELD_ECS_OS_TYPE; id < FIELD_KNOWN; id++) { /* every word of EQL has an answer */
		struct fields f;

		assert_int_equal(fields_init(&f, NULL), 0);
		assert_true(vocabulary_has(fields_name(&f, id)));
		fields_release(&f);
	}
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
	bool ok;

	arena_init(&a, 1 << 20);
	ok = activity_of(&s->ev, &a, &act) == 0;
	for (field_id id = 0; ok && id < FIELD_KNOWN; id++)
		for (int times = 0; times < 8; times++)
			ok &= event_ask(&s->ev, &act, NULL, id, &s->b->fields, &a, &got) == 0;
	arena_release(&a);
	return ok;
}

static void test_starved(void **state)
{
	static const enum record_name which[] = {S1, S3, A4688_2};
	struct build b;

	(void)state;
	build_init(&b);
	for (size_t i = 0; i < TEST_COUNT(which); i++) {
		struct starving s = {&b, make(&b, which[i], true)};

		assert_true(test_starve(starved, &s) > 1);
	}
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_vocabulary),
		cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
