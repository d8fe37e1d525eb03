/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults, and what the kernel itself asserts.
 */
#ifndef KMC_FAULT_H
#define KMC_FAULT_H

#include "base/buf.h"
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

/* The three texts become those of the verdict; the buffers are released. */
KMC_MUST_CHECK struct kmc_error *kmc_verdict_take(struct kmc_verdict *verdict,
						  struct kmc_buf *headline, struct kmc_buf *why,
						  struct kmc_buf *next);

/* "; used in f() (file:line)", as the innermost function that is to blame */
void kmc_put_culprit(struct kmc_buf *buf, const struct kmc_report *report);

#endif /* KMC_FAULT_H */
