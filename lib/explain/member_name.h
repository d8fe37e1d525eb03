/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of a type in DWARF, by name.
 */
#ifndef KMC_MEMBER_NAME_H
#define KMC_MEMBER_NAME_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct kmc_member_place - where a member is
 * @type: of it, typedefs and qualifiers taken off
 * @offset: of it
 * @is_bits: it is a bit-field
 * @bit: which begins so many bits behind @offset
 */
struct kmc_member_place {
	Dwarf_Die type;
	uint64_t offset;
	bool is_bits;
	uint64_t bit;
};

/* Also those of anonymous structs and unions in it; false: there is none. */
bool kmc_member_named(Dwarf_Die *type, const char *name, size_t len,
		      struct kmc_member_place *out);

#endif /* KMC_MEMBER_NAME_H */
