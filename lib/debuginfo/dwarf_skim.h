/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of a unit, without looking at every attribute.
 */
#ifndef KMC_DWARF_SKIM_H
#define KMC_DWARF_SKIM_H

#include "debuginfo/image.h"
#include "debuginfo/ranges.h"

/**
 * kmc_skim_functions() - find the functions that have code in a unit
 * @image: whose debug info it is
 * @cu: unit
 * @ranges: gets the addresses of each; untouched when false is returned
 * @nomem: set when memory ran out
 *
 * Return: false when libdw has to do it.
 */
bool kmc_skim_functions(struct kmc_image *image, Dwarf_Die *cu,
			struct kmc_ranges *ranges, bool *nomem);

#endif /* KMC_DWARF_SKIM_H */
