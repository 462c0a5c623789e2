/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_PAGE_AROUND_H
#define EVTXHOUND_REPORT_PAGE_AROUND_H
/* The parts of a computer's piece of the page that come out of its findings; nothing where it has
   none. */
#include "around.h"
#include "page.h"

void page_processes(struct buf *b, const struct around *w, struct view host);
void page_signons(struct buf *b, const struct run *run, const struct around *w, struct view host);

#endif
