// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Address ranges of DIEs, sorted for search; they may overlap and nest.
 */
#include "debuginfo/ranges.h"

#include <stdlib.h>

#include "base/buf.h"

/* A DIE of a damaged file may claim any number of ranges. */
#define MAX_RANGES_PER_DIE	65536

bool kmc_ranges_push(struct kmc_ranges *ranges, uint64_t lo, uint64_t hi,
		     Dwarf_Off die)
{
	struct kmc_range *range;

	if (lo >= hi)
		return true;
	range = kmc_grow(&ranges->v, ranges->count, sizeof(*range));
	if (!range)
		return false;
	*range = (struct kmc_range) { .lo = lo, .hi = hi, .die = die };
	ranges->count++;
	return true;
}

bool kmc_ranges_add(struct kmc_ranges *ranges, Dwarf_Die *die)
{
	ptrdiff_t offset = 0;
	Dwarf_Addr base, lo, hi;

	for (int n = 0; n < MAX_RANGES_PER_DIE; n++) {
		offset = dwarf_ranges(die, offset, &base, &lo, &hi);
		if (offset <= 0)
			break;
		if (!kmc_ranges_push(ranges, lo, hi, dwarf_dieoffset(die)))
			return false;
	}
	return true;
}

static int range_compare(const void *pa, const void *pb)
{
	const struct kmc_range *a = pa, *b = pb;

	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	if (a->hi != b->hi)
		return a->hi > b->hi ? -1 : 1;
	return a->die < b->die ? -1 : a->die > b->die;
}

void kmc_ranges_sort(struct kmc_ranges *ranges)
{
	uint64_t max_hi = 0;

	if (ranges->count)
		qsort(ranges->v, ranges->count, sizeof(*ranges->v),
		      range_compare);
	for (size_t i = 0; i < ranges->count; i++) {
		if (ranges->v[i].hi > max_hi)
			max_hi = ranges->v[i].hi;
		ranges->v[i].max_hi = max_hi;
	}
}

const struct kmc_range *kmc_ranges_find(const struct kmc_ranges *ranges,
					uint64_t address)
{
	const struct kmc_range *best = NULL;
	size_t lo = 0, hi = ranges->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ranges->v[mid].lo <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo-- > 0 && ranges->v[lo].max_hi > address) {
		const struct kmc_range *range = &ranges->v[lo];

		if (range->hi > address &&
		    (!best || range->hi - range->lo < best->hi - best->lo))
			best = range;
	}
	return best;
}

void kmc_ranges_release(struct kmc_ranges *ranges)
{
	free(ranges->v);
	*ranges = (struct kmc_ranges){ };
}
