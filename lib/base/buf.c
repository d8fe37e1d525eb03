// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Growable text and arrays.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

bool kmc_buf_reserve(struct kmc_buf *buf, size_t more)
{
	size_t need = buf->len + more + 1;
	size_t cap = buf->cap ? buf->cap : 64;
	char *data;

	if (buf->failed)
		return false;
	if (need <= buf->cap)
		return true;
	while (cap < need)
		cap *= 2;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void kmc_buf_add(struct kmc_buf *buf, const void *data, size_t len)
{
	if (!kmc_buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void kmc_buf_puts(struct kmc_buf *buf, const char *text)
{
	kmc_buf_add(buf, text, strlen(text));
}

void kmc_buf_putc(struct kmc_buf *buf, char c, size_t times)
{
	if (!kmc_buf_reserve(buf, times))
		return;
	memset(buf->data + buf->len, c, times);
	buf->len += times;
	buf->data[buf->len] = '\0';
}

void kmc_buf_vprintf(struct kmc_buf *buf, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0)
		buf->failed = true;
	else if (kmc_buf_reserve(buf, len))
		buf->len += vsnprintf(buf->data + buf->len, len + 1, fmt, again);
	va_end(again);
}

void kmc_buf_printf(struct kmc_buf *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kmc_buf_vprintf(buf, fmt, ap);
	va_end(ap);
}

void kmc_buf_release(struct kmc_buf *buf)
{
	free(buf->data);
	*buf = (struct kmc_buf) { };
}

struct kmc_error *kmc_buf_take(struct kmc_buf *buf, char **out)
{
	kmc_buf_add(buf, "", 0);
	if (buf->failed) {
		kmc_buf_release(buf);
		return kmc_error_nomem();
	}
	*out = buf->data;
	*buf = (struct kmc_buf) { };
	return NULL;
}

void *kmc_grow(void *array, size_t count, size_t elem)
{
	void **slot = array;
	void *data = *slot;

	/* Full exactly when count is 0 or a power of two. */
	if (!(count & (count - 1))) {
		size_t cap = count ? count * 2 : 1;

		data = reallocarray(data, cap, elem);
		if (!data)
			return NULL;
		*slot = data;
	}
	return memset((char *)data + count * elem, 0, elem);
}
