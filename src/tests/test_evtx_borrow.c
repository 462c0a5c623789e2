/* SPDX-License-Identifier: Apache-2.0 */
/* Templates that a chunk lacks are borrowed from another one, where that can do no harm. */
#include "testing.h"

#include "evtx_build.h"
#include "evtx_show.h"

/* ---- a log of several chunks that lends ---- */

#define LENDING 3

struct log {
	struct build chunks[LENDING];
	size_t n;
	struct evtx_library *library;
	size_t asked;
};

static uint64_t place(size_t chunk)
{
	return evtx_chunk_offset(10 + chunk);
}

static bool lend(void *ctx, const uint8_t id[4], size_t n, struct view *chunk, uint32_t *offset)
{
	struct log *l = ctx;
	uint64_t at;

	l->asked++;
	if (!evtx_library_find(l->library, id, n, &at, offset))
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (place(i) == at)
			*chunk = (struct view){l->chunks[i].p, EVTX_CHUNK_SIZE};
	return true;
}

static struct build *add_chunk(struct log *l)
{
	struct build *b = &l->chunks[l->n++];

	build_start(b);
	return b;
}

static void catalogue(struct log *l)
{
	l->library = evtx_library_new();
	assert_non_null(l->library);
	for (size_t i = 0; i < l->n; i++)
		assert_int_equal(evtx_library_add(l->library,
						  (struct view){l->chunks[i].p, EVTX_CHUNK_SIZE},
						  place(i)),
				 0);
}

static void release(struct log *l)
{
	evtx_library_free(l->library);
	for (size_t i = 0; i < l->n; i++)
		build_free(&l->chunks[i]);
}

/* ---- what the log lends ---- */

static void like_ours(struct log *l)
{
	struct build_event e = {0};

	build_event(add_chunk(l), &e, 70, "other");
}

static void no_log(struct log *l)
{
	(void)l;
}

/* A template of the same GUID whose only field is named `name`; `slots` values. */
static void data_template(struct log *l, const char *name, unsigned slots, uint8_t type)
{
	struct build_value v[3] = {{type, "1\0002\0", 4}, {type, "1\0002\0", 4}, {type, "1\0002\0", 4}};
	struct build *b = add_chunk(l);
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 0x22222222);
	build_open(b, "EventData", false);
	build_close_start(b);
	for (unsigned i = 0; i < slots; i++) {
		build_open(b, name, false);
		build_close_start(b);
		build_slot(b, i, type);
		build_end(b);
	}
	build_end(b);
	build_template_end(b, t);
	build_values(b, v, slots);
	build_record_end(b);
}

static void other_count(struct log *l)
{
	data_template(l, "Other", 2, VALUE_NULL);
}

static void other_types(struct log *l)
{
	data_template(l, "Other", 3, VALUE_SID);
}

static void one_that_fits(struct log *l)
{
	data_template(l, "Other", 2, VALUE_NULL);
	like_ours(l);
	data_template(l, "Other", 3, VALUE_SID);
}

static void two_that_differ(struct log *l)
{
	like_ours(l);
	data_template(l, "Other", 3, VALUE_NULL);
}

/* The same content, with its names elsewhere. */
static void two_that_agree(struct log *l)
{
	struct build_event e = {0};
	struct build *b;

	like_ours(l);
	b = add_chunk(l);
	build_record(b, 1, BUILD_TIME);
	build_open(b, "Data", false);
	build_close_empty(b);
	build_record_end(b);
	build_event(b, &e, 71, "other");
}

static void one_is_damaged(struct log *l)
{
	struct build_event e = {0};
	struct build *b = add_chunk(l);
	uint8_t *c;

	build_event(b, &e, 70, "other");
	c = memmem(b->p, EVTX_CHUNK_SIZE, "\5\1\1\0C\0", 6);
	assert_non_null(c);
	*c = 0x3f;
	like_ours(l);
}

/* ---- what is wrong with ours ---- */

static void data_zeroed(struct build *b, const struct build_event *e)
{
	memset(b->p + e->data, 0, 24);
}

static void data_flawed(struct build *b, const struct build_event *e)
{
	uint8_t *c = memmem(b->p, EVTX_CHUNK_SIZE, "\5\1\1\0C\0", 6);

	(void)e;
	assert_non_null(c);
	*c = 0x3f;
}

static void name_damaged(struct build *b, const struct build_event *e)
{
	uint8_t *c = memmem(b->p, EVTX_CHUNK_SIZE, "E\0v\0e\0n\0t\0D\0", 12);

	(void)e;
	assert_non_null(c);
	*c = 'e';
}

static void system_zeroed(struct build *b, const struct build_event *e)
{
	memset(b->p + e->system, 0, 24);
}

static void both_zeroed(struct build *b, const struct build_event *e)
{
	system_zeroed(b, e);
	data_zeroed(b, e);
}

#define C "C={33323130-3534-3736-3839-616263646566}\n"
#define SLOTS "2 partly: #0=t2 #1=1337 #2={33323130-3534-3736-3839-616263646566}\n"
#define HEAD_SLOTS                                                                                 \
	"2 partly-: #0=4 #3=1 #5=0x8000000000000000 #6=2018-08-29T07:06:40.0000002Z #7=HOST #10=2 " \
	"#12=S-1-5-18"

struct row {
	const char *name;
	void (*damage)(struct build *b, const struct build_event *e);
	void (*log)(struct log *l);
	const char *shown; /* the second of two records */
};

static const struct row rows[] = {
	{"nothing is lent", data_zeroed, no_log, SLOTS},
	{"a definition of another chunk", data_zeroed, like_ours, "2 whole~: A=t2 B=1337 " C},
	{"for one that is damaged", data_flawed, like_ours, "2 whole~: A=t2 B=1337 " C},
	{"for one whose names are damaged", name_damaged, like_ours, "2 whole~: A=t2 B=1337 " C},
	{"another count of values", data_zeroed, other_count, SLOTS},
	{"other types of values", data_zeroed, other_types, SLOTS},
	{"the one that fits of three", data_zeroed, one_that_fits, "2 whole~: A=t2 B=1337 " C},
	{"two that fit and differ", data_zeroed, two_that_differ, SLOTS},
	{"two that agree", data_zeroed, two_that_agree, "2 whole~: A=t2 B=1337 " C},
	{"one of the two is damaged", data_zeroed, one_is_damaged, "2 whole~: A=t2 B=1337 " C},
	{"System", system_zeroed, like_ours, "2 whole~: A=t2 B=1337 " C},
	{"System and data", both_zeroed, like_ours, "2 whole~: A=t2 B=1337 " C},
	{"System, which nobody lends", system_zeroed, no_log, HEAD_SLOTS " A=t2 B=1337 " C},
	{"System and data, which nobody lends", both_zeroed, no_log,
	 HEAD_SLOTS " #13.0=t2 #13.1=1337 #13.2={33323130-3534-3736-3839-616263646566}\n"},
};

/* The last line, without the damage that is told in it. */
static struct view last_line(struct view v)
{
	size_t at = v.n ? v.n - 1 : 0;

	while (at && v.p[at - 1] != '\n')
		at--;
	v = view_sub(v, at, v.n);
	while (v.n && v.p[0] == ' ')
		v = view_sub(v, (size_t)((const uint8_t *)memchr(v.p, ']', v.n) - v.p) + 1, v.n);
	return v;
}

static void borrows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct evtx_lender lender = {lend, NULL};
		struct build_event e = {0};
		struct chunk_summary sum;
		struct log log = {0};
		struct build b;
		struct buf out;

		buf_init(&out, 0);
		lender.ctx = &log;
		rows[i].log(&log);
		catalogue(&log);
		build_start(&b);
		build_event(&b, &e, 1, "t1");
		build_event(&b, &e, 2, "t2");
		build_finish(&b);
		rows[i].damage(&b, &e);
		build_checksums(b.p);
		build_keep(b.p, rows[i].name);
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
		assert_non_null(d);
		evtx_decoder_lend(d, &lender);
		TEST_ROW(rows[i].name,
			 show_chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, &out, &sum));
		test_view_is(rows[i].name, last_line(buf_data(&out)), view_str(rows[i].shown));
		TEST_ROW(rows[i].name, show_adds_up(&sum, EVTX_CHUNK_SIZE));
		d->ops->destroy(d);
		build_free(&b);
		release(&log);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(borrows),
	};

	return cmocka_run_group_tests_name("evtx borrowing", tests, NULL, NULL);
}
