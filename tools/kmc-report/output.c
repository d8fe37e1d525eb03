// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What goes to standard output, in the format asked for: reports as they come, or
 * the bugs they are of at the end.
 */
#include "../common/message.h"
#include "output.h"
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

/* Takes @text over. */
static bool put(const struct output *out, char *text, bool newline)
{
	bool good;

	progress_hide();
	good = fputs(text, stdout) >= 0 && (!newline || putchar('\n') != EOF) &&
	       (!out->opts->live || !fflush(stdout));
	free(text);
	if (!good)
		message("standard output: %s", strerror(errno));
	return good;
}

bool output_begin(struct output *out, const struct options *opts)
{
	struct kmc_error *err = NULL;
	char *text = NULL;

	*out = (struct output) { .opts = opts };
	out->print.size = sizeof(out->print);
	out->print.color = want_color(opts->color);
	out->print.ascii = opts->ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
	out->print.width = opts->width ? opts->width : terminal_width();
	if (opts->group)
		err = kmc_group_new(0, &out->group);
	/* The other formats only name files, which need not be there. */
	if (!err && opts->source && opts->format == FORMAT_TEXT)
		err = kmc_source_open(opts->source, &out->print.source);
	if (!err && opts->format == FORMAT_SARIF)
		err = kmc_sarif_begin(opts->source, &text);
	if (err)
		return failed(err);
	return !text || put(out, text, false);
}

/* One report, which stands for @count accesses, or that of @bug. */
static struct kmc_error *format(const struct output *out,
				const struct kmc_report *report,
				const struct kmc_bug *bug, char **text)
{
	uint64_t count = bug ? bug->count : report->count;

	switch (out->opts->format) {
	case FORMAT_JSON:
		return bug ? kmc_json_bug(bug, text) :
			     kmc_json_report(report, text);
	case FORMAT_SARIF:
		return kmc_sarif_result(report, count, !out->shown, text);
	case FORMAT_ERRORS:
		return kmc_errors_report(report, count, out->opts->source,
					 text);
	case FORMAT_TEXT:
		break;
	}
	return bug ? kmc_print_bug(bug, &out->print, text) :
		     kmc_print_report(report, &out->print, text);
}

static bool show(struct output *out, const struct kmc_report *report,
		 const struct kmc_bug *bug)
{
	struct kmc_error *err;
	char *text;

	err = format(out, report, bug, &text);
	if (err)
		return failed(err);
	/* An empty line between two. */
	if (out->opts->format == FORMAT_TEXT && out->shown)
		putchar('\n');
	out->shown++;
	return put(out, text, out->opts->format == FORMAT_JSON);
}

/* What the debug info names need not be on this machine. */
void output_source(struct output *out, const char *dir)
{
	if (out->print.source || out->sought || !dir)
		return;
	out->sought = true;
	kmc_error_free(kmc_source_open(dir, &out->print.source));
}

bool output_report(struct output *out, struct kmc_report *report)
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

static bool show_bugs(struct output *out)
{
	const uint64_t dropped = kmc_group_dropped(out->group);
	const struct kmc_bug *bug;

	kmc_group_sort(out->group);
	while ((!out->opts->limit || out->shown < out->opts->limit) &&
	       (bug = kmc_group_get(out->group, out->shown))) {
		if (!show(out, bug->example, bug))
			return false;
	}
	if (dropped)
		message("there are too many bugs: %" PRIu64 " reports of further ones were left out",
			dropped);
	return true;
}

bool output_end(struct output *out)
{
	struct kmc_error *err;
	bool good = true;
	char *text;

	if (out->group)
		good = show_bugs(out);
	kmc_group_free(out->group);
	out->group = NULL;
	kmc_source_free(out->print.source);
	out->print.source = NULL;
	if (!good || out->opts->format != FORMAT_SARIF)
		return good;
	err = kmc_sarif_end(&text);
	return err ? failed(err) : put(out, text, false);
}
