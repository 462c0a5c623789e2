/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_TIMELINE_H
#define EVTXHOUND_REPORT_TIMELINE_H
/* What making rows and writing them share. */
#include "columns.h"
#include "report-private.h"
#include "evtxhound/report.h"

enum { TIMELINE_COLUMNS(COLUMN_ENUM) TC_COUNT };
#define TC_PLACE TC_SOURCE       /* source, chunk, offset: filled in while writing */
#define TC_REST (TC_OFFSET + 1)
#define PLACE_BYTES 12u          /* source and offset, at the end of a key */

/*
 * A pair to sort: the key orders as time, host, channel, record id, a hash of the row, source,
 * offset. The payload is the row (a blob of two: the cells before the place and those behind it),
 * source (u32), offset (u64), chunk (u64), recovered (u8).
 */
struct timeline {
	struct sorter *sorter;
	struct arena arena;
	struct buf key, row, message, payload;
};

#endif
