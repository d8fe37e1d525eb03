// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What goes to standard output, in the format asked for: reports as they come, or
 * the bugs they are of at the end.
 */
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../common/message.h"
#include "maintainers.h"
#include "progress.h"

static bool want_color(enum color color)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return !(no_color && *no_color) && term && strcmp(term, "dumb") &&
	       isatty(STDOUT_FILENO);
}

/* 0 when standard output is no terminal. */
static unsigned int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

static bool failed(struct kmc_error *err)
{
	message_error(err);
	return false;
}

/* Takes @err and @text over; @text is NULL when there is nothing to say. */
static bool put(const struct writer *out, struct kmc_error *err, char *text)
{
	bool good;

	if (err)
		return failed(err);
	if (!text)
		return true;
	progress_hide();
	good = fputs(text, stdout) >= 0 && (!out->opts->live || !fflush(stdout));
	free(text);
	if (!good)
		message("standard output: %s", strerror(errno));
	return good;
}

bool writer_begin(struct writer *out, const struct options *opts)
{
	struct kmc_print_options *print = &out->print;
	struct kmc_error *err = NULL;
	char *text = NULL;

	*out = (struct writer) { .opts = opts };
	out->format = (struct kmc_format_options) {
		.size = sizeof(out->format),
		.print = &out->print,
		.source = opts->source,
		.source_url = opts->source_url,
		.maintainers = maintainers_of,
		.arg = (void *)opts->source,
	};
	print->size = sizeof(*print);
	print->registers = opts->registers;
	print->color = want_color(opts->color);
	print->ascii = opts->ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
	print->width = opts->width ? opts->width : terminal_width();
	if (opts->group || opts->format->index)
		err = kmc_group_new(0, &out->group);
	/* The other formats only name files, which need not be there. */
	if (!err && opts->source && opts->format->for_people)
		err = kmc_source_open(opts->source, &print->source);
	if (!err && opts->format->begin)
		err = opts->format->begin(&out->format, &text);
	return put(out, err, text);
}

/* A report, or instead of it a bug. */
static bool show(struct writer *out, const struct kmc_report *report,
		 const struct kmc_bug *bug)
{
	const struct kmc_format *format = out->opts->format;
	const bool first = !out->shown++;
	struct kmc_error *err;
	char *text = NULL;

	err = bug ? format->bug(&out->format, bug, first, &text) :
		    format->report(&out->format, report, first, &text);
	return put(out, err, text);
}

/* What the debug info names need not be on this machine. */
void writer_source(struct writer *out, const char *dir)
{
	if (out->print.source || out->sought || !dir)
		return;
	out->sought = true;
	kmc_error_free(kmc_source_open(dir, &out->print.source));
}

bool writer_report(struct writer *out, struct kmc_report *report)
{
	struct kmc_error *err;
	bool good;

	if (out->group) {
		err = kmc_group_add(out->group, report);
		if (!err)
			return true;
		kmc_report_free(report);
		return failed(err);
	}
	good = show(out, report, NULL);
	kmc_report_free(report);
	return good;
}

bool writer_count(struct writer *out, struct kmc_report *report, bool *counted)
{
	struct kmc_error *err;

	*counted = false;
	err = out->group ? kmc_group_count(out->group, report, counted) : NULL;
	return err ? failed(err) : true;
}

static bool is_shown(const struct writer *out, size_t i)
{
	return !out->opts->limit || i < out->opts->limit;
}

static bool show_index(struct writer *out)
{
	const struct kmc_format *format = out->opts->format;
	const struct kmc_bug *bug;
	char *text = NULL;

	for (size_t i = 0; format->index && is_shown(out, i) &&
	     (bug = kmc_group_get(out->group, i)); i++) {
		struct kmc_error *err = format->index(&out->format, bug, !i, &text);

		if (!put(out, err, text))
			return false;
	}
	return true;
}

static bool show_bugs(struct writer *out)
{
	const uint64_t dropped = kmc_group_dropped(out->group);
	const struct kmc_bug *bug;

	kmc_group_sort(out->group);
	if (!show_index(out))
		return false;
	while (is_shown(out, out->shown) &&
	       (bug = kmc_group_get(out->group, out->shown))) {
		if (!show(out, NULL, bug))
			return false;
	}
	if (dropped)
		message("there are too many bugs: %" PRIu64 " reports of further ones were left out",
			dropped);
	return true;
}

bool writer_end(struct writer *out)
{
	const struct kmc_format *format = out->opts->format;
	struct kmc_error *err = NULL;
	char *text = NULL;
	bool good = true;

	if (out->group)
		good = show_bugs(out);
	kmc_group_free(out->group);
	out->group = NULL;
	kmc_source_free(out->print.source);
	out->print.source = NULL;
	if (good && format->end)
		err = format->end(&out->format, &text);
	else if (good && format->end_of)
		err = format->end_of(&out->format, out->shown, &text);
	return good && put(out, err, text);
}
