// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which variables are in registers at an address, and what they point to.
 */
#include "debuginfo/vars.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"

/* Of a function, with all that was inlined into it. */
#define MAX_VARS		4096
#define MAX_DEPTH		512
/* Addresses whose variables are kept. */
#define MAX_KEPT	10000
#define STACK_DEPTH		16

/**
 * struct walk - a visit to the variables of all scopes around an address
 * @vars: gets those that are pointers with a value
 * @slot: or else gets the one that is in the frame at @cfa
 * @holder: or else gets the name of the one that register @regnum holds
 * @level: 1 more than that of @holder, 0 at first
 */
struct walk {
	struct kmc_vars *vars;
	struct kmc_slot *slot;
	const char **holder;
	unsigned int regnum;
	unsigned int level;
	int64_t cfa;
	const struct kmc_machine *machine;
	Dwarf_Addr address;
	bool nomem;
};

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

int kmc_place_register(const struct kmc_place_ops *place, int64_t *offset)
{
	const Dwarf_Op *op = &place->ops[0];

	*offset = 0;
	if (kmc_place_is_register(place))
		return __builtin_ctz(place->regs);
	/* As what container_of() makes: breg N, stack_value. */
	if (place->count != 2 || op->atom < DW_OP_breg0 || op->atom > DW_OP_breg31)
		return -1;
	*offset = (int64_t)op->number;
	return op->atom - DW_OP_breg0;
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
	*out = kmc_machine_cut(place->machine, stack[0]);
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
	place->machine = w->machine;
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
	var.aggregate = kmc_die_is_aggregate(&var.target);
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

/* Inner scopes come later, so the innermost one stays. */
static void take_slot(struct walk *w, Dwarf_Die *die)
{
	struct kmc_slot slot = { .found = true };
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t count;
	int64_t start;
	uint64_t size;

	if (!dwarf_attr(die, DW_AT_location, &attr) ||
	    dwarf_getlocation_addr(&attr, w->address, &ops, &count, 1) != 1 ||
	    count != 1 || ops[0].atom != DW_OP_fbreg ||
	    !kmc_die_type(die, &slot.type) ||
	    !kmc_die_peel(&slot.type, &slot.type))
		return;
	start = (int64_t)ops[0].number;
	size = kmc_die_size(&slot.type);
	if (w->cfa < start || (uint64_t)(w->cfa - start) >= size)
		return;
	slot.name = dwarf_diename(die);
	slot.offset = w->cfa - start;
	*w->slot = slot;
}

/* That of an inner function is the nearer one; of two in one nobody knows. */
static void take_holder(struct walk *w, Dwarf_Die *die, unsigned int level)
{
	const char *name = dwarf_diename(die);
	struct kmc_place_ops place;
	Dwarf_Die type, target;

	if (!name || !find_place(w, die, &place) || !kmc_place_is_register(&place) ||
	    (unsigned int)__builtin_ctz(place.regs) != w->regnum ||
	    !kmc_die_type(die, &type) || kmc_die_pointee(&type, &target))
		return;
	if (w->level == level + 1 && (!*w->holder || strcmp(*w->holder, name)))
		name = NULL;
	*w->holder = name;
	w->level = level + 1;
}

/* Levels grow inwards here. */
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
			if (w->slot)
				take_slot(w, &die);
			else if (w->holder)
				take_holder(w, &die, level);
			else
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

/* Levels count from the innermost on. */
static void turn_round(struct kmc_vars *vars)
{
	unsigned int deepest = 0;

	for (size_t i = 0; i < vars->count; i++)
		if (vars->v[i].level > deepest)
			deepest = vars->v[i].level;
	for (size_t i = 0; i < vars->count; i++)
		vars->v[i].level = deepest - vars->v[i].level;
}

/* Is the frame's base where the stack pointer was before the call? */
static bool has_cfa_base(Dwarf_Die *function)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t count;

	return dwarf_attr_integrate(function, DW_AT_frame_base, &attr) &&
	       !dwarf_getlocation(&attr, &ops, &count) && count == 1 &&
	       ops[0].atom == DW_OP_call_frame_cfa;
}

/* All variables of the function and of what is inlined there. */
static struct kmc_error *visit_function(struct walk *w, struct kmc_image *image, uint64_t address)
{
	struct kmc_error *err;
	Dwarf_Die function;
	bool found;

	err = kmc_image_function(image, address, &function, &found);
	if (err || !found || (w->slot && !has_cfa_base(&function)))
		return err;
	w->machine = image->machine;
	w->address = address - image->bias;
	visit(w, &function, dwarf_diename(&function), 0, 0);
	return w->nomem ? kmc_error_nomem() : NULL;
}

static struct kmc_error *find_vars(struct kmc_image *image, uint64_t address,
				   struct kmc_vars *out)
{
	struct walk w = { .vars = out };
	struct kmc_error *err = visit_function(&w, image, address);

	if (!err)
		turn_round(out);
	return err;
}

struct kmc_error *kmc_vars_slot(struct kmc_image *image, uint64_t address,
				int64_t cfa, struct kmc_slot *out)
{
	struct walk w = { .slot = out, .cfa = cfa };

	*out = (struct kmc_slot) { };
	return visit_function(&w, image, address);
}

struct kmc_error *kmc_vars_holder(struct kmc_image *image, uint64_t address,
				  unsigned int regnum, const char **name)
{
	struct walk w = { .holder = name, .regnum = regnum };

	*name = NULL;
	return visit_function(&w, image, address);
}

static void free_vars(void *value)
{
	struct kmc_vars *vars = value;

	free(vars->v);
	free(vars);
}

static void release_vars(void *cache)
{
	kmc_map_release(cache, free_vars);
}

/* address → struct kmc_vars */
static const struct kmc_cache_ops vars_cache = {
	.size = sizeof(struct kmc_map), .release = release_vars,
};

struct kmc_error *kmc_vars_at(struct kmc_image *image, uint64_t address,
			      struct kmc_vars **out)
{
	struct kmc_map *kept = kmc_image_cache(image, &vars_cache);
	struct kmc_vars *vars;
	struct kmc_error *err;

	if (!kept)
		return kmc_error_nomem();
	vars = kmc_map_get(kept, address);
	if (!vars) {
		vars = calloc(1, sizeof(*vars));
		if (!vars)
			return kmc_error_nomem();
		/* A log may ask for any number of addresses. */
		if (kept->count == MAX_KEPT)
			kmc_map_release(kept, free_vars);
		err = find_vars(image, address, vars);
		if (!err && !kmc_map_put(kept, address, vars))
			err = kmc_error_nomem();
		if (err) {
			free_vars(vars);
			return err;
		}
	}
	*out = vars;
	return NULL;
}
