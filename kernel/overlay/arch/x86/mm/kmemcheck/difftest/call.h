/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: jump into an instance, and back. call.S knows the layout of these.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_CALL_H
#define _X86_KMEMCHECK_DIFFTEST_CALL_H

#include "case.h"

extern struct diff_regs diff_regs_in, diff_regs_out;
extern unsigned long diff_target, diff_saved_sp;
extern u32 diff_landed;
extern u64 diff_stack[DIFF_WORDS];
void diff_call(void);
extern char diff_return[];

#endif /* _X86_KMEMCHECK_DIFFTEST_CALL_H */
