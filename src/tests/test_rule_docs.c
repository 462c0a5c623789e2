/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The examples of docs/rules.md: a fenced block of yaml, toml or eql loads; one that says "refused" has
 * the faults of the block behind it.
 */
#include "rule_text.h"

#include <limits.h>

struct block {
	struct view info, text;
};

static struct view line_of(struct view text, size_t at)
{
	size_t end = at;

	while (end < text.n && text.p[end] != '\n')
		end++;
	return view_sub(text, at, end - at);
}

/* The next fenced block from *at on. */
static bool next_block(struct view text, size_t *at, struct block *b)
{
	bool open = false;
	size_t start = 0;

	while (*at < text.n) {
		struct view line = line_of(text, *at);
		size_t here = *at;

		*at += line.n + 1;
		if (line.n < 3 || memcmp(line.p, "```", 3))
			continue;
		if (open) {
			b->text = view_sub(text, start, here - start);
			return true;
		}
		open = true;
		b->info = view_sub(line, 3, SIZE_MAX);
		start = *at;
	}
	return false;
}

static const char *name_of(struct view info)
{
	static const char *const names[][2] = {
		{"yaml", "docs.yml"}, {"toml", "docs.toml"}, {"eql", "docs.eql"}};

	for (size_t i = 0; i < TEST_COUNT(names); i++)
		if (view_eq_str(view_sub(info, 0, strlen(names[i][0])), names[i][0]))
			return names[i][1];
	return NULL;
}

/* Those that make findings. */
static size_t told_rules(const struct ruleset *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += !s->rules[i].quiet;
	return n;
}

static void check(struct block b, struct view faults)
{
	struct ruleset s;
	struct err e = {0};
	struct buf out;

	buf_init(&out, 0);
	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add_text(&s, name_of(b.info), b.text, &e), 0);
	for (size_t i = 0; i < s.faults.n; i++)
		buf_fmt(&out, "%u:%u: %s\n", s.faults.v[i].line, s.faults.v[i].column,
			s.faults.v[i].message);
	test_view_is((const char *)view_sub(b.text, 0, 40).p, buf_data(&out), faults);
	assert_int_equal(told_rules(&s), faults.n ? 0 : 1);
	buf_release(&out);
	ruleset_release(&s);
}

static size_t read_manual(char *text, size_t room)
{
	const char *top = getenv("SRCDIR");
	char path[PATH_MAX];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/docs/rules.md", top ? top : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, room, f);
	assert_true(n < room);
	fclose(f);
	return n;
}

static void examples(void **state)
{
	static char room[65536];
	struct view text = {(const uint8_t *)room, read_manual(room, sizeof room)};
	struct block b, faults;
	size_t at = 0, loaded = 0, refused = 0;

	(void)state;
	while (next_block(text, &at, &b)) {
		if (!name_of(b.info))
			fail_msg("a block of %.*s", (int)b.info.n, (const char *)b.info.p);
		if (view_eq_str(view_after_last(b.info, " "), "refused")) {
			assert_true(next_block(text, &at, &faults));
			check(b, faults.text);
			refused++;
		} else {
			check(b, view_str(""));
			loaded++;
		}
	}
	assert_true(loaded >= 4 && refused >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(examples)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
