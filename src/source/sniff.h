/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_SNIFF_H
#define EVTXHOUND_SNIFF_H
/* Where formats show themselves. */
#include "evtxhound/source.h"

#define SNIFF_HEAD 8192u /* bytes that source_sniff() wants to see */
#define SNIFF_FOOT 512u  /* a VHD's footer */
#define SNIFF_CHUNKS 131072u /* where the first chunk of a log without header would be */
#define SNIFF_ISO 32769u /* where an ISO 9660 image names itself */

#endif
