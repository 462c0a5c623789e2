/* SPDX-License-Identifier: Apache-2.0 */
#include "evtxhound/base.h"

struct view cursor_blob(struct cursor *c)
{
	uint32_t n = cursor_u32(c);

	return cursor_take(c, n);
}
