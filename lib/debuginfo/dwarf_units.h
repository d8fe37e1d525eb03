/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units of .debug_info.
 */
#ifndef KMC_DWARF_UNITS_H
#define KMC_DWARF_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "debuginfo/sections.h"

/**
 * struct kmc_unit - a unit, by offsets in .debug_info
 * @start: header
 * @die: first DIE
 * @end: behind the last
 * @abbrev: its table in .debug_abbrev
 * @version: of DWARF
 * @offset_size: 4 or 8
 * @address_size: 4 or 8
 * @usable: a compile or partial unit
 */
struct kmc_unit {
	uint64_t start;
	uint64_t die;
	uint64_t end;
	uint64_t abbrev;
	unsigned int version;
	unsigned int offset_size;
	unsigned int address_size;
	bool usable;
};

struct kmc_units {
	struct kmc_unit *v;
	size_t count;
};

/* False: damaged, or out of memory, then @nomem is set; free() @units->v. */
bool kmc_units_read(const struct kmc_section *info, uint64_t abbrev_size,
		    struct kmc_units *units, bool *nomem);
/* The usable unit whose DIEs are around @die, NULL if there is none. */
const struct kmc_unit *kmc_units_find(const struct kmc_units *units,
				      uint64_t die);

#endif /* KMC_DWARF_UNITS_H */
