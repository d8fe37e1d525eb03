// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the object is whose uninitialised bytes KMSAN reports. It prints no address of it: the
 * object is taken to begin at 0 meanwhile, so that what is found there is an offset.
 */
#include "explain/uninit_object.h"

#include <inttypes.h>
#include <string.h>
#include <stdlib.h>

#include "base/error.h"
#include "code/code.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"
#include "explain/locate.h"
#include "explain/member.h"
#include "explain/type_propagation.h"
#include "report/model.h"

/* Objects are smaller; as nobody says how large this one is, no type is too large for it. */
#define ANY_SIZE	(1u << 22)
/* call rel32 */
#define CALL_LENGTH	5
/* Asks for the shadow of what is loaded behind it. */
#define ASKS		"__msan_metadata_ptr_for_load_"
/* Loads of a line. */
#define MAX_LOADS	16

static struct kmc_error *drop(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

/* ---- what was loaded ---- */

/**
 * struct loads - of the line that the report is about
 * @image: that the code is in
 * @function: likewise
 * @line: likewise
 * @v: what was loaded from, as far as that has a type
 * @count: of @v
 */
struct loads {
	struct kmc_image *image;
	const struct kmc_symbol *function;
	const struct kmc_location *line;
	struct kmc_pointee v[MAX_LOADS];
	size_t count;
};

static bool decode(struct kmc_image *image, uint64_t at, struct kmc_insn *insn)
{
	const uint8_t *bytes;
	size_t len;
	struct kmc_error *err = kmc_image_code(image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);

	kmc_error_free(err);
	return !err && kmc_insn_scan(bytes, len, at, image->machine, insn);
}

static bool is_of_line(const struct loads *loads, uint64_t at)
{
	const struct kmc_chain *chain;
	struct kmc_error *err = kmc_image_chain(loads->image, at, &chain);

	kmc_error_free(err);
	return !err && chain && chain->count && chain->v->file && loads->line->file &&
	       chain->v->line == loads->line->line && !strcmp(chain->v->file, loads->line->file);
}

static bool asks(const struct loads *loads, const struct kmc_insn *insn)
{
	const struct kmc_symbol *to = insn->is_call && insn->length == CALL_LENGTH ?
				      kmc_symtab_at(&loads->image->symtab, insn->target) : NULL;

	return to && to->address == insn->target && !strncmp(to->name, ASKS, strlen(ASKS));
}

static bool is_new(const struct loads *loads, const struct kmc_pointee *pointee)
{
	for (size_t i = 0; i < loads->count; i++)
		if (loads->v[i].offset == pointee->offset &&
		    dwarf_dieoffset((Dwarf_Die *)&loads->v[i].die) ==
		    dwarf_dieoffset((Dwarf_Die *)&pointee->die))
			return false;
	return true;
}

static struct kmc_error *find_loads(struct loads *loads)
{
	const uint64_t end = loads->function->address + kmc_symbol_code_size(loads->function);
	struct kmc_error *err = NULL;
	struct kmc_insn insn;

	for (uint64_t at = loads->function->address;
	     !err && at < end && decode(loads->image, at, &insn); at += insn.length) {
		struct kmc_pointee pointee;

		if (!asks(loads, &insn) || !is_of_line(loads, at))
			continue;
		err = drop(kmc_type_propagate(loads->image, at,
					      loads->image->machine->arguments[0], &pointee));
		if (!err && pointee.found && kmc_die_is_aggregate(&pointee.die) &&
		    pointee.offset >= 0 && loads->count < MAX_LOADS && is_new(loads, &pointee))
			loads->v[loads->count++] = pointee;
	}
	return err;
}

/* The line is that of the call that has reported. */
static struct kmc_error *find_line(const struct kmc_access *access, struct loads *loads)
{
	const struct kmc_frame *frame = access->report->frames.frames;
	struct kmc_error *err;

	if (!access->report->frames.count || !frame->resolved || !frame->chain_len)
		return NULL;
	err = kmc_debuginfo_image(access->di, frame->module, &loads->image);
	if (!err && loads->image)
		err = kmc_image_symtab(loads->image);
	if (err || !loads->image)
		return drop(err);
	loads->function = kmc_symtab_at(&loads->image->symtab, frame->link_address - 1);
	loads->line = frame->chain;
	return loads->function ? find_loads(loads) : NULL;
}

/* ---- where in the object that is ---- */

static bool is_same_type(const Dwarf_Die *die, const char *declared)
{
	const char *name = dwarf_diename((Dwarf_Die *)die), *tag = strchr(declared, ' ');

	return name && !strcmp(name, tag ? tag + 1 : declared);
}

/* Of what was allocated, the one place that was loaded; else of what was loaded the only one. */
static const struct kmc_pointee *choose(const struct kmc_search *search,
					const struct loads *loads)
{
	const struct kmc_pointee *found = NULL;

	for (size_t i = 0; i < loads->count; i++) {
		const struct kmc_pointee *load = &loads->v[i];

		if (search->count && !is_same_type(&load->die, search->places[0].candidate.type))
			continue;
		if (found)
			return NULL;
		found = load;
	}
	return found;
}

/* What leaves the kernel as a whole begins where the object does. */
static bool find_in_copy(const struct kmc_access *access, const struct kmc_search *search,
			 uint64_t *offset)
{
	const struct kmc_report *report = access->report;

	if (!report->access_length || !report->has_address || !search->count ||
	    search->places[0].size != report->access_length)
		return false;
	*offset = report->address - report->access_start;
	return *offset < report->access_length;
}

/* What was found before this was known counts from there. */
static void set_offset(struct kmc_search *search, uint64_t offset)
{
	search->access->address = offset;
	for (size_t i = 0; i < search->count; i++) {
		struct kmc_candidate *candidate = &search->places[i].candidate;

		candidate->offset = offset;
		for (size_t j = 0; j < candidate->nevidence; j++)
			candidate->evidence[j].offset = offset;
	}
}

static struct kmc_error *take_load(struct kmc_search *search, const struct kmc_pointee *load,
				   struct kmc_image *image)
{
	const struct kmc_frame *frame = search->access->report->frames.frames;
	Dwarf_Die die = load->die;
	struct kmc_found *place;
	struct kmc_error *err;

	if (load->offset >= dwarf_bytesize(&die))
		return NULL;
	set_offset(search, load->offset);
	err = kmc_search_add(search, &die, image, 0, &place);
	if (err || !place)
		return err;
	place->reasons |= 1u << KMC_BY_REGISTER;
	place->base = true;
	place->weak |= load->weak;
	return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER, load->offset, true,
				"what %s() checks is at %+" PRId64 " of %s",
				frame->chain->function ?: "it", load->offset, load->how);
}

/* @placed: it is known which byte it was */
static struct kmc_error *find(struct kmc_search *search, bool *placed)
{
	const struct kmc_pointee *load;
	struct loads loads = { };
	struct kmc_error *err;
	uint64_t offset;

	err = kmc_allocation_find(search);
	if (!err)
		err = kmc_allocation_sizeof(search);
	*placed = !err && find_in_copy(search->access, search, &offset);
	if (*placed)
		set_offset(search, offset);
	if (err || *placed || search->access->report->kind == KMC_INFOLEAK)
		return err;
	err = find_line(search->access, &loads);
	load = err ? NULL : choose(search, &loads);
	*placed = load;
	return load ? take_load(search, load, loads.image) : err;
}

struct kmc_error *kmc_uninit_locate(struct kmc_access *access)
{
	struct kmc_report *report = access->report;
	const struct kmc_object said = report->object;
	struct kmc_search *search;
	struct kmc_error *err;
	bool placed = false;

	if (!access->di || said.known || !report->alloc.stack.count)
		return NULL;
	search = calloc(1, sizeof(*search));
	if (!search)
		return kmc_error_nomem();
	search->access = access;
	access->address = 0;
	report->object = (struct kmc_object) {
		.known = true, .has_start = true, .size = ANY_SIZE, .slab_offset = -1,
	};
	err = find(search, &placed);
	if (!err && placed)
		err = kmc_members_find(search);
	if (!err)
		err = kmc_search_finish(search);
	report->object = said;
	for (size_t i = 0; i < report->ncandidates; i++) {
		report->candidates[i].startless = true;
		report->candidates[i].unplaced = !placed;
	}
	for (size_t i = 0; i < search->count; i++)
		kmc_candidate_release(&search->places[i].candidate);
	free(search);
	return err;
}
