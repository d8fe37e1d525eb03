/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: shared between the engines.
 */
#ifndef _X86_KMEMCHECK_ENGINE_H
#define _X86_KMEMCHECK_ENGINE_H

#include <linux/kmemcheck_engine.h>

#include <asm/kmemcheck.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/ptrace.h>

#include "insn/decode.h"

/* What arithmetic sets. */
#define STATUS_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | \
			 X86_EFLAGS_ZF | X86_EFLAGS_SF | X86_EFLAGS_OF)

struct kmemcheck_operand {
	unsigned long addr;
	unsigned int size;
	unsigned int access;		/* OPERAND_READ | OPERAND_WRITE */
};

/* What is left of an instruction that the alias engine has taken on. */
enum kmemcheck_outcome {
	KMEMCHECK_DONE,			/* go on at regs->ip */
	KMEMCHECK_ELSEWHERE,		/* struct kmemcheck_trap tells */
	KMEMCHECK_CANNOT,		/* nothing has been done */
};

static inline unsigned long *kmemcheck_slot(struct pt_regs *regs, unsigned int slot)
{
	return (unsigned long *)regs + slot;
}

static inline unsigned long kmemcheck_slot_value(const struct pt_regs *regs,
						 unsigned int slot)
{
	return ((const unsigned long *)regs)[slot];
}

/*
 * Does this lie on the stack of the interrupted code? What is below @regs is the
 * handler's; the gap above it is what the interrupted code has not used yet.
 */
static __always_inline bool kmemcheck_is_on_stack(const struct pt_regs *regs,
						  unsigned long addr, unsigned int size)
{
	return addr >= (unsigned long)(regs + 1) &&
	       (addr + size - 1) / THREAD_SIZE == (unsigned long)regs / THREAD_SIZE;
}

/* Does all of an operand lie in the pool? */
static __always_inline bool kmemcheck_is_inside(unsigned long addr, unsigned int size)
{
	unsigned long offset = addr - kmemcheck_pool_start;

	return offset < kmemcheck_pool_size && size <= kmemcheck_pool_size - offset;
}

/* class.c */
DECLARE_PER_CPU(u64 [OP_SSE + 2], kmemcheck_ops);

/* operand.c */
unsigned long kmemcheck_operand_address(const struct kmemcheck_decoded *d,
					const struct pt_regs *regs);
bool kmemcheck_cmpxchg_will_write(const struct kmemcheck_decoded *d,
				  const struct pt_regs *regs, const void *mem);
unsigned int kmemcheck_operands(const struct kmemcheck_decoded *d,
				const struct pt_regs *regs,
				struct kmemcheck_operand operands[2]);
bool kmemcheck_fetch(unsigned long ip, struct kmemcheck_decoded *d);

/* emulate.c */
bool kmemcheck_push(struct pt_regs *regs, unsigned long value);
bool kmemcheck_emulate(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		       void *mem);
/* arith.c */
void kmemcheck_alu(unsigned int alu, bool lock, unsigned int size, void *mem,
		   unsigned long value, unsigned long *flags);
void kmemcheck_unary(unsigned int unary, bool lock, unsigned int size, void *mem,
		     unsigned long *flags);
void kmemcheck_shift(unsigned int digit, unsigned int size, void *mem,
		     unsigned long count, unsigned long *flags);
void kmemcheck_bit(unsigned int sub, bool lock, unsigned int size, void *mem,
		   unsigned long bit, unsigned long *flags);
void kmemcheck_shift_double(bool right, unsigned int size, void *mem,
			    unsigned long value, unsigned long count,
			    unsigned long *flags);
/* string.c */
enum kmemcheck_outcome kmemcheck_string(const struct kmemcheck_decoded *d,
					struct pt_regs *regs,
					struct kmemcheck_trap *trap);
/* ahead.c */
void kmemcheck_go_ahead(struct kmemcheck_decoded *first, struct pt_regs *regs);
bool kmemcheck_load_nofault(void *to, unsigned long from, unsigned int size);

/* alias.c */
int kmemcheck_alias_init(void);
struct kmemcheck_decoded *kmemcheck_find(unsigned long ip);
const struct kmemcheck_decoded *kmemcheck_lookup(unsigned long ip);
bool kmemcheck_access(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		      unsigned long addr);
enum kmemcheck_outcome kmemcheck_alias_fault(struct pt_regs *regs,
					     struct kmemcheck_trap *trap);

/* stack.c */
int kmemcheck_stack_init(void);

/* step.c */
int kmemcheck_step_init(void);
void kmemcheck_step_fault(struct pt_regs *regs, unsigned long address);

#endif /* _X86_KMEMCHECK_ENGINE_H */
