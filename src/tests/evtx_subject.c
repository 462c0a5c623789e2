/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"
#include "testing_files.h"

#include "evtx_build.h"
#include "evtx_outcome.h"
#include "evtx_subject.h"
#include "evtxhound/forge.h"

#define MOST_OF_A_LOG 3u /* chunks: the first, one in the middle, the last */
#define MOST_BYTES (8u << 20)

/* Kinds of System templates, of values, and of fields that one day of an office does not have. */
static const char scenario[] =
	"start: 2026-03-02T08:00:00Z\n"
	"hosts: {WS01: {name: ws01.corp.example, domain: CORP, log: both}}\n"
	"users: {bob: {domain: CORP, sid: S-1-5-21-1-2-3-1104, logon: 0x4a2b1}}\n"
	"noise: [{user: bob, processes: 90, connections: 40}]\n"
	"boots: [{at: -40m}, {at: -40m, by: security}]\n"
	"logons: [{user: bob, at: -12m}, {user: system, type: 5, at: -39m, version: 0}]\n"
	"raw:\n"
	"  - {at: 1, channel: Kinds, provider: Modern, id: 1, data: &all [\n"
	"      {name: Null, type: null, value: null}, {name: Text, type: string, value: a<b},\n"
	"      {name: Ansi, type: ansi, value: plain}, {name: I8, type: int8, value: -3},\n"
	"      {name: U16, type: uint16, value: 7}, {name: U64, type: uint64, value: "
	"12345678901},\n"
	"      {name: Real, type: double, value: 0.5}, {name: Yes, type: bool, value: true},\n"
	"      {name: Bytes, type: binary, value: 00ff10}, {name: Size, type: size, value: 4096},\n"
	"      {name: Id, type: guid, value: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'},\n"
	"      {name: When, type: filetime, value: 2026-03-02T08:00:00Z},\n"
	"      {name: Who, type: sid, value: S-1-5-18}, {name: H32, type: hex32, value: 0xabc},\n"
	"      {name: H64, type: hex64, value: 0xabcdef0123}, {type: string, value: bare},\n"
	"      {name: Texts, type: 'string[]', value: [one, two, three]},\n"
	"      {name: Numbers, type: 'uint32[]', value: [1, 2, 3]}]}\n"
	"  - {at: 2, channel: Kinds, provider: Literal, id: 2, style: literal, data: *all}\n"
	"  - {at: 3, channel: Kinds, provider: Classic, id: 3, style: classic, data: *all}\n"
	"  - {at: 4, channel: Kinds, provider: Modern, id: 4, data: [{type: string, value: x}]}\n"
	"  - {at: 5, channel: Kinds, provider: Modern, id: 1, data: *all}\n"
	"  - {at: 6, channel: Kinds, provider: Modern, id: 1, data: *all}\n"
	"  - {at: 7, channel: Kinds, provider: Literal, id: 2, style: literal, data: *all}\n";

/* Real ones, of different kinds. */
static const char *const real[] = {
	"evtx/odd/security.evtx",
	"evtx/odd/sysmon.evtx",
	"evtx/odd/system.evtx",
	"evtx/attack-samples/UACME_59_Sysmon.evtx",
	"evtx/attack-samples/AutomatedTestingTools/Malware/rundll32_cmd_schtask.evtx",
	"evtx/attack-samples/Defense Evasion/DE_1102_security_log_cleared.evtx",
	"evtx/attack-samples/Command and Control/"
	"DE_RDP_Tunneling_TerminalServices-RemoteConnectionManagerOperational_1149.evtx",
	"evtx/attack-samples/Credential Access/etw_rpc_zerologon.evtx", /* 138 records of slack */
	"evtx/odd/MSExchange_Management_wec.evtx",
	"evtx/odd/Security_with_size_t.evtx",
	"evtx/odd/E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx",
};

/* ---- a chunk ---- */

static bool keep_records(struct subjects *all, struct subject *s, const struct outcome *o)
{
	s->records = calloc(o->n, sizeof(*s->records));
	assert_non_null(s->records);
	for (size_t i = 0; i < o->n; i++) {
		const struct record *r = &o->seen[i].record;
		struct subject_record *to = &s->records[s->n];

		if (r->recovered && r->state != RECORD_WHOLE)
			continue;
		*to = (struct subject_record){
			.id = r->id,
			.at = (uint32_t)(r->bytes.p - s->bytes.p),
			.size = r->size,
			.recovered = r->recovered,
			.text = arena_keep(&all->arena, outcome_text(o, &o->seen[i])),
			.span = s->survey.n_spans,
		};
		assert_non_null(to->text.p);
		TEST_ROW(s->log, !outcome_parse(o, &o->seen[i]));
		if (r->state != RECORD_WHOLE || !survey_record(&s->survey, to->at, to->size)) {
			if (r->recovered)
				continue;
			return false;
		}
		to->n_spans = s->survey.n_spans - to->span;
		s->n++;
	}
	return s->n > 0;
}

static uint32_t free_space_of(struct view chunk)
{
	struct cursor k = cursor_of(chunk);

	cursor_seek(&k, 48);
	return cursor_u32(&k);
}

static void release(struct subject *s)
{
	survey_release(&s->survey);
	free(s->records);
}

static bool add_chunk(struct subjects *all, const char *log, struct view header, unsigned chunk,
		      struct view bytes)
{
	struct subject s = {
		.chunk = chunk,
		.header = header,
		.bytes = arena_keep(&all->arena, bytes),
		.free_space = free_space_of(bytes),
	};
	struct outcome o;
	bool sound;

	snprintf(s.log, sizeof(s.log), "%s", log);
	survey_init(&s.survey, s.bytes);
	outcome_init(&o);
	outcome_read(&o, s.bytes, EVTX_HEADER_SIZE);
	TEST_ROW(log, !o.fault);
	s.flagged = o.flagged;
	sound = s.bytes.n == EVTX_CHUNK_SIZE && !o.losses && !o.summary.checksums_off && o.n &&
		keep_records(all, &s, &o);
	outcome_release(&o);
	if (!sound) {
		release(&s);
		return false;
	}
	if (all->n == all->cap) {
		all->cap = all->cap ? 2 * all->cap : 32;
		all->at = realloc(all->at, all->cap * sizeof(*all->at));
		assert_non_null(all->at);
	}
	all->at[all->n++] = s;
	return true;
}

/* ---- logs ---- */

static void add_log(struct subjects *all, const char *path, struct view v)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct view header = arena_keep(&all->arena, view_sub(v, 0, EVTX_HEADER_SIZE));
	uint64_t n = evtx_chunk_count(v.n), added = 0;

	for (unsigned i = 0; i < MOST_OF_A_LOG; i++) {
		uint64_t chunk = i * (n - 1) / (MOST_OF_A_LOG - 1);

		if (i && chunk == (i - 1) * (n - 1) / (MOST_OF_A_LOG - 1))
			continue;
		added += add_chunk(all, name, header, (unsigned)chunk,
				   view_sub(v, evtx_chunk_offset(chunk), EVTX_CHUNK_SIZE));
	}
	all->logs += added > 0;
}

static void add_file(struct subjects *all, const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(MOST_BYTES);
	size_t n;

	if (!f || !p)
		fail_msg("cannot read %s", path);
	n = fread(p, 1, MOST_BYTES, f);
	fclose(f);
	add_log(all, path, (struct view){p, n});
	free(p);
}

/* nftw() gives its callback no context. */
static struct subjects *forged;

static int each(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F)
		add_file(forged, path);
	return 0;
}

static void add_forged(struct subjects *all)
{
	struct test_folder f;
	struct err e = {0};
	struct buf made;
	int dirfd;

	test_folder_make(&f);
	buf_init(&made, 0);
	dirfd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (forge_scenario(view_str(scenario), "scenario", dirfd, &made, &e))
		fail_msg("%s", e.msg);
	close(dirfd);
	forged = all;
	assert_int_equal(nftw(f.path, each, 1, FTW_PHYS), 0);
	buf_release(&made);
	test_folder_remove(&f);
}

/* ---- records that the forge does not make ---- */

static void user_data(struct build *b, uint64_t id)
{
	build_record(b, id, BUILD_TIME + id);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "System", false);
	build_close_start(b);
	build_open(b, "Channel", false);
	build_close_start(b);
	build_text(b, "Test/Channel");
	build_end(b);
	build_end(b);
	build_open(b, "UserData", false);
	build_close_start(b);
	build_open(b, "EventXML", true);
	build_attribute(b, "Kind", false);
	build_text(b, "without a template");
	build_close_start(b);
	build_open(b, "Param1", false);
	build_close_start(b);
	build_text(b, "one");
	build_end(b);
	build_open(b, "Param2", false);
	build_close_empty(b);
	build_end(b);
	build_end(b);
	build_end(b);
	build_record_end(b);
}

static void add_built(struct subjects *all)
{
	struct build_event e = {0};
	struct build b;
	char text[40];

	build_start(&b);
	for (uint64_t id = 1; id <= 60; id++) {
		snprintf(text, sizeof(text), "the text of record %u", (unsigned)id);
		if (id % 5 == 4)
			user_data(&b, id);
		else
			build_event(&b, &e, id, text);
	}
	build_finish(&b);
	assert_true(
		add_chunk(all, "built", (struct view){0}, 0, (struct view){b.p, EVTX_CHUNK_SIZE}));
	all->logs++;
	build_free(&b);
}

static void add_real(struct subjects *all, const char *shared)
{
	char path[4096];

	for (size_t i = 0; i < TEST_COUNT(real); i++) {
		snprintf(path, sizeof(path), "%s/%s", shared, real[i]);
		add_file(all, path);
	}
}

/* Folders list their files in any order. */
static int by_name(const void *a, const void *b)
{
	const struct subject *x = a, *y = b;
	int by_log = strcmp(x->log, y->log);

	return by_log ? by_log : (int)x->chunk - (int)y->chunk;
}

void subjects_make(struct subjects *s)
{
	*s = (struct subjects){0};
	arena_init(&s->arena, 0x40000000);
	add_built(s);
	add_forged(s);
	assert_true(s->logs >= 5);
	if (test_shared())
		add_real(s, test_shared());
	assert_true(s->logs >= (test_shared() ? 10 : 5));
	qsort(s->at, s->n, sizeof(*s->at), by_name);
}

void subjects_release(struct subjects *s)
{
	for (size_t i = 0; i < s->n; i++)
		release(&s->at[i]);
	free(s->at);
	arena_release(&s->arena);
}
