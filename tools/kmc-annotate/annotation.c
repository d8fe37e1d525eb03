// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Annotations, as the manual has them. The source is read as text; what does not look
 * as simple as it has to is refused.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "annotation.h"
#include "definition.h"

#define LINE_SIZE	512
/* Lines of a statement, of a check for NULL, of declarations, and of a struct. */
#define STATEMENT	6
#define CHECK		12
#define DECLARATIONS	50
#define STRUCT_MAX	2000

/*
 * struct alloc - an allocation: "p = kmalloc(...);"
 * @first, @last: its lines
 * @after: the line that follows it and its check for NULL
 * @checked: there is such a check
 * @declared: it initializes a variable where that is declared
 * @var: what it is assigned to
 * @indent: white space in front
 */
struct alloc {
	const char *file;
	int first;
	int last;
	int after;
	bool checked;
	bool declared;
	char var[128];
	char indent[64];
};

/* ---- the allocation ---- */

/* A single '=' of an assignment. */
static const char *find_assignment(const char *text)
{
	for (const char *at = text; (at = strchr(at, '=')); at++) {
		if (at[1] == '=') {
			at++;
			continue;
		}
		if (at > text && !strchr("=!<>+-*/|&^%", at[-1]))
			return at;
	}
	return NULL;
}

static bool is_of_var(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_.>-[]", c));
}

static bool read_var(struct alloc *alloc, const char *text, const char *assignment)
{
	const char *end = assignment, *start;
	size_t len, blanks = strspn(text, " \t");

	while (end > text && strchr(" \t", end[-1]))
		end--;
	for (start = end; start > text && is_of_var(start[-1]);)
		start--;
	len = end - start;
	if (!len || len >= sizeof(alloc->var) || blanks >= sizeof(alloc->indent) ||
	    memchr(text, '(', start - text))
		return false;
	alloc->declared = start > text + blanks;
	snprintf(alloc->var, sizeof(alloc->var), "%.*s", (int)len, start);
	snprintf(alloc->indent, sizeof(alloc->indent), "%.*s", (int)blanks, text);
	return true;
}

/* From the line of the call back to where the statement begins. */
static bool find_start(struct alloc *alloc, struct kmc_source *source, int call)
{
	char text[LINE_SIZE];

	for (int line = call; line > call - STATEMENT; line--) {
		const char *assignment;

		if (!copy_line(source, alloc->file, line, text, sizeof(text)) ||
		    (line < call && strpbrk(text, ";{}")))
			return false;
		assignment = find_assignment(text);
		if (assignment) {
			alloc->first = line;
			return read_var(alloc, text, assignment);
		}
	}
	return false;
}

static bool find_end(struct alloc *alloc, struct kmc_source *source, int call)
{
	char text[LINE_SIZE];

	for (int line = call; line < call + STATEMENT; line++) {
		if (!copy_line(source, alloc->file, line, text, sizeof(text)))
			return false;
		if (!strchr(text, ';'))
			continue;
		alloc->last = line;
		alloc->after = line + 1;
		return true;
	}
	return false;
}

/* Code may not stand between declarations; an empty line ends them. */
static bool skip_declarations(struct alloc *alloc, struct kmc_source *source)
{
	const int end = alloc->last + DECLARATIONS;
	char text[LINE_SIZE];

	for (int line = alloc->after; line < end; line++) {
		if (!copy_line(source, alloc->file, line, text, sizeof(text)) ||
		    *text == '}')
			return false;
		if (text[strspn(text, " \t\r\n")])
			continue;
		alloc->after = line + 1;
		return true;
	}
	return false;
}

/* "if (!p)" and what belongs to it. */
static void skip_check(struct alloc *alloc, struct kmc_source *source)
{
	char text[LINE_SIZE], not_var[160];
	int line = alloc->after;
	bool block;

	snprintf(not_var, sizeof(not_var), "!%s)", alloc->var);
	if (!copy_line(source, alloc->file, line, text, sizeof(text)) ||
	    !strstr(text, "if (") || !strstr(text, not_var))
		return;
	block = strchr(text, '{');
	for (int end = line + CHECK; line < end; line++) {
		if (!copy_line(source, alloc->file, line, text, sizeof(text)))
			return;
		if (block ? text[strspn(text, " \t")] == '}' : !!strchr(text, ';')) {
			alloc->after = line + 1;
			alloc->checked = true;
			return;
		}
	}
}

static const char *find_alloc(const struct kmc_report *report, struct kmc_source *source,
			      struct alloc *alloc)
{
	const struct kmc_stack *stack = &report->alloc.stack;
	const struct kmc_location *at;
	struct kmc_site site;
	size_t len;

	if (report->copied.known)
		return "the bytes were copied to this object; annotate their source by hand";
	if (!stack->count)
		return "the report does not say where the object was allocated";
	site = kmc_track_caller(&report->alloc);
	if (site.level >= stack->frames[site.frame].chain_len)
		return "no source line is known of the allocation";
	at = &stack->frames[site.frame].chain[site.level];
	alloc->file = at->file;
	if (!at->file || !kmc_source_line(source, at->file, at->line, &len))
		return "the source of the allocation is not here; --source names the tree";
	if (!find_start(alloc, source, at->line) || !find_end(alloc, source, at->line) ||
	    (alloc->declared && !skip_declarations(alloc, source)))
		return "the allocation is no plain assignment; annotate it by hand";
	skip_check(alloc, source);
	return NULL;
}

/* ---- changes ---- */

__attribute__((format(printf, 1, 2)))
static char *format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	return len < 0 ? xstrdup("") : text;
}

/* The header that declares them: in its place if they are sorted, or behind the last. */
static void add_include(struct kmc_source *source, const char *file,
			struct changes *changes)
{
	static const char ours[] = "#include <linux/kmemcheck.h>";
	char text[LINE_SIZE], before[LINE_SIZE] = "";
	int last = 0, place = 0;
	bool sorted = true;

	for (int line = 1; copy_line(source, file, line, text, sizeof(text)); line++) {
		if (strstr(text, ours))
			return;
		if (strncmp(text, ours, strlen("#include <linux/")))
			continue;
		last = line;
		sorted = sorted && strcmp(before, text) <= 0;
		if (!place && strcmp(text, ours) > 0)
			place = line;
		strcpy(before, text);
	}
	if (last)
		change_add(changes, file, sorted && place ? place : last + 1, false,
			   xstrdup(ours));
}

static const struct kmc_value *blamed(const struct kmc_report *report)
{
	for (size_t i = 0; i < report->nvalues; i++)
		if (report->values[i].reported && report->values[i].state != 'i')
			return &report->values[i];
	return NULL;
}

static const char *make_mark(const struct kmc_report *report, struct kmc_source *source,
			     struct changes *changes)
{
	const struct kmc_value *value = blamed(report);
	struct alloc alloc = { };
	const char *why;

	if (!value)
		return "it is not known which bytes of the object it is about";
	why = find_alloc(report, source, &alloc);
	if (why)
		return why;
	add_include(source, alloc.file, changes);
	if (!alloc.checked)
		change_add(changes, alloc.file, alloc.after, false,
			   format("%sif (%s)", alloc.indent, alloc.var));
	change_add(changes, alloc.file, alloc.after, false,
		   format("%s%skmemcheck_mark_initialized((void *)%s + %" PRIu64 ", %" PRIu64 ");",
			  alloc.indent, alloc.checked ? "" : "\t", alloc.var,
			  value->offset, value->size));
	return NULL;
}

/* "GFP_KERNEL | __GFP_ZERO" and the like: behind the first of them. */
static const char *make_notrack(const struct kmc_report *report, struct kmc_source *source,
				struct changes *changes)
{
	struct alloc alloc = { };
	char text[LINE_SIZE];
	const char *why = find_alloc(report, source, &alloc);

	if (why)
		return why;
	for (int line = alloc.first; line <= alloc.last; line++) {
		char *flag;
		size_t len;

		if (!copy_line(source, alloc.file, line, text, sizeof(text)))
			break;
		flag = strstr(text, "GFP_");
		if (!flag)
			continue;
		while (flag > text && flag[-1] == '_')
			flag--;
		len = strspn(flag, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
		change_add(changes, alloc.file, line, true,
			   format("%.*s | __GFP_NOTRACK_FALSE_POSITIVE%s",
				  (int)(flag - text + len), text, flag + len));
		return NULL;
	}
	return "the allocation names no GFP flags; annotate it by hand";
}

/* Is this "type name : 3;"? */
static bool is_bitfield(const char *text)
{
	const char *colon = strchr(text, ':');

	if (!colon || strchr(text, '?') || strstr(text, "/*") == text + strspn(text, " \t"))
		return false;
	colon += 1 + strspn(colon + 1, " \t");
	return *colon >= '0' && *colon <= '9' && strchr(colon, ';');
}

static bool names(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += len)
		if ((at == text || !is_of_var(at[-1])) && !is_of_var(at[len]))
			return true;
	return false;
}

/* The run of bit-fields that @name is one of, below line @start. */
static bool find_bitfields(struct kmc_source *source, const char *file, int start,
			   const char *name, int *first, int *end)
{
	char text[LINE_SIZE];
	bool found = false;

	*first = 0;
	for (int line = start + 1; line < start + STRUCT_MAX; line++) {
		if (!copy_line(source, file, line, text, sizeof(text)) || *text == '}')
			break;
		*end = line;
		if (is_bitfield(text)) {
			*first = *first ? *first : line;
			found |= names(text, name);
			continue;
		}
		if (found)
			return true;
		*first = 0;
	}
	*end += 1;
	return found;
}

static const char *make_bitfield(const struct kmc_report *report, struct kmc_source *source,
				 struct changes *changes)
{
	const struct kmc_value *value = blamed(report);
	struct alloc alloc = { };
	int line, first = 0, end = 0;
	const char *why, *name;
	char *file = NULL;

	if (!value || !report->ncandidates || !value->bitfield || !value->path)
		return "it is not known which bit-field it is about";
	why = find_alloc(report, source, &alloc);
	if (why)
		return why;
	name = strrchr(value->path, '.') ? strrchr(value->path, '.') + 1 : value->path;
	if (!find_definition(report, report->candidates[0].type, source, &file, &line))
		return "the definition of the struct was not found below the source tree";
	if (!find_bitfields(source, file, line, name, &first, &end)) {
		free(file);
		return "the bit-field is not where the struct is defined; annotate it by hand";
	}
	add_include(source, file, changes);
	if (strcmp(file, alloc.file))
		add_include(source, alloc.file, changes);
	change_add(changes, file, first, false, xstrdup("\tkmemcheck_bitfield_begin(flags);"));
	change_add(changes, file, end, false, xstrdup("\tkmemcheck_bitfield_end(flags);"));
	change_add(changes, alloc.file, alloc.after, false,
		   format("%skmemcheck_annotate_bitfield(%s, flags);", alloc.indent,
			  alloc.var));
	free(file);
	return NULL;
}

const char *annotation_make(const struct kmc_report *report, enum annotation_form form,
			    struct kmc_source *source, struct changes *changes)
{
	if (!source)
		return "there is no source tree; --source names it";
	switch (form) {
	case ANNOTATION_MARK:
		return make_mark(report, source, changes);
	case ANNOTATION_NOTRACK:
		return make_notrack(report, source, changes);
	default:
		return make_bitfield(report, source, changes);
	}
}
