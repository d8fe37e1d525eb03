/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the interface between an architecture's engine and the core.
 *
 * The engine takes the fault, finds out what the instruction does to memory,
 * and lets it happen. The core knows the state of every byte and reports.
 */
#ifndef _LINUX_KMEMCHECK_ENGINE_H
#define _LINUX_KMEMCHECK_ENGINE_H

#include <linux/kmemcheck.h>
#include <linux/kmemcheck_compat.h>
#include <linux/percpu.h>
#include <linux/stackdepot.h>
#include <linux/stringify.h>
#include <uapi/linux/kmemcheck.h>

struct pt_regs;

/* Allocations are saved for every object, so their stacks are short. */
#define KMEMCHECK_TRACK_DEPTH	16

/**
 * enum kmemcheck_counter - the lines of debugfs/kmemcheck/stats
 * @KMEMCHECK_COUNTER_FAULTS: page faults taken on tracked memory
 * @KMEMCHECK_COUNTER_STEPS: instructions single-stepped to their end
 * @KMEMCHECK_COUNTER_ABORTS: instructions that faulted elsewhere meanwhile and
 *	were started again
 * @KMEMCHECK_COUNTER_BULK: ranges checked and accessed without a fault: memcpy
 *	and its like, user copies, checksums
 * @KMEMCHECK_COUNTER_BATCHED: accesses to tracked memory that shared a fault with
 *	an earlier one
 * @KMEMCHECK_COUNTER_DECODED: instructions that the alias engine had to decode,
 *	because they were not in its cache
 * @KMEMCHECK_COUNTER_UNWOUND: stacks that were unwound for an allocation or a
 *	release, because they were not remembered
 * @KMEMCHECK_COUNTER_PROPAGATED: loads of uninitialised bytes, whose poison was
 *	propagated to the uses of the value
 * @KMEMCHECK_COUNTER_UNUSED: those of them whose value turned out not to be used
 * @KMEMCHECK_COUNTER_END_INSN: those of them that came to an instruction which is not known
 * @KMEMCHECK_COUNTER_END_MEMORY: to memory that may not be read, or is not known
 * @KMEMCHECK_COUNTER_END_CODE: to where no code is
 * @KMEMCHECK_COUNTER_END_ROOM: to one store too many
 * @KMEMCHECK_COUNTER_END_LENGTH: as far as propagation goes
 * @KMEMCHECK_COUNTER_END_STACK: to nothing, for many instructions with poison on the stack only
 * @KMEMCHECK_COUNTER_UNKNOWN: instructions that could not be decoded
 * @KMEMCHECK_COUNTER_UNTRACKED: pages that are not checked any more
 * @KMEMCHECK_COUNTER_NMI: faults taken in an NMI, or on the stack of #DB, where
 *	the step engine can do nothing
 * @KMEMCHECK_COUNTER_TRIPWIRE: faults that the handler itself took, or another
 *	exception in the middle of a step; must not happen
 * @KMEMCHECK_COUNTER_BROKEN: our own invariants that did not hold; must not happen,
 *	and switches kmemcheck off
 * @KMEMCHECK_COUNTER_EXHAUSTED: slabs not tracked because the pool was used up
 * @KMEMCHECK_COUNTER_REPORTS: reports raised, those lost in the queue included
 * @KMEMCHECK_COUNTER_DUPLICATES: errors counted with an earlier report
 * @KMEMCHECK_COUNTER_LOST: reports that did not fit the queue
 * @KMEMCHECK_COUNTER_OVERRUNS: reports that some reader was too slow for
 * @KMEMCHECK_COUNTER_TESTS: self-tests, one a minute
 * @KMEMCHECK_COUNTER_BLIND: those of them that were not noticed; must not happen
 * @KMEMCHECK_NR_COUNTERS: their number
 *
 * Their names are in state.c.
 */
enum kmemcheck_counter {
	KMEMCHECK_COUNTER_FAULTS,
	KMEMCHECK_COUNTER_STEPS,
	KMEMCHECK_COUNTER_ABORTS,
	KMEMCHECK_COUNTER_BULK,
	KMEMCHECK_COUNTER_BATCHED,
	KMEMCHECK_COUNTER_DECODED,
	KMEMCHECK_COUNTER_UNWOUND,
	KMEMCHECK_COUNTER_PROPAGATED,
	KMEMCHECK_COUNTER_UNUSED,
	KMEMCHECK_COUNTER_END_INSN,
	KMEMCHECK_COUNTER_END_MEMORY,
	KMEMCHECK_COUNTER_END_CODE,
	KMEMCHECK_COUNTER_END_ROOM,
	KMEMCHECK_COUNTER_END_LENGTH,
	KMEMCHECK_COUNTER_END_STACK,
	KMEMCHECK_COUNTER_UNKNOWN,
	KMEMCHECK_COUNTER_UNTRACKED,
	KMEMCHECK_COUNTER_NMI,
	KMEMCHECK_COUNTER_TRIPWIRE,
	KMEMCHECK_COUNTER_BROKEN,
	KMEMCHECK_COUNTER_EXHAUSTED,
	KMEMCHECK_COUNTER_REPORTS,
	KMEMCHECK_COUNTER_DUPLICATES,
	KMEMCHECK_COUNTER_LOST,
	KMEMCHECK_COUNTER_OVERRUNS,
	KMEMCHECK_COUNTER_TESTS,
	KMEMCHECK_COUNTER_BLIND,
	KMEMCHECK_NR_COUNTERS,
};

/* state.c: for each CPU its own, every fault counts. */
DECLARE_PER_CPU(u64 [KMEMCHECK_NR_COUNTERS], kmemcheck_counters);

static __always_inline void kmemcheck_count(enum kmemcheck_counter counter)
{
	this_cpu_inc(kmemcheck_counters[counter]);
}

/*
 * state.c: a stack is being walked. The unwinder asks whose an address is, and looks at
 * BPF programs, trampolines and probes for that, which may be tracked: then it faults, and
 * inside of a fault, too. It is not what is to be checked.
 */
DECLARE_PER_CPU(bool, kmemcheck_walking);

void kmemcheck_counter_add(enum kmemcheck_counter counter, u64 n);
void kmemcheck_count_unknown(unsigned long ip);
void kmemcheck_broken(const char *invariant, unsigned long ip);

/**
 * KMEMCHECK_WARN_ON() - switch kmemcheck off when an invariant of its own is broken
 * @condition: that must not hold
 *
 * The machine goes on, and the sysctl may switch kmemcheck on again. This may be called
 * from inside of a fault and of an NMI: the first one is logged later.
 *
 * Return: whether @condition holds; the caller copes with it.
 */
#define KMEMCHECK_WARN_ON(condition)						\
({										\
	const bool __broken = !!(condition);					\
										\
	if (unlikely(__broken))							\
		kmemcheck_broken(__FILE__ ":" __stringify(__LINE__) ": " #condition,	\
				 0);						\
	unlikely(__broken);							\
})

/* pool.c */
unsigned long kmemcheck_pool_border(unsigned long addr, bool down);
void kmemcheck_untrack(unsigned long addr);

/* Does all of a range lie in the pool? */
static __always_inline bool kmemcheck_range_in_pool(unsigned long addr, size_t size)
{
	unsigned long offset = addr - kmemcheck_pool_start;

	return offset < kmemcheck_pool_size && size <= kmemcheck_pool_size - offset &&
	       (!static_branch_unlikely(&kmemcheck_gaps) ||
		(kmemcheck_in_pool(addr) &&
		 size <= kmemcheck_pool_border(addr, false) - addr));
}

/* check.c: what an engine tells the core; regs are those before the instruction. */
void kmemcheck_read(struct pt_regs *regs, unsigned long addr, size_t size);
void kmemcheck_report_read(struct pt_regs *regs, unsigned long addr, size_t size);
void kmemcheck_write(struct pt_regs *regs, unsigned long addr, size_t size);
void kmemcheck_written(struct pt_regs *regs, unsigned long addr, size_t size);
void kmemcheck_copy(struct pt_regs *regs, unsigned long to, unsigned long from,
		    size_t size);
bool kmemcheck_is_heap(unsigned long addr);

/* origin.c */
void kmemcheck_note_copy(struct pt_regs *regs, unsigned long to, unsigned long from,
			 size_t size);
void kmemcheck_copy_state(struct pt_regs *regs, unsigned long to, unsigned long from,
			  size_t size);

/* shadow.c: four bytes of the pool in each, kmemcheck_state of the first lowest. */
extern u8 *kmemcheck_shadow;

/* Stores that will copy uninitialised bytes and have not happened yet; a bit for each. */
DECLARE_PER_CPU(unsigned long, kmemcheck_expected);

static __always_inline bool kmemcheck_expects_copy(void)
{
	return this_cpu_read(kmemcheck_expected);
}

/**
 * kmemcheck_all_initialized() - is all of a small operand initialised?
 * @addr: in the pool
 * @size: 1 to 8
 *
 * Of a thousand accesses it is true for 999.
 */
static __always_inline bool kmemcheck_all_initialized(unsigned long addr, unsigned int size)
{
	unsigned long offset = addr - kmemcheck_pool_start;
	u32 states = get_unaligned((u32 *)(kmemcheck_shadow + offset / 4)) >> offset % 4 * 2;

	return !((states ^ KMEMCHECK_INITIALIZED * 0x55555555U) & ((1U << 2 * size) - 1));
}

/* For ranges, which start in the pool. */
typedef bool (*kmemcheck_rule_t)(unsigned long addr, size_t size);
bool kmemcheck_may_read(unsigned long addr, size_t size);
bool kmemcheck_may_write(unsigned long addr, size_t size);
bool kmemcheck_may_copy(unsigned long addr, size_t size);
bool kmemcheck_may_copy_to_stack(unsigned long addr, size_t size);
bool kmemcheck_is_initialized(unsigned long addr, size_t size);
u64 kmemcheck_poison(unsigned long addr, size_t size);
void kmemcheck_set_poison(unsigned long addr, size_t size, u64 poison);
bool kmemcheck_any_initialized(unsigned long addr, size_t size);
bool kmemcheck_any_allocated(unsigned long addr, size_t size);
void kmemcheck_set_uninitialized(unsigned long addr, size_t size);
void kmemcheck_set_initialized(unsigned long addr, size_t size);
bool kmemcheck_is_untracked(unsigned long addr);

/* profile.c */
DECLARE_PER_CPU(u8, kmemcheck_skip);
void kmemcheck_profile(unsigned long ip);

/**
 * struct kmemcheck_arch_ops - what an architecture does for the core
 * @init: before anything is hidden; 0 or an error
 * @prepare_cpu: each time before a CPU is brought up; 0 or an error
 * @engine: name of the engine that was chosen
 * @fault_class: how many faults were there of the i-th class of instructions? Its name,
 *	or NULL when there are no more classes
 * @kaslr_offset: run-time address minus link-time address of the kernel image
 * @hide_pool: map the pool by pages and hide all of it, once; 0 or an error
 * @is_shown: is the page of an address in the pool present?
 * @show_page: make it present
 * @hide_page_noflush: hide it; other CPUs may have it cached until @flush_pool
 * @flush_pool: on all CPUs; may not be called with interrupts off
 * @load_is_used: does the code behind a load use what is uninitialised of it?
 * @save_regs: all registers of a fault
 * @save_caller_regs: what is known of them without a fault
 * @print_regs: to the log
 * @batch: the budget of batch emulation; while it is 0, each access faults
 *
 * Called where something else costs more than an indirect call does: all of it for
 * pages that are shown or hidden, for reports, and for loads of uninitialised bytes.
 */
struct kmemcheck_arch_ops {
	int (*init)(void);
	int (*prepare_cpu)(unsigned int cpu);
	const char *(*engine)(void);
	const char *(*fault_class)(unsigned int i, u64 *count);
	unsigned long (*kaslr_offset)(void);
	int (*hide_pool)(unsigned long start, unsigned long pages);
	bool (*is_shown)(unsigned long addr);
	void (*show_page)(unsigned long addr);
	void (*hide_page_noflush)(unsigned long addr);
	void (*flush_pool)(void);
	bool (*load_is_used)(const struct pt_regs *regs, unsigned long addr, size_t size);
	void (*save_regs)(struct kmemcheck_regs *out, const struct pt_regs *regs);
	void (*save_caller_regs)(struct kmemcheck_regs *out, unsigned long ip);
	void (*print_regs)(const struct kmemcheck_regs *regs);
	u8 *batch;
};

extern const struct kmemcheck_arch_ops kmemcheck_arch;

/*
 * Two that are no members, because they are too hot for an indirect call: the first one
 * runs for every allocation and every release, the other one for every first store.
 */
depot_stack_handle_t kmemcheck_save_stack(unsigned long caller, gfp_t flags);
void kmemcheck_propagate_store(struct pt_regs *regs, unsigned long ip, unsigned long addr,
			       size_t size);

#endif /* _LINUX_KMEMCHECK_ENGINE_H */
