/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_BFIO_H
#define EVTXHOUND_OPEN_BFIO_H
/*
 * Our readers, as libyal's libraries want their input, and their errors. All these libraries' error
 * objects are the same one.
 */
#include <stdio.h>

#include "open-private.h"

#include <libbfio.h>

/* Borrows the reader, which must outlive it. NULL: no memory. To be given away with the flag "read". */
libbfio_handle_t *bfio_open(const struct reader *from);
/* Knows NULL. */
void bfio_close(libbfio_handle_t **h);

#define BFIO_WHY 160
/* What the library says, in one line. */
const char *bfio_why(libbfio_error_t *error, char out[BFIO_WHY]);
/* Frees it; knows NULL. */
void bfio_forget(libbfio_error_t **error);

#endif
