/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule-load.h"

#define MESSAGE_MAX 400

struct spot spot_of(const struct yaml_node *n)
{
	return (struct spot){n->line, n->column};
}

static struct fault *fault_room(struct faults *f)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 16;
		struct fault *v = mem_grow(f->v, cap * sizeof *v);

		if (!v)
			return NULL;
		f->v = v;
		f->cap = cap;
	}
	return &f->v[f->n];
}

/* A message cut by its bound must not end inside a character. */
static struct view whole_characters(const char *s)
{
	struct view v = view_str(s);
	size_t at;

	if (!text_valid(v, &at) && v.n - at < 4)
		v.n = at;
	return v;
}

static void fault_put(struct loader *l, struct faults *f, struct view path, struct spot at,
		      enum err_code code, const char *message)
{
	struct fault *slot = fault_room(f);

	if (!slot) {
		l->no_memory = true;
		return;
	}
	*slot = (struct fault){mem_str(path), at.line, at.column, code,
			       mem_str(whole_characters(message))};
	if (!slot->file || !slot->message) {
		mem_free(slot->file);
		mem_free(slot->message);
		l->no_memory = true;
		return;
	}
	f->n++;
}

static void fault_add(struct loader *l, struct view path, struct spot at, enum err_code code,
		      const char *message)
{
	if (l->faults++ >= LIMIT_RULE_FAULTS)
		l->set->faults.more++;
	else
		fault_put(l, &l->set->faults, path, at, code, message);
}

void load_fault(struct loader *l, struct spot at, enum err_code code, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	fault_add(l, l->path, at, code, message);
}

void load_fault_in(struct loader *l, struct view path, struct spot at, enum err_code code,
		   const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	fault_add(l, path, at, code, message);
}

/* The newest notes of the set are the file's. */
static bool is_noted(const struct loader *l, const char *message)
{
	const struct faults *f = &l->set->notes;

	for (size_t i = 0; i < l->notes && i < f->n; i++)
		if (!strcmp(f->v[f->n - 1 - i].message, message))
			return true;
	return false;
}

void load_note(struct loader *l, struct spot at, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	if (is_noted(l, message))
		return;
	if (l->notes >= LIMIT_RULE_FAULTS) {
		l->set->notes.more++;
		return;
	}
	l->notes++;
	fault_put(l, &l->set->notes, l->path, at, ERR_NONE, message);
}

void load_idle(struct loader *l, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list ap;

	if (l->idle.n)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	l->idle = load_keep_view(l, whole_characters(message));
}

static void *taken(struct loader *l, struct arena *a, void *p, size_t n, size_t size)
{
	if (p)
		return p;
	/* The cap is a fault of the rules; anything else is the machine's. */
	if (a->max - a->used < 64 || n > (a->max - a->used - 64) / size) {
		if (!l->no_room)
			load_fault(l, (struct spot){0, 0}, ERR_LIMIT,
				   "the rules need more than %u MiB of memory",
				   LIMIT_RULES_ARENA >> 20);
		l->no_room = true;
	} else {
		l->no_memory = true;
	}
	return NULL;
}

void *load_keep(struct loader *l, size_t n, size_t size)
{
	return taken(l, l->keep, arena_array(l->keep, n ? n : 1, size), n ? n : 1, size);
}

void *load_scratch(struct loader *l, size_t n, size_t size)
{
	return taken(l, &l->scratch, arena_array(&l->scratch, n ? n : 1, size), n ? n : 1, size);
}

struct view load_keep_view(struct loader *l, struct view v)
{
	uint8_t *p = load_keep(l, v.n, 1);

	if (!p)
		return (struct view){NULL, 0};
	if (v.n)
		memcpy(p, v.p, v.n);
	return (struct view){p, v.n};
}

struct view load_keep_buf(struct loader *l, struct buf *b)
{
	struct view v = {NULL, 0};

	if (b->bad)
		l->no_memory = true;
	else
		v = load_keep_view(l, buf_data(b));
	buf_release(b);
	return v;
}

void load_draft(struct loader *l, const struct draft *d)
{
	if (l->n_drafts == l->cap_drafts) {
		size_t cap = l->cap_drafts ? l->cap_drafts * 2 : 16;
		struct draft *v = mem_grow(l->drafts, cap * sizeof *v);

		if (!v) {
			l->no_memory = true;
			return;
		}
		l->drafts = v;
		l->cap_drafts = cap;
	}
	l->drafts[l->n_drafts] = *d;
	l->drafts[l->n_drafts].rule.path = l->path;
	l->drafts[l->n_drafts].rule.set = l->index;
	memcpy(l->drafts[l->n_drafts].rule.sha256, l->sha256, sizeof l->sha256);
	l->n_drafts++;
}
