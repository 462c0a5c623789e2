/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/detections.md, "Counts" and "Joins". Rule m: ports 1 and 2 of one process within a minute, made
 * a count of them or of their source ports; o: port 1, then 2.
 */
#include "story.h"

#define P " guid=#1 pid=16 port=1 sport="
#define T " guid=#1 pid=16 port=2 sport="
#define Q " guid=#2 pid=20 port=1 sport="

static const struct story_tweaked rows[] = {
	{"events: as many as are asked for", "m", {"S3 1 0" P "5", "S3 2 9" P "5", "S3 3 60" T "5"},
	 "m:s1=S1 s1=S2 s2=S3 both", "events ge=3"},
	{"events: fewer", "m", {"S3 1 0" P "5", "S3 2 9" P "5"}, "", "events ge=3"},
	{"events: not within the span", "m", {"S3 1 0" P "5", "S3 2 9" P "5", "S3 3 60.1" P "5"}, "",
	 "events ge=3"},
	{"events: of one key", "m", {"S3 1 0" P "5", "S3 2 9" Q "5", "S3 3 20" P "5"}, "", "events ge=3"},
	{"events: more than is the same", "m", {"S3 1 0" P "5", "S3 2 9" P "5", "S3 3 20" P "5"}, "",
	 "events gt=3"},
	{"events: the window begins where there is enough", "m",
	 {"S3 1 0" P "5", "S3 2 50" P "5", "S3 3 70" P "5", "S3 4 90" P "5"},
	 "m:s1=S2 s1=S3 s1=S4 both", "events ge=3"},
	{"events: all of the window are the finding, the next begins behind", "m",
	 {"S3 1 0" P "5", "S3 2 10" P "5", "S3 3 20" P "5", "S3 4 61" P "5", "S3 5 62" P "5"},
	 "m:s1=S1 s1=S2 s1=S3 both / m:s1=S4 s1=S5 both", "events ge=2"},
	{"events: on either clock", "m",
	 {"S3 1 0" P "5 utc=@0", "S3 2 90" P "5 utc=@1"}, "m:s1=S1 s1=S2 occurred", "events ge=2"},
	{"events: fewer than", "m", {"S3 1 0" P "5", "S3 2 10" P "5"}, "m:s1=S1 s1=S2 both",
	 "events lt=3"},
	{"events: a window with too many is passed over whole", "m",
	 {"S3 1 0" P "5", "S3 2 10" P "5", "S3 3 20" P "5", "S3 4 90" P "5"}, "m:s1=S4 both",
	 "events le=2"},
	{"events: exactly", "m", {"S3 1 0" P "5", "S3 2 10" P "5", "S3 3 20" P "5", "S3 4 90" P "5",
	 "S3 5 91" P "5"}, "m:s1=S4 s1=S5 both", "events eq=2"},
	{"events: any number but", "m", {"S3 1 0" P "5", "S3 2 90" P "5", "S3 3 91" P "5"},
	 "m:s1=S1 both", "events ne=2"},
	{"events: between two bounds", "m",
	 {"S3 1 0" P "5", "S3 2 90" P "5", "S3 3 91" P "5", "S3 4 200" P "5", "S3 5 201" P "5",
	  "S3 6 202" P "5"},
	 "m:s1=S2 s1=S3 both", "events ge=2 lt=3"},
	{"values: distinct ones count", "m",
	 {"S3 1 0" P "5", "S3 2 1" P "5", "S3 3 2" P "6", "S3 4 3" P "7"},
	 "m:s1=S1 s1=S2 s1=S3 s1=S4 both", "values=SourcePort ge=3"},
	{"values: what has left the window does not count", "m",
	 {"S3 1 0" P "5", "S3 2 50" P "6", "S3 3 70" P "7"}, "", "values=SourcePort ge=3"},
	{"values: a record without one is within, and counts for none", "m",
	 {"S3 1 0" P "5", "S3 2 1 guid=#1 pid=16 port=1", "S3 3 2" P "6"},
	 "m:s1=S1 s1=S2 s1=S3 both", "values=SourcePort ge=2"},
	{"values: letter case makes no other value", "m",
	 {"S3 1 0 guid=#1 pid=16 port=1 user=C\\Ann", "S3 2 1 guid=#1 pid=16 port=1 user=C\\ANN"}, "",
	 "values=User ge=2"},
	{"sum", "m", {"S3 1 0" P "5", "S3 2 1" P "6", "S3 3 2" P "-1"}, "m:s1=S1 s1=S2 s1=S3 both",
	 "sum=SourcePort ge=10"},
	{"sum: too little", "m", {"S3 1 0" P "5", "S3 2 1" P "4.5"}, "", "sum=SourcePort ge=10"},
	{"average", "m", {"S3 1 0" P "5", "S3 2 1" P "6"}, "m:s1=S1 s1=S2 both", "avg=SourcePort gt=5.4"},
	{"average: of nothing there is none", "m", {"S3 1 0 guid=#1 pid=16 port=1"}, "",
	 "avg=SourcePort lt=5"},
	{"percentile: the nearest rank", "m",
	 {"S3 1 0" P "10", "S3 2 1" P "30", "S3 3 2" P "20", "S3 4 3" P "40"},
	 "m:s1=S1 s1=S2 s1=S3 s1=S4 both", "p50=SourcePort eq=20"},
	{"percentile: all", "m", {"S3 1 0" P "10", "S3 2 1" P "30", "S3 3 2" P "20"},
	 "m:s1=S1 s1=S2 s1=S3 both", "p100=SourcePort eq=30"},
	{"percentile: of the window alone", "m",
	 {"S3 1 0" P "90", "S3 2 50" P "10", "S3 3 70" P "10", "S3 4 80" P "30"},
	 "m:s1=S3 s1=S4 both", "p90=SourcePort ge=20 lt=50"},

	{"join: as many of the rules as are asked for", "m", {"S3 1 0" P "5"}, "m:s1=S1 both", "ge=1"},
	{"join: in the order of the rules", "m", {"S3 1 0" P "5", "S3 2 60" T "5"}, "m:s1=S1 s2=S2 both",
	 "ordered"},
	{"join: not in another order", "m", {"S3 1 0" T "5", "S3 2 60" P "5"}, "", "ordered"},

	/* o: a finding of m, then port 2. */
	{"chain: a finding is an event of its last record's time", "mo",
	 {"S3 1 0" P "5", "S3 2 1" P "5", "S3 3 2" T "5"},
	 "m:s1=S1 s1=S2 s2=S3 both", "events ge=3 of=1"},
	{"chain: its records stand in its place", "mo",
	 {"S3 1 0" P "5", "S3 2 1" P "5", "S3 3 61" T "5"},
	 "m:s1=S1 s1=S2 both / o:s1=S1 s1=S2 s2=S3 both", "events ge=2 le=2 of=1"},
	{"chain: not of another key", "mo",
	 {"S3 1 0" P "5", "S3 2 1" P "5", "S3 3 62 guid=#2 pid=20 port=2"}, "m:s1=S1 s1=S2 both",
	 "events ge=2 of=1"},
	{"chain: a quiet part is no finding", "mo", {"S3 1 0" P "5", "S3 2 1" P "5", "S3 3 61" T "5"},
	 "o:s1=S1 s1=S2 s2=S3 both", "events ge=2 of=1 quiet"},
};

static void every_sentence_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		story_tweaked_row(&rows[i]);
}

static void what_was_measured_is_told(void **state)
{
	static const struct {
		const char *tweak, *measured;
	} cases[] = {
		{"events ge=2", "3 events"},
		{"values=SourcePort ge=2", "2 values of SourcePort"},
		{"sum=SourcePort ge=2", "sum of SourcePort: 16"},
		{"avg=SourcePort ge=2", "average of SourcePort: 5.333"},
		{"p50=SourcePort ge=2", "percentile of SourcePort: 5"},
		{"ge=1", ""},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cases); i++) {
		struct story s;
		size_t n;

		story_begin(&s, cases[i].tweak, "m");
		story_tweak(&s, cases[i].tweak);
		story_tell(&s, "S3 1 0" P "5");
		story_tell(&s, "S3 2 1" P "5");
		story_tell(&s, "S3 3 2" P "6");
		struct correlate *c = story_run(&s);
		struct finding *f = correlate_findings(c, &n);
		TEST_ROW(cases[i].tweak, n >= 1);
		test_view_is(cases[i].tweak, f->measured, view_str(cases[i].measured));
		correlate_free(c);
		story_end(&s);
	}
}

static bool run_counts(void *ctx)
{
	struct correlate *c = story_run(ctx);

	correlate_free(c);
	return c != NULL;
}

static void memory_may_end(void **state)
{
	static const char *const tweaks[] = {"events ge=2 of=1", "values=SourcePort ge=2 of=1",
					     "p50=SourcePort ge=2 of=1"};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(tweaks); i++) {
		struct story s;

		story_begin(&s, tweaks[i], "mo");
		story_tweak(&s, tweaks[i]);
		story_tell(&s, "S3 1 0" P "5");
		story_tell(&s, "S3 2 1" P "6");
		story_tell(&s, "S3 3 61" T "6");
		assert_true(test_starve(run_counts, &s) > 20);
		story_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_holds),
		cmocka_unit_test(what_was_measured_is_told),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
