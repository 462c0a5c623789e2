/* SPDX-License-Identifier: Apache-2.0 */
#include "sigma.h"

static const struct {
	const char *category;
	uint32_t kinds;
} known[] = {
	{"process_creation", KIND_BIT(KIND_PROCESS_START)},
	{"network_connection", KIND_BIT(KIND_NETWORK)},
	{"process_termination", KIND_BIT(KIND_PROCESS_END)},
};

static uint32_t of_category(struct view category)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (view_eq_str(category, known[i].category))
			return known[i].kinds;
	return 0;
}

static bool member_known(struct loader *l, const struct yaml_pair *p)
{
	static const char *const members[] = {"category", "product", "service", "definition"};

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (!view_eq_str(p->key->text, members[i]))
			continue;
		if (p->value->kind == YAML_SCALAR || i == 3)
			return true;
		load_fault(l, spot_of(p->value), ERR_SYNTAX, "`%s` must be a text", members[i]);
		return false;
	}
	load_fault(
		l, spot_of(p->key), ERR_UNSUPPORTED,
		"logsource member `%.*s` is not supported: it would narrow what the rule looks at",
		SHOWN(p->key->text));
	return false;
}

static struct view member(const struct yaml_node *logsource, const char *key)
{
	const struct yaml_node *n = yaml_get(logsource, key);

	return n && !yaml_is_null(n) ? n->text : (struct view){NULL, 0};
}

uint32_t sigma_logsource(struct loader *l, const struct yaml_node *logsource)
{
	struct view category, product, service;
	uint32_t kinds;
	bool good = true;

	if (logsource->kind != YAML_MAPPING || !logsource->n) {
		load_fault(l, spot_of(logsource), ERR_SYNTAX,
			   "`logsource` must be a mapping of category, product, service");
		return 0;
	}
	for (size_t i = 0; i < logsource->n; i++)
		good &= member_known(l, &logsource->pairs[i]);
	if (!good)
		return 0;
	category = member(logsource, "category");
	product = member(logsource, "product");
	service = member(logsource, "service");
	kinds = of_category(category);
	if (kinds && !service.n && (!product.n || view_eq_str(product, "windows")))
		return kinds;
	load_fault(l, spot_of(logsource), ERR_UNSUPPORTED,
		   "log source not supported yet: category `%.*s`, product `%.*s`, service `%.*s`; "
		   "process_creation, network_connection, process_termination of windows are",
		   SHOWN(category), SHOWN(product), SHOWN(service));
	return 0;
}
