/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One decoded instruction. Only insn.c and insn_text.c know the decoder.
 */
#ifndef KMC_INSN_H
#define KMC_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "debuginfo/machine.h"
#include "kmc/error.h"

#define KMC_INSN_MAX_LENGTH	15
#define KMC_INSN_TEXT		96

/**
 * struct kmc_mem - a memory operand, also one that the text does not show
 * @base: NONE, or RIP for what counts from the next instruction
 * @index: NONE if there is none
 * @scale: of @index: 1, 2, 4 or 8
 * @disp: displacement, sign-extended; an address if nothing is added to it; of a push the
 *	bytes by which RSP moves before
 * @segment: 0, or 'f' or 'g' when FS or GS is added
 * @address_bits: the sum is truncated to so many
 * @size: bytes of one access; of a repeated one, an element
 * @read: it is read, if only under a condition
 * @write: it is written, if only under a condition
 */
struct kmc_mem {
	enum kmc_reg base;
	enum kmc_reg index;
	unsigned int scale;
	int64_t disp;
	int segment;
	unsigned int address_bits;
	unsigned int size;
	bool read;
	bool write;
};

/**
 * struct kmc_effect - a register gets a value that can be followed
 * @dest: which; NONE: nothing of that kind
 * @base: NONE: the value is @value, else this register as it was, plus @value
 * @value: sign-extended; zero-extended without @base
 * @narrow: the register has 64 bits, the sum is cut to 32 and zero-extended
 */
struct kmc_effect {
	enum kmc_reg dest;
	enum kmc_reg base;
	int64_t value;
	bool narrow;
};

/**
 * struct kmc_sum - a register gets the sum of others
 * @dest: which; NONE: nothing of that kind
 * @regs: the summands, NONE for one that is missing or in memory
 * @value: is added, too
 */
struct kmc_sum {
	enum kmc_reg dest;
	enum kmc_reg regs[2];
	int64_t value;
};

/**
 * enum kmc_bits_kind - what an instruction does with some bits of an operand
 * @KMC_BITS_NONE: nothing of that kind
 * @KMC_BITS_TEST: looks at them, and changes nothing
 * @KMC_BITS_KEEP: clears all others
 * @KMC_BITS_SET: sets or flips them
 * @KMC_BITS_MIX: sets some, which a register tells
 * @KMC_BITS_DOWN: moves all down by so many
 */
enum kmc_bits_kind {
	KMC_BITS_NONE,
	KMC_BITS_TEST,
	KMC_BITS_KEEP,
	KMC_BITS_SET,
	KMC_BITS_MIX,
	KMC_BITS_DOWN,
};

/**
 * struct kmc_bits - single bits of an operand
 * @kind: what is done
 * @mask: to which; of DOWN by how many
 * @reg: the operand, NONE for memory
 */
struct kmc_bits {
	enum kmc_bits_kind kind;
	uint64_t mask;
	enum kmc_reg reg;
};

/**
 * struct kmc_insn - a decoded instruction
 * @address: of its first byte
 * @length: bytes
 * @machine: that executes it
 * @text: AT&T syntax, spelled as objdump does, without symbols
 * @string: MOVS, STOS, LODS, CMPS, SCAS, INS or OUTS
 * @rep: @string with a prefix that repeats it
 * @early: of @rep: it may end before RCX is 0 (CMPS, SCAS)
 * @element: of @string: bytes of one element, else 0
 * @mem: memory operands; for MOVS the source comes last
 * @nmem: how many
 * @changes: a bit for each register it writes, wholly or in part
 * @reads: a bit for each register it reads, also for an address
 * @effect: what can be said of one of them
 * @sum: of ADD, LEA and MOVSXD: what it adds, as far as that is in registers
 * @stores: it is a MOV to memory
 * @stored: of @stores: the register, NONE for a number
 * @bits: what it does with single bits
 * @tests: it sets the flags by this register, all of it; NONE if it does not
 * @on_zero: of @is_conditional: it jumps if what set the flags was 0
 * @on_nonzero: or if it was not
 * @sets_df: it is STD, or it loads all flags
 * @is_call: CALL
 * @is_jump: JMP, Jcc, LOOP, JRCXZ
 * @is_conditional: of @is_jump: it may go on with the next instruction
 * @is_return: RET, IRET, SYSRET …: nothing that is known follows
 * @indirect: where a call or jump goes is in a register or memory, or it goes
 *	to another segment
 * @table: of @indirect: an index register takes part, as in a jump table
 * @target: where a direct one goes
 */
struct kmc_insn {
	uint64_t address;
	unsigned int length;
	const struct kmc_machine *machine;
	char text[KMC_INSN_TEXT];
	bool string;
	bool rep;
	bool early;
	unsigned int element;
	struct kmc_mem mem[2];
	size_t nmem;
	uint32_t changes;
	uint32_t reads;
	struct kmc_effect effect;
	struct kmc_sum sum;
	bool stores;
	enum kmc_reg stored;
	struct kmc_bits bits;
	enum kmc_reg tests;
	bool on_zero;
	bool on_nonzero;
	bool sets_df;
	bool is_call;
	bool is_jump;
	bool is_conditional;
	bool is_return;
	bool indirect;
	bool table;
	uint64_t target;
};

/**
 * kmc_insn_decode() - decode one instruction, with its text
 * @bytes: where it begins
 * @len: bytes there are; more than one instruction's do no harm
 * @address: of the first of them
 * @machine: whose code it is; of another than x86 none is decoded
 * @out: the instruction
 *
 * Return: KMC_ERROR_FORMAT for what is no whole instruction.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_insn_decode(const uint8_t *bytes, size_t len, uint64_t address,
		const struct kmc_machine *machine, struct kmc_insn *out);

/* As kmc_insn_decode(), without text and error object: false is failure. */
bool kmc_insn_scan(const uint8_t *bytes, size_t len, uint64_t address,
		   const struct kmc_machine *machine, struct kmc_insn *out);

#endif /* KMC_INSN_H */
