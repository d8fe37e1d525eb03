// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: boot options, counters and the order in which the parts start.
 */
#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/kernel.h>

#include "kmemcheck.h"

DEFINE_STATIC_KEY_FALSE(kmemcheck_key);

#if defined(CONFIG_KMEMCHECK_ENABLED_BY_DEFAULT)
int kmemcheck_mode = KMEMCHECK_MODE_ENABLED;
#elif defined(CONFIG_KMEMCHECK_ONESHOT_BY_DEFAULT)
int kmemcheck_mode = KMEMCHECK_MODE_ONESHOT;
#else
int kmemcheck_mode = KMEMCHECK_MODE_DISABLED;
#endif

const char * const kmemcheck_counter_names[] = {
	[KMEMCHECK_COUNTER_FAULTS]	= "faults",
	[KMEMCHECK_COUNTER_STEPS]	= "steps",
	[KMEMCHECK_COUNTER_ABORTS]	= "aborts",
	[KMEMCHECK_COUNTER_UNKNOWN]	= "unknown instructions",
	[KMEMCHECK_COUNTER_UNHIDDEN]	= "unhidden pages",
	[KMEMCHECK_COUNTER_NMI]		= "faults in nmi",
	[KMEMCHECK_COUNTER_TRIPWIRE]	= "tripwire hits",
	[KMEMCHECK_COUNTER_EXHAUSTED]	= "untracked slabs",
	[KMEMCHECK_COUNTER_REPORTS]	= "reports",
	[KMEMCHECK_COUNTER_DUPLICATES]	= "duplicates",
	[KMEMCHECK_COUNTER_LOST]	= "lost",
	[KMEMCHECK_COUNTER_OVERRUNS]	= "overruns",
};
static_assert(ARRAY_SIZE(kmemcheck_counter_names) == KMEMCHECK_NR_COUNTERS);

static atomic64_t counters[KMEMCHECK_NR_COUNTERS];

void kmemcheck_count(enum kmemcheck_counter counter)
{
	arch_atomic64_inc(&counters[counter]);
}

void kmemcheck_counter_add(enum kmemcheck_counter counter, u64 n)
{
	arch_atomic64_add(n, &counters[counter]);
}

u64 kmemcheck_counter(enum kmemcheck_counter counter)
{
	return arch_atomic64_read(&counters[counter]);
}

static int __init kmemcheck_param(char *str)
{
	int mode;

	if (!str || kstrtoint(str, 0, &mode) || mode < KMEMCHECK_MODE_DISABLED ||
	    mode > KMEMCHECK_MODE_ONESHOT) {
		pr_err("kmemcheck=%s is not one of 0 (disabled), 1 (enabled), 2 (one-shot)\n",
		       str ?: "");
		return -EINVAL;
	}
	kmemcheck_mode = mode;
	return 0;
}
early_param("kmemcheck", kmemcheck_param);

static int __init kmemcheck_init_parts(void)
{
	int err;

	err = kmemcheck_report_init();
	if (!err)
		err = kmemcheck_ring_init();
	if (!err)
		err = kmemcheck_slab_init(kmemcheck_pool_reserved() >> PAGE_SHIFT);
	if (!err)
		err = stack_depot_init();
	/* Last: from here on memory is hidden. */
	if (!err)
		err = kmemcheck_pool_init();
	return err;
}

/*
 * Early enough that only few slabs are older than tracking, late enough for
 * vmap, and before the other processors start: the step engine allows but one.
 */
static int __init kmemcheck_init(void)
{
	int err;

	if (!kmemcheck_pool_reserved())
		return 0;

	kmemcheck_log_init();
	err = kmemcheck_init_parts();
	if (err) {
		kmemcheck_mode = KMEMCHECK_MODE_DISABLED;
		kmemcheck_pool_release();
		pr_err("cannot start (error %d); disabled\n", err);
		return err;
	}

	kmemcheck_arch_init();
	static_branch_enable(&kmemcheck_key);
	pr_info("Initialized, tracking up to %lu MiB of slab memory\n",
		kmemcheck_pool_size >> 20);
	return 0;
}
early_initcall(kmemcheck_init);

/* debugfs is there whenever the feature is, so that tools can tell it is off. */
static int __init kmemcheck_late_init(void)
{
	kmemcheck_debugfs_init();
	return 0;
}
late_initcall(kmemcheck_late_init);
