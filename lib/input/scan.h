/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small pieces that both the log and the stream contain as text.
 */
#ifndef KMC_SCAN_H
#define KMC_SCAN_H

#include "kmc/report.h"

/*
 * kmc_scan_hex() - read hexadecimal digits without 0x
 * @text: where they start
 * @out: value; untouched on failure
 *
 * Return: behind the last digit, or NULL for no digit or more than 16.
 */
const char *kmc_scan_hex(const char *text, uint64_t *out);

/*
 * kmc_scan_symbol() - read "sym+0x1/0x2 [module]", the kernel's %pS
 * @text: where it starts
 * @frame: symbol, offset, size and module are set; on failure untouched
 * @nomem: set when memory ran out
 *
 * Return: behind it, or NULL when this is something else.
 */
const char *kmc_scan_symbol(const char *text, struct kmc_frame *frame,
			    bool *nomem);

#endif /* KMC_SCAN_H */
