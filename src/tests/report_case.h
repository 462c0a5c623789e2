/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_CASE_H
#define EVTXHOUND_REPORT_CASE_H
/*
 * A small run made in code: two computers, four sources, three findings of three languages. The
 * names of roles, clocks, levels and languages belong to modules that these tests do without.
 */
#include "testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evtxhound/report.h"

#define CASE_EVENTS 9
#define CASE_SOURCES 8 /* room, of which 4 are taken */
struct report_case {
	const struct event *events[CASE_EVENTS];
	struct arena arena;
	struct ruleset rules;
	struct run run;
	struct source_list list;
	struct finding *findings;
	struct finding_array array; /* of the run's reader */
	const char *inject; /* in place of every text of evidence, rules and options; NULL: none */
	size_t inject_n;
};

/* Everything lives in the case's arena, which is not the one that is starved: make it first. */
void case_make(struct report_case *c, const char *inject, size_t n);
void case_free(struct report_case *c);
/* Kept; what is injected instead, up to its first NUL. */
const char *case_str(struct report_case *c, const char *s);
/*
 * Puts the two logs into images: the first into a shadow copy of an E01, the other one into a zip archive
 * of that. With them come two raw images: of one a volume could not be read, the other one was not opened
 * to its end.
 */
void case_contain(struct report_case *c);
/* The events of the case to a timeline, the last first when `backwards`. */
int case_timeline(const struct report_case *c, struct timeline *t, bool backwards, struct err *e);

/* A new empty folder, opened. */
struct folder {
	char path[64];
	int fd;
};
void folder_make(struct folder *f);
void folder_free(struct folder *f); /* with all that is in it */
size_t folder_count(const struct folder *f);
/* The bytes of a file of the folder; the caller's. Fails the test when there is none. */
struct buf folder_read(const struct folder *f, const char *name);

#endif
