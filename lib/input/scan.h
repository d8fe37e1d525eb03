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

/*
 * kmc_scan_bytes() - read bytes in lower-case hexadecimal digits
 * @end: what has to follow them
 * @max: bytes there is room for; more are none
 *
 * Return: how many there are.
 */
size_t kmc_scan_bytes(const char *text, char end, uint8_t *out, size_t max);

#endif /* KMC_SCAN_H */
