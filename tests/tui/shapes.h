/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of shapes.c, in a header with a guard and a condition.
 */
#ifndef SHAPES_H
#define SHAPES_H

#include <linux/types.h>
#if defined(CONFIG_NOSUCH) || \
    defined(CONFIG_NOSUCH_EITHER)
#include <linux/zlib.h>
#endif

struct inner {
	u16 first;
	u8 ready : 1;
	u8 mode : 7;
	u8 last;
};

struct demo {
	int signo;
	u8 code;
	int error;
	struct inner inner;
	char room[48];
	void *end;
};

struct holder {
	struct demo *demo;
	int error;
};

#endif /* SHAPES_H */
