/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What loggers put in front of a line.
 */
#ifndef KMC_TEXT_PREFIX_H
#define KMC_TEXT_PREFIX_H

#include "input/text_line.h"

/*
 * text_seconds() - a time as logs have it, "  12.345678"
 * @exponent: it is in units of 10^-exponent seconds
 *
 * Not strtod(), which knows "1e999" and "inf".
 *
 * Return: seconds; negative if that is no number that a double keeps exactly.
 */
double text_seconds(const char *s, unsigned int exponent);

/* Find @body and @word of @raw, and what the prefixes say. */
void text_skip_prefix(struct text_line *line);

#endif /* KMC_TEXT_PREFIX_H */
