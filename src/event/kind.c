/* SPDX-License-Identifier: Apache-2.0 */
#include "evtxhound/event.h"

struct kind_row {
	uint16_t event_id;
	enum event_kind kind;
};

static const struct kind_row sysmon_rows[] = {
	{1, KIND_PROCESS_START},
	{3, KIND_NETWORK},
	{5, KIND_PROCESS_END},
	{7, KIND_IMAGE_LOAD},
};

static const struct kind_row security_rows[] = {
	{4608, KIND_BOOT},
	{4624, KIND_LOGON},
	{4688, KIND_PROCESS_START},
	{4689, KIND_PROCESS_END},
	{5156, KIND_FILTERED},
};

#define ROWS(rows) (rows), sizeof(rows) / sizeof(*(rows))

static enum event_kind find(const struct kind_row *rows, size_t n, uint16_t event_id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].event_id == event_id)
			return rows[i].kind;
	return KIND_NONE;
}

bool event_is_sysmon(const struct event *ev)
{
	return view_eq_str_nocase(ev->channel, "Microsoft-Windows-Sysmon/Operational") ||
	       view_eq_str_nocase(ev->provider, "Microsoft-Windows-Sysmon");
}

bool event_is_security(const struct event *ev)
{
	return view_eq_str_nocase(ev->channel, "Security") ||
	       view_eq_str_nocase(ev->provider, "Microsoft-Windows-Security-Auditing");
}

/* By the provider alone: the System channel holds many events 12. */
static bool is_boot(const struct event *ev)
{
	return (ev->event_id == 12 &&
		view_eq_str_nocase(ev->provider, "Microsoft-Windows-Kernel-General")) ||
	       (ev->event_id == 6005 && view_eq_str_nocase(ev->provider, "EventLog"));
}

enum event_kind event_kind(const struct event *ev)
{
	/* The ids first: most records are of no kind, and texts are dear. */
	enum event_kind sysmon = find(ROWS(sysmon_rows), ev->event_id);
	enum event_kind security = find(ROWS(security_rows), ev->event_id);

	if (sysmon != KIND_NONE && event_is_sysmon(ev))
		return sysmon;
	if (security != KIND_NONE && event_is_security(ev))
		return security;
	return is_boot(ev) ? KIND_BOOT : KIND_NONE;
}
