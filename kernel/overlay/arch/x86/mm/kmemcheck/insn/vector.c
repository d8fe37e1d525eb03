// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: instructions with a vector register and tracked memory.
 *
 * There are more than a thousand of them, and the processor knows them all. So each is
 * performed by the processor: a copy of it, with the alias of its memory operand in RAX
 * instead, is written to a place of this CPU and called. The vector registers are still
 * those of the interrupted code, as nothing in a fault uses them.
 *
 * What is uninitialised is not followed into vector registers. What they store counts as
 * initialised.
 *
 * The instructions of BMI and ADX that have memory and general registers are done in the
 * same way: the copy has RBX, RCX and RDX, which are loaded before and stored afterwards.
 */
#include <linux/kmemcheck_engine.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/asm.h>
#include <asm/insn.h>
#include <asm/nospec-branch.h>
#include <asm/processor-flags.h>
#include <asm/sync_core.h>

#include "decode.h"
#include "memory.h"
#include "operand.h"
#include "vector.h"

/* All sorts of a move, of arithmetic, and of tests. */
#define ARITHMETIC_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | \
				 X86_EFLAGS_ZF | X86_EFLAGS_SF | X86_EFLAGS_OF)

/* The same page twice: to write to, and to execute. */
struct place {
	u8 *write;
	const u8 *run;
};

static DEFINE_PER_CPU(struct place, places);

/**
 * kmemcheck_vector_prepare() - a place for code
 * @cpu: that is about to be brought up, each time
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_vector_prepare(unsigned int cpu)
{
	struct place *place = &per_cpu(places, cpu);
	struct page *page;

	if (place->run)
		return 0;
	/* vmap() lets nothing be executed. */
	place->run = __vmalloc_node_range(PAGE_SIZE, PAGE_SIZE, VMALLOC_START, VMALLOC_END,
					  GFP_KERNEL, PAGE_KERNEL_ROX, 0, cpu_to_node(cpu),
					  __builtin_return_address(0));
	if (!place->run)
		return -ENOMEM;
	page = vmalloc_to_page(place->run);
	place->write = PageHighMem(page) ? vmap(&page, 1, VM_MAP, PAGE_KERNEL) : page_address(page);
	if (!place->write) {
		vfree(place->run);
		place->run = NULL;
		return -ENOMEM;
	}
	memset(place->write, 0xcc, PAGE_SIZE);
	return 0;
}

/* As in an opcode: which of the tables, and where in it. */
struct opcode {
	unsigned int map;		/* 1: 0f, 2: 0f 38, 3: 0f 3a */
	u8 code;
	u8 prefix;			/* 0x66, 0xf3, 0xf2, or 0 */
	bool vex;			/* or EVEX */
	unsigned int bytes;		/* of a vector */
	bool wide;			/* REX.W, VEX.W */
};

static u8 mandatory_prefix(struct insn *insn)
{
	static const u8 vex[] = { 0, 0x66, 0xf3, 0xf2 };
	u8 found = 0;
	int i;

	if (insn_is_avx(insn))
		return vex[insn_vex_p_bits(insn)];
	for (i = 0; i < insn->prefixes.nbytes && i < 4; i++) {
		u8 prefix = insn->prefixes.bytes[i];

		if (prefix == 0xf2 || prefix == 0xf3)
			return prefix;
		if (prefix == 0x66)
			found = prefix;
	}
	return found;
}

static bool get_opcode(struct insn *insn, struct opcode *op)
{
	static const u8 length[] = { 16, 32, 64, 64 };

	op->vex = insn_is_avx(insn);
	op->prefix = mandatory_prefix(insn);
	op->bytes = 16;
	if (op->vex) {
		op->map = insn_vex_m_bits(insn);
		op->code = insn->opcode.bytes[0];
		op->bytes = insn_is_evex(insn) ? length[insn->vex_prefix.bytes[3] >> 5 & 3] :
			    length[insn->vex_prefix.bytes[insn->vex_prefix.nbytes - 1] >> 2 & 1];
		op->wide = insn->vex_prefix.nbytes > 2 && insn->vex_prefix.bytes[2] & 0x80;
		return op->map >= 1 && op->map <= 3;
	}
	op->wide = X86_REX_W(insn->rex_prefix.value);
	if (insn->opcode.bytes[0] != 0x0f)
		return false;
	op->map = 1;
	op->code = insn->opcode.bytes[1];
	if (op->code == 0x38 || op->code == 0x3a) {
		op->map = op->code == 0x38 ? 2 : 3;
		op->code = insn->opcode.bytes[2];
	}
	return true;
}

/* Those of the first table that have a vector register and no other. */
static bool is_vector_0f(u8 code)
{
	switch (code) {
	case 0x10 ... 0x17:		/* moves */
	case 0x28 ... 0x2b:
	case 0x2e ... 0x2f:		/* comparisons */
	case 0x51 ... 0x70:
	case 0x74 ... 0x76:
	case 0x78 ... 0x7f:
	case 0xc2: case 0xc4: case 0xc6:
	case 0xd0 ... 0xd6: case 0xd8 ... 0xef:
	case 0xf0 ... 0xf6: case 0xf8 ... 0xfe:
		return true;
	}
	return false;
}

/*
 * Left out are those with a general register besides, those that address memory by a
 * vector, and those that access only what a mask says.
 */
static bool is_vector(const struct opcode *op)
{
	switch (op->map) {
	case 1:
		return is_vector_0f(op->code);
	case 2:
		if (op->code >= 0x90 && op->code <= 0x93)	/* gather */
			return false;
		if (op->code >= 0xa0 && op->code <= 0xa3)	/* scatter */
			return false;
		if (op->code >= 0x2c && op->code <= 0x2f)	/* masked moves */
			return false;
		if (op->code == 0x8c || op->code == 0x8e)
			return false;
		if (op->code == 0x49 || op->code == 0x4b)	/* tiles */
			return false;
		if (op->code >= 0x80 && op->code <= 0x82)	/* invept and others */
			return false;
		if (op->code >= 0xc6 && op->code <= 0xc7)	/* prefetch by vector */
			return false;
		return op->code < 0xf0;				/* crc32, andn, ... */
	default:
		return (op->code < 0x60 || op->code > 0x63) &&	/* pcmpestri and others */
		       op->code != 0xf0;			/* rorx */
	}
}

/* andn; blsr, blsmsk, blsi; bzhi, pext, pdep; mulx; bextr, shlx, sarx, shrx; rorx; adcx, adox */
static bool is_general(const struct insn *insn, const struct opcode *op)
{
	if (!op->vex)
		return op->map == 2 && op->code == 0xf6 && (op->prefix == 0x66 ||
							    op->prefix == 0xf3);
	if (insn->vex_prefix.nbytes != 3)		/* none of them has the short form */
		return false;
	if (op->map == 3)
		return op->code == 0xf0;
	return op->map == 2 && ((op->code >= 0xf2 && op->code <= 0xf3) ||
				(op->code >= 0xf5 && op->code <= 0xf7));
}

/* A part of the register: pextrb, pextrw, pextrd, extractps, vextractf128, vcvtps2ph */
static unsigned int stores_0f3a(const struct opcode *op)
{
	switch (op->code) {
	case 0x14:
		return 1;
	case 0x15:
		return 2;
	case 0x16:
		return op->wide ? 8 : 4;
	case 0x17:
		return 4;
	case 0x19:
	case 0x39:
		return 16;
	case 0x1b:
	case 0x3b:
		return 32;
	case 0x1d:
		return op->bytes / 2;
	}
	return 0;
}

/* Bytes that are stored; 0 when it loads. */
static unsigned int stores(const struct opcode *op)
{
	if (op->map == 3)
		return stores_0f3a(op);
	if (op->map != 1)
		return 0;
	switch (op->code) {
	case 0x11:
		return op->prefix == 0xf3 ? 4 : op->prefix == 0xf2 ? 8 : op->bytes;
	case 0x13: case 0x17: case 0xd6:
		return 8;
	case 0x29: case 0x2b:
		return op->bytes;
	case 0x7e:
		return op->prefix == 0xf3 ? 0 : op->wide ? 8 : 4;
	case 0x7f: case 0xe7:
		return op->prefix || op->vex ? op->bytes : 8;
	}
	return 0;
}

/* At most so many bytes are loaded. Of those that load less, the frequent ones. */
static unsigned int loads(const struct opcode *op)
{
	if (op->map == 2 && op->code >= 0x18 && op->code <= 0x1a)
		return op->code == 0x18 ? 4 : op->code == 0x19 ? 8 : 16;	/* broadcast */
	if (op->map == 2 && op->code >= 0x58 && op->code <= 0x5a)
		return op->code == 0x58 ? 4 : op->code == 0x59 ? 8 : 16;
	if (op->map == 1 && (op->code == 0x6e || op->code == 0x12 || op->code == 0x16))
		return 8;
	if (op->map == 1 && op->code == 0x7e)
		return 8;
	if (op->map == 1 && (op->prefix == 0xf2 || op->prefix == 0xf3) && op->code != 0x6f)
		return 8;
	return op->bytes;
}

/* The copy: no segment, no index, no displacement, RAX as the base. Return: its size. */
static unsigned int copy_insn(struct insn *insn, const u8 *code, u8 *to)
{
	const u8 *p = code, *end = code + insn->length - insn->immediate.nbytes;
	u8 *start = to;
	int i;

	for (i = 0; i < insn->prefixes.nbytes; i++, p++)
		if (*p == 0x66 || *p == 0xf2 || *p == 0xf3)
			*to++ = *p;
	if (insn->rex_prefix.nbytes)
		*to++ = *p++ & ~3;			/* REX.X, REX.B */
	for (i = 0; i < insn->vex_prefix.nbytes; i++, p++)
		/* The same two, inverted; the short form of VEX does not have them. */
		*to++ = i == 1 && insn->vex_prefix.nbytes > 2 ? *p | 0x60 : *p;
	for (i = 0; i < insn->opcode.nbytes; i++)
		*to++ = *p++;
	*to++ = insn->modrm.bytes[0] & 0x38;
	for (i = 0; i < insn->immediate.nbytes; i++)
		*to++ = *end++;
	return to - start;
}

/* Which general registers it has besides; the copy has RBX and RCX. */
struct general {
	bool is;
	bool extends;			/* reg of ModRM is a part of the opcode */
	u8 reg, vvvv;			/* slots */
};

static void get_general(struct general *g, struct insn *insn, const struct opcode *op)
{
	u8 rex = insn->rex_prefix.value, vex = insn->vex_prefix.bytes[1];
	bool high = op->vex ? !(vex & 0x80) : X86_REX_R(rex);

	g->is = is_general(insn, op);
	if (!g->is)
		return;
	g->extends = op->vex && op->map == 2 && op->code == 0xf3;
	g->reg = kmemcheck_slot_of(X86_MODRM_REG(insn->modrm.bytes[0]) | (high ? 8 : 0));
	/* Without one, RCX stands for itself. */
	g->vvvv = op->vex && op->map == 2 ?
		  kmemcheck_slot_of(~insn->vex_prefix.bytes[2] >> 3) : SLOT_CX;
}

/* RBX for the register of ModRM, RCX for that of VEX. */
static void rename_general(const struct general *g, struct insn *insn, const struct opcode *op,
			   u8 *copy, unsigned int size)
{
	u8 *modrm = copy + size - insn->immediate.nbytes - 1;

	if (!g->extends)
		*modrm = 3 << 3;
	if (!op->vex) {
		if (insn->rex_prefix.nbytes)
			modrm[-4] &= ~4;		/* REX.R, before 0f 38 f6 */
		return;
	}
	modrm[-3] |= 0x80;				/* the same, inverted */
	if (op->map == 2)
		modrm[-2] = (modrm[-2] & ~0x78) | (~1 & 15) << 3;
}

/* An ENDBR, for the call; the instruction; a return. */
static void write_place(struct place *place, struct insn *insn, const u8 *code,
			const struct opcode *op, const struct general *g)
{
	static const u8 endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	u8 *p = place->write;
	unsigned int size;

	memcpy(p, endbr64, sizeof(endbr64));
	p += sizeof(endbr64);
	size = copy_insn(insn, code, p);
	if (g->is)
		rename_general(g, insn, op, p, size);
	p += size;
	*p++ = 0xc3;
	*p = 0xcc;
	/* It was written by another address than it is executed by. */
	sync_core();
}

static void run_place(const struct place *place, struct pt_regs *regs, void *alias,
		      const struct general *g)
{
	unsigned long flags = native_save_fl();
	unsigned long b = 0, c = 0, d = regs->dx;

	if (g->is) {
		b = kmemcheck_slot_value(regs, g->reg);
		c = kmemcheck_slot_value(regs, g->vvvv);
	}

	flags = (flags & ~ARITHMETIC_FLAGS) | (regs->flags & ARITHMETIC_FLAGS);
	asm volatile("push %[flags]\n\t"
		     "popf\n\t"
		     ANNOTATE_RETPOLINE_SAFE
		     "call *%[run]\n\t"
		     "pushf\n\t"
		     "pop %[flags]"
		     : [flags] "+&r" (flags), "+b" (b), "+c" (c), "+d" (d), ASM_CALL_CONSTRAINT
		     : [run] "r" (place->run), "a" (alias)
		     : "memory", "cc");
	regs->flags = (regs->flags & ~ARITHMETIC_FLAGS) | (flags & ARITHMETIC_FLAGS);
	if (!g->is)
		return;
	*kmemcheck_slot(regs, g->vvvv) = c;
	/* MULX may have one register twice: the upper half stays. */
	if (!g->extends)
		*kmemcheck_slot(regs, g->reg) = b;
}

/*
 * The address of the fault is that of the first byte in hidden memory. Is it that of the
 * operand? It is, unless the operand begins in memory that is not hidden, right before.
 */
static bool begins_at(unsigned long addr)
{
	return offset_in_page(addr) || kmemcheck_tracked((void *)addr - 1);
}

/**
 * kmemcheck_vector() - perform an instruction that has a vector register, or is of BMI
 * @regs: before it
 * @addr: that has faulted
 *
 * Return: false if it is none of those, and nothing has been done.
 */
bool kmemcheck_vector(struct pt_regs *regs, unsigned long addr)
{
	struct place *place = this_cpu_ptr(&places);
	u8 code[MAX_INSN_SIZE];
	unsigned int size;
	struct general g;
	struct opcode op;
	struct insn insn;

	/* What was interrupted may be using the place. */
	if (in_nmi() || !place->run || !begins_at(addr))
		return false;
	if (copy_from_kernel_nofault(code, (void *)regs->ip, sizeof(code)) ||
	    insn_decode(&insn, code, sizeof(code), MACHINE_INSN_MODE))
		return false;
	if (!insn.modrm.nbytes || X86_MODRM_MOD(insn.modrm.bytes[0]) == 3 ||
	    !get_opcode(&insn, &op))
		return false;
	get_general(&g, &insn, &op);
	if (!g.is && !is_vector(&op))
		return false;
	size = g.is ? (op.wide ? 8 : 4) : stores(&op) ?: loads(&op);
	if (!kmemcheck_range_in_pool(addr, size))
		return false;

	if (!g.is && stores(&op))
		kmemcheck_write(regs, addr, size);
	else if (!kmemcheck_any_allocated(addr, size))
		kmemcheck_report_read(regs, addr, size);
	write_place(place, &insn, code, &op, &g);
	run_place(place, regs, kmemcheck_alias((void *)addr), &g);
	regs->ip += insn.length;
	return true;
}
