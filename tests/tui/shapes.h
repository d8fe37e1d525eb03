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

#include "inner.h"

/* As those of a protocol's header. */
struct either {
#ifdef CONFIG_NOSUCH
#ifdef CONFIG_NOSUCH_EITHER
	u8 more : 3;
#endif
#endif
#ifdef CONFIG_BIG_ENDIAN
	u8 version : 4,
	   length : 4;
#else
	u8 length : 4;
	u8 version : 4;
#endif
	u8 type;
};

struct demo {
	int signo;
	u8 code;
	int error;
	struct inner inner;
	struct either either;
	char room[44];
	void *end;
};

struct holder {
	struct demo *demo;
	int error;
};

#endif /* SHAPES_H */
