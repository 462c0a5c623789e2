/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_SNIFF_H
#define EVTXHOUND_SNIFF_H
/* What more source_sniff() would need to see: some formats show themselves elsewhere. */
#include "evtxhound/source.h"

#define SNIFF_HEAD 8192u /* bytes that source_sniff() wants to see */
#define SNIFF_FOOT 512u  /* a VHD's footer */
#define SNIFF_CHUNKS 131072u /* where the first chunk of a log without header would be */
#define SNIFF_ISO 32769u /* where an ISO 9660 image names itself */

/* True when a chunk's signature stands at one of the sectors; `v`: up to SNIFF_CHUNKS bytes. */
bool sniff_chunks(struct view v);
/* The last SNIFF_FOOT bytes; may set *format. */
bool sniff_foot(struct view last, const char **format);
/* The six bytes at SNIFF_ISO. */
bool sniff_iso(struct view v, const char **format);

#endif
