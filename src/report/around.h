/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_AROUND_H
#define EVTXHOUND_REPORT_AROUND_H
/* What all findings tell of each computer: processes and sign-ons, each once. All texts are copies,
   cut at LIMIT_AROUND_TEXT. */
#include "report-private.h"

#define AROUND_FINDINGS 4u
#define AROUND_CONNECTIONS 8u

struct around_finding {
	char id[FINDING_ID];
	size_t number; /* from 1 */
};
struct around_node {
	uint32_t host;  /* in around.hosts */
	int32_t parent; /* in around.v; -1: a root */
	struct guid guid;
	uint64_t pid, start_time, end_time;
	bool recorded;  /* its start is */
	struct view image, command_line, user, integrity;
	struct around_finding findings[AROUND_FINDINGS]; /* that name it, the first ones */
	struct view connections[AROUND_CONNECTIONS];     /* of findings' records, the first ones */
	size_t n_findings, n_connections;
	bool more_connections;
};
struct around_signon {
	uint32_t host;
	uint64_t time, record_id, identity;
	struct place place;
	struct view user, sid, type, logon_id, address, workstation;
	struct around_finding finding; /* the first that rests on it */
};
struct around {
	struct arena a;
	struct strtab hosts; /* in any letter case */
	struct map ids;      /* of processes and sign-ons, to their places */
	struct around_node *v; /* by host, start, PID */
	size_t n, cap;
	struct around_signon *signons; /* by host, time */
	size_t n_signons, cap_signons;
	bool cut;            /* more processes than the bound, or some finding's tree was cut */
	bool signons_cut;
};
/* -1: no memory, or a finding could not be read. To be released either way. */
int around_make(struct around *w, const struct run *run, struct err *e);
void around_release(struct around *w);
/* The nodes, and the sign-ons, of a host: from *from on. */
size_t around_nodes(const struct around *w, struct view host, size_t *from);
size_t around_signons(const struct around *w, struct view host, size_t *from);

#endif
