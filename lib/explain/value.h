/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The members that a report shows.
 */
#ifndef KMC_VALUE_H
#define KMC_VALUE_H

#include "debuginfo/debuginfo.h"

/* Values of the best candidate */
KMC_MUST_CHECK struct kmc_error *kmc_values_fill(struct kmc_debuginfo *di,
						 struct kmc_report *report);

#endif /* KMC_VALUE_H */
