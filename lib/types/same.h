/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of two kernels that look alike, seen at once.
 */
#ifndef KMC_SAME_H
#define KMC_SAME_H

#include "types/types.h"

/*
 * struct kmc_same - two kernels
 * @known: id of a type of @a → that of @b which a member may have instead
 * @work: nodes that may still be read for this answer
 */
struct kmc_same {
	struct kmc_types *a;
	struct kmc_types *b;
	struct kmc_map known;
	unsigned long work;
};

void kmc_same_release(struct kmc_same *same);

/*
 * kmc_certainly_same() - kmc_compare() would find no difference in these two
 * @x: of the first, @y: of the second: a struct, a union, an enum or a typedef of one
 *
 * False: there may be none all the same. What was damaged is not the same.
 */
bool kmc_certainly_same(struct kmc_same *same, kmc_type_id x, kmc_type_id y);

#endif /* KMC_SAME_H */
