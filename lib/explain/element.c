// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Elements of arrays that only a pointer to the first one is known of: p[i].member, which
 * adds i times the size of *p, and table[i], which is a pointer or a number itself.
 */
#include "explain/element.h"

#include <inttypes.h>

#include "base/error.h"
#include "code/code.h"
#include "code/reaching_definitions.h"
#include "debuginfo/die.h"
#include "explain/type_propagation.h"

/* Additions that are followed back. */
#define MAX_SUMS	8

/**
 * struct element - an element of an array
 * @type: of it
 * @start: run-time address
 * @sure: the index is for elements of that size
 */
struct element {
	Dwarf_Die type;
	uint64_t start;
	bool sure;
};

/* @pointer is that register of the operand which holds the pointer, @value. */
static bool find_element(const struct kmc_access *access, const struct kmc_pointee *pointee,
			 uint64_t value, struct element *out)
{
	const struct kmc_mem *mem = access->mem;
	Dwarf_Die type = pointee->die;
	const uint64_t size = kmc_die_size(&type);
	uint64_t within, added, flexible;

	/* There is no array of what ends in an array itself. */
	if (kmc_die_is_flexible(&type, &flexible) &&
	    mem->disp + pointee->offset >= (int64_t)flexible)
		return false;
	/* What the index has added, and what is left of the element then. */
	added = kmc_machine_cut(access->insn.machine, access->mem_at - value - mem->disp);
	if (!size || !mem->size)
		return false;
	within = ((mem->disp + pointee->offset) % (int64_t)size + size) % size;
	if (within + mem->size > size)
		return false;
	within += access->address - access->mem_at;
	*out = (struct element) {
		.type = type, .start = access->address - within, .sure = added % size == 0,
	};
	/* An array of numbers or pointers is read one by one. */
	return kmc_die_is_aggregate(&type) || (size == mem->size && !within);
}

static struct kmc_error *try_pointer(struct kmc_search *search, enum kmc_reg reg, bool scalars,
				     struct kmc_found **out)
{
	const struct kmc_access *access = search->access;
	struct kmc_pointee pointee;
	struct element element;
	struct kmc_found *place;
	struct kmc_error *err;
	uint64_t value;

	if (reg == KMC_REG_NONE || reg == KMC_REG_RIP || reg == KMC_REG_RSP ||
	    !kmc_register_before(&access->insn, &access->rep, access->report, reg, &value))
		return NULL;
	err = kmc_type_propagate(access->image, access->pc, reg, &pointee);
	if (err || !pointee.found || !find_element(access, &pointee, value, &element) ||
	    kmc_die_is_aggregate(&element.type) == scalars)
		return err;
	err = kmc_search_add(search, &element.type, access->image, element.start, &place);
	if (err || !place)
		return err;
	*out = place;
	place->reasons |= 1u << KMC_BY_REGISTER;
	place->base = true;
	place->indexed = element.sure;
	/* What is a byte or a number here may have been cast to what it is there for. */
	place->weak |= pointee.weak || !element.sure ||
		       !kmc_die_is_aggregate(&element.type);
	return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER,
				place->candidate.offset, true,
				"%s, an array, is in %s = 0x%" PRIx64, pointee.how,
				kmc_report_reg_name(access->report, reg), value);
}

/* Of what the source says, all but what it casts to may be of something else that it says. */
static bool wants_pointer(const struct kmc_search *search, bool scalars)
{
	if (kmc_search_wants_base(search))
		return true;
	for (size_t i = 0; i < search->count; i++) {
		const struct kmc_found *place = &search->places[i];

		if (place->base && (!scalars || !place->said || place->made))
			return false;
	}
	return search->count;
}

/* A number that the pointer points to is as good. */
static void weaken_others(struct kmc_search *search, const struct kmc_found *place)
{
	for (size_t i = 0; i < search->count; i++)
		if (&search->places[i] != place && search->places[i].said)
			search->places[i].weak = true;
}

struct kmc_error *kmc_elements_find(struct kmc_search *search, bool scalars)
{
	const struct kmc_access *access = search->access;
	struct kmc_found *place = NULL;
	struct kmc_error *err;

	if (!access->mem || access->mem->index == KMC_REG_NONE || !access->mem_known ||
	    access->insn.string || !wants_pointer(search, scalars))
		return NULL;
	err = try_pointer(search, access->mem->base, scalars, &place);
	/* Of two that are added, either may be the pointer. */
	if (!err && !place && access->mem->scale == 1)
		err = try_pointer(search, access->mem->index, scalars, &place);
	if (place)
		weaken_others(search, place);
	return err;
}

/* ---- what was added to an index ---- */

static struct kmc_error *add_numbers(const struct kmc_access *access, uint64_t at,
				     enum kmc_reg reg, int *left, int64_t *sum);

/* What the summands of an instruction are made of. */
static struct kmc_error *add_summands(const struct kmc_access *access, uint64_t at,
				      enum kmc_reg reg, int *left, int64_t *sum)
{
	struct kmc_error *err;
	struct kmc_insn insn;
	const uint8_t *bytes;
	size_t len;

	err = kmc_image_code(access->image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
	if (err || !kmc_insn_scan(bytes, len, at, access->image->machine, &insn))
		return err;
	if (insn.effect.dest == reg && insn.effect.base != KMC_REG_NONE) {
		*sum += insn.effect.value;
		return add_numbers(access, at, insn.effect.base, left, sum);
	}
	if (insn.sum.dest != reg)
		return NULL;
	*sum += insn.sum.value;
	err = add_numbers(access, at, insn.sum.regs[0], left, sum);
	return err ? err : add_numbers(access, at, insn.sum.regs[1], left, sum);
}

/* The numbers that were added to make a register, as far as they can be followed. */
static struct kmc_error *add_numbers(const struct kmc_access *access, uint64_t at,
				     enum kmc_reg reg, int *left, int64_t *sum)
{
	struct kmc_reaching reaching = { };
	struct kmc_error *err;

	if (reg < 0 || reg >= KMC_REG_GENERAL || --*left < 0)
		return NULL;
	err = kmc_reaching_value(access->image, access->function, access->function_size, at,
				 reg, &reaching);
	if (err || reaching.origin.kind == KMC_ORIGIN_UNKNOWN)
		return err;
	*sum += reaching.origin.offset;
	if (reaching.origin.kind != KMC_ORIGIN_AFTER)
		return NULL;
	return add_summands(access, reaching.origin.at, reaching.origin.reg, left, sum);
}

static struct kmc_error *is_astray(const struct kmc_access *access, enum kmc_reg reg, bool *astray)
{
	struct kmc_error *err;
	int left = MAX_SUMS;
	int64_t sum = 0;
	uint64_t value;

	if (!kmc_register_before(&access->insn, &access->rep, access->report, reg, &value))
		return NULL;
	err = add_numbers(access, access->pc, reg, &left, &sum);
	*astray |= !err && sum > 0 && value < (uint64_t)sum;
	return err;
}

struct kmc_error *kmc_index_is_astray(const struct kmc_access *access, bool *astray)
{
	const struct kmc_mem *mem = access->mem;
	struct kmc_error *err;

	*astray = false;
	if (!access->image || !mem || mem->index == KMC_REG_NONE ||
	    mem->base < 0 || mem->base >= KMC_REG_GENERAL || !access->function_size)
		return NULL;
	err = is_astray(access, mem->index, astray);
	if (!err && mem->scale == 1)
		err = is_astray(access, mem->base, astray);
	/* Code that cannot be followed tells nothing, which is no failure. */
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}
