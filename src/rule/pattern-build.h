/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_PATTERN_BUILD_H
#define EVTXHOUND_PATTERN_BUILD_H
/*
 * Texts of rules to patterns. Sigma: * and ? are wildcards, a backslash before either, or before a
 * backslash, takes its meaning away, any other backslash is itself. EQL: * and ? cannot be escaped;
 * in `==` and `in` they mean themselves.
 */
#include "rule-load.h"

enum pattern_syntax { PATTERN_EXACT, PATTERN_SIGMA, PATTERN_EQL };
struct pattern_how {
	enum pattern_syntax syntax;
	bool cased;
	bool open_start, open_end; /* anything may come before, after */
};
/* false: told (too long) or no room. */
bool pattern_build(struct loader *l, struct view text, struct pattern_how how, struct spot at,
		   struct pattern *out);

#endif
