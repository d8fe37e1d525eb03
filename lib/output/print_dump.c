// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * KASAN's shadow, SLUB's rows and KFENCE's canaries as they were printed, with a legend of
 * the values in them.
 */
#include "output/print_dump.h"

#include <inttypes.h>
#include <string.h>

#include "base/compiler.h"
#include "base/escape.h"
#include "report/model.h"

/* Rows that say nothing new: a report shows no more of the object than this by itself. */
#define ROWS_MAX	16

/*
 * struct meaning - of a byte
 * @first, @last: values that have it
 */
struct meaning {
	uint8_t first;
	uint8_t last;
	enum kmc_style style;
	const char *text;
};

/* A byte of shadow for 8 of memory: mm/kasan/kasan.h. */
static const struct meaning of_shadow[] = {
	{ 0x00, 0x00, KMC_STYLE_INITIALIZED, "may be accessed" },
	{ 0x01, 0x07, KMC_STYLE_INITIALIZED, "so many of the 8 bytes may be accessed" },
	{ 0xca, 0xca, KMC_STYLE_UNALLOCATED, "left of alloca()" },
	{ 0xcb, 0xcb, KMC_STYLE_UNALLOCATED, "right of alloca()" },
	{ 0xf1, 0xf1, KMC_STYLE_UNALLOCATED, "redzone at the left of the stack frame" },
	{ 0xf2, 0xf2, KMC_STYLE_UNALLOCATED, "redzone between variables of the stack" },
	{ 0xf3, 0xf3, KMC_STYLE_UNALLOCATED, "redzone at the right of the stack frame" },
	{ 0xf4, 0xf4, KMC_STYLE_UNALLOCATED, "behind a variable of the stack" },
	{ 0xf8, 0xf8, KMC_STYLE_FREED, "variable out of scope, or of vmalloc" },
	{ 0xf9, 0xf9, KMC_STYLE_UNALLOCATED, "redzone of a global variable" },
	{ 0xfa, 0xfa, KMC_STYLE_FREED, "freed, with who did it" },
	{ 0xfb, 0xfb, KMC_STYLE_FREED, "freed object" },
	{ 0xfc, 0xfc, KMC_STYLE_UNALLOCATED, "redzone of the slab" },
	{ 0xfe, 0xfe, KMC_STYLE_UNALLOCATED, "redzone of a page" },
	{ 0xff, 0xff, KMC_STYLE_FREED, "freed page" },
};

/* A tag for 16 bytes. */
static const struct meaning of_tags[] = {
	{ 0xfe, 0xfe, KMC_STYLE_FREED, "freed, or a redzone" },
	{ 0xff, 0xff, KMC_STYLE_INITIALIZED, "not checked" },
	{ 0x00, 0xfd, KMC_STYLE_PLAIN, "others are tags: a pointer has to have the same" },
};

/* include/linux/poison.h */
static const struct meaning of_bytes[] = {
	{ 0x5a, 0x5a, KMC_STYLE_UNINITIALIZED, "allocated and not written, or padding" },
	{ 0x6b, 0x6b, KMC_STYLE_FREED, "freed" },
	{ 0xa5, 0xa5, KMC_STYLE_FREED, "last byte of the object" },
	{ 0xbb, 0xbb, KMC_STYLE_UNALLOCATED, "redzone of a freed object" },
	{ 0xcc, 0xcc, KMC_STYLE_UNALLOCATED, "redzone" },
};

struct legend {
	const struct meaning *v;
	size_t count;
};

static struct legend legend_of(const struct kmc_dump *dump)
{
	if (dump->granule == 1)
		return (struct legend) { of_bytes, KMC_ARRAY_SIZE(of_bytes) };
	if (dump->granule > 8)
		return (struct legend) { of_tags, KMC_ARRAY_SIZE(of_tags) };
	return (struct legend) { of_shadow, KMC_ARRAY_SIZE(of_shadow) };
}

static const struct meaning *meaning_of(const struct legend *legend, uint8_t value)
{
	for (size_t i = 0; i < legend->count; i++)
		if (value >= legend->v[i].first && value <= legend->v[i].last)
			return &legend->v[i];
	return NULL;
}

/* ---- rows ---- */

static bool is_overwritten(const struct kmc_report *report, const struct kmc_dump_row *row,
			   size_t i)
{
	const struct kmc_overwritten *bytes = &report->overwritten;

	if (row->marks)
		return row->marks[i] == 'x';
	return bytes->known && row->address + i >= bytes->first && row->address + i <= bytes->last;
}

static void print_byte(struct kmc_printer *p, const struct kmc_report *report,
		       const struct kmc_dump_row *row, size_t i, const struct legend *legend)
{
	const struct meaning *meaning = meaning_of(legend, row->bytes[i]);
	enum kmc_style style = meaning ? meaning->style : KMC_STYLE_PLAIN;

	if (report->dump.granule == 1 && is_overwritten(report, row, i))
		style = KMC_STYLE_CARET;
	if (row->marks && row->marks[i] != 'x')
		kmc_print_say(p, KMC_STYLE_DIM, " %c ", row->marks[i]);
	else
		kmc_print_say(p, style, " %02x", row->bytes[i]);
}

/* Under what is to blame: "^^ ^^". */
static void print_marks(struct kmc_printer *p, const struct kmc_report *report, size_t r,
			size_t column)
{
	const struct kmc_dump *dump = &report->dump;
	const struct kmc_dump_row *row = &dump->rows[r];
	size_t done = 0;
	bool any = false;

	for (size_t i = 0; i < row->len; i++) {
		const bool here = dump->granule == 1 ? is_overwritten(report, row, i) :
				  dump->marked && dump->row == r && dump->byte == i;

		if (!here)
			continue;
		kmc_buf_putc(&p->buf, ' ', (any ? 0 : column) + 3 * (i - done) + 1);
		kmc_print_say(p, KMC_STYLE_CARET, "^^");
		done = i + 1;
		any = true;
	}
	if (any)
		kmc_print_newline(p);
}

/* What is not the shadow has a name that tells where it is. */
static size_t label_width(const struct kmc_report *report)
{
	const struct kmc_dump *dump = &report->dump;
	size_t width = 0;

	for (size_t i = 0; dump->granule == 1 && i < dump->count; i++) {
		const size_t len = dump->rows[i].label ? strlen(dump->rows[i].label) : 0;

		width = len > width ? len : width;
	}
	return width;
}

static void print_row(struct kmc_printer *p, const struct kmc_report *report, size_t r,
		      const struct legend *legend)
{
	const struct kmc_dump_row *row = &report->dump.rows[r];
	const size_t width = label_width(report);
	const int digits = row->address >> 32 ? 16 : 8;

	kmc_buf_puts(&p->buf, "    ");
	if (width) {
		kmc_print_quote(p, KMC_STYLE_PLAIN, row->label ?: "");
		kmc_buf_putc(&p->buf, ' ', width - (row->label ? strlen(row->label) : 0) + 1);
	}
	kmc_print_say(p, KMC_STYLE_DIM, "%0*" PRIx64 ":", digits, row->address);
	for (size_t i = 0; i < row->len; i++)
		print_byte(p, report, row, i, legend);
	kmc_print_newline(p);
	print_marks(p, report, r, 4 + (width ? width + 1 : 0) + digits + 1);
}

/* ---- the legend ---- */

static bool has_meaning(const struct kmc_report *report, const struct legend *legend,
			const struct meaning *meaning)
{
	const struct kmc_dump *dump = &report->dump;

	for (size_t r = 0; r < dump->count; r++)
		for (size_t i = 0; i < dump->rows[r].len; i++)
			if (!dump->rows[r].marks &&
			    meaning_of(legend, dump->rows[r].bytes[i]) == meaning)
				return true;
	return false;
}

static void print_legend(struct kmc_printer *p, const struct kmc_report *report,
			 const struct legend *legend)
{
	for (size_t i = 0; i < legend->count; i++) {
		const struct meaning *meaning = &legend->v[i];

		if (!has_meaning(report, legend, meaning))
			continue;
		kmc_buf_puts(&p->buf, "    ");
		if (meaning->first == meaning->last)
			kmc_print_say(p, meaning->style, "%02x", meaning->first);
		else if (!(meaning->first == 0 && meaning->last == 0xfd))
			kmc_print_say(p, meaning->style, "%02x-%02x", meaning->first, meaning->last);
		kmc_print_say(p, KMC_STYLE_DIM, "%s%s",
			      p->buf.data[p->buf.len - 1] == ' ' ? "" : " ", meaning->text);
		kmc_print_newline(p);
	}
}

/* Has the view of the memory shown it, byte by byte? */
static bool is_shown(const struct kmc_report *report, const struct kmc_dump_row *row)
{
	return report->dump.granule == 1 &&
	       row->address - report->memory_start < report->memory_len;
}

static void print_rows(struct kmc_printer *p, const struct kmc_report *report,
		       const struct legend *legend)
{
	static const char * const headings[] = {
		"Bytes that the report shows", "Shadow, a byte for 8", "Tags, one for 16 bytes",
	};
	const struct kmc_dump *dump = &report->dump;
	size_t printed = 0;

	for (size_t r = 0; r < dump->count && printed <= ROWS_MAX; r++) {
		if (is_shown(report, &dump->rows[r]))
			continue;
		if (!printed++)
			kmc_print_heading(p, headings[dump->granule == 1 ? 0 :
						      dump->granule == 8 ? 1 : 2]);
		if (printed <= ROWS_MAX)
			print_row(p, report, r, legend);
		else
			kmc_buf_puts(&p->buf, "    and more rows\n");
	}
}

void kmc_print_dump(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct legend legend = legend_of(&report->dump);

	print_rows(p, report, &legend);
	print_legend(p, report, &legend);
}
