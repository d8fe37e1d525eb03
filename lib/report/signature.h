/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes two reports the same bug; see also kmc/output.h.
 */
#ifndef KMC_SIGNATURE_H
#define KMC_SIGNATURE_H

#include "kmc/output.h"

/*
 * kmc_signature() with the place in the object: "struct sigqueue", "info.si_code";
 * NULL where it is not known.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_signature_at(const struct kmc_report *report, const char *type,
		 const char *path, char **out);

/*
 * The same before anything was found out about the report; NULL in @out if that might change
 * it.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_signature_as_read(const struct kmc_report *report, char **out);

#endif /* KMC_SIGNATURE_H */
