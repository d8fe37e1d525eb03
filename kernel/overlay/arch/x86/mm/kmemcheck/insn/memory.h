/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: memory that an instruction accesses: whose is it, and what does it hold?
 */
#ifndef _X86_KMEMCHECK_MEMORY_H
#define _X86_KMEMCHECK_MEMORY_H

#include <linux/compiler.h>
#include <linux/kmemcheck.h>
#include <linux/types.h>

#include <asm/page_types.h>
#include <asm/ptrace.h>

/*
 * Does this lie on the stack of the interrupted code? What is below @regs is the
 * handler's; the gap above it is what the interrupted code has not used yet.
 */
static __always_inline bool kmemcheck_is_on_stack(const struct pt_regs *regs,
						  unsigned long addr, unsigned int size)
{
	return addr >= (unsigned long)(regs + 1) &&
	       (addr + size - 1) / THREAD_SIZE == (unsigned long)regs / THREAD_SIZE;
}

/* A value of 1, 2, 4 or 8 bytes, read at once. */
static __always_inline unsigned long kmemcheck_load(const void *mem, unsigned int size)
{
	switch (size) {
	case 1:
		return READ_ONCE(*(const u8 *)mem);
	case 2:
		return READ_ONCE(*(const u16 *)mem);
	case 4:
		return READ_ONCE(*(const u32 *)mem);
	default:
		return READ_ONCE(*(const u64 *)mem);
	}
}

static __always_inline void kmemcheck_store(void *mem, unsigned long value, unsigned int size)
{
	switch (size) {
	case 1:
		WRITE_ONCE(*(u8 *)mem, value);
		break;
	case 2:
		WRITE_ONCE(*(u16 *)mem, value);
		break;
	case 4:
		WRITE_ONCE(*(u32 *)mem, value);
		break;
	default:
		WRITE_ONCE(*(u64 *)mem, value);
		break;
	}
}

static __always_inline unsigned long kmemcheck_sign_extend(unsigned long value, unsigned int size)
{
	switch (size) {
	case 1:
		return (s8)value;
	case 2:
		return (s16)value;
	case 4:
		return (s32)value;
	default:
		return value;
	}
}

bool kmemcheck_is_vmalloc_memory(unsigned long addr);
bool kmemcheck_load_nofault(void *to, unsigned long from, unsigned int size);
bool kmemcheck_store_nofault(unsigned long to, const void *from, unsigned int size);

#endif /* _X86_KMEMCHECK_MEMORY_H */
