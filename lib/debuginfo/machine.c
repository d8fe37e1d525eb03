// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of machines.
 */
#include "debuginfo/machine.h"

#include <elf.h>

#include "base/compiler.h"

const struct kmc_machine kmc_x86_64 = {
	.elf = EM_X86_64,
	.word = 8,
	.names = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
	},
	.dwarf = {
		KMC_REG_RAX, KMC_REG_RDX, KMC_REG_RCX, KMC_REG_RBX,
		KMC_REG_RSI, KMC_REG_RDI, KMC_REG_RBP, KMC_REG_RSP,
		KMC_REG_R8, KMC_REG_R9, KMC_REG_R10, KMC_REG_R11,
		KMC_REG_R12, KMC_REG_R13, KMC_REG_R14, KMC_REG_R15,
		KMC_REG_RIP,
	},
	.arguments = {
		KMC_REG_RDI, KMC_REG_RSI, KMC_REG_RDX, KMC_REG_RCX, KMC_REG_R8, KMC_REG_R9,
	},
	.result = KMC_REG_RAX,
	.changed = KMC_REG_BIT(KMC_REG_RAX) | KMC_REG_BIT(KMC_REG_RCX) |
		   KMC_REG_BIT(KMC_REG_RDX) | KMC_REG_BIT(KMC_REG_RSI) |
		   KMC_REG_BIT(KMC_REG_RDI) | KMC_REG_BIT(KMC_REG_R8) |
		   KMC_REG_BIT(KMC_REG_R9) | KMC_REG_BIT(KMC_REG_R10) |
		   KMC_REG_BIT(KMC_REG_R11),
	.per_cpu = 'g',
	.per_cpu_base = "gs_base",
	.image_start = 0xffffffff80000000,
	.image_end = 0xffffffffff000000,
	.kaslr_step = 0x200000,
};

/* Linux compiles it with -mregparm=3. */
const struct kmc_machine kmc_i386 = {
	.elf = EM_386,
	.word = 4,
	.names = {
		"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
		[KMC_REG_RIP] = "eip",
	},
	.dwarf = {
		KMC_REG_RAX, KMC_REG_RCX, KMC_REG_RDX, KMC_REG_RBX,
		KMC_REG_RSP, KMC_REG_RBP, KMC_REG_RSI, KMC_REG_RDI,
		KMC_REG_RIP,
		[9 ... KMC_DWARF_REGS - 1] = KMC_REG_NONE,
	},
	.arguments = {
		KMC_REG_RAX, KMC_REG_RDX, KMC_REG_RCX,
		[3 ... KMC_ARGUMENTS - 1] = KMC_REG_NONE,
	},
	.result = KMC_REG_RAX,
	.changed = KMC_REG_BIT(KMC_REG_RAX) | KMC_REG_BIT(KMC_REG_RCX) |
		   KMC_REG_BIT(KMC_REG_RDX),
	.per_cpu = 'f',
	.per_cpu_base = "fs_base",
	.kaslr_step = 0x2000,
};

static const struct kmc_machine other = {
	.word = 8,
	.dwarf = { [0 ... KMC_DWARF_REGS - 1] = KMC_REG_NONE },
	.arguments = { [0 ... KMC_ARGUMENTS - 1] = KMC_REG_NONE },
	.result = KMC_REG_NONE,
	.kaslr_step = 1,
};

const struct kmc_machine *kmc_machine_of(unsigned int elf)
{
	static const struct kmc_machine *const known[] = { &kmc_x86_64, &kmc_i386 };

	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++)
		if (known[i]->elf == elf)
			return known[i];
	return &other;
}

const char *kmc_reg_name(const struct kmc_machine *machine, enum kmc_reg reg)
{
	return reg >= 0 && reg < KMC_REG_COUNT ? machine->names[reg] : NULL;
}

enum kmc_reg kmc_reg_of_dwarf(const struct kmc_machine *machine, unsigned int regnum)
{
	return regnum < KMC_ARRAY_SIZE(machine->dwarf) ? machine->dwarf[regnum] : KMC_REG_NONE;
}
