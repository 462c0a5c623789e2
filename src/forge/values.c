/* SPDX-License-Identifier: Apache-2.0 */
#include "evtx-write.h"

void bx_values_init(struct bx_values *v)
{
	buf_init(&v->data, 0);
	v->n = 0;
	v->too_long = false;
}

void bx_values_release(struct bx_values *v)
{
	buf_release(&v->data);
}

void bx_values_claim(struct bx_values *v, uint8_t type, size_t before)
{
	size_t n = v->data.n - before;

	if (n > UINT16_MAX || v->n >= BX_VALUES_MAX) {
		v->too_long = true;
		return;
	}
	v->size[v->n] = (uint16_t)n;
	v->type[v->n++] = type;
}

void bx_values_add(struct bx_values *v, uint8_t type, const void *p, size_t n)
{
	size_t before = v->data.n;

	if (n)
		buf_add(&v->data, p, n);
	bx_values_claim(v, type, before);
}

void bx_values_end(const struct bx_values *v, struct buf *out)
{
	buf_u32(out, (uint32_t)v->n);
	for (size_t i = 0; i < v->n; i++) {
		buf_u16(out, v->size[i]);
		buf_byte(out, v->type[i]);
		buf_byte(out, 0);
	}
	buf_view(out, buf_data(&v->data));
	out->bad |= v->data.bad;
}
