/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmc-annotate's own parts. The application is a stack of views and a prompt; it turns
 * keys into changes of them, and them into a grid. What a terminal is, it does not know.
 */
#ifndef ANNOTATE_H
#define ANNOTATE_H

#include "../common/common.h"
#include "../common/options.h"
#include "grid.h"
#include "keys.h"

/* Those that are asked for in the order of their words. */
enum dump { DUMP_NONE, DUMP_TEXT, DUMP_JSON };

struct size {
	int cols;
	int rows;
};

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none
 * @source: source tree, NULL for that of the debug info if it is there
 * @keys: file with a key script, NULL for none
 * @size: of the screen that a script has; its columns are the width of a dump
 * @operand: type, log or stream; NULL for all types
 * @joined: the operand when it was two words; yours
 */
struct options {
	const char *live;
	struct kmc_debuginfo_options debuginfo;
	const char *source;
	const char *keys;
	enum dump dump;
	struct size size;
	bool ascii;
	bool mouse;
	const char *operand;
	char *joined;
};

/* options.c: false when there is nothing to do but exit with *status */
bool annotate_parse(struct options *opts, int argc, char **argv, int *status);

/* ---- views: view.c ---- */

#define PROMPT_MAX	256

struct app;
struct view;

/*
 * struct view_ops - a kind of view: lines that the rest is the same for
 * @name: for messages
 * @hints: keys that are of use in it, for the last row
 * @count: lines there are
 * @line: makes one of them
 * @title: what is shown
 * @request: what only this view can do; true when it was done. NULL: nothing
 * @depth: of a line in a tree: a filter shows what a match is in, too. NULL: flat
 * @refilter: does the filter itself; NULL: lines with the text are shown
 * @go: to an offset or member; false: no such. NULL: there are none
 * @json: all of it as one line of JSON; NULL: there is no such form
 * @free: the view's data
 */
struct view_ops {
	const char *name;
	const char *hints;
	size_t (*count)(const struct view *view);
	void (*line)(const struct view *view, size_t i, struct line *line);
	void (*title)(const struct view *view, struct line *line);
	bool (*request)(struct view *view, enum request request);
	int (*depth)(const struct view *view, size_t i);
	void (*refilter)(struct view *view);
	bool (*go)(struct view *view, const char *where);
	void (*resized)(struct view *view);
	bool (*json)(const struct view *view, FILE *out);
	void (*free)(void *data);
};

/*
 * struct view - an open view
 * @below: the one that it was opened from
 * @cursor, @top: of the lines that are shown
 * @left: columns that lie to the left of the screen
 * @filter: "" for none
 * @shown: lines that pass the filter, NULL when all do
 */
struct view {
	const struct view_ops *ops;
	struct app *app;
	void *data;
	struct view *below;
	size_t cursor;
	size_t top;
	int left;
	char filter[PROMPT_MAX];
	size_t *shown;
	size_t nshown;
};

/* On top of the others; @data is the view's from now on. */
void view_open(struct app *app, const struct view_ops *ops, void *data);
void view_close(struct view *view);
size_t view_count(const struct view *view);
/* Line that the cursor is on; false when there is none. */
bool view_current(const struct view *view, size_t *i);
/* Put the cursor on a line, or on what is shown behind it. */
void view_select(struct view *view, size_t i);
/* The lines have changed. */
void view_changed(struct view *view);
void view_set_filter(struct view *view, const char *text);
/* The first match from the line at @from on; false: none. */
bool view_search(struct view *view, const char *text, size_t from, bool back);
bool view_move(struct view *view, enum request request, int rows);
void view_draw(struct view *view, struct grid *grid, int row, int rows,
	       const char *match);
void view_print(const struct view *view, FILE *out);

/* ---- the application: app.c ---- */

enum prompt {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_SEARCH_BACK,
	PROMPT_FILTER,
	PROMPT_GOTO,
	PROMPT_PRINT,
	PROMPT_WRITE,
};

/* What only the owner of the terminal can do. */
enum errand {
	ERRAND_NONE,
	ERRAND_QUIT,
	ERRAND_SUSPEND,
	ERRAND_REDRAW,
	ERRAND_EDIT,
	ERRAND_TYPES,		/* types_open(), when it was seen that this takes time */
};

struct session;

/*
 * struct app - the state of one run
 * @top: the view that is shown
 * @cols, @rows: of the screen
 * @message: for the last row until the next key
 * @prompt: what is being asked for; @input so far; @origin: where the cursor was
 * @search: what n looks for, @search_back: upwards
 * @errand: to be run and reset; @edit_file at @edit_line for ERRAND_EDIT
 */
struct app {
	const struct options *opts;
	struct session *session;
	struct view *top;
	int cols;
	int rows;
	bool ascii;
	bool hex;
	char message[LINE_TEXT];
	enum prompt prompt;
	char input[PROMPT_MAX];
	size_t origin;
	char search[PROMPT_MAX];
	bool search_back;
	enum errand errand;
	char edit_file[PROMPT_MAX * 4];
	int edit_line;
};

void app_key(struct app *app, int key);
void app_resize(struct app *app, int cols, int rows);
void app_draw(struct app *app, struct grid *grid);
__attribute__((format(printf, 2, 3)))
void app_say(struct app *app, const char *fmt, ...);
void app_edit(struct app *app, const char *file, int line);
void app_prompt(struct app *app, enum prompt prompt);
void app_close(struct app *app);

/* prompt.c: false when the key was none for a prompt */
bool prompt_key(struct app *app, int key);
void prompt_line(const struct app *app, struct line *line);

#endif /* ANNOTATE_H */
