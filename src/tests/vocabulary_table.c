/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the vocabulary as docs/ecs.md shows it, or with `words` the words alone. */
#include <stdio.h>
#include <string.h>

#include "../event/vocabulary-private.h"

static const char *const names[] = {
#define F(id, name) [id] = name,
#include "evtxhound/fields.def"
#undef F
};

/* Several stand behind commas. */
static void print_list(const char *list)
{
	if (!*list)
		printf(" |");
	while (*list) {
		size_t n = strcspn(list, "|");

		printf(" `%.*s`%s", (int)n, list, list[n] ? "," : " |");
		list += n + (list[n] == '|');
	}
}

static void print_sorts(void)
{
	printf("| record | category | type | action | missed with |\n|---|---|---|---|---|\n");
	for (size_t i = 1; i < vocabulary_n_sorts; i++) {
		const struct sort *s = &vocabulary_sorts[i];
		size_t bit = 0;

		while (s->group != 1u << bit)
			bit++;
		printf("| %s %u%s |", vocabulary_source_name(s->source), s->event_id,
		       s->ours ? "*" : "");
		print_list(s->category);
		print_list(s->type);
		print_list(s->action);
		printf(" %s |\n", vocabulary_group_name(bit));
	}
}

static void print_made(const struct row *r)
{
	const char *of = r->text[0] ? r->text : r->from < FIELD_KNOWN ? names[r->from] : "";

	for (const char *p = vocabulary_maker_text(r->maker); *p; p++) {
		if (p[0] == '%' && p[1] == '%')
			putchar(*p++);
		else if (*p == '%')
			printf("%s", of);
		else
			putchar(*p);
	}
	if (r->how & ROW_AUDITED)
		printf(", if auditing was told to");
	if (r->how & ROW_V2)
		printf(", from version 2 on");
	if (r->how & ROW_NEWER)
		printf(", where this Sysmon writes it");
}

static void print_groups(unsigned groups)
{
	const char *between = "";

	if (groups == (unsigned)ANY) {
		printf("all");
		return;
	}
	for (size_t bit = 0; vocabulary_group_name(bit); bit++)
		if (groups & 1u << bit) {
			printf("%s%s", between, vocabulary_group_name(bit));
			between = ", ";
		}
}

static void print_words(bool only_names)
{
	const struct row *head = NULL;

	for (size_t i = 0; i < vocabulary_n_rows; i++) {
		const struct row *r = &vocabulary_rows[i];
		bool is_head = r->word != FIELD_NONE;
		bool outside = is_head && (i + 1 == vocabulary_n_rows || r[1].word != FIELD_NONE);

		if (is_head)
			head = r;
		if (only_names && is_head)
			printf("%s%s\n", names[r->word], outside ? " outside" : "");
		if (only_names || (is_head && !outside))
			continue;
		printf("| `%s` | %s | ", names[head->word], outside ? "none" : r->records);
		if (outside)
			printf("outside EVTX");
		else
			print_made(r);
		printf(" | ");
		print_groups(head->groups);
		printf(" |\n");
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "words") == 0) {
		print_words(true);
		return 0;
	}
	print_sorts();
	printf("\n| word | records | made of | missed in |\n|---|---|---|---|\n");
	print_words(false);
	return 0;
}
