// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: what faults cost, and which instructions make them.
 */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <asm/kmemcheck.h>

#include "kmemcheck.h"

/*
 * One fault in so many is counted: a prime, so that no loop of instructions
 * keeps in step with it.
 */
#define INTERVAL	61

#define TABLE_SHIFT	13
#define TABLE_SIZE	(1U << TABLE_SHIFT)
/* After that many collisions a sample is dropped. */
#define MAX_PROBES	16

struct sample {
	unsigned long ip;
	atomic_t count;
};

/*
 * While not 0, a fault is answered by skipping that many bytes of code: what
 * remains is the price of the exception itself.
 */
DEFINE_PER_CPU(u8, kmemcheck_skip);

static struct sample table[TABLE_SIZE];
static DEFINE_PER_CPU(unsigned int, countdown);

/**
 * kmemcheck_profile() - an instruction has faulted
 * @ip: where
 *
 * Called from inside of the fault.
 */
void kmemcheck_profile(unsigned long ip)
{
	unsigned int i, slot = hash_long(ip, TABLE_SHIFT);
	unsigned long seen;

	if (this_cpu_inc_return(countdown) < INTERVAL)
		return;
	this_cpu_write(countdown, 0);
	for (i = 0; i < MAX_PROBES; i++, slot = (slot + 1) % TABLE_SIZE) {
		seen = READ_ONCE(table[slot].ip);
		if (!seen)
			seen = arch_cmpxchg(&table[slot].ip, 0, ip) ?: ip;
		if (seen == ip) {
			arch_atomic_inc(&table[slot].count);
			return;
		}
	}
}

static int profile_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < TABLE_SIZE; i++)
		if (atomic_read(&table[i].count))
			seq_printf(m, "%d %pS\n", atomic_read(&table[i].count),
				   (void *)table[i].ip);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(profile);

#define LOADS		10000
#define ROUNDS		9

static u64 time_loads(const void *addr)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < LOADS; i++)
		kmemcheck_arch_load(addr);
	return ktime_get_ns() - start;
}

/* Nothing else may fault meanwhile. */
static u64 time_bare(const void *addr)
{
	unsigned long flags;
	u64 time;

	local_irq_save(flags);
	this_cpu_write(kmemcheck_skip, KMEMCHECK_ARCH_LOAD_LENGTH);
	time = time_loads(addr);
	this_cpu_write(kmemcheck_skip, 0);
	local_irq_restore(flags);
	return time;
}

/* A fault for each access, whatever follows. */
static u64 time_faults(const void *addr)
{
	u8 batch = *kmemcheck_arch.batch;
	u64 time;

	*kmemcheck_arch.batch = 0;
	time = time_loads(addr);
	*kmemcheck_arch.batch = batch;
	return time;
}

/* An object that is not accessed: the price of keeping its owner. */
static u64 time_allocations(const void *unused)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < LOADS; i++)
		kfree(kmalloc(64, GFP_KERNEL));
	return ktime_get_ns() - start;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Median of a few rounds, nanoseconds for a load: a plain one may take less than one. */
static void show_cost(struct seq_file *m, const char *name,
		      u64 (*measure)(const void *addr), const void *addr)
{
	u64 times[ROUNDS];
	u64 tenths;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		times[i] = measure(addr);
		cond_resched();
	}
	sort(times, ROUNDS, sizeof(times[0]), compare, NULL);
	tenths = DIV_ROUND_UP_ULL(times[ROUNDS / 2], LOADS / 10);
	seq_printf(m, "%s: %llu.%llu\n", name, tenths / 10, tenths % 10);
}

/* From a whole page to memory that is not tracked. */
static u64 faults_of_copy(const void *from, void *to)
{
	unsigned long flags;
	u64 before, after;

	local_irq_save(flags);
	before = kmemcheck_counter(KMEMCHECK_COUNTER_FAULTS);
	kmemcheck_arch_copy_page(to, from);
	after = kmemcheck_counter(KMEMCHECK_COUNTER_FAULTS);
	local_irq_restore(flags);
	return after - before;
}

static DEFINE_MUTEX(cost_lock);

static int cost_show(struct seq_file *m, void *unused)
{
	void *page = kzalloc(2 * PAGE_SIZE, GFP_KERNEL);
	void *to = (void *)__get_free_page(GFP_KERNEL);
	int err = -ENOMEM;

	mutex_lock(&cost_lock);
	if (page && to && kmemcheck_tracked(page)) {
		show_cost(m, "plain", time_loads, kmemcheck_alias(page));
		show_cost(m, "bare", time_bare, page);
		show_cost(m, "access", time_faults, page);
		show_cost(m, "access in a loop", time_loads, page);
		show_cost(m, "kmalloc and kfree", time_allocations, NULL);
		seq_printf(m, "faults of a 4 KiB rep movs: %llu\n",
			   faults_of_copy(page, to));
		err = 0;
	} else if (page && to) {
		err = -ENODEV;
	}
	mutex_unlock(&cost_lock);
	free_page((unsigned long)to);
	kfree(page);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(cost);

void __init kmemcheck_profile_init(struct dentry *dir)
{
	debugfs_create_file("profile", 0400, dir, NULL, &profile_fops);
	debugfs_create_file("cost", 0400, dir, NULL, &cost_fops);
}
