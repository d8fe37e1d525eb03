/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack of views, each of which is lines that a cursor moves over.
 */
#ifndef VIEW_H
#define VIEW_H

#include "grid.h"
#include "keys.h"
#include "line.h"
#include "prompt.h"

struct app;
struct view;

/*
 * struct hint - a key for the last row
 * @text: what it does; NULL: what @enter says
 */
struct hint {
	enum request request;
	const char *text;
};

/* The last of an array of them. */
#define HINTS_END	{ REQUEST_NONE, NULL }

/* What a search has found. */
enum found {
	FOUND_NOTHING,
	FOUND_LINE,
	FOUND_FOLDED,		/* in what is folded into the line */
};

/*
 * struct view_ops - a kind of view: lines that the rest is the same for
 * @name: for messages
 * @hints: keys that are of use in it, for the last row; those of all views follow
 * @can: is a hint true where the cursor is? NULL: all are
 * @enter: what Enter does where the cursor is; NULL: nothing
 * @count: lines there are
 * @line: makes one of them
 * @title: what is shown
 * @request: what only this view can do; true when it was done. NULL: nothing
 * @depth: of a line in a tree: a filter shows what a match is in, too. NULL: flat
 * @below: what is folded into a line and has a text: true, and with @row it is unfolded
 *	and that is where it is now; the last one if @back. NULL: nothing is folded
 * @complete: how what was typed behind g may go on, as often as there is something; to be
 *	given to completion_add(). NULL: nobody knows
 * @refilter: does the filter itself; NULL: lines with the text are shown
 * @go: to an offset or member; false: no such. NULL: there are none
 * @json: all of it as one line of JSON; NULL: there is no such form
 * @free: the view's data
 */
struct view_ops {
	const char *name;
	const struct hint *hints;
	bool (*can)(const struct view *view, enum request request);
	const char *(*enter)(const struct view *view);
	size_t (*count)(const struct view *view);
	void (*line)(const struct view *view, size_t i, struct line *line);
	void (*title)(const struct view *view, struct line *line);
	bool (*request)(struct view *view, enum request request);
	int (*depth)(const struct view *view, size_t i);
	bool (*below)(struct view *view, size_t i, const char *text, bool back,
		      size_t *row);
	void (*complete)(struct view *view, const char *typed,
			 struct completion *completion);
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
/*
 * view_search() - the first match from the line at @from on
 * @unfold: what it is folded into; else the cursor is put there
 * @wrapped: set to whether it went on from the other end; NULL is fine
 */
enum found view_search(struct view *view, const char *text, size_t from, bool back,
		       bool unfold, bool *wrapped);
/* The first match behind the cursor, what is folded into its line included. */
enum found view_search_next(struct view *view, const char *text, bool back,
			    bool *wrapped);
bool view_move(struct view *view, enum request request, int rows);
void view_draw(struct view *view, struct grid *grid, int row, int rows,
	       const char *match);
void view_print(const struct view *view, FILE *out);
/* @count times what @one makes, as the list @name; false, and it has been said why. */
bool view_json_list(FILE *out, const char *name, size_t count,
		    struct kmc_error *(*one)(const void *data, size_t i, char **text),
		    const void *data);

#endif /* VIEW_H */
