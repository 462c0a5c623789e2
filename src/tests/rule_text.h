/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TEST_RULE_TEXT_H
#define EVTXHOUND_TEST_RULE_TEXT_H
/* Rules from memory to text: a line per rule, then a line per fault as "line:column: message". */
#include "testing.h"

#include "evtxhound/rule.h"

static inline void rule_show_set(const struct ruleset *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++) {
		rule_text(out, &s->rules[i], &s->fields);
		if (s->rules[i].idle.n) {
			buf_str(out, " idle: ");
			buf_view(out, s->rules[i].idle);
		}
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < s->faults.n; i++) {
		const struct fault *f = &s->faults.v[i];

		buf_fmt(out, "%u:%u: %s%s\n", f->line, f->column,
			f->code == ERR_UNSUPPORTED ? "unsupported: " : "", f->message);
	}
}

static inline void rule_show(const char *name, struct view text, struct buf *out)
{
	struct ruleset s;
	struct err e = {0};

	assert_int_equal(ruleset_init(&s, &e), 0);
	assert_int_equal(ruleset_add_text(&s, name, text, &e), 0);
	assert_int_equal(ruleset_finish(&s, &e), 0);
	rule_show_set(&s, out);
	ruleset_release(&s);
}

/* Compares with what is wanted, without its last line feed. */
static inline void rule_row(const char *row, const char *name, struct view text, const char *want)
{
	struct buf out;

	buf_init(&out, 0);
	rule_show(name, text, &out);
	if (out.n && out.p[out.n - 1] == '\n')
		out.n--;
	test_view_is(row, buf_data(&out), view_str(want));
	buf_release(&out);
}

#endif
