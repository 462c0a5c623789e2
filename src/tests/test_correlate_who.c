/* SPDX-License-Identifier: Apache-2.0 */
/* docs/detections.md, "Who" and "What could not be checked". */
#include "story.h"

static const struct story_row rows[] = {
	{"4688: the target user's SID", "u",
	 {"A4688 1 0 pid=0x10 img=C:\\a.exe sid=S-1-5-21-1-2-3-4 csid=S-1-5-18"}, "u:s1=A1 both"},
	{"4688: else the creator's", "u",
	 {"A4688 1 0 pid=0x10 img=C:\\a.exe sid=S-1-0-0 csid=S-1-5-21-1-2-3-4"}, "u:s1=A1 both"},
	{"4688: the creator decides when the target is null", "u",
	 {"A4688 1 0 pid=0x10 img=C:\\a.exe sid=S-1-0-0 csid=S-1-5-18"}, ""},
	{"the process's own logon id is the system's", "v",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe logon=0x3e7 user=AUTORITE_NT\\Systeme"}, "v:s1=S1 both"},
	{"the newest 4624 with that logon id", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99", "A4624 2 1 logon=0x99 sid=S-1-5-18",
	  "A4624 3 2 logon=0x99 sid=S-1-5-21-1-2-3-4", "A4624 4 3 logon=0x98 sid=S-1-5-18"},
	 "u:s1=S1 p1=A3 both"},
	{"a newer one that is another account decides", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 1 logon=0x99 sid=S-1-5-21-1-2-3-4", "A4624 3 2 logon=0x99 sid=S-1-5-18"},
	 ""},
	{"at the time of the event still counts", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 10 logon=0x99 sid=S-1-5-21-1-2-3-4"},
	 "u:s1=S1 p1=A2 both"},
	{"a later one does not", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 10.1 logon=0x99 sid=S-1-5-21-1-2-3-4"},
	 ""},
	{"one before the last boot does not", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 1 logon=0x99 sid=S-1-5-21-1-2-3-4", "K12 3 5"},
	 ""},
	{"a boot after the event changes nothing", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 1 logon=0x99 sid=S-1-5-21-1-2-3-4", "K12 3 15"},
	 "u:s1=S1 p1=A2 both"},
	{"one of another host does not", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 1 host=B logon=0x99 sid=S-1-5-21-1-2-3-4"},
	 ""},
	{"copies of the 4624 stand behind it", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 1 src=4 logon=0x99 sid=S-1-5-21-1-2-3-4",
	  "A4624 2 1 src=2 logon=0x99 sid=S-1-5-21-1-2-3-4"},
	 "u:s1=S1 p1=A2@2 c1=A2@4 both"},
	{"the best copy first", "u",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99",
	  "A4624 2 1 src=2 rank=4 logon=0x99 sid=S-1-5-21-1-2-3-4",
	  "A4624 2 1 src=4 rank=1 logon=0x99 sid=S-1-5-21-1-2-3-4"},
	 "u:s1=S1 p1=A2@4 c1=A2@2 both"},
	{"a 4624 that no condition rested on is not told", "w",
	 {"S1 1 10 guid=#1 pid=16 img=C:\\a.exe logon=0x99 cmd='x msiexec ://'",
	  "A4624 2 1 logon=0x99 sid=S-1-5-21-1-2-3-4"},
	 "w:s1=S1 both"},
	{"a connection has its process's logon", "v",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe logon=0x99", "A4624 2 -1 logon=0x99 sid=S-1-5-18",
	  "S3 3 5 guid=#1 pid=16 img=C:\\a.exe"},
	 "v:s1=A2 both / v:s1=S1 p1=A2 both / v:s1=S3 p1=A2 both"},
	{"class: an account of a domain or computer", "u",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user=CORP\\ann"}, "u:s1=S1 both"},
	{"class: AzureAD is not S-1-5-21-", "uv",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user=AzureAD\\ann"}, "v:s1=S1 both"},
	{"class: a service account", "uv",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user='NT SERVICE\\x'"}, "v:s1=S1 both"},
	{"class: IIS, window manager, font driver host are excluded", "u",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user='IIS APPPOOL\\x'",
	  "S1 2 1 guid=#2 pid=20 img=C:\\a.exe user='Window Manager\\DWM-1'",
	  "S1 3 2 guid=#3 pid=24 img=C:\\a.exe user='Font Driver Host\\UMFD-0'"},
	 ""},
	{"a well-known name is its full SID", "uv",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user='nt authority\\system'"}, "v:s1=S1 both"},
	{"an authority of the system in another language is no domain", "u",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user='AUTORITE NT\\Systeme'"}, ""},
	{"a name without a domain tells nothing", "u",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user=ann"}, ""},
	{"a null SID in the 4624 falls to the class", "u",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe user=CORP\\ann logon=0x99",
	  "A4624 2 -1 logon=0x99 sid=S-1-0-0"},
	 "u:s1=S1 both"},

	{"a signature by the Sysmon 7 of the process itself", "x",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=c:\\A.exe signer=Good signed=true status=Valid"},
	 "x:s1=S1 p1=S2 both"},
	{"not by another image that it loads", "x",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\b.dll signer=Good signed=true status=Valid"},
	 ""},
	{"not by another process's", "x",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#2 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer=Good signed=true status=Valid"},
	 ""},
	{"a signature that does not hold is not trusted", "x",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer=Good signed=true status=Expired"},
	 ""},
	{"a 4688 whose start Sysmon saw too has that signature", "x",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe", "A4688 3 0.2 pid=0x10 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer=Good signed=true status=Valid"},
	 "x:s1=S1 c1=A3 p1=S2 both"},
	{"a 4688 whose GUID other records name has it too", "x",
	 {"A4688 3 0 pid=0x10 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer=Good signed=true status=Valid"},
	 "x:s1=A3 p1=S2 both"},
	{"without a Sysmon 7, not (signed by X) passes, unverified", "y",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe"}, "y:s1=S1 both?"},
	{"with one, it is fully checked", "y",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer=Other signed=true status=Valid"},
	 "y:s1=S1 p1=S2 both"},
	{"with one of X, it does not pass", "y",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer=Good signed=true status=Valid"},
	 ""},
	{"a file without a signature is checked", "y",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S7 2 0.1 guid=#1 pid=16 img=C:\\a.exe loaded=C:\\a.exe signer= signed=false status=Unavailable"},
	 "y:s1=S1 p1=S2 both"},
};

static void every_sentence_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		story_row(&rows[i]);
}

/* ---- how it is said that the SID is known ---- */

static const struct {
	const char *name, *record, *sid, *from;
	bool is_class;
} said[] = {
	{"record", "A4688 1 0 pid=0x10 img=C:\\a.exe sid=S-1-5-21-1 csid=S-1-5-18", "S-1-5-21-1",
	 "record", false},
	{"creator", "A4688 1 0 pid=0x10 img=C:\\a.exe sid=S-1-0-0 csid=S-1-5-21-9", "S-1-5-21-9",
	 "creator", false},
	{"logon-id", "S1 1 0 guid=#1 pid=16 img=C:\\a.exe logon=0x3e5", "S-1-5-19", "logon-id", false},
	{"4624", "S1 1 0 guid=#1 pid=16 img=C:\\a.exe logon=0x99 user=CORP\\ann", "S-1-5-21-7", "4624",
	 false},
	{"class", "S1 1 0 guid=#1 pid=16 img=C:\\a.exe user=CORP\\ann", "S-1-5-21-", "class", true},
	{"class, whole", "S1 1 0 guid=#1 pid=16 img=C:\\a.exe user='NT AUTHORITY\\NETWORK SERVICE'",
	 "S-1-5-20", "class", false},
	{"nothing", "S1 1 0 guid=#1 pid=16 img=C:\\a.exe user=ann", "", "", false},
};

static void the_source_of_a_sid_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(said); i++) {
		char line[256];
		struct story s;
		struct correlate *c;
		struct finding *f;
		size_t n;

		story_begin(&s, said[i].name, "w");
		snprintf(line, sizeof(line), "%s cmd='x msiexec ://'", said[i].record);
		story_tell(&s, line);
		story_tell(&s, "A4624 2 -1 logon=0x99 sid=S-1-5-21-7");
		c = story_run(&s);
		f = correlate_findings(c, &n);
		TEST_ROW(said[i].name, n == 1);
		test_view_is(said[i].name, f->evidence[0].user_sid, view_str(said[i].sid));
		TEST_ROW(said[i].name, !strcmp(f->evidence[0].user_sid_from, said[i].from));
		TEST_ROW(said[i].name, f->evidence[0].user_sid_is_class == said[i].is_class);
		correlate_free(c);
		story_end(&s);
	}
}

/* ---- what could not be checked is listed ---- */

static const struct {
	const char *name, *rule;
	const char *records[4];
	const char *unchecked;
} lists[] = {
	{"a single rule", "y", {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe"},
	 "process.code_signature.subject_name == \"Good\": no Sysmon 7 of this image"},
	{"a sequence names the stage", "q",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe cmd='msiexec /V'",
	  "S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe init=true",
	  "S1 3 2 guid=#2 pguid=#1 pid=20 ppid=16 img=C:\\k.exe pimg=C:\\msiexec.exe user=CORP\\ann"},
	 "stage 3: process.code_signature.subject_name == \"Citrix\": no Sysmon 7 of this image|"
	 "stage 3: process.code_signature.trusted == true: no Sysmon 7 of this image"},
	{"nothing", "w", {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'"}, ""},
	{"OriginalFileName on a 4688 decides nothing when the name holds", "h",
	 {"A4688 1 0 pid=0x10 img=C:\\msiexec.exe", "S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe port=80"},
	 ""},
};

static void what_was_not_checked_is_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(lists); i++) {
		struct story s;
		struct correlate *c;
		struct finding *f;
		struct buf b;
		size_t n;

		buf_init(&b, 0);
		story_begin(&s, lists[i].name, lists[i].rule);
		for (size_t k = 0; k < 4 && lists[i].records[k]; k++)
			story_tell(&s, lists[i].records[k]);
		c = story_run(&s);
		f = correlate_findings(c, &n);
		TEST_ROW(lists[i].name, n == 1);
		for (size_t k = 0; k < f->n_unchecked; k++) {
			buf_str(&b, k ? "|" : "");
			buf_view(&b, f->unchecked[k]);
		}
		test_view_is(lists[i].name, buf_data(&b), view_str(lists[i].unchecked));
		TEST_ROW(lists[i].name, f->unverified == (f->n_unchecked != 0));
		buf_release(&b);
		correlate_free(c);
		story_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_holds),
		cmocka_unit_test(the_source_of_a_sid_is_told),
		cmocka_unit_test(what_was_not_checked_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
