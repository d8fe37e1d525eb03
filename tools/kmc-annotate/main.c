// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-annotate: explores structs of a kernel, and kmemcheck's reports laid over them.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/mapped.h"
#include "../common/message.h"
#include "../common/streams.h"
#include "inbox.h"
#include "script.h"
#include "session.h"
#include "tui.h"
#include "views.h"

/* The last row has it; where standard error hides nothing, all of it is kept there. */
static void show_message(void *arg, const char *text)
{
	app_say(arg, "%s", text);
	if (!isatty(STDERR_FILENO))
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
}

/* The last one is said at the end, those before it, if they differ, in time. */
static void keep_message(void *arg, const char *text)
{
	struct app *app = arg;

	if (*app->message && strncmp(app->message, text, sizeof(app->message) - 1))
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, app->message);
	app_say(app, "%s", text);
}

static void open_named(struct app *app, const char *operand, bool order)
{
	message_error(type_open_named(app, operand));
	if (app->top && order)
		app->top->ops->request(app->top, REQUEST_ORDER);
}

/* False: without a first view there is nothing to show. */
static bool open_first(struct app *app)
{
	const struct options *opts = app->opts;

	if (opts->profile)
		app->session->profile = profile_open(opts->profile);
	if (opts->profile && !app->session->profile)
		return false;
	if (opts->diff)
		message_error(diff_open(app, opts->operands[0], opts->operands[1], opts->type));
	else if (opts->find)
		find_open(app, opts->find);
	else if (opts->what)
		what_open(app, opts->what);
	else if (opts->live)
		reports_open(app, opts->followed, true);
	else if (opts->operands[0] && annotate_is_file(opts->operands[0]))
		reports_open(app, opts->operands, false);
	else if (opts->operands[0])
		open_named(app, opts->operands[0], opts->order);
	else
		types_open(app);
	return app->top;
}

/* False: something could not be read, and what could be is printed. */
static bool dump(struct app *app)
{
	const struct inbox *inbox = app->session->inbox;
	struct view *view = app->top;

	app->printing = true;
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

/* What is said meanwhile is for the last row of the screen. */
static bool show(struct app *app, bool terminal)
{
	bool ok;

	message_redirect(terminal ? show_message : keep_message, app);
	ok = terminal ? tui_run(app, open_first) : open_first(app);
	if (ok && !terminal) {
		reports_take_all(app);
		ok = !app->opts->keys || script_run(app, app->opts->keys, stdout);
	}
	message_redirect(NULL, NULL);
	return ok;
}

static bool run(struct app *app)
{
	bool terminal = !app->opts->keys && !app->opts->dump && tui_possible();
	bool dumps = !app->opts->keys && !terminal;
	bool ok = show(app, terminal);

	/* There is no screen, or none any more, that has it. */
	if (*app->message && (dumps || !ok))
		message("%s", app->message);
	return ok && dumps ? dump(app) : ok;
}

int main(int argc, char **argv)
{
	struct session session = { };
	struct options opts = { };
	struct app app = { .opts = &opts, .session = &session };
	int status;
	bool ok;

	streams_claim();
	mapped_guard(NULL);
	setlocale(LC_CTYPE, "");
	if (!annotate_parse(&opts, argc, argv, &status))
		return status;
	app.ascii = opts.ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
	app.cols = opts.size.cols;
	app.rows = opts.size.rows;
	session_init(&session, &opts);
	ok = run(&app);
	app_close(&app);
	session_close(&session);
	free(opts.joined);
	return message_flush() && ok ? EXIT_DONE : EXIT_INPUT;
}
