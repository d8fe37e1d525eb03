// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Annotations, as the manual has them.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "allocation.h"
#include "annotation.h"
#include "definition.h"
#include "member_place.h"

/* Lines of a struct. */
#define STRUCT_MAX	2000
/* Columns of a call that is written in one line. */
#define CALL_MAX	72

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

/*
 * struct includes - where one more goes
 * @depth: of #if, without the one that keeps a header from being read twice, which begins in
 *	line @guard with "#ifndef @name"; 0: there is none
 * @last: line of the last one that is under no condition; @kernel: of <linux/...>
 * @place: line of the first that sorts behind ours; @sorted: they are
 * @start: the first line that is no comment and not empty, or the one behind the guard
 */
struct includes {
	int depth;
	int guard;
	char name[SOURCE_LINE];
	int last;
	int kernel;
	int place;
	bool sorted;
	int start;
	bool comment;
	bool there;
	char before[SOURCE_LINE];
};

static const char ours[] = "#include <linux/kmemcheck.h>";

static void take_include(struct includes *inc, int line, const char *text)
{
	if (strstr(text, ours))
		inc->there = true;
	inc->last = line;
	if (strncmp(text, ours, strlen("#include <linux/")))
		return;
	inc->kernel = line;
	inc->sorted = inc->sorted && strcmp(inc->before, text) <= 0;
	if (!inc->place && strcmp(text, ours) > 0)
		inc->place = line;
	snprintf(inc->before, sizeof(inc->before), "%s", text);
}

static void find_start(struct includes *inc, int line, const char *text)
{
	size_t blanks = strspn(text, " \t\r");

	if (inc->start)
		return;
	if (!inc->comment && !strncmp(text + blanks, "/*", 2))
		inc->comment = true;
	else if (!inc->comment && text[blanks] && strncmp(text + blanks, "//", 2))
		inc->start = line;
	if (strstr(text, "*/"))
		inc->comment = false;
}

/* "#ifndef X" alone keeps nothing from being read twice. */
static void check_guard(struct includes *inc, int line, const char *text)
{
	char name[SOURCE_LINE];

	if (!inc->guard || line != inc->guard + 1 ||
	    (sscanf(text, " # define %511s", name) == 1 && !strcmp(name, inc->name)))
		return;
	inc->start = inc->guard;
	inc->guard = 0;
	inc->depth++;
}

static void take_line(struct includes *inc, int line, const char *text)
{
	const char *word = text + strspn(text, " \t");
	bool first = !inc->start;

	find_start(inc, line, text);
	check_guard(inc, line, text);
	if (*word != '#')
		return;
	word += 1 + strspn(word + 1, " \t");
	if (!strncmp(word, "if", 2)) {
		/* Nothing but comments in front of it: a header's guard. */
		if (first && inc->start == line && sscanf(word, "ifndef %511s", inc->name) == 1) {
			inc->guard = line;
			inc->start = line + 2;
		} else {
			inc->depth++;
		}
	} else if (!strncmp(word, "endif", 5)) {
		if (inc->depth)
			inc->depth--;
	} else if (!strncmp(word, "include", 7) && !inc->depth) {
		take_include(inc, line, text);
	}
}

/* The header that declares them: in its place if they are sorted, or behind the last. */
static void add_include(struct kmc_source *source, const char *file,
			struct changes *changes)
{
	struct includes inc = { .sorted = true };
	char text[SOURCE_LINE];
	int place;

	for (int line = 1; copy_line(source, file, line, text, sizeof(text)); line++)
		take_line(&inc, line, text);
	if (inc.there)
		return;
	if (inc.kernel)
		place = inc.sorted && inc.place ? inc.place : inc.kernel + 1;
	else
		place = inc.last ? inc.last + 1 : inc.start ? inc.start : 1;
	change_add(changes, file, place, false, xstrdup(ours));
}

static const struct kmc_value *blamed(const struct kmc_report *report)
{
	for (size_t i = 0; i < report->nvalues; i++)
		if (report->values[i].reported && report->values[i].state != 'i')
			return &report->values[i];
	return NULL;
}

/* A call behind the allocation, in braces where that has none; @more is its second line. */
static void add_behind(const struct alloc *alloc, struct kmc_source *source,
		       struct changes *changes, bool check, const char *line,
		       const char *more)
{
	const char *deeper = strchr(alloc->indent, ' ') ? "    " : "\t";
	char text[SOURCE_LINE], outer[sizeof(alloc->indent)];

	if (alloc->body) {
		copy_line(source, alloc->file, alloc->body, text, sizeof(text));
		change_add(changes, alloc->file, alloc->body, true, format("%s {", text));
	}
	if (check)
		change_add(changes, alloc->file, alloc->after, false,
			   format("%sif (%s)", alloc->indent, alloc->var));
	change_add(changes, alloc->file, alloc->after, false,
		   format("%s%s%s", alloc->indent, check ? deeper : "", line));
	if (more)
		change_add(changes, alloc->file, alloc->after, false,
			   format("%s%s%s", alloc->indent, check ? deeper : "", more));
	if (!alloc->body)
		return;
	snprintf(outer, sizeof(outer), "%.*s", (int)strspn(text, " \t"), text);
	change_add(changes, alloc->file, alloc->after, false, format("%s}", outer));
}

/* One that something can be put behind. */
static const char *find_plain_alloc(const struct kmc_report *report, struct kmc_source *source,
				    struct alloc *alloc)
{
	const char *why = find_alloc(report, source, alloc);

	return why ? why : alloc->why;
}

static const char *make_mark(const struct kmc_report *report, struct kmc_source *source,
			     struct changes *changes)
{
	const struct kmc_value *value = blamed(report);
	struct alloc alloc = { };
	char *offset, *size, *call, *more = NULL;
	const char *why;

	if (!value)
		return "it is not known which bytes of the object it is about";
	why = find_plain_alloc(report, source, &alloc);
	if (why)
		return why;
	add_include(source, alloc.file, changes);
	member_place(report, value, &offset, &size);
	call = format("kmemcheck_mark_initialized((void *)%s + %s, %s);", alloc.var, offset,
		      size);
	/* Its arguments below each other. */
	if (strlen(call) > CALL_MAX) {
		free(call);
		call = format("kmemcheck_mark_initialized((void *)%s + %s,", alloc.var, offset);
		more = format("\t\t\t   %s);", size);
	}
	add_behind(&alloc, source, changes, !alloc.checked, call, more);
	free(call);
	free(more);
	free(offset);
	free(size);
	return NULL;
}

/* The argument around a place: from behind "(" or "," to ")" or ",". */
static bool find_argument(const char *text, const char *at, const char **start,
			  const char **end)
{
	int depth = 0;

	for (*start = at; *start > text; --*start) {
		char c = (*start)[-1];

		depth += (c == ')') - (c == '(');
		if (depth < 0 || (c == ',' && !depth))
			break;
	}
	depth = 0;
	for (*end = at; **end; ++*end) {
		if (!depth && (**end == ')' || **end == ','))
			break;
		depth += (**end == '(') - (**end == ')');
	}
	*start += strspn(*start, " \t");
	/* One that goes on in another line is not read. */
	return **end && *start > text;
}

/* Names, members, and | between them: nothing that binds less than one more | does. */
static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_of_var(text[i]) && !strchr("| \t", text[i]))
			return false;
	return true;
}

/* "GFP_KERNEL | __GFP_ZERO" takes one more; around anything else go parentheses. */
static char *with_flag(const char *text, const char *start, const char *end)
{
	size_t len = end - start;
	bool plain = is_plain(start, len);

	return format("%.*s%s%.*s%s | __GFP_NOTRACK_FALSE_POSITIVE%s", (int)(start - text),
		      text, plain ? "" : "(", (int)len, start, plain ? "" : ")", end);
}

static const char *make_notrack(const struct kmc_report *report, struct kmc_source *source,
				struct changes *changes)
{
	struct alloc alloc = { };
	char text[SOURCE_LINE];
	const char *why = find_alloc(report, source, &alloc);

	if (why)
		return why;
	for (int line = alloc.first; line <= alloc.last; line++) {
		const char *flag, *start, *end;

		if (!copy_line(source, alloc.file, line, text, sizeof(text)))
			break;
		flag = strstr(text, "GFP_");
		if (!flag)
			continue;
		if (!find_argument(text, flag, &start, &end))
			return "the GFP flags go over several lines; annotate it by hand";
		change_add(changes, alloc.file, line, true, with_flag(text, start, end));
		return NULL;
	}
	return "the allocation names no GFP flags; annotate it by hand";
}

/* Is this "type name : 3;", or one that goes on in the next line? */
static bool is_bitfield(const char *text)
{
	const char *colon = strchr(text, ':');

	if (!colon || strchr(text, '?') || strstr(text, "/*") == text + strspn(text, " \t"))
		return false;
	colon += 1 + strspn(colon + 1, " \t");
	return *colon >= '0' && *colon <= '9' && strpbrk(colon, ",;");
}

static bool names(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += len)
		if ((at == text || !is_of_var(at[-1])) && !is_of_var(at[len]))
			return true;
	return false;
}

/*
 * struct run - bit-fields that follow each other
 * @first, @last: their lines, the #if and #endif around some of them included; 0: none yet
 * @depth: of #if, where one is; @at: where the run began
 * @opened: an #if that nothing follows so far, in @outside others; 0: none
 * @found: the one that is looked for is among them
 */
struct run {
	int first;
	int last;
	int depth;
	int at;
	int opened;
	int outside;
	bool found;
};

/* True: the run ends with it. */
static bool take_condition(struct run *run, int line, const char *word)
{
	const bool begins = !strncmp(word, "if", 2), ends = !strncmp(word, "endif", 5);

	run->depth -= ends;
	/* It began in this branch. */
	if (run->first && !begins && (run->depth < run->at || (!ends && run->depth == run->at)))
		return true;
	if (run->first)
		run->last = line;
	if (!run->first && begins && !run->opened) {
		run->opened = line;
		run->outside = run->depth;
	}
	run->depth += begins;
	return false;
}

static void take_bitfield(struct run *run, int line, bool found)
{
	if (!run->first) {
		run->first = run->opened ? run->opened : line;
		run->at = run->opened ? run->outside : run->depth;
	}
	run->opened = 0;
	run->last = line;
	run->found |= found;
}

/* The run of bit-fields that @name is one of, below line @start. */
static bool find_bitfields(struct kmc_source *source, const char *file, int start,
			   const char *name, int *first, int *end)
{
	struct run run = { };
	char text[SOURCE_LINE];

	for (int line = start + 1; line < start + STRUCT_MAX; line++) {
		const char *word = text;

		if (!copy_line(source, file, line, text, sizeof(text)) || *text == '}')
			break;
		word += strspn(word, " \t\r");
		if (!*word || !strncmp(word, "/*", 2) || *word == '*')
			continue;
		if (is_bitfield(text)) {
			take_bitfield(&run, line, names(text, name));
			continue;
		}
		if (*word == '#' &&
		    !take_condition(&run, line, word + 1 + strspn(word + 1, " \t")))
			continue;
		if (run.found)
			break;
		run = (struct run) { .depth = run.depth };
	}
	*first = run.first;
	*end = run.last + 1;
	/* One that ends within a branch is not bounded by two lines. */
	return run.found && run.depth <= run.at;
}

/*
 * struct bitfield - where one is declared, and the object that it is in
 * @type: "struct x"
 * @inner: path of it from the allocated one, "" when it is that itself
 */
struct bitfield {
	char *type;
	char *inner;
	const char *name;
};

static void bitfield_release(struct bitfield *field)
{
	free(field->type);
	free(field->inner);
}

/* "info.ready" is a member of the type of info. */
static bool find_bitfield_type(const struct kmc_report *report, const char *path,
			       struct bitfield *field)
{
	const struct kmc_candidate *best = report->candidates;
	const char *dot = strrchr(path, '.');
	const struct kmc_type *type = NULL;
	struct kmc_field found = { };

	field->inner = format("%.*s", dot ? (int)(dot - path) : 0, path);
	field->name = dot ? dot + 1 : path;
	if (!dot) {
		field->type = xstrdup(best->type);
		return true;
	}
	if (!best->types)
		return false;
	kmc_error_free(kmc_layout_resolve(best->types, best->type_id, field->inner, &found));
	if (found.path)
		kmc_error_free(kmc_types_get(best->types, found.type, &type));
	kmc_field_release(&found);
	if (!type || !type->name)
		return false;
	field->type = format("%s %s", type->kind == KMC_TYPE_UNION ? "union" : "struct",
			     type->name);
	return true;
}

/* The lines around the run, indented as it is. */
static void add_bounds(struct kmc_source *source, const char *file, int first, int end,
		       struct changes *changes)
{
	char text[SOURCE_LINE];
	int blanks;

	for (int line = first; copy_line(source, file, line, text, sizeof(text)); line++)
		if (*text != '#')
			break;
	blanks = strspn(text, " \t");
	change_add(changes, file, first, false,
		   format("%.*skmemcheck_bitfield_begin(flags);", blanks, text));
	change_add(changes, file, end, false,
		   format("%.*skmemcheck_bitfield_end(flags);", blanks, text));
}

static const char *change_bitfield(const struct kmc_report *report,
				   struct kmc_source *source, const struct alloc *alloc,
				   const struct bitfield *field, struct changes *changes)
{
	bool inner = *field->inner;
	int line, first = 0, end = 0;
	char *file = NULL, *call;

	if (!find_definition(report, field->type, source, &file, &line))
		return "the definition of the struct was not found below the source tree";
	if (!find_bitfields(source, file, line, field->name, &first, &end)) {
		free(file);
		return "the bit-field is not where the struct is defined; annotate it by hand";
	}
	add_include(source, file, changes);
	if (strcmp(file, alloc->file))
		add_include(source, alloc->file, changes);
	add_bounds(source, file, first, end, changes);
	free(file);
	call = format("kmemcheck_annotate_bitfield(%s%s%s%s, flags);", inner ? "&" : "",
		      alloc->var, inner ? "->" : "", field->inner);
	add_behind(alloc, source, changes, inner && !alloc->checked, call, NULL);
	free(call);
	return NULL;
}

static const char *make_bitfield(const struct kmc_report *report, struct kmc_source *source,
				 struct changes *changes)
{
	const struct kmc_value *value = blamed(report);
	struct bitfield field = { };
	struct alloc alloc = { };
	const char *why;

	if (!value || !report->ncandidates || !value->bitfield || !value->path)
		return "it is not known which bit-field it is about";
	why = find_plain_alloc(report, source, &alloc);
	if (why)
		return why;
	if (find_bitfield_type(report, value->path, &field))
		why = change_bitfield(report, source, &alloc, &field, changes);
	else
		why = "the struct that the bit-field is in has no name; annotate it by hand";
	bitfield_release(&field);
	return why;
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
