/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The application is a stack of views and a prompt; it turns keys into changes of them,
 * and them into a grid. What a terminal is, it does not know.
 */
#ifndef APP_H
#define APP_H

#include "annotate.h"
#include "view.h"

/* What only the owner of the terminal can do. */
enum errand {
	ERRAND_NONE,
	ERRAND_QUIT,
	ERRAND_SUSPEND,
	ERRAND_REDRAW,
	ERRAND_EDIT,
	ERRAND_MOUSE,
	ERRAND_FIND,		/* find_open() with what was typed, likewise */
	ERRAND_OFFER,		/* report_offer(), likewise */
	ERRAND_TYPES,		/* types_open(), when it was seen that this takes time */
};

struct session;

/*
 * struct app - the state of one run
 * @top: the view that is shown
 * @cols, @rows: of the screen
 * @message: for the last row until the next key
 * @prompt: what is being asked for; @input so far; @origin: where the cursor was
 * @history: what was asked for before, a list each kind of prompt; @recalled: how far one
 *	went back in it
 * @search: what n looks for, @search_back: upwards
 * @pasted: something was, not typed
 * @printing: nothing is cut to the screen: there is none, or one searches
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
	bool mouse;
	bool pasted;
	bool printing;
	char message[LINE_TEXT];
	enum prompt prompt;
	char input[PROMPT_MAX];
	size_t origin;
	struct history history[PROMPTS];
	size_t recalled;
	char search[PROMPT_MAX];
	bool search_back;
	enum errand errand;
	char edit_file[PROMPT_MAX * 4];
	int edit_line;
};

void app_key(struct app *app, int key);
/* A character that was not typed: it goes into a prompt, and asks for nothing. */
void app_paste(struct app *app, uint32_t ch);
/* Rows of the screen between the title and the last one. */
int app_body(const struct app *app);
/* The mouse: a notch of its wheel, a click on a row of the screen. */
void app_wheel(struct app *app, bool up);
void app_click(struct app *app, int row);
void app_resize(struct app *app, int cols, int rows);
void app_draw(struct app *app, struct grid *grid);
__attribute__((format(printf, 2, 3)))
void app_say(struct app *app, const char *fmt, ...);
void app_edit(struct app *app, const char *file, int line);
void app_prompt(struct app *app, enum prompt prompt);
void app_close(struct app *app);

#endif /* APP_H */
