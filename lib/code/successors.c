// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where control may go from one instruction.
 */
#include "code/successors.h"

#include <string.h>

#include "base/compiler.h"

/**
 * enum target - what a function that is known by its name does
 * @TARGET_CODE: its code says
 * @TARGET_UNKNOWN: it is in another file, or is rewritten while the kernel runs
 * @TARGET_RETURN: a return
 * @TARGET_INDIRECT: a jump to where a register says
 * @TARGET_NOTHING: it keeps all registers, whatever it does
 */
enum target {
	TARGET_CODE,
	TARGET_UNKNOWN,
	TARGET_RETURN,
	TARGET_INDIRECT,
	TARGET_NOTHING,
};

static const struct {
	const char *name;
	bool prefix;
	enum target target;
} special[] = {
	{ "__fentry__", false, TARGET_NOTHING },
	{ "mcount", false, TARGET_NOTHING },
	{ "__x86_return_thunk", false, TARGET_RETURN },
	{ "its_return_thunk", false, TARGET_RETURN },
	{ "__x86_indirect_", true, TARGET_INDIRECT },
	/* Static calls: a jump that is rewritten. */
	{ "__SCT__", true, TARGET_UNKNOWN },
};

static const char *external_name(const struct kmc_code *code, uint64_t address)
{
	uint64_t n = (address - code->externals) / KMC_EXTERNAL_SIZE;

	return address >= code->externals && n < code->nnames ?
	       code->names[n] : NULL;
}

static enum target target_of(const struct kmc_code *code, uint64_t address)
{
	const struct kmc_symbol *symbol;
	const bool external = code->names && address >= code->externals;
	const char *name = NULL;

	if (external) {
		name = external_name(code, address);
	} else {
		symbol = kmc_symtab_at(code->symtab, address);
		if (symbol && symbol->address == address)
			name = symbol->name;
	}
	for (size_t i = 0; name && i < KMC_ARRAY_SIZE(special); i++) {
		size_t len = strlen(special[i].name);

		if (!strncmp(name, special[i].name, len) &&
		    (special[i].prefix || !name[len]))
			return special[i].target;
	}
	return external ? TARGET_UNKNOWN : TARGET_CODE;
}

static bool add_way(struct kmc_step *step, const struct kmc_way *way)
{
	if (step->nways == KMC_STEP_WAYS)
		return false;
	step->ways[step->nways++] = *way;
	return true;
}

static bool add_patches(struct kmc_step *step, const struct kmc_code *code)
{
	const uint64_t address = step->insn.address;
	const struct kmc_patch *patch = kmc_code_patches(code, address);
	const struct kmc_patch *end;

	if (!patch)
		return true;
	end = code->patches + code->npatches;
	for (; patch < end && patch->from == address; patch++) {
		struct kmc_way way = {
			.to = patch->to, .jump = true,
			.patch = patch->kind == KMC_PATCH_ALTERNATIVE,
			.fault = patch->kind == KMC_PATCH_FIXUP,
		};

		if (patch->kind == KMC_PATCH_ALTERNATIVE && !patch->to_len)
			way.to = patch->from + patch->from_len;
		if (!add_way(step, &way))
			return false;
	}
	return true;
}

/* Behind the last instruction of a replacement lies what it replaces. */
static bool add_next(struct kmc_step *step, const struct kmc_code *code,
		     const struct kmc_code_section *section)
{
	struct kmc_way way = { .to = step->insn.address + step->insn.length };

	if (!strcmp(section->name, ".altinstr_replacement")) {
		const struct kmc_patch *patch =
			kmc_code_replacement_end(code, way.to);

		if (patch) {
			way.to = patch->from + patch->from_len;
			way.patch = true;
		}
	}
	return add_way(step, &way);
}

/* Return: whether control may go on with the next instruction. */
static bool add_jump(struct kmc_step *step, const struct kmc_code *code,
		     bool *fits)
{
	const struct kmc_insn *insn = &step->insn;
	enum target target = TARGET_INDIRECT;

	if (!insn->indirect)
		target = target_of(code, insn->target);
	if (target == TARGET_CODE)
		*fits = add_way(step, &(struct kmc_way){ .to = insn->target,
							 .jump = true });
	else if (target == TARGET_INDIRECT)
		step->leaves_indirectly = true;
	else if (target != TARGET_RETURN)
		step->leaves = true;
	return insn->is_conditional;
}

static void add_call(struct kmc_step *step, const struct kmc_code *code)
{
	enum target target;

	if (step->insn.indirect)
		return;
	target = target_of(code, step->insn.target);
	step->keeps_all = target == TARGET_NOTHING;
	step->has_callee = target == TARGET_CODE;
	step->callee = step->insn.target;
}

const char *kmc_step(const struct kmc_code *code, uint64_t address,
		     struct kmc_step *out)
{
	const struct kmc_code_section *section = kmc_code_section(code, address);
	struct kmc_step step = { };
	bool fits = true, goes_on = true;

	if (!section || !section->executable)
		return "control leaves the code of this file";
	if (!kmc_insn_scan(section->bytes + (address - section->start),
			   section->end - address, address, false, &step.insn))
		return "there are bytes that are no instruction";
	if (step.insn.is_jump)
		goes_on = add_jump(&step, code, &fits);
	else if (step.insn.is_call)
		add_call(&step, code);
	else if (step.insn.is_return)
		goes_on = false;
	if (goes_on)
		fits &= add_next(&step, code, section);
	if (!fits || !add_patches(&step, code))
		return "an instruction has too many successors";
	*out = step;
	return NULL;
}
