// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: the instructions.
 *
 * Templates of one family are neighbours. String instructions have a generator
 * of their own. Not here are addresses that cannot lie in the pool (relative to
 * RIP, of 32 bits) and what compilers do not make of it: a mov with an absolute
 * address of 64 bits, push and pop of 16 bits, shl as /6, segment registers. Nor
 * are SSE and AVX, which need the FPU.
 */
#include <linux/kernel.h>

#include <asm/cpufeature.h>

#include "table.h"

#define R	DIFFTEST_READ
#define W	DIFFTEST_WRITE
#define RW	(DIFFTEST_READ | DIFFTEST_WRITE)

#define ALL	(1 | 2 | 4 | 8)
#define WORDS	(2 | 4 | 8)

#define INSN(name, ...) { .family = DIFFTEST_##name, __VA_ARGS__ }
/* A register is the other operand, or there is none but a /digit. */
#define REG(name, op, size, how, ...) \
	INSN(name, .opcode = op, .digit = -1, .sizes = size, .access = how, __VA_ARGS__)
#define GROUP(name, op, nr, size, how, ...) \
	INSN(name, .opcode = op, .digit = nr, .sizes = size, .access = how, __VA_ARGS__)
#define REG_0F(name, op, size, how, ...) \
	REG(name, op, size, how, .map = 1, __VA_ARGS__)

/* The four forms of an operation of two operands, cmp last. */
#define ALU_TO_MEM(name, nr, how, lock)		\
	REG(name, 8 * (nr), ALL, how, .flags = DIFFTEST_SIZED | (lock))
#define ALU_FROM_MEM(name, nr)			\
	REG(name, 8 * (nr) + 2, ALL, R, .flags = DIFFTEST_SIZED)
#define ALU_IMM(name, nr, how, more)		\
	GROUP(name, 0x80, nr, ALL, how, .flags = DIFFTEST_SIZED | DIFFTEST_IMM | (more))
#define ALU_IMM8(name, nr, how, more)		\
	GROUP(name, 0x83, nr, WORDS, how, .flags = DIFFTEST_IMM8 | (more))

#define SHIFT_BY_IMM(name, nr)			\
	GROUP(name, 0xc0, nr, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_IMM8)
#define SHIFT_BY_1(name, nr)			\
	GROUP(name, 0xd0, nr, ALL, RW, .flags = DIFFTEST_SIZED)
#define SHIFT_BY_CL(name, nr)			\
	GROUP(name, 0xd2, nr, ALL, RW, .flags = DIFFTEST_SIZED)

#define SHIFT_DOUBLE(name, op, more)		\
	REG_0F(name, op, WORDS, RW, .flags = more, .special = DIFFTEST_SHIFT_DOUBLE)

#define BIT_STRING(op, how, lock)		\
	REG_0F(bit_reg, op, WORDS, how, .flags = lock, .special = DIFFTEST_BIT_STRING)

/* What a tail follows. */
#define TAIL_STORE(name)	REG(name, 0x88, ALL, W, .flags = DIFFTEST_SIZED)
#define TAIL_LOAD(name)		REG(name, 0x8a, ALL, R, .flags = DIFFTEST_SIZED)

#define COUNT(name, op, rep)							\
	REG_0F(name, op, WORDS, R, .prefix = rep)

const struct difftest_template difftest_templates[] = {
	REG(mov_store, 0x88, ALL, W, .flags = DIFFTEST_SIZED),
	REG(mov_load, 0x8a, ALL, R, .flags = DIFFTEST_SIZED),
	GROUP(mov_imm, 0xc6, 0, ALL, W, .flags = DIFFTEST_SIZED | DIFFTEST_IMM),
	REG_0F(movzx, 0xb6, WORDS, R, .mem = 1),
	REG_0F(movzx, 0xb7, 4 | 8, R, .mem = 2),
	REG_0F(movsx, 0xbe, WORDS, R, .mem = 1),
	REG_0F(movsx, 0xbf, 4 | 8, R, .mem = 2),
#ifdef CONFIG_X86_64
	REG(movsxd, 0x63, 4 | 8, R, .mem = 4),
#endif
	REG_0F(movnti, 0xc3, 4 | 8, W),
	REG(movbe, 0xf0, WORDS, R, .map = 2),
	REG(movbe, 0xf1, WORDS, W, .map = 2),

	ALU_TO_MEM(add, 0, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(add, 0),
	ALU_IMM(add, 0, RW, DIFFTEST_LOCK),
	ALU_IMM8(add, 0, RW, DIFFTEST_LOCK),
	ALU_TO_MEM(or, 1, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(or, 1),
	ALU_IMM(or, 1, RW, DIFFTEST_LOCK | DIFFTEST_BITS),
	ALU_IMM8(or, 1, RW, DIFFTEST_LOCK | DIFFTEST_BITS),
	ALU_TO_MEM(adc, 2, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(adc, 2),
	ALU_IMM(adc, 2, RW, DIFFTEST_LOCK),
	ALU_IMM8(adc, 2, RW, DIFFTEST_LOCK),
	ALU_TO_MEM(sbb, 3, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(sbb, 3),
	ALU_IMM(sbb, 3, RW, DIFFTEST_LOCK),
	ALU_IMM8(sbb, 3, RW, DIFFTEST_LOCK),
	ALU_TO_MEM(and, 4, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(and, 4),
	ALU_IMM(and, 4, RW, DIFFTEST_LOCK | DIFFTEST_BITS),
	ALU_IMM8(and, 4, RW, DIFFTEST_LOCK | DIFFTEST_BITS),
	ALU_TO_MEM(sub, 5, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(sub, 5),
	ALU_IMM(sub, 5, RW, DIFFTEST_LOCK),
	ALU_IMM8(sub, 5, RW, DIFFTEST_LOCK),
	ALU_TO_MEM(xor, 6, RW, DIFFTEST_LOCK),
	ALU_FROM_MEM(xor, 6),
	ALU_IMM(xor, 6, RW, DIFFTEST_LOCK | DIFFTEST_BITS),
	ALU_IMM8(xor, 6, RW, DIFFTEST_LOCK | DIFFTEST_BITS),
	ALU_TO_MEM(cmp, 7, R, 0),
	ALU_FROM_MEM(cmp, 7),
	ALU_IMM(cmp, 7, R, 0),
	ALU_IMM8(cmp, 7, R, 0),
	REG(test, 0x84, ALL, R, .flags = DIFFTEST_SIZED),
	GROUP(test, 0xf6, 0, ALL, R, .flags = DIFFTEST_SIZED | DIFFTEST_IMM),

	GROUP(inc, 0xfe, 0, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK),
	GROUP(dec, 0xfe, 1, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK),
	GROUP(not, 0xf6, 2, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK),
	GROUP(neg, 0xf6, 3, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK),
	GROUP(mul, 0xf6, 4, ALL, R, .flags = DIFFTEST_SIZED),
	GROUP(imul, 0xf6, 5, ALL, R, .flags = DIFFTEST_SIZED),
	REG_0F(imul, 0xaf, WORDS, R),
	REG(imul, 0x69, WORDS, R, .flags = DIFFTEST_IMM),
	REG(imul, 0x6b, WORDS, R, .flags = DIFFTEST_IMM8),
	GROUP(div, 0xf6, 6, ALL, R, .flags = DIFFTEST_SIZED, .special = DIFFTEST_DIVIDE),
	GROUP(idiv, 0xf6, 7, ALL, R, .flags = DIFFTEST_SIZED, .special = DIFFTEST_DIVIDE_SIGNED),

	SHIFT_BY_IMM(rol, 0),
	SHIFT_BY_1(rol, 0),
	SHIFT_BY_CL(rol, 0),
	SHIFT_BY_IMM(ror, 1),
	SHIFT_BY_1(ror, 1),
	SHIFT_BY_CL(ror, 1),
	SHIFT_BY_IMM(rcl, 2),
	SHIFT_BY_1(rcl, 2),
	SHIFT_BY_CL(rcl, 2),
	SHIFT_BY_IMM(rcr, 3),
	SHIFT_BY_1(rcr, 3),
	SHIFT_BY_CL(rcr, 3),
	SHIFT_BY_IMM(shl, 4),
	SHIFT_BY_1(shl, 4),
	SHIFT_BY_CL(shl, 4),
	SHIFT_BY_IMM(shr, 5),
	SHIFT_BY_1(shr, 5),
	SHIFT_BY_CL(shr, 5),
	SHIFT_BY_IMM(sar, 7),
	SHIFT_BY_1(sar, 7),
	SHIFT_BY_CL(sar, 7),
	SHIFT_DOUBLE(shld, 0xa4, DIFFTEST_IMM8),
	SHIFT_DOUBLE(shld, 0xa5, 0),
	SHIFT_DOUBLE(shrd, 0xac, DIFFTEST_IMM8),
	SHIFT_DOUBLE(shrd, 0xad, 0),

	REG(xchg, 0x86, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK),
	REG_0F(xadd, 0xc0, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK),
	REG_0F(cmpxchg, 0xb0, ALL, RW, .flags = DIFFTEST_SIZED | DIFFTEST_LOCK,
	       .special = DIFFTEST_CMPXCHG),
	GROUP(cmpxchg_wide, 0xc7, 1, 4, RW, .map = 1, .mem = 8, .flags = DIFFTEST_LOCK,
	      .special = DIFFTEST_CMPXCHG_WIDE),
#ifdef CONFIG_X86_64
	GROUP(cmpxchg_wide, 0xc7, 1, 8, RW, .map = 1, .mem = 16, .flags = DIFFTEST_LOCK,
	      .special = DIFFTEST_CMPXCHG_WIDE),
#endif

	GROUP(bit_imm, 0xba, 4, WORDS, R, .map = 1, .flags = DIFFTEST_IMM8),
	GROUP(bit_imm, 0xba, 5, WORDS, RW, .map = 1, .flags = DIFFTEST_IMM8 | DIFFTEST_LOCK),
	GROUP(bit_imm, 0xba, 6, WORDS, RW, .map = 1, .flags = DIFFTEST_IMM8 | DIFFTEST_LOCK),
	GROUP(bit_imm, 0xba, 7, WORDS, RW, .map = 1, .flags = DIFFTEST_IMM8 | DIFFTEST_LOCK),
	BIT_STRING(0xa3, R, 0),
	BIT_STRING(0xab, RW, DIFFTEST_LOCK),
	BIT_STRING(0xb3, RW, DIFFTEST_LOCK),
	BIT_STRING(0xbb, RW, DIFFTEST_LOCK),
	REG_0F(cmov, 0x40, WORDS, R, .flags = DIFFTEST_CC),
	GROUP(setcc, 0x90, 0, 1, W, .map = 1, .flags = DIFFTEST_CC),

	COUNT(bsf, 0xbc, 0),
	COUNT(bsr, 0xbd, 0),
	COUNT(tzcnt, 0xbc, 0xf3),
	COUNT(lzcnt, 0xbd, 0xf3),
	COUNT(popcnt, 0xb8, 0xf3),
	REG(crc32, 0xf0, 4 | 8, R, .map = 2, .prefix = 0xf2, .mem = 1),
	REG(crc32, 0xf1, WORDS, R, .map = 2, .prefix = 0xf2),

	GROUP(push, 0xff, 6, MACHINE_WORD, R, .flags = DIFFTEST_ALWAYS_64),
	GROUP(pop, 0x8f, 0, MACHINE_WORD, W, .flags = DIFFTEST_ALWAYS_64,
	      .special = DIFFTEST_POP),
	GROUP(call, 0xff, 2, MACHINE_WORD, R, .flags = DIFFTEST_ALWAYS_64,
	      .special = DIFFTEST_BRANCH),
	GROUP(jmp, 0xff, 4, MACHINE_WORD, R, .flags = DIFFTEST_ALWAYS_64,
	      .special = DIFFTEST_BRANCH),

	TAIL_STORE(tail_reg),
	TAIL_LOAD(tail_reg),
	TAIL_STORE(tail_jump),
	TAIL_LOAD(tail_jump),
	TAIL_STORE(tail_tracked),
	TAIL_LOAD(tail_tracked),
	TAIL_STORE(tail_stack),
	TAIL_LOAD(tail_stack),
	TAIL_STORE(tail_static),
	TAIL_LOAD(tail_static),
	TAIL_STORE(tail_mixed),
	TAIL_LOAD(tail_mixed),
};

const unsigned int difftest_nr_templates = ARRAY_SIZE(difftest_templates);

bool difftest_cpu_has(enum difftest_family family)
{
	switch (family) {
	case DIFFTEST_movbe:
		return boot_cpu_has(X86_FEATURE_MOVBE);
	case DIFFTEST_crc32:
		return boot_cpu_has(X86_FEATURE_XMM4_2);
	case DIFFTEST_popcnt:
		return boot_cpu_has(X86_FEATURE_POPCNT);
	case DIFFTEST_tzcnt:
		return boot_cpu_has(X86_FEATURE_BMI1);
	case DIFFTEST_lzcnt:
		return boot_cpu_has(X86_FEATURE_ABM);
	case DIFFTEST_cmpxchg_wide:
		return boot_cpu_has(MACHINE_WORD == 8 ? X86_FEATURE_CX16 : X86_FEATURE_CX8);
	default:
		return true;
	}
}
