/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies at bytes of a message or packet, by what the bytes around them say.
 */
#ifndef KMC_INSIDE_H
#define KMC_INSIDE_H

#include "base/buf.h"
#include "kmc/report.h"

/* Fills in @report->inside and how sure it is, if the report is of a message or packet. */
KMC_MUST_CHECK struct kmc_error *kmc_inside_say(struct kmc_report *report);

/* The same of any byte. Nothing is added to @buf when the bytes do not say it. */
void kmc_inside_at(const struct kmc_report *report, uint64_t address, struct kmc_buf *buf,
		   enum kmc_confidence *sure);

#endif /* KMC_INSIDE_H */
