/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli-private.h"
#include "evtxhound/evtx.h"
#include "evtxhound/oracle.h"
#include "evtxhound/yaml.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};
static const struct command commands[] = {
	{"hunt", hunt_command, "read event logs, run the detections, write a report"},
	{"dump", dump_command, "write every record as JSON, XML or CSV"},
	{"info", info_command, "tell what a log holds and in what state it is"},
	{"list", list_command, "tell what would be read of the evidence"},
	{"extract", extract_command, "copy the logs out of the evidence, with their hashes"},
	{"verify", verify_command, "hash a report and what it rests on, and run its hunt again"},
	{"explain", explain_command, "tell why a rule finds a record, or does not"},
	{"rules", rules_command, "list or check rules"},
	{"forge", forge_command, "make event logs from a scenario"},
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	printf("usage: evtxhound COMMAND [OPTION]... [ARGUMENT]...\n\n"
	       "Forensic analyser for Windows event logs (EVTX). Evidence is never changed.\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].summary);
	printf("\n'evtxhound COMMAND --help' tells a command's options; evtxhound(1) tells it all.\n\n"
	       "exit codes: 0 nothing found, 1 findings, 2 wrong usage or faulty rules,\n"
	       "3 finished but some evidence was damaged, missing, no log or unread,\n"
	       "4 could not finish\n");
	return finish_stdout(EXIT_NOTHING);
}

static int version(void)
{
	printf("evtxhound %s\n", program_version());
	printf("libevtx %s, expat %s, libfwnt %s, libfyaml %s, libdeflate %s, libpcre2 %s, OpenSSL %s\n", libevtx_version(),
	       expat_version(), fwnt_version(), fyaml_version(), deflate_version(),
	       pcre_version(), crypto_version());
	return finish_stdout(EXIT_NOTHING);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	end_on_signals();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, told as such */
	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
		return help();
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		return version();
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (!*name)
		return usage_error(NULL, "a command is missing");
	return usage_error(NULL, "there is no command '%s'", name);
}
