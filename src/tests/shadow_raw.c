/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow_raw VOLUME NUMBER FILE: writes what libvshadow, left to itself, reads of a shadow copy into a
 * sparse file: beside that stands what evtxhound-open reads through its own input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvshadow.h>

#define STEP 65536u

static int copy(libvshadow_store_t *store, int fd)
{
	static const uint8_t zeros[STEP];
	static uint8_t bytes[STEP];
	size64_t size = 0;

	if (libvshadow_store_get_volume_size(store, &size, NULL) != 1 || ftruncate(fd, (off_t)size) < 0)
		return -1;
	for (off64_t at = 0; at < (off64_t)size; at += STEP) {
		ssize_t n = libvshadow_store_read_buffer_at_offset(store, bytes, STEP, at, NULL);
		if (n <= 0)
			return -1;
		if (memcmp(bytes, zeros, (size_t)n) && pwrite(fd, bytes, (size_t)n, at) != n)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	libvshadow_volume_t *volume = NULL;
	libvshadow_store_t *store = NULL;
	int fd = argc == 4 ? open(argv[3], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

	if (fd < 0 || libvshadow_volume_initialize(&volume, NULL) != 1 ||
	    libvshadow_volume_open(volume, argv[1], LIBVSHADOW_OPEN_READ, NULL) != 1 ||
	    libvshadow_volume_get_store(volume, atoi(argv[2]) - 1, &store, NULL) != 1 ||
	    copy(store, fd) < 0)
		return 1;
	libvshadow_store_free(&store, NULL);
	libvshadow_volume_free(&volume, NULL);
	return close(fd) < 0;
}
