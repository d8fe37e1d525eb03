// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the source has where UBSAN reports. Its column is that of an operator, or of a name
 * in front of one: gcc points to the bracket of an index, clang to the array.
 */
#include "explain/undefined.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "explain/undefined_names.h"

/* The longest expression that is shown. */
#define MAX_LEN	120

/**
 * struct text - a part of a line
 * @at: its begin, NULL: there is none
 * @len: bytes of it
 */
struct text {
	const char *at;
	size_t len;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static struct text part(const char *from, const char *end)
{
	while (from < end && isspace((unsigned char)*from))
		from++;
	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	return (struct text) { end > from ? from : NULL, end - from };
}

/* ---- operands ---- */

/* Behind the bracket that closes the one at @at; NULL: it is not in this line. */
static const char *skip_bracket(const char *at, const char *end)
{
	int depth = 0;

	for (; at < end; at++) {
		if (strchr("([", *at))
			depth++;
		else if (strchr(")]", *at) && !--depth)
			return at + 1;
	}
	return NULL;
}

/* The bracket that opens the one before @at; NULL: it is not in this line. */
static const char *skip_bracket_back(const char *line, const char *at)
{
	int depth = 0;

	while (at > line) {
		at--;
		if (strchr(")]", *at))
			depth++;
		else if (strchr("([", *at) && !--depth)
			return at;
	}
	return NULL;
}

/* "a->b[i].c", "f(x)", "(a + b)" that ends at @end */
static struct text operand_before(const char *line, const char *end)
{
	const char *at = end;

	for (;;) {
		const char *before;

		while (at > line && isspace((unsigned char)at[-1]))
			at--;
		before = at;
		while (at > line && strchr(")]", at[-1])) {
			at = skip_bracket_back(line, at);
			if (!at)
				return (struct text) { };
		}
		while (at > line && is_word(at[-1]))
			at--;
		if (at == before)
			return (struct text) { };
		if (at > line && at[-1] == '.')
			at--;
		else if (at - line > 1 && at[-1] == '>' && at[-2] == '-')
			at -= 2;
		else
			return part(at, end);
	}
}

/* The same that begins at @at, with what is in front of it: "-x", "~f(x)" */
static struct text operand_behind(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && (isspace((unsigned char)*at) || strchr("-~!*&", *at)))
		at++;
	for (;;) {
		const char *before = at;

		while (at < end && is_word(*at))
			at++;
		while (at && at < end && strchr("([", *at))
			at = skip_bracket(at, end);
		if (!at || at == before)
			return (struct text) { };
		if (at < end && *at == '.')
			at++;
		else if (end - at > 1 && at[0] == '-' && at[1] == '>')
			at += 2;
		else
			return part(start, at);
	}
}

/* ---- what is at the column ---- */

/* From the array's name on, the bracket; @at if it is one. */
static const char *find_index(const char *at, const char *end)
{
	while (at < end && (is_word(*at) || *at == '.' || *at == '>' || *at == '-'))
		at++;
	return at < end && *at == '[' ? at : NULL;
}

static bool is_operator(const char *at, const char *end)
{
	return end - at > 1 && ((at[0] == at[1] && strchr("<>", *at)) ||
				(strchr("+-*/%", *at) && !(at[0] == '-' && at[1] == '>')));
}

struct found {
	struct text expression;
	struct text array;
	struct text value;
};

static void find_array(const char *line, const char *at, const char *end, struct found *out)
{
	const char *bracket = find_index(at, end);
	const char *close = bracket ? skip_bracket(bracket, end) : NULL;

	if (!close)
		return;
	out->array = operand_before(line, bracket);
	out->value = part(bracket + 1, close - 1);
	if (out->array.at)
		out->expression = part(out->array.at, close);
}

static void find_operands(const char *line, const char *at, const char *end, struct found *out)
{
	struct text left, right;
	const char *behind;

	if (!is_operator(at, end))
		return;
	behind = at + (at[0] == at[1] ? 2 : 1);
	behind += behind < end && *behind == '=';
	left = operand_before(line, at);
	right = operand_behind(behind, end);
	if (!left.at || !right.at)
		return;
	out->expression = part(left.at, right.at + right.len);
	out->value = right;
}

/* "a->b", of which the column has what is between them. */
static void find_member(const char *line, const char *at, const char *end, struct found *out)
{
	const char *name = at + (*at == '-' ? 2 : 1), *behind = name;
	const struct text left = operand_before(line, at);

	if (!left.at || (*at != '.' && (end - at < 2 || strncmp(at, "->", 2))))
		return;
	while (behind < end && is_word(*behind))
		behind++;
	if (behind > name)
		out->expression = part(left.at, behind);
}

/* ---- the line ---- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The level of the chain that the report is about; NULL: debug info has another line. */
static const struct kmc_location *level_of(const struct kmc_report *report)
{
	const struct kmc_frame *frame = report->frames.frames;

	if (!report->frames.count || !report->place.file)
		return NULL;
	for (size_t i = 0; i < frame->chain_len; i++) {
		const struct kmc_location *level = &frame->chain[i];

		if (level->file && level->line == report->place.line &&
		    !strcmp(base_of(level->file), base_of(report->place.file)))
			return level;
	}
	return NULL;
}

static struct kmc_error *keep(struct text text, char **out)
{
	if (!text.at || text.len > MAX_LEN)
		return NULL;
	*out = strndup(text.at, text.len);
	return *out ? NULL : kmc_error_nomem();
}

static bool is_index(const struct kmc_report *report)
{
	return strstr(report->error, "out-of-bounds") && strstr(report->error, "index");
}

/* Of the source, with the column that the report names. */
static struct kmc_error *read_source(struct kmc_debuginfo *di, struct kmc_report *report,
				     const struct kmc_location *level)
{
	struct kmc_source *source = kmc_debuginfo_lines(di);
	struct kmc_undefined *undefined = &report->undefined;
	const size_t column = report->place.column;
	const char *line = NULL;
	struct found found = { };
	struct kmc_error *err;
	size_t len = 0;

	if (source && report->place.column > 0)
		line = kmc_source_line(source, level->file, level->line, &len);
	if (!line || column > len)
		return NULL;
	if (is_index(report))
		find_array(line, line + column - 1, line + len, &found);
	else if (strstr(report->error, "load"))
		find_member(line, line + column - 1, line + len, &found);
	else
		find_operands(line, line + column - 1, line + len, &found);
	err = keep(found.expression, &undefined->expression);
	if (!err && undefined->expression)
		err = keep(found.array, &undefined->array);
	if (!err && undefined->expression)
		err = keep(found.value, &undefined->value);
	return err;
}

/* Without the source: what debug info has of the array, and of the value that was handed over. */
static struct kmc_error *read_debuginfo(struct kmc_debuginfo *di, struct kmc_report *report,
					unsigned int level)
{
	struct kmc_undefined *undefined = &report->undefined;
	struct kmc_error *err = NULL;

	if (!report->frames.frames->resolved)
		return NULL;
	if (is_index(report))
		err = kmc_undefined_array(di, report, level, &undefined->array);
	if (!err)
		err = kmc_undefined_value(di, report, &undefined->value);
	undefined->inferred = undefined->array || undefined->value;
	return err;
}

struct kmc_error *kmc_undefined_find(struct kmc_debuginfo *di, struct kmc_report *report)
{
	const struct kmc_location *level = level_of(report);
	struct kmc_error *err;

	if (!di || !level || strcmp(report->checker, "UBSAN"))
		return NULL;
	err = read_source(di, report, level);
	if (!err && !report->undefined.expression)
		err = read_debuginfo(di, report, level - report->frames.frames->chain);
	return err;
}
