// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: uninitialised bytes may be copied and masked, but not be used.
 *
 * All of it in assembly: it is about what becomes of a value in registers. In each
 * case the first byte of an object is written, and some of the others are not.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <asm/asm.h>
#include <asm/smap.h>

#include "kmemcheck_test.h"

static void expect_use(struct kunit *test, size_t offset, size_t bytes)
{
	struct context *c = test->priv;

	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      offset, bytes);
}

static void expect_no_use(struct kunit *test)
{
	struct context *c = test->priv;

	expect_silence(test, c->object, SIZE);
}

/* The state goes where the value goes. */
void test_copied_value(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to = kmalloc(SIZE, GFP_KERNEL);
	u64 on_stack, scratch;

	KUNIT_ASSERT_NOT_NULL(test, to);
	memset(c->object, 1, 4);
	asm volatile("movq %1, %0\n\tmovq %0, %2\n\txorl %k0, %k0"
		     : "=&r" (scratch) : "m" (*(u64 *)c->object), "m" (*(u64 *)to) : "memory");
	expect_no_use(test);
	load(to, 4);
	expect_silence(test, to, SIZE);
	load(to + 4, 4);
	expect_report(test, to, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 4, 4);

	asm volatile("movq %2, %0\n\tmovq %0, %1\n\txorl %k0, %k0\n\tmovq %0, %1"
		     : "=&r" (scratch), "=m" (on_stack) : "m" (*(u64 *)(c->object + 8)) : "cc");
	expect_no_use(test);
	kfree(to);
}

static u8 *zeroed_object(struct kunit *test)
{
	u8 *to = kzalloc(SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	return to;
}

/* Of bytes @offset to @offset + @size of @to, and of no others, is nothing known. */
static void expect_uninitialized(struct kunit *test, u8 *to, size_t offset, size_t size)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		KUNIT_EXPECT_EQ(test, kmemcheck_shadow_get((unsigned long)to + i),
				i - offset < size ? KMEMCHECK_UNINITIALIZED :
						    KMEMCHECK_INITIALIZED);
	memset(to, 0, SIZE);
}

#define COPY(load, store)							\
({										\
	asm volatile(load " 8(%1), %" store					\
		     : "=&q" (scratch) : "r" (c->object), "r" (to) : "memory", "cc"); \
})

/* It does not matter what was there before. */
void test_copy_over_initialized(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to = zeroed_object(test);
	unsigned long scratch;

	COPY("movq", "0\n\tmovq %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 8);
	COPY("movl", "k0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	COPY("movzwl", "k0\n\tmovw %w0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 2);
	COPY("movzbl", "k0\n\tmovb %b0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 1);
	COPY("movzbl", "k0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 1);
	COPY("movq", "0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	COPY("movslq", "0\n\tmovq %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 8);
	COPY("movq", "0\n\tbswapq %0\n\tmovq %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 8);
	COPY("movl", "k0\n\tmovq %0, 12(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 12, 4);
	expect_no_use(test);
	kfree(to);
}

void test_merge_into_initialized(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to = zeroed_object(test);
	unsigned long scratch;

	COPY("movl", "k0\n\torl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	COPY("movl", "k0\n\taddl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	/* Nothing of it gets there. */
	COPY("movl", "k0\n\tandl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 0);
	COPY("movl", "k0\n\tandl $0, %k0\n\tmovl %k0, 8(%2)");
	expect_uninitialized(test, to, 8, 0);
	/* Or it does not stay there. */
	COPY("movl", "k0\n\tmovl %k0, 8(%2)\n\tmovl $1, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 0);
	expect_no_use(test);
	kfree(to);
}

void test_copies_on_their_way(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to = zeroed_object(test), *from;
	unsigned long scratch, other;

	/* Two at a time. */
	asm volatile("movq 8(%2), %0\n\tmovq 16(%2), %1\n\tmovq %0, 16(%3)\n\tmovq %1, 24(%3)\n\t"
		     "xorl %k0, %k0\n\txorl %k1, %k1"
		     : "=&r" (scratch), "=&r" (other) : "r" (c->object), "r" (to) : "memory", "cc");
	expect_uninitialized(test, to, 16, 16);
	/* By way of the stack. */
	COPY("movq", "0\n\tpushq %0\n\txorl %k0, %k0\n\tpopq %0\n\t"
	     "movq %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 8);
	/* And on from there. */
	COPY("movq", "0\n\tmovq %0, 8(%2)\n\txorl %k0, %k0");
	memcpy(to + 32, to + 8, 12);
	memset(to + 8, 0, 8);
	expect_uninitialized(test, to, 32, 8);
	/* A loop stores at the same place twice, and what is known comes last. */
	from = c->object + 32;
	*(u64 *)(from + 8) = 5;
	asm volatile("movl $2, %k1\n1:\n\tmovq (%2), %0\n\tmovq %0, (%3)\n\txorl %k0, %k0\n\t"
		     "addq $8, %2\n\tdecl %k1\n\tjnz 1b"
		     : "=&r" (scratch), "=&r" (other), "+r" (from) : "r" (to) : "memory", "cc");
	KUNIT_EXPECT_EQ(test, *(u64 *)to, 5);
	expect_uninitialized(test, to, 0, 0);
	expect_no_use(test);
	kfree(to);
}

void test_sign_of_a_value(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long ax, dx;

	memset(c->object, 0, 4);
	asm volatile("movl %2, %%eax\n\tcltq\n\ttestq %%rax, %%rax\n\tjs 1f\n1:\n\t"
		     "cqto\n\ttestq %%rdx, %%rdx\n\tjs 2f\n2:"
		     : "=&a" (ax), "=&d" (dx) : "m" (*(u32 *)c->object) : "cc");
	KUNIT_EXPECT_EQ(test, dx, 0);
	expect_no_use(test);
	asm volatile("movl %2, %%eax\n\tcltq\n\tpushq %%rax\n\txorl %%eax, %%eax\n\t"
		     "popq %%rax\n\ttestq %%rax, %%rax\n\tjs 1f\n1:"
		     : "=&a" (ax), "=&d" (dx) : "m" (*(u32 *)(c->object + 8)) : "cc", "memory");
	expect_use(test, 8, 4);
	asm volatile("movq %2, %%rax\n\tcqto\n\txorl %%eax, %%eax\n\t"
		     "testl %%edx, %%edx\n\tjs 1f\n1:"
		     : "=&a" (ax), "=&d" (dx) : "m" (*(u64 *)(c->object + 16)) : "cc");
	expect_use(test, 16, 8);
}

/* On the stack it may yet be used, when it is not known what comes. */
void test_spilled_before_the_unknown(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("movq %1, %0\n\tpushq %0\n\txorl %k0, %k0\n\tfnop\n\tpopq %0\n\t"
		     "testq %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u64 *)c->object) : "cc", "memory");
	expect_use(test, 0, 8);
}

void test_masked_value(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	c->object[0] = 1;
	asm volatile("movl %1, %k0\n\tandl $0xff, %k0\n\tjz 1f\n1:\n\ttestb %b0, %b0\n\tjz 2f\n2:"
		     : "=&q" (scratch) : "m" (*(u32 *)c->object) : "cc");
	asm volatile("movl %1, %k0\n\tmovzbl %b0, %k0\n\tcmpl $5, %k0\n\tje 1f\n1:"
		     : "=&q" (scratch) : "m" (*(u32 *)c->object) : "cc");
	asm volatile("testl $0x10, %0\n\tjz 1f\n1:" : : "m" (*(u32 *)c->object) : "cc");
	expect_no_use(test);
	asm volatile("testl $0x110, %0\n\tjz 1f\n1:" : : "m" (*(u32 *)c->object) : "cc");
	expect_use(test, 0, 4);
	asm volatile("movl %1, %k0\n\tandl $0xff00, %k0\n\tjz 1f\n1:"
		     : "=&q" (scratch) : "m" (*(u32 *)(c->object + 8)) : "cc");
	expect_use(test, 8, 4);
}

/* Part of test_shifted_value(): what a carry cannot reach stays as it is. */
static void expect_sums(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	c->object[8] = 0x81;
	asm volatile("movl %1, %k0\n\taddl %k0, %k0\n\ttestl $0x1ff, %k0\n\tjz 1f\n1:\n\t"
		     "movl %1, %k0\n\tleal (%0,%0), %k0\n\tandl $0x1fe, %k0\n\tjz 2f\n2:"
		     : "=&r" (scratch) : "m" (*(u32 *)(c->object + 8)) : "cc");
	asm volatile("movzwl %1, %k0\n\taddl $0x30000, %k0\n\ttestl $0x3000f, %k0\n\tjz 1f\n1:\n\t"
		     "movzwl %1, %k0\n\tleal 0x30000(%0), %k0\n\ttestl $0x3000f, %k0\n\tjz 2f\n2:\n\t"
		     "movzwl %1, %k0\n\tsubl $1, %k0\n\tdecl %k0\n\ttestl $0x7f, %k0\n\tjz 3f\n3:"
		     : "=&r" (scratch) : "m" (*(u16 *)(c->object + 8)) : "cc");
	expect_no_use(test);
	asm volatile("movzwl %1, %k0\n\taddl $0x3ff00, %k0\n\ttestl $0x10000, %k0\n\tjz 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u16 *)(c->object + 8)) : "cc");
	expect_use(test, 8, 2);
}

void test_shifted_value(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	c->object[3] = 1;
	asm volatile("movl %1, %k0\n\tshrl $24, %k0\n\tjz 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u32 *)c->object) : "cc");
	asm volatile("movl %1, %k0\n\tshrl $24, %k0\n\taddl $7, %k0\n\tcmpl $9, %k0\n\tja 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u32 *)c->object) : "cc");
	expect_no_use(test);
	asm volatile("movl %1, %k0\n\tshrl $23, %k0\n\ttestl %k0, %k0\n\tjs 1f\n1:\n\t"
		     "cmpl $2, %k0\n\tje 2f\n2:"
		     : "=&r" (scratch) : "m" (*(u32 *)c->object) : "cc");
	expect_use(test, 0, 4);
	expect_sums(test);
}

static noinline bool is_five(u32 value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value == 5;
}

static noinline u32 nothing_of(u32 value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value & 0;
}

void test_value_in_a_call(struct kunit *test)
{
	struct context *c = test->priv;

	if (nothing_of(READ_ONCE(*(u32 *)c->object)))
		barrier();
	expect_no_use(test);
	if (is_five(READ_ONCE(*(u32 *)(c->object + 4))))
		barrier();
	expect_use(test, 4, 4);
}

void test_value_on_the_stack(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("movq %1, %0\n\tpushq %0\n\txorl %k0, %k0\n\tpopq %0\n\txorl %k0, %k0"
		     : "=&r" (scratch) : "m" (*(u64 *)c->object) : "cc", "memory");
	expect_no_use(test);
	asm volatile("movq %1, %0\n\tpushq %0\n\txorl %k0, %k0\n\tpopq %0\n\t"
		     "testq %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u64 *)c->object) : "cc", "memory");
	expect_use(test, 0, 8);
}

/* That it is used has to be seen there: what comes behind the unknown is no use. */
void test_value_waits_on_the_stack(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("movq %1, %0\n\tpushq %0\n\txorl %k0, %k0\n\t"
		     ".rept 100\n\tincl %k0\n\t.endr\n\tfnop\n\tpopq %0\n\ttestq %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u64 *)c->object) : "cc", "memory");
	expect_no_use(test);
	asm volatile("movq %1, %0\n\tpushq %0\n\txorl %k0, %k0\n\t"
		     ".rept 100\n\tincl %k0\n\t.endr\n\trdtsc\n\tpopq %0\n\ttestq %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u64 *)c->object) : "cc", "memory", "ax", "dx");
	expect_use(test, 0, 8);
}

/* memcpy() does without a fault. */
/* Large tables are in the vmalloc area, and on machines of several nodes all of them. */
void test_value_waits_for_a_table(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *table = vzalloc(2 * PAGE_SIZE);
	unsigned long scratch, other;

	KUNIT_ASSERT_NOT_NULL(test, table);
	/* Within a page, and in two. */
	asm volatile("movq 8(%2), %0\n\tmovq (%3), %1\n\ttestq %1, %1\n\tjne 1f\n\t"
		     "movq 4092(%3), %1\n\ttestq %1, %1\n\tjne 1f\n\txorl %k0, %k0\n1:"
		     : "=&r" (scratch), "=&r" (other) : "r" (c->object), "r" (table) : "cc");
	KUNIT_EXPECT_EQ(test, scratch, 0);
	expect_no_use(test);
	vfree(table);
}

void test_copy_from_the_stack(struct kunit *test)
{
	struct context *c = test->priv;
	u64 local[2] = {}, *copy = kzalloc(sizeof(local), GFP_KERNEL);
	size_t size = sizeof(local);
	unsigned long scratch;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	OPTIMIZER_HIDE_VAR(size);
	asm volatile("movq %2, %0\n\tmovq %0, %1\n\txorl %k0, %k0\n\t.rept 100\n\tincl %k0\n\t.endr"
		     : "=&r" (scratch), "=m" (local[1]) : "m" (*(u64 *)c->object) : "cc");
	memcpy(copy, local, size);
	KUNIT_EXPECT_TRUE(test, kmemcheck_is_initialized((unsigned long)copy, 8));
	KUNIT_EXPECT_FALSE(test, kmemcheck_any_initialized((unsigned long)(copy + 1), 8));
	memset(copy, 0, size);
	KUNIT_EXPECT_TRUE(test, kmemcheck_is_initialized((unsigned long)copy, size));
	expect_no_use(test);
	kfree(copy);
}

void test_value_as_address(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;
	u8 table[256] = {};

	asm volatile("movzbl %1, %k0\n\tmovb (%2,%0), %b0"
		     : "=&q" (scratch) : "m" (c->object[1]), "r" (table) : "memory");
	expect_use(test, 1, 1);
	asm volatile("movzbl %1, %k0\n\tleaq (%2,%0), %0\n\txorl %k0, %k0"
		     : "=&q" (scratch) : "m" (c->object[2]), "r" (table) : "cc");
	expect_no_use(test);
}

void test_value_of_a_condition(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("cmpl $3, %1\n\tsete %b0\n\txorl %k0, %k0"
		     : "=&q" (scratch) : "m" (*(u32 *)c->object) : "cc");
	expect_no_use(test);
	asm volatile("cmpl $3, %1\n\tsete %b0\n\ttestb %b0, %b0\n\tjne 1f\n1:"
		     : "=&q" (scratch) : "m" (*(u32 *)c->object) : "cc");
	expect_use(test, 0, 4);
	asm volatile("movl $7, %k0\n\tcmpl $3, %1\n\tcmovel %2, %k0\n\tcmpl $8, %k0\n\tja 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u32 *)(c->object + 4)), "r" (100) : "cc");
	expect_use(test, 4, 4);
}

void test_value_to_user_space(struct kunit *test)
{
	struct context *c = test->priv;
	u32 value;

	/* It will not get there: nothing is mapped at that address. */
	asm volatile("movl %1, %0" : "=r" (value) : "m" (*(u32 *)c->object));
	stac();
	asm volatile("1:\tmovl %0, (%1)\n2:\n" _ASM_EXTABLE(1b, 2b)
		     : : "r" (value), "r" (PAGE_SIZE - 16) : "memory");
	clac();
	expect_use(test, 0, 4);
}

/* (x - 1) & ~x of the zero bytes of a word, as the kernel's string functions do. */
void test_end_of_a_string(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long x, y, z;

	memcpy(c->object, "ab", 3);
	asm volatile("movq %3, %0\n\tmovq %0, %1\n\tnotq %1\n\taddq %4, %0\n\tandq %1, %0\n\t"
		     "andq %5, %0\n\tje 1f\n\tleaq -1(%0), %2\n\tnotq %0\n\tandq %2, %0\n\t"
		     "shrq $7, %0\n\tcmpq $0xffff, %0\n\tjne 1f\n1:"
		     : "=&r" (x), "=&r" (y), "=&r" (z)
		     : "m" (*(u64 *)c->object), "r" (-0x0101010101010101UL),
		       "r" (0x8080808080808080UL) : "cc");
	KUNIT_EXPECT_EQ(test, x, 0xffff);
	expect_no_use(test);
}

void test_first_assignment_of_bits(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("andb $0xfe, %0" : "+m" (c->object[0]) : : "cc");
	asm volatile("lock; andb $0xfd, %0" : "+m" (c->object[1]) : : "cc");
	asm volatile("movzbl %1, %k0\n\tandl $0xf8, %k0\n\torl $3, %k0\n\t"
		     "movb %b0, %1\n\txorl %k0, %k0"
		     : "=&q" (scratch), "+m" (c->object[2]) : : "cc");
	expect_no_use(test);
	/* All bits of the other bytes are as they were. */
	asm volatile("andl $0xffffff00, %0" : "+m" (*(u32 *)(c->object + 8)) : : "cc");
	load(c->object + 8, 1);
	expect_no_use(test);
	load(c->object + 9, 1);
	expect_use(test, 9, 1);
	/* But here it decides. */
	asm volatile("andb $0xf0, %0\n\tjz 1f\n1:" : "+m" (c->object[16]) : : "cc");
	expect_use(test, 16, 1);
}

/* Whatever the other bytes are, the words differ. */
void test_differing_good_byte(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	c->object[0] = 1;
	asm volatile("cmpl $2, %0\n\tje 1f\n1:" : : "m" (*(u32 *)c->object) : "cc");
	expect_no_use(test);
	asm volatile("movl %1, %k0\n\tcmpl $1, %k0\n\tje 1f\n1:"
		     : "=&r" (scratch) : "m" (*(u32 *)c->object) : "cc");
	expect_use(test, 0, 4);
}
