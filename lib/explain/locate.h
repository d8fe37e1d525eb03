/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which object an access was in.
 */
#ifndef KMC_LOCATE_H
#define KMC_LOCATE_H

#include "explain/access.h"

/* Fill in the candidates of the report. */
KMC_MUST_CHECK struct kmc_error *kmc_locate(struct kmc_access *access);

#endif /* KMC_LOCATE_H */
