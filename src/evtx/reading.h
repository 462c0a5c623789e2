/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_READING_H
#define EVTXHOUND_EVTX_READING_H
/*
 * One pass over one record, shared by instance.c (instances and their values), values.c (what the
 * bindings of a template make of them) and reading.c (damage and bounds).
 */
#include "decoder.h"

struct render;
struct reading {
	struct evtx_decoder *d;
	struct render *render; /* of READ_DOCUMENT */
	struct event *ev;
	enum reading_what what;
	bool begun; /* some instance has been read */
	bool torn;  /* some bytes of the record itself could not be read */
	uint32_t applied; /* instances and elements that were read */
	uint32_t faults;  /* told of this record, or of a template it needs */
	uint32_t steps;	  /* left */
	struct view slots; /* of instances without a template, around what is read: "#13." */
};

/* The record is not whole; what was wrong has been told. */
void reading_lower(struct reading *r);
/* The same, and tells; once per kind and place of a record. `at`: bytes into the chunk. */
void reading_damaged(struct reading *r, const char *kind, size_t at, const char *fmt, ...)
	EH_PRINTF(4, 5);
/* false: there are no steps left, and that was told. */
bool reading_spend(struct reading *r, uint32_t steps);
/* ansi.c: the ANSI texts among the values, as UTF-16. -1: no memory. */
#define ANSI_SLACK 128u
int ansi_convert(struct reading *r, struct value *slots, size_t n);
/* What a refused allocation means: 0, a bound of ours, told; -1, lack of memory. */
int reading_no_room(struct reading *r);

/* One pass over the record at hand; `r` says for what. 0, or -1 for lack of memory. */
int reading_pass(struct reading *r);
/* What is embedded in `element` may be read, in *context; false: a bound, told. */
bool reading_embed(struct reading *r, const struct instance *in, const struct element *element,
		   uint16_t *context, size_t at);
/* BinXML that is a value, up to its end. */
int embedded_value(struct reading *r, struct cursor *k, uint16_t context, unsigned depth);

/* An instance, its token already read; BinXML up to its end. 0, or -1 for lack of memory. */
int instance_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth);
int content_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth);
/* "#13", or "#13.1" where `around` is "#13.". */
void slot_name(struct buf *out, struct view around, size_t slot);
/* false: the record has too many fields, and that was told. */
bool field_add(struct reading *r, struct view name, field_id id, struct value v);
/* The same of every item of an array: an element with one in it stands once for each (MS-EVEN6
   3.1.4.7.5). */
bool field_add_items(struct reading *r, struct view name, field_id id, struct value v);
/* The values of an instance whose template cannot be had, by their slots. The same results. */
int instance_lost(struct reading *r, const struct instance *in, uint16_t context);
/* The same of those of which a template that is cut tells nothing. */
int instance_rest(struct reading *r, const struct instance *in);
struct slot_set {
	uint8_t bits[LIMIT_SUBSTITUTIONS / 8];
};
/* NULL: it is empty, or the template told of it. */
const struct value *lost_value(const struct reading *r, const struct instance *in,
			       const struct slot_set *told, size_t slot);
/* System or the fields of an instance, by the bindings of its template. The same results. */
int instance_apply(struct reading *r, const struct instance *in);

#endif
