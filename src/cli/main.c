/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "evtxhound/base.h"

int main(void)
{
	printf("evtxhound %s\n", program_version());
	return 0;
}
