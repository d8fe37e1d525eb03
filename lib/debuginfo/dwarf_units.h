/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units of .debug_info, and of .debug_types, whose offsets go on where those of .debug_info end.
 */
#ifndef KMC_DWARF_UNITS_H
#define KMC_DWARF_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "debuginfo/sections.h"

/**
 * struct kmc_unit - a unit, by offsets in both
 * @start: header
 * @die: first DIE
 * @end: behind the last
 * @abbrev: its table in .debug_abbrev
 * @version: of DWARF
 * @offset_size: 4 or 8
 * @address_size: 4 or 8
 * @signature: of a type unit
 * @type: the DIE that it is for, 0: it is no type unit
 * @usable: it is no skeleton
 */
struct kmc_unit {
	uint64_t start;
	uint64_t die;
	uint64_t end;
	uint64_t abbrev;
	unsigned int version;
	unsigned int offset_size;
	unsigned int address_size;
	uint64_t signature;
	uint64_t type;
	bool usable;
};

struct kmc_units {
	struct kmc_unit *v;
	size_t count;
};

/*
 * @types: .debug_types, NULL: there is none. False: damaged, or out of memory, then @nomem is
 * set; free() @units->v.
 */
bool kmc_units_read(const struct kmc_section *info, const struct kmc_section *types,
		    uint64_t abbrev_size, struct kmc_units *units, bool *nomem);
/* The usable unit whose DIEs are around @die, NULL if there is none. */
const struct kmc_unit *kmc_units_find(const struct kmc_units *units,
				      uint64_t die);

#endif /* KMC_DWARF_UNITS_H */
