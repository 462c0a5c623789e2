/* SPDX-License-Identifier: Apache-2.0 */
/* docs/detections.md, "Which connection". */
#include "story.h"

#include "../correlate/correlate-private.h"

#define PROCESS "S1 1 0 guid=#1 pid=16 img=C:\\msiexec.exe"
#define SYSMON_3 "guid=#1 pid=16 img=C:\\msiexec.exe proto=tcp "
#define OUT SYSMON_3 "init=true from=10.0.0.5 sport=50000 to=192.0.2.7 port=443"
#define IN SYSMON_3 "init=false from=192.0.2.7 sport=50000 to=10.0.0.5 port=443"
#define FILTERED_OUT "dir=%%14593 proto=6 from=10.0.0.5 sport=50000 to=192.0.2.7 port=443"
#define FILTERED_IN "dir=%%14592 proto=6 from=10.0.0.5 sport=443 to=192.0.2.7 port=50000"

static const struct story_row rows[] = {
	{"the same connection corroborates", "h",
	 {PROCESS, "S3 2 5 " OUT, "A5156 3 4 pid=16 " FILTERED_OUT}, "h:s1=S1 s2=S2 c2=A3 both"},
	{"alone it is a connection", "hsv", {PROCESS, "A5156 3 4 pid=16 " FILTERED_OUT}, "h:s1=S1 s2=A3 both"},
	{"one that was accepted: Security's source is this end", "h",
	 {PROCESS, "S3 2 5 " IN, "A5156 3 5 pid=16 " FILTERED_IN}, "h:s1=S1 s2=S2 c2=A3 both"},
	{"where Sysmon's source is this end too", "s",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S3 2 5 guid=#1 pid=16 proto=tcp init=false from=10.0.0.5 sport=443 to=192.0.2.7 port=50000",
	  "A5156 3 5 pid=16 " FILTERED_IN},
	 "s:s1=S1 s2=S2 c2=A3 both"},
	{"both ends are this process: by direction", "s",
	 {"S1 1 0 guid=#1 pid=16 img=C:\\a.exe",
	  "S3 2 5 guid=#1 pid=16 proto=tcp init=true from=::1 sport=50000 to=::1 port=445",
	  "A5156 3 4 pid=16 dir=%%14593 proto=6 from=::1 sport=50000 to=::1 port=445",
	  "A5156 4 5 pid=16 dir=%%14592 proto=6 from=::1 sport=445 to=::1 port=50000"},
	 "s:s1=S1 s2=S2 c2=A3 both"},
	{"another direction", "h", {PROCESS, "S3 2 5 " OUT, "A5156 3 5 pid=16 " FILTERED_IN},
	 "h:s1=S1 s2=S2 s2=A3 both"},
	{"another PID", "h", {PROCESS, "S3 2 5 " OUT, "A5156 3 5 pid=20 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 both"},
	{"another port", "h",
	 {PROCESS, "S3 2 5 " OUT,
	  "A5156 3 5 pid=16 dir=%%14593 proto=6 from=10.0.0.5 sport=50001 to=192.0.2.7 port=443"},
	 "h:s1=S1 s2=S2 s2=A3 both"},
	{"another address", "h",
	 {PROCESS, "S3 2 5 " OUT,
	  "A5156 3 5 pid=16 dir=%%14593 proto=6 from=10.0.0.5 sport=50000 to=192.0.2.8 port=443"},
	 "h:s1=S1 s2=S2 s2=A3 both"},
	{"another protocol", "h",
	 {PROCESS, "S3 2 5 " OUT,
	  "A5156 3 5 pid=16 dir=%%14593 proto=17 from=10.0.0.5 sport=50000 to=192.0.2.7 port=443"},
	 "h:s1=S1 s2=S2 s2=A3 both"},
	{"another host", "h",
	 {PROCESS, "S3 2 5 " OUT, "A5156 3 5 host=B pid=16 " FILTERED_OUT}, "h:s1=S1 s2=S2 both"},
	{"the host in other letters", "h",
	 {PROCESS, "S3 2 5 " OUT, "A5156 3 5 host=host pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 c2=A3 both"},
	{"half a minute before it is logged", "h",
	 {PROCESS, "S3 2 50 " OUT, "A5156 3 20 pid=16 " FILTERED_OUT}, "h:s1=S1 s2=S2 c2=A3 both"},
	{"more than that", "h",
	 {PROCESS, "S3 2 50 " OUT, "A5156 3 19.9 pid=16 " FILTERED_OUT}, "h:s1=S1 s2=A3 s2=S2 both"},
	{"half a minute after it", "h",
	 {PROCESS, "S3 2 50 " OUT, "A5156 3 80 pid=16 " FILTERED_OUT,
	  "A5156 4 80.1 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 c2=A3 s2=A4 both"},
	{"by the time it happened", "h",
	 {PROCESS, "S3 2 500 utc=@10 " OUT, "A5156 3 9 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 c2=A3 both"},
	{"nearest on either clock", "h",
	 {PROCESS, "S3 2 500 utc=@10 " OUT, "A5156 3 8 pid=16 " FILTERED_OUT,
	  "A5156 4 499 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=A3 s2=S2 c2=A4 both"},
	{"one to one, nearest first", "h",
	 {PROCESS, "S3 2 10 " OUT, "S3 3 20 " OUT, "A5156 4 14 pid=16 " FILTERED_OUT,
	  "A5156 5 19 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 c2=A4 s2=S3 c2=A5 both"},
	{"one is not told twice", "h",
	 {PROCESS, "S3 2 10 " OUT, "S3 3 20 " OUT, "A5156 4 16 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 s2=S3 c2=A4 both"},
	{"as near: the earlier connection, the earlier record", "h",
	 {PROCESS, "S3 2 10 " OUT, "S3 3 14 " OUT, "A5156 4 12 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 c2=A4 s2=S3 both"},
	{"its other places stand behind it", "h",
	 {PROCESS, "S3 2 5 " OUT, "A5156 3 4 src=4 pid=16 " FILTERED_OUT,
	  "A5156 3 4 src=2 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 c2=A3@2 c2=A3@4 both"},
	{"of a connection without addresses none is known to tell", "h",
	 {PROCESS, "S3 2 5 guid=#1 pid=16 port=443", "A5156 3 5 pid=16 " FILTERED_OUT},
	 "h:s1=S1 s2=S2 s2=A3 both"},
};

static void each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		story_row(&rows[i]);
}

/* ---- by the thousand ---- */

struct crowd {
	uint64_t n, at;
	const struct fact *like;
};

static int crowd_rewind(void *ctx, struct err *e)
{
	(void)e;
	((struct crowd *)ctx)->at = 0;
	return 0;
}

static int crowd_next(void *ctx, struct fact *f, struct err *e)
{
	struct crowd *c = ctx;
	uint64_t i = c->at++;
	static const uint8_t endless[1000];

	(void)e;
	if (i == c->n)
		return 1;
	*f = *c->like;
	f->record_id = f->identity = i;
	f->offset = 10000 + i * 1000;
	f->time = f->utc = STORY_START + i * 1000;
	if (i % 2) /* no key is so long */
		f->text = (struct view){endless, sizeof(endless)};
	return 0;
}

static void memory_follows_the_connections(void **state)
{
	struct story s;
	struct crowd crowd = {.n = 60000};
	struct fact_reader facts = {NULL, crowd_rewind, crowd_next, &crowd};
	struct correlate *c;
	struct finding *f;
	struct arena a;
	size_t n, used = 0;

	(void)state;
	story_begin(&s, "crowd", "h");
	story_tell(&s, PROCESS);
	story_tell(&s, "S3 2 3 utc=@2 " OUT);
	story_tell(&s, "A5156 3 1 pid=16 " FILTERED_OUT);
	arena_init(&a, 1 << 20);
	c = correlate_new(&s.rules, s.matcher);
	for (size_t i = 0; i < 3; i++)
		assert_true(story_keep(&s, c, i, &a));
	crowd.like = &s.facts[2];
	assert_int_equal(crowd.like->kind, KIND_FILTERED);
	assert_int_equal(correlate_run(c, &facts, NULL), 0);
	f = correlate_findings(c, &n);
	assert_int_equal(n, 1);
	assert_int_equal(f->n_evidence, 4); /* the one of the story is a connection of its own */
	assert_int_equal(f->evidence[3].role, ROLE_CORROBORATING);
	assert_int_equal(f->evidence[3].time, STORY_START + 2 * SECOND);
	for (size_t i = 0; i < c->wanted.n; i++)
		if (c->wanted.entries[i]->kind == KEY_FILTERED)
			used += c->wanted.entries[i]->of[OF_START].n;
	assert_int_equal(used, 4 * LIMIT_NEAR_FILTERED);
	correlate_free(c);
	arena_release(&a);
	story_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(memory_follows_the_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
