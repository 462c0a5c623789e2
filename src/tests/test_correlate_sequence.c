/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/detections.md, "Sequences": what must not be there, until, optional keys, samples, pipes.
 * Rules: t is ports 1, 2, 3 of one process within a minute, f ports 1 to 4, o ports 1, 2, e one of
 * ports 1, 2 and then port 1, b ports 1, 2 by computer and user.
 */
#include "story.h"

#define P " guid=#1 pid=16 port="
#define Q " guid=#2 pid=20 port="

static const struct story_tweaked rows[] = {
	/* Something that must not come between ends what waits for the next. */
	{"missing between: it is not there", "t", {"S3 1 0" P "1", "S3 2 5" P "3"},
	 "t:s1=S1 s3=S2 both", "missing=2"},
	{"missing between: it is there", "t", {"S3 1 0" P "1", "S3 2 3" P "2", "S3 3 5" P "3"}, "",
	 "missing=2"},
	{"missing between: that of another process does not count", "t",
	 {"S3 1 0" P "1", "S3 2 3" Q "2", "S3 3 5" P "3"}, "t:s1=S1 s3=S3 both", "missing=2"},
	{"missing between: before and behind it may be there", "t",
	 {"S3 1 0" P "2", "S3 2 3" P "1", "S3 3 5" P "3", "S3 4 6" P "2"}, "t:s1=S2 s3=S3 both",
	 "missing=2"},
	{"missing between: what begins behind it counts", "t",
	 {"S3 1 0" P "1", "S3 2 3" P "2", "S3 3 4" P "1", "S3 4 5" P "3"}, "t:s1=S3 s3=S4 both",
	 "missing=2"},
	{"missing between: on either clock", "t",
	 {"S3 1 0" P "1 utc=@0", "S3 2 3" P "2 utc=@9", "S3 3 5" P "3 utc=@5"},
	 "t:s1=S1 s3=S3 occurred", "missing=2"},
	{"missing between: two of them", "f",
	 {"S3 1 0" P "1", "S3 2 3" P "3", "S3 3 5" P "4", "S3 4 10" P "1", "S3 5 11" P "4"},
	 "f:s1=S4 s4=S5 both", "missing=2 missing=3"},
	{"missing between: of equal times it comes where it ends nothing", "t",
	 {"S3 1 0" P "1 utc=@1", "S3 3 5" P "2 utc=@5", "S3 2 5" P "3 utc=@5"},
	 "t:s1=S1 s3=S2 both", "missing=2"},
	{"missing between: of equal times in one channel the record ids decide", "t",
	 {"S3 1 0" P "1 utc=@1", "S3 2 5" P "2 utc=@5", "S3 3 5" P "3 utc=@6"}, "", "missing=2"},

	/* At the start: none within the span that ends with the last. */
	{"missing at the start: none", "t", {"S3 1 0" P "2", "S3 2 5" P "3"}, "t:s2=S1 s3=S2 both",
	 "missing=1"},
	{"missing at the start: one before the first", "t",
	 {"S3 1 0" P "1", "S3 2 4" P "2", "S3 3 5" P "3"}, "", "missing=1"},
	{"missing at the start: one as long before the last as the span", "t",
	 {"S3 1 0" P "1", "S3 2 4" P "2", "S3 3 60" P "3"}, "", "missing=1"},
	{"missing at the start: one that is longer ago", "t",
	 {"S3 1 0" P "1", "S3 2 4" P "2", "S3 3 60.1" P "3"}, "t:s2=S2 s3=S3 both", "missing=1"},
	{"missing at the start: behind the first it may be there", "t",
	 {"S3 1 0" P "2", "S3 2 4" P "1", "S3 3 5" P "3"}, "t:s2=S1 s3=S3 both", "missing=1"},
	{"missing at the start: of equal times it comes last", "t",
	 {"S3 2 0" P "1 utc=@0", "S3 1 0" P "2 utc=@0", "S3 3 5" P "3"}, "t:s2=S1 s3=S3 both",
	 "missing=1"},

	/* At the end: none behind the last, within the span that begins with the first. */
	{"missing at the end: none", "t", {"S3 1 0" P "1", "S3 2 5" P "2"}, "t:s1=S1 s2=S2 both",
	 "missing=3"},
	{"missing at the end: one within the span of the first", "t",
	 {"S3 1 0" P "1", "S3 2 5" P "2", "S3 3 60" P "3"}, "", "missing=3"},
	{"missing at the end: one behind the span of the first", "t",
	 {"S3 1 0" P "1", "S3 2 5" P "2", "S3 3 60.1" P "3"}, "t:s1=S1 s2=S2 both", "missing=3"},
	{"missing at the end: it ends all that are open, and no others", "t",
	 {"S3 1 0" P "1", "S3 2 1" P "2", "S3 3 50" P "1", "S3 4 51" P "2", "S3 5 52" Q "1",
	  "S3 6 53" Q "2", "S3 7 70" P "3", "S3 8 80" P "1", "S3 9 81" P "2"},
	 "t:s1=S1 s2=S2 both / t:s1=S5 s2=S6 both / t:s1=S8 s2=S9 both", "missing=3"},
	{"missing at the end: of another process it ends nothing", "t",
	 {"S3 1 0" P "1", "S3 2 5" P "2", "S3 3 6" Q "3"}, "t:s1=S1 s2=S2 both", "missing=3"},
	{"missing at both ends: one alone is left", "t", {"S3 1 0" P "2"}, "t:s2=S1 both",
	 "missing=1 missing=3"},
	{"missing at both ends: not after the one", "t", {"S3 1 0" P "1", "S3 2 9" P "2"}, "",
	 "missing=1 missing=3"},
	{"missing at both ends: not before the other", "t", {"S3 1 0" P "2", "S3 2 9" P "3"}, "",
	 "missing=1 missing=3"},

	/* Until ends what is pending under its key, in whatever stage. */
	{"until: behind the last it ends nothing", "t",
	 {"S3 1 0" P "1", "S3 2 1" P "2", "S3 3 2" P "3"}, "t:s1=S1 s2=S2 both", "until=3"},
	{"until: between", "t", {"S3 1 0" P "1", "S3 2 1" P "3", "S3 3 2" P "2"}, "", "until=3"},
	{"until: of another process", "t", {"S3 1 0" P "1", "S3 2 1" Q "3", "S3 3 2" P "2"},
	 "t:s1=S1 s2=S3 both", "until=3"},
	{"until: what begins behind it goes on", "t",
	 {"S3 1 0" P "1", "S3 2 1" P "3", "S3 3 2" P "1", "S3 4 3" P "2"}, "t:s1=S3 s2=S4 both",
	 "until=3"},
	{"until: in every stage", "f",
	 {"S3 1 0" P "1", "S3 2 1" P "2", "S3 3 2" P "1", "S3 4 3" P "4", "S3 5 4" P "3",
	  "S3 6 5" P "2", "S3 7 6" P "3"}, "", "until=4"},
	{"until: on one clock only", "t",
	 {"S3 1 0" P "1 utc=@0", "S3 2 1" P "3 utc=@9", "S3 3 2" P "2 utc=@2"},
	 "t:s1=S1 s2=S3 occurred", "until=3"},
	{"until: of equal times what advances comes first", "t",
	 {"S3 1 0" P "1", "S3 3 2" P "3 utc=@2", "S3 2 2" P "2 utc=@2"}, "t:s1=S1 s2=S2 both",
	 "until=3"},

	/* A null key joins nothing, but where it is optional: there null joins null. */
	{"optional: null joins null", "b", {"S3 1 0 port=1", "S3 2 1 port=2"}, "b:s1=S1 s2=S2 both",
	 "optional=2"},
	{"optional: null does not join what is there", "b",
	 {"S3 1 0 port=1", "S3 2 1 port=2 user=C\\ann"}, "", "optional=2"},
	{"optional: what is there joins as ever", "b",
	 {"S3 1 0 port=1 user=C\\ann", "S3 2 1 port=2 user=C\\ann"}, "b:s1=S1 s2=S2 both",
	 "optional=2"},
	{"optional: different hosts never join", "b", {"S3 1 0 port=1", "S3 2 1 host=B port=2"}, "",
	 "optional=2"},

	/* One event that fulfils several stages. */
	{"an event ends a sequence and begins another", "e",
	 {"S3 1 0" P "2", "S3 2 1" P "1", "S3 3 2" P "1"},
	 "e:s1=S1 s2=S2 both / e:s1=S2 s2=S3 both", ""},

	/* Samples. */
	{"sample: in any order, without bound of time", "t",
	 {"S3 1 0" P "3", "S3 2 5000" P "1", "S3 3 90000" P "2"}, "t:s1=S2 s2=S3 s3=S1 both",
	 "sample"},
	{"sample: all stages must be there", "t", {"S3 1 0" P "3", "S3 2 5" P "1"}, "", "sample"},
	{"sample: of one key", "t", {"S3 1 0" P "3", "S3 2 5" P "1", "S3 3 6" Q "2"}, "", "sample"},
	{"sample: one for each key, of the earliest", "o",
	 {"S3 1 0" P "1", "S3 2 1" P "1", "S3 3 2" P "2", "S3 4 3" P "2", "S3 5 4" Q "2",
	  "S3 6 5" Q "1"},
	 "o:s1=S1 s2=S3 both / o:s1=S6 s2=S5 both", "sample"},
	{"sample: one record is not two stages", "e", {"S3 1 0" P "1"}, "", "sample"},
	{"sample: a stage gives way to one that has no other", "e",
	 {"S3 1 0" P "1", "S3 2 1" P "2"}, "e:s1=S2 s2=S1 both", "sample"},
	{"sample: null keys join nothing", "o", {"S3 1 0 port=1", "S3 2 1 port=2"}, "", "sample"},
};

static void every_sentence_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		story_tweaked_row(&rows[i]);
}

/* ---- pipes ---- */

static void pipes_cut_what_was_found(void **state)
{
	static const struct {
		const char *name;
		struct pipe pipes[2];
		size_t n_pipes;
		uint64_t n, from, to;
	} cases[] = {
		{"none", {{0}}, 0, 9, 0, 9},
		{"head", {{false, 3}}, 1, 9, 0, 3},
		{"head of fewer", {{false, 30}}, 1, 9, 0, 9},
		{"tail", {{true, 3}}, 1, 9, 6, 9},
		{"tail of fewer", {{true, 10}}, 1, 9, 0, 9},
		{"tail of head", {{false, 5}, {true, 2}}, 2, 9, 3, 5},
		{"head of tail", {{true, 5}, {false, 2}}, 2, 9, 4, 6},
		{"of nothing", {{true, 5}, {false, 2}}, 2, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cases); i++) {
		struct rule r = {.pipes = cases[i].pipes, .n_pipes = cases[i].n_pipes};
		uint64_t from, to;

		pipes_range(&r, cases[i].n, &from, &to);
		TEST_ROW(cases[i].name, from == cases[i].from && to == cases[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_holds),
		cmocka_unit_test(pipes_cut_what_was_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
