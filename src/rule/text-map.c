/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "text-map.h"

static bool is_blank(uint8_t c)
{
	return c <= 0x20;
}

static bool is_tail(uint8_t c) /* of a character of several bytes */
{
	return (c & 0xc0) == 0x80;
}

/* One character of the file, counted in line and column. */
static void step(struct text_map *m)
{
	uint8_t c = m->file.p[m->file_at++];

	while (m->file_at < m->file.n && is_tail(m->file.p[m->file_at]))
		m->file_at++;
	if (c == '\n') {
		m->at.line++;
		m->at.column = 1;
	} else {
		m->at.column++;
	}
}

static void steps(struct text_map *m, size_t n)
{
	while (n-- && m->file_at < m->file.n)
		step(m);
}

static bool file_is(const struct text_map *m, uint8_t c)
{
	return m->file_at < m->file.n && m->file.p[m->file_at] == c;
}

/* Steps over an escape; says whether it stands for a character that is not blank. */
static bool skip_escape(struct text_map *m)
{
	uint8_t c;

	steps(m, 1);
	if (m->file_at >= m->file.n)
		return false;
	c = m->file.p[m->file_at];
	steps(m, c == 'U' ? 9 : c == 'u' ? 5 : c == 'x' ? 3 : 1);
	return !is_blank(c) && !strchr("nrtbfave0 ", c);
}

/* The next character of the file that stands for one of the text and is not blank. */
static void next_mark(struct text_map *m)
{
	while (m->file_at < m->file.n) {
		bool mark = !is_blank(m->file.p[m->file_at]);

		if (m->quoting == QUOTING_DOUBLE && file_is(m, '\\')) {
			mark = skip_escape(m);
		} else {
			bool quote = m->quoting == QUOTING_SINGLE && file_is(m, '\'');

			steps(m, 1);
			if (quote && file_is(m, '\''))
				steps(m, 1);
		}
		if (mark)
			return;
	}
}

static void rewind_map(struct text_map *m)
{
	m->file_at = m->start;
	m->at = m->from;
	m->text_at = 0;
}

struct spot text_map_spot(struct text_map *m, size_t offset)
{
	if (offset < m->text_at)
		rewind_map(m);
	for (; m->text_at < offset && m->text_at < m->text.n; m->text_at++)
		if (!is_blank(m->text.p[m->text_at]) && !is_tail(m->text.p[m->text_at]))
			next_mark(m);
	if (offset < m->text.n && !is_blank(m->text.p[offset]))
		while (m->file_at < m->file.n && is_blank(m->file.p[m->file_at]))
			step(m);
	return m->at;
}

void text_map_plain(struct text_map *m, struct view file, size_t start)
{
	*m = (struct text_map){.file = file, .text = view_sub(file, start, SIZE_MAX), .at = {1, 1}};
	while (m->file_at < start && m->file_at < file.n)
		step(m);
	m->start = m->file_at;
	m->from = m->at;
}

static bool index_lines(struct loader *l)
{
	size_t n = 1;

	if (l->lines)
		return true;
	for (size_t i = 0; i < l->text.n; i++)
		n += l->text.p[i] == '\n';
	l->lines = load_scratch(l, n, sizeof *l->lines);
	if (!l->lines)
		return false;
	l->n_lines = 1;
	for (size_t i = 0; i < l->text.n; i++)
		if (l->text.p[i] == '\n')
			l->lines[l->n_lines++] = (uint32_t)(i + 1);
	return true;
}

static void skip_opening(struct text_map *m, const struct yaml_node *n, bool toml)
{
	if (n->style == YAML_LITERAL || n->style == YAML_FOLDED) {
		if (file_is(m, '|') || file_is(m, '>'))
			while (m->file_at < m->file.n && !file_is(m, '\n'))
				step(m);
	} else if (n->style == YAML_DOUBLE || n->style == YAML_SINGLE) {
		uint8_t q = n->style == YAML_DOUBLE ? '"' : '\'';
		bool three = toml && m->file_at + 2 < m->file.n && m->file.p[m->file_at + 1] == q &&
			     m->file.p[m->file_at + 2] == q;

		steps(m, three ? 3 : 1);
	}
}

void text_map_node(struct text_map *m, struct loader *l, const struct yaml_node *n, bool toml)
{
	*m = (struct text_map){.file = l->text, .text = n->text, .at = spot_of(n)};
	m->file_at = l->text.n;
	if (index_lines(l) && n->line && n->line <= l->n_lines) {
		m->file_at = l->lines[n->line - 1];
		m->at.column = 1;
		steps(m, n->column - 1);
	}
	if (n->style == YAML_DOUBLE)
		m->quoting = QUOTING_DOUBLE;
	else if (n->style == YAML_SINGLE && !toml)
		m->quoting = QUOTING_SINGLE;
	skip_opening(m, n, toml);
	m->start = m->file_at;
	m->from = m->at;
}
