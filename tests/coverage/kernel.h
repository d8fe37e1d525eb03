/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kmemcheck's propagation of poison takes from the kernel, for userspace. Included
 * before anything else; the kernel's own headers are empty then. All memory of the kernel
 * may be read.
 */
#ifndef KMC_COVERAGE_KERNEL_H
#define KMC_COVERAGE_KERNEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define BIT(n)			(1UL << (n))
#define U8_MAX			UINT8_MAX
#define U32_MAX			UINT32_MAX
#define likely(x)		(x)
#define unlikely(x)		(x)
#define noinline		__attribute__((noinline))
#define __always_inline		inline __attribute__((always_inline))
#define fallthrough		__attribute__((fallthrough))
#define static_assert		_Static_assert
#define BUILD_BUG_ON(x)		_Static_assert(!(x), #x)
#define __init
#define __read_mostly
#define early_param(name, fn)	static void *const fn##_used __attribute__((unused)) = (fn)
#define EINVAL			22
#define pr_err(...)		((void)0)
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((a) - 1)) == 0)
#define swap(a, b)		do { __typeof__(a) t_ = (a); (a) = (b); (b) = t_; } while (0)
#define ilog2(n)		(31 - __builtin_clz(n))
#define __ffs64(n)		((unsigned int)__builtin_ctzll(n))
#define fls64(n)		((n) ? 64 - __builtin_clzll(n) : 0)
#define swab16(n)		__builtin_bswap16(n)
#define swab32(n)		__builtin_bswap32(n)
#define swab64(n)		__builtin_bswap64(n)
#define lower_32_bits(n)	((u32)(n))
#define upper_32_bits(n)	((u32)((n) >> 32))
#define clflush(p)		((void)(p))
#define rdtsc()			0ULL

#ifdef CONFIG_X86_64
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};
#else
struct pt_regs {
	unsigned long bx, cx, dx, si, di, bp, ax, ds, es, fs, gs;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};
#endif

#define X86_EFLAGS_CF		0x001UL
#define X86_EFLAGS_FIXED	0x002UL
#define X86_EFLAGS_PF		0x004UL
#define X86_EFLAGS_AF		0x010UL
#define X86_EFLAGS_ZF		0x040UL
#define X86_EFLAGS_SF		0x080UL
#define X86_EFLAGS_DF		0x400UL
#define X86_EFLAGS_OF		0x800UL

#define PAGE_SHIFT		12
#ifdef CONFIG_X86_64
#define THREAD_SIZE		16384UL
#define TASK_SIZE_MAX		0x7ffffffff000UL
#define DIRECT_MAP		0xffff888000000000UL
#define VMEMMAP_START		0xffffea0000000000UL
#define __START_KERNEL_map	0xffffffff80000000UL
#define FIXADDR_START		0xffffffffff000000UL
#define MAX_PHYSMEM_BITS	46
#define high_memory		((void *)(DIRECT_MAP + (64UL << 30)))
#define TEXT			(__START_KERNEL_map + 0x2000000)
#else
#define THREAD_SIZE		8192UL
#define TASK_SIZE_MAX		0xc0000000UL
#define PAGE_OFFSET		0xc0000000UL
#define DIRECT_MAP		PAGE_OFFSET
#define high_memory		((void *)0xf7800000UL)
#define TEXT			(PAGE_OFFSET + 0x1000000)
#endif
#define __va(p)			((void *)(DIRECT_MAP + (p)))
struct page { u64 words[8]; };

#define DEFINE_PER_CPU(type, name)	__typeof__(type) name
#define this_cpu_ptr(p)		(p)
/* Relative to the instruction, a variable of this CPU lies at an offset that is not known. */
#define this_cpu_read(v)	(addr < TASK_SIZE_MAX ? DIRECT_MAP : 0)
#define in_nmi()		false

/* linux/kmemcheck_engine.h: nothing is tracked. */
enum kmemcheck_counter {
	KMEMCHECK_COUNTER_END_INSN,
	KMEMCHECK_COUNTER_END_MEMORY,
	KMEMCHECK_COUNTER_END_CODE,
	KMEMCHECK_COUNTER_END_ROOM,
	KMEMCHECK_COUNTER_END_LENGTH,
	KMEMCHECK_COUNTER_END_STACK,
};
#define kmemcheck_count(counter)		((void)(counter))
#define kmemcheck_tracked(p)			((void)(p), false)
#define kmemcheck_range_in_pool(addr, size)	((void)(addr), (void)(size), false)
#define kmemcheck_any_initialized(addr, size)	((void)(addr), (void)(size), true)
#define kmemcheck_poison(addr, size)		((void)(addr), (void)(size), 0ULL)
#define kmemcheck_alias_offset			0UL

/* linux/kmemcheck.h: no code here calls them. */
#define HOOK(name)		static inline void name(void) { }
HOOK(__kmemcheck_slab_alloc)
HOOK(__kmemcheck_slab_free)
HOOK(__kmemcheck_resize)
HOOK(__kmemcheck_note_fill)
HOOK(__kmemcheck_free_pages)
HOOK(__kmemcheck_alloc_fragment)
HOOK(__kmemcheck_infoleak)
HOOK(__kmemcheck_mark_written)
HOOK(__kmemcheck_read_range)

#define kstrtobool(str, to)			(*(to) = *(str) == '1', 0)

#endif /* KMC_COVERAGE_KERNEL_H */
