/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest's sources that are disk images or archives, or lie in these. */
#include "report-private.h"

bool source_is_unhashed(const struct source *s)
{
	return s->kind == SOURCE_CONTAINER && !s->container && !s->hashed;
}

static void times_object(struct json *j, const struct source *s)
{
	json_open(j, "times", '{');
	json_time(j, "modified", s->times[0]);
	json_time(j, "accessed", s->times[1]);
	json_time(j, "changed", s->times[2]);
	json_time(j, "born", s->times[3]);
	json_close(j, '}');
}

static void parts_list(struct json *j, const struct source_contents *c)
{
	json_open(j, "parts", '[');
	for (size_t i = 0; i < c->n_parts; i++) {
		json_open(j, NULL, '{');
		json_file(j, "name", view_str(c->parts[i].name));
		json_number(j, "size", c->parts[i].size);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void manifest_source_image(struct json *j, const struct run *run, const struct source *s)
{
	struct provenance p = provenance_of(run, s, 0);

	if (p.image) {
		json_provenance(j, &p);
		times_object(j, s);
	}
	if (!s->contents)
		return;
	json_open(j, "contents", '{');
	json_text(j, "hash", view_str(s->hashed ? "sha256" : "not hashed"));
	json_number(j, "deaths", s->contents->deaths);
	parts_list(j, s->contents);
	json_contents(j, s->contents);
	json_close(j, '}');
}
