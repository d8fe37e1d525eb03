/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row of a tree as a line.
 */
#ifndef TYPE_LINE_H
#define TYPE_LINE_H

#include "app.h"
#include "tree.h"

/* A row of a tree, which is shown with a report's bytes if it has an overlay. */
void type_line(const struct app *app, const struct tree *tree, size_t i,
	       struct line *line);

#endif /* TYPE_LINE_H */
