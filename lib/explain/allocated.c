// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Behind a call that allocates, the variable that takes the result is where the result
 * is.
 */
#include "explain/allocated.h"

#include "base/error.h"
#include "code/code.h"
#include "code/successors.h"

/* Instructions behind the call in which the result finds its variable. */
#define SETTLING	12

static enum kmc_reg register_of(const struct kmc_image *image, const struct kmc_var *var)
{
	return kmc_reg_of_dwarf(image->machine, __builtin_ctz(var->place.regs));
}

static struct kmc_error *take_variables(struct kmc_image *image, uint64_t at,
					uint32_t holders, kmc_take_result take, void *arg,
					bool *done)
{
	struct kmc_vars *vars;
	struct kmc_error *err = kmc_vars_at(image, at, &vars);

	if (err)
		return err;
	for (size_t i = vars->count; !err && i-- > 0;) {
		struct kmc_var *var = &vars->v[i];

		if (var->aggregate && kmc_place_is_register(&var->place) &&
		    holders & KMC_REG_BIT(register_of(image, var)))
			err = take(arg, image, var, done);
	}
	return err;
}

/* Registers that hold the result behind @insn; they begin with one behind the call. */
static uint32_t pass_on(const struct kmc_insn *insn, uint32_t holders)
{
	const struct kmc_effect *effect = &insn->effect;
	uint32_t after = holders & ~insn->changes;

	if (effect->dest != KMC_REG_NONE && effect->base != KMC_REG_NONE &&
	    !effect->value && !effect->narrow &&
	    holders & KMC_REG_BIT(effect->base))
		after |= KMC_REG_BIT(effect->dest);
	return after;
}

static void note_end(struct kmc_result_end *end, const struct kmc_successors *next,
		     uint32_t holders)
{
	const struct kmc_insn *insn = &next->insn;
	/* Also a jump to the thunk that returns. */
	const bool returns = !next->count && !next->leaves && !next->leaves_indirectly;

	if (returns && holders & KMC_REG_BIT(insn->machine->result)) {
		end->returned = true;
		end->at = insn->address;
	}
	if (!end->stored && insn->stores && insn->nmem == 1 &&
	    insn->mem[0].size == insn->machine->word &&
	    insn->stored != KMC_REG_NONE && holders & KMC_REG_BIT(insn->stored)) {
		end->stored = true;
		end->store = *insn;
	}
}

struct kmc_error *kmc_result_follow(struct kmc_image *image, uint64_t at,
				    kmc_take_result take, void *arg,
				    struct kmc_result_end *end)
{
	const struct kmc_symbol *function;
	struct kmc_code *code;
	struct kmc_error *err = kmc_code_get(image, &code);
	uint32_t holders;
	bool done = false;

	if (err)
		return err;
	holders = KMC_REG_BIT(code->machine->result);
	function = kmc_symtab_at(code->symtab, at);
	for (int i = 0; !err && !done && holders && i < SETTLING; i++) {
		struct kmc_successors next;

		err = take_variables(image, at, holders, take, arg, &done);
		if (err || kmc_successors_read(code, at, &next))
			break;
		if (end)
			note_end(end, &next, holders);
		if (next.insn.is_call || !next.count || next.v[0].fault || next.v[0].patch)
			break;
		holders = pass_on(&next.insn, holders);
		/* Of a jump under a condition, what is behind it. */
		at = next.insn.is_conditional ? at + next.insn.length : next.v[0].to;
		if (kmc_symtab_at(code->symtab, at) != function)
			break;
	}
	return err;
}
