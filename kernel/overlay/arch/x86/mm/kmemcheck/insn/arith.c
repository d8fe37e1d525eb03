// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: arithmetic on memory, done by the processor itself.
 *
 * Each operation is the interrupted instruction's own, on another address, with
 * the flags of the interrupted code loaded before and saved after. So there is
 * no second opinion about carries and undefined flags, and what is atomic stays
 * so. Without a lock prefix none is used: it could trap on a split cache line.
 */
#include <linux/build_bug.h>
#include <linux/types.h>

#include "arith.h"
#include "decode.h"

/*
 * The pushes are balanced before the operation, so an operand on the stack is
 * found.
 */
#define WITH_FLAGS(text)						\
	"push %[f]\n\tpopf\n\t" text "\n\tpushf\n\tpop %[f]"

/* For what sets all flags the old ones do not matter, and loading them is dear. */
#define SETTING_FLAGS(text)						\
	text "\n\tpushf\n\tpop %[f]"

/* M op R; for bytes, a register of which %b names the right part */
#define ON_MEMORY(text, type)						\
({									\
	asm volatile(text						\
		     : [m] "+m" (*(type *)mem), [f] "+r" (*flags)	\
		     : [v] "q" (value) : "cc", "memory");		\
})

#define BY_SIZE_1248(how, name)						\
do {									\
	switch (size) {							\
	case 1:								\
		ON_MEMORY(how(name "b %b[v], %[m]"), u8);		\
		break;							\
	case 2:								\
		ON_MEMORY(how(name "w %w[v], %[m]"), u16);		\
		break;							\
	case 4:								\
		ON_MEMORY(how(name "l %k[v], %[m]"), u32);		\
		break;							\
	default:							\
		IF_64BIT(ON_MEMORY(how(name "q %q[v], %[m]"), u64));		\
		break;							\
	}								\
} while (0)

#define DEFINE_ALU(how, name)						\
static noinline void plain_##name(unsigned int size, void *mem,		\
			       unsigned long value, unsigned long *flags) \
{									\
	BY_SIZE_1248(how, #name);					\
}									\
									\
static noinline void lock_##name(unsigned int size, void *mem,		\
				 unsigned long value, unsigned long *flags) \
{									\
	BY_SIZE_1248(how, "lock; " #name);				\
}

DEFINE_ALU(SETTING_FLAGS, add)
DEFINE_ALU(SETTING_FLAGS, or)
DEFINE_ALU(WITH_FLAGS, adc)
DEFINE_ALU(WITH_FLAGS, sbb)
DEFINE_ALU(SETTING_FLAGS, and)
DEFINE_ALU(SETTING_FLAGS, sub)
DEFINE_ALU(SETTING_FLAGS, xor)

/* These do not write, so there is no lock prefix and no use of old flags. */
#define COMPARE(text, type)						\
({									\
	asm volatile(text "\n\tpushf\n\tpop %[f]"			\
		     : [f] "=r" (*flags)				\
		     : [m] "m" (*(type *)mem), [v] "q" (value) : "cc");	\
})

static __always_inline void plain_cmp(unsigned int size, const void *mem,
				   unsigned long value, unsigned long *flags)
{
	switch (size) {
	case 1:
		COMPARE("cmpb %b[v], %[m]", u8);
		return;
	case 2:
		COMPARE("cmpw %w[v], %[m]", u16);
		return;
	case 4:
		COMPARE("cmpl %k[v], %[m]", u32);
		return;
	default:
		IF_64BIT(COMPARE("cmpq %q[v], %[m]", u64));
		return;
	}
}

static __always_inline void plain_test(unsigned int size, const void *mem,
				    unsigned long value, unsigned long *flags)
{
	switch (size) {
	case 1:
		COMPARE("testb %b[v], %[m]", u8);
		return;
	case 2:
		COMPARE("testw %w[v], %[m]", u16);
		return;
	case 4:
		COMPARE("testl %k[v], %[m]", u32);
		return;
	default:
		IF_64BIT(COMPARE("testq %q[v], %[m]", u64));
		return;
	}
}

#define EITHER(name)							\
	(lock ? lock_##name(size, mem, value, flags) :			\
		plain_##name(size, mem, value, flags))

/**
 * kmemcheck_alu() - add, or, adc, sbb, and, sub, xor, cmp, test
 * @alu: enum kmemcheck_alu
 * @lock: atomically
 * @size: of the operands, 1, 2, 4 or 8
 * @mem: the first operand, and where the result goes to
 * @value: the second operand
 * @flags: before and after
 */
void kmemcheck_alu(unsigned int alu, bool lock, unsigned int size, void *mem,
		   unsigned long value, unsigned long *flags)
{
	switch (alu) {
	case ALU_CMP:
		return plain_cmp(size, mem, value, flags);
	case ALU_TEST:
		return plain_test(size, mem, value, flags);
	case ALU_ADD:
		return EITHER(add);
	case ALU_OR:
		return EITHER(or);
	case ALU_ADC:
		return EITHER(adc);
	case ALU_SBB:
		return EITHER(sbb);
	case ALU_AND:
		return EITHER(and);
	case ALU_SUB:
		return EITHER(sub);
	case ALU_XOR:
		return EITHER(xor);
	}
}

#define ALONE(text, type)						\
({									\
	asm volatile(WITH_FLAGS(text)					\
		     : [m] "+m" (*(type *)mem), [f] "+r" (*flags)	\
		     : : "cc", "memory");				\
})

#define DEFINE_UNARY(name, prefix, lock)				\
static noinline void prefix##_##name(unsigned int size, void *mem,	\
				     unsigned long *flags)		\
{									\
	switch (size) {							\
	case 1:								\
		ALONE(lock #name "b %[m]", u8);				\
		break;							\
	case 2:								\
		ALONE(lock #name "w %[m]", u16);			\
		break;							\
	case 4:								\
		ALONE(lock #name "l %[m]", u32);			\
		break;							\
	default:							\
		IF_64BIT(ALONE(lock #name "q %[m]", u64));			\
		break;							\
	}								\
}

DEFINE_UNARY(inc, plain, "")
DEFINE_UNARY(inc, lock, "lock; ")
DEFINE_UNARY(dec, plain, "")
DEFINE_UNARY(dec, lock, "lock; ")
DEFINE_UNARY(not, plain, "")
DEFINE_UNARY(not, lock, "lock; ")
DEFINE_UNARY(neg, plain, "")
DEFINE_UNARY(neg, lock, "lock; ")

/* As kmemcheck_alu(), for one operand: inc, dec, not, neg. */
void kmemcheck_unary(unsigned int unary, bool lock, unsigned int size, void *mem,
		     unsigned long *flags)
{
	switch (unary) {
	case UNARY_INC:
		return lock ? lock_inc(size, mem, flags) : plain_inc(size, mem, flags);
	case UNARY_DEC:
		return lock ? lock_dec(size, mem, flags) : plain_dec(size, mem, flags);
	case UNARY_NOT:
		return lock ? lock_not(size, mem, flags) : plain_not(size, mem, flags);
	case UNARY_NEG:
		return lock ? lock_neg(size, mem, flags) : plain_neg(size, mem, flags);
	}
}

#define BY_COUNT(text, type)						\
({									\
	asm volatile(WITH_FLAGS(text)					\
		     : [m] "+m" (*(type *)mem), [f] "+r" (*flags)	\
		     : "c" (count) : "cc", "memory");			\
})

#define DEFINE_SHIFT(name)						\
static noinline void plain_##name(unsigned int size, void *mem,		\
			       unsigned long count, unsigned long *flags) \
{									\
	switch (size) {							\
	case 1:								\
		BY_COUNT(#name "b %%cl, %[m]", u8);			\
		break;							\
	case 2:								\
		BY_COUNT(#name "w %%cl, %[m]", u16);			\
		break;							\
	case 4:								\
		BY_COUNT(#name "l %%cl, %[m]", u32);			\
		break;							\
	default:							\
		IF_64BIT(BY_COUNT(#name "q %%cl, %[m]", u64));			\
		break;							\
	}								\
}

DEFINE_SHIFT(rol)
DEFINE_SHIFT(ror)
DEFINE_SHIFT(rcl)
DEFINE_SHIFT(rcr)
DEFINE_SHIFT(shl)
DEFINE_SHIFT(shr)
DEFINE_SHIFT(sar)

/* As kmemcheck_alu(), by their number in opcodes: rol to sar. */
void kmemcheck_shift(unsigned int digit, unsigned int size, void *mem,
		     unsigned long count, unsigned long *flags)
{
	switch (digit) {
	case 0:
		return plain_rol(size, mem, count, flags);
	case 1:
		return plain_ror(size, mem, count, flags);
	case 2:
		return plain_rcl(size, mem, count, flags);
	case 3:
		return plain_rcr(size, mem, count, flags);
	case 4:
		return plain_shl(size, mem, count, flags);
	case 5:
		return plain_shr(size, mem, count, flags);
	case 7:
		return plain_sar(size, mem, count, flags);
	}
}

#define BY_COUNT_FROM(text, type)					\
({									\
	asm volatile(WITH_FLAGS(text)					\
		     : [m] "+m" (*(type *)mem), [f] "+r" (*flags)	\
		     : [v] "r" (value), "c" (count) : "cc", "memory");	\
})

#define BY_SIZE_FROM(name)						\
do {									\
	switch (size) {							\
	case 2:								\
		BY_COUNT_FROM(name "w %%cl, %w[v], %[m]", u16);		\
		break;							\
	case 4:								\
		BY_COUNT_FROM(name "l %%cl, %k[v], %[m]", u32);		\
		break;							\
	default:							\
		IF_64BIT(BY_COUNT_FROM(name "q %%cl, %q[v], %[m]", u64));		\
		break;							\
	}								\
} while (0)

/* shld, or shrd when @right: @value is where the new bits come from. */
void kmemcheck_shift_double(bool right, unsigned int size, void *mem,
			    unsigned long value, unsigned long count,
			    unsigned long *flags)
{
	if (right)
		BY_SIZE_FROM("shrd");
	else
		BY_SIZE_FROM("shld");
}

#define BIT_BY_SIZE(name, lock)						\
do {									\
	switch (size) {							\
	case 2:								\
		ON_MEMORY(WITH_FLAGS(lock name "w %w[v], %[m]"), u16);		\
		break;							\
	case 4:								\
		ON_MEMORY(WITH_FLAGS(lock name "l %k[v], %[m]"), u32);		\
		break;							\
	default:							\
		IF_64BIT(ON_MEMORY(WITH_FLAGS(lock name "q %q[v], %[m]"), u64));		\
		break;							\
	}								\
} while (0)

#define DEFINE_BIT(name)						\
static noinline void plain_##name(bool lock, unsigned int size, void *mem,	\
			       unsigned long value, unsigned long *flags) \
{									\
	if (lock)							\
		BIT_BY_SIZE(#name, "lock; ");				\
	else								\
		BIT_BY_SIZE(#name, "");					\
}

DEFINE_BIT(bts)
DEFINE_BIT(btr)
DEFINE_BIT(btc)

static noinline void plain_bt(unsigned int size, void *mem, unsigned long value,
			   unsigned long *flags)
{
	BIT_BY_SIZE("bt", "");
}

/* bt, bts, btr, btc of bit @bit, which lies within the operand */
void kmemcheck_bit(unsigned int sub, bool lock, unsigned int size, void *mem,
		   unsigned long bit, unsigned long *flags)
{
	switch (sub) {
	case 0:
		return plain_bt(size, mem, bit, flags);
	case 1:
		return plain_bts(lock, size, mem, bit, flags);
	case 2:
		return plain_btr(lock, size, mem, bit, flags);
	case 3:
		return plain_btc(lock, size, mem, bit, flags);
	}
}
