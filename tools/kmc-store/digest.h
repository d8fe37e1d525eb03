/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A name for any bytes: 128-bit FNV-1a. It tells reports apart; it is no signature.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Hexadecimal digits, and a NUL. */
#define DIGEST_SIZE	33

struct digest {
	unsigned __int128 value;
};

#define DIGEST_WORDS(a, b)	(((unsigned __int128)(a) << 64) | (b))
#define DIGEST_PRIME		DIGEST_WORDS(0x0000000001000000ULL, 0x000000000000013bULL)
#define DIGEST_INIT		{ DIGEST_WORDS(0x6c62272e07bb0142ULL, 0x62b821756295c58dULL) }

static inline void digest_add(struct digest *digest, const void *data, size_t len)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < len; i++)
		digest->value = (digest->value ^ at[i]) * DIGEST_PRIME;
	/* What follows is another part, wherever this one ends. */
	digest->value = (digest->value ^ 0xff) * DIGEST_PRIME;
	digest->value = (digest->value ^ (len & 0xff)) * DIGEST_PRIME;
}

static inline void digest_text(struct digest digest, char out[DIGEST_SIZE])
{
	snprintf(out, DIGEST_SIZE, "%016" PRIx64 "%016" PRIx64, (uint64_t)(digest.value >> 64),
		 (uint64_t)digest.value);
}

#endif /* DIGEST_H */
