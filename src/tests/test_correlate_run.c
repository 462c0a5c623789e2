/* SPDX-License-Identifier: Apache-2.0 */
/* The run as a whole: trees, bounds, errors, memory. */
#include "story.h"

#include "../correlate/correlate-private.h"

/* ---- trees ---- */

/* "parent>image" per node, in order: "*" marks the finding's own, "?" one known by name alone,
   "+" one whose end is recorded. */
static void show_tree(const struct finding *f, struct buf *b)
{
	for (size_t i = 0; i < f->n_tree; i++) {
		const struct tree_node *n = &f->tree[i];

		buf_fmt(b, "%s%d>", i ? " " : "", n->parent);
		buf_view(b, view_after_last(n->image, "\\"));
		buf_str(b, n->in_finding ? "*" : "");
		buf_str(b, n->start.size ? "" : "?");
		buf_str(b, n->end_time ? "+" : "");
	}
}

static const struct {
	const char *name, *rules;
	const char *records[16];
	const char *tree;
} trees[] = {
	{"ancestors, children, siblings, in order of their start", "w",
	 {"S1 1 0 guid=#1 pid=4 img=C:\\root pguid=#99 pimg=C:\\boot ppid=1",
	  "S1 2 1 guid=#2 pguid=#1 pid=8 ppid=4 img=C:\\shell pimg=C:\\root",
	  "S1 3 2 guid=#3 pguid=#2 pid=12 ppid=8 img=C:\\me pimg=C:\\shell cmd='x msiexec ://'",
	  "S1 4 3 guid=#4 pguid=#3 pid=16 ppid=12 img=C:\\child pimg=C:\\me",
	  "S1 5 1.5 guid=#5 pguid=#2 pid=20 ppid=8 img=C:\\sister pimg=C:\\shell",
	  "S1 6 5 guid=#6 pguid=#1 pid=24 ppid=4 img=C:\\aunt pimg=C:\\root",
	  "S5 7 9 guid=#4 pid=16 img=C:\\child"},
	 "-1>boot? 0>root 1>shell 2>sister 2>me* 4>child+"},
	{"by PID and lifetime, as Security tells", "w",
	 {"A4688 1 0 pid=0x4 img=C:\\old", "A4688 2 1 pid=0x4 img=C:\\root",
	  "A4688 3 2 pid=0x8 ppid=0x4 img=C:\\me pimg=C:\\root cmd='x msiexec ://'",
	  "A4688 4 3 pid=0xc ppid=0x8 img=C:\\child", "A4689 6 4 pid=0x8 img=C:\\me",
	  "A4688 5 5 pid=0x10 ppid=0x8 img=C:\\stranger"},
	 "-1>root 0>me*+ 1>child"},
	{"one process of two logs is drawn once", "w",
	 {"S1 1 0 guid=#1 pid=4 img=C:\\root", "A4688 2 0.1 pid=0x4 img=C:\\root",
	  "S1 3 1 guid=#2 pguid=#1 pid=8 ppid=4 img=C:\\me cmd='x msiexec ://'",
	  "A4688 4 1.1 pid=0x8 ppid=0x4 img=C:\\me",
	  "S1 5 2 guid=#3 pguid=#2 pid=12 ppid=8 img=C:\\child",
	  "A4688 6 2.1 pid=0xc ppid=0x8 img=C:\\child", "A4689 7 3 pid=0xc img=C:\\child"},
	 "-1>root 0>me* 1>child+"},
	{"a connection without a start record is known by name", "n",
	 {"S3 1 0 guid=#1 pid=16 img=C:\\a port=1", "S3 2 5 guid=#1 pid=16 img=C:\\a port=2",
	  "S1 3 6 guid=#2 pguid=#1 pid=20 ppid=16 img=C:\\child pimg=C:\\a"},
	 "-1>a*? 0>child"},
	{"a ring of parents is cut", "w",
	 {"S1 1 0 guid=#1 pguid=#2 pid=4 img=C:\\me cmd='x msiexec ://'",
	  "S1 2 1 guid=#2 pguid=#3 pid=8 img=C:\\b", "S1 3 2 guid=#3 pguid=#1 pid=12 img=C:\\c"},
	 "1>me* 2>b -1>c"},
	{"its own parent is nobody", "w",
	 {"S1 1 0 guid=#1 pguid=#1 pid=4 ppid=4 img=C:\\me cmd='x msiexec ://'"}, "-1>me*"},
};

static void trees_are_drawn(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(trees); i++) {
		struct story s;

		story_begin(&s, trees[i].name, trees[i].rules);
		for (size_t k = 0; k < 16 && trees[i].records[k]; k++)
			story_tell(&s, trees[i].records[k]);
		for (unsigned seed = 1; seed < 5; seed++) {
			struct correlate *c = story_run(&s);
			struct finding *f;
			struct buf b;
			size_t n;

			buf_init(&b, 0);
			f = correlate_findings(c, &n);
			TEST_ROW(trees[i].name, n == 1);
			show_tree(f, &b);
			test_view_is(trees[i].name, buf_data(&b), view_str(trees[i].tree));
			assert_false(f->tree_cut);
			buf_release(&b);
			correlate_free(c);
			story_shuffle(&s, seed);
		}
		story_end(&s);
	}
}

/* ---- any story, in any order ---- */

static unsigned dice(unsigned *seed, unsigned sides)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed / 65536 % sides;
}

/* A line that may mean anything: few hosts, PIDs, GUIDs and times, so that much collides. */
static void random_line(unsigned *seed, unsigned record, char *out, size_t n)
{
	static const char *const kinds[] = {"S1", "S1", "S3", "S3", "S3", "S5", "S7", "A4688", "A4688",
					    "A4689", "A4624", "A5156", "K12"};
	static const char *const images[] = {"C:\\a.exe", "C:\\msiexec.exe", "C:\\p.exe", "C:\\k.exe"};
	const char *kind = kinds[dice(seed, TEST_COUNT(kinds))];
	unsigned pid = dice(seed, 3), image = dice(seed, 4), at = dice(seed, 12);
	size_t len = (size_t)snprintf(out, n, "%s %u %u.%u host=%s src=%u", kind, record, at,
				      dice(seed, 3), dice(seed, 5) ? "A" : "b", dice(seed, 2));

	if (*kind == 'K')
		return;
	if (!strcmp(kind, "A5156"))
		snprintf(out + len, n - len, " pid=%u dir=%%%%14593 proto=6 from=::1 sport=9 to=::2 port=%u",
			 pid + 1, dice(seed, 3) + 1);
	else if (!strcmp(kind, "A4624"))
		snprintf(out + len, n - len, " logon=%u sid=S-1-5-21-%u", dice(seed, 2), pid);
	else if (*kind == 'A')
		snprintf(out + len, n - len, " pid=%u img=%s", pid + 1, images[image]);
	else
		snprintf(out + len, n - len, " pid=%u img=%s guid=#%u port=%u utc=@%u loaded=%s", pid + 1,
			 images[image], dice(seed, 5), dice(seed, 3) + 1, dice(seed, 12), images[image]);
	len = strlen(out);
	if (!strcmp(kind, "S3"))
		snprintf(out + len, n - len, " init=true proto=tcp from=::1 sport=9 to=::2");
	if (!strcmp(kind, "A4688"))
		snprintf(out + len, n - len, " ppid=%u cmd='msiexec /V ://' sid=S-1-0-0", dice(seed, 3) + 1);
	if (!strcmp(kind, "S1"))
		snprintf(out + len, n - len, " ppid=%u pguid=#%u logon=%u cmd='x msiexec /V ://'",
			 dice(seed, 3) + 1, dice(seed, 5), dice(seed, 2));
}

static void random_story(struct story *s, unsigned seed)
{
	char line[512];

	story_begin(s, "random", "wqsnotcuvxyhm");
	for (unsigned i = 0; i < 40; i++) {
		random_line(&seed, dice(&seed, 30) + 1, line, sizeof(line));
		story_tell(s, line);
	}
}

static void any_order_gives_the_same(void **state)
{
	size_t findings = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 150; seed++) {
		struct buf first, b;
		struct story s;

		buf_init(&first, 0);
		buf_init(&b, 0);
		random_story(&s, seed);
		for (unsigned turn = 0; turn < 3; turn++) {
			struct correlate *c = story_run(&s);
			size_t n;

			buf_clear(&b);
			story_findings(&s, c, &b);
			for (size_t i = 0; i < (correlate_findings(c, &n), n); i++)
				show_tree(&correlate_findings(c, &n)[i], &b);
			if (!turn)
				buf_view(&first, buf_data(&b));
			test_view_is("random", buf_data(&b), buf_data(&first));
			findings += n;
			correlate_free(c);
			story_shuffle(&s, seed * 7 + turn);
		}
		buf_release(&first);
		buf_release(&b);
		story_end(&s);
	}
	assert_true(findings > 1000);
}

/* ---- facts by the thousand ---- */

/* One kept start amid `n` made-up ones of the same PID, GUID parent and logon. */
struct crowd {
	uint64_t n, at, rounds;
	const struct fact *like;
};

static int crowd_rewind(void *ctx, struct err *e)
{
	(void)e;
	((struct crowd *)ctx)->at = 0;
	((struct crowd *)ctx)->rounds++;
	return 0;
}

static int crowd_next(void *ctx, struct fact *f, struct err *e)
{
	struct crowd *c = ctx;
	uint64_t i = c->at++;

	(void)e;
	if (i == c->n)
		return 1;
	*f = *c->like;
	f->offset = 10000 + i * 1000;
	f->record_id = 1000 + i;
	f->identity = i;
	f->time = f->utc = STORY_START - 100000 * (uint64_t)SECOND + i * 10 * (uint64_t)SECOND;
	memset(&f->guid, 0, sizeof(f->guid));
	memcpy(f->guid.b, &i, sizeof(i));
	f->guid.b[15] = 1;
	f->kind = i % 3 == 0 ? KIND_PROCESS_START : i % 3 == 1 ? KIND_PROCESS_END : KIND_BOOT;
	f->event_id = f->kind == KIND_BOOT ? 12 : 1;
	if (i % 6 == 3)
		f->pid = 77; /* a child, a sibling */
	return 0;
}

/* Bytes that the heap hands out while it runs. */
static void memory_follows_the_rules_not_the_facts(void **state)
{
	struct story s;
	struct crowd crowd = {.n = 60000};
	struct fact_reader facts = {NULL, crowd_rewind, crowd_next, &crowd};
	struct correlate *c;
	struct arena a;
	struct finding *f;
	size_t n, used = 0;

	(void)state;
	story_begin(&s, "crowd", "w");
	story_tell(&s, "S1 1 0 guid=#1 pguid=#1 pid=16 ppid=16 img=C:\\a.exe cmd='x msiexec ://'");
	arena_init(&a, 1 << 20);
	c = correlate_new(&s.rules, s.matcher);
	assert_true(story_keep(&s, c, 0, &a));
	crowd.like = &s.facts[0];
	assert_int_equal(correlate_run(c, &facts, NULL), 0);
	f = correlate_findings(c, &n);
	assert_int_equal(n, 1);
	assert_true(f->n_tree > 50 && f->n_tree <= LIMIT_TREE_NODES);
	assert_true(f->tree_cut);
	for (size_t i = 0; i < c->wanted.n; i++)
		for (size_t k = 0; k < OF_COUNT; k++)
			used += c->wanted.entries[i]->of[k].n;
	assert_true(used < 4000);
	assert_true(crowd.rounds <= 10);
	correlate_free(c);
	arena_release(&a);
	story_end(&s);
}

/* ---- pendings ---- */

static void too_many_pendings_are_counted(void **state)
{
	struct correlate *c;
	struct story s;
	struct arena a;
	size_t n;

	(void)state;
	story_begin(&s, "pendings", "o");
	arena_init(&a, 256 << 20);
	story_tell(&s, "S3 1 0 guid=#1 pid=16 port=1");
	story_tell(&s, "S3 2 50 guid=#1 pid=16 port=2");
	c = correlate_new(&s.rules, s.matcher);
	assert_true(story_keep(&s, c, 0, &a) && story_keep(&s, c, 1, &a));
	for (uint32_t i = 0; i < LIMIT_PENDING + 5; i++) {
		char guid[GUID_TEXT];
		struct event *ev = &s.events[0];

		snprintf(guid, sizeof(guid), "{00000000-0000-0000-0001-%012x}", i);
		ev->record_id = 100 + i;
		ev->time_created = STORY_START + 1 + i;
		ev->fields[0].value.raw = view_str(guid);
		s.places[0].offset = 100000 + i;
		arena_reset(&a);
		assert_true(story_keep(&s, c, 0, &a));
	}
	assert_int_equal(correlate_run(c, NULL, NULL), 0);
	correlate_findings(c, &n);
	assert_int_equal(n, 0); /* the oldest went */
	assert_int_equal(correlate_dropped(c), 2 * 6);
	correlate_free(c);
	arena_release(&a);
	story_end(&s);
}

/* ---- what goes wrong ---- */

static int broken_next(void *ctx, struct fact *f, struct err *e)
{
	(void)ctx;
	(void)f;
	return err_set(e, ERR_IO, 7, "the spool cannot be read");
}

static void a_reader_that_fails_ends_the_run(void **state)
{
	struct story s;
	struct correlate *c;
	struct fact_reader facts = {NULL, story_rewind, broken_next, &s};
	struct err e = {0};
	struct arena a;

	(void)state;
	story_begin(&s, "broken", "w");
	story_tell(&s, "S1 1 0 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'");
	arena_init(&a, 1 << 20);
	c = correlate_new(&s.rules, s.matcher);
	assert_true(story_keep(&s, c, 0, &a));
	assert_int_equal(correlate_run(c, &facts, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	correlate_free(c);
	arena_release(&a);
	story_end(&s);
}

static void nothing_kept_is_nothing_found(void **state)
{
	struct story s;
	struct correlate *c;
	size_t n;

	(void)state;
	story_begin(&s, "nothing", "w");
	c = story_run(&s);
	correlate_findings(c, &n);
	assert_int_equal(n, 0);
	correlate_free(c);
	story_end(&s);
}

static const char *const busy[] = {
	"S1 1 0 guid=#1 pguid=#9 pid=16 ppid=8 img=C:\\msiexec.exe cmd='msiexec /V' logon=0x99",
	"A4688 2 0.1 pid=0x10 ppid=0x8 img=C:\\msiexec.exe",
	"A4688 3 -5 pid=0x8 img=C:\\services.exe",
	"S3 4 1 guid=#1 pid=16 img=C:\\msiexec.exe init=true port=443 utc=@0.5 proto=tcp "
	"from=10.0.0.5 sport=50000 to=192.0.2.7",
	"S1 5 2 guid=#2 pguid=#1 pid=20 ppid=16 img=C:\\k.exe pimg=C:\\msiexec.exe logon=0x99",
	"A4624 6 -9 logon=0x99 sid=S-1-5-21-1-2-3-4",
	"S7 7 2.1 guid=#2 pid=20 img=C:\\k.exe loaded=C:\\k.exe signer=Other signed=true status=Valid",
	"S5 8 9 guid=#2 pid=20 img=C:\\k.exe",
	"K12 9 -20",
	"S3 10 3 guid=#7 pid=8 img=C:\\services.exe port=1",
	"S3 11 4 guid=#7 pid=8 img=C:\\services.exe port=2 utc=@1",
	"A5156 12 0.5 pid=16 dir=%%14593 proto=6 from=10.0.0.5 sport=50000 to=192.0.2.7 port=443",
	"S1 5 2 src=1 guid=#2 pguid=#1 pid=20 ppid=16 img=C:\\k.exe pimg=C:\\msiexec.exe logon=0x99",
};

static void everything_at_once(void **state)
{
	struct story_row row = {.name = "busy", .rules = "qhnmu"};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(busy); i++)
		row.records[i] = busy[i];
	row.findings = "h:s1=S1 c1=A2 s2=S4 c2=A12 both / q:s1=S1 c1=A2 s2=S4 c2=A12 s3=S5 c3=S5@1 p3=A6 p3=S7 both"
		       " / u:s1=S1 c1=A2 p1=A6 both / u:s1=S5 c1=S5@1 p1=A6 both"
		       " / m:s1=S10 s2=S11 both / n:s1=S10 s2=S11 logged";
	story_row(&row);
}

/* The first one's finding has the id that it has anywhere else. */
static void findings_of_hosts_kept_apart_have_ids_of_their_own(void **state)
{
	static const char *const lines[] = {
		"S1 1 0 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'",
		"S1 1 0 mark=x guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'",
		"S1 1 0 mark=y src=1 guid=#1 pid=16 img=C:\\a.exe cmd='x msiexec ://'"};
	char alone[40];

	(void)state;
	for (size_t from = 0; from < 2; from++) {
		struct story s;
		size_t n;

		story_begin(&s, "apart", "w");
		for (size_t i = from; i < (from ? 3 : 1); i++)
			story_tell(&s, lines[i]);
		struct correlate *c = story_run(&s);
		struct finding *f = correlate_findings(c, &n);
		assert_int_equal(n, from + 1);
		if (from) {
			assert_string_equal(f[0].id, alone);
			assert_string_not_equal(f[1].id, alone);
		}
		snprintf(alone, sizeof(alone), "%s", f[0].id);
		correlate_free(c);
		story_end(&s);
	}
}

static bool run_busy(void *ctx)
{
	struct correlate *c = story_run(ctx);

	correlate_free(c);
	return c != NULL;
}

static void memory_may_end(void **state)
{
	struct story s;

	(void)state;
	story_begin(&s, "starved", "qhnmu");
	for (size_t i = 0; i < TEST_COUNT(busy); i++)
		story_tell(&s, busy[i]);
	assert_true(test_starve(run_busy, &s) > 100);
	story_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_are_drawn),
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(memory_follows_the_rules_not_the_facts),
		cmocka_unit_test(too_many_pendings_are_counted),
		cmocka_unit_test(a_reader_that_fails_ends_the_run),
		cmocka_unit_test(nothing_kept_is_nothing_found),
		cmocka_unit_test(everything_at_once),
		cmocka_unit_test(findings_of_hosts_kept_apart_have_ids_of_their_own),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
