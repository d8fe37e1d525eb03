// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One row of a line table, found while the table is run through. Of the others nothing
 * is kept but, every now and then, a place to start again from.
 */
#include "debuginfo/dwarf_lines.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/map.h"
#include "debuginfo/dwarf_raw.h"
#include "debuginfo/source_path.h"

/* What an entry of a version 5 table may be made of. */
#define MAX_PARTS	16
/* Bytes of program from one place to start from to the next: some hundred rows. */
#define PIECE		512

/**
 * struct file - a file of the table
 * @name, @dir: as in the table
 * @path: of the source, NULL until asked for
 */
struct file {
	const char *name;
	uint64_t dir;
	char *path;
};

/* What the program changes, and a row is when it is added. */
struct row {
	uint64_t address;
	uint64_t file;
	uint64_t line;
	uint64_t column;
	bool end;
};

/**
 * struct piece - of a program
 * @code: its start
 * @start: as things are there
 * @min, @max: addresses of its rows, when it has any; else @min is greater
 * @max_ends: the row for @max ends a sequence
 */
struct piece {
	const uint8_t *code;
	struct row start;
	uint64_t min;
	uint64_t max;
	bool max_ends;
};

/**
 * struct kmc_lines - the table of a unit
 * @program: its instructions
 * @lengths: arguments of the standard ones, from the first on
 * @address_step, @line_step: what a special instruction adds
 * @comp_dir: build directory, NULL if unknown
 * @dirs: the first is that of the unit, NULL if unknown
 * @pieces: of @program, in its order
 */
struct kmc_lines {
	struct kmc_form_sizes sizes;
	struct kmc_bytes program;
	const uint8_t *lengths;
	unsigned int min_length;
	unsigned int first_special;
	uint16_t address_step[256];
	int16_t line_step[256];
	const char *comp_dir;
	const char **dirs;
	size_t ndirs;
	struct file *files;
	size_t nfiles;
	struct piece *pieces;
	size_t npieces;
};

/* ---- directories and files ---- */

static bool push_dir(struct kmc_lines *lines, const char *dir)
{
	const char **slot = kmc_grow(&lines->dirs, lines->ndirs, sizeof(*slot));

	if (slot) {
		*slot = dir;
		lines->ndirs++;
	}
	return slot;
}

static bool push_file(struct kmc_lines *lines, const char *name, uint64_t dir)
{
	struct file *slot = kmc_grow(&lines->files, lines->nfiles, sizeof(*slot));

	if (slot) {
		*slot = (struct file) { .name = name, .dir = dir };
		lines->nfiles++;
	}
	return slot;
}

/* Up to version 4: lists that end with an empty name; file 0 is none. */
static bool read_old_tables(struct kmc_lines *lines, struct kmc_bytes *header)
{
	const char *name;

	if (!push_dir(lines, lines->comp_dir) || !push_file(lines, NULL, 0))
		return false;
	while ((name = kmc_bytes_string(header)) && *name)
		if (!push_dir(lines, name))
			return false;
	while ((name = kmc_bytes_string(header)) && *name) {
		const uint64_t dir = kmc_bytes_uleb(header);

		kmc_bytes_uleb(header);
		kmc_bytes_uleb(header);
		if (!push_file(lines, name, dir))
			return false;
	}
	return !header->failed;
}

/* What an entry is made of. */
struct entry_format {
	struct {
		uint64_t content;
		uint64_t form;
	} parts[MAX_PARTS];
	unsigned int count;
};

static bool read_format(struct kmc_bytes *header, struct entry_format *format)
{
	format->count = kmc_bytes_byte(header);
	if (format->count > MAX_PARTS)
		return false;
	for (unsigned int i = 0; i < format->count; i++) {
		format->parts[i].content = kmc_bytes_uleb(header);
		format->parts[i].form = kmc_bytes_uleb(header);
	}
	return !header->failed;
}

static const char *string_at(struct kmc_bytes section, uint64_t offset)
{
	kmc_bytes_skip(&section, offset);
	return section.p ? kmc_bytes_string(&section) : NULL;
}

/* NULL: damaged, or of a form that no compiler uses here. */
static const char *read_name(const struct kmc_lines *lines,
			     const struct kmc_raw_sections *raw, uint64_t form,
			     struct kmc_bytes *header)
{
	switch (form) {
	case DW_FORM_string:
		return kmc_bytes_string(header);
	case DW_FORM_line_strp:
		return string_at(raw->line_str,
				 kmc_bytes_number(header, lines->sizes.offset));
	case DW_FORM_strp:
		return string_at(raw->str,
				 kmc_bytes_number(header, lines->sizes.offset));
	}
	return NULL;
}

static bool read_number(uint64_t form, struct kmc_bytes *header, uint64_t *out)
{
	switch (form) {
	case DW_FORM_data1:
		*out = kmc_bytes_number(header, 1);
		return true;
	case DW_FORM_data2:
		*out = kmc_bytes_number(header, 2);
		return true;
	case DW_FORM_udata:
		*out = kmc_bytes_uleb(header);
		return true;
	}
	return false;
}

static bool read_entry(struct kmc_lines *lines, const struct kmc_raw_sections *raw,
		       const struct entry_format *format, struct kmc_bytes *header,
		       struct file *out)
{
	*out = (struct file) { };
	for (unsigned int i = 0; i < format->count; i++) {
		const uint64_t form = format->parts[i].form;

		switch (format->parts[i].content) {
		case DW_LNCT_path:
			out->name = read_name(lines, raw, form, header);
			break;
		case DW_LNCT_directory_index:
			if (!read_number(form, header, &out->dir))
				return false;
			break;
		default:
			kmc_form_skip(header, form, &lines->sizes);
		}
	}
	return out->name && !header->failed;
}

static bool read_new_tables(struct kmc_lines *lines,
			    const struct kmc_raw_sections *raw,
			    struct kmc_bytes *header)
{
	struct entry_format format;
	struct file entry;
	uint64_t count;

	if (!read_format(header, &format))
		return false;
	/* An entry has a byte at least, or is refused: this ends with the section. */
	for (count = kmc_bytes_uleb(header); count; count--)
		if (!read_entry(lines, raw, &format, header, &entry) ||
		    !push_dir(lines, entry.name))
			return false;
	if (!read_format(header, &format))
		return false;
	for (count = kmc_bytes_uleb(header); count; count--)
		if (!read_entry(lines, raw, &format, header, &entry) ||
		    !push_file(lines, entry.name, entry.dir))
			return false;
	return !header->failed;
}

/* ---- header ---- */

static void set_steps(struct kmc_lines *lines, int line_base,
		      unsigned int line_range)
{
	for (unsigned int i = 0; i < 256 - lines->first_special; i++) {
		const unsigned int op = lines->first_special + i;

		lines->address_step[op] = i / line_range * lines->min_length;
		lines->line_step[op] = line_base + (int)(i % line_range);
	}
}

/* From behind the length of the header on. */
static bool read_parameters(struct kmc_lines *lines, struct kmc_bytes *header)
{
	unsigned int line_range;
	int8_t line_base;

	lines->min_length = kmc_bytes_byte(header);
	/* More than one operation in an instruction is not x86. */
	if (lines->sizes.version >= 4 && kmc_bytes_byte(header) != 1)
		return false;
	kmc_bytes_byte(header);
	line_base = kmc_bytes_byte(header);
	line_range = kmc_bytes_byte(header);
	lines->first_special = kmc_bytes_byte(header);
	if (!line_range || !lines->first_special)
		return false;
	lines->lengths = header->p;
	kmc_bytes_skip(header, lines->first_special - 1);
	set_steps(lines, line_base, line_range);
	return !header->failed;
}

/* @table: from the start of the table to the end of the section. */
static bool read_header(struct kmc_lines *lines, const struct kmc_raw_sections *raw,
			struct kmc_bytes table)
{
	struct kmc_bytes header;
	uint64_t length;

	lines->sizes.offset = 4;
	length = kmc_bytes_number(&table, 4);
	if (length == 0xffffffff) {
		lines->sizes.offset = 8;
		length = kmc_bytes_number(&table, 8);
	}
	if (length > kmc_bytes_left(&table))
		return false;
	table.end = table.p + length;
	lines->sizes.version = kmc_bytes_number(&table, 2);
	if (lines->sizes.version < 2 || lines->sizes.version > 5)
		return false;
	lines->sizes.address = 8;
	if (lines->sizes.version == 5) {
		lines->sizes.address = kmc_bytes_byte(&table);
		if (kmc_bytes_byte(&table))
			return false;
	}
	length = kmc_bytes_number(&table, lines->sizes.offset);
	header = table;
	kmc_bytes_skip(&table, length);
	if (table.failed)
		return false;
	header.end = table.p;
	lines->program = table;
	return read_parameters(lines, &header) &&
	       (lines->sizes.version == 5 ? read_new_tables(lines, raw, &header) :
					    read_old_tables(lines, &header));
}

/* ---- the program ---- */

static const struct row first_row = { .file = 1, .line = 1 };

/**
 * struct run - of a piece
 * @now: the machine
 * @piece: @min and @max are those of the rows so far
 * @want: address looked for
 * @best: the last row at or before it, in the order of addresses
 * @within: of @best only the address is known, and which piece it is in; else NULL
 */
struct run {
	const struct kmc_lines *lines;
	struct kmc_bytes code;
	struct row now;
	struct piece piece;
	uint64_t want;
	struct row best;
	bool found;
	const struct piece *within;
};

/* Of rows for one address the last one counts, but the end of a sequence least. */
static inline bool is_behind(uint64_t address, bool end, uint64_t other, bool other_ends)
{
	return address > other || (address == other && (!end || other_ends));
}

static inline bool is_better(const struct run *run, uint64_t address, bool end)
{
	return !run->found ||
	       is_behind(address, end, run->best.address, run->best.end);
}

static inline void add_row(struct run *run)
{
	const struct row *now = &run->now;
	struct piece *piece = &run->piece;

	if (now->address < piece->min)
		piece->min = now->address;
	if (is_behind(now->address, now->end, piece->max, piece->max_ends)) {
		piece->max = now->address;
		piece->max_ends = now->end;
	}
	if (now->address <= run->want && is_better(run, now->address, now->end)) {
		run->best = *now;
		run->found = true;
		run->within = NULL;
	}
}

static void run_extended(struct run *run)
{
	const uint64_t length = kmc_bytes_uleb(&run->code);
	struct kmc_bytes body = run->code;

	kmc_bytes_skip(&run->code, length);
	if (run->code.failed || !length)
		return;
	body.end = run->code.p;
	switch (kmc_bytes_byte(&body)) {
	case DW_LNE_end_sequence:
		run->now.end = true;
		add_row(run);
		run->now = first_row;
		break;
	case DW_LNE_set_address:
		run->now.address = length > 9 ? 0 : kmc_bytes_number(&body, length - 1);
		break;
	case DW_LNE_define_file:
		/* Out of use for long. */
		kmc_bytes_fail(&run->code);
		break;
	}
}

static inline void run_standard(struct run *run, unsigned int op)
{
	const struct kmc_lines *lines = run->lines;
	struct row *now = &run->now;

	switch (op) {
	case DW_LNS_copy:
		add_row(run);
		break;
	case DW_LNS_advance_pc:
		now->address += lines->min_length * kmc_bytes_uleb(&run->code);
		break;
	case DW_LNS_advance_line:
		now->line += kmc_bytes_sleb(&run->code);
		break;
	case DW_LNS_set_file:
		now->file = kmc_bytes_uleb(&run->code);
		break;
	case DW_LNS_set_column:
		now->column = kmc_bytes_uleb(&run->code);
		break;
	case DW_LNS_const_add_pc:
		now->address += lines->address_step[255];
		break;
	case DW_LNS_fixed_advance_pc:
		now->address += kmc_bytes_number(&run->code, 2);
		break;
	default:
		for (unsigned int i = 0; i < lines->lengths[op - 1]; i++)
			kmc_bytes_uleb(&run->code);
	}
}

/* From where @run is to the first instruction at or behind @end. */
static void run_until(struct run *run, const uint8_t *end)
{
	const struct kmc_lines *lines = run->lines;

	while (run->code.p < end) {
		const unsigned int op = *run->code.p++;

		if (op >= lines->first_special) {
			run->now.address += lines->address_step[op];
			run->now.line += lines->line_step[op];
			add_row(run);
		} else if (op) {
			run_standard(run, op);
		} else {
			run_extended(run);
		}
	}
}

/* False: damaged, or out of memory. */
static bool cut_up(struct kmc_lines *lines)
{
	struct run run = { .lines = lines, .code = lines->program, .now = first_row };

	while (run.code.p < run.code.end) {
		const size_t left = kmc_bytes_left(&run.code);
		struct piece *piece;

		run.piece = (struct piece) {
			.code = run.code.p, .start = run.now, .min = UINT64_MAX,
		};
		run_until(&run, run.code.p + (left < PIECE ? left : PIECE));
		piece = kmc_grow(&lines->pieces, lines->npieces, sizeof(*piece));
		if (!piece || run.code.failed)
			return false;
		*piece = run.piece;
		lines->npieces++;
	}
	return true;
}

/* ---- the whole ---- */

static void lines_free(struct kmc_lines *lines)
{
	if (!lines)
		return;
	for (size_t i = 0; i < lines->nfiles; i++)
		free(lines->files[i].path);
	free(lines->files);
	free(lines->pieces);
	free(lines->dirs);
	free(lines);
}

static struct kmc_lines *open_lines(const struct kmc_raw_sections *raw,
				    Dwarf_Die *cu, Dwarf_Word offset)
{
	struct kmc_bytes table = raw->line;
	struct kmc_lines *lines;
	Dwarf_Attribute attr;

	if (!table.p)
		return NULL;
	kmc_bytes_skip(&table, offset);
	lines = table.failed ? NULL : calloc(1, sizeof(*lines));
	if (!lines)
		return NULL;
	lines->comp_dir = dwarf_formstring(dwarf_attr(cu, DW_AT_comp_dir, &attr));
	if (read_header(lines, raw, table) && cut_up(lines))
		return lines;
	lines_free(lines);
	return NULL;
}

static void free_table(void *lines)
{
	lines_free(lines);
}

static void release_tables(void *cache)
{
	kmc_map_release(cache, free_table);
}

/* offset in .debug_line → struct kmc_lines */
static const struct kmc_cache_ops table_cache = {
	.size = sizeof(struct kmc_map), .release = release_tables,
};

struct kmc_lines *kmc_image_lines(struct kmc_image *image, Dwarf_Die *cu)
{
	const struct kmc_raw_sections *raw;
	struct kmc_lines *lines;
	struct kmc_map *tables;
	Dwarf_Attribute attr;
	Dwarf_Word offset;

	/* The files of a split unit are listed beside it. */
	if (dwarf_cu_getdwarf(cu->cu) != image->dwarf ||
	    dwarf_formudata(dwarf_attr(cu, DW_AT_stmt_list, &attr), &offset))
		return NULL;
	tables = kmc_image_cache(image, &table_cache);
	lines = tables ? kmc_map_get(tables, offset) : NULL;
	if (lines || !tables)
		return lines;
	raw = kmc_image_raw(image);
	lines = raw ? open_lines(raw, cu, offset) : NULL;
	if (lines && !kmc_map_put(tables, offset, lines)) {
		lines_free(lines);
		return NULL;
	}
	return lines;
}

const char *kmc_lines_path(struct kmc_image *image, struct kmc_lines *lines,
			   uint64_t index)
{
	char *joined KMC_AUTO_FREE = NULL;
	struct file *file;

	if (index >= lines->nfiles)
		return NULL;
	file = &lines->files[index];
	if (file->path || !file->name || !*file->name)
		return file->path;
	if (*file->name != '/' && file->dir < lines->ndirs &&
	    lines->dirs[file->dir] &&
	    asprintf(&joined, "%s/%s", lines->dirs[file->dir], file->name) < 0) {
		joined = NULL;
		return NULL;
	}
	file->path = kmc_source_path_new(image, joined ? joined : file->name,
					 lines->comp_dir);
	return file->path;
}

/* ---- a row ---- */

static void run_piece(struct run *run, const struct piece *piece)
{
	const struct kmc_lines *lines = run->lines;
	const struct piece *next = piece + 1;

	run->now = piece->start;
	run->code.p = piece->code;
	run_until(run, next < lines->pieces + lines->npieces ? next->code :
							       run->code.end);
}

bool kmc_lines_find(const struct kmc_lines *lines, Dwarf_Addr address,
		    uint64_t *file, struct kmc_location *at)
{
	struct run run = { .lines = lines, .code = lines->program, .want = address };

	for (size_t i = 0; i < lines->npieces; i++) {
		const struct piece *piece = &lines->pieces[i];

		if (piece->min > address)
			continue;
		if (piece->max > address) {
			run_piece(&run, piece);
		} else if (is_better(&run, piece->max, piece->max_ends)) {
			run.best.address = piece->max;
			run.best.end = piece->max_ends;
			run.found = true;
			run.within = piece;
		}
	}
	if (run.within) {
		run.found = false;
		run_piece(&run, run.within);
	}
	if (!run.found || run.best.end)
		return false;
	*file = run.best.file;
	at->line = run.best.line > INT32_MAX ? 0 : run.best.line;
	at->column = run.best.column > INT32_MAX ? 0 : run.best.column;
	return true;
}
