// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One report: its bytes laid over the type that they are of.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "report_lines.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/*
 * struct shown - a report in view: @head, then the rows of @tree, then @tail
 * @report: the inbox' own
 * @bug, @index: which one
 * @tree: NULL when no type is known
 * @asked: it is known what the object may be by its cache
 */
struct shown {
	struct kmc_report *report;
	size_t bug;
	size_t index;
	struct report_lines head;
	struct tree *tree;
	struct report_lines tail;
	bool registers;
	bool asked;
};

static size_t tree_rows(const struct shown *shown)
{
	return shown->tree ? shown->tree->nrows : 0;
}

static void make_text(struct view *view)
{
	struct shown *shown = view->data;
	const struct app *app = view->app;

	report_lines_release(&shown->head);
	report_lines_release(&shown->tail);
	shown->head.lines.ascii = app->ascii;
	shown->tail.lines.ascii = app->ascii;
	shown->head.hex = app->hex;
	shown->tail.hex = app->hex;
	report_head(&shown->head, shown->report, app->cols - 1);
	report_tail(&shown->tail, shown->report, app->cols - 1, shown->registers);
}

/* The members of the best candidate, unfolded down to what was accessed. */
static void make_tree(struct shown *shown)
{
	const struct kmc_report *report = shown->report;
	const struct kmc_candidate *best = report->candidates;
	size_t row;

	tree_free(shown->tree);
	shown->tree = NULL;
	if (!report->ncandidates || !best->types || !best->type)
		return;
	kmc_error_free(tree_new(best->types, best->type_id, report,
				report->address - best->offset, &shown->tree));
	if (shown->tree && best->offset >= 0)
		tree_find_offset(shown->tree, best->offset, &row);
}

static void free_data(void *data)
{
	struct shown *shown = data;

	report_lines_release(&shown->head);
	report_lines_release(&shown->tail);
	tree_free(shown->tree);
	free(shown);
}

/* ---- rows ---- */

static size_t count(const struct view *view)
{
	const struct shown *shown = view->data;

	return shown->head.lines.count + tree_rows(shown) + shown->tail.lines.count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct shown *shown = view->data;
	size_t head = shown->head.lines.count, rows = tree_rows(shown);

	if (i < head)
		*out = shown->head.lines.v[i];
	else if (i - head < rows)
		type_line(view->app, shown->tree, i - head, out);
	else
		*out = shown->tail.lines.v[i - head - rows];
}

static void title(const struct view *view, struct line *out)
{
	const struct shown *shown = view->data;
	const struct kmc_report *report = shown->report;

	line_quote(out, KMC_STYLE_TITLE, report->source);
	if (report->from_stream)
		line_say(out, KMC_STYLE_TITLE, ", report %" PRIu64, report->seq);
	else
		line_say(out, KMC_STYLE_TITLE, ":%lu", report->line);
	if (strcmp(report->checker, "kmemcheck")) {
		line_say(out, KMC_STYLE_PLAIN, ", ");
		line_quote(out, KMC_STYLE_PLAIN, report->error ? report->error : report->checker);
	} else {
		line_say(out, KMC_STYLE_PLAIN, ", %s-%s", kmc_state_name(report->state),
			 kmc_kind_name(report->kind));
	}
}

/* The cursor stays on the member that it is on, or on what is below the members. */
static void resized(struct view *view)
{
	struct shown *shown = view->data;
	size_t head = shown->head.lines.count, i = 0;
	bool below = view_current(view, &i) && i >= head;

	make_text(view);
	view_changed(view);
	if (below)
		view_select(view, i - head + shown->head.lines.count);
}

/* ---- another candidate ---- */

/* The cursor on the member that was accessed. */
static void show_access(struct view *view)
{
	struct shown *shown = view->data;
	int64_t offset = shown->report->candidates[0].offset;
	size_t row;

	if (shown->tree && offset >= 0 && !shown->report->candidates[0].unplaced &&
	    tree_find_offset(shown->tree, offset, &row))
		view_select(view, shown->head.lines.count + row);
}

static bool is_typed(const struct kmc_report *report)
{
	for (size_t i = 0; i < report->ncandidates; i++)
		if (report->candidates[i].type)
			return true;
	return false;
}

/* Where the evidence names no type, the cache may; the best of what it names comes first. */
static bool may_ask(const struct shown *shown)
{
	return !shown->asked && !is_typed(shown->report) && shown->report->object.known;
}

static void choose(struct view *view, size_t index)
{
	struct shown *shown = view->data;
	struct kmc_error *err;

	err = kmc_report_choose(view->app->session->symbols.di, shown->report, index);
	if (err)
		message_error(err);
	make_tree(shown);
	make_text(view);
	view_changed(view);
	show_access(view);
	app_say(view->app, "taken for %s", shown->report->candidates[0].type ?
		shown->report->candidates[0].type : "an object of unknown type");
}

static void choose_other(struct view *view, long index)
{
	const struct kmc_report *report = ((const struct shown *)view->data)->report;

	if (index > 0)
		choose(view, index);
	else if (report->ncandidates > 1)
		app_say(view->app, "it is taken for that; Enter on another takes it for the other");
	else
		app_say(view->app, "there is no other object that it may be");
}

/* Which one the cursor is on, -1 for none. */
static int candidate_here(const struct view *view)
{
	const struct shown *shown = view->data;
	size_t before = shown->head.lines.count + tree_rows(shown), i;

	if (!view_current(view, &i) || i < before)
		return -1;
	return shown->tail.candidates[i - before];
}

/* The level of the access that the line is about, from 1 on; 0: none. */
static int level_here(const struct view *view)
{
	const struct shown *shown = view->data;
	size_t i;

	if (!view_current(view, &i) || i >= shown->head.lines.count)
		return 0;
	return -1 - shown->head.candidates[i];
}

/* ---- runs of uninitialised bytes ---- */

static bool is_bad(const struct kmc_report *report, size_t i)
{
	return report->shadow[i] != 'i';
}

/* Does a run begin at this byte of the shadow, and within the object? */
static bool run_begins(const struct shown *shown, size_t i, uint64_t *offset)
{
	const struct kmc_report *report = shown->report;

	*offset = report->memory_start + i - shown->tree->start;
	return is_bad(report, i) && *offset < shown->tree->bytes &&
	       (!i || !is_bad(report, i - 1) || !*offset);
}

/* The byte of the shadow that the cursor is on; in front of all of them: -1. */
static long shadow_here(const struct view *view)
{
	const struct shown *shown = view->data;
	size_t head = shown->head.lines.count, i;
	const struct row *row;

	if (!view_current(view, &i) || i < head || i - head >= shown->tree->nrows)
		return -1;
	row = &shown->tree->rows[i - head];
	if (row->kind == ROW_SUMMARY)
		return shown->report->shadow_len;
	return (long)(shown->tree->start + row->node->bit_offset / 8 -
		      shown->report->memory_start);
}

static void go_to_run(struct view *view, bool back)
{
	struct shown *shown = view->data;
	long len = shown->report->shadow_len, here;
	uint64_t offset;
	size_t row;

	if (!shown->tree || shown->report->caret < 0 || !len) {
		app_say(view->app, "no type is known, so there are no members to go to");
		return;
	}
	here = shadow_here(view);
	here = here < -1 ? -1 : here > len ? len : here;
	for (long n = 1; n <= len + 1; n++) {
		long at = back ? here - n : here + n;

		at = ((at % (len + 1)) + len + 1) % (len + 1);
		if (at == len || !run_begins(shown, at, &offset))
			continue;
		if (!tree_find_offset(shown->tree, offset, &row))
			continue;
		view_set_filter(view, "");
		view_select(view, shown->head.lines.count + row);
		return;
	}
	app_say(view->app, "every byte that the report shows was written");
}

/* ---- requests ---- */

static void replace(struct view *view, size_t bug, size_t index);

static void step(struct view *view, bool back)
{
	const struct shown *shown = view->data;
	const struct inbox *inbox = view->app->session->inbox;
	size_t bug = shown->bug, index = shown->index;
	size_t place = inbox_place(inbox, bug);

	if (back && index) {
		index--;
	} else if (back && place) {
		bug = inbox->order[place - 1];
		index = inbox->bugs[bug].nreports - 1;
	} else if (!back && index + 1 < inbox->bugs[bug].nreports) {
		index++;
	} else if (!back && place + 1 < inbox->nbugs) {
		bug = inbox->order[place + 1];
		index = 0;
	} else {
		app_say(view->app, back ? "this is the first report" : "this is the last report");
		return;
	}
	replace(view, bug, index);
}

static bool request(struct view *view, enum request what)
{
	struct shown *shown = view->data;

	switch (what) {
	case REQUEST_NEXT_RUN:
	case REQUEST_PREVIOUS_RUN:
		go_to_run(view, what == REQUEST_PREVIOUS_RUN);
		return true;
	case REQUEST_OTHER:
		if (may_ask(shown)) {
			view->app->errand = ERRAND_OFFER;
			return true;
		}
		/* The last one comes to the front, so that all have their turn. */
		choose_other(view, (long)shown->report->ncandidates - 1);
		return true;
	case REQUEST_NEXT_REPORT:
	case REQUEST_PREVIOUS_REPORT:
		step(view, what == REQUEST_PREVIOUS_REPORT);
		return true;
	case REQUEST_REGISTERS:
		shown->registers = !shown->registers;
		make_text(view);
		view_changed(view);
		return true;
	case REQUEST_STACK:
		stack_open(view->app, shown->report, 0);
		return true;
	case REQUEST_ANNOTATE:
		annotation_open(view->app, shown->report);
		return true;
	case REQUEST_ENTER:
		if (candidate_here(view) >= 0) {
			choose_other(view, candidate_here(view));
			return true;
		}
		if (level_here(view) > 0) {
			stack_open(view->app, shown->report, level_here(view));
			return true;
		}
		break;
	default:
		break;
	}
	return shown->tree && type_request(view, shown->tree, shown->head.lines.count, what);
}

static int depth(const struct view *view, size_t i)
{
	const struct shown *shown = view->data;
	size_t head = shown->head.lines.count;

	if (i < head || i - head >= tree_rows(shown) ||
	    shown->tree->rows[i - head].kind != ROW_NODE)
		return 0;
	return shown->tree->rows[i - head].node->depth;
}

static bool go(struct view *view, const char *where)
{
	struct shown *shown = view->data;

	return shown->tree && type_go(view, shown->tree, shown->head.lines.count, where);
}

static bool is_last(const struct view *view)
{
	const struct shown *shown = view->data;
	const struct inbox *inbox = view->app->session->inbox;

	return inbox_place(inbox, shown->bug) + 1 == inbox->nbugs &&
	       shown->index + 1 == inbox->bugs[shown->bug].nreports;
}

static bool can(const struct view *view, enum request what)
{
	const struct shown *shown = view->data;

	switch (what) {
	case REQUEST_NEXT_RUN:
		return shown->tree && shown->report->caret >= 0;
	case REQUEST_OTHER:
		return shown->report->ncandidates > 1 ||
		       (may_ask(shown) && what_fits(view->app, shown->report));
	case REQUEST_ANNOTATE:
		return annotation_possible(shown->report);
	case REQUEST_NEXT_REPORT:
		return !is_last(view);
	case REQUEST_PREVIOUS_REPORT:
		return shown->index || inbox_place(view->app->session->inbox, shown->bug);
	case REQUEST_UNFOLD:
	case REQUEST_FOLD:
	case REQUEST_TYPE:
		return shown->tree &&
		       type_can(view, shown->tree, shown->head.lines.count, what);
	case REQUEST_GOTO:
		return shown->tree;
	case REQUEST_STACK:
		return level_here(view) <= 0;
	default:
		return true;
	}
}

static const char *enter(const struct view *view)
{
	const struct shown *shown = view->data;

	if (candidate_here(view) > 0)
		return "take it for this";
	if (level_here(view) > 0)
		return "stacks";
	return shown->tree ? type_enter(view, shown->tree, shown->head.lines.count) : NULL;
}

static bool below(struct view *view, size_t i, const char *text, bool back, size_t *row)
{
	struct shown *shown = view->data;
	size_t head = shown->head.lines.count;

	if (i < head || i - head >= tree_rows(shown) ||
	    !tree_below(shown->tree, i - head, text, back, row))
		return false;
	if (row)
		*row += head;
	return true;
}

static void complete_path(struct view *view, const char *typed, struct completion *completion)
{
	struct shown *shown = view->data;

	if (shown->tree)
		tree_complete(shown->tree, typed, completion);
}

static bool json(const struct view *view, FILE *out)
{
	const struct shown *shown = view->data;
	char *diff = annotation_diff(view->app, shown->report), *text = NULL;
	struct kmc_error *err = kmc_json_report_all(shown->report, diff, &text);

	free(diff);
	return json_put(err, text, out);
}

static const struct hint hints[] = {
	{ REQUEST_NEXT_RUN, "next uninit" }, { REQUEST_ENTER, NULL },
	{ REQUEST_STACK, "stacks" }, { REQUEST_OTHER, "other object" },
	{ REQUEST_ANNOTATE, "annotate" }, { REQUEST_NEXT_REPORT, "next" },
	{ REQUEST_TYPE, "type" }, HINTS_END
};

const struct view_ops report_view = {
	.name = "a report",
	.hints = hints,
	.can = can,
	.enter = enter,
	.below = below,
	.complete = complete_path,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.depth = depth,
	.go = go,
	.resized = resized,
	.json = json,
	.free = free_data,
};

static void fill(struct view *view, size_t bug, size_t index)
{
	struct shown *shown = view->data;

	shown->bug = bug;
	shown->index = index;
	shown->report = view->app->session->inbox->bugs[bug].reports[index];
	shown->asked = false;
	make_tree(shown);
	make_text(view);
}

static void replace(struct view *view, size_t bug, size_t index)
{
	fill(view, bug, index);
	view_set_filter(view, "");
	view->cursor = 0;
	view->top = 0;
}

void report_open(struct app *app, size_t bug, size_t index)
{
	struct shown *shown = xcalloc(1, sizeof(*shown));

	shown->registers = true;
	view_open(app, &report_view, shown);
	fill(app->top, bug, index);
	session_source(app->session, app->opts);
}

void report_offer(struct app *app)
{
	struct view *view = app->top;
	struct shown *shown = view->data;
	const size_t before = shown->report->ncandidates;

	shown->asked = true;
	if (what_offer(app, shown->report))
		choose(view, before);
	else if (what_fits(app, shown->report))
		app_say(app, "nothing is known to live in such an object");
	else
		app_say(app, "what it may be is said by its kernel: -k names the vmlinux");
}

void report_offer_untyped(struct app *app)
{
	struct shown *shown = app->top->data;

	shown->asked = true;
	if (!shown->report->ncandidates && what_offer(app, shown->report))
		choose(app->top, 0);
}
