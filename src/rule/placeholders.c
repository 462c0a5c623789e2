/* SPDX-License-Identifier: Apache-2.0 */
/* Values of Sigma's %placeholders%: a mapping from names to texts or lists of texts. */
#include "meta.h"
#include "sigma.h"

struct placeholder {
	struct view name;
	struct text_list values;
};

struct text_list placeholder_values(const struct ruleset *s, struct view name)
{
	/* The later file wins. */
	for (size_t i = s->n_placeholders; i > 0; i--)
		if (view_eq(s->placeholders[i - 1].name, name))
			return s->placeholders[i - 1].values;
	return (struct text_list){NULL, 0};
}

static struct text_list values_of(struct loader *l, const struct yaml_node *n)
{
	const struct yaml_node *const *v = n->kind == YAML_SEQUENCE ? n->items : &n;
	size_t count = n->kind == YAML_SEQUENCE ? n->n : 1;
	struct texts texts = {0};

	for (size_t i = 0; i < count; i++) {
		if (v[i]->kind == YAML_SCALAR && !yaml_is_null(v[i]))
			texts_add(l, &texts, load_keep_view(l, v[i]->text));
		else
			load_fault(l, spot_of(v[i]), ERR_SYNTAX,
				   "a placeholder's values are texts or numbers");
	}
	return texts_keep(l, &texts);
}

void placeholders_load(struct loader *l, const struct yaml_node *doc)
{
	struct ruleset *s = l->set;
	struct placeholder *v;

	if (doc->kind != YAML_MAPPING) {
		load_fault(l, spot_of(doc), ERR_SYNTAX,
			   "a file of placeholders is a mapping from names to values");
		return;
	}
	v = load_keep(l, s->n_placeholders + doc->n, sizeof *v);
	if (!v)
		return;
	for (size_t i = 0; i < s->n_placeholders; i++)
		v[i] = s->placeholders[i];
	for (size_t i = 0; i < doc->n; i++)
		v[s->n_placeholders + i] = (struct placeholder){
			load_keep_view(l, doc->pairs[i].key->text), values_of(l, doc->pairs[i].value)};
	s->placeholders = v;
	s->n_placeholders += doc->n;
}
