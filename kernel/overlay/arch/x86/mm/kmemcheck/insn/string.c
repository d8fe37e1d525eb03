// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: string instructions, a whole run of iterations in one fault.
 *
 * The instruction itself is executed here, with pointers into the pool replaced
 * by pointers into the alias. The registers are left as the processor leaves
 * them when a run is interrupted, so that it can be resumed by the instruction
 * where it stands.
 */
#include <linux/kmemcheck_engine.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include <asm/asm.h>
#include <asm/processor-flags.h>
#include <asm/smap.h>
#include <asm/trap_pf.h>

#include "arith.h"
#include "memory.h"
#include "string.h"

/* Interrupts are off for so long. */
#define MAX_BYTES	(64 * 1024)

/* Registers of an instruction on strings; pointers are those of the alias. */
struct run {
	unsigned long si, di, cx, ax;
	unsigned long flags;
	unsigned long err;		/* nonzero when an operand has faulted */
};

static bool uses_si(unsigned int sub)
{
	return sub == STRING_MOVS || sub == STRING_CMPS || sub == STRING_LODS;
}

static bool uses_di(unsigned int sub)
{
	return sub != STRING_LODS;
}

static bool backwards(const struct pt_regs *regs)
{
	return regs->flags & X86_EFLAGS_DF;
}

static unsigned long to_alias(unsigned long addr)
{
	return (unsigned long)kmemcheck_alias((void *)addr);
}

/* How many elements lie on the same side of the pool's borders, from @addr on? */
static unsigned long elements_to_border(unsigned long addr, unsigned int size, bool down)
{
	bool tracked = kmemcheck_tracked((void *)addr);
	unsigned long border = kmemcheck_pool_border(addr, down);

	if (tracked != kmemcheck_tracked((void *)addr + size - 1))
		return 0;
	return down ? (addr - border) / size + 1 : (border - addr) / size;
}

/* The first byte of @n elements, of which @addr is the first one accessed. */
static unsigned long lowest(unsigned long addr, unsigned long n, unsigned int size,
			    bool down)
{
	return down ? addr - (n - 1) * size : addr;
}

/* The registers as they are before iteration @i, for a report. */
static void registers_at(struct pt_regs *out, const struct kmemcheck_decoded *d,
			 const struct pt_regs *regs, unsigned long i)
{
	long bytes = (backwards(regs) ? -1L : 1L) * (long)(i * d->size);

	*out = *regs;
	if (uses_si(d->sub))
		out->si += bytes;
	if (uses_di(d->sub))
		out->di += bytes;
	if (d->flags & (DECODED_REP | DECODED_REPNE))
		out->cx -= i;
}

/*
 * May one element be accessed so? Is there nothing to look at in many of them?
 * What happens to those that may not?
 */
struct rule {
	bool (*allows)(unsigned long addr, size_t size);
	bool (*allows_all)(unsigned long addr, size_t size);
	void (*report)(struct pt_regs *regs, unsigned long addr, size_t size);
};

static const struct rule reading = {
	kmemcheck_may_read, kmemcheck_is_initialized, kmemcheck_report_read
};

static const struct rule writing = {
	kmemcheck_may_write, kmemcheck_may_write, kmemcheck_write
};

static const struct rule copying = {
	kmemcheck_may_copy, kmemcheck_may_copy, kmemcheck_report_read
};

static const struct rule copying_to_stack = {
	kmemcheck_may_copy_to_stack, kmemcheck_is_initialized, kmemcheck_report_read
};

static const struct rule copying_to_user = {
	kmemcheck_is_initialized, kmemcheck_is_initialized, kmemcheck_report_read
};

/* For copies to memory that is not tracked. */
static const struct rule *rule_for(unsigned long to)
{
	if (to < TASK_SIZE_MAX)
		return &copying_to_user;
	return kmemcheck_is_heap(to) ? &copying : &copying_to_stack;
}

/*
 * Elements one by one, for what is wrong with them. Neighbours with the same
 * flaw are one error, and its first element stands for all of them.
 */
static void check_elements(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			   unsigned long addr, unsigned long n, const struct rule *rule)
{
	long step = backwards(regs) ? -(long)d->size : d->size;
	struct pt_regs then;
	bool wrong = false;
	unsigned long i;

	for (i = 0; i < n; i++, addr += step) {
		bool was_wrong = wrong;

		wrong = !rule->allows(addr, d->size);
		if (wrong && !was_wrong) {
			registers_at(&then, d, regs, i);
			rule->report(&then, addr, d->size);
		} else if (wrong) {
			kmemcheck_set_initialized(addr, d->size);
		}
	}
}

static void check_run(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		      unsigned long addr, unsigned long n, const struct rule *rule)
{
	unsigned long low = lowest(addr, n, d->size, backwards(regs));

	if (n && kmemcheck_tracked((void *)low) &&
	    !rule->allows_all(low, n * d->size))
		check_elements(d, regs, addr, n, rule);
}

/* @n elements from regs->di on have been written, or are about to be. */
static void mark_written(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			 unsigned long n)
{
	unsigned long low = lowest(regs->di, n, d->size, backwards(regs));

	if (n && kmemcheck_tracked((void *)low))
		kmemcheck_written(regs, low, n * d->size);
}

static void check_store(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			unsigned long n)
{
	check_run(d, regs, regs->di, n, &writing);
	mark_written(d, regs, n);
}

/* movs: between two tracked places the state moves along. */
static void check_move(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		       unsigned long n)
{
	bool down = backwards(regs);
	unsigned long from = lowest(regs->si, n, d->size, down);
	unsigned long to = lowest(regs->di, n, d->size, down);
	unsigned long bytes = n * d->size, i;

	if (!kmemcheck_tracked((void *)from) || !kmemcheck_tracked((void *)to)) {
		check_run(d, regs, regs->si, n, rule_for(to));
		check_run(d, regs, regs->di, n, &writing);
		/* From user memory it is not known how far that will get. */
		if (from >= TASK_SIZE_MAX)
			mark_written(d, regs, n);
		return;
	}

	check_run(d, regs, regs->si, n, &copying);
	check_run(d, regs, regs->di, n, &writing);
	if (to - from >= bytes && from - to >= bytes) {
		kmemcheck_copy_state(regs, to, from, bytes);
		return;
	}
	/* They overlap, and the copy may spread what it has just written. */
	for (i = 0; i < n; i++) {
		long offset = (down ? -1L : 1L) * (long)(i * d->size);

		kmemcheck_copy_state(regs, regs->di + offset, regs->si + offset, d->size);
	}
}

/*
 * The direction flag is set for as long as the operation takes only. STAC and
 * CLAC, because an operand may lie in user memory; so it may fault, too.
 */
#define REPEAT(name, direction)						\
({									\
	asm volatile(ASM_STAC "\n" BEGIN_##direction			\
		     "1: " name "\n\tmov $0, %[err]\n"			\
		     "2: pushf\n\tpop %[flags]\n" END_##direction ASM_CLAC "\n" \
		     _ASM_EXTABLE(1b, 2b)				\
		     : "+S" (r->si), "+D" (r->di), "+c" (r->cx), "+a" (r->ax), \
		       [flags] "=&r" (r->flags), [err] "+&r" (r->err)	\
		     : : "cc", "memory");				\
})

#define DEFINE_RUN(name, direction)					\
static void name##_##direction(struct run *r, unsigned int size)	\
{									\
	switch (size) {							\
	case 1:								\
		REPEAT(REPEAT_##name "b", direction);			\
		break;							\
	case 2:								\
		REPEAT(REPEAT_##name "w", direction);			\
		break;							\
	case 4:								\
		REPEAT(REPEAT_##name "l", direction);			\
		break;							\
	default:							\
		IF_64BIT(REPEAT(REPEAT_##name "q", direction));			\
		break;							\
	}								\
}

#define BEGIN_up	""
#define END_up		""
#define BEGIN_down	"std\n\t"
#define END_down	"cld\n\t"
#define REPEAT_movs	"rep movs"
#define REPEAT_stos	"rep stos"
#define REPEAT_lods	"rep lods"
#define REPEAT_cmps_eq	"repe cmps"
#define REPEAT_cmps_ne	"repne cmps"
#define REPEAT_scas_eq	"repe scas"
#define REPEAT_scas_ne	"repne scas"

DEFINE_RUN(movs, up)
DEFINE_RUN(movs, down)
DEFINE_RUN(stos, up)
DEFINE_RUN(stos, down)
DEFINE_RUN(lods, up)
DEFINE_RUN(lods, down)
DEFINE_RUN(cmps_eq, up)
DEFINE_RUN(cmps_eq, down)
DEFINE_RUN(cmps_ne, up)
DEFINE_RUN(cmps_ne, down)
DEFINE_RUN(scas_eq, up)
DEFINE_RUN(scas_eq, down)
DEFINE_RUN(scas_ne, up)
DEFINE_RUN(scas_ne, down)

static void execute(const struct kmemcheck_decoded *d, struct run *r, bool down)
{
	bool ne = d->flags & DECODED_REPNE;
	unsigned int size = d->size;

	switch (d->sub) {
	case STRING_MOVS:
		return down ? movs_down(r, size) : movs_up(r, size);
	case STRING_STOS:
		return down ? stos_down(r, size) : stos_up(r, size);
	case STRING_LODS:
		return down ? lods_down(r, size) : lods_up(r, size);
	case STRING_CMPS:
		if (ne)
			return down ? cmps_ne_down(r, size) : cmps_ne_up(r, size);
		return down ? cmps_eq_down(r, size) : cmps_eq_up(r, size);
	case STRING_SCAS:
		if (ne)
			return down ? scas_ne_down(r, size) : scas_ne_up(r, size);
		return down ? scas_eq_down(r, size) : scas_eq_up(r, size);
	}
}

static bool sets_flags(unsigned int sub)
{
	return sub == STRING_CMPS || sub == STRING_SCAS;
}

/* Which of the two operands was it that is not ours? */
static void set_trap(const struct kmemcheck_decoded *d, const struct pt_regs *regs,
		     struct kmemcheck_trap *trap)
{
	bool source = uses_si(d->sub) && !kmemcheck_tracked((void *)regs->si);
	bool writes = d->sub == STRING_MOVS || d->sub == STRING_STOS;

	trap->address = source ? regs->si : regs->di;
	trap->error_code = !source && writes ? X86_PF_WRITE : 0;
}

/* Does not run without SMAP's leave: nor would the processor have. */
static bool may_touch(unsigned long addr, const struct pt_regs *regs)
{
	return addr >= TASK_SIZE_MAX || regs->flags & X86_EFLAGS_AC ||
	       !boot_cpu_has(X86_FEATURE_SMAP);
}

static unsigned long iterations(const struct kmemcheck_decoded *d,
				const struct pt_regs *regs)
{
	bool repeats = d->flags & (DECODED_REP | DECODED_REPNE);
	unsigned long n = repeats ? regs->cx : 1;
	bool down = backwards(regs);

	n = min_t(unsigned long, n, MAX_BYTES / d->size);
	if (uses_si(d->sub))
		n = min(n, elements_to_border(regs->si, d->size, down));
	if (uses_di(d->sub))
		n = min(n, elements_to_border(regs->di, d->size, down));
	return n;
}

/* Return: of @n iterations, how many have been done. */
static unsigned long perform(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			     unsigned long n, struct run *r)
{
	*r = (struct run) {
		.si = uses_si(d->sub) ? to_alias(regs->si) : 0,
		.di = uses_di(d->sub) ? to_alias(regs->di) : 0,
		.cx = n,
		.ax = regs->ax,
		.err = true,
	};
	pagefault_disable();
	execute(d, r, backwards(regs));
	pagefault_enable();
	return n - r->cx;
}

/* What is known only now: how much has been read, and what came of it. */
static void finish(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		   struct pt_regs *before, unsigned long done, const struct run *r)
{
	switch (d->sub) {
	case STRING_MOVS:
		if (before->si < TASK_SIZE_MAX)
			mark_written(d, before, done);
		break;
	case STRING_LODS:
		check_run(d, before, before->si, done, &reading);
		regs->ax = r->ax;
		break;
	case STRING_CMPS:
		check_run(d, before, before->si, done, &reading);
		fallthrough;
	case STRING_SCAS:
		check_run(d, before, before->di, done, &reading);
		regs->flags = (regs->flags & ~STATUS_FLAGS) | (r->flags & STATUS_FLAGS);
		break;
	}
}

/**
 * kmemcheck_string() - perform a string instruction, as far as possible
 * @d: the instruction
 * @regs: before it; afterwards as far as it has got, and behind it if that is
 *	all
 * @trap: the fault of an operand that is not tracked
 *
 * What is read is checked afterwards, because only then it is known how far
 * cmps and scas have looked.
 */
enum kmemcheck_outcome kmemcheck_string(const struct kmemcheck_decoded *d,
					struct pt_regs *regs,
					struct kmemcheck_trap *trap)
{
	bool repeats = d->flags & (DECODED_REP | DECODED_REPNE);
	unsigned long n = iterations(d, regs), done;
	struct pt_regs before = *regs;
	struct run r;

	if (!n)
		return KMEMCHECK_UNSUPPORTED;
	if ((uses_si(d->sub) && !may_touch(regs->si, regs)) ||
	    (uses_di(d->sub) && !may_touch(regs->di, regs))) {
		set_trap(d, regs, trap);
		return KMEMCHECK_OTHER_FAULT;
	}

	if (d->sub == STRING_MOVS)
		check_move(d, regs, n);
	else if (d->sub == STRING_STOS)
		check_store(d, regs, n);

	done = perform(d, regs, n, &r);
	registers_at(regs, d, &before, done);
	if (done)
		finish(d, regs, &before, done, &r);
	if (r.err) {
		set_trap(d, regs, trap);
		return KMEMCHECK_OTHER_FAULT;
	}
	/* All of it, or a comparison that has found what it looked for? */
	if (!repeats || !regs->cx || (sets_flags(d->sub) &&
	    !(regs->flags & X86_EFLAGS_ZF) == !(d->flags & DECODED_REPNE)))
		regs->ip += d->length;
	return KMEMCHECK_EMULATED;
}
