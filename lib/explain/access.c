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
static struct kmc_error *decode(struct kmc_scene *scene)
{
	const struct kmc_report *report = scene->report;
	const struct kmc_frame *frame = rip_frame(scene->report);
	const uint8_t *bytes = NULL;
	struct kmc_error *err;
	size_t len = 0;
	uint64_t rip;

	if (scene->image) {
		err = kmc_image_code(scene->image, scene->pc, INSN_BYTES, &bytes,
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
	err = kmc_insn_decode(bytes, len, scene->image ? scene->pc : frame->address,
			      kmc_report_register(report, "eip", &rip),
			      &scene->insn);
	scene->has_insn = !err;
	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *find_function(struct kmc_scene *scene)
{
	const struct kmc_symbol *symbol;
	struct kmc_error *err = kmc_image_symtab(scene->image);

	if (err)
		return err;
	symbol = kmc_symtab_at(&scene->image->symtab, scene->pc);
	if (!symbol)
		return NULL;
	scene->function = symbol->address;
	scene->function_size = kmc_symbol_code_size(symbol);
	return NULL;
}

static void take_registers(struct kmc_scene *scene)
{
	for (unsigned int i = 0; i < KMC_DWARF_REGS - 1; i++) {
		uint64_t value;
		bool known;

		if (scene->has_insn)
			known = kmc_register_before(&scene->insn, &scene->rep,
						    scene->report,
						    kmc_reg_of_dwarf(i), &value);
		else
			known = kmc_report_register(scene->report, reg_names[i],
						    &value);
		if (!known)
			continue;
		scene->regs[i] = value;
		scene->known |= 1u << i;
	}
}

/* Bytes from the operand's address on that one execution may touch. */
static uint64_t reach(const struct kmc_scene *scene, const struct kmc_mem *mem)
{
	uint64_t left;

	/* The whole of a REP may have been one access: what is left of it. */
	if (scene->insn.rep &&
	    kmc_report_register(scene->report, "rcx", &left) && left &&
	    left <= UINT32_MAX)
		return left * mem->size;
	return mem->size;
}

/*
 * Which operand it was. When none is at the header's address, but one is at the
 * same place of another page, the registers are believed: they were saved by the
 * processor.
 */
static void find_operand(struct kmc_scene *scene)
{
	const struct kmc_report *report = scene->report;
	const bool writes = report->kind == KMC_WRITE;

	scene->address = report->address;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < scene->insn.nmem; i++) {
			const struct kmc_mem *mem = &scene->insn.mem[i];
			uint64_t at, ahead;

			if (!(writes ? mem->write : mem->read) ||
			    !kmc_mem_address(mem, &scene->insn, report, &at))
				continue;
			ahead = report->address - at;
			if (pass)
				ahead &= PAGE_MASK;
			if (ahead >= reach(scene, mem))
				continue;
			scene->mem = mem;
			scene->address = at + ahead;
			scene->disagrees = pass;
			return;
		}
	}
}

struct kmc_error *kmc_scene_set(struct kmc_scene *scene)
{
	struct kmc_frame *frame = rip_frame(scene->report);
	struct kmc_error *err;

	scene->address = scene->report->address;
	if (scene->di && frame && frame->resolved) {
		err = kmc_debuginfo_image(scene->di, frame->module, &scene->image);
		if (err)
			return err;
		scene->pc = frame->link_address;
		err = find_function(scene);
		if (err)
			return err;
	}
	err = decode(scene);
	if (!err && scene->has_insn && scene->insn.rep && scene->function)
		err = kmc_rep_progress(scene->image, scene->function,
				       scene->function_size, &scene->insn,
				       scene->report, &scene->rep);
	if (err)
		return err;
	take_registers(scene);
	if (scene->has_insn)
		find_operand(scene);
	return NULL;
}
