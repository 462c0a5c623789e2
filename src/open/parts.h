/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_PARTS_H
#define EVTXHOUND_OPEN_PARTS_H
/*
 * The files that an image is made of: the one that was named, and others in its folder. Those are regular
 * files, reached by no link, and in no other folder, whatever the image says.
 */
#include "open-private.h"

#define PART_NAME 256u

struct part {
	struct reader bytes; /* stays where it is */
	int fd;              /* -1: the one that was named, or missing */
	bool missing;
	char name[PART_NAME];
};
struct parts {
	struct opening *o;
	struct part **v;
	size_t n;
};

/* The first is that which was named. -1: no memory. */
int parts_init(struct parts *p, struct opening *o);
void parts_release(struct parts *p);
/* Adds a file by its last name and tells the sink of it. 1; 0: there is none that can be read, `why` is
   filled in; -1 as open_container(). */
int parts_add(struct parts *p, const char *name, struct err *why);
/* Adds one that is not there, as so many zeros. */
int parts_add_missing(struct parts *p, const char *name, uint64_t size);

/*
 * Names of files in a row: the i-th, from that which was named, which is the `first` in its kind of
 * counting. False: the counting ends, or a name is too long.
 */
typedef bool part_naming(struct view named, unsigned i, char out[PART_NAME]);
/* x.001, x.002 ..., also from x.000 on and with more digits. */
part_naming parts_number;
/* x.E01 ... x.E99, x.EAA ... x.ZZZ, in small letters as well; and x.s01. */
part_naming parts_ewf;
/*
 * Adds all that follow in a row. What is missing between two, or cannot be read, is told as damage; it is
 * added as `size` zeros, or ends the row when that is 0.
 */
int parts_add_row(struct parts *p, part_naming *name, uint64_t size);

/* All of them one behind another. Borrows p. */
struct reader parts_reader(const struct parts *p);

#endif
