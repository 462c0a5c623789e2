/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

static void value(struct assembler *a, uint32_t slot, uint32_t element, enum mode m, bool alone)
{
	asm_step(a, (struct step){
			    .kind = STEP_VALUE,
			    .mode = (uint8_t)m,
			    .alone = alone,
			    .slot = a->nodes[slot].slot,
			    .node = element,
		    });
	asm_after(a);
}

static void name(struct assembler *a, uint32_t i)
{
	uint64_t looked = 0;

	asm_text(a, "");
	a->odd += xml_name(&a->text, a->nodes, i, &looked);
	asm_text(a, "");
	asm_spend(a, 1 + a->nodes[i].text.n / 16 + looked / 16);
}

/* ---- attributes ---- */

static void attribute_value(struct assembler *a, uint32_t i)
{
	for (uint32_t k = i + 1; k < a->nodes[i].end; k = node_next(a->nodes, k))
		if (a->nodes[k].kind == NODE_TEXT)
			asm_escaped(a, a->nodes[k].text, TEXT_XML_ATTRIBUTE);
		else if (a->nodes[k].kind == NODE_SLOT)
			value(a, k, i, MODE_ATTRIBUTE, false);
}

static void attribute(struct assembler *a, uint32_t i)
{
	const struct node *condition = node_condition(a->nodes, i);

	if (condition)
		asm_step(a, (struct step){
				    .kind = STEP_VALUE,
				    .mode = MODE_ATTRIBUTE,
				    .optional = true,
				    .slot = condition->slot,
				    .node = i,
			    });
	asm_text(a, " ");
	name(a, i);
	asm_text(a, "=\"");
	if (condition)
		asm_after(a);
	else
		attribute_value(a, i);
	asm_text(a, "\"");
	if (condition)
		asm_label(a);
}

/* true: some of them depend on a value. */
static bool attributes(struct assembler *a, uint32_t element, bool write)
{
	const struct node *nodes = a->nodes;
	bool depend = false;
	uint64_t n = 0;

	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		if (nodes[k].kind != NODE_ATTRIBUTE)
			continue;
		depend |= !node_is_literal(nodes, k);
		/* each is compared with those before it */
		if (write && asm_spend(a, n++ / 4))
			attribute(a, k);
	}
	return depend;
}

/* ---- elements ---- */

static void element(struct assembler *a, uint32_t i);

static void instruction(struct assembler *a, uint32_t i)
{
	struct view data = node_literal(a->nodes, i);

	asm_text(a, "");
	a->odd += xml_instruction(&a->text, a->nodes[i].text, data);
	asm_text(a, "");
	asm_spend(a, 1 + (a->nodes[i].text.n + data.n) / 16);
}

static void content(struct assembler *a, uint32_t from, uint32_t end, uint32_t parent)
{
	const struct node *nodes = a->nodes;
	bool alone = parent != NO_NODE && node_content(nodes, parent).n == 1;

	for (uint32_t k = from; k < end && !a->spent; k = node_next(nodes, k))
		switch ((enum node_kind)nodes[k].kind) {
		case NODE_ELEMENT:
			element(a, k);
			break;
		case NODE_TEXT:
			asm_escaped(a, nodes[k].text, TEXT_XML);
			break;
		case NODE_SLOT:
			value(a, k, parent, MODE_XML, alone);
			break;
		case NODE_INSTANCE:
		case NODE_REST:
			asm_step(a, (struct step){
					    .kind = nodes[k].kind == NODE_REST ? STEP_REST
									       : STEP_INSTANCE,
					    .node = k,
				    });
			asm_after(a);
			break;
		case NODE_PI:
			instruction(a, k);
			break;
		case NODE_ATTRIBUTE:
			break;
		}
}

static void start(struct assembler *a, uint32_t i)
{
	asm_text(a, "<");
	name(a, i);
	attributes(a, i, true);
}

static void end(struct assembler *a, uint32_t i)
{
	asm_text(a, "</");
	name(a, i);
	asm_text(a, ">");
}

/* One step for all of an element that is nothing but an optional value; most of System is. */
static void optional(struct assembler *a, uint32_t i, const struct node *condition)
{
	asm_step(a, (struct step){
			    .kind = STEP_VALUE,
			    .mode = MODE_XML,
			    .optional = true,
			    .alone = true,
			    .slot = condition->slot,
			    .node = i,
		    });
	start(a, i);
	asm_text(a, ">");
	asm_after(a);
	end(a, i);
	asm_label(a);
}

static void element(struct assembler *a, uint32_t i)
{
	const struct node *n = &a->nodes[i];
	const struct node *condition = node_condition(a->nodes, i);
	uint32_t skip = NO_NODE;

	/* a document has its outermost element, whatever is missing */
	if (a->root && n->parent == NO_NODE)
		condition = NULL;
	if (condition && !attributes(a, i, false)) {
		optional(a, i, condition);
		return;
	}
	if (condition) {
		skip = asm_label(a);
		asm_step(a, (struct step){.kind = STEP_IF, .slot = condition->slot});
		asm_after(a);
	}
	start(a, i);
	if (n->empty && !node_content(a->nodes, i).n) {
		asm_text(a, "/>");
	} else {
		asm_text(a, ">");
		content(a, i + 1, n->end, i);
		end(a, i);
	}
	if (skip != NO_NODE)
		asm_target(a, skip);
}

void program_xml(struct assembler *a)
{
	for (uint32_t i = 0; i < a->n_nodes; i = node_next(a->nodes, i))
		a->roots += a->nodes[i].kind == NODE_ELEMENT;
	content(a, 0, a->n_nodes, NO_NODE);
}
