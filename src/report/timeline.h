/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_TIMELINE_H
#define EVTXHOUND_REPORT_TIMELINE_H
/* What making rows and writing them share. */
#include "columns.h"
#include "report-private.h"
#include "evtxhound/report.h"

enum { TIMELINE_COLUMNS(COLUMN_ENUM) TC_COUNT };
#define TIMELINE_LONG 255u       /* a cell of a row from this length on has it behind, as u32 */
#define PLACE_BYTES 12u          /* source and offset, at the end of a key */

/*
 * A pair to sort: the key orders as time, host, channel, record id, a hash of the row, source,
 * offset. The payload is the row (a blob: its cells as they are, but for those that are filled in
 * while writing), source (u32), offset (u64), chunk (u64), recovered (u8), rank (u8).
 */
struct timeline {
	struct sorter *sorter;
	struct arena arena;
	struct buf key, row, message, payload;
	timeline_entry_fn *tell;
	void *tell_ctx;
};

static inline bool timeline_in_row(size_t column)
{
	return column < TC_SOURCE || (column > TC_OFFSET && column < TC_FINDINGS);
}

#endif
