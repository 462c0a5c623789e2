/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record read twice: by two decoders, or from two copies of a log. What counts is what the
 * values say, in one spelling, so that a typed number and its text are the same.
 */
#include "value-private.h"

/* ---- one spelling ---- */

static struct view keep_text(struct arena *a, const char *text)
{
	return arena_keep(a, view_str(text));
}

static bool is_guid(struct view v)
{
	return v.n == GUID_TEXT - 1 && v.p[0] == '{';
}

static bool is_time(struct view v)
{
	return v.n >= 20 && v.n < TIME_TEXT && v.p[4] == '-' && v.p[10] == 'T' &&
	       v.p[v.n - 1] == 'Z';
}

static struct view text_canonical(struct arena *a, struct view text)
{
	char out[TIME_TEXT + GUID_TEXT];
	struct guid g;
	uint64_t n;

	if (is_guid(text) && guid_parse(text, &g)) {
		guid_format(&g, out);
		return keep_text(a, out);
	}
	if (is_time(text) && time_parse(text, &n)) {
		time_format(n, out);
		return keep_text(a, out);
	}
	if (text.n > 2 && text.p[0] == '0' && ascii_lower(text.p[1]) == 'x' &&
	    value_parse_number(text, &n))
		return value_hexadecimal(a, n);
	return text;
}

struct view value_canonical(struct arena *a, struct value v)
{
	struct view text;
	uint64_t n;

	/* libevtx writes these in decimal, the event viewer in hexadecimal: the number is one. */
	if (v.type == VALUE_SIZE && value_number(v, &n))
		return value_decimal(a, n);
	text = value_view(a, v);
	return text.p ? text_canonical(a, text) : text;
}

/*
 * Nothing, or blanks alone, which in the XML of the other decoder cannot be told from its layout.
 * Whether an element without a value stands in the record is told differently by both, too.
 */
static bool is_blank(struct view text)
{
	size_t n = 0;

	while (n < text.n && (text.p[n] == ' ' || (text.p[n] >= '\t' && text.p[n] <= '\r')))
		n++;
	return n == text.n;
}

/* ---- identity ---- */

static void add_folded(struct buf *b, struct view text)
{
	while (text.n)
		buf_u32(b, text_fold(text_next(&text)));
	buf_u32(b, UINT32_MAX);
}

/* Every part has an end or a length of its own: no two records give the same bytes. */
static void identity_bytes(struct buf *b, const struct event *ev, struct arena *a)
{
	add_folded(b, event_computer(ev));
	add_folded(b, ev->channel);
	add_folded(b, ev->provider);
	buf_u16(b, ev->event_id);
	buf_u64(b, ev->record_id);
	buf_u64(b, ev->time_created);
	for (size_t i = 0; i < ev->n_fields; i++) {
		struct view text = value_canonical(a, ev->fields[i].value);

		if (is_blank(text))
			continue;
		buf_blob(b, ev->fields[i].name);
		buf_blob(b, text);
	}
}

/*
 * Equal identities make two records one, so whoever writes a log must not be able to choose them: a
 * digest, not a table's hash.
 */
uint64_t event_identity(const struct event *ev, struct arena *a)
{
	uint8_t digest[32] = {0};
	struct buf b;

	buf_init(&b, 0);
	identity_bytes(&b, ev, a);
	sha256_of(buf_data(&b), digest);
	buf_release(&b);
	return value_bits((struct view){digest, 8});
}

/* ---- differences ---- */

struct differences {
	struct buf *out;
	size_t n;
};

static void difference(struct differences *d, struct view name, struct view ours,
		       struct view theirs)
{
	size_t size = name.n + ours.n + theirs.n + sizeof("; :  <> ");

	d->n++;
	/* A difference that does not fit is counted only, so that the text stays usable. */
	if (d->out->max && size > d->out->max - d->out->n)
		return;
	if (d->out->n)
		buf_str(d->out, "; ");
	buf_view(d->out, name);
	buf_str(d->out, ": ");
	buf_view(d->out, ours);
	buf_str(d->out, " <> ");
	buf_view(d->out, theirs);
}

static void compare_texts(struct differences *d, const char *name, struct view ours,
			  struct view theirs)
{
	if (!view_eq(ours, theirs))
		difference(d, view_str(name), ours, theirs);
}

static void compare_numbers(struct differences *d, struct arena *a, const char *name, uint64_t ours,
			    uint64_t theirs)
{
	if (ours != theirs)
		difference(d, view_str(name), value_decimal(a, ours), value_decimal(a, theirs));
}

static void compare_times(struct differences *d, struct arena *a, uint64_t ours, uint64_t theirs)
{
	char left[TIME_TEXT], right[TIME_TEXT];

	if (ours == theirs)
		return;
	time_format(ours, left);
	time_format(theirs, right);
	difference(d, view_str("TimeCreated"), keep_text(a, left), keep_text(a, right));
}

static void compare_guids(struct differences *d, struct arena *a, const struct guid *ours,
			  const struct guid *theirs)
{
	char left[GUID_TEXT], right[GUID_TEXT];

	if (guid_eq(ours, theirs))
		return;
	guid_format(ours, left);
	guid_format(theirs, right);
	difference(d, view_str("Provider.Guid"), keep_text(a, left), keep_text(a, right));
}

static void compare_system(struct differences *d, struct arena *a, const struct event *ours,
			   const struct event *theirs)
{
	compare_texts(d, "Provider", ours->provider, theirs->provider);
	compare_guids(d, a, &ours->provider_guid, &theirs->provider_guid);
	compare_numbers(d, a, "EventID", ours->event_id, theirs->event_id);
	compare_numbers(d, a, "Qualifiers", ours->qualifiers, theirs->qualifiers);
	compare_numbers(d, a, "Version", ours->version, theirs->version);
	compare_numbers(d, a, "Level", ours->level, theirs->level);
	compare_numbers(d, a, "Task", ours->task, theirs->task);
	compare_numbers(d, a, "Opcode", ours->opcode, theirs->opcode);
	compare_numbers(d, a, "Keywords", ours->keywords, theirs->keywords);
	compare_times(d, a, ours->time_created, theirs->time_created);
	compare_numbers(d, a, "EventRecordID", ours->record_id, theirs->record_id);
	compare_numbers(d, a, "ProcessID", ours->execution_pid, theirs->execution_pid);
	compare_numbers(d, a, "ThreadID", ours->execution_tid, theirs->execution_tid);
	compare_texts(d, "Channel", ours->channel, theirs->channel);
	compare_texts(d, "Computer", event_computer(ours), event_computer(theirs));
	compare_texts(d, "UserID", ours->user_sid, theirs->user_sid);
}

/* A field that says something, and which one of its name it is. */
struct said {
	struct view name, text;
	size_t rank;
};
struct said_list {
	struct said *v;
	size_t n;
};

static size_t rank_of(const struct said_list *l, struct view name)
{
	size_t rank = 0;

	for (size_t i = 0; i < l->n; i++)
		rank += view_eq(l->v[i].name, name);
	return rank;
}

/* n 0 where there is no room: then there is nothing to compare with. */
static struct said_list what_is_said(const struct event *ev, struct arena *a)
{
	struct said_list l = {arena_array(a, ev->n_fields ? ev->n_fields : 1, sizeof(*l.v)), 0};

	for (size_t i = 0; l.v && i < ev->n_fields; i++) {
		const struct field *f = &ev->fields[i];
		struct view text = value_canonical(a, f->value);

		if (is_blank(text))
			continue;
		l.v[l.n] = (struct said){f->name, text, rank_of(&l, f->name)};
		l.n++;
	}
	return l;
}

/* Mostly it stands at the same place. */
static const struct said *find_said(const struct said_list *l, const struct said *s, size_t hint)
{
	if (hint < l->n && l->v[hint].rank == s->rank && view_eq(l->v[hint].name, s->name))
		return &l->v[hint];
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].rank == s->rank && view_eq(l->v[i].name, s->name))
			return &l->v[i];
	return NULL;
}

static void compare_fields(struct differences *d, struct arena *a, const struct event *ours,
			   const struct event *theirs)
{
	struct said_list left = what_is_said(ours, a), right = what_is_said(theirs, a);
	const struct view none = view_str("");

	for (size_t i = 0; i < left.n; i++) {
		const struct said *s = &left.v[i], *other = find_said(&right, s, i);

		if (!other || !view_eq(s->text, other->text))
			difference(d, s->name, s->text, other ? other->text : none);
	}
	for (size_t i = 0; i < right.n; i++)
		if (!find_said(&left, &right.v[i], i))
			difference(d, right.v[i].name, none, right.v[i].text);
}

size_t event_compare(const struct event *ours, const struct event *theirs, struct arena *a,
		     struct buf *out)
{
	struct differences d = {out, 0};

	compare_system(&d, a, ours, theirs);
	compare_fields(&d, a, ours, theirs);
	return d.n;
}
