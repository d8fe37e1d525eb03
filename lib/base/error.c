// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Errors as objects: made here, handed up, printed by whoever has a terminal.
 */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* const: never written to; kmc_error_free() knows it by its address. */
static const struct kmc_error nomem = {
	.code = KMC_ERROR_NOMEM,
	.errnum = ENOMEM,
	.message = "out of memory",
};

struct kmc_error *kmc_error_nomem(void)
{
	return (struct kmc_error *)&nomem;
}

static struct kmc_error *error_make(const struct kmc_error *what)
{
	struct kmc_error *err = malloc(sizeof(*err));

	if (!err)
		return kmc_error_nomem();
	*err = *what;
	err->path = what->path ? strdup(what->path) : NULL;
	if (what->path && !err->path) {
		free(err);
		return kmc_error_nomem();
	}
	return err;
}

/* Takes over @message, NULL when there was no memory for it. */
static struct kmc_error *error_finish(struct kmc_error *err, char *message)
{
	if (err == &nomem || !message) {
		free(message);
		kmc_error_free(err);
		return kmc_error_nomem();
	}
	err->message = message;
	return err;
}

KMC_PRINTF(1, 0) static char *format(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

struct kmc_error *kmc_error_new(enum kmc_error_code code, const char *path,
				unsigned long line, const char *fmt, ...)
{
	const struct kmc_error what = {
		.code = code, .path = path, .line = line,
	};
	char *message;
	va_list ap;

	va_start(ap, fmt);
	message = format(fmt, ap);
	va_end(ap);
	return error_finish(error_make(&what), message);
}

struct kmc_error *kmc_error_os(int errnum, const char *path,
			       const char *fmt, ...)
{
	const struct kmc_error what = {
		.code = KMC_ERROR_OS, .errnum = errnum, .path = path,
	};
	char *tried KMC_AUTO_FREE = NULL;
	char *message = NULL;
	char reason[128];
	va_list ap;

	va_start(ap, fmt);
	tried = format(fmt, ap);
	va_end(ap);
	/* strerror() is not thread-safe; the GNU variant may ignore the buffer. */
	if (tried && asprintf(&message, "%s: %s", tried,
			      strerror_r(errnum, reason, sizeof(reason))) < 0)
		message = NULL;
	return error_finish(error_make(&what), message);
}

void kmc_error_free(struct kmc_error *err)
{
	if (!err || err == &nomem)
		return;
	free((char *)err->path);
	free((char *)err->message);
	free(err);
}
