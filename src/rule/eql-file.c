/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain .eql file: comment lines `// key: value` at the top say what the rule is, the query
 * follows. A list is its key repeated; a line indented by two blanks or more goes on with the value
 * before it.
 */
#include "eql-ast.h"
#include "meta.h"
#include "sigma.h"

enum header_key {
	KEY_ID,
	KEY_TITLE,
	KEY_DESCRIPTION,
	KEY_STATUS,
	KEY_AUTHOR,
	KEY_DATE,
	KEY_MODIFIED,
	KEY_LICENSE,
	KEY_LEVEL,
	KEY_RISK,
	KEY_SPDX,
	KEY_LISTS,
	KEY_REFERENCE = KEY_LISTS,
	KEY_TACTIC,
	KEY_TECHNIQUE,
	KEY_DATA,
	KEY_FALSE_POSITIVE,
	KEY_TRIAGE,
	KEY_RESPONSE,
	KEY_BLIND_SPOT,
	KEY_COUNT
};
static const char *const keys[KEY_COUNT] = {
	"id",
	"title",
	"description",
	"status",
	"author",
	"date",
	"modified",
	"license",
	"level",
	"risk_score",
	"SPDX-License-Identifier",
	"reference",
	"tactic",
	"technique",
	"data_needed",
	"false_positive",
	"triage",
	"response",
	"blind_spot",
};

struct header {
	struct loader *l;
	struct view text; /* of the file */
	size_t pos;
	uint32_t line;
	struct view values[KEY_LISTS];
	struct spot spots[KEY_LISTS];
	struct texts lists[KEY_COUNT - KEY_LISTS];
	enum header_key open; /* the key whose value may go on; KEY_COUNT: none */
	struct buf value;
	struct spot value_spot;
	struct spot spot; /* of the line being read */
};

static struct view trimmed(struct view v)
{
	while (v.n && (v.p[0] == ' ' || v.p[0] == '\t'))
		v = view_sub(v, 1, SIZE_MAX);
	while (v.n && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t' || v.p[v.n - 1] == '\r'))
		v.n--;
	return v;
}

/* The value that was gathered goes where it belongs. */
static void close_value(struct header *h)
{
	struct view v = buf_data(&h->value);
	enum header_key key = h->open;
	uint8_t *p;

	h->open = KEY_COUNT;
	if (h->value.bad)
		h->l->no_memory = true;
	if (key == KEY_COUNT || key == KEY_SPDX || h->value.bad)
		return;
	p = load_scratch(h->l, v.n, 1);
	for (size_t i = 0; p && i < v.n; i++)
		p[i] = v.p[i];
	v = (struct view){p, p ? v.n : 0};
	if (key >= KEY_LISTS) {
		texts_add(h->l, &h->lists[key - KEY_LISTS], v);
	} else if (h->values[key].p) {
		load_fault(h->l, h->value_spot, ERR_SYNTAX, "`%s` is given twice", keys[key]);
	} else {
		h->values[key] = v;
		h->spots[key] = h->value_spot;
	}
}

static void open_value(struct header *h, struct view name, struct view value)
{
	const char *near;

	close_value(h);
	buf_clear(&h->value);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!view_eq_str(name, keys[i]))
			continue;
		h->open = (enum header_key)i;
		h->value_spot = h->spot;
		buf_view(&h->value, trimmed(value));
		return;
	}
	near = suggest(name, keys, KEY_COUNT);
	load_fault(h->l, h->spot, ERR_SYNTAX, "unknown key `%.*s` of the header%s%s%s", SHOWN(name),
		   near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static size_t blanks(struct view v)
{
	size_t n = 0;

	while (n < v.n && (v.p[n] == ' ' || v.p[n] == '\t'))
		n++;
	return n;
}

/* What stands behind the // of one line. */
static void header_line(struct header *h, struct view line)
{
	size_t indent = blanks(line), colon = indent;

	h->spot = (struct spot){h->line, 3 + (uint32_t)indent};
	if (!trimmed(line).n)
		return;
	if (indent > 2) {
		if (h->open == KEY_COUNT && h->l->faults == 0)
			load_fault(h->l, h->spot, ERR_SYNTAX, "this line goes on with no value");
		buf_byte(&h->value, ' ');
		buf_view(&h->value, trimmed(line));
		return;
	}
	while (colon < line.n && line.p[colon] != ':')
		colon++;
	if (colon == line.n) {
		load_fault(h->l, h->spot, ERR_SYNTAX,
			   "a line of the header is `// key: value`; leave a line free before "
			   "comments");
		return;
	}
	open_value(h, trimmed(view_sub(line, indent, colon - indent)),
		   view_sub(line, colon + 1, SIZE_MAX));
}

static void read_header(struct header *h)
{
	while (h->pos + 1 < h->text.n && h->text.p[h->pos] == '/' && h->text.p[h->pos + 1] == '/') {
		size_t end = h->pos;

		while (end < h->text.n && h->text.p[end] != '\n')
			end++;
		header_line(h, view_sub(h->text, h->pos + 2, end - h->pos - 2));
		h->pos = end < h->text.n ? end + 1 : end;
		h->line++;
	}
	close_value(h);
}

static void take_judgement(struct header *h, struct rule *r)
{
	struct yaml_node risk = {.kind = YAML_SCALAR, .text = h->values[KEY_RISK]};
	struct loader *l = h->l;

	if (h->values[KEY_STATUS].n && !meta_is_status(h->values[KEY_STATUS]))
		load_fault(l, h->spots[KEY_STATUS], ERR_SYNTAX,
			   "`%.*s` is no status; statuses are %s", SHOWN(h->values[KEY_STATUS]),
			   meta_statuses);
	if (h->values[KEY_LEVEL].n)
		meta_level(l, h->values[KEY_LEVEL], h->spots[KEY_LEVEL], &r->level);
	r->has_risk = risk.text.n && yaml_int(&risk, &r->risk_score);
	if (risk.text.n && !r->has_risk)
		load_fault(l, h->spots[KEY_RISK], ERR_SYNTAX,
			   "`risk_score` must be a whole number");
	meta_check_date(l, h->values[KEY_DATE], h->spots[KEY_DATE], "date");
	meta_check_date(l, h->values[KEY_MODIFIED], h->spots[KEY_MODIFIED], "modified");
}

static void take_texts(struct header *h, struct rule *r)
{
	struct view *const texts[KEY_LISTS] = {
		[KEY_ID] = &r->id,
		[KEY_TITLE] = &r->title,
		[KEY_DESCRIPTION] = &r->description,
		[KEY_STATUS] = &r->status,
		[KEY_AUTHOR] = &r->author,
		[KEY_DATE] = &r->date,
		[KEY_MODIFIED] = &r->modified,
		[KEY_LICENSE] = &r->license,
	};
	struct text_list *const lists[] = {
		&r->references,	     &r->tactics, &r->techniques, &r->data_needed,
		&r->false_positives, &r->triage,  &r->response,	  &r->blind_spots,
	};

	for (size_t i = 0; i < KEY_LISTS; i++)
		if (texts[i] && h->values[i].n)
			*texts[i] = load_keep_view(h->l, h->values[i]);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		*lists[i] = texts_keep(h->l, &h->lists[i]);
}

static void take_header(struct header *h, struct draft *d)
{
	struct spot top = {1, 1};

	take_texts(h, &d->rule);
	take_judgement(h, &d->rule);
	d->spot = top;
	d->id_spot = h->values[KEY_ID].n ? h->spots[KEY_ID] : top;
	if (!d->rule.id.n)
		load_fault(h->l, top, ERR_SYNTAX, "the header has no `// id: ...`");
	else
		meta_check_id(h->l, d->rule.id, d->id_spot);
	if (!d->rule.title.n)
		load_fault(h->l, top, ERR_SYNTAX, "the header has no `// title: ...`");
}

void eql_file_load(struct loader *l)
{
	struct header h = {.l = l, .text = l->text, .line = 1, .open = KEY_COUNT};
	struct draft d = {.rule.line = 1};
	struct text_map map;

	buf_init(&h.value, 0);
	read_header(&h);
	buf_release(&h.value);
	take_header(&h, &d);
	text_map_plain(&map, l->text, h.pos);
	eql_compile(l, map.text, &map, &d.rule);
	d.broken = l->faults != 0;
	load_draft(l, &d);
}
