// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report that is there as JSON only, for people: what it comes to, its stacks, its object.
 * Who has the log itself gets all that kmc-report prints.
 */
#include "plain.h"

#include <jansson.h>
#include <kmc/kmc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE		"\033[1m"
#define LOCATION	"\033[36m"
#define END		"\033[0m"

static const char *text_at(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* @before and @after are ours, @text is somebody else's; nothing when it is NULL. */
static void quote(FILE *out, const char *before, const char *text, const char *after)
{
	char *clean = text ? kmc_escape(text) : NULL;

	if (clean)
		fprintf(out, "%s%s%s", before, clean, after);
	free(clean);
}

static void print_number(FILE *out, const char *before, const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);

	if (json_is_integer(value))
		fprintf(out, "%s%" JSON_INTEGER_FORMAT, before, json_integer_value(value));
	else if (json_is_real(value))
		fprintf(out, "%s%.6f", before, json_real_value(value));
}

static void print_place(FILE *out, const json_t *where)
{
	quote(out, "  " LOCATION, text_at(where, "file"), "");
	print_number(out, ":", where, "line");
	print_number(out, ":", where, "column");
	fputs(END, out);
}

static void print_frame(FILE *out, const json_t *frame)
{
	const json_t *chain = json_object_get(frame, "inline"), *where;
	const size_t count = json_array_size(chain);
	const char *symbol = text_at(frame, "symbol");
	size_t i;

	json_array_foreach(chain, i, where) {
		if (i + 1 == count)
			break;
		quote(out, "    ", text_at(where, "function"), " (inlined)");
		print_place(out, where);
		fputc('\n', out);
	}
	quote(out, "    ", symbol ? symbol : text_at(frame, "address"), "");
	if (symbol && json_is_integer(json_object_get(frame, "offset")))
		fprintf(out, "+0x%" JSON_INTEGER_FORMAT,
			json_integer_value(json_object_get(frame, "offset")));
	quote(out, " [", text_at(frame, "module"), "]");
	if (count)
		print_place(out, json_array_get(chain, count - 1));
	fputc('\n', out);
}

static void print_stack(FILE *out, const char *heading, const json_t *frames)
{
	const json_t *frame;
	size_t i;

	if (!json_array_size(frames))
		return;
	fprintf(out, "\n" TITLE "  %s" END "\n", heading);
	json_array_foreach(frames, i, frame)
		print_frame(out, frame);
}

static void print_object(FILE *out, const json_t *object)
{
	if (!json_is_object(object))
		return;
	fputs("\n" TITLE "  Object" END "\n   ", out);
	quote(out, " ", text_at(object, "type"), "");
	quote(out, " .", text_at(object, "path"), "");
	print_number(out, " +", object, "offset");
	print_number(out, ", bytes: ", object, "size");
	quote(out, ", cache ", text_at(object, "cache"), "");
	quote(out, " (", text_at(object, "confidence"), ")");
	fputc('\n', out);
}

/* Sixteen bytes a line, each with the letter of its state. */
static void print_memory(FILE *out, const json_t *json)
{
	const char *memory = text_at(json, "memory"), *shadow = text_at(json, "shadow");
	const json_t *caret = json_object_get(json, "caret");
	const size_t len = memory ? strlen(memory) / 2 : 0, states = shadow ? strlen(shadow) : 0;
	const long long at = json_is_integer(caret) ? json_integer_value(caret) : -1;

	if (!len || strspn(memory, "0123456789abcdef") != strlen(memory) ||
	    (shadow && strspn(shadow, "auif?") != states))
		return;
	fputs("\n" TITLE "  Memory" END "\n", out);
	for (size_t row = 0; row < len; row += 16) {
		fprintf(out, "    %+5lld  ", (long long)row - (at >= 0 ? at : 0));
		for (size_t i = row; i < row + 16 && i < len; i++)
			fprintf(out, " %.2s", memory + 2 * i);
		fputs("\n           ", out);
		for (size_t i = row; i < row + 16 && i < len; i++)
			fprintf(out, "  %c", i < states ? shadow[i] : ' ');
		fputc('\n', out);
		if (at >= (long long)row && at < (long long)row + 16)
			fprintf(out, "           %*s^\n", (int)(3 * (at - row) + 2), "");
	}
}

static void print_report(FILE *out, const json_t *json)
{
	const json_t *verdict = json_object_get(json, "verdict");
	const char *headline = text_at(verdict, "headline");

	quote(out, TITLE, headline ? headline : text_at(json, "title"), END "\n");
	quote(out, "  ", text_at(verdict, "text"), "\n");
	quote(out, "  Next: ", text_at(verdict, "next"), "\n");
	quote(out, "  Add:\n    ", text_at(verdict, "annotation"), "\n");
	quote(out, "\n  ", text_at(json, "title"), "\n");
	quote(out, "  by ", text_at(json, "comm"), "");
	print_number(out, ", pid ", json, "pid");
	print_number(out, ", cpu ", json, "cpu");
	print_number(out, ", seconds ", json, "time");
	quote(out, ", kernel ", text_at(json, "kernel"), "");
	quote(out, ", tainted ", text_at(json, "taint"), "");
	fputc('\n', out);
	print_memory(out, json);
	print_object(out, json_object_get(json, "object"));
	print_stack(out, "Where", json_object_get(json, "frames"));
	print_stack(out, "Allocated", json_object_get(json_object_get(json, "alloc"), "frames"));
	print_stack(out, "Freed", json_object_get(json_object_get(json, "free"), "frames"));
}

char *plain_report(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, 0, NULL);
	char *out = NULL;
	size_t size;
	FILE *file;

	if (!json)
		return NULL;
	file = open_memstream(&out, &size);
	if (file) {
		print_report(file, json);
		fclose(file);
	}
	json_decref(json);
	return out;
}
