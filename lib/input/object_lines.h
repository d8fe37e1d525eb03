/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that tell of the object, what it was copied from, and who did what to them.
 */
#ifndef KMC_OBJECT_LINES_H
#define KMC_OBJECT_LINES_H

#include "kmc/report.h"

/*
 * Each log_take_x() takes a line into the report if it is what its name says, and if the
 * report has none yet; @nomem is set when memory ran out. log_is_x() only says whether it
 * looks like that.
 */
bool log_take_object(struct kmc_report *report, const char *word, bool *nomem);

/* Is it one of these, whole or cut? */
bool log_begins_object(const char *word);
bool log_begins_source(const char *word);
bool log_take_source(struct kmc_report *report, const char *word, bool *nomem);

/* The line above a stack; NULL: it is none. */
bool log_is_track(const char *word);
struct kmc_track *log_take_track(struct kmc_report *report, const char *word);

/* How often the kernel kept quiet about the same error before. */
bool log_take_count(struct kmc_report *report, const char *word);

#endif /* KMC_OBJECT_LINES_H */
