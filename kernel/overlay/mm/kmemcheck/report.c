// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: take reports out of the queue, print them, hand them to the ring.
 *
 * The classic block is that of the original kmemcheck, to the blank, so that
 * whatever reads old reports reads these.
 */
#include <linux/ctype.h>
#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/stackdepot.h>
#include <linux/spinlock.h>
#include <linux/utsname.h>

#include "kmemcheck.h"
#include "report.h"
#include "ring.h"

#undef pr_fmt
#define pr_fmt(fmt) fmt

/* Digits of an address. */
#define ADDRESS	((int)(2 * sizeof(long)))

/* One record at a time; a report of more than this is cut by the encoder. */
static u8 record[KMEMCHECK_RECORD_MAX / 4] __aligned(KMEMCHECK_ALIGN);
static u64 last_seq;
static DEFINE_RAW_SPINLOCK(record_lock);	/* for both */

static const char * const state_names[] = {
	[KMEMCHECK_UNALLOCATED]		= "unallocated",
	[KMEMCHECK_UNINITIALIZED]	= "uninitialized",
	[KMEMCHECK_INITIALIZED]		= "initialized",
	[KMEMCHECK_FREED]		= "freed",
};
static const char state_letters[] = "auif";

static const char *state_name(unsigned int state)
{
	return state < ARRAY_SIZE(state_names) ? state_names[state] :
						 "(invalid shadow state)";
}

static const char *kind_name(unsigned int kind)
{
	switch (kind) {
	case KMEMCHECK_WRITE:
		return "write to";
	case KMEMCHECK_INFOLEAK:
		return "infoleak from";
	default:
		return "read from";
	}
}

static void print_title(const struct kmemcheck_report *r)
{
	const char *state = state_name(r->access.state);
	void *ip = (void *)r->ip;

	if (r->access.kind == KMEMCHECK_INFOLEAK)
		pr_err("BUG: kmemcheck: infoleak in %pS\n", ip);
	else if (r->access.kind == KMEMCHECK_WRITE)
		pr_err("BUG: kmemcheck: %s-write in %pS\n", state, ip);
	else
		pr_err("BUG: kmemcheck: %s-read in %pS\n", state, ip);
}

/* A row of letters is as long as the dump: two columns for each byte. */
static void print_memory(const struct kmemcheck_report *r)
{
	char row[2 * KMEMCHECK_COPY_SIZE + 2];
	unsigned int i;

	for (i = 0; i < KMEMCHECK_COPY_SIZE; i++)
		sprintf(row + 2 * i, "%02x", r->memory[i]);
	pr_err("%s\n", row);

	for (i = 0; i < KMEMCHECK_COPY_SIZE; i++) {
		row[2 * i] = ' ';
		row[2 * i + 1] = r->shadow[i] < 4 ? state_letters[r->shadow[i]] : '?';
	}
	row[2 * i] = '\0';
	pr_err("%s\n", row);
	pr_err("%*c\n", (int)(2 + 2 * (r->access.address - r->copy_start)), '^');
}

static void print_stack(const unsigned long *entries, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		pr_err(" [<%0*lx>] %pB\n", ADDRESS, entries[i], (void *)entries[i]);
}

/* A line of the log holds all of it. */
static char ranges[KMEMCHECK_RUNS_MAX * 40 + 64];	/* under record_lock */

/* Of a copy, as KMSAN has it: both ends, counted from its beginning. */
static void print_runs(const struct kmemcheck_report *r)
{
	unsigned int i, n = min_t(unsigned int, r->list.count, KMEMCHECK_RUNS_MAX);
	size_t used = 0;

	if (!r->list.count)
		return;
	for (i = 0; i < n; i++) {
		const struct kmemcheck_run *run = &r->list.runs[i];
		u64 first = run->address - r->access.start;

		used += scnprintf(ranges + used, sizeof(ranges) - used, "%s%llu-%llu",
				  i ? ", " : "", first, first + run->size - 1);
		if (run->state != r->access.state)
			used += scnprintf(ranges + used, sizeof(ranges) - used, " (%s)",
					  state_name(run->state));
	}
	if (r->list.count > n)
		scnprintf(ranges + used, sizeof(ranges) - used, " and %u more ranges",
			  r->list.count - n);
	pr_err("Bytes %s of %llu are %s\n", ranges, r->access.length,
	       state_name(r->access.state));
	pr_err("Memory access of size %llu starts at %0*llx\n", r->access.length,
	       ADDRESS, r->access.start);
}

static void print_who(const char *what, s32 pid, u64 time)
{
	u32 ns;
	u64 seconds = div_u64_rem(time, NSEC_PER_SEC, &ns);

	pr_err("%s by task %d at %llu.%06lu:\n", what, pid, seconds, ns / NSEC_PER_USEC);
}

static void print_event(const char *what, const struct kmemcheck_event *event)
{
	unsigned long *entries;
	unsigned int n;

	if (!event->stack)
		return;
	print_who(what, event->pid, event->time);
	n = stack_depot_fetch(event->stack, &entries);
	print_stack(entries, n);
}

static void print_memory_of(const char *what, const struct kmemcheck_object *object,
			    const char *rest)
{
	char requested[32] = "";

	if (object->requested)
		sprintf(requested, ", requested %u", object->requested);
	pr_err("%s %0*llx of cache %s, size %u%s, %s\n", what, ADDRESS, object->start,
	       object->cache, object->size, requested, rest);
}

static void print_origin(const struct kmemcheck_origin *origin)
{
	char rest[80];

	if (!origin->source.hops)
		return;
	print_who("Stored to memory", origin->pid, origin->time);
	print_stack(origin->stack, origin->nr_stack);
	snprintf(rest, sizeof(rest), "bytes from offset %lld, copied %u times",
		 origin->source.offset, origin->source.hops);
	print_memory_of("Source", &origin->source.object, rest);
	print_event("Source allocated", &origin->alloc);
}

static void print_object(const struct kmemcheck_report *r)
{
	const struct kmemcheck_known *known = &r->known;
	char rest[48];

	if (!known->has_object)
		return;
	snprintf(rest, sizeof(rest), "access at offset %lld",
		 (s64)(r->access.address - known->object.start));
	print_memory_of("Object", &known->object, rest);
	print_event("Allocated", &known->owner.alloc);
	print_event("Freed", &known->owner.free);
	print_event("Filled", kmemcheck_filler(known));
	print_origin(&known->origin);
}

static void print_report(const struct kmemcheck_report *r)
{
	const struct new_utsname *uts = init_utsname();

	print_title(r);
	pr_err("WARNING: kmemcheck: Caught %u-bit %s %s memory (%0*llx)\n",
	       8 * r->access.size, kind_name(r->access.kind),
	       state_name(r->access.state), ADDRESS, r->access.address);
	print_memory(r);
	pr_err("\n");
	pr_err("Pid: %d, comm: %*pE %s %s %.*s\n", r->access.pid,
	       (int)strnlen(r->access.comm, sizeof(r->access.comm)),
	       r->access.comm, print_tainted(), uts->release,
	       (int)strcspn(uts->version, " "), uts->version);
	kmemcheck_arch.print_regs(&r->regs);
	print_stack(r->stack, r->nr_stack);
	pr_err(" [<%0*lx>] 0x%lx\n", ADDRESS, ULONG_MAX, ULONG_MAX);
	print_runs(r);
	print_object(r);
	if (r->access.count > 1)
		pr_err("Seen %u times since the last such report\n", r->access.count);
}

/* Everything under record_lock, so that log and stream have one order. */
static void publish(struct kmemcheck_report *report)
{
	report->seq = ++last_seq;
	print_report(report);
	kmemcheck_ring_append(record, kmemcheck_encode_report(report, record,
							      sizeof(record)), 1);
}

static void publish_loss(u64 lost)
{
	last_seq += lost;
	pr_err("kmemcheck: Lost %llu error reports because the queue was too small\n",
	       lost);
	kmemcheck_ring_append(record, kmemcheck_encode_lost(lost, KMEMCHECK_LOST_QUEUE,
							    record, sizeof(record)), lost);
}

/* The consumer of this CPU's queue; nobody else takes reports out of it. */
void kmemcheck_report_drain(struct irq_work *work)
{
	struct kmemcheck_report *report;
	unsigned long flags;
	u64 lost;

	raw_spin_lock_irqsave(&record_lock, flags);
	while ((report = kmemcheck_queue_next())) {
		publish(report);
		kmemcheck_queue_done(report);
	}
	lost = kmemcheck_queue_lost();
	if (lost)
		publish_loss(lost);
	raw_spin_unlock_irqrestore(&record_lock, flags);
	wake_up_interruptible(&kmemcheck_ring_wait);
}
