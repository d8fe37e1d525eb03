/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the state of every byte of tracked memory, and of every page.
 *
 * What an engine asks of it is in <linux/kmemcheck_engine.h>. All ranges are cut to
 * the pool.
 */
#ifndef _MM_KMEMCHECK_SHADOW_H
#define _MM_KMEMCHECK_SHADOW_H

#include <linux/kmemcheck_engine.h>

int kmemcheck_shadow_init(u8 *shadow);
void kmemcheck_mark_untracked(unsigned long addr);
bool kmemcheck_begin_hiding(unsigned long addr);
void kmemcheck_end_hiding(unsigned long addr);
enum kmemcheck_state kmemcheck_shadow_get(unsigned long addr);
void kmemcheck_shadow_set(unsigned long addr, size_t size,
			  enum kmemcheck_state state);
void kmemcheck_shadow_set_range(unsigned long addr, size_t size, enum kmemcheck_state state);
void kmemcheck_shadow_copy(unsigned long to, unsigned long from, size_t size);

#endif /* _MM_KMEMCHECK_SHADOW_H */
