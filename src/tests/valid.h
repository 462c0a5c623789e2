/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_VALID_H
#define EVTXHOUND_VALID_H
/* Does it parse? Strict, and nothing else: for tests of what is written. */
#include "evtxhound/base.h"

/* One value (RFC 8259) in valid UTF-8; *at: where it stops being one. */
bool valid_json(struct view v, size_t *at);
/* One well-formed document, by expat. */
bool valid_xml(struct view v, size_t *at);

#endif
