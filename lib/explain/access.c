// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The instruction of a report, and the registers as they were before it.
 */
#include "explain/access.h"

#include <inttypes.h>

#include "code/code.h"

/* The longest instruction has 15. */
#define INSN_BYTES	16
#define PAGE_MASK	0xfffULL

/* By DWARF's number. */
static const char * const reg_names[KMC_DWARF_REGS] = {
	"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
};

static struct kmc_frame *rip_frame(struct kmc_report *report)
{
	struct kmc_frame *frame = report->frames.frames;

	return report->frames.count && frame->role == KMC_ROLE_RIP ? frame : NULL;
}

/* The image's code, or else the bytes that the report carries. */
static struct kmc_error *decode(struct kmc_access *access)
{
	const struct kmc_report *report = access->report;
	const struct kmc_frame *frame = rip_frame(access->report);
	const uint8_t *bytes = NULL;
	struct kmc_error *err;
	size_t len = 0;
	uint64_t rip;

	if (access->image) {
		err = kmc_image_code(access->image, access->pc, INSN_BYTES, &bytes,
				     &len);
		if (err && err->code == KMC_ERROR_NOMEM)
			return err;
		kmc_error_free(err);
	}
	if (!len && frame && frame->has_address &&
	    frame->address - report->code_start < report->code_len) {
		rip = frame->address - report->code_start;
		bytes = report->code + rip;
		len = report->code_len - rip;
	}
	if (!len)
		return NULL;
	err = kmc_insn_decode(bytes, len, access->image ? access->pc : frame->address,
			      kmc_report_register(report, "eip", &rip),
			      &access->insn);
	access->has_insn = !err;
	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *find_function(struct kmc_access *access)
{
	const struct kmc_symbol *symbol;
	struct kmc_error *err = kmc_image_symtab(access->image);

	if (err)
		return err;
	symbol = kmc_symtab_at(&access->image->symtab, access->pc);
	if (!symbol)
		return NULL;
	access->function = symbol->address;
	access->function_size = kmc_symbol_code_size(symbol);
	return NULL;
}

static void take_registers(struct kmc_access *access)
{
	for (unsigned int i = 0; i < KMC_DWARF_REGS - 1; i++) {
		uint64_t value;
		bool known;

		if (access->has_insn)
			known = kmc_register_before(&access->insn, &access->rep,
						    access->report,
						    kmc_reg_of_dwarf(i), &value);
		else
			known = kmc_report_register(access->report, reg_names[i],
						    &value);
		if (!known)
			continue;
		access->regs[i] = value;
		access->known |= 1u << i;
	}
}

/* Bytes from the operand's address on that one execution may touch. */
static uint64_t reach(const struct kmc_access *access, const struct kmc_mem *mem)
{
	uint64_t left;

	/* The whole of a REP may have been one access: what is left of it. */
	if (access->insn.rep &&
	    kmc_report_register(access->report, "rcx", &left) && left &&
	    left <= UINT32_MAX)
		return left * mem->size;
	return mem->size;
}

/* An address, also where KASLR has changed the displacement, or GS's base is not known. */
static bool operand_address(struct kmc_access *access, const struct kmc_mem *mem,
			    uint64_t *at)
{
	const struct kmc_frame *frame = rip_frame(access->report);

	if (!kmc_mem_address(mem, &access->insn, access->report, at))
		return false;
	if (kmc_mem_is_absolute(mem) && access->pc && frame && frame->has_address)
		*at += frame->address - access->pc;
	return true;
}

/* Without GS's base: the one that it is added to, if there is no other. */
static void take_segment(struct kmc_access *access, bool writes)
{
	const struct kmc_mem *mem = &access->insn.mem[0];
	uint64_t base;

	if (access->insn.nmem == 1 && mem->segment == 'g' &&
	    (writes ? mem->write : mem->read) &&
	    !kmc_report_register(access->report, "gs_base", &base))
		access->mem = mem;
}

/*
 * Which operand it was. When none is at the header's address, but one is at the
 * same place of another page, the registers are believed: they were saved by the
 * processor.
 */
static void find_operand(struct kmc_access *access)
{
	const struct kmc_report *report = access->report;
	const bool writes = report->kind == KMC_WRITE;

	access->address = report->address;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < access->insn.nmem; i++) {
			const struct kmc_mem *mem = &access->insn.mem[i];
			uint64_t at, ahead;

			if (!(writes ? mem->write : mem->read) ||
			    !operand_address(access, mem, &at))
				continue;
			ahead = report->address - at;
			if (pass)
				ahead &= PAGE_MASK;
			if (ahead >= reach(access, mem))
				continue;
			access->mem = mem;
			access->mem_known = true;
			access->mem_at = at;
			access->address = at + ahead;
			access->ahead = ahead;
			access->disagrees = pass;
			return;
		}
	}
	take_segment(access, writes);
}

struct kmc_error *kmc_access_set(struct kmc_access *access)
{
	struct kmc_frame *frame = rip_frame(access->report);
	struct kmc_error *err;

	access->address = access->report->address;
	if (access->di && frame && frame->resolved) {
		err = kmc_debuginfo_image(access->di, frame->module, &access->image);
		if (err)
			return err;
		access->pc = frame->link_address;
		err = find_function(access);
		if (err)
			return err;
	}
	err = decode(access);
	if (!err && access->has_insn && access->insn.rep && access->function)
		err = kmc_rep_progress(access->image, access->function,
				       access->function_size, &access->insn,
				       access->report, &access->rep);
	if (err)
		return err;
	take_registers(access);
	if (access->has_insn)
		find_operand(access);
	return NULL;
}
