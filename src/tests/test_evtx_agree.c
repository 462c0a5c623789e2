/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ways to read a record, the event that rules see and the document that is dumped, hold the
 * same values: over forged logs and the fuzzers' inputs always, over real logs where SHARED is.
 */
#include "testing_forge.h"

#include <dirent.h>
#include <ftw.h>

#include "evtxhound/evtx.h"
#include "json_leaves.h"

#define MOST_LEAVES 20000u

struct told {
	struct view key; /* the last one that is none of ours */
	struct view text;
	bool attribute, system, used;
	bool outermost; /* text or an attribute of the outermost element: none of the event's */
};

/* nftw() gives its callback no context. */
static struct {
	struct decoder *decoder;
	struct arena arena;
	struct told *told;
	size_t n;
	uint64_t records, fields, differences;
	const char *name;
} run;

/* ---- the document ---- */

static bool is_declaration(struct view name)
{
	return view_eq_str(name, "xmlns") || view_eq_str(view_sub(name, 0, 6), "xmlns:");
}

/* A comma of an item's own, where commas stand between items (docs/evtx.md). */
static struct view without_escapes(struct view v)
{
	static const char comma[] = "\xef\xbf\xbd{002C}";
	struct buf b;
	struct view kept;

	if (!memmem(v.p, v.n, comma, strlen(comma)))
		return v;
	buf_init(&b, 0);
	for (const uint8_t *at; (at = memmem(v.p, v.n, comma, strlen(comma)));) {
		buf_add(&b, v.p, (size_t)(at - v.p));
		buf_byte(&b, ',');
		v = view_sub(v, (size_t)(at - v.p) + strlen(comma), v.n);
	}
	buf_view(&b, v);
	kept = arena_keep(&run.arena, buf_data(&b));
	buf_release(&b);
	assert_non_null(kept.p);
	return kept;
}

static void take(void *ctx, const struct leaf *l)
{
	struct told *t = &run.told[run.n];
	size_t depth = l->depth;

	(void)ctx;
	assert_true(run.n < MOST_LEAVES && depth);
	*t = (struct told){.text = without_escapes(l->text)};
	t->system = view_eq_str(l->keys[0], "System");
	if (view_eq_str(l->keys[depth - 1], "#text"))
		depth--;
	t->attribute = depth > 1 && view_eq_str(l->keys[depth - 2], "#attributes");
	t->outermost = depth <= 1u + t->attribute;
	t->key = depth ? l->keys[depth - 1] : view_str("");
	if (t->attribute && is_declaration(t->key))
		return;
	run.n++;
}

/* ---- the event ---- */

/* "Element.Attribute" of an event is Attribute below Element in a document. */
static bool is_name(struct view field, const struct told *t)
{
	if (view_eq(field, t->key))
		return true;
	if (!field.n)
		return view_eq_str(t->key, "Data");
	return t->attribute && field.n > t->key.n && field.p[field.n - t->key.n - 1] == '.' &&
	       view_eq(view_sub(field, field.n - t->key.n, field.n), t->key);
}

static bool is_blank(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!strchr(" \t\r\n", v.p[i]))
			return false;
	return true;
}

/* In a damaged record fields may stand anywhere. */
static bool find(const struct record *r, struct view name, struct view text)
{
	bool whole = r->state == RECORD_WHOLE;

	for (size_t i = 0; i < run.n; i++) {
		struct told *t = &run.told[i];

		if (t->used || (t->system && whole) || !view_eq(t->text, text) || !is_name(name, t))
			continue;
		t->used = true;
		return true;
	}
	return false;
}

static void differ(const struct record *r, const char *what, struct view name, struct view text)
{
	if (run.differences++ < 50)
		print_error("%s: record %llu (%d) at %llu: %s %.*s=%.*s\n", run.name,
			    (unsigned long long)r->id, r->state, (unsigned long long)r->offset, what,
			    (int)name.n, (const char *)name.p, (int)(text.n < 200 ? text.n : 200),
			    (const char *)text.p);
}

/* An array in an attribute is one field, and a list in the document. */
static void find_all(const struct record *r, const struct field *f)
{
	struct value item;
	size_t at = 0;

	while (value_item(f->value, &at, &item)) {
		struct view text = value_view(&run.arena, item);

		assert_non_null(text.p);
		if (!find(r, f->name, text) && !is_blank(text))
			differ(r, "no document has the field", f->name, text);
	}
}

static void compare_fields(const struct record *r, const struct event *ev)
{
	for (size_t i = 0; i < ev->n_fields; i++)
		find_all(r, &ev->fields[i]);
	for (size_t i = 0; r->state == RECORD_WHOLE && i < run.n; i++) {
		const struct told *t = &run.told[i];

		if (!t->used && !t->system && !t->outermost && t->text.n)
			differ(r, "no field has the document's", t->key, t->text);
	}
	run.fields += ev->n_fields;
}

/* A time that stands as a text may have more digits. */
static void is_told(const struct record *r, const char *key, bool attribute, struct view text)
{
	for (size_t i = 0; text.n && i < run.n; i++) {
		const struct told *t = &run.told[i];

		if (t->system && t->attribute == attribute && view_eq_str(t->key, key) &&
		    view_eq(view_sub(t->text, 0, text.n), text))
			return;
	}
	if (text.n)
		differ(r, "no document has the member", view_str(key), text);
}

static void compare_system(const struct record *r, const struct event *ev)
{
	char number[24], time[TIME_TEXT];

	if (!ev->has_system || r->state != RECORD_WHOLE)
		return; /* what is missing is taken from the record's header */
	is_told(r, "Name", true, ev->provider);
	is_told(r, "Channel", false, ev->channel);
	is_told(r, "Computer", false, ev->computer);
	is_told(r, "UserID", true, ev->user_sid);
	snprintf(number, sizeof(number), "%u", ev->event_id);
	is_told(r, "EventID", false, view_str(number));
	snprintf(number, sizeof(number), "%llu", (unsigned long long)ev->record_id);
	is_told(r, "EventRecordID", false, view_str(ev->record_id ? number : ""));
	time[time_format(ev->time_created, time) - 1] = '\0'; /* the Z */
	is_told(r, "SystemTime", true, view_str(ev->time_created ? time : ""));
}

/* Nothing could be read, or a document of it would be too large: there are its time and id beside it. */
static bool is_hexadecimal(void)
{
	const struct told *last = run.n ? &run.told[run.n - 1] : NULL;

	return last && run.n <= 3 && !last->attribute && view_eq_str(last->key, "Undecoded") &&
	       view_eq_str(view_sub(last->text, 0, 8), "2A2A0000");
}

/* ---- logs ---- */

static void read_record(struct record *r)
{
	const struct decoder_ops *ops = run.decoder->ops;
	struct event ev;
	struct buf b;
	bool odd;

	buf_init(&b, 0);
	arena_reset(&run.arena);
	run.n = 0;
	assert_int_equal(ops->head(run.decoder, r, &ev, NULL), 0);
	assert_int_equal(ops->data(run.decoder, r, &ev, NULL), 0);
	assert_int_equal(evtx_render(run.decoder, r, EVTX_JSON, &b, &odd, NULL), 0);
	TEST_ROW(run.name, json_leaves(buf_data(&b), &run.arena, take, NULL));
	if (!is_hexadecimal()) {
		compare_system(r, &ev);
		compare_fields(r, &ev);
	}
	run.records++;
	buf_release(&b);
}

static void read_log(struct view log, uint64_t first)
{
	const struct decoder_ops *ops = run.decoder->ops;
	struct record r;

	for (uint64_t at = first; at < log.n; at += EVTX_CHUNK_SIZE) {
		struct view chunk = view_sub(log, (size_t)at, EVTX_CHUNK_SIZE);

		assert_int_equal(ops->chunk(run.decoder, chunk, at, NULL), 0);
		while (!ops->next(run.decoder, &r, NULL))
			read_record(&r);
	}
}

static int each(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	bool log = n > 5 && !strcmp(path + n - 5, ".evtx");
	struct buf b;

	(void)st;
	(void)ftw;
	if (type != FTW_F || (!log && !strstr(path, "corpus/chunk")))
		return 0;
	b = read_whole(path);
	run.name = path;
	read_log(buf_data(&b), log ? EVTX_HEADER_SIZE : 0);
	buf_release(&b);
	return 0;
}

static void read_all(const char *root, const char *below)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", root, below);
	assert_int_equal(nftw(path, each, 16, FTW_PHYS), 0);
}

static int set_up(void **state)
{
	(void)state;
	run.decoder = evtx_decoder_new(NULL, NULL, NULL);
	run.told = calloc(MOST_LEAVES + 1, sizeof(*run.told));
	arena_init(&run.arena, 256u << 20);
	return run.decoder && run.told ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	run.decoder->ops->destroy(run.decoder);
	arena_release(&run.arena);
	free(run.told);
	assert_int_equal(run.differences, 0);
	print_message("%llu records, %llu fields\n", (unsigned long long)run.records,
		      (unsigned long long)run.fields);
	return 0;
}

static void odd_records(void **state)
{
	const char *src = getenv("SRCDIR");

	(void)state;
	read_all(src ? src : ".", "src/fuzz/corpus/chunk");
}

static void read_scenario(const char *folder, const char *name)
{
	struct test_folder f;
	struct buf text;
	char path[4352];
	struct err e = {0};
	struct buf told;
	int dir;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	text = read_whole(path);
	test_folder_make(&f);
	dir = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_init(&told, 0);
	if (dir < 0 || forge_scenario(buf_data(&text), name, dir, &told, &e) < 0)
		fail_msg("%s: %s", name, e.msg);
	read_all(f.path, "");
	close(dir);
	test_folder_remove(&f);
	buf_release(&told);
	buf_release(&text);
}

/* Every scenario of the fixtures. */
static void forged_logs(void **state)
{
	const char *src = getenv("SRCDIR");
	char path[4096];
	struct dirent **names;
	int n;

	(void)state;
	snprintf(path, sizeof(path), "%s/fixtures/scenarios", src ? src : ".");
	n = scandir(path, &names, NULL, alphasort);
	assert_true(n > 10);
	for (int i = 0; i < n; i++) {
		if (strstr(names[i]->d_name, ".yml"))
			read_scenario(path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

static void real_logs(void **state)
{
	const char *shared = test_shared();

	(void)state;
	if (!shared)
		skip();
	read_all(shared, "evtx");
	read_all(shared, "sigma/regression");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(odd_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(forged_logs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(real_logs, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("events and documents agree", tests, NULL, NULL);
}
