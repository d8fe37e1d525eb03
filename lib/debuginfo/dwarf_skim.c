// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The functions of a unit, found with as few looks at its other DIEs as possible:
 * most have a known size, and those with children say where the next one is.
 */
#include "debuginfo/dwarf_skim.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "debuginfo/dwarf_raw.h"

/* A compiler makes some hundreds; a damaged table may claim any number. */
#define MAX_ABBREVS	16384
#define MAX_ATTRIBUTES	256
/* Namespaces and classes around functions (Rust, C++). */
#define MAX_OUTER	16
#define NONE		UINT32_MAX

/**
 * struct abbrev - what a kind of DIE looks like
 * @attributes: its list in .debug_abbrev: pairs of attribute and form
 * @size: bytes of all attributes, NONE: not always the same
 * @sibling: where in them DW_AT_sibling is, NONE: nowhere, or not always there
 * @sibling_size: bytes of that
 * @has_code: it has addresses
 */
struct abbrev {
	struct kmc_bytes attributes;
	uint32_t size;
	uint32_t sibling;
	uint16_t tag;
	uint8_t sibling_size;
	bool children;
	bool has_code;
};

struct skim {
	Dwarf_Die *cu;
	struct kmc_ranges *ranges;
	struct abbrev *abbrevs;
	size_t count;
	struct kmc_form_sizes sizes;
	bool classes;
	/* Of the DIE that was passed last: one range, when it says so plainly. */
	uint64_t low;
	uint64_t length;
	/* From the header, which references are relative to, and from the DIEs on. */
	const uint8_t *header;
	struct kmc_bytes dies;
};

/* ---- abbreviations ---- */

struct attribute {
	uint64_t name;
	uint64_t form;
};

/* False behind the last. */
static bool next_attribute(struct kmc_bytes *list, struct attribute *out)
{
	out->name = kmc_bytes_uleb(list);
	out->form = kmc_bytes_uleb(list);
	if (out->form == DW_FORM_implicit_const)
		kmc_bytes_sleb(list);
	return (out->name || out->form) && !list->failed;
}

static bool is_plain_reference(uint64_t form)
{
	return form == DW_FORM_ref1 || form == DW_FORM_ref2 ||
	       form == DW_FORM_ref4 || form == DW_FORM_ref8;
}

static void add_attribute(const struct skim *s, struct abbrev *abbrev,
			  const struct attribute *attribute)
{
	const int size = kmc_form_size(attribute->form, &s->sizes);

	if (attribute->name == DW_AT_low_pc || attribute->name == DW_AT_ranges)
		abbrev->has_code = true;
	if (attribute->name == DW_AT_sibling && abbrev->size != NONE &&
	    is_plain_reference(attribute->form)) {
		abbrev->sibling = abbrev->size;
		abbrev->sibling_size = size;
	}
	if (size < 0)
		abbrev->size = NONE;
	else if (abbrev->size != NONE)
		abbrev->size += size;
}

/* Compilers number them from 1 on; others are left to libdw. */
static bool read_abbrevs(struct skim *s, struct kmc_bytes table, bool *nomem)
{
	uint64_t code;

	while ((code = kmc_bytes_uleb(&table))) {
		struct attribute attribute;
		struct abbrev *abbrev;
		unsigned int count = 0;

		if (code != s->count + 1 || code > MAX_ABBREVS)
			return false;
		abbrev = kmc_grow(&s->abbrevs, s->count, sizeof(*abbrev));
		if (!abbrev) {
			*nomem = true;
			return false;
		}
		s->count++;
		abbrev->tag = kmc_bytes_uleb(&table);
		abbrev->children = kmc_bytes_byte(&table) == DW_CHILDREN_yes;
		abbrev->attributes = table;
		abbrev->sibling = NONE;
		while (next_attribute(&table, &attribute)) {
			if (++count > MAX_ATTRIBUTES)
				return false;
			add_attribute(s, abbrev, &attribute);
		}
	}
	return !table.failed;
}

/* ---- DIEs ---- */

static bool is_plain_number(uint64_t form)
{
	return form == DW_FORM_data1 || form == DW_FORM_data2 ||
	       form == DW_FORM_data4 || form == DW_FORM_data8;
}

/* The value of an attribute that is a number of its own bytes. */
static uint64_t take_number(struct skim *s, uint64_t form)
{
	return kmc_bytes_number(&s->dies, kmc_form_size(form, &s->sizes));
}

static uint64_t skip_listed(struct skim *s, const struct abbrev *abbrev)
{
	struct kmc_bytes list = abbrev->attributes;
	struct attribute attribute;
	uint64_t sibling = 0;

	while (next_attribute(&list, &attribute)) {
		if (attribute.name == DW_AT_sibling &&
		    is_plain_reference(attribute.form))
			sibling = take_number(s, attribute.form);
		else if (attribute.name == DW_AT_low_pc &&
			 attribute.form == DW_FORM_addr)
			s->low = take_number(s, attribute.form);
		else if (attribute.name == DW_AT_high_pc &&
			 is_plain_number(attribute.form))
			s->length = take_number(s, attribute.form);
		else
			kmc_form_skip(&s->dies, attribute.form, &s->sizes);
	}
	return sibling;
}

/* Passes over the attributes of a DIE; where its sibling is, 0: it does not say. */
static uint64_t skip_attributes(struct skim *s, const struct abbrev *abbrev)
{
	struct kmc_bytes at = s->dies;

	s->low = 0;
	s->length = 0;
	if (abbrev->size == NONE)
		return skip_listed(s, abbrev);
	kmc_bytes_skip(&s->dies, abbrev->size);
	if (abbrev->sibling == NONE)
		return 0;
	kmc_bytes_skip(&at, abbrev->sibling);
	return kmc_bytes_number(&at, abbrev->sibling_size);
}

/* libdw goes wherever it points; only forwards is good. */
static void go_to_sibling(struct skim *s, uint64_t sibling)
{
	const uint64_t here = s->dies.p - s->header;

	if (sibling < here)
		kmc_bytes_fail(&s->dies);
	else
		kmc_bytes_skip(&s->dies, sibling - here);
}

static bool is_outer(const struct skim *s, unsigned int tag)
{
	return s->classes && (tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
			      tag == DW_TAG_structure_type);
}

static bool add_function(struct skim *s, const uint8_t *start)
{
	Dwarf_Off offset = dwarf_dieoffset(s->cu) + (start - (uint8_t *)s->cu->addr);
	Dwarf_Die die;

	if (s->low && s->length)
		return kmc_ranges_push(s->ranges, s->low, s->low + s->length,
				       offset);
	return !dwarf_offdie(dwarf_cu_getdwarf(s->cu->cu), offset, &die) ||
	       kmc_ranges_add(s->ranges, &die);
}

/* False: out of memory. Whether it got to the end is in @s->dies. */
static bool walk(struct skim *s)
{
	/* Around the DIE: the unit, what may hold functions, and what holds none. */
	unsigned int outer = 0, closed = 0;

	do {
		const uint8_t *start = s->dies.p;
		const uint64_t code = kmc_bytes_uleb(&s->dies);
		const struct abbrev *abbrev;
		uint64_t sibling;

		if (!code && closed)
			closed--;
		else if (!code && outer)
			outer--;
		if (!code)
			continue;
		if (code > s->count) {
			kmc_bytes_fail(&s->dies);
			break;
		}
		abbrev = &s->abbrevs[code - 1];
		sibling = skip_attributes(s, abbrev);
		if (!closed && abbrev->has_code &&
		    abbrev->tag == DW_TAG_subprogram && !add_function(s, start))
			return false;
		if (!abbrev->children)
			continue;
		if (!outer || (!closed && outer <= MAX_OUTER &&
			       is_outer(s, abbrev->tag)))
			outer++;
		else if (sibling)
			go_to_sibling(s, sibling);
		else
			closed++;
	} while (outer && !s->dies.failed && s->dies.p < s->dies.end);
	return true;
}

/* ---- units ---- */

/* In C and assembly no function is within anything. */
static bool has_classes(Dwarf_Die *cu)
{
	switch (dwarf_srclang(cu)) {
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_Mips_Assembler:
		return false;
	}
	return true;
}

/* Where the unit lies, and where its abbreviations do. */
static bool read_unit(struct skim *s, const struct kmc_raw_sections *raw,
		      Dwarf *dwarf, struct kmc_bytes *table)
{
	const uint8_t *start = s->cu->addr;
	const Dwarf_Off die = dwarf_dieoffset(s->cu);
	const Dwarf_Off unit = die - dwarf_cuoffset(s->cu);
	uint8_t address_size, offset_size;
	Dwarf_Off next, abbrevs;
	Dwarf_Half version;
	size_t header_size;

	if (dwarf_next_unit(dwarf, unit, &next, &header_size, &version, &abbrevs,
			    &address_size, &offset_size, NULL, NULL) ||
	    next < die || address_size > 8 || start < raw->info.p ||
	    start >= raw->info.end)
		return false;
	s->sizes = (struct kmc_form_sizes) { version, offset_size, address_size };
	s->classes = has_classes(s->cu);
	s->dies.p = start;
	s->dies.end = raw->info.end;
	if (next - die < kmc_bytes_left(&s->dies))
		s->dies.end = start + (next - die);
	s->header = start - (die - unit);
	*table = raw->abbrev;
	kmc_bytes_skip(table, abbrevs);
	return !table->failed;
}

bool kmc_skim_functions(struct kmc_image *image, Dwarf_Die *cu,
			struct kmc_ranges *ranges, bool *nomem)
{
	const struct kmc_raw_sections *raw = kmc_image_raw(image);
	Dwarf *dwarf = dwarf_cu_getdwarf(cu->cu);
	struct kmc_ranges fresh = { };
	struct skim s = { .cu = cu, .ranges = &fresh };
	struct kmc_bytes table;
	bool done = false;

	*nomem = !raw;
	/* A split unit has abbreviations of its own. */
	if (!raw || dwarf != image->dwarf)
		return false;
	if (read_unit(&s, raw, dwarf, &table) && read_abbrevs(&s, table, nomem)) {
		*nomem = !walk(&s);
		done = !*nomem && !s.dies.failed;
	}
	free(s.abbrevs);
	if (done)
		*ranges = fresh;
	else
		kmc_ranges_release(&fresh);
	return done;
}
