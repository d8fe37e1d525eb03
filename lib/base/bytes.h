/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading numbers from bytes that may be damaged: nothing is read beyond the end,
 * and one look at @failed afterwards is enough, because what cannot be read is 0.
 */
#ifndef KMC_BYTES_H
#define KMC_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * struct kmc_bytes - a place in bytes in memory
 * @p: next byte
 * @end: behind the last
 * @failed: something did not fit; then nothing is left
 */
struct kmc_bytes {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

static inline void kmc_bytes_fail(struct kmc_bytes *bytes)
{
	bytes->failed = true;
	bytes->p = bytes->end;
}

static inline size_t kmc_bytes_left(const struct kmc_bytes *bytes)
{
	return bytes->end - bytes->p;
}

static inline void kmc_bytes_skip(struct kmc_bytes *bytes, uint64_t count)
{
	if (count > kmc_bytes_left(bytes))
		kmc_bytes_fail(bytes);
	else
		bytes->p += count;
}

/* x86 is little endian, and so is all that this reads; @size is 8 at most. */
static inline uint64_t kmc_bytes_number(struct kmc_bytes *bytes, unsigned int size)
{
	uint64_t value = 0;

	if (size > kmc_bytes_left(bytes)) {
		kmc_bytes_fail(bytes);
		return 0;
	}
	memcpy(&value, bytes->p, size);
	bytes->p += size;
	return value;
}

static inline uint8_t kmc_bytes_byte(struct kmc_bytes *bytes)
{
	if (bytes->p == bytes->end) {
		kmc_bytes_fail(bytes);
		return 0;
	}
	return *bytes->p++;
}

/* LEB128; the bits beyond 64 are lost. */
static inline uint64_t kmc_bytes_uleb(struct kmc_bytes *bytes)
{
	uint8_t byte = kmc_bytes_byte(bytes);
	uint64_t value = byte & 0x7f;

	for (unsigned int shift = 7; byte & 0x80; shift += 7) {
		byte = kmc_bytes_byte(bytes);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
	}
	return value;
}

static inline int64_t kmc_bytes_sleb(struct kmc_bytes *bytes)
{
	unsigned int shift = 0;
	uint64_t value = 0;
	uint8_t byte;

	do {
		byte = kmc_bytes_byte(bytes);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && byte & 0x40)
		value |= ~0ULL << shift;
	return value;
}

/* Borrowed; NULL when it does not end. */
static inline const char *kmc_bytes_string(struct kmc_bytes *bytes)
{
	const char *start = (const char *)bytes->p;
	const uint8_t *nul = memchr(bytes->p, 0, kmc_bytes_left(bytes));

	if (!nul) {
		kmc_bytes_fail(bytes);
		return NULL;
	}
	bytes->p = nul + 1;
	return start;
}

#endif /* KMC_BYTES_H */
