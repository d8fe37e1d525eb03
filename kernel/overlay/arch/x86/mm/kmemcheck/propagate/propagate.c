// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: is what nobody wrote used at all?
 *
 * An instruction loads some bytes that nobody wrote. That alone is no error: the
 * compiler copies structures with their padding, and loads more than a variable
 * holds, to mask it afterwards. So the code behind it is followed, with the values
 * that its registers have and a bit for each of their bits that nobody wrote, until
 * one of these decides where to go, which address to access, or what user space gets
 * to see; or until all of them are gone.
 *
 * Nothing is performed: stores are kept aside, and memory is only read where that
 * has no effect. So what batch.c does for real is done with values here. Both share
 * insn/, which tells an instruction's operands and performs it; they have memory and
 * the stack of their own, because a batch works on the real ones in place.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "../insn/arith.h"
#include "../insn/cache.h"
#include "../insn/memory.h"
#include "propagate.h"

/* Instructions to follow; and after the last bad register is gone. */
#define MAX_LENGTH	1024
#define MAX_REST	48

/* Otherwise, what nobody wrote any part of counts as used. */
bool kmemcheck_follow __read_mostly = true;

static int __init follow_param(char *str)
{
	if (str && !kstrtobool(str, &kmemcheck_follow))
		return 0;
	pr_err("kmemcheck: kmemcheck.follow=%s is neither 0 nor 1\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.follow", follow_param);

static DEFINE_PER_CPU(struct kmemcheck_follow, follows);

static enum kmemcheck_fate jump(struct kmemcheck_follow *f, u64 to, u64 bad)
{
	if (bad)
		return FATE_USED;
	f->regs.ip = to;
	return kmemcheck_is_code(to) ? FATE_OPEN : FATE_UNKNOWN;
}

/* Instructions that use the stack. */
static enum kmemcheck_fate on_stack(struct kmemcheck_follow *f,
				    const struct kmemcheck_decoded *d)
{
	unsigned long next = f->regs.ip + d->length;
	u64 value, bad;
	bool done;

	switch (d->op) {
	case OP_PUSH_REG:
		done = kmemcheck_follow_push(f, kmemcheck_get_reg(d, &f->regs),
					     kmemcheck_get_reg(d, &f->bad));
		break;
	case OP_PUSH_IMM:
		done = kmemcheck_follow_push(f, (long)d->imm, 0);
		break;
	case OP_POP_REG:
		done = kmemcheck_follow_pop(f, &value, &bad);
		if (!done)
			break;
		*kmemcheck_slot(&f->regs, d->reg) = value;
		*kmemcheck_slot(&f->bad, d->reg) = bad;
		break;
	case OP_CALL_REL:
		done = kmemcheck_follow_call(f, next);
		next += d->imm;
		break;
	case OP_RET:
		kmemcheck_follow_return(f);
		return kmemcheck_follow_pop(f, &value, &bad) ? jump(f, value, bad) :
							       FATE_UNKNOWN;
	default:
		return FATE_UNKNOWN;
	}
	f->regs.ip = next;
	return done ? FATE_OPEN : FATE_UNKNOWN;
}

static u64 address_bad(const struct kmemcheck_follow *f, const struct kmemcheck_decoded *d)
{
	u64 bad = 0;

	if (d->base != SLOT_NONE && d->base != SLOT_IP)
		bad |= kmemcheck_slot_value(&f->bad, d->base);
	if (d->index != SLOT_NONE)
		bad |= kmemcheck_slot_value(&f->bad, d->index) << d->scale;
	return bad;
}

/* Instructions with no operand in memory but the stack. */
static enum kmemcheck_fate without_memory(struct kmemcheck_follow *f,
					  const struct kmemcheck_decoded *d)
{
	u64 bad;

	switch (d->op) {
	case OP_LEA:
		bad = address_bad(f, d);
		kmemcheck_put_reg(d, &f->bad, bad | -bad);
		break;
	case OP_LOAD_IMM:
		kmemcheck_put_reg(d, &f->bad, 0);
		break;
	case OP_JCC:
		if (kmemcheck_is_open(f, d->sub))
			return FATE_USED;
		break;
	}
	return kmemcheck_execute_without_memory(d, &f->regs) ? FATE_OPEN : on_stack(f, d);
}

/* What M is used for besides an operation. */
static enum kmemcheck_fate branch(struct kmemcheck_follow *f,
				  const struct kmemcheck_decoded *d, u64 value, u64 bad)
{
	unsigned long next = f->regs.ip + d->length;

	switch (d->op) {
	case OP_PUSH:
		f->regs.ip = next;
		return kmemcheck_follow_push(f, value, bad) ? FATE_OPEN : FATE_UNKNOWN;
	case OP_CALL:
		if (!kmemcheck_follow_call(f, next))
			return FATE_UNKNOWN;
		fallthrough;
	default:
		return jump(f, value, bad);
	}
}

static bool is_branch(const struct kmemcheck_decoded *d)
{
	return d->op == OP_PUSH || d->op == OP_CALL || d->op == OP_JMP;
}

/* M is the register @base; its bad bits first, which depend on the values before. */
static enum kmemcheck_fate in_register(struct kmemcheck_follow *f,
				       const struct kmemcheck_decoded *d)
{
	unsigned long *slot_bad = kmemcheck_slot(&f->bad, d->base);
	unsigned int shift = d->flags & DECODED_HIGH_M ? 8 : 0;
	u64 mask = kmemcheck_size_mask(d->size);
	u64 value = kmemcheck_slot_value(&f->regs, d->base) >> shift & mask;
	u64 bad = *slot_bad >> shift & mask;
	enum kmemcheck_fate fate;

	if (is_branch(d))
		return branch(f, d, value, bad);
	fate = kmemcheck_spread(f, d, value, &bad);
	if (fate != FATE_OPEN)
		return fate;
	if (d->access & OPERAND_WRITE) {
		u64 written = d->size == 4 ? ~0ULL : mask;

		*slot_bad = (*slot_bad & ~(written << shift)) | (bad & mask) << shift;
	}
	return kmemcheck_execute_in_register(d, &f->regs) ? FATE_OPEN : FATE_UNKNOWN;
}

/* M lies at @addr and holds @value. */
static enum kmemcheck_fate on_value(struct kmemcheck_follow *f,
				    const struct kmemcheck_decoded *d, unsigned long addr,
				    u64 value, u64 bad)
{
	enum kmemcheck_fate fate;

	if (is_branch(d))
		return branch(f, d, value, bad);
	fate = kmemcheck_spread(f, d, value, &bad);
	if (fate != FATE_OPEN)
		return fate;
	if (!kmemcheck_execute(d, &f->regs, &value))
		return FATE_UNKNOWN;
	if (d->access & OPERAND_WRITE && !kmemcheck_follow_store(f, addr, d->size, value, bad))
		return FATE_UNKNOWN;
	return FATE_OPEN;
}

static bool address_is_bad(const struct kmemcheck_follow *f, const struct kmemcheck_decoded *d)
{
	if (d->base != SLOT_NONE && d->base != SLOT_IP && kmemcheck_slot_value(&f->bad, d->base))
		return true;
	if (d->index != SLOT_NONE && kmemcheck_slot_value(&f->bad, d->index))
		return true;
	return d->op == OP_BIT && d->flags & DECODED_BY_REG && kmemcheck_get_reg(d, &f->bad);
}

static enum kmemcheck_fate string(const struct kmemcheck_follow *f)
{
	return f->bad.si || f->bad.di || f->bad.cx ? FATE_USED : FATE_UNKNOWN;
}

static enum kmemcheck_fate in_memory(struct kmemcheck_follow *f,
				     const struct kmemcheck_decoded *d)
{
	unsigned long addr;
	u64 value = 0, bad = 0;

	if (d->op == OP_STRING)
		return string(f);
	if (!kmemcheck_is_one_access(d) || d->size > 8)
		return FATE_UNKNOWN;
	if (address_is_bad(f, d))
		return FATE_USED;
	addr = kmemcheck_operand_address(d, &f->regs);
	if (d->flags & DECODED_GS) {
		if (!kmemcheck_is_percpu(d))
			return FATE_UNKNOWN;
		addr += this_cpu_read(this_cpu_off);
	}
	if (addr < TASK_SIZE_MAX) {
		/* Values that user space gets to see. */
		if (d->op == OP_STORE && kmemcheck_get_reg(d, &f->bad))
			return FATE_USED;
		return FATE_UNKNOWN;
	}
	if (d->access & OPERAND_READ &&
	    !kmemcheck_follow_load(f, addr, d->size, &value, &bad))
		return FATE_UNKNOWN;
	return on_value(f, d, addr, value, bad);
}

static enum kmemcheck_fate perform(struct kmemcheck_follow *f,
				   const struct kmemcheck_decoded *d)
{
	if (d->flags & DECODED_IN_REG)
		return in_register(f, d);
	return kmemcheck_has_memory(d) ? in_memory(f, d) : without_memory(f, d);
}

/*
 * Instructions that the engine leaves to the processor. Most of them are of no meaning
 * to values: clac, stac, fences, cli, sti, pause. pushf and popf stand around them.
 */
static enum kmemcheck_fate perform_unknown(struct kmemcheck_follow *f,
					   const struct kmemcheck_decoded *d)
{
	static const u32 three[] = { 0xca010f, 0xcb010f, 0xe8ae0f, 0xf0ae0f, 0xf8ae0f };
	u32 code = d->code[0];
	u64 flags, bad;
	unsigned int i;

	if (d->length == 1 && code == 0x9c)
		return kmemcheck_follow_push(f, f->regs.flags, f->flags) ? FATE_OPEN : FATE_UNKNOWN;
	if (d->length == 1 && code == 0x9d) {
		if (!kmemcheck_follow_pop(f, &flags, &bad))
			return FATE_UNKNOWN;
		f->regs.flags = flags;
		f->flags = bad & STATUS_FLAGS;
		return FATE_OPEN;
	}
	if ((d->length == 1 && (code == 0xfa || code == 0xfb)) ||
	    (d->length == 2 && code == 0x90f3))
		return FATE_OPEN;
	for (i = 0; d->length == 3 && i < ARRAY_SIZE(three); i++)
		if (code == three[i])
			return FATE_OPEN;
	return FATE_UNKNOWN;
}

static enum kmemcheck_fate follow_one(struct kmemcheck_follow *f)
{
	const struct kmemcheck_decoded *d = kmemcheck_lookup(f->regs.ip);
	struct kmemcheck_decoded own;
	enum kmemcheck_fate fate;

	f->ip = f->regs.ip;
	if (!d) {
		kmemcheck_fetch(f->ip, &own);
		d = &own;
	}
	if (d->op == OP_UNKNOWN) {
		f->regs.ip += d->length;
		return perform_unknown(f, d);
	}
	fate = perform(f, d);
	kmemcheck_give_names(f, d);
	return fate;
}

/* The instruction that loads. */
static enum kmemcheck_fate follow_first(struct kmemcheck_follow *f, unsigned long addr,
					unsigned int size)
{
	struct kmemcheck_decoded d;
	enum kmemcheck_fate fate;
	u64 value, bad = 0;
	unsigned int i;

	f->ip = f->regs.ip;
	if (!kmemcheck_fetch(f->ip, &d) || d.op == OP_STRING || d.size != size)
		return FATE_UNKNOWN;
	/*
	 * What reads and writes at once has no good excuse, but one: to clear some
	 * bits is how a bit-field is first assigned.
	 */
	if (d.access & OPERAND_WRITE && !(d.op == OP_ALU_IMM && d.sub == ALU_AND))
		return FATE_USED;
	if (!kmemcheck_follow_load(f, addr, size, &value, &bad))
		return FATE_UNKNOWN;
	for (i = 0; i < size; i++)
		if (!kmemcheck_is_initialized(addr + i, 1))
			bad |= 0xffULL << 8 * i;
	fate = on_value(f, &d, addr, value, bad);
	kmemcheck_give_names(f, &d);
	return fate;
}

static bool registers_are_bad(const struct kmemcheck_follow *f)
{
	const unsigned long *slots = (const unsigned long *)&f->bad;
	unsigned int i;

	if (f->flags)
		return true;
	for (i = 0; i < SLOT_IP - 1; i++)
		if (slots[i])
			return true;
	return false;
}

/* In a register that functions preserve, a value waits for somebody. */
static bool is_kept(const struct kmemcheck_follow *f)
{
	const struct pt_regs *bad = &f->bad;

	return bad->bx || bad->bp || bad->r12 || bad->r13 || bad->r14 || bad->r15;
}

/*
 * Return: whether it is used; when that is not known, @otherwise. What is still in a
 * scratch register after so many instructions is what a loop does not touch.
 */
static bool follow(struct kmemcheck_follow *f, unsigned long addr, unsigned int size,
		   bool otherwise)
{
	enum kmemcheck_fate fate = follow_first(f, addr, size);
	unsigned int i, rest = 0;

	for (i = 0; fate == FATE_OPEN && i < MAX_LENGTH; i++) {
		if (registers_are_bad(f))
			rest = 0;
		else if (!kmemcheck_stack_is_bad(f) || ++rest > MAX_REST)
			return false;
		fate = follow_one(f);
	}
	if (fate == FATE_USED)
		return true;
	if (fate == FATE_OPEN)
		return is_kept(f) && otherwise;
	return registers_are_bad(f) && otherwise;
}

/**
 * kmemcheck_arch_is_used() - does the interrupted code use what it loads?
 * @regs: before the instruction that loads
 * @addr: of the operand, in the pool; some of it has not been written
 * @size: of the operand
 *
 * When this cannot be found out, a value of which nothing was written counts as
 * used, others do not.
 */
bool kmemcheck_arch_is_used(const struct pt_regs *regs, unsigned long addr, size_t size)
{
	struct kmemcheck_follow *f = this_cpu_ptr(&follows);
	bool nothing_good = !kmemcheck_is_written_to(addr, size);

	/* An NMI may have interrupted this. */
	if (!kmemcheck_follow || in_nmi() || size > 8 || !kmemcheck_is_inside(addr, size))
		return nothing_good;

	f->regs = *regs;
	f->bad = (struct pt_regs) {};
	f->flags = 0;
	f->real = regs;
	f->nr = 0;
	kmemcheck_reset_names(f);
	if (follow(f, addr, size, nothing_good))
		return true;
	kmemcheck_expect_copies(f);
	return false;
}
