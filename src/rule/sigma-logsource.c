/* SPDX-License-Identifier: Apache-2.0 */
#include "sigma.h"

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

	return n && n->kind == YAML_SCALAR && !yaml_is_null(n) ? n->text : (struct view){NULL, 0};
}

struct log_name sigma_log_name(struct loader *l, const struct yaml_node *logsource)
{
	struct log_name name = {load_keep_view(l, member(logsource, "product")),
				load_keep_view(l, member(logsource, "category")),
				load_keep_view(l, member(logsource, "service"))};

	if (!name.product.n)
		name.product = view_str("windows");
	return name;
}

static void nowhere(struct loader *l, const struct log_name *name)
{
	const char *near = logsource_near(l, name);

	load_idle(l, "no log is known for %s `%.*s` of %.*s%s%s%s; --logsources FILE can tell of one",
		  name->category.n ? "category" : "service",
		  SHOWN(name->category.n ? name->category : name->service), SHOWN(name->product),
		  near ? " (did you mean `" : "", near ? near : "", near ? "`?)" : "");
}

static void find(struct loader *l, const struct log_name *name, struct stage *stage)
{
	const struct log_meaning *m = logsource_meaning(l, name);

	if (!m)
		return;
	stage->selectors = m->selectors;
	stage->n_selectors = m->n;
	stage->logsource = name->category.n ? m->name.category : m->name.service;
	if (m->n)
		return;
	if (m->idle.n)
		load_idle(l, "%.*s", SHOWN(m->idle));
	else
		nowhere(l, name);
}

void sigma_logsource(struct loader *l, const struct yaml_node *logsource, struct stage *stage)
{
	struct log_name name;
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
	name = (struct log_name){member(logsource, "product"), member(logsource, "category"),
				 member(logsource, "service")};
	l->raw = !name.category.n;
	if (!name.product.n && !name.category.n && !name.service.n) {
		load_fault(l, spot_of(logsource), ERR_SYNTAX,
			   "`logsource` names neither category nor product nor service");
		return;
	}
	if (!name.product.n)
		name.product = view_str("windows");
	if (name.category.n || name.service.n)
		find(l, &name, stage);
	else if (!view_eq_str(name.product, "windows"))
		load_idle(l, "its log source is not of windows but of %.*s", SHOWN(name.product));
}
