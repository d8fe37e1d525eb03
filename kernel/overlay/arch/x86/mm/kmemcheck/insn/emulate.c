// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: perform one instruction, with its operand in memory mapped elsewhere.
 *
 * What matters of the processor's state is in struct pt_regs; arithmetic and
 * whatever else sets flags is in arith.c.
 */
#include <linux/swab.h>

#include <asm/processor-flags.h>
#include <asm/special_insns.h>

#include "arith.h"
#include "emulate.h"

static unsigned long swap_bytes(unsigned long value, unsigned int size)
{
	switch (size) {
	case 2:
		return swab16(value);
	case 4:
		return swab32(value);
	default:
		return swab64(value);
	}
}

/* R op= M. The register is what the operation has in memory. */
static void alu_load(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		     const void *mem, unsigned long *flags)
{
	unsigned long value = kmemcheck_get_reg(d, regs);

	kmemcheck_alu(d->sub, false, d->size, &value, kmemcheck_load(mem, d->size), flags);
	if (d->sub != ALU_CMP)
		kmemcheck_put_reg(d, regs, value);
}

#define MULTIPLY(suffix)						\
({									\
	asm volatile("push %[f]\n\tpopf\n\timul" suffix			\
		     "\n\tpushf\n\tpop %[f]"				\
		     : [r] "+r" (value), [f] "+r" (*flags)		\
		     : [v] "r" (by) : "cc");				\
})

/* imul with two or three operands */
static void imul(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		 unsigned long value, unsigned long by, unsigned long *flags)
{
	switch (d->size) {
	case 2:
		MULTIPLY("w %w[v], %w[r]");
		break;
	case 4:
		MULTIPLY("l %k[v], %k[r]");
		break;
	default:
		IF_64BIT(MULTIPLY("q %q[v], %q[r]"));
		break;
	}
	kmemcheck_put_reg(d, regs, value);
}

#define ON_PAIR(text, type)						\
({									\
	asm volatile("push %[f]\n\tpopf\n\t" text "\n\tpushf\n\tpop %[f]"	\
		     : "+a" (regs->ax), "+d" (regs->dx), [f] "+r" (*flags)	\
		     : [m] "m" (*(const type *)mem) : "cc");		\
})

#define DEFINE_ON_PAIR(name)						\
static void pair_##name(unsigned int size, struct pt_regs *regs,		\
		      const void *mem, unsigned long *flags)		\
{									\
	switch (size) {							\
	case 1:								\
		ON_PAIR(#name "b %[m]", u8);				\
		break;							\
	case 2:								\
		ON_PAIR(#name "w %[m]", u16);				\
		break;							\
	case 4:								\
		ON_PAIR(#name "l %[m]", u32);				\
		break;							\
	default:							\
		IF_64BIT(ON_PAIR(#name "q %[m]", u64));				\
		break;							\
	}								\
}

DEFINE_ON_PAIR(mul)
DEFINE_ON_PAIR(imul)
DEFINE_ON_PAIR(div)
DEFINE_ON_PAIR(idiv)

/* The bits of RDX:RAX, or of AX, that are divided by @size bytes. */
static void dividend(unsigned int size, const struct pt_regs *regs,
		     unsigned long *high, unsigned long *low)
{
	if (size == 1) {
		*high = (u8)(regs->ax >> 8);
		*low = (u8)regs->ax;
	} else {
		*high = kmemcheck_load(&regs->dx, size);
		*low = kmemcheck_load(&regs->ax, size);
	}
}

/* Two words by one, by way of the absolute values. */
static bool wide_idiv_is_safe(unsigned long high, unsigned long low, unsigned long by)
{
	bool is_negative = (long)high < 0, by_negative = (long)by < 0;

	if (by_negative)
		by = -by;
	if (is_negative) {
		low = -low;
		high = ~high + !low;
	}
	if (high >= by)
		return false;
	asm("div %[by]" : "+a" (low), "+d" (high) : [by] "r" (by) : "cc");
	return (long)low >= 0 || (low == (unsigned long)LONG_MIN && is_negative != by_negative);
}

static bool idiv_is_safe(unsigned int size, unsigned long high, unsigned long low,
			 unsigned long by)
{
	long all, quotient;

	if (size == sizeof(long))
		return wide_idiv_is_safe(high, low, by);
	all = kmemcheck_sign_extend(high << 8 * size | low, 2 * size);
	by = kmemcheck_sign_extend(by, size);
	/* The division itself must not overflow here. */
	quotient = by == -1UL ? (all == LONG_MIN ? LONG_MAX : -all) : all / (long)by;
	return quotient == (long)kmemcheck_sign_extend(quotient, size);
}

/* A division that overflows is to raise its exception where it stands, not here. */
static bool division_is_safe(const struct kmemcheck_decoded *d,
			     const struct pt_regs *regs, const void *mem)
{
	unsigned long by = kmemcheck_load(mem, d->size), high, low;

	if (!by)
		return false;
	dividend(d->size, regs, &high, &low);
	return d->sub == 6 ? high < by : idiv_is_safe(d->size, high, low, by);
}

static bool muldiv(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		   const void *mem, unsigned long *flags)
{
	switch (d->sub) {
	case 4:
		pair_mul(d->size, regs, mem, flags);
		return true;
	case 5:
		pair_imul(d->size, regs, mem, flags);
		return true;
	}
	if (!division_is_safe(d, regs, mem))
		return false;
	if (d->sub == 6)
		pair_div(d->size, regs, mem, flags);
	else
		pair_idiv(d->size, regs, mem, flags);
	return true;
}

#define EXCHANGE(text, type)						\
({									\
	asm volatile(text : "+q" (value), "+m" (*(type *)mem) : : "memory");	\
})

/* xchg locks without being told so. */
static void xchg_mem(const struct kmemcheck_decoded *d, struct pt_regs *regs, void *mem)
{
	unsigned long value = kmemcheck_get_reg(d, regs);

	switch (d->size) {
	case 1:
		EXCHANGE("xchgb %b0, %1", u8);
		break;
	case 2:
		EXCHANGE("xchgw %w0, %1", u16);
		break;
	case 4:
		EXCHANGE("xchgl %k0, %1", u32);
		break;
	default:
		IF_64BIT(EXCHANGE("xchgq %q0, %1", u64));
		break;
	}
	kmemcheck_put_reg(d, regs, value);
}

#define ADD_AND_GET(text, type)						\
({									\
	asm volatile(text "\n\tpushf\n\tpop %[f]"			\
		     : [r] "+q" (value), [m] "+m" (*(type *)mem),	\
		       [f] "=r" (*flags) : : "cc", "memory");		\
})

#define DEFINE_XADD(prefix, lock)					\
static unsigned long prefix##_xadd(unsigned int size, void *mem,	\
				   unsigned long value, unsigned long *flags) \
{									\
	switch (size) {							\
	case 1:								\
		ADD_AND_GET(lock "xaddb %b[r], %[m]", u8);		\
		break;							\
	case 2:								\
		ADD_AND_GET(lock "xaddw %w[r], %[m]", u16);		\
		break;							\
	case 4:								\
		ADD_AND_GET(lock "xaddl %k[r], %[m]", u32);		\
		break;							\
	default:							\
		IF_64BIT(ADD_AND_GET(lock "xaddq %q[r], %[m]", u64));		\
		break;							\
	}								\
	return value;							\
}

DEFINE_XADD(plain, "")
DEFINE_XADD(lock, "lock; ")

static void exchange_add(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			 void *mem, unsigned long *flags)
{
	unsigned long value = kmemcheck_get_reg(d, regs);

	if (d->flags & DECODED_LOCK)
		value = lock_xadd(d->size, mem, value, flags);
	else
		value = plain_xadd(d->size, mem, value, flags);
	kmemcheck_put_reg(d, regs, value);
}

#define COMPARE_EXCHANGE(text, type)					\
({									\
	asm volatile(text "\n\tpushf\n\tpop %[f]"			\
		     : "+a" (regs->ax), [m] "+m" (*(type *)mem),	\
		       [f] "=r" (*flags)				\
		     : [r] "q" (value) : "cc", "memory");		\
})

#define DEFINE_CMPXCHG(prefix, lock)					\
static void prefix##_cmpxchg(unsigned int size, struct pt_regs *regs, void *mem, \
			     unsigned long value, unsigned long *flags)	\
{									\
	switch (size) {							\
	case 1:								\
		COMPARE_EXCHANGE(lock "cmpxchgb %b[r], %[m]", u8);	\
		break;							\
	case 2:								\
		COMPARE_EXCHANGE(lock "cmpxchgw %w[r], %[m]", u16);	\
		break;							\
	case 4:								\
		COMPARE_EXCHANGE(lock "cmpxchgl %k[r], %[m]", u32);	\
		break;							\
	default:							\
		IF_64BIT(COMPARE_EXCHANGE(lock "cmpxchgq %q[r], %[m]", u64));	\
		break;							\
	}								\
}

DEFINE_CMPXCHG(plain, "")
DEFINE_CMPXCHG(lock, "lock; ")

static void compare_exchange(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			     void *mem, unsigned long *flags)
{
	unsigned long value = kmemcheck_get_reg(d, regs);

	if (d->flags & DECODED_LOCK)
		lock_cmpxchg(d->size, regs, mem, value, flags);
	else
		plain_cmpxchg(d->size, regs, mem, value, flags);
}

#define COMPARE_EXCHANGE_WIDE(text)					\
({									\
	asm volatile("push %[f]\n\tpopf\n\t" text " %[m]\n\tpushf\n\tpop %[f]"	\
		     : "+a" (regs->ax), "+d" (regs->dx),		\
		       [m] "+m" (*(u8 (*)[16])mem), [f] "+r" (*flags)	\
		     : "b" (regs->bx), "c" (regs->cx) : "cc", "memory");	\
})

static void compare_exchange_wide(const struct kmemcheck_decoded *d, struct pt_regs *regs,
				  void *mem, unsigned long *flags)
{
	bool lock = d->flags & DECODED_LOCK;

	switch (d->size) {
	case 8:
		if (lock)
			COMPARE_EXCHANGE_WIDE("lock; cmpxchg8b");
		else
			COMPARE_EXCHANGE_WIDE("cmpxchg8b");
		break;
	default:
		if (lock)
			IF_64BIT(COMPARE_EXCHANGE_WIDE("lock; cmpxchg16b"));
		else
			IF_64BIT(COMPARE_EXCHANGE_WIDE("cmpxchg16b"));
		break;
	}
}

#define SCAN(text)							\
({									\
	asm volatile("push %[f]\n\tpopf\n\t" text "\n\tpushf\n\tpop %[f]"	\
		     : [r] "+r" (value), [f] "+r" (*flags)		\
		     : [v] "r" (from) : "cc");				\
})

#define DEFINE_SCAN(name)						\
static unsigned long plain_##name(unsigned int size, unsigned long value,	\
			       unsigned long from, unsigned long *flags) \
{									\
	switch (size) {							\
	case 2:								\
		SCAN(#name "w %w[v], %w[r]");				\
		break;							\
	case 4:								\
		SCAN(#name "l %k[v], %k[r]");				\
		break;							\
	default:							\
		IF_64BIT(SCAN(#name "q %q[v], %q[r]"));				\
		break;							\
	}								\
	return value;							\
}

DEFINE_SCAN(bsf)
DEFINE_SCAN(bsr)
DEFINE_SCAN(tzcnt)
DEFINE_SCAN(lzcnt)
DEFINE_SCAN(popcnt)

/*
 * Of 0, bsf and bsr leave the register alone, all 64 bits of it on some
 * processors: so the register takes part.
 */
static void scan(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		 const void *mem, unsigned long *flags)
{
	unsigned long value = kmemcheck_get_reg(d, regs), from = kmemcheck_load(mem, d->size);

	switch (d->sub) {
	case SCAN_BSF:
		value = plain_bsf(d->size, value, from, flags);
		break;
	case SCAN_BSR:
		value = plain_bsr(d->size, value, from, flags);
		break;
	case SCAN_TZCNT:
		value = plain_tzcnt(d->size, value, from, flags);
		break;
	case SCAN_LZCNT:
		value = plain_lzcnt(d->size, value, from, flags);
		break;
	default:
		value = plain_popcnt(d->size, value, from, flags);
		break;
	}
	*kmemcheck_slot(regs, d->reg) = value;
}

static void crc32(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		  const void *mem)
{
	unsigned long value = kmemcheck_get_reg(d, regs), from = kmemcheck_load(mem, d->size);

	switch (d->size) {
	case 1:
		asm("crc32b %b1, %k0" : "+r" (value) : "q" (from));
		break;
	case 2:
		asm("crc32w %w1, %k0" : "+r" (value) : "r" (from));
		break;
	case 4:
		asm("crc32l %k1, %k0" : "+r" (value) : "r" (from));
		break;
	default:
		IF_64BIT(asm("crc32q %q1, %q0" : "+r" (value) : "r" (from)));
		break;
	}
	*kmemcheck_slot(regs, d->reg) = value;
}

/**
 * kmemcheck_push() - what the interrupted code pushes
 * @regs: of the interrupted code
 * @value: that goes onto its stack
 *
 * Return: false when the gap above our own frame is full, or there is none.
 */
bool kmemcheck_push(struct pt_regs *regs, unsigned long value)
{
	unsigned long sp = regs->sp - sizeof(value);

	if (!kmemcheck_is_on_stack(regs, sp, sizeof(value)))
		return false;
	*(unsigned long *)sp = value;
	regs->sp = sp;
	return true;
}

/* Instructions that set no flags. Return: was it one? */
static bool emulate_plain(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			  void *mem)
{
	switch (d->op) {
	case OP_NOTHING:
		/* Of these, only those that write a cache line back do fault. */
		clflush(mem);
		return true;
	case OP_LOAD_SWAPPED:
		kmemcheck_put_reg(d, regs, swap_bytes(kmemcheck_load(mem, d->size), d->size));
		return true;
	case OP_STORE_SWAPPED:
		kmemcheck_store(mem, swap_bytes(kmemcheck_get_reg(d, regs), d->size), d->size);
		return true;
	case OP_XCHG:
		xchg_mem(d, regs, mem);
		return true;
	case OP_CMOV:
		kmemcheck_put_reg(d, regs, kmemcheck_condition_holds(d->sub, regs->flags) ?
			kmemcheck_load(mem, d->size) : kmemcheck_get_reg(d, regs));
		return true;
	case OP_SETCC:
		kmemcheck_store(mem, kmemcheck_condition_holds(d->sub, regs->flags), 1);
		return true;
	case OP_CRC32:
		crc32(d, regs, mem);
		return true;
	case OP_POP:
		kmemcheck_store(mem, *(unsigned long *)regs->sp, sizeof(long));
		regs->sp += sizeof(long);
		return true;
	}
	return false;
}

static unsigned long shift_count(const struct kmemcheck_decoded *d,
				 const struct pt_regs *regs)
{
	return d->flags & DECODED_BY_REG ? regs->cx : d->imm;
}

/* Return: false when it is none of these, or cannot be done. */
static bool emulate_flags(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			  void *mem, unsigned long *flags)
{
	bool lock = d->flags & DECODED_LOCK;

	switch (d->op) {
	case OP_ALU_STORE:
		kmemcheck_alu(d->sub, lock, d->size, mem, kmemcheck_get_reg(d, regs), flags);
		return true;
	case OP_ALU_IMM:
		kmemcheck_alu(d->sub, lock, d->size, mem, (long)d->imm, flags);
		return true;
	case OP_ALU_LOAD:
		alu_load(d, regs, mem, flags);
		return true;
	case OP_UNARY:
		kmemcheck_unary(d->sub, lock, d->size, mem, flags);
		return true;
	case OP_BIT:
		kmemcheck_bit(d->sub, lock, d->size, mem,
			      (d->flags & DECODED_BY_REG ? kmemcheck_get_reg(d, regs) : d->imm) &
			      (8 * d->size - 1), flags);
		return true;
	case OP_CMPXCHG:
		compare_exchange(d, regs, mem, flags);
		return true;
	case OP_CMPXCHG_WIDE:
		compare_exchange_wide(d, regs, mem, flags);
		return true;
	case OP_XADD:
		exchange_add(d, regs, mem, flags);
		return true;
	case OP_SHIFT:
		kmemcheck_shift(d->sub, d->size, mem, shift_count(d, regs), flags);
		return true;
	case OP_SHIFT_DOUBLE:
		kmemcheck_shift_double(d->sub, d->size, mem, kmemcheck_get_reg(d, regs),
				       shift_count(d, regs), flags);
		return true;
	case OP_IMUL:
		imul(d, regs, kmemcheck_get_reg(d, regs), kmemcheck_load(mem, d->size), flags);
		return true;
	case OP_IMUL_IMM:
		imul(d, regs, kmemcheck_load(mem, d->size), (long)d->imm, flags);
		return true;
	case OP_MULDIV:
		return muldiv(d, regs, mem, flags);
	case OP_SCAN:
		scan(d, regs, mem, flags);
		return true;
	}
	return false;
}

/* Return: false when it is none of these, or the stack is full. */
static bool emulate_branch(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			   const void *mem)
{
	unsigned long value = kmemcheck_load(mem, sizeof(long)), next = regs->ip + d->length;

	switch (d->op) {
	case OP_PUSH:
		if (!kmemcheck_push(regs, value))
			return false;
		regs->ip = next;
		return true;
	case OP_CALL:
		if (!kmemcheck_push(regs, next))
			return false;
		regs->ip = value;
		return true;
	case OP_JMP:
		regs->ip = value;
		return true;
	}
	return false;
}

/**
 * kmemcheck_emulate() - perform an instruction
 * @d: the instruction, neither a move nor one on strings
 * @regs: before it; afterwards, after it
 * @mem: the operand, mapped
 *
 * The registers of the FPU are not touched.
 *
 * Return: false when it cannot be performed; then nothing has happened.
 */
bool kmemcheck_emulate(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		       void *mem)
{
	unsigned long flags;

	if (d->op >= OP_ALU_STORE && d->op <= OP_SCAN) {
		/* Interrupts stay off. */
		flags = (regs->flags & STATUS_FLAGS) | X86_EFLAGS_FIXED;
		if (!emulate_flags(d, regs, mem, &flags))
			return false;
		regs->flags = (regs->flags & ~STATUS_FLAGS) | (flags & STATUS_FLAGS);
	} else if (!emulate_plain(d, regs, mem)) {
		return emulate_branch(d, regs, mem);
	}
	regs->ip += d->length;
	return true;
}

/**
 * kmemcheck_execute_without_memory() - perform an instruction without an operand M
 * @d: the instruction
 * @regs: before it; afterwards, after it
 *
 * Return: false when it uses the stack; then nothing has happened.
 */
bool kmemcheck_execute_without_memory(const struct kmemcheck_decoded *d,
				      struct pt_regs *regs)
{
	unsigned long next = regs->ip + d->length;
	unsigned long value;

	switch (d->op) {
	case OP_NOP:
	case OP_NOTHING:
		break;
	case OP_LEA:
		kmemcheck_put_reg(d, regs, kmemcheck_effective_address(d, regs));
		break;
	case OP_LOAD_IMM:
		value = d->sub ? *(const u64 *)((const u8 *)d->code + d->length - 8) :
				 (long)d->imm;
		kmemcheck_put_reg(d, regs, value);
		break;
	case OP_JCC:
		if (kmemcheck_condition_holds(d->sub, regs->flags))
			next += d->imm;
		break;
	case OP_JUMP:
		next += d->imm;
		break;
	default:
		return false;
	}
	regs->ip = next;
	return true;
}
