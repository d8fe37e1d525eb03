// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers of a report. A fault in the middle of a repeated string instruction
 * finds RCX, RSI and RDI moved on; this winds them back.
 */
#include "explain/registers.h"

#include <elf.h>

#include "base/error.h"
#include "code/code.h"

#define EFLAGS_DF	(1u << 10)

const struct kmc_machine *kmc_report_machine(const struct kmc_report *report)
{
	uint64_t value;

	return report->kernel.machine == EM_386 || kmc_report_register(report, "eip", &value) ||
	       kmc_report_register(report, "eax", &value) ? &kmc_i386 : &kmc_x86_64;
}

bool kmc_report_reg(const struct kmc_report *report, enum kmc_reg reg,
		    uint64_t *value)
{
	const char *wide = kmc_reg_name(&kmc_x86_64, reg), *narrow = kmc_reg_name(&kmc_i386, reg);

	return (wide && kmc_report_register(report, wide, value)) ||
	       (narrow && kmc_report_register(report, narrow, value));
}

const char *kmc_report_reg_name(const struct kmc_report *report, enum kmc_reg reg)
{
	const char *narrow = kmc_reg_name(&kmc_i386, reg);
	uint64_t value;

	return narrow && kmc_report_register(report, narrow, &value) ? narrow :
	       kmc_reg_name(&kmc_x86_64, reg);
}

bool kmc_mem_address(const struct kmc_mem *mem, const struct kmc_insn *insn,
		     const struct kmc_report *report, uint64_t *out)
{
	uint64_t sum = (uint64_t)mem->disp, value;

	if (mem->segment) {
		if (mem->segment != insn->machine->per_cpu ||
		    !kmc_report_register(report, insn->machine->per_cpu_base, &value))
			return false;
		sum += value;
	}
	if (mem->segment && mem->base == KMC_REG_RIP) {
		/* The displacement moves the other way, so that the sum stays. */
		sum += insn->address + insn->length;
	} else if (mem->base == KMC_REG_RIP) {
		/* At run time, which KASLR may have moved from @insn's. */
		if (!kmc_report_reg(report, KMC_REG_RIP, &value))
			return false;
		sum += value + insn->length;
	} else if (mem->base != KMC_REG_NONE) {
		if (!kmc_report_reg(report, mem->base, &value))
			return false;
		sum += value;
	}
	if (mem->index != KMC_REG_NONE) {
		if (!kmc_report_reg(report, mem->index, &value))
			return false;
		sum += value * mem->scale;
	}
	*out = mem->address_bits == 64 ? sum : sum & UINT32_MAX;
	return true;
}

bool kmc_mem_is_absolute(const struct kmc_mem *mem, struct kmc_image *image)
{
	struct kmc_code *code;
	struct kmc_error *err;

	if (!image || mem->base == KMC_REG_RIP)
		return false;
	err = kmc_code_get(image, &code);
	kmc_error_free(err);
	/* The sections of a module are moved one by one. */
	return !err && !code->externals && kmc_code_is_address(code, mem->disp);
}

/* The direction flag of a report that has the flags. */
static bool goes_down(const struct kmc_report *report)
{
	uint64_t flags;

	return kmc_report_register(report, "eflags", &flags) &&
	       flags & EFLAGS_DF;
}

/* The number that was found, from the registers of the report if need be. */
static const char *initial_count(const struct kmc_insn *insn,
				 const struct kmc_report *report,
				 const struct kmc_reaching *count,
				 uint64_t *out)
{
	uint64_t base = 0;

	if (!count->known)
		return count->why_not;
	if (count->base != KMC_REG_NONE) {
		if (insn->changes & KMC_REG_BIT(count->base))
			return "it depends on a register that has moved";
		if (!kmc_report_reg(report, count->base, &base))
			return "the report lacks a register";
	}
	*out = kmc_machine_cut(insn->machine, base + (uint64_t)count->value);
	return NULL;
}

static const char *progress(const struct kmc_insn *insn,
			    const struct kmc_report *report,
			    struct kmc_rep *rep)
{
	const char *why_not = initial_count(insn, report, &rep->count,
					    &rep->initial);

	if (why_not)
		return why_not;
	if (!kmc_report_reg(report, KMC_REG_RCX, &rep->left))
		return "the report lacks a register";
	/* The element at fault is not done yet. */
	if (!rep->left || rep->left > rep->initial)
		return "RCX of the report does not fit the count";
	rep->done = rep->initial - rep->left;
	rep->element = insn->element;
	if (__builtin_mul_overflow(rep->done, insn->element, &rep->offset))
		return "RCX of the report does not fit the count";
	return NULL;
}

struct kmc_error *kmc_rep_progress(struct kmc_image *image, uint64_t function,
				   uint64_t size, const struct kmc_insn *insn,
				   const struct kmc_report *report,
				   struct kmc_rep *out)
{
	struct kmc_rep rep = { .count.base = KMC_REG_NONE };
	struct kmc_error *err;

	if (!insn->rep) {
		rep.why_not = "the instruction does not repeat";
	} else if (goes_down(report)) {
		rep.why_not = "the direction flag is set";
	} else {
		err = kmc_reaching_value(image, function, size, insn->address,
					 KMC_REG_RCX, &rep.count);
		if (err)
			return err;
		rep.why_not = progress(insn, report, &rep);
	}
	rep.known = !rep.why_not;
	*out = rep;
	return NULL;
}

bool kmc_register_before(const struct kmc_insn *insn, const struct kmc_rep *rep,
			 const struct kmc_report *report, enum kmc_reg reg,
			 uint64_t *value)
{
	uint64_t now;

	if (!kmc_report_reg(report, reg, &now))
		return false;
	if (insn->rep && reg >= 0 && insn->changes & KMC_REG_BIT(reg)) {
		if (!rep || !rep->known)
			return false;
		if (reg == KMC_REG_RCX)
			now = rep->initial;
		else if (reg == KMC_REG_RSI || reg == KMC_REG_RDI)
			now = kmc_machine_cut(insn->machine, now - rep->offset);
		else if (rep->done)
			/* LODS has overwritten it. */
			return false;
	}
	*value = now;
	return true;
}
