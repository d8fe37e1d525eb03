// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The instruction of a report, and the registers as they were before it.
 */
#include "explain/access.h"

#include <inttypes.h>
#include <string.h>

#include "code/code.h"

/* The longest instruction has 15. */
#define INSN_BYTES	16
#define PAGE_MASK	0xfffULL

static struct kmc_frame *rip_frame(struct kmc_report *report)
{
	struct kmc_frame *frame = report->frames.frames;

	return report->frames.count && frame->role == KMC_ROLE_RIP ? frame : NULL;
}

bool kmc_report_is_x86(const struct kmc_report *report)
{
	uint64_t value;

	return kmc_report_reg(report, KMC_REG_RSP, &value) ||
	       kmc_report_reg(report, KMC_REG_RIP, &value);
}

/* The report's own bytes from the instruction on; NULL if it has none. */
static const uint8_t *own_code(const struct kmc_report *report, size_t *len)
{
	const struct kmc_frame *frame = rip_frame((struct kmc_report *)report);
	uint64_t at;

	*len = 0;
	if (!frame || !report->code_len)
		return NULL;
	/* A stream says where they begin, a log which of them it is. */
	at = report->code_start ? frame->address - report->code_start : report->code_at;
	if ((report->code_start && !frame->has_address) || at >= report->code_len ||
	    (!report->code_start && !kmc_report_is_x86(report)))
		return NULL;
	*len = report->code_len - at;
	return report->code + at;
}

/* Where KASLR may have moved an address of the kernel to. */
static bool is_moved(const struct kmc_code *code, uint32_t from, uint32_t to)
{
	const uint64_t step = code->machine->kaslr_step;

	return !code->externals && kmc_code_is_address(code, (int32_t)from) &&
	       !((from - to) & (step - 1)) && to >= (uint32_t)code->image_start;
}

/* KASLR adds as much to each address in an instruction. */
static bool is_same(struct kmc_image *image, const uint8_t *a, const uint8_t *b, size_t len)
{
	struct kmc_code *code;
	struct kmc_error *err = kmc_code_get(image, &code);
	uint32_t one, other;

	kmc_error_free(err);
	for (size_t at = 0; at < len; at++) {
		size_t from = at > 3 ? at - 3 : 0;

		if (a[at] == b[at])
			continue;
		for (; !err && from <= at && from + 4 <= len; from++) {
			memcpy(&one, a + from, sizeof(one));
			memcpy(&other, b + from, sizeof(other));
			if (is_moved(code, one, other))
				break;
		}
		if (err || from > at || from + 4 > len)
			return false;
		at = from + 3;
	}
	return true;
}

static struct kmc_error *decode_bytes(struct kmc_access *access, const uint8_t *bytes, size_t len,
				      const struct kmc_machine *machine)
{
	const struct kmc_frame *frame = rip_frame(access->report);
	struct kmc_error *err;

	err = kmc_insn_decode(bytes, len, access->image ? access->pc : frame->address,
			      machine, &access->insn);
	access->has_insn = !err;
	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

/* The image's code, or else the bytes that the report carries, which is what was executed. */
static struct kmc_error *decode(struct kmc_access *access)
{
	const struct kmc_machine *machine = kmc_report_machine(access->report);
	const uint8_t *bytes = NULL, *own;
	size_t len = 0, own_len;
	struct kmc_error *err;

	if (access->image) {
		err = kmc_image_code(access->image, access->pc, INSN_BYTES, &bytes,
				     &len);
		if (err && err->code == KMC_ERROR_NOMEM)
			return err;
		kmc_error_free(err);
	}
	own = own_code(access->report, &own_len);
	if (!len && !own)
		return NULL;
	err = len ? decode_bytes(access, bytes, len, access->image->machine) :
		    decode_bytes(access, own, own_len, machine);
	if (err || !len || !own || !access->has_insn || own_len < access->insn.length ||
	    is_same(access->image, bytes, own, access->insn.length))
		return err;
	access->patched = true;
	return decode_bytes(access, own, own_len, machine);
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
	for (unsigned int i = 0; i < KMC_DWARF_REGS; i++) {
		const enum kmc_reg reg = kmc_reg_of_dwarf(kmc_access_machine(access), i);
		uint64_t value;
		bool known;

		if (reg == KMC_REG_NONE || reg == KMC_REG_RIP)
			continue;
		if (access->has_insn)
			known = kmc_register_before(&access->insn, &access->rep,
						    access->report, reg, &value);
		else
			known = kmc_report_reg(access->report, reg, &value);
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
	    kmc_report_reg(access->report, KMC_REG_RCX, &left) && left &&
	    left <= UINT32_MAX)
		return left * mem->size;
	return mem->size;
}

uint64_t kmc_access_slide(const struct kmc_access *access)
{
	const struct kmc_frame *frame = rip_frame(access->report);

	return access->pc && frame && frame->has_address ? frame->address - access->pc : 0;
}

/* An address, also where KASLR has changed the displacement of the image. */
bool kmc_access_operand(const struct kmc_access *access, const struct kmc_mem *mem, uint64_t *at)
{
	if (!kmc_mem_address(mem, &access->insn, access->report, at))
		return false;
	if (!access->patched && kmc_mem_is_absolute(mem, access->image))
		*at = kmc_machine_cut(access->insn.machine, *at + kmc_access_slide(access));
	return true;
}

/* Without the base of the segment: the one that it is added to, if there is no other. */
static void take_segment(struct kmc_access *access, bool writes)
{
	const struct kmc_machine *machine = access->insn.machine;
	const struct kmc_mem *mem = &access->insn.mem[0];
	uint64_t base;

	if (access->insn.nmem == 1 && mem->segment == machine->per_cpu &&
	    (writes ? mem->write : mem->read) &&
	    !kmc_report_register(access->report, machine->per_cpu_base, &base))
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
			    !kmc_access_operand(access, mem, &at))
				continue;
			ahead = kmc_machine_cut(access->insn.machine, report->address - at);
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

struct kmc_error *kmc_access_move(struct kmc_access *access, uint64_t pc)
{
	const uint8_t *bytes;
	struct kmc_error *err;
	size_t len;

	access->pc = pc;
	access->mem = NULL;
	access->mem_known = access->has_insn = access->patched = access->disagrees = false;
	access->ahead = 0;
	access->rep = (struct kmc_rep) { };
	access->known = 0;
	err = find_function(access);
	if (!err)
		err = kmc_image_code(access->image, pc, INSN_BYTES, &bytes, &len);
	if (!err)
		err = decode_bytes(access, bytes, len, access->image->machine);
	if (!err)
		take_registers(access);
	return err;
}
