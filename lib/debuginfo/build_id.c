// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A build-ID as text, and where debug packages put what has it.
 */
#include "debuginfo/build_id.h"

#include <stdio.h>

void kmc_build_id_hex(char out[KMC_BUILD_ID_HEX], const uint8_t *bytes,
		      size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len && i < KMC_BUILD_ID_HEX / 2; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

char *kmc_build_id_path(const char *root, const uint8_t *id, size_t len)
{
	char hex[KMC_BUILD_ID_HEX];
	char *path;

	if (len < 2)
		return NULL;
	kmc_build_id_hex(hex, id, len);
	if (asprintf(&path, "%s/usr/lib/debug/.build-id/%.2s/%s.debug", root,
		     hex, hex + 2) < 0)
		return NULL;
	return path;
}
