// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a tool has to say: one line, nothing hostile in it.
 */
#include "message.h"
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Who takes messages while a full screen is in the way of standard error. */
static void (*redirect)(void *arg, const char *text);
static void *redirect_arg;

void message_redirect(void (*take)(void *arg, const char *text), void *arg)
{
	redirect = take;
	redirect_arg = arg;
}

/* What is shown on standard error meanwhile, as progress is. */
static void (*prepare)(void);

void message_prepare(void (*clear)(void))
{
	prepare = clear;
}

void message_make_room(void)
{
	if (prepare)
		prepare();
}

void message(const char *fmt, ...)
{
	char *text, *clean = NULL;
	const char *shown;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	/* A file name in an error may hold anything, too. */
	if (text)
		clean = kmc_escape(text);
	shown = clean ? clean : "out of memory";
	if (redirect) {
		redirect(redirect_arg, shown);
	} else {
		message_make_room();
		/* What was printed before it belongs before it. */
		fflush(stdout);
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, shown);
	}
	free(clean);
	free(text);
}

void message_error(struct kmc_error *err)
{
	if (!err)
		return;
	if (err->path && err->line)
		message("%s:%lu: %s", err->path, err->line, err->message);
	else if (err->path)
		message("%s: %s", err->path, err->message);
	else
		message("%s", err->message);
	kmc_error_free(err);
}

void message_exit(const char *text)
{
	message_redirect(NULL, NULL);
	message("%s", text);
	exit(EXIT_INPUT);
}

void message_event(const char *path, const struct kmc_event *event)
{
	switch (event->type) {
	case KMC_EVENT_LOST:
		message("%s: %" PRIu64 " reports were lost before they got here", path,
			event->lost);
		break;
	case KMC_EVENT_FATAL:
	case KMC_EVENT_DAMAGE:
	case KMC_EVENT_UNREAD:
	case KMC_EVENT_FOLLOW:
		if (event->line)
			message("%s:%lu: %s", path, event->line, event->message);
		else
			message("%s: %s", path, event->message);
		break;
	case KMC_EVENT_REPORT:
	case KMC_EVENT_END:
		break;
	}
}

bool message_flush(void)
{
	const bool failed_before = ferror(stdout);

	if (!fflush(stdout) && !failed_before)
		return true;
	message("standard output: %s", failed_before ? "not all of it was written" :
							strerror(errno));
	return false;
}
