/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in styles: what the printers of text write with.
 */
#ifndef KMC_STYLED_TEXT_H
#define KMC_STYLED_TEXT_H

#include "base/buf.h"
#include "kmc/kmc.h"

/*
 * struct kmc_printer - text so far
 * @opts: layout and colour
 */
struct kmc_printer {
	struct kmc_print_options opts;
	struct kmc_buf buf;
};

/* Text of our own in a style. */
KMC_PRINTF(3, 4)
void kmc_print_say(struct kmc_printer *p, enum kmc_style style, const char *fmt, ...);
/* Text of somebody else's, escaped. */
void kmc_print_quote(struct kmc_printer *p, enum kmc_style style, const char *text);
void kmc_print_newline(struct kmc_printer *p);
void kmc_print_heading(struct kmc_printer *p, const char *text);

size_t kmc_print_width(const struct kmc_printer *p);
/*
 * At the end: lines that are too wide go on in the next one, further in; at a blank, or
 * where the width ends when there is none.
 */
void kmc_print_fold(struct kmc_printer *p);

#endif /* KMC_STYLED_TEXT_H */
