/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every text of evidence, rules and options replaced by what an attacker would write. The files
 * must keep their shape: as many columns, whole JSON, a page of our tags only.
 */
#include "report_case.h"

#include <ctype.h>

#include "../report/report-private.h"

struct hostile {
	const char *name;
	struct view text;
};
#define H(name, s) {name, {(const uint8_t *)(s), sizeof(s) - 1}}
static const struct hostile rows[] = {
	H("script", "<script>alert(1)</script>"),
	H("attribute", "\" onmouseover=\"alert(1)\" x='"),
	H("end of style", "</style></title></table><img src=x onerror=alert(1)>"),
	H("comment", "<!-- --!> <![CDATA[ ]]>"),
	H("entity", "&lt;b&gt; &#x3c;script&#62;"),
	H("formula", "=HYPERLINK(\"http://x\",\"y\")"),
	H("tab formula", "\t=1+1"),
	H("quotes and lines", "a\"b,c\r\nd,\"e\"\n"),
	H("line ends only", "\r\n\r\n"),
	H("NULs", "a\0b\0"),
	H("terminal", "\x1b]0;owned\x07\x1b[2J\xc2\x9b" "31m"),
	H("bidi", "\xe2\x80\xae" "cod.exe\xe2\x81\xa6"),
	H("lone surrogates", "\xed\xa0\x80 \xed\xbf\xbf"),
	H("bad bytes", "\xff\xfe\xc0\xaf\xe2\x80"),
	H("JSON", "\\\",\"x\":{\"\\u0000"),
	H("backslash at the end", "C:\\path\\"),
	H("grave accents", "`a``[x](http://x) <img src=x onerror=alert(1)> ``` @all"),
	H("a grave accent at the end", "`"),
	H("blocks", "\n# a\n- b\n\n    c\n| d |"),
	H("empty", ""),
};

static void write_report(struct report_case *c, const struct folder *f)
{
	struct err e = {0};
	struct timeline *t = timeline_new(f->fd, &e);

	c->run.dirfd = f->fd;
	assert_non_null(t);
	if (case_timeline(c, t, false, &e) < 0 || report_write(&c->run, t, &e) < 0)
		fail_msg("%s", e.msg);
	timeline_free(t);
}

/* ---- CSV: as many fields in every row, none that starts a formula ---- */

struct csv {
	struct view left;
	bool bad;
};

/* The next field's first character (0: empty), and what ended it: ',', '\n', or 0 at the end. */
static int csv_next(struct csv *c, uint8_t *first)
{
	bool quoted = c->left.n && c->left.p[0] == '"';
	size_t i = quoted;

	*first = i < c->left.n ? c->left.p[i] : 0;
	if (!quoted && *first == '\r')
		*first = 0;
	for (; i < c->left.n; i++) {
		uint8_t ch = c->left.p[i];

		if (quoted && ch == '"' && i + 1 < c->left.n && c->left.p[i + 1] == '"') {
			i++;
		} else if (quoted && ch == '"') {
			quoted = false;
			if (i + 1 < c->left.n && !strchr(",\r", c->left.p[i + 1]))
				c->bad = true;
		} else if (!quoted && (ch == ',' || ch == '\r')) {
			break;
		} else if (!quoted && (ch == '"' || ch == '\n')) {
			c->bad = true;
		}
	}
	if (i < c->left.n && c->left.p[i] == '\r' &&
	    (i + 1 >= c->left.n || c->left.p[i + 1] != '\n'))
		c->bad = true;
	quoted = i < c->left.n && c->left.p[i] == ',';
	c->left = view_sub(c->left, i + (quoted ? 1 : 2), c->left.n);
	return quoted ? ',' : '\n';
}

static void check_csv(const char *row, const struct folder *f, const char *name, size_t columns)
{
	struct buf b = folder_read(f, name);
	struct csv c = {buf_data(&b), false};
	size_t n = 0, at;

	TEST_ROW(row, text_valid(buf_data(&b), &at));
	while (c.left.n) {
		uint8_t first;
		int end = csv_next(&c, &first);

		n++;
		if (first && strchr("=+-@\t\r", first))
			fail_msg("row \"%s\": a field of %s starts with %c", row, name, first);
		if (end == ',')
			continue;
		if (n != columns || c.bad)
			fail_msg("row \"%s\": %s has a row of %zu fields", row, name, n);
		n = 0;
	}
	buf_release(&b);
}

/* ---- JSON: a small grammar ---- */

static bool json_value(struct view *v, int depth);

static bool json_is(struct view *v, char c)
{
	while (v->n && memchr(" \n", v->p[0], 2))
		*v = view_sub(*v, 1, v->n);
	if (!v->n || v->p[0] != (uint8_t)c)
		return false;
	*v = view_sub(*v, 1, v->n);
	return true;
}

static bool json_text_ok(struct view *v)
{
	if (!json_is(v, '"'))
		return false;
	while (v->n && v->p[0] != '"') {
		size_t step = 1;

		if (v->p[0] < 0x20)
			return false;
		if (v->p[0] == '\\')
			step = v->n > 1 && v->p[1] == 'u' ? 6 : 2;
		if (step == 2 && (v->n < 2 || !strchr("\"\\/bfnrt", v->p[1])))
			return false;
		for (size_t i = 2; i < step; i++)
			if (v->n <= i || !strchr("0123456789abcdef", v->p[i]))
				return false;
		*v = view_sub(*v, step, v->n);
	}
	return json_is(v, '"');
}

static bool json_members(struct view *v, char end, int depth)
{
	if (json_is(v, end))
		return true;
	do {
		if (end == '}' && (!json_text_ok(v) || !json_is(v, ':')))
			return false;
		if (!json_value(v, depth + 1))
			return false;
	} while (json_is(v, ','));
	return json_is(v, end);
}

static bool json_word(struct view *v)
{
	size_t n = 0;

	while (n < v->n && (strchr("truefalsn0123456789.", v->p[n]) && v->p[n]))
		n++;
	*v = view_sub(*v, n, v->n);
	return n != 0;
}

static bool json_value(struct view *v, int depth)
{
	struct view at = *v;

	if (depth > 20)
		return false;
	if (json_is(v, '{'))
		return json_members(v, '}', depth);
	if (json_is(v, '['))
		return json_members(v, ']', depth);
	if (json_is(&at, '"'))
		return json_text_ok(v);
	json_is(v, '\0');
	return json_word(v);
}

static void check_json(const char *row, const struct folder *f, const char *name)
{
	struct buf b = folder_read(f, name);
	struct view v = buf_data(&b);
	size_t at;

	TEST_ROW(row, text_valid(v, &at));
	while (v.n) {
		if (!json_value(&v, 0))
			fail_msg("row \"%s\": %s is no JSON at \"%.40s\"", row, name, v.p);
		TEST_ROW(row, v.n && v.p[0] == '\n');
		v = view_sub(v, 1, v.n);
	}
	buf_release(&b);
}

/* ---- report.md: what is not ours stands in code spans that end on their line ---- */

static void check_ticket(const char *row, const struct folder *f)
{
	struct buf b = folder_read(f, "report.md");
	struct view v = buf_data(&b);
	bool code = false;
	size_t at;

	TEST_ROW(row, text_valid(v, &at));
	for (size_t i = 0; i < v.n; i++) {
		TEST_ROW(row, v.p[i] != '\n' || !code);
		TEST_ROW(row, v.p[i] >= 0x20 || v.p[i] == '\n');
		if (v.p[i] == '`')
			code = !code;
		else if (!code && !isalnum(v.p[i]) && !strchr(" \n#-,.:;()", v.p[i]))
			fail_msg("row \"%s\": report.md has a %c of its own", row, v.p[i]);
		if (!code && i + 5 < v.n)
			TEST_ROW(row, memcmp(v.p + i, "alert", 5) && memcmp(v.p + i, "http:", 5));
	}
	buf_release(&b);
}

/* ---- the page: our tags only, no script, no link to elsewhere ---- */

static bool known_tag(struct view v)
{
	static const char *const known[] = {
		"!doctype html", "html lang=en", "head", "meta ", "style", "title", "body",
		"header", "h1", "h2", "h3", "h3 id=\"sign-", "h4", "p", "p class=",
		"nav aria-label=Contents", "td colspan=", "script", "script type=\"text/plain\" id=\"",
		"a href=\"#", "main", "section id=", "section class=rule id=\"R-", "div class=",
		"table class=\"", "thead", "tr", "th scope=", "tbody", "td", "td class=",
		"span class=", "b", "br", "code", "code class=cmd", "article class=f id=\"F-",
		"ul", "ol", "li", "footer", "a", "nav", "section", "div", "table", "th", "span",
		"article", "html", "details", "details open", "details class=others", "summary",
		"dl", "dt", "dd", "h3 id=words", "a class=quote href=\"#",
	};

	if (v.n && v.p[0] == '/')
		v = view_sub(v, 1, v.n);
	for (size_t i = 0; i < TEST_COUNT(known); i++) {
		size_t n = strlen(known[i]);
		bool open = strchr("=\"- #", known[i][n - 1]) != NULL;

		if (open ? view_eq_str(view_sub(v, 0, n), known[i]) : view_eq_str(v, known[i]))
			return true;
	}
	return false;
}

static void check_page(const char *row, const struct folder *f)
{
	struct buf b = folder_read(f, "report.html");
	struct view v = buf_data(&b);
	size_t at;

	TEST_ROW(row, text_valid(v, &at));
	for (size_t i = 0; i < v.n; i++) {
		const uint8_t *end;
		struct view tag;

		TEST_ROW(row, v.p[i] >= 0x20 || v.p[i] == '\n');
		if (v.p[i] != '<')
			continue;
		end = memchr(v.p + i, '>', v.n - i);
		TEST_ROW(row, end != NULL);
		tag = view_sub(v, i + 1, (size_t)(end - v.p) - i - 1);
		/* No text of ours has these words, and no text of others stands in a tag. */
		if (!known_tag(tag) || memmem(tag.p, tag.n, "alert", 5) ||
		    memmem(tag.p, tag.n, "onmouse", 7))
			fail_msg("row \"%s\": a tag <%.*s>", row, (int)tag.n, tag.p);
		if (view_eq_str(tag, "style")) /* ours; its selectors have ">" */
			end = memmem(v.p + i, v.n - i, "</style", 7);
		if (view_eq_str(tag, "script"))
			end = memmem(v.p + i, v.n - i, "</script", 8);
		i = (size_t)(end - v.p) - (*end == '<');
	}
	buf_release(&b);
}

static void test_hostile(void **state)
{
	size_t findings, evidence, timeline;

	(void)state;
	findings_columns(&findings);
	evidence_columns(&evidence);
	timeline_columns(&timeline);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct report_case c;
		struct folder f;

		case_make(&c, (const char *)rows[i].text.p, rows[i].text.n);
		case_contain(&c);
		folder_make(&f);
		c.run.profiles = PROFILE_BIT(PROFILES) - 1;
		write_report(&c, &f);
		check_csv(rows[i].name, &f, "findings.csv", findings);
		check_csv(rows[i].name, &f, "evidence.csv", evidence);
		check_csv(rows[i].name, &f, "timeline.csv", timeline);
		check_json(rows[i].name, &f, "findings.jsonl");
		check_json(rows[i].name, &f, "manifest.json");
		check_json(rows[i].name, &f, "timesketch.jsonl");
		check_json(rows[i].name, &f, "ecs.ndjson");
		check_csv(rows[i].name, &f, "timesketch.csv", timeline + 5);
		check_csv(rows[i].name, &f, "timeline-explorer.csv", 10);
		check_json(rows[i].name, &f, "summary.json");
		check_ticket(rows[i].name, &f);
		check_page(rows[i].name, &f);
		folder_free(&f);
		case_free(&c);
	}
}

/* What stands behind `what` in the policy is the hash of the element that `open` begins; returns what follows. */
static const char *check_hash(const char *page, const char *what, const char *open, const char *close)
{
	const char *hash = strstr(page, what), *from = strstr(page, open), *end;
	struct buf want;
	uint8_t sha[32];

	assert_true(hash && from && hash < from);
	from += strlen(open);
	end = strstr(from, close);
	assert_non_null(end);
	hash += strlen(what);
	assert_true(sha256_of((struct view){(const uint8_t *)from, (size_t)(end - from)}, sha));
	buf_init(&want, 0);
	base64_add(&want, (struct view){sha, sizeof(sha)});
	assert_int_equal(want.n, 44);
	assert_memory_equal(hash, want.p, want.n);
	buf_release(&want);
	return hash + 44;
}

/* The policy names the hashes of the style and the script that stand there, and nothing else is allowed. */
static void test_policy(void **state)
{
	struct report_case c;
	struct folder f;
	struct buf b;
	const char *page, *rest;

	(void)state;
	case_make(&c, NULL, 0);
	folder_make(&f);
	write_report(&c, &f);
	b = folder_read(&f, "report.html");
	buf_byte(&b, 0);
	page = (const char *)b.p;
	rest = check_hash(page, "content=\"default-src 'none'; style-src 'sha256-", "<style>", "</style>");
	assert_int_equal(strncmp(rest, "'; script-src 'sha256-", 22), 0);
	rest = check_hash(page, "'; script-src 'sha256-", "<script>", "</script>");
	assert_int_equal(strncmp(rest, "'; base-uri 'none'; form-action 'none'\">", 40), 0);
	assert_null(strstr(page, " style="));
	assert_null(strstr(strstr(page, "<script>") + 1, "<script>"));
	buf_release(&b);
	folder_free(&f);
	case_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
