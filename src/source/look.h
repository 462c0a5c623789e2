/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_LOOK_H
#define EVTXHOUND_LOOK_H
/* Opening without a trace, and a first look at one file. */
#include <sys/stat.h>

#include "evtxhound/source.h"

/*
 * The folder from which the last part of `path` can be reached however long the path is: AT_FDCWD
 * and the whole path where the system takes it, else a descriptor. -1 with errno when there is
 * none.
 */
int look_parent(const char *path, const char **last);
void look_close(int at); /* knows AT_FDCWD */

/* Opens the file or folder that `st` tells of, and no other; -1 with `e`. */
int look_open(int at, const char *name, const struct stat *st, struct err *e);

bool look_same_time(struct timespec a, struct timespec b);
void look_stat(struct source *s, const struct stat *st);
/* ".evtx", in letters of either case. */
bool look_is_log_name(const char *name);
/* Fills in what a regular file is; what fails makes it SOURCE_UNREADABLE. */
void look_file(struct source *s, int at, const char *name, const struct stat *st);

#endif
