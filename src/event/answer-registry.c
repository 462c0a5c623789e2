/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers on the registry. Sysmon writes HKLM\... and HKU\..., the audit the kernel's paths, and
 * Elastic's endpoint HKLM\... and HKEY_USERS\...; a value without a name is (Default) for Sysmon,
 * nothing for the others.
 */
#include <string.h>

#include "vocabulary-private.h"

static const struct hive {
	const char *sysmon, *endpoint, *kernel;
} hives[] = {
	{"HKLM", "HKLM", "\\REGISTRY\\MACHINE"},
	{"HKU", "HKEY_USERS", "\\REGISTRY\\USER"},
	{"HKLM", "HKLM", "HKEY_LOCAL_MACHINE"},
	{"HKCR", "HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT"},
	{"HKCU", "HKEY_CURRENT_USER", "HKEY_CURRENT_USER"},
};
static const char unnamed[] = "(Default)";

/* A path as it is written, and its parts. */
struct key {
	struct view written;
	const struct hive *hive; /* NULL: of none that is known */
	struct view rest;        /* behind the hive and its backslash */
};

static bool begins(struct view v, const char *with, struct view *rest)
{
	size_t n = strlen(with);

	if (!view_eq_str_nocase(view_sub(v, 0, n), with) || (v.n > n && v.p[n] != '\\'))
		return false;
	*rest = view_sub(v, n + 1, v.n);
	return true;
}

static void find_hive(struct key *k)
{
	k->rest = k->written;
	for (size_t i = 0; !k->hive && i < sizeof(hives) / sizeof(*hives); i++)
		if (begins(k->written, hives[i].sysmon, &k->rest) ||
		    begins(k->written, hives[i].endpoint, &k->rest) ||
		    begins(k->written, hives[i].kernel, &k->rest))
			k->hive = &hives[i];
}

/* The 4657 tells key and value apart. */
static int read_key(const struct question *q, field_id from, struct key *k)
{
	bool parted = from == FIELD_OBJECT_NAME;
	struct view value = parted ? question_text(q, FIELD_OBJECT_VALUE_NAME) : view_str("");

	*k = (struct key){.written = question_text(q, from)};
	if (!k->written.p || !value.p)
		return -1;
	if (parted && k->written.n)
		k->written = view_join(q->arena, k->written, "\\",
				       value.n ? value : view_str(unnamed));
	find_hive(k);
	return k->written.p ? 0 : -1;
}

static struct view spelled(const struct question *q, const struct key *k, const char *hive)
{
	return k->rest.n ? view_join(q->arena, view_str(hive), "\\", k->rest) : view_str(hive);
}

/* The path behind another hive's name, if that is another. */
static int add_spelling(const struct question *q, const struct key *k, const char *hive,
			struct answer *out)
{
	struct view v = spelled(q, k, hive);

	if (!v.p)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (view_eq(out->values[i], v))
			return 0;
	return answer_more(q, v, out);
}

static int add_spellings(const struct question *q, const struct key *k, struct answer *out)
{
	if (answer_more(q, k->written, out) < 0)
		return -1;
	if (!k->hive)
		return 0;
	return add_spelling(q, k, k->hive->sysmon, out) < 0
		       ? -1
		       : add_spelling(q, k, k->hive->endpoint, out);
}

/* What ends in (Default) once more without it. */
static int add_unnamed(const struct question *q, struct answer *out)
{
	for (size_t i = 0, n = out->n; i < n; i++) {
		struct view v = out->values[i], name = view_after_last(v, "\\");

		if (view_eq_str_nocase(name, unnamed) &&
		    answer_more(q, view_sub(v, 0, v.n - name.n), out) < 0)
			return -1;
	}
	return 0;
}

int make_registry_path(const struct question *q, const struct row *r, struct answer *out)
{
	struct key k;

	if (read_key(q, r->from, &k) < 0 || add_spellings(q, &k, out) < 0)
		return -1;
	return add_unnamed(q, out);
}

int make_registry_hive(const struct question *q, const struct row *r, struct answer *out)
{
	struct key k;

	if (read_key(q, r->from, &k) < 0)
		return -1;
	if (!k.hive)
		return 0;
	k.written = k.rest = view_str("");
	if (add_spelling(q, &k, k.hive->sysmon, out) < 0)
		return -1;
	return add_spelling(q, &k, k.hive->endpoint, out);
}

int make_registry_key(const struct question *q, const struct row *r, struct answer *out)
{
	struct key k;

	return read_key(q, r->from, &k) < 0 ? -1 : answer_one(q, k.rest, out);
}

int make_registry_value(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	return v.p ? answer_one(q, view_after_last(v, "\\"), out) : -1;
}

/* ---- Sigma's words for a 4657 ---- */

int make_target_object(const struct question *q, const struct row *r, struct answer *out)
{
	struct key k;

	if (read_key(q, r->from, &k) < 0)
		return -1;
	return answer_made(q, k.hive ? spelled(q, &k, k.hive->sysmon) : k.written, out);
}

int make_registry_event(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	if (!v.p)
		return -1;
	if (!v.n)
		return 0;
	return answer_str(q, view_eq_str(v, "%%1906") ? "DeleteValue" : "SetValue", out);
}

/* ---- data ---- */

enum data { DATA_TEXT, DATA_DWORD, DATA_QWORD, DATA_BINARY, DATA_EXPAND, DATA_MULTI };

/* The audit names types by messages of its own. */
static enum data type_of(struct view type)
{
	static const struct {
		const char *code;
		enum data data;
	} rows[] = {
		{"%%1874", DATA_EXPAND}, {"%%1875", DATA_BINARY}, {"%%1876", DATA_DWORD},
		{"%%1879", DATA_MULTI},  {"%%1883", DATA_QWORD},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (view_eq_str(type, rows[i].code))
			return rows[i].data;
	return DATA_TEXT;
}

static bool hexadecimal(struct view v, size_t at, uint64_t *out)
{
	struct view digits = view_sub(v, at, 10);

	return digits.n == 10 && value_parse_number(digits, out);
}

/* "DWORD (0x00000001)", "QWORD (0x00000000-0x00000001)": the type, and the number. */
static enum data sysmon_data(struct view v, uint64_t *n)
{
	uint64_t low;

	if (view_eq_str_nocase(view_sub(v, 0, 7), "DWORD (") && hexadecimal(v, 7, n))
		return DATA_DWORD;
	if (view_eq_str_nocase(view_sub(v, 0, 7), "QWORD (") && hexadecimal(v, 7, n) &&
	    hexadecimal(v, 18, &low)) {
		*n = *n << 32 | low;
		return DATA_QWORD;
	}
	return view_eq_str(v, "Binary Data") ? DATA_BINARY : DATA_TEXT;
}

struct datum {
	enum data type;
	struct view text;
	uint64_t number;
};

static int read_datum(const struct question *q, field_id from, struct datum *d)
{
	struct view type;

	*d = (struct datum){.text = question_verbatim(q, from)};
	if (!d->text.p)
		return -1;
	if (from != FIELD_NEW_VALUE) {
		d->type = sysmon_data(d->text, &d->number);
		return 0;
	}
	type = question_text(q, FIELD_NEW_VALUE_TYPE);
	d->type = type_of(type);
	if ((d->type == DATA_DWORD || d->type == DATA_QWORD) &&
	    !value_parse_number(d->text, &d->number))
		d->type = DATA_TEXT;
	return type.p ? 0 : -1;
}

static struct view kept(struct arena *a, struct buf *b)
{
	struct view v = b->bad ? (struct view){0} : arena_keep(a, buf_data(b));

	buf_release(b);
	return v;
}

static struct view as_sysmon(struct arena *a, const struct datum *d)
{
	unsigned high = (unsigned)(d->number >> 32), low = (unsigned)d->number;
	struct buf b;

	buf_init(&b, LIMIT_RECORD_TEXT);
	if (d->type == DATA_DWORD)
		buf_fmt(&b, "DWORD (0x%08x)", low);
	else
		buf_fmt(&b, "QWORD (0x%08x-0x%08x)", high, low);
	return kept(a, &b);
}

static struct view as_hexadecimal(struct arena *a, uint64_t n)
{
	struct buf b;

	buf_init(&b, LIMIT_RECORD_TEXT);
	buf_fmt(&b, "0x%08llx", (unsigned long long)n);
	return kept(a, &b);
}

int make_details(const struct question *q, const struct row *r, struct answer *out)
{
	struct datum d;

	if (read_datum(q, r->from, &d) < 0)
		return -1;
	if (d.type == DATA_BINARY)
		return answer_str(q, "Binary Data", out);
	if (d.type != DATA_DWORD && d.type != DATA_QWORD)
		return answer_one(q, d.text, out);
	return answer_made(q, as_sysmon(q->arena, &d), out);
}

int make_registry_data(const struct question *q, const struct row *r, struct answer *out)
{
	struct datum d;

	if (read_datum(q, r->from, &d) < 0)
		return -1;
	if (d.type != DATA_DWORD && d.type != DATA_QWORD)
		return answer_one(q, d.text, out);
	if (answer_number(q, true, d.number, out) < 0)
		return -1;
	return answer_made(q, as_hexadecimal(q->arena, d.number), out);
}

int make_registry_data_type(const struct question *q, const struct row *r, struct answer *out)
{
	static const char *const names[] = {"REG_SZ",    "REG_DWORD", "REG_QWORD",
					    "REG_BINARY", "REG_EXPAND_SZ", "REG_MULTI_SZ"};
	struct view v = question_verbatim(q, r->from);
	uint64_t n;

	if (!v.p)
		return -1;
	if (!v.n)
		return 0;
	return answer_str(q, names[r->from == FIELD_DETAILS ? sysmon_data(v, &n) : type_of(v)], out);
}
