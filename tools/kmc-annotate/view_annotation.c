// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A preview of an annotation: a diff that is written only when asked for.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "annotation.h"
#include "session.h"
#include "lines.h"
#include "views.h"

/*
 * struct preview - a form of annotation
 * @why: it cannot be done, else NULL and @changes are made
 */
struct preview {
	const struct kmc_report *report;
	enum annotation_form form;
	const char *why;
	struct changes changes;
	struct lines lines;
};

static const char * const form_names[] = {
	[ANNOTATION_MARK] = "mark the bytes as initialized",
	[ANNOTATION_NOTRACK] = "do not track the object",
	[ANNOTATION_BITFIELD] = "annotate the bit-fields",
};

static enum kmc_style style_of(const char *text)
{
	if (!strncmp(text, "--- ", 4) || !strncmp(text, "+++ ", 4))
		return KMC_STYLE_TITLE;
	if (*text == '@')
		return KMC_STYLE_LOCATION;
	if (*text == '+')
		return KMC_STYLE_INITIALIZED;
	return *text == '-' ? KMC_STYLE_FREED : KMC_STYLE_PLAIN;
}

/* Tabs count from behind the sign, so that the code stands as in an editor. */
static void show_line(void *arg, const char *text)
{
	struct preview *preview = arg;
	struct line *line = lines_add(&preview->lines);
	char expanded[LINE_TEXT];
	size_t n = 0;

	for (const char *at = text; *at && n + 9 < sizeof(expanded); at++) {
		if (*at != '\t') {
			expanded[n++] = *at;
			continue;
		}
		do
			expanded[n++] = ' ';
		while ((n - 1) % 8);
	}
	line_quote_bytes(line, style_of(text), expanded, n);
}

static void make(struct view *view)
{
	struct preview *preview = view->data;
	struct session *session = view->app->session;

	changes_release(&preview->changes);
	lines_release(&preview->lines);
	preview->why = annotation_make(preview->report, preview->form, session->source,
				       &preview->changes);
	if (preview->why)
		line_say(lines_add(&preview->lines), KMC_STYLE_PLAIN, "%s", preview->why);
	else
		changes_print(&preview->changes, session->source, show_line, preview);
}

static size_t count(const struct view *view)
{
	const struct preview *preview = view->data;

	return preview->lines.count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct preview *preview = view->data;

	*out = preview->lines.v[i];
}

static void title(const struct view *view, struct line *out)
{
	const struct preview *preview = view->data;

	line_say(out, KMC_STYLE_TITLE, "Annotation: %s", form_names[preview->form]);
}

static bool request(struct view *view, enum request what)
{
	struct preview *preview = view->data;

	if (what == REQUEST_OTHER) {
		preview->form = (preview->form + 1) % ANNOTATION_FORMS;
		make(view);
		view->cursor = 0;
		view_changed(view);
		return true;
	}
	if (what != REQUEST_WRITE)
		return false;
	if (preview->why)
		app_say(view->app, "there is no diff to write");
	else
		app_prompt(view->app, PROMPT_WRITE);
	return true;
}

static void free_data(void *data)
{
	struct preview *preview = data;

	changes_release(&preview->changes);
	lines_release(&preview->lines);
	free(preview);
}

static const struct hint hints[] = {
	{ REQUEST_WRITE, "write the diff to a file" },
	{ REQUEST_OTHER, "another annotation" }, HINTS_END
};

static bool can(const struct view *view, enum request what)
{
	const struct preview *preview = view->data;

	return what != REQUEST_WRITE || !preview->why;
}

static const struct view_ops annotation_view = {
	.name = "an annotation",
	.hints = hints,
	.can = can,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.free = free_data,
};

bool annotation_possible(const struct kmc_report *report)
{
	return report->verdict.kind == KMC_VERDICT_PADDING ||
	       report->verdict.kind == KMC_VERDICT_BITFIELD;
}

/* What is said of it first. */
static enum annotation_form form_of(const struct kmc_report *report)
{
	return report->verdict.kind == KMC_VERDICT_BITFIELD ? ANNOTATION_BITFIELD :
	       ANNOTATION_MARK;
}

void annotation_open(struct app *app, const struct kmc_report *report)
{
	struct preview *preview;

	if (!annotation_possible(report)) {
		app_say(app, "only false positives are annotated, and this is one of '%s'",
			kmc_verdict_name(report->verdict.kind));
		return;
	}
	preview = xcalloc(1, sizeof(*preview));
	preview->report = report;
	preview->lines.ascii = app->ascii;
	preview->form = form_of(report);
	view_open(app, &annotation_view, preview);
	make(app->top);
}

static void write_line(void *arg, const char *text)
{
	fprintf(arg, "%s\n", text);
}

char *annotation_diff(const struct app *app, const struct kmc_report *report)
{
	struct changes changes = { };
	char *diff = NULL;
	size_t len;
	FILE *out;

	if (annotation_possible(report) &&
	    !annotation_make(report, form_of(report), app->session->source, &changes)) {
		out = open_memstream(&diff, &len);
		if (out) {
			changes_print(&changes, app->session->source, write_line, out);
			fclose(out);
		}
	}
	changes_release(&changes);
	return diff;
}

void annotation_write(struct app *app, const char *path)
{
	struct preview *preview = app->top->data;
	FILE *out = fopen(path, "wx");

	if (!out) {
		app_say(app, "%s: %s", path, strerror(errno));
		return;
	}
	changes_print(&preview->changes, app->session->source, write_line, out);
	if (ferror(out) | fclose(out))
		app_say(app, "%s: cannot be written", path);
	else
		app_say(app, "%s: written; patch -p1 applies it", path);
}
