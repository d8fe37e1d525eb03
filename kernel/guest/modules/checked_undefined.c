// SPDX-License-Identifier: GPL-2.0-only
/*
 * What UBSAN finds.
 */
#include <linux/slab.h>

#include "checked.h"

/* An array that a struct ends with is taken for one without an end. */
struct checked_slots {
	u32 used;
	u16 marks[6];
	u64 last;
};

static noinline u16 mark_of(const struct checked_slots *slots, unsigned int slot)
{
	return slots->marks[slot]; /* ubsan_index: access */
}

static noinline void ubsan_index(void)
{
	struct checked_slots *slots = kzalloc(sizeof(*slots), GFP_KERNEL);

	if (slots && mark_of(slots, forget(7)))
		barrier();
	kfree(slots);
}

static u8 checked_levels[6];

static noinline void set_level(int level)
{
	checked_levels[level] = 1; /* ubsan_global: access */
}

static noinline void ubsan_global(void)
{
	set_level(forget(-1));
}

static noinline int mask_of(int exponent)
{
	return 1 << exponent; /* ubsan_shift: access */
}

static noinline void ubsan_shift(void)
{
	if (mask_of(forget(40)))
		barrier();
}

struct checked_flag {
	u32 id;
	bool set;
};

static noinline bool is_set(const struct checked_flag *flag)
{
	return flag->set; /* ubsan_bool: access */
}

static noinline void ubsan_bool(void)
{
	struct checked_flag *flag = kzalloc(sizeof(*flag), GFP_KERNEL);

	if (!flag)
		return;
	*(u8 *)&flag->set = 7;
	if (is_set(forget(flag)))
		barrier();
	kfree(flag);
}

const struct checked_bug checked_undefined[] = {
	{ "ubsan_index", ubsan_index },
	{ "ubsan_global", ubsan_global },
	{ "ubsan_shift", ubsan_shift },
	{ "ubsan_bool", ubsan_bool },
	{ }
};
