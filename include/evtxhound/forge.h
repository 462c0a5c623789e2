/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_FORGE_H
#define EVTXHOUND_FORGE_H
/*
 * Scenario text (YAML, docs/forge.md) to valid .evtx files as Windows would write them, for tests and
 * trainers. Shares no code with src/evtx, so that one's mistakes are not the other's.
 */
#include "evtxhound/base.h"

/* How an archive names its entries (docs/forge.md). */
enum forge_layout { FORGE_KAPE, FORGE_VELOCIRAPTOR };

/* What is to be made. Nothing that exists is overwritten: that is an error, and so is a host that the
   scenario does not have. */
struct forge_wish {
	int dirfd;           /* folder for the logs, one in it for each host; -1: none */
	const char *image;   /* a raw disk image, and the list "IMAGE.tsv" of what is where; NULL: none */
	const char *filler;  /* path of the program evtxhound-ntfs, which images need; NULL: not found */
	const char *archive; /* of a triage, its format by its name; NULL: none */
	enum forge_layout layout;
	const char *host;    /* only this one's logs; NULL: all */
};

/* All of the wish, from one scenario. As forge_scenario() else. */
int forge_evidence(struct view text, const char *name, const struct forge_wish *w, struct buf *made,
		   struct err *e);

/* Writes the scenario's logs into the folder `dirfd` (never overwriting: an existing name is an
   error). `name` is for messages. The same text gives the same bytes. `made` gets one line per file:
   name, records, chunks. */
int forge_scenario(struct view text, const char *name, int dirfd, struct buf *made, struct err *e);

#endif
