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
	unsigned long on_stack, scratch;

	KUNIT_ASSERT_NOT_NULL(test, to);
	memset(c->object, 1, 2);
	asm volatile("mov %1, %0\n\tmov %0, %2\n\txorl %k0, %k0"
		     : "=&r" (scratch) : "m" (*(long *)c->object), "m" (*(long *)to) : "memory");
	expect_no_use(test);
	load(to, 2);
	expect_silence(test, to, SIZE);
	load(to + 2, 2);
	expect_report(test, to, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 2, 2);

	asm volatile("mov %2, %0\n\tmov %0, %1\n\txorl %k0, %k0\n\tmov %0, %1"
		     : "=&r" (scratch), "=m" (on_stack) : "m" (*(long *)(c->object + 8)) : "cc");
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

	COPY("mov", "0\n\tmov %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, WORD);
	COPY("movl", "k0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	COPY("movzwl", "k0\n\tmovw %w0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 2);
	COPY("movzbl", "k0\n\tmovb %b0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 1);
	COPY("movzbl", "k0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 1);
	COPY("mov", "0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	COPY("movswl", "k0\n\tmovl %k0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 4);
	COPY("mov", "0\n\tbswap %0\n\tmov %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, WORD);
#ifdef CONFIG_64BIT
	COPY("movslq", "0\n\tmovq %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, 8);
#endif
	COPY("movl", "k0\n\tmov %0, 12(%2)\n\txorl %k0, %k0");
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
	asm volatile("mov 8(%2), %0\n\tmov 16(%2), %1\n\tmov %0, 16(%3)\n\tmov %1, 16 + %c4(%3)\n\t"
		     "xorl %k0, %k0\n\txorl %k1, %k1"
		     : "=&r" (scratch), "=&r" (other)
		     : "r" (c->object), "r" (to), "i" (WORD) : "memory", "cc");
	expect_uninitialized(test, to, 16, 2 * WORD);
	/* By way of the stack. */
	COPY("mov", "0\n\tpush %0\n\txorl %k0, %k0\n\tpop %0\n\t"
	     "mov %0, 8(%2)\n\txorl %k0, %k0");
	expect_uninitialized(test, to, 8, WORD);
	/* And on from there. */
	COPY("mov", "0\n\tmov %0, 8(%2)\n\txorl %k0, %k0");
	memcpy(to + 32, to + 8, 12);
	memset(to + 8, 0, 8);
	expect_uninitialized(test, to, 32, WORD);
	/* A loop stores at the same place twice, and what is known comes last. */
	from = c->object + 32;
	*(long *)(from + WORD) = 5;
	asm volatile("movl $2, %k1\n1:\n\tmov (%2), %0\n\tmov %0, (%3)\n\txorl %k0, %k0\n\t"
		     "add %4, %2\n\tdecl %k1\n\tjnz 1b"
		     : "=&r" (scratch), "=&r" (other), "+r" (from)
		     : "r" (to), "i" (WORD) : "memory", "cc");
	KUNIT_EXPECT_EQ(test, *(long *)to, 5);
	expect_uninitialized(test, to, 0, 0);
	expect_no_use(test);
	kfree(to);
}

/* From half of a word to all of it, and to what is left of it by its sign. */
#ifdef CONFIG_64BIT
#define EXTEND	"cltq"
#define SIGN	"cqto"
#else
#define EXTEND	"cwtl"
#define SIGN	"cltd"
#endif

void test_sign_of_a_value(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long ax, dx;

	memset(c->object, 0, 4);
	asm volatile("movl %2, %k0\n\t" EXTEND "\n\ttest %0, %0\n\tjs 1f\n1:\n\t"
		     SIGN "\n\ttest %1, %1\n\tjs 2f\n2:"
		     : "=&a" (ax), "=&d" (dx) : "m" (*(u32 *)c->object) : "cc");
	KUNIT_EXPECT_EQ(test, dx, 0);
	expect_no_use(test);
	asm volatile("movl %2, %k0\n\t" EXTEND "\n\tpush %0\n\txorl %k0, %k0\n\t"
		     "pop %0\n\ttest %0, %0\n\tjs 1f\n1:"
		     : "=&a" (ax), "=&d" (dx) : "m" (*(u32 *)(c->object + 8)) : "cc", "memory");
	expect_use(test, 8, 4);
	asm volatile("mov %2, %0\n\t" SIGN "\n\txorl %k0, %k0\n\t"
		     "testl %k1, %k1\n\tjs 1f\n1:"
		     : "=&a" (ax), "=&d" (dx) : "m" (*(long *)(c->object + 16)) : "cc");
	expect_use(test, 16, WORD);
}

/* On the stack it may yet be used, when it is not known what comes. */
void test_spilled_before_the_unknown(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("mov %1, %0\n\tpush %0\n\txorl %k0, %k0\n\tfnop\n\tpop %0\n\t"
		     "test %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(long *)c->object) : "cc", "memory");
	expect_use(test, 0, WORD);
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

	asm volatile("mov %1, %0\n\tpush %0\n\txorl %k0, %k0\n\tpop %0\n\txorl %k0, %k0"
		     : "=&r" (scratch) : "m" (*(long *)c->object) : "cc", "memory");
	expect_no_use(test);
	asm volatile("mov %1, %0\n\tpush %0\n\txorl %k0, %k0\n\tpop %0\n\t"
		     "test %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(long *)c->object) : "cc", "memory");
	expect_use(test, 0, WORD);
}

/* That it is used has to be seen there: what comes behind the unknown is no use. */
void test_value_waits_on_the_stack(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	asm volatile("mov %1, %0\n\tpush %0\n\txorl %k0, %k0\n\t"
		     ".rept 100\n\tincl %k0\n\t.endr\n\tfnop\n\tpop %0\n\ttest %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(long *)c->object) : "cc", "memory");
	expect_no_use(test);
	asm volatile("mov %1, %0\n\tpush %0\n\txorl %k0, %k0\n\t"
		     ".rept 100\n\tincl %k0\n\t.endr\n\trdtsc\n\tpop %0\n\ttest %0, %0\n\tjs 1f\n1:"
		     : "=&r" (scratch) : "m" (*(long *)c->object) : "cc", "memory", "ax", "dx");
	expect_use(test, 0, WORD);
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
	asm volatile("mov 8(%2), %0\n\tmov (%3), %1\n\ttest %1, %1\n\tjne 1f\n\t"
		     "mov 4094(%3), %1\n\ttest %1, %1\n\tjne 1f\n\txorl %k0, %k0\n1:"
		     : "=&r" (scratch), "=&r" (other) : "r" (c->object), "r" (table) : "cc");
	KUNIT_EXPECT_EQ(test, scratch, 0);
	expect_no_use(test);
	vfree(table);
}

void test_copy_from_the_stack(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long local[2] = {}, *copy = kzalloc(sizeof(local), GFP_KERNEL);
	size_t size = sizeof(local);
	unsigned long scratch;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	OPTIMIZER_HIDE_VAR(size);
	asm volatile("mov %2, %0\n\tmov %0, %1\n\txorl %k0, %k0\n\t.rept 100\n\tincl %k0\n\t.endr"
		     : "=&r" (scratch), "=m" (local[1]) : "m" (*(long *)c->object) : "cc");
	memcpy(copy, local, size);
	KUNIT_EXPECT_TRUE(test, kmemcheck_is_initialized((unsigned long)copy, WORD));
	KUNIT_EXPECT_FALSE(test, kmemcheck_any_initialized((unsigned long)(copy + 1), WORD));
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
	asm volatile("movzbl %1, %k0\n\tlea (%2,%0), %0\n\txorl %k0, %k0"
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

	memcpy(c->object, "a", 2);
	asm volatile("mov %3, %0\n\tmov %0, %1\n\tnot %1\n\tadd %4, %0\n\tand %1, %0\n\t"
		     "and %5, %0\n\tje 1f\n\tlea -1(%0), %2\n\tnot %0\n\tand %2, %0\n\t"
		     "shr $7, %0\n\tcmp $0xff, %0\n\tjne 1f\n1:"
		     : "=&r" (x), "=&r" (y), "=&r" (z)
		     : "m" (*(long *)c->object), "r" (-(~0UL / 255)),
		       "r" (~0UL / 255 << 7) : "cc");
	KUNIT_EXPECT_EQ(test, x, 0xff);
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
