// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-annotate: explores structs of a kernel, and kmemcheck's reports laid over them.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "script.h"
#include "tui.h"
#include "views.h"

static void take_message(void *arg, const char *text)
{
	app_say(arg, "%s", text);
}

/* The first view; without one there is nothing to show, and why is in the message. */
static bool open_first(struct app *app)
{
	const char *operand = app->opts->operand;

	message_redirect(take_message, app);
	if (app->opts->live)
		reports_open(app, app->opts->live, true);
	else if (operand && (!strcmp(operand, "-") || !access(operand, F_OK)))
		reports_open(app, operand, false);
	else if (operand)
		app_error(app, type_open_named(app, operand));
	else
		types_open(app);
	message_redirect(NULL, NULL);
	if (app->top)
		return true;
	message("%s", app->message);
	return false;
}

/* False: something could not be read, and what could be is printed. */
static bool dump(struct app *app)
{
	const struct inbox *inbox = app->session->inbox;
	struct view *view = app->top;

	if (*app->message)
		message("%s", app->message);
	if (app->opts->dump == DUMP_JSON) {
		if (view->ops->json)
			return view->ops->json(view, stdout) && !(inbox && inbox->failed);
		message("%s cannot be dumped as JSON", view->ops->name);
		return false;
	}
	view_print(view, stdout);
	if (inbox)
		reports_print(app, stdout);
	return !(inbox && inbox->failed);
}

static bool run(struct app *app, bool terminal)
{
	bool ok;

	if (terminal)
		return tui_run(app);
	message_redirect(take_message, app);
	inbox_take_all(app);
	message_redirect(NULL, NULL);
	if (app->opts->keys) {
		message_redirect(take_message, app);
		ok = script_run(app, app->opts->keys, stdout);
		message_redirect(NULL, NULL);
		return ok;
	}
	return dump(app);
}

int main(int argc, char **argv)
{
	struct session session = { };
	struct options opts = { };
	struct app app = { .opts = &opts, .session = &session };
	bool ok, terminal;
	int status;

	setlocale(LC_CTYPE, "");
	if (!annotate_parse(&opts, argc, argv, &status))
		return status;
	terminal = !opts.keys && !opts.dump && tui_possible();
	app.ascii = opts.ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
	app.cols = opts.size.cols;
	app.rows = opts.size.rows;
	session_init(&session, &opts);
	ok = open_first(&app) && run(&app, terminal);
	app_close(&app);
	session_close(&session);
	free(opts.joined);
	if (fflush(stdout) || ferror(stdout))
		ok = false;
	return ok ? EXIT_DONE : EXIT_INPUT;
}
