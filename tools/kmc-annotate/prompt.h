/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last row while something is asked for.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "line.h"

#define PROMPT_MAX	256

struct app;

enum prompt {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_SEARCH_BACK,
	PROMPT_FILTER,
	PROMPT_GOTO,
	PROMPT_PRINT,
	PROMPT_WRITE,
};

/* False when the key was none for a prompt */
bool prompt_key(struct app *app, int key);
void prompt_line(const struct app *app, struct line *line);

#endif /* PROMPT_H */
