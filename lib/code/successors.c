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

static bool add_successor(struct kmc_successors *next, const struct kmc_successor *edge)
{
	if (next->count == KMC_SUCCESSORS_MAX)
		return false;
	next->v[next->count++] = *edge;
	return true;
}

static bool add_patches(struct kmc_successors *next, const struct kmc_code *code)
{
	const uint64_t address = next->insn.address;
	const struct kmc_patch *patch = kmc_code_patches(code, address);
	const struct kmc_patch *end;

	if (!patch)
		return true;
	end = code->patches + code->npatches;
	for (; patch < end && patch->from == address; patch++) {
		struct kmc_successor edge = {
			.to = patch->to, .jump = true,
			.patch = patch->kind == KMC_PATCH_ALTERNATIVE,
			.fault = patch->kind == KMC_PATCH_FIXUP,
		};

		if (patch->kind == KMC_PATCH_ALTERNATIVE && !patch->to_len)
			edge.to = patch->from + patch->from_len;
		if (!add_successor(next, &edge))
			return false;
	}
	return true;
}

/* Behind the last instruction of a replacement lies what it replaces. */
static bool add_next(struct kmc_successors *next, const struct kmc_code *code,
		     const struct kmc_code_section *section)
{
	struct kmc_successor edge = { .to = next->insn.address + next->insn.length };

	if (!strcmp(section->name, ".altinstr_replacement")) {
		const struct kmc_patch *patch =
			kmc_code_replacement_end(code, edge.to);

		if (patch) {
			edge.to = patch->from + patch->from_len;
			edge.patch = true;
		}
	}
	return add_successor(next, &edge);
}

/* Return: whether control may go on with the next instruction. */
static bool add_jump(struct kmc_successors *next, const struct kmc_code *code,
		     bool *fits)
{
	const struct kmc_insn *insn = &next->insn;
	enum target target = TARGET_INDIRECT;

	if (!insn->indirect)
		target = target_of(code, insn->target);
	if (target == TARGET_CODE)
		*fits = add_successor(next, &(struct kmc_successor){
					.to = insn->target, .jump = true });
	else if (target == TARGET_INDIRECT)
		next->leaves_indirectly = true;
	else if (target != TARGET_RETURN)
		next->leaves = true;
	return insn->is_conditional;
}

static void add_call(struct kmc_successors *next, const struct kmc_code *code)
{
	enum target target;

	if (next->insn.indirect)
		return;
	target = target_of(code, next->insn.target);
	next->keeps_all = target == TARGET_NOTHING;
	next->has_callee = target == TARGET_CODE;
	next->callee = next->insn.target;
}

const char *kmc_successors_read(const struct kmc_code *code, uint64_t address,
				struct kmc_successors *out)
{
	const struct kmc_code_section *section = kmc_code_section(code, address);
	struct kmc_successors next = { };
	bool fits = true, goes_on = true;

	if (!section || !section->executable)
		return "control leaves the code of this file";
	if (!kmc_insn_scan(section->bytes + (address - section->start),
			   section->end - address, address, code->machine, &next.insn))
		return "there are bytes that are no instruction";
	if (next.insn.is_jump)
		goes_on = add_jump(&next, code, &fits);
	else if (next.insn.is_call)
		add_call(&next, code);
	else if (next.insn.is_return)
		goes_on = false;
	if (goes_on)
		fits &= add_next(&next, code, section);
	if (!fits || !add_patches(&next, code))
		return "an instruction has too many successors";
	*out = next;
	return NULL;
}
