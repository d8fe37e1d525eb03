// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ask kmemcheck's propagation of poison about instructions: a line of hexadecimal bytes
 * on standard input becomes what it makes of that instruction on standard output.
 *
 * It is the kernel's own code, built by follower.t with kernel.h for the kernel. All
 * registers point into memory; none is poisoned.
 */
#include <stdio.h>
#include <stdlib.h>

#include "propagate/propagate.c"

static u8 code[MAX_CODE];
static u64 memory;			/* what it holds everywhere */

bool kmemcheck_is_code(unsigned long ip)
{
	return ip >= TASK_SIZE_MAX;
}

bool kmemcheck_fetch(unsigned long ip, struct kmemcheck_decoded *d)
{
	(void)ip;
	return kmemcheck_decode(d, code, sizeof(code));
}

const struct kmemcheck_decoded *kmemcheck_lookup_decoded(unsigned long ip)
{
	(void)ip;
	return NULL;
}

bool kmemcheck_is_vmalloc_memory(unsigned long addr)
{
	(void)addr;
	return false;
}

bool kmemcheck_load_nofault(void *to, unsigned long from, unsigned int size)
{
	(void)from;
	memset(to, 0, size);
	memcpy(to, &memory, size);
	return true;
}

void kmemcheck_expect_copies(const struct kmemcheck_propagation *p)
{
	(void)p;
}

static size_t parse(const char *text)
{
	size_t n = 0;
	unsigned int byte;
	int used;

	memset(code, 0, sizeof(code));
	while (n < MAX_CODE && sscanf(text, "%2x%n", &byte, &used) == 1) {
		code[n++] = byte;
		text += used;
	}
	return n;
}

static const char *ask(void)
{
	static const char * const names[PROPAGATE_NR_RESULTS] = {
		[PROPAGATE_CONTINUE]		= "understood",
		[PROPAGATE_USED]		= "a use",
		[PROPAGATE_UNKNOWN_INSN]	= "unknown instruction",
		[PROPAGATE_UNKNOWN_MEMORY]	= "unknown memory",
		[PROPAGATE_UNKNOWN_CODE]	= "unknown code",
		[PROPAGATE_NO_ROOM]		= "no room",
	};
	static struct kmemcheck_propagation p;
	static struct kmemcheck_decoded d;
	unsigned long *slots = (unsigned long *)&p.regs;
	unsigned int i;

	memset(&p, 0, sizeof(p));
	for (i = 0; i < SLOT_IP - 1; i++)
		slots[i] = DIRECT_MAP + 0x100003 + 0x10000 * i;
	p.regs.sp = DIRECT_MAP + 0x800000 + THREAD_SIZE / 2;
	p.regs.ip = TEXT;
	p.real = (const struct pt_regs *)(p.regs.sp - 1024);
	if (!kmemcheck_fetch(TEXT, &d))
		d.index = SLOT_NONE;
	/* Lengths, dividends, indexes and numbers of bits are no pointers. */
	if (d.op == OP_STRING)
		p.regs.cx = 4;
	if (d.op == OP_MULDIV) {
		p.regs.ax = 4;
		p.regs.dx = 0;
	}
	if (d.index != SLOT_NONE && d.index != d.base)
		slots[d.index] = 2;
	if (d.op == OP_BIT && d.reg != d.base)
		slots[d.reg] = 2;
	/* Nor is where code goes on. */
	memory = d.op == OP_RET || d.op == OP_CALL || d.op == OP_JMP ? TEXT : 3;
	if (d.flags & DECODED_IN_REG && memory == TEXT)
		slots[d.base] = TEXT;
	kmemcheck_reset_symbolic(&p);
	return names[propagate_one(&p)];
}

int main(void)
{
	char line[128];

	while (fgets(line, sizeof(line), stdin)) {
		if (!parse(line)) {
			fprintf(stderr, "follow: no instruction: %s", line);
			return EXIT_FAILURE;
		}
		puts(ask());
	}
	return EXIT_SUCCESS;
}
