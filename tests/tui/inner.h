/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of shapes.h, in a header whose first condition is no guard.
 */
#ifndef CONFIG_NOSUCH
#include <linux/types.h>
#else
#include <linux/nosuch.h>
#endif

struct inner {
	u16 first;
	u8 ready : 1;
	u8 mode : 7;
	u8 last;
};
