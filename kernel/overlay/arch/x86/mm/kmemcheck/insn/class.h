/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: faults by the instructions that take them.
 */
#ifndef _X86_KMEMCHECK_CLASS_H
#define _X86_KMEMCHECK_CLASS_H

#include <linux/percpu.h>

#include "decode.h"

/* Faults of each enum kmemcheck_op that can have an operand in memory. */
DECLARE_PER_CPU(u64 [OP_SSE + 2], kmemcheck_op_faults);

const char *kmemcheck_fault_class(unsigned int i, u64 *count);

#endif /* _X86_KMEMCHECK_CLASS_H */
