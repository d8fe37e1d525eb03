/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files that read machine code: one decoded instruction, the code
 * of an image, the control flow of a function, and what the registers held
 * before a string instruction began.
 *
 * Only insn.c and insn_text.c know the decoder; the others see what is here.
 */
#ifndef KMC_INSN_H
#define KMC_INSN_H

#include "debuginfo/debuginfo.h"

/* ---- registers ---- */

/* Numbered as the hardware numbers them. */
enum kmc_reg {
	KMC_REG_NONE = -1,
	KMC_REG_RAX, KMC_REG_RCX, KMC_REG_RDX, KMC_REG_RBX,
	KMC_REG_RSP, KMC_REG_RBP, KMC_REG_RSI, KMC_REG_RDI,
	KMC_REG_R8, KMC_REG_R9, KMC_REG_R10, KMC_REG_R11,
	KMC_REG_R12, KMC_REG_R13, KMC_REG_R14, KMC_REG_R15,
	KMC_REG_RIP,
	KMC_REG_COUNT
};

#define KMC_REG_GENERAL		KMC_REG_RIP	/* how many are not RIP */
#define KMC_REG_BIT(reg)	(1u << (reg))

/* "rax"; NULL for what is no register. */
const char *kmc_reg_name(enum kmc_reg reg);
/* From DWARF's number for x86-64; NONE when that is none of ours. */
enum kmc_reg kmc_reg_of_dwarf(unsigned int regnum);
/* A register of a report, whether it names it "rax" or "eax". */
bool kmc_report_reg(const struct kmc_report *report, enum kmc_reg reg,
		    uint64_t *value);

/* ---- one instruction: insn.c, insn_text.c ---- */

#define KMC_INSN_MAX_LENGTH	15
#define KMC_INSN_TEXT		96

/**
 * struct kmc_mem - a memory operand, also one that the text does not show
 * @base: NONE, or RIP for what counts from the next instruction
 * @index: NONE if there is none
 * @scale: of @index: 1, 2, 4 or 8
 * @disp: displacement; of a push the bytes by which RSP moves before
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
 * @value: sign-extended
 * @bits: 64, or 32: the sum is cut to 32 bits and zero-extended
 */
struct kmc_effect {
	enum kmc_reg dest;
	enum kmc_reg base;
	int64_t value;
	unsigned int bits;
};

/**
 * struct kmc_insn - a decoded instruction
 * @address: of its first byte
 * @length: bytes
 * @bits32: of 32-bit code
 * @text: AT&T syntax, spelled as objdump does, without symbols
 * @string: MOVS, STOS, LODS, CMPS, SCAS, INS or OUTS
 * @rep: @string with a prefix that repeats it
 * @early: of @rep: it may end before RCX is 0 (CMPS, SCAS)
 * @element: of @string: bytes of one element, else 0
 * @mem: memory operands; for MOVS the source comes last
 * @nmem: how many
 * @changes: a bit for each register it writes, wholly or in part
 * @effect: what can be said of one of them
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
	bool bits32;
	char text[KMC_INSN_TEXT];
	bool string;
	bool rep;
	bool early;
	unsigned int element;
	struct kmc_mem mem[2];
	size_t nmem;
	uint32_t changes;
	struct kmc_effect effect;
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
 * @bits32: 32-bit code, else 64-bit
 * @out: the instruction
 *
 * Return: KMC_ERROR_FORMAT for what is no whole instruction.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_insn_decode(const uint8_t *bytes, size_t len, uint64_t address,
		bool bits32, struct kmc_insn *out);

/* As kmc_insn_decode(), without text and error object: false is failure. */
bool kmc_insn_scan(const uint8_t *bytes, size_t len, uint64_t address,
		   bool bits32, struct kmc_insn *out);

/**
 * kmc_mem_address() - effective address of a memory operand
 * @mem: the operand
 * @insn: its instruction
 * @report: has the registers as they were before that instruction
 * @out: address of the first byte
 *
 * Return: false when a register is missing or a segment's base is (FS, GS).
 */
bool kmc_mem_address(const struct kmc_mem *mem, const struct kmc_insn *insn,
		     const struct kmc_report *report, uint64_t *out);

/* ---- code of an image: code.c ---- */

/**
 * kmc_image_code() - bytes of an image's code
 * @image: vmlinux or module
 * @address: link-time address of the first
 * @want: how many
 * @bytes: owned by @image; of a module with relocations applied
 * @len: how many there are, at least 1, at most @want
 *
 * Return: KMC_ERROR_NOT_FOUND where there is no code.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_code(struct kmc_image *image, uint64_t address, size_t want,
	       const uint8_t **bytes, size_t *len);

/* ---- where a register's value comes from: backscan.c ---- */

/**
 * enum kmc_origin_kind - where a value first was
 * @KMC_ORIGIN_UNKNOWN: the function could not be followed
 * @KMC_ORIGIN_CONSTANT: in the instruction
 * @KMC_ORIGIN_START: in a register when the function was called
 * @KMC_ORIGIN_AFTER: in a register, left there by an instruction
 * @KMC_ORIGIN_BEFORE: in a register before an instruction where ways meet
 */
enum kmc_origin_kind {
	KMC_ORIGIN_UNKNOWN,
	KMC_ORIGIN_CONSTANT,
	KMC_ORIGIN_START,
	KMC_ORIGIN_AFTER,
	KMC_ORIGIN_BEFORE,
};

/**
 * struct kmc_origin - what a value is made of: what was there, plus a number
 * @kind: where it was; the rest counts for the last three only
 * @at: address of that instruction
 * @reg: in which register
 * @offset: is added to it
 */
struct kmc_origin {
	enum kmc_origin_kind kind;
	uint64_t at;
	enum kmc_reg reg;
	int64_t offset;
};

/**
 * struct kmc_reaching - a register's value before an instruction
 * @known: the next four are valid
 * @base: NONE: the value is @value; else what this register holds before the
 *	same instruction, plus @value
 * @value: modulo 2^64
 * @definition: address of the instruction that made it, 0: there are several,
 *	which agree, or a jump told
 * @calls: how many calls it has survived on the way, at most
 * @why_not: when not @known: why, static text
 * @origin: whether @known or not
 */
struct kmc_reaching {
	bool known;
	enum kmc_reg base;
	int64_t value;
	uint64_t definition;
	unsigned int calls;
	const char *why_not;
	struct kmc_origin origin;
};

/**
 * kmc_reaching_value() - find what a register holds before an instruction
 * @image: vmlinux or module
 * @function: link-time address of the function, a symbol's
 * @size: bytes of it
 * @at: the instruction
 * @reg: the register, not RIP
 * @out: never known unless it holds on every way from the function's start to
 *	@at; a way through a fault or patched code counts, too
 *
 * It is taken for granted that functions keep the registers that the ABI wants
 * kept, and the direction flag clear.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_reaching_value(struct kmc_image *image, uint64_t function, uint64_t size,
		   uint64_t at, enum kmc_reg reg, struct kmc_reaching *out);

/**
 * kmc_reaching_merge() - what a register may hold where ways meet
 * @image: vmlinux or module
 * @function: link-time address of the function, a symbol's
 * @size: bytes of it
 * @at: the instruction where they meet, as an origin BEFORE has it
 * @reg: the register
 * @out: an origin for each way, without repetitions and without what the register
 *	held there already
 * @max: room for so many
 * @count: how many there are; 0 when one cannot be known, or when they are more
 *	than @max
 */
KMC_MUST_CHECK struct kmc_error *
kmc_reaching_merge(struct kmc_image *image, uint64_t function, uint64_t size,
		   uint64_t at, enum kmc_reg reg, struct kmc_origin *out,
		   size_t max, size_t *count);

/* ---- what the instruction itself has changed: rep.c ---- */

/**
 * struct kmc_rep - how far a repeated string instruction had got
 * @known: the next four are valid
 * @initial: elements when it began
 * @left: elements it still had to do, the one at fault among them
 * @done: the difference
 * @offset: @done in bytes: how far into source and destination
 * @element: bytes of one
 * @count: how @initial was found
 * @why_not: when not @known: why, static text
 */
struct kmc_rep {
	bool known;
	uint64_t initial;
	uint64_t left;
	uint64_t done;
	uint64_t offset;
	unsigned int element;
	struct kmc_reaching count;
	const char *why_not;
};

/**
 * kmc_rep_progress() - how far the instruction of a report had got
 * @image: vmlinux or module
 * @function: link-time address of its function
 * @size: bytes of that
 * @insn: the instruction, at its link-time address
 * @report: has the registers
 * @out: not known for an instruction that does not repeat, for a count that is
 *	not known, and for registers that contradict it
 */
KMC_MUST_CHECK struct kmc_error *
kmc_rep_progress(struct kmc_image *image, uint64_t function, uint64_t size,
		 const struct kmc_insn *insn, const struct kmc_report *report,
		 struct kmc_rep *out);

/**
 * kmc_register_before() - a register before the instruction did anything
 * @insn: the instruction
 * @rep: its progress; NULL is as good as not known
 * @report: has the registers as the fault found them
 * @reg: which
 * @value: set when known
 *
 * A fault leaves everything as it was, except in the middle of a repetition.
 *
 * Return: whether it is known.
 */
bool kmc_register_before(const struct kmc_insn *insn, const struct kmc_rep *rep,
			 const struct kmc_report *report, enum kmc_reg reg,
			 uint64_t *value);

#endif /* KMC_INSN_H */
