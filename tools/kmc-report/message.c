// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kmc-report says on standard error: one line, nothing hostile in it.
 */
#include "kmc-report.h"

#include <stdarg.h>
#include <stdlib.h>

/* A file name in an error may hold anything, too. */
static void put_escaped(const char *text)
{
	char *clean = kmc_escape(text);

	fputs(clean ? clean : "out of memory", stderr);
	free(clean);
}

void message(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int len;

	progress_hide();
	/* What was printed before it belongs before it. */
	fflush(stdout);
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	fputs("kmc-report: ", stderr);
	put_escaped(len < 0 ? "out of memory" : text);
	fputc('\n', stderr);
	if (len >= 0)
		free(text);
}

void message_error(const struct kmc_error *err)
{
	if (err->path && err->line)
		message("%s:%lu: %s", err->path, err->line, err->message);
	else if (err->path)
		message("%s: %s", err->path, err->message);
	else
		message("%s", err->message);
}
