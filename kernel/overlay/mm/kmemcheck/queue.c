// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: put what is wrong into a queue of this CPU, with all that a report tells.
 *
 * Filled inside of a page fault that may have hit anything, an NMI included: no lock,
 * no allocation, no tracing, nothing that is hidden. Emptied by an interrupt work.
 */
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "canary.h"
#include "kmemcheck.h"
#include "owner.h"
#include "report.h"
#include "shadow.h"

/*
 * A queue has one consumer, the interrupt work of its CPU, and producers that
 * can only nest: a fault, and an NMI on top of it.
 */
struct queue {
	unsigned int head;		/* next slot to fill */
	unsigned int tail;		/* next slot to log */
	atomic64_t lost;		/* since the log last asked */
	struct kmemcheck_report *slots;
	struct irq_work work;		/* of the consumer */
};

/*
 * The same instruction on an object from the same place gives one report in a
 * while; the next one tells how often it happened. Where the bytes were copied from
 * and who filled the message belong to the place: much leaves the kernel by one
 * instruction. A bucket belongs to the last one, so two bugs that share one are merely
 * reported more often.
 */
struct place {
	unsigned long ip;
	depot_stack_handle_t alloc;
	depot_stack_handle_t source;
	depot_stack_handle_t fill;
};

struct bucket {
	struct place place;
	u32 suppressed;
	u64 since;			/* when it was last reported */
};

#define NR_BUCKETS	64

static DEFINE_PER_CPU(struct queue, queues);
static DEFINE_PER_CPU(struct bucket [NR_BUCKETS], buckets);
unsigned int kmemcheck_ratelimit = 10;	/* seconds; 0: report everything */

static int __init ratelimit_param(char *str)
{
	if (str && !kstrtouint(str, 0, &kmemcheck_ratelimit))
		return 0;
	pr_err("kmemcheck.ratelimit=%s is not a number of seconds\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.ratelimit", ratelimit_param);

/**
 * kmemcheck_queue_prepare() - before a CPU is brought up, each time
 * @cpu: its number
 * @consume: empties the queue of the CPU that it runs on
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_queue_prepare(unsigned int cpu, void (*consume)(struct irq_work *work))
{
	size_t size = array_size(CONFIG_KMEMCHECK_QUEUE_SIZE,
				 sizeof(struct kmemcheck_report));
	struct queue *q = per_cpu_ptr(&queues, cpu);

	if (q->slots)
		return 0;
	init_irq_work(&q->work, consume);
	q->slots = vzalloc_node(size, cpu_to_node(cpu));
	return q->slots ? 0 : -ENOMEM;
}

static struct kmemcheck_report *queue_reserve(struct queue *q)
{
	unsigned int head = READ_ONCE(q->head), used, seen;

	for (;;) {
		used = head - READ_ONCE(q->tail);
		KMEMCHECK_WARN_ON(used > CONFIG_KMEMCHECK_QUEUE_SIZE);
		if (used >= CONFIG_KMEMCHECK_QUEUE_SIZE)
			return NULL;
		seen = arch_cmpxchg(&q->head, head, head + 1);
		if (seen == head)
			return &q->slots[head % CONFIG_KMEMCHECK_QUEUE_SIZE];
		head = seen;
	}
}

/**
 * kmemcheck_queue_next() - the oldest report of this CPU's queue
 *
 * For the consumer only, which gives it back with kmemcheck_queue_done().
 *
 * Return: NULL when the queue is empty.
 */
struct kmemcheck_report *kmemcheck_queue_next(void)
{
	struct queue *q = this_cpu_ptr(&queues);
	struct kmemcheck_report *report;

	report = &q->slots[q->tail % CONFIG_KMEMCHECK_QUEUE_SIZE];
	/* Pairs with the release in kmemcheck_queue_report(). */
	if (!smp_load_acquire(&report->ready))
		return NULL;
	/* What is ready has been reserved before. */
	return KMEMCHECK_WARN_ON(READ_ONCE(q->head) == q->tail) ? NULL : report;
}

void kmemcheck_queue_done(struct kmemcheck_report *report)
{
	struct queue *q = this_cpu_ptr(&queues);

	report->ready = false;
	/* The slot is free only after it has been marked so. */
	smp_store_release(&q->tail, q->tail + 1);
}

/* How many did not fit since the last call, on this CPU. */
u64 kmemcheck_queue_lost(void)
{
	return atomic64_xchg(&this_cpu_ptr(&queues)->lost, 0);
}

/* A one-shot kmemcheck lets exactly one report through. */
static bool may_report(void)
{
	int mode = READ_ONCE(kmemcheck_mode);

	if (mode == KMEMCHECK_MODE_ONESHOT)
		return arch_cmpxchg(&kmemcheck_mode, mode,
				    KMEMCHECK_MODE_DISABLED) == mode;
	return mode == KMEMCHECK_MODE_ENABLED;
}

/* Only the page that is being executed is sure to be mapped. */
static void save_code(struct kmemcheck_report *report)
{
	unsigned long ip = report->ip;
	unsigned long page = ALIGN_DOWN(ip, PAGE_SIZE);
	unsigned long start = max(ip - KMEMCHECK_CODE_BEFORE, page);
	unsigned long end = min(ip - KMEMCHECK_CODE_BEFORE + KMEMCHECK_CODE_SIZE,
				page + PAGE_SIZE);

	report->code_start = start;
	report->code_size = end - start;
	memcpy(report->code, (void *)start, end - start);
}

/**
 * kmemcheck_walk_stack() - the return addresses of a stack, also inside of a fault
 * @regs: where it begins, or NULL: here
 * @entries: where to
 * @size: at most so many
 * @skip: not the first ones
 *
 * Return: their number.
 */
noinline unsigned int kmemcheck_walk_stack(struct pt_regs *regs, unsigned long *entries,
					   unsigned int size, unsigned int skip)
{
	unsigned long flags;
	unsigned int nr;
	bool before;

	local_irq_save(flags);
	/* An NMI may interrupt a walk with one of its own. */
	before = this_cpu_read(kmemcheck_walking);
	this_cpu_write(kmemcheck_walking, true);
	nr = regs ? stack_trace_save_regs(regs, entries, size, skip) :
		    stack_trace_save(entries, size, skip + 1);
	this_cpu_write(kmemcheck_walking, before);
	local_irq_restore(flags);
	return nr;
}

/* The first entry of a stack is the instruction itself: no return address. */
static void save_stack(struct kmemcheck_report *report, struct pt_regs *regs)
{
	unsigned int skip = 0;

	report->nr_stack = kmemcheck_walk_stack(regs, report->stack, KMEMCHECK_STACK_DEPTH, 0);
	if (regs) {
		if (report->nr_stack && report->stack[0] == report->ip)
			skip = 1;
	} else {
		/* Down to the function that ip lies in or its neighbour, and that one too. */
		while (skip < report->nr_stack &&
		       report->stack[skip] - report->ip + PAGE_SIZE > 2 * PAGE_SIZE)
			skip++;
		skip = skip < report->nr_stack ? skip + 1 : 0;
	}
	report->nr_stack -= skip;
	memmove(report->stack, report->stack + skip,
		report->nr_stack * sizeof(report->stack[0]));
}

static void save_memory(struct kmemcheck_report *report, unsigned long addr)
{
	unsigned long i;

	report->copy_start = ALIGN_DOWN(addr, KMEMCHECK_COPY_SIZE);
	memcpy(report->memory, kmemcheck_pool_alias(report->copy_start),
	       KMEMCHECK_COPY_SIZE);
	for (i = 0; i < KMEMCHECK_COPY_SIZE; i++)
		report->shadow[i] = kmemcheck_shadow_get(report->copy_start + i);
}

static struct bucket *bucket_of(const struct place *place)
{
	u64 key = place->ip ^ place->alloc ^ (u64)place->source << 16 ^ (u64)place->fill << 32;

	return raw_cpu_ptr(buckets) + hash_64(key, ilog2(NR_BUCKETS));
}

static bool is_same_place(const struct place *a, const struct place *b)
{
	return a->ip == b->ip && a->alloc == b->alloc && a->source == b->source &&
	       a->fill == b->fill;
}

/* How many accesses a report stands for now, or 0 to keep quiet. */
static u32 occurrences(struct bucket *b, const struct place *place, u64 now)
{
	u32 count;

	if (!kmemcheck_ratelimit)
		return 1;
	if (!is_same_place(&b->place, place)) {
		*b = (struct bucket) { .place = *place, .since = now };
		return 1;
	}
	if (now - b->since < kmemcheck_ratelimit * NSEC_PER_SEC) {
		b->suppressed++;
		return 0;
	}
	count = b->suppressed + 1;
	b->suppressed = 0;
	b->since = now;
	return count;
}

/* What is wrong with an operand need not be its first byte. */
static unsigned long first_bad_byte(const struct kmemcheck_access *access)
{
	unsigned long addr = access->address, end = addr + access->size;

	while (addr < end && kmemcheck_in_pool(addr) && kmemcheck_is_initialized(addr, 1))
		addr++;
	return addr < end ? addr : access->address;
}

static void find_known(struct kmemcheck_known *known, const struct kmemcheck_access *access)
{
	known->fill.stack = 0;
	known->origin.source.hops = 0;
	known->has_object = kmemcheck_find_object(access->address, &known->object,
						  &known->owner);
	if (!known->has_object) {
		known->owner.alloc.stack = 0;
		return;
	}
	kmemcheck_find_origin(first_bad_byte(access), &known->object, &known->owner,
			      &known->origin);
	known->fill = kmemcheck_fill_event(&known->owner);
	if (known->fill.stack)
		known->owner.free.stack = 0;
}

/* What was copied is told from other copies by its source, and that by who filled it. */
static struct place place_of(unsigned long ip, const struct kmemcheck_known *known)
{
	struct place place = {
		.ip = ip,
		.alloc = known->owner.alloc.stack,
		.fill = known->fill.stack,
	};

	if (known->origin.source.hops) {
		place.source = known->origin.alloc.stack;
		place.fill = known->origin.fill.stack ?: place.fill;
	}
	return place;
}

static void fill(struct kmemcheck_report *report, struct pt_regs *regs,
		 const struct kmemcheck_access *access, unsigned long ip)
{
	report->ip = ip;
	report->access = *access;
	report->access.taint = get_taint();
	report->access.cpu = raw_smp_processor_id();
	report->access.pid = current->pid;
	report->access.tgid = current->tgid;
	memcpy(report->access.comm, current->comm, sizeof(report->access.comm));

	if (regs)
		kmemcheck_arch.save_regs(&report->regs, regs);
	else
		kmemcheck_arch.save_caller_regs(&report->regs, ip);
	save_code(report);
	save_stack(report, regs);
	save_memory(report, access->address);
}

/**
 * kmemcheck_queue_report() - report an access
 * @regs: before the instruction that has faulted, or NULL
 * @ip: where it was
 * @access: what is known of it so far
 * @list: what is wrong within it, NULL for an operand
 *
 * Interrupts are off, so that a queue's producers neither migrate nor are overtaken
 * by a task.
 */
void kmemcheck_queue_report(struct pt_regs *regs, unsigned long ip,
			    struct kmemcheck_access *access,
			    const struct kmemcheck_run_list *list)
{
	struct queue *q = raw_cpu_ptr(&queues);
	struct kmemcheck_report *report;
	struct kmemcheck_known known;
	struct bucket *bucket;
	struct place place;

	if (!kmemcheck_enabled() || kmemcheck_catch_canary(access->address))
		return;
	find_known(&known, access);
	place = place_of(ip, &known);
	bucket = bucket_of(&place);
	access->time = ktime_get_boot_fast_ns();
	access->count = occurrences(bucket, &place, access->time);
	if (!access->count) {
		kmemcheck_count(KMEMCHECK_COUNTER_DUPLICATES);
		return;
	}
	if (!may_report())
		return;
	kmemcheck_count(KMEMCHECK_COUNTER_REPORTS);

	report = queue_reserve(q);
	if (report) {
		fill(report, regs, access, ip);
		report->known = known;
		report->list.count = 0;
		if (list)
			report->list = *list;
		/* Pairs with the acquire in kmemcheck_queue_next(). */
		smp_store_release(&report->ready, true);
	} else {
		/* There is no report of it, so the next one is no duplicate. */
		bucket->place.ip = 0;
		arch_atomic64_inc(&q->lost);
		kmemcheck_count(KMEMCHECK_COUNTER_LOST);
	}
	irq_work_queue(&q->work);
}

/* Wait until everything reported so far has been printed and is in the ring. */
void kmemcheck_queue_sync(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		irq_work_sync(&per_cpu_ptr(&queues, cpu)->work);
}
