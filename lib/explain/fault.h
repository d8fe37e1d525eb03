/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults, and what the kernel itself asserts.
 */
#ifndef KMC_FAULT_H
#define KMC_FAULT_H

#include "debuginfo/debuginfo.h"

/* A fault, or an assertion: kmc_fault_explain() is for it. */
bool kmc_fault_is(const struct kmc_report *report);

/* All that can be found out, and what it comes to. */
KMC_MUST_CHECK struct kmc_error *kmc_fault_explain(struct kmc_debuginfo *di,
						   struct kmc_report *report);

/* Says it: headline, why, next. The fault is known. */
KMC_MUST_CHECK struct kmc_error *kmc_fault_say(struct kmc_report *report);

/* The same of an assertion: a list, a reference count, BUG(), WARN(). */
KMC_MUST_CHECK struct kmc_error *kmc_assertion_say(struct kmc_debuginfo *di,
						   struct kmc_report *report);

#endif /* KMC_FAULT_H */
