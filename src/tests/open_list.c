/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_list FILE [all] [every] [verify] [hash] [stores] [free] [carve] [only=PATH] [format=FORMAT] [spool=BYTES]:
 * writes what open_container() says of it, as open_listing.h describes.
 */
#include "open_listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool set_option(struct listing *l, const char **format, const char *word)
{
	struct open_options *o = &l->options;

	if (!strcmp(word, "all"))
		o->all_files = true;
	else if (!strcmp(word, "every"))
		o->every = true;
	else if (!strcmp(word, "verify"))
		o->verify = true;
	else if (!strcmp(word, "sha256"))
		l->whole_hash = true;
	else if (!strcmp(word, "hash"))
		o->hash = true;
	else if (!strcmp(word, "stores"))
		o->stores = true;
	else if (!strcmp(word, "free"))
		o->carve = CARVE_FREE;
	else if (!strcmp(word, "carve"))
		o->carve = CARVE_ALL;
	else if (!strncmp(word, "only=", 5))
		l->only = view_str(word + 5);
	else if (!strncmp(word, "format=", 7))
		*format = word + 7;
	else if (!strncmp(word, "spool=", 6))
		l->spool_max = strtoull(word + 6, NULL, 10);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct listing l;
	const char *format = "";
	bool good = argc > 1;

	listing_init(&l);
	for (int i = 2; i < argc; i++)
		good = good && set_option(&l, &format, argv[i]);
	if (!good) {
		fputs("usage: open_list FILE [OPTION...]\n", stderr);
		listing_release(&l);
		return 2;
	}
	listing_of(&l, argv[1], format);
	struct view text = buf_data(&l.text);
	if (text.n)
		fwrite(text.p, 1, text.n, stdout);
	if (l.code < 0)
		printf("failed %s\n", l.err.msg);
	listing_release(&l);
	return l.code < 0;
}
