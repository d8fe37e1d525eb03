// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hash table from numbers to pointers: open addressing, never more than half
 * full, no removal.
 */
#include "base/map.h"

#include <stdlib.h>

/* Fibonacci hashing: addresses differ in their low bits, the product spreads
 * them over the high ones.
 */
static size_t map_start(const struct kmc_map *map, uint64_t key)
{
	return (key * 0x9e3779b97f4a7c15ULL) >> 32 & (map->cap - 1);
}

static struct kmc_map_slot *map_slot(const struct kmc_map *map, uint64_t key)
{
	size_t i = map_start(map, key);

	while (map->slots[i].value && map->slots[i].key != key)
		i = (i + 1) & (map->cap - 1);
	return &map->slots[i];
}

static bool map_grow(struct kmc_map *map)
{
	struct kmc_map bigger = { .cap = map->cap ? map->cap * 2 : 64 };

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].value)
			*map_slot(&bigger, map->slots[i].key) = map->slots[i];
	bigger.count = map->count;
	free(map->slots);
	*map = bigger;
	return true;
}

void *kmc_map_get(const struct kmc_map *map, uint64_t key)
{
	return map->slots ? map_slot(map, key)->value : NULL;
}

bool kmc_map_put(struct kmc_map *map, uint64_t key, void *value)
{
	if (map->count >= map->cap / 2 && !map_grow(map))
		return false;
	*map_slot(map, key) = (struct kmc_map_slot){ key, value };
	map->count++;
	return true;
}

void kmc_map_release(struct kmc_map *map, void (*free_value)(void *value))
{
	for (size_t i = 0; free_value && i < map->cap; i++)
		if (map->slots[i].value)
			free_value(map->slots[i].value);
	free(map->slots);
	*map = (struct kmc_map){ };
}
