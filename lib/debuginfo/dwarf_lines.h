/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line tables.
 */
#ifndef KMC_DWARF_LINES_H
#define KMC_DWARF_LINES_H

#include "debuginfo/image.h"
#include "kmc/report.h"

struct kmc_lines;

/* The table of a unit, kept by @image; NULL: none that is understood, or no memory. */
struct kmc_lines *kmc_image_lines(struct kmc_image *image, Dwarf_Die *cu);
/* The row that @address (not biased) belongs to; false: none. */
bool kmc_lines_find(const struct kmc_lines *lines, Dwarf_Addr address,
		    uint64_t *file, struct kmc_location *at);
/* Its path as kmc_source_path() has it, borrowed; NULL: none, or no memory. */
const char *kmc_lines_path(struct kmc_image *image, struct kmc_lines *lines,
			   uint64_t file);

#endif /* KMC_DWARF_LINES_H */
