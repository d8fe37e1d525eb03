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
#include "theme.h"
#include "views.h"
#include "waiting.h"

/* Last, because they have macros for short words. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

/* A lone Esc is one when so many milliseconds pass. */
#define ESC_MS		25
/* What is pasted comes in pieces, this far apart at most. */
#define PASTE_MS	500
/* It begins with Esc [ and this. */
#define PASTE		"200~"

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

/*
 * struct screen - how cells become what the terminal shows
 * @colors: it has some, and they are wanted
 */
struct screen {
	enum theme theme;
	bool colors;
};

static bool start_colors(enum theme theme)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !has_colors())
		return false;
	start_color();
	use_default_colors();
	for (int i = 0; i <= KMC_STYLE_LOCATION; i++)
		init_pair(i + 1, theme_look(theme, i, COLORS).color, -1);
	return true;
}

static attr_t attr_of(const struct screen *screen, const struct cell *cell)
{
	struct look look = theme_look(screen->theme, cell->style,
				      screen->colors ? COLORS : 0);
	attr_t attr = (look.bold ? A_BOLD : 0) | (look.dim ? A_DIM : 0);

	if (cell->mark == MARK_BAR || cell->mark == MARK_CURSOR)
		attr = (attr & ~A_DIM) | A_REVERSE;
	if (cell->mark == MARK_MATCH)
		attr |= A_REVERSE | A_UNDERLINE;
	return attr;
}

static void show(const struct screen *screen, const struct grid *grid)
{
	for (int row = 0; row < grid->rows; row++) {
		move(row, 0);
		for (int col = 0; col < grid->cols; col++) {
			const struct cell *cell = grid_cell(grid, row, col);
			wchar_t text[2] = { cell->ch, 0 };
			cchar_t out;

			if (!cell->ch)
				continue;
			setcchar(&out, text, attr_of(screen, cell),
				 screen->colors ? cell->style + 1 : 0, NULL);
			mvadd_wch(row, col, &out);
		}
	}
}

static void draw(struct app *app, const struct screen *screen)
{
	struct grid grid = { };

	grid_resize(&grid, app->cols, app->rows);
	app_draw(app, &grid);
	erase();
	show(screen, &grid);
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
	return KEY_OF_NONE;
}

/* Whether the terminal says what is pasted, which else would be taken for keys. */
static void tell_pastes(bool on)
{
	const char *sequence = tigetstr(on ? "BE" : "BD");

	if (!sequence || sequence == (char *)-1)
		return;
	putp(sequence);
	fflush(stdout);
}

/* Up to the sequence that ends it; what has not come after a while never will. */
static void take_paste(struct app *app)
{
	static const char end[] = "\033[201~";
	size_t seen = 0;
	wint_t key;
	int kind;

	timeout(PASTE_MS);
	while (end[seen] && (kind = get_wch(&key)) != ERR) {
		if (kind == KEY_CODE_YES)
			continue;
		if (key == (wint_t)end[seen]) {
			seen++;
			continue;
		}
		/* Only Esc begins it. */
		seen = key == (wint_t)end[0];
		if (!seen)
			app_paste(app, key);
	}
	nodelay(stdscr, TRUE);
}

/* A control sequence, behind its first two bytes, ends with a letter or ~. */
static void end_sequence(struct app *app)
{
	char text[sizeof(PASTE)] = "";
	size_t len = 0;
	wint_t key;

	while (get_wch(&key) == OK) {
		if (len < sizeof(text) - 1)
			text[len++] = key < 0x80 ? key : '?';
		if (key >= 0x40)
			break;
	}
	if (!strcmp(text, PASTE))
		take_paste(app);
}

/* The rest of a sequence that curses does not know: what it would do is nobody's guess. */
static int after_escape(struct app *app)
{
	wint_t key;
	int kind = get_wch(&key);

	if (kind == ERR)
		return KEY_OF_ESC;
	/* Pressed again, or Alt and what has a sequence of its own. */
	if (kind != KEY_CODE_YES && key == KEY_OF_ESC)
		return after_escape(app);
	/* Behind SS3 and Alt there is one key. */
	if (kind != KEY_CODE_YES && key == '[')
		end_sequence(app);
	else if (kind != KEY_CODE_YES && key == 'O')
		get_wch(&key);
	return KEY_OF_NONE;
}

static void take_mouse(struct app *app)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	if (event.bstate & BUTTON4_PRESSED)
		app_wheel(app, true);
	else if (event.bstate & BUTTON5_PRESSED)
		app_wheel(app, false);
	else if (event.bstate & BUTTON1_PRESSED)
		app_click(app, event.y);
}

static void arm_mouse(const struct app *app)
{
	/* A press is one at once, not when it is known to be no half of a double click. */
	mouseinterval(0);
	mousemask(app->mouse ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

static void stop_drawing(void)
{
	tell_pastes(false);
	def_prog_mode();
	endwin();
}

static void run_errand(struct app *app, const struct screen *screen)
{
	enum errand errand = app->errand;

	if (errand == ERRAND_NONE || errand == ERRAND_QUIT)
		return;
	app->errand = ERRAND_NONE;
	if (errand == ERRAND_SUSPEND) {
		/* curses has a handler that does what is needed around it. */
		tell_pastes(false);
		kill(0, SIGTSTP);
		tell_pastes(true);
	} else if (errand == ERRAND_EDIT) {
		stop_drawing();
		run_editor(app);
		reset_prog_mode();
		tell_pastes(true);
	} else if (errand == ERRAND_MOUSE) {
		arm_mouse(app);
		return;
	} else if (errand == ERRAND_TYPES || errand == ERRAND_FIND || errand == ERRAND_OFFER) {
		struct waiting waiting;

		draw(app, screen);
		waiting_start(&waiting, errand == ERRAND_OFFER ?
			      "searching the code for allocations" : "reading all types");
		app->message[0] = '\0';
		if (errand == ERRAND_OFFER)
			report_offer(app);
		else if (errand == ERRAND_FIND)
			find_open(app, app->input);
		else
			types_open(app);
		waiting_stop(&waiting);
		return;
	}
	clearok(stdscr, TRUE);
}

/* Everything that was typed so far. */
static void take_keys(struct app *app, const struct screen *screen)
{
	wint_t key;
	int kind;

	while (app->errand != ERRAND_QUIT && (kind = get_wch(&key)) != ERR) {
		int ours;

		if (kind == KEY_CODE_YES && key == KEY_RESIZE) {
			app_resize(app, COLS, LINES);
			continue;
		}
		if (kind == KEY_CODE_YES && key == KEY_MOUSE) {
			take_mouse(app);
			continue;
		}
		ours = translate(key, kind == KEY_CODE_YES);
		if (ours == KEY_OF_ESC) {
			app->pasted = false;
			ours = after_escape(app);
			if (app->pasted)
				continue;
		}
		app_key(app, ours);
		run_errand(app, screen);
	}
}

/* ---- the loop ---- */

static void loop(struct app *app, int keyboard, int signals, const struct screen *screen)
{
	while (app->errand != ERRAND_QUIT && !signals_stop()) {
		struct pollfd fds[] = {
			{ .fd = keyboard, .events = POLLIN },
			{ .fd = signals, .events = POLLIN },
			{ .fd = inbox_fd(app->session->inbox), .events = POLLIN },
		};
		/* More may be there than was taken at once. */
		bool more = reports_take(app);

		draw(app, screen);
		poll(fds, ARRAY_SIZE(fds), more ? 0 : -1);
		/* A terminal that is gone will never send anything again. */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			return;
		take_keys(app, screen);
	}
}

static void leave(void)
{
	if (isendwin())
		return;
	tell_pastes(false);
	endwin();
}

/* What is read takes seconds, and the screen is there at once. */
static bool open_first(struct app *app, bool (*open)(struct app *app))
{
	const char *operand = app->opts->operands[0];
	struct waiting waiting;
	char text[128];
	bool ok;

	snprintf(text, sizeof(text), "reading what is needed%s%s",
		 operand && strlen(operand) < 60 ? " for " : "",
		 operand && strlen(operand) < 60 ? operand : "");
	for (char *at = text; *at; at++)
		*at = *at < ' ' || *at > '~' ? '?' : *at;
	waiting_start(&waiting, text);
	ok = open(app);
	waiting_stop(&waiting);
	return ok;
}

static bool start_screen(struct screen *screen, const struct app *app, FILE *in)
{
	if (!newterm(NULL, stdout, in))
		return false;
	screen->theme = theme_choose(app->opts->theme, getenv("COLORFGBG"));
	atexit(leave);
	crash_arm();
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESC_MS);
	curs_set(0);
	tell_pastes(true);
	screen->colors = start_colors(screen->theme);
	return true;
}

bool tui_run(struct app *app, bool (*open)(struct app *app))
{
	FILE *in = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "r");
	struct screen screen = { };
	int signals;
	bool ok;

	if (!in) {
		message("no terminal to read keys from; --dump prints instead");
		return false;
	}
	crash_save(fileno(in));
	if (!start_screen(&screen, app, in)) {
		message("this terminal cannot be used; --dump prints instead");
		return false;
	}
	app->mouse = app->opts->mouse;
	arm_mouse(app);
	app_resize(app, COLS, LINES);
	ok = open_first(app, open);
	signals = signals_open();
	if (ok)
		loop(app, fileno(in), signals, &screen);
	leave();
	return ok;
}
