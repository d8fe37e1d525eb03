/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal's export format.
 */
#ifndef KMC_JOURNAL_EXPORT_H
#define KMC_JOURNAL_EXPORT_H

#include "input/reader.h"

extern const struct kmc_reader_ops kmc_export_reader;

#endif /* KMC_JOURNAL_EXPORT_H */
