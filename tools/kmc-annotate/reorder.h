/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An order of the members of a struct in which it is smaller.
 */
#ifndef REORDER_H
#define REORDER_H

#include <kmc/kmc.h>

/*
 * struct unit - members that stay together: one, a run of bit-fields, or a declared group
 * @first, @count: in the struct
 * @size, @align: bytes
 * @was, @is: offset, in bytes
 */
struct unit {
	size_t first;
	size_t count;
	uint64_t size;
	uint64_t align;
	uint64_t was;
	uint64_t is;
};

/*
 * struct order - units in the better order
 * @size: of the struct then
 */
struct order {
	struct unit *v;
	size_t count;
	uint64_t size;
};

/* NULL, or why there is no better one, in words. @type: a complete struct. */
const char *reorder(struct kmc_types *types, const struct kmc_type *type, struct order *out);
void order_release(struct order *order);

#endif /* REORDER_H */
