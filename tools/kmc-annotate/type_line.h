/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row of a tree as a line.
 */
#ifndef TYPE_LINE_H
#define TYPE_LINE_H

#include "app.h"
#include "tree.h"

/* A row of a tree, which is shown with a report's bytes if it has an overlay. */
#define NUMBER_MAX	24

/* In decimal, or with what shows that it is not. */
const char *number(char text[NUMBER_MAX], bool hex, uint64_t value);
/* "4 bytes at +24" with its numbers as number() has them; yours. */
char *prose(bool hex, const char *text);
/* A value in as many bits as an enum of @size bytes has. */
uint64_t bits_of(uint64_t size, int64_t value);
/* "struct", "union", "enum" */
const char *keyword_of(enum kmc_type_kind kind);
void type_line(const struct app *app, const struct tree *tree, size_t i,
	       struct line *line);

#endif /* TYPE_LINE_H */
