// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects that are accessed through a pointer to a member of theirs: what container_of()
 * has made is often in no register, because the compiler counts from the member on.
 *
 * What it made is of a type that the function knows: of one of its variables, or returned
 * by a function that takes the member, as struct ext4_inode_info by EXT4_I(inode), which
 * leaves no trace of its own. Several types may fit; the code says which fits best.
 */
#include "explain/container.h"

#include <dwarf.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "code/code.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"
#include "explain/type_propagation.h"
#include "types/image_types.h"

#define MAX_TYPES	64
#define MAX_DIES	8192
#define MAX_DEPTH	64
#define MAX_NESTING	8
#define MAX_FITS	16
#define MAX_ELEMENTS	8

/* What speaks for a type; beyond this it is the number of accesses that fit it, too. */
#define BY_FUNCTION	200	/* a function makes it of the member */
#define BY_CODE		100	/* the code counts back from the member to its start */
#define BY_START	50	/* the register points to its start, not to the member */

/**
 * struct containing - the search for a container
 * @access: the access
 * @member: what the register points to
 * @disp: the access, from there
 * @ahead: the member, from what the register points to
 * @types: that the function knows, whether another function makes them of the member, and
 *	whether they are of its own variables, not only of functions of its file
 * @ntypes: of them
 * @dies: that may still be looked at
 * @fits: types and where in them the member is, for which the access is a whole member,
 *	and what speaks for them
 * @nfits: of them
 */
struct containing {
	const struct kmc_access *access;
	Dwarf_Die member;
	int64_t disp;
	int64_t ahead;
	struct known {
		Dwarf_Die die;
		bool made;
		bool own;
	} types[MAX_TYPES];
	size_t ntypes;
	int dies;
	struct fit {
		Dwarf_Die type;
		uint64_t at;
		bool own;
		int score;
	} fits[MAX_FITS];
	size_t nfits;
};

static bool same_type(Dwarf_Die *a, Dwarf_Die *b)
{
	const char *one = dwarf_diename(a), *other = dwarf_diename(b);

	return dwarf_dieoffset(a) == dwarf_dieoffset(b) ||
	       (one && other && dwarf_tag(a) == dwarf_tag(b) && !strcmp(one, other));
}

/* ---- the types that a function knows ---- */

/* @of: a variable, or a function that returns it */
static void add_type(struct containing *c, Dwarf_Die *of, bool made, bool own)
{
	Dwarf_Die type, target;

	if (!kmc_die_type(of, &type) || !kmc_die_pointee(&type, &target) ||
	    !kmc_die_is_aggregate(&target) || same_type(&target, &c->member))
		return;
	for (size_t i = 0; i < c->ntypes; i++) {
		if (!same_type(&c->types[i].die, &target))
			continue;
		c->types[i].made |= made;
		c->types[i].own |= own;
		return;
	}
	if (c->ntypes == MAX_TYPES)
		return;
	c->types[c->ntypes].die = target;
	c->types[c->ntypes].own = own;
	c->types[c->ntypes++].made = made;
}

/* A function of one parameter, which is the member. */
static bool takes_member(struct containing *c, Dwarf_Die *function)
{
	Dwarf_Die die, type, target;
	int parameters = 0;

	if (!kmc_die_child(function, &die))
		return false;
	do {
		if (dwarf_tag(&die) != DW_TAG_formal_parameter)
			continue;
		if (parameters++ || !kmc_die_type(&die, &type) ||
		    !kmc_die_pointee(&type, &target) || !same_type(&target, &c->member))
			return false;
	} while (c->dies-- > 0 && kmc_die_next(&die));
	return parameters == 1;
}

/* The functions of the same file that make something of the member. */
static void collect_makers(struct containing *c)
{
	Dwarf_Die cu, die, type, target;

	if (!kmc_image_cu(c->access->image, c->access->pc - c->access->image->bias, &cu) ||
	    !kmc_die_child(&cu, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_subprogram && kmc_die_type(&die, &type) &&
		    kmc_die_pointee(&type, &target) && kmc_die_is_aggregate(&target) &&
		    takes_member(c, &die))
			add_type(c, &die, true, false);
	} while (kmc_die_next(&die));
}

static void collect(struct containing *c, Dwarf_Die *scope, int depth)
{
	Dwarf_Die die, origin;
	Dwarf_Attribute attr;

	if (depth > MAX_DEPTH || !kmc_die_child(scope, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_formal_parameter:
		case DW_TAG_variable:
			add_type(c, &die, false, true);
			break;
		case DW_TAG_inlined_subroutine:
			if (dwarf_attr(&die, DW_AT_abstract_origin, &attr) &&
			    dwarf_formref_die(&attr, &origin))
				add_type(c, &origin, takes_member(c, &origin), true);
			collect(c, &die, depth + 1);
			break;
		case DW_TAG_lexical_block:
			collect(c, &die, depth + 1);
			break;
		}
	} while (c->dies-- > 0 && kmc_die_next(&die));
}

/* ---- the member in them ---- */

/* Is what was read just one member? */
static struct kmc_error *is_whole(struct containing *c, Dwarf_Die *type, uint64_t offset,
				  unsigned int size, bool *whole)
{
	struct kmc_fields fields = { };
	struct kmc_types *types;
	struct kmc_error *err;
	kmc_type_id id;
	bool truncated;

	*whole = false;
	err = kmc_image_type(c->access->image, type, &types, &id);
	if (!err)
		err = kmc_layout_fields(types, id, offset, 1, &fields, &truncated);
	for (size_t i = 0; !err && i < fields.count; i++)
		*whole |= fields.v[i].place == KMC_PLACE_MEMBER &&
			  fields.v[i].offset == offset &&
			  fields.v[i].size == size;
	kmc_fields_release(&fields);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}

static struct kmc_error *try_place(struct containing *c, Dwarf_Die *type, uint64_t at)
{
	const int64_t offset = (int64_t)at + c->disp;
	struct kmc_error *err;
	bool whole;

	if (offset < 0 || offset >= (int64_t)kmc_die_size(type) || c->nfits == MAX_FITS)
		return NULL;
	err = is_whole(c, type, offset, c->access->mem->size, &whole);
	if (!err && whole) {
		c->fits[c->nfits].type = *type;
		c->fits[c->nfits].score = c->ahead && c->ahead == (int64_t)at ? BY_START : 0;
		c->fits[c->nfits++].at = at;
	}
	return err;
}

/* Elements of an array at @at that are the member. */
static struct kmc_error *try_elements(struct containing *c, Dwarf_Die *outer, Dwarf_Die *array,
				      uint64_t at)
{
	const uint64_t whole = kmc_die_size(array);
	struct kmc_error *err = NULL;
	Dwarf_Die type;
	uint64_t size;

	if (!kmc_die_type(array, &type) || !kmc_die_peel(&type, &type) ||
	    !same_type(&type, &c->member))
		return NULL;
	size = kmc_die_size(&type);
	for (uint64_t i = 0; !err && size && i < MAX_ELEMENTS && (i + 1) * size <= whole; i++)
		err = try_place(c, outer, at + i * size);
	return err;
}

/* All places in @outer, @at of which is @part, where the member is. */
static struct kmc_error *find_places(struct containing *c, Dwarf_Die *outer,
				     Dwarf_Die *part, uint64_t at, int depth)
{
	struct kmc_error *err = NULL;
	Dwarf_Die die, type;

	if (depth > MAX_NESTING || !kmc_die_is_aggregate(part) || !kmc_die_child(part, &die))
		return NULL;
	do {
		Dwarf_Attribute attr;
		Dwarf_Word start = 0;

		if (dwarf_tag(&die) != DW_TAG_member ||
		    (dwarf_attr(&die, DW_AT_data_member_location, &attr) &&
		     dwarf_formudata(&attr, &start)) ||
		    !kmc_die_type(&die, &type) || !kmc_die_peel(&type, &type))
			continue;
		if (dwarf_tag(&type) == DW_TAG_array_type)
			err = try_elements(c, outer, &type, at + start);
		else if (!kmc_die_is_aggregate(&type))
			continue;
		else if (same_type(&type, &c->member))
			err = try_place(c, outer, at + start);
		else
			err = find_places(c, outer, &type, at + start, depth + 1);
	} while (!err && c->dies-- > 0 && kmc_die_next(&die));
	return err;
}

/* ---- what speaks for them ---- */

/* An instruction that uses the same register may use the same object. */
static struct kmc_error *count_access(struct containing *c, const struct kmc_insn *insn,
				      struct fit *fit)
{
	const struct kmc_mem *own = c->access->mem, *mem = &insn->mem[0];
	const int64_t offset = (int64_t)fit->at + c->disp + mem->disp - own->disp;
	struct kmc_error *err;
	bool whole;

	/* Not where room is made on the stack. */
	if (!insn->effect.narrow && insn->effect.base != KMC_REG_NONE &&
	    insn->effect.base != KMC_REG_RSP && fit->at &&
	    insn->effect.value == -(int64_t)fit->at && fit->score < BY_CODE)
		fit->score += BY_CODE;
	if (insn->nmem != 1 || mem->base != own->base || mem->index != KMC_REG_NONE ||
	    mem->disp == own->disp || offset < 0 ||
	    offset >= (int64_t)kmc_die_size(&fit->type))
		return NULL;
	err = is_whole(c, &fit->type, offset, mem->size, &whole);
	fit->score += whole && (fit->score % BY_CODE) + 1 < BY_CODE;
	return err;
}

static struct kmc_error *read_function(struct containing *c)
{
	const uint64_t end = c->access->function + c->access->function_size;
	struct kmc_error *err = NULL;
	struct kmc_insn insn;

	for (uint64_t at = c->access->function; !err && at < end; at += insn.length) {
		const uint8_t *bytes;
		size_t len;

		err = kmc_image_code(c->access->image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
		if (err || !kmc_insn_scan(bytes, len, at, c->access->image->machine, &insn))
			break;
		for (size_t i = 0; !err && i < c->nfits; i++)
			err = count_access(c, &insn, &c->fits[i]);
	}
	return err;
}

/*
 * Only what most speaks for stays. What other functions of the file make of such a member
 * does not exclude what this one has a variable for.
 */
static void keep_best(struct containing *c)
{
	bool own = false;
	size_t kept = 0;
	int best = 0;

	for (size_t i = 0; i < c->nfits; i++)
		if (c->fits[i].score > best)
			best = c->fits[i].score;
	for (size_t i = 0; i < c->nfits; i++)
		own |= c->fits[i].score == best && c->fits[i].own;
	for (size_t i = 0; i < c->nfits; i++)
		if (c->fits[i].score == best || (!own && c->fits[i].own))
			c->fits[kept++] = c->fits[i];
	c->nfits = kept;
}

/* Does @outer have @inner at @at? */
static bool has_at(Dwarf_Die *outer, uint64_t at, Dwarf_Die *inner, int depth)
{
	Dwarf_Die die, type;

	if (depth > MAX_NESTING || !kmc_die_child(outer, &die))
		return false;
	do {
		Dwarf_Attribute attr;
		Dwarf_Word start = 0;

		if (dwarf_tag(&die) != DW_TAG_member ||
		    (dwarf_attr(&die, DW_AT_data_member_location, &attr) &&
		     dwarf_formudata(&attr, &start)) || start > at ||
		    !kmc_die_type(&die, &type) || !kmc_die_peel(&type, &type) ||
		    !kmc_die_is_aggregate(&type) || at - start >= kmc_die_size(&type))
			continue;
		if ((at == start && same_type(&type, inner)) ||
		    has_at(&type, at - start, inner, depth + 1))
			return true;
	} while (kmc_die_next(&die));
	return false;
}

/*
 * What speaks for a struct speaks for all that it may be a part of, so of these nothing is
 * known: inet_csk() makes an inet_connection_sock, of which an mptcp_sock is one kind.
 */
static void drop_outer(struct containing *c)
{
	uint64_t drop = 0;
	size_t kept = 0;

	for (size_t i = 0; i < c->nfits; i++)
		for (size_t j = 0; j < c->nfits; j++) {
			struct fit *outer = &c->fits[i], *inner = &c->fits[j];

			if (i != j && outer->at >= inner->at &&
			    has_at(&outer->type, outer->at - inner->at, &inner->type, 0))
				drop |= 1ULL << i;
		}
	for (size_t i = 0; i < c->nfits; i++)
		if (!(drop & 1ULL << i))
			c->fits[kept++] = c->fits[i];
	c->nfits = kept;
}

/* ---- the whole ---- */

static struct kmc_error *add_fit(struct kmc_search *search, const struct containing *c,
				 struct fit *fit, uint64_t value,
				 const struct kmc_pointee *pointee)
{
	const struct kmc_access *access = search->access;
	struct kmc_found *place;
	struct kmc_error *err;

	err = kmc_search_add(search, &fit->type, access->image, value - fit->at, &place);
	if (err || !place)
		return err;
	place->reasons |= 1u << KMC_BY_REGISTER;
	place->base = true;
	/*
	 * What else it may be is as good, and a register that points elsewhere in it is rare.
	 * A function of the file that this one does not use says little: of a struct device,
	 * any header has one.
	 */
	place->weak |= pointee->weak || c->nfits > 1 || fit->score < BY_CODE || !fit->own ||
		       (c->ahead && c->ahead != (int64_t)fit->at);
	return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER,
				place->candidate.offset, true,
				"%s is in %s = 0x%" PRIx64 ", which is at +%" PRIu64 " of %s",
				pointee->how,
				kmc_report_reg_name(access->report, access->mem->base), value,
				fit->at, place->candidate.type);
}

static struct kmc_error *find_containers(struct kmc_search *search, struct containing *c,
					 uint64_t value, const struct kmc_pointee *pointee)
{
	struct kmc_error *err;
	Dwarf_Die function;
	bool found;

	err = kmc_image_function(c->access->image, c->access->pc, &function, &found);
	if (err || !found)
		return err;
	c->dies = MAX_DIES;
	collect(c, &function, 0);
	c->dies = MAX_DIES;
	collect_makers(c);
	for (size_t i = 0; !err && i < c->ntypes; i++) {
		const size_t before = c->nfits;

		c->dies = MAX_DIES;
		err = find_places(c, &c->types[i].die, &c->types[i].die, 0, 0);
		for (size_t j = before; j < c->nfits; j++) {
			c->fits[j].own = c->types[i].own;
			if (c->types[i].made)
				c->fits[j].score = BY_FUNCTION;
		}
	}
	if (!err && c->nfits)
		err = read_function(c);
	keep_best(c);
	drop_outer(c);
	for (size_t i = 0; !err && i < c->nfits; i++)
		err = add_fit(search, c, &c->fits[i], value, pointee);
	return err;
}

struct kmc_error *kmc_containers_find(struct kmc_search *search)
{
	const struct kmc_access *access = search->access;
	struct containing c = { .access = access };
	struct kmc_pointee pointee;
	struct kmc_error *err;
	uint64_t value;

	if (!kmc_search_wants_base(search) || access->mem->index != KMC_REG_NONE ||
	    access->insn.string ||
	    !kmc_register_before(&access->insn, &access->rep, access->report,
				 access->mem->base, &value))
		return NULL;
	err = kmc_type_propagate(access->image, access->pc, access->mem->base, &pointee);
	if (err || !pointee.found || !kmc_die_is_aggregate(&pointee.die))
		return err;
	value = kmc_machine_cut(access->insn.machine, value - pointee.offset);
	c.member = pointee.die;
	c.disp = access->address - value;
	c.ahead = -pointee.offset;
	return find_containers(search, &c, value, &pointee);
}
