/* SPDX-License-Identifier: Apache-2.0 */
/* evtxhound-open: started by evtxhound, which speaks to it over descriptor 0. */
#include <stdlib.h>

#include "evtxhound/open.h"

int main(void)
{
	return open_serve(0) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
