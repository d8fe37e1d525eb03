/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: jump into an instance, and back. call.S knows their layout.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_CALL_H
#define _X86_KMEMCHECK_DIFFTEST_CALL_H

#include "case.h"

extern struct difftest_regs difftest_regs_in, difftest_regs_out;
extern unsigned long difftest_target, difftest_saved_sp;
extern u32 difftest_landed;
extern unsigned long difftest_stack[DIFFTEST_WORDS];
void difftest_call(void);
extern char difftest_return[];

#endif /* _X86_KMEMCHECK_DIFFTEST_CALL_H */
