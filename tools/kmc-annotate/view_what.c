// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an object may be, best first, and why.
 */
#include <kmc/output.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/* Of those that a report is offered. */
#define OFFERED_MAX	8

/*
 * struct shown - answers in view
 * @lines: of which answer each line is, and which of its reasons; the answer itself: -1
 */
struct shown {
	char *query;
	struct kmc_what_answers answers;
	struct {
		size_t answer;
		long reason;
	} *lines;
	size_t count;
};

static void make_lines(struct shown *shown)
{
	for (size_t i = 0; i < shown->answers.count; i++)
		shown->count += 1 + shown->answers.v[i].nreasons;
	shown->lines = xcalloc(shown->count + 1, sizeof(*shown->lines));
	for (size_t i = 0, n = 0; i < shown->answers.count; i++)
		for (long r = -1; r < (long)shown->answers.v[i].nreasons; r++, n++) {
			shown->lines[n].answer = i;
			shown->lines[n].reason = r;
		}
}

/* ---- rows ---- */

static size_t count(const struct view *view)
{
	const struct shown *shown = view->data;

	return shown->count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct shown *shown = view->data;
	const struct kmc_what_answer *answer = &shown->answers.v[shown->lines[i].answer];
	const bool hex = view->app->hex;
	char text[NUMBER_MAX], *reason;

	if (shown->lines[i].reason >= 0) {
		line_say(out, KMC_STYLE_PLAIN, "       ");
		reason = prose(hex, answer->reasons[shown->lines[i].reason]);
		line_quote(out, KMC_STYLE_DIM, reason);
		free(reason);
		return;
	}
	number(text, hex, answer->size);
	line_say(out, KMC_STYLE_DIM, "%3zu %6s  ", shown->lines[i].answer + 1, text);
	out->stays = line_columns(out);
	line_quote(out, KMC_STYLE_TITLE, answer->type);
	if (answer->path) {
		number(text, hex, answer->offset);
		line_say(out, KMC_STYLE_PLAIN, " +%s ", text);
		line_quote(out, KMC_STYLE_TITLE, answer->path);
	}
	line_say(out, KMC_STYLE_PLAIN, ", %s%s",
		 answer->confidence == KMC_GUESS ? "a " : "",
		 kmc_confidence_name(answer->confidence));
}

static void title(const struct view *view, struct line *out)
{
	const struct shown *shown = view->data;

	line_say(out, KMC_STYLE_TITLE, "%zu type%s that it may be: ", shown->answers.count,
		 shown->answers.count == 1 ? "" : "s");
	line_quote(out, KMC_STYLE_TITLE, shown->query);
	if (shown->answers.more)
		line_say(out, KMC_STYLE_PLAIN, ", and %zu that are less likely",
			 shown->answers.more);
}

/* ---- requests ---- */

static const struct kmc_what_answer *current(const struct view *view)
{
	const struct shown *shown = view->data;
	size_t i;

	return view_current(view, &i) ? &shown->answers.v[shown->lines[i].answer] : NULL;
}

static bool can(const struct view *view, enum request what)
{
	const struct kmc_what_answer *answer = current(view);

	return what != REQUEST_ENTER || (answer && answer->types);
}

static bool request(struct view *view, enum request what)
{
	const struct kmc_what_answer *answer = current(view);
	char where[24];

	if ((what != REQUEST_ENTER && what != REQUEST_TYPE) || !answer)
		return false;
	if (!answer->types) {
		app_say(view->app, "the layout of %s is not known", answer->type);
		return true;
	}
	snprintf(where, sizeof(where), "%" PRIu64, answer->offset);
	type_open(view->app, answer->types, answer->id,
		  answer->path && answer->offset < answer->size ? where : NULL);
	return true;
}

static int depth(const struct view *view, size_t i)
{
	const struct shown *shown = view->data;

	return shown->lines[i].reason >= 0;
}

static struct kmc_error *json_one(const void *data, size_t i, char **text)
{
	const struct shown *shown = data;

	return kmc_json_what(&shown->answers.v[i], text);
}

static bool json(const struct view *view, FILE *out)
{
	const struct shown *shown = view->data;

	return view_json_list(out, "answers", shown->answers.count, json_one, shown);
}

static void free_data(void *data)
{
	struct shown *shown = data;

	kmc_what_answers_release(&shown->answers);
	free(shown->lines);
	free(shown->query);
	free(shown);
}

static const struct hint hints[] = {
	{ REQUEST_ENTER, "open" }, { REQUEST_FIND, "find" }, HINTS_END
};

static const struct view_ops what_view = {
	.name = "what it may be",
	.hints = hints,
	.can = can,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.depth = depth,
	.json = json,
	.free = free_data,
};

/* ---- asking ---- */

/* Without the allocations, sizes are left. */
static struct kmc_error *ask(struct app *app, const struct kmc_what *what,
			     struct kmc_what_answers *answers)
{
	const struct kmc_allocations *all = NULL;
	struct kmc_modules *modules = NULL;
	struct kmc_types *types;
	struct kmc_error *err = session_types(app->session, app->opts, &types);

	if (err)
		return err;
	message_error(session_allocations(app->session, app->opts, &all));
	err = session_modules(app->session, app->opts, &modules);
	if (err)
		return err;
	return kmc_what_run(what, all, types, modules, answers);
}

void what_open(struct app *app, const char *query)
{
	struct shown *shown = xcalloc(1, sizeof(*shown));
	struct kmc_what *what = NULL;
	struct kmc_error *err = kmc_what_new(query, &what);

	shown->query = xstrdup(query);
	if (!err)
		err = ask(app, what, &shown->answers);
	kmc_what_free(what);
	if (err) {
		message_error(err);
		free_data(shown);
		return;
	}
	make_lines(shown);
	view_open(app, &what_view, shown);
	if (!shown->count)
		app_say(app, "nothing is known to live there");
}

/* Of another kernel, nothing is known to live anywhere. */
bool what_fits(const struct app *app, const struct kmc_report *report)
{
	struct kmc_debuginfo *di = app->session->symbols.di;
	struct kmc_error *err = di && !app->opts->debuginfo.force ?
				kmc_debuginfo_check(di, &report->kernel) : NULL;
	const bool good = di && !err;

	kmc_error_free(err);
	return good;
}

bool what_offer(struct app *app, struct kmc_report *report)
{
	struct kmc_what_answers answers = { };
	const size_t before = report->ncandidates;
	struct kmc_what *what = NULL;
	struct kmc_error *err = NULL;

	if (what_fits(app, report))
		err = kmc_what_of_report(report, &what);
	if (!err && what)
		err = ask(app, what, &answers);
	if (!err)
		err = kmc_what_offer(report, &answers, OFFERED_MAX);
	message_error(err);
	kmc_what_answers_release(&answers);
	kmc_what_free(what);
	return report->ncandidates > before;
}
