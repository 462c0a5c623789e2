/* SPDX-License-Identifier: Apache-2.0 */
#include "evtx_show.h"

void show_damage(void *ctx, const struct damage *d)
{
	buf_fmt(ctx, " [%s]", d->kind);
}

static void show_record(const struct record *r, const struct event *ev, struct buf *out)
{
	static const char *const states[] = {"whole", "partly", "undecoded"};

	buf_fmt(out, "%llu %s%s%s%s%s%s:", (unsigned long long)r->id, states[r->state],
		ev->has_system ? "" : "-", r->bad_checksum ? "!" : "", r->recovered ? "+" : "",
		r->hidden ? "^" : "", r->reconstructed ? "~" : "");
	for (size_t i = 0; i < ev->n_fields; i++) {
		buf_byte(out, ' ');
		buf_view(out, ev->fields[i].name);
		buf_byte(out, '=');
		value_text(out, ev->fields[i].value);
	}
	buf_byte(out, '\n');
}

bool show_chunk(struct decoder *d, struct view bytes, struct buf *out, struct chunk_summary *sum)
{
	struct record r;
	struct event ev;
	int more;

	if (d->ops->chunk(d, bytes, EVTX_HEADER_SIZE, NULL) < 0)
		return false;
	while (!(more = d->ops->next(d, &r, NULL))) {
		if (d->ops->head(d, &r, &ev, NULL) < 0 || d->ops->data(d, &r, &ev, NULL) < 0)
			return false;
		show_record(&r, &ev, out);
	}
	d->ops->summary(d, sum);
	return more > 0 && !out->bad;
}

bool show_adds_up(const struct chunk_summary *s, size_t n)
{
	uint64_t bytes = (uint64_t)s->bytes_header + s->bytes_record + s->bytes_slack +
			 s->bytes_free + s->bytes_zero + s->bytes_unknown;

	return bytes == n && s->records == s->whole + s->partly + s->undecoded;
}
