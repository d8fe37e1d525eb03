/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile text made printable.
 */
#ifndef KMC_ESCAPE_H
#define KMC_ESCAPE_H

#include <stdint.h>

#include "base/buf.h"

/* As kmc_escape() does, @len bytes; @ascii: nothing beyond ASCII either. */
void kmc_buf_escape(struct kmc_buf *buf, const char *text, size_t len,
		    bool ascii);

/*
 * kmc_utf8_decode() - the first character of a text
 * @text: where it starts
 * @len: bytes there are, at least 1
 * @bytes: set to its length
 *
 * Return: the code point, or -1 when this is not valid UTF-8 (@bytes is 1).
 */
int32_t kmc_utf8_decode(const char *text, size_t len, size_t *bytes);

/* Columns on a terminal of a character, and of @len bytes of text without controls. */
unsigned int kmc_utf8_width(int32_t cp);
size_t kmc_utf8_columns(const char *text, size_t len);

#endif /* KMC_ESCAPE_H */
