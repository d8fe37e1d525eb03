// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Key scripts: how screens are tested.
 */
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "views.h"

#define SCRIPT_MAX	(1 << 20)

static void print_screen(struct app *app, FILE *out)
{
	struct grid grid = { };

	grid_resize(&grid, app->cols, app->rows);
	app_draw(app, &grid);
	grid_print(&grid, out);
	grid_release(&grid);
}

/* Without a shell: what is in a file name stays a file name. */
bool run_editor(struct app *app)
{
	const char *editor = getenv("EDITOR");
	char line[32], *command = NULL;
	int status = 0;
	pid_t pid;

	if (!editor || !*editor)
		editor = "vi";
	snprintf(line, sizeof(line), "+%d", app->edit_line);
	/* $EDITOR may have options of its own. */
	if (asprintf(&command, "exec %s \"$@\"", editor) < 0)
		return false;
	pid = fork();
	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, "sh", line, app->edit_file,
		      (char *)NULL);
		_exit(127);
	}
	free(command);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || status)
		app_say(app, "the editor '%s' failed; EDITOR names another one", editor);
	return pid >= 0 && !status;
}

static void run_errand(struct app *app)
{
	enum errand errand = app->errand;

	if (errand == ERRAND_QUIT)
		return;
	app->errand = ERRAND_NONE;
	if (errand == ERRAND_EDIT) {
		run_editor(app);
	} else if (errand == ERRAND_FIND) {
		find_open(app, app->input);
	} else if (errand == ERRAND_OFFER) {
		report_offer(app);
	} else if (errand == ERRAND_TYPES) {
		app->message[0] = '\0';
		types_open(app);
	}
}

/* "<Name>" at @at: what is in it; its end, or NULL. */
static const char *run_name(struct app *app, const char *at, FILE *out)
{
	const char *end = strchr(at, '>');
	int cols, rows, key;

	if (!end)
		return NULL;
	if (sscanf(at, "<Size %dx%d>", &cols, &rows) == 2 && cols > 0 && rows > 0 &&
	    cols < 1000 && rows < 1000) {
		app_resize(app, cols, rows);
		return end;
	}
	if (sscanf(at, "<Click %d>", &rows) == 1) {
		app_click(app, rows);
		return end;
	}
	if (!strncmp(at, "<Screen>", 8)) {
		print_screen(app, out);
		return end;
	}
	key = key_of(at + 1, end - at - 1);
	if (key < 0)
		return NULL;
	app_key(app, key);
	return end;
}

static bool run_text(struct app *app, const char *path, const char *text, FILE *out)
{
	unsigned long line = 1;
	bool start = true;

	for (const char *at = text; *at && app->errand != ERRAND_QUIT; at++) {
		if (*at == '\n') {
			line++;
			start = true;
			continue;
		}
		if (start && *at == '#') {
			at += strcspn(at, "\n") - 1;
			continue;
		}
		start = false;
		if (*at == ' ' || *at == '\t')
			continue;
		if (*at == '<') {
			at = run_name(app, at, out);
			if (!at) {
				message("%s:%lu: no such key; they are named as in the help", path,
					line);
				return false;
			}
		} else {
			app_key(app, (unsigned char)*at);
		}
		run_errand(app);
	}
	return true;
}

bool script_run(struct app *app, const char *path, FILE *out)
{
	FILE *in = fopen(path, "r");
	char *text;
	size_t len;
	bool ok;

	if (!in) {
		message("%s: %s", path, strerror(errno));
		return false;
	}
	text = xcalloc(SCRIPT_MAX + 1, 1);
	len = fread(text, 1, SCRIPT_MAX, in);
	text[len] = '\0';
	fclose(in);
	ok = run_text(app, path, text, out);
	free(text);
	if (ok && app->errand != ERRAND_QUIT)
		print_screen(app, out);
	return ok;
}
