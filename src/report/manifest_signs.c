/* SPDX-License-Identifier: Apache-2.0 */
/* The signs of tampering and loss in manifest.json. */
#include "report-private.h"

static void sign_place(struct json *j, const char *name, const struct sign *sign,
		       const struct sign_place *p)
{
	struct buf text;

	buf_init(&text, 0);
	sign_text(&text, sign->kind, p);
	json_open(j, name, '{');
	json_number(j, "offset", p->offset);
	json_number(j, "chunk", p->chunk);
	json_number(j, "record_id", p->record_id);
	json_time(j, "time", p->time);
	json_text(j, "what", buf_data(&text));
	json_number(j, "amount", p->amount);
	json_number(j, "other_offset", p->other_offset);
	json_number(j, "other_id", p->other_id);
	json_time(j, "other_time", p->other_time);
	json_text(j, "computer", p->computer);
	json_text(j, "account", p->account);
	json_bool(j, "recovered", p->recovered);
	json_bool(j, "checksum_bad", p->bad_checksum);
	json_close(j, '}');
	j->b->bad |= text.bad;
	buf_release(&text);
}

static void source_sign(struct json *j, const struct sign *sign)
{
	const struct sign_about *a = sign_about(sign->kind);

	json_open(j, NULL, '{');
	json_text(j, "kind", view_str(a->name));
	json_text(j, "severity", view_str(sign_severity_name(a->severity)));
	json_number(j, "count", sign->n);
	json_number(j, "amount", sign->amount);
	if (a->unit == AMOUNT_NONE)
		json_null(j, "largest");
	else
		sign_place(j, "largest", sign, &sign->largest);
	json_open(j, "places", '[');
	for (size_t i = 0; i < sign->n_places; i++)
		sign_place(j, NULL, sign, &sign->places[i]);
	json_close(j, ']');
	json_close(j, '}');
}

int manifest_source_signs(struct sheet *s, struct json *j, const struct source_result *r,
			  struct err *e)
{
	int rc = 0;

	json_open(j, "signs", '[');
	for (size_t i = 0; rc == 0 && i < r->n_signs; i++) {
		source_sign(j, &r->signs[i]);
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	return rc;
}

/* What each kind of sign means stands here once. */
void manifest_signs(struct json *j, const struct run *run)
{
	json_open(j, "signs", '[');
	for (size_t i = 0; i < SIGN_KINDS; i++) {
		const struct sign_about *a = sign_about((enum sign_kind)i);
		struct sign_total t = sign_total(run, (enum sign_kind)i);

		json_open(j, NULL, '{');
		json_text(j, "kind", view_str(a->name));
		json_text(j, "severity", view_str(sign_severity_name(a->severity)));
		json_text(j, "title", view_str(a->title));
		json_text(j, "may_mean", view_str(a->meaning));
		json_text(j, "or_else", view_str(a->innocent));
		json_text(j, "unit", view_str(sign_unit_name(a->unit)));
		json_number(j, "sources", t.sources);
		json_number(j, "count", t.n);
		json_close(j, '}');
	}
	json_close(j, ']');
}
