/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ordinary day: programs that start and end, and talk. Made by a generator of our own, so that the
 * same scenario gives the same bytes everywhere.
 */
#include "scenario.h"

struct noise {
	struct sc_host *host;
	const struct sc_user *user;
	uint64_t from, to, processes, connections;
	uint64_t state; /* of the generator */
	uint64_t serial;
	struct sc_process shell;
};

/* What runs on an office machine; the parent is the services' or the user's shell. */
static const struct program {
	const char *image, *command, *description;
	bool service; /* as the system, by services.exe */
	bool talks;
} programs[] = {
	{"C:\\Windows\\System32\\svchost.exe",
	 "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s #",
	 "Host Process for Windows Services", true, true},
	{"C:\\Windows\\System32\\backgroundTaskHost.exe",
	 "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:App.AppX#.mca",
	 "Background Task Host", false, false},
	{"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
	 "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer "
	 "--renderer-client-id=#",
	 "Google Chrome", false, true},
	{"C:\\Windows\\System32\\conhost.exe",
	 "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV#", "Console Window Host", false,
	 false},
	{"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
	 "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\" /recycle #",
	 "Microsoft Outlook", false, true},
	{"C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe KEYROAMING #",
	 "Host Process for Windows Tasks", true, false},
	{"C:\\Windows\\System32\\SearchProtocolHost.exe",
	 "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe#_",
	 "Microsoft Windows Search Protocol Host", true, false},
	{"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
	 "powershell.exe -NoProfile -File C:\\Scripts\\inventory.ps1 -Run #",
	 "Windows PowerShell", true, false},
	{"C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe",
	 "\"C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe\" /ua "
	 "/installsource scheduler /id #",
	 "Microsoft Edge Update", true, true},
	{"C:\\Windows\\System32\\cmd.exe",
	 "C:\\Windows\\system32\\cmd.exe /c copy /y C:\\Data\\#.csv \\\\files\\share\\in",
	 "Windows Command Processor", false, false},
	{"C:\\Windows\\System32\\dllhost.exe",
	 "C:\\Windows\\system32\\DllHost.exe /Processid:{#-61FB-4D5D-8E02-5D10CE4F1E1C}",
	 "COM Surrogate", false, false},
	{"C:\\Windows\\System32\\msiexec.exe",
	 "C:\\Windows\\system32\\msiexec.exe /i C:\\Deploy\\package-#.msi /qn",
	 "Windows\xc2\xae installer", true, false},
	{"C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
	 "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding #", "WMI Provider Host",
	 true, false},
};
#define N_PROGRAMS (sizeof(programs) / sizeof(*programs))

/* splitmix64 */
static uint64_t draw(struct noise *z)
{
	uint64_t x = z->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint64_t draw_time(struct noise *z)
{
	return z->from + draw(z) % (z->to - z->from + 1);
}

/* The text with the number where it has '#'. */
static struct view format(struct scenario *s, const char *text, uint64_t x)
{
	buf_clear(&s->scratch);
	for (; *text; text++) {
		if (*text == '#')
			buf_fmt(&s->scratch, "%llu", (unsigned long long)x);
		else
			buf_byte(&s->scratch, (uint8_t)*text);
	}
	return s->scratch.bad ? (struct view){0} : arena_keep(s->arena, buf_data(&s->scratch));
}

static int fill(struct scenario *s, struct noise *z, const struct program *g, struct sc_process *p)
{
	const struct sc_user *system = sc_user_named(s, "system");

	*p = (struct sc_process){.host = z->host, .image = view_str(g->image),
				 .description = view_str(g->description), .has_command = true,
				 .directory = view_str("C:\\Windows\\system32\\"), .log = z->host->log,
				 .version = z->host->security, .lag = 20000,
				 .audits_command_line = z->host->audits_command_lines};
	p->command = format(s, g->command, draw(z) % 100000);
	p->name = format(s, "noise-#", z->serial++);
	if (!p->command.p || !p->name.p)
		return sc_no_memory(s);
	p->original = view_after_last(p->image, "\\");
	p->user = g->service ? system : z->user;
	p->parent = g->service ? z->host->services : &z->shell;
	p->creator = p->parent->user;
	p->integrity = view_str(g->service ? "System" : "Medium");
	p->pid = z->host->next_pid;
	z->host->next_pid += 4;
	p->at = draw_time(z) / 10000 * 10000;
	p->end = p->at + 10000 * (50 + draw(z) % 600000);
	p->has_end = draw(z) % 4 != 0;
	p->lag += (int64_t)(draw(z) % 30000);
	p->hashes = view_str("");
	sc_guid_of(p);
	return 0;
}

static int talk(struct scenario *s, struct noise *z, const struct sc_process *p)
{
	struct sc_connection c = {.process = p, .log = LOG_SYSMON, .protocol = view_str("tcp"),
				  .from_ip = z->host->ip, .initiated = true};

	c.to_ip = format(s, "203.0.113.#", 1 + draw(z) % 250);
	c.to_host = format(s, "edge-#.example.net", draw(z) % 500);
	if (!c.to_ip.p || !c.to_host.p)
		return sc_no_memory(s);
	c.from_port = 49152 + draw(z) % 16000;
	c.to_port = draw(z) % 5 ? 443 : 80;
	c.at = p->at + 10000 * (20 + draw(z) % 20000);
	c.lag = (int64_t)(9000000 + draw(z) % 9000000);
	return sc_add_connection(s, &c);
}

static int make(struct scenario *s, struct noise *z)
{
	struct sc_process p;
	uint64_t left = z->connections;

	for (uint64_t i = 0; i < z->processes; i++) {
		const struct program *g = &programs[draw(z) % N_PROGRAMS];

		if (fill(s, z, g, &p) || sc_add_process(s, &p))
			return -1;
		if (!left || !g->talks || !(p.host->log & LOG_SYSMON))
			continue;
		left--;
		if (talk(s, z, &p))
			return -1;
	}
	/* What is left is talk of one long-lived program. */
	if (left && fill(s, z, &programs[2], &p))
		return -1;
	for (; left && (z->host->log & LOG_SYSMON); left--) {
		p.at = draw_time(z);
		if (talk(s, z, &p))
			return -1;
	}
	return 0;
}

static int read_noise(struct scenario *s, const struct yaml_node *n)
{
	struct noise z = {.from = s->start, .to = sc_shift(s->start, 8 * 36000000000ll)};

	z.user = s->n_users > 3 ? &s->users[3] : sc_user_named(s, "system");
	if (sc_keys(s, n, "noise", "host user from to processes connections") ||
	    sc_host_of(s, n, &z.host) || sc_user_of(s, n, "user", &z.user) ||
	    sc_time(s, n, "from", &z.from) || sc_time(s, n, "to", &z.to) ||
	    sc_uint(s, n, "processes", LIMIT_FORGE_RECORDS, &z.processes) ||
	    sc_uint(s, n, "connections", LIMIT_FORGE_RECORDS, &z.connections))
		return -1;
	if (z.to < z.from)
		return sc_fail(s, n, "\"to\" lies before \"from\"");
	z.state = hash_view(s->seed, z.host->key) + n->line;
	z.serial = n->line * 1000000ull;
	z.shell = *z.host->services;
	z.shell.name = view_str("explorer");
	z.shell.user = z.user;
	z.shell.pid = 4988;
	z.shell.image = view_str("C:\\Windows\\explorer.exe");
	z.shell.command = view_str("C:\\Windows\\Explorer.EXE");
	sc_guid_of(&z.shell);
	return make(s, &z);
}

int sc_read_noise(struct scenario *s)
{
	const struct yaml_node *list;

	if (sc_list(s, "noise", &list))
		return -1;
	for (size_t i = 0; list && i < list->n; i++)
		if (read_noise(s, list->items[i]))
			return -1;
	return 0;
}
