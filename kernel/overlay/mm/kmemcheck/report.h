/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the way of a report from the fault to the log and the ring.
 */
#ifndef _MM_KMEMCHECK_REPORT_H
#define _MM_KMEMCHECK_REPORT_H

#include <linux/kmemcheck_engine.h>

#include "origin.h"
#include "owner.h"

#define KMEMCHECK_COPY_SIZE	(1UL << CONFIG_KMEMCHECK_SHADOW_COPY_SHIFT)

/* Deep enough for a system call through a file system and a block device. */
#define KMEMCHECK_STACK_DEPTH	32

/* As much as an oops shows: 42 bytes before the instruction, 22 from it on. */
#define KMEMCHECK_CODE_BEFORE	42
#define KMEMCHECK_CODE_SIZE	64

struct irq_work;

/*
 * struct kmemcheck_run_list - all that is wrong within one access
 * @count: runs, @bytes: in all of them
 * @last: of them
 * @runs: the first ones
 */
struct kmemcheck_run_list {
	unsigned int count;
	unsigned int bytes;
	struct kmemcheck_run last;
	struct kmemcheck_run runs[KMEMCHECK_RUNS_MAX];
};

/*
 * struct kmemcheck_known - what is known of the memory
 * @object: around it, @owner: of that; if there is one, @has_object
 * @fill: who filled it first
 * @origin: of what was reported; no hops: not known
 */
struct kmemcheck_known {
	struct kmemcheck_object object;
	struct kmemcheck_owner owner;
	struct kmemcheck_event fill;
	struct kmemcheck_origin origin;
	bool has_object;
};

/* One report as the fault leaves it in the queue. */
struct kmemcheck_report {
	u64 seq;
	unsigned long ip;
	struct kmemcheck_access access;
	struct kmemcheck_regs regs;
	struct kmemcheck_known known;
	struct kmemcheck_run_list list;	/* empty for an operand */
	bool ready;			/* pairs with the release in queue.c */
	unsigned int nr_stack;
	unsigned int code_size;
	unsigned long code_start;
	unsigned long copy_start;
	unsigned long stack[KMEMCHECK_STACK_DEPTH];
	u8 code[KMEMCHECK_CODE_SIZE];
	u8 memory[KMEMCHECK_COPY_SIZE];
	u8 shadow[KMEMCHECK_COPY_SIZE];
};

/* Of the message that was reported, or of the one that it was copied from. */
static inline const struct kmemcheck_event *
kmemcheck_filler(const struct kmemcheck_known *known)
{
	if (known->origin.source.hops && known->origin.fill.stack)
		return &known->origin.fill;
	return &known->fill;
}

/* check.c */
kmemcheck_rule_t kmemcheck_untracked_rule(unsigned long to);
void kmemcheck_report_range(enum kmemcheck_kind kind, unsigned long ip, unsigned long addr,
			    size_t size, kmemcheck_rule_t allows);

/* queue.c */
extern unsigned int kmemcheck_ratelimit;
unsigned int kmemcheck_walk_stack(struct pt_regs *regs, unsigned long *entries,
				  unsigned int size, unsigned int skip);
int kmemcheck_queue_prepare(unsigned int cpu, void (*consume)(struct irq_work *work));
void kmemcheck_queue_report(struct pt_regs *regs, unsigned long ip,
			    struct kmemcheck_access *access,
			    const struct kmemcheck_run_list *list);
struct kmemcheck_report *kmemcheck_queue_next(void);
void kmemcheck_queue_done(struct kmemcheck_report *report);
u64 kmemcheck_queue_lost(void);
void kmemcheck_queue_sync(void);

/* report.c */
void kmemcheck_report_drain(struct irq_work *work);

/* record.c */
size_t kmemcheck_encode_report(const struct kmemcheck_report *report, void *buf,
			       size_t size);
size_t kmemcheck_encode_lost(u64 count, enum kmemcheck_lost_where where,
			     void *buf, size_t size);
size_t kmemcheck_encode_header(void *buf, size_t size);

#endif /* _MM_KMEMCHECK_REPORT_H */
