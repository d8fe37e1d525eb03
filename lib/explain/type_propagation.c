// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a register points to where no variable says so: its value is followed back to
 * where it came from, and that is typed.
 *
 * A value that a load left there has the type of what was loaded: a member, a variable in
 * the frame, a global one. One that a call left has the type that the function returns.
 * One that was there when the function began, or at a join point, has that of the variable
 * that was in the register there; or, at a join point, the type that all edges bring.
 */
#include "explain/type_propagation.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "code/code.h"
#include "code/reaching_definitions.h"
#include "code/spill.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"
#include "debuginfo/vars.h"

/* Answers of an image that are kept. */
#define MAX_KEPT	10000
/* p->a->b->c->d */
#define MAX_HOPS	5
#define MAX_ORIGINS	6
/* Queries about one register; each is an analysis of the whole function. */
#define MAX_QUERIES	24
#define MAX_NESTING	16
#define MAX_MEMBERS	8192
/* Instructions further on in which a variable may still take its register. */
#define AHEAD		6

/**
 * struct type_query - a search at work
 * @function, @size: that the instruction is in
 * @left: reaching definitions that may still be asked for
 */
struct type_query {
	struct kmc_image *image;
	uint64_t function;
	uint64_t size;
	int left;
};

static struct kmc_error *follow(struct type_query *query, uint64_t at, enum kmc_reg reg,
				int hops, struct kmc_pointee *out);

/* ---- variables ---- */

/* The variable that is the register, or so much away from it; the innermost of several. */
static struct kmc_error *variable_in(struct kmc_image *image, uint64_t at,
				     enum kmc_reg reg, struct kmc_pointee *out)
{
	struct kmc_vars *vars;
	struct kmc_error *err = kmc_vars_at(image, at, &vars);
	bool whole = false;

	for (size_t i = 0; !err && i < vars->count; i++) {
		const struct kmc_var *var = &vars->v[i];
		int64_t offset;
		int regnum = kmc_place_register(&var->place, &offset);

		/* One that is the register says more than what was made of it. */
		if (regnum < 0 || kmc_reg_of_dwarf(image->machine, regnum) != reg ||
		    (offset && whole))
			continue;
		whole = !offset;
		out->found = true;
		out->die = var->target;
		out->offset = -offset;
		snprintf(out->how, sizeof(out->how), "%.60s of %.60s()", var->name,
			 var->function ? var->function : "the function");
	}
	return err;
}

static bool scan_insn(struct kmc_image *image, uint64_t at, struct kmc_insn *insn)
{
	const uint8_t *bytes;
	size_t len;
	struct kmc_error *err = kmc_image_code(image, at, KMC_INSN_MAX_LENGTH,
					       &bytes, &len);

	kmc_error_free(err);
	return !err && kmc_insn_scan(bytes, len, at, image->machine, insn);
}

/* A variable's place is often told from behind its first use on only. */
static struct kmc_error *variable_ahead(struct kmc_image *image, uint64_t at,
					enum kmc_reg reg, struct kmc_pointee *out)
{
	struct kmc_error *err = NULL;
	struct kmc_insn insn;

	for (int i = 0; !err && !out->found && i < AHEAD; i++) {
		if (!scan_insn(image, at, &insn) || insn.is_call || insn.is_return ||
		    (insn.is_jump && !insn.is_conditional) ||
		    insn.changes & KMC_REG_BIT(reg))
			break;
		at += insn.length;
		err = variable_in(image, at, reg, out);
	}
	return err;
}

/* A variable that is told of later is better than none, and than what is weak. */
static struct kmc_error *look_ahead(struct kmc_image *image, uint64_t at,
				    enum kmc_reg reg, struct kmc_pointee *out)
{
	struct kmc_pointee ahead = { };
	struct kmc_error *err;

	if (out->found && !out->weak)
		return NULL;
	err = variable_ahead(image, at, reg, &ahead);
	if (ahead.found)
		*out = ahead;
	return err;
}

/* ---- what a type has at an offset ---- */

static bool member_offset(Dwarf_Die *member, uint64_t *offset)
{
	Dwarf_Attribute attr;
	Dwarf_Word value = 0;

	if (dwarf_attr(member, DW_AT_data_member_location, &attr) &&
	    dwarf_formudata(&attr, &value))
		return false;
	*offset = value;
	return !dwarf_hasattr(member, DW_AT_data_bit_offset) &&
	       !dwarf_hasattr(member, DW_AT_bit_size);
}

/*
 * From an array to its element at @within, which becomes the offset in that; another type
 * stays as it is. False: it ends before. What has no end is taken to reach that far.
 */
static bool find_element(Dwarf_Die *type, uint64_t *within)
{
	uint64_t whole;
	int size;

	if (dwarf_tag(type) != DW_TAG_array_type)
		return true;
	whole = kmc_die_size(type);
	if (whole && *within >= whole)
		return false;
	if (!kmc_die_type(type, type) || !kmc_die_peel(type, type))
		return false;
	size = dwarf_bytesize(type);
	if (size <= 0)
		return false;
	*within %= size;
	return true;
}

static bool has_array(Dwarf_Die *type, int depth);

/* An array, or the struct around a flexible one: DECLARE_FLEX_ARRAY(). */
static bool is_array_arm(Dwarf_Die *type, int depth)
{
	return dwarf_tag(type) == DW_TAG_array_type ||
	       (dwarf_tag(type) == DW_TAG_structure_type && !dwarf_diename(type) &&
		has_array(type, depth + 1));
}

static bool has_array(Dwarf_Die *type, int depth)
{
	Dwarf_Die member, of;

	if (depth > 3 || !kmc_die_child(type, &member))
		return false;
	do {
		if (dwarf_tag(&member) == DW_TAG_member && kmc_die_type(&member, &of) &&
		    kmc_die_peel(&of, &of) && is_array_arm(&of, depth))
			return true;
	} while (kmc_die_next(&member));
	return false;
}

/*
 * The pointer that is at @offset of a type. Of the arms of a union it is what is declared
 * first, and weak: which one is in use is not known. An index is for one that is an array.
 */
static bool pointer_at(Dwarf_Die *type, uint64_t offset, int depth,
		       struct kmc_pointee *out)
{
	Dwarf_Die member, inner = *type;
	bool arrays;
	int steps = 0;

	if (depth > MAX_NESTING || !find_element(&inner, &offset))
		return false;
	if (!offset && kmc_die_pointee(&inner, &out->die))
		return true;
	if (!kmc_die_is_aggregate(&inner) || !kmc_die_child(&inner, &member))
		return false;
	arrays = out->indexed && dwarf_tag(&inner) == DW_TAG_union_type &&
		 has_array(&inner, 0);
	do {
		Dwarf_Die of;
		uint64_t start;
		uint64_t size;

		if (dwarf_tag(&member) != DW_TAG_member ||
		    !member_offset(&member, &start) || start > offset ||
		    !kmc_die_type(&member, &of) || !kmc_die_peel(&of, &of))
			continue;
		size = kmc_die_size(&of);
		if (size ? offset - start >= size :
		    !is_array_arm(&of, 0))
			continue;
		if (arrays && !is_array_arm(&of, 0))
			continue;
		out->member[0] = '\0';
		if (!pointer_at(&of, offset - start, depth + 1, out))
			continue;
		out->weak |= dwarf_tag(&inner) == DW_TAG_union_type && !arrays;
		if (!out->member[0])
			snprintf(out->member, sizeof(out->member), "%s",
				 dwarf_diename(&member) ?: "a member");
		return true;
	} while (++steps < MAX_MEMBERS && kmc_die_next(&member));
	return false;
}

/* ---- what a load leaves ---- */

static bool same_pointee(const struct kmc_pointee *a, const struct kmc_pointee *b)
{
	Dwarf_Die one = a->die, other = b->die;
	const char *name = dwarf_diename(&one), *its = dwarf_diename(&other);

	return a->offset == b->offset &&
	       (dwarf_dieoffset(&one) == dwarf_dieoffset(&other) ||
		(name && its && !strcmp(name, its)));
}

/* A register that was spilled there: all that it may have held has to be of one type. */
static struct kmc_error *loaded_spill(struct type_query *query, const struct kmc_insn *insn,
				      int hops, struct kmc_pointee *out)
{
	struct kmc_spills spills;
	struct kmc_error *err;
	bool unsure = false;

	if (!query->left--)
		return NULL;
	err = kmc_spills_find(query->image, query->function, query->size, insn, &spills);
	for (size_t i = 0; !err && i < spills.count; i++) {
		struct kmc_pointee one = { };

		if (spills.v[i].reg == KMC_REG_NONE)
			continue;
		err = follow(query, spills.v[i].at, spills.v[i].reg, hops - 1, &one);
		if (err || (one.found && out->found && !same_pointee(out, &one))) {
			out->found = false;
			break;
		}
		unsure |= !one.found;
		if (one.found)
			*out = one;
	}
	out->weak |= unsure;
	return err;
}

/* A variable in the frame, if that is what the base register points into. */
static struct kmc_error *loaded_from_frame(struct type_query *query,
					   const struct kmc_insn *insn, int hops,
					   struct kmc_pointee *out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	struct kmc_reaching base;
	struct kmc_error *err;
	struct kmc_slot slot;

	if (mem->index != KMC_REG_NONE || !query->left--)
		return NULL;
	err = kmc_reaching_value(query->image, query->function, query->size,
				 insn->address, mem->base, &base);
	if (err || base.origin.kind != KMC_ORIGIN_START ||
	    base.origin.reg != KMC_REG_RSP)
		return err;
	/* The return address lies between. */
	err = kmc_vars_slot(query->image, insn->address,
			    base.origin.offset + mem->disp - insn->machine->word, &slot);
	if (!err && !slot.found)
		return loaded_spill(query, insn, hops, out);
	if (err || !pointer_at(&slot.type, slot.offset, 0, out))
		return err;
	out->found = true;
	snprintf(out->how, sizeof(out->how), "%.60s%s%.60s",
		 slot.name ? slot.name : "a variable", out->member[0] ? "." : "",
		 out->member);
	return NULL;
}

static const char *object_at(struct kmc_image *image, uint64_t address)
{
	int count = dwfl_module_getsymtab(image->mod);

	for (int i = 1; i < count; i++) {
		GElf_Sym sym;
		const char *name = dwfl_module_getsym(image->mod, i, &sym, NULL);

		if (name && sym.st_value == address &&
		    GELF_ST_TYPE(sym.st_info) == STT_OBJECT)
			return name;
	}
	return NULL;
}

/* The variable of that name, as the file of this function declares it. */
static bool find_global(struct kmc_image *image, uint64_t at, const char *name,
			Dwarf_Die *type)
{
	Dwarf_Die cu, die;
	bool found = false;

	if (!kmc_image_cu(image, at - image->bias, &cu) || !kmc_die_child(&cu, &die))
		return false;
	do {
		const char *other;

		if (dwarf_tag(&die) != DW_TAG_variable)
			continue;
		other = dwarf_diename(&die);
		found = other && !strcmp(other, name) &&
			kmc_die_type(&die, type) && kmc_die_peel(type, type);
	} while (!found && kmc_die_next(&die));
	return found;
}

/* A global variable, or one of the CPU's own, which a segment makes an address of. */
static void loaded_global(struct type_query *query, const struct kmc_insn *insn,
			  struct kmc_pointee *out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	uint64_t address = mem->disp;
	const char *name;
	Dwarf_Die type;

	if (mem->index != KMC_REG_NONE ||
	    (mem->segment && mem->segment != insn->machine->per_cpu))
		return;
	if (mem->base == KMC_REG_RIP)
		address += insn->address + insn->length;
	name = object_at(query->image, address);
	if (!name || !find_global(query->image, insn->address, name, &type) ||
	    !pointer_at(&type, 0, 0, out))
		return;
	out->found = true;
	snprintf(out->how, sizeof(out->how), "%.100s", name);
}

static struct kmc_error *loaded_member(struct type_query *query,
				       const struct kmc_insn *insn, int hops,
				       struct kmc_pointee *out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	struct kmc_pointee outer = { };
	struct kmc_error *err;
	int64_t offset;

	err = follow(query, insn->address, mem->base, hops - 1, &outer);
	if (err || !outer.found)
		return err;
	offset = outer.offset + mem->disp;
	/* An array of pointers: p[2]. */
	if (dwarf_tag(&outer.die) == DW_TAG_pointer_type)
		offset %= insn->machine->word;
	out->indexed = mem->index != KMC_REG_NONE;
	if (offset < 0 || !pointer_at(&outer.die, offset, 0, out))
		return NULL;
	out->found = true;
	out->weak |= outer.weak;
	snprintf(out->how, sizeof(out->how), "%.100s%s%s", outer.how,
		 out->member[0] ? "->" : "[]", out->member);
	return NULL;
}

static struct kmc_error *loaded(struct type_query *query, const struct kmc_insn *insn,
				int hops, struct kmc_pointee *out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	struct kmc_error *err;

	if (insn->nmem != 1 || !mem->read || mem->write ||
	    mem->size != insn->machine->word)
		return NULL;
	if (mem->base == KMC_REG_RIP || mem->base == KMC_REG_NONE || mem->segment)
		loaded_global(query, insn, out);
	if (out->found || mem->segment || mem->base == KMC_REG_NONE ||
	    mem->base == KMC_REG_RIP)
		return NULL;
	err = loaded_from_frame(query, insn, hops, out);
	if (err || out->found || mem->base == KMC_REG_RSP)
		return err;
	return loaded_member(query, insn, hops, out);
}

/* ---- one hop ---- */

static struct kmc_error *call_result(struct kmc_image *image,
				     const struct kmc_insn *insn,
				     struct kmc_pointee *out)
{
	Dwarf_Die function, type;
	struct kmc_error *err;
	const char *name;
	bool found;

	if (insn->indirect)
		return NULL;
	err = kmc_image_function(image, insn->target, &function, &found);
	if (err || !found || !kmc_die_type(&function, &type) ||
	    !kmc_die_pointee(&type, &out->die))
		return err;
	name = dwarf_diename(&function);
	out->found = true;
	snprintf(out->how, sizeof(out->how), "what %.60s() returned",
		 name ? name : "the function");
	return NULL;
}

static struct kmc_error *left_by(struct type_query *query, const struct kmc_origin *origin,
				 int hops, struct kmc_pointee *out)
{
	struct kmc_error *err;
	struct kmc_insn insn;

	if (!scan_insn(query->image, origin->at, &insn))
		return NULL;
	err = variable_in(query->image, origin->at + insn.length, origin->reg, out);
	if (!err && !out->found && insn.is_call && origin->reg == insn.machine->result)
		err = call_result(query->image, &insn, out);
	else if (!err && !out->found && !insn.is_call)
		err = loaded(query, &insn, hops, out);
	if (!err && !insn.is_call)
		err = look_ahead(query->image, origin->at + insn.length,
				 origin->reg, out);
	return err;
}

static struct kmc_error *origin_type(struct type_query *query,
				     const struct kmc_origin *origin, int hops,
				     struct kmc_pointee *out);

/*
 * A join point: NULL has any type, all else has to be of one. It is weak if that is not
 * known of every edge.
 */
static struct kmc_error *join(struct type_query *query, const struct kmc_origin *origin,
			      int hops, struct kmc_pointee *out)
{
	struct kmc_origin origins[MAX_ORIGINS];
	struct kmc_error *err;
	bool unsure = false;
	size_t count;

	if (!hops || !query->left--)
		return NULL;
	err = kmc_reaching_merge(query->image, query->function, query->size,
				 origin->at, origin->reg, origins, MAX_ORIGINS, &count);
	for (size_t i = 0; !err && i < count; i++) {
		struct kmc_pointee one = { };

		if (origins[i].kind == KMC_ORIGIN_CONSTANT)
			continue;
		err = origin_type(query, &origins[i], hops - 1, &one);
		if (err || (one.found && out->found && !same_pointee(out, &one))) {
			out->found = false;
			break;
		}
		unsure |= !one.found;
		if (one.found)
			*out = one;
	}
	out->weak |= unsure;
	return err;
}

static struct kmc_error *origin_type(struct type_query *query,
				     const struct kmc_origin *origin, int hops,
				     struct kmc_pointee *out)
{
	struct kmc_error *err = NULL;

	switch (origin->kind) {
	case KMC_ORIGIN_START:
	case KMC_ORIGIN_BEFORE:
		err = variable_in(query->image, origin->at, origin->reg, out);
		if (!err && !out->found && origin->kind == KMC_ORIGIN_BEFORE)
			err = join(query, origin, hops, out);
		if (!err)
			err = look_ahead(query->image, origin->at, origin->reg, out);
		break;
	case KMC_ORIGIN_AFTER:
		err = left_by(query, origin, hops, out);
		break;
	default:
		break;
	}
	out->offset = kmc_machine_difference(query->image->machine,
					     out->offset + origin->offset);
	return err;
}

static struct kmc_error *follow(struct type_query *query, uint64_t at, enum kmc_reg reg,
				int hops, struct kmc_pointee *out)
{
	struct kmc_reaching reaching;
	struct kmc_error *err;

	err = variable_in(query->image, at, reg, out);
	if (err || out->found || hops <= 0 || !query->left--)
		return err;
	err = kmc_reaching_value(query->image, query->function, query->size, at, reg,
				 &reaching);
	if (err)
		return err;
	err = origin_type(query, &reaching.origin, hops, out);
	if (!err && !out->found)
		out->offset = 0;
	if (!err)
		err = look_ahead(query->image, at, reg, out);
	return err;
}

/* False: no function is known there. */
static bool start_query(struct type_query *query, uint64_t at)
{
	struct kmc_image *image = query->image;
	struct kmc_error *err = kmc_image_symtab(image);
	const struct kmc_symbol *symbol = err ? NULL : kmc_symtab_at(&image->symtab, at);

	kmc_error_free(err);
	if (!symbol)
		return false;
	query->function = symbol->address;
	query->size = kmc_symbol_code_size(symbol);
	query->left = MAX_QUERIES;
	return true;
}

static struct kmc_error *only_nomem(struct kmc_error *err, struct kmc_pointee *out)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	out->found = false;
	return NULL;
}

static struct kmc_error *find_pointee(struct kmc_image *image, uint64_t at,
				      enum kmc_reg reg, struct kmc_pointee *out)
{
	struct type_query query = { .image = image };

	if (!start_query(&query, at))
		return NULL;
	return only_nomem(follow(&query, at, reg, MAX_HOPS, out), out);
}

struct kmc_error *kmc_type_stored(struct kmc_image *image, const struct kmc_insn *store,
				  struct kmc_pointee *out)
{
	struct type_query query = { .image = image };
	struct kmc_insn load = *store;

	*out = (struct kmc_pointee) { };
	if (!start_query(&query, store->address))
		return NULL;
	/* What is stored to a place is of the type that is loaded from there. */
	load.mem[0].read = true;
	load.mem[0].write = false;
	return only_nomem(loaded(&query, &load, MAX_HOPS, out), out);
}

/* The high bits of all addresses in a kernel are the same. */
static uint64_t pointee_key(uint64_t at, enum kmc_reg reg)
{
	return at * KMC_REG_COUNT + reg;
}

static void release_pointees(void *cache)
{
	kmc_map_release(cache, free);
}

/* address and register → struct kmc_pointee */
static const struct kmc_cache_ops pointee_cache = {
	.size = sizeof(struct kmc_map), .release = release_pointees,
};

/* What one report has asked, the next of that bug will ask again. */
struct kmc_error *kmc_type_propagate(struct kmc_image *image, uint64_t at,
				     enum kmc_reg reg, struct kmc_pointee *out)
{
	const uint64_t key = pointee_key(at, reg);
	struct kmc_map *kept = kmc_image_cache(image, &pointee_cache);
	struct kmc_pointee *known;
	struct kmc_error *err;

	if (!kept)
		return kmc_error_nomem();
	known = kmc_map_get(kept, key);
	if (!known) {
		known = calloc(1, sizeof(*known));
		if (!known)
			return kmc_error_nomem();
		if (kept->count == MAX_KEPT)
			kmc_map_release(kept, free);
		err = find_pointee(image, at, reg, known);
		if (!err && !kmc_map_put(kept, key, known))
			err = kmc_error_nomem();
		if (err) {
			free(known);
			return err;
		}
	}
	*out = *known;
	return NULL;
}
