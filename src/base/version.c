/* SPDX-License-Identifier: Apache-2.0 */
#include "evtxhound/base.h"

const char *program_version(void)
{
	return PACKAGE_VERSION;
}
