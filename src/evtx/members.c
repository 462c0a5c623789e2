/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON objects into which values put members: keys that repeat become one list, in the place of the
 * first. Members are written as they come; only an object in which a key did repeat is written
 * again.
 */
#include <string.h>

#include "render.h"

#define TABLE (2 * LIMIT_RECORD_MEMBERS)
#define FEW 8u /* of so many members each is compared with all others */

void members_open(struct render *x)
{
	if (x->n_objects == OBJECTS_MOST) {
		x->over = true;
		return;
	}
	x->kept->objects[x->n_objects++] = x->n_members;
}

void members_note(struct render *x, bool list)
{
	if (x->n_members == LIMIT_RECORD_MEMBERS || x->out->n - x->start > UINT32_MAX) {
		x->over = true;
		return;
	}
	x->kept->members[x->n_members++] =
		(struct json_member){(uint32_t)(x->out->n - x->start), list};
}

void members_comma(struct render *x)
{
	struct buf *out = x->out;

	if (!out->bad && out->n > x->start && out->p[out->n - 1] == ',')
		out->n--;
}

void members_close(struct render *x)
{
	struct buf *out = x->out;

	members_comma(x);
	/* the record itself stays an object */
	if (!out->bad && out->n > x->start + 1 && out->p[out->n - 1] == '{') {
		out->n--;
		put_literal(x, "null");
	} else {
		put_literal(x, "}");
	}
}

/* ---- keys that repeat ---- */

struct object {
	struct render *x;
	const struct json_member *m;
	size_t n;
	size_t end; /* of the last member, its comma included */
};

/* A member's text, without the comma behind it. */
static struct view member_text(const struct object *o, size_t i)
{
	size_t from = o->m[i].at, to = i + 1 < o->n ? o->m[i + 1].at : o->end;

	return (struct view){o->x->out->p + o->x->start + from, to - from - 1};
}

/* The key with its quotes; its escapes end with the first quote that no backslash precedes. */
static struct view member_key(struct view text)
{
	size_t n = 1;

	while (n < text.n && text.p[n] != '"')
		n += text.p[n] == '\\' ? 2 : 1;
	return view_sub(text, 0, n + 1);
}

static struct view key_at(const struct object *o, size_t i)
{
	return member_key(member_text(o, i));
}

static size_t first_of_few(const struct object *o, size_t i)
{
	const uint8_t *text = member_text(o, i).p;

	for (size_t k = 0; k < i; k++)
		/* most differ in their first letter */
		if (member_text(o, k).p[1] == text[1] && view_eq(key_at(o, k), key_at(o, i)))
			return k;
	return i;
}

/* The first member of that key. */
static size_t first_of(const struct object *o, size_t i)
{
	uint16_t *table = o->x->kept->table;
	struct view key;
	size_t slot;

	if (o->n <= FEW)
		return first_of_few(o, i);
	key = key_at(o, i);
	slot = hash_view(0, key) % TABLE;
	for (; table[slot]; slot = (slot + 1) % TABLE)
		if (view_eq(key_at(o, table[slot] - 1u), key))
			return table[slot] - 1u;
	table[slot] = (uint16_t)(i + 1);
	return i;
}

static void start_table(const struct object *o)
{
	if (o->n > FEW)
		memset(o->x->kept->table, 0, TABLE * sizeof(*o->x->kept->table));
}

static bool has_repeats(const struct object *o)
{
	bool found = false;

	start_table(o);
	for (size_t i = 0; i < o->n && !found; i++)
		found = first_of(o, i) != i;
	return found;
}

static void add_value(const struct object *o, struct buf *to, size_t i)
{
	struct view text = member_text(o, i);
	struct view value = view_sub(text, member_key(text).n + 1, text.n);

	if (o->m[i].list)
		value = view_sub(value, 1, value.n - 2);
	buf_view(to, value);
	buf_byte(to, ',');
}

/* `next[i]`: the member of the same key that follows, 0 for none; `count` of them in all. */
struct links {
	uint16_t next, last;
	bool repeated, follower;
};

static void write_again(const struct object *o, struct buf *to)
{
	struct buf *scratch = &o->x->kept->scratch;
	struct links *l;

	buf_clear(scratch);
	l = (struct links *)(void *)buf_room(scratch, o->n * sizeof(*l));
	if (!l)
		return;
	memset(l, 0, o->n * sizeof(*l));
	start_table(o);
	for (size_t i = 0; i < o->n; i++) {
		size_t first = first_of(o, i), last = l[first].last ? l[first].last : first;

		if (first == i)
			continue;
		l[i].follower = l[first].repeated = true;
		l[last].next = l[first].last = (uint16_t)i;
	}
	for (size_t i = 0; i < o->n; i++) {
		if (l[i].follower)
			continue;
		if (!l[i].repeated) {
			buf_view(to, member_text(o, i));
			buf_byte(to, ',');
			continue;
		}
		buf_view(to, key_at(o, i));
		buf_str(to, ":[");
		for (size_t k = i; k || k == i; k = l[k].next) {
			add_value(o, to, k);
			if (!l[k].next)
				break;
		}
		if (to->bad)
			return;
		to->p[to->n - 1] = ']'; /* for the comma behind the last value */
		buf_byte(to, ',');
	}
}

static void merge(struct render *x, const struct object *o)
{
	struct buf *merged = &x->kept->merged;
	size_t from = o->m[0].at, bytes = o->end - from;

	if (!reading_spend(x->r, (uint32_t)(bytes / 64))) {
		x->over = true;
		return;
	}
	buf_clear(merged);
	write_again(o, merged);
	if (merged->bad || x->kept->scratch.bad) {
		x->out->bad = true;
		return;
	}
	x->out->n = x->start + from;
	buf_view(x->out, buf_data(merged));
}

void members_shut(struct render *x)
{
	size_t base = x->n_objects ? x->kept->objects[--x->n_objects] : 0;
	struct object o = {x, x->kept->members + base, x->n_members - base, x->out->n - x->start};

	if (o.n > 1 && !x->out->bad && !x->over && has_repeats(&o))
		merge(x, &o);
	x->n_members = base;
	members_close(x);
}
