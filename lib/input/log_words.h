/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that lines have which are worth looking at between reports.
 */
#ifndef KMC_LOG_WORDS_H
#define KMC_LOG_WORDS_H

#include "input/log_line.h"

/* How a line begins that has nothing else, before and behind what a checker prints. */
#define LOG_RULE	"==================="

/* Where the first of them is, or NULL. */
const char *log_words_find(const char *data, size_t len);

/* Is it a sentence that the report which comes behind it is about? */
bool log_is_message(const char *word);

/* What the line says, if it looks like the beginning of a report; NULL: it does not. */
const char *log_unread(const struct log_line *line);

/* Is it such a line? */
bool log_is_rule(const char *word);

#endif /* KMC_LOG_WORDS_H */
