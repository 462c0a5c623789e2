/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REGEX_H
#define EVTXHOUND_REGEX_H
/* Between the two files of regular expressions. */
#include "evtxhound/base.h"

/* A pattern in Lucene's syntax as one in Perl's. 0, or -1 and *e: ERR_SYNTAX, ERR_UNSUPPORTED,
   ERR_LIMIT with the offset in the pattern, ERR_NOMEM. */
int regex_from_lucene(struct view pattern, struct buf *perl, struct err *e);

#endif
