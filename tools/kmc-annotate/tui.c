// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Between curses and the application: cells to the terminal, keys from it.
 */
#include "tui.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "crash.h"
#include "script.h"
#include "session.h"
#include "views.h"

/* Last, because they have macros for short words. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

/* A lone Esc is one when so many milliseconds pass. */
#define ESC_MS		25

bool tui_possible(void)
{
	const char *term = getenv("TERM"), *cup;
	bool possible;
	int error;

	if (!isatty(STDOUT_FILENO) || !term || !strcmp(term, "dumb"))
		return false;
	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return false;
	/* Without this one can only print one line after the other. */
	cup = tigetstr("cup");
	possible = cup && cup != (char *)-1;
	/* newterm() reads it once more. */
	del_curterm(cur_term);
	return possible;
}

/* ---- cells ---- */

static const struct {
	short color;
	attr_t attr;
} looks[] = {
	[KMC_STYLE_PLAIN] = { -1, A_NORMAL },
	[KMC_STYLE_TITLE] = { -1, A_BOLD },
	[KMC_STYLE_DIM] = { -1, A_DIM },
	[KMC_STYLE_INITIALIZED] = { COLOR_GREEN, A_NORMAL },
	[KMC_STYLE_UNINITIALIZED] = { COLOR_YELLOW, A_NORMAL },
	[KMC_STYLE_UNALLOCATED] = { COLOR_MAGENTA, A_NORMAL },
	[KMC_STYLE_FREED] = { COLOR_RED, A_NORMAL },
	[KMC_STYLE_CARET] = { COLOR_RED, A_BOLD },
	[KMC_STYLE_LOCATION] = { COLOR_CYAN, A_NORMAL },
};

static bool start_colors(void)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !has_colors())
		return false;
	start_color();
	use_default_colors();
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		init_pair(i + 1, looks[i].color, -1);
	return true;
}

static attr_t attr_of(const struct cell *cell)
{
	attr_t attr = looks[cell->style].attr;

	if (cell->mark == MARK_BAR || cell->mark == MARK_CURSOR)
		attr = (attr & ~A_DIM) | A_REVERSE;
	if (cell->mark == MARK_MATCH)
		attr |= A_REVERSE | A_UNDERLINE;
	return attr;
}

static void show(const struct grid *grid, bool colors)
{
	for (int row = 0; row < grid->rows; row++) {
		move(row, 0);
		for (int col = 0; col < grid->cols; col++) {
			const struct cell *cell = grid_cell(grid, row, col);
			wchar_t text[2] = { cell->ch, 0 };
			cchar_t out;

			if (!cell->ch)
				continue;
			setcchar(&out, text, attr_of(cell), colors ? cell->style + 1 : 0,
				 NULL);
			mvadd_wch(row, col, &out);
		}
	}
}

static void draw(struct app *app, bool colors)
{
	struct grid grid = { };

	grid_resize(&grid, app->cols, app->rows);
	app_draw(app, &grid);
	erase();
	show(&grid, colors);
	grid_release(&grid);
	refresh();
}

/* ---- keys ---- */

static int translate(wint_t key, bool special)
{
	static const struct {
		wint_t theirs;
		int ours;
	} keys[] = {
		{ KEY_UP, KEY_OF_UP }, { KEY_DOWN, KEY_OF_DOWN },
		{ KEY_LEFT, KEY_OF_LEFT }, { KEY_RIGHT, KEY_OF_RIGHT },
		{ KEY_PPAGE, KEY_OF_PAGE_UP }, { KEY_NPAGE, KEY_OF_PAGE_DOWN },
		{ KEY_HOME, KEY_OF_HOME }, { KEY_END, KEY_OF_END },
		{ KEY_BTAB, KEY_OF_BACKTAB }, { KEY_BACKSPACE, KEY_OF_BACKSPACE },
		{ KEY_ENTER, KEY_OF_ENTER }, { KEY_F(1), KEY_OF_F1 },
	};

	if (!special)
		return key == '\n' ? KEY_OF_ENTER : (int)key;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].theirs == key)
			return keys[i].ours;
	return -1;
}

static int mouse_key(void)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return -1;
	if (event.bstate & BUTTON4_PRESSED)
		return KEY_OF_UP;
	return event.bstate & BUTTON5_PRESSED ? KEY_OF_DOWN : -1;
}

static void stop_drawing(void)
{
	def_prog_mode();
	endwin();
}

static void run_errand(struct app *app, bool colors)
{
	enum errand errand = app->errand;

	if (errand == ERRAND_NONE || errand == ERRAND_QUIT)
		return;
	app->errand = ERRAND_NONE;
	if (errand == ERRAND_SUSPEND) {
		/* curses has a handler that does what is needed around it. */
		kill(0, SIGTSTP);
	} else if (errand == ERRAND_EDIT) {
		stop_drawing();
		run_editor(app);
		reset_prog_mode();
	} else if (errand == ERRAND_TYPES) {
		draw(app, colors);
		app->message[0] = '\0';
		types_open(app);
		return;
	}
	clearok(stdscr, TRUE);
}

/* Everything that was typed so far. */
static void take_keys(struct app *app, bool colors)
{
	wint_t key;
	int kind;

	while (app->errand != ERRAND_QUIT && (kind = get_wch(&key)) != ERR) {
		int ours;

		if (kind == KEY_CODE_YES && key == KEY_RESIZE) {
			app_resize(app, COLS, LINES);
			continue;
		}
		ours = kind == KEY_CODE_YES && key == KEY_MOUSE ? mouse_key() :
		       translate(key, kind == KEY_CODE_YES);
		if (ours >= 0)
			app_key(app, ours);
		run_errand(app, colors);
	}
}

/* ---- the loop ---- */

static void loop(struct app *app, int keyboard, int signals, bool colors)
{
	while (app->errand != ERRAND_QUIT && !signals_stop()) {
		struct pollfd fds[] = {
			{ .fd = keyboard, .events = POLLIN },
			{ .fd = signals, .events = POLLIN },
			{ .fd = inbox_fd(app->session->inbox), .events = POLLIN },
		};
		/* More may be there than was taken at once. */
		bool more = reports_take(app);

		draw(app, colors);
		poll(fds, ARRAY_SIZE(fds), more ? 0 : -1);
		/* A terminal that is gone will never send anything again. */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			return;
		take_keys(app, colors);
	}
}

static void leave(void)
{
	if (!isendwin())
		endwin();
}

bool tui_run(struct app *app)
{
	FILE *in = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "r");
	SCREEN *screen;
	int signals;
	bool colors;

	if (!in) {
		message("no terminal to read keys from; --dump prints instead");
		return false;
	}
	crash_save(fileno(in));
	screen = newterm(NULL, stdout, in);
	if (!screen) {
		message("this terminal cannot be used; --dump prints instead");
		return false;
	}
	atexit(leave);
	signals = signals_open();
	crash_arm();
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESC_MS);
	curs_set(0);
	colors = start_colors();
	if (app->opts->mouse)
		mousemask(BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	app_resize(app, COLS, LINES);
	loop(app, fileno(in), signals, colors);
	leave();
	return true;
}
