/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inputs that are lines of JSON, as kmc-report prints them.
 */
#ifndef JSON_LINES_H
#define JSON_LINES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * struct json_lines - an open input
 * @buffer: what was read, from @begin to @end
 * @failed: not all of it could be read; that was said
 */
struct json_lines {
	const char *path;
	int fd;
	char *buffer;
	size_t room;
	size_t begin;
	size_t end;
	bool failed;
};

/*
 * Is it that? False: it is not, or cannot be opened; kmc_input_open() sees all of it, also
 * where it is a pipe.
 */
bool json_lines_open(struct json_lines *lines, const char *path);

/* @text is NULL when nothing comes just now. False: no more is wanted. */
typedef bool (*json_line_fn)(void *arg, const char *path, unsigned long number,
			     const char *text, size_t len);

/* All lines; closes it. False: @take did not want all. */
bool json_lines_read(struct json_lines *lines, json_line_fn take, void *arg);

#endif /* JSON_LINES_H */
