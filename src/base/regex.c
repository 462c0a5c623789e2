/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions by libpcre2. Its own limits count anew from every place where a match may start,
 * so that they bound no whole; a callout before every item of the pattern counts what is done, and how
 * far it moved in the text. Without its just-in-time compiler, whose counts are others.
 */
#include "regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define HEAP_KIB 16384u   /* of what a match must remember to go back to */
#define QUICK_TEXT 4096u  /* bytes that are tried without counting */
#define MOVED_A_STEP 16u  /* bytes of text that count as one step */
#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x

struct regex {
	pcre2_code *quick, *counted;
};
struct regexer {
	pcre2_match_context *context;
	pcre2_match_data *data;
	struct buf text; /* repaired */
	uint64_t steps;
	size_t at;
};

static void *take(size_t n, void *ctx)
{
	(void)ctx;
	return mem_alloc(n);
}

static void give(void *p, void *ctx)
{
	(void)ctx;
	mem_free(p);
}

/* ---- compiling ---- */

static uint32_t options_of(unsigned flags)
{
	uint32_t o = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;

	if (flags & REGEX_NOCASE)
		o |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		o |= PCRE2_MULTILINE;
	if (flags & (REGEX_DOTALL | REGEX_LUCENE))
		o |= PCRE2_DOTALL;
	if (flags & REGEX_WHOLE)
		o |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	return o;
}

static enum err_code code_of(int error)
{
	switch (error) {
	case PCRE2_ERROR_HEAP_FAILED:
		return ERR_NOMEM;
	case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP:
	case PCRE2_ERROR_PATTERN_TOO_LARGE:
	case PCRE2_ERROR_PATTERN_STRING_TOO_LONG:
	case PCRE2_ERROR_PATTERN_TOO_COMPLICATED:
	case PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED:
		return ERR_LIMIT;
	default:
		return ERR_SYNTAX;
	}
}

static void compile_failed(int error, size_t offset, unsigned flags, struct err *e)
{
	PCRE2_UCHAR text[120];

	if (pcre2_get_error_message(error, text, sizeof(text)) < 0)
		text[0] = '\0';
	/* A translated pattern has other offsets. */
	err_set(e, code_of(error), flags & REGEX_LUCENE ? 0 : offset, "regular expression: %s",
		(const char *)text);
}

static pcre2_code *compile(struct view pattern, unsigned flags, uint32_t options, struct err *e)
{
	pcre2_general_context *memory = pcre2_general_context_create(take, give, NULL);
	pcre2_compile_context *context = memory ? pcre2_compile_context_create(memory) : NULL;
	pcre2_code *code = NULL;
	int error = PCRE2_ERROR_HEAP_FAILED;
	size_t offset = 0;

	if (context)
		code = pcre2_compile(pattern.n ? pattern.p : (PCRE2_SPTR) "", pattern.n,
				     options_of(flags) | options, &error, &offset, context);
	if (!code)
		compile_failed(error, offset, flags, e);
	pcre2_compile_context_free(context);
	pcre2_general_context_free(memory);
	return code;
}

static void compile_both(struct regex *r, struct view pattern, unsigned flags, struct err *e)
{
	r->quick = compile(pattern, flags, 0, e);
	if (r->quick)
		r->counted = compile(pattern, flags, PCRE2_AUTO_CALLOUT, e);
}

struct regex *regex_new(struct view pattern, unsigned flags, struct err *e)
{
	struct regex *r;
	struct buf perl;

	if (pattern.n > LIMIT_REGEX) {
		err_set(e, ERR_LIMIT, LIMIT_REGEX, "a regular expression has at most %u bytes",
			LIMIT_REGEX);
		return NULL;
	}
	r = mem_alloc(sizeof(*r));
	if (!r) {
		err_set(e, ERR_NOMEM, 0, "no memory for a regular expression");
		return NULL;
	}
	buf_init(&perl, 0);
	if (!(flags & REGEX_LUCENE))
		compile_both(r, pattern, flags, e);
	else if (regex_from_lucene(pattern, &perl, e) == 0)
		compile_both(r, buf_data(&perl), flags, e);
	buf_release(&perl);
	if (r->counted)
		return r;
	regex_free(r);
	return NULL;
}

void regex_free(struct regex *r)
{
	if (r) {
		pcre2_code_free(r->quick);
		pcre2_code_free(r->counted);
	}
	mem_free(r);
}

/* ---- matching ---- */

static int count_step(pcre2_callout_block *block, void *ctx)
{
	struct regexer *m = ctx;
	size_t at = block->current_position, moved = at > m->at ? at - m->at : m->at - at;

	m->at = at;
	m->steps += 1 + moved / MOVED_A_STEP;
	return m->steps > LIMIT_REGEX_STEPS ? PCRE2_ERROR_CALLOUT : 0;
}

struct regexer *regexer_new(void)
{
	struct regexer *m = mem_alloc(sizeof(*m));
	pcre2_general_context *memory = pcre2_general_context_create(take, give, NULL);

	if (m && memory) {
		buf_init(&m->text, 0);
		m->context = pcre2_match_context_create(memory);
		m->data = pcre2_match_data_create(1, memory);
	}
	pcre2_general_context_free(memory);
	if (!m || !m->context || !m->data) {
		regexer_free(m);
		return NULL;
	}
	pcre2_set_depth_limit(m->context, UINT32_MAX);
	pcre2_set_heap_limit(m->context, HEAP_KIB);
	pcre2_set_callout(m->context, count_step, m);
	return m;
}

void regexer_free(struct regexer *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	buf_release(&m->text);
	mem_free(m);
}

static int run(const struct regex *r, struct regexer *m, struct view text)
{
	PCRE2_SPTR p = text.n ? text.p : (PCRE2_SPTR) "";
	int rc;

	m->steps = 0;
	m->at = 0;
	if (text.n <= QUICK_TEXT) {
		pcre2_set_match_limit(m->context, LIMIT_REGEX_STEPS / ((uint32_t)text.n + 1));
		rc = pcre2_match(r->quick, p, text.n, 0, 0, m->data, m->context);
		if (rc != PCRE2_ERROR_MATCHLIMIT)
			return rc;
	}
	pcre2_set_match_limit(m->context, UINT32_MAX);
	return pcre2_match(r->counted, p, text.n, 0, 0, m->data, m->context);
}

/* What is no character is one that is none: U+FFFD. */
static struct view repaired(struct regexer *m, struct view text)
{
	buf_clear(&m->text);
	while (text.n) {
		uint32_t cp = text_next(&text);

		text_put(&m->text, cp >= 0xd800 && cp < 0xe000 ? 0xfffd : cp);
	}
	return buf_data(&m->text);
}

enum regex_said regex_match(const struct regex *r, struct regexer *m, struct view text)
{
	int rc = run(r, m, text);

	if (rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21) {
		text = repaired(m, text);
		rc = m->text.bad ? PCRE2_ERROR_NOMEMORY : run(r, m, text);
	}
	if (rc >= 0)
		return REGEX_YES;
	if (rc == PCRE2_ERROR_NOMATCH)
		return REGEX_NO;
	return rc == PCRE2_ERROR_NOMEMORY ? REGEX_NO_MEMORY : REGEX_TOO_MUCH;
}

const char *pcre_version(void)
{
	return TEXT(PCRE2_MAJOR) "." TEXT(PCRE2_MINOR);
}
