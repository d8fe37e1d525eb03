// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of the units in .debug_info, checked before libdwarf sees them: it
 * trusts most of what they say.
 */
#include "debuginfo/dwarf_units.h"

#include "base/buf.h"
#include "base/bytes.h"

enum { UNIT_COMPILE = 1, UNIT_PARTIAL = 3 };

/* Reads one header; false: damaged. */
static bool read_unit(struct kmc_bytes *reader, const uint8_t *start,
		      uint64_t abbrev_size, struct kmc_unit *unit)
{
	unsigned int offset_size = 4, kind = UNIT_COMPILE;
	uint64_t length, abbrev, address_size;
	struct kmc_bytes body;

	unit->start = reader->p - start;
	length = kmc_bytes_number(reader, 4);
	if (length == 0xffffffff) {
		offset_size = 8;
		length = kmc_bytes_number(reader, 8);
	}
	if (reader->failed || length > kmc_bytes_left(reader))
		return false;
	body = (struct kmc_bytes){ reader->p, reader->p + length, false };
	reader->p += length;
	unit->end = reader->p - start;
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
	unit->die = body.p - start;
	unit->usable = kind == UNIT_COMPILE || kind == UNIT_PARTIAL;
	unit->abbrev = abbrev;
	unit->offset_size = offset_size;
	unit->address_size = address_size;
	return !body.failed && unit->die < unit->end && abbrev < abbrev_size &&
	       (address_size == 8 || address_size == 4);
}

bool kmc_units_read(const struct kmc_section *info, uint64_t abbrev_size,
		    struct kmc_units *units, bool *nomem)
{
	const uint8_t *start = info->data;
	struct kmc_bytes reader = { start, start + info->size, false };

	*nomem = false;
	while (reader.p < reader.end) {
		struct kmc_unit *unit;

		unit = kmc_grow(&units->v, units->count, sizeof(*unit));
		*nomem = !unit;
		if (!unit || !read_unit(&reader, start, abbrev_size, unit))
			return false;
		units->count++;
	}
	return units->count;
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
