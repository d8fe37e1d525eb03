// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Errors as objects: made here, handed up, printed by whoever has a terminal.
 */
#include "base/internal.h"

#include <errno.h>

/* const: nobody may write to it, kmc_error_free() knows it by its address. */
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

static struct kmc_error *error_finish(struct kmc_error *err,
				      struct kmc_buf *message)
{
	char *text;

	if (err == &nomem || kmc_buf_take(message, &text)) {
		kmc_buf_release(message);
		kmc_error_free(err);
		return kmc_error_nomem();
	}
	err->message = text;
	return err;
}

struct kmc_error *kmc_error_new(enum kmc_error_code code, const char *path,
				unsigned long line, const char *fmt, ...)
{
	const struct kmc_error what = {
		.code = code, .path = path, .line = line,
	};
	struct kmc_buf message = { };
	va_list ap;

	va_start(ap, fmt);
	kmc_buf_vprintf(&message, fmt, ap);
	va_end(ap);
	return error_finish(error_make(&what), &message);
}

struct kmc_error *kmc_error_os(int errnum, const char *path,
			       const char *fmt, ...)
{
	const struct kmc_error what = {
		.code = KMC_ERROR_OS, .errnum = errnum, .path = path,
	};
	struct kmc_buf message = { };
	char reason[128];
	va_list ap;

	va_start(ap, fmt);
	kmc_buf_vprintf(&message, fmt, ap);
	va_end(ap);
	/* strerror() is not thread-safe; the GNU variant may ignore the buffer. */
	kmc_buf_printf(&message, ": %s",
		       strerror_r(errnum, reason, sizeof(reason)));
	return error_finish(error_make(&what), &message);
}

void kmc_error_free(struct kmc_error *err)
{
	if (!err || err == &nomem)
		return;
	free((char *)err->path);
	free((char *)err->message);
	free(err);
}
