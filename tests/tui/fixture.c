// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel of a few functions, for the tests of kmc-annotate. Compiled, never run; the
 * reports on it are made by fixture.py.
 */
#include <linux/types.h>
#include <linux/slab.h>

__attribute__((used))
static const char linux_banner[] = "Linux version 6.1.0-fixture (tests) #1";

enum demo_code { DEMO_IDLE, DEMO_BUSY = 0x80 };

struct list_head { struct list_head *next, *prev; };

struct demo_info {
	int signo;
	u8 code;
	int error;
	union {
		struct { int pid; int uid; } kill;
		struct { u8 tid; void *value; } timer;
		u64 raw[2];
	} fields;
};

/* As struct_group() makes it, and a union in a union. */
struct demo_group {
	u64 before;
	union {
		struct { u32 a; u8 b; u16 c; };
		struct { u32 a; u8 b; u16 c; } head;
	};
	union {
		struct { u8 kind; union { u32 word; u16 half[2]; u8 low : 3; }; } one;
		struct { u64 key; void *value; } two;
		struct demo_info *three;
	} more;
};

#ifdef OTHER
/* Of a kernel that --diff compares it with. */
struct demo_new {
	int only_there;
};

struct demo_new demo_new_object;
#else
struct demo_gone {
	int only_here;
};

struct demo_gone demo_gone_object;
#endif

struct demo {
	struct list_head list;
#ifdef OTHER
	u32 flags;
	u64 wide;
#endif
	struct demo_info info;
	enum demo_code state;
	u32 ready : 1;
	u32 dirty : 1;
	u32 mode : 6;
	char name[16];
	struct demo *parent;
#ifndef OTHER
	struct later *later;
#endif
	void (*release)(struct demo *demo);
	u16 last;
};

__attribute__((noinline)) void *kmalloc(unsigned long size, unsigned int flags)
{
	__asm__ volatile("" : "+r" (size) : "r" (flags));
	return (void *)size;
}

__attribute__((noinline)) struct demo *demo_new(void)
{
	struct demo *demo;

	demo = kmalloc(sizeof(*demo), GFP_KERNEL);
	if (!demo)
		return 0;
	demo->info.signo = 11;
	demo->parent = demo;
	return demo;
}

__attribute__((noinline)) int demo_error(struct demo *demo)
{
	return demo->info.error;
}

/* All of it, the hole behind @code included. */
__attribute__((noinline)) u64 demo_word(struct demo *demo)
{
	return *(const u64 *)&demo->info;
}

__attribute__((noinline)) int demo_ready(struct demo *demo)
{
	return demo->ready = 1;
}

/* Two pointers to what is read. */
__attribute__((noinline)) int demo_both(struct demo *demo, demo_info_t *info)
{
	int error = info->error;

	__asm__ volatile("" : : "r" (demo), "r" (info));
	return error;
}

/* Holes that others fit into, and a group that stays together. */
struct demo_order {
	u8 small;
	u64 large;
	u32 bits : 3;
	u32 more : 5;
	u16 half;
	u64 second;
	u8 __cacheline_group_begin__hot[0];
	u8 first_hot;
	u64 second_hot;
	u8 __cacheline_group_end__hot[0];
	u32 word;
	u8 tail[];
};

struct demo_group demo_group;
struct demo_order demo_order;

int _start(void)
{
	struct demo *demo = demo_new();

	return demo_error(demo) + demo_word(demo) + demo_ready(demo) +
	       demo_both(demo, &demo->info);
}

/* Enums with a name and without, which the other kernel has with other constants. */
#ifdef OTHER
enum demo_mode { DEMO_OFF, DEMO_HALF, DEMO_ON = 0x10 } demo_mode;
enum { DEMO_FEW = 2, DEMO_MANY = 20, DEMO_ALL = -1 } demo_amount;
#else
enum demo_mode { DEMO_OFF, DEMO_ON, DEMO_TWICE } demo_mode;
enum { DEMO_FEW = 2, DEMO_MANY = 10 } demo_amount;
#endif
