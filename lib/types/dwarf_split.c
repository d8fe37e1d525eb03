// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types of a file whose debug info is in others, .dwo: all of them as one. A type's id is its
 * offset in a file, and above it the number of that file; 0 is the one that has the skeletons.
 */
#include "types/dwarf_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/error.h"
#include "debuginfo/split_sections.h"
#include "kmc/kmc.h"

/* Offsets are below it, and the number of the file up to the dimensions of an array. */
#define PART_SHIFT	32
#define PART_MAX	(1u << (DIMENSION_SHIFT - 1 - PART_SHIFT))
#define PART_MASK	((OFFSET_MASK >> PART_SHIFT) << PART_SHIFT)

/*
 * struct split_source - the files
 * @splits: keep the sections of all but the first
 */
struct split_source {
	struct kmc_splits splits;
	struct kmc_dwarf_source **parts;
	size_t count;
};

static void split_free(void *source)
{
	struct split_source *split = source;

	if (!split)
		return;
	for (size_t i = split->count; i-- > 0;)
		kmc_dwarf_close(split->parts[i]);
	kmc_splits_release(&split->splits);
	free(split->parts);
	free(split);
}

/* Void is the same in all of them. */
static kmc_type_id in_part(kmc_type_id id, uint64_t part)
{
	return id ? id | part << PART_SHIFT : 0;
}

static struct kmc_error *split_read(void *source, kmc_type_id id, bool children,
				    struct kmc_raw_type *out)
{
	const struct split_source *split = source;
	const uint64_t part = (id & PART_MASK) >> PART_SHIFT;
	struct kmc_error *err;

	if (part >= split->count)
		return kmc_error_new(KMC_ERROR_FORMAT, split->parts[0]->path, 0,
				     "has damaged debug info: there is no such .dwo file");
	err = kmc_dwarf_read(split->parts[part], id & ~PART_MASK, children, out);
	if (err)
		return err;
	out->target = in_part(out->target, part);
	for (size_t i = 0; i < out->nmembers; i++)
		out->members[i].type = in_part(out->members[i].type, part);
	return NULL;
}

static struct kmc_error *split_index(void *source, struct kmc_index *index)
{
	const struct split_source *split = source;
	struct kmc_error *err = NULL;

	for (size_t i = 0; i < split->count && !err; i++) {
		size_t at = index->count;

		err = kmc_dwarf_index(split->parts[i], index);
		for (; at < index->count; at++)
			index->v[at].name.id = in_part(index->v[at].name.id, i);
	}
	return err;
}

static struct kmc_error *split_functions(void *source, struct kmc_functions *functions)
{
	const struct split_source *split = source;
	struct kmc_error *err = NULL;

	for (size_t i = 0; i < split->count && !err; i++) {
		size_t at = functions->count;

		err = kmc_dwarf_functions(split->parts[i], functions);
		for (; at < functions->count; at++)
			functions->v[at].id = in_part(functions->v[at].id, i);
	}
	return err;
}

static const struct kmc_types_ops split_ops = {
	.read = split_read,
	.index = split_index,
	.functions = split_functions,
	.free = split_free,
};

/* Takes @src over, also on failure. */
static struct kmc_error *add_part(struct split_source *split, struct kmc_dwarf_source *src)
{
	struct kmc_dwarf_source **slot = src ? kmc_grow(&split->parts, split->count,
							sizeof(*slot)) : NULL;

	if (!slot) {
		kmc_dwarf_close(src);
		return kmc_error_nomem();
	}
	*slot = src;
	split->count++;
	return NULL;
}

/* DWARF 5 has it in the header of the unit, GNU's before in an attribute. */
static bool has_id(struct kmc_dwarf_source *src, uint64_t id)
{
	uint64_t other;
	bool found;

	for (size_t i = 0; i < src->units.count; i++) {
		Dwarf_Die die;

		if (src->units.v[i].type)
			continue;
		if (src->units.v[i].version == 5)
			return src->units.v[i].signature == id;
		die = kmc_dwarf_die_at(src, src->units.v[i].die);
		found = die && kmc_dwarf_attr_value(src, die, DW_AT_GNU_dwo_id, &other);
		kmc_dwarf_die_free(src, die);
		if (found)
			return other == id;
	}
	return false;
}

/* *@there: it is, and of this build. What is damaged is an error. */
static struct kmc_error *open_part(struct split_source *split, struct kmc_split *of, bool *there)
{
	struct kmc_dwarf_source *src;
	struct kmc_error *err;

	*there = of->sections.count;
	if (!*there)
		return NULL;
	src = calloc(1, sizeof(*src));
	if (src) {
		src->path = strdup(split->parts[0]->path);
		src->sections = of->sections;
		of->sections = (struct kmc_sections){ };
	}
	err = add_part(split, src);
	if (!err && !src->path)
		err = kmc_error_nomem();
	for (size_t i = 0; !err && i < src->sections.count; i++)
		if (src->sections.v[i].size >> (PART_SHIFT - 1) || split->count > PART_MAX)
			err = kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
					    "has too much debug info in .dwo files");
	if (!err)
		err = kmc_dwarf_start(src, true);
	*there = !err && has_id(src, of->id);
	return err;
}

static struct kmc_error *open_parts(struct split_source *split)
{
	struct kmc_splits *splits = &split->splits;
	const char *missing = NULL;
	struct kmc_error *err = NULL;
	size_t nmissing = 0;

	for (size_t i = 0; i < splits->count && !err; i++) {
		bool there;

		err = open_part(split, &splits->v[i], &there);
		if (!err && !there && !nmissing++)
			missing = splits->v[i].name;
	}
	if (!err && nmissing) {
		char *shown KMC_AUTO_FREE = kmc_escape(missing);

		err = kmc_error_new(KMC_ERROR_NOT_FOUND, split->parts[0]->path, 0,
				    "has its types in .dwo files, %zu of %zu of which are missing or of another build: %s",
				    nmissing, splits->count, shown ? shown : "?");
	}
	return err;
}

struct kmc_error *kmc_split_types(struct kmc_dwarf_source *src, struct kmc_types **out)
{
	struct split_source *split = calloc(1, sizeof(*split));
	struct kmc_image *image = src->sections.file;
	struct kmc_error *err;

	if (!split) {
		kmc_dwarf_close(src);
		return kmc_error_nomem();
	}
	err = add_part(split, src);
	if (!err)
		err = kmc_splits_open(image, &split->splits);
	if (!err)
		err = open_parts(split);
	if (!err)
		return kmc_types_new(src->path, &split_ops, split, out);
	split_free(split);
	return err;
}
