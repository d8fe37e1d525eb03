/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An order of the members of a struct in which it is smaller.
 */
#ifndef REORDER_H
#define REORDER_H

#include <kmc/kmc.h>

#include "profile.h"

/*
 * struct unit - members that stay together: one, a run of bit-fields, or a declared group
 * @first, @count: in the struct
 * @size, @align: bytes
 * @was, @is: offset, in bytes
 * @heat: its part of all accesses, from 0 to 1
 */
struct unit {
	size_t first;
	size_t count;
	uint64_t size;
	uint64_t align;
	uint64_t was;
	uint64_t is;
	double heat;
};

/*
 * struct order - units in the better order
 * @size: of the struct then
 * @hot: those that are accessed come first
 */
struct order {
	struct unit *v;
	size_t count;
	uint64_t size;
	bool hot;
};

/*
 * reorder() - a better order of a complete struct
 * @heat: what is accessed shall come first, as long as that makes it no larger; NULL: nothing
 *	is known of it
 *
 * Return: NULL, or why there is no better one, in words.
 */
const char *reorder(struct kmc_types *types, const struct kmc_type *type,
		    const struct heat *heat, struct order *out);
void order_release(struct order *order);

#endif /* REORDER_H */
