// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: tests of instructions with a vector register.
 */
#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

#include "kmemcheck_test.h"

#define VECTORS	128

/* Two objects of tracked memory, of which the first one has been written. */
struct pair {
	u8 *from, *to;
};

static struct pair make_pair(struct kunit *test)
{
	struct pair p = {
		.from = kmalloc(VECTORS, GFP_KERNEL), .to = kmalloc(VECTORS, GFP_KERNEL),
	};
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p.from);
	KUNIT_ASSERT_NOT_NULL(test, p.to);
	for (i = 0; i < VECTORS; i++)
		p.from[i] = i * 7 + 1;
	return p;
}

/* The first @size bytes of the second one are those of the first one from @offset on. */
static void expect_copied(struct kunit *test, struct pair p, size_t offset, size_t size)
{
	KUNIT_EXPECT_EQ(test, memcmp(kmemcheck_alias(p.to), kmemcheck_alias(p.from + offset),
				     size), 0);
	KUNIT_EXPECT_TRUE(test, kmemcheck_is_initialized((unsigned long)p.to, size));
	KUNIT_EXPECT_FALSE(test, kmemcheck_any_initialized((unsigned long)p.to + size,
							   VECTORS - size));
	KUNIT_EXPECT_FALSE(test, kmemcheck_is_untracked((unsigned long)p.to));
	KUNIT_EXPECT_FALSE(test, kmemcheck_is_untracked((unsigned long)p.from));
	expect_silence(test, p.from, VECTORS);
	expect_silence(test, p.to, VECTORS);
	kfree(p.from);
	kfree(p.to);
}

#define COPY_BY(name, offset, size, load, store)				\
static void name(struct kunit *test)						\
{										\
	struct pair p = make_pair(test);					\
										\
	kernel_fpu_begin();							\
	asm volatile(load "\n\t" store						\
		     : : "S" (p.from), "D" (p.to), "c" (2L), "d" (p.from - 16)	\
		     : "memory", "cc");						\
	kernel_fpu_end();							\
	expect_copied(test, p, offset, size);					\
}

/* Registers that need a bit of a prefix; of 32 bits there are eight. */
#ifdef CONFIG_64BIT
#define HIGH_8	"8"
#define HIGH_9	"9"
#define HIGH_12	"12"
#define HIGH_15	"15"
#else
#define HIGH_8	"0"
#define HIGH_9	"1"
#define HIGH_12	"4"
#define HIGH_15	"7"
#endif

COPY_BY(copy_16, 0, 16, "movdqu (%0), %%xmm0", "movdqu %%xmm0, (%1)")
COPY_BY(copy_aligned, 0, 16, "movaps (%0), %%xmm" HIGH_9,
	"movntdq %%xmm" HIGH_9 ", (%1)")
COPY_BY(copy_indexed, 24, 16, "movups 32(%3,%2,4), %%xmm" HIGH_15,
	"movups %%xmm" HIGH_15 ", -8(%1,%2,4)")
COPY_BY(copy_8, 4, 8, "movq 4(%0), %%xmm3", "movq %%xmm3, (%1)")
COPY_BY(copy_high, 8, 8, "movhps 8(%0), %%xmm3", "movhps %%xmm3, (%1)")
COPY_BY(copy_4, 4, 4, "movd 4(%0), %%xmm3", "movd %%xmm3, (%1)")
COPY_BY(copy_mmx, 0, 8, "movq (%0), %%mm1", "movq %%mm1, (%1)\n\temms")
COPY_BY(copy_xor, 0, 16, "pxor %%xmm1, %%xmm1\n\tpxor (%0), %%xmm1",
	"movdqu %%xmm1, (%1)")
COPY_BY(copy_shuffled, 0, 16, "pshufd $0xe4, (%0), %%xmm1", "movdqu %%xmm1, (%1)")
COPY_BY(copy_32, 0, 32, "vmovdqu (%0), %%ymm" HIGH_12,
	"vmovdqu %%ymm" HIGH_12 ", (%1)")
COPY_BY(copy_half, 16, 16, "vmovdqu (%0), %%ymm" HIGH_12,
	"vextracti128 $1, %%ymm" HIGH_12 ", (%1)")
COPY_BY(copy_or, 0, 32, "vpxor %%ymm" HIGH_8 ", %%ymm" HIGH_8 ", %%ymm" HIGH_8 "\n\t"
	"vpor (%0), %%ymm" HIGH_8 ", %%ymm" HIGH_9,
	"vmovdqa %%ymm" HIGH_9 ", (%1)")

void test_vector_moves(struct kunit *test)
{
	copy_16(test);
	copy_aligned(test);
	copy_indexed(test);
	copy_8(test);
	copy_high(test);
	copy_4(test);
	copy_mmx(test);
	copy_xor(test);
	copy_shuffled(test);
}

void test_wide_vector_moves(struct kunit *test)
{
	if (!boot_cpu_has(X86_FEATURE_AVX2)) {
		kunit_skip(test, "the processor has no AVX2");
		return;
	}
	copy_32(test);
	copy_half(test);
	copy_or(test);
}

/* What is loaded is not followed, and what a vector stores counts as initialised. */
void test_uninitialized_vectors(struct kunit *test)
{
	struct context *c = test->priv;

	kernel_fpu_begin();
	asm volatile("movdqu (%0), %%xmm0\n\tmovdqu %%xmm0, 16(%0)" : : "r" (c->object)
		     : "memory");
	kernel_fpu_end();
	expect_silence(test, c->object, SIZE);
	KUNIT_EXPECT_FALSE(test, kmemcheck_is_untracked((unsigned long)c->object));
	load(c->object + 16, WORD);
	expect_silence(test, c->object, SIZE);
	load(c->object + 40, WORD);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 40, WORD);
}

/* The object that all cases have: here it is freed early. */
void test_vector_of_freed_memory(struct kunit *test)
{
	struct context *c = test->priv;

	kfree(c->object);
	c->freed = true;
	kernel_fpu_begin();
	asm volatile("movdqu 16(%0), %%xmm0" : : "r" (c->object) : "memory");
	kernel_fpu_end();
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_FREED, 16, 16);
}

void test_flags_of_a_vector_test(struct kunit *test)
{
	struct pair p = make_pair(test);
	u8 zero, carry;
	int i;

	for (i = 0; i < 2; i++) {
		memset(p.from, i ? 0xff : 0, 16);
		kernel_fpu_begin();
		/* ZF: they have no bit in common. CF: it has none that the register lacks. */
		asm volatile("pcmpeqb %%xmm2, %%xmm2\n\tclc\n\tptest (%2), %%xmm2\n\t"
			     "setz %0\n\tsetc %1"
			     : "=&q" (zero), "=&q" (carry) : "r" (p.from) : "memory", "cc");
		kernel_fpu_end();
		KUNIT_EXPECT_EQ(test, zero, !i);
		KUNIT_EXPECT_EQ(test, carry, 1);
	}
	kfree(p.from);
	kfree(p.to);
}

#define BY_BMI(insn, m, in)						\
({									\
	unsigned long _out = 0;						\
									\
	asm volatile(insn : "+&r" (_out) : "r" (m), "r" ((unsigned long)(in)) \
		     : "memory", "cc");					\
	_out;								\
})

#ifdef CONFIG_64BIT
/* What is of 64 bits, and all fields of the encoding. */
static void expect_wide(struct kunit *test, u64 *m)
{
	u64 value = *m, low, high, out;
	u8 carry;

	KUNIT_EXPECT_EQ(test, BY_BMI("shrxq %2, (%1), %0", m, 5), value >> 5);
	KUNIT_EXPECT_EQ(test, BY_BMI("shlxq %2, (%1), %0", m, 9), value << 9);
	KUNIT_EXPECT_EQ(test, BY_BMI("sarxq %2, (%1), %0", m, 8), (u64)((s64)value >> 8));
	KUNIT_EXPECT_EQ(test, BY_BMI("rorxq $12, (%1), %0", m, 0), ror64(value, 12));
	KUNIT_EXPECT_EQ(test, BY_BMI("bzhiq %2, (%1), %0", m, 20), value & GENMASK(19, 0));
	KUNIT_EXPECT_EQ(test, BY_BMI("bextrq %2, (%1), %0", m, 4 | 8 << 8), value >> 4 & 0xff);
	KUNIT_EXPECT_EQ(test, BY_BMI("andnq (%1), %2, %0", m, 0xffff), value & ~0xffffull);
	KUNIT_EXPECT_EQ(test, BY_BMI("blsrq (%1), %0", m, 0), value & (value - 1));
	KUNIT_EXPECT_EQ(test, BY_BMI("pextq (%1), %2, %0", m, value), 0xffffffff);
	KUNIT_EXPECT_EQ(test, BY_BMI("stc\n\tadcxq (%1), %0", m, 0), value + 1);

	asm volatile("mulxq (%2), %0, %1" : "=&r" (low), "=&r" (high) : "r" (m), "d" (16UL));
	KUNIT_EXPECT_EQ(test, low, value << 4);
	KUNIT_EXPECT_EQ(test, high, value >> 60);
	asm volatile("mov %1, %%r12\n\tmov $4, %%r9\n\tmov $0, %%r10\n\t"
		     "shrxq %%r9, -16(%%r12,%%r10,2), %%r13\n\tmov %%r13, %0"
		     : "=r" (out) : "r" (m + 2) : "memory", "cc", "r9", "r10", "r12", "r13");
	KUNIT_EXPECT_EQ(test, out, value >> 4);
	asm volatile("mov $-1, %%r11\n\txor %%eax, %%eax\n\tadoxq (%2), %%r11\n\t"
		     "mov %%r11, %0\n\tseto %1"
		     : "=&r" (out), "=&r" (carry) : "r" (m) : "memory", "cc", "rax", "r11");
	KUNIT_EXPECT_EQ(test, out, value - 1);
	KUNIT_EXPECT_EQ(test, carry, 1);
}
#else
static void expect_wide(struct kunit *test, u64 *m)
{
}
#endif

/* Those of BMI and ADX have no vector register, but are performed in the same way. */
void test_bit_manipulation(struct kunit *test)
{
	u64 *m = kmalloc(64, GFP_KERNEL);
	u32 low, high;

	KUNIT_ASSERT_NOT_NULL(test, m);
	if (!boot_cpu_has(X86_FEATURE_BMI2) || !boot_cpu_has(X86_FEATURE_ADX)) {
		kfree(m);
		kunit_skip(test, "the processor has no BMI2 and ADX");
		return;
	}
	*m = 0xfedcba9876543210;
	KUNIT_EXPECT_EQ(test, BY_BMI("shrxl %k2, 4(%1), %k0", m, 5), 0xfedcba98 >> 5);
	KUNIT_EXPECT_EQ(test, BY_BMI("rorxl $12, (%1), %k0", m, 0), 0x21076543);
	KUNIT_EXPECT_EQ(test, BY_BMI("andnl (%1), %k2, %k0", m, 0xffff), 0x76540000);
	KUNIT_EXPECT_EQ(test, BY_BMI("blsil (%1), %k0", m, 0), 0x10);
	KUNIT_EXPECT_EQ(test, BY_BMI("mov %2, %0\n\tclc\n\tadcxl (%1), %k0", m, 1), 0x76543211);
	asm volatile("mulxl (%2), %0, %1" : "=&r" (low), "=&r" (high) : "r" (m), "d" (16));
	KUNIT_EXPECT_EQ(test, low, 0x65432100);
	KUNIT_EXPECT_EQ(test, high, 7);
	expect_wide(test, m);

	KUNIT_EXPECT_FALSE(test, kmemcheck_is_untracked((unsigned long)m));
	expect_silence(test, m, 64);
	kfree(m);
}
