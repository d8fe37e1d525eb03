/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machines whose kernels are read: their registers, what DWARF, the ABI and the kernel
 * do with them, and how wide an address is. One row each, chosen by the image's ELF header,
 * or by what a report calls its registers.
 */
#ifndef KMC_MACHINE_H
#define KMC_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Numbered as the hardware numbers them; RAX stands for EAX, where that is all of it. */
enum kmc_reg {
	KMC_REG_NONE = -1,
	KMC_REG_RAX, KMC_REG_RCX, KMC_REG_RDX, KMC_REG_RBX,
	KMC_REG_RSP, KMC_REG_RBP, KMC_REG_RSI, KMC_REG_RDI,
	KMC_REG_R8, KMC_REG_R9, KMC_REG_R10, KMC_REG_R11,
	KMC_REG_R12, KMC_REG_R13, KMC_REG_R14, KMC_REG_R15,
	KMC_REG_RIP,
	KMC_REG_COUNT
};

#define KMC_REG_GENERAL		KMC_REG_RIP	/* how many are not RIP */
#define KMC_REG_BIT(reg)	(1u << (reg))

/* Registers that DWARF numbers, on any machine. */
#define KMC_DWARF_REGS		17
/* Arguments that are handed in registers, on any machine. */
#define KMC_ARGUMENTS		6

/**
 * struct kmc_machine - what is different from machine to machine
 * @elf: its number in ELF headers; 0: none of those that are known
 * @word: bytes of an address, a register, and what a push stores
 * @names: of the registers, NULL for one that it has not
 * @dwarf: by DWARF's number, KMC_REG_NONE for one that is none of ours
 * @arguments: of a function of the kernel, in their order; what is NONE is on the stack
 * @result: of a function
 * @changed: a bit for each register that a function may change
 * @per_cpu: the segment that a CPU's own variables are in, 'g' or 'f'
 * @per_cpu_base: what a report calls its base
 * @image_start: vmlinux is linked and loaded from here on; 0: that depends on the configuration
 * @image_end: up to here
 * @kaslr_step: it is moved by a multiple of that (CONFIG_PHYSICAL_ALIGN, at least)
 */
struct kmc_machine {
	unsigned int elf;
	unsigned int word;
	const char *names[KMC_REG_COUNT];
	enum kmc_reg dwarf[KMC_DWARF_REGS];
	enum kmc_reg arguments[KMC_ARGUMENTS];
	enum kmc_reg result;
	uint32_t changed;
	char per_cpu;
	const char *per_cpu_base;
	uint64_t image_start;
	uint64_t image_end;
	uint64_t kaslr_step;
};

extern const struct kmc_machine kmc_x86_64;
extern const struct kmc_machine kmc_i386;

/* By the number in an ELF header; never NULL: another one has no registers. */
const struct kmc_machine *kmc_machine_of(unsigned int elf);

/* "rax"; NULL for what is no register of the machine. */
const char *kmc_reg_name(const struct kmc_machine *machine, enum kmc_reg reg);
/* From DWARF's number; NONE when that is none of ours. */
enum kmc_reg kmc_reg_of_dwarf(const struct kmc_machine *machine, unsigned int regnum);

/* An address or register, after arithmetic: what does not fit is lost. */
static inline uint64_t kmc_machine_cut(const struct kmc_machine *machine, uint64_t value)
{
	return machine->word == 4 ? value & UINT32_MAX : value;
}

/* The same of a difference, which may be negative. */
static inline int64_t kmc_machine_difference(const struct kmc_machine *machine, uint64_t value)
{
	return machine->word == 4 ? (int32_t)value : (int64_t)value;
}

#endif /* KMC_MACHINE_H */
