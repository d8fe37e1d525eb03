/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that say which bytes of an access are to blame.
 */
#ifndef KMC_EXTENT_LINES_H
#define KMC_EXTENT_LINES_H

#include "kmc/report.h"

#define LOG_RANGES_MAX	16

/*
 * struct log_range - bytes of an access, both ends
 * @state: of them, KMC_INVALID: that of the line
 */
struct log_range {
	uint64_t first;
	uint64_t last;
	enum kmc_state state;
};

/*
 * struct log_extent - what these lines have said so far
 * @length: bytes of the access, 0 if unknown
 * @start: of the access, if @has_start
 * @ranges: @count of them, in the order of the line
 * @more: so many were not listed
 * @state: of those that have none of their own
 */
struct log_extent {
	uint64_t length;
	uint64_t start;
	bool has_start;
	struct log_range ranges[LOG_RANGES_MAX];
	size_t count;
	uint64_t more;
	enum kmc_state state;
};

/* Does it look like one of them, whole or cut? */
bool log_begins_extent(const char *word);
/* May it be the middle or the end of a line that was wrapped? */
bool log_continues_extent(const char *word);
/* Take a whole line; false: it is none of them. */
bool log_take_extent(struct log_extent *extent, const char *word);
/* All lines came. False when out of memory. */
bool log_give_extent(const struct log_extent *extent, struct kmc_report *report);

#endif /* KMC_EXTENT_LINES_H */
