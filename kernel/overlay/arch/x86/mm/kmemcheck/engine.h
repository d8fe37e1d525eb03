/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the engines, and what the architecture is made of besides.
 */
#ifndef _X86_KMEMCHECK_ENGINE_H
#define _X86_KMEMCHECK_ENGINE_H

#include <linux/kmemcheck_engine.h>
#include <linux/static_call_types.h>

#include <asm/kmemcheck.h>

#include "insn/string.h"

/**
 * struct kmemcheck_engine - a way to let an instruction happen that has touched the pool
 * @name: for kmemcheck.engine=
 * @init: before anything is hidden; 0 or an error
 * @fault: an instruction has touched the pool. It is told the registers before it, and
 *	the fault, which it changes when there is another one to be handled instead.
 *	After KMEMCHECK_UNSUPPORTED the page is not tracked any more
 *
 * An engine is one file and a row of the table in arch.c.
 */
struct kmemcheck_engine {
	const char *name;
	int (*init)(void);
	enum kmemcheck_outcome (*fault)(struct pt_regs *regs, struct kmemcheck_trap *trap);
};

extern const struct kmemcheck_engine kmemcheck_alias_engine;
extern const struct kmemcheck_engine kmemcheck_step_engine;

/* The one that was chosen, patched into the handler: every fault calls it. */
enum kmemcheck_outcome kmemcheck_alias_fault(struct pt_regs *regs,
					     struct kmemcheck_trap *trap);
DECLARE_STATIC_CALL(kmemcheck_engine_fault, kmemcheck_alias_fault);

/* page.c */
int kmemcheck_hide_pool(unsigned long start, unsigned long pages);
bool kmemcheck_is_shown(unsigned long addr);
void kmemcheck_show_page(unsigned long addr);
void kmemcheck_hide_page(unsigned long addr);
void kmemcheck_hide_page_noflush(unsigned long addr);
void kmemcheck_flush_pool(void);

/* regs.c */
void kmemcheck_save_regs(struct kmemcheck_regs *out, const struct pt_regs *regs);
void kmemcheck_save_caller_regs(struct kmemcheck_regs *out, unsigned long ip);
void kmemcheck_print_regs(const struct kmemcheck_regs *g);

/* stack.c */
int kmemcheck_stack_prepare(unsigned int cpu);

#endif /* _X86_KMEMCHECK_ENGINE_H */
