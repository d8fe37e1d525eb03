// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: run an instance both ways and compare.
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
#include "copy.h"
#include "run.h"
#include "string.h"
#include "tail.h"

struct difftest_regs difftest_regs_in, difftest_regs_out;
unsigned long difftest_target, difftest_saved_sp;
unsigned long difftest_stack[DIFFTEST_WORDS];
u32 difftest_landed;

/* Flags that depend on more than the operands: none is known so far. */
static const u64 loose_flags[DIFFTEST_NR_FAMILIES];

/* A piece of an area, with the neighbours of an operand. */
struct span {
	const struct difftest_area *area;
	unsigned int from, to;
};

static const struct difftest_area *area_of(const struct difftest_gen *gen, unsigned long addr)
{
	return addr - gen->pool->start < DIFFTEST_AREA_SIZE ? gen->pool : gen->plain;
}

static u8 *memory_of(const struct difftest_gen *gen, unsigned long addr)
{
	const struct difftest_area *area = area_of(gen, addr);

	return area->memory + (addr - area->start);
}

static void find_spans(const struct difftest_gen *gen, const struct difftest_case *c,
		       struct span *spans)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		const struct difftest_operand *op = &c->op[i];
		struct span *s = &spans[i];

		s->area = area_of(gen, op->addr);
		s->from = op->addr - s->area->start - DIFFTEST_MARGIN;
		s->to = s->from + op->size + 2 * DIFFTEST_MARGIN;
	}
}

static void save(const struct span *spans, unsigned int n, bool native)
{
	for (; n--; spans++) {
		const struct difftest_area *a = spans->area;

		memcpy((native ? a->native : a->before) + spans->from,
		       a->memory + spans->from, spans->to - spans->from);
	}
}

static void restore(const struct span *spans, unsigned int n, bool pristine)
{
	for (; n--; spans++) {
		const struct difftest_area *a = spans->area;

		memcpy(a->memory + spans->from,
		       (pristine ? a->pristine : a->before) + spans->from,
		       spans->to - spans->from);
	}
}

static void fill_memory(const struct difftest_gen *gen, const struct difftest_case *c)
{
	u8 *first = memory_of(gen, c->op[0].addr);

	if (c->has_value)
		memcpy(first, c->value, c->op[0].size);
	if (c->string.size)
		difftest_fill_string(c, first, memory_of(gen, c->op[1].addr));
}

static unsigned int element_size(const struct difftest_case *c)
{
	return c->string.size ?: c->op[0].size;
}

static unsigned int nr_elements(const struct difftest_case *c)
{
	return c->string.size ? c->string.count : 1;
}

static unsigned long element(const struct difftest_case *c, unsigned int op, unsigned int i)
{
	return c->string.size ? difftest_element(c, &c->op[op], i) : c->op[op].addr;
}

static void set_state(const struct difftest_area *a, unsigned int offset,
		      enum kmemcheck_state state)
{
	if (a->want[offset] == state)
		return;
	a->want[offset] = state;
	kmemcheck_shadow_set(a->start + offset, 1, state);
}

/* The @i-th byte of an element of a tracked operand. */
static enum kmemcheck_state choose_state(struct difftest_gen *gen, const struct difftest_case *c,
					 unsigned int i, bool uninitialized)
{
	switch (c->mode) {
	case DIFFTEST_ANYTHING:
		break;
	case DIFFTEST_PARTLY:
		if (!i)
			return KMEMCHECK_INITIALIZED;
		if (i == 1)
			return KMEMCHECK_UNINITIALIZED;
		break;
	case DIFFTEST_UNINITIALIZED:
		if (uninitialized)
			return KMEMCHECK_UNINITIALIZED;
		fallthrough;
	default:
		return KMEMCHECK_INITIALIZED;
	}
	return difftest_one_in(gen, 2) ? KMEMCHECK_UNINITIALIZED : KMEMCHECK_INITIALIZED;
}

static enum kmemcheck_state neighbour_state(struct difftest_gen *gen,
					    const struct difftest_case *c,
					    bool fresh)
{
	if (!c->window)
		return difftest_random(gen, 4);
	return fresh ? KMEMCHECK_UNINITIALIZED : KMEMCHECK_INITIALIZED;
}

/* The shadow before: neighbours are in any state, operands as the mode says. */
static void fill_shadow(struct difftest_gen *gen, const struct difftest_case *c,
			const struct span *spans)
{
	unsigned int op, i, j, size = element_size(c);

	for (op = 0; op < c->nr; op++) {
		if (!spans[op].area->tracked)
			continue;
		for (i = spans[op].from; i < spans[op].to; i++)
			set_state(spans[op].area, i,
				  neighbour_state(gen, c, i >= spans[op].to - DIFFTEST_FRESH));
	}
	for (op = 0; op < c->nr; op++) {
		if (!spans[op].area->tracked)
			continue;
		for (i = 0; i < nr_elements(c); i++) {
			bool uninitialized = c->string.uninitialized < 0 ||
					     c->string.uninitialized == i ||
					     !c->string.size;
			unsigned int at = element(c, op, i) - spans[op].area->start;

			for (j = 0; j < size; j++)
				set_state(spans[op].area, at + j,
					  choose_state(gen, c, j, uninitialized));
		}
	}
}

/* All of such a page counts as initialised. */
static void untrack_page(const struct difftest_case *c, const struct difftest_area *pool)
{
	kmemcheck_untrack(c->untracked);
	memset(pool->want + (c->untracked - pool->start), KMEMCHECK_INITIALIZED, PAGE_SIZE);
}

static void track_page(unsigned long addr)
{
	kmemcheck_begin_hiding(addr);
	kmemcheck_hide_page(addr);
	kmemcheck_end_hiding(addr);
}

static void clear_shadow(const struct difftest_case *c, const struct span *spans)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		const struct difftest_area *a = spans[i].area;
		unsigned int size = spans[i].to - spans[i].from;

		if (!a->tracked)
			continue;
		memset(a->want + spans[i].from, KMEMCHECK_INITIALIZED, size);
		kmemcheck_shadow_set(a->start + spans[i].from, size, KMEMCHECK_INITIALIZED);
	}
}

static bool all_uninitialized(const u8 *states, unsigned int size)
{
	while (size--)
		if (states[size] == KMEMCHECK_INITIALIZED)
			return false;
	return true;
}

/* Return: whether it has to be reported. */
static bool model_access(const struct difftest_gen *gen, unsigned long addr, unsigned int size,
			 unsigned int access)
{
	const struct difftest_area *a = area_of(gen, addr);
	u8 *states = a->want + (addr - a->start);
	bool report;

	if (!a->tracked)
		return false;
	report = (access & DIFFTEST_READ) && all_uninitialized(states, size);
	if (report || (access & DIFFTEST_WRITE))
		memset(states, KMEMCHECK_INITIALIZED, size);
	return report;
}

/* A store takes the state of what it stores. */
static void model_copy(const struct difftest_gen *gen, const struct difftest_case *c, u64 poison)
{
	u8 *to = gen->pool->want + (c->op[1].addr + c->copy.at - gen->pool->start);
	unsigned int i;

	for (i = 0; i < c->copy.size; i++)
		to[i] = poison >> 8 * i & 0xff ? KMEMCHECK_UNINITIALIZED :
						 KMEMCHECK_INITIALIZED;
}

static u64 copied_poison(const struct difftest_gen *gen, const struct difftest_case *c)
{
	return difftest_copied_poison(c, gen->pool->want + (c->op[0].addr - gen->pool->start));
}

/* Make of the shadow before what it has to be after. Return: as above. */
static bool model_shadow(const struct difftest_gen *gen, const struct difftest_case *c,
			 unsigned int done)
{
	bool copy = c->family == DIFFTEST_movs && area_of(gen, c->op[0].addr)->tracked &&
		    area_of(gen, c->op[1].addr)->tracked;
	unsigned int i, op;
	bool report = false;

	if (c->family == DIFFTEST_copy) {
		model_copy(gen, c, copied_poison(gen, c));
		return false;
	}
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

static void show_pages(const struct difftest_case *c, const struct difftest_area *pool, bool show)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		unsigned int margin = c->window ? DIFFTEST_MARGIN : 0;
		unsigned long addr = ALIGN_DOWN(c->op[i].addr - margin, PAGE_SIZE);
		unsigned long end = c->op[i].addr + c->op[i].size + margin;

		if (c->op[i].addr - pool->start >= DIFFTEST_AREA_SIZE)
			continue;
		for (; addr < end; addr += PAGE_SIZE) {
			if (show)
				kmemcheck_show_page(addr);
			else
				kmemcheck_hide_page(addr);
		}
	}
}

static void execute(const struct difftest_case *c, struct difftest_regs *out, u32 *landed,
		    struct difftest_words *words)
{
	BUG_ON(object_is_on_stack((void *)c->in.gpr[RSP]) &&
	       current_stack_pointer < c->in.gpr[RSP] + 2 * sizeof(difftest_stack));
	memcpy(difftest_stack, c->words.stack, sizeof(difftest_stack));
	memcpy(difftest_fixed, c->words.fixed, sizeof(difftest_fixed));
	memcpy(this_cpu_ptr(&difftest_percpu), c->words.percpu, sizeof(difftest_percpu));
	difftest_regs_in = c->in;
	difftest_target = c->ip;
	difftest_landed = 0;
	difftest_call();
	*out = difftest_regs_out;
	*landed = difftest_landed;
	memcpy(words->stack, difftest_stack, sizeof(difftest_stack));
	memcpy(words->fixed, difftest_fixed, sizeof(difftest_fixed));
	memcpy(words->percpu, this_cpu_ptr(&difftest_percpu), sizeof(difftest_percpu));
}

static void mismatch(struct difftest_result *r, const char *what, unsigned long where,
		     u64 got, u64 wanted)
{
	if (r->what)
		return;
	r->what = what;
	r->where = where;
	r->got = got;
	r->wanted = wanted;
}

static void compare_regs(struct difftest_result *r, const struct difftest_case *c)
{
	unsigned long flags = r->native.flags ^ r->faulting.flags;
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

static void compare_memory(struct difftest_result *r, const struct span *s)
{
	const struct difftest_area *a = s->area;
	unsigned int i;

	if (!memcmp(a->memory + s->from, a->native + s->from, s->to - s->from))
		return;
	for (i = s->from; a->memory[i] == a->native[i]; i++)
		;
	mismatch(r, "memory", a->start + i, a->memory[i], a->native[i]);
}

static void compare_shadow(struct difftest_result *r, const struct span *s)
{
	const struct difftest_area *a = s->area;
	unsigned int i;

	for (i = s->from; i < s->to; i++)
		if (kmemcheck_shadow_get(a->start + i) != a->want[i])
			mismatch(r, "shadow", a->start + i,
				 kmemcheck_shadow_get(a->start + i), a->want[i]);
}

/* Of the bytes that were stored, bit by bit. */
static void compare_bits(struct difftest_result *r, const struct difftest_gen *gen,
			 const struct difftest_case *c)
{
	unsigned long to = c->op[1].addr + c->copy.at;
	u64 got = kmemcheck_poison(to, c->copy.size), wanted = copied_poison(gen, c);

	if (got != wanted)
		mismatch(r, "uninitialised bits", to, got, wanted);
}

/* The first word that no exception may overwrite, because it is not below RSP. */
static unsigned int first_word(const struct difftest_case *c, const struct difftest_regs *after)
{
	if (c->family == DIFFTEST_push || c->family == DIFFTEST_call)
		return 0;
	/*
	 * The instance of another family may load anything into RSP. Of 32 bits, an exception
	 * returns by what it writes below that, which may be a word that was popped.
	 */
	if (difftest_is_tail(c->family) || (MACHINE_WORD == 4 && c->family == DIFFTEST_pop))
		return 1 + (after->gpr[RSP] - c->in.gpr[RSP]) / MACHINE_WORD;
	return 1;
}

static void compare_words(struct difftest_result *r, const struct difftest_case *c)
{
	unsigned int first = first_word(c, &r->native);
	const struct difftest_words *native = &r->native_words, *got = &r->faulting_words;
	unsigned int i;

	/* Nothing may reach the first and the last one. */
	for (i = 0; i < DIFFTEST_WORDS; i += DIFFTEST_WORDS - 1) {
		if (native->fixed[i] != c->words.fixed[i])
			mismatch(r, "static border", i, native->fixed[i], c->words.fixed[i]);
		if (native->percpu[i] != c->words.percpu[i])
			mismatch(r, "border per CPU", i, native->percpu[i],
				 c->words.percpu[i]);
	}
	for (i = 0; i < DIFFTEST_WORDS; i++) {
		if (i >= first && got->stack[i] != native->stack[i])
			mismatch(r, "word above RSP - 1", i, got->stack[i], native->stack[i]);
		if (got->fixed[i] != native->fixed[i])
			mismatch(r, "static word", i, got->fixed[i], native->fixed[i]);
		if (got->percpu[i] != native->percpu[i])
			mismatch(r, "word per CPU", i, got->percpu[i], native->percpu[i]);
	}
}

static void compare_pages(struct difftest_result *r, const struct difftest_case *c,
			  const struct difftest_area *pool)
{
	unsigned long addr;

	for (addr = pool->start; addr < pool->start + DIFFTEST_AREA_SIZE; addr += PAGE_SIZE) {
		if (kmemcheck_is_untracked(addr)) {
			r->untracked |= addr != c->untracked;
			track_page(addr);
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
			   kmemcheck_counter(KMEMCHECK_COUNTER_UNTRACKED),
	};
}

static void compare_counts(struct difftest_result *r, const struct counts *before,
			   const struct counts *after, bool fault, bool report)
{
	if ((after->faults != before->faults) != fault)
		mismatch(r, "faults", 0, after->faults - before->faults, fault);
	if ((after->reports != before->reports) != report)
		mismatch(r, "reports", 0, after->reports - before->reports, report);
}

/**
 * difftest_run() - execute an instance natively and through faults
 * @gen: the areas, and where to draw states from
 * @c: the instance, its code is in place
 * @r: what came out
 */
void difftest_run(struct difftest_gen *gen, const struct difftest_case *c,
		  struct difftest_result *r)
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

	if (c->untracked)
		untrack_page(c, gen->pool);
	before = counts();
	execute(c, &r->faulting, &r->faulting_landed, &r->faulting_words);
	after = counts();
	local_irq_restore(flags);

	compare_pages(r, c, gen->pool);
	r->untracked |= after.unknown != before.unknown;
	done = difftest_elements_done(c, r->native.gpr[RCX]);
	report = model_shadow(gen, c, done);
	compare_regs(r, c);
	compare_words(r, c);
	for (i = 0; i < n; i++)
		compare_memory(r, &spans[i]);
	if (!r->untracked) {
		compare_counts(r, &before, &after, done, report);
		for (i = 0; i < c->nr; i++)
			if (spans[i].area->tracked)
				compare_shadow(r, &spans[i]);
		if (c->family == DIFFTEST_copy)
			compare_bits(r, gen, c);
	}
	restore(spans, n, true);
	clear_shadow(c, spans);
}

static bool is_pristine(const struct difftest_area *a)
{
	/* The stack is whatever the last exceptions left there. */
	unsigned int from = a->tracked ? 0 : DIFFTEST_STACK_SIZE;

	if (memcmp(a->memory + from, a->pristine + from, DIFFTEST_AREA_SIZE - from))
		return false;
	return !a->tracked ||
	       kmemcheck_is_initialized(a->start, DIFFTEST_AREA_SIZE);
}

static void make_pristine(const struct difftest_area *a)
{
	memcpy(a->memory, a->pristine, DIFFTEST_AREA_SIZE);
	kmemcheck_shadow_set(a->start, DIFFTEST_AREA_SIZE, KMEMCHECK_INITIALIZED);
}

/**
 * difftest_tidy() - find what has changed although no instance names it, and undo it
 * @gen: the areas
 *
 * Return: false if there was something.
 */
bool difftest_tidy(const struct difftest_gen *gen)
{
	if (is_pristine(gen->pool) && is_pristine(gen->plain))
		return true;
	make_pristine(gen->pool);
	make_pristine(gen->plain);
	return false;
}
