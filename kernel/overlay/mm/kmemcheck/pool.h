/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the block of memory that is tracked.
 */
#ifndef _MM_KMEMCHECK_POOL_H
#define _MM_KMEMCHECK_POOL_H

#include <linux/types.h>

struct page;

int kmemcheck_pool_init(void);
void kmemcheck_pool_release(void);
unsigned long kmemcheck_pool_reserved(void);
int kmemcheck_find_pool(void);
void kmemcheck_pool_hide(void);
struct page *kmemcheck_pool_alloc(unsigned int order, int node, bool compound);
void kmemcheck_pool_free(struct page *page, unsigned int order);
unsigned long kmemcheck_pool_used(void);
bool kmemcheck_pool_has_room(int node);

#endif /* _MM_KMEMCHECK_POOL_H */
