/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes that another checker than kmemcheck shows, as the memory and shadow of a report.
 */
#ifndef KMC_SHOWN_BYTES_H
#define KMC_SHOWN_BYTES_H

#include "debuginfo/debuginfo.h"

/*
 * What KASAN's shadow and SLUB's rows say of the object becomes @report->memory and
 * @report->shadow, so that members are laid over it. Nothing is taken from hashes.
 */
KMC_MUST_CHECK struct kmc_error *kmc_shown_fill(struct kmc_report *report);

/* What the bytes that were overwritten are: text, a pointer by its name, a number. */
KMC_MUST_CHECK struct kmc_error *kmc_overwritten_say(struct kmc_debuginfo *di,
						     struct kmc_report *report);

#endif /* KMC_SHOWN_BYTES_H */
