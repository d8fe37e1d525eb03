// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: is an uninitialised value that is loaded used at all?
 *
 * To load uninitialised bytes is no error yet: the compiler copies structures with
 * their padding, and loads more than a variable holds, to mask it afterwards. So the
 * poison of the load is propagated through the code behind it, with the values that
 * its registers have, until a poisoned bit decides where to go, which address to
 * access, or what user space gets to see; or until there is none any more.
 *
 * The interrupted code does not advance by this: its stores are buffered, and memory
 * is only read where that has no effect. So what batch.c does for real is done with
 * values here. Both share insn/, which tells an instruction's operands and performs
 * it; they have memory and the stack of their own, because a batch works on the real
 * ones in place.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmemcheck.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include <asm/msr.h>

/* The functions. */
#undef memcpy
#undef memmove
#undef memset

#include "../insn/arith.h"
#include "../insn/cache.h"
#include "../insn/memory.h"
#include "propagate.h"

/*
 * Instructions, enough for a walk over a hash table of some hundred empty buckets while
 * the value waits; those in a row with no poison but on the stack; and how many of these it
 * takes until it has to be seen that this is used: to lose sight of it is no sign any more.
 */
#define MAX_LENGTH	4096
#define MAX_CLEAN	256
#define MAX_DOUBTFUL	48

/* Otherwise, a value of which no byte is initialised counts as used. */
bool kmemcheck_propagate __read_mostly = true;

static int __init propagate_param(char *str)
{
	if (str && !kstrtobool(str, &kmemcheck_propagate))
		return 0;
	pr_err("kmemcheck: kmemcheck.follow=%s is neither 0 nor 1\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.follow", propagate_param);

static DEFINE_PER_CPU(struct kmemcheck_propagation, propagations);

static enum kmemcheck_result jump(struct kmemcheck_propagation *p, u64 to, u64 poison)
{
	if (poison)
		return PROPAGATE_USED;
	p->regs.ip = to;
	return kmemcheck_is_code(to) ? PROPAGATE_CONTINUE : PROPAGATE_UNKNOWN_CODE;
}

static enum kmemcheck_result go_back(struct kmemcheck_propagation *p)
{
	u64 value, poison;

	kmemcheck_clobber_at_return(p);
	if (!kmemcheck_buffered_pop(p, &value, &poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	return jump(p, value, poison);
}

/* Functions that return nothing and do nothing that who calls them could notice. */
static bool is_hook(u64 to)
{
	static const void *const hooks[] = {
		__kmemcheck_slab_alloc, __kmemcheck_slab_free, __kmemcheck_resize,
		__kmemcheck_note_fill, __kmemcheck_free_pages, __kmemcheck_alloc_fragment,
		__kmemcheck_infoleak, __kmemcheck_mark_written, __kmemcheck_read_range,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (to == (unsigned long)hooks[i])
			return true;
	return false;
}

static enum kmemcheck_result call(struct kmemcheck_propagation *p, u64 next, u64 to)
{
	bool set = to == (unsigned long)memset;
	enum kmemcheck_result result = PROPAGATE_CONTINUE;

	if (!kmemcheck_buffered_call(p, next))
		return PROPAGATE_NO_ROOM;
	p->regs.ip = to;
	if (set || to == (unsigned long)memcpy || to == (unsigned long)memmove)
		result = kmemcheck_propagate_bulk(p, next, set);
	else if (is_hook(to))
		p->poison.ax = 0;
	else
		return PROPAGATE_CONTINUE;
	p->poison.dx = 0;
	return result == PROPAGATE_CONTINUE ? go_back(p) : result;
}

/* Instructions that use the stack. */
static enum kmemcheck_result on_stack(struct kmemcheck_propagation *p,
				      const struct kmemcheck_decoded *d)
{
	unsigned long next = p->regs.ip + d->length;
	u64 value, poison;
	bool done;

	switch (d->op) {
	case OP_PUSH_REG:
		done = kmemcheck_buffered_push(p, kmemcheck_get_reg(d, &p->regs),
					       kmemcheck_get_reg(d, &p->poison));
		break;
	case OP_PUSH_IMM:
		done = kmemcheck_buffered_push(p, (long)d->imm, 0);
		break;
	case OP_POP_REG:
		if (!kmemcheck_buffered_pop(p, &value, &poison))
			return PROPAGATE_UNKNOWN_MEMORY;
		done = true;
		*kmemcheck_slot(&p->regs, d->reg) = value;
		*kmemcheck_slot(&p->poison, d->reg) = poison;
		break;
	case OP_CALL_REL:
		return call(p, next, next + d->imm);
	case OP_RET:
		return go_back(p);
	default:
		return PROPAGATE_UNKNOWN_INSN;
	}
	p->regs.ip = next;
	return done ? PROPAGATE_CONTINUE : PROPAGATE_NO_ROOM;
}

/* lea: base + index + displacement */
static u64 address_poison(const struct kmemcheck_propagation *p,
			  const struct kmemcheck_decoded *d)
{
	u64 base = 0, base_poison = 0, index = 0, poison = 0;

	if (d->base != SLOT_NONE && d->base != SLOT_IP) {
		base = kmemcheck_slot_value(&p->regs, d->base);
		base_poison = kmemcheck_slot_value(&p->poison, d->base);
	}
	if (d->index != SLOT_NONE) {
		index = kmemcheck_slot_value(&p->regs, d->index) << d->scale;
		poison = kmemcheck_slot_value(&p->poison, d->index) << d->scale;
	}
	/* What is added to itself moves to the left. */
	if (d->base == d->index && d->base != SLOT_NONE && !d->scale)
		poison <<= 1;
	else
		poison = kmemcheck_sum_poison(base, base_poison, index, poison);
	return kmemcheck_sum_poison(base + index, poison, d->disp, 0);
}

/* Instructions with no operand in memory but the stack. */
static enum kmemcheck_result without_memory(struct kmemcheck_propagation *p,
					    const struct kmemcheck_decoded *d)
{
	u64 poison;

	switch (d->op) {
	case OP_LEA:
		poison = address_poison(p, d);
		kmemcheck_put_reg(d, &p->poison, poison);
		break;
	case OP_LOAD_IMM:
		kmemcheck_put_reg(d, &p->poison, 0);
		break;
	case OP_JCC:
		if (kmemcheck_condition_is_poisoned(p, d->sub))
			return PROPAGATE_USED;
		break;
	}
	if (kmemcheck_execute_without_memory(d, &p->regs))
		return PROPAGATE_CONTINUE;
	return on_stack(p, d);
}

/* What M is used for besides an operation. */
static enum kmemcheck_result branch(struct kmemcheck_propagation *p,
				    const struct kmemcheck_decoded *d, u64 value, u64 poison)
{
	unsigned long next = p->regs.ip + d->length;

	switch (d->op) {
	case OP_PUSH:
		p->regs.ip = next;
		return kmemcheck_buffered_push(p, value, poison) ? PROPAGATE_CONTINUE :
								   PROPAGATE_NO_ROOM;
	case OP_CALL:
		if (!kmemcheck_buffered_call(p, next))
			return PROPAGATE_NO_ROOM;
		fallthrough;
	default:
		return jump(p, value, poison);
	}
}

static bool is_branch(const struct kmemcheck_decoded *d)
{
	return d->op == OP_PUSH || d->op == OP_CALL || d->op == OP_JMP;
}

/* M is the register @base. Poison first, because it depends on the values before. */
static enum kmemcheck_result in_register(struct kmemcheck_propagation *p,
					 const struct kmemcheck_decoded *d)
{
	unsigned long *slot_poison = kmemcheck_slot(&p->poison, d->base);
	unsigned int shift = d->flags & DECODED_HIGH_M ? 8 : 0;
	u64 mask = kmemcheck_size_mask(d->size);
	u64 value = kmemcheck_slot_value(&p->regs, d->base) >> shift & mask;
	u64 poison = *slot_poison >> shift & mask;
	enum kmemcheck_result result;

	if (is_branch(d))
		return branch(p, d, value, poison);
	result = kmemcheck_propagate_poison(p, d, value, &poison);
	if (result != PROPAGATE_CONTINUE)
		return result;
	if (d->access & OPERAND_WRITE) {
		u64 written = d->size == 4 ? ~0ULL : mask;

		*slot_poison = (*slot_poison & ~(written << shift)) | (poison & mask) << shift;
	}
	return kmemcheck_execute_in_register(d, &p->regs) ? PROPAGATE_CONTINUE :
							    PROPAGATE_UNKNOWN_INSN;
}

/* M lies at @addr and holds @value. */
static enum kmemcheck_result on_value(struct kmemcheck_propagation *p,
				      const struct kmemcheck_decoded *d, unsigned long addr,
				      u64 value, u64 poison)
{
	enum kmemcheck_result result;

	if (is_branch(d))
		return branch(p, d, value, poison);
	result = kmemcheck_propagate_poison(p, d, value, &poison);
	if (result != PROPAGATE_CONTINUE)
		return result;
	if (!kmemcheck_execute(d, &p->regs, &value))
		return PROPAGATE_UNKNOWN_INSN;
	if (d->access & OPERAND_WRITE &&
	    !kmemcheck_buffered_store(p, addr, d->size, value, poison))
		return PROPAGATE_NO_ROOM;
	return PROPAGATE_CONTINUE;
}

static bool address_is_poisoned(const struct kmemcheck_propagation *p,
				const struct kmemcheck_decoded *d)
{
	if (d->base != SLOT_NONE && d->base != SLOT_IP &&
	    kmemcheck_slot_value(&p->poison, d->base))
		return true;
	if (d->index != SLOT_NONE && kmemcheck_slot_value(&p->poison, d->index))
		return true;
	return d->op == OP_BIT && d->flags & DECODED_BY_REG && kmemcheck_get_reg(d, &p->poison);
}

/* A store to user space: what is poisoned gets seen there. Nothing is loaded from there. */
static enum kmemcheck_result in_user_space(struct kmemcheck_propagation *p,
					   const struct kmemcheck_decoded *d)
{
	if (d->op != OP_STORE && d->op != OP_STORE_IMM)
		return PROPAGATE_UNKNOWN_MEMORY;
	if (d->op == OP_STORE && kmemcheck_get_reg(d, &p->poison) & kmemcheck_size_mask(d->size))
		return PROPAGATE_USED;
	p->regs.ip += d->length;
	return PROPAGATE_CONTINUE;
}

/* cmpxchg16b and cmpxchg8b: what is compared decides. */
static enum kmemcheck_result exchange_wide(struct kmemcheck_propagation *p,
					   const struct kmemcheck_decoded *d, unsigned long addr)
{
	unsigned int size = d->size / 2;
	u64 mask = kmemcheck_size_mask(size), low, low_poison, high, high_poison;
	struct pt_regs *regs = &p->regs, *poison = &p->poison;

	if (!kmemcheck_buffered_load(p, addr, size, &low, &low_poison) ||
	    !kmemcheck_buffered_load(p, addr + size, size, &high, &high_poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	if ((low_poison | high_poison | poison->ax | poison->dx) & mask)
		return PROPAGATE_USED;
	p->flags_poison &= ~X86_EFLAGS_ZF;
	regs->ip += d->length;
	if (((low ^ regs->ax) | (high ^ regs->dx)) & mask) {
		regs->flags &= ~X86_EFLAGS_ZF;
		regs->ax = low;
		regs->dx = high;
		poison->ax = 0;
		poison->dx = 0;
		return PROPAGATE_CONTINUE;
	}
	regs->flags |= X86_EFLAGS_ZF;
	return kmemcheck_buffered_store(p, addr, size, regs->bx, poison->bx) &&
	       kmemcheck_buffered_store(p, addr + size, size, regs->cx, poison->cx) ?
	       PROPAGATE_CONTINUE : PROPAGATE_NO_ROOM;
}

static enum kmemcheck_result in_memory(struct kmemcheck_propagation *p,
				       const struct kmemcheck_decoded *d)
{
	unsigned long addr;
	u64 value = 0, poison = 0;

	if (d->op == OP_STRING)
		return kmemcheck_propagate_string(p, d);
	if (d->op != OP_CMPXCHG_WIDE && (!kmemcheck_is_one_access(d) || d->size > 8))
		return PROPAGATE_UNKNOWN_INSN;
	if (address_is_poisoned(p, d))
		return PROPAGATE_USED;
	addr = kmemcheck_operand_address(d, &p->regs);
	/* With a register, too: the kernel keeps nothing else there. */
	if (p->is_percpu)
		addr += this_cpu_read(this_cpu_off);
	if (addr < TASK_SIZE_MAX)
		return in_user_space(p, d);
	if (d->op == OP_CMPXCHG_WIDE)
		return exchange_wide(p, d, addr);
	if (d->access & OPERAND_READ &&
	    !kmemcheck_buffered_load(p, addr, d->size, &value, &poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	return on_value(p, d, addr, value, poison);
}

static enum kmemcheck_result propagate(struct kmemcheck_propagation *p,
				       const struct kmemcheck_decoded *d)
{
	if (d->flags & DECODED_IN_REG)
		return in_register(p, d);
	return kmemcheck_has_memory(d) ? in_memory(p, d) : without_memory(p, d);
}

/* pushf and popf. */
static enum kmemcheck_result flags_on_stack(struct kmemcheck_propagation *p, bool push)
{
	u64 flags, poison;

	if (push)
		return kmemcheck_buffered_push(p, p->regs.flags, p->flags_poison) ?
		       PROPAGATE_CONTINUE : PROPAGATE_NO_ROOM;
	if (!kmemcheck_buffered_pop(p, &flags, &poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	p->regs.flags = flags;
	p->flags_poison = poison & STATUS_FLAGS;
	return PROPAGATE_CONTINUE;
}

static enum kmemcheck_result leave(struct kmemcheck_propagation *p)
{
	u64 value, poison;

	if (p->poison.bp)
		return PROPAGATE_USED;
	p->regs.sp = p->regs.bp;
	if (!kmemcheck_buffered_pop(p, &value, &poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	p->regs.bp = value;
	p->poison.bp = poison;
	return PROPAGATE_CONTINUE;
}

/* Instructions of one byte. */
static enum kmemcheck_result propagate_short(struct kmemcheck_propagation *p, u8 code)
{
	switch (code) {
	case 0x9c:			/* pushf */
	case 0x9d:			/* popf */
		return flags_on_stack(p, code == 0x9c);
	case 0xc9:
		return leave(p);
	case 0xf5:			/* cmc */
		p->regs.flags ^= X86_EFLAGS_CF;
		return PROPAGATE_CONTINUE;
	case 0xf8:			/* clc */
	case 0xf9:			/* stc */
		p->regs.flags &= ~X86_EFLAGS_CF;
		p->regs.flags |= code == 0xf9 ? X86_EFLAGS_CF : 0;
		p->flags_poison &= ~X86_EFLAGS_CF;
		return PROPAGATE_CONTINUE;
	case 0xfa:			/* cli */
	case 0xfb:			/* sti */
		return PROPAGATE_CONTINUE;
	case 0xfc:			/* cld */
		p->regs.flags &= ~X86_EFLAGS_DF;
		return PROPAGATE_CONTINUE;
	}
	return PROPAGATE_UNKNOWN_INSN;
}

/* out and wrmsr: a device, or the processor, gets to see it. */
static enum kmemcheck_result leaves_kernel(const struct kmemcheck_propagation *p, u32 code)
{
	u64 poison = p->poison.ax | p->poison.dx;

	if (code == 0x300f)
		poison |= p->poison.cx;
	return poison & U32_MAX ? PROPAGATE_USED : PROPAGATE_CONTINUE;
}

/* It will be a little later then. */
static enum kmemcheck_result read_time_stamp(struct kmemcheck_propagation *p)
{
	u64 now = rdtsc();

	p->regs.ax = lower_32_bits(now);
	p->regs.dx = upper_32_bits(now);
	p->poison.ax = 0;
	p->poison.dx = 0;
	return PROPAGATE_CONTINUE;
}

/*
 * Instructions that the engine leaves to the processor. Most of them are of no meaning
 * to values: clac, stac, fences, cli, sti, pause. pushf and popf stand around them. And
 * behind a ud2 it goes on when that was a warning.
 */
static enum kmemcheck_result propagate_unknown(struct kmemcheck_propagation *p,
					       const struct kmemcheck_decoded *d)
{
	static const u32 others[] = {
		0x90f3, 0x0b0f, 0x090f, 0xca010f, 0xcb010f, 0xe8ae0f, 0xf0ae0f, 0xf8ae0f,
		0xe8010f,
	};
	u32 code = d->code[0];
	unsigned int i;

	if ((code & ~1U) == 0xee || (d->length == 2 && (code & 0xfe) == 0xe6))
		return leaves_kernel(p, code);
	if (d->length == 1)
		return propagate_short(p, code);
	if (d->length == 2 && code == 0x300f)
		return leaves_kernel(p, code);
	if (d->length == 2 && code == 0x310f)
		return read_time_stamp(p);
	for (i = 0; d->length <= 3 && i < ARRAY_SIZE(others); i++)
		if (code == others[i])
			return PROPAGATE_CONTINUE;
	return PROPAGATE_UNKNOWN_INSN;
}

static enum kmemcheck_result propagate_one(struct kmemcheck_propagation *p)
{
	const struct kmemcheck_decoded *d = kmemcheck_lookup_decoded(p->regs.ip);
	struct kmemcheck_decoded own;
	enum kmemcheck_result result;

	p->ip = p->regs.ip;
	if (!d) {
		kmemcheck_fetch(p->ip, &own);
		d = &own;
	}
	p->is_percpu = d->flags & DECODED_PERCPU;
	if (d->op == OP_UNKNOWN) {
		p->regs.ip += d->length;
		return propagate_unknown(p, d);
	}
	result = propagate(p, d);
	kmemcheck_update_symbolic(p, d);
	return result;
}

/*
 * What reads and writes at once has no good excuse, but one: to set and to clear some bits
 * and to leave the others alone is how a bit-field is first assigned.
 */
static bool is_bitwise(const struct kmemcheck_decoded *d)
{
	switch (d->op) {
	case OP_ALU_IMM:
	case OP_ALU_STORE:
		return d->sub == ALU_AND || d->sub == ALU_OR || d->sub == ALU_XOR;
	case OP_UNARY:
		return d->sub == UNARY_NOT;
	}
	return d->op == OP_BIT;
}

/* The instruction that loads. */
static enum kmemcheck_result propagate_load(struct kmemcheck_propagation *p,
					    unsigned long addr, unsigned int size)
{
	struct kmemcheck_decoded d;
	enum kmemcheck_result result;
	u64 value, poison;

	p->ip = p->regs.ip;
	if (!kmemcheck_fetch(p->ip, &d) || d.op == OP_STRING || d.size != size)
		return PROPAGATE_UNKNOWN_INSN;
	if (d.access & OPERAND_WRITE && !is_bitwise(&d))
		return PROPAGATE_USED;
	if (!kmemcheck_buffered_load(p, addr, size, &value, &poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	poison = kmemcheck_poison(addr, size);
	p->from = addr + (poison ? __ffs64(poison) / 8 : 0);
	result = on_value(p, &d, addr, value, poison);
	kmemcheck_update_symbolic(p, &d);
	return result;
}

static bool registers_are_poisoned(const struct kmemcheck_propagation *p)
{
	const unsigned long *slots = (const unsigned long *)&p->poison;
	unsigned int i;

	if (p->flags_poison)
		return true;
	for (i = 0; i < SLOT_IP - 1; i++)
		if (slots[i])
			return true;
	return false;
}

/* In a callee-saved register, a value waits for its use. */
static bool callee_saved_is_poisoned(const struct kmemcheck_propagation *p)
{
	static const u8 kept[] = MACHINE_KEPT;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kept); i++)
		if (kmemcheck_slot_value(&p->poison, kept[i]))
			return true;
	return false;
}

static const enum kmemcheck_counter end_counters[PROPAGATE_NR_RESULTS] = {
	[PROPAGATE_CONTINUE]		= KMEMCHECK_COUNTER_END_LENGTH,
	[PROPAGATE_UNKNOWN_INSN]	= KMEMCHECK_COUNTER_END_INSN,
	[PROPAGATE_UNKNOWN_MEMORY]	= KMEMCHECK_COUNTER_END_MEMORY,
	[PROPAGATE_UNKNOWN_CODE]	= KMEMCHECK_COUNTER_END_CODE,
	[PROPAGATE_NO_ROOM]		= KMEMCHECK_COUNTER_END_ROOM,
};

/*
 * Return: whether the value is used; when that is not known, @otherwise. What is still
 * in a scratch register after so many instructions is what a loop does not touch.
 */
static bool is_used(struct kmemcheck_propagation *p, unsigned long addr,
		    unsigned int size, bool otherwise)
{
	enum kmemcheck_result result = propagate_load(p, addr, size);
	unsigned int i, clean = 0;

	for (i = 0; result == PROPAGATE_CONTINUE && i < MAX_LENGTH && clean < MAX_CLEAN; i++) {
		if (registers_are_poisoned(p))
			clean = 0;
		else if (kmemcheck_stack_is_poisoned(p))
			clean++;
		else
			return false;
		result = propagate_one(p);
	}
	if (result == PROPAGATE_USED)
		return true;
	if (clean > MAX_DOUBTFUL) {
		kmemcheck_count(KMEMCHECK_COUNTER_END_STACK);
		return false;
	}
	kmemcheck_count(end_counters[result]);
	if (result == PROPAGATE_CONTINUE)
		return callee_saved_is_poisoned(p) && otherwise;
	return (registers_are_poisoned(p) || kmemcheck_stack_is_poisoned(p)) && otherwise;
}

/**
 * kmemcheck_load_is_used() - does the interrupted code use what it loads?
 * @regs: before the instruction that loads
 * @addr: of the operand, in the pool; some of it is not initialised
 * @size: of the operand
 *
 * When this cannot be found out, a value of which no byte is initialised counts as
 * used, others do not.
 */
bool kmemcheck_load_is_used(const struct pt_regs *regs, unsigned long addr, size_t size)
{
	struct kmemcheck_propagation *p = this_cpu_ptr(&propagations);
	bool none_initialized = !kmemcheck_any_initialized(addr, size);

	/* An NMI may have interrupted this. */
	if (!kmemcheck_propagate || in_nmi() || size > 8 || !kmemcheck_range_in_pool(addr, size))
		return none_initialized;

	p->regs = *regs;
	p->poison = (struct pt_regs) {};
	p->flags_poison = 0;
	p->is_percpu = false;
	p->real = regs;
	p->nr = 0;
	p->nr_ranges = 0;
	kmemcheck_reset_symbolic(p);
	if (is_used(p, addr, size, none_initialized))
		return true;
	kmemcheck_expect_copies(p);
	return false;
}
