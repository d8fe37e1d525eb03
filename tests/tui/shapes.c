// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Allocations as the kernel writes them, for the test of annotations. Compiled, never run;
 * annotation.t makes a report on each function whose name begins with new_.
 */
#include <linux/types.h>
#ifdef CONFIG_NOSUCH
#include <linux/nosuch.h>
#endif
#include <linux/slab.h>
#include "shapes.h"

__attribute__((used))
static const char linux_banner[] = "Linux version 6.1.0-fixture (tests) #1";

__attribute__((noinline)) void *kmalloc(unsigned long size, unsigned int flags)
{
	__asm__ volatile("" : "+r" (size) : "r" (flags));
	return (void *)size;
}

__attribute__((noinline)) struct demo *new_plain(void)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo)
		return 0;
	demo->signo = 1;
	return demo;
}

__attribute__((noinline)) struct demo *new_unchecked(void)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL | __GFP_NOWARN);
	demo->signo = 2;
	return demo;
}

__attribute__((noinline)) struct demo *new_declared(int signo)
{
	struct demo *demo = kmalloc(sizeof(struct demo),
				    GFP_KERNEL);
	int copy = signo;

	if (unlikely(!demo))
		return 0;
	demo->signo = copy;
	return demo;
}

__attribute__((noinline)) struct demo *new_body(int want)
{
	struct demo *demo = 0;

	if (want)
		demo = kmalloc(sizeof(*demo), want & 1 ? GFP_KERNEL : GFP_ATOMIC);
	if (!demo)
		return 0;
	demo->signo = 3;
	return demo;
}

__attribute__((noinline)) struct demo *new_else(int want, struct demo *other)
{
	struct demo *demo;

	if (want)
		demo = other;
	else
		demo = kmalloc(sizeof(*demo), want & ~GFP_KERNEL);
	return demo;
}

__attribute__((noinline)) struct demo *new_arm(int want, struct demo *other)
{
	struct demo *demo;

	if (want)
		demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	else
		demo = other;
	return demo;
}

__attribute__((noinline)) struct demo *new_only_said(void)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo)
		__asm__ volatile("nop");
	return demo;
}

__attribute__((noinline)) struct demo *new_check_with_else(void)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo)
		return 0;
	else
		demo->signo = 4;
	return demo;
}

__attribute__((noinline)) int new_in_a_struct(struct holder *holder)
{
	holder->demo = kmalloc(sizeof(*holder->demo), GFP_KERNEL);
	if (!holder->demo) {
		holder->error = 1;
		return -1;
	}
	return 0;
}

__attribute__((noinline)) int new_in_a_loop(struct holder *holder, int count)
{
	for (int i = 0; i < count; i++)
		holder[i].demo = kmalloc(sizeof(struct demo), GFP_KERNEL);
	return 0;
}

/* ---- what is not to be mistaken for an assignment to a variable, or its end ---- */

__attribute__((noinline)) int new_through_a_pointer(struct demo **out)
{
	*out = kmalloc(sizeof(**out), GFP_KERNEL);
	return *out ? 0 : -1;
}

__attribute__((noinline)) int new_in_an_array(struct demo **all, int i)
{
	all[i + 1] = kmalloc(sizeof(struct demo), GFP_KERNEL);
	return all[i + 1] ? 0 : -1;
}

__attribute__((noinline)) struct demo *new_behind_a_label(int want)
{
	struct demo *demo = 0;

	switch (want) {
	case 1: demo = kmalloc(sizeof(*demo), GFP_KERNEL);
		break;

	default:
		break;
	}
	return demo;
}

__attribute__((noinline)) struct demo *new_or_other(int want, struct demo *other)
{
	struct demo *demo;

	demo = want ? kmalloc(sizeof(*demo), GFP_KERNEL) : other;
	return demo;
}

#define MAKE(demo)				\
	do {					\
		demo = kmalloc(sizeof(*demo),	\
			       GFP_KERNEL);	\
	} while (0)

__attribute__((noinline)) struct demo *new_by_a_macro(void)
{
	struct demo *demo;

	MAKE(demo);
	return demo;
}

/* ---- what it is the body of, and where the check for NULL ends ---- */

__attribute__((noinline)) struct demo *new_long_condition(int want, int more)
{
	struct demo *demo = 0;

	if (want > 1 &&
	    more > want)
		demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	return demo;
}

__attribute__((noinline)) struct demo *new_behind_a_comment(int want)
{
	struct demo *demo = 0;

	if (want)
		/* It is wanted. */
		demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	return demo;
}

__attribute__((noinline)) struct demo *new_condition_with_comment(int want)
{
	struct demo *demo = 0;

	if (want)	// it is wanted
		demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	return demo;
}

__attribute__((noinline)) struct demo *new_nested_check(int want)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo) {
		if (want) {
			return 0;
		}
		want = 7;
		__asm__ volatile("nop" : : "r" (want));
	}
	return demo;
}

__attribute__((noinline)) struct demo *new_commented_check(void)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo)
		/* There is nothing to return; so be it. */
		return 0;
	demo->signo = 5;
	return demo;
}

__attribute__((noinline)) int new_in_a_block(int want)
{
	int sum = 0;

	if (want) {
		struct demo *demo = kmalloc(sizeof(*demo), GFP_KERNEL);
		sum = demo ? demo->signo : 0;
	}

	return sum;
}

__attribute__((noinline)) struct demo *new_gap_in_the_check(void)
{
	struct demo *demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo) {
		__asm__ volatile("nop");

		return 0;
	}

	demo->signo = 6;
	return demo;
}

__attribute__((noinline)) u64 demo_word(struct demo *demo)
{
	return *(const u64 *)demo;
}

__attribute__((noinline)) int demo_bits(struct demo *demo)
{
	return demo->inner.ready = 1;
}

__attribute__((noinline)) int demo_either(struct demo *demo)
{
	return demo->either.length = 1;
}

int _start(void)
{
	struct holder holder = { };

	return !new_plain() + !new_unchecked() + !new_declared(1) + !new_body(1) +
	       !new_else(1, 0) + !new_arm(1, 0) + !new_only_said() + !new_check_with_else() +
	       new_in_a_struct(&holder) + new_in_a_loop(&holder, 1) + demo_word(holder.demo) +
	       demo_bits(holder.demo) + demo_either(holder.demo) +
	       new_through_a_pointer(&holder.demo) +
	       new_in_an_array(&holder.demo, 0) + !new_behind_a_label(1) + !new_or_other(1, 0) +
	       !new_by_a_macro() + !new_long_condition(2, 3) + !new_behind_a_comment(1) +
	       !new_condition_with_comment(1) + !new_nested_check(1) + !new_commented_check() +
	       new_in_a_block(1) + !new_gap_in_the_check();
}
