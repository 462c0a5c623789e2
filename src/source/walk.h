/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_WALK_H
#define EVTXHOUND_WALK_H
/* Between the list and the walk through a folder. */
#include <sys/stat.h>

#include "evtxhound/source.h"

/* Lists *s, which then owns its path, unless the file is listed already. -1: no memory. */
int list_push(struct source_list *l, struct source *s, struct err *e);
/* The same for what could not be read: takes the error from `why`. `st` may be NULL. */
int list_unreadable(struct source_list *l, const char *path, const struct stat *st, bool named,
		    const struct err *why, struct err *e);
/* Everything below the folder `name` of `at`, whose whole path is `path`. -1: no memory. */
int walk(struct source_list *l, const char *path, int at, const char *name, const struct stat *st,
	 struct err *e);

#endif
