// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of an image's two descriptions of types is asked.
 */
#include "types/image_types.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "debuginfo/die.h"
#include "types/layout_dwarf.h"
#include "types/types.h"

/**
 * struct type_cache - what is kept with an image
 * @btf, @dwarf: NULL until needed, or when there is none
 * @btf_tried: there is no sense in looking for BTF again
 * @places: DIE of a type → struct type_place
 */
struct type_cache {
	struct kmc_types *btf;
	struct kmc_types *dwarf;
	bool btf_tried;
	struct kmc_map places;
};

/* A type and where it comes from. */
struct type_place {
	struct kmc_types *types;
	kmc_type_id id;
};

static void release_types(void *data)
{
	struct type_cache *cache = data;

	kmc_map_release(&cache->places, free);
	kmc_types_free(cache->btf);
	kmc_types_free(cache->dwarf);
}

static const struct kmc_cache_ops type_cache = {
	.size = sizeof(struct type_cache), .release = release_types,
};

static struct kmc_error *open_btf(struct type_cache *cache, const char *path)
{
	struct kmc_error *err;

	if (cache->btf_tried)
		return NULL;
	cache->btf_tried = true;
	err = kmc_types_open_btf(path, &cache->btf);
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	/* Most kernels have none; that is no failure. */
	kmc_error_free(err);
	return NULL;
}

/* The one type in BTF that has the DIE's kind, name and size. */
static struct kmc_error *find_in_btf(struct kmc_types *btf, Dwarf_Die *die,
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
	if (!name || !btf)
		return NULL;
	if (asprintf(&full, "%s %s", is_union ? "union" : "struct", name) < 0) {
		full = NULL;
		return kmc_error_nomem();
	}
	err = kmc_types_find(btf, full, &ids, &count);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		return NULL;
	}
	for (size_t i = 0; !err && i < count; i++) {
		const struct kmc_type *type;

		err = kmc_types_get(btf, ids[i], &type);
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

/* What an anonymous struct is called: typedef struct { ... } atomic_t. */
static bool find_typedef(Dwarf_Die *die, Dwarf_Die *out)
{
	Dwarf_Die cu, type;

	if (dwarf_diename(die) || !dwarf_diecu(die, &cu, NULL, NULL) ||
	    !kmc_die_child(&cu, out))
		return false;
	do {
		if (dwarf_tag(out) == DW_TAG_typedef && kmc_die_type(out, &type) &&
		    dwarf_dieoffset(&type) == dwarf_dieoffset(die))
			return true;
	} while (kmc_die_next(out));
	return false;
}

/* The one typedef in BTF of that name, if it is of an anonymous type of that size. */
static struct kmc_error *find_typedef_in_btf(struct kmc_types *btf, const char *name,
					     Dwarf_Die *die, kmc_type_id *out, bool *found)
{
	const struct kmc_type *type;
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = btf && name ? kmc_types_find(btf, name, &ids, &count) : NULL;
	if (!err && count == 1) {
		err = kmc_types_get(btf, ids[0], &type);
		*found = !err && type->size == (uint64_t)dwarf_bytesize(die) &&
			 !strcmp(type->declared, name);
		*out = ids[0];
	}
	free(ids);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}

static struct kmc_error *find_type(struct type_cache *cache, struct kmc_image *image,
				   Dwarf_Die *die, struct type_place *place)
{
	Dwarf_Die named = *die, alias;
	struct kmc_error *err;
	bool found = false;

	err = open_btf(cache, image->path);
	if (!err)
		err = find_in_btf(cache->btf, die, &place->id, &found);
	if (!err && !found && find_typedef(die, &alias)) {
		named = alias;
		err = find_typedef_in_btf(cache->btf, dwarf_diename(&alias), die,
					  &place->id, &found);
	}
	if (err)
		return err;
	if (found) {
		place->types = cache->btf;
		return NULL;
	}
	if (!cache->dwarf) {
		err = kmc_types_of_image(image, image->path, &cache->dwarf);
		if (err)
			return err;
	}
	place->types = cache->dwarf;
	place->id = dwarf_dieoffset(&named);
	return NULL;
}

struct kmc_error *kmc_image_type(struct kmc_image *image, Dwarf_Die *die,
				 struct kmc_types **types, kmc_type_id *id)
{
	const uint64_t key = (uintptr_t)die->addr;
	struct type_cache *cache = kmc_image_cache(image, &type_cache);
	struct type_place *place;
	struct kmc_error *err;

	if (!cache)
		return kmc_error_nomem();
	place = kmc_map_get(&cache->places, key);
	if (!place) {
		place = malloc(sizeof(*place));
		if (!place)
			return kmc_error_nomem();
		err = find_type(cache, image, die, place);
		if (!err && !kmc_map_put(&cache->places, key, place))
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

/* What is just one of its name. */
static struct kmc_error *find_named(struct kmc_types *types, const char *name,
				    kmc_type_id *id, bool *found)
{
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_types_find(types, name, &ids, &count);
	*found = !err && count == 1;
	if (*found)
		*id = ids[0];
	free(ids);
	return err;
}

/* The only struct of a name, if it has that size. */
static struct kmc_error *find_struct(struct kmc_types *types, const char *name, uint64_t size,
				     kmc_type_id *out, bool *found)
{
	char *full KMC_AUTO_FREE = NULL;
	const struct kmc_type *type;
	struct kmc_error *err;

	if (asprintf(&full, "struct %s", name) < 0) {
		full = NULL;
		return kmc_error_nomem();
	}
	err = find_named(types, full, out, found);
	if (!err && *found)
		err = kmc_types_get(types, *out, &type);
	*found = !err && *found && type->size == size;
	return err;
}

/* pahole leaves out the variable at address 0: its struct has its name, though. */
static struct kmc_error *find_variable(struct kmc_types *types, const char *name, uint64_t size,
				       kmc_type_id *out, bool *found)
{
	const struct kmc_type *type;
	struct kmc_error *err;

	if (!types->ops->variable || !types->ops->variable(types->source, name, out))
		return find_struct(types, name, size, out, found);
	err = kmc_types_get(types, *out, &type);
	*found = !err && type->size == size;
	return err;
}

/* A type that is not there, or that cannot be read, is not found. */
static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

struct kmc_error *kmc_image_variable(struct kmc_image *image, const char *name, uint64_t size,
				     struct kmc_types **types, kmc_type_id *id, bool *found)
{
	struct type_cache *cache = kmc_image_cache(image, &type_cache);
	struct kmc_error *err;

	*found = false;
	if (!cache)
		return kmc_error_nomem();
	err = open_btf(cache, image->path);
	if (err || !cache->btf)
		return err;
	*types = cache->btf;
	return only_nomem(find_variable(cache->btf, name, size, id, found));
}

struct kmc_error *kmc_image_type_named(struct kmc_image *image, const char *name,
				       struct kmc_types **types, kmc_type_id *id, bool *found)
{
	struct type_cache *cache = kmc_image_cache(image, &type_cache);
	struct kmc_error *err;

	*found = false;
	if (!cache)
		return kmc_error_nomem();
	err = open_btf(cache, image->path);
	if (!err && !cache->btf && !cache->dwarf)
		err = kmc_types_of_image(image, image->path, &cache->dwarf);
	*types = cache->btf ? cache->btf : cache->dwarf;
	if (err || !*types)
		return err;
	return only_nomem(find_named(*types, name, id, found));
}
