/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs from one version of Linux to another, for the modules of the guest.
 * For kmemcheck itself it is in <linux/kmemcheck_compat.h>.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include <linux/atomic.h>
#include <linux/uaccess.h>
#include <linux/version.h>

/*
 * CMPXCHG16B, or CMPXCHG8B, on two words that lie aligned. febe950dbfb4 ("arch: Remove cmpxchg_double"),
 * 6.5.
 */
#ifdef system_has_cmpxchg128
static inline bool has_cmpxchg16b(void)
{
	return system_has_cmpxchg128();
}

static inline bool cmpxchg16b(unsigned long *pair, unsigned long low, unsigned long high,
			      unsigned long new_low, unsigned long new_high)
{
	u128 old = (u128)high << 64 | low;

	return cmpxchg128((u128 *)pair, old, (u128)new_high << 64 | new_low) == old;
}
#else
static inline bool has_cmpxchg16b(void)
{
	return system_has_cmpxchg_double();
}

static inline bool cmpxchg16b(unsigned long *pair, unsigned long low, unsigned long high,
			      unsigned long new_low, unsigned long new_high)
{
	return cmpxchg_double(&pair[0], &pair[1], low, high, new_low, new_high);
}
#endif

/*
 * All routines for copies from and to user space; adfcf4231b8c ("x86: don't use REP_GOOD or
 * ERMS for user memory copies"), 6.4, and what followed left one, which is inlined.
 */
#ifdef CONFIG_X86_32
static inline unsigned long user_copy_routine(void *to, const void *from, unsigned int size)
{
	return __copy_user_ll(to, from, size);
}

#define USER_COPIES					\
	{ "user_ll", user_copy_routine }
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
static inline unsigned long user_copy_routine(void *to, const void *from, unsigned int size)
{
	return copy_user_generic(to, from, size);
}

#define USER_COPIES					\
	{ "user_generic", user_copy_routine }
#else
#define USER_COPIES					\
	{ "user_erms", copy_user_enhanced_fast_string },	\
	{ "user_string", copy_user_generic_string },	\
	{ "user_unrolled", copy_user_generic_unrolled }
#endif

#endif /* COMPAT_H */
