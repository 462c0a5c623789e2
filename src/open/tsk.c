/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tsk.h"

struct input {
	TSK_IMG_INFO img; /* must be the first: the library knows no more of us */
	const struct reader *from;
};

static ssize_t input_read(TSK_IMG_INFO *img, TSK_OFF_T off, char *out, size_t n)
{
	const struct input *in = (const struct input *)(const void *)img;
	int64_t got = off < 0 ? -1 : reader_read(in->from, (uint64_t)off, out, n);

	if (got < 0) {
		tsk_error_reset();
		tsk_error_set_errno(TSK_ERR_IMG_READ);
		tsk_error_set_errstr("the image cannot be read at offset %lld", (long long)off);
	}
	return (ssize_t)got;
}

static void input_close(TSK_IMG_INFO *img)
{
	mem_free(img);
}

static void input_stat(TSK_IMG_INFO *img, FILE *to)
{
	(void)img;
	(void)to;
}

TSK_IMG_INFO *tsk_input(const struct reader *from)
{
	struct input *in = from->size <= INT64_MAX ? mem_alloc(sizeof(*in)) : NULL;

	if (!in)
		return NULL;
	in->from = from;
	TSK_IMG_INFO *img = tsk_img_open_external(&in->img, (TSK_OFF_T)from->size, 512, input_read,
						  input_close, input_stat);
	if (!img)
		mem_free(in);
	return img;
}

const char *tsk_why(char out[TSK_WHY])
{
	/* NULL where nothing failed */
	const char *text = tsk_error_get();
	struct view v = view_str(text ? text : "no reason given");

	v = view_sub(v, 0, strcspn((const char *)v.p, "\r\n"));
	v = view_sub(v, 0, TSK_WHY - 1);
	memcpy(out, v.p, v.n);
	out[v.n] = '\0';
	tsk_error_reset();
	return out;
}
