/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types from DWARF of a file that is open.
 */
#ifndef KMC_LAYOUT_DWARF_H
#define KMC_LAYOUT_DWARF_H

#include "kmc/layout.h"

/* As in sections.h. */
struct kmc_image;

/* kmc_types_open_dwarf() of a file that is open already, and stays so. */
KMC_MUST_CHECK struct kmc_error *
kmc_types_of_image(struct kmc_image *image, const char *path,
		   struct kmc_types **out);

#endif /* KMC_LAYOUT_DWARF_H */
