// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hash table from texts to numbers.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

static uint64_t hash_of(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	while (*key)
		hash = (hash ^ (unsigned char)*key++) * 0x100000001b3ULL;
	return hash ^ hash >> 32;
}

/* Where @key is, or would be; there is always a free slot. */
static struct table_slot *slot_of(const struct table *table, const char *key)
{
	size_t i = hash_of(key);

	for (;; i++) {
		struct table_slot *slot = &table->slots[i & (table->cap - 1)];

		if (!slot->key || !strcmp(slot->key, key))
			return slot;
	}
}

static void grow(struct table *table)
{
	struct table old = *table;

	table->cap = old.cap ? 2 * old.cap : 64;
	table->slots = xcalloc(table->cap, sizeof(*table->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].key)
			*slot_of(table, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

uint64_t *table_at(struct table *table, const char *key)
{
	struct table_slot *slot;

	if (4 * (table->count + 1) > 3 * table->cap)
		grow(table);
	slot = slot_of(table, key);
	if (!slot->key) {
		slot->key = xstrdup(key);
		table->count++;
	}
	return &slot->value;
}

const uint64_t *table_find(const struct table *table, const char *key)
{
	const struct table_slot *slot = table->cap ? slot_of(table, key) : NULL;

	return slot && slot->key ? &slot->value : NULL;
}

void table_release(struct table *table)
{
	for (size_t i = 0; i < table->cap; i++)
		free(table->slots[i].key);
	free(table->slots);
	*table = (struct table) { };
}
