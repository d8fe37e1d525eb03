/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which registers a call changes.
 */
#ifndef KMC_CALLEES_H
#define KMC_CALLEES_H

#include "code/code.h"
#include "code/insn.h"

/**
 * kmc_callee_changes() - the registers that a call may change
 * @code: of the image; keeps the answer
 * @callee: where it goes
 * @out: a bit for each; of those that every function keeps by the ABI, none
 */
KMC_MUST_CHECK struct kmc_error *
kmc_callee_changes(struct kmc_code *code, uint64_t callee, uint32_t *out);

#endif /* KMC_CALLEES_H */
