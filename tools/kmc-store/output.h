/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands print with.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

#include "bugs.h"
#include "kmc-store.h"

/* Somebody else's text on standard output, with nothing hostile in it; "" for NULL. */
void put_quoted(const char *text);
/* An explanation: in colour, or else without its SGR sequences. */
void put_explanation(const char *text, bool color);
/* One line; releases it. */
void put_json(json_t *json);

/* A time, a text, or null. */
json_t *json_when(int64_t when);
json_t *json_words(const char *text);
json_t *json_bug(const struct bug *bug);

/*
 * A file next to @path that replaces it when it is whole; what is no regular file is written as
 * it is, and has no @temporary. False: it was said why not.
 */
struct output_file {
	const char *path;
	char *temporary;
	FILE *file;
};

bool output_open(struct output_file *out, const char *path);
/* @good: keep it. False: it is not there. */
bool output_close(struct output_file *out, bool good);

#endif /* OUTPUT_H */
