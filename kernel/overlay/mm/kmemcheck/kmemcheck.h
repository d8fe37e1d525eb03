/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: shared between the files of this directory.
 */
#ifndef _MM_KMEMCHECK_H
#define _MM_KMEMCHECK_H

#include <linux/kmemcheck_engine.h>

#undef pr_fmt
#define pr_fmt(fmt) "kmemcheck: " fmt

struct dentry;

/* The alias of an address that is known to lie in the pool. */
static inline void *kmemcheck_pool_alias(unsigned long addr)
{
	return (void *)(addr + kmemcheck_alias_offset);
}

/* state.c */
u64 kmemcheck_counter(enum kmemcheck_counter counter);
extern const char * const kmemcheck_counter_names[];

#define KMEMCHECK_UNKNOWN_MAX	8
extern unsigned long kmemcheck_unknown[KMEMCHECK_UNKNOWN_MAX];

/* hooks_slab.c */
void kmemcheck_retire_slabs(void);

/* check.c */
void kmemcheck_check_init(void);

/* debugfs.c */
void kmemcheck_debugfs_init(void);

/* profile.c */
#ifdef CONFIG_KMEMCHECK_PROFILE
void kmemcheck_profile_init(struct dentry *dir);
#else
static inline void kmemcheck_profile_init(struct dentry *dir) { }
#endif

#endif /* _MM_KMEMCHECK_H */
