/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli-private.h"
#include "evtxhound/evtx.h"

#define MAX_OPTIONS 48

/* The i-th option of the command, the shared ones behind its own; NULL at the end. */
static const struct option_row *row_at(const struct command_help *h, size_t i)
{
	size_t n;
	const struct option_row *shared = evidence_rows(&n);
	if (i < h->n_options)
		return &h->options[i];
	return h->evidence && i - h->n_options < n ? &shared[i - h->n_options] : NULL;
}

static int argument_of(const struct option_row *o)
{
	return !o->arg ? no_argument : *o->arg == '[' ? optional_argument : required_argument;
}

static void make_tables(const struct command_help *h, struct option longs[MAX_OPTIONS + 1],
			char shorts[2 * MAX_OPTIONS + 3])
{
	const struct option_row *o;
	size_t k = 0, i;
	shorts[k++] = ':';
	for (i = 0; i < MAX_OPTIONS && (o = row_at(h, i)); i++) {
		longs[i] = (struct option){o->name, argument_of(o), NULL, (int)(256 + i)};
		if (!o->letter)
			continue;
		shorts[k++] = o->letter;
		if (o->arg)
			shorts[k++] = ':';
	}
	shorts[k] = '\0';
	longs[i] = (struct option){0};
}

int next_option(const struct command_help *h, int argc, char **argv, const char **value)
{
	struct option longs[MAX_OPTIONS + 1];
	char shorts[2 * MAX_OPTIONS + 3];
	make_tables(h, longs, shorts);
	opterr = 0;
	int c = getopt_long(argc, argv, shorts, longs, NULL);
	*value = optarg;
	if (c == -1)
		return -1;
	if (c >= 256)
		return c - 256;
	if (c == ':' || c == '?') {
		const char *what = argv[optind - 1];
		if (c == ':')
			usage_error(h->name, "option '%s' needs a value", what);
		else
			usage_error(h->name, "there is no option '%s', or not in this form", what);
		return -2;
	}
	for (size_t i = 0; i < h->n_options; i++)
		if (h->options[i].letter == c)
			return (int)i;
	return -2;
}

void print_help(const struct command_help *h)
{
	printf("usage: evtxhound %s %s\n\n%s\n\n", h->name, h->args, h->summary);
	const struct option_row *o;
	for (size_t i = 0; (o = row_at(h, i)); i++) {
		char left[64];
		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", o->letter ? '-' : ' ',
			 o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
			 o->arg && *o->arg != '[' ? " " : "", o->arg ? o->arg : "");
		printf("  %-26s %s\n", left, o->help);
	}
}

int take_time(const char *command, const char *name, const char *value, uint64_t *out)
{
	if (time_parse(view_str(value), out))
		return EXIT_NOTHING;
	return usage_error(command, "--%s: '%s' is no time; write it as 2026-11-22T15:08:58Z", name,
			   value);
}

int take_verify(const char *command, const char *value, enum verify_mode *out)
{
	for (int i = 0; i <= VERIFY_ALL; i++) {
		if (!strcmp(value, verify_name((enum verify_mode)i))) {
			*out = (enum verify_mode)i;
			return EXIT_NOTHING;
		}
	}
	return usage_error(command, "--verify: '%s' is none of none, evidence, all", value);
}

const char *verify_name(enum verify_mode m)
{
	static const char *const names[] = {"evidence", "none", "all"};
	return names[m];
}

int take_jobs(const char *command, const char *value, unsigned *out)
{
	char *end = NULL;
	unsigned long n = *value < '0' || *value > '9' ? 0 : strtoul(value, &end, 10);
	if (n < 1 || n > LIMIT_WORKERS || *end)
		return usage_error(command, "--jobs: '%s' is no number from 1 to %u", value, LIMIT_WORKERS);
	*out = (unsigned)n;
	return EXIT_NOTHING;
}

int take_codepage(const char *command, const char *value, const char **out)
{
	if (!evtx_code_page_known(value))
		return usage_error(command, "--ansi-codepage: '%s' is not known; iconv -l lists what is",
				   value);
	*out = value;
	return EXIT_NOTHING;
}
