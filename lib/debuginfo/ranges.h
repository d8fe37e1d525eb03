/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address ranges of DIEs, sorted for search.
 */
#ifndef KMC_RANGES_H
#define KMC_RANGES_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/**
 * struct kmc_range - addresses from @lo up to but not including @hi
 * @lo: first address
 * @hi: behind the last
 * @die: offset of the DIE that covers them
 * @max_hi: largest @hi up to and including this one, set by kmc_ranges_sort()
 */
struct kmc_range {
	uint64_t lo;
	uint64_t hi;
	uint64_t max_hi;
	Dwarf_Off die;
};

struct kmc_ranges {
	struct kmc_range *v;
	size_t count;
};

/* One range of the DIE at @die, unless it is empty; false: out of memory. */
bool kmc_ranges_push(struct kmc_ranges *ranges, uint64_t lo, uint64_t hi,
		     Dwarf_Off die);
/* All ranges of a DIE; false: out of memory. Damaged ranges are left out. */
bool kmc_ranges_add(struct kmc_ranges *ranges, Dwarf_Die *die);
void kmc_ranges_sort(struct kmc_ranges *ranges);
/* The smallest range around @address, NULL if there is none. */
const struct kmc_range *kmc_ranges_find(const struct kmc_ranges *ranges,
					uint64_t address);
void kmc_ranges_release(struct kmc_ranges *ranges);

#endif /* KMC_RANGES_H */
