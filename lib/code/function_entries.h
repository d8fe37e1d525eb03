/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edges into a function elsewhere than at its start.
 */
#ifndef KMC_FUNCTION_ENTRIES_H
#define KMC_FUNCTION_ENTRIES_H

#include "code/control_flow.h"

/*
 * Why control may get into the function elsewhere than at its start, or NULL; @code
 * keeps the answer.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_function_entries(struct kmc_code *code, const struct kmc_cfg *cfg,
		     const char **why_not);

#endif /* KMC_FUNCTION_ENTRIES_H */
