// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the name of a member to its place, in DWARF.
 */
#include "explain/member_name.h"

#include <dwarf.h>
#include <string.h>

#include "debuginfo/die.h"

#define MAX_DEPTH	16
#define MAX_MEMBERS	8192

static uint64_t number(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attr) || dwarf_formudata(&attr, &value))
		return 0;
	return value;
}

/* Bit-fields of DWARF 3 count from the other end. */
static void take_bits(Dwarf_Die *member, struct kmc_member_place *out)
{
	out->is_bits = dwarf_hasattr(member, DW_AT_bit_size);
	out->bit = number(member, DW_AT_data_bit_offset);
	if (dwarf_hasattr(member, DW_AT_bit_offset))
		out->bit = 8 * kmc_die_size(&out->type) - number(member, DW_AT_bit_offset) -
			   number(member, DW_AT_bit_size);
}

static bool find(Dwarf_Die *type, const char *name, size_t len, int depth,
		 struct kmc_member_place *out)
{
	Dwarf_Die member;
	int steps = 0;

	if (depth > MAX_DEPTH || !kmc_die_is_aggregate(type) || !kmc_die_child(type, &member))
		return false;
	do {
		const char *own = dwarf_diename(&member);
		const uint64_t offset = number(&member, DW_AT_data_member_location);
		Dwarf_Die of;

		if (dwarf_tag(&member) != DW_TAG_member || !kmc_die_type(&member, &of) ||
		    !kmc_die_peel(&of, &of))
			continue;
		if (own && !strncmp(own, name, len) && !own[len]) {
			*out = (struct kmc_member_place) { .type = of, .offset = offset };
			take_bits(&member, out);
			return true;
		}
		if (!own && find(&of, name, len, depth + 1, out)) {
			out->offset += offset;
			return true;
		}
	} while (++steps < MAX_MEMBERS && kmc_die_next(&member));
	return false;
}

bool kmc_member_named(Dwarf_Die *type, const char *name, size_t len,
		      struct kmc_member_place *out)
{
	return len && find(type, name, len, 0, out);
}
