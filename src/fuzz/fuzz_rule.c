/* SPDX-License-Identifier: Apache-2.0 */
/* A rule file: the first byte says in which language. What loads can be shown. */
#include "evtxhound/rule.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"fuzz.yml", "fuzz.toml", "fuzz.eql"};
	struct ruleset s;
	struct buf out;

	if (!n || ruleset_init(&s, NULL) < 0)
		return 0;
	buf_init(&out, 0);
	ruleset_add_text(&s, names[p[0] % 3], (struct view){p + 1, n - 1}, NULL);
	for (size_t i = 0; !ruleset_finish(&s, NULL) && i < s.n; i++)
		rule_text(&out, &s.rules[i], &s.fields);
	buf_release(&out);
	ruleset_release(&s);
	return 0;
}
