/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans. Records of one template nearly all have values of the same kinds: the same ones are null,
 * numbers are of the size that their type says. Given that, it is known which way a program takes
 * and where commas go, and what is left of it are literals with values between them.
 *
 * What a plan writes is what its program would have written; and it spends the same.
 */
#include <assert.h>

#include "run.h"

#define FEW_RUNS 2u /* of a program, for which no plan is worth its making */

#define DESCRIPTOR_SIZE 0x0000ffffu
#define DESCRIPTOR_TYPE 0x00ff0000u
#define TEXT_SIZE 0x0000fe01u /* bits that no size of a text has which is written at once */
static_assert(2 * TEXT16_BLOCK == 0x200, "which TEXT_SIZE says");

enum move_kind {
	MOVE_NONE, /* the literal alone */
	MOVE_TEXT,
	MOVE_SHORT,  /* an unsigned number of 1, 2 or 4 bytes */
	MOVE_PLAIN,  /* what value_scalar() writes of its size */
	MOVE_SCALAR, /* what it may refuse, and quotes with it */
	MOVE_VALUE,  /* any other value, as the step writes it */
	MOVE_OTHER,  /* what else the step does */
};

/* A literal, and what stands behind it. */
struct move {
	uint8_t kind, mode;
	uint16_t slot;
	uint32_t text, n;
	uint32_t room;
	const struct step *step;
};

struct plan {
	struct plan *next;
	/* Of each slot: its descriptor, and which bits of that matter. */
	const uint32_t *want, *mask;
	uint32_t n_slots, n_moves;
	const struct move *moves;
	const uint8_t *text;
	enum evtx_format format;
};

/* ---- making one ---- */

struct planner {
	struct run *r;
	struct buf *moves, *text;
	uint32_t *want, *mask;
	uint32_t n_slots;
	size_t from; /* where the literal at hand starts */
	bool value;  /* in front of it stands a value of JSON: no comma, and no bracket that opens */
	bool failed;
};

/* Bits of a slot's descriptor on which the plan rests. */
static uint32_t rest_on(struct planner *p, uint32_t slot, uint32_t bits)
{
	if (slot >= p->n_slots) {
		p->failed = true;
		return 0;
	}
	p->mask[slot] |= bits;
	return p->want[slot];
}

static uint8_t type_of(struct planner *p, uint32_t slot)
{
	return (uint8_t)(rest_on(p, slot, DESCRIPTOR_TYPE) >> 16);
}

static void literal(struct planner *p, const void *text, size_t n)
{
	buf_add(p->text, text, n);
}

static void move(struct planner *p, enum move_kind kind, const struct step *s)
{
	size_t n = p->text->n - p->from;
	struct move m = {
		.kind = (uint8_t)kind,
		.mode = s && s->mode == MODE_JSON && kind == MOVE_TEXT ? MODE_PIECE
			: s ? s->mode : MODE_XML,
		.slot = s ? s->slot : 0,
		.text = (uint32_t)p->from,
		.n = (uint32_t)n,
		.room = (uint32_t)(n + 2 * PROGRAM_SLACK + VALUE_ROOM +
				   (kind == MOVE_TEXT ? TEXT16_ROOM(TEXT16_BLOCK) : 0)),
		.step = s,
	};

	buf_add(p->moves, &m, sizeof(m));
	p->from = p->text->n;
	p->value = false;
}

/* ---- values ---- */

static bool is_short(uint8_t type)
{
	return type == VALUE_UINT8 || type == VALUE_UINT16 || type == VALUE_UINT32;
}

static bool is_fixed(uint8_t type)
{
	return type == VALUE_UINT64 || type == VALUE_GUID || type == VALUE_FILETIME ||
	       type == VALUE_HEX32 || type == VALUE_HEX64;
}

static bool is_scalar(uint8_t type)
{
	return (type >= VALUE_INT8 && type <= VALUE_BOOL) ||
	       (type >= VALUE_GUID && type <= VALUE_HEX64);
}

/* What is written of it, and without quotes, rests on its type alone, or on its size as well. */
static enum move_kind kind_of(struct planner *p, const struct step *s, uint8_t type)
{
	uint32_t size = p->want[s->slot] & DESCRIPTOR_SIZE;
	bool fits = value_type_size(type) && size == value_type_size(type);

	if (type == VALUE_UTF16 && !(size & TEXT_SIZE)) {
		rest_on(p, s->slot, TEXT_SIZE);
		return MOVE_TEXT;
	}
	if (fits && (is_short(type) || is_fixed(type))) {
		rest_on(p, s->slot, DESCRIPTOR_SIZE);
		return is_short(type) ? MOVE_SHORT : MOVE_PLAIN;
	}
	return is_scalar(type) && !s->beside ? MOVE_SCALAR : MOVE_VALUE;
}

static void null_value(struct planner *p, const struct step *s)
{
	if (s->mode == MODE_JSON)
		literal(p, "null", 4);
}

static void plan_value(struct planner *p, const struct step *s)
{
	const uint8_t *text = p->r->p->text + s->text;
	uint8_t type = type_of(p, s->slot);
	enum move_kind kind = p->failed ? MOVE_VALUE : kind_of(p, s, type);
	bool json = s->mode == MODE_JSON;
	bool quoted = json && (kind == MOVE_TEXT || kind == MOVE_PLAIN);

	if (s->optional && type == VALUE_NULL)
		return;
	literal(p, text, s->before);
	if (s->beside && kind != MOVE_VALUE)
		literal(p, ",\"#text\":", 9);
	if (quoted)
		literal(p, "\"", 1);
	if (type == VALUE_NULL && !s->beside)
		null_value(p, s);
	else
		move(p, kind, s);
	if (quoted)
		literal(p, "\"", 1);
	p->value = json && kind != MOVE_VALUE;
	literal(p, text + s->before, s->after);
}

/* ---- commas and brackets ---- */

static char last_but(const struct planner *p, size_t n)
{
	return p->text->n - p->from > n ? (char)p->text->p[p->text->n - 1 - n] : '\0';
}

/* What stands in front of the comma at the end, if there is one; false: that is not known. */
static bool before_comma(const struct planner *p, size_t *comma, char *c)
{
	*comma = last_but(p, 0) == ',';
	*c = last_but(p, *comma);
	return !p->text->bad && (*c || p->value);
}

static bool plan_comma(struct planner *p)
{
	size_t comma;
	char c;

	if (!before_comma(p, &comma, &c))
		return false;
	p->text->n -= comma;
	return true;
}

static bool plan_close(struct planner *p)
{
	size_t comma;
	char c;

	if (!before_comma(p, &comma, &c))
		return false;
	p->text->n -= comma + (c == '{');
	if (c == '{')
		literal(p, "null", 4);
	else
		literal(p, "}", 1);
	return true;
}

static bool plan_list_end(struct planner *p, const struct step *s)
{
	size_t comma, n = p->text->n - p->from;
	char c;

	if (!before_comma(p, &comma, &c) || (c == '[' && (s->list || n < s->target + comma)))
		return false;
	p->text->n -= comma + (c == '[' ? s->target : 0);
	if (c != '[')
		literal(p, "],", 2);
	return true;
}

/* ---- the way through a program ---- */

static bool any(struct planner *p, const struct step *s)
{
	const uint8_t *text = p->r->p->text + s->text;
	bool found = false;

	for (uint32_t i = 0; i < s->before; i += 2)
		found |= type_of(p, load_u16(text + i)) != VALUE_NULL;
	return found;
}

static bool jumps(struct planner *p, const struct step *s)
{
	switch (s->kind) {
	case STEP_IF:
		return type_of(p, s->slot) == VALUE_NULL;
	case STEP_ANY:
		return !any(p, s);
	case STEP_PAYLOAD:
		return p->r->x->format == EVTX_PAYLOAD;
	case STEP_JUMP:
		return true;
	default:
		return false;
	}
}

static bool has_texts(struct planner *p, uint32_t node)
{
	const struct node *nodes = p->r->in->t->nodes;

	for (uint32_t k = node + 1; k < nodes[node].end; k = node_next(nodes, k))
		if (nodes[k].kind == NODE_SLOT)
			type_of(p, nodes[k].slot);
	return !p->failed && run_has_texts(p->r, node);
}

/* What needs nothing done, or only to the literal at hand. */
static bool is_known(struct planner *p, const struct step *s)
{
	switch (s->kind) {
	case STEP_TEXT:
	case STEP_IF:
	case STEP_ANY:
	case STEP_PAYLOAD:
		return true;
	case STEP_COMMA:
		return plan_comma(p);
	case STEP_CLOSE:
		return plan_close(p);
	case STEP_LIST_END:
		return plan_list_end(p, s);
	case STEP_EMBED:
		return type_of(p, s->slot) != VALUE_BINXML;
	case STEP_TEXTS:
		return !has_texts(p, s->node);
	default:
		return false;
	}
}

static void walk(struct planner *p)
{
	const struct program *g = p->r->p;

	for (uint32_t i = 0; i < g->n_steps && !p->failed;) {
		const struct step *s = &g->steps[i++];

		if (s->kind == STEP_VALUE) {
			plan_value(p, s);
			continue;
		}
		if (jumps(p, s)) {
			i = s->target;
			continue;
		}
		if (!is_known(p, s))
			move(p, MOVE_OTHER, s);
		literal(p, g->text + s->text + (s->kind == STEP_ANY ? s->before : 0), s->after);
		if (s->kind == STEP_COMMA && s->target)
			i = s->target;
	}
	move(p, MOVE_NONE, NULL);
}

static struct plan *keep(const struct planner *p, struct arena *a)
{
	struct plan *plan = arena_alloc(a, sizeof(*plan));
	void *moves = arena_alloc(a, p->moves->n);
	uint8_t *text = arena_alloc(a, p->text->n + PROGRAM_SLACK);

	if (p->failed || p->moves->bad || p->text->bad || !plan || !moves || !text)
		return NULL;
	memcpy(moves, p->moves->p, p->moves->n);
	if (p->text->n)
		memcpy(text, p->text->p, p->text->n);
	*plan = (struct plan){
		.want = p->want,
		.mask = p->mask,
		.n_slots = p->n_slots,
		.n_moves = (uint32_t)(p->moves->n / sizeof(struct move)),
		.moves = moves,
		.text = text,
		.format = p->r->x->format,
	};
	return plan;
}

static struct plan *plan_make(struct run *r, struct view descriptors, struct arena *a)
{
	struct assembler *scratch = &r->x->kept->assembler;
	struct planner p = {
		.r = r,
		.moves = &scratch->steps,
		.text = &scratch->text,
		.want = arena_array(a, r->n, sizeof(uint32_t)),
		.mask = arena_array(a, r->n, sizeof(uint32_t)),
		.n_slots = (uint32_t)r->n,
	};

	if (!p.want || !p.mask)
		return NULL;
	for (size_t i = 0; i < r->n; i++)
		p.want[i] = load_u32(descriptors.p + 4 * i);
	buf_clear(p.moves);
	buf_clear(p.text);
	walk(&p);
	return keep(&p, a);
}

/* ---- finding one ---- */

static bool fits(const struct plan *p, struct view descriptors, enum evtx_format f)
{
	if (p->n_slots * 4 != descriptors.n || p->format != f)
		return false;
	for (size_t i = 0; i < p->n_slots; i++)
		if ((load_u32(descriptors.p + 4 * i) ^ p->want[i]) & p->mask[i])
			return false;
	return true;
}

const struct plan *plan_of(struct run *r)
{
	struct program *g = r->p;
	struct view chunk = r->x->r->d->chunk.bytes;
	struct view descriptors = view_sub(chunk, r->in->at + 4, 4 * r->n);
	struct plan *plan;

	if (!r->in->sound || descriptors.n != 4 * r->n)
		return NULL;
	for (plan = g->plans; plan; plan = plan->next)
		if (fits(plan, descriptors, r->x->format))
			return plan;
	if (g->runs < FEW_RUNS || g->n_plans == LIMIT_PLANS) {
		g->runs = g->runs < FEW_RUNS ? (uint8_t)(g->runs + 1) : FEW_RUNS;
		return NULL;
	}
	g->n_plans++;
	plan = plan_make(r, descriptors, &r->x->r->d->templates.plans);
	if (!plan)
		return NULL;
	plan->next = g->plans;
	g->plans = plan;
	return plan;
}

/* ---- running one ---- */

/* Where the next byte goes, and where the room ends: out of `out` while nobody else writes. */
struct pen {
	uint8_t *p, *end;
};

static inline struct pen pen_of(const struct buf *out)
{
	return (struct pen){out->p + out->n, out->bad ? out->p + out->n : out->p + out->cap};
}

static inline void pen_down(const struct pen *pen, struct buf *out)
{
	if (!out->bad)
		out->n = (size_t)(pen->p - out->p);
}

static inline bool has_room(struct pen *pen, struct buf *out, size_t n)
{
	if ((size_t)(pen->end - pen->p) >= n)
		return true;
	pen_down(pen, out);
	if (!buf_room(out, n))
		return false;
	*pen = pen_of(out);
	return true;
}

static inline uint8_t *put_short(uint8_t *out, const struct value *v)
{
	const uint8_t *p = v->raw.p;
	uint32_t n = v->type == VALUE_UINT16 ? load_u16(p)
		     : v->type == VALUE_UINT8 ? p[0]
					      : load_u32(p);

	if (n >= 100000000)
		return out + value_scalar(v, (char *)out);
	return out + decimal_short(n, (char *)out);
}

/* What is not written straight to the pen. */
static void elsewhere(struct run *r, const struct move *m, struct pen *pen)
{
	struct render *x = r->x;

	pen_down(pen, x->out);
	x->over |= x->out->n > x->most;
	if (x->over)
		return;
	if (m->kind == MOVE_OTHER)
		run_other(r, m->step);
	else
		run_value(r, m->step);
	*pen = pen_of(x->out);
}

static inline void fill_in(struct run *r, const struct move *m, struct pen *pen)
{
	const struct value *v = &r->slots[m->slot];
	uint8_t *p = NULL;

	switch ((enum move_kind)m->kind) {
	case MOVE_NONE:
		return;
	case MOVE_TEXT:
		p = put_text(r->x, pen->p, v->raw, (enum mode)m->mode);
		break;
	case MOVE_SHORT:
		p = put_short(pen->p, v);
		break;
	case MOVE_PLAIN:
		p = pen->p + value_scalar(v, (char *)pen->p);
		break;
	case MOVE_SCALAR:
		p = put_scalar(pen->p, v, (enum mode)m->mode);
		break;
	case MOVE_VALUE:
	case MOVE_OTHER:
		break;
	}
	if (p)
		pen->p = p;
	else
		elsewhere(r, m, pen);
}

void plan_run(struct run *r, const struct plan *p)
{
	struct buf *out = r->x->out;
	struct pen pen = pen_of(out);

	for (const struct move *m = p->moves, *end = m + p->n_moves; m < end; m++) {
		if (!has_room(&pen, out, m->room))
			break;
		pen.p = copy_to(pen.p, p->text + m->text, m->n);
		fill_in(r, m, &pen);
		if (r->e || r->x->over)
			break;
	}
	pen_down(&pen, out);
	r->x->over |= out->n > r->x->most;
}
