/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_SIGMA_H
#define EVTXHOUND_SIGMA_H
/* The parts of the Sigma front end among themselves. */
#include "rule-load.h"

/* A selection of `detection`, by name. */
struct selection {
	struct view name;
	const struct yaml_node *key;
	const struct node *node; /* NULL: it has faults */
	bool named;		 /* by some condition */
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
/* The same of values without a field. */
const struct node *sigma_keywords(struct loader *l, const struct yaml_node *const *v, size_t n,
				  struct spot at);
/* A mapping of items, all of which must hold. */
const struct node *sigma_map(struct loader *l, const struct yaml_node *map);
/* logsources.c: the records that a log source means, of the table of rows. NULL: no room. */
const struct log_meaning *logsource_meaning(struct loader *l, const struct log_name *name);
const char *logsource_near(struct loader *l, const struct log_name *name); /* or NULL */
/* sigma-logsource.c: which records are meant, and whether the rule speaks their own words (l->raw);
   otherwise it has been told, or the rule is idle. */
void sigma_logsource(struct loader *l, const struct yaml_node *logsource, struct stage *stage);
/* sigma-action.c: the document that is meant; NULL: none, or told. */
struct actions {
	const struct yaml_node *global, *previous;
	uint64_t work;
};
const struct yaml_node *sigma_action(struct loader *l, struct actions *a, const struct yaml_node *doc);
/* sigma-filter.c: `n` is the document's `filter`. */
void sigma_filter(struct loader *l, const struct yaml_node *doc, const struct yaml_node *n);
/* And-s the set's filters to its rules. */
void sigma_apply_filters(struct loader *l);
/* sigma-logsource.c: as it is written, kept; the product is windows where it is left out. */
struct log_name sigma_log_name(struct loader *l, const struct yaml_node *logsource);
/* sigma-measure.c: what a correlation's `condition` says. */
void sigma_measure(struct loader *l, const struct yaml_node *n, struct draft *d);
/* sigma-value.c: a plain number, with a fraction or without. */
bool sigma_number(const struct yaml_node *n, double *out);
/* sigma-correlation.c: the `correlation` mapping into the draft. */
void sigma_correlation(struct loader *l, const struct yaml_node *correlation, struct draft *d);

/* How far a view is shown in a message: for "%.*s". */
#define SHOWN(v) (int)((v).n < 80 ? (v).n : 80), (const char *)((v).n ? (v).p : (const uint8_t *)"")

#endif
