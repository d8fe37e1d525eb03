// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: decode the instruction that faulted.
 *
 * insn.c knows where the parts of an instruction are; which of them reads or
 * writes how much is told here, for what compilers emit to reach memory. What
 * is not listed is not known, and nothing is concluded from it.
 */
#include <linux/kmemcheck.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/insn.h>
#include <asm/inat.h>
#include <asm/ptrace.h>

#include "decode.h"

#define R	OPERAND_READ
#define W	OPERAND_WRITE
#define RW	(OPERAND_READ | OPERAND_WRITE)

static unsigned long reg_value(const struct pt_regs *regs, unsigned int nr)
{
	switch (nr) {
	case 0: return regs->ax;
	case 1: return regs->cx;
	case 2: return regs->dx;
	case 3: return regs->bx;
	case 4: return regs->sp;
	case 5: return regs->bp;
	case 6: return regs->si;
	case 7: return regs->di;
	case 8: return regs->r8;
	case 9: return regs->r9;
	case 10: return regs->r10;
	case 11: return regs->r11;
	case 12: return regs->r12;
	case 13: return regs->r13;
	case 14: return regs->r14;
	default: return regs->r15;
	}
}

static unsigned int modrm_reg(struct insn *insn)
{
	return X86_MODRM_REG(insn->modrm.value) +
	       (X86_REX_R(insn->rex_prefix.value) ? 8 : 0);
}

/*
 * The address that ModRM, SIB and displacement name. Only ever used on an
 * instruction that has faulted on kernel memory, so segments have no base.
 */
static unsigned long effective_address(const struct pt_regs *regs, struct insn *insn)
{
	unsigned int mod = X86_MODRM_MOD(insn->modrm.value);
	unsigned int rm = X86_MODRM_RM(insn->modrm.value);
	unsigned int rex = insn->rex_prefix.value;
	unsigned long addr = (long)insn->displacement.value;

	if (rm == 4) {
		unsigned int base = X86_SIB_BASE(insn->sib.value);
		unsigned int index = X86_SIB_INDEX(insn->sib.value) +
				     (X86_REX_X(rex) ? 8 : 0);

		if (index != 4)
			addr += reg_value(regs, index) << X86_SIB_SCALE(insn->sib.value);
		if (mod || base != 5)
			addr += reg_value(regs, base + (X86_REX_B(rex) ? 8 : 0));
	} else if (!mod && rm == 5) {
		addr += regs->ip + insn->length;
	} else {
		addr += reg_value(regs, rm + (X86_REX_B(rex) ? 8 : 0));
	}
	return insn->addr_bytes == 4 ? (u32)addr : addr;
}

static void add_operand(struct kmemcheck_insn *out, unsigned long addr,
			unsigned int size, unsigned int access)
{
	out->operands[out->nr++] = (struct kmemcheck_operand) {
		.addr = addr, .size = size, .access = access,
	};
}

static bool has_prefix(struct insn *insn, insn_byte_t prefix)
{
	int i;

	/* It counts repeated ones, too, and keeps four. */
	for (i = 0; i < min_t(int, insn->prefixes.nbytes, 4); i++)
		if (insn->prefixes.bytes[i] == prefix)
			return true;
	return false;
}

/* Byte forms have even opcodes, the others the operand size. */
static unsigned int size_of(struct insn *insn, unsigned int opcode)
{
	return opcode & 1 ? insn->opnd_bytes : 1;
}

static bool decode_string(const struct pt_regs *regs, struct insn *insn,
			  struct kmemcheck_insn *out)
{
	unsigned int opcode = insn->opcode.bytes[0];
	unsigned int size = size_of(insn, opcode);

	/* A count of 0 does not access anything. */
	if ((has_prefix(insn, 0xf3) || has_prefix(insn, 0xf2)) && !regs->cx)
		return true;

	switch (opcode & ~1) {
	case 0xa4:			/* movs */
		out->copy = true;
		add_operand(out, regs->si, size, R);
		add_operand(out, regs->di, size, W);
		return true;
	case 0xa6:			/* cmps */
		add_operand(out, regs->si, size, R);
		add_operand(out, regs->di, size, R);
		return true;
	case 0xaa:			/* stos */
		add_operand(out, regs->di, size, W);
		return true;
	case 0xac:			/* lods */
		add_operand(out, regs->si, size, R);
		return true;
	case 0xae:			/* scas */
		add_operand(out, regs->di, size, R);
		return true;
	}
	return false;
}

/* Opcodes whose /digit chooses the operation. Return: its access, 0 unknown. */
static unsigned int group_access(struct insn *insn, unsigned int opcode,
				 unsigned int *size)
{
	unsigned int digit = X86_MODRM_REG(insn->modrm.value);

	*size = size_of(insn, opcode);
	switch (opcode) {
	case 0x80: case 0x81: case 0x83:
		if (opcode == 0x83)
			*size = insn->opnd_bytes;
		if (IS_ENABLED(CONFIG_KMEMCHECK_BITOPS_OK) &&
		    (digit == 1 || digit == 4 || digit == 6))
			return W;	/* or, and, xor */
		return digit == 7 ? R : RW;
	case 0xf6: case 0xf7:
		return digit == 2 || digit == 3 ? RW : R;
	case 0xfe:
		return digit < 2 ? RW : 0;
	case 0xff:
		if (digit < 2)
			return RW;
		*size = 8;		/* call, jmp, push: whatever the prefix */
		return digit == 2 || digit == 4 || digit == 6 ? R : 0;
	}
	return 0;
}

static unsigned int one_byte_access(struct insn *insn, unsigned int opcode,
				    unsigned int *size)
{
	*size = size_of(insn, opcode);
	if (opcode < 0x40) {
		if ((opcode & 7) > 3)
			return 0;
		/* op r/m,r writes unless it is cmp; op r,r/m only reads. */
		return (opcode & 2) || opcode >= 0x38 ? R : RW;
	}
	switch (opcode) {
	case 0x63:			/* movsxd */
		*size = min_t(unsigned int, insn->opnd_bytes, 4);
		return R;
	case 0x69: case 0x6b:		/* imul */
		*size = insn->opnd_bytes;
		return R;
	case 0x80: case 0x81: case 0x83:
	case 0xf6: case 0xf7: case 0xfe: case 0xff:
		return group_access(insn, opcode, size);
	case 0x84: case 0x85: case 0x8a: case 0x8b:
		return R;
	case 0x86: case 0x87:		/* xchg */
	case 0xc0: case 0xc1: case 0xd0: case 0xd1: case 0xd2: case 0xd3:
		return RW;
	case 0x88: case 0x89: case 0xc6: case 0xc7:
		return W;
	case 0x8c:			/* from and to a segment register */
		*size = 2;
		return W;
	case 0x8e:
		*size = 2;
		return R;
	case 0x8f:			/* pop */
		*size = 8;
		return W;
	}
	return 0;
}

static unsigned int sse_access(struct insn *insn, unsigned int opcode,
			       unsigned int *size)
{
	bool f3 = has_prefix(insn, 0xf3), f2 = has_prefix(insn, 0xf2);
	bool o16 = has_prefix(insn, 0x66);

	*size = 16;
	switch (opcode) {
	case 0x10: case 0x11:		/* movups, movss, movsd */
		*size = f3 ? 4 : f2 ? 8 : 16;
		return opcode == 0x10 ? R : W;
	case 0x28: case 0x29:		/* movaps */
		return opcode == 0x28 ? R : W;
	case 0x2b: case 0xe7:		/* movntps, movntdq */
		*size = opcode == 0xe7 && !o16 ? 8 : 16;
		return W;
	case 0x6f: case 0x7f:		/* movdqa, movdqu, movq */
		*size = f3 || o16 ? 16 : 8;
		return opcode == 0x6f ? R : W;
	case 0x6e:			/* movd */
		*size = insn->opnd_bytes == 8 ? 8 : 4;
		return R;
	case 0x7e:
		*size = f3 || insn->opnd_bytes == 8 ? 8 : 4;
		return f3 ? R : W;
	case 0xd6:			/* movq */
		*size = 8;
		return o16 ? W : 0;
	}
	return 0;
}

static unsigned int two_byte_access(struct insn *insn, unsigned int opcode,
				    unsigned int *size)
{
	unsigned int digit = X86_MODRM_REG(insn->modrm.value);

	*size = insn->opnd_bytes;
	switch (opcode) {
	case 0x40 ... 0x4f:		/* cmov reads whatever the condition */
	case 0xaf:			/* imul */
	case 0xb8: case 0xbc: case 0xbd:	/* popcnt, bit scans */
	case 0xa3:			/* bt */
		return R;
	case 0x90 ... 0x9f:		/* setcc */
		*size = 1;
		return W;
	case 0xa4: case 0xa5: case 0xac: case 0xad:	/* shld, shrd */
	case 0xab: case 0xb3: case 0xbb:	/* bts, btr, btc */
		return RW;
	case 0xb0: case 0xb1: case 0xc0: case 0xc1:	/* cmpxchg, xadd */
		*size = size_of(insn, opcode);
		return RW;
	case 0xb6: case 0xbe: case 0xb7: case 0xbf:	/* movzx, movsx */
		*size = opcode & 1 ? 2 : 1;
		return R;
	case 0xba:
		return digit < 4 ? 0 : digit == 4 ? R : RW;
	case 0xc3:			/* movnti */
		return W;
	case 0xc7:			/* cmpxchg8b, cmpxchg16b */
		*size = insn->opnd_bytes == 8 ? 16 : 8;
		return digit == 1 ? RW : 0;
	default:
		return sse_access(insn, opcode, size);
	}
}

/* bt and its kin with a register reach beyond their operand. */
static unsigned long bit_address(const struct pt_regs *regs, struct insn *insn,
				 unsigned long addr, unsigned int size)
{
	long bit = reg_value(regs, modrm_reg(insn));

	if (size == 2)
		bit = (s16)bit;
	else if (size == 4)
		bit = (s32)bit;
	return addr + (bit >> (ilog2(size) + 3)) * (long)size;
}

static bool is_bit_string(unsigned int opcode)
{
	return opcode == 0xa3 || opcode == 0xab || opcode == 0xb3 || opcode == 0xbb;
}

/* A cmpxchg that will fail writes the old value back: no news. */
static bool cmpxchg_will_write(const struct pt_regs *regs, unsigned long addr,
			       unsigned int size)
{
	unsigned long old = 0;

	if (kmemcheck_tracked((void *)addr))
		memcpy(&old, kmemcheck_alias((void *)addr), size);
	return !memcmp(&old, &regs->ax, size);
}

/* The same for cmpxchg8b and cmpxchg16b, which compare with two registers. */
static bool wide_cmpxchg_will_write(const struct pt_regs *regs, unsigned long addr,
				    unsigned int size)
{
	return cmpxchg_will_write(regs, addr, size / 2) &&
	       !memcmp(kmemcheck_alias((void *)addr + size / 2), &regs->dx, size / 2);
}

/* Prefetches, long nops, and writing back a cache line: clflush(opt), clwb. */
static bool only_names_address(struct insn *insn, unsigned int opcode)
{
	unsigned int digit = X86_MODRM_REG(insn->modrm.value);

	if (opcode == 0x0d || opcode == 0x18 || opcode == 0x1f)
		return true;
	return opcode == 0xae && (digit == 7 || (digit == 6 && has_prefix(insn, 0x66)));
}

static bool decode_two_byte(const struct pt_regs *regs, struct insn *insn,
			    struct kmemcheck_insn *out)
{
	unsigned int opcode = insn->opcode.bytes[1];
	unsigned long addr = effective_address(regs, insn);
	unsigned int access, size;

	if (only_names_address(insn, opcode))
		return true;

	access = two_byte_access(insn, opcode, &size);
	if (!access)
		return false;
	if (is_bit_string(opcode))
		addr = bit_address(regs, insn, addr, size);
	if ((opcode & ~1) == 0xb0 && !cmpxchg_will_write(regs, addr, size))
		access = R;
	if (opcode == 0xc7 && !wide_cmpxchg_will_write(regs, addr, size))
		access = R;
	add_operand(out, addr, size, access);
	return true;
}

/* 0f 38 f0, f1: movbe and crc32 are told apart by f2. */
static bool decode_three_byte(const struct pt_regs *regs, struct insn *insn,
			      struct kmemcheck_insn *out)
{
	unsigned int opcode = insn->opcode.bytes[2];
	bool crc32 = has_prefix(insn, 0xf2);

	if (insn->opcode.bytes[1] != 0x38 || (opcode & ~1) != 0xf0)
		return false;
	if (crc32)
		add_operand(out, effective_address(regs, insn), size_of(insn, opcode), R);
	else
		add_operand(out, effective_address(regs, insn), insn->opnd_bytes,
			    opcode & 1 ? W : R);
	return true;
}

static bool decode_one_byte(const struct pt_regs *regs, struct insn *insn,
			    struct kmemcheck_insn *out)
{
	unsigned int opcode = insn->opcode.bytes[0];
	unsigned int access, size;

	if (opcode >= 0xa4 && opcode <= 0xaf && opcode != 0xa8 && opcode != 0xa9)
		return decode_string(regs, insn, out);
	if (!insn->modrm.nbytes || X86_MODRM_MOD(insn->modrm.value) == 3)
		return false;
	access = one_byte_access(insn, opcode, &size);
	if (!access)
		return false;
	add_operand(out, effective_address(regs, insn), size, access);
	return true;
}

/* The instruction may end at the end of a page, with nothing mapped behind. */
static bool fetch(unsigned long ip, struct insn *insn)
{
	u8 bytes[MAX_INSN_SIZE] = {};
	size_t size = min_t(size_t, MAX_INSN_SIZE, PAGE_SIZE - offset_in_page(ip));

	memcpy(bytes, (void *)ip, size);
	if (!insn_decode(insn, bytes, size, INSN_MODE_64))
		return true;
	if (size == MAX_INSN_SIZE ||
	    copy_from_kernel_nofault(bytes + size, (void *)ip + size,
				     MAX_INSN_SIZE - size))
		return false;
	return !insn_decode(insn, bytes, MAX_INSN_SIZE, INSN_MODE_64);
}

bool kmemcheck_decode(const struct pt_regs *regs, struct kmemcheck_insn *out)
{
	struct insn insn;

	out->nr = 0;
	out->copy = false;
	if (!fetch(regs->ip, &insn) || insn_is_avx(&insn))
		return false;

	switch (insn.opcode.nbytes) {
	case 1:
		return decode_one_byte(regs, &insn, out);
	case 2:
		return decode_two_byte(regs, &insn, out);
	case 3:
		return decode_three_byte(regs, &insn, out);
	}
	return false;
}
