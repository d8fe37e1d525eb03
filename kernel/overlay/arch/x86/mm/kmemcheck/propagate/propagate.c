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
 * has no effect.
 */
#include <linux/align.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../insn/arith.h"
#include "../insn/cache.h"
#include "../insn/memory.h"
#include "propagate.h"

/* Instructions to follow; and after the last bad register is gone. */
#define MAX_LENGTH	1024
#define MAX_REST	48

/*
 * Copies that are about to be made: of what nobody wrote, to tracked memory. The
 * store that makes one comes with a fault of its own, soon.
 */
struct copy {
	struct task_struct *task;
	unsigned long addr;		/* a multiple of 8 */
	unsigned long ip;
	u8 bytes;			/* that nobody wrote, all bits of them */
};

#define NR_COPIES	8

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
static DEFINE_PER_CPU(struct copy [NR_COPIES], copies);
static DEFINE_PER_CPU(unsigned int, patience);

/* Faults until an expected copy is forgotten. */
#define PATIENCE	32

static struct kmemcheck_word *find_word(struct kmemcheck_follow *f, unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->words[i].addr == addr)
			return &f->words[i];
	return NULL;
}

#define MAX_PHYSMEM	(1UL << MAX_PHYSMEM_BITS)

/*
 * What may be read out of turn: the image of the kernel, memory, the pages' structs, and
 * the stack of the interrupted code. Not what is a device, for which reading may count.
 */
static bool is_plain_memory(const struct kmemcheck_follow *f, unsigned long addr,
			    unsigned int size)
{
	unsigned long direct = (unsigned long)__va(0);

	if (addr >= __START_KERNEL_map)
		return addr < FIXADDR_START;
	if (addr - direct < (unsigned long)high_memory - direct)
		return true;
	if (addr - VMEMMAP_START < (MAX_PHYSMEM >> PAGE_SHIFT) * sizeof(struct page))
		return true;
	return (addr | (THREAD_SIZE - 1)) == ((unsigned long)f->real | (THREAD_SIZE - 1)) &&
	       addr % THREAD_SIZE + size <= THREAD_SIZE;
}

static bool load(struct kmemcheck_follow *f, unsigned long addr, unsigned int size,
		 u64 *value, u64 *bad)
{
	const struct kmemcheck_word *word;
	unsigned int i, shift;

	*value = 0;
	*bad = 0;
	if (kmemcheck_tracked((void *)addr)) {
		if (!kmemcheck_is_inside(addr, size))
			return false;
		*value = kmemcheck_load((void *)(addr + kmemcheck_alias_offset), size);
	} else if (!is_plain_memory(f, addr, size) ||
		   kmemcheck_tracked((void *)addr + size - 1) ||
		   !kmemcheck_load_nofault(value, addr, size)) {
		return false;
	}
	for (i = 0; f->nr && i < size; i++) {
		word = find_word(f, ALIGN_DOWN(addr + i, 8));
		shift = (addr + i) % 8 * 8;
		if (!word || !(word->bytes & 1U << shift / 8))
			continue;
		*value = (*value & ~(0xffULL << 8 * i)) | (word->value >> shift & 0xff) << 8 * i;
		*bad |= (word->bad >> shift & 0xff) << 8 * i;
	}
	return true;
}

static bool store(struct kmemcheck_follow *f, unsigned long addr, unsigned int size,
		  u64 value, u64 bad)
{
	struct kmemcheck_word *word;
	unsigned int i, shift;

	for (i = 0; i < size; i++) {
		word = find_word(f, ALIGN_DOWN(addr + i, 8));
		if (!word) {
			if (f->nr == KMEMCHECK_NR_WORDS)
				return false;
			word = &f->words[f->nr++];
			*word = (struct kmemcheck_word) { .addr = ALIGN_DOWN(addr + i, 8) };
		}
		shift = (addr + i) % 8 * 8;
		word->value = (word->value & ~(0xffULL << shift)) |
			      (value >> 8 * i & 0xff) << shift;
		word->bad = (word->bad & ~(0xffULL << shift)) | (bad >> 8 * i & 0xff) << shift;
		word->bytes |= 1U << shift / 8;
		word->ip = f->regs.ip;
		word->returns = false;
	}
	return true;
}

static bool push(struct kmemcheck_follow *f, u64 value, u64 bad)
{
	if (!store(f, f->regs.sp - 8, 8, value, bad))
		return false;
	f->regs.sp -= 8;
	return true;
}

static bool pop(struct kmemcheck_follow *f, u64 *value, u64 *bad)
{
	if (!load(f, f->regs.sp, 8, value, bad))
		return false;
	f->regs.sp += 8;
	return true;
}

/* No function looks at the flags that another one has left. */
static bool call(struct kmemcheck_follow *f)
{
	f->flags = 0;
	if (!push(f, f->regs.ip, 0))
		return false;
	if (IS_ALIGNED(f->regs.sp, 8))
		find_word(f, f->regs.sp)->returns = true;
	return true;
}

/*
 * Registers that a function need not preserve are of no interest to its caller. But
 * there are thunks that jump to what they have put onto the stack.
 */
static void forget_after_return(struct kmemcheck_follow *f, unsigned long sp)
{
	const struct kmemcheck_word *word = find_word(f, sp);

	f->flags = 0;
	if (word && !word->returns)
		return;
	f->bad.cx = 0;
	f->bad.si = 0;
	f->bad.di = 0;
	f->bad.r8 = 0;
	f->bad.r9 = 0;
	f->bad.r10 = 0;
	f->bad.r11 = 0;
}

/* The code that a register or memory has led to may be anywhere. */
static enum kmemcheck_fate jump(struct kmemcheck_follow *f, u64 to, u64 bad)
{
	u8 opcode;

	if (bad)
		return FATE_USED;
	f->regs.ip = to;
	return to >= TASK_SIZE_MAX && kmemcheck_load_nofault(&opcode, to, 1) ? FATE_OPEN :
									     FATE_UNKNOWN;
}

static enum kmemcheck_fate lea(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d)
{
	u64 bad = 0;

	if (d->base != SLOT_NONE && d->base != SLOT_IP)
		bad |= kmemcheck_slot_value(&f->bad, d->base);
	if (d->index != SLOT_NONE)
		bad |= kmemcheck_slot_value(&f->bad, d->index) << d->scale;
	kmemcheck_put_reg(d, &f->regs, kmemcheck_effective_address(d, &f->regs));
	kmemcheck_put_reg(d, &f->bad, bad | -bad);
	return FATE_OPEN;
}

static u64 immediate(const struct kmemcheck_decoded *d)
{
	return d->sub ? *(const u64 *)((const u8 *)d->code + d->length - 8) : (long)d->imm;
}

/* Instructions with no operand in memory but the stack; ip is behind them already. */
static enum kmemcheck_fate without_memory(struct kmemcheck_follow *f,
					  const struct kmemcheck_decoded *d)
{
	u64 value, bad;

	switch (d->op) {
	case OP_NOP:
	case OP_NOTHING:
		return FATE_OPEN;
	case OP_LEA:
		return lea(f, d);
	case OP_LOAD_IMM:
		kmemcheck_put_reg(d, &f->regs, immediate(d));
		kmemcheck_put_reg(d, &f->bad, 0);
		return FATE_OPEN;
	case OP_JCC:
		if (kmemcheck_is_open(f, d->sub))
			return FATE_USED;
		if (kmemcheck_condition_holds(d->sub, f->regs.flags))
			f->regs.ip += d->imm;
		return FATE_OPEN;
	case OP_JUMP:
		f->regs.ip += d->imm;
		return FATE_OPEN;
	case OP_PUSH_REG:
		return push(f, kmemcheck_get_reg(d, &f->regs), kmemcheck_get_reg(d, &f->bad)) ?
		       FATE_OPEN : FATE_UNKNOWN;
	case OP_PUSH_IMM:
		return push(f, (long)d->imm, 0) ? FATE_OPEN : FATE_UNKNOWN;
	case OP_POP_REG:
		if (!pop(f, &value, &bad))
			return FATE_UNKNOWN;
		*kmemcheck_slot(&f->regs, d->reg) = value;
		*kmemcheck_slot(&f->bad, d->reg) = bad;
		return FATE_OPEN;
	case OP_CALL_REL:
		if (!call(f))
			return FATE_UNKNOWN;
		f->regs.ip += d->imm;
		return FATE_OPEN;
	case OP_RET:
		forget_after_return(f, f->regs.sp);
		return pop(f, &value, &bad) ? jump(f, value, bad) : FATE_UNKNOWN;
	}
	return FATE_UNKNOWN;
}

/* What M is used for besides an operation. */
static enum kmemcheck_fate branch(struct kmemcheck_follow *f,
				  const struct kmemcheck_decoded *d, u64 value, u64 bad)
{
	switch (d->op) {
	case OP_PUSH:
		return push(f, value, bad) ? FATE_OPEN : FATE_UNKNOWN;
	case OP_CALL:
		if (!call(f))
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

/* Bad bits first, because they depend on the values before. ip is behind it. */
static enum kmemcheck_fate operate(struct kmemcheck_follow *f,
				   const struct kmemcheck_decoded *d, u64 *value, u64 *bad)
{
	enum kmemcheck_fate fate;
	unsigned long ip = f->regs.ip;

	if (is_branch(d))
		return branch(f, d, *value, *bad);
	fate = kmemcheck_spread(f, d, *value, bad);
	if (fate != FATE_OPEN)
		return fate;
	if (kmemcheck_is_move(d))
		kmemcheck_move(d, &f->regs, value);
	else if (!kmemcheck_emulate(d, &f->regs, value))
		return FATE_UNKNOWN;
	f->regs.ip = ip;
	return FATE_OPEN;
}

/* Both operands are registers. */
static enum kmemcheck_fate in_register(struct kmemcheck_follow *f,
				       const struct kmemcheck_decoded *d)
{
	unsigned long *slot = kmemcheck_slot(&f->regs, d->base);
	unsigned long *slot_bad = kmemcheck_slot(&f->bad, d->base);
	unsigned int shift = d->flags & DECODED_HIGH_M ? 8 : 0;
	u64 mask = kmemcheck_size_mask(d->size);
	u64 value = *slot >> shift & mask, bad = *slot_bad >> shift & mask;
	enum kmemcheck_fate fate = operate(f, d, &value, &bad);

	if (fate != FATE_OPEN || !(d->access & OPERAND_WRITE))
		return fate;
	if (d->size == 4)
		mask = ~0ULL;
	*slot = (*slot & ~(mask << shift)) | (value & kmemcheck_size_mask(d->size)) << shift;
	*slot_bad = (*slot_bad & ~(mask << shift)) | (bad & kmemcheck_size_mask(d->size)) << shift;
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
				     const struct kmemcheck_decoded *d, unsigned long ip)
{
	unsigned long addr;
	u64 value = 0, bad = 0;
	enum kmemcheck_fate fate;

	if (d->op == OP_STRING)
		return string(f);
	if (d->op == OP_SSE || d->op == OP_POP || d->flags & DECODED_FS || d->size > 8)
		return FATE_UNKNOWN;
	if (address_is_bad(f, d))
		return FATE_USED;
	/* Addresses that count from ip count from the instruction. */
	f->regs.ip = ip;
	addr = kmemcheck_operand_address(d, &f->regs);
	f->regs.ip = ip + d->length;
	if (d->flags & DECODED_GS) {
		if (d->base != SLOT_NONE && d->base != SLOT_IP)
			return FATE_UNKNOWN;
		addr += this_cpu_read(this_cpu_off);
	}
	if (addr < TASK_SIZE_MAX) {
		/* Values that user space gets to see. */
		if (d->op == OP_STORE && kmemcheck_get_reg(d, &f->bad))
			return FATE_USED;
		return FATE_UNKNOWN;
	}
	if (d->access & OPERAND_READ && !load(f, addr, d->size, &value, &bad))
		return FATE_UNKNOWN;
	fate = operate(f, d, &value, &bad);
	if (fate != FATE_OPEN || !(d->access & OPERAND_WRITE))
		return fate;
	f->regs.ip = ip;
	if (!store(f, addr, d->size, value, bad))
		return FATE_UNKNOWN;
	f->regs.ip = ip + d->length;
	return FATE_OPEN;
}

static bool writes_reg(const struct kmemcheck_decoded *d)
{
	switch (d->op) {
	case OP_ALU_LOAD:
		return d->sub != ALU_CMP;
	case OP_LOAD:
	case OP_LOAD_SIGNED:
	case OP_LOAD_SWAPPED:
	case OP_IMUL:
	case OP_IMUL_IMM:
	case OP_XADD:
	case OP_XCHG:
	case OP_SCAN:
	case OP_CMOV:
	case OP_CRC32:
	case OP_LEA:
	case OP_LOAD_IMM:
	case OP_POP_REG:
		return true;
	}
	return false;
}

static void set_name(struct kmemcheck_follow *f, unsigned int slot, struct kmemcheck_name name)
{
	if (slot > SLOT_SP)
		return;
	if (!name.x)
		name = (struct kmemcheck_name) { ++f->last_name, SHAPE_PLAIN };
	f->names[slot] = name;
}

static struct kmemcheck_name name_of(const struct kmemcheck_follow *f, unsigned int slot,
				     enum kmemcheck_shape shape)
{
	struct kmemcheck_name none = {};

	if (slot > SLOT_SP || (shape != SHAPE_PLAIN && f->names[slot].shape != SHAPE_PLAIN))
		return none;
	if (shape == SHAPE_PLAIN)
		return f->names[slot];
	return (struct kmemcheck_name) { f->names[slot].x, shape };
}

/* The name of what M becomes, which is a register. */
static struct kmemcheck_name name_of_result(const struct kmemcheck_follow *f,
					    const struct kmemcheck_decoded *d)
{
	struct kmemcheck_name none = {};

	if (d->op == OP_STORE)
		return name_of(f, d->reg, SHAPE_PLAIN);
	if (d->op == OP_UNARY && d->sub == UNARY_NOT)
		return name_of(f, d->base, SHAPE_NOT);
	if ((d->op == OP_UNARY && d->sub == UNARY_DEC) ||
	    (d->op == OP_ALU_IMM && d->sub == ALU_ADD && d->imm == -1) ||
	    (d->op == OP_ALU_IMM && d->sub == ALU_SUB && d->imm == 1))
		return name_of(f, d->base, SHAPE_MINUS_ONE);
	return none;
}

/* After an instruction. Names are of no use for parts of registers. */
static void give_names(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d)
{
	struct kmemcheck_name none = {}, m = none, r = none;
	bool in_reg = d->flags & DECODED_IN_REG;

	if (d->op == OP_LEA && d->reg_size == 8 && d->index == SLOT_NONE && d->disp == -1)
		r = name_of(f, d->base, SHAPE_MINUS_ONE);
	if (in_reg && d->size == 8) {
		if (d->op == OP_LOAD)
			r = name_of(f, d->base, SHAPE_PLAIN);
		m = name_of_result(f, d);
	}
	if (writes_reg(d))
		set_name(f, d->reg, r);
	if (in_reg && d->access & OPERAND_WRITE)
		set_name(f, d->base, m);
	if (d->op == OP_MULDIV || d->op == OP_CMPXCHG) {
		set_name(f, SLOT_AX, none);
		set_name(f, SLOT_DX, none);
	}
}

static enum kmemcheck_fate perform(struct kmemcheck_follow *f,
				   const struct kmemcheck_decoded *d, unsigned long ip)
{
	if (d->flags & DECODED_IN_REG)
		return in_register(f, d);
	if (d->op >= OP_NOP || (d->op == OP_NOTHING && !d->sub))
		return without_memory(f, d);
	return in_memory(f, d, ip);
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
		return push(f, f->regs.flags, f->flags) ? FATE_OPEN : FATE_UNKNOWN;
	if (d->length == 1 && code == 0x9d) {
		if (!pop(f, &flags, &bad))
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
	unsigned long ip = f->regs.ip;
	struct kmemcheck_decoded own;
	enum kmemcheck_fate fate;

	if (!d) {
		kmemcheck_fetch(ip, &own);
		d = &own;
	}
	f->regs.ip += d->length;
	if (d->op == OP_UNKNOWN)
		return perform_unknown(f, d);
	fate = perform(f, d, ip);
	give_names(f, d);
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

	if (!kmemcheck_fetch(f->regs.ip, &d) || d.op == OP_STRING || d.size != size)
		return FATE_UNKNOWN;
	/*
	 * What reads and writes at once has no good excuse, but one: to clear some
	 * bits is how a bit-field is first assigned.
	 */
	if (d.access & OPERAND_WRITE && !(d.op == OP_ALU_IMM && d.sub == ALU_AND))
		return FATE_USED;
	if (!load(f, addr, size, &value, &bad))
		return FATE_UNKNOWN;
	for (i = 0; i < size; i++)
		if (!kmemcheck_is_initialized(addr + i, 1))
			bad |= 0xffULL << 8 * i;
	f->regs.ip += d.length;
	fate = operate(f, &d, &value, &bad);
	give_names(f, &d);
	if (fate != FATE_OPEN || !(d.access & OPERAND_WRITE))
		return fate;
	f->regs.ip -= d.length;
	store(f, addr, size, value, bad);
	f->regs.ip += d.length;
	return FATE_OPEN;
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

/* What was saved on the stack comes back. */
static bool stack_is_bad(const struct kmemcheck_follow *f)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->words[i].bad && f->words[i].addr >= f->regs.sp &&
		    (f->words[i].addr | (THREAD_SIZE - 1)) ==
		    ((unsigned long)f->real | (THREAD_SIZE - 1)))
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
		else if (!stack_is_bad(f) || ++rest > MAX_REST)
			return false;
		fate = follow_one(f);
	}
	if (fate == FATE_USED)
		return true;
	if (fate == FATE_OPEN)
		return is_kept(f) && otherwise;
	return registers_are_bad(f) && otherwise;
}

/* Copies into memory whose old content is no news are not worth to be noted. */
static void expect_copies(const struct kmemcheck_follow *f)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned int i, byte, n = 0;

	for (i = 0; i < f->nr && n < NR_COPIES; i++) {
		const struct kmemcheck_word *word = &f->words[i];
		u8 bytes = 0;

		if (!word->bad || !kmemcheck_is_inside(word->addr, 8) ||
		    kmemcheck_is_initialized(word->addr, 8))
			continue;
		for (byte = 0; byte < 8; byte++)
			if ((word->bad >> 8 * byte & 0xff) == 0xff)
				bytes |= 1U << byte;
		copy[n++] = (struct copy) { current, word->addr, word->ip, bytes };
	}
	this_cpu_write(patience, n ? PATIENCE : 0);
	if (n < NR_COPIES)
		copy[n].task = NULL;
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
	for (f->last_name = 0; f->last_name <= SLOT_SP; f->last_name++)
		f->names[f->last_name] = (struct kmemcheck_name) { f->last_name + 1, SHAPE_PLAIN };
	if (follow(f, addr, size, nothing_good))
		return true;
	expect_copies(f);
	return false;
}

/**
 * kmemcheck_arch_stored() - an instruction has stored something
 * @regs: before it
 * @addr: of the operand, in the pool and initialised now
 * @size: of the operand
 *
 * If this is a copy of what nobody wrote, the copy is not written, either.
 */
void kmemcheck_arch_stored(const struct pt_regs *regs, unsigned long addr, size_t size)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned int i, byte;

	if (!this_cpu_read(patience) || in_nmi())
		return;
	this_cpu_dec(patience);
	for (i = 0; i < NR_COPIES && copy[i].task; i++) {
		if (copy[i].task != current || copy[i].ip != regs->ip ||
		    addr + size <= copy[i].addr || addr >= copy[i].addr + 8)
			continue;
		for (byte = 0; byte < 8; byte++)
			if (copy[i].bytes & 1U << byte &&
			    copy[i].addr + byte - addr < size)
				kmemcheck_set_uninitialized(copy[i].addr + byte, 1);
		copy[i].bytes = 0;
	}
}
