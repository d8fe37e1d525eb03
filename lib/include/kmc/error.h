/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors, and how functions are declared. Included by kmc.h, which says who owns what.
 */
#ifndef KMC_ERROR_H
#define KMC_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#define KMC_PUBLIC		__attribute__((visibility("default")))
#define KMC_MUST_CHECK		__attribute__((warn_unused_result))

/**
 * enum kmc_error_code - the class of an error
 * @KMC_ERROR_NOMEM: out of memory; the error object is static
 * @KMC_ERROR_OS: a system call failed, see errnum
 * @KMC_ERROR_FORMAT: a file is not what it should be, or is damaged
 * @KMC_ERROR_MISMATCH: debug info belongs to another build
 * @KMC_ERROR_NOT_FOUND: no such symbol, address or file
 */
enum kmc_error_code {
	KMC_ERROR_NOMEM,
	KMC_ERROR_OS,
	KMC_ERROR_FORMAT,
	KMC_ERROR_MISMATCH,
	KMC_ERROR_NOT_FOUND,
};

/**
 * struct kmc_error - what went wrong, where, and what to do
 * @code: its class
 * @errnum: errno for KMC_ERROR_OS, else 0
 * @path: the file it is about, NULL if none
 * @line: line in that file, from 1; 0 if that makes no sense
 * @message: one line, lower case, no full stop, with the remedy; does not
 *	repeat @path
 */
struct kmc_error {
	enum kmc_error_code code;
	int errnum;
	const char *path;
	unsigned long line;
	const char *message;
};

KMC_PUBLIC void kmc_error_free(struct kmc_error *err);

#ifdef __cplusplus
}
#endif

#endif /* KMC_ERROR_H */
