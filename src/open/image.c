/* SPDX-License-Identifier: Apache-2.0 */
#include "open-private.h"

int open_image(struct opening *o)
{
	return err_set(o->e, ERR_UNSUPPORTED, 0, "%s: not read yet", o->r->format);
}
