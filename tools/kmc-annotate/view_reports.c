// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of a log or stream, by bug.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "views.h"

/*
 * struct entry - a row: a bug, with @report >= 0 one of its reports, or behind the last that
 *	is kept how many more there were
 */
struct entry {
	size_t bug;
	long report;
};

struct entries {
	struct inbox *inbox;
	struct entry *v;
	size_t count;
};

static void rebuild(struct entries *entries)
{
	struct inbox *inbox = entries->inbox;

	inbox_sort(inbox, inbox->sorted);
	free(entries->v);
	entries->v = xcalloc(inbox->nbugs * (2 + BUG_REPORTS), sizeof(*entries->v));
	entries->count = 0;
	for (size_t i = 0; i < inbox->nbugs; i++) {
		const struct bug *bug = &inbox->bugs[inbox->order[i]];
		size_t rows = bug->nreports + (bug->seen > bug->nreports);

		entries->v[entries->count++] = (struct entry) { inbox->order[i], -1 };
		for (size_t j = 0; bug->open && j < rows; j++)
			entries->v[entries->count++] = (struct entry) { inbox->order[i], j };
	}
}

static size_t find(const struct entries *entries, struct entry entry)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->v[i].bug == entry.bug && entries->v[i].report == entry.report)
			return i;
	return 0;
}

/* Rows anew, with the cursor where it was. */
static void refresh(struct view *view)
{
	struct entries *entries = view->data;
	struct entry entry = { 0, -1 };
	size_t i;

	if (view_current(view, &i))
		entry = entries->v[i];
	rebuild(entries);
	view_changed(view);
	view_select(view, find(entries, entry));
}

/* ---- rows ---- */

static void bug_line(const struct bug *bug, struct line *out)
{
	const struct kmc_report *report = bug->reports[0];
	const char *glyph = out->ascii ? (bug->open ? "-" : "+") : bug->open ? "▾" : "▸";

	line_say(out, KMC_STYLE_DIM, "%s", glyph);
	line_say(out, KMC_STYLE_TITLE, " %7" PRIu64 " ", bug->seen);
	line_say(out, KMC_STYLE_PLAIN, " %-20s ", kmc_verdict_name(report->verdict.kind));
	line_quote(out, KMC_STYLE_PLAIN, bug->signature);
	if (bug->accesses > bug->seen)
		line_say(out, KMC_STYLE_DIM, " (%" PRIu64 " accesses)", bug->accesses);
}

static void one_line(const struct kmc_report *report, struct line *out)
{
	line_say(out, KMC_STYLE_DIM, "%10s", "");
	line_quote(out, KMC_STYLE_LOCATION, report->source);
	if (report->from_stream)
		line_say(out, KMC_STYLE_LOCATION, ", report %" PRIu64, report->seq);
	else
		line_say(out, KMC_STYLE_LOCATION, ":%lu", report->line);
	if (report->has_address)
		line_say(out, KMC_STYLE_PLAIN, "  0x%" PRIx64 "%s", report->address,
			 report->hashed ? " (a hash)" : "");
	if (report->comm) {
		line_say(out, KMC_STYLE_PLAIN, "  ");
		line_quote(out, KMC_STYLE_PLAIN, report->comm);
		line_say(out, KMC_STYLE_PLAIN, " (pid %d)", report->pid);
	}
	if (report->time >= 0)
		line_say(out, KMC_STYLE_DIM, "  %.6f s", report->time);
}

static size_t count(const struct view *view)
{
	const struct entries *entries = view->data;

	return entries->count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct entries *entries = view->data;
	const struct entry *entry = &entries->v[i];
	const struct bug *bug = &entries->inbox->bugs[entry->bug];

	if (entry->report < 0)
		bug_line(bug, out);
	else if (entry->report == (long)bug->nreports)
		line_say(out, KMC_STYLE_DIM, "%10sand %" PRIu64 " more, which were counted and not kept",
			 "", bug->seen - bug->nreports);
	else
		one_line(bug->reports[entry->report], out);
}

static int depth(const struct view *view, size_t i)
{
	const struct entries *entries = view->data;

	return entries->v[i].report >= 0;
}

static const char * const orders[] = {
	[INBOX_ARRIVAL] = "by arrival", [INBOX_COUNT] = "by count", [INBOX_TIME] = "by time",
	[INBOX_MEMBER] = "by member",
};

static void title(const struct view *view, struct line *out)
{
	const struct inbox *inbox = ((const struct entries *)view->data)->inbox;
	size_t others = 0;

	line_quote(out, KMC_STYLE_TITLE, inbox->paths[0]);
	while (inbox->paths[others + 1])
		others++;
	if (others)
		line_say(out, KMC_STYLE_TITLE, " and %zu more", others);
	line_say(out, KMC_STYLE_PLAIN, ": %" PRIu64 " report%s of %zu bug%s", inbox->seen,
		 inbox->seen == 1 ? "" : "s", inbox->nbugs, inbox->nbugs == 1 ? "" : "s");
	if (inbox->dropped)
		line_say(out, KMC_STYLE_PLAIN, ", %" PRIu64 " not kept", inbox->dropped);
	if (inbox->sorted)
		line_say(out, KMC_STYLE_PLAIN, ", %s", orders[inbox->sorted]);
	if (inbox->paused)
		line_say(out, KMC_STYLE_PLAIN, ", paused");
	else if (!inbox->ended)
		line_say(out, KMC_STYLE_PLAIN, inbox->live ? ", following" : ", reading");
	else if (inbox->live)
		line_say(out, KMC_STYLE_PLAIN, ", the stream has ended");
}

/* ---- requests ---- */

static void toggle_pause(struct view *view)
{
	struct inbox *inbox = ((struct entries *)view->data)->inbox;

	inbox->paused = !inbox->paused;
	if (inbox->paused)
		app_say(view->app, "paused: what comes waits; p goes on");
}

static void set_open(struct view *view, bool all, size_t i, bool open)
{
	struct entries *entries = view->data;
	struct inbox *inbox = entries->inbox;
	size_t bug = all ? 0 : entries->v[i].bug;

	for (size_t at = 0; at < inbox->nbugs; at++)
		if (all || at == bug)
			inbox->bugs[at].open = open;
	rebuild(entries);
	view_changed(view);
	if (!all)
		view_select(view, find(entries, (struct entry) { bug, -1 }));
}

static bool can(const struct view *view, enum request what)
{
	const struct entries *entries = view->data;
	const struct inbox *inbox = entries->inbox;
	const struct bug *bug = NULL;
	long report = -1;
	size_t i;

	if (view_current(view, &i)) {
		bug = &inbox->bugs[entries->v[i].bug];
		report = entries->v[i].report;
	}
	switch (what) {
	case REQUEST_ENTER:
		return bug && report < (long)bug->nreports;
	case REQUEST_UNFOLD:
		return bug && report < 0 && !bug->open;
	case REQUEST_FOLD:
		return bug && bug->open;
	case REQUEST_SORT:
		return inbox->nbugs > 1;
	case REQUEST_PAUSE:
		return inbox->live && !inbox->ended;
	default:
		return true;
	}
}

static bool request(struct view *view, enum request what)
{
	struct entries *entries = view->data;
	size_t i = 0;

	if (what == REQUEST_PAUSE) {
		toggle_pause(view);
		return true;
	}
	if (what == REQUEST_SORT) {
		inbox_sort(entries->inbox, (entries->inbox->sorted + 1) % INBOX_ORDERS);
		refresh(view);
		app_say(view->app, "sorted %s", orders[entries->inbox->sorted]);
		return true;
	}
	if (what == REQUEST_UNFOLD_ALL || what == REQUEST_FOLD_ALL) {
		set_open(view, true, 0, what == REQUEST_UNFOLD_ALL);
		return true;
	}
	if (!view_current(view, &i))
		return false;
	switch (what) {
	case REQUEST_UNFOLD:
	case REQUEST_FOLD:
		set_open(view, false, i, what == REQUEST_UNFOLD);
		return true;
	case REQUEST_ENTER:
		if (can(view, what))
			report_open(view->app, entries->v[i].bug,
				    entries->v[i].report < 0 ? 0 : entries->v[i].report);
		else
			app_say(view->app, "of each bug, the first %d reports are kept to be opened",
				BUG_REPORTS);
		return true;
	default:
		return false;
	}
}

/* ---- the view ---- */

static bool json(const struct view *view, FILE *out)
{
	const struct inbox *inbox = ((const struct entries *)view->data)->inbox;
	struct app *app = view->app;
	bool ok = true;

	for (size_t i = 0; i < inbox->nbugs && ok; i++) {
		for (size_t j = 0; j < inbox->bugs[i].nreports && ok; j++) {
			report_open(app, i, j);
			report_offer_untyped(app);
			ok = app->top->ops->json(app->top, out);
			view_close(app->top);
		}
	}
	return ok;
}

static void free_data(void *data)
{
	struct entries *entries = data;

	free(entries->v);
	free(entries);
}

static const struct hint hints[] = {
	{ REQUEST_ENTER, "open" }, { REQUEST_UNFOLD, "unfold" }, { REQUEST_FOLD, "fold" },
	{ REQUEST_SORT, "sort" }, { REQUEST_PAUSE, "pause" }, { REQUEST_TYPES, "types" },
	HINTS_END
};

static const struct view_ops reports_view = {
	.name = "the list of reports",
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

/* Something has come. */
static void changed(struct app *app)
{
	struct view *view = app->top;

	while (view && view->ops != &reports_view)
		view = view->below;
	if (view)
		refresh(view);
}

bool reports_take(struct app *app)
{
	struct inbox *inbox = app->session->inbox;
	bool any = false, more;

	if (!inbox)
		return false;
	more = inbox_take(inbox, &any);
	if (!any)
		return more;
	if (inbox->ended && !inbox->seen && !*app->message)
		app_say(app, inbox->at ? "%s and the others: no report in them" :
			"%s: no report in it", inbox->paths[0]);
	changed(app);
	return more;
}

void reports_take_all(struct app *app)
{
	const struct inbox *inbox = app->session->inbox;

	while (inbox && !inbox->ended) {
		if (!reports_take(app) && !inbox->ended)
			inbox_wait(inbox);
	}
}

void reports_open(struct app *app, const char *const *paths, bool live)
{
	struct entries *entries;
	struct kmc_error *err;

	if (!session_open(app->session, app->opts))
		return;
	err = inbox_open(paths, live, &app->session->symbols, &app->session->inbox);
	if (err) {
		message_error(err);
		return;
	}
	entries = xcalloc(1, sizeof(*entries));
	entries->inbox = app->session->inbox;
	view_open(app, &reports_view, entries);
}

static void print_top(struct app *app, FILE *out)
{
	fputc('\n', out);
	view_print(app->top, out);
	view_close(app->top);
}

void reports_print(struct app *app, FILE *out)
{
	const struct inbox *inbox = app->session->inbox;

	for (size_t i = 0; i < inbox->nbugs; i++) {
		const struct kmc_report *report = inbox->bugs[inbox->order[i]].reports[0];

		report_open(app, inbox->order[i], 0);
		report_offer_untyped(app);
		print_top(app, out);
		stack_open(app, report, 0);
		app->top->ops->request(app->top, REQUEST_STACK);
		print_top(app, out);
		if (!annotation_possible(report))
			continue;
		annotation_open(app, report);
		print_top(app, out);
	}
}
