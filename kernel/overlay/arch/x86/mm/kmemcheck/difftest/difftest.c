// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: an access through a fault does what the processor does.
 *
 * All of this folder is test code, KUnit suite kmemcheck_diff. The KUnit cases are
 * here; table.c has the instructions, generate.c, string.c and tail.c make random
 * instances of them, which encode.c puts into bytes, and run.c executes them.
 *
 * For each family of instructions random instances are executed natively and on
 * a hidden page; registers, flags, the place where execution goes on, memory
 * and shadow must agree. kmemcheck.diff= is the number of instances, for all
 * families together, and kmemcheck.diff_seed= where the random numbers start;
 * with nokaslr the same seed gives the same instances.
 */
#include <kunit/test.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/kmemcheck_compat.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <asm/pgtable.h>

#include "../../../../../mm/kmemcheck/kmemcheck.h"
#include "../../../../../mm/kmemcheck/pool.h"
#include "../../../../../mm/kmemcheck/report.h"
#include "../../../../../mm/kmemcheck/shadow.h"
#include "../engine.h"
#include "../insn/cache.h"
#include "../propagate/propagate.h"
#include "call.h"
#include "copy.h"
#include "generate.h"
#include "run.h"
#include "string.h"
#include "table.h"
#include "tail.h"

/*
 * Code is written in batches, because an emulator throws away what it has
 * translated of a page that is written to.
 */
#define BATCH		64
/* KUnit ends what takes more than 5 minutes. */
#define SLICE		(300UL * BATCH)
/* Of all mismatches, those that are printed in full; of a family, those at all. */
#define MAX_FULL	10
#define MAX_PRINTED	3
#define POOL_ORDER	3
/* For what run_batch() calls until an instance is reached. */
#define STACK_ROOM	2048
#define CODE_SIZE	(ALIGN(BATCH * DIFFTEST_SLOT, 2 * PAGE_SIZE) + 2 * PAGE_SIZE)

/*
 * An engine has to handle everything here but for what this table excuses,
 * with the reason.
 */
static const bool may_untrack[DIFFTEST_NR_FAMILIES];

#define FAMILY(name)	#name
static const char * const family_names[] = {
#include "families.h"
};
#undef FAMILY

static unsigned long wanted = 100000;
static u32 seed = 1;

static struct {
	struct page *page;			/* of the pool */
	struct difftest_area pool, plain;
	u8 *code;
	struct difftest_case *cases;		/* of one batch */
	unsigned int printed;
	u64 instances, mismatches, untracked;
	ktime_t time;
} difftest;

static int __init difftest_param(char *str)
{
	if (str && !kstrtoul(str, 0, &wanted))
		return 0;
	pr_err("kmemcheck.diff=%s is not a number of instances\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.diff", difftest_param);

static int __init difftest_seed_param(char *str)
{
	if (str && !kstrtou32(str, 0, &seed))
		return 0;
	pr_err("kmemcheck.diff_seed=%s is not a number of 32 bits\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.diff_seed", difftest_seed_param);

/* The middle slot lies across the border of two pages, early in it. */
static u8 *slot(unsigned int i)
{
	return difftest.code + CODE_SIZE / 2 - 5 + ((long)i - BATCH / 2) * DIFFTEST_SLOT;
}

/* Say where execution went on, without changing a flag, and go back. */
static void put_landing(u8 *code, u32 landing)
{
	s32 rel = (unsigned long)&difftest_landed -
		  (MACHINE_WORD == 8 ? (unsigned long)(code + 10) : 0);

	*code++ = 0xc7;				/* movl $landing, difftest_landed */
	*code++ = 0x05;
	memcpy(code, &rel, sizeof(rel));
	memcpy(code + 4, &landing, sizeof(landing));
	code += 8;
	rel = (unsigned long)difftest_return - (unsigned long)(code + 5);
	*code++ = 0xe9;				/* jmp difftest_return */
	memcpy(code, &rel, sizeof(rel));
}

static void put_case(u8 *code, const struct difftest_case *c)
{
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	u8 *branch = code + DIFFTEST_BRANCH_AT;
	unsigned int tail_len = c->len - c->tail;

	memset(code, 0xcc, DIFFTEST_SLOT);
	memcpy(code, c->code, c->len);
	put_landing(code + c->len, DIFFTEST_LAND_NEXT);
	memcpy(branch, endbr, sizeof(endbr));
	branch += sizeof(endbr);
	/* The tail belongs to where it goes on. */
	if (c->landing != DIFFTEST_LAND_BRANCH)
		tail_len = 0;
	memcpy(branch, c->code + c->tail, tail_len);
	put_landing(branch + tail_len, DIFFTEST_LAND_BRANCH);
}

static void print_regs(const char *when, const struct difftest_regs *regs, u32 landed)
{
	unsigned int i;

	pr_err("  %s: flags %lx, landing %u\n", when, regs->flags, landed);
	for (i = 0; i < NR_GPR; i += 4)
		pr_err("  %s: r%u-%u %016lx %016lx %016lx %016lx\n", when, i, i + 3,
		       regs->gpr[i], regs->gpr[i + 1], regs->gpr[i + 2], regs->gpr[i + 3]);
}

static void print_mismatch(const struct difftest_case *c, const struct difftest_result *r,
			   unsigned long nr)
{
	unsigned int i;

	pr_err("diff: %s %*ph: %s at %lx, %llx instead of %llx (seed %u, instance %lu)\n",
	       family_names[c->family], (int)c->tail, c->code, r->what, r->where, r->got,
	       r->wanted, seed, nr);
	for (i = c->tail; i < c->len; i += 32)
		pr_err("  %lx: then %*ph\n", c->ip + i, (int)min(c->len - i, 32U), c->code + i);
	for (i = 0; i < c->nr; i++)
		pr_err("  operand %lx, %u bytes, access %u, shadow mode %u, untracked %lx\n",
		       c->op[i].addr, c->op[i].size, c->op[i].access, c->mode,
		       c->untracked);
	if (difftest.printed++ >= MAX_FULL)
		return;
	print_regs("before", &c->in, 0);
	print_regs("native", &r->native, r->native_landed);
	print_regs("fault ", &r->faulting, r->faulting_landed);
}

/* What becomes of one batch depends on nothing but its number. */
static void seed_batch(struct difftest_gen *gen, enum difftest_family family, unsigned long batch)
{
	prandom_seed_state(&gen->rnd, hash_64(((u64)seed << 32 | (u64)family << 24) + batch,
					      64));
	prandom_u32_state(&gen->rnd);
}

/* The templates of one family are neighbours. */
static const struct difftest_template *random_template(struct difftest_gen *gen,
						       enum difftest_family family)
{
	const struct difftest_template *end = difftest_templates + difftest_nr_templates;
	const struct difftest_template *t = difftest_templates;
	unsigned int n = 0;

	while (t->family != family)
		t++;
	while (t + n < end && t[n].family == family)
		n++;
	return t + difftest_random(gen, n);
}

static void generate(struct difftest_gen *gen, enum difftest_family family, unsigned int i)
{
	struct difftest_case *c = &difftest.cases[i];

	/* Reports of one address count as duplicates of the first of them. */
	gen->want_report = !i;
	c->family = family;
	c->ip = (unsigned long)slot(i);
	if (difftest_is_string(family)) {
		difftest_generate_string(gen, c);
	} else if (family == DIFFTEST_copy) {
		difftest_generate_copy(gen, c);
	} else {
		while (!difftest_generate(gen, random_template(gen, family), c))
			;
	}
	if (family != DIFFTEST_copy)
		difftest_generate_tail(gen, c);
	put_case(slot(i), c);
}

struct tally {
	unsigned long mismatches, untracked;
};

static void run_batch(enum difftest_family family, unsigned long batch, unsigned int n,
		      struct tally *tally)
{
	struct difftest_gen gen = {
		.pool = &difftest.pool,
		.plain = &difftest.plain,
		.sp = ALIGN_DOWN(current_stack_pointer, 16) - STACK_ROOM,
	};
	struct difftest_result result;
	unsigned int i;

	seed_batch(&gen, family, batch);
	for (i = 0; i < n; i++)
		generate(&gen, family, i);
	for (i = 0; i < n; i++) {
		difftest_run(&gen, &difftest.cases[i], &result);
		tally->untracked += result.untracked;
		if (result.what)
			tally->mismatches++;
		else if (result.untracked)
			result.what = "the page was untracked";
		else
			continue;
		if (tally->mismatches + tally->untracked <= MAX_PRINTED)
			print_mismatch(&difftest.cases[i], &result, batch * BATCH + i);
	}
	if (!difftest_tidy(&gen)) {
		tally->mismatches++;
		pr_err("diff: %s: batch %lu has changed what none of it names\n",
		       family_names[family], batch);
	}
}

static unsigned long per_family(void)
{
	return DIV_ROUND_UP(wanted, DIFFTEST_NR_FAMILIES);
}

static const void *next_slice(const void *prev, char *desc)
{
	unsigned long nr = (unsigned long)prev;

	if (nr * SLICE >= per_family())
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %lu", nr * SLICE);
	return (void *)(nr + 1);
}

static enum difftest_family family_of(const struct kunit *test)
{
	enum difftest_family family;

	for (family = 0; family < DIFFTEST_NR_FAMILIES; family++)
		if (!strcmp(family_names[family], test->name))
			break;
	return family;
}

static void test_family(struct kunit *test)
{
	unsigned long first = ((unsigned long)test->param_value - 1) * SLICE;
	unsigned long end = min(first + SLICE, per_family());
	enum difftest_family family = family_of(test);
	ktime_t start = ktime_get();
	struct tally tally = {};

	if (!difftest.cases)
		kunit_skip(test, "kmemcheck is off, or there is no memory");
	if (!difftest_cpu_has(family))
		kunit_skip(test, "the processor does not have it");

	/* Only of copies it is known what happens to the values that are loaded. */
	kmemcheck_propagate = family == DIFFTEST_copy;
	while (first < end) {
		unsigned int n = min_t(unsigned long, BATCH, end - first);

		run_batch(family, first / BATCH, n, &tally);
		first += n;
		difftest.instances += n;
		cond_resched();
	}
	difftest.time = ktime_add(difftest.time, ktime_sub(ktime_get(), start));
	difftest.mismatches += tally.mismatches;
	difftest.untracked += tally.untracked;
	KUNIT_EXPECT_EQ(test, tally.mismatches, 0);
	if (!may_untrack[family])
		KUNIT_EXPECT_EQ(test, tally.untracked, 0);
}

static int init_area(struct difftest_area *area, unsigned long start, struct rnd_state *rnd)
{
	area->start = start;
	area->tracked = kmemcheck_in_pool(start);
	area->memory = area->tracked ? kmemcheck_pool_alias(start) : (void *)start;
	area->pristine = vmalloc(DIFFTEST_AREA_SIZE);
	area->before = vmalloc(DIFFTEST_AREA_SIZE);
	area->native = vmalloc(DIFFTEST_AREA_SIZE);
	area->want = vmalloc(DIFFTEST_AREA_SIZE);
	if (!area->pristine || !area->before || !area->native || !area->want)
		return -ENOMEM;
	prandom_bytes_state(rnd, area->pristine, DIFFTEST_AREA_SIZE);
	memcpy(area->memory, area->pristine, DIFFTEST_AREA_SIZE);
	memset(area->want, KMEMCHECK_INITIALIZED, DIFFTEST_AREA_SIZE);
	kmemcheck_shadow_set(start, DIFFTEST_AREA_SIZE, KMEMCHECK_INITIALIZED);
	return 0;
}

static void exit_area(struct difftest_area *area)
{
	vfree(area->pristine);
	vfree(area->before);
	vfree(area->native);
	vfree(area->want);
}

#define NR_CACHED	2048
/* None crosses the end of a page: those are decoded each time. */
#define MOV_SLOT	8

static u64 decode_all(const u8 *code)
{
	u64 before = this_cpu_read(kmemcheck_counters[KMEMCHECK_COUNTER_DECODED]);
	unsigned int i;

	for (i = 0; i < NR_CACHED; i++)
		kmemcheck_decode_cached((unsigned long)code + i * MOV_SLOT);
	return this_cpu_read(kmemcheck_counters[KMEMCHECK_COUNTER_DECODED]) - before;
}

/* A loop much smaller than the cache is decoded once, wherever it happens to lie. */
static void decoded_once(struct kunit *test)
{
	u8 *code = difftest.page ? vmalloc(NR_CACHED * MOV_SLOT) : NULL;
	unsigned int i, round;
	unsigned long flags;
	u64 first, last;

	if (!difftest.page)
		kunit_skip(test, "kmemcheck is disabled");
	KUNIT_ASSERT_NOT_NULL(test, code);
	/* mov $i,%eax: no two are the same. */
	for (i = 0; i < NR_CACHED; i++) {
		code[i * MOV_SLOT] = 0xb8;
		put_unaligned(i, (u32 *)&code[i * MOV_SLOT + 1]);
	}
	local_irq_save(flags);
	first = decode_all(code);
	last = first;
	for (round = 0; round < 16; round++)
		last = decode_all(code);
	local_irq_restore(flags);
	KUNIT_EXPECT_GE(test, first, (u64)NR_CACHED);
	KUNIT_EXPECT_EQ(test, last, 0ULL);
	vfree(code);
}

/* Near enough to the kernel for its relative jumps. */
static void *alloc_code(void)
{
	return __vmalloc_node_range(CODE_SIZE, PAGE_SIZE, MODULES_VADDR, MODULES_END,
				    GFP_KERNEL, PAGE_KERNEL_EXEC, 0, NUMA_NO_NODE,
				    __builtin_return_address(0));
}

static unsigned int old_ratelimit;
static bool old_follow;

static void difftest_exit(struct kunit_suite *suite)
{
	u64 ms = ktime_to_ms(difftest.time);

	if (difftest.instances)
		pr_info("diff: %llu instances in %llu ms, %llu mismatches, %llu untracked, seed %u\n",
			difftest.instances, ms, difftest.mismatches, difftest.untracked, seed);
	if (difftest.cases) {
		kmemcheck_ratelimit = old_ratelimit;
		kmemcheck_propagate = old_follow;
	}
	if (difftest.page)
		kmemcheck_pool_free(difftest.page, POOL_ORDER);
	vfree((void *)difftest.plain.start);
	exit_area(&difftest.pool);
	exit_area(&difftest.plain);
	vfree(difftest.code);
	vfree(difftest.cases);
	memset(&difftest, 0, sizeof(difftest));
}

static int difftest_init(struct kunit_suite *suite)
{
	struct rnd_state rnd;
	void *plain;

	BUILD_BUG_ON(PAGE_SIZE << POOL_ORDER != DIFFTEST_AREA_SIZE);
	if (!kmemcheck_enabled())
		return 0;
	prandom_seed_state(&rnd, seed);
	difftest.page = kmemcheck_pool_alloc(POOL_ORDER, NUMA_NO_NODE, true);
	plain = vmalloc(DIFFTEST_AREA_SIZE);
	difftest.plain.start = (unsigned long)plain;
	difftest.code = alloc_code();
	if (!difftest.page || !plain || !difftest.code ||
	    init_area(&difftest.pool, (unsigned long)page_to_virt(difftest.page), &rnd) ||
	    init_area(&difftest.plain, (unsigned long)plain, &rnd))
		goto fail;
	difftest.cases = vmalloc(array_size(BATCH, sizeof(*difftest.cases)));
	if (!difftest.cases)
		goto fail;
	/* Of the errors that are provoked one is enough in the log. */
	old_ratelimit = kmemcheck_ratelimit;
	kmemcheck_ratelimit = 3600;
	old_follow = kmemcheck_propagate;
	return 0;

fail:
	difftest_exit(suite);
	return -ENOMEM;
}

#define FAMILY(family)	\
	{ .run_case = test_family, .name = #family, .generate_params = next_slice }
static struct kunit_case difftest_cases[] = {
	KUNIT_CASE(decoded_once),
#include "families.h"
	{}
};
#undef FAMILY

static struct kunit_suite difftest_suite = {
	.name = "kmemcheck_diff",
	.suite_init = difftest_init,
	.suite_exit = difftest_exit,
	.test_cases = difftest_cases,
};
kunit_test_suite(difftest_suite);
