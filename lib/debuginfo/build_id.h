/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A build-ID as text and as a path.
 */
#ifndef KMC_BUILD_ID_H
#define KMC_BUILD_ID_H

#include <stddef.h>
#include <stdint.h>

/* Hexadecimal digits of the longest build-ID, and a NUL. */
#define KMC_BUILD_ID_HEX	129

void kmc_build_id_hex(char out[KMC_BUILD_ID_HEX], const uint8_t *bytes,
		      size_t len);
/* Where debug packages put what has a build-ID; NULL: no build-ID, or no memory. */
char *kmc_build_id_path(const char *root, const uint8_t *id, size_t len);

#endif /* KMC_BUILD_ID_H */
