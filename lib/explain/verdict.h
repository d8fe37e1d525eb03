/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report comes to.
 */
#ifndef KMC_VERDICT_H
#define KMC_VERDICT_H

#include "base/buf.h"
#include "kmc/report.h"

/* What it comes to */
KMC_MUST_CHECK struct kmc_error *kmc_verdict_fill(struct kmc_report *report);

/* The same for a report of another checker, by what that calls the error. */
KMC_MUST_CHECK struct kmc_error *kmc_verdict_checked(struct kmc_report *report);

/* What such a checker says, and no more. */
KMC_MUST_CHECK struct kmc_error *kmc_verdict_plain(struct kmc_report *report);

/* The three texts become those of the verdict; the buffers are released. */
KMC_MUST_CHECK struct kmc_error *
kmc_verdict_take(struct kmc_verdict *verdict, struct kmc_buf *headline, struct kmc_buf *why,
		 struct kmc_buf *next);

#endif /* KMC_VERDICT_H */
