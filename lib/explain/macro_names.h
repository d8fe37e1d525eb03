/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source calls a number.
 */
#ifndef KMC_MACRO_NAMES_H
#define KMC_MACRO_NAMES_H

#include "debuginfo/image.h"
#include "kmc/report.h"

/* Names from macros */
KMC_MUST_CHECK struct kmc_error *
kmc_macro_names(struct kmc_image *image, const struct kmc_report *report,
		uint64_t number, struct kmc_value *value);

#endif /* KMC_MACRO_NAMES_H */
