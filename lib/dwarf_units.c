// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of the units in .debug_info, checked before libdwarf sees them: it
 * trusts most of what they say.
 */
#include "layout.h"
#include "dwarf_units.h"

enum { UNIT_COMPILE = 1, UNIT_PARTIAL = 3 };

/* A place in a section, which must not go beyond its end. */
struct reader {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

static uint64_t take(struct reader *reader, unsigned int bytes)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->p) < bytes) {
		reader->failed = true;
		return 0;
	}
	/* x86 is little endian, and so is all that this reads. */
	memcpy(&value, reader->p, bytes);
	reader->p += bytes;
	return value;
}

/* Reads one header; false: damaged. */
static bool read_unit(struct reader *reader, const uint8_t *start,
		      uint64_t abbrev_size, struct kmc_unit *unit)
{
	unsigned int offset_size = 4, kind = UNIT_COMPILE;
	uint64_t length, abbrev, address_size;
	struct reader body;

	unit->start = reader->p - start;
	length = take(reader, 4);
	if (length == 0xffffffff) {
		offset_size = 8;
		length = take(reader, 8);
	}
	if (reader->failed || length > (uint64_t)(reader->end - reader->p))
		return false;
	body = (struct reader){ reader->p, reader->p + length, false };
	reader->p += length;
	unit->end = reader->p - start;
	unit->version = take(&body, 2);
	if (unit->version < 2 || unit->version > 5)
		return false;
	if (unit->version == 5) {
		kind = take(&body, 1);
		address_size = take(&body, 1);
		abbrev = take(&body, offset_size);
	} else {
		abbrev = take(&body, offset_size);
		address_size = take(&body, 1);
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
	struct reader reader = { start, start + info->size, false };

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
