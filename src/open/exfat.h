/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_EXFAT_H
#define EVTXHOUND_OPEN_EXFAT_H
/* Of a file on exFAT: how much of it was ever written, and in what zones its times are. */
#include "open-private.h"

struct exfat_entry {
	uint64_t valid;  /* bytes of it; behind them there is what was on the disk before, to be read as zeros */
	int64_t zone[4]; /* ticks to be taken from each of open_found.times for UTC */
};
/* False: it is not found, or damaged. */
bool exfat_read(const struct reader *volume, uint64_t inum, struct exfat_entry *out);

#endif
