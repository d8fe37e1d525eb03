/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last row while something is asked for.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "complete.h"
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
	PROMPT_FIND,
	PROMPTS,
};

#define HISTORY_MAX	16

/*
 * struct history - what was typed, the last one first
 */
struct history {
	char v[HISTORY_MAX][PROMPT_MAX];
	size_t count;
};

/* False when the key was none for a prompt */
bool prompt_key(struct app *app, int key);
void prompt_line(const struct app *app, struct line *line);

#endif /* PROMPT_H */
