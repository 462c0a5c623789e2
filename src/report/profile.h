/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_PROFILE_H
#define EVTXHOUND_REPORT_PROFILE_H
/* Files for the readers of others (docs/outputs.md): what they are handed must be text and in range. */
#include "report-private.h"
#include "timeline.h"

/* Quoted; what is no valid text is made visible as in CSV, since readers refuse it. */
void json_readable(struct buf *b, struct view v);
/* The member, if there is something in it. */
void json_some(struct json *j, const char *name, struct view v);

/* What readers can hold, who count nanoseconds in 64 bits: from 1678 to 2261. */
#define TIME_EPOCH UINT64_C(116444736000000000) /* 1970 as FILETIME */
bool time_is_held(uint64_t filetime);

struct timesketch {
	struct sheet csv, jsonl;
};
/* Opened, with the findings in it; the timeline's rows follow. Closes both when it fails. */
int timesketch_open(struct timesketch *t, const struct run *run, struct err *e);
/* A row of the timeline, by its columns. */
int timesketch_row(struct timesketch *t, const struct cell *cells, uint64_t time, struct err *e);
int timesketch_close(struct timesketch *t, int rc, struct output *csv, struct output *jsonl,
		     struct err *e);

int explorer_write(const struct run *run, struct output *o, struct err *e);
int ecs_write(const struct run *run, struct output *o, struct err *e);

#endif
