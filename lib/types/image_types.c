// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of an image's two descriptions of types is asked.
 */
#include <dwarf.h>

#include "types/layout.h"
#include "explain/locate.h"

static struct kmc_error *open_btf(struct kmc_image *image)
{
	struct kmc_error *err;

	if (image->btf_tried)
		return NULL;
	image->btf_tried = true;
	err = kmc_types_open_btf(image->path, &image->btf);
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	/* Most kernels have none; that is no failure. */
	kmc_error_free(err);
	return NULL;
}

/* The one type in BTF that has the DIE's kind, name and size. */
static struct kmc_error *find_in_btf(struct kmc_image *image, Dwarf_Die *die,
				     kmc_type_id *out, bool *found)
{
	char *full KMC_AUTO_FREE = NULL;
	const bool is_union = dwarf_tag(die) == DW_TAG_union_type;
	const char *name = dwarf_diename(die);
	int size = dwarf_bytesize(die);
	kmc_type_id *ids = NULL;
	size_t count = 0, same = 0;
	struct kmc_error *err;

	*found = false;
	if (!name || !image->btf)
		return NULL;
	if (asprintf(&full, "%s %s", is_union ? "union" : "struct", name) < 0) {
		full = NULL;
		return kmc_error_nomem();
	}
	err = kmc_types_find(image->btf, full, &ids, &count);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		return NULL;
	}
	for (size_t i = 0; !err && i < count; i++) {
		const struct kmc_type *type;

		err = kmc_types_get(image->btf, ids[i], &type);
		/* A declaration has no size; its definition is elsewhere. */
		if (err || (size >= 0 && type->size != (uint64_t)size))
			continue;
		same++;
		*out = ids[i];
	}
	free(ids);
	*found = same == 1;
	return err;
}

static struct kmc_error *find_type(struct kmc_image *image, Dwarf_Die *die,
				   struct kmc_types **types, kmc_type_id *id)
{
	struct kmc_error *err;
	bool found = false;

	err = open_btf(image);
	if (!err)
		err = find_in_btf(image, die, id, &found);
	if (err)
		return err;
	if (found) {
		*types = image->btf;
		return NULL;
	}
	if (!image->dwarf_types) {
		err = kmc_types_of_image(image, image->path, &image->dwarf_types);
		if (err)
			return err;
	}
	*types = image->dwarf_types;
	*id = dwarf_dieoffset(die);
	return NULL;
}

/* A type and where it comes from. */
struct type_place {
	struct kmc_types *types;
	kmc_type_id id;
};

struct kmc_error *kmc_types_of(struct kmc_image *image, Dwarf_Die *die,
			       struct kmc_types **types, kmc_type_id *id)
{
	const uint64_t key = (uintptr_t)die->addr;
	struct type_place *place = kmc_map_get(&image->type_places, key);
	struct kmc_error *err;

	if (!place) {
		place = malloc(sizeof(*place));
		if (!place)
			return kmc_error_nomem();
		err = find_type(image, die, &place->types, &place->id);
		if (!err && !kmc_map_put(&image->type_places, key, place))
			err = kmc_error_nomem();
		if (err) {
			free(place);
			return err;
		}
	}
	*types = place->types;
	*id = place->id;
	return NULL;
}
