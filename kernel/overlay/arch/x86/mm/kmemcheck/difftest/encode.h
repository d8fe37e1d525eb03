/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: an instruction while it is put together.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_ENCODE_H
#define _X86_KMEMCHECK_DIFFTEST_ENCODE_H

#include "random.h"
#include "table.h"

/* No such register. */
#define NONE	(-1)

struct builder {
	struct difftest_gen *gen;
	const struct difftest_template *t;
	struct difftest_case *c;
	unsigned int size;		/* of the operation */
	unsigned int mem;		/* bytes of memory */
	unsigned int reg;		/* field of ModRM */
	int base, index;
	unsigned int shift;		/* of the index */
	unsigned int disp_size;
	s32 disp;
	bool lock, sib, rex;
	bool direct;			/* base is the operand itself */
	bool rip_relative;		/* to address, instead of base and index */
	bool gs;			/* per CPU */
	unsigned long address;
	unsigned long pinned;		/* registers that must keep their value */
};

bool difftest_splits_lock(const struct builder *b, unsigned long addr);
void difftest_put(struct difftest_case *c, u64 bytes, unsigned int n);
void difftest_choose_form(struct builder *b);
void difftest_put_insn(struct builder *b);

#endif /* _X86_KMEMCHECK_DIFFTEST_ENCODE_H */
