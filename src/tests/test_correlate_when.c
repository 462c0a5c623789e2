/* SPDX-License-Identifier: Apache-2.0 */
/* docs/detections.md, "When" and "Sequences". Rules: n, t, s, q are sequences; m a minute's join. */
#include "story.h"

static const struct story_row rows[] = {
	{"in order on both clocks", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1 utc=@0", "S3 2 5 guid=#1 pid=16 port=2 utc=@5"},
	 "n:s1=S1 s2=S2 both"},
	{"in order as logged only", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1 utc=@7", "S3 2 5 guid=#1 pid=16 port=2 utc=@5"},
	 "n:s1=S1 s2=S2 logged"},
	{"in order as it occurred only", "n",
	 {"S3 1 8 guid=#1 pid=16 port=1 utc=@0", "S3 2 5 guid=#1 pid=16 port=2 utc=@5"},
	 "n:s1=S1 s2=S2 occurred"},
	{"in order on neither", "n",
	 {"S3 1 8 guid=#1 pid=16 port=1 utc=@6", "S3 2 5 guid=#1 pid=16 port=2 utc=@5"},
	 ""},
	{"without UtcTime, TimeCreated stands on both clocks", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 5 guid=#1 pid=16 port=2 utc=@1"},
	 "n:s1=S1 s2=S2 both"},
	{"an unusable UtcTime is none", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1 utc=soon", "S3 2 5 guid=#1 pid=16 port=2 utc=@5"},
	 "n:s1=S1 s2=S2 both"},
	{"the same last record, others before: the logged one is the finding", "o",
	 {"S3 1 0 guid=#1 pid=16 port=1 utc=@4", "S3 2 2 guid=#1 pid=16 port=1 utc=@1",
	  "S3 3 5 guid=#1 pid=16 port=2 utc=@5"},
	 "o:s1=S2 s2=S3 logged"},
	{"each clock its own last record: two findings", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1 utc=@3", "S3 2 2 guid=#1 pid=16 port=2 utc=@1",
	  "S3 3 4 guid=#1 pid=16 port=2 utc=@4"},
	 "n:s1=S1 s2=S3 occurred / n:s1=S1 s2=S2 logged"},

	{"60 s from the first to the last are within the minute", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 60 guid=#1 pid=16 port=2"}, "n:s1=S1 s2=S2 both"},
	{"more are not", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 60.0000001 guid=#1 pid=16 port=2"}, ""},
	{"the span counts from the first, not the one before", "t",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 40 guid=#1 pid=16 port=2",
	  "S3 3 70 guid=#1 pid=16 port=3"},
	 ""},
	{"within the span on one clock", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1 utc=@0", "S3 2 90 guid=#1 pid=16 port=2 utc=@30"},
	 "n:s1=S1 s2=S2 occurred"},

	{"ties: within one channel the record ids decide", "t",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 0 guid=#1 pid=16 port=2",
	  "S3 3 0 guid=#1 pid=16 port=3"},
	 "t:s1=S1 s2=S2 s3=S3 both"},
	{"ties: the wrong record ids do not hold as logged, but as it occurred", "t",
	 {"S3 3 0 guid=#1 pid=16 port=1", "S3 2 0 guid=#1 pid=16 port=2",
	  "S3 1 0 guid=#1 pid=16 port=3"},
	 "t:s1=S3 s2=S2 s3=S1 occurred"},
	{"ties: the wrong record ids alone", "t",
	 {"S3 3 0 guid=#1 pid=16 port=1 utc=@9", "S3 2 0 guid=#1 pid=16 port=2 utc=@8",
	  "S3 1 0 guid=#1 pid=16 port=3 utc=@7"},
	 ""},
	{"ties: across channels the order that advances", "s",
	 {"A4688 9 0 pid=0x10 img=C:\\a.exe", "S3 1 0 guid=#1 pid=16 img=C:\\a.exe"},
	 "s:s1=A9 s2=S1 both"},
	{"ties: the order that advances, for one that fits two stages", "n",
	 {"S3 2 0 guid=#1 pid=16 port=1 utc=@5", "S3 1 1 guid=#1 pid=16 port=2 utc=@5"},
	 "n:s1=S2 s2=S1 both"},

	{"the newest pending is the one that advances", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 1 guid=#1 pid=16 port=1",
	  "S3 3 2 guid=#1 pid=16 port=2"},
	 "n:s1=S1 s2=S2 both / n:s1=S2 s2=S3 both"},
	{"the newest replaces the one before", "t",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 1 guid=#1 pid=16 port=1",
	  "S3 3 2 guid=#1 pid=16 port=2", "S3 4 3 guid=#1 pid=16 port=3"},
	 "t:s1=S2 s2=S3 s3=S4 both"},
	{"an advance consumes it", "t",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 1 guid=#1 pid=16 port=2",
	  "S3 3 2 guid=#1 pid=16 port=2", "S3 4 3 guid=#1 pid=16 port=3",
	  "S3 5 4 guid=#1 pid=16 port=3"},
	 "t:s1=S1 s2=S2 s3=S4 both"},
	{"one event may advance and begin, never the same pending twice", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 1 guid=#1 pid=16 port=1"}, "n:s1=S1 s2=S2 both"},
	{"each key has its own", "n",
	 {"S3 1 0 guid=#1 pid=16 port=1", "S3 2 1 guid=#2 pid=20 port=1",
	  "S3 3 2 guid=#1 pid=16 port=2",
	  "S3 4 3 guid=#2 pid=20 port=2"},
	 "n:s1=S1 s2=S3 both / n:s1=S2 s2=S4 both"},
	{"without a key, all of one host", "a",
	 {"S3 1 0 port=1", "S3 2 1 host=B port=2", "S3 3 2 port=2"}, "a:s1=S1 s2=S3 both"},
	{"several keys must all be equal; a computer's name without letter case", "b",
	 {"S3 1 0 host=Pc port=1 user=C\\ann", "S3 2 1 host=PC port=2 user=C\\bob",
	  "S3 3 2 host=pc port=2 user=C\\ann"},
	 "b:s1=S1 s2=S3 both"},
	{"one null key of several joins nothing", "b",
	 {"S3 1 0 port=1", "S3 2 1 port=2"}, ""},
	{"a null key joins nothing", "n",
	 {"S3 1 0 port=1", "S3 2 1 port=2"}, ""},
	{"an unknown process joins nothing", "n",
	 {"S3 1 0 guid=#0 pid=16 port=1", "S3 2 1 guid=#0 pid=16 port=2"}, ""},
	{"across the logs of one host", "q",
	 {"A4688 1 0 pid=0x10 img=C:\\W\\msiexec.exe cmd='C:\\W\\msiexec.exe /V'",
	  "S3 2 1 guid=#1 pid=16 img=C:\\W\\msiexec.exe init=true",
	  "A4688 3 2 pid=0x20 ppid=0x10 img=C:\\k.exe pimg=C:\\W\\msiexec.exe sid=S-1-5-21-1-2-3-4"},
	 "q:s1=A1 s2=S2 s3=A3 both?"},
	{"an accepted connection is no attempt", "q",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe cmd='msiexec /V'",
	  "S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe init=false",
	  "S1 3 2 guid=#2 pguid=#1 pid=20 img=C:\\k.exe pimg=C:\\msiexec.exe user=CORP\\ann"},
	 ""},
	{"one whole argument", "q",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe cmd='msiexec /VX'",
	  "S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe init=true",
	  "S1 3 2 guid=#2 pguid=#1 pid=20 img=C:\\k.exe pimg=C:\\msiexec.exe user=CORP\\ann"},
	 ""},
	{"a child that runs as SYSTEM is none", "q",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe cmd='msiexec /V'",
	  "S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe init=true",
	  "S1 3 2 guid=#2 pguid=#1 pid=20 img=C:\\k.exe pimg=C:\\msiexec.exe logon=0x3e7"},
	 ""},

	{"life: in either order, direction not asked, no limit of time", "h",
	 {"S3 1 0 guid=#1 pid=16 img=C:\\msiexec.exe port=443 init=false",
	  "S1 2 100000 guid=#1 pid=16 img=C:\\msiexec.exe"},
	 "h:s1=S2 s2=S1 both"},
	{"life: one finding per process, with all its connections", "h",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe", "S3 2 1 guid=#1 pid=16 port=443",
	  "S3 3 2 guid=#1 pid=16 port=80", "S3 4 3 guid=#1 pid=16 port=8080",
	  "S3 5 90000 guid=#1 pid=16 port=80"},
	 "h:s1=S1 s2=S2 s2=S3 s2=S5 both"},
	{"life: two processes are two findings", "h",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe", "S3 2 1 guid=#1 pid=16 port=443",
	  "S1 3 2 guid=#2 pid=16 orig=MsiExec.exe img=C:\\x.exe", "S3 4 3 guid=#2 pid=16 port=80"},
	 "h:s1=S1 s2=S2 both / h:s1=S3 s2=S4 both"},
	{"life: a connection without a start record is no finding", "h",
	 {"S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe port=443"}, ""},
	{"life: nor with the start of another host", "h",
	 {"S1 1 0 host=B guid=#1 pid=16 img=C:\\msiexec.exe",
	  "S3 2 1 guid=#1 pid=16 port=443"}, ""},
	{"life: not across reuse of the PID", "h",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe", "S5 3 1 guid=#1 pid=16 img=C:\\msiexec.exe",
	  "S1 4 2 guid=#2 pid=16 img=C:\\b.exe", "S3 2 3 guid=#2 pid=16 img=C:\\b.exe port=443"},
	 ""},
	{"life: both logs of the start, one finding", "h",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe", "A4688 3 0 pid=0x10 img=C:\\msiexec.exe",
	  "S3 2 1 guid=#1 pid=16 port=443"},
	 "h:s1=S1 c1=A3 s2=S2 both"},
	{"life: started as Security alone tells", "h",
	 {"A4688 3 0 pid=0x10 img=C:\\msiexec.exe", "S3 2 1 guid=#1 pid=16 img=C:\\msiexec.exe port=80"},
	 "h:s1=A3 s2=S2 both"},

	{"minute: in any order", "m",
	 {"S3 1 0 guid=#1 pid=16 port=2", "S3 2 60 guid=#1 pid=16 port=1"}, "m:s1=S2 s2=S1 both"},
	{"minute: not beyond", "m",
	 {"S3 1 0 guid=#1 pid=16 port=2", "S3 2 60.1 guid=#1 pid=16 port=1"}, ""},
	{"minute: the window slides", "m",
	 {"S3 1 0 guid=#1 pid=16 port=2", "S3 2 50 guid=#1 pid=16 port=2",
	  "S3 3 70 guid=#1 pid=16 port=1"},
	 "m:s1=S3 s2=S2 both"},
	{"minute: on either clock", "m",
	 {"S3 1 0 guid=#1 pid=16 port=2 utc=@0", "S3 2 90 guid=#1 pid=16 port=1 utc=@1"},
	 "m:s1=S2 s2=S1 occurred"},
	{"minute: what a finding used is used up", "m",
	 {"S3 1 0 guid=#1 pid=16 port=2", "S3 2 1 guid=#1 pid=16 port=1",
	  "S3 3 2 guid=#1 pid=16 port=1",
	  "S3 4 3 guid=#1 pid=16 port=2"},
	 "m:s1=S2 s2=S1 both / m:s1=S3 s2=S4 both"},
	{"findings are in order of their first time", "wu",
	 {"S1 1 5 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'",
	  "S1 2 1 guid=#2 pid=20 img=C:\\a.exe cmd='x msiexec ://'",
	  "S1 3 3 guid=#3 pid=24 img=C:\\a.exe user=C\\a"},
	 "w:s1=S2 both / u:s1=S3 both / w:s1=S1 both"},
};

static void every_sentence_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		story_row(&rows[i]);
}

/* ---- what is told of times ---- */

static void times_and_spans_are_told(void **state)
{
	struct story s;
	struct correlate *c;
	struct finding *f;
	size_t n;

	(void)state;
	story_begin(&s, "times", "o");
	story_tell(&s, "S3 1 0 guid=#1 pid=16 port=1 utc=@4");
	story_tell(&s, "S3 2 2 guid=#1 pid=16 port=1 utc=@1");
	story_tell(&s, "S3 3 5.5 guid=#1 pid=16 port=2 utc=@5");
	c = story_run(&s);
	f = correlate_findings(c, &n);
	assert_int_equal(n, 1);
	assert_int_equal(f->first_time, STORY_START + 20000000);
	assert_int_equal(f->last_time, STORY_START + 55000000);
	assert_int_equal(f->span_logged, 35000000);
	assert_int_equal(f->span_occurred, 40000000);
	test_view_is("other clock", f->other_clock,
		     view_str("by UtcTime, before the same last record: stage 1 "
			      "Microsoft-Windows-Sysmon/Operational record 1 "
			      "(2020-11-16T11:33:20.0000000Z)"));
	correlate_free(c);
	story_end(&s);
}

/* ---- names that last ---- */

static void id_of(const char *record, char id[40])
{
	struct story s;
	struct correlate *c;
	struct finding *f;
	size_t n;

	story_begin(&s, record, "w");
	story_tell(&s, record);
	c = story_run(&s);
	f = correlate_findings(c, &n);
	TEST_ROW(record, n == 1);
	snprintf(id, 40, "%s", f->id);
	correlate_free(c);
	story_end(&s);
}

static void ids_rest_on_what_the_records_say(void **state)
{
	static const char base[] = "S1 1 0 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'";
	static const struct {
		const char *name, *record;
		bool same;
	} others[] = {
		{"the same", base, true},
		{"in another place", "S1 1 0 src=3 off=99 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'",
		 true},
		{"recovered", "S1 1 0 recovered guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'", true},
		{"host in other letters", "S1 1 0 host=host guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'",
		 true},
		{"another host", "S1 1 0 host=B guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'", false},
		{"another record id", "S1 2 0 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'", false},
		{"another time", "S1 1 1 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'", false},
		{"other values", "S1 1 0 guid=#1 pid=16 img=C:\\a.exe cmd='y msiexec ://'", false},
	};
	char want[40], got[40];

	(void)state;
	id_of(base, want);
	assert_int_equal(strlen(want), 34);
	assert_memory_equal(want, "F-", 2);
	for (size_t i = 0; i < TEST_COUNT(others); i++) {
		id_of(others[i].record, got);
		TEST_ROW(others[i].name, !strcmp(want, got) == others[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_holds),
		cmocka_unit_test(times_and_spans_are_told),
		cmocka_unit_test(ids_rest_on_what_the_records_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
