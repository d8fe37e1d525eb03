// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one DIE says, and walks over its neighbours that damaged debug info cannot
 * make endless.
 */
#include "debuginfo/die.h"

#include <dwarf.h>

#define MAX_PEEL		32
#define MAX_DIMENSIONS		16
#define MAX_MEMBERS		8192

/* libdw goes wherever DW_AT_sibling points: only forwards is good. */
bool kmc_die_next(Dwarf_Die *die)
{
	const Dwarf_Off before = dwarf_dieoffset(die);
	Dwarf_Die next;

	if (dwarf_siblingof(die, &next) || dwarf_dieoffset(&next) <= before)
		return false;
	*die = next;
	return true;
}

bool kmc_die_child(Dwarf_Die *die, Dwarf_Die *child)
{
	return !dwarf_child(die, child) &&
	       dwarf_dieoffset(child) > dwarf_dieoffset(die);
}

/* A block that says no addresses may still hold one that does. */
bool kmc_die_covers(Dwarf_Die *die, Dwarf_Addr address)
{
	if (dwarf_haspc(die, address) == 1)
		return true;
	return dwarf_tag(die) == DW_TAG_lexical_block &&
	       !dwarf_hasattr(die, DW_AT_low_pc) &&
	       !dwarf_hasattr(die, DW_AT_ranges);
}

bool kmc_die_type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attr),
				 type);
}

bool kmc_die_peel(Dwarf_Die *type, Dwarf_Die *out)
{
	Dwarf_Die die = *type;

	for (int i = 0; i < MAX_PEEL; i++) {
		switch (dwarf_tag(&die)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			if (!kmc_die_type(&die, &die))
				return false;
			break;
		case DW_TAG_invalid:
			return false;
		default:
			*out = die;
			return true;
		}
	}
	return false;
}

bool kmc_die_pointee(Dwarf_Die *type, Dwarf_Die *target)
{
	Dwarf_Die die;

	if (!kmc_die_peel(type, &die) || dwarf_tag(&die) != DW_TAG_pointer_type ||
	    !kmc_die_type(&die, &die) || !kmc_die_peel(&die, &die))
		return false;
	*target = die;
	return true;
}

bool kmc_die_is_aggregate(Dwarf_Die *die)
{
	const int tag = dwarf_tag(die);

	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

/* Elements of one dimension; 0: it is flexible, or damaged. */
static uint64_t range_count(Dwarf_Die *range)
{
	Dwarf_Attribute attr;
	Dwarf_Word bound;

	/* GCC gives the last index, clang the count. */
	if (!dwarf_attr(range, DW_AT_upper_bound, &attr) && !dwarf_attr(range, DW_AT_count, &attr))
		return 0;
	if (dwarf_formudata(&attr, &bound) || bound > INT32_MAX)
		return 0;
	return bound + (dwarf_whatattr(&attr) == DW_AT_upper_bound);
}

size_t kmc_die_dimensions(Dwarf_Die *array, uint64_t *counts, size_t max)
{
	Dwarf_Die range;
	size_t n = 0;

	if (!kmc_die_child(array, &range))
		return 0;
	do {
		if (dwarf_tag(&range) == DW_TAG_subrange_type)
			counts[n++] = range_count(&range);
	} while (n < max && kmc_die_next(&range));
	return n;
}

/* Elements of an array in all dimensions; 0: it is flexible, or damaged. */
static uint64_t array_count(Dwarf_Die *array)
{
	uint64_t counts[MAX_DIMENSIONS], count = 1;
	const size_t n = kmc_die_dimensions(array, counts, MAX_DIMENSIONS);

	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(count, counts[i], &count))
			return 0;
	return n ? count : 0;
}

uint64_t kmc_die_size(Dwarf_Die *type)
{
	uint64_t count = 1;
	Dwarf_Die element = *type;
	int size;

	if (dwarf_tag(type) == DW_TAG_array_type) {
		count = array_count(type);
		if (!kmc_die_type(type, &element) ||
		    !kmc_die_peel(&element, &element))
			return 0;
	}
	size = dwarf_bytesize(&element);
	if (size <= 0 || __builtin_mul_overflow(count, size, &count))
		return 0;
	return count;
}

static bool is_flexible(Dwarf_Die *type, uint64_t *start, int depth)
{
	Dwarf_Die member, last;
	Dwarf_Attribute attr;
	Dwarf_Word at = 0;
	int steps = 0;
	bool any = false;

	if (dwarf_tag(type) == DW_TAG_array_type)
		return !array_count(type);
	if (!depth || !kmc_die_is_aggregate(type) || !kmc_die_child(type, &member))
		return false;
	do {
		if (dwarf_tag(&member) != DW_TAG_member)
			continue;
		last = member;
		any = true;
	} while (++steps < MAX_MEMBERS && kmc_die_next(&member));
	if (!any || (dwarf_attr(&last, DW_AT_data_member_location, &attr) &&
		     dwarf_formudata(&attr, &at)) ||
	    !kmc_die_type(&last, &last) || !kmc_die_peel(&last, &last))
		return false;
	*start += at;
	return is_flexible(&last, start, depth - 1);
}

bool kmc_die_is_flexible(Dwarf_Die *type, uint64_t *start)
{
	*start = 0;
	return kmc_die_is_aggregate(type) && is_flexible(type, start, MAX_PEEL);
}
