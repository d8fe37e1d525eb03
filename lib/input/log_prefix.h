/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What loggers put in front of a line.
 */
#ifndef KMC_LOG_PREFIX_H
#define KMC_LOG_PREFIX_H

#include "input/log_line.h"

/*
 * log_seconds() - a time as logs have it, "  12.345678"
 * @exponent: it is in units of 10^-exponent seconds
 *
 * Not strtod(), which knows "1e999" and "inf".
 *
 * Return: seconds; negative if that is no number that a double keeps exactly.
 */
double log_seconds(const char *s, unsigned int exponent);

/* Find @body and @word of @raw, and what the prefixes say. */
void log_skip_prefix(struct log_line *line);

#endif /* KMC_LOG_PREFIX_H */
