// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Texts by zstd.
 */
#include "packed.h"

#include <stdlib.h>
#include <zstd.h>

#include "../common/memory.h"

#define LEVEL		3
/* No report is as long. */
#define LENGTH_MAX	(64 << 20)

struct db_value packed(const char *text, size_t len)
{
	const size_t room = ZSTD_compressBound(len);
	char *out = xcalloc(1, room);
	const size_t n = ZSTD_compress(out, room, text, len, LEVEL);

	return (struct db_value) { .text = out, .len = ZSTD_isError(n) ? 0 : n, .blob = true };
}

char *unpacked(const struct db *db, const struct db_value *value)
{
	unsigned long long len = ZSTD_CONTENTSIZE_ERROR;
	char *out = NULL;
	size_t size = 0, n = 0;
	void *bytes;

	bytes = db_bytes(db, value, &size);
	if (bytes)
		len = ZSTD_getFrameContentSize(bytes, size);
	if (len <= LENGTH_MAX) {
		out = xcalloc(1, len + 1);
		n = ZSTD_decompress(out, len, bytes, size);
	}
	free(bytes);
	if (out && n == len)
		return out;
	free(out);
	return NULL;
}
