// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of the units in .debug_info and .debug_types, checked before libdwarf sees them:
 * it trusts most of what they say.
 */
#include "debuginfo/dwarf_units.h"

#include "base/buf.h"
#include "base/bytes.h"

enum {
	UNIT_COMPILE = 1, UNIT_TYPE = 2, UNIT_PARTIAL = 3, UNIT_SKELETON = 4, UNIT_SPLIT = 5,
	UNIT_SPLIT_TYPE = 6,
};

/*
 * struct part - a section of units
 * @base: number of its first byte
 * @kind: of its units, before DWARF 5
 */
struct part {
	const uint8_t *start;
	uint64_t base;
	uint64_t abbrev_size;
	unsigned int kind;
};

/* Reads one header; false: damaged. */
static bool read_unit(struct kmc_bytes *reader, const struct part *part, struct kmc_unit *unit)
{
	unsigned int offset_size = 4, kind = part->kind;
	uint64_t length, abbrev, address_size;
	struct kmc_bytes body;

	unit->start = part->base + (reader->p - part->start);
	length = kmc_bytes_number(reader, 4);
	if (length == 0xffffffff) {
		offset_size = 8;
		length = kmc_bytes_number(reader, 8);
	}
	if (reader->failed || length > kmc_bytes_left(reader))
		return false;
	body = (struct kmc_bytes){ reader->p, reader->p + length, false };
	reader->p += length;
	unit->end = part->base + (reader->p - part->start);
	unit->version = kmc_bytes_number(&body, 2);
	if (unit->version < 2 || unit->version > 5)
		return false;
	if (unit->version == 5) {
		kind = kmc_bytes_number(&body, 1);
		address_size = kmc_bytes_number(&body, 1);
		abbrev = kmc_bytes_number(&body, offset_size);
	} else {
		abbrev = kmc_bytes_number(&body, offset_size);
		address_size = kmc_bytes_number(&body, 1);
	}
	/* By which skeletons and types are found. */
	if (kind != UNIT_COMPILE && kind != UNIT_PARTIAL)
		unit->signature = kmc_bytes_number(&body, 8);
	if (kind == UNIT_TYPE || kind == UNIT_SPLIT_TYPE)
		unit->type = unit->start + kmc_bytes_number(&body, offset_size);
	unit->die = part->base + (body.p - part->start);
	unit->usable = kind >= UNIT_COMPILE && kind <= UNIT_SPLIT_TYPE && kind != UNIT_SKELETON;
	unit->abbrev = abbrev;
	unit->offset_size = offset_size;
	unit->address_size = address_size;
	return !body.failed && unit->die < unit->end && abbrev < part->abbrev_size &&
	       (address_size == 8 || address_size == 4);
}

static bool read_part(const struct part *part, const struct kmc_section *section,
		      struct kmc_units *units, bool *nomem)
{
	struct kmc_bytes reader = { part->start, part->start + section->size, false };

	while (reader.p < reader.end) {
		struct kmc_unit *unit;

		unit = kmc_grow(&units->v, units->count, sizeof(*unit));
		*nomem = !unit;
		if (unit)
			*unit = (struct kmc_unit){ };
		if (!unit || !read_unit(&reader, part, unit))
			return false;
		units->count++;
	}
	return true;
}

bool kmc_units_read(const struct kmc_section *info, const struct kmc_section *types,
		    uint64_t abbrev_size, struct kmc_units *units, bool *nomem)
{
	struct part part = {
		.start = info->data, .abbrev_size = abbrev_size, .kind = UNIT_COMPILE,
	};

	*nomem = false;
	if (!read_part(&part, info, units, nomem))
		return false;
	part.start = types ? types->data : NULL;
	part.base = info->size;
	part.kind = UNIT_TYPE;
	return (!types || read_part(&part, types, units, nomem)) && units->count;
}

const struct kmc_unit *kmc_units_find(const struct kmc_units *units,
				      uint64_t die)
{
	size_t lo = 0, hi = units->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct kmc_unit *unit = &units->v[mid];

		if (die >= unit->end)
			lo = mid + 1;
		else if (die < unit->die)
			hi = mid;
		else
			return unit->usable ? unit : NULL;
	}
	return NULL;
}
