/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which operand of an instruction could not be used, and which register is to blame.
 */
#ifndef KMC_FAULT_OPERAND_H
#define KMC_FAULT_OPERAND_H

#include "explain/access.h"

/*
 * Fill in what the report's fault is, but for what debug info says of it, and the operand
 * of the access. Where the fault was in KASAN's shadow, the access becomes the one that was
 * checked; where a bad pointer was called, the call.
 */
KMC_MUST_CHECK struct kmc_error *kmc_fault_operand(struct kmc_access *access);

#endif /* KMC_FAULT_OPERAND_H */
