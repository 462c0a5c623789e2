/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libfyaml's events to a tree of our own. Events, not libfyaml's documents: those check for duplicate
 * keys in quadratic time and hold marks only as long as they live.
 */
#include "evtxhound/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "yaml-build.h"

static void fault_place(struct view text, size_t at, uint32_t *line, uint32_t *column)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			++*line;
			*column = 1;
		} else if ((text.p[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}

/* What libfyaml lets pass in silence. True when there is nothing to parse. */
static bool refuse_text(struct yaml_build *b, struct view text)
{
	size_t at;
	uint32_t line, column;
	const uint8_t *nul = text.n ? memchr(text.p, 0, text.n) : NULL;

	if (text.n > LIMIT_YAML_BYTES) {
		build_fault(b, 0, 0, ERR_LIMIT, "the text is longer than %u bytes", LIMIT_YAML_BYTES);
		return true;
	}
	if (!text_valid(text, &at)) {
		fault_place(text, at, &line, &column);
		build_fault(b, line, column, ERR_SYNTAX, "this byte is not UTF-8; save the file as UTF-8");
		return true;
	}
	if (nul) {
		fault_place(text, (size_t)(nul - text.p), &line, &column);
		build_fault(b, line, column, ERR_SYNTAX, "a NUL character cannot stand in YAML");
		return true;
	}
	return text.n == 0;
}

static struct view token_text(struct arena *a, struct fy_token *t)
{
	size_t n = 0;
	const char *p = t ? fy_token_get_text(t, &n) : NULL;

	return p && n ? arena_keep(a, (struct view){(const uint8_t *)p, n}) : view_str("");
}

/*
 * A single-quoted text, piece by piece: fy_token_get_text() loses memory of its own when such a text
 * has several quotes in it, and fy_token_iter_read() writes all pieces to one place.
 */
static struct view quoted_text(struct arena *a, struct fy_token *t)
{
	size_t room = t ? fy_token_get_text_length(t) : 0, n = 0;
	struct fy_token_iter *iter = room ? fy_token_iter_create(t) : NULL;
	uint8_t *p = room ? arena_alloc(a, room) : NULL;
	const struct fy_iter_chunk *piece = NULL;
	int failed = 0;

	if (!room)
		return view_str("");
	while (iter && p && (piece = fy_token_iter_chunk_next(iter, piece, &failed)) &&
	       piece->len <= room - n) {
		memcpy(p + n, piece->str, piece->len);
		n += piece->len;
	}
	if (!iter || failed)
		p = NULL;
	fy_token_iter_destroy(iter);
	return (struct view){p, p ? n : 0};
}

static struct view scalar_text(struct arena *a, struct fy_token *t)
{
	bool single = t && fy_token_scalar_style(t) == FYSS_SINGLE_QUOTED;

	return single ? quoted_text(a, t) : token_text(a, t);
}

static enum yaml_style token_style(struct fy_token *t)
{
	switch (t ? fy_token_scalar_style(t) : FYSS_PLAIN) {
	case FYSS_SINGLE_QUOTED:
		return YAML_SINGLE;
	case FYSS_DOUBLE_QUOTED:
		return YAML_DOUBLE;
	case FYSS_LITERAL:
		return YAML_LITERAL;
	case FYSS_FOLDED:
		return YAML_FOLDED;
	case FYSS_ANY:
	case FYSS_PLAIN:
	case FYSS_MAX:
		break;
	}
	return YAML_PLAIN;
}

static bool starts_behind(const struct fy_event *ev)
{
	enum yaml_style s;

	if (ev->type == FYET_ALIAS)
		return true;
	s = ev->type == FYET_SCALAR ? token_style(ev->scalar.value) : YAML_PLAIN;
	return s == YAML_SINGLE || s == YAML_DOUBLE;
}

static void take_mark(struct yaml_build *b, struct fy_event *ev)
{
	const struct fy_mark *m = fy_event_start_mark(ev);

	/* A value left out has no mark of its own: it stands where the last thing stood. */
	if (m) {
		b->line = (uint32_t)m->line + 1;
		b->column = (uint32_t)m->column + 1;
	}
	/* libfyaml's marks lie behind the sign of an alias and behind an opening quote. */
	if (m && m->column && starts_behind(ev))
		b->column--;
}

static int take_event(struct yaml_build *b, struct fy_event *ev)
{
	struct arena *a = b->arena;

	take_mark(b, ev);
	switch (ev->type) {
	case FYET_DOCUMENT_START:
		return build_document(b);
	case FYET_MAPPING_START:
		return build_open(b, YAML_MAPPING, token_text(a, ev->mapping_start.anchor),
				  token_text(a, ev->mapping_start.tag));
	case FYET_SEQUENCE_START:
		return build_open(b, YAML_SEQUENCE, token_text(a, ev->sequence_start.anchor),
				  token_text(a, ev->sequence_start.tag));
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return build_close(b);
	case FYET_SCALAR:
		return build_scalar(b, scalar_text(a, ev->scalar.value), token_style(ev->scalar.value),
				    token_text(a, ev->scalar.anchor), token_text(a, ev->scalar.tag));
	case FYET_ALIAS:
		return build_alias(b, token_text(a, ev->alias.anchor));
	case FYET_STREAM_END:
		b->ended = true;
		return 0;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_DOCUMENT_END:
		break;
	}
	return 0;
}

static void take_faults(struct yaml_build *b, struct fy_diag *diag)
{
	void *iter = NULL;
	struct fy_diag_error *f;

	while ((f = fy_diag_errors_iterate(diag, &iter)))
		build_fault(b, f->line > 0 ? (uint32_t)f->line : 0,
			    f->column > 0 ? (uint32_t)f->column : 0, ERR_SYNTAX, "%s", f->msg);
	if (!b->ended && !b->stopped && !b->n_faults)
		build_fault(b, b->line, b->column, ERR_SYNTAX, "this is no YAML");
}

static void parse(struct yaml_build *b, struct view text, struct fy_diag *diag)
{
	struct fy_parse_cfg cfg = {.search_path = "", .flags = FYPCF_QUIET | FYPCF_JSON_NONE,
				   .diag = diag};
	struct fy_parser *p = fy_parser_create(&cfg);
	struct fy_event *ev;

	if (!p || fy_parser_set_string(p, (const char *)text.p, text.n)) {
		b->nomem = true;
		fy_parser_destroy(p);
		return;
	}
	while (!b->stopped && !b->nomem && (ev = fy_parser_parse(p))) {
		if (take_event(b, ev))
			b->stopped = true;
		fy_parser_event_free(p, ev);
	}
	take_faults(b, diag);
	fy_parser_destroy(p);
}

int yaml_read(struct yaml *y, struct view text, struct arena *a, struct err *e)
{
	struct yaml_build b = {.arena = a};
	struct fy_diag_cfg cfg;
	struct fy_diag *diag;

	*y = (struct yaml){0};
	if (!refuse_text(&b, text)) {
		fy_diag_cfg_default(&cfg);
		cfg.fp = NULL;
		diag = fy_diag_create(&cfg);
		if (!diag)
			return err_set(e, ERR_NOMEM, 0, "no memory to read YAML");
		fy_diag_set_collect_errors(diag, true);
		parse(&b, text, diag);
		fy_diag_destroy(diag);
	}
	if (build_finish(&b, y))
		return err_set(e, ERR_NOMEM, 0, "no memory to read YAML");
	return 0;
}

const char *fyaml_version(void)
{
	return fy_library_version();
}
