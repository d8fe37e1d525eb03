/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table from texts to numbers.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_slot {
	char *key;
	uint64_t value;
};

/* struct table - all zero is empty; @cap is a power of two */
struct table {
	struct table_slot *slots;
	size_t cap;
	size_t count;
};

/* The number of @key, 0 when it is new: it is there from then on. */
uint64_t *table_at(struct table *table, const char *key);
/* NULL: it is not there. */
const uint64_t *table_find(const struct table *table, const char *key);
void table_release(struct table *table);

#endif /* TABLE_H */
