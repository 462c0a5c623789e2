/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_NET_BUILD_H
#define EVTXHOUND_NET_BUILD_H
/* Networks of rules: 10.0.0.0/8, fe80::/10; without a slash one address. */
#include "evtxhound/rule.h"

/* false: it is none. Bits behind the prefix are cleared. */
bool net_build(struct view text, struct net *out);

#endif
