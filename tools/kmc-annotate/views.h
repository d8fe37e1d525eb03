/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views there are, how each is opened, and what they do for each other.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "app.h"
#include "profile.h"
#include "tree.h"

/* view_help.c */
extern const struct view_ops help_view;
void help_open(struct app *app);

/* view_types.c */
void types_open(struct app *app);

/* view_compare.c: @type: NULL for all that differ */
struct kmc_error *diff_open(struct app *app, const char *a, const char *b, const char *type);
/* view_compared.c: names of the types are borrowed */
struct kmc_error *compared_open(struct app *app, const struct kmc_type_name *a,
				const struct kmc_type_name *b);

/* view_order.c */
/* @heat: what of it is accessed, NULL: not known */
void order_open(struct app *app, struct kmc_types *types, const struct kmc_type *type,
		const struct heat *heat);

/* view_find.c */
void find_open(struct app *app, const char *query);

/* view_what.c */
void what_open(struct app *app, const char *query);
/* Is the kernel of a report there, whose allocations tell what an object may be? */
bool what_fits(const struct app *app, const struct kmc_report *report);
/* More candidates of a report without a type, by its cache; false: there are none. */
bool what_offer(struct app *app, struct kmc_report *report);

/* view_type.c: @where: offset or member to go to, NULL for the beginning */
bool type_open(struct app *app, struct kmc_types *types, kmc_type_id id,
	       const char *where);
/* Opens "struct x", "x+36", "x.member"; an error when there is no such. */
struct kmc_error *type_open_named(struct app *app, const char *operand);
/* The definition in the editor. */
void type_edit(struct app *app, const struct kmc_type *type);
/* Fold, unfold, go: what can be done with the tree in any view that has one. */
bool type_request(struct view *view, struct tree *tree, size_t base,
		  enum request request);
bool type_go(struct view *view, struct tree *tree, size_t base, const char *where);
bool type_can(const struct view *view, struct tree *tree, size_t base, enum request request);
const char *type_enter(const struct view *view, struct tree *tree, size_t base);

/* view_enum.c: @where: name or number of a value, NULL for the first */
void enum_open(struct app *app, struct kmc_types *types, kmc_type_id id,
	       const struct kmc_type *type, const char *where);

/* view_reports.c */
/* @paths: NULL behind the last, borrowed */
void reports_open(struct app *app, const char *const *paths, bool live);
/* The first report of each bug, whole, with its stacks and its annotation. */
void reports_print(struct app *app, FILE *out);
/* Take what has come, but for no longer than a moment. True: there is more. */
bool reports_take(struct app *app);
/* Wait for all of an input that ends. */
void reports_take_all(struct app *app);

/* view_report.c: report @index of bug @bug */
void report_open(struct app *app, size_t bug, size_t index);
/* Of that report, on top: what its object may be by its cache. */
void report_offer(struct app *app);
/* The same, if nothing else says what it is, and without a word when nothing is known. */
void report_offer_untyped(struct app *app);

/* view_stack.c: the cursor on a level of the access, 0: in front of the first */
void stack_open(struct app *app, const struct kmc_report *report, size_t level);
/* view_source.c */
void source_open(struct app *app, const char *file, int line);
/* A line with its number, marked when it is the one; false: there is no such line. */
bool source_line(struct app *app, const char *file, int number, bool here, int indent,
		 struct line *line);
/* The editor at a line, if the file is there. */
void source_edit(struct app *app, const char *file, int line);

/* view_annotation.c */
void annotation_open(struct app *app, const struct kmc_report *report);
/* Is it of a false positive? */
bool annotation_possible(const struct kmc_report *report);
void annotation_write(struct app *app, const char *path);
/* What would be written, yours; NULL: there is nothing. */
char *annotation_diff(const struct app *app, const struct kmc_report *report);

/* How a view's json() ends: takes both over; false: the error was said. */
bool json_put(struct kmc_error *err, char *text, FILE *out);

#endif /* VIEWS_H */
