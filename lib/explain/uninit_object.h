/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the object is whose uninitialised bytes KMSAN reports.
 */
#ifndef KMC_UNINIT_OBJECT_H
#define KMC_UNINIT_OBJECT_H

#include "explain/access.h"

/*
 * KMSAN says who allocated, but neither where the object is nor what was read of it: the type
 * is told by the allocation, the member by the loads that the code had checked.
 */
KMC_MUST_CHECK struct kmc_error *kmc_uninit_locate(struct kmc_access *access);

#endif /* KMC_UNINIT_OBJECT_H */
