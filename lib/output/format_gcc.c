// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report as compilers print errors, which editors and CI know how to read.
 */
#include "kmc/output.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/path.h"
#include "output/formats.h"
#include "report/walk.h"

struct warning {
	const char *source;
	struct kmc_buf buf;
};

/* The name in the tree, if it is there; the name as it is otherwise. */
static void add_file(struct warning *w, const char *file)
{
	char *real KMC_AUTO_FREE = w->source ? kmc_path_below(w->source, file) : NULL;
	struct kmc_buf path = { };

	if (real) {
		size_t len = strlen(w->source);
		bool slash = len && w->source[len - 1] == '/';

		kmc_buf_printf(&path, "%s%s%s", w->source, slash ? "" : "/",
			       file);
		if (path.data)
			file = path.data;
	}
	kmc_buf_escape(&w->buf, file, strlen(file), false);
	w->buf.failed |= path.failed;
	kmc_buf_release(&path);
}

static void add_place(struct warning *w, const struct kmc_location *where,
		      const char *what)
{
	add_file(w, where->file);
	if (where->line)
		kmc_buf_printf(&w->buf, ":%d", where->line);
	kmc_buf_printf(&w->buf, ": %s: ", what);
}

static void add_function(struct warning *w, const struct kmc_level *level)
{
	if (!level->function) {
		kmc_buf_puts(&w->buf, "an unknown function");
		return;
	}
	kmc_buf_escape(&w->buf, level->function, level->len, false);
	kmc_buf_puts(&w->buf, "()");
}

static bool has_place(const struct kmc_level *level)
{
	return level->where && level->where->file;
}

/* Where nothing better is known, the log itself is what an editor can open. */
static void add_log_place(struct warning *w, const struct kmc_report *report)
{
	kmc_buf_escape(&w->buf, report->source, strlen(report->source), false);
	if (!report->from_stream)
		kmc_buf_printf(&w->buf, ":%lu", report->line);
	kmc_buf_puts(&w->buf, ": warning: ");
}

static void add_title(struct warning *w, const struct kmc_report *report,
		      uint64_t count, const struct kmc_level *culprit)
{
	struct kmc_buf title = { };

	kmc_level_title(&title, report, culprit);
	if (title.data)
		kmc_buf_escape(&w->buf, title.data, title.len, false);
	w->buf.failed |= title.failed;
	kmc_buf_release(&title);
	if (count > 1)
		kmc_buf_printf(&w->buf, ", %" PRIu64 " times", count);
	kmc_buf_printf(&w->buf, " [%s]\n", report->checker);
}

/* The chain of inlined functions that @culprit is part of, innermost first. */
static void add_inline_notes(struct warning *w, const struct kmc_stack *stack,
			     const struct kmc_level *culprit)
{
	struct kmc_walk walk = kmc_walk_start(stack);
	struct kmc_level level;
	bool inlined = false;

	while (kmc_walk_next(&walk, &level)) {
		if (level.frame != culprit->frame)
			continue;
		if (level.where != culprit->where && has_place(&level)) {
			add_place(w, level.where, "note");
			kmc_buf_puts(&w->buf, inlined ? "inlined into " : "in ");
			add_function(w, &level);
			kmc_buf_putc(&w->buf, '\n', 1);
		}
		inlined = level.inlined;
	}
}

static void add_track_note(struct warning *w, const char *what,
			   const struct kmc_track *track)
{
	struct kmc_level level;

	if (!kmc_walk_owner(&track->stack, &level))
		return;
	add_place(w, level.where, "note");
	kmc_buf_printf(&w->buf, "%s here, in ", what);
	add_function(w, &level);
	kmc_buf_putc(&w->buf, '\n', 1);
}

static struct kmc_error *format(const struct kmc_format_options *opts,
				const struct kmc_report *report, uint64_t count,
				char **out)
{
	struct warning w = { .source = opts->source };
	const struct kmc_stack *stack = &report->frames;
	struct kmc_level culprit, named;
	bool placed;

	placed = kmc_walk_culprit(report, true, &culprit);
	if (placed) {
		add_place(&w, culprit.where, "warning");
		add_title(&w, report, count, &culprit);
		add_inline_notes(&w, stack, &culprit);
	} else {
		placed = kmc_walk_culprit(report, false, &named);
		add_log_place(&w, report);
		add_title(&w, report, count, placed ? &named : NULL);
	}
	add_track_note(&w, "allocated", &report->alloc);
	add_track_note(&w, "freed", &report->free);
	add_track_note(&w, "filled", &report->fill);
	add_track_note(&w, "stored to memory", &report->copy);
	add_track_note(&w, "the source was allocated", &report->source_alloc);
	return kmc_buf_take(&w.buf, out);
}

static struct kmc_error *gcc_report(const struct kmc_format_options *opts,
				    const struct kmc_report *report, bool first,
				    char **out)
{
	(void)first;
	return format(opts, report, report->count, out);
}

static struct kmc_error *gcc_bug(const struct kmc_format_options *opts,
				 const struct kmc_bug *bug, bool first, char **out)
{
	(void)first;
	return format(opts, bug->example, bug->count, out);
}

/*
 * Lines "FILE:LINE: warning: TEXT [CHECKER]" and "FILE:LINE: note: TEXT"; where no
 * source line is known, FILE:LINE is the place in the log.
 */
const struct kmc_format kmc_format_gcc = {
	.name = "errors",
	.help = "errors, FILE:LINE: warning: text, for editors",
	.man = ".IR errors :\nas compilers print them, FILE:LINE: warning: TEXT, for editors",
	.report = gcc_report,
	.bug = gcc_bug,
};
