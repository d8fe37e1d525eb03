/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growable text and arrays.
 */
#ifndef KMC_BUF_H
#define KMC_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "kmc/error.h"

/*
 * struct kmc_buf - bytes that grow
 * @data: NULL while empty; always followed by a NUL that @len does not count
 * @len: bytes used
 * @cap: bytes allocated
 * @failed: memory ran out once; everything later is ignored, so that a printer
 *	checks once, at its end
 *
 * All zero is a valid empty buffer.
 */
struct kmc_buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
};

void kmc_buf_add(struct kmc_buf *buf, const void *data, size_t len);
void kmc_buf_puts(struct kmc_buf *buf, const char *text);
void kmc_buf_putc(struct kmc_buf *buf, char c, size_t times);
KMC_PRINTF(2, 3) void kmc_buf_printf(struct kmc_buf *buf, const char *fmt, ...);
KMC_PRINTF(2, 0) void kmc_buf_vprintf(struct kmc_buf *buf, const char *fmt,
				      va_list ap);
bool kmc_buf_reserve(struct kmc_buf *buf, size_t more);
void kmc_buf_release(struct kmc_buf *buf);

/*
 * kmc_buf_take() - hand the text over and leave the buffer empty
 * @buf: the buffer
 * @out: its text, never NULL on success, to be freed with free()
 */
KMC_MUST_CHECK struct kmc_error *kmc_buf_take(struct kmc_buf *buf, char **out);

/*
 * kmc_grow() - make room for one more element of an array
 * @array: address of the pointer to the array, which changes when it grows
 * @count: elements in use
 * @elem: bytes of an element
 *
 * Arrays grow at powers of two, so that no capacity has to be kept. The new
 * element is zeroed; the caller increments @count.
 *
 * Return: the new element, or NULL when out of memory (@array stays valid).
 */
void *kmc_grow(void *array, size_t count, size_t elem);

#endif /* KMC_BUF_H */
