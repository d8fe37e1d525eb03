// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stacks of a report, with what was inlined, and the source around each call.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "session.h"
#include "views.h"

/* Source lines to either side. */
#define CONTEXT		3

/*
 * struct level - a row: a heading when there is no @frame
 * @allocator: so many levels from here on are the allocator's own, not the caller's
 * @where: of an inline chain, NULL when nothing is known
 */
struct level {
	const char *heading;
	const struct kmc_track *track;
	const struct kmc_frame *frame;
	const struct kmc_location *where;
	bool inlined;
	bool open;
	size_t allocator;
};

/*
 * struct stack_row - what is shown of levels
 * @number: a line of source below the level; 0: the level itself
 * @folded: it stands for all of the allocator's
 */
struct stack_row {
	size_t level;
	int number;
	bool folded;
};

struct stack {
	const struct kmc_report *report;
	struct level *levels;
	size_t nlevels;
	struct stack_row *rows;
	size_t nrows;
	bool allocators;
};

/* ---- levels ---- */

static struct level *add_level(struct stack *stack)
{
	stack->levels = xrealloc(stack->levels,
				 (stack->nlevels + 1) * sizeof(*stack->levels));
	stack->levels[stack->nlevels] = (struct level) { };
	return &stack->levels[stack->nlevels++];
}

static void add_frames(struct stack *stack, const struct kmc_stack *frames)
{
	for (size_t i = 0; i < frames->count; i++) {
		const struct kmc_frame *frame = &frames->frames[i];
		size_t count = frame->chain_len ? frame->chain_len : 1;

		for (size_t j = 0; j < count; j++) {
			struct level *level = add_level(stack);

			level->frame = frame;
			level->where = frame->chain_len ? &frame->chain[j] : NULL;
			level->inlined = j + 1 < count;
		}
	}
}

static void add_track(struct stack *stack, const char *heading,
		      const struct kmc_track *track)
{
	struct kmc_site caller;
	struct level *level;
	size_t first, own;

	if (!track->known)
		return;
	level = add_level(stack);
	level->heading = heading;
	level->track = track;
	first = stack->nlevels;
	add_frames(stack, &track->stack);
	if (!track->stack.count)
		return;
	caller = kmc_track_caller(track);
	own = caller.level;
	for (size_t i = 0; i < caller.frame; i++)
		own += track->stack.frames[i].chain_len ? track->stack.frames[i].chain_len : 1;
	if (first + own < stack->nlevels)
		stack->levels[first].allocator = own;
}

static void fill(struct stack *stack)
{
	const struct kmc_report *report = stack->report;

	add_level(stack)->heading = "Access";
	add_frames(stack, &report->frames);
	add_track(stack, "Allocated", &report->alloc);
	add_track(stack, "Freed", &report->free);
	add_track(stack, "Filled", &report->fill);
	add_track(stack, "Stored to memory", &report->copy);
	add_track(stack, "Source allocated", &report->source_alloc);
	/* The instruction's own line is what one looks at first. */
	if (stack->nlevels > 1)
		stack->levels[1].open = true;
}

static void add_row(struct stack *stack, size_t level, int number)
{
	stack->rows = xrealloc(stack->rows, (stack->nrows + 1) * sizeof(*stack->rows));
	stack->rows[stack->nrows++] = (struct stack_row) { level, number, false };
}

static void rebuild(struct app *app, struct stack *stack)
{
	stack->nrows = 0;
	for (size_t i = 0; i < stack->nlevels; i++) {
		const struct level *level = &stack->levels[i];
		size_t len;

		add_row(stack, i, 0);
		if (level->allocator && !stack->allocators) {
			stack->rows[stack->nrows - 1].folded = true;
			i += level->allocator - 1;
			continue;
		}
		if (!level->open || !level->where || !level->where->file)
			continue;
		for (int n = level->where->line - CONTEXT; n <= level->where->line + CONTEXT;
		     n++)
			if (kmc_source_line(app->session->source, level->where->file, n, &len))
				add_row(stack, i, n);
	}
}

/* ---- rows ---- */

static void heading_line(const struct kmc_report *report, const struct level *level,
			 struct line *out)
{
	line_say(out, KMC_STYLE_TITLE, "%s", level->heading);
	if (!level->track)
		return;
	if (level->track->pid >= 0)
		line_say(out, KMC_STYLE_PLAIN, " by pid %d", level->track->pid);
	if (level->track->time >= 0)
		line_say(out, KMC_STYLE_PLAIN, " at %.6f s%s", level->track->time,
			 kmc_report_mixes_clocks(report) ? " by the boot clock" : "");
}

static void put_symbol(const struct kmc_frame *frame, struct line *out)
{
	if (!frame->symbol) {
		line_say(out, KMC_STYLE_PLAIN, "0x%" PRIx64, frame->address);
		return;
	}
	line_quote(out, KMC_STYLE_PLAIN, frame->symbol);
	if (frame->has_offset)
		line_say(out, KMC_STYLE_DIM, "+0x%" PRIx64 "/0x%" PRIx64, frame->offset,
			 frame->size);
	if (!frame->module)
		return;
	line_say(out, KMC_STYLE_DIM, " [");
	line_quote(out, KMC_STYLE_DIM, frame->module);
	line_say(out, KMC_STYLE_DIM, "]");
}

static void level_line(const struct level *level, struct line *out)
{
	char note[128];

	line_say(out, KMC_STYLE_PLAIN, "  ");
	if (level->inlined) {
		line_quote(out, KMC_STYLE_PLAIN,
			   level->where->function ? level->where->function : "?");
		line_say(out, KMC_STYLE_DIM, " (inlined)");
	} else {
		put_symbol(level->frame, out);
	}
	if (level->where && level->where->file) {
		line_say(out, KMC_STYLE_PLAIN, "  ");
		line_pad(out, 44);
		line_quote(out, KMC_STYLE_LOCATION, level->where->file);
		line_say(out, KMC_STYLE_LOCATION, ":%d", level->where->line);
	}
	if (!level->inlined && kmc_frame_note(level->frame, note, sizeof(note)))
		line_say(out, KMC_STYLE_DIM, "  %s", note);
}

static size_t count(const struct view *view)
{
	const struct stack *stack = view->data;

	return stack->nrows;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct stack *stack = view->data;
	const struct stack_row *row = &stack->rows[i];
	const struct level *level = &stack->levels[row->level];

	if (row->folded)
		line_say(out, KMC_STYLE_DIM, "  %s %zu frame%s of the allocator",
			 out->ascii ? "+" : "▸", level->allocator,
			 level->allocator == 1 ? "" : "s");
	else if (row->number)
		source_line(view->app, level->where->file, row->number,
			    row->number == level->where->line, 4, out);
	else if (level->heading)
		heading_line(stack->report, level, out);
	else
		level_line(level, out);
}

static int depth(const struct view *view, size_t i)
{
	const struct stack *stack = view->data;
	const struct stack_row *row = &stack->rows[i];

	return row->number ? 2 : !stack->levels[row->level].heading;
}

static void title(const struct view *view, struct line *out)
{
	const struct stack *stack = view->data;

	line_say(out, KMC_STYLE_TITLE, "Stacks of ");
	line_quote(out, KMC_STYLE_TITLE, stack->report->source);
	if (stack->report->from_stream)
		line_say(out, KMC_STYLE_TITLE, ", report %" PRIu64, stack->report->seq);
	else
		line_say(out, KMC_STYLE_TITLE, ":%lu", stack->report->line);
}

/* ---- requests ---- */

static void set_open(struct view *view, size_t from, size_t end, bool open)
{
	struct stack *stack = view->data;
	size_t i = 0, at;

	view_current(view, &i);
	at = i < stack->nrows ? stack->rows[i].level : 0;
	for (size_t j = from; j < end; j++)
		stack->levels[j].open = open;
	rebuild(view->app, stack);
	view_changed(view);
	for (i = 0; i < stack->nrows && stack->rows[i].level != at;)
		i++;
	view_select(view, i);
	if (!view->app->session->source)
		app_say(view->app, "no source lines: --source names the tree");
}

/* The cursor stays on its level, or on what that is folded into. */
static void show_allocators(struct view *view, bool shown)
{
	struct stack *stack = view->data;
	size_t i = 0, at, row = 0;

	view_current(view, &i);
	at = stack->rows[i].level;
	stack->allocators = shown;
	rebuild(view->app, stack);
	view_changed(view);
	while (row + 1 < stack->nrows && stack->rows[row + 1].level <= at)
		row++;
	view_select(view, row);
}

static bool can(const struct view *view, enum request what)
{
	const struct stack *stack = view->data;
	size_t i;
	bool here = view_current(view, &i), file;

	file = here && !stack->rows[i].folded && stack->levels[stack->rows[i].level].where &&
	       stack->levels[stack->rows[i].level].where->file && view->app->session->source;
	switch (what) {
	case REQUEST_ENTER:
		return file || (here && stack->rows[i].folded);
	case REQUEST_EDIT:
		return file;
	case REQUEST_UNFOLD:
		return (here && stack->rows[i].folded) ||
		       (file && !stack->levels[stack->rows[i].level].open);
	case REQUEST_FOLD:
		return file && stack->levels[stack->rows[i].level].open;
	case REQUEST_STACK:
		for (i = 0; i < stack->nlevels; i++)
			if (stack->levels[i].allocator)
				return true;
		return false;
	case REQUEST_UNFOLD_ALL:
		for (i = 0; view->app->session->source && i < stack->nlevels; i++)
			if (!stack->levels[i].open && stack->levels[i].where &&
			    stack->levels[i].where->file)
				return true;
		return false;
	default:
		return true;
	}
}

static const char *enter(const struct view *view)
{
	const struct stack *stack = view->data;
	size_t i;

	return view_current(view, &i) && stack->rows[i].folded ? "unfold" : "source";
}

static bool request(struct view *view, enum request what)
{
	struct stack *stack = view->data;
	const struct level *level;
	int number;
	size_t i;

	if (!view_current(view, &i))
		return false;
	if (what == REQUEST_STACK) {
		show_allocators(view, !stack->allocators);
		return true;
	}
	if (stack->rows[i].folded && (what == REQUEST_ENTER || what == REQUEST_UNFOLD)) {
		show_allocators(view, true);
		return true;
	}
	level = &stack->levels[stack->rows[i].level];
	number = stack->rows[i].number ? stack->rows[i].number :
		 level->where ? level->where->line : 0;
	switch (what) {
	case REQUEST_UNFOLD:
	case REQUEST_FOLD:
		set_open(view, stack->rows[i].level, stack->rows[i].level + 1,
			 what == REQUEST_UNFOLD);
		return true;
	case REQUEST_UNFOLD_ALL:
	case REQUEST_FOLD_ALL:
		set_open(view, 0, stack->nlevels, what == REQUEST_UNFOLD_ALL);
		return true;
	case REQUEST_ENTER:
	case REQUEST_EDIT:
		if (level->heading)
			return false;
		if (!level->where || !level->where->file)
			app_say(view->app, "where that is in the source is not known");
		else if (what == REQUEST_ENTER)
			source_open(view->app, level->where->file, number);
		else
			source_edit(view->app, level->where->file, number);
		return true;
	default:
		return false;
	}
}

static void free_data(void *data)
{
	struct stack *stack = data;

	free(stack->levels);
	free(stack->rows);
	free(stack);
}

static const struct hint hints[] = {
	{ REQUEST_ENTER, NULL }, { REQUEST_UNFOLD, "unfold" }, { REQUEST_FOLD, "fold" },
	{ REQUEST_EDIT, "edit" }, { REQUEST_UNFOLD_ALL, "unfold all" },
	{ REQUEST_STACK, "the allocator's frames" }, HINTS_END
};

static const struct view_ops stack_view = {
	.name = "the stacks",
	.hints = hints,
	.can = can,
	.enter = enter,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.depth = depth,
	.free = free_data,
};

void stack_open(struct app *app, const struct kmc_report *report, size_t level)
{
	struct stack *stack = xcalloc(1, sizeof(*stack));

	stack->report = report;
	fill(stack);
	view_open(app, &stack_view, stack);
	rebuild(app, stack);
	for (size_t i = 0; i < stack->nrows; i++)
		if (!stack->rows[i].number && stack->rows[i].level == level)
			view_select(app->top, i);
}
