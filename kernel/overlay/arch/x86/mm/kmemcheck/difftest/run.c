// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: run an instance both ways and compare.
 *
 * The native run happens at the same address, on pages that are shown for that
 * long, so that an instruction may use its address as data. That is why
 * interrupts are off, and why no other processor may look at the pages.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include <asm/pgtable.h>

#include "../../../../../mm/kmemcheck/kmemcheck.h"
#include "../../../../../mm/kmemcheck/shadow.h"
#include "../engine.h"
#include "call.h"
#include "run.h"
#include "string.h"
#include "tail.h"

struct diff_regs diff_regs_in, diff_regs_out;
unsigned long diff_target, diff_saved_sp;
u64 diff_stack[DIFF_WORDS];
u32 diff_landed;

/* Flags that depend on more than the operands: none is known so far. */
static const u64 loose_flags[DIFF_NR_FAMILIES];

/* A piece of an area, with the neighbours of an operand. */
struct span {
	const struct diff_area *area;
	unsigned int from, to;
};

static const struct diff_area *area_of(const struct diff_gen *gen, unsigned long addr)
{
	return addr - gen->pool->start < DIFF_AREA_SIZE ? gen->pool : gen->plain;
}

static u8 *memory_of(const struct diff_gen *gen, unsigned long addr)
{
	const struct diff_area *area = area_of(gen, addr);

	return area->memory + (addr - area->start);
}

static void find_spans(const struct diff_gen *gen, const struct diff_case *c,
		       struct span *spans)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		const struct diff_operand *op = &c->op[i];
		struct span *s = &spans[i];

		s->area = area_of(gen, op->addr);
		s->from = op->addr - s->area->start - DIFF_MARGIN;
		s->to = s->from + op->size + 2 * DIFF_MARGIN;
	}
}

static void save(const struct span *spans, unsigned int n, bool native)
{
	for (; n--; spans++) {
		const struct diff_area *a = spans->area;

		memcpy((native ? a->native : a->before) + spans->from,
		       a->memory + spans->from, spans->to - spans->from);
	}
}

static void restore(const struct span *spans, unsigned int n, bool pristine)
{
	for (; n--; spans++) {
		const struct diff_area *a = spans->area;

		memcpy(a->memory + spans->from,
		       (pristine ? a->pristine : a->before) + spans->from,
		       spans->to - spans->from);
	}
}

static void fill_memory(const struct diff_gen *gen, const struct diff_case *c)
{
	u8 *first = memory_of(gen, c->op[0].addr);

	if (c->has_value)
		memcpy(first, c->value, c->op[0].size);
	if (c->string.size)
		diff_fill_string(c, first, memory_of(gen, c->op[1].addr));
}

static unsigned int element_size(const struct diff_case *c)
{
	return c->string.size ?: c->op[0].size;
}

static unsigned int nr_elements(const struct diff_case *c)
{
	return c->string.size ? c->string.count : 1;
}

static unsigned long element(const struct diff_case *c, unsigned int op, unsigned int i)
{
	return c->string.size ? diff_element(c, &c->op[op], i) : c->op[op].addr;
}

static void set_state(const struct diff_area *a, unsigned int offset,
		      enum kmemcheck_state state)
{
	if (a->want[offset] == state)
		return;
	a->want[offset] = state;
	kmemcheck_shadow_set(a->start + offset, 1, state);
}

/* The @i-th byte of an element of a tracked operand. */
static enum kmemcheck_state choose_state(struct diff_gen *gen, const struct diff_case *c,
					 unsigned int i, bool bad)
{
	switch (c->mode) {
	case DIFF_ANYTHING:
		break;
	case DIFF_PARTLY:
		if (!i)
			return KMEMCHECK_INITIALIZED;
		if (i == 1)
			return KMEMCHECK_UNINITIALIZED;
		break;
	case DIFF_UNINITIALIZED:
		if (bad)
			return KMEMCHECK_UNINITIALIZED;
		fallthrough;
	default:
		return KMEMCHECK_INITIALIZED;
	}
	return diff_one_in(gen, 2) ? KMEMCHECK_UNINITIALIZED : KMEMCHECK_INITIALIZED;
}

static enum kmemcheck_state neighbour_state(struct diff_gen *gen, const struct diff_case *c,
					    bool fresh)
{
	if (!c->window)
		return diff_random(gen, 4);
	return fresh ? KMEMCHECK_UNINITIALIZED : KMEMCHECK_INITIALIZED;
}

/* The shadow before: neighbours are in any state, operands as the mode says. */
static void fill_shadow(struct diff_gen *gen, const struct diff_case *c,
			const struct span *spans)
{
	unsigned int op, i, j, size = element_size(c);

	for (op = 0; op < c->nr; op++) {
		if (!spans[op].area->tracked)
			continue;
		for (i = spans[op].from; i < spans[op].to; i++)
			set_state(spans[op].area, i,
				  neighbour_state(gen, c, i >= spans[op].to - DIFF_FRESH));
	}
	for (op = 0; op < c->nr; op++) {
		if (!spans[op].area->tracked)
			continue;
		for (i = 0; i < nr_elements(c); i++) {
			bool bad = c->string.bad < 0 || c->string.bad == i ||
				   !c->string.size;
			unsigned int at = element(c, op, i) - spans[op].area->start;

			for (j = 0; j < size; j++)
				set_state(spans[op].area, at + j,
					  choose_state(gen, c, j, bad));
		}
	}
}

/* All of such a page counts as initialised. */
static void give_up(const struct diff_case *c, const struct diff_area *pool)
{
	kmemcheck_unhide(c->given_up);
	memset(pool->want + (c->given_up - pool->start), KMEMCHECK_INITIALIZED, PAGE_SIZE);
}

static void take_back(unsigned long addr)
{
	kmemcheck_begin_hiding(addr);
	kmemcheck_hide_page(addr);
	kmemcheck_end_hiding(addr);
}

static void clear_shadow(const struct diff_case *c, const struct span *spans)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		const struct diff_area *a = spans[i].area;
		unsigned int size = spans[i].to - spans[i].from;

		if (!a->tracked)
			continue;
		memset(a->want + spans[i].from, KMEMCHECK_INITIALIZED, size);
		kmemcheck_shadow_set(a->start + spans[i].from, size, KMEMCHECK_INITIALIZED);
	}
}

static bool all_bad(const u8 *states, unsigned int size)
{
	while (size--)
		if (states[size] == KMEMCHECK_INITIALIZED)
			return false;
	return true;
}

/* Return: whether it has to be reported. */
static bool model_access(const struct diff_gen *gen, unsigned long addr, unsigned int size,
			 unsigned int access)
{
	const struct diff_area *a = area_of(gen, addr);
	u8 *states = a->want + (addr - a->start);
	bool report;

	if (!a->tracked)
		return false;
	report = (access & DIFF_READ) && all_bad(states, size);
	if (report || (access & DIFF_WRITE))
		memset(states, KMEMCHECK_INITIALIZED, size);
	return report;
}

/* Make of the shadow before what it has to be after. Return: as above. */
static bool model_shadow(const struct diff_gen *gen, const struct diff_case *c,
			 unsigned int done)
{
	bool copy = c->family == DIFF_movs && area_of(gen, c->op[0].addr)->tracked &&
		    area_of(gen, c->op[1].addr)->tracked;
	unsigned int i, op;
	bool report = false;

	for (i = 0; i < done; i++) {
		if (copy) {
			u8 *want = gen->pool->want - gen->pool->start;

			memmove(want + element(c, 1, i), want + element(c, 0, i),
				element_size(c));
			continue;
		}
		for (op = 0; op < c->nr; op++)
			report |= model_access(gen, element(c, op, i), element_size(c),
					       c->op[op].access);
	}
	if (c->fresh.size)
		report |= model_access(gen, c->fresh.addr, c->fresh.size, c->fresh.access);
	return report;
}

static void show_pages(const struct diff_case *c, const struct diff_area *pool, bool show)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		unsigned int margin = c->window ? DIFF_MARGIN : 0;
		unsigned long addr = ALIGN_DOWN(c->op[i].addr - margin, PAGE_SIZE);
		unsigned long end = c->op[i].addr + c->op[i].size + margin;

		if (c->op[i].addr - pool->start >= DIFF_AREA_SIZE)
			continue;
		for (; addr < end; addr += PAGE_SIZE) {
			if (show)
				kmemcheck_show_page(addr);
			else
				kmemcheck_hide_page(addr);
		}
	}
}

static void execute(const struct diff_case *c, struct diff_regs *out, u32 *landed,
		    struct diff_words *words)
{
	BUG_ON(object_is_on_stack((void *)c->in.gpr[RSP]) &&
	       current_stack_pointer < c->in.gpr[RSP] + 2 * sizeof(diff_stack));
	memcpy(diff_stack, c->words.stack, sizeof(diff_stack));
	memcpy(diff_fixed, c->words.fixed, sizeof(diff_fixed));
	memcpy(this_cpu_ptr(&diff_percpu), c->words.percpu, sizeof(diff_percpu));
	diff_regs_in = c->in;
	diff_target = c->ip;
	diff_landed = 0;
	diff_call();
	*out = diff_regs_out;
	*landed = diff_landed;
	memcpy(words->stack, diff_stack, sizeof(diff_stack));
	memcpy(words->fixed, diff_fixed, sizeof(diff_fixed));
	memcpy(words->percpu, this_cpu_ptr(&diff_percpu), sizeof(diff_percpu));
}

static void mismatch(struct diff_result *r, const char *what, unsigned long where,
		     u64 got, u64 wanted)
{
	if (r->what)
		return;
	r->what = what;
	r->where = where;
	r->got = got;
	r->wanted = wanted;
}

static void compare_regs(struct diff_result *r, const struct diff_case *c)
{
	u64 flags = r->native.flags ^ r->faulting.flags;
	unsigned int i;

	if (r->native_landed != c->landing)
		mismatch(r, "the native run went elsewhere", 0, r->native_landed, c->landing);
	if (r->faulting_landed != r->native_landed)
		mismatch(r, "it went elsewhere", 0, r->faulting_landed, r->native_landed);
	for (i = 0; i < NR_GPR; i++)
		if (r->native.gpr[i] != r->faulting.gpr[i])
			mismatch(r, "register", i, r->faulting.gpr[i], r->native.gpr[i]);
	if (flags & ~loose_flags[c->family])
		mismatch(r, "flags", 0, r->faulting.flags, r->native.flags);
}

static void compare_memory(struct diff_result *r, const struct span *s)
{
	const struct diff_area *a = s->area;
	unsigned int i;

	if (!memcmp(a->memory + s->from, a->native + s->from, s->to - s->from))
		return;
	for (i = s->from; a->memory[i] == a->native[i]; i++)
		;
	mismatch(r, "memory", a->start + i, a->memory[i], a->native[i]);
}

static void compare_shadow(struct diff_result *r, const struct span *s)
{
	const struct diff_area *a = s->area;
	unsigned int i;

	for (i = s->from; i < s->to; i++)
		if (kmemcheck_shadow_get(a->start + i) != a->want[i])
			mismatch(r, "shadow", a->start + i,
				 kmemcheck_shadow_get(a->start + i), a->want[i]);
}

/* The first word that no exception may overwrite, because it is not below RSP. */
static unsigned int first_word(const struct diff_case *c, const struct diff_regs *after)
{
	if (c->family == DIFF_push || c->family == DIFF_call)
		return 0;
	/* The instance of another family may load anything into RSP. */
	return diff_is_tail(c->family) ? 1 + (after->gpr[RSP] - c->in.gpr[RSP]) / 8 : 1;
}

static void compare_words(struct diff_result *r, const struct diff_case *c)
{
	unsigned int first = first_word(c, &r->native);
	const struct diff_words *native = &r->native_words, *got = &r->faulting_words;
	unsigned int i;

	/* Nothing may reach the first and the last one. */
	for (i = 0; i < DIFF_WORDS; i += DIFF_WORDS - 1) {
		if (native->fixed[i] != c->words.fixed[i])
			mismatch(r, "static border", i, native->fixed[i], c->words.fixed[i]);
		if (native->percpu[i] != c->words.percpu[i])
			mismatch(r, "border per CPU", i, native->percpu[i],
				 c->words.percpu[i]);
	}
	for (i = 0; i < DIFF_WORDS; i++) {
		if (i >= first && got->stack[i] != native->stack[i])
			mismatch(r, "word above RSP - 8", i, got->stack[i], native->stack[i]);
		if (got->fixed[i] != native->fixed[i])
			mismatch(r, "static word", i, got->fixed[i], native->fixed[i]);
		if (got->percpu[i] != native->percpu[i])
			mismatch(r, "word per CPU", i, got->percpu[i], native->percpu[i]);
	}
}

static void compare_pages(struct diff_result *r, const struct diff_case *c,
			  const struct diff_area *pool)
{
	unsigned long addr;

	for (addr = pool->start; addr < pool->start + DIFF_AREA_SIZE; addr += PAGE_SIZE) {
		if (kmemcheck_given_up(addr)) {
			r->given_up |= addr != c->given_up;
			take_back(addr);
		} else if (pte_present(*virt_to_kpte(addr))) {
			mismatch(r, "the page was left shown", addr, 1, 0);
			kmemcheck_hide_page(addr);
		}
	}
}

struct counts {
	u64 faults, reports, unknown;
};

static struct counts counts(void)
{
	return (struct counts) {
		.faults = kmemcheck_counter(KMEMCHECK_COUNTER_FAULTS),
		.reports = kmemcheck_counter(KMEMCHECK_COUNTER_REPORTS) +
			   kmemcheck_counter(KMEMCHECK_COUNTER_DUPLICATES),
		.unknown = kmemcheck_counter(KMEMCHECK_COUNTER_UNKNOWN) +
			   kmemcheck_counter(KMEMCHECK_COUNTER_TRIPWIRE) +
			   kmemcheck_counter(KMEMCHECK_COUNTER_UNHIDDEN),
	};
}

static void compare_counts(struct diff_result *r, const struct counts *before,
			   const struct counts *after, bool fault, bool report)
{
	if ((after->faults != before->faults) != fault)
		mismatch(r, "faults", 0, after->faults - before->faults, fault);
	if ((after->reports != before->reports) != report)
		mismatch(r, "reports", 0, after->reports - before->reports, report);
}

/**
 * diff_run() - execute an instance natively and through faults
 * @gen: the areas, and where to draw states from
 * @c: the instance, its code is in place
 * @r: what came out
 */
void diff_run(struct diff_gen *gen, const struct diff_case *c, struct diff_result *r)
{
	struct span spans[ARRAY_SIZE(c->op)];
	unsigned int i, n = c->nr, done;
	struct counts before, after;
	unsigned long flags;
	bool report;

	memset(r, 0, sizeof(*r));
	find_spans(gen, c, spans);
	fill_memory(gen, c);
	fill_shadow(gen, c, spans);
	save(spans, n, false);

	local_irq_save(flags);
	show_pages(c, gen->pool, true);
	execute(c, &r->native, &r->native_landed, &r->native_words);
	show_pages(c, gen->pool, false);
	save(spans, n, true);
	restore(spans, n, false);

	if (c->given_up)
		give_up(c, gen->pool);
	before = counts();
	execute(c, &r->faulting, &r->faulting_landed, &r->faulting_words);
	after = counts();
	local_irq_restore(flags);

	compare_pages(r, c, gen->pool);
	r->given_up |= after.unknown != before.unknown;
	done = diff_elements_done(c, r->native.gpr[RCX]);
	report = model_shadow(gen, c, done);
	compare_regs(r, c);
	compare_words(r, c);
	for (i = 0; i < n; i++)
		compare_memory(r, &spans[i]);
	if (!r->given_up) {
		compare_counts(r, &before, &after, done, report);
		for (i = 0; i < c->nr; i++)
			if (spans[i].area->tracked)
				compare_shadow(r, &spans[i]);
	}
	restore(spans, n, true);
	clear_shadow(c, spans);
}

static bool is_pristine(const struct diff_area *a)
{
	/* The stack is whatever the last exceptions left there. */
	unsigned int from = a->tracked ? 0 : DIFF_STACK_SIZE;

	if (memcmp(a->memory + from, a->pristine + from, DIFF_AREA_SIZE - from))
		return false;
	return !a->tracked ||
	       kmemcheck_shadow_run(a->start, DIFF_AREA_SIZE, true) == DIFF_AREA_SIZE;
}

static void make_pristine(const struct diff_area *a)
{
	memcpy(a->memory, a->pristine, DIFF_AREA_SIZE);
	kmemcheck_shadow_set(a->start, DIFF_AREA_SIZE, KMEMCHECK_INITIALIZED);
}

/**
 * diff_tidy() - find what has changed although no instance names it, and undo it
 * @gen: the areas
 *
 * Return: false if there was something.
 */
bool diff_tidy(const struct diff_gen *gen)
{
	if (is_pristine(gen->pool) && is_pristine(gen->plain))
		return true;
	make_pristine(gen->pool);
	make_pristine(gen->plain);
	return false;
}
