/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVENT_H
#define EVTXHOUND_EVENT_H
/*
 * What a record says, whoever decoded it: System members, named fields with typed raw values, what
 * the fields mean across logs (the vocabulary), the identity facts of processes. Knows no file
 * format: src/evtx and src/oracle both fill `struct event` through `struct decoder`.
 */
#include "evtxhound/base.h"

/* ---- values: exactly as the record holds them ---- */

/* The type numbers of BinXML (MS-EVEN6 2.2.12), and one of ours for text that is UTF-8 already. */
enum value_type {
	VALUE_NULL = 0x00,
	VALUE_UTF16 = 0x01, /* UTF-16LE, no terminator needed */
	VALUE_ANSI = 0x02,  /* Windows-1252 */
	VALUE_INT8 = 0x03,
	VALUE_UINT8 = 0x04,
	VALUE_INT16 = 0x05,
	VALUE_UINT16 = 0x06,
	VALUE_INT32 = 0x07,
	VALUE_UINT32 = 0x08,
	VALUE_INT64 = 0x09,
	VALUE_UINT64 = 0x0a,
	VALUE_REAL32 = 0x0b,
	VALUE_REAL64 = 0x0c,
	VALUE_BOOL = 0x0d, /* 4 bytes; 1 and 2 were seen too */
	VALUE_BINARY = 0x0e,
	VALUE_GUID = 0x0f,
	VALUE_SIZE = 0x10, /* 4 or 8 bytes, shown in hexadecimal */
	VALUE_FILETIME = 0x11,
	VALUE_SYSTEMTIME = 0x12,
	VALUE_SID = 0x13,
	VALUE_HEX32 = 0x14,
	VALUE_HEX64 = 0x15,
	VALUE_HANDLE = 0x20,
	VALUE_BINXML = 0x21,
	VALUE_XML = 0x23,
	VALUE_UTF8 = 0x7f,  /* ours: literal text of a template, or from libevtx */
	VALUE_ARRAY = 0x80, /* or-ed to the type: strings are NUL-separated, the rest is packed */
};

struct value {
	uint8_t type; /* enum value_type, perhaps | VALUE_ARRAY */
	struct view raw;
};

/* The text Windows' event viewer shows (integers decimal, HEX32/64 0x lower case, GUID braced lower
   case, SID S-1-..., FILETIME as time_format(), BOOL true/false, BINARY upper-case hex, arrays
   comma-separated). A raw of the wrong size for its type comes as upper-case hex. */
void value_text(struct buf *out, struct value v);
/* Bytes of one value of a type; 0 where they vary. */
size_t value_type_size(uint8_t type);
/*
 * The items of an array one by one, as values of the type without VALUE_ARRAY: an element with an
 * array in it stands once for each (MS-EVEN6 3.1.4.7.5). *at starts as 0. What is no array is its own
 * only item; so is an array whose items cannot be told apart, with its own type. An empty array is
 * one item without bytes. false: no more. The items borrow.
 */
bool value_item(struct value v, size_t *at, struct value *item);
/* The same of one number, boolean, GUID, time or SID of the right size: ASCII without anything that
   a format escapes, no NUL. Returns its length, 0: it is none of those. */
#define VALUE_SCALAR 256
size_t value_scalar(const struct value *v, char out[VALUE_SCALAR]);
/* The same as a view: no copy for UTF-8, else in the arena. .p NULL when there is no room. */
struct view value_view(struct arena *a, struct value v);
bool value_number(struct value v, uint64_t *out); /* integers, hex, and text of either kind */
bool value_is_empty(struct value v);              /* null, or a text without characters, or "-" never */
/* S-1-... of a binary SID, by libfwnt with a small cache inside; hex when it is no SID. */
void sid_text(struct buf *out, struct view raw);

/* ---- field names ---- */

typedef uint32_t field_id; /* a number, not a struct: see struct fields */
#define FIELD_NONE UINT32_MAX
#define FIELD_ANY (UINT32_MAX - 1) /* every value of the record */

/* Names to ids. Filled while rules load, constant after. The well-known names have fixed ids. */
enum field_known {
#define F(id, name) id,
#include "evtxhound/fields.def"
#undef F
	FIELD_KNOWN
};

struct field_meaning {
	field_id own; /* the record's own field that the name stands for */
	bool outside; /* neither a word of the vocabulary nor a field's name */
};
struct vocabulary; /* private: which records answer which words, and how */
struct fields {
	struct strtab names; /* case-sensitive, as Windows' field names are */
	struct vocabulary *vocabulary;
	struct field_meaning *meanings; /* private: by id */
	size_t cap_meanings;
};
int fields_init(struct fields *f, struct err *e);
void fields_release(struct fields *f);
field_id fields_add(struct fields *f, struct view name);
/* By its name; else by that without blanks, which rules leave out. */
field_id fields_find(const struct fields *f, struct view name);
struct view fields_name(const struct fields *f, field_id id);

/* ---- the event ---- */

struct field {
	struct view name; /* "" for unnamed Data */
	field_id id;      /* FIELD_NONE when nobody asked for the name */
	struct value value;
};

enum event_section { SECTION_NONE, SECTION_EVENTDATA, SECTION_USERDATA, SECTION_OTHER };

/* Views live as long as the decoder's chunk (see struct decoder), or as the arena of event_keep(). */
struct event {
	struct view provider, channel, computer; /* UTF-8 */
	uint32_t marked;       /* bytes at the end of `computer` that are not the record's: of a host kept
				  apart from another one of that name, "NAME (collection)" */
	struct guid provider_guid;
	uint16_t event_id;
	uint16_t qualifiers;
	uint8_t version, level, opcode;
	uint16_t task;
	uint64_t keywords;
	uint64_t record_id;    /* EventRecordID of System */
	uint64_t time_created; /* FILETIME */
	uint32_t execution_pid, execution_tid;
	struct view user_sid;  /* System/Security@UserID as text: who wrote the record; may be empty */
	bool has_system;       /* System was decoded; else only the record header's id and time */
	enum event_section section;
	struct field *fields;  /* in the order of the record */
	size_t n_fields;
};

/* The computer as the record writes it. */
struct view event_computer(const struct event *ev);
/* First field with that id or name; NULL when the record has none. */
const struct field *event_field(const struct event *ev, field_id id);
const struct field *event_field_named(const struct event *ev, const char *name);
/* Deep copy into `a`; 0 or -1 (no room). */
int event_keep(struct arena *a, const struct event *ev, struct event *out);
/* To and from bytes (worker messages, spools). event_read() borrows from the cursor's bytes; field
   arrays go to the arena; distrusts its input like evidence. */
void event_write(struct buf *b, const struct event *ev);
int event_read(struct cursor *c, struct arena *a, const struct fields *f, struct event *out);
/* A hash over host, channel, ids, time and every field's name and text; the same for both decoders
   as long as they read the same. Used to know the same record again. */
uint64_t event_identity(const struct event *ev, struct arena *a);
/* Differences between two decodings of one record, one "name: ours <> theirs" per field, at most
   `max` bytes; returns their number. Type-only differences (text against number of equal text) are
   none. */
size_t event_compare(const struct event *ours, const struct event *theirs, struct arena *a,
		     struct buf *out);

/* ---- decoding: one interface, two implementations ---- */

enum record_state {
	RECORD_WHOLE,
	RECORD_PARTLY,    /* some of it could not be decoded; what could be stands in the event */
	RECORD_UNDECODED, /* framing only: kept as hex */
};

struct record {
	uint64_t offset;    /* of the record in the source, bytes */
	uint32_t size;      /* bytes */
	uint64_t id;        /* record header's id */
	uint64_t written;   /* record header's FILETIME */
	uint64_t chunk;     /* 0-based position: (chunk offset - 4096) / 65536 */
	struct view bytes;  /* the whole record; lives as long as the chunk */
	enum record_state state;
	bool recovered;     /* not in the live chain: slack, an earlier life of the chunk, hidden within
			       another record; libevtx's recovered */
	bool hidden;        /* within the size of another record, behind that one's own content */
	bool reconstructed; /* read through a template borrowed from another chunk */
	bool bad_checksum;  /* the chunk's checksum over the records does not hold */
};

/* Something found wrong, or worth a note. `what` is a whole sentence without the place. */
enum damage_severity {
	DAMAGE_NOTE, /* normal for a seized log: dirty flag, stale counts, checksums off, unused chunk */
	DAMAGE_LOSS, /* bytes or records that should be readable are not, or may be wrong */
};
struct damage {
	enum damage_severity severity;
	uint64_t offset, length; /* in the source, bytes; length 0: unknown */
	const char *kind;        /* short fixed name, e.g. "record-size"; static */
	char what[200];
};

/* What one chunk amounts to, for `info`, the manifest, and accounting. Byte counts add up to 65536
   (or to what there was of the chunk). */
struct chunk_summary {
	uint64_t chunk, offset;
	bool present;        /* has the signature */
	bool unused;         /* wholly zero, or the signature is absent where a preallocated log ends */
	bool checksums_off;  /* both stored checksums are 0 */
	bool header_crc_ok, records_crc_ok;
	uint64_t first_id, last_id;       /* of the records found; 0,0 when none */
	uint64_t first_time, last_time;   /* least and greatest FILETIME of record headers */
	uint32_t records, whole, partly, undecoded; /* live ones */
	uint32_t recovered; /* apart from those: of the slack, and hidden ones */
	uint32_t bytes_header, bytes_record, bytes_slack, bytes_free, bytes_zero, bytes_unknown;
};

typedef void damage_fn(void *ctx, const struct damage *d);
/* As a process tells it to another one. Reading: the kind goes to the arena; -1: no memory; c->bad as
   ever. */
void damage_write(struct buf *b, const struct damage *d);
int damage_read(struct cursor *c, struct arena *a, struct damage *out);

/*
 * A decoder reads one chunk at a time. chunk() borrows the bytes until the next chunk() or destroy();
 * events and their views live exactly as long. next() gives <0 on lack of memory, 0 a record, >0 at
 * the end: damage never ends a chunk. head() decodes System only, data() the fields; both return 0
 * whatever the damage (record->state tells), <0 on lack of memory. `wanted` may be NULL (all fields).
 */
struct decoder {
	const struct decoder_ops *ops;
	const struct fields *fields; /* ids are looked up here; may be NULL */
	damage_fn *damage;           /* may be NULL */
	void *damage_ctx;
};
struct decoder_ops {
	const char *name; /* "evtxhound", "libevtx" */
	int (*chunk)(struct decoder *d, struct view bytes, uint64_t offset, struct err *e);
	int (*next)(struct decoder *d, struct record *r, struct err *e);
	/* Like head(), but no more than tells records apart and rules ask for: provider, event id,
	   version, record id, time, channel, computer. NULL: head() costs no more. */
	int (*peek)(struct decoder *d, struct record *r, struct event *ev, struct err *e);
	int (*head)(struct decoder *d, struct record *r, struct event *ev, struct err *e);
	int (*data)(struct decoder *d, struct record *r, struct event *ev, struct err *e);
	/* After next() said end. */
	void (*summary)(struct decoder *d, struct chunk_summary *s);
	void (*destroy)(struct decoder *d);
};

/* Says where an element's text belongs; used at template compile time and while reading XML. The
   path is the open element names from the root; `data_name` the Name attribute of the innermost. */
enum member {
	MEMBER_NONE,   /* not kept */
	MEMBER_FIELD,  /* a field of EventData, UserData or another section; see event_path() */
	MEMBER_PROVIDER, MEMBER_PROVIDER_GUID, MEMBER_EVENT_ID, MEMBER_QUALIFIERS, MEMBER_VERSION,
	MEMBER_LEVEL, MEMBER_TASK, MEMBER_OPCODE, MEMBER_KEYWORDS, MEMBER_TIME_CREATED,
	MEMBER_RECORD_ID, MEMBER_EXECUTION_PID, MEMBER_EXECUTION_TID, MEMBER_CHANNEL,
	MEMBER_COMPUTER, MEMBER_USER_SID,
	MEMBER_COUNT
};
struct path {
	struct view names[LIMIT_BINXML_DEPTH]; /* Event, System, ... */
	size_t depth;
};
/*
 * `attribute` is empty for the element's text. For MEMBER_FIELD, *name is the field's name: the Name
 * attribute of <Data> (passed as data_name; empty: unnamed), the element's own name elsewhere, and
 * "Element.Attribute" for attributes outside System other than Data's Name and xmlns.
 */
enum member event_member(const struct path *p, struct view attribute, struct view data_name,
			 struct buf *name);
/* Sets a System member from a value; ignores values of the wrong shape. */
void event_set(struct event *ev, enum member m, struct value v, struct arena *a);

/* ---- what the kinds of records are ---- */

enum event_kind {
	KIND_NONE,
	KIND_PROCESS_START,  /* Sysmon 1, Security 4688 */
	KIND_PROCESS_END,    /* Sysmon 5, Security 4689 */
	KIND_NETWORK,        /* Sysmon 3 */
	KIND_IMAGE_LOAD,     /* Sysmon 7 */
	KIND_LOGON,          /* Security 4624 */
	KIND_BOOT,           /* Kernel-General 12, Security 4608, EventLog 6005 */
	KIND_FILTERED,       /* Security 5156: no rule asks for it, it corroborates a KIND_NETWORK */
	KIND_COUNT
};
#define KIND_BIT(k) (1u << (k))
enum event_kind event_kind(const struct event *ev); /* needs head() only */
bool event_is_sysmon(const struct event *ev);
bool event_is_security(const struct event *ev);

/*
 * Process creations, ends and connections in one set of words (Sysmon's), whichever log they are of:
 * docs/detections.md. Texts are "" where the record has none; `has_*` tell null from empty.
 */
struct activity {
	enum event_kind kind;
	bool filled;                /* private: all of it has been read */
	uint16_t sort;              /* private: the vocabulary's kind of record, and 1; 0: not known yet */
	uint64_t utc_time;          /* UtcTime as FILETIME; time_created where it has none usable */
	bool has_utc;
	struct guid guid, parent_guid; /* null where the log has none */
	uint64_t pid, parent_pid;
	bool has_pid, has_parent_pid;
	uint64_t logon_id;          /* the process's own */
	bool has_logon_id;
	struct view image, parent_image, command_line, parent_command_line, original_file_name;
	bool has_command_line;      /* present and not empty */
	struct view user;           /* DOMAIN\name */
	struct view sid;            /* S-1-... by rules 1 and 2 of the derivation, or "" */
	const char *sid_from;       /* "record", "creator", "logon-id" or ""; static */
	struct view integrity;      /* Low, Medium, High, System ... */
	struct view hashes;
	struct view protocol, source_ip, source_port, destination_ip, destination_host, destination_port;
	bool has_initiated, initiated;
};
int activity_of(const struct event *ev, struct arena *a, struct activity *out); /* -1: no memory */
/* The kind alone; event_ask() reads the rest when it is asked for. */
void activity_begin(const struct event *ev, struct activity *out);

/* What two logs' records of one connection have in common: protocol, direction, both ends; "" where
   the record does not tell all of it. -1: no memory. */
int connection_text(const struct activity *act, struct arena *a, struct view *out);

/* argv of a command line as CommandLineToArgvW splits it (its own rule for argv[0]). */
int command_line_args(struct view command_line, struct arena *a, struct view **args, size_t *n);

/* ---- asking an event for a field in any vocabulary ---- */

/* What only several records together can tell; filled by correlate, NULL in a worker. */
struct derived {
	struct view user_sid;       /* "" unknown */
	bool user_sid_is_class;     /* user_sid is only a prefix, e.g. "S-1-5-21-" */
	const char *user_sid_from;  /* "record", "creator", "logon-id", "4624", "class", "" */
	struct view entity, parent_entity; /* process identities; "" unknown */
	bool has_signature;         /* from a Sysmon 7 of the same image */
	struct view signer;
	bool signature_trusted;
	bool has_file_age;          /* from a Sysmon 11 or 2 of the same path on that host */
	uint64_t file_age;          /* seconds from the file's creation to the event */
};

enum answer_state {
	ANSWER_VALUE,   /* values[0..n) */
	ANSWER_NULL,    /* the field is truly absent or empty in this record */
	ANSWER_UNKNOWN, /* this kind of record never carries it, or it is empty for want of auditing */
	ANSWER_LATE,    /* could still be derived: ask again with `derived` */
};
struct answer {
	enum answer_state state;
	bool is_class;            /* values[0] is a known prefix of an unknown whole */
	size_t n;
	const struct view *values; /* UTF-8; several: any of them */
	const char *why;          /* for UNKNOWN and LATE: the reason, static text */
};
/*
 * `id` may name a field of the record itself, a Sysmon word (on a 4688 translated), or an ECS word of
 * EQL. `act` is the event's activity (NULL when it has none), begun at least: what the answer needs of
 * it is read now. Values live in `a` or the event.
 */
int event_ask(const struct event *ev, struct activity *act, const struct derived *d,
	      field_id id, const struct fields *f, struct arena *a, struct answer *out);
/*
 * The record's own fields of that name, as they stand there, translated and derived by nobody: several
 * of a name, and the items of an array, are several values. System's members have the names that Sigma
 * gives them (EventID, Provider_Name, Channel, Computer, Level ...).
 */
int event_ask_raw(const struct event *ev, field_id id, const struct fields *f, struct arena *a,
		  struct answer *out);
/* Every value of the record, System's texts and its event id too. */
int event_ask_any(const struct event *ev, struct arena *a, struct answer *out);
/* True when every event of that channel, provider and id answers the same. */
bool event_says_always(const struct fields *f, const struct event *head, field_id id);
/* The names event_ask() knows beyond record fields, for lint: words of the table (docs/ecs.md), also
   those outside of EVTX, and winlog.event_data.*. */
bool vocabulary_has(struct view name);

enum vocabulary_state {
	VOCABULARY_NEVER,     /* no record of that channel, provider and id can answer; `why` tells */
	VOCABULARY_SOMETIMES, /* by version, auditing or other records; or it may be a field of its own */
	VOCABULARY_ALWAYS,    /* its format has it, though it may be empty */
};
enum vocabulary_state vocabulary_can(const struct fields *f, const struct event *head, field_id id,
				     const char **why);
/* The kinds of records that the vocabulary knows, by channel (perhaps ""), provider and id. false: no
   more. */
bool vocabulary_record(size_t i, struct event *head);

/* ---- facts: the little that identity needs of every record that bears on it ---- */

struct fact {
	enum event_kind kind;
	bool recovered;              /* the record is not in the live chain */
	uint8_t rank;                /* of its place, as struct place; not written: whoever reads knows */
	bool sysmon;                 /* written by Sysmon (has GUIDs), else by Security or System */
	uint32_t source;             /* index */
	uint64_t offset;             /* of the record in the source, bytes */
	uint32_t size;
	uint16_t event_id;
	uint64_t record_id, time, utc; /* utc == time where there is none */
	uint64_t identity;           /* event_identity() */
	struct guid guid, parent_guid;
	uint64_t pid, parent_pid, logon_id;
	struct view host, channel;   /* as written */
	struct view image;           /* process start, end: the whole path; image load: "" */
	struct view parent_image;    /* where the record gives it */
	struct view text;            /* logon: TargetUserSid; image load: signer; filtered:
					connection_text() */
	bool trusted;                /* image load: Signed true and SignatureStatus Valid */
};
/* false: the event bears on no identity (an image load of another image than the process's own). */
bool fact_of(const struct event *ev, const struct activity *act, const struct record *r,
	     uint32_t source, struct arena *a, struct fact *out);
/*
 * A clue: where a record lies that has a fact to tell, and the hashes of the keys by which it may be
 * asked for. It costs a few numbers, the fact a dozen texts and a digest: those are read once somebody
 * asks. Hashes that agree by chance cost a fact that nobody wanted, and no more.
 */
#define CLUE_KEYS 4u
struct clue {
	uint32_t source, size;
	uint64_t offset;
	uint32_t keys[CLUE_KEYS]; /* 0: none */
};
enum clue_kind { CLUE_PID, CLUE_GUID, CLUE_LOGON, CLUE_BOOT };
/* `host` in any letter case; a GUID, or a number where `g` is NULL. Never 0. */
uint32_t clue_key(enum clue_kind kind, struct view host, const struct guid *g, uint64_t number);
/* false: the event bears on no identity. True of every event of which fact_of() is true. The event's
   fields must have ids. */
bool clue_of(const struct event *ev, enum event_kind kind, const struct record *r,
	     uint32_t source, struct arena *a, struct clue *out);
/* The keys alone, of any kind of event that names a process. How many there are. */
size_t clue_keys(const struct event *ev, enum event_kind kind, struct arena *a,
		 uint32_t keys[CLUE_KEYS]);
#define CLUE_BYTES 32u
void clue_write(struct buf *b, const struct clue *c);
void clue_read(struct cursor *c, struct clue *out);

void fact_write(struct buf *b, const struct fact *f);
int fact_read(struct cursor *c, struct fact *out); /* borrows; -1: damaged */
const char *fwnt_version(void);

#endif
