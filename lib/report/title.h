/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report's title, in the words that syzbot has for it; see also kmc/output.h.
 */
#ifndef KMC_TITLE_H
#define KMC_TITLE_H

#include "base/buf.h"
#include "kmc/report.h"

/*
 * Adds "KASAN: slab-use-after-free Read in f"; not escaped.
 *
 * Return: whether a function is in it.
 */
bool kmc_title_add(struct kmc_buf *buf, const struct kmc_report *report);

#endif /* KMC_TITLE_H */
