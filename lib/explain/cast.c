// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A cast leaves no trace in debug info, but the member that the statement names, and
 * the size of the object, do not fit the type that the variable is declared to have.
 */
#include "explain/cast.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "explain/kin.h"
#include "report/model.h"
#include "types/image_types.h"

/* ---- does the source name it? ---- */

/* Where the struct is whose member begins at @at of the path. */
static bool is_at_start(const struct kmc_found *place, const char *path, const char *at)
{
	struct kmc_field field;
	struct kmc_error *err;
	bool start;
	char *head;

	if (at == path)
		return true;
	head = strndup(path, at - path - 1);
	if (!head)
		return false;
	err = kmc_layout_resolve(place->types, place->id, head, &field);
	free(head);
	if (err) {
		kmc_error_free(err);
		return false;
	}
	start = !field.offset;
	kmc_field_release(&field);
	return start;
}

/*
 * "sk.sk_lock.owned": sk_lock, or sk. That owned is named would fit any lock, so what is
 * further inside counts only behind a name.
 */
static size_t name_in(const struct kmc_statement *statement, const struct kmc_found *place,
		      const char *path, const char **name)
{
	size_t len;

	for (const char *at = path; *at; at += len + (at[len] == '.')) {
		const size_t n = strcspn(at, ".[");

		len = strcspn(at, ".");
		if (!is_at_start(place, path, at))
			break;
		if (!kmc_statement_names(statement, at, n))
			continue;
		*name = at;
		return n;
	}
	return 0;
}

struct kmc_error *kmc_named_member(const struct kmc_search *search,
				   const struct kmc_found *place, struct kmc_buf *name)
{
	const struct kmc_candidate *candidate = &place->candidate;
	const char *at = NULL;
	size_t len = 0;

	if (!search->statement || !candidate->path)
		return NULL;
	len = name_in(search->statement, place, candidate->path, &at);
	for (size_t i = 0; !len && candidate->together && i < candidate->nalso; i++)
		len = name_in(search->statement, place, candidate->also[i], &at);
	if (len)
		kmc_buf_add(name, at, len);
	return name->failed ? kmc_error_nomem() : NULL;
}

static struct kmc_error *names_one(const struct kmc_search *search,
				   const struct kmc_found *place, bool direct, bool *names)
{
	struct kmc_fields fields = { };
	struct kmc_error *err;
	bool truncated;

	*names = false;
	err = kmc_layout_fields(place->types, place->id, place->candidate.offset, 1, &fields,
				&truncated);
	for (size_t i = 0; !err && i < fields.count; i++) {
		const struct kmc_field *field = &fields.v[i];
		const char *at = NULL;

		if (field->place == KMC_PLACE_MEMBER &&
		    name_in(search->statement, place, field->path, &at))
			*names |= !direct || at == field->path;
	}
	kmc_fields_release(&fields);
	return err;
}

struct kmc_error *kmc_place_is_named(const struct kmc_search *search,
				     const struct kmc_found *place, bool *named)
{
	return names_one(search, place, false, named);
}

/* ---- kin ---- */

static struct kmc_error *add_cast(struct kmc_search *search, const struct kmc_found *from,
				  Dwarf_Die *type, struct kmc_found **out)
{
	const size_t before = search->count;
	struct kmc_error *err;

	err = kmc_search_add(search, type, from->image, from->start, out);
	if (err || !*out)
		return err;
	(*out)->reasons |= 1u << KMC_BY_REGISTER;
	(*out)->base = true;
	(*out)->weak |= from->weak;
	(*out)->holders |= from->holders;
	if ((*out)->rank <= from->rank)
		(*out)->rank = from->rank + 1;
	if (search->count == before)
		return NULL;
	return kmc_evidence_add(&(*out)->candidate, KMC_BY_REGISTER, (*out)->candidate.offset,
				true, "cast to it: %s", from->candidate.nevidence ?
				from->candidate.evidence[0].detail : "the pointer");
}

/* The one of the kin that has the object's size. */
static struct kmc_error *cast_by_size(struct kmc_search *search, const struct kmc_found *from,
				      struct kmc_kin *kin)
{
	const struct kmc_object *object = &search->access->report->object;
	const uint64_t bytes = kmc_object_bytes(object);
	Dwarf_Die *fitting = NULL, type = from->die;
	struct kmc_found *place;
	struct kmc_error *err;

	if (!object->known || from->start != object->start || from->size == bytes)
		return NULL;
	for (size_t i = 0; i < kin->count; i++) {
		if ((uint64_t)dwarf_bytesize(&kin->v[i]) != bytes ||
		    (from->size < bytes && !kmc_kin_begins_with(&kin->v[i], &type)))
			continue;
		if (fitting)
			return NULL;
		fitting = &kin->v[i];
	}
	if (!fitting)
		return NULL;
	err = add_cast(search, from, fitting, &place);
	if (!err && place)
		place->cast = true;
	return err;
}

/* Those of the kin that have a member there which the source names, as it is. */
static struct kmc_error *cast_by_name(struct kmc_search *search, const struct kmc_found *from,
				      struct kmc_kin *kin)
{
	struct kmc_error *err;
	bool named;

	if (!search->statement || !search->statement->text.len)
		return NULL;
	err = kmc_place_is_named(search, from, &named);
	for (size_t i = 0; !err && !named && i < kin->count; i++) {
		struct kmc_found trial = {
			.size = dwarf_bytesize(&kin->v[i]),
			.candidate.offset = from->candidate.offset,
		};
		struct kmc_found *place;
		bool fits;

		if (trial.size <= (uint64_t)trial.candidate.offset)
			continue;
		err = kmc_image_type(from->image, &kin->v[i], &trial.types, &trial.id);
		if (!err)
			err = names_one(search, &trial, true, &fits);
		if (!err && fits)
			err = add_cast(search, from, &kin->v[i], &place);
	}
	return err;
}

struct kmc_error *kmc_casts_find(struct kmc_search *search)
{
	const size_t count = search->count;
	struct kmc_error *err = NULL;

	for (size_t i = 0; !err && i < count; i++) {
		const struct kmc_found *from = &search->places[i];
		struct kmc_kin *kin;

		if (!from->base || !from->image || from->candidate.offset < 0)
			continue;
		err = kmc_kin_get(from->image, &search->places[i].die, &kin);
		if (!err && kin->count)
			err = cast_by_size(search, from, kin);
		if (!err && kin->count)
			err = cast_by_name(search, from, kin);
	}
	return err;
}
