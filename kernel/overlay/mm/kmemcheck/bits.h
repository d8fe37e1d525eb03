/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: which bits of a byte that was written in part are uninitialised.
 */
#ifndef _MM_KMEMCHECK_BITS_H
#define _MM_KMEMCHECK_BITS_H

#include <linux/types.h>

int kmemcheck_bits_init(void);
u8 kmemcheck_bits_get(unsigned long addr);
bool kmemcheck_bits_set(unsigned long addr, u8 bits);
void kmemcheck_bits_forget(unsigned long addr, size_t size);

#endif /* _MM_KMEMCHECK_BITS_H */
