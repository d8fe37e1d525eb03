// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bytes that another checker than kmemcheck shows, as the memory and shadow of a report:
 * a letter a byte, as kmemcheck has them.
 */
#include "explain/shown_bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "explain/registers.h"
#include "explain/value_names.h"
#include "report/model.h"

/* To either side of the object, and more than any report shows. */
#define AROUND		16
#define SHOWN_MAX	65536

/* include/linux/poison.h */
#define POISON_FREE	0x6b
#define POISON_END	0xa5

/**
 * struct shown - what is to be shown
 * @start: address of the first byte
 * @memory: bytes, NULL of a shadow
 * @letters: the state of each
 * @len: of them
 */
struct shown {
	uint64_t start;
	uint8_t *memory;
	char *letters;
	size_t len;
};

/* ---- KASAN's shadow ---- */

/* Of byte @at of a granule. */
static char letter_of(const struct kmc_report *report, uint8_t value, unsigned int at)
{
	const unsigned int granule = report->dump.granule;

	if (granule > 8) {
		if (report->has_tags && value == report->tags[0])
			return 'i';
		return value == 0xfe || value == 0xff ? 'f' : 'a';
	}
	if (!value)
		return 'i';
	if (value < granule)
		return at < value ? 'i' : 'a';
	/* The object, its first granule, a page, and a variable that is out of scope. */
	return value == 0xfb || value == 0xfa || value == 0xff || value == 0xf8 ? 'f' : 'a';
}

static bool shadow_at(const struct kmc_report *report, uint64_t address, char *letter)
{
	const struct kmc_dump *dump = &report->dump;

	for (size_t i = 0; i < dump->count; i++) {
		const struct kmc_dump_row *row = &dump->rows[i];
		const uint64_t away = address - row->address;

		if (away / dump->granule >= row->len)
			continue;
		*letter = letter_of(report, row->bytes[away / dump->granule],
				    away % dump->granule);
		return true;
	}
	return false;
}

static struct kmc_error *take_shadow(const struct kmc_report *report, struct shown *out)
{
	const struct kmc_object *object = &report->object;
	uint64_t at = object->start, end = object->start + object->size + AROUND;
	struct kmc_buf letters = { };
	int64_t offset;
	char letter;

	if (!kmc_report_offset(report, &offset) || object->size > SHOWN_MAX)
		return NULL;
	if (offset < 0 && offset >= -AROUND)
		at -= AROUND;
	/* A large object is shown from where the rows begin. */
	while (at < end && !shadow_at(report, at, &letter))
		at++;
	out->start = at;
	for (; at < end && shadow_at(report, at, &letter); at++)
		kmc_buf_add(&letters, &letter, 1);
	out->len = letters.len;
	return letters.len ? kmc_buf_take(&letters, &out->letters) : NULL;
}

/* ---- SLUB's rows ---- */

static bool is_labelled(const struct kmc_dump_row *row, const char *label)
{
	return row->label && strstr(row->label, label);
}

/* Were they overwritten after the object was freed? */
static bool is_poisoned(const struct kmc_report *report)
{
	return report->error && strstr(report->error, "oison overwritten");
}

static bool is_overwritten(const struct kmc_report *report, uint64_t address)
{
	const struct kmc_overwritten *bytes = &report->overwritten;

	return bytes->known && address >= bytes->first && address <= bytes->last;
}

/* What of a freed object is no poison was written to it since. */
static char byte_letter(const struct kmc_report *report, uint8_t byte)
{
	return is_poisoned(report) && (byte == POISON_FREE || byte == POISON_END) ? 'f' : 'i';
}

/* The first of the rows that lead to those of the object. */
static size_t first_row(const struct kmc_dump *dump)
{
	size_t first = 0;

	while (first < dump->count && !is_labelled(&dump->rows[first], "Object"))
		first++;
	while (first < dump->count && first && is_labelled(&dump->rows[first - 1], "edzone") &&
	       dump->rows[first - 1].address + dump->rows[first - 1].len ==
		       dump->rows[first].address)
		first--;
	return first;
}

/* The object, and the rows that follow each other around it. */
static struct kmc_error *take_rows(const struct kmc_report *report, struct shown *out)
{
	const struct kmc_dump *dump = &report->dump;
	struct kmc_buf memory = { }, letters = { };
	struct kmc_error *err;

	for (size_t i = first_row(dump); i < dump->count; i++) {
		const struct kmc_dump_row *row = &dump->rows[i];
		const bool object = is_labelled(row, "Object");

		if (letters.len && row->address != out->start + letters.len)
			break;
		if (!letters.len)
			out->start = row->address;
		for (size_t j = 0; j < row->len; j++) {
			const char letter = object ? byte_letter(report, row->bytes[j]) :
					    is_overwritten(report, row->address + j) ? 'i' : 'a';

			kmc_buf_add(&letters, &letter, 1);
		}
		kmc_buf_add(&memory, (const char *)row->bytes, row->len);
	}
	out->len = letters.len;
	if (!letters.len)
		return NULL;
	err = kmc_buf_take(&letters, &out->letters);
	if (err) {
		kmc_buf_release(&memory);
		return err;
	}
	return kmc_buf_take(&memory, (char **)&out->memory);
}

struct kmc_error *kmc_shown_fill(struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;
	struct shown shown = { };
	struct kmc_error *err;

	if (report->memory || report->shadow || !report->dump.count || report->hashed ||
	    object->hashed || !object->known || !object->has_start || !object->size)
		return NULL;
	if (report->dump.granule > 1)
		err = take_shadow(report, &shown);
	else
		err = take_rows(report, &shown);
	if (err || !shown.len) {
		free(shown.letters);
		free(shown.memory);
		return err;
	}
	report->shadow = shown.letters;
	report->shadow_len = shown.len;
	report->memory = shown.memory;
	report->memory_len = shown.memory ? shown.len : 0;
	report->memory_start = shown.start;
	/* It may be behind what is shown. */
	report->caret = report->has_address && report->address - shown.start < SHOWN_MAX ?
			(int)(report->address - shown.start) : -1;
	return NULL;
}

/* ---- what was written there ---- */

#define DECODED_MAX	64

/* They follow each other, or mean nothing together. */
static size_t take_overwritten(const struct kmc_report *report, uint8_t *out)
{
	const struct kmc_dump *dump = &report->dump;
	uint64_t last = 0;
	size_t count = 0;

	for (size_t i = 0; i < dump->count; i++) {
		const struct kmc_dump_row *row = &dump->rows[i];

		for (size_t j = 0; j < row->len && count < DECODED_MAX; j++) {
			if (row->marks ? row->marks[j] != 'x' :
					 !is_overwritten(report, row->address + j))
				continue;
			if (count && row->address + j != last + 1)
				return 0;
			last = row->address + j;
			out[count++] = row->bytes[j];
		}
	}
	return count;
}

static bool is_text(const uint8_t *bytes, size_t count)
{
	/* One that ends it is no letter. */
	if (count > 1 && !bytes[count - 1])
		count--;
	for (size_t i = 0; i < count; i++)
		if (bytes[i] < 0x20 || bytes[i] > 0x7e)
			return false;
	return count > 1;
}

static struct kmc_error *put_number(struct kmc_debuginfo *di, const struct kmc_report *report,
				    const uint8_t *bytes, size_t count, struct kmc_buf *buf)
{
	const struct kmc_machine *machine = kmc_report_machine(report);
	struct kmc_error *err = NULL;
	uint64_t number = 0;
	char *name = NULL;

	for (size_t i = count; i-- > 0;)
		number = number << 8 | bytes[i];
	/* What is small is a number, whatever else it may be. */
	if (count == machine->word && number >> 4 * count)
		err = kmc_pointer_text(di, report, number, 8 * count, &name);
	if (err)
		return err;
	if (name)
		kmc_buf_printf(buf, "0x%" PRIx64 ", %s", number, name);
	else if (number < 10)
		kmc_buf_printf(buf, "the number %" PRIu64, number);
	else if (number < 65536)
		kmc_buf_printf(buf, "the number %" PRIu64 " (0x%" PRIx64 ")", number, number);
	else if (count == machine->word && count == 8 && number >> 47 == 0x1ffff)
		kmc_buf_printf(buf, "0x%" PRIx64 ", a pointer of the kernel", number);
	free(name);
	return NULL;
}

struct kmc_error *kmc_overwritten_say(struct kmc_debuginfo *di, struct kmc_report *report)
{
	uint8_t bytes[DECODED_MAX];
	struct kmc_error *err = NULL;
	struct kmc_buf buf = { };
	size_t count;

	free(report->overwritten.what);
	report->overwritten.what = NULL;
	if (report->dump.granule != 1 || (report->hashed && report->overwritten.known))
		return NULL;
	count = take_overwritten(report, bytes);
	if (is_text(bytes, count))
		kmc_buf_printf(&buf, "\"%.*s\"", (int)strnlen((char *)bytes, count), bytes);
	else if (count && count <= 8)
		err = put_number(di, report, bytes, count, &buf);
	if (!err && buf.len)
		return kmc_buf_take(&buf, &report->overwritten.what);
	kmc_buf_release(&buf);
	return err;
}
