// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The members that a report shows: their states, their values, and what the kernel's
 * source calls those values.
 */
#include "explain/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "explain/macro_names.h"
#include "explain/value_names.h"
#include "report/model.h"

/* ---- what the report shows of an object ---- */

/**
 * struct window - bytes of the report that lie in the object
 * @first, @end: offsets from the start of the object
 * @at: index of @first in the report's memory and shadow
 */
struct window {
	uint64_t first;
	uint64_t end;
	size_t at;
};

static bool find_window(const struct kmc_report *report,
			const struct kmc_candidate *candidate, struct window *w)
{
	const struct kmc_object *object = &report->object;
	const size_t shown = report->shadow_len > report->memory_len ?
			     report->shadow_len : report->memory_len;
	/* The header's place is where the caret is, whatever the registers say. */
	const int64_t first = candidate->offset - report->caret;
	uint64_t size = candidate->type_size;

	if (report->caret < 0 || !shown)
		return false;
	if (object->known && candidate->start == object->start && object->size)
		size = object->size;
	w->first = first > 0 ? first : 0;
	w->at = first > 0 ? 0 : -first;
	w->end = first + (int64_t)shown > 0 ? first + shown : 0;
	if (size && w->end > size)
		w->end = size;
	return w->end > w->first;
}

static char state_of(const struct kmc_report *report, const struct window *w,
		     uint64_t offset, uint64_t size)
{
	char state = 0;

	for (uint64_t i = offset; i < offset + size; i++) {
		const uint64_t at = w->at + i - w->first;
		char letter;

		if (i < w->first || i >= w->end || at >= report->shadow_len)
			continue;
		letter = report->shadow[at];
		if (state && state != letter)
			return 'm';
		state = letter;
	}
	return state ? state : '?';
}

static bool is_reported(const struct kmc_report *report, uint64_t offset,
			uint64_t size)
{
	const uint64_t first = report->candidates[0].offset;
	const uint64_t bytes = report->bits >= 8 ? report->bits / 8 : 1;

	for (size_t i = 0; i < report->nruns; i++) {
		const struct kmc_run *run = &report->runs[i];
		const uint64_t at = first + run->address - report->address;

		if (offset < at + run->size && offset + size > at)
			return true;
	}
	if (report->nruns)
		return false;
	return offset < first + bytes && offset + size > first;
}

static bool is_meant(const struct kmc_candidate *candidate, const struct kmc_value *value)
{
	if (candidate->path && !strcmp(candidate->path, value->path))
		return true;
	for (size_t i = 0; i < candidate->nalso; i++)
		if (!strcmp(candidate->also[i], value->path))
			return true;
	return false;
}

/* Bits from the reported byte on that the instruction uses. */
static bool uses_bits(const struct kmc_report *report, const struct kmc_value *value)
{
	const uint64_t used = report->tested_bits ? report->tested_bits : report->changed_bits;
	const uint64_t low = 8 * (value->offset - (uint64_t)report->candidates->offset) +
			     value->bit_offset;

	if (value->offset < (uint64_t)report->candidates->offset)
		return true;
	return low < 64 && used >> low &
	       (value->bit_size < 64 ? (1ULL << value->bit_size) - 1 : ~0ULL);
}

/* The access touched it, but it is another arm, or another bit, that counts. */
static bool is_other(const struct kmc_report *report, const struct kmc_value *value)
{
	const struct kmc_candidate *candidate = report->candidates;

	if (candidate->hole || is_meant(candidate, value))
		return false;
	if (value->bitfield && (report->tested_bits || report->changed_bits))
		return !uses_bits(report, value);
	return value->in_union && value->offset <= (uint64_t)candidate->offset &&
	       (uint64_t)candidate->offset < value->offset + value->size;
}

/* Little endian; false when the report does not show all of it. */
static bool load(const struct kmc_report *report, const struct window *w,
		 uint64_t offset, uint64_t size, uint64_t *out)
{
	const uint64_t at = w->at + offset - w->first;
	uint64_t value = 0;

	if (!size || size > 8 || offset < w->first || offset + size > w->end ||
	    at + size > report->memory_len)
		return false;
	for (uint64_t i = size; i-- > 0;)
		value = value << 8 | report->memory[at + i];
	*out = value;
	return true;
}

static int64_t sign_extend(uint64_t value, unsigned int bits)
{
	const uint64_t top = 1ULL << (bits - 1);

	return bits >= 64 ? (int64_t)value : (int64_t)((value ^ top) - top);
}

/* ---- names ---- */

static struct kmc_error *add_enumerators(const struct kmc_type *type, int64_t number,
					 struct kmc_value *value)
{
	struct kmc_error *err = NULL;

	for (size_t i = 0; !err && i < type->nenumerators; i++)
		if (type->enumerators[i].value == number)
			err = kmc_value_add_name(value,
						 type->enumerators[i].name);
	return err;
}

/* ---- values ---- */

static struct kmc_error *set_text(struct kmc_value *value, const struct kmc_type *type,
				  uint64_t number, unsigned int bits)
{
	const int64_t wide = sign_extend(number, bits);
	int len;

	switch (type->kind) {
	case KMC_TYPE_POINTER:
	case KMC_TYPE_FUNCTION:
		len = asprintf(&value->text, "0x%" PRIx64, number);
		break;
	case KMC_TYPE_BOOL:
		len = number > 1 ? asprintf(&value->text, "0x%" PRIx64, number) :
		      asprintf(&value->text, "%s", number ? "true" : "false");
		break;
	case KMC_TYPE_CHAR:
		/* The kernel's u8, which is rarely a letter. */
	case KMC_TYPE_INT:
	case KMC_TYPE_ENUM:
		if (type->is_signed && wide < 0)
			len = asprintf(&value->text, "%" PRId64, wide);
		else if (number < 10)
			len = asprintf(&value->text, "%" PRIu64, number);
		else
			len = asprintf(&value->text, "0x%" PRIx64, number);
		break;
	default:
		return NULL;
	}
	if (len < 0) {
		value->text = NULL;
		return kmc_error_nomem();
	}
	return NULL;
}

/*
 * A pointer by its name. One in memory that is not initialized says nothing but for what
 * it was poisoned with, and what was freed was something before.
 */
static struct kmc_error *set_pointer(struct kmc_debuginfo *di,
				     const struct kmc_report *report, uint64_t number,
				     unsigned int bits, struct kmc_value *value)
{
	if (value->state == 'i' || (value->state == 'f' && number) ||
	    kmc_poison_pointer(number, bits))
		return kmc_pointer_text(di, report, number, bits, &value->text);
	return NULL;
}

/* Uninitialised or freed bytes that the kernel has filled. */
static struct kmc_error *name_poison(const struct kmc_report *report,
				     const struct window *w, struct kmc_value *value)
{
	const uint64_t at = w->at + value->offset - w->first;
	const char *name;
	uint64_t number;

	if (value->hole || value->nnames || value->offset < w->first ||
	    value->offset + value->size > w->end ||
	    at + value->size > report->memory_len)
		return NULL;
	name = kmc_poison_bytes(report->memory + at, value->size);
	if (!name)
		return NULL;
	if (!value->text && load(report, w, value->offset, value->size, &number) &&
	    asprintf(&value->text, "0x%" PRIx64, number) < 0) {
		value->text = NULL;
		return kmc_error_nomem();
	}
	return kmc_value_add_name(value, name);
}

static struct kmc_error *decode_value(struct kmc_debuginfo *di, struct kmc_image *image,
				      struct kmc_types *types,
				      const struct kmc_report *report,
				      const struct window *w,
				      const struct kmc_field *field,
				      struct kmc_value *value)
{
	unsigned int bits = 8 * field->size;
	const struct kmc_type *type;
	struct kmc_error *err;
	uint64_t number;

	if (!load(report, w, field->offset, field->size, &number))
		return NULL;
	err = kmc_types_get(types, field->type, &type);
	if (!err && type->kind == KMC_TYPE_POINTER && !field->bitfield)
		err = set_pointer(di, report, number, bits, value);
	if (!err && !value->text && !field->bitfield &&
	    (value->state != 'i' || type->kind == KMC_TYPE_POINTER))
		err = name_poison(report, w, value);
	if (err || value->state != 'i' || value->text)
		return err;
	if (field->bitfield) {
		bits = field->bit_size;
		if (!bits || bits > 64)
			return NULL;
		number >>= field->bit_offset;
		if (bits < 64)
			number &= (1ULL << bits) - 1;
	}
	err = set_text(value, type, number, bits);
	if (!err && type->kind == KMC_TYPE_ENUM)
		err = add_enumerators(type, type->is_signed ?
				      sign_extend(number, bits) : (int64_t)number,
				      value);
	if (!err && (type->kind == KMC_TYPE_INT || type->kind == KMC_TYPE_CHAR))
		err = kmc_macro_names(image, report, number, value);
	return err;
}

/* ---- arrays of bytes ---- */

/* Elements of more bytes are worth a line each. */
#define SMALL_ELEMENT	2
#define MAX_STRING	64

/* "name[12]" → length of "name", and 12; 0: no element. */
static size_t element_of(const char *path, unsigned long *index)
{
	const char *bracket = strrchr(path, '[');
	char *end;

	if (!bracket)
		return 0;
	*index = strtoul(bracket + 1, &end, 10);
	return end[0] == ']' && !end[1] ? bracket - path : 0;
}

/*
 * A small element behind others of the same array in the same state becomes part of
 * them: "name[3..12]". -> whether it has
 */
static bool joins(struct kmc_report *report, const struct window *w,
		  const struct kmc_field *field, struct kmc_error **err)
{
	struct kmc_value *last = &report->values[report->nvalues - 1];
	unsigned long index = 0, first;
	const char *path = field->path;
	size_t len;
	char *joined;

	*err = NULL;
	if (!path || field->size > SMALL_ELEMENT ||
	    field->bitfield || field->place != KMC_PLACE_MEMBER || last->hole ||
	    last->bitfield || last->offset + last->size != field->offset ||
	    last->in_union != field->in_union ||
	    last->state != state_of(report, w, field->offset, field->size))
		return false;
	len = element_of(path, &index);
	if (!len || strncmp(path, last->path, len) || last->path[len] != '[')
		return false;
	first = strtoul(last->path + len + 1, NULL, 10);
	if ((index - first) * field->size != last->size)
		return false;
	if (asprintf(&joined, "%.*s[%lu..%lu]", (int)len, path, first, index) < 0) {
		*err = kmc_error_nomem();
		return true;
	}
	free(last->path);
	last->path = joined;
	last->size += field->size;
	last->reported |= is_reported(report, field->offset, field->size);
	free(last->text);
	last->text = NULL;
	for (; last->nnames; last->nnames--)
		free(last->names[last->nnames - 1]);
	return true;
}

/* An array of characters that are some: "eth0". */
static struct kmc_error *spell(const struct kmc_report *report,
			       const struct window *w, struct kmc_value *value)
{
	const uint64_t at = w->at + value->offset - w->first;
	struct kmc_buf buf = { };
	size_t len;

	if (value->state != 'i' || value->text || value->hole ||
	    !strstr(value->path, "[0..") || value->offset < w->first ||
	    at + value->size > report->memory_len)
		return NULL;
	len = strnlen((const char *)report->memory + at, value->size);
	if (!len || len > MAX_STRING)
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (report->memory[at + i] < ' ' || report->memory[at + i] > '~')
			return NULL;
	kmc_buf_printf(&buf, "\"%.*s\"", (int)len,
		       (const char *)report->memory + at);
	return kmc_buf_take(&buf, &value->text);
}

static struct kmc_error *take_field(struct kmc_debuginfo *di, struct kmc_image *image,
				    struct kmc_types *types,
				    struct kmc_report *report,
				    const struct window *w,
				    const struct kmc_field *field)
{
	struct kmc_value *value;
	struct kmc_error *err;

	if (report->nvalues && joins(report, w, field, &err))
		return err;
	value = kmc_grow(&report->values, report->nvalues, sizeof(*value));
	if (!value)
		return kmc_error_nomem();
	report->nvalues++;
	value->path = strdup(field->path ? field->path : "");
	value->after = field->after ? strdup(field->after) : NULL;
	if (!value->path || (field->after && !value->after))
		return kmc_error_nomem();
	value->hole = field->place == KMC_PLACE_HOLE ||
		      field->place == KMC_PLACE_TAIL;
	value->offset = field->offset;
	value->size = field->size;
	value->in_union = field->in_union;
	value->bitfield = field->bitfield;
	value->bit_offset = field->bit_offset;
	value->bit_size = field->bit_size;
	value->state = state_of(report, w, field->offset, field->size);
	value->reported = is_reported(report, field->offset, field->size);
	value->other = value->reported && is_other(report, value);
	if (value->hole || field->place != KMC_PLACE_MEMBER)
		return NULL;
	return decode_value(di, image, types, report, w, field, value);
}

static struct kmc_error *value_image(struct kmc_debuginfo *di,
				     const struct kmc_report *report,
				     struct kmc_image **out)
{
	const struct kmc_stack *stack = &report->frames;
	const char *module = stack->count ? stack->frames[0].module : NULL;
	struct kmc_error *err = kmc_debuginfo_image(di, module, out);

	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
		*out = di->vmlinux;
	}
	return err;
}

struct kmc_error *kmc_values_fill(struct kmc_debuginfo *di, struct kmc_report *report)
{
	const struct kmc_candidate *candidate = report->candidates;
	struct kmc_fields fields = { };
	struct kmc_image *image;
	struct kmc_error *err;
	struct window w;
	bool truncated;

	if (!di || !report->ncandidates || !candidate->types ||
	    !find_window(report, candidate, &w))
		return NULL;
	err = value_image(di, report, &image);
	if (!err)
		err = kmc_layout_fields(candidate->types, candidate->type_id,
					w.first, w.end - w.first, &fields,
					&truncated);
	for (size_t i = 0; !err && i < fields.count; i++)
		if (fields.v[i].place != KMC_PLACE_OUTSIDE)
			err = take_field(di, image, candidate->types, report, &w,
					 &fields.v[i]);
	for (size_t i = 0; !err && i < report->nvalues; i++) {
		struct kmc_value *value = &report->values[i];

		err = spell(report, &w, value);
		if (!err && value->state != 'i' && !value->text && !value->bitfield)
			err = name_poison(report, &w, value);
	}
	kmc_fields_release(&fields);
	return err;
}
