// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects that the source gets at through a variable that is in no register: of
 * hdr->tag.proto, with hdr a struct hdr *, the compiler may keep nothing but the sum that
 * hdr was computed from. What is left is the displacement, which has to be the member's.
 */
#include "explain/named_variable.h"

#include "base/buf.h"
#include "base/error.h"
#include "types/image_types.h"

/* Members that one statement names of a variable. */
#define MAX_NAMED	8

/* Does the instruction read that member, or the beginning of it? */
static bool reads(const struct kmc_access *access, const struct kmc_field *field)
{
	const struct kmc_mem *mem = access->mem;

	return field->place == KMC_PLACE_MEMBER && !field->bitfield &&
	       (int64_t)field->offset == mem->disp && field->size >= mem->size;
}

static struct kmc_error *take(struct kmc_search *search, struct kmc_var *var, const char *path,
			      const struct kmc_field *field)
{
	struct kmc_access *access = search->access;
	struct kmc_found *place;
	struct kmc_error *err;

	err = kmc_search_add(search, &var->target, access->image, access->mem_at - field->offset,
			     &place);
	if (err || !place)
		return err;
	place->reasons |= 1u << KMC_BY_SOURCE;
	place->base = true;
	return kmc_evidence_add(&place->candidate, KMC_BY_SOURCE, place->candidate.offset, true,
				"the source reads %s->%s, which is at +%llu of %s's type in %s()",
				var->name, path, (unsigned long long)field->offset, var->name,
				var->function ? var->function : "the function");
}

static struct kmc_error *try_member(struct kmc_search *search, struct kmc_var *var,
				    const char *path)
{
	struct kmc_types *types;
	struct kmc_field field;
	struct kmc_error *err;
	kmc_type_id id;

	err = kmc_image_type(search->access->image, &var->target, &types, &id);
	if (!err)
		err = kmc_layout_resolve(types, id, path, &field);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		return NULL;
	}
	if (err)
		return err;
	if (reads(search->access, &field))
		err = take(search, var, path, &field);
	kmc_field_release(&field);
	return err;
}

static struct kmc_error *try_variable(struct kmc_search *search, struct kmc_var *var)
{
	struct kmc_error *err = NULL;
	bool more = true;

	for (size_t i = 0; !err && more && i < MAX_NAMED; i++) {
		struct kmc_buf path = { };

		more = kmc_statement_path(search->statement, var->name, i, &path);
		if (path.failed)
			err = kmc_error_nomem();
		else if (more)
			err = try_member(search, var, path.data);
		kmc_buf_release(&path);
	}
	return err;
}

struct kmc_error *kmc_named_variables_find(struct kmc_search *search)
{
	struct kmc_access *access = search->access;
	struct kmc_error *err;
	struct kmc_vars *vars;

	if (!kmc_search_wants_base(search) || !search->statement ||
	    !search->statement->text.len || !access->mem_known || access->insn.string)
		return NULL;
	err = kmc_vars_at(access->image, access->pc, &vars);
	/* Innermost last: it is the nearest to the instruction. */
	for (size_t i = err ? 0 : vars->nlost; !err && i-- > 0 && kmc_search_wants_base(search);)
		err = try_variable(search, &vars->lost[i]);
	return err;
}
