/* SPDX-License-Identifier: Apache-2.0 */
#include "sigma.h"

#define SYSMON "Microsoft-Windows-Sysmon"
#define SYSMON_CHANNEL SYSMON "/Operational"
#define AUDITING "Microsoft-Windows-Security-Auditing"
#define TEXT(s) {(const uint8_t *)(s), sizeof(s) - 1}
#define IDS(v) (v), sizeof(v) / sizeof *(v)

static const uint16_t id_1[] = {1}, id_3[] = {3}, id_5[] = {5}, id_4688[] = {4688}, id_4689[] = {4689};

/* Of either log it is enough that its channel or its provider is named: both are written by few. */
static const struct selector process_creation[] = {
	{TEXT(SYSMON_CHANNEL), {0}, IDS(id_1), NULL, NULL, 0},
	{{0}, TEXT(SYSMON), IDS(id_1), NULL, NULL, 0},
	{TEXT("Security"), {0}, IDS(id_4688), NULL, NULL, 0},
	{{0}, TEXT(AUDITING), IDS(id_4688), NULL, NULL, 0},
};
static const struct selector network_connection[] = {
	{TEXT(SYSMON_CHANNEL), {0}, IDS(id_3), NULL, NULL, 0},
	{{0}, TEXT(SYSMON), IDS(id_3), NULL, NULL, 0},
};
static const struct selector process_termination[] = {
	{TEXT(SYSMON_CHANNEL), {0}, IDS(id_5), NULL, NULL, 0},
	{{0}, TEXT(SYSMON), IDS(id_5), NULL, NULL, 0},
	{TEXT("Security"), {0}, IDS(id_4689), NULL, NULL, 0},
	{{0}, TEXT(AUDITING), IDS(id_4689), NULL, NULL, 0},
};

static const struct {
	const char *category;
	const struct selector *v;
	size_t n;
} known[] = {
	{"process_creation", IDS(process_creation)},
	{"network_connection", IDS(network_connection)},
	{"process_termination", IDS(process_termination)},
};

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

static bool find(struct view category, struct stage *stage)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!view_eq_str(category, known[i].category))
			continue;
		stage->logsource = view_str(known[i].category);
		stage->selectors = known[i].v;
		stage->n_selectors = known[i].n;
		return true;
	}
	return false;
}

void sigma_logsource(struct loader *l, const struct yaml_node *logsource, struct stage *stage)
{
	struct view category, product, service;
	bool good = true;

	if (logsource->kind != YAML_MAPPING || !logsource->n) {
		load_fault(l, spot_of(logsource), ERR_SYNTAX,
			   "`logsource` must be a mapping of category, product, service");
		return;
	}
	for (size_t i = 0; i < logsource->n; i++)
		good &= member_known(l, &logsource->pairs[i]);
	if (!good)
		return;
	category = member(logsource, "category");
	product = member(logsource, "product");
	service = member(logsource, "service");
	if (!service.n && (!product.n || view_eq_str(product, "windows")) && find(category, stage))
		return;
	load_fault(l, spot_of(logsource), ERR_UNSUPPORTED,
		   "log source not supported yet: category `%.*s`, product `%.*s`, service `%.*s`; "
		   "process_creation, network_connection, process_termination of windows are",
		   SHOWN(category), SHOWN(product), SHOWN(service));
}
