// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: random values, registers and places.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include <asm/processor-flags.h>

#include "random.h"

#define STATUS_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | \
			 X86_EFLAGS_ZF | X86_EFLAGS_SF | X86_EFLAGS_OF)

/* Numbers at which something happens are drawn more often than others. */
u64 difftest_random_value(struct difftest_gen *gen)
{
	u64 value = (u64)prandom_u32_state(&gen->rnd) << 32 | prandom_u32_state(&gen->rnd);
	unsigned int bit = difftest_random(gen, 64);

	switch (difftest_random(gen, 12)) {
	case 0:
		return 0;
	case 1:
		return bit;
	case 2:
		return -(u64)bit;
	case 3:
		return BIT(bit);
	case 4:
		return BIT(bit) - 1;
	case 5:
		return ~BIT(bit);
	case 6:
		return value >> bit;
	default:
		return value;
	}
}

void difftest_random_regs(struct difftest_gen *gen, struct difftest_case *c)
{
	unsigned int i;

	for (i = 0; i < NR_GPR; i++)
		c->in.gpr[i] = difftest_random_value(gen);
	/* A fault needs a stack. An engine may know the real one. */
	c->in.gpr[RSP] = gen->plain->start + DIFFTEST_STACK_SIZE - 256 -
			 MACHINE_WORD * difftest_random(gen, 16);
	if (difftest_is_tail(c->family) && !difftest_one_in(gen, 4))
		c->in.gpr[RSP] = gen->sp - MACHINE_WORD * difftest_random(gen, 16);
	prandom_bytes_state(&gen->rnd, &c->words, sizeof(c->words));
	c->in.flags = X86_EFLAGS_FIXED | (prandom_u32_state(&gen->rnd) & STATUS_FLAGS);
	if (difftest_one_in(gen, 8))
		c->in.flags |= X86_EFLAGS_DF;
}

/* A third of the places touch or cross the border of a page. */
unsigned long difftest_random_place(struct difftest_gen *gen, const struct difftest_area *area,
				    unsigned int size, unsigned int align)
{
	unsigned long first = area->start + (area->tracked ? 0 : DIFFTEST_STACK_SIZE) +
			      DIFFTEST_MARGIN;
	unsigned long last = area->start + DIFFTEST_AREA_SIZE - DIFFTEST_MARGIN - size;
	unsigned long addr = first + difftest_random(gen, last - first + 1);

	if (difftest_one_in(gen, 3))
		addr = ALIGN_DOWN(addr, PAGE_SIZE) + PAGE_SIZE - size +
		       difftest_random(gen, size + 1);
	if (difftest_one_in(gen, 3))
		align = max(align, size < 8 ? roundup_pow_of_two(size + !size) : 8);
	/* The ends are multiples of 8, the largest alignment but one. */
	addr = ALIGN_DOWN(clamp(addr, first, last), align);
	return addr < first ? addr + align : addr;
}
