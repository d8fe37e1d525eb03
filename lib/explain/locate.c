// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which object an access was in, and where in it.
 *
 * Every variable in a register that points to a struct around the address is a
 * finding, and so is what the register's value came from, and what the allocated
 * object was assigned to.
 */
#include "explain/locate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "code/code.h"
#include "debuginfo/die.h"
#include "debuginfo/source_path.h"
#include "explain/allocated.h"
#include "explain/candidates.h"
#include "explain/cast.h"
#include "explain/container.h"
#include "explain/element.h"
#include "explain/expression.h"
#include "explain/kin.h"
#include "explain/member.h"
#include "explain/static_object.h"
#include "explain/type_propagation.h"
#include "report/model.h"

#define MAX_LEVELS	500
#define MAX_VARS	4096

/* ---- findings: variables in registers ---- */

static uint32_t register_bit(const struct kmc_access *access, enum kmc_reg reg)
{
	for (unsigned int i = 0; i < KMC_DWARF_REGS; i++)
		if (reg != KMC_REG_NONE && kmc_reg_of_dwarf(kmc_access_machine(access), i) == reg)
			return 1u << i;
	return 0;
}

/* An element of the array that a struct ends in. */
static bool fits_flexible(const struct kmc_access *access, Dwarf_Die *die, uint64_t start)
{
	const struct kmc_mem *mem = access->mem;
	uint64_t value, flexible;

	return mem && mem->index != KMC_REG_NONE && access->mem_at >= start &&
	       kmc_register_before(&access->insn, &access->rep, access->report, mem->base,
				   &value) &&
	       kmc_die_is_flexible(die, &flexible) && value + mem->disp - start >= flexible;
}

static bool fits(const struct kmc_access *access, Dwarf_Die *die, uint64_t start)
{
	const struct kmc_object *object = &access->report->object;
	const uint64_t offset = access->address - start;
	int size = dwarf_bytesize(die);

	if (size > 0 && (offset < (uint64_t)size || fits_flexible(access, die, start)))
		return true;
	/* What lies behind a struct may have been allocated with it. */
	return size >= 0 && start == object->start &&
	       kmc_object_holds(object, access->address) && kmc_object_holds(object, start);
}

static const char *register_name(const struct kmc_access *access, uint32_t regs)
{
	const struct kmc_machine *machine = kmc_access_machine(access);

	return regs && !(regs & (regs - 1)) ?
	       kmc_reg_name(machine, kmc_reg_of_dwarf(machine, __builtin_ctz(regs))) :
	       "a register";
}

/* " + 8"; nothing if there is nothing to add. */
static const char *sum_text(char *buf, size_t size, int64_t offset)
{
	*buf = '\0';
	if (offset)
		snprintf(buf, size, " %c %" PRIu64, offset < 0 ? '-' : '+',
			 offset < 0 ? -(uint64_t)offset : (uint64_t)offset);
	return buf;
}

static struct kmc_error *take_variable(struct kmc_search *search, struct kmc_var *var,
				       unsigned int rank)
{
	struct kmc_access *access = search->access;
	struct kmc_error *err;
	char text[32], where[80], what[256];
	struct kmc_found *place;
	uint64_t value;
	int64_t away;
	int holder;

	if (!var->aggregate ||
	    !kmc_place_value(&var->place, access->regs, access->known, &value) ||
	    !fits(access, &var->target, value))
		return NULL;
	err = kmc_search_add(search, &var->target, access->image, value, &place);
	if (err || !place)
		return err;
	place->reasons |= 1u << KMC_BY_REGISTER;
	if (access->mem && (var->place.regs & register_bit(access, access->mem->base))) {
		place->base = true;
		/* They come from the nearest on. */
		if (!place->rank)
			place->rank = rank;
	}
	holder = kmc_place_register(&var->place, &away);
	if (holder >= 0)
		place->holders |= 1u << holder;
	snprintf(what, sizeof(what), "%s of %s()", var->name,
		 var->function ? var->function : "the function");
	snprintf(where, sizeof(where), "%s%s = 0x%" PRIx64, register_name(access, var->place.regs),
		 sum_text(text, sizeof(text), away), value);
	return kmc_evidence_add_holder(&place->candidate, what, where);
}

/* Of one level, what is declared later: a local variable is more than a parameter. */
static unsigned int nearness(const struct kmc_var *var, size_t index)
{
	const unsigned int outwards = var->level < MAX_LEVELS ? var->level : MAX_LEVELS;

	return (MAX_LEVELS - outwards) * MAX_VARS + (index < MAX_VARS ? index : MAX_VARS - 1) + 1;
}

static struct kmc_error *find_variables(struct kmc_search *search)
{
	struct kmc_access *access = search->access;
	struct kmc_vars *vars;
	struct kmc_error *err;

	if (!access->image)
		return NULL;
	err = kmc_vars_at(access->image, access->pc, &vars);
	if (err)
		return err;
	/* Innermost last: it is the nearest to the instruction. */
	for (size_t i = vars->count; !err && i-- > 0;)
		err = take_variable(search, &vars->v[i], nearness(&vars->v[i], i));
	return err;
}

/* ---- findings: where the register's value came from ---- */

bool kmc_search_wants_base(const struct kmc_search *search)
{
	const struct kmc_access *access = search->access;

	for (size_t i = 0; i < search->count; i++)
		if (search->places[i].base)
			return false;
	return access->image && access->mem && access->mem->base != KMC_REG_NONE &&
	       access->mem->base != KMC_REG_RIP && access->mem->base != KMC_REG_RSP;
}

static struct kmc_error *find_flow(struct kmc_search *search)
{
	struct kmc_access *access = search->access;
	struct kmc_pointee pointee;
	char text[32], where[80], what[256];
	struct kmc_error *err;
	struct kmc_found *place;
	uint64_t value;

	if (!kmc_search_wants_base(search) ||
	    !kmc_register_before(&access->insn, &access->rep, access->report,
				 access->mem->base, &value))
		return NULL;
	err = kmc_type_propagate(access->image, access->pc, access->mem->base, &pointee);
	if (err || !pointee.found || !kmc_die_is_aggregate(&pointee.die))
		return err;
	value = kmc_machine_cut(access->insn.machine, value - pointee.offset);
	if (!fits(access, &pointee.die, value))
		return NULL;
	err = kmc_search_add(search, &pointee.die, access->image, value, &place);
	if (err || !place)
		return err;
	place->reasons |= 1u << KMC_BY_REGISTER;
	place->base = true;
	place->weak |= pointee.weak;
	snprintf(what, sizeof(what), "%s%s", pointee.how,
		 sum_text(text, sizeof(text), pointee.offset));
	snprintf(where, sizeof(where), "%s = 0x%" PRIx64, kmc_report_reg_name(access->report, access->mem->base),
		 kmc_machine_cut(access->insn.machine, value + pointee.offset));
	return kmc_evidence_add_holder(&place->candidate, what, where);
}

/* Code that cannot be followed has no origins, which is no failure. */
static struct kmc_error *origin_of(const struct kmc_access *access, enum kmc_reg reg,
				   struct kmc_origin *out)
{
	struct kmc_reaching reaching = { };
	struct kmc_error *err;

	err = kmc_reaching_value(access->image, access->function, access->function_size,
				 access->pc, reg, &reaching);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	*out = reaching.origin;
	return err;
}

/* Numbers may be the same by chance. */
static bool same_origin(const struct kmc_origin *a, const struct kmc_origin *b)
{
	return a->kind > KMC_ORIGIN_CONSTANT && a->kind == b->kind &&
	       a->at == b->at && a->reg == b->reg;
}

/*
 * The instruction's register may be no variable, but come from where the value came
 * from that is one in another register.
 */
static struct kmc_error *find_copies(struct kmc_search *search)
{
	const struct kmc_access *access = search->access;
	struct kmc_origin own, other;
	struct kmc_error *err;

	if (!kmc_search_wants_base(search))
		return NULL;
	err = origin_of(access, access->mem->base, &own);
	for (size_t i = 0; !err && i < search->count; i++) {
		struct kmc_found *place = &search->places[i];
		uint32_t left = place->holders;

		for (; !err && left && !place->base; left &= left - 1) {
			err = origin_of(access, kmc_reg_of_dwarf(kmc_access_machine(access),
								 __builtin_ctz(left)), &other);
			place->base = !err && same_origin(&own, &other);
		}
	}
	return err;
}

/* NULL is what many registers hold: only what the instruction's own is counts. */
static void drop_others(struct kmc_search *search)
{
	size_t kept = 0;

	for (size_t i = 0; i < search->count; i++) {
		if (search->places[i].base)
			search->places[kept++] = search->places[i];
		else
			kmc_candidate_release(&search->places[i].candidate);
	}
	search->count = kept;
}

/* ---- findings: who allocated it ---- */

static struct kmc_error *take_allocated(void *arg, struct kmc_image *image,
					struct kmc_var *var, bool *done)
{
	struct kmc_search *search = arg;
	const struct kmc_object *object = &search->access->report->object;
	int size = dwarf_bytesize(&var->target);
	struct kmc_found *place;
	struct kmc_error *err;

	if (size <= 0 || (uint64_t)size > kmc_object_bytes(object))
		return NULL;
	err = kmc_search_add(search, &var->target, image, object->start, &place);
	if (err || !place)
		return err;
	*done = true;
	if (place->reasons & 1u << KMC_BY_ALLOCATION)
		return NULL;
	place->reasons |= 1u << KMC_BY_ALLOCATION;
	return kmc_evidence_add(&place->candidate, KMC_BY_ALLOCATION,
				place->candidate.offset, true, "allocated as %s by %s()",
				var->name, var->function ? var->function : "its caller");
}

struct kmc_frame *kmc_allocation_frame(const struct kmc_access *access,
				       struct kmc_image **image)
{
	struct kmc_report *report = access->report;
	struct kmc_stack *stack = &report->alloc.stack;
	struct kmc_frame *site;
	struct kmc_error *err;

	if (!access->di || !report->object.known || !stack->count)
		return NULL;
	site = &stack->frames[kmc_track_caller(&report->alloc).frame];
	if (!site->resolved)
		return NULL;
	err = kmc_debuginfo_image(access->di, site->module, image);
	kmc_error_free(err);
	return err ? NULL : site;
}

struct kmc_error *kmc_allocation_find(struct kmc_search *search)
{
	struct kmc_image *image;
	struct kmc_frame *site = kmc_allocation_frame(search->access, &image);
	struct kmc_error *err;

	err = site ? kmc_result_follow(image, site->link_address, take_allocated, search,
				       NULL) : NULL;
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}

/* ---- evidence beyond variables ---- */

/* 4 * (12 - 9) = 12: how far the instruction has come from where it started. */
static struct kmc_error *add_rep(struct kmc_search *search, struct kmc_found *place)
{
	const struct kmc_access *access = search->access;
	const struct kmc_rep *rep = &access->rep;
	uint64_t source, offset;

	if (!rep->known || !access->mem || access->mem->base != KMC_REG_RSI ||
	    !kmc_register_before(&access->insn, rep, access->report, KMC_REG_RSI,
				 &source) ||
	    source - place->start >= place->size)
		return NULL;
	offset = source - place->start + rep->offset;
	/* A run that was one access: the bytes before the reported one. */
	if (!rep->done)
		offset += access->address - source;
	place->reasons |= 1u << KMC_BY_REP;
	place->rep_start |= place->holders & ~register_bit(access, KMC_REG_RSI) &&
			    offset == (uint64_t)place->candidate.offset;
	return kmc_evidence_add(&place->candidate, KMC_BY_REP, offset,
				offset == (uint64_t)place->candidate.offset,
				"%u * (%" PRIu64 " - %" PRIu64 ") = %" PRIu64
				" bytes copied, from +%" PRIu64 " on", rep->element,
				rep->initial, rep->left, rep->offset,
				source - place->start);
}

static struct kmc_error *add_displacement(struct kmc_search *search,
					  struct kmc_found *place)
{
	const struct kmc_access *access = search->access;
	const struct kmc_mem *mem = access->mem;
	int64_t offset;

	if (!mem || !place->base || mem->index != KMC_REG_NONE ||
	    access->insn.string || mem->disp <= 0)
		return NULL;
	/* The instruction's member, and how far into it the byte is. */
	offset = place->candidate.offset;
	if (offset - mem->disp < 0 || offset - mem->disp >= mem->size)
		return NULL;
	place->reasons |= 1u << KMC_BY_DISPLACEMENT;
	return kmc_evidence_add(&place->candidate, KMC_BY_DISPLACEMENT, offset, true,
				"the instruction reads %u bytes at +0x%" PRIx64,
				mem->size, (uint64_t)mem->disp);
}

static struct kmc_error *add_record(struct kmc_search *search, struct kmc_found *place)
{
	const struct kmc_object *object = &search->access->report->object;
	const int64_t offset = search->access->report->address - object->start;
	const uint64_t delta = place->start - object->start;

	if (!object->known)
		return NULL;
	place->reasons |= 1u << KMC_BY_RECORD;
	if (delta)
		return kmc_evidence_add(&place->candidate, KMC_BY_RECORD,
					place->candidate.offset,
					kmc_object_holds(object, place->start),
					"an object of %s begins %" PRId64
					" bytes before it",
					object->cache ? object->cache : "a cache",
					(int64_t)delta);
	return kmc_evidence_add(&place->candidate, KMC_BY_RECORD, offset,
				offset == place->candidate.offset,
				"the kernel recorded an object of %s",
				object->cache ? object->cache : "a cache");
}

static struct kmc_error *add_header(struct kmc_search *search, struct kmc_found *place)
{
	const struct kmc_access *access = search->access;

	if (!access->disagrees)
		return NULL;
	return kmc_evidence_add(&place->candidate, KMC_BY_RECORD,
				access->report->address - place->start, false,
				"the header says address 0x%" PRIx64
				", the registers say 0x%" PRIx64,
				access->report->address, access->address);
}

static struct kmc_error *add_source(struct kmc_search *search, struct kmc_found *place)
{
	struct kmc_candidate *candidate = &place->candidate;
	struct kmc_buf name = { };
	struct kmc_error *err;

	/* That was the reason for taking it for that. */
	if (place->said)
		return NULL;
	err = kmc_named_member(search, place, &name);
	if (err || !name.len) {
		kmc_buf_release(&name);
		return err;
	}
	place->named = true;
	place->reasons |= 1u << KMC_BY_SOURCE;
	err = kmc_evidence_add(candidate, KMC_BY_SOURCE, candidate->offset, true,
			       "the source names %s", name.data);
	kmc_buf_release(&name);
	return err;
}

static struct kmc_error *add_kinship(struct kmc_found *place)
{
	struct kmc_kin *kin;
	struct kmc_error *err;

	if (!place->image || place->candidate.offset < 0)
		return NULL;
	err = kmc_kin_get(place->image, &place->die, &kin);
	if (!err)
		place->may_pass = kmc_kin_may_pass(kin, &place->die, place->candidate.offset);
	return err;
}

static struct kmc_error *complete(struct kmc_search *search, struct kmc_found *place)
{
	struct kmc_error *err = add_rep(search, place);

	if (!err)
		err = add_source(search, place);
	if (!err)
		err = add_kinship(place);
	if (!err)
		err = add_displacement(search, place);
	if (!err)
		err = add_record(search, place);
	if (!err)
		err = add_header(search, place);
	return err;
}

/* ---- the whole ---- */

/* What the instruction's statement says, with the macros of the types that were found. */
static struct kmc_error *read_source(struct kmc_search *search)
{
	struct kmc_access *access = search->access;
	struct kmc_error *err;

	if (!access->di || !access->image || !access->report->frames.count)
		return NULL;
	err = kmc_statement_get(access->di, access->image, access->pc,
				access->report->frames.frames, &search->statement);
	for (size_t i = 0; !err && i < search->count; i++) {
		struct kmc_found *place = &search->places[i];

		if (place->image)
			err = kmc_statement_expand(search->statement, access->di,
						   kmc_source_declaring(place->image, &place->die));
	}
	return err;
}

/* Nothing but the record: where, but not what. */
static struct kmc_error *record_alone(struct kmc_access *access)
{
	const struct kmc_object *object = &access->report->object;
	struct kmc_candidate *slot;

	if (access->report->ncandidates || !object->known)
		return NULL;
	slot = kmc_grow(&access->report->candidates, 0, sizeof(*slot));
	if (!slot)
		return kmc_error_nomem();
	access->report->ncandidates = 1;
	slot->start = object->start;
	slot->offset = access->report->address - object->start;
	slot->confidence = KMC_CERTAIN;
	return kmc_evidence_add(slot, KMC_BY_RECORD, slot->offset, true,
				"the kernel recorded an object of %s",
				object->cache ? object->cache : "a cache");
}

struct kmc_error *kmc_locate(struct kmc_access *access)
{
	struct kmc_search *search = calloc(1, sizeof(*search));
	struct kmc_error *err;
	bool astray;

	if (!search)
		return kmc_error_nomem();
	search->access = access;
	err = find_variables(search);
	if (!err)
		err = find_flow(search);
	if (!err)
		err = find_copies(search);
	if (access->bad)
		drop_others(search);
	if (!err)
		err = kmc_static_objects_find(search);
	if (!err)
		err = kmc_containers_find(search);
	if (!err)
		err = kmc_elements_find(search, false);
	if (!err)
		err = kmc_allocation_find(search);
	if (!err)
		err = read_source(search);
	if (!err)
		err = kmc_expressions_find(search);
	if (!err)
		err = kmc_elements_find(search, true);
	if (!err)
		err = kmc_casts_find(search);
	if (!err)
		err = kmc_cast_expressions_find(search);
	if (!err)
		err = kmc_members_find(search);
	if (!err)
		err = kmc_index_is_astray(access, &astray);
	for (size_t i = 0; !err && i < search->count; i++) {
		search->places[i].astray = astray;
		err = complete(search, &search->places[i]);
	}
	if (!err)
		err = kmc_search_finish(search);
	for (size_t i = 0; i < search->count; i++)
		kmc_candidate_release(&search->places[i].candidate);
	free(search);
	return err ? err : record_alone(access);
}
