// SPDX-License-Identifier: GPL-2.0-only
/*
 * What pages and objects cost while more and more of the pool is in use, and what they
 * cost when all processors want them at once. For bench/pool.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kmemcheck.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define ROUNDS	2000
#define BATCH	16

static unsigned long *held;
static unsigned long nr_held;

/* Return: nanoseconds for a page, taken and given back. */
static u64 time_pages(void)
{
	unsigned long pages[BATCH];
	u64 begin = ktime_get_ns();
	int i, j;

	for (i = 0; i < ROUNDS / BATCH; i++) {
		for (j = 0; j < BATCH; j++)
			pages[j] = __get_free_page(GFP_KERNEL);
		for (j = 0; j < BATCH; j++)
			free_page(pages[j]);
		cond_resched();
	}
	return div_u64(ktime_get_ns() - begin, ROUNDS);
}

static u64 time_objects(void)
{
	void *objects[BATCH];
	u64 begin = ktime_get_ns();
	int i, j;

	for (i = 0; i < ROUNDS / BATCH; i++) {
		for (j = 0; j < BATCH; j++)
			objects[j] = kmalloc(1024, GFP_KERNEL);
		for (j = 0; j < BATCH; j++)
			kfree(objects[j]);
		cond_resched();
	}
	return div_u64(ktime_get_ns() - begin, ROUNDS);
}

/* Hold pages until @percent of the pool is in use by them. */
static int hold(unsigned int percent)
{
	unsigned long want = (kmemcheck_pool_size >> PAGE_SHIFT) / 100 * percent;

	for (; nr_held < want; nr_held++) {
		held[nr_held] = __get_free_page(GFP_KERNEL);
		if (!held[nr_held])
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static void release(void)
{
	while (nr_held) {
		free_page(held[--nr_held]);
		cond_resched();
	}
	vfree(held);
}

struct worker {
	struct completion done;
	u64 pages, objects;
};

static int work(void *data)
{
	struct worker *worker = data;

	worker->pages = time_pages();
	worker->objects = time_objects();
	complete(&worker->done);
	return 0;
}

/* Per second, of all processors together: that is what should grow with their number. */
static int run_on(unsigned int cpus)
{
	struct worker *workers = kcalloc(cpus, sizeof(*workers), GFP_KERNEL | __GFP_NOTRACK);
	u64 pages = 0, objects = 0;
	unsigned int i;

	if (!workers)
		return -ENOMEM;
	for (i = 0; i < cpus; i++) {
		init_completion(&workers[i].done);
		kthread_run_on_cpu(work, &workers[i], i, "kmemcheck_pool/%u");
	}
	for (i = 0; i < cpus; i++) {
		wait_for_completion(&workers[i].done);
		pages += div64_u64(NSEC_PER_SEC, max(workers[i].pages, 1ULL));
		objects += div64_u64(NSEC_PER_SEC, max(workers[i].objects, 1ULL));
	}
	pr_info("cpus=%u pages/s=%llu objects/s=%llu\n", cpus, pages, objects);
	kfree(workers);
	return 0;
}

static int __init pool_init(void)
{
	static const unsigned int percents[] = { 1, 50, 90, 99 };
	unsigned int i;
	int err = 0;

	held = vmalloc_array(kmemcheck_pool_size >> PAGE_SHIFT, sizeof(*held));
	if (!held)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(percents) && !err; i++) {
		err = hold(percents[i]);
		pr_info("percent=%u page_ns=%llu object_ns=%llu\n", percents[i],
			time_pages(), time_objects());
	}
	release();
	for (i = 1; i <= num_online_cpus() && !err; i *= 2)
		err = run_on(i);
	return err;
}
module_init(pool_init);

static void __exit pool_exit(void)
{
}
module_exit(pool_exit);

MODULE_DESCRIPTION("kmemcheck: what memory of the pool costs");
MODULE_LICENSE("GPL");
