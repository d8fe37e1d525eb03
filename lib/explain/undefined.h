/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source has where UBSAN reports.
 */
#ifndef KMC_UNDEFINED_H
#define KMC_UNDEFINED_H

#include "debuginfo/debuginfo.h"

/*
 * Fill in @report->undefined: the array and its index, or the operands of a shift. The
 * report names line and column; where debug info has another line, nothing is said.
 */
KMC_MUST_CHECK struct kmc_error *kmc_undefined_find(struct kmc_debuginfo *di,
						    struct kmc_report *report);

#endif /* KMC_UNDEFINED_H */
