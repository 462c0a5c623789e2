/* SPDX-License-Identifier: Apache-2.0 */
/* What happens beside processes: connections, image loads, sign-ons, boots, a cleared log. */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define CONNECTION_LAG 12000000 /* 1.2 s, the median of real logs */
#define IMAGE_LAG 20000

/* ---- connections ---- */

/* "192.0.2.1:80" or "[2001:db8::1]:443" */
static int read_endpoint(struct scenario *s, const struct yaml_node *n, const char *key,
			 struct view *ip, uint64_t *port)
{
	const struct yaml_node *v = yaml_get(n, key);
	size_t colon;

	if (!v)
		return 0;
	for (colon = v->text.n; colon > 0 && v->text.p[colon - 1] != ':'; colon--)
		;
	*ip = view_sub(v->text, 0, colon ? colon - 1 : 0);
	*port = 0;
	for (size_t i = colon; i < v->text.n && *port <= 65535; i++)
		*port = v->text.p[i] >= '0' && v->text.p[i] <= '9'
				? *port * 10 + (uint64_t)(v->text.p[i] - '0')
				: 65536;
	if (!ip->n || colon >= v->text.n || *port > 65535)
		return sc_fail(s, v, "\"%s\" must be an address and a port, like 192.0.2.1:80", key);
	if (ip->p[0] == '[' && ip->p[ip->n - 1] == ']')
		*ip = view_sub(*ip, 1, ip->n - 2);
	return 0;
}

static bool is_v6(struct view ip)
{
	return ip.n && memchr(ip.p, ':', ip.n);
}

static const char *port_name(const struct sc_connection *c, uint64_t port)
{
	if (port == 80)
		return "http";
	if (port == 443)
		return "https";
	return c->process->host->sysmon == SYSMON_8 ? "" : "-";
}

static int sysmon_connection(struct scenario *s, const struct sc_connection *c)
{
	const struct sc_process *p = c->process;
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(c->at, c->lag)};

	if (sc_read_when(s, c->node, &w) ||
	    build_start(&b, s, sysmon_event(EV_CONNECTION, p->host->sysmon), yaml_get(c->node, "set")))
		return -1;
	sc_build_head(&b, p, c->at);
	sc_build_user(&b, p->user);
	build_text(&b, c->protocol);
	build_number(&b, c->initiated);
	build_number(&b, is_v6(c->from_ip));
	build_text(&b, c->from_ip);
	build_text(&b, p->host->computer);
	build_number(&b, c->from_port);
	build_str(&b, port_name(c, c->from_port));
	build_number(&b, is_v6(c->to_ip));
	build_text(&b, c->to_ip);
	build_text(&b, c->to_host);
	build_number(&b, c->to_port);
	build_str(&b, port_name(c, c->to_port));
	return build_end(&b, p->host, &w);
}

/* The kernel's name of a path, in lower case as the firewall writes it. */
static void build_device_path(struct sc_build *b, struct view image)
{
	struct buf *text = &b->s->scratch;
	bool drive = image.n > 2 && image.p[1] == ':';

	buf_clear(text);
	if (drive)
		buf_str(text, "\\device\\harddiskvolume2");
	for (size_t i = drive ? 2 : 0; i < image.n; i++)
		buf_byte(text, ascii_lower(image.p[i]));
	b->failed |= text->bad;
	build_text(b, buf_data(text));
}

/* 5156: its source is this end, whoever began. */
static int security_connection(struct scenario *s, const struct sc_connection *c)
{
	const struct sc_process *p = c->process;
	struct sc_sid nobody = {.b = {1, 1}, .n = 12};
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(c->at, c->security_lag)};
	char here[8], there[8];

	snprintf(here, sizeof(here), "%u", (unsigned)(c->initiated ? c->from_port : c->to_port));
	snprintf(there, sizeof(there), "%u", (unsigned)(c->initiated ? c->to_port : c->from_port));
	if (sc_read_when(s, c->node, &w) ||
	    build_start(&b, s, &event_filtered, yaml_get(c->node, "set_security")))
		return -1;
	build_number(&b, p->pid);
	build_device_path(&b, p->image);
	build_str(&b, c->initiated ? "%%14593" : "%%14592");
	build_text(&b, c->initiated ? c->from_ip : c->to_ip);
	build_str(&b, here);
	build_text(&b, c->initiated ? c->to_ip : c->from_ip);
	build_str(&b, there);
	build_number(&b, view_eq_str_nocase(c->protocol, "udp") ? 17 : 6);
	build_number(&b, 0);
	build_str(&b, c->initiated ? "%%14611" : "%%14610");
	build_number(&b, (c->initiated ? 48u : 44u) + (is_v6(c->from_ip) ? 2u : 0u));
	build_sid(&b, &nobody);
	build_sid(&b, &nobody);
	return build_end(&b, p->host, &w);
}

int sc_add_connection(struct scenario *s, const struct sc_connection *c)
{
	if (c->log & LOG_SECURITY && security_connection(s, c))
		return -1;
	return c->log & LOG_SYSMON ? sysmon_connection(s, c) : 0;
}

static int read_connection(struct scenario *s, const struct yaml_node *n)
{
	struct sc_connection c = {.protocol = view_str("tcp"), .to_host = view_str("-"),
				  .from_port = 50000, .lag = CONNECTION_LAG, .initiated = true,
				  .log = LOG_SYSMON, .node = n};

	if (sc_keys(s, n, "a connection",
		    "process at to to_host from protocol initiated log lag security_lag set "
		    "set_security rank twice") ||
	    sc_need(s, n, "a connection", "process at to") ||
	    sc_process_of(s, n, "process", &c.process))
		return -1;
	c.from_ip = c.process->host->ip;
	c.from_port += s->n_records % 15000;
	if (sc_time(s, n, "at", &c.at) || read_endpoint(s, n, "to", &c.to_ip, &c.to_port) ||
	    read_endpoint(s, n, "from", &c.from_ip, &c.from_port) ||
	    sc_text(s, n, "to_host", &c.to_host) || sc_text(s, n, "protocol", &c.protocol) ||
	    sc_bool(s, n, "initiated", &c.initiated) || sc_duration(s, n, "lag", &c.lag) ||
	    sc_log_word(s, n, &c.log) || sc_duration(s, n, "security_lag", &c.security_lag))
		return -1;
	return sc_add_connection(s, &c);
}

/* Every item of a list through one reader. */
static int each(struct scenario *s, const char *key,
		int (*read)(struct scenario *s, const struct yaml_node *n))
{
	const struct yaml_node *list;

	if (sc_list(s, key, &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (read(s, list->items[i]))
			return -1;
	return 0;
}

int sc_read_connections(struct scenario *s)
{
	return each(s, "connections", read_connection);
}

/* ---- image loads ---- */

static int add_image(struct scenario *s, const struct yaml_node *n, const struct sc_process *p,
		     uint64_t at, int64_t lag)
{
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(at, lag)};
	struct view image = p->image, signature = view_str("Microsoft Windows");
	struct view status = view_str("Valid");
	bool is_signed = true;

	if (sc_text(s, n, "image", &image) || sc_text(s, n, "signature", &signature) ||
	    sc_bool(s, n, "signed", &is_signed))
		return -1;
	if (!is_signed)
		status = view_str("Unavailable");
	if (sc_text(s, n, "status", &status) || sc_read_when(s, n, &w) ||
	    build_start(&b, s, sysmon_event(EV_IMAGE, p->host->sysmon), yaml_get(n, "set")))
		return -1;
	sc_build_head(&b, p, at);
	build_text(&b, image);
	sc_build_file_words(&b, p);
	sc_build_hashes(&b, p);
	build_str(&b, is_signed ? "true" : "false");
	build_text(&b, is_signed || yaml_get(n, "signature") ? signature : view_str("-"));
	build_text(&b, status);
	sc_build_user(&b, p->user);
	return build_end(&b, p->host, &w);
}

static int read_image(struct scenario *s, const struct yaml_node *n)
{
	const struct sc_process *p = NULL;
	uint64_t at;
	int64_t lag = IMAGE_LAG;

	if (sc_keys(s, n, "an image load",
		    "process at image signed signature status lag set rank twice") ||
	    sc_need(s, n, "an image load", "process") || sc_process_of(s, n, "process", &p))
		return -1;
	at = p->at;
	if (sc_time(s, n, "at", &at) || sc_duration(s, n, "lag", &lag))
		return -1;
	return add_image(s, n, p, at, lag);
}

int sc_read_images(struct scenario *s)
{
	return each(s, "images", read_image);
}

/* ---- sign-ons ---- */

struct logon {
	struct sc_host *host;
	const struct sc_user *user;
	uint64_t at, type, version, logon;
	struct view from;
};

static void build_logon(struct sc_build *b, const struct logon *l)
{
	struct guid none = {{0}};

	sc_build_subject(b, l->host, sc_user_named(b->s, "system"));
	build_sid(b, &l->user->sid);
	build_text(b, l->user->name);
	build_text(b, l->user->domain);
	build_number(b, l->logon);
	build_number(b, l->type);
	build_str(b, l->type == 5 ? "Advapi  " : "User32 ");
	build_str(b, "Negotiate");
	build_text(b, l->host->key);
	build_guid(b, &none);
	build_str(b, "-");
	build_str(b, "-");
	build_number(b, 0);
	build_number(b, l->type == 5 ? 712 : 620);
	build_str(b, l->type == 5 ? "C:\\Windows\\System32\\services.exe"
				  : "C:\\Windows\\System32\\svchost.exe");
	build_text(b, l->from);
	build_str(b, l->from.n > 1 ? "0" : "-");
	build_str(b, "%%1833");
	build_str(b, "-");
	build_str(b, "-");
	build_str(b, "-");
	build_str(b, "%%1843");
	build_number(b, 0);
	build_str(b, sc_is_system(l->user) ? "%%1842" : "%%1843");
}

static int read_logon(struct scenario *s, const struct yaml_node *n)
{
	struct logon l = {.type = 2, .version = 2, .from = view_str("-")};
	struct sc_when w = {0};
	struct sc_build b;

	if (sc_keys(s, n, "a logon", "user host at type version logon from set rank twice") ||
	    sc_need(s, n, "a logon", "user at") || sc_user_of(s, n, "user", &l.user) ||
	    sc_host_of(s, n, &l.host) || sc_time(s, n, "at", &l.at) ||
	    sc_uint(s, n, "type", 13, &l.type) || sc_uint(s, n, "version", 2, &l.version))
		return -1;
	l.logon = l.user->logon;
	w.logged = l.at;
	if (sc_uint(s, n, "logon", INT64_MAX, &l.logon) || sc_text(s, n, "from", &l.from) ||
	    sc_read_when(s, n, &w) ||
	    build_start(&b, s, security_logon((unsigned)l.version), yaml_get(n, "set")))
		return -1;
	build_logon(&b, &l);
	return build_end(&b, l.host, &w);
}

int sc_read_logons(struct scenario *s)
{
	return each(s, "logons", read_logon);
}

/* ---- boots ---- */

static void build_boot(struct sc_build *b, uint64_t at)
{
	static const uint64_t words[] = {10, 0, 19045, 3803, 0, 0};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		build_number(b, words[i]);
	build_number(b, at);
}

/* 6005 says nothing but a time, as SYSTEMTIME and 8 bytes more. */
static void build_log_start(struct sc_build *b)
{
	static const uint8_t binary[24] = {0xea, 7, 3};

	bx_values_add(&b->values, BX_NULL, NULL, 0);
	build_number(b, sizeof(binary));
	bx_values_add(&b->values, BX_BINARY, binary, sizeof(binary));
}

static int read_boot(struct scenario *s, const struct yaml_node *n)
{
	struct sc_host *h;
	struct sc_when w = {0};
	struct sc_build b;
	struct view by = view_str("kernel");
	const struct bx_event *ev;

	if (sc_keys(s, n, "a boot", "host at by rank twice") || sc_need(s, n, "a boot", "at") ||
	    sc_host_of(s, n, &h) || sc_time(s, n, "at", &w.logged) || sc_text(s, n, "by", &by) ||
	    sc_read_when(s, n, &w))
		return -1;
	ev = view_eq_str(by, "kernel")	   ? &event_kernel_boot
	     : view_eq_str(by, "security") ? &event_security_start
	     : view_eq_str(by, "eventlog") ? &event_log_start
					   : NULL;
	if (!ev)
		return sc_fail(s, yaml_get(n, "by"), "\"by\" is one of kernel, security, eventlog");
	if (build_start(&b, s, ev, NULL))
		return -1;
	if (ev == &event_kernel_boot)
		build_boot(&b, w.logged);
	if (ev == &event_log_start)
		build_log_start(&b);
	return build_end(&b, h, &w);
}

int sc_read_boots(struct scenario *s)
{
	return each(s, "boots", read_boot);
}

/* ---- the cleared log ---- */

static int read_cleared(struct scenario *s, const struct yaml_node *n)
{
	struct sc_host *h;
	struct sc_when w = {0};
	struct sc_build b;
	const struct sc_user *u = sc_user_named(s, "system");

	if (sc_keys(s, n, "a cleared log", "host at user set rank twice") ||
	    sc_need(s, n, "a cleared log", "at") || sc_host_of(s, n, &h) ||
	    sc_time(s, n, "at", &w.logged) || sc_user_of(s, n, "user", &u) ||
	    sc_read_when(s, n, &w) || build_start(&b, s, &event_cleared, yaml_get(n, "set")))
		return -1;
	sc_build_subject(&b, h, u);
	return build_end(&b, h, &w);
}

int sc_read_cleared(struct scenario *s)
{
	return each(s, "cleared", read_cleared);
}
