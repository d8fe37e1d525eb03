/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who wanted memory, or gave it back; see also kmc_track_caller().
 */
#ifndef KMC_ALLOCATION_SITE_H
#define KMC_ALLOCATION_SITE_H

#include "kmc/report.h"

/* Is this the slab allocator's own code? */
bool kmc_in_allocator(const struct kmc_location *where);

/* Past the allocator and what wraps it; the very first level if there is nothing else. */
struct kmc_site kmc_track_site(const struct kmc_track *track);

/* Who freed it: where RCU did, who had asked it to. */
const struct kmc_track *kmc_report_freer(const struct kmc_report *report);

/* Was it asked for as a number of elements? */
bool kmc_track_is_array(const struct kmc_track *track);

#endif /* KMC_ALLOCATION_SITE_H */
