// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The statement that allocated an object. The source is read as text; what does not look
 * as simple as it has to is refused.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "allocation.h"
#include "definition.h"

/* Lines of a statement, of a check for NULL, of declarations. */
#define STATEMENT	6
#define CHECK		12
#define DECLARATIONS	50

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

bool is_of_var(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_.>-[]", c));
}

static bool begins_with(const char *text, const char *word)
{
	size_t len = strlen(word);

	text += strspn(text, " \t");
	return !strncmp(text, word, len) && !is_of_var(text[len]);
}

/* Is this the type of a variable: "struct x *", and not "else", "case 1:" or "*"? */
static bool is_type(const char *text, const char *end)
{
	if (begins_with(text, "else") || begins_with(text, "do"))
		return false;
	for (const char *at = text; at < end; at++)
		if (!isalnum((unsigned char)*at) && !strchr("_* \t", *at))
			return false;
	return isalpha((unsigned char)*text) || *text == '_';
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
	    (!isalpha((unsigned char)*start) && *start != '_'))
		return false;
	alloc->declared = start > text + blanks;
	if (alloc->declared && !is_type(text + blanks, start))
		return false;
	snprintf(alloc->var, sizeof(alloc->var), "%.*s", (int)len, start);
	snprintf(alloc->indent, sizeof(alloc->indent), "%.*s", (int)blanks, text);
	return true;
}

static const char not_plain[] = "the allocation is no plain assignment; annotate it by hand";

/* From the line of the call back to where the statement begins. */
static bool find_start(struct alloc *alloc, struct kmc_source *source, int call)
{
	char text[SOURCE_LINE];

	for (int line = call; line > call - STATEMENT; line--) {
		const char *assignment;

		if (!copy_line(source, alloc->file, line, text, sizeof(text)) ||
		    (line < call && strpbrk(text, ";{}")))
			return false;
		assignment = find_assignment(text);
		if (assignment) {
			alloc->first = line;
			if (!read_var(alloc, text, assignment))
				alloc->why = not_plain;
			return true;
		}
	}
	return false;
}

static bool find_end(struct alloc *alloc, struct kmc_source *source, int call)
{
	char text[SOURCE_LINE];

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

/* "p = want ? kmalloc() : other": it is not known what p is. */
static bool chooses(const struct alloc *alloc, struct kmc_source *source)
{
	char text[SOURCE_LINE];
	int depth = 0;

	for (int line = alloc->first; line <= alloc->last; line++) {
		if (!copy_line(source, alloc->file, line, text, sizeof(text)))
			return true;
		for (const char *at = text; *at; at++) {
			depth += (*at == '(') - (*at == ')');
			if (*at == '?' && !depth)
				return true;
		}
	}
	return false;
}

/*
 * Code may not stand between declarations; an empty line ends them, but not one within
 * braces.
 */
static bool skip_declarations(struct alloc *alloc, struct kmc_source *source)
{
	const int end = alloc->last + DECLARATIONS;
	char text[SOURCE_LINE];
	int depth = 0;

	for (int line = alloc->after; line < end; line++) {
		if (!copy_line(source, alloc->file, line, text, sizeof(text)) ||
		    *text == '}')
			return false;
		for (const char *at = text; *at; at++)
			depth += (*at == '{') - (*at == '}');
		if (depth < 0)
			return false;
		if (depth || text[strspn(text, " \t\r\n")])
			continue;
		alloc->after = line + 1;
		return true;
	}
	return false;
}

static bool is_comment(const char *text)
{
	text += strspn(text, " \t");
	/* "*p = 0;" is none. */
	return !strncmp(text, "/*", 2) || !strncmp(text, "//", 2) ||
	       (*text == '*' && (!text[1] || strchr(" /\t", text[1])));
}

/* Does the code go on behind it? */
static bool leaves(const char *text)
{
	static const char * const ways[] = {
		"return", "goto", "continue", "break", "BUG", "panic",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (strstr(text, ways[i]))
			return true;
	return false;
}

/* "if (!p)" and what belongs to it, if the code does not go on behind that without one. */
static void skip_check(struct alloc *alloc, struct kmc_source *source)
{
	char text[SOURCE_LINE], not_var[160];
	int line = alloc->after;
	bool block, left = false;
	size_t blanks;

	snprintf(not_var, sizeof(not_var), "!%s)", alloc->var);
	if (!copy_line(source, alloc->file, line, text, sizeof(text)) ||
	    !strstr(text, "if (") || !strstr(text, not_var) || strstr(text, "&&"))
		return;
	block = strchr(text, '{');
	blanks = strspn(text, " \t");
	for (int end = line + CHECK; line < end; line++) {
		if (!copy_line(source, alloc->file, line, text, sizeof(text)))
			return;
		if (is_comment(text))
			continue;
		/* Of a block, what counts is how it ends. */
		if (block && (text[blanks] != '}' || strspn(text, " \t") != blanks)) {
			left = leaves(text);
			continue;
		}
		left |= !block && leaves(text);
		if (!block && !strchr(text, ';'))
			continue;
		if (!left || strstr(text, "else") ||
		    (copy_line(source, alloc->file, line + 1, text, sizeof(text)) &&
		     begins_with(text, "else")))
			return;
		alloc->after = line + 1;
		alloc->checked = true;
		return;
	}
}

/* A line in front of @line that has code, without what is said behind it; 0: none. */
static int code_before(const struct alloc *alloc, struct kmc_source *source, int line,
		       char text[SOURCE_LINE], bool *said)
{
	bool inside = false;

	while (--line > 0 && copy_line(source, alloc->file, line, text, SOURCE_LINE)) {
		char *comment = strstr(text, "/*"), *end = strstr(text, "*/");
		char *short_one = strstr(text, "//");
		size_t len;

		inside |= end && !comment;
		if (inside && !comment)
			continue;
		inside = false;
		*said = short_one && (!comment || short_one < comment);
		if (*said)
			comment = short_one;
		len = comment ? (size_t)(comment - text) : strlen(text);
		while (len && strchr(" \t\r", text[len - 1]))
			len--;
		text[len] = '\0';
		if (len)
			return line;
	}
	return 0;
}

static bool is_head(const char *text)
{
	static const char * const heads[] = { "if", "for", "while", "else", "} else", "do" };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (begins_with(text, heads[i]))
			return true;
	return false;
}

/* Is it the body of an "if", without braces? What is put behind it would not be in it. */
static void find_body(struct alloc *alloc, struct kmc_source *source)
{
	char text[SOURCE_LINE];
	bool said;
	int line = code_before(alloc, source, alloc->first, text, &said);

	if (!line || strchr(";{}:,", text[strlen(text) - 1]))
		return;
	if (is_head(text)) {
		alloc->body = line;
		/* A brace behind "//" is none. */
		if (said)
			alloc->why = "a comment is where a brace is needed; annotate it by hand";
		return;
	}
	/* The end of a condition that began some lines before. */
	for (int i = 0; i < STATEMENT && line; i++) {
		line = code_before(alloc, source, line, text, &said);
		if (!line || strchr(";{}", text[strlen(text) - 1]))
			return;
		if (!is_head(text))
			continue;
		alloc->why = "the allocation depends on a condition of several lines; annotate it by hand";
		return;
	}
}

/* Braces are put around a body, unless something else is bound to it. */
static bool can_have_braces(const struct alloc *alloc, struct kmc_source *source)
{
	char text[SOURCE_LINE];

	return alloc->first == alloc->last &&
	       !(copy_line(source, alloc->file, alloc->after, text, sizeof(text)) &&
		 begins_with(text, "else"));
}

const char *find_alloc(const struct kmc_report *report, struct kmc_source *source,
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
	if (!find_start(alloc, source, at->line) || !find_end(alloc, source, at->line))
		return not_plain;
	if (chooses(alloc, source) || (alloc->declared && !skip_declarations(alloc, source)))
		alloc->why = not_plain;
	find_body(alloc, source);
	if (alloc->body && !can_have_braces(alloc, source))
		alloc->why = "the allocation is one arm of an if without braces; annotate it by hand";
	if (!alloc->body)
		skip_check(alloc, source);
	return NULL;
}
