// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: boot options, counters and the order in which the parts start.
 */
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sysctl.h>

#include "kmemcheck.h"

DEFINE_STATIC_KEY_FALSE(kmemcheck_key);
EXPORT_SYMBOL(kmemcheck_key);

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
	[KMEMCHECK_COUNTER_BULK]	= "bulk operations",
	[KMEMCHECK_COUNTER_AHEAD]	= "accesses ahead",
	[KMEMCHECK_COUNTER_DECODED]	= "decoded instructions",
	[KMEMCHECK_COUNTER_UNWOUND]	= "unwound stacks",
	[KMEMCHECK_COUNTER_FOLLOWED]	= "loads followed",
	[KMEMCHECK_COUNTER_UNUSED]	= "loads not used",
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

DEFINE_PER_CPU(u64 [KMEMCHECK_NR_COUNTERS], kmemcheck_counters);

void kmemcheck_counter_add(enum kmemcheck_counter counter, u64 n)
{
	this_cpu_add(kmemcheck_counters[counter], n);
}

u64 kmemcheck_counter(enum kmemcheck_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(kmemcheck_counters, cpu)[counter]);
	return sum;
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

static int init_parts(void)
{
	int err;

	err = kmemcheck_report_init();
	if (!err)
		err = kmemcheck_ring_init();
	if (!err)
		err = kmemcheck_slab_init(kmemcheck_pool_reserved() >> PAGE_SHIFT);
	if (!err)
		err = stack_depot_init();
	if (!err)
		err = kmemcheck_arch_init();
	/* Last: from here on memory is hidden. */
	if (!err)
		err = kmemcheck_pool_init();
	return err;
}

/* Once in the life of the kernel: with a pool there is, nothing goes away again. */
static int begin(void)
{
	static int failed;
	int err = failed;

	if (err)
		return err;
	if (!kmemcheck_pool_reserved())
		err = kmemcheck_find_pool();
	if (err)
		return err;

	err = init_parts();
	if (err) {
		failed = err;
		WRITE_ONCE(kmemcheck_mode, KMEMCHECK_MODE_DISABLED);
		kmemcheck_pool_release();
		pr_err("cannot start (error %d); disabled\n", err);
		return err;
	}

	static_branch_enable(&kmemcheck_key);
	pr_info("Initialized, tracking up to %lu MiB of memory with the %s engine\n",
		kmemcheck_pool_size >> 20, kmemcheck_arch_engine());
	return 0;
}

/*
 * Early enough that only few slabs are older than tracking, late enough for
 * vmap, and before the other processors start: the step engine allows but one,
 * and hiding the pool needs no flush on the others.
 */
static int __init kmemcheck_init(void)
{
	kmemcheck_log_init();
	return kmemcheck_enabled() ? begin() : 0;
}
early_initcall(kmemcheck_init);

static DEFINE_MUTEX(mode_lock);

/*
 * The mode decides whether errors are reported, whether new memory is tracked, and
 * whether a fault is looked into or answered by showing the page for good. The shadow
 * of what is tracked is kept right all the time. So it can be changed at any moment.
 */
static int set_mode(int mode)
{
	int err, old;

	if (mode != KMEMCHECK_MODE_DISABLED && !kmemcheck_pool_size) {
		err = begin();
		if (err)
			return err;
	}
	old = xchg(&kmemcheck_mode, mode);
	if (mode != KMEMCHECK_MODE_DISABLED && old == KMEMCHECK_MODE_DISABLED)
		kmemcheck_pool_hide();
	return 0;
}

static int mode_handler(struct ctl_table *table, int write, void *buffer,
			size_t *size, loff_t *pos)
{
	int mode, err;
	struct ctl_table here = {
		.data	= &mode,
		.maxlen	= sizeof(mode),
		.mode	= table->mode,
		.extra1	= SYSCTL_ZERO,
		.extra2	= SYSCTL_TWO,
	};

	mutex_lock(&mode_lock);
	/* One-shot turns into disabled by itself. */
	mode = READ_ONCE(kmemcheck_mode);
	err = proc_dointvec_minmax(&here, write, buffer, size, pos);
	if (!err && write)
		err = set_mode(mode);
	mutex_unlock(&mode_lock);
	return err;
}

static struct ctl_table kmemcheck_table[] = {
	{
		.procname	= "kmemcheck",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= mode_handler,
	},
	{ }
};

/* debugfs is there whenever the feature is, so that tools can tell it is off. */
static int __init kmemcheck_late_init(void)
{
	kmemcheck_debugfs_init();
	register_sysctl_init("kernel", kmemcheck_table);
	return 0;
}
late_initcall(kmemcheck_late_init);
