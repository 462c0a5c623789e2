/* SPDX-License-Identifier: Apache-2.0 */
/* evtxhound-open: started by evtxhound, which speaks to it over descriptor 0. */
#include <stdlib.h>

#include "evtxhound/open.h"

int main(void)
{
	/* Times in a zip have no zone: they are taken as UTC wherever this runs. */
	setenv("TZ", "UTC", 1);
	return open_serve(0) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
