// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which variables are in registers at an address, and what they point to.
 */
#include <dwarf.h>

#include "vars.h"

/* Of a function, with all that was inlined into it. */
#define MAX_VARS		4096
#define MAX_DEPTH		512
#define MAX_PEEL		32
#define STACK_DEPTH		16

struct walk {
	struct kmc_image *image;
	struct kmc_vars *vars;
	Dwarf_Addr address;
	bool nomem;
};

/* ---- types ---- */

bool kmc_die_type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attr),
				 type);
}

bool kmc_die_peel(Dwarf_Die *type, Dwarf_Die *out)
{
	Dwarf_Die die = *type;

	for (int i = 0; i < MAX_PEEL; i++) {
		switch (dwarf_tag(&die)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			if (!kmc_die_type(&die, &die))
				return false;
			break;
		case DW_TAG_invalid:
			return false;
		default:
			*out = die;
			return true;
		}
	}
	return false;
}

bool kmc_die_pointee(Dwarf_Die *type, Dwarf_Die *target)
{
	Dwarf_Die die;

	if (!kmc_die_peel(type, &die) || dwarf_tag(&die) != DW_TAG_pointer_type ||
	    !kmc_die_type(&die, &die) || !kmc_die_peel(&die, &die))
		return false;
	if (dwarf_tag(&die) != DW_TAG_structure_type &&
	    dwarf_tag(&die) != DW_TAG_union_type)
		return false;
	*target = die;
	return true;
}

/* ---- places ---- */

/* Registers that an operation reads; -1: one that we do not do. */
static int op_register(const Dwarf_Op *op)
{
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		return op->atom - DW_OP_reg0;
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
		return op->atom - DW_OP_breg0;
	if (op->atom == DW_OP_regx || op->atom == DW_OP_bregx)
		return op->number < KMC_DWARF_REGS ? (int)op->number : -1;
	return -1;
}

bool kmc_place_is_register(const struct kmc_place_ops *place)
{
	const unsigned int atom = place->ops[0].atom;

	return place->count == 1 && place->regs &&
	       ((atom >= DW_OP_reg0 && atom <= DW_OP_reg31) || atom == DW_OP_regx);
}

/* The value itself, not where in memory it would be found. */
static bool is_value(const struct kmc_place_ops *place)
{
	return place->count && (kmc_place_is_register(place) ||
		place->ops[place->count - 1].atom == DW_OP_stack_value);
}

static bool op_constant(const Dwarf_Op *op, uint64_t *value)
{
	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
		*value = op->atom - DW_OP_lit0;
		return true;
	}
	switch (op->atom) {
	case DW_OP_const1u:
	case DW_OP_const2u:
	case DW_OP_const4u:
	case DW_OP_const8u:
	case DW_OP_const1s:
	case DW_OP_const2s:
	case DW_OP_const4s:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		*value = op->number;
		return true;
	}
	return false;
}

static bool binary(unsigned int atom, uint64_t a, uint64_t b, uint64_t *out)
{
	switch (atom) {
	case DW_OP_plus:
		*out = a + b;
		return true;
	case DW_OP_minus:
		*out = a - b;
		return true;
	case DW_OP_and:
		*out = a & b;
		return true;
	case DW_OP_or:
		*out = a | b;
		return true;
	case DW_OP_mul:
		*out = a * b;
		return true;
	case DW_OP_shl:
		*out = b < 64 ? a << b : 0;
		return true;
	}
	return false;
}

bool kmc_place_value(const struct kmc_place_ops *place,
		     const uint64_t regs[KMC_DWARF_REGS], uint32_t known,
		     uint64_t *out)
{
	uint64_t stack[STACK_DEPTH];
	size_t depth = 0;

	if (place->regs & ~known)
		return false;
	for (size_t i = 0; i < place->count; i++) {
		const Dwarf_Op *op = &place->ops[i];
		int reg = op_register(op);

		if (depth == STACK_DEPTH)
			return false;
		if (reg >= 0 && op->atom <= DW_OP_reg31) {
			stack[depth++] = regs[reg];
		} else if (reg >= 0) {
			stack[depth++] = regs[reg] + (op->atom == DW_OP_bregx ?
						      op->number2 : op->number);
		} else if (op_constant(op, &stack[depth])) {
			depth++;
		} else if (op->atom == DW_OP_plus_uconst && depth) {
			stack[depth - 1] += op->number;
		} else if (depth >= 2 && binary(op->atom, stack[depth - 2],
						stack[depth - 1],
						&stack[depth - 2])) {
			depth--;
		} else if (op->atom != DW_OP_stack_value) {
			return false;
		}
	}
	if (depth != 1)
		return false;
	*out = stack[0];
	return true;
}

/* False: it is elsewhere, or nowhere, or computed in a way that we do not do. */
static bool find_place(struct walk *w, Dwarf_Die *die, struct kmc_place_ops *place)
{
	const uint64_t zeros[KMC_DWARF_REGS] = { };
	Dwarf_Attribute attr;
	uint64_t value;

	if (!dwarf_attr(die, DW_AT_location, &attr) ||
	    dwarf_getlocation_addr(&attr, w->address, &place->ops,
				   &place->count, 1) != 1)
		return false;
	place->regs = 0;
	for (size_t i = 0; i < place->count; i++) {
		int reg = op_register(&place->ops[i]);

		if (reg >= KMC_DWARF_REGS)
			return false;
		if (reg >= 0)
			place->regs |= 1u << reg;
	}
	return is_value(place) && place->regs &&
	       kmc_place_value(place, zeros, ~0u, &value);
}

/* ---- scopes ---- */

static void take(struct walk *w, Dwarf_Die *die, const char *function,
		 unsigned int level)
{
	struct kmc_var var = { .function = function, .level = level };
	struct kmc_var *slot;
	Dwarf_Die type;

	if (w->vars->count >= MAX_VARS || !find_place(w, die, &var.place) ||
	    !kmc_die_type(die, &type) || !kmc_die_pointee(&type, &var.target))
		return;
	var.name = dwarf_diename(die);
	if (!var.name)
		return;
	slot = kmc_grow(&w->vars->v, w->vars->count, sizeof(*slot));
	if (!slot) {
		w->nomem = true;
		return;
	}
	*slot = var;
	w->vars->count++;
}

/* Levels grow inwards here; kmc_vars_at() turns them round. */
static void visit(struct walk *w, Dwarf_Die *scope, const char *function,
		  unsigned int level, int depth)
{
	Dwarf_Die die;

	if (depth > MAX_DEPTH || !kmc_die_child(scope, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_formal_parameter:
		case DW_TAG_variable:
			take(w, &die, function, level);
			break;
		case DW_TAG_lexical_block:
			if (kmc_die_covers(&die, w->address))
				visit(w, &die, function, level, depth + 1);
			break;
		case DW_TAG_inlined_subroutine:
			if (kmc_die_covers(&die, w->address))
				visit(w, &die, dwarf_diename(&die), level + 1,
				      depth + 1);
			break;
		}
	} while (!w->nomem && kmc_die_next(&die));
}

struct kmc_error *kmc_vars_at(struct kmc_image *image, uint64_t address,
			      struct kmc_vars *out)
{
	struct walk w = { .image = image, .vars = out };
	unsigned int deepest = 0;
	struct kmc_error *err;
	Dwarf_Die function;
	bool found;

	*out = (struct kmc_vars) { };
	err = kmc_image_function(image, address, &function, &found);
	if (err || !found)
		return err;
	w.address = address - image->bias;
	visit(&w, &function, dwarf_diename(&function), 0, 0);
	if (w.nomem) {
		kmc_vars_release(out);
		return kmc_error_nomem();
	}
	for (size_t i = 0; i < out->count; i++)
		if (out->v[i].level > deepest)
			deepest = out->v[i].level;
	for (size_t i = 0; i < out->count; i++)
		out->v[i].level = deepest - out->v[i].level;
	return NULL;
}

void kmc_vars_release(struct kmc_vars *vars)
{
	free(vars->v);
	*vars = (struct kmc_vars) { };
}
