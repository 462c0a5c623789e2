/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_ORACLE_PRIVATE_H
#define EVTXHOUND_ORACLE_PRIVATE_H
/*
 * The parts of the witness: `library` is the only one that calls libevtx, `xml` the only one that
 * calls expat, `locate` finds in the chunk's bytes the records that libevtx gives without a place,
 * `shield` makes libevtx's text fit for an XML parser and back. oracle.c makes a decoder of them.
 */
#include "evtxhound/oracle.h"

/* ---- library.c: one chunk in libevtx ---- */

#define LIBRARY_TRACE 8192 /* bytes of the longest error trace looked at */

struct library {
	uint8_t *image; /* a made file header and the chunk: what libevtx reads from */
	void *io;       /* libbfio_handle_t */
	void *file;     /* libevtx_file_t */
	void *record;   /* libevtx_record_t: one at a time, for it borrows from a small cache */
	int live, recovered; /* how many records it says there are */
	char trace[LIBRARY_TRACE]; /* the last error, deepest cause first */
};

bool library_init(struct library *l); /* false: no memory */
void library_release(struct library *l);
/* Takes a copy of at most EVTX_CHUNK_SIZE bytes; what a short chunk lacks is zero. */
void library_load(struct library *l, struct view chunk);
/* Makes libevtx fail on the record at `pos` of the chunk loaded. */
void library_hide(struct library *l, size_t pos);
bool library_open(struct library *l); /* the chunk loaded; false: see trace */
void library_close(struct library *l);
/* Takes hold of a record (by index among the live or the recovered). false: see trace, and
   library_trace_place(). */
bool library_get(struct library *l, int index, bool recovered, uint64_t *id, uint64_t *written);
/* The XML of the record held, without its terminator. false: see trace, or `xml` is bad. */
bool library_xml(struct library *l, struct buf *xml);
/* Offset in the chunk of the record that the last error is about; false when it does not say. */
bool library_trace_place(const struct library *l, size_t *pos);
/* The deepest cause in the last error, as one sentence without a full stop. */
struct view library_reason(const struct library *l);

/* ---- instance.c: whether a record's template instances are to be trusted ---- */

enum fit {
	FIT_ALL,
	FIT_HEAD, /* the event's own, not one nested in it: System is right, the fields are not */
	FIT_NONE,
	FIT_BROKEN, /* a table of values runs out of the record: not for libevtx */
};
/* `record` is a part of `chunk`. */
enum fit templates_fit(struct view chunk, struct view record);

/* ---- locate.c: records by their framing ---- */

struct spot {
	uint32_t pos, size;
	uint64_t id, written;
	enum fit fit;
	bool taken;
};
struct spots {
	struct spot *v;
	size_t n, cap;
	size_t hint; /* the search starts here: records come in order */
};

void spots_release(struct spots *s);
bool spots_scan(struct spots *s, struct view chunk); /* false: no memory */
/* The first untaken spot with that id and time, now taken; NULL when there is none. */
const struct spot *spots_take(struct spots *s, uint64_t id, uint64_t written);
const struct spot *spots_take_at(struct spots *s, size_t pos);

/* ---- look.c: what the chunk's own header says, for accounting; libevtx does not tell ---- */

/* Fills present, unused and the checksums of `s`. */
void look_at_chunk(struct view chunk, struct chunk_summary *s);

/* ---- shield.c: text that XML does not allow, there and back ---- */

/* Appends `xml` to `out`, so that expat gives every value unchanged after unshield(). */
void shield(struct buf *out, struct view xml);
bool shielded(struct view text); /* false: unshield() would change nothing */
void unshield(struct buf *out, struct view text);

/* ---- xml.c: libevtx's XML into an event ---- */

struct xml_element {
	size_t text;      /* where its text begins in xml.text */
	struct view data_name; /* the Name attribute of <Data> */
	bool has_children;
};
enum xml_stop {
	XML_GOES,
	XML_NOMEM,
	XML_LIMIT, /* of depth, fields, or memory for one chunk */
	XML_DOCTYPE,
	XML_TWICE, /* a section that can stand in an event only once */
};
struct xml {
	void *parser;        /* XML_Parser */
	const struct fields *fields;
	struct arena *arena; /* of the chunk; borrowed */
	struct strtab names; /* element and field names of the chunk */
	struct buf shielded, text, name;
	struct path path;
	struct xml_element open[LIMIT_BINXML_DEPTH];
	struct field *list;
	size_t n, cap;
	bool has_system; /* one has begun */
	enum xml_stop stop;
	struct event *ev;
	const char *fault;   /* why reading stopped; static */
	uint64_t fault_at;   /* byte of the (shielded) XML */
};

bool xml_init(struct xml *x, const struct fields *fields, struct arena *arena);
void xml_release(struct xml *x);
void xml_chunk(struct xml *x); /* a new chunk: names of the one before may go */
/* 0 whole, 1 stopped early (fault says why, what came before stays in *ev), -1 no memory. */
int xml_read(struct xml *x, struct view text, struct event *ev);

#endif
