/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios to logs: what is refused and where, what both decoders read back, the same bytes again. */
#include "testing.h"
#include "testing_files.h"

#include "evtxhound/evtx.h"
#include "evtxhound/forge.h"
#include "evtxhound/oracle.h"

#define HEAD "start: 2026-03-02T08:00:00Z\nhosts:\n  A: {name: a.corp.example, domain: CORP}\n"
#define USERS "users:\n  bob: {domain: CORP, sid: S-1-5-21-1-2-3-1104, logon: 0x4a2b1}\n"

static int forge(const struct test_folder *f, const char *text, struct buf *made, struct err *e)
{
	int dirfd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	assert_true(dirfd >= 0);
	rc = forge_scenario(view_str(text), "s.yml", dirfd, made, e);
	close(dirfd);
	return rc;
}

/* ---- what is refused ---- */

static const struct {
	const char *name, *text, *message; /* the start of it, and a part of the rest behind '|' */
} bad_rows[] = {
	{"nothing", "", "s.yml: |one YAML document"},
	{"two documents", HEAD "---\na: 1\n", "s.yml: |has 2"},
	{"no YAML", "start: [1\nx: 2\n", "s.yml:3:1: |closing bracket"},
	{"a list", "- 1\n", "s.yml:1:1: |must be a mapping"},
	{"unknown part", HEAD "hoasts: 1\n", "s.yml:4:1: |no \"hoasts\""},
	{"part twice", HEAD "hosts: 1\n", "s.yml:4:1: |second time"},
	{"no start", "hosts: {A: }\n", "s.yml:1:1: |needs \"start\""},
	{"no time", "start: now\nhosts: {A: }\n", "s.yml:1:8: |\"start\" must be"},
	{"start too early", "start: 1602-01-01\nhosts: {A: }\n", "s.yml:1:8: |\"start\" must be"},
	{"no hosts", "start: 2026-03-02\n", "s.yml:1:1: |at least one host"},
	{"hosts no mapping", "start: 2026-03-02\nhosts: [A]\n", "s.yml:2:8: |at least one"},
	{"host name a path", "start: 2026-03-02\nhosts: {../x: }\n", "s.yml:2:9: |host is named"},
	{"host name hidden", "start: 2026-03-02\nhosts: {.x: }\n", "s.yml:2:9: |host is named"},
	{"host word", "start: 2026-03-02\nhosts: {A: {nam: x}}\n", "s.yml:2:13: |no \"nam\""},
	{"host log", "start: 2026-03-02\nhosts: {A: {log: all}}\n", "s.yml:2:18: |one of"},
	{"Sysmon too old", "start: 2026-03-02\nhosts: {A: {sysmon: 5}}\n", "s.yml:2:21: |before 8"},
	{"user without SID", HEAD "users: {u: {logon: 1}}\n", "s.yml:4:12: |needs \"sid\""},
	{"bad SID", HEAD "users: {u: {sid: S-1-x, logon: 1}}\n", "s.yml:4:18: |must be a SID"},
	{"SID too long", HEAD "users: {u: {sid: S-1-5-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1, logon: 1}}\n",
	 "s.yml:4:18: |must be a SID"},
	{"user known", HEAD "users: {system: {sid: S-1-5-18, logon: 1}}\n", "s.yml:4:9: |known"},
	{"processes no list", HEAD "processes: {a: b}\n", "s.yml:4:12: |must be a list"},
	{"process without image", HEAD "processes:\n  - {name: p, at: 1}\n",
	 "s.yml:5:5: |needs \"image\""},
	{"process name taken", HEAD "processes:\n  - {name: p, image: x, at: 1}\n"
				    "  - {name: p, image: x, at: 1}\n",
	 "s.yml:6:12: |taken (line 5)"},
	{"bad time", HEAD "processes:\n  - {name: p, image: x, at: soon}\n",
	 "s.yml:5:29: |must be a time"},
	{"bad lag", HEAD "processes:\n  - {name: p, image: x, at: 1, lag: 5 apples}\n",
	 "s.yml:5:37: |must be a duration"},
	{"lag of nothing", HEAD "processes:\n  - {name: p, image: x, at: 1, lag: '-'}\n",
	 "s.yml:5:37: |must be a duration"},
	{"unknown parent", HEAD "processes:\n  - {name: p, image: x, at: 1, parent: q}\n",
	 "s.yml:5:40: |no such process"},
	{"unknown user", HEAD "processes:\n  - {name: p, image: x, at: 1, user: q}\n",
	 "s.yml:5:38: |no such user"},
	{"unknown host", HEAD "processes:\n  - {name: p, image: x, at: 1, host: q}\n",
	 "s.yml:5:38: |no such host"},
	{"bad GUID", HEAD "processes:\n  - {name: p, image: x, at: 1, guid: q}\n",
	 "s.yml:5:38: |must be a GUID"},
	{"bad integrity", HEAD "processes:\n  - {name: p, image: x, at: 1, integrity: q}\n",
	 "s.yml:5:43: |one of Untrusted"},
	{"version 3", HEAD "processes:\n  - {name: p, image: x, at: 1, version: 3}\n",
	 "s.yml:5:41: |from 0 to 2"},
	{"PID too large", HEAD "processes:\n  - {name: p, image: x, at: 1, pid: 4294967296}\n",
	 "s.yml:5:37: |from 0 to"},
	{"unknown field set", HEAD "processes:\n  - {name: p, image: x, at: 1, set: {Imag: x}}\n",
	 "s.yml:5:38: |no such field"},
	{"set of the wrong type", HEAD "processes:\n  - {name: p, image: x, at: 1, set: {ProcessId: x}}\n",
	 "s.yml:5:49: |must be a number"},
	{"text of the wrong shape", HEAD "processes:\n  - {name: p, image: [[x]], at: 1}\n",
	 "s.yml:5:23: |a text is"},
	{"bad units", HEAD "processes:\n  - {name: p, image: {units: D80Z}, at: 1}\n",
	 "s.yml:5:30: |hexadecimal"},
	{"too many digits", HEAD "processes:\n  - {name: p, image: {units: D8000}, at: 1}\n",
	 "s.yml:5:30: |hexadecimal"},
	{"connection of nobody", HEAD "connections:\n  - {process: p, at: 1, to: '192.0.2.1:80'}\n",
	 "s.yml:5:15: |no such process"},
	{"address without port", HEAD "processes:\n  - {name: p, image: x, at: 1}\nconnections:\n"
				      "  - {process: p, at: 1, to: 192.0.2.1}\n",
	 "s.yml:7:29: |an address and a port"},
	{"port too large", HEAD "processes:\n  - {name: p, image: x, at: 1}\nconnections:\n"
				"  - {process: p, at: 1, to: '192.0.2.1:65536'}\n",
	 "s.yml:7:29: |an address and a port"},
	{"boot by whom", HEAD "boots:\n  - {at: 1, by: me}\n", "s.yml:5:17: |one of kernel"},
	{"raw type", HEAD "raw:\n  - {at: 1, id: 2, data: [{type: text, value: x}]}\n",
	 "s.yml:5:34: |no such type"},
	{"raw number too large", HEAD "raw:\n  - {at: 1, id: 2, data: [{type: uint8, value: 256}]}\n",
	 "s.yml:5:48: |does not fit"},
	{"raw array no list", HEAD "raw:\n  - {at: 1, id: 2, data: [{type: 'uint8[]', value: 2}]}\n",
	 "s.yml:5:52: |written as a list"},
	{"raw binary odd", HEAD "raw:\n  - {at: 1, id: 2, data: [{type: binary, value: '123'}]}\n",
	 "s.yml:5:49: |even number"},
	{"raw id too large", HEAD "raw:\n  - {at: 1, id: 65536}\n", "s.yml:5:17: |from 0 to 65535"},
	{"noise backwards", HEAD "noise:\n  - {from: 2, to: 1}\n", "s.yml:5:5: |before \"from\""},
	{"log without channel", HEAD "logs:\n  - {dirty: true}\n", "s.yml:5:5: |needs \"channel\""},
	{"log twice", HEAD "logs:\n  - {channel: sysmon}\n  - {channel: sysmon}\n",
	 "s.yml:6:5: |second time (first in line 5)"},
	{"log file a path", HEAD "logs:\n  - {channel: sysmon, file: ../x}\n", "s.yml:5:29: |plain name"},
	{"log folder up", HEAD "logs:\n  - {channel: sysmon, folder: ..}\n", "s.yml:5:31: |plain name"},
	{"log path up", HEAD "logs:\n  - {channel: sysmon, path: a/../b}\n", "s.yml:5:29: |a name"},
	{"log path whole", HEAD "logs:\n  - {channel: sysmon, path: /a}\n", "s.yml:5:29: |a name"},
	{"log path open", HEAD "logs:\n  - {channel: sysmon, path: a/}\n", "s.yml:5:29: |a name"},
	{"log path of Windows", HEAD "logs:\n  - {channel: sysmon, path: 'a\\b'}\n",
	 "s.yml:5:29: |a name"},
	{"log path empty", HEAD "logs:\n  - {channel: sysmon, path: ''}\n", "s.yml:5:29: |a name"},
	{"log stream", HEAD "logs:\n  - {channel: sysmon, stream: 'a:b'}\n", "s.yml:5:31: |a name"},
	{"log left", HEAD "logs:\n  - {channel: sysmon, left: dead}\n",
	 "s.yml:5:29: |\"live\" to \"records\""},
	{"log stored", HEAD "logs:\n  - {channel: sysmon, stored: [plain]}\n",
	 "s.yml:5:31: |\"plain\" to \"sparse\""},
	{"log lost", HEAD "logs:\n  - {channel: sysmon, left: records, lost: 65536}\n",
	 "s.yml:5:44: |from 0 to 65535"},
	{"stream deleted", HEAD "logs:\n  - {channel: sysmon, stream: a, left: deleted}\n",
	 "s.yml:5:31: |not deleted alone"},
	{"log from", HEAD "logs:\n  - {channel: sysmon, from: soon}\n", "s.yml:5:29: |must be a time"},
	{"log true or false", HEAD "logs:\n  - {channel: sysmon, dirty: 1}\n", "s.yml:5:30: |true or"},
	{"frames no list", HEAD "logs:\n  - {channel: sysmon, frames: 3}\n", "s.yml:5:31: |be a list"},
	{"frame of no record", HEAD "logs:\n  - {channel: sysmon, frames: [{record: 3}]}\n",
	 "s.yml:5:32: |has no record 3"},
	{"hidden in nothing", HEAD "raw:\n  - {at: 1, id: 2}\nlogs:\n"
				   "  - {channel: Application, hide: 1}\n",
	 "s.yml:7:34: |none stands before it"},
	{"sign", HEAD "signs:\n  - {count: 1}\n", "s.yml:5:5: |needs \"sign\""},
	{"expectation", HEAD "expect:\n  - {roule: x}\n", "s.yml:5:6: |no \"roule\""},
};

static void refuses(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad_rows); i++) {
		struct test_folder f;
		struct err e = {0};
		struct buf made;
		size_t at = strcspn(bad_rows[i].message, "|");

		test_folder_make(&f);
		buf_init(&made, 0);
		TEST_ROW(bad_rows[i].name, forge(&f, bad_rows[i].text, &made, &e) < 0);
		TEST_ROW(bad_rows[i].name, e.code != ERR_NOMEM && e.code != ERR_IO);
		if (strncmp(e.msg, bad_rows[i].message, at) ||
		    !strstr(e.msg, bad_rows[i].message + at + 1)) {
			print_message("row \"%s\": %s\n", bad_rows[i].name, e.msg);
			wrong++;
		}
		buf_release(&made);
		test_folder_remove(&f);
	}
	assert_int_equal(wrong, 0);
}

static void refuses_to_overwrite(void **state)
{
	static const char text[] = HEAD "processes:\n  - {name: p, image: x, at: 1}\n";
	struct test_folder f;
	struct err e = {0};
	struct buf made;

	(void)state;
	test_folder_make(&f);
	buf_init(&made, 0);
	assert_int_equal(forge(&f, text, &made, &e), 0);
	assert_int_equal(forge(&f, text, &made, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	buf_release(&made);
	test_folder_remove(&f);
}

/* ---- what both decoders read back ---- */

#define SYSMON_FILE "A/Microsoft-Windows-Sysmon%4Operational.evtx"
#define SECURITY_FILE "A/Security.evtx"

static const char everything[] =
	HEAD "  B: {log: security, security: 1, command_lines: false}\n"
	     "  C: {sysmon: 8}\n" USERS
	     "processes:\n"
	     "  - {name: cmd, image: 'C:\\cmd.exe', command: 'cmd /c x', user: bob, pid: 4100,\n"
	     "     at: 90, lag: 2ms, end: 2m, integrity: High, log: both}\n"
	     "  - {name: odd, parent: cmd, image: 'C:\\\xc3\xa9.exe', user: bob, at: 91,\n"
	     "     command: [a, {units: 'D800 0041 D83D DE00'}]}\n"
	     "  - {name: orphan, image: x.exe, at: 92, guid: none, parent: {image: 'C:\\y.exe', pid: 77}}\n"
	     "  - {name: b, host: B, image: b.exe, at: 93, user: bob, command: hidden}\n"
	     "  - {name: b0, host: B, image: b0.exe, at: 94, version: 0}\n"
	     "  - {name: c, host: C, image: c.exe, at: 95, user: bob,\n"
	     "     set: {RuleName: rule, UtcTime: '-'}}\n"
	     "connections:\n"
	     "  - {process: cmd, at: 100, lag: -1s, to: '192.0.2.1:80', to_host: x.example}\n"
	     "  - {process: c, at: 100, to: '[2001:db8::1]:8080', from: '[::1]:5000', initiated: false}\n"
	     "images:\n"
	     "  - {process: cmd, at: 101}\n"
	     "logons:\n"
	     "  - {user: bob, at: -1h}\n"
	     "boots:\n"
	     "  - {at: -2h, by: security}\n"
	     "  - {at: -2h}\n"
	     "  - {at: -2h, by: eventlog, rank: 1}\n"
	     "cleared:\n"
	     "  - {at: -3h, user: bob}\n";

static const struct read_row {
	const char *file;
	uint64_t id;
	uint16_t event_id;
	uint8_t version;
	const char *field, *text; /* field NULL: TimeCreated */
} read_rows[] = {
	{SYSMON_FILE, 1, 1, 5, NULL, "2026-03-02T08:01:30.0020000Z"},
	{SYSMON_FILE, 1, 1, 5, "UtcTime", "2026-03-02 08:01:30.000"},
	{SYSMON_FILE, 1, 1, 5, "CommandLine", "cmd /c x"},
	{SYSMON_FILE, 1, 1, 5, "ProcessId", "4100"},
	{SYSMON_FILE, 1, 1, 5, "User", "CORP\\bob"},
	{SYSMON_FILE, 1, 1, 5, "LogonId", "0x4a2b1"},
	{SYSMON_FILE, 1, 1, 5, "IntegrityLevel", "High"},
	{SYSMON_FILE, 1, 1, 5, "OriginalFileName", "cmd.exe"},
	{SYSMON_FILE, 1, 1, 5, "ParentImage", "C:\\Windows\\System32\\services.exe"},
	{SYSMON_FILE, 1, 1, 5, "ParentUser", "NT AUTHORITY\\SYSTEM"},
	{SYSMON_FILE, 2, 1, 5, "Image", "C:\\\xc3\xa9.exe"},
	{SYSMON_FILE, 2, 1, 5, "ParentProcessId", "4100"},
	{SYSMON_FILE, 3, 1, 5, "ProcessGuid", "{00000000-0000-0000-0000-000000000000}"},
	{SYSMON_FILE, 3, 1, 5, "ParentImage", "C:\\y.exe"},
	{SYSMON_FILE, 3, 1, 5, "ParentProcessId", "77"},
	{SYSMON_FILE, 4, 3, 5, NULL, "2026-03-02T08:01:39.0000000Z"},
	{SYSMON_FILE, 4, 3, 5, "UtcTime", "2026-03-02 08:01:40.000"},
	{SYSMON_FILE, 4, 3, 5, "Initiated", "true"},
	{SYSMON_FILE, 4, 3, 5, "DestinationIp", "192.0.2.1"},
	{SYSMON_FILE, 4, 3, 5, "DestinationPort", "80"},
	{SYSMON_FILE, 4, 3, 5, "DestinationPortName", "http"},
	{SYSMON_FILE, 4, 3, 5, "DestinationHostname", "x.example"},
	{SYSMON_FILE, 5, 7, 3, "ImageLoaded", "C:\\cmd.exe"},
	{SYSMON_FILE, 5, 7, 3, "Signature", "Microsoft Windows"},
	{SYSMON_FILE, 5, 7, 3, "SignatureStatus", "Valid"},
	{SYSMON_FILE, 6, 5, 3, "User", "CORP\\bob"},
	{SECURITY_FILE, 1, 1102, 0, "SubjectUserName", "bob"},
	{SECURITY_FILE, 2, 4608, 0, NULL, "2026-03-02T06:00:00.0000000Z"},
	{SECURITY_FILE, 3, 4624, 2, "TargetUserSid", "S-1-5-21-1-2-3-1104"},
	{SECURITY_FILE, 3, 4624, 2, "TargetLogonId", "0x4a2b1"},
	{SECURITY_FILE, 3, 4624, 2, "ElevatedToken", "%%1843"},
	{SECURITY_FILE, 4, 4688, 2, NULL, "2026-03-02T08:01:30.0000000Z"},
	{SECURITY_FILE, 4, 4688, 2, "NewProcessId", "0x1004"},
	{SECURITY_FILE, 4, 4688, 2, "SubjectUserSid", "S-1-5-18"},
	{SECURITY_FILE, 4, 4688, 2, "SubjectUserName", "a$"},
	{SECURITY_FILE, 4, 4688, 2, "TargetUserName", "bob"},
	{SECURITY_FILE, 4, 4688, 2, "CommandLine", "cmd /c x"},
	{SECURITY_FILE, 4, 4688, 2, "MandatoryLabel", "S-1-16-12288"},
	{SECURITY_FILE, 4, 4688, 2, "ParentProcessName", "C:\\Windows\\System32\\services.exe"},
	{SECURITY_FILE, 5, 4689, 0, "ProcessId", "0x1004"},
	{"B/Security.evtx", 1, 4688, 1, "CommandLine", ""},
	{"B/Security.evtx", 2, 4688, 0, "NewProcessName", "b0.exe"},
	{"C/Microsoft-Windows-Sysmon%4Operational.evtx", 1, 1, 5, "RuleName", "rule"},
	{"C/Microsoft-Windows-Sysmon%4Operational.evtx", 1, 1, 5, "UtcTime", "-"},
	{"C/Microsoft-Windows-Sysmon%4Operational.evtx", 2, 3, 5, "DestinationIsIpv6", "true"},
	{"C/Microsoft-Windows-Sysmon%4Operational.evtx", 2, 3, 5, "DestinationIp", "2001:db8::1"},
	{"C/Microsoft-Windows-Sysmon%4Operational.evtx", 2, 3, 5, "SourcePort", "5000"},
	{"C/Microsoft-Windows-Sysmon%4Operational.evtx", 2, 3, 5, "Initiated", "false"},
	{"A/System.evtx", 1, 12, 0, "BuildVersion", "19045"},
	{"A/System.evtx", 2, 6005, 0, NULL, "2026-03-02T06:00:00.0000000Z"},
};

static struct view load(const struct test_folder *f, const char *name, struct arena *a)
{
	char path[PATH_MAX];
	struct stat st;
	int fd = open(test_path(f, name, path), O_RDONLY | O_CLOEXEC);
	struct view v;
	uint8_t *p;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	v.n = (size_t)st.st_size;
	p = arena_alloc(a, v.n);
	assert_non_null(p);
	assert_int_equal(read(fd, p, v.n), v.n);
	close(fd);
	v.p = p;
	return v;
}

static void count_loss(void *ctx, const struct damage *d)
{
	if (d->severity == DAMAGE_LOSS) {
		++*(size_t *)ctx;
		print_message("%s: %s\n", d->kind, d->what);
	}
}

/* libevtx pads hexadecimal numbers and writes GUIDs in capitals. */
static bool same_text(struct view got, const char *want)
{
	if (!strncmp(want, "0x", 2) && got.n > 2) {
		got = view_sub(got, 2, got.n);
		want += 2;
		while (got.n > 1 && got.p[0] == '0')
			got = view_sub(got, 1, got.n);
	}
	return view_eq_str_nocase(got, want);
}

static void check_row(const struct read_row *row, const struct event *ev, struct arena *a,
		      const char *decoder)
{
	struct buf b;
	char text[TIME_TEXT];
	const struct field *f = row->field ? event_field_named(ev, row->field) : NULL;

	(void)a;
	if (ev->event_id != row->event_id || ev->version != row->version)
		fail_msg("%s: record %llu of %s is event %u version %u", decoder,
			 (unsigned long long)row->id, row->file, ev->event_id, ev->version);
	buf_init(&b, 0);
	time_format(ev->time_created, text);
	if (row->field && f)
		value_text(&b, f->value);
	else if (!row->field)
		buf_str(&b, text);
	if ((row->field && !f) || !same_text(buf_data(&b), row->text))
		fail_msg("%s: record %llu of %s, %s: \"%.*s\", not \"%s\"", decoder,
			 (unsigned long long)row->id, row->file,
			 row->field ? row->field : "TimeCreated", (int)b.n, (const char *)b.p,
			 row->text);
	buf_release(&b);
}

/* Every record of the file, against the rows that name it; returns how many there are. */
static uint64_t read_file(struct decoder *d, struct view file, const char *name, size_t *met,
			  struct arena *a)
{
	uint64_t n = 0;
	struct record r;
	struct event ev;
	struct err e = {0};

	for (size_t at = 4096; at + 65536 <= file.n; at += 65536) {
		assert_int_equal(d->ops->chunk(d, view_sub(file, at, 65536), at, &e), 0);
		while (!d->ops->next(d, &r, &e)) {
			n++;
			assert_int_equal(d->ops->head(d, &r, &ev, &e), 0);
			assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
			if (r.state != RECORD_WHOLE)
				fail_msg("%s: record %llu of %s is not whole", d->ops->name,
					 (unsigned long long)r.id, name);
			for (size_t i = 0; i < TEST_COUNT(read_rows); i++) {
				if (strcmp(read_rows[i].file, name) || read_rows[i].id != r.id)
					continue;
				check_row(&read_rows[i], &ev, a, d->ops->name);
				++*met;
			}
		}
	}
	return n;
}

static void both_decoders_read_it(void **state)
{
	static const char *const files[] = {SYSMON_FILE, SECURITY_FILE, "A/System.evtx",
					    "B/Security.evtx",
					    "C/Microsoft-Windows-Sysmon%4Operational.evtx"};
	static const uint64_t records[] = {6, 5, 2, 2, 2};
	struct test_folder f;
	struct err e = {0};
	struct buf made;
	struct arena a;
	size_t losses = 0;

	(void)state;
	arena_init(&a, 64 << 20);
	test_folder_make(&f);
	buf_init(&made, 0);
	if (forge(&f, everything, &made, &e))
		fail_msg("%s", e.msg);
	for (int k = 0; k < 2; k++) {
		struct decoder *d = k ? oracle_decoder_new(NULL, count_loss, &losses)
				      : evtx_decoder_new(NULL, count_loss, &losses);
		size_t met = 0;

		assert_non_null(d);
		for (size_t i = 0; i < TEST_COUNT(files); i++)
			assert_int_equal(read_file(d, load(&f, files[i], &a), files[i], &met, &a),
					 records[i]);
		assert_int_equal(met, TEST_COUNT(read_rows));
		d->ops->destroy(d);
	}
	assert_int_equal(losses, 0);
	buf_release(&made);
	test_folder_remove(&f);
	arena_release(&a);
}

/* ---- unpaired surrogates, byte for byte ---- */

static void keeps_any_utf16(void **state)
{
	static const uint8_t want[] = {'a', 0, 0x00, 0xd8, 'A', 0, 0x3d, 0xd8, 0x00, 0xde};
	struct test_folder f;
	struct err e = {0};
	struct buf made;
	struct arena a;
	struct view v;

	(void)state;
	arena_init(&a, 64 << 20);
	test_folder_make(&f);
	buf_init(&made, 0);
	assert_int_equal(forge(&f, everything, &made, &e), 0);
	v = load(&f, SYSMON_FILE, &a);
	assert_non_null(memmem(v.p, v.n, want, sizeof(want)));
	buf_release(&made);
	test_folder_remove(&f);
	arena_release(&a);
}

/* ---- the same bytes ---- */

/* Of the log that is made below. It changes only when the writer or the noise is changed on purpose. */
#define GOLDEN "58f20b8f3e81dfedebcf5e26e8865f0ff73fee9db8bcda5ad5fae4d4e2dedb43"

static const char with_noise[] =
	HEAD USERS "noise:\n  - {user: bob, processes: 200, connections: 150, to: 2h}\n"
		   "logs:\n  - {channel: sysmon, records_per_chunk: 25, first_id: 1000,\n"
		   "     gaps: [{after: 10, missing: 3}]}\n";

static void gives_the_same_bytes(void **state)
{
	char hex[65], first[65] = "";
	uint8_t sum[32];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct test_folder f;
		struct err e = {0};
		struct buf made;
		struct arena a;

		arena_init(&a, 64 << 20);
		test_folder_make(&f);
		buf_init(&made, 0);
		if (forge(&f, with_noise, &made, &e))
			fail_msg("%s", e.msg);
		assert_true(sha256_of(load(&f, SYSMON_FILE, &a), sum));
		hex_format(sum, 32, hex);
		if (i)
			assert_string_equal(hex, first);
		strcpy(first, hex);
		buf_release(&made);
		test_folder_remove(&f);
		arena_release(&a);
	}
	assert_string_equal(first, GOLDEN);
}

/* ---- defects ---- */

static const struct {
	const char *name, *options;
	size_t at;
	uint64_t want; /* the byte there */
	size_t size;   /* of the file; 0: whatever it is */
} defect_rows[] = {
	{"clean", "", 120, 0, 4096 + 65536},
	{"dirty", "dirty: true", 120, 1, 0},
	{"full", "full: true", 120, 2, 0},
	{"checksums off", "checksums: false", 120, 4, 0},
	{"checksums off in the chunk", "checksums: false", 4096 + 52, 0, 0},
	{"zeroed", "zero_chunk: 0", 4096, 0, 0},
	{"more chunks", "chunks: 3", 4096, 'E', 4096 + 3 * 65536},
	{"cut", "truncate: 5000", 4096, 'E', 5000},
	{"one a chunk", "records_per_chunk: 1", 42, 2, 4096 + 2 * 65536},
	{"stale", "records_per_chunk: 1, stale_header: true", 42, 1, 4096 + 2 * 65536},
	{"first id", "first_id: 7", 4096 + 24, 7, 0},
	{"next id", "next_id: 77", 24, 77, 0},
	{"id of a frame", "frames: [{record: 1, id: 9}]", 4096 + 512 + 8, 9, 0},
	{"time of a frame", "frames: [{record: 1, at: 1601-01-01}]", 4096 + 512 + 23, 0, 0},
	{"exported", "first_id: 7, export: true", 4096 + 512 + 8, 1, 0},
	{"exported without a time", "first_id: 7, export: true", 4096 + 512 + 23, 0, 0},
	{"hidden: one record of the chunk", "hide: 2", 4096 + 16, 1, 0},
	{"hidden: the last is the first", "hide: 2", 4096 + 45, 2, 0},
};

static void makes_defects(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(defect_rows); i++) {
		struct test_folder f;
		struct err e = {0};
		struct buf made;
		struct arena a;
		struct view v;
		char text[500];

		snprintf(text, sizeof(text), HEAD "processes:\n  - {name: p, image: x, at: 1, end: 2}\n"
			 "logs:\n  - {channel: sysmon%s%s}\n", *defect_rows[i].options ? ", " : "",
			 defect_rows[i].options);
		arena_init(&a, 64 << 20);
		test_folder_make(&f);
		buf_init(&made, 0);
		if (forge(&f, text, &made, &e))
			fail_msg("%s: %s", defect_rows[i].name, e.msg);
		v = load(&f, SYSMON_FILE, &a);
		TEST_ROW(defect_rows[i].name, v.n > defect_rows[i].at);
		TEST_ROW(defect_rows[i].name, v.p[defect_rows[i].at] == defect_rows[i].want);
		TEST_ROW(defect_rows[i].name, !defect_rows[i].size || v.n == defect_rows[i].size);
		buf_release(&made);
		test_folder_remove(&f);
		arena_release(&a);
	}
}

/* ---- want of memory ---- */

static bool starved(void *ctx)
{
	struct test_folder f;
	struct err e = {0};
	struct buf made;
	int rc;

	test_folder_make(&f);
	buf_init(&made, 0);
	rc = forge(&f, ctx, &made, &e);
	if (rc)
		assert_int_equal(e.code, ERR_NOMEM);
	buf_release(&made);
	test_folder_remove(&f);
	return rc == 0;
}

static void survives_lack_of_memory(void **state)
{
	char text[sizeof(everything)];

	(void)state;
	strcpy(text, everything);
	assert_true(test_starve(starved, text) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_to_overwrite),
		cmocka_unit_test(both_decoders_read_it),
		cmocka_unit_test(keeps_any_utf16),
		cmocka_unit_test(gives_the_same_bytes),
		cmocka_unit_test(makes_defects),
		cmocka_unit_test(survives_lack_of_memory),
	};

	return cmocka_run_group_tests_name("forge", tests, NULL, NULL);
}
