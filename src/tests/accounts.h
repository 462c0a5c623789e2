/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTS_ACCOUNTS_H
#define EVTXHOUND_TESTS_ACCOUNTS_H
/* What holds of every log that was read, whatever it went through. */
#include "evtxhound/report.h"

static inline bool adds_up(const struct source_result *r)
{
	uint64_t bytes = r->bytes_header + r->bytes_record + r->bytes_slack + r->bytes_free +
			 r->bytes_zero + r->bytes_unknown;

	return bytes == r->source->size &&
	       r->records == r->whole + r->partly + r->undecoded + r->not_asked &&
	       r->hidden <= r->recovered;
}

#endif
