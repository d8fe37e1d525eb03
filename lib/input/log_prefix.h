/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What loggers put in front of a line.
 */
#ifndef KMC_LOG_PREFIX_H
#define KMC_LOG_PREFIX_H

#include "input/log_line.h"

struct log_pattern;

/*
 * log_seconds() - a time as logs have it, "  12.345678"
 * @exponent: it is in units of 10^-exponent seconds
 *
 * Not strtod(), which knows "1e999" and "inf".
 *
 * Return: seconds; negative if that is no number that a double keeps exactly.
 */
double log_seconds(const char *s, unsigned int exponent);

/* Find @body and @word of @raw, and what the prefixes say, as far as they are known. */
void log_skip_prefix(struct log_line *line);

/*
 * log_learn_prefix() - keep the pattern of what stands before a header
 * @line: after log_skip_prefix()
 * @header: where the header begins in it
 *
 * The header stays where it is, for it may be quoted in a sentence, unless the kernel's
 * timestamp is right in front of it.
 */
void log_learn_prefix(struct log_line *line, const char *header,
		      struct log_pattern *pattern);

/* The same before another line of that report, after log_skip_prefix(). */
void log_skip_learned(struct log_line *line, struct log_pattern *pattern);

#endif /* KMC_LOG_PREFIX_H */
