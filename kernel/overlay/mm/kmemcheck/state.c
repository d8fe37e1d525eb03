// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: what everybody looks at: is it on, in which mode, and the counters; and
 * what switches it off.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/percpu.h>

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
	[KMEMCHECK_COUNTER_BATCHED]	= "batched accesses",
	[KMEMCHECK_COUNTER_DECODED]	= "decoded instructions",
	[KMEMCHECK_COUNTER_UNWOUND]	= "unwound stacks",
	[KMEMCHECK_COUNTER_PROPAGATED]	= "propagated loads",
	[KMEMCHECK_COUNTER_UNUSED]	= "unused loads",
	[KMEMCHECK_COUNTER_END_INSN]	= "propagations to unknown instructions",
	[KMEMCHECK_COUNTER_END_MEMORY]	= "propagations to unknown memory",
	[KMEMCHECK_COUNTER_END_CODE]	= "propagations to unknown code",
	[KMEMCHECK_COUNTER_END_ROOM]	= "propagations without room",
	[KMEMCHECK_COUNTER_END_LENGTH]	= "propagations without end",
	[KMEMCHECK_COUNTER_END_STACK]	= "propagations left on the stack",
	[KMEMCHECK_COUNTER_UNKNOWN]	= "unknown instructions",
	[KMEMCHECK_COUNTER_UNTRACKED]	= "untracked pages",
	[KMEMCHECK_COUNTER_NMI]		= "faults in nmi",
	[KMEMCHECK_COUNTER_TRIPWIRE]	= "tripwire hits",
	[KMEMCHECK_COUNTER_BROKEN]	= "broken invariants",
	[KMEMCHECK_COUNTER_EXHAUSTED]	= "untracked slabs",
	[KMEMCHECK_COUNTER_REPORTS]	= "reports",
	[KMEMCHECK_COUNTER_DUPLICATES]	= "duplicates",
	[KMEMCHECK_COUNTER_LOST]	= "lost",
	[KMEMCHECK_COUNTER_OVERRUNS]	= "overruns",
	[KMEMCHECK_COUNTER_TESTS]	= "self-tests",
	[KMEMCHECK_COUNTER_BLIND]	= "failed self-tests",
};
static_assert(ARRAY_SIZE(kmemcheck_counter_names) == KMEMCHECK_NR_COUNTERS);

DEFINE_PER_CPU(u64 [KMEMCHECK_NR_COUNTERS], kmemcheck_counters);

void kmemcheck_counter_add(enum kmemcheck_counter counter, u64 n)
{
	this_cpu_add(kmemcheck_counters[counter], n);
}

/* The last instructions that the engine does not know, for stats. */
unsigned long kmemcheck_unknown[KMEMCHECK_UNKNOWN_MAX];

/**
 * kmemcheck_count_unknown() - an engine does not know an instruction
 * @ip: its address
 */
void kmemcheck_count_unknown(unsigned long ip)
{
	static unsigned int next;
	unsigned int i;

	kmemcheck_count(KMEMCHECK_COUNTER_UNKNOWN);
	for (i = 0; i < KMEMCHECK_UNKNOWN_MAX; i++)
		if (READ_ONCE(kmemcheck_unknown[i]) == ip)
			return;
	i = READ_ONCE(next);
	WRITE_ONCE(next, (i + 1) % KMEMCHECK_UNKNOWN_MAX);
	WRITE_ONCE(kmemcheck_unknown[i], ip);
}

u64 kmemcheck_counter(enum kmemcheck_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(kmemcheck_counters, cpu)[counter]);
	return sum;
}

DEFINE_PER_CPU(bool, kmemcheck_walking);

/* The first one; what follows may well be its consequence. */
static const char *first_broken;
static unsigned long broken_by;

static void tell(struct irq_work *work)
{
	if (broken_by)
		pr_err("broken invariant, switched off: %s, by %pS\n",
		       READ_ONCE(first_broken), (void *)broken_by);
	else
		pr_err("broken invariant, switched off: %s\n", READ_ONCE(first_broken));
}

static DEFINE_IRQ_WORK(tell_work, tell);

/**
 * kmemcheck_broken() - an invariant does not hold: check nothing any more
 * @invariant: as text, which stays where it is
 * @ip: of the instruction that did it, or 0
 *
 * Use KMEMCHECK_WARN_ON().
 */
void kmemcheck_broken(const char *invariant, unsigned long ip)
{
	WRITE_ONCE(kmemcheck_mode, KMEMCHECK_MODE_DISABLED);
	kmemcheck_count(KMEMCHECK_COUNTER_BROKEN);
	if (!arch_cmpxchg(&first_broken, NULL, invariant)) {
		broken_by = ip;
		irq_work_queue(&tell_work);
	}
}
