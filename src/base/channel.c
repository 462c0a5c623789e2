/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "evtxhound/base.h"

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(CHANNEL_FDS * sizeof(int))];
};

static void attach(struct msghdr *m, union control *control, const int fds[CHANNEL_FDS])
{
	int there[CHANNEL_FDS];
	size_t n = 0;

	for (size_t i = 0; i < CHANNEL_FDS; i++)
		if (fds[i] >= 0)
			there[n++] = fds[i];
	if (!n)
		return;
	memset(control, 0, sizeof(*control));
	m->msg_control = control;
	m->msg_controllen = CMSG_SPACE(n * sizeof(int));
	struct cmsghdr *h = CMSG_FIRSTHDR(m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(h), there, n * sizeof(int));
}

int channel_send(int sock, struct view v, const int fds[CHANNEL_FDS])
{
	union control control;

	while (v.n) {
		struct iovec io = {(void *)(uintptr_t)v.p, v.n};
		struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
		if (fds)
			attach(&m, &control, fds);
		ssize_t n = sendmsg(sock, &m, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		v = view_sub(v, (size_t)n, v.n);
		fds = NULL; /* they go with the first byte only */
	}
	return 0;
}

/* The descriptors go behind those that came before; what is too many is closed. */
static void take_fds(struct msghdr *m, int fds[CHANNEL_FDS])
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			size_t at = 0;
			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			while (at < CHANNEL_FDS && fds[at] >= 0)
				at++;
			if (at < CHANNEL_FDS)
				fds[at] = fd;
			else
				close(fd);
		}
	}
}

int channel_recv(int sock, void *out, size_t n, int fds[CHANNEL_FDS])
{
	for (size_t have = 0; have < n;) {
		union control control;
		struct iovec io = {(char *)out + have, n - have};
		struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
				   .msg_controllen = sizeof(control)};
		ssize_t got = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		take_fds(&m, fds);
		have += (size_t)got;
	}
	return 0;
}
