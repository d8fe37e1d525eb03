// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the stacks of allocations and releases, cheaply.
 *
 * Unwinding a stack and looking it up in the depot for each object costs more
 * than everything else that an allocation does. But the same few places allocate
 * all the time. So it is remembered where on the stack the return addresses were
 * found; when they still stand there, it is the same stack.
 */
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/kmemcheck_engine.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include <asm/unwind.h>

#include "engine.h"

#define MEMO_SHIFT	9
#define MEMO_SIZE	(1U << MEMO_SHIFT)

struct memo {
	unsigned long caller;
	depot_stack_handle_t handle;
	u16 nr;
	u16 offsets[KMEMCHECK_TRACK_DEPTH];	/* in words, above the base */
	unsigned long entries[KMEMCHECK_TRACK_DEPTH];
};

static DEFINE_PER_CPU(struct memo *, memos);

/* Before a CPU is brought up, each time. Return: 0, or -ENOMEM. */
int kmemcheck_stack_prepare(unsigned int cpu)
{
	struct memo **table = &per_cpu(memos, cpu);

	if (!*table)
		*table = vzalloc_node(MEMO_SIZE * sizeof(struct memo), cpu_to_node(cpu));
	return *table ? 0 : -ENOMEM;
}

/* Words from @base to the end of the stack that it lies on. */
static unsigned long room(const unsigned long *base)
{
	return (THREAD_SIZE - (unsigned long)base % THREAD_SIZE) / sizeof(long);
}

static struct memo *memo_of(unsigned long caller, const unsigned long *base)
{
	return this_cpu_read(memos) + hash_long(caller ^ room(base), MEMO_SHIFT);
}

static depot_stack_handle_t recall(unsigned long caller, const unsigned long *base)
{
	depot_stack_handle_t handle = 0;
	const struct memo *memo;
	unsigned long flags;
	unsigned int i;

	local_irq_save(flags);
	memo = memo_of(caller, base);
	/* The deepest one is checked to lie on the stack, so all of them do. */
	if (memo->caller == caller && memo->nr &&
	    memo->offsets[memo->nr - 1] < room(base)) {
		for (i = 0; i < memo->nr; i++)
			if (READ_ONCE_NOCHECK(base[memo->offsets[i]]) != memo->entries[i])
				break;
		if (i == memo->nr)
			handle = memo->handle;
	}
	local_irq_restore(flags);
	return handle;
}

static void remember(const struct memo *new, const unsigned long *base)
{
	unsigned long flags;

	local_irq_save(flags);
	*memo_of(new->caller, base) = *new;
	local_irq_restore(flags);
}

/*
 * Return: whether the frames can be found again, that is, all of them lie on the
 * one stack, one above the other, and their return addresses are not replaced.
 */
static bool walk(struct memo *memo, unsigned long *base)
{
	unsigned long *slot, last = 0;
	struct unwind_state state;
	bool regular = true;

	memo->nr = 0;
	for (unwind_start(&state, current, NULL, NULL); !unwind_done(&state);
	     unwind_next_frame(&state)) {
		unsigned long addr = unwind_get_return_address(&state);

		if (!addr || memo->nr == KMEMCHECK_TRACK_DEPTH)
			break;
		/* Not the functions of kmemcheck itself. */
		if (!memo->nr && addr != memo->caller)
			continue;
		slot = unwind_get_return_address_ptr(&state);
		if (!slot || slot - base <= last || slot - base >= room(base) ||
		    READ_ONCE_NOCHECK(*slot) != addr)
			regular = false;
		last = slot - base;
		memo->offsets[memo->nr] = last;
		memo->entries[memo->nr++] = addr;
	}
	return regular;
}

/**
 * kmemcheck_save_stack() - the current stack
 * @caller: the return address that it begins with
 * @flags: what saving it may do
 *
 * Return: its handle in the depot, 0 when it cannot be saved.
 */
noinline depot_stack_handle_t kmemcheck_save_stack(unsigned long caller, gfp_t flags)
{
	unsigned long *base = __builtin_frame_address(0);
	depot_stack_handle_t handle = recall(caller, base);
	struct memo memo;
	bool regular;

	if (handle)
		return handle;
	kmemcheck_count(KMEMCHECK_COUNTER_UNWOUND);
	memo.caller = caller;
	regular = walk(&memo, base);
	memo.handle = stack_depot_save(memo.entries, memo.nr, flags);
	if (regular && memo.handle)
		remember(&memo, base);
	return memo.handle;
}
