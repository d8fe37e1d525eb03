// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: an access through a fault does what the processor does.
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
#include "call.h"
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
#define CODE_SIZE	(ALIGN(BATCH * DIFF_SLOT, 2 * PAGE_SIZE) + 2 * PAGE_SIZE)

/*
 * An engine has to handle everything here but for what this table excuses,
 * with the reason.
 */
static const bool may_give_up[DIFF_NR_FAMILIES];

#define FAMILY(name)	#name
static const char * const family_names[] = {
#include "families.h"
};
#undef FAMILY

static unsigned long wanted = 100000;
static u32 seed = 1;

static struct {
	struct page *page;			/* of the pool */
	struct diff_area pool, plain;
	u8 *code;
	struct diff_case *cases;		/* of one batch */
	unsigned int printed;
	u64 instances, mismatches, given_up;
	ktime_t time;
} diff;

static int __init diff_param(char *str)
{
	if (str && !kstrtoul(str, 0, &wanted))
		return 0;
	pr_err("kmemcheck.diff=%s is not a number of instances\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.diff", diff_param);

static int __init diff_seed_param(char *str)
{
	if (str && !kstrtou32(str, 0, &seed))
		return 0;
	pr_err("kmemcheck.diff_seed=%s is not a number of 32 bits\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.diff_seed", diff_seed_param);

/* The middle slot lies across the border of two pages, early in it. */
static u8 *slot(unsigned int i)
{
	return diff.code + CODE_SIZE / 2 - 5 + ((long)i - BATCH / 2) * DIFF_SLOT;
}

/* Say where execution went on, without changing a flag, and go back. */
static void put_landing(u8 *code, u32 landing)
{
	s32 rel = (unsigned long)&diff_landed - (unsigned long)(code + 10);

	*code++ = 0xc7;				/* movl $landing, diff_landed(%rip) */
	*code++ = 0x05;
	memcpy(code, &rel, sizeof(rel));
	memcpy(code + 4, &landing, sizeof(landing));
	code += 8;
	rel = (unsigned long)diff_return - (unsigned long)(code + 5);
	*code++ = 0xe9;				/* jmp diff_return */
	memcpy(code, &rel, sizeof(rel));
}

static void put_case(u8 *code, const struct diff_case *c)
{
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	u8 *branch = code + DIFF_BRANCH_AT;
	unsigned int tail_len = c->len - c->tail;

	memset(code, 0xcc, DIFF_SLOT);
	memcpy(code, c->code, c->len);
	put_landing(code + c->len, DIFF_LAND_NEXT);
	memcpy(branch, endbr, sizeof(endbr));
	branch += sizeof(endbr);
	/* The tail belongs to where it goes on. */
	if (c->landing != DIFF_LAND_BRANCH)
		tail_len = 0;
	memcpy(branch, c->code + c->tail, tail_len);
	put_landing(branch + tail_len, DIFF_LAND_BRANCH);
}

static void print_regs(const char *when, const struct diff_regs *regs, u32 landed)
{
	unsigned int i;

	pr_err("  %s: flags %llx, landing %u\n", when, regs->flags, landed);
	for (i = 0; i < NR_GPR; i += 4)
		pr_err("  %s: r%u-%u %016llx %016llx %016llx %016llx\n", when, i, i + 3,
		       regs->gpr[i], regs->gpr[i + 1], regs->gpr[i + 2], regs->gpr[i + 3]);
}

static void print_mismatch(const struct diff_case *c, const struct diff_result *r,
			   unsigned long nr)
{
	unsigned int i;

	pr_err("diff: %s %*ph: %s at %lx, %llx instead of %llx (seed %u, instance %lu)\n",
	       family_names[c->family], (int)c->tail, c->code, r->what, r->where, r->got,
	       r->wanted, seed, nr);
	for (i = c->tail; i < c->len; i += 32)
		pr_err("  %lx: then %*ph\n", c->ip + i, (int)min(c->len - i, 32U), c->code + i);
	for (i = 0; i < c->nr; i++)
		pr_err("  operand %lx, %u bytes, access %u, shadow mode %u, given up %lx\n",
		       c->op[i].addr, c->op[i].size, c->op[i].access, c->mode,
		       c->given_up);
	if (diff.printed++ >= MAX_FULL)
		return;
	print_regs("before", &c->in, 0);
	print_regs("native", &r->native, r->native_landed);
	print_regs("fault ", &r->faulting, r->faulting_landed);
}

/* What becomes of one batch depends on nothing but its number. */
static void seed_batch(struct diff_gen *gen, enum diff_family family, unsigned long batch)
{
	prandom_seed_state(&gen->rnd, hash_64(((u64)seed << 32 | (u64)family << 24) + batch,
					      64));
	prandom_u32_state(&gen->rnd);
}

/* The templates of one family are neighbours. */
static const struct diff_template *random_template(struct diff_gen *gen,
						   enum diff_family family)
{
	const struct diff_template *end = diff_templates + diff_nr_templates;
	const struct diff_template *t = diff_templates;
	unsigned int n = 0;

	while (t->family != family)
		t++;
	while (t + n < end && t[n].family == family)
		n++;
	return t + diff_random(gen, n);
}

static void generate(struct diff_gen *gen, enum diff_family family, unsigned int i)
{
	struct diff_case *c = &diff.cases[i];

	/* Reports of one address count as duplicates of the first of them. */
	gen->want_report = !i;
	c->family = family;
	c->ip = (unsigned long)slot(i);
	if (diff_is_string(family)) {
		diff_generate_string(gen, c);
	} else {
		while (!diff_generate(gen, random_template(gen, family), c))
			;
	}
	diff_generate_tail(gen, c);
	put_case(slot(i), c);
}

struct tally {
	unsigned long mismatches, given_up;
};

static void run_batch(enum diff_family family, unsigned long batch, unsigned int n,
		      struct tally *tally)
{
	struct diff_gen gen = {
		.pool = &diff.pool,
		.plain = &diff.plain,
		.sp = ALIGN_DOWN(current_stack_pointer, 16) - STACK_ROOM,
	};
	struct diff_result result;
	unsigned int i;

	seed_batch(&gen, family, batch);
	for (i = 0; i < n; i++)
		generate(&gen, family, i);
	for (i = 0; i < n; i++) {
		diff_run(&gen, &diff.cases[i], &result);
		tally->given_up += result.given_up;
		if (result.what)
			tally->mismatches++;
		else if (result.given_up)
			result.what = "the page was given up";
		else
			continue;
		if (tally->mismatches + tally->given_up <= MAX_PRINTED)
			print_mismatch(&diff.cases[i], &result, batch * BATCH + i);
	}
	if (!diff_tidy(&gen)) {
		tally->mismatches++;
		pr_err("diff: %s: batch %lu has changed what none of it names\n",
		       family_names[family], batch);
	}
}

static unsigned long per_family(void)
{
	return DIV_ROUND_UP(wanted, DIFF_NR_FAMILIES);
}

static const void *next_slice(const void *prev, char *desc)
{
	unsigned long nr = (unsigned long)prev;

	if (nr * SLICE >= per_family())
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %lu", nr * SLICE);
	return (void *)(nr + 1);
}

static enum diff_family family_of(const struct kunit *test)
{
	enum diff_family family;

	for (family = 0; family < DIFF_NR_FAMILIES; family++)
		if (!strcmp(family_names[family], test->name))
			break;
	return family;
}

static void test_family(struct kunit *test)
{
	unsigned long first = ((unsigned long)test->param_value - 1) * SLICE;
	unsigned long end = min(first + SLICE, per_family());
	enum diff_family family = family_of(test);
	ktime_t start = ktime_get();
	struct tally tally = {};

	if (!diff.cases)
		kunit_skip(test, "kmemcheck is off, or there is no memory");
	if (!diff_cpu_has(family))
		kunit_skip(test, "the processor does not have it");

	while (first < end) {
		unsigned int n = min_t(unsigned long, BATCH, end - first);

		run_batch(family, first / BATCH, n, &tally);
		first += n;
		diff.instances += n;
		cond_resched();
	}
	diff.time = ktime_add(diff.time, ktime_sub(ktime_get(), start));
	diff.mismatches += tally.mismatches;
	diff.given_up += tally.given_up;
	KUNIT_EXPECT_EQ(test, tally.mismatches, 0);
	if (!may_give_up[family])
		KUNIT_EXPECT_EQ(test, tally.given_up, 0);
}

static int init_area(struct diff_area *area, unsigned long start, struct rnd_state *rnd)
{
	area->start = start;
	area->tracked = kmemcheck_in_pool(start);
	area->memory = area->tracked ? kmemcheck_pool_alias(start) : (void *)start;
	area->pristine = vmalloc(DIFF_AREA_SIZE);
	area->before = vmalloc(DIFF_AREA_SIZE);
	area->native = vmalloc(DIFF_AREA_SIZE);
	area->want = vmalloc(DIFF_AREA_SIZE);
	if (!area->pristine || !area->before || !area->native || !area->want)
		return -ENOMEM;
	prandom_bytes_state(rnd, area->pristine, DIFF_AREA_SIZE);
	memcpy(area->memory, area->pristine, DIFF_AREA_SIZE);
	memset(area->want, KMEMCHECK_INITIALIZED, DIFF_AREA_SIZE);
	kmemcheck_shadow_set(start, DIFF_AREA_SIZE, KMEMCHECK_INITIALIZED);
	return 0;
}

static void exit_area(struct diff_area *area)
{
	vfree(area->pristine);
	vfree(area->before);
	vfree(area->native);
	vfree(area->want);
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

static void diff_exit(struct kunit_suite *suite)
{
	u64 ms = ktime_to_ms(diff.time);

	if (diff.instances)
		pr_info("diff: %llu instances in %llu ms, %llu mismatches, %llu given up, seed %u\n",
			diff.instances, ms, diff.mismatches, diff.given_up, seed);
	if (diff.cases) {
		kmemcheck_ratelimit = old_ratelimit;
		kmemcheck_follow = old_follow;
	}
	if (diff.page)
		kmemcheck_pool_free(diff.page, POOL_ORDER);
	vfree((void *)diff.plain.start);
	exit_area(&diff.pool);
	exit_area(&diff.plain);
	vfree(diff.code);
	vfree(diff.cases);
	memset(&diff, 0, sizeof(diff));
}

static int diff_init(struct kunit_suite *suite)
{
	struct rnd_state rnd;
	void *plain;

	BUILD_BUG_ON(PAGE_SIZE << POOL_ORDER != DIFF_AREA_SIZE);
	if (!kmemcheck_enabled())
		return 0;
	prandom_seed_state(&rnd, seed);
	diff.page = kmemcheck_pool_alloc(POOL_ORDER, NUMA_NO_NODE, true);
	plain = vmalloc(DIFF_AREA_SIZE);
	diff.plain.start = (unsigned long)plain;
	diff.code = alloc_code();
	if (!diff.page || !plain || !diff.code ||
	    init_area(&diff.pool, (unsigned long)page_to_virt(diff.page), &rnd) ||
	    init_area(&diff.plain, (unsigned long)plain, &rnd))
		goto fail;
	diff.cases = vmalloc(array_size(BATCH, sizeof(*diff.cases)));
	if (!diff.cases)
		goto fail;
	/* Of the errors that are provoked one is enough in the log. */
	old_ratelimit = kmemcheck_ratelimit;
	kmemcheck_ratelimit = 3600;
	/* Nor is it known what happens to the values that random instructions load. */
	old_follow = kmemcheck_follow;
	kmemcheck_follow = false;
	return 0;

fail:
	diff_exit(suite);
	return -ENOMEM;
}

#define FAMILY(family)	\
	{ .run_case = test_family, .name = #family, .generate_params = next_slice }
static struct kunit_case diff_cases[] = {
#include "families.h"
	{}
};
#undef FAMILY

static struct kunit_suite diff_suite = {
	.name = "kmemcheck_diff",
	.suite_init = diff_init,
	.suite_exit = diff_exit,
	.test_cases = diff_cases,
};
kunit_test_suite(diff_suite);
