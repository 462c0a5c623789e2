/* SPDX-License-Identifier: Apache-2.0 */
/* Files of keys. What was read of them is overwritten before it is let go. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

#define KEY_MAX 65536u

/* How many bytes, or -1 and errno. */
static ssize_t read_whole(int fd, uint8_t *out, size_t max)
{
	size_t at = 0;
	ssize_t n = 1;
	while (n > 0 && at < max)
		if ((n = read(fd, out + at, max - at)) > 0)
			at += (size_t)n;
	return n < 0 ? -1 : (ssize_t)at;
}

int load_key(struct signing_key *k, const char *path, bool secret, struct err *e)
{
	uint8_t pem[KEY_MAX];
	struct err why = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read_whole(fd, pem, sizeof(pem));
	int rc = n < 0 ? err_errno(e, ERR_IO, "%s: the key cannot be read", path) : 0;
	if (rc == 0 && signing_key_read(k, (struct view){pem, (size_t)n}, secret, &why) < 0)
		rc = err_set(e, ERR_SYNTAX, 0, "%s: %s", path, why.msg);
	if (fd >= 0)
		close(fd);
	explicit_bzero(pem, sizeof(pem));
	return rc;
}

int probe_key(const char *command, const char *path)
{
	struct signing_key k = {0};
	struct err e = {0};
	int rc = load_key(&k, path, true, &e);
	signing_key_release(&k);
	return rc < 0 ? usage_error(command, "--sign: %s", e.msg) : EXIT_NOTHING;
}
