// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: judge an access, and put what is wrong into the queue.
 *
 * This runs inside of a page fault that may have hit anything, an NMI
 * included: no lock, no allocation, no tracing, nothing that is hidden.
 */
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "kmemcheck.h"

/*
 * A queue has one consumer, the interrupt work of its CPU, and producers that
 * can only nest: a fault, and an NMI on top of it.
 */
struct queue {
	unsigned int head;		/* next slot to fill */
	unsigned int tail;		/* next slot to log */
	atomic64_t lost;		/* since the log last asked */
	struct kmemcheck_report *slots;
};

/*
 * The same instruction on an object from the same place gives one report in a
 * while; the next one tells how often it happened. A bucket belongs to whoever
 * came last, so two bugs that share one are merely reported more often.
 */
struct bucket {
	unsigned long ip;
	depot_stack_handle_t stack;
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

int kmemcheck_report_init(void)
{
	size_t size = array_size(CONFIG_KMEMCHECK_QUEUE_SIZE,
				 sizeof(struct kmemcheck_report));
	int cpu;

	for_each_possible_cpu(cpu) {
		struct queue *q = per_cpu_ptr(&queues, cpu);

		q->slots = vzalloc(size);
		if (!q->slots)
			return -ENOMEM;
	}
	return 0;
}

static struct kmemcheck_report *queue_reserve(struct queue *q)
{
	unsigned int head = READ_ONCE(q->head), seen;

	for (;;) {
		if (head - READ_ONCE(q->tail) >= CONFIG_KMEMCHECK_QUEUE_SIZE)
			return NULL;
		seen = arch_cmpxchg(&q->head, head, head + 1);
		if (seen == head)
			return &q->slots[head % CONFIG_KMEMCHECK_QUEUE_SIZE];
		head = seen;
	}
}

/**
 * kmemcheck_report_next() - the oldest report of this CPU's queue
 *
 * For the consumer only, which gives it back with kmemcheck_report_done().
 *
 * Return: NULL when the queue is empty.
 */
struct kmemcheck_report *kmemcheck_report_next(void)
{
	struct queue *q = this_cpu_ptr(&queues);
	struct kmemcheck_report *report;

	report = &q->slots[q->tail % CONFIG_KMEMCHECK_QUEUE_SIZE];
	/* Pairs with the release in queue_report(). */
	return smp_load_acquire(&report->ready) ? report : NULL;
}

void kmemcheck_report_done(struct kmemcheck_report *report)
{
	struct queue *q = this_cpu_ptr(&queues);

	report->ready = false;
	/* The slot is free only after it has been marked so. */
	smp_store_release(&q->tail, q->tail + 1);
}

/* How many did not fit since the last call, on this CPU. */
u64 kmemcheck_report_lost(void)
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
static void save_code(struct kmemcheck_report *report, unsigned long ip)
{
	unsigned long page = ALIGN_DOWN(ip, PAGE_SIZE);
	unsigned long start = max(ip - KMEMCHECK_CODE_BEFORE, page);
	unsigned long end = min(ip - KMEMCHECK_CODE_BEFORE + KMEMCHECK_CODE_SIZE,
				page + PAGE_SIZE);

	report->code_start = start;
	report->code_size = end - start;
	memcpy(report->code, (void *)start, end - start);
}

/* The first entry of a stack is the instruction itself: no return address. */
static void save_stack(struct kmemcheck_report *report, struct pt_regs *regs)
{
	unsigned int skip = 0;

	if (regs) {
		report->nr_stack = stack_trace_save_regs(regs, report->stack,
							 KMEMCHECK_STACK_DEPTH, 0);
		if (report->nr_stack && report->stack[0] == regs->ip)
			skip = 1;
	} else {
		report->nr_stack = stack_trace_save(report->stack,
						    KMEMCHECK_STACK_DEPTH, 0);
		/* Down to the function that rip lies in or its neighbour, and that one too. */
		while (skip < report->nr_stack &&
		       report->stack[skip] - report->regs.rip + PAGE_SIZE > 2 * PAGE_SIZE)
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

static struct bucket *bucket_of(unsigned long ip, depot_stack_handle_t stack)
{
	return raw_cpu_ptr(buckets) + hash_long(ip ^ stack, ilog2(NR_BUCKETS));
}

/* How many accesses a report stands for now, or 0 to keep quiet. */
static u32 occurrences(struct bucket *b, unsigned long ip,
		       depot_stack_handle_t stack, u64 now)
{
	u32 count;

	if (!kmemcheck_ratelimit)
		return 1;
	if (b->ip != ip || b->stack != stack) {
		*b = (struct bucket) { .ip = ip, .stack = stack, .since = now };
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

static void fill(struct kmemcheck_report *report, struct pt_regs *regs,
		 const struct kmemcheck_access *access, unsigned long ip)
{
	report->access = *access;
	report->access.taint = get_taint();
	report->access.cpu = raw_smp_processor_id();
	report->access.pid = current->pid;
	report->access.tgid = current->tgid;
	memcpy(report->access.comm, current->comm, sizeof(report->access.comm));

	if (regs)
		kmemcheck_arch_regs(&report->regs, regs);
	else
		kmemcheck_arch_caller_regs(&report->regs, ip);
	save_code(report, report->regs.rip);
	save_stack(report, regs);
	save_memory(report, access->address);
	report->has_object = kmemcheck_find_object(access->address, &report->object,
						   &report->owner);
}

static void queue_report(struct pt_regs *regs, unsigned long ip,
			 struct kmemcheck_access *access)
{
	struct queue *q = raw_cpu_ptr(&queues);
	struct kmemcheck_report *report;
	depot_stack_handle_t stack;
	struct bucket *bucket;

	if (!kmemcheck_enabled())
		return;
	stack = kmemcheck_find_stack(access->address);
	bucket = bucket_of(ip, stack);
	access->time = ktime_get_boot_fast_ns();
	access->count = occurrences(bucket, ip, stack, access->time);
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
		/* Pairs with the acquire in kmemcheck_report_next(). */
		smp_store_release(&report->ready, true);
	} else {
		/* Nobody has been told, so the next one is no duplicate. */
		bucket->ip = 0;
		arch_atomic64_inc(&q->lost);
		kmemcheck_count(KMEMCHECK_COUNTER_LOST);
	}
	kmemcheck_log_queue();
}

/* The state of the first byte that the access should not have found so. */
static enum kmemcheck_state state_to_report(enum kmemcheck_kind kind,
					    unsigned long addr, size_t size)
{
	size_t good = kind == KMEMCHECK_WRITE ? kmemcheck_shadow_owned(addr, size) :
						kmemcheck_shadow_run(addr, size, true);

	/* An operand may reach beyond the end of the pool. */
	return good == size || !kmemcheck_in_pool(addr + good) ?
	       KMEMCHECK_INITIALIZED : kmemcheck_shadow_get(addr + good);
}

static void report_operand(struct pt_regs *regs, enum kmemcheck_kind kind,
			   unsigned long addr, size_t size)
{
	struct kmemcheck_access access = {
		.kind = kind,
		.state = state_to_report(kind, addr, size),
		.address = addr,
		.size = size,
		.start = addr,
		.length = size,
	};

	queue_report(regs, regs->ip, &access);
}

/**
 * kmemcheck_report_read() - an instruction loads what it must not
 * @regs: before it
 * @addr: of the operand, in the pool
 * @size: of the operand, bytes
 */
void kmemcheck_report_read(struct pt_regs *regs, unsigned long addr, size_t size)
{
	report_operand(regs, KMEMCHECK_READ, addr, size);
	/* Once is enough for these bytes. */
	kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
}

/**
 * kmemcheck_read() - an instruction is about to load
 * @regs: before it, where the exception has left them
 * @addr: of the operand, tracked or not
 * @size: of the operand, bytes
 *
 * What nobody wrote may be loaded as long as it is not used. What is nobody's may
 * not, unless it merely adjoins what is wanted.
 */
void kmemcheck_read(struct pt_regs *regs, unsigned long addr, size_t size)
{
	if (!kmemcheck_in_pool(addr) || kmemcheck_may_read(addr, size))
		return;
	if (kmemcheck_is_owned_in_part(addr, size)) {
		kmemcheck_count(KMEMCHECK_COUNTER_FOLLOWED);
		if (!kmemcheck_arch_is_used(regs, addr, size)) {
			kmemcheck_count(KMEMCHECK_COUNTER_UNUSED);
			return;
		}
	}
	kmemcheck_report_read(regs, addr, size);
}

/**
 * kmemcheck_write() - an instruction is about to store
 * @regs: before it
 * @addr: of the operand, tracked or not
 * @size: of the operand, bytes
 */
void kmemcheck_write(struct pt_regs *regs, unsigned long addr, size_t size)
{
	if (!kmemcheck_in_pool(addr) || kmemcheck_is_initialized(addr, size))
		return;
	if (!kmemcheck_may_write(addr, size))
		report_operand(regs, KMEMCHECK_WRITE, addr, size);
	kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
	kmemcheck_arch_stored(regs, addr, size);
}

/* Other heap memory might as well be tracked; for lack of room or of age it is not. */
bool kmemcheck_is_heap(unsigned long addr)
{
	unsigned long direct = (unsigned long)__va(0);

	return addr - direct < (unsigned long)high_memory - direct;
}

/**
 * kmemcheck_may_leave() - may this be copied to where it cannot be watched?
 * @to: destination, not in the pool
 * @from: source, in the pool
 * @size: bytes, one element of the copy
 *
 * User space must not see what nobody wrote. On the stack its trace is lost, so it
 * is reported now or never.
 */
bool kmemcheck_may_leave(unsigned long to, unsigned long from, size_t size)
{
	if (to < TASK_SIZE_MAX)
		return kmemcheck_is_initialized(from, size);
	return kmemcheck_is_heap(to) ? kmemcheck_may_copy(from, size) :
				       kmemcheck_may_lose(from, size);
}

/**
 * kmemcheck_copy() - an instruction is about to move memory to memory
 * @regs: before it
 * @to: destination, tracked or not
 * @from: source, tracked or not
 * @size: bytes
 *
 * Between two tracked places the state moves along and nothing is reported:
 * a copy is not a use.
 */
void kmemcheck_copy(struct pt_regs *regs, unsigned long to, unsigned long from,
		    size_t size)
{
	if (!kmemcheck_in_pool(from)) {
		kmemcheck_write(regs, to, size);
		return;
	}
	if (!kmemcheck_in_pool(to)) {
		if (!kmemcheck_may_leave(to, from, size))
			kmemcheck_report_read(regs, from, size);
		return;
	}

	if (!kmemcheck_may_copy(from, size))
		kmemcheck_report_read(regs, from, size);
	if (!kmemcheck_may_write(to, size))
		kmemcheck_write(regs, to, size);
	kmemcheck_copy_state(to, from, size);
}

/**
 * kmemcheck_report_range() - report an access that no fault has told of
 * @kind: what for
 * @ip: where, in the function that is to be shown first
 * @addr: of the range, in the pool
 * @size: of the range; its first run of bad bytes stands for all of them
 *
 * Afterwards all of it counts as initialised.
 */
void kmemcheck_report_range(enum kmemcheck_kind kind, unsigned long ip,
			    unsigned long addr, size_t size)
{
	size_t good = kind == KMEMCHECK_WRITE ? kmemcheck_shadow_owned(addr, size) :
						kmemcheck_shadow_run(addr, size, true);
	struct kmemcheck_access access;
	unsigned long flags;

	if (good == size || !kmemcheck_in_pool(addr + good))
		return;

	access = (struct kmemcheck_access) {
		.kind = kind,
		.state = kmemcheck_shadow_get(addr + good),
		.address = addr + good,
		.size = kmemcheck_shadow_run(addr + good, size - good, false),
		.start = addr,
		.length = size,
	};

	/* A queue's producers must not migrate nor be overtaken by a task. */
	raw_local_irq_save(flags);
	queue_report(NULL, ip, &access);
	raw_local_irq_restore(flags);
	kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
}

/**
 * kmemcheck_unhide() - give up on a page
 * @addr: in it
 *
 * For what cannot be handled: the page is not looked at again until it becomes
 * part of another slab. Whatever happens to it until then, its shadow must not
 * accuse anybody.
 */
void kmemcheck_unhide(unsigned long addr)
{
	kmemcheck_give_up(addr);
	kmemcheck_shadow_set(ALIGN_DOWN(addr, PAGE_SIZE), PAGE_SIZE,
			     KMEMCHECK_INITIALIZED);
	kmemcheck_show_page(addr);
	kmemcheck_count(KMEMCHECK_COUNTER_UNHIDDEN);
}
