/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames whose name several functions have.
 */
#ifndef KMC_NAMESAKES_H
#define KMC_NAMESAKES_H

#include "debuginfo/debuginfo.h"

/*
 * What kmc_symbolize_report() had to leave open is settled by the code: by who calls
 * whom, and by what the instruction does.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_settle_namesakes(struct kmc_debuginfo *di, struct kmc_report *report);

#endif /* KMC_NAMESAKES_H */
