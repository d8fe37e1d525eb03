// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads on all processors hammer the same cache lines of tracked memory.
 *
 * Nothing here is wrong, so every total must come out exactly and nothing may
 * be reported. Each test runs on untracked memory first: what fails there is an
 * error of the test. Results are lines "ok NAME" or "not ok NAME" in the log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/apic.h>
#include <asm/asm.h>
#include <asm/nmi.h>

#include "compat.h"

static unsigned int rounds = 1000;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often each thread does each thing");

#define MAX_THREADS	8

/* Neighbours on purpose. Aligned for cmpxchg16b. */
struct shared {
	unsigned long pair[2];
	unsigned long add_word;
	u32 add32;
	u16 add16;
	u8 add8;
	u8 sub8;
	u8 own[MAX_THREADS];
	u8 own_inc[MAX_THREADS];
	u8 own_nmi[MAX_THREADS];
	atomic_t count;
	atomic_t fetched;
	atomic_t nmis;
	u64 cmpxchg64;
	u32 cmpxchg32;
	u16 cmpxchg16;
	u8 cmpxchg8;
	u8 parity;
	unsigned long token;
	unsigned long bits[BITS_TO_LONGS(8 * MAX_THREADS)];
	unsigned long bit_lock;
	unsigned long under_bit_lock;
	spinlock_t lock;
	u32 under_lock;
	u64 under_lock_too;
	/* What the threads have found out, not hammered. */
	unsigned long sums[MAX_THREADS];
};

/* One thread of one test. */
struct job {
	struct shared *shared;
	unsigned int nr;
};

struct torture_test {
	const char *name;
	/* Return: how often something was not as expected. */
	int (*hammer)(struct shared *s, unsigned int me);
	/* Return: whether the totals are right. NULL: it has memory of its own. */
	bool (*totals)(const struct shared *s);
};

static struct kmem_cache *cache, *small_cache;
static unsigned int nr_threads;

/* Where the threads of one test meet. Static memory is not tracked. */
static atomic_t waiting;
static unsigned int meeting;

/* There may be but one processor, so others must get it meanwhile. */
static void meet(void)
{
	unsigned int this_one = READ_ONCE(meeting);

	if (atomic_inc_return(&waiting) == nr_threads) {
		atomic_set(&waiting, 0);
		/* Pairs with the acquire below. */
		smp_store_release(&meeting, this_one + 1);
		return;
	}
	/* What the others did before they came here is seen after it. */
	while (smp_load_acquire(&meeting) == this_one)
		schedule();
}

/* Sum of what all threads noted. */
static unsigned long sum(const struct shared *s)
{
	unsigned long total = 0;
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		total += s->sums[i];
	return total;
}

#define BOTH_HALVES	(1UL << BITS_PER_LONG / 2 | 1)

/* LOCK_PREFIX is patched away with one processor, these are not. */
static int hammer_add(struct shared *s, unsigned int me)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		asm volatile("lock; addb $3, %0" : "+m" (s->add8));
		asm volatile("lock; subb $1, %0" : "+m" (s->sub8));
		asm volatile("lock; addw %1, %0" : "+m" (s->add16) : "r" ((u16)5));
		asm volatile("lock; addl $7, %0" : "+m" (s->add32));
		asm volatile("lock; " __ASM_SIZE(add) "%1, %0" : "+m" (s->add_word) : "r" (BOTH_HALVES));
		asm volatile("lock; xorb $1, %0" : "+m" (s->parity));
		atomic_inc(&s->count);
		atomic_add(4, &s->count);
		atomic_dec(&s->count);
		atomic_sub(2, &s->count);
	}
	return 0;
}

static bool totals_add(const struct shared *s)
{
	unsigned int n = nr_threads * rounds;

	return s->add8 == (u8)(3 * n) && s->sub8 == (u8)-n && s->add16 == (u16)(5 * n) &&
	       s->add32 == 7 * n && s->add_word == n * BOTH_HALVES &&
	       s->parity == (n & 1) && atomic_read(&s->count) == 2 * n;
}

/* Every value is fetched once: their sum is known. */
static int hammer_xadd(struct shared *s, unsigned int me)
{
	unsigned long total = 0;
	unsigned int i;

	for (i = 0; i < rounds; i++)
		total += atomic_fetch_add(1, &s->fetched);
	s->sums[me] = total;
	return 0;
}

static bool totals_xadd(const struct shared *s)
{
	unsigned long n = nr_threads * rounds;

	return atomic_read(&s->fetched) == n && sum(s) == n * (n - 1) / 2;
}

#define INCREMENT(how, p)							\
do {										\
	typeof(*(p)) old = READ_ONCE(*(p)), seen;				\
										\
	while ((seen = how(p, old, (typeof(old))(old + 1))) != old)		\
		old = seen;							\
} while (0)

static int hammer_cmpxchg(struct shared *s, unsigned int me)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		INCREMENT(cmpxchg, &s->cmpxchg8);
		INCREMENT(cmpxchg, &s->cmpxchg16);
		INCREMENT(cmpxchg, &s->cmpxchg32);
		INCREMENT(cmpxchg64, &s->cmpxchg64);
	}
	return 0;
}

static bool totals_cmpxchg(const struct shared *s)
{
	u64 n = nr_threads * rounds;

	return s->cmpxchg8 == (u8)n && s->cmpxchg16 == (u16)n && s->cmpxchg32 == n &&
	       s->cmpxchg64 == n;
}

/* Both halves change together, or not at all. */
static int hammer_cmpxchg16b(struct shared *s, unsigned int me)
{
	unsigned long low, high;
	unsigned int i;

	if (!has_cmpxchg16b())
		return 0;
	for (i = 0; i < rounds; i++) {
		do {
			low = READ_ONCE(s->pair[0]);
			high = READ_ONCE(s->pair[1]);
		} while (!cmpxchg16b(s->pair, low, high, low + 1, high - 1));
		if (low + high)
			s->sums[me]++;
	}
	return 0;
}

/* A torn pair never equals memory, except when it was not torn. */
static bool totals_cmpxchg16b(const struct shared *s)
{
	unsigned long n = has_cmpxchg16b() ? nr_threads * rounds : 0;

	return s->pair[0] == n && s->pair[1] == -n && !sum(s);
}

/* What goes in comes out once, or is still there. */
static int hammer_xchg(struct shared *s, unsigned int me)
{
	unsigned long in = 0, out = 0, token;
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		token = (unsigned long)me << (BITS_PER_LONG / 2 + 4) | i;
		in += token;
		out += xchg(&s->token, token);
	}
	s->sums[me] = in - out;
	return 0;
}

static bool totals_xchg(const struct shared *s)
{
	return sum(s) == s->token;
}

/* Each thread owns some bits of the word. */
static int hammer_bits(struct shared *s, unsigned int me)
{
	unsigned int bit = 8 * me, i;
	int errors = 0;

	for (i = 0; i < rounds; i++) {
		set_bit(bit, s->bits);
		errors += !test_bit(bit, s->bits);
		errors += !test_and_clear_bit(bit, s->bits);
		errors += test_and_set_bit(bit + 1, s->bits);
		clear_bit(bit + 1, s->bits);
		errors += test_bit(bit + 1, s->bits);
		change_bit(bit + 2, s->bits);
		errors += test_and_change_bit(bit + 3, s->bits) != (i & 1);
	}
	return errors;
}

static bool totals_bits(const struct shared *s)
{
	u64 want = 0;
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		want |= rounds & 1 ? 12ULL << (8 * i) : 0;
	return !memcmp(s->bits, &want, sizeof(want));
}

static int hammer_bit_lock(struct shared *s, unsigned int me)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		while (test_and_set_bit_lock(7, &s->bit_lock))
			schedule();
		WRITE_ONCE(s->under_bit_lock, READ_ONCE(s->under_bit_lock) + 1);
		clear_bit_unlock(7, &s->bit_lock);
	}
	return 0;
}

static bool totals_bit_lock(const struct shared *s)
{
	return s->under_bit_lock == nr_threads * rounds && !s->bit_lock;
}

static int hammer_spin_lock(struct shared *s, unsigned int me)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		spin_lock(&s->lock);
		s->under_lock++;
		barrier();
		s->under_lock_too += 3;
		spin_unlock(&s->lock);
	}
	return 0;
}

static bool totals_spin_lock(const struct shared *s)
{
	u64 n = nr_threads * rounds;

	return s->under_lock == n && s->under_lock_too == 3 * n;
}

/* Plain accesses: whoever writes more than its byte takes a neighbour's back. */
static int hammer_own_byte(struct shared *s, unsigned int me)
{
	unsigned int i;
	int errors = 0;

	for (i = 0; i < rounds; i++) {
		u8 value = i + me;

		WRITE_ONCE(s->own[me], value);
		asm volatile("incb %0" : "+m" (s->own_inc[me]));
		errors += READ_ONCE(s->own[me]) != value;
		errors += (u8)(READ_ONCE(*(u64 *)s->own) >> 8 * me) != value;
		errors += READ_ONCE(s->own_inc[me]) != (u8)(i + 1);
	}
	return errors;
}

static bool totals_own_byte(const struct shared *s)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		if (s->own[i] != (u8)(rounds - 1 + i) || s->own_inc[i] != (u8)rounds)
			return false;
	return true;
}

/*
 * A fresh object that all threads initialise, each some bytes of every word, so
 * that the states of neighbours change at the same time. An update that gets
 * lost is reported when the bytes are read.
 */
static u8 *fresh;
#define FRESH_SIZE	128

static int read_back(const u8 *p, size_t size, unsigned int salt)
{
	int errors = 0;
	size_t i;

	for (i = 0; i < size; i++)
		errors += READ_ONCE(p[i]) != (u8)(salt + i);
	return errors;
}

static int hammer_fresh(struct shared *s, unsigned int me)
{
	int errors = 0;
	unsigned int i, j;

	for (i = 0; i < rounds / 16; i++) {
		if (!me)
			WRITE_ONCE(fresh, kmem_cache_alloc(cache, GFP_KERNEL));
		meet();
		if (!READ_ONCE(fresh))
			return 1;
		for (j = me; j < FRESH_SIZE; j += nr_threads)
			WRITE_ONCE(fresh[j], (u8)(i + j));
		meet();
		errors += read_back(fresh, FRESH_SIZE, i);
		meet();
		if (!me)
			kmem_cache_free(cache, fresh);
	}
	return errors;
}

/* Small objects that lie side by side, with one thread or another. */
#define SMALL_SIZE	8
#define NR_SMALL	8

static int hammer_small(struct shared *s, unsigned int me)
{
	u8 *objects[NR_SMALL];
	unsigned int i, j, k;
	int errors = 0;

	for (i = 0; i < rounds / 16; i++) {
		for (j = 0; j < NR_SMALL; j++)
			objects[j] = kmem_cache_alloc(small_cache, GFP_KERNEL);
		for (k = 0; k < SMALL_SIZE; k++)
			for (j = 0; j < NR_SMALL; j++)
				if (objects[j])
					WRITE_ONCE(objects[j][k], (u8)(i + me + k));
		for (j = 0; j < NR_SMALL; j++) {
			if (objects[j])
				errors += read_back(objects[j], SMALL_SIZE, i + me);
			else
				errors++;
			kmem_cache_free(small_cache, objects[j]);
		}
	}
	return errors;
}

/*
 * The handlers of NMIs touch what the threads touch, in the middle of faults of
 * theirs. NMIs that wait for the same processor become one, so those handled
 * are counted, in memory that is not tracked.
 */
static atomic_t nmis_handled;
static struct shared *nmi_shared;

static int on_nmi(unsigned int cmd, struct pt_regs *regs)
{
	struct shared *s = READ_ONCE(nmi_shared);
	u8 *own;

	if (!s)
		return NMI_DONE;
	own = &s->own_nmi[raw_smp_processor_id() % MAX_THREADS];
	atomic_inc(&nmis_handled);
	atomic_inc(&s->nmis);
	WRITE_ONCE(*own, READ_ONCE(*own) + 1);
	INCREMENT(cmpxchg, &s->cmpxchg32);
	return NMI_HANDLED;
}

static int hammer_nmi(struct shared *s, unsigned int me)
{
	unsigned int i, cpu = raw_smp_processor_id();

	if (!me) {
		atomic_set(&nmis_handled, 0);
		WRITE_ONCE(nmi_shared, s);
	}
	meet();
	for (i = 0; i < rounds; i++) {
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		apic->send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
		INCREMENT(cmpxchg64, &s->cmpxchg64);
		WRITE_ONCE(s->own[me], READ_ONCE(s->own[me]) + 1);
	}
	/* The last ones are on their way. */
	mdelay(10);
	meet();
	if (!me)
		WRITE_ONCE(nmi_shared, NULL);
	return s->own[me] != (u8)rounds;
}

static bool totals_nmi(const struct shared *s)
{
	unsigned int handled = atomic_read(&nmis_handled), i;
	u8 own = 0;

	for (i = 0; i < MAX_THREADS; i++)
		own += s->own_nmi[i];
	pr_info("# %u NMIs were handled\n", handled);
	return handled && atomic_read(&s->nmis) == handled && own == (u8)handled &&
	       s->cmpxchg32 == handled && s->cmpxchg64 == nr_threads * rounds;
}

static const struct torture_test tests[] = {
	{ "add", hammer_add, totals_add },
	{ "xadd", hammer_xadd, totals_xadd },
	{ "cmpxchg", hammer_cmpxchg, totals_cmpxchg },
	{ "cmpxchg16b", hammer_cmpxchg16b, totals_cmpxchg16b },
	{ "xchg", hammer_xchg, totals_xchg },
	{ "bits", hammer_bits, totals_bits },
	{ "bit_lock", hammer_bit_lock, totals_bit_lock },
	{ "spin_lock", hammer_spin_lock, totals_spin_lock },
	{ "own_byte", hammer_own_byte, totals_own_byte },
	{ "nmi", hammer_nmi, totals_nmi },
	{ "fresh", hammer_fresh },
	{ "small", hammer_small },
};

static const struct torture_test *current_test;
static DECLARE_COMPLETION(finished);

static int thread(void *data)
{
	const struct job *job = data;
	int errors;

	meet();
	errors = current_test->hammer(job->shared, job->nr);
	complete(&finished);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return errors;
}

/* Return: errors of the threads, or a negative error. */
static int run_threads(struct shared *s)
{
	static struct job jobs[MAX_THREADS];
	struct task_struct *tasks[MAX_THREADS];
	unsigned int i, cpu = cpumask_first(cpu_online_mask);
	int errors = 0;

	for (i = 0; i < nr_threads; i++) {
		jobs[i] = (struct job) { .shared = s, .nr = i };
		tasks[i] = kthread_create(thread, &jobs[i], "torture/%u", i);
		if (IS_ERR(tasks[i]))
			break;
		kthread_bind(tasks[i], cpu);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	/* None runs before all of them do. */
	if (i < nr_threads) {
		while (i--)
			kthread_stop(tasks[i]);
		return -ENOMEM;
	}
	for (i = 0; i < nr_threads; i++)
		wake_up_process(tasks[i]);
	for (i = 0; i < nr_threads; i++)
		wait_for_completion(&finished);
	for (i = 0; i < nr_threads; i++)
		errors += kthread_stop(tasks[i]);
	return errors;
}

static bool run_test(const struct torture_test *test, struct shared *s, const char *where)
{
	int errors;
	bool ok;

	memset(s, 0, sizeof(*s));
	spin_lock_init(&s->lock);
	current_test = test;
	errors = run_threads(s);
	ok = !errors && (!test->totals || test->totals(s));
	pr_info("%s %s_%s\n", ok ? "ok" : "not ok", test->name, where);
	if (errors)
		pr_info("# %d errors\n", errors);
	return ok;
}

/*
 * An instruction with one operand in tracked and one in user memory, which is not
 * there before it is touched, or not at all. The routines of the architecture,
 * because copy_to_user() uses the alias.
 */
struct user_copy {
	const char *name;
	unsigned long (*copy)(void *to, const void *from, unsigned int size);
};

static const struct user_copy user_copies[] = {
	USER_COPIES
};

#define MAPPED	PAGE_SIZE
#define COPIED	(PAGE_SIZE + 1001)

/* Return: MAPPED bytes that are not there yet, and nothing behind them. */
static void __user *map_user(void)
{
	unsigned long addr = vm_mmap(NULL, 0, 2 * MAPPED, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, 0);

	if (IS_ERR_VALUE(addr))
		return NULL;
	vm_munmap(addr + MAPPED, MAPPED);
	return (void __user *)addr;
}

static void unmap_user(void __user *user)
{
	vm_munmap((unsigned long)user, MAPPED);
}

static bool all_bytes_are(const u8 *p, u8 value)
{
	unsigned int i;

	for (i = 0; i < MAPPED; i++)
		if (p[i] != value)
			return false;
	return true;
}

static bool test_user_copy(const struct user_copy *test, u8 *kernel)
{
	void __user *user = map_user();
	bool ok = user;

	memset(kernel, 0x5a, COPIED);
	ok = ok && test->copy((void __force *)user, kernel, COPIED) == COPIED - MAPPED;
	memset(kernel, 0, COPIED);
	ok = ok && !copy_from_user(kernel, user, MAPPED) && all_bytes_are(kernel, 0x5a);
	unmap_user(user);

	/* Reading memory that was never written gives the zero page. */
	user = map_user();
	memset(kernel, 0xa5, COPIED);
	ok = ok && user &&
	     test->copy(kernel, (void __force *)user, COPIED) == COPIED - MAPPED &&
	     all_bytes_are(kernel, 0) && kernel[COPIED - 1] == 0xa5;
	unmap_user(user);
	return ok;
}

/* The process that loads the module has user memory. */
static unsigned int test_user_copies(unsigned int *failed)
{
	u8 *kernel = kmalloc(2 * PAGE_SIZE, GFP_KERNEL);
	unsigned int i;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(user_copies); i++) {
		ok = kernel && test_user_copy(&user_copies[i], kernel);
		pr_info("%s %s\n", ok ? "ok" : "not ok", user_copies[i].name);
		*failed += !ok;
	}
	kfree(kernel);
	return i;
}

static int run_tests(void)
{
	struct shared *plain = vzalloc(sizeof(*plain));
	struct shared *tracked = kmem_cache_zalloc(cache, GFP_KERNEL);
	unsigned int i, n = 0, failed = 0;

	if (!plain || !tracked) {
		vfree(plain);
		kmem_cache_free(cache, tracked);
		return -ENOMEM;
	}
	pr_info("%u CPUs online, %u threads\n", num_online_cpus(), nr_threads);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (tests[i].totals) {
			failed += !run_test(&tests[i], plain, "untracked");
			n++;
		}
		failed += !run_test(&tests[i], tracked, "tracked");
		n++;
	}
	n += test_user_copies(&failed);
	pr_info("1..%u\n", n);
	vfree(plain);
	kmem_cache_free(cache, tracked);
	return failed ? -EIO : 0;
}

/* Declared for user copies, a cache is never merged with another. */
static struct kmem_cache *create_cache(const char *name, size_t size, size_t align)
{
	return kmem_cache_create_usercopy(name, size, align, 0, 0, size, NULL);
}

static int __init torture_init(void)
{
	int err = -ENOMEM;

	BUILD_BUG_ON(sizeof(struct shared) < FRESH_SIZE);
	nr_threads = clamp(num_online_cpus(), 2U, (unsigned int)MAX_THREADS);
	cache = create_cache("kmemcheck_torture", sizeof(struct shared), 64);
	small_cache = create_cache("kmemcheck_torture_small", SMALL_SIZE, 0);
	if (cache && small_cache)
		err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, KBUILD_MODNAME);
	if (!err) {
		err = run_tests();
		unregister_nmi_handler(NMI_LOCAL, KBUILD_MODNAME);
	}
	kmem_cache_destroy(small_cache);
	kmem_cache_destroy(cache);
	return err;
}

static void __exit torture_exit(void)
{
}

module_init(torture_init);
module_exit(torture_exit);
MODULE_DESCRIPTION("Concurrent use of memory that kmemcheck tracks");
MODULE_LICENSE("GPL");
