/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: more instructions in the same fault.
 */
#ifndef _X86_KMEMCHECK_BATCH_H
#define _X86_KMEMCHECK_BATCH_H

#include <linux/kmemcheck_engine.h>

#include "insn/decode.h"

extern u8 kmemcheck_batch;

/* How many instructions in a row need not access tracked memory behind this one. */
static __always_inline unsigned int kmemcheck_batch_budget(const struct kmemcheck_decoded *d)
{
	return kmemcheck_batch >> d->idle_batches;
}

void kmemcheck_emulate_batch(struct kmemcheck_decoded *first, struct pt_regs *regs);

#endif /* _X86_KMEMCHECK_BATCH_H */
