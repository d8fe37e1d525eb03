// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a register points to where no variable says so: its value is followed back to
 * where it came from, and that is typed.
 *
 * A value that a load left there has the type of the member that was loaded, one that a
 * call left the type that the function returns, and one that was there when the function
 * began, or where ways meet, that of the variable that was in the register there.
 */
#include <dwarf.h>
#include <inttypes.h>

#include "locate.h"

/* p->a->b->c->d */
#define MAX_HOPS	4
#define MAX_NESTING	16
#define MAX_MEMBERS	8192

/* ---- variables ---- */

/* The variable that is the register and nothing else, the innermost of several. */
static struct kmc_error *variable_in(struct kmc_image *image, uint64_t at,
				     enum kmc_reg reg, struct kmc_pointee *out)
{
	struct kmc_vars vars;
	struct kmc_error *err = kmc_vars_at(image, at, &vars);

	for (size_t i = 0; !err && i < vars.count; i++) {
		const struct kmc_var *var = &vars.v[i];

		if (!kmc_place_is_register(&var->place) ||
		    kmc_reg_of_dwarf(__builtin_ctz(var->place.regs)) != reg)
			continue;
		out->found = true;
		out->die = var->target;
		snprintf(out->how, sizeof(out->how), "%.60s of %.60s()", var->name,
			 var->function ? var->function : "the function");
	}
	kmc_vars_release(&vars);
	return err;
}

/* ---- members ---- */

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

/* Elements of an array in all dimensions; 0: it is flexible, or damaged. */
static uint64_t array_count(Dwarf_Die *array)
{
	uint64_t count = 1;
	Dwarf_Die range;
	int steps = 0;

	if (!kmc_die_child(array, &range))
		return 0;
	do {
		Dwarf_Attribute attr;
		Dwarf_Word bound;

		if (dwarf_tag(&range) != DW_TAG_subrange_type)
			continue;
		/* GCC gives the last index, clang the count. */
		if (!dwarf_attr(&range, DW_AT_upper_bound, &attr) &&
		    !dwarf_attr(&range, DW_AT_count, &attr))
			return 0;
		if (dwarf_formudata(&attr, &bound) || bound > INT32_MAX)
			return 0;
		bound += dwarf_whatattr(&attr) == DW_AT_upper_bound;
		if (__builtin_mul_overflow(count, bound, &count))
			return 0;
	} while (++steps < MAX_NESTING && kmc_die_next(&range));
	return count;
}

/*
 * From an array to its element at @within, which becomes the offset in that; another type
 * stays as it is. False: it ends before. What has no end is taken to reach that far.
 */
static bool find_element(Dwarf_Die *type, uint64_t *within)
{
	uint64_t count;
	int size;

	if (dwarf_tag(type) != DW_TAG_array_type)
		return true;
	count = array_count(type);
	if (!kmc_die_type(type, type) || !kmc_die_peel(type, type))
		return false;
	size = dwarf_bytesize(type);
	if (size <= 0 || (count && *within / size >= count))
		return false;
	*within %= size;
	return true;
}

/*
 * The pointer that is the member at @offset: first of all what is declared first, as of
 * the arms of a union.
 */
static bool pointer_member(Dwarf_Die *aggregate, uint64_t offset, int depth,
			   struct kmc_pointee *out)
{
	Dwarf_Die member, type;
	int steps = 0;

	if (depth > MAX_NESTING || !kmc_die_child(aggregate, &member))
		return false;
	do {
		uint64_t start, within;
		int size;

		if (dwarf_tag(&member) != DW_TAG_member ||
		    !member_offset(&member, &start) || start > offset ||
		    !kmc_die_type(&member, &type) || !kmc_die_peel(&type, &type))
			continue;
		within = offset - start;
		if (!find_element(&type, &within))
			continue;
		if (!within && kmc_die_pointee(&type, &out->die)) {
			const char *name = dwarf_diename(&member);

			snprintf(out->member, sizeof(out->member), "%s",
				 name ? name : "a member");
			return true;
		}
		size = dwarf_bytesize(&type);
		if ((dwarf_tag(&type) == DW_TAG_structure_type ||
		     dwarf_tag(&type) == DW_TAG_union_type) &&
		    size > 0 && within < (uint64_t)size &&
		    pointer_member(&type, within, depth + 1, out))
			return true;
	} while (++steps < MAX_MEMBERS && kmc_die_next(&member));
	return false;
}

/* ---- one hop ---- */

static struct kmc_error *follow(struct kmc_image *image, uint64_t at,
				enum kmc_reg reg, int hops,
				struct kmc_pointee *out);

static struct kmc_error *loaded(struct kmc_image *image,
				const struct kmc_insn *insn, int hops,
				struct kmc_pointee *out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	struct kmc_pointee outer = { };
	struct kmc_error *err;
	int64_t offset;

	if (insn->nmem != 1 || !mem->read || mem->write || mem->size != 8 ||
	    mem->segment || mem->index != KMC_REG_NONE ||
	    mem->base == KMC_REG_NONE || mem->base == KMC_REG_RIP ||
	    mem->base == KMC_REG_RSP)
		return NULL;
	err = follow(image, insn->address, mem->base, hops - 1, &outer);
	if (err || !outer.found)
		return err;
	offset = outer.offset + mem->disp;
	if (offset < 0 || !pointer_member(&outer.die, offset, 0, out))
		return NULL;
	out->found = true;
	snprintf(out->how, sizeof(out->how), "%.100s->%s", outer.how, out->member);
	return NULL;
}

static struct kmc_error *type_of_result(struct kmc_image *image,
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

static struct kmc_error *left_by(struct kmc_image *image,
				 const struct kmc_origin *origin, int hops,
				 struct kmc_pointee *out)
{
	const uint8_t *bytes;
	struct kmc_insn insn;
	struct kmc_error *err;
	size_t len;

	err = kmc_image_code(image, origin->at, KMC_INSN_MAX_LENGTH, &bytes, &len);
	if (err)
		return err;
	if (!kmc_insn_scan(bytes, len, origin->at, false, &insn))
		return NULL;
	err = variable_in(image, origin->at + insn.length, origin->reg, out);
	if (err || out->found)
		return err;
	if (insn.is_call && origin->reg == KMC_REG_RAX)
		return type_of_result(image, &insn, out);
	return insn.is_call ? NULL : loaded(image, &insn, hops, out);
}

static struct kmc_error *follow(struct kmc_image *image, uint64_t at,
				enum kmc_reg reg, int hops,
				struct kmc_pointee *out)
{
	const struct kmc_symbol *symbol;
	struct kmc_reaching reaching;
	const struct kmc_origin *origin = &reaching.origin;
	struct kmc_error *err;

	err = variable_in(image, at, reg, out);
	if (err || out->found || !hops)
		return err;
	symbol = kmc_symtab_at(&image->symtab, at);
	if (!symbol)
		return NULL;
	err = kmc_reaching_value(image, symbol->address, symbol->size, at, reg,
				 &reaching);
	if (err)
		return err;
	switch (origin->kind) {
	case KMC_ORIGIN_START:
	case KMC_ORIGIN_BEFORE:
		err = variable_in(image, origin->at, origin->reg, out);
		break;
	case KMC_ORIGIN_AFTER:
		err = left_by(image, origin, hops, out);
		break;
	default:
		return NULL;
	}
	out->offset += origin->offset;
	return err;
}

struct kmc_error *kmc_typeflow(struct kmc_image *image, uint64_t at,
			       enum kmc_reg reg, struct kmc_pointee *out)
{
	struct kmc_error *err;

	*out = (struct kmc_pointee) { };
	err = kmc_image_symtab(image);
	if (!err)
		err = follow(image, at, reg, MAX_HOPS, out);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
		out->found = false;
	}
	return err;
}
