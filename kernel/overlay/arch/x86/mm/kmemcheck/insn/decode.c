// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: decode the instruction that faulted.
 *
 * insn.c knows where the parts of an instruction are; what it does with them is
 * told here, for what compilers and the kernel's assembly use to reach memory.
 * Depends on nothing but bytes, so that a test can ask it about a whole kernel.
 */
#include <linux/kconfig.h>
#include <linux/string.h>

#include <asm/insn.h>
#include <asm/inat.h>

#include "decode.h"

#define R	OPERAND_READ
#define W	OPERAND_WRITE
#define RW	(OPERAND_READ | OPERAND_WRITE)

/* Where struct pt_regs keeps the registers, by their number in opcodes. */
static const u8 slots[16] = MACHINE_SLOTS;

static bool has_prefix(struct insn *insn, insn_byte_t prefix)
{
	int i;

	/* It counts repeated ones, too, and keeps four. */
	for (i = 0; i < insn->prefixes.nbytes && i < 4; i++)
		if (insn->prefixes.bytes[i] == prefix)
			return true;
	return false;
}

static void set_segment(struct kmemcheck_decoded *d, struct insn *insn)
{
	if (has_prefix(insn, PREFIX_PERCPU))
		d->flags |= DECODED_PERCPU;
	if (has_prefix(insn, PREFIX_OTHER_SEGMENT))
		d->flags |= DECODED_OTHER;
}

static unsigned int digit_of(struct insn *insn)
{
	return X86_MODRM_REG(insn->modrm.value);
}

/* Byte forms have even opcodes, the others the operand size. */
static unsigned int size_of(struct insn *insn, unsigned int opcode)
{
	return opcode & 1 ? insn->opnd_bytes : 1;
}

static bool set_op(struct kmemcheck_decoded *d, enum kmemcheck_op op, unsigned int sub,
		   unsigned int size, unsigned int access)
{
	d->op = op;
	d->sub = sub;
	d->size = size;
	d->reg_size = size;
	d->access = access;
	return true;
}

/**
 * kmemcheck_slot_of() - where struct pt_regs has a general register
 * @nr: as instructions encode it, 0 to 15, or to 7
 *
 * Return: its slot.
 */
u8 kmemcheck_slot_of(unsigned int nr)
{
	return slots[nr & (MACHINE_WORD == 8 ? 15 : 7)];
}

/* A register, which for bytes may be the second one of another: then @high. */
static u8 register_slot(struct kmemcheck_decoded *d, struct insn *insn, unsigned int nr,
			unsigned int size, unsigned int high)
{
	if (size == 1 && !insn->rex_prefix.nbytes && nr >= 4 && nr < 8) {
		d->flags |= high;
		nr -= 4;
	}
	return slots[nr];
}

static void set_reg(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int nr = digit_of(insn);

	if (X86_REX_R(insn->rex_prefix.value))
		nr += 8;
	d->reg = register_slot(d, insn, nr, d->reg_size, DECODED_HIGH);
}

/* A register that is named by the low bits of the opcode. */
static void set_opcode_reg(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int nr = insn->opcode.bytes[0] & 7;

	if (X86_REX_B(insn->rex_prefix.value))
		nr += 8;
	d->reg = register_slot(d, insn, nr, d->reg_size, DECODED_HIGH);
}

/* M is this register. */
static void set_operand_in(struct kmemcheck_decoded *d, u8 slot)
{
	d->flags |= DECODED_IN_REG;
	d->base = slot;
	d->index = SLOT_NONE;
}

/* M is a register; of only some instructions that is of interest. */
static bool set_register_operand(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int nr = X86_MODRM_RM(insn->modrm.value);

	switch (d->op) {
	case OP_NOTHING:
		d->op = OP_NOP;
		return !d->sub;
	case OP_LOAD_SWAPPED:
	case OP_STORE_SWAPPED:
	case OP_XADD:
	case OP_CMPXCHG:
	case OP_CMPXCHG_WIDE:
	case OP_CRC32:
	case OP_PUSH:
	case OP_POP:
	case OP_SSE:
	case OP_LEA:
		return false;
	}
	if (X86_REX_B(insn->rex_prefix.value))
		nr += 8;
	d->flags |= DECODED_IN_REG;
	d->base = register_slot(d, insn, nr, d->size, DECODED_HIGH_M);
	d->index = SLOT_NONE;
	return true;
}

/* Base, index and displacement. */
static void set_address(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int mod = X86_MODRM_MOD(insn->modrm.value);
	unsigned int rm = X86_MODRM_RM(insn->modrm.value);
	unsigned int rex = insn->rex_prefix.value;

	d->base = SLOT_NONE;
	d->index = SLOT_NONE;
	d->disp = insn->displacement.value;
	if (insn->addr_bytes < MACHINE_WORD)
		d->flags |= DECODED_ADDR32;

	if (rm == 4) {
		unsigned int base = X86_SIB_BASE(insn->sib.value);
		unsigned int index = X86_SIB_INDEX(insn->sib.value) +
				     (X86_REX_X(rex) ? 8 : 0);

		if (index != 4)
			d->index = slots[index];
		d->scale = X86_SIB_SCALE(insn->sib.value);
		if (mod || base != 5)
			d->base = slots[base + (X86_REX_B(rex) ? 8 : 0)];
	} else if (!mod && rm == 5) {
		/* Relative to RIP, or without anything else. */
		if (MACHINE_WORD == 8) {
			d->base = SLOT_IP;
			d->disp += insn->length;
		}
	} else {
		d->base = slots[rm + (X86_REX_B(rex) ? 8 : 0)];
	}
	/* pop computes an address from RSP as it is after the pop. */
	if (d->op == OP_POP && d->base == SLOT_SP)
		d->disp += MACHINE_WORD;
}

static bool decode_string(struct kmemcheck_decoded *d, struct insn *insn,
			  unsigned int opcode)
{
	static const u8 access[] = {
		[STRING_MOVS & 0xf] = RW,	[STRING_CMPS & 0xf] = R,
		[STRING_STOS & 0xf] = W,	[STRING_LODS & 0xf] = R,
		[STRING_SCAS & 0xf] = R,
	};

	if (insn->addr_bytes < MACHINE_WORD)
		return false;
	if (has_prefix(insn, 0xf2))
		d->flags |= DECODED_REPNE;
	else if (has_prefix(insn, 0xf3))
		d->flags |= DECODED_REP;
	return set_op(d, OP_STRING, opcode & ~1, size_of(insn, opcode),
		      access[opcode & 0xe]);
}

/* A stack operand is a word unless a prefix says 2 bytes, which nobody uses. */
static bool decode_stack(struct kmemcheck_decoded *d, struct insn *insn,
			 enum kmemcheck_op op)
{
	if (has_prefix(insn, 0x66))
		return false;
	return set_op(d, op, 0, MACHINE_WORD, op == OP_POP ? W : R);
}

static bool decode_alu_imm(struct kmemcheck_decoded *d, struct insn *insn,
			   unsigned int opcode)
{
	unsigned int digit = digit_of(insn);
	unsigned int access = digit == ALU_CMP ? R : RW;

	/* The first assignment to a member of a bit-field looks like this. */
	if (IS_ENABLED(CONFIG_KMEMCHECK_BITOPS_OK) &&
	    (digit == ALU_OR || digit == ALU_AND || digit == ALU_XOR))
		access = W;
	return set_op(d, OP_ALU_IMM, digit,
		      opcode == 0x83 ? insn->opnd_bytes : size_of(insn, opcode), access);
}

/* f6 and f7 */
static bool decode_group3(struct kmemcheck_decoded *d, struct insn *insn,
			  unsigned int size)
{
	unsigned int digit = digit_of(insn);

	if (digit < 2)
		return set_op(d, OP_ALU_IMM, ALU_TEST, size, R);
	if (digit < 4)
		return set_op(d, OP_UNARY, digit == 2 ? UNARY_NOT : UNARY_NEG, size, RW);
	return set_op(d, OP_MULDIV, digit, size, R);
}

/* fe and ff */
static bool decode_group4(struct kmemcheck_decoded *d, struct insn *insn,
			  unsigned int opcode)
{
	unsigned int digit = digit_of(insn);

	if (digit < 2)
		return set_op(d, OP_UNARY, digit ? UNARY_DEC : UNARY_INC,
			      size_of(insn, opcode), RW);
	if (opcode == 0xfe)
		return false;
	switch (digit) {
	case 2:
		return decode_stack(d, insn, OP_CALL);
	case 4:
		return decode_stack(d, insn, OP_JMP);
	case 6:
		return decode_stack(d, insn, OP_PUSH);
	}
	return false;
}

static bool decode_shift(struct kmemcheck_decoded *d, struct insn *insn,
			 unsigned int opcode)
{
	unsigned int digit = digit_of(insn);

	/* Assemblers never make the second form of shl. */
	if (digit == 6)
		return false;
	set_op(d, OP_SHIFT, digit, size_of(insn, opcode), RW);
	if (opcode >= 0xd2)
		d->flags |= DECODED_BY_REG;
	else if (opcode >= 0xd0)
		d->imm = 1;
	return true;
}

static bool decode_one_byte(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int opcode = insn->opcode.bytes[0];
	unsigned int size = size_of(insn, opcode);

	if (opcode < 0x40) {
		unsigned int alu = opcode >> 3;

		if ((opcode & 7) > 3)
			return false;
		if (opcode & 2)
			return set_op(d, OP_ALU_LOAD, alu, size, R);
		return set_op(d, OP_ALU_STORE, alu, size, alu == ALU_CMP ? R : RW);
	}
	switch (opcode) {
	case 0x63:
		if (MACHINE_WORD == 4)			/* arpl */
			return false;
		set_op(d, OP_LOAD_SIGNED, 0, insn->opnd_bytes == 2 ? 2 : 4, R);
		d->reg_size = insn->opnd_bytes;
		return true;
	case 0x69: case 0x6b:
		return set_op(d, OP_IMUL_IMM, 0, insn->opnd_bytes, R);
	case 0x80: case 0x81: case 0x83:
		return decode_alu_imm(d, insn, opcode);
	case 0x84: case 0x85:
		return set_op(d, OP_ALU_STORE, ALU_TEST, size, R);
	case 0x86: case 0x87:
		return set_op(d, OP_XCHG, 0, size, RW);
	case 0x88: case 0x89:
		return set_op(d, OP_STORE, 0, size, W);
	case 0x8d:
		return set_op(d, OP_LEA, 0, insn->opnd_bytes, 0);
	case 0x8a: case 0x8b:
		return set_op(d, OP_LOAD, 0, size, R);
	case 0x8f:
		return digit_of(insn) == 0 && decode_stack(d, insn, OP_POP);
	case 0xc0: case 0xc1: case 0xd0: case 0xd1: case 0xd2: case 0xd3:
		return decode_shift(d, insn, opcode);
	case 0xc6: case 0xc7:
		return digit_of(insn) == 0 && set_op(d, OP_STORE_IMM, 0, size, W);
	case 0xf6: case 0xf7:
		return decode_group3(d, insn, size);
	case 0xfe: case 0xff:
		return decode_group4(d, insn, opcode);
	}
	return false;
}

static bool decode_sse(struct kmemcheck_decoded *d, struct insn *insn,
		       unsigned int opcode)
{
	bool f3 = has_prefix(insn, 0xf3), f2 = has_prefix(insn, 0xf2);
	bool o16 = has_prefix(insn, 0x66);

	switch (opcode) {
	case 0x10: case 0x11:		/* movups, movss, movsd */
		return set_op(d, OP_SSE, 0, f3 ? 4 : f2 ? 8 : 16, opcode == 0x10 ? R : W);
	case 0x28: case 0x29:		/* movaps */
		return set_op(d, OP_SSE, 0, 16, opcode == 0x28 ? R : W);
	case 0x2b:			/* movntps */
		return set_op(d, OP_SSE, 0, 16, W);
	case 0xe7:			/* movntdq */
		return set_op(d, OP_SSE, 0, o16 ? 16 : 8, W);
	case 0x6f: case 0x7f:		/* movdqa, movdqu, movq */
		return set_op(d, OP_SSE, 0, f3 || o16 ? 16 : 8, opcode == 0x6f ? R : W);
	case 0x6e:			/* movd */
		return set_op(d, OP_SSE, 0, insn->opnd_bytes == 8 ? 8 : 4, R);
	case 0x7e:
		return set_op(d, OP_SSE, 0, f3 || insn->opnd_bytes == 8 ? 8 : 4,
			      f3 ? R : W);
	case 0xd6:			/* movq */
		return o16 && set_op(d, OP_SSE, 0, 8, W);
	}
	return false;
}

/* 0f bc, bd and b8, which f3 makes others of */
static bool decode_scan(struct kmemcheck_decoded *d, struct insn *insn,
			unsigned int opcode)
{
	bool f3 = has_prefix(insn, 0xf3);
	unsigned int sub;

	if (opcode == 0xb8) {
		if (!f3)
			return false;
		sub = SCAN_POPCNT;
	} else if (opcode == 0xbc) {
		sub = f3 ? SCAN_TZCNT : SCAN_BSF;
	} else {
		sub = f3 ? SCAN_LZCNT : SCAN_BSR;
	}
	return set_op(d, OP_SCAN, sub, insn->opnd_bytes, R);
}

static bool decode_bit(struct kmemcheck_decoded *d, struct insn *insn, unsigned int sub)
{
	return set_op(d, OP_BIT, sub, insn->opnd_bytes, sub ? RW : R);
}

static bool decode_extend(struct kmemcheck_decoded *d, struct insn *insn,
			  unsigned int opcode)
{
	set_op(d, opcode < 0xb8 ? OP_LOAD : OP_LOAD_SIGNED, 0, opcode & 1 ? 2 : 1, R);
	d->reg_size = insn->opnd_bytes;
	return true;
}

static bool decode_group15(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int digit = digit_of(insn);

	/* clflush(opt), clwb; but xsaveopt without the prefix */
	if (digit == 7 || (digit == 6 && has_prefix(insn, 0x66)))
		return set_op(d, OP_NOTHING, 1, 1, 0);
	return false;
}

static bool decode_two_byte(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int opcode = insn->opcode.bytes[1];
	unsigned int size = insn->opnd_bytes;

	switch (opcode) {
	case 0x0d: case 0x18: case 0x1e: case 0x1f:	/* prefetch, nop */
		return set_op(d, OP_NOTHING, 0, 1, 0);
	case 0x40 ... 0x4f:		/* reads whatever the condition */
		return set_op(d, OP_CMOV, opcode & 0xf, size, R);
	case 0x90 ... 0x9f:
		return set_op(d, OP_SETCC, opcode & 0xf, 1, W);
	case 0xa3: case 0xab: case 0xb3: case 0xbb:
		d->flags |= DECODED_BY_REG;
		return decode_bit(d, insn, (opcode - 0xa3) >> 3);
	case 0xa4: case 0xa5: case 0xac: case 0xad:
		if (opcode & 1)
			d->flags |= DECODED_BY_REG;
		return set_op(d, OP_SHIFT_DOUBLE, opcode >= 0xac, size, RW);
	case 0xae:
		return decode_group15(d, insn);
	case 0xaf:
		return set_op(d, OP_IMUL, 0, size, R);
	case 0xb0: case 0xb1:
		return set_op(d, OP_CMPXCHG, 0, size_of(insn, opcode), RW);
	case 0xb6: case 0xb7: case 0xbe: case 0xbf:
		return decode_extend(d, insn, opcode);
	case 0xb8: case 0xbc: case 0xbd:
		return decode_scan(d, insn, opcode);
	case 0xba:
		return digit_of(insn) >= 4 && decode_bit(d, insn, digit_of(insn) - 4);
	case 0xc0: case 0xc1:
		return set_op(d, OP_XADD, 0, size_of(insn, opcode), RW);
	case 0xc3:			/* movnti */
		return set_op(d, OP_STORE, 0, size, W);
	case 0xc7:
		return digit_of(insn) == 1 &&
		       set_op(d, OP_CMPXCHG_WIDE, 0, size == 8 ? 16 : 8, RW);
	}
	return decode_sse(d, insn, opcode);
}

/* 0f 38 f0, f1: movbe and crc32 are told apart by f2. */
static bool decode_three_byte(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int opcode = insn->opcode.bytes[2];

	if (insn->opcode.bytes[1] != 0x38 || (opcode & ~1) != 0xf0)
		return false;
	if (!has_prefix(insn, 0xf2))
		return set_op(d, opcode & 1 ? OP_STORE_SWAPPED : OP_LOAD_SWAPPED, 0,
			      insn->opnd_bytes, opcode & 1 ? W : R);
	set_op(d, OP_CRC32, 0, size_of(insn, opcode), R);
	d->reg_size = insn->opnd_bytes == 8 ? 8 : 4;
	return true;
}

/* An operation on RAX or a part of it, and I */
static bool decode_accumulator(struct kmemcheck_decoded *d, struct insn *insn,
			       unsigned int opcode)
{
	unsigned int alu = opcode < 0x40 ? opcode >> 3 : ALU_TEST;

	set_operand_in(d, slots[0]);
	return set_op(d, OP_ALU_IMM, alu, size_of(insn, opcode),
		      alu == ALU_CMP || alu == ALU_TEST ? R : RW);
}

static bool decode_load_imm(struct kmemcheck_decoded *d, struct insn *insn,
			    unsigned int opcode)
{
	unsigned int size = opcode < 0xb8 ? 1 : insn->opnd_bytes;

	set_op(d, OP_LOAD_IMM, size == 8, size, 0);
	set_opcode_reg(d, insn);
	return true;
}

/* cbw, cwde and cdqe; cwd, cdq and cqo, which leave nothing of RAX but its sign */
static bool decode_extend_accumulator(struct kmemcheck_decoded *d, struct insn *insn,
				      bool sign_only)
{
	unsigned int size = sign_only ? insn->opnd_bytes : insn->opnd_bytes / 2;

	set_operand_in(d, slots[0]);
	d->reg = slots[sign_only ? 2 : 0];
	set_op(d, OP_LOAD_SIGNED, sign_only ? 8 * MACHINE_WORD - 1 : 0, size, R);
	d->reg_size = insn->opnd_bytes;
	return true;
}

static bool decode_bswap(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int nr = (insn->opcode.bytes[1] & 7) + (X86_REX_B(insn->rex_prefix.value) ? 8 : 0);

	/* That of 2 bytes is undefined. */
	if (insn->opnd_bytes == 2)
		return false;
	set_operand_in(d, slots[nr]);
	d->reg = slots[nr];
	return set_op(d, OP_LOAD_SWAPPED, 0, insn->opnd_bytes, R);
}

/* inc and dec of one byte */
static bool decode_opcode_unary(struct kmemcheck_decoded *d, struct insn *insn, unsigned int sub)
{
	set_operand_in(d, slots[insn->opcode.bytes[0] & 7]);
	return set_op(d, OP_UNARY, sub, insn->opnd_bytes, RW);
}

/* mov of RAX or a part of it from or to an address, which has no more than 32 bits. */
static bool decode_absolute(struct kmemcheck_decoded *d, struct insn *insn, unsigned int opcode)
{
	if (insn->addr_bytes != 4)
		return false;
	set_op(d, opcode & 2 ? OP_STORE : OP_LOAD, 0, size_of(insn, opcode), opcode & 2 ? W : R);
	set_segment(d, insn);
	d->reg = slots[0];
	d->base = SLOT_NONE;
	d->index = SLOT_NONE;
	d->disp = (u32)insn->moffset1.value;
	return true;
}

/* Without ModRM */
static bool decode_short(struct kmemcheck_decoded *d, struct insn *insn)
{
	unsigned int opcode = insn->opcode.bytes[0];

	if (insn->opcode.nbytes == 2) {
		opcode = insn->opcode.bytes[1];
		if ((opcode & 0xf8) == 0xc8)
			return decode_bswap(d, insn);
		return (opcode & 0xf0) == 0x80 && insn->opnd_bytes != 2 &&
		       set_op(d, OP_JCC, opcode & 0xf, 0, 0);
	}
	if (insn->opcode.nbytes != 1)
		return false;
	switch (opcode) {
	case 0x04 ... 0x3d:
		return (opcode & 6) == 4 && decode_accumulator(d, insn, opcode);
	case 0x40 ... 0x4f:		/* of 64 bits these are prefixes */
		return decode_opcode_unary(d, insn, opcode & 8 ? UNARY_DEC : UNARY_INC);
	case 0x50 ... 0x5f:
		if (has_prefix(insn, 0x66))
			return false;
		set_op(d, opcode < 0x58 ? OP_PUSH_REG : OP_POP_REG, 0, MACHINE_WORD, 0);
		set_opcode_reg(d, insn);
		return true;
	case 0x68: case 0x6a:
		return insn->opnd_bytes != 2 && set_op(d, OP_PUSH_IMM, 0, MACHINE_WORD, 0);
	case 0x70 ... 0x7f:
		return set_op(d, OP_JCC, opcode & 0xf, 0, 0);
	case 0x90:			/* but not pause, nor xchg with R8 */
		return !has_prefix(insn, 0xf3) && !X86_REX_B(insn->rex_prefix.value) &&
		       set_op(d, OP_NOP, 0, 0, 0);
	case 0x98: case 0x99:
		return decode_extend_accumulator(d, insn, opcode & 1);
	case 0xa0 ... 0xa3:
		return decode_absolute(d, insn, opcode);
	case 0xa4 ... 0xa7: case 0xaa ... 0xaf:
		return decode_string(d, insn, opcode);
	case 0xa8: case 0xa9:
		return decode_accumulator(d, insn, opcode);
	case 0xb0 ... 0xbf:
		return decode_load_imm(d, insn, opcode);
	case 0xc3:
		return set_op(d, OP_RET, 0, MACHINE_WORD, 0);
	case 0xe8:
		return insn->opnd_bytes != 2 && set_op(d, OP_CALL_REL, 0, 0, 0);
	case 0xe9: case 0xeb:
		return insn->opnd_bytes != 2 && set_op(d, OP_JUMP, 0, 0, 0);
	}
	return false;
}

static bool decode_operation(struct kmemcheck_decoded *d, struct insn *insn)
{
	/* Addresses of 16 bits are made in another way, and of no use. */
	if (insn_is_avx(insn) || insn->addr_bytes == 2)
		return false;
	if (!insn->modrm.nbytes)
		return decode_short(d, insn);
	switch (insn->opcode.nbytes) {
	case 1:
		return decode_one_byte(d, insn);
	case 2:
		return decode_two_byte(d, insn);
	case 3:
		return decode_three_byte(d, insn);
	}
	return false;
}

/* Where R and M are. */
static bool set_operands(struct kmemcheck_decoded *d, struct insn *insn)
{
	set_reg(d, insn);
	set_segment(d, insn);
	if (X86_MODRM_MOD(insn->modrm.value) == 3)
		return set_register_operand(d, insn);
	set_address(d, insn);
	return true;
}

/**
 * kmemcheck_decode() - what does this instruction do?
 * @d: where to
 * @code: its bytes
 * @size: how many can be read, at most MAX_CODE
 *
 * Return: false when the instruction is not known or is cut off; then @d->op is
 * OP_UNKNOWN.
 */
bool kmemcheck_decode(struct kmemcheck_decoded *d, const void *code, size_t size)
{
	struct insn insn;

	*d = (struct kmemcheck_decoded) {};
	if (insn_decode(&insn, code, size, MACHINE_INSN_MODE))
		return false;

	d->length = insn.length;
	memcpy(d->code, code, insn.length);
	d->imm = insn.immediate.value;
	if (has_prefix(&insn, 0xf0))
		d->flags |= DECODED_LOCK;
	if (!decode_operation(d, &insn) ||
	    (insn.modrm.nbytes && !set_operands(d, &insn))) {
		d->op = OP_UNKNOWN;
		return false;
	}
	return true;
}
