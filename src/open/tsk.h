/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_TSK_H
#define EVTXHOUND_OPEN_TSK_H
/* The Sleuth Kit's library over our readers: it never opens a file. */
#include "image-private.h"

#include <tsk/libtsk.h>

/* Borrows the reader, which must outlive it; tsk_img_close() frees it. NULL: no memory. */
TSK_IMG_INFO *tsk_input(const struct reader *from);

#define TSK_WHY 160
/* What the library says of its last failure, in one line; it is forgotten. */
const char *tsk_why(char out[TSK_WHY]);

#endif
