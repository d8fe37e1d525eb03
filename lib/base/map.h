/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table from numbers to pointers.
 */
#ifndef KMC_MAP_H
#define KMC_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kmc_map_slot {
	uint64_t key;
	void *value;
};

/**
 * struct kmc_map - hash table from numbers to pointers; all zero is empty
 * @slots: NULL while empty; a slot without a value is free
 * @cap: slots, a power of two
 * @count: slots in use
 */
struct kmc_map {
	struct kmc_map_slot *slots;
	size_t cap;
	size_t count;
};

void *kmc_map_get(const struct kmc_map *map, uint64_t key);
/* @value must not be NULL and @key must be new; false: out of memory. */
bool kmc_map_put(struct kmc_map *map, uint64_t key, void *value);
/* Frees the values with @free_value, if that is not NULL. */
void kmc_map_release(struct kmc_map *map, void (*free_value)(void *value));

/* A key of bytes, by FNV-1a: @hash is that of what stands before them, or this. */
#define KMC_HASH_START	0xcbf29ce484222325ULL

static inline uint64_t kmc_hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 0x100000001b3ULL;
	return hash;
}

#endif /* KMC_MAP_H */
