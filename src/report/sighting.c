/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of records that no live log holds. */
#include "report-private.h"

static const char *const alone[SOURCE_STATES] = {
	[SOURCE_SHADOW] = "only in shadow copies",
	[SOURCE_DELETED] = "only in deleted files",
	[SOURCE_CARVED] = "only carved",
};

void sightings_text(struct buf *b, const struct sighting_counts *n)
{
	uint64_t rest = n->not_live;
	const char *before = ": ";

	buf_fmt(b, "%" PRIu64 " of %" PRIu64 " distinct records are in no live log", n->not_live,
		n->records);
	for (unsigned i = SOURCE_SHADOW; i < SOURCE_STATES; i++) {
		if (!n->only[i])
			continue;
		buf_fmt(b, "%s%" PRIu64 " %s", before, n->only[i], alone[i]);
		rest -= n->only[i];
		before = ", ";
	}
	if (rest)
		buf_fmt(b, "%s%" PRIu64 " in several of these", before, rest);
}

void manifest_sightings(struct json *j, const struct run *run)
{
	const struct sighting_counts *n = &run->sightings;

	if (!n->counted)
		return;
	json_open(j, "distinct_records", '{');
	json_number(j, "all", n->records);
	json_number(j, "not_live", n->not_live);
	json_number(j, "only_live", n->only[SOURCE_LIVE]);
	json_number(j, "only_shadow", n->only[SOURCE_SHADOW]);
	json_number(j, "only_deleted", n->only[SOURCE_DELETED]);
	json_number(j, "only_carved", n->only[SOURCE_CARVED]);
	json_close(j, '}');
}

void manifest_apart(struct json *j, const struct run *run)
{
	if (!run->n_apart && !run->apart_cut)
		return;
	json_open(j, "hosts_apart", '[');
	for (size_t i = 0; i < run->n_apart; i++)
		json_text(j, NULL, run->apart[i]);
	json_close(j, ']');
	json_bool(j, "hosts_apart_cut", run->apart_cut);
}

const char *finding_only_in(const struct finding *f)
{
	return f->only_in == SOURCE_LIVE ? "" : source_state_name((enum source_state)f->only_in);
}
