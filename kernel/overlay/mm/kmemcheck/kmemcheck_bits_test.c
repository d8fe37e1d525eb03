// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: bytes that are written in part, as bit-fields and words of flags are at first.
 */
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/asm.h>

#include "kmemcheck_test.h"

#define expect_bits(test, addr, size, poison)					\
	KUNIT_EXPECT_EQ(test, kmemcheck_poison((unsigned long)(addr), size), (u64)(poison))

/* The option lets all of the byte count as written. */
#define skip_if_allowed(test)							\
({										\
	if (IS_ENABLED(CONFIG_KMEMCHECK_BITOPS_OK))				\
		kunit_skip(test, "CONFIG_KMEMCHECK_BITOPS_OK");			\
})

static void expect_nothing(struct kunit *test)
{
	struct context *c = test->priv;

	expect_silence(test, c->object, SIZE);
}

static void expect_read(struct kunit *test, size_t offset, size_t bytes)
{
	struct context *c = test->priv;

	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, offset,
		      bytes);
}

/* On an uninitialised byte, word...; flags are of no interest. */
#define ON(type, at, text)							\
({										\
	asm volatile(text "\n\txorl %%eax, %%eax" : "+m" (*(type *)(c->object + (at)))	\
		     : "c" (3UL) : "cc", "memory", "rax");			\
})

#define TEST_BITS(type, at, text)						\
({										\
	asm volatile(text "\n\tjz 1f\n1:"						\
		     : : "m" (*(type *)(c->object + (at))) : "cc", "rax");	\
})

void test_bits_of_every_width(struct kunit *test)
{
	struct context *c = test->priv;

	skip_if_allowed(test);
	ON(u8, 0, "orb $1, %0");
	expect_bits(test, c->object, 8, ~0x1ULL);
	ON(u16, 8, "orw $0x8001, %0");
	expect_bits(test, c->object + 8, 8, ~0x8001ULL);
	ON(u32, 16, "orl $0x80000101, %0");
	expect_bits(test, c->object + 16, 8, ~0x80000101ULL);
	ON(long, 24, __ASM_SIZE(or) "$0x40000001, %0");
	expect_bits(test, c->object + 24, 8, ~0x40000001ULL);
	/* Across two words, and in several steps until there is nothing left. */
	ON(u32, 38, "orl $0x01010101, %0");
	expect_bits(test, c->object + 36, 8, 0xfffffefefefeffffULL);
	ON(u8, 48, "orb $0x0f, %0");
	ON(u8, 48, "andb $0x1f, %0");
	expect_bits(test, c->object + 48, 1, 0x10);
	ON(u8, 48, "orb $0x10, %0");
	expect_bits(test, c->object + 48, 1, 0);
	expect_nothing(test);
}

void test_bits_of_every_form(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long scratch;

	skip_if_allowed(test);
	ON(u8, 0, "andb $0xfe, %0");
	expect_bits(test, c->object, 1, 0xfe);
	ON(u8, 1, "xorb $0xff, %0\n\tnotb %0");
	expect_bits(test, c->object + 1, 1, 0xff);
	ON(u8, 2, "lock; orb $2, %0");
	expect_bits(test, c->object + 2, 1, 0xfd);
	ON(u8, 3, "orb %%cl, %0");
	expect_bits(test, c->object + 3, 1, 0xfc);
	ON(u32, 4, "btsl $9, %0");
	expect_bits(test, c->object + 4, 4, 0xfffffdff);
	ON(u32, 4, "lock; btrl $10, %0");
	expect_bits(test, c->object + 4, 4, 0xfffff9ff);
	ON(u32, 4, "btcl $11, %0");
	expect_bits(test, c->object + 4, 4, 0xfffff9ff);
	ON(long, 8, __ASM_SIZE(bts) "%%" _ASM_CX ", %0");
	expect_bits(test, c->object + 8, 8, ~8ULL);
	asm volatile("movzbl %1, %k0\n\torl $1, %k0\n\tmovb %b0, %1\n\txorl %k0, %k0"
		     : "=&q" (scratch), "+m" (c->object[16]) : : "cc");
	expect_bits(test, c->object + 16, 1, 0xfe);
	asm volatile("movl %1, %k0\n\tandl $0xfffffff8, %k0\n\torl $0x103, %k0\n\t"
		     "movl %k0, %1\n\txorl %k0, %k0"
		     : "=&q" (scratch), "+m" (*(u32 *)(c->object + 20)) : : "cc");
	expect_bits(test, c->object + 20, 4, 0xfffffef8);
	expect_nothing(test);
	/* Whatever it is, it is wrong to count up from there, or to want to know. */
	asm volatile("incl %0" : "+m" (*(u32 *)(c->object + 32)) : : "cc");
	expect_read(test, 32, 4);
	asm volatile("btsl $1, %0\n\tjc 1f\n1:" : "+m" (*(u32 *)(c->object + 40)) : : "cc");
	expect_read(test, 40, 4);
}

void test_read_of_bits(struct kunit *test)
{
	struct context *c = test->priv;

	skip_if_allowed(test);
	ON(u8, 0, "orb $0x11, %0");
	TEST_BITS(u8, 0, "testb $0x01, %0");
	TEST_BITS(u8, 0, "testb $0x10, %0");
	TEST_BITS(u32, 0, "testl $0x10, %0");
	TEST_BITS(long, 0, __ASM_SIZE(test) "$0x11, %0");
	expect_nothing(test);
	TEST_BITS(u8, 0, "testb $0x02, %0");
	expect_read(test, 0, 1);
	ON(u16, 8, "orw $0x100, %0");
	TEST_BITS(u16, 8, "testw $0x100, %0");
	expect_nothing(test);
	TEST_BITS(u16, 8, "testw $0x8000, %0");
	expect_read(test, 8, 2);
	ON(u32, 16, "orl $0x100, %0");
	TEST_BITS(u32, 16, "testl $0x40000000, %0");
	expect_read(test, 16, 4);
	ON(long, 24, __ASM_SIZE(bts) "$30, %0");
	TEST_BITS(long, 24, __ASM_SIZE(bt) "$30, %0\n\tsetc %%al\n\ttestb %%al, %%al");
	expect_nothing(test);
	TEST_BITS(long, 24, __ASM_SIZE(test) "$0x40, %0");
	expect_read(test, 24, WORD);
}

/* As the last rule of a chain of nftables. */
struct rule {
	u64 is_last : 1;
	u64 dlen : 12;
	u64 handle : 42;
};

void test_bits_of_a_struct(struct kunit *test)
{
	struct context *c = test->priv;
	struct rule *rule = (void *)c->object;

	skip_if_allowed(test);
	OPTIMIZER_HIDE_VAR(rule);
	rule->is_last = 1;
	OPTIMIZER_HIDE_VAR(rule);
	barrier();
	if (!rule->is_last)
		KUNIT_FAIL(test, "it was set");
	expect_nothing(test);
	OPTIMIZER_HIDE_VAR(rule);
	barrier();
	if (rule->dlen == 1234)
		barrier();
	KUNIT_EXPECT_EQ(test, reports_on(c, c->object, SIZE).count, 1);
}

void test_bits_are_copied(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to, on_stack[16];
	unsigned long scratch;

	skip_if_allowed(test);
	to = kzalloc(SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, to);
	ON(u32, 4, "orl $0x00010203, %0");
	/* By a register, over what is initialised. */
	asm volatile("movl (%1), %k0\n\tmovl %k0, (%2)\n\tmovl 4(%1), %k0\n\tmovl %k0, 4(%2)\n\t"
		     "xorl %k0, %k0"
		     : "=&r" (scratch) : "r" (c->object), "r" (to) : "memory", "cc");
	expect_bits(test, to, 8, 0xfffefdfcffffffffULL);
	asm volatile("movzbl %1, %k0\n\tmovb %b0, %2\n\txorl %k0, %k0"
		     : "=&q" (scratch) : "m" (c->object[4]), "m" (to[9]) : "memory", "cc");
	expect_bits(test, to + 8, 8, 0xfc00);
	memcpy(to + 17, c->object + 4, 4);
	expect_bits(test, to + 16, 8, 0xfffefdfc00ULL);
	memmove(to + 18, to + 17, 4);
	expect_bits(test, to + 16, 8, 0xfffefdfcfc00ULL);
	memmove(to + 16, to + 18, 4);
	expect_bits(test, to + 16, 8, 0xfffefffefdfcULL);
	memset(to + 16, 0, 8);
	expect_bits(test, to + 16, 8, 0);
	/* Some of each byte is known. */
	memcpy(on_stack, c->object + 4, 3);
	OPTIMIZER_HIDE_VAR(to);
	expect_nothing(test);
	expect_silence(test, to, SIZE);
	kfree(to);
}

/* What was known of the bits is known of that object, and of no other. */
void test_bits_end_with_the_object(struct kunit *test)
{
	struct context *c = test->priv;
	/* Declared for user copies, it is never merged with another cache. */
	struct kmem_cache *cache = kmem_cache_create_usercopy("kmemcheck_bits", SIZE, 0, 0, 0,
							      SIZE, NULL);
	u8 *object, *other;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0, 8);
	asm volatile("orl $1, %0\n\tbtsl $1, %1" : "+m" (*(u32 *)(object + 8)),
		     "+m" (*(u32 *)(object + 16)) : : "cc");
	kmem_cache_free(cache, object);
	other = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, object, other);
	expect_bits(test, other + 8, 8, U64_MAX);
	expect_bits(test, other + 16, 8, U64_MAX);
	/* Nor of what has stood there since. */
	asm volatile("btsl $1, %0" : "+m" (*(u32 *)(other + 8)) : : "cc");
	expect_bits(test, other + 8, 8, ~2ULL);
	memset(other + 8, 0, 8);
	expect_bits(test, other + 8, 8, 0);
	memcpy(other + 8, c->object + 8, 8);
	expect_bits(test, other + 8, 8, U64_MAX);
	expect_silence(test, object, SIZE);
	kmem_cache_free(cache, other);
	kmem_cache_destroy(cache);
}

void test_bits_of_a_resized_object(struct kunit *test)
{
	u8 *object = kmalloc(40, GFP_KERNEL), *other;

	KUNIT_ASSERT_NOT_NULL(test, object);
	asm volatile("btsl $1, %0" : "+m" (*(u32 *)(object + 8)) : : "cc");
	/* In place, and to another place. */
	other = krealloc(object, 48, GFP_KERNEL);
	KUNIT_ASSERT_PTR_EQ(test, other, object);
	expect_bits(test, object + 8, 8, ~2ULL);
	other = krealloc(object, 200, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	expect_bits(test, other + 8, 8, ~2ULL);
	expect_silence(test, other, 200);
	kfree(other);
}

#define MANY_ORDER	4
#define MANY_WORDS	((PAGE_SIZE << MANY_ORDER) / 8)

/* Of more words than there is room for, the oldest ones count as written. */
void test_too_many_bits(struct kunit *test)
{
	unsigned long p = __get_free_pages(GFP_KERNEL, MANY_ORDER);
	unsigned int i, kept = 0, given_up = 0;
	u64 poison;

	KUNIT_ASSERT_NE(test, p, 0);
	if (!kmemcheck_tracked((void *)p)) {
		free_pages(p, MANY_ORDER);
		kunit_skip(test, "the pages are not tracked");
	}
	for (i = 0; i < MANY_WORDS; i++)
		asm volatile("btsl $1, %0" : "+m" (*(u32 *)(p + 8 * i)) : : "cc");
	for (i = 0; i < MANY_WORDS; i++) {
		poison = kmemcheck_poison(p + 8 * i, 8);
		kept += poison == ~2ULL;
		given_up += poison == ~0xffULL;
	}
	KUNIT_EXPECT_EQ(test, kept + given_up, MANY_WORDS);
	KUNIT_EXPECT_GT(test, kept, 2000);
	KUNIT_EXPECT_GT(test, given_up, 2000);
	expect_silence(test, (void *)p, PAGE_SIZE << MANY_ORDER);
	free_pages(p, MANY_ORDER);
}

/* User space must not see what was left over of a byte either. */
void test_leaked_bits(struct kunit *test)
{
	struct context *c = test->priv;

	skip_if_allowed(test);
	c->object[0] = 1;
	ON(u8, 1, "orb $0x11, %0");
	__kmemcheck_infoleak(_THIS_IP_, c->object, 2);
	expect_report(test, c->object, SIZE, KMEMCHECK_INFOLEAK, KMEMCHECK_UNINITIALIZED, 1, 1);
}

/* Two stores into one word are two copies. */
void test_parts_of_a_word(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to = kzalloc(SIZE, GFP_KERNEL);
	unsigned long a, b, n = WORD;
	void *from, *to_string = to + 16;

	KUNIT_ASSERT_NOT_NULL(test, to);
	asm volatile("movl 8(%2), %k0\n\tmovzwl 12(%2), %k1\n\tmovl %k0, (%3)\n\t"
		     "movb %b1, 5(%3)\n\txorl %k0, %k0\n\txorl %k1, %k1"
		     : "=&r" (a), "=&q" (b) : "r" (c->object), "r" (to) : "memory", "cc");
	expect_bits(test, to, 8, 0xff00ffffffffULL);
	/* A string instruction takes them along, too. */
	asm volatile("mov 16(%4), %0\n\tpush %0\n\txorl %k0, %k0\n\t"
		     "mov %%" _ASM_SP ", %1\n\trep movsb\n\tmov %0, (%%" _ASM_SP ")\n\t"
		     "pop %0"
		     : "=&a" (a), "=&S" (from), "+D" (to_string), "+c" (n) : "r" (c->object)
		     : "memory", "cc");
	expect_bits(test, to + 16, WORD, ~0UL);
	expect_nothing(test);
	kfree(to);
}
