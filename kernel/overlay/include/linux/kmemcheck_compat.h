/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what differs from one version of Linux to another.
 *
 * All of it is here, so that nothing else asks for the version: a name of ours for what
 * was renamed, with the commit that did it. It is asked for the thing itself where the
 * preprocessor can see it.
 */
#ifndef _LINUX_KMEMCHECK_COMPAT_H
#define _LINUX_KMEMCHECK_COMPAT_H

#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/sysctl.h>
#include <linux/version.h>

/* 5f60d5f6bbc1 ("move asm/unaligned.h to linux/unaligned.h"), 6.12 */
#if __has_include("linux/unaligned.h")
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/*
 * How many orders there are. fd37721803c6 ("mm, treewide: introduce NR_PAGE_ORDERS"), 6.8;
 * MAX_ORDER was that number until 23baf831a32c ("mm, treewide: redefine MAX_ORDER sanely").
 */
#ifdef NR_PAGE_ORDERS
#define KMEMCHECK_ORDERS	NR_PAGE_ORDERS
#else
#define KMEMCHECK_ORDERS	MAX_ORDER
#endif

/*
 * The books of a compound page are in its second one, in the flags since ebc1baf5c9b4
 * ("mm: free up a word in the first tail page"), 6.6.
 */
static inline void kmemcheck_clear_compound(struct page *page)
{
#ifdef PAGE_FLAGS_SECOND
	page[1].flags &= ~PAGE_FLAGS_SECOND;
#else
	page[1].compound_order = 0;
#ifdef CONFIG_64BIT
	page[1].compound_nr = 0;
#endif
	page[1].compound_dtor = 0;
#endif
}

/* ac3b43283923 ("module: replace module_layout with module_memory"), 6.4 */
#ifdef for_each_mod_mem_type
#define kmemcheck_module_base(mod)	((unsigned long)(mod)->mem[MOD_TEXT].base)
#define kmemcheck_module_size(mod)	((mod)->mem[MOD_TEXT].size)
#else
#define kmemcheck_module_base(mod)	((unsigned long)(mod)->core_layout.base)
#define kmemcheck_module_size(mod)	((mod)->core_layout.size)
#endif

/* 78eb4ea25cd5 ("sysctl: treewide: constify the ctl_table argument of proc_handlers"), 6.11 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define KMEMCHECK_CTL_CONST	const
#else
#define KMEMCHECK_CTL_CONST
#endif

/*
 * A table ends with an empty entry here, which is not to be seen by who goes by its size:
 * d7a76ec87195 ("sysctl: Remove check for sentinel element in ctl_table arrays"), 6.11.
 */
#ifdef register_sysctl
#define kmemcheck_register_sysctl(path, table)	\
	__register_sysctl_init(path, table, #table, ARRAY_SIZE(table) - 1)
#else
#define kmemcheck_register_sysctl(path, table)	register_sysctl_init(path, table)
#endif

/*
 * May who has called ksize() use all of it? Not since 38931d8989b5 ("mm: Make ksize() a
 * reporting-only function"), 6.2.
 */
#define KMEMCHECK_KSIZE_GIVES	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0))

#endif /* _LINUX_KMEMCHECK_COMPAT_H */
