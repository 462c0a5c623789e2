/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command line as CommandLineToArgvW splits it. argv[0] has a rule of its own: quotes toggle,
 * backslashes are literal. In the rest 2n backslashes before a quote are n backslashes, 2n+1 are n
 * and a literal quote; within quotes a doubled quote is a literal one and ends the quoting (what
 * shell32 does; the C runtime, since 2008, goes on quoting there). NUL ends the line.
 */
#include <string.h>

#include "evtxhound/event.h"

struct splitter {
	struct view line;
	size_t at;
	uint8_t *out; /* as long as the line: no argument is longer than its source */
	size_t n;
};

static uint8_t peek(const struct splitter *s, size_t ahead)
{
	return ahead < s->line.n - s->at ? s->line.p[s->at + ahead] : 0;
}

static void put(struct splitter *s, uint8_t c)
{
	s->out[s->n++] = c;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* A line that begins with a blank has an empty argv[0]; control characters end it too. */
static void program(struct splitter *s)
{
	bool quoted = false;

	for (; s->at < s->line.n; s->at++) {
		uint8_t c = peek(s, 0);

		if (c == '"')
			quoted = !quoted;
		else if (c <= ' ' && !quoted)
			return;
		else
			put(s, c);
	}
}

/* At a backslash: the run of them and, when it escapes one, the quote behind it. */
static void backslashes(struct splitter *s)
{
	size_t n = 0, kept;

	while (peek(s, n) == '\\')
		n++;
	kept = peek(s, n) == '"' ? n / 2 : n;
	for (size_t i = 0; i < kept; i++)
		put(s, '\\');
	s->at += n;
	if (peek(s, 0) == '"' && n % 2) {
		put(s, '"');
		s->at++;
	}
}

static void argument(struct splitter *s)
{
	bool quoted = false;

	while (s->at < s->line.n && (quoted || !is_blank(peek(s, 0)))) {
		uint8_t c = peek(s, 0);

		if (c == '\\') {
			backslashes(s);
			continue;
		}
		if (c != '"') {
			put(s, c);
		} else if (quoted && peek(s, 1) == '"') {
			put(s, '"');
			s->at++;
			quoted = false;
		} else {
			quoted = !quoted;
		}
		s->at++;
	}
}

static void skip(struct splitter *s)
{
	while (s->at < s->line.n && is_blank(peek(s, 0)))
		s->at++;
}

static void split(struct splitter *s, struct view *args, size_t *n)
{
	while (*n < LIMIT_ARGS) {
		size_t from = s->n;

		if (*n == 0)
			program(s);
		else
			argument(s);
		args[(*n)++] = (struct view){s->out + from, s->n - from};
		/* The control character that ended argv[0] separates like a blank. */
		if (*n == 1 && s->at < s->line.n)
			s->at++;
		skip(s);
		if (s->at == s->line.n)
			return;
	}
}

static struct view until_nul(struct view v)
{
	const uint8_t *end = v.n ? memchr(v.p, 0, v.n) : NULL;

	return end ? view_sub(v, 0, (size_t)(end - v.p)) : v;
}

/* How many arguments there can be: one more than there are separators. */
static size_t most_args(struct view line)
{
	size_t n = 2;

	for (size_t i = 0; i < line.n && n < LIMIT_ARGS; i++)
		n += line.p[i] <= ' ';
	return n;
}

int command_line_args(struct view command_line, struct arena *a, struct view **args, size_t *n)
{
	struct splitter s = {.line = until_nul(command_line)};

	*n = 0;
	*args = NULL;
	if (!s.line.n)
		return 0; /* Windows gives the caller's own path here, which no record holds */
	s.out = arena_alloc(a, s.line.n);
	*args = arena_array(a, most_args(s.line), sizeof(**args));
	if (!s.out || !*args)
		return -1;
	split(&s, *args, n);
	return 0;
}
