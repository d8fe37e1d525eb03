/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making errors; what they are is in kmc/error.h.
 */
#ifndef KMC_BASE_ERROR_H
#define KMC_BASE_ERROR_H

#include "base/compiler.h"
#include "kmc/error.h"

/*
 * kmc_error_new() - make an error
 * @code: its class
 * @path: file it is about, copied, may be NULL
 * @line: line in that file, 0 if none
 * @fmt: message: lower case, no full stop, with the remedy, without the path
 *
 * Return: never NULL; the out-of-memory error when there is no memory for this.
 */
KMC_PRINTF(4, 5) KMC_MUST_CHECK struct kmc_error *
kmc_error_new(enum kmc_error_code code, const char *path, unsigned long line,
	      const char *fmt, ...);

/*
 * kmc_error_os() - make an error from an errno
 * @errnum: the errno; its text is appended as ": No such file or directory"
 * @path: file it is about, copied, may be NULL
 * @fmt: what was tried, as in "cannot open"
 */
KMC_PRINTF(3, 4) KMC_MUST_CHECK struct kmc_error *
kmc_error_os(int errnum, const char *path, const char *fmt, ...);

/*
 * kmc_error_nomem() - the out-of-memory error, which needs no memory
 */
KMC_MUST_CHECK struct kmc_error *kmc_error_nomem(void);

#endif /* KMC_BASE_ERROR_H */
