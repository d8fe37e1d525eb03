// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: boot option, sysctl, and the order in which the parts start.
 */
#include <linux/cpuhotplug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/stackdepot.h>
#include <linux/sysctl.h>

#include "canary.h"
#include "kmemcheck.h"
#include "origin.h"
#include "owner.h"
#include "pool.h"
#include "report.h"
#include "ring.h"
#include "untracked.h"

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

static int prepare_cpu(unsigned int cpu)
{
	int err = kmemcheck_queue_prepare(cpu, kmemcheck_report_drain);

	return err ?: kmemcheck_arch.prepare_cpu(cpu);
}

static int init_parts(bool *hidden)
{
	int err;

	/* Now for those that run, and for each one that will. */
	err = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "mm/kmemcheck:prepare", prepare_cpu,
				NULL);
	err = min(err, 0);
	if (!err)
		err = kmemcheck_ring_init();
	if (!err)
		err = kmemcheck_owner_init();
	if (!err)
		err = kmemcheck_origin_init();
	if (!err)
		err = stack_depot_init();
	if (!err)
		err = kmemcheck_arch.init();
	if (!err)
		kmemcheck_untracked_init();
	kmemcheck_check_init();
	/* Last: from here on memory is hidden. */
	if (!err)
		err = kmemcheck_pool_init(hidden);
	return err;
}

/* Once in the life of the kernel: with a pool there is, nothing goes away again. */
static int begin(void)
{
	static int failed;
	bool hidden = false;
	int err = failed;

	if (err)
		return err;
	if (!kmemcheck_pool_reserved())
		err = kmemcheck_find_pool();
	if (err)
		return err;

	err = init_parts(&hidden);
	if (err) {
		failed = err;
		WRITE_ONCE(kmemcheck_mode, KMEMCHECK_MODE_DISABLED);
		if (!hidden)
			kmemcheck_release_pool();
		pr_err("cannot start (error %d); disabled\n", err);
		return err;
	}

	static_branch_enable(&kmemcheck_key);
	pr_info("Initialized, tracking up to %lu MiB of memory with the %s engine\n",
		kmemcheck_pool_reserved() >> 20, kmemcheck_arch.engine());
	return 0;
}

/*
 * Early enough that only few slabs are older than tracking, late enough for
 * vmap, and before the other processors start: the step engine allows but one,
 * and hiding the pool needs no flush on the others.
 */
static int __init kmemcheck_init(void)
{
	int err = kmemcheck_enabled() ? begin() : 0;

	if (kmemcheck_pool_size)
		kmemcheck_retire_slabs();
	return err;
}
early_initcall(kmemcheck_init);

static DEFINE_MUTEX(mode_lock);

/*
 * The mode decides whether errors are reported, whether new memory is tracked, and
 * whether a fault is checked or untracks its page. The shadow
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
	if (mode != KMEMCHECK_MODE_DISABLED && old == KMEMCHECK_MODE_DISABLED)
		kmemcheck_retire_slabs();
	if (mode != KMEMCHECK_MODE_DISABLED)
		kmemcheck_start_self_tests();
	return 0;
}

static int mode_handler(KMEMCHECK_CTL_CONST struct ctl_table *table, int write,
			void *buffer, size_t *size, loff_t *pos)
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
	if (kmemcheck_enabled())
		kmemcheck_start_self_tests();
	kmemcheck_register_sysctl("kernel", kmemcheck_table);
	return 0;
}
late_initcall(kmemcheck_late_init);
