/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_MEND_H
#define EVTXHOUND_OPEN_MEND_H
/* A volume's bytes with the copies that NTFS keeps in the places of what is damaged. */
#include "evtxhound/source.h"

#define MEND_MAX 16384u

struct mend {
	const struct reader *base;
	struct reader reader; /* its ctx is this */
	bool boot, mft;       /* what is a copy */
	struct mend_patch {
		uint64_t at;
		size_t n;
		uint8_t bytes[MEND_MAX];
	} patch[2];
	size_t n;
};
/* Of the first sector, and with `mft` of the first MFT entries too. False: there is no such copy. */
bool mend_init(struct mend *m, const struct reader *base, bool mft);

#endif
