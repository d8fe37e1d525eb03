// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: does it still see anything?
 *
 * A checker that has gone blind is as quiet as a kernel without bugs. So once a minute
 * an object of ours is read before it is written, and after it is freed. Both must be
 * caught; that is counted and not reported.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "canary.h"
#include "kmemcheck.h"

#define CANARY_SIZE	64
#define INTERVAL	(60 * HZ)
#define BAD_READS	2

static struct kmem_cache *canaries;
static unsigned long canary;		/* that is being read; 0: none */
static unsigned long last_canary;
static unsigned int caught;
static u64 last_test;			/* nanoseconds since boot; 0: never */
static DEFINE_MUTEX(canary_lock);	/* for all of these */

/**
 * kmemcheck_catch_canary() - is this a self-test?
 * @addr: of what is to be reported
 *
 * Return: true if so; then it has been counted.
 */
bool kmemcheck_catch_canary(unsigned long addr)
{
	unsigned long start = READ_ONCE(canary);

	if (likely(!start || addr - start >= CANARY_SIZE))
		return false;
	WRITE_ONCE(caught, caught + 1);
	return true;
}

/* A use: where to go on depends on it. */
static noinline void use(const void *address)
{
	asm volatile("testb $0xff, (%0)\n\tjz 1f\n1:" : : "r" (address) : "cc", "memory");
}

/* Return: false when nothing can be tested. */
static bool catch_bad_reads(unsigned int *seen)
{
	void *object;

	/* Never merged with another cache: nobody else gets the object while it is read. */
	if (!canaries)
		canaries = kmem_cache_create("kmemcheck-canary", CANARY_SIZE, CANARY_SIZE,
					     SLAB_NOLEAKTRACE, NULL);
	object = canaries ? kmem_cache_alloc(canaries, GFP_KERNEL) : NULL;
	if (!kmemcheck_tracked(object)) {
		/* No memory, or none in the pool. */
		if (object)
			kmem_cache_free(canaries, object);
		return false;
	}
	last_canary = (unsigned long)object;
	WRITE_ONCE(caught, 0);
	WRITE_ONCE(canary, (unsigned long)object);
	use(object);
	kmem_cache_free(canaries, object);
	use(object);
	WRITE_ONCE(canary, 0);
	*seen = READ_ONCE(caught);
	return true;
}

/**
 * kmemcheck_self_test() - read what must not be read
 *
 * May sleep.
 *
 * Return: false if that was not noticed although kmemcheck is on. Then the log says so,
 * once until it is noticed again.
 */
bool kmemcheck_self_test(void)
{
	static bool blind;
	unsigned int seen = BAD_READS;

	mutex_lock(&canary_lock);
	if (kmemcheck_enabled() && catch_bad_reads(&seen)) {
		kmemcheck_count(KMEMCHECK_COUNTER_TESTS);
		WRITE_ONCE(last_test, ktime_get_boottime_ns());
	}
	/* It may have been switched off meanwhile. */
	if (!kmemcheck_enabled())
		seen = BAD_READS;
	if (seen < BAD_READS) {
		kmemcheck_count(KMEMCHECK_COUNTER_BLIND);
		if (!blind)
			pr_err("SELF-TEST FAILED: %u of %u bad accesses were not noticed; do not trust that there are no reports\n",
			       BAD_READS - seen, BAD_READS);
	} else if (blind) {
		pr_err("self-test passed again\n");
	}
	blind = seen < BAD_READS;
	mutex_unlock(&canary_lock);
	return seen == BAD_READS;
}

/* Return: nanoseconds since boot, 0 for never. */
u64 kmemcheck_last_self_test(void)
{
	return READ_ONCE(last_test);
}

static void test(struct work_struct *work);
static DECLARE_DELAYED_WORK(test_work, test);

static void test(struct work_struct *work)
{
	if (!kmemcheck_enabled())
		return;
	kmemcheck_self_test();
	schedule_delayed_work(&test_work, INTERVAL);
}

/* Now, and from now on as long as kmemcheck is on. */
void kmemcheck_start_self_tests(void)
{
	mod_delayed_work(system_wq, &test_work, 0);
}

/* For those who want to see it fail: the next object on this CPU is likely the same. */
unsigned long kmemcheck_last_canary(void)
{
	return last_canary;
}
