/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_SIGMA_H
#define EVTXHOUND_SIGMA_H
/* The parts of the Sigma front end among themselves. */
#include "rule-load.h"

/* A selection of `detection`, by name. */
struct selection {
	struct view name;
	const struct node *node; /* NULL: it has faults */
};
struct selections {
	struct selection *v;
	size_t n;
	struct strtab names; /* index of the same number */
};

/* sigma-detection.c: the whole `detection` mapping to one condition. */
const struct node *sigma_detection(struct loader *l, const struct yaml_node *detection);
/* sigma-condition.c: one condition over those selections. */
const struct node *sigma_condition(struct loader *l, const struct yaml_node *condition,
				   const struct selections *s);
/* sigma-item.c: `Field|modifiers: values`. */
const struct node *sigma_item(struct loader *l, const struct yaml_node *key,
			      const struct yaml_node *value);
/* sigma-logsource.c: which records are meant; otherwise it has been told. */
void sigma_logsource(struct loader *l, const struct yaml_node *logsource, struct stage *stage);
/* sigma-correlation.c: the `correlation` mapping into the draft. */
void sigma_correlation(struct loader *l, const struct yaml_node *correlation, struct draft *d);

/* How far a view is shown in a message: for "%.*s". */
#define SHOWN(v) (int)((v).n < 80 ? (v).n : 80), (const char *)((v).n ? (v).p : (const uint8_t *)"")

#endif
