/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object that the reported bytes were copied from, and the members of all ranges.
 */
#ifndef KMC_COPIED_H
#define KMC_COPIED_H

#include "debuginfo/debuginfo.h"

/* What the source may be. */
KMC_MUST_CHECK struct kmc_error *kmc_copied_locate(struct kmc_debuginfo *di,
						   struct kmc_report *report);

/* What each range of the access is of, by what the objects are. */
KMC_MUST_CHECK struct kmc_error *kmc_runs_name(struct kmc_report *report);

#endif /* KMC_COPIED_H */
