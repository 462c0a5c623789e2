/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_PAGE_H
#define EVTXHOUND_REPORT_PAGE_H
/* The parts of report.html. Every text of evidence or rules goes through page_text(). */
#include "report-private.h"

/* html_text() of at most LIMIT_PAGE_TEXT bytes; says what it left out. */
void page_text(struct buf *b, struct view v);
/* Paragraphs of a rule: single line feeds are blanks, an empty line parts. */
void page_prose(struct buf *b, struct view v);
void page_code(struct buf *b, struct view v); /* evidence within a sentence */
void page_time(struct buf *b, uint64_t filetime);
void page_hash(struct buf *b, const uint8_t sha256[32]);
void page_number(struct buf *b, uint64_t n); /* 12,345 */
void page_count(struct buf *b, uint64_t n, const char *one, const char *many);
void page_level(struct buf *b, enum rule_level l);
void page_severity(struct buf *b, enum sign_severity s);
/* A row of two cells; nothing when the text is empty. */
void page_row(struct buf *b, const char *label, struct view v);
void page_row_open(struct buf *b, const char *label); /* closed by page_row_close() */
void page_row_close(struct buf *b);
/* A table's head: class, and the names of its columns up to NULL. */
void page_table(struct buf *b, const char *class_name, const char *const *columns);
void page_more(struct buf *b, uint64_t shown, uint64_t all, const char *where);

/* "<style>...</style>" and the Content-Security-Policy that allows it and the script, and nothing else. */
int page_style(struct buf *b, struct err *e);
/* page.css and page.js, which the program holds. */
struct view page_css(void);
struct view page_js(void);

void page_case(struct buf *b, const struct run *run);
/* Findings by computer, level and rule, and on which computers rules could not be judged. */
void page_overview(struct buf *b, const struct run *run);
int page_summary(struct sheet *s, struct err *e);
int page_findings(struct sheet *s, struct err *e);
void page_tree(struct buf *b, const struct finding *f, struct arena *a);
int page_record(struct sheet *s, const struct finding *f, size_t finding, size_t i, struct err *e);
int page_rules(struct sheet *s, struct err *e);
int page_examined(struct sheet *s, struct err *e);
/* Disk images and archives, and their volumes; part of what was examined. */
int page_images(struct sheet *s, struct err *e);
const char *page_state(enum source_state s); /* "in a shadow copy" ... */
/* The records without which little can be told of processes; NULL: no more. */
struct page_wanted {
	const char *channel;
	uint16_t id;
	const char *what;
};
const struct page_wanted *page_wanted(size_t i);
/* Of each computer: what was logged and what was not, its sign-ons and processes. */
int page_hosts(struct sheet *s, struct err *e);
int page_signs(struct sheet *s, struct err *e);
int page_unchecked(struct sheet *s, struct err *e);
int page_installers(struct sheet *s, struct err *e);
int page_suppressed(struct sheet *s, struct err *e);
int page_near(struct sheet *s, struct err *e);
int page_coverage(struct sheet *s, struct err *e);
/* How times, users and processes were derived, and the glossary; part of the method. */
int page_words(struct sheet *s, struct err *e);
int page_method(struct sheet *s, struct err *e);

#endif
