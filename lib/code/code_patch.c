// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables by which the kernel rewrites its code and handles its faults.
 *
 * Their layout is no ABI and has changed, so it is told by content: of the
 * layouts known, it is the one that makes every entry point at code.
 */
#include "code/code.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/**
 * struct layout - of a table's entry, which begins with two 32-bit offsets from
 *	their own places
 * @size: of an entry
 * @lengths: where the two lengths are, 0 if it has none
 */
struct layout {
	unsigned int size;
	unsigned int lengths;
};

/**
 * struct table - a table of the kernel
 * @section: its name in a module, and in a vmlinux where it has one of its own
 * @start_symbol, @end_symbol: in a vmlinux
 * @layouts: newest first, ends with a size of 0
 */
struct table {
	enum kmc_patch_kind kind;
	const char *section;
	const char *start_symbol;
	const char *end_symbol;
	struct layout layouts[4];
	const char *why_not;
};

static const struct table tables[] = {
	{
		.kind = KMC_PATCH_JUMP,
		.section = "__jump_table",
		.start_symbol = "__start___jump_table",
		.end_symbol = "__stop___jump_table",
		/* Behind the offsets there is a word, the key. */
		.layouts = { { 16, 0 }, { 12, 0 } },
		.why_not = "the table of jump labels is not understood",
	}, {
		.kind = KMC_PATCH_ALTERNATIVE,
		.section = ".altinstructions",
		.start_symbol = "__alt_instructions",
		.end_symbol = "__alt_instructions_end",
		.layouts = { { 14, 12 }, { 12, 10 }, { 13, 10 } },
		.why_not = "the table of alternatives is not understood",
	}, {
		.kind = KMC_PATCH_FIXUP,
		.section = "__ex_table",
		.start_symbol = "__start___ex_table",
		.end_symbol = "__stop___ex_table",
		.layouts = { { 12, 0 }, { 8, 0 } },
		.why_not = "the table of exceptions is not understood",
	},
};

/* The bytes of a table and where they lie. */
struct extent {
	const uint8_t *bytes;
	uint64_t address;
	size_t size;
};

static bool is_code(const struct kmc_code *code, uint64_t address)
{
	const struct kmc_code_section *section = kmc_code_section(code, address);

	return section && section->executable;
}

static uint64_t read_offset(const struct extent *extent, size_t at)
{
	int32_t offset;

	memcpy(&offset, extent->bytes + at, sizeof(offset));
	return extent->address + at + (int64_t)offset;
}

static struct kmc_patch read_entry(const struct table *table,
				   const struct extent *extent,
				   const struct layout *layout, size_t at)
{
	struct kmc_patch patch = {
		.from = read_offset(extent, at),
		.to = read_offset(extent, at + 4),
		.kind = table->kind,
	};

	if (layout->lengths) {
		patch.from_len = extent->bytes[at + layout->lengths];
		patch.to_len = extent->bytes[at + layout->lengths + 1];
	}
	return patch;
}

static bool entry_is_sane(const struct kmc_code *code,
			  const struct kmc_patch *patch)
{
	if (!is_code(code, patch->from))
		return false;
	if (patch->kind == KMC_PATCH_ALTERNATIVE)
		/* An empty one may point behind the end of its section. */
		return patch->from_len && patch->to_len <= patch->from_len &&
		       (!patch->to_len || is_code(code, patch->to));
	return is_code(code, patch->to);
}

static const struct layout *find_layout(const struct kmc_code *code,
					const struct table *table,
					const struct extent *extent)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(table->layouts); i++) {
		const struct layout *layout = &table->layouts[i];
		size_t at;

		if (!layout->size || extent->size % layout->size)
			continue;
		for (at = 0; at < extent->size; at += layout->size) {
			const struct kmc_patch patch =
				read_entry(table, extent, layout, at);

			if (!entry_is_sane(code, &patch))
				break;
		}
		if (at == extent->size)
			return layout;
	}
	return NULL;
}

static bool add_table(struct kmc_code *code, const struct table *table,
		      const struct extent *extent)
{
	const struct layout *layout = find_layout(code, table, extent);

	if (!layout) {
		code->why_not = table->why_not;
		return true;
	}
	for (size_t at = 0; at < extent->size; at += layout->size) {
		struct kmc_patch *patch = kmc_grow(&code->patches,
						   code->npatches,
						   sizeof(*patch));

		if (!patch)
			return false;
		*patch = read_entry(table, extent, layout, at);
		code->npatches++;
	}
	return true;
}

/* ---- where the tables are ---- */

struct bounds {
	uint64_t start[KMC_ARRAY_SIZE(tables)];
	uint64_t end[KMC_ARRAY_SIZE(tables)];
};

static void read_bounds(struct bounds *bounds, Dwfl_Module *mod)
{
	int count = dwfl_module_getsymtab(mod);

	for (int i = 1; i < count; i++) {
		GElf_Addr address;
		GElf_Sym sym;
		const char *name = dwfl_module_getsym_info(mod, i, &sym,
							   &address, NULL, NULL,
							   NULL);

		if (!name || name[0] != '_' || name[1] != '_')
			continue;
		for (size_t k = 0; k < KMC_ARRAY_SIZE(tables); k++) {
			if (!strcmp(name, tables[k].start_symbol))
				bounds->start[k] = address;
			else if (!strcmp(name, tables[k].end_symbol))
				bounds->end[k] = address;
		}
	}
}

/* False: there is none. */
static bool find_table(const struct kmc_code *code, size_t k,
		       const struct bounds *bounds, struct extent *out)
{
	const struct kmc_code_section *section;
	uint64_t start = bounds->start[k], end = bounds->end[k];

	for (size_t i = 0; i < code->nsections; i++) {
		section = &code->sections[i];
		if (strcmp(section->name, tables[k].section))
			continue;
		start = section->start;
		end = section->end;
	}
	section = kmc_code_section(code, start);
	if (start >= end || !section || end > section->end)
		return false;
	*out = (struct extent){
		.bytes = section->bytes + (start - section->start),
		.address = start,
		.size = end - start,
	};
	return true;
}

static int patch_compare(const void *pa, const void *pb)
{
	const struct kmc_patch *a = pa, *b = pb;

	return a->from < b->from ? -1 : a->from > b->from;
}

bool kmc_code_read_patches(struct kmc_code *code, Dwfl_Module *mod)
{
	struct bounds bounds = { };
	struct extent extent;

	read_bounds(&bounds, mod);
	for (size_t k = 0; k < KMC_ARRAY_SIZE(tables); k++)
		if (find_table(code, k, &bounds, &extent) &&
		    !add_table(code, &tables[k], &extent))
			return false;
	if (code->npatches)
		qsort(code->patches, code->npatches, sizeof(*code->patches),
		      patch_compare);
	return true;
}

const struct kmc_patch *kmc_code_patches(const struct kmc_code *code,
					 uint64_t from)
{
	size_t lo = 0, hi = code->npatches;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (code->patches[mid].from < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == code->npatches || code->patches[lo].from != from)
		return NULL;
	return &code->patches[lo];
}

const struct kmc_patch *kmc_code_replacement_end(const struct kmc_code *code,
						 uint64_t end)
{
	for (size_t i = 0; i < code->npatches; i++) {
		const struct kmc_patch *patch = &code->patches[i];

		if (patch->kind == KMC_PATCH_ALTERNATIVE && patch->to_len &&
		    patch->to + patch->to_len == end)
			return patch;
	}
	return NULL;
}
