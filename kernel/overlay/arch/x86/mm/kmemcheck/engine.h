/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the engines, and what they are started with.
 */
#ifndef _X86_KMEMCHECK_ENGINE_H
#define _X86_KMEMCHECK_ENGINE_H

#include <linux/kmemcheck_engine.h>

#include <asm/kmemcheck.h>

#include "insn/string.h"

/* engine_alias.c */
int kmemcheck_alias_init(void);
enum kmemcheck_outcome kmemcheck_alias_fault(struct pt_regs *regs,
					     struct kmemcheck_trap *trap);

/* engine_step.c */
int kmemcheck_step_init(void);
void kmemcheck_step_fault(struct pt_regs *regs, unsigned long address);

/* stack.c */
int kmemcheck_stack_init(void);

#endif /* _X86_KMEMCHECK_ENGINE_H */
