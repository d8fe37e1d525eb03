/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report says against the debug info that it was resolved with.
 */
#ifndef KMC_DOUBTS_H
#define KMC_DOUBTS_H

#include "debuginfo/debuginfo.h"

/* Is vmlinux of another build? One whose build-ID is known to be right is not. */
KMC_MUST_CHECK struct kmc_error *
kmc_doubt_version(const struct kmc_debuginfo *di, struct kmc_report *report);

/* Has it, or a module, other functions than the report's? Symbols are loaded. */
KMC_MUST_CHECK struct kmc_error *
kmc_doubt_functions(const struct kmc_debuginfo *di, struct kmc_report *report);

#endif /* KMC_DOUBTS_H */
