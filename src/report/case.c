/* SPDX-License-Identifier: Apache-2.0 */
/* Whose case it is: said by the options of the run, and by the images themselves. */
#include "report-private.h"

static const struct {
	const char *name, *title;
} facts[CASE_FACTS] = {
	[CASE_NUMBER] = {"case_number", "Case number"},
	[CASE_EVIDENCE_NUMBER] = {"evidence_number", "Evidence number"},
	[CASE_EXAMINER] = {"examiner", "Examiner"},
	[CASE_DESCRIPTION] = {"description", "Description"},
	[CASE_NOTES] = {"notes", "Notes"},
};

const char *case_name(enum case_fact f)
{
	return facts[f].name;
}

const char *case_title(enum case_fact f)
{
	return facts[f].title;
}

static void add(struct case_list *l, const char *value, const struct source *image)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].value, value))
			return;
	if (l->n == LIMIT_CASE_SAID)
		l->more = true;
	else
		l->v[l->n++] = (struct case_said){value, image};
}

struct case_list case_list(const struct run *run, enum case_fact f)
{
	struct case_list l = {0};

	if (run->case_facts[f])
		add(&l, run->case_facts[f], NULL);
	for (size_t i = 0; i < run->n_sources; i++) {
		const struct source *s = run->sources[i].source;
		const struct source_contents *c = s ? s->contents : NULL;

		for (size_t k = 0; c && k < c->n_facts; k++)
			if (!strcmp(c->facts[k].name, facts[f].name) && *c->facts[k].value)
				add(&l, c->facts[k].value, s);
	}
	return l;
}
