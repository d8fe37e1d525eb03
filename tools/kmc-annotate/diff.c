// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unified diffs.
 */
#include "diff.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

#define CONTEXT		3

/*
 * struct printing - a diff on its way
 * @shift: lines added so far to this file
 */
struct printing {
	struct kmc_source *source;
	void (*put)(void *arg, const char *text);
	void *arg;
	long shift;
};

void change_add(struct changes *changes, const char *file, int line, bool replace,
		char *text)
{
	changes->v = xrealloc(changes->v, (changes->count + 1) * sizeof(*changes->v));
	changes->v[changes->count++] = (struct change) {
		xstrdup(file), line, replace, text,
	};
}

void changes_release(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->v[i].file);
		free(changes->v[i].text);
	}
	free(changes->v);
	*changes = (struct changes) { };
}

/* Few; and those of one place keep their order. */
static void sort(struct changes *changes)
{
	for (size_t i = 1; i < changes->count; i++) {
		const struct change change = changes->v[i];
		size_t to = i;

		while (to) {
			const struct change *before = &changes->v[to - 1];
			int order = strcmp(before->file, change.file);

			if (order < 0 || (!order && before->line <= change.line))
				break;
			changes->v[to] = *before;
			to--;
		}
		changes->v[to] = change;
	}
}

static bool has_line(const struct printing *p, const char *file, int line)
{
	size_t len;

	return kmc_source_line(p->source, file, line, &len);
}

static void put_line(const struct printing *p, char sign, const char *file, int line)
{
	size_t len;
	const char *text = kmc_source_line(p->source, file, line, &len);
	char *copy;

	if (!text || asprintf(&copy, "%c%.*s", sign, (int)len, text) < 0)
		return;
	p->put(p->arg, copy);
	free(copy);
}

__attribute__((format(printf, 2, 3)))
static void put_format(const struct printing *p, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	p->put(p->arg, text);
	free(text);
}

/* Changes of one hunk: the next one's context would touch this one's. */
static size_t hunk_size(const struct change *v, size_t count)
{
	size_t n = 1;

	while (n < count && !strcmp(v[n].file, v[0].file) &&
	       v[n].line - v[n - 1].line <= 2 * CONTEXT)
		n++;
	return n;
}

static void print_hunk(struct printing *p, const struct change *v, size_t count)
{
	const char *file = v[0].file;
	int first = v[0].line - CONTEXT, last = v[count - 1].line + CONTEXT - 1;
	long added = 0;
	size_t at = 0;

	first = first < 1 ? 1 : first;
	last += v[count - 1].replace;
	while (last > first && !has_line(p, file, last))
		last--;
	for (size_t i = 0; i < count; i++)
		added += !v[i].replace;
	put_format(p, "@@ -%d,%d +%ld,%ld @@", first, last - first + 1, first + p->shift,
		   last - first + 1 + added);
	p->shift += added;
	for (int line = first; line <= last; line++) {
		bool replaced = false;

		for (; at < count && v[at].line == line; at++) {
			if (v[at].replace)
				put_line(p, '-', file, line);
			replaced |= v[at].replace;
			put_format(p, "+%s", v[at].text);
		}
		if (!replaced)
			put_line(p, ' ', file, line);
	}
}

void changes_print(struct changes *changes, struct kmc_source *source,
		   void (*put)(void *arg, const char *text), void *arg)
{
	struct printing p = { .source = source, .put = put, .arg = arg };
	const char *file = NULL;

	sort(changes);
	for (size_t i = 0; i < changes->count;) {
		const struct change *v = &changes->v[i];
		size_t n = hunk_size(v, changes->count - i);

		if (!file || strcmp(file, v->file)) {
			file = v->file;
			p.shift = 0;
			put_format(&p, "--- a/%s", file);
			put_format(&p, "+++ b/%s", file);
		}
		print_hunk(&p, v, n);
		i += n;
	}
}
