/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what one x86 instruction does to memory.
 */
#ifndef _X86_KMEMCHECK_DECODE_H
#define _X86_KMEMCHECK_DECODE_H

#include <linux/types.h>

#include "machine.h"

struct pt_regs;

#define OPERAND_READ	1
#define OPERAND_WRITE	2

/**
 * enum kmemcheck_op - families of instructions
 *
 * M is the operand in memory, R one in a register, I an immediate one. What is
 * told apart by @sub needs no name of its own.
 *
 * @OP_UNKNOWN: nothing is to be concluded from it
 * @OP_NOTHING: names an address and does not access it: prefetch and nop, or
 *	clflush and its like when @sub is 1
 * @OP_LOAD: R = M, zero-extended (mov, movzx)
 * @OP_LOAD_SIGNED: R = M, sign-extended (movsx, movsxd, cdqe), then shifted right by
 *	@sub (cqo)
 * @OP_STORE: M = R (mov, movnti)
 * @OP_STORE_IMM: M = I
 * @OP_LOAD_SWAPPED: R = M, byte order reversed (movbe, bswap)
 * @OP_STORE_SWAPPED: M = R, byte order reversed
 * @OP_ALU_STORE: M = M op R; @sub is one of enum kmemcheck_alu
 * @OP_ALU_IMM: M = M op I
 * @OP_ALU_LOAD: R = R op M
 * @OP_UNARY: M = op M; @sub is one of enum kmemcheck_unary
 * @OP_MULDIV: mul, imul, div, idiv of RDX:RAX by M; @sub is the digit, 4 to 7
 * @OP_IMUL: R = R * M
 * @OP_IMUL_IMM: R = M * I
 * @OP_SHIFT: @sub is the digit; by I, or by CL
 * @OP_SHIFT_DOUBLE: shld (@sub 0), shrd (1) with R; by I, or by CL
 * @OP_XCHG: M and R change places
 * @OP_XADD: M = M + R, R = old M
 * @OP_CMPXCHG: compare with RAX, maybe M = R
 * @OP_CMPXCHG_WIDE: cmpxchg8b, cmpxchg16b; @size is that of the whole
 * @OP_BIT: bt, bts, btr, btc (@sub 0 to 3) of bit I or R of M
 * @OP_CMOV: R = M if @sub, a condition, holds
 * @OP_SETCC: M = whether @sub, a condition, holds
 * @OP_SCAN: R from M; @sub is one of enum kmemcheck_scan
 * @OP_CRC32: R = crc of R and M
 * @OP_PUSH: M to the stack
 * @OP_POP: from the stack to M
 * @OP_CALL: to the address in M
 * @OP_JMP: to the address in M
 * @OP_SSE: moves a register of the FPU; @size and @access are known
 * @OP_STRING: @sub is the opcode without its lowest bit
 * @OP_NOP: nothing at all
 * @OP_LEA: R = address of M
 * @OP_LOAD_IMM: R = I, or the last 8 bytes of the code when @sub is 1
 * @OP_PUSH_REG: R to the stack
 * @OP_PUSH_IMM: I to the stack
 * @OP_POP_REG: from the stack to R
 * @OP_CALL_REL: to @imm behind the instruction, whose address is pushed
 * @OP_RET: to the address on the stack
 * @OP_JCC: to @imm behind the instruction if @sub, a condition, holds
 * @OP_JUMP: to @imm behind the instruction
 *
 * From OP_NOP on there is no operand in memory but the stack.
 */
enum kmemcheck_op {
	OP_UNKNOWN,
	OP_NOTHING,
	OP_LOAD,
	OP_LOAD_SIGNED,
	OP_STORE,
	OP_STORE_IMM,
	/* These have to do with flags. */
	OP_ALU_STORE,
	OP_ALU_IMM,
	OP_ALU_LOAD,
	OP_UNARY,
	OP_MULDIV,
	OP_IMUL,
	OP_IMUL_IMM,
	OP_SHIFT,
	OP_SHIFT_DOUBLE,
	OP_XADD,
	OP_CMPXCHG,
	OP_CMPXCHG_WIDE,
	OP_BIT,
	OP_SCAN,
	/* These do not change them. */
	OP_LOAD_SWAPPED,
	OP_STORE_SWAPPED,
	OP_XCHG,
	OP_CMOV,
	OP_SETCC,
	OP_CRC32,
	OP_PUSH,
	OP_POP,
	OP_CALL,
	OP_JMP,
	OP_SSE,
	OP_STRING,
	OP_NOP,
	OP_LEA,
	OP_LOAD_IMM,
	OP_PUSH_REG,
	OP_PUSH_IMM,
	OP_POP_REG,
	OP_CALL_REL,
	OP_RET,
	OP_JCC,
	OP_JUMP,
};

/* The first eight as opcodes number them. */
enum kmemcheck_alu {
	ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP,
	ALU_TEST,
};

enum kmemcheck_unary {
	UNARY_INC, UNARY_DEC, UNARY_NOT, UNARY_NEG,
};

enum kmemcheck_scan {
	SCAN_BSF, SCAN_BSR, SCAN_TZCNT, SCAN_LZCNT, SCAN_POPCNT,
};

/* Opcodes of the string instructions, the ones for bytes. */
#define STRING_MOVS	0xa4
#define STRING_CMPS	0xa6
#define STRING_STOS	0xaa
#define STRING_LODS	0xac
#define STRING_SCAS	0xae

#define DECODED_LOCK	0x01	/* has a lock prefix */
#define DECODED_REP	0x02	/* rep or repe */
#define DECODED_REPNE	0x04
#define DECODED_BY_REG	0x08	/* shift by CL, bit number in R */
#define DECODED_HIGH	0x10	/* R is AH, CH, DH or BH */
#define DECODED_ADDR32	0x20	/* addresses have 32 bits */
#define DECODED_IN_REG	0x40	/* M is the register @base */
#define DECODED_HIGH_M	0x80	/* and then AH, CH, DH or BH */
#define DECODED_PERCPU	0x100	/* M lies in the memory of this CPU */
#define DECODED_OTHER	0x200	/* M lies in some other segment */

#define MAX_CODE	16

/**
 * struct kmemcheck_decoded - an instruction, without the registers' values
 * @code: its bytes, the rest is 0
 * @op: enum kmemcheck_op
 * @sub: see there
 * @length: in bytes
 * @size: of the operand in memory, or of one element of a string
 * @reg_size: of R
 * @access: OPERAND_READ | OPERAND_WRITE
 * @reg: slot of R
 * @base: slot, or SLOT_NONE
 * @index: slot, or SLOT_NONE
 * @scale: of the index, as a shift
 * @flags: DECODED_*
 * @disp: displacement; with what RIP and RSP are ahead by, so it may have more
 *	than 32 bits
 * @imm: I
 * @idle_batches: how often in a row batch.c has found no other access to tracked
 *	memory behind this instruction; at most 8
 */
struct kmemcheck_decoded {
	u64 code[MAX_CODE / 8];
	u8 op;
	u8 sub;
	u8 length;
	u8 size;
	u8 reg_size;
	u8 access;
	u8 reg;
	u8 base;
	u8 index;
	u8 scale;
	u16 flags;
	s64 disp;
	s32 imm;
	u8 idle_batches;
};

bool kmemcheck_decode(struct kmemcheck_decoded *d, const void *code, size_t size);

u8 kmemcheck_slot_of(unsigned int nr);

#endif /* _X86_KMEMCHECK_DECODE_H */
