/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a prefix looks like whose meaning nobody knows.
 */
#ifndef KMC_LOG_PATTERN_H
#define KMC_LOG_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* A longer one is no logger's. */
#define LOG_PATTERN_MAX	160

/*
 * struct log_pattern - a prefix, as an example for those of other lines
 * @example: empty if there is none
 * @dated: a time of day is in it
 * @loose: any words of it have been seen to differ
 * @confirmed: a second line had it
 * @chances: so many lines may still lack it before it is forgotten
 */
struct log_pattern {
	char example[LOG_PATTERN_MAX + 1];
	bool dated;
	bool loose;
	bool confirmed;
	unsigned int chances;
};

/*
 * log_has_clock() - find a time of day
 *
 * Return: what is behind hours and minutes, NULL if there are none in @len bytes of @s.
 */
const char *log_has_clock(const char *s, size_t len);

void log_pattern_set(struct log_pattern *pattern, const char *prefix, size_t len);

/*
 * log_pattern_skip() - behind a prefix of that pattern, NULL if @s does not begin with one
 * @s: no empty line
 * @is_line: is what is behind it a line of a report? It has to be @sure of a second
 *	line with the prefix
 *
 * Numbers may differ, and so may their padding; words beside a time of day, where they
 * are names of days or levels: else "usb 1: " would be what "RIP: 0: " looks like. Once
 * a second line had it, hexadecimal numbers and single letters may, too. All words may
 * from a line on that @is_line knows.
 */
const char *log_pattern_skip(struct log_pattern *pattern, const char *s,
			     bool (*is_line)(const char *text, bool sure));

#endif /* KMC_LOG_PATTERN_H */
