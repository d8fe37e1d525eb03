// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: which instructions do fault?
 */
#include <linux/kernel.h>
#include <linux/percpu.h>

#include <linux/kmemcheck_engine.h>

#include "class.h"

DEFINE_PER_CPU(u64 [OP_SSE + 2], kmemcheck_op_faults);

struct class {
	const char *name;
	u8 first, last;			/* enum kmemcheck_op */
};

/* All families that have an operand in memory. */
static const struct class classes[] = {
	{ "unknown",		OP_UNKNOWN,		OP_UNKNOWN },
	{ "cache lines",	OP_NOTHING,		OP_NOTHING },
	{ "loads",		OP_LOAD,		OP_LOAD_SIGNED },
	{ "stores",		OP_STORE,		OP_STORE_IMM },
	{ "arithmetic",		OP_ALU_STORE,		OP_SHIFT_DOUBLE },
	{ "exchanges",		OP_XADD,		OP_CMPXCHG_WIDE },
	{ "bits",		OP_BIT,			OP_SCAN },
	{ "swapped moves",	OP_LOAD_SWAPPED,	OP_STORE_SWAPPED },
	{ "xchg",		OP_XCHG,		OP_XCHG },
	{ "conditional",	OP_CMOV,		OP_SETCC },
	{ "checksums",		OP_CRC32,		OP_CRC32 },
	{ "stack and branches",	OP_PUSH,		OP_JMP },
	{ "vectors",		OP_SSE,			OP_SSE },
	{ "strings",		OP_STRING,		OP_STRING },
};

/**
 * kmemcheck_fault_class() - how many faults were of one class of instructions?
 * @i: number of the class
 * @count: set to that number
 *
 * Return: its name, or NULL when there are no more classes.
 */
const char *kmemcheck_fault_class(unsigned int i, u64 *count)
{
	unsigned int op;
	int cpu;

	static_assert(OP_STRING - OP_SSE == 1);
	if (i >= ARRAY_SIZE(classes))
		return NULL;
	*count = 0;
	for_each_possible_cpu(cpu)
		for (op = classes[i].first; op <= classes[i].last; op++)
			*count += READ_ONCE(per_cpu(kmemcheck_op_faults, cpu)[op]);
	return classes[i].name;
}
