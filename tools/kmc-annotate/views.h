/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views there are, and what they show.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "annotate.h"
#include "inbox.h"
#include "tree.h"

/*
 * struct session - what is open
 * @symbols: debug info for reports
 * @types: of the kernel, for the list of types; NULL until needed
 * @types_path: where they come from
 * @source: lines of source files, NULL if there are none
 * @source_dir: where these are
 * @inbox: reports, NULL without
 */
struct session {
	struct symbols symbols;
	struct kmc_types *types;
	char *types_path;
	struct kmc_source *source;
	const char *source_dir;
	struct inbox *inbox;
};

/*
 * struct text - lines that were made beforehand: text.c
 */
struct text {
	struct line *lines;
	size_t count;
	bool ascii;
};

/* A new line at the end, valid until the next one. */
struct line *text_add(struct text *text);
void text_release(struct text *text);

/* json.c: a string with its quotes, or null */
void put_json_string(const char *text, FILE *out);

/* session.c */
void session_init(struct session *session, const struct options *opts);
/* Types of the vmlinux that is named, found, or that runs. */
struct kmc_error *session_types(struct session *session, const struct options *opts,
				struct kmc_types **out);
/* What the user named for reports; false when that cannot be used; it was said why. */
bool session_open(struct session *session, const struct options *opts);
/* The source tree that the debug info names, if none was and it is there. */
void session_source(struct session *session);
void session_close(struct session *session);

/* view_help.c */
extern const struct view_ops help_view;
void help_open(struct app *app);

/* view_types.c */
void types_open(struct app *app);

/* view_type.c: @where: offset or member to go to, NULL for the beginning */
bool type_open(struct app *app, struct kmc_types *types, kmc_type_id id,
	       const char *where);
/* Opens "struct x", "x+36", "x.member"; an error when there is no such. */
struct kmc_error *type_open_named(struct app *app, const char *operand);
/* A row of a tree, which is shown with a report's bytes if it has an overlay. */
void type_line(const struct app *app, const struct tree *tree, size_t i,
	       struct line *line);
/* Fold, unfold, go: what can be done with the tree in any view that has one. */
bool type_request(struct view *view, struct tree *tree, size_t base,
		  enum request request);
bool type_go(struct view *view, struct tree *tree, size_t base, const char *where);
bool type_json(struct tree *tree, FILE *out);

/* view_reports.c */
void reports_open(struct app *app, const char *path, bool live);
/* The first report of each bug, whole. */
void reports_print(struct app *app, FILE *out);
/* Something has come. */
void reports_changed(struct app *app);

/* view_report.c: report @index of bug @bug */
void report_open(struct app *app, size_t bug, size_t index);

/* report_text.c: what is above the members, and what is below */
struct report_text {
	struct text text;
	int *candidates;	/* that a line is about, -1: none; one for each line */
};

struct line *report_text_add(struct report_text *text, int candidate);
void report_text_release(struct report_text *text);
void report_head(struct report_text *head, const struct kmc_report *report, int cols);
void report_tail(struct report_text *tail, const struct kmc_report *report, int cols,
		 bool registers);
/* Text in lines that fit, the later ones further in. */
void text_wrap(struct report_text *text, const char *label, const char *words, int cols);

/* view_stack.c */
void stack_open(struct app *app, const struct kmc_report *report);
/* view_source.c */
void source_open(struct app *app, const char *file, int line);
/* A line with its number, marked when it is the one; false: there is no such line. */
bool source_line(struct app *app, const char *file, int number, bool here, int indent,
		 struct line *line);
/* The editor at a line, if the file is there. */
void source_edit(struct app *app, const char *file, int line);

/* view_annotation.c */
void annotation_open(struct app *app, const struct kmc_report *report);
void annotation_write(struct app *app, const char *path);

#endif /* VIEWS_H */
