/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario's logs in all the forms that are wished for. */
#include "media.h"

static int choose_host(struct scenario *s, const char *host)
{
	for (size_t i = 0; host && !s->only && i < s->n_hosts; i++)
		if (view_eq_str(s->hosts[i].key, host))
			s->only = &s->hosts[i];
	if (host && !s->only)
		return err_set(s->e, ERR_USAGE, 0, "%s: there is no host \"%s\"", s->name, host);
	return 0;
}

/* An image or an archive, of logs that are kept beside it until it is whole. */
static int write_medium(struct scenario *s, const struct forge_wish *w, const char *path,
			int (*write)(struct scenario *s, const struct forge_wish *w,
				     struct sc_file *files, struct buf *made),
			struct buf *made)
{
	struct sc_sink kept = {.dirfd = -1, .beside = path};
	int rc = sc_write(s, &kept, made);

	if (!rc)
		rc = write(s, w, kept.first, made);
	sc_sink_release(&kept);
	return rc;
}

static int write_wish(struct scenario *s, const void *ctx, struct buf *made)
{
	const struct forge_wish *w = ctx;
	struct sc_sink folder = {.dirfd = w->dirfd};

	if (choose_host(s, w->host))
		return -1;
	if (w->dirfd >= 0 && sc_write(s, &folder, made))
		return -1;
	if (w->archive && write_medium(s, w, w->archive, sc_write_archive, made))
		return -1;
	if (w->image && write_medium(s, w, w->image, sc_write_image, made))
		return -1;
	return 0;
}

int forge_evidence(struct view text, const char *name, const struct forge_wish *w, struct buf *made,
		   struct err *e)
{
	struct sc_job job = {write_wish, w, made};

	if (w->image && !w->filler)
		return err_set(e, ERR_UNSUPPORTED, 0,
			       "%s: disk images need the program evtxhound-ntfs, which is not there: "
			       "apt-get install ntfs-3g-dev ntfs-3g, and build evtxhound again",
			       w->image);
	return sc_forge(text, name, &job, e);
}
