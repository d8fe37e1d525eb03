/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scanning the first line of a report, which a mailer may have wrapped anywhere.
 *
 * Each of these returns what is behind that which it scanned, or NULL when something
 * else is there: *@match is LOG_PARTIAL then if the line ended within it. NULL gives
 * NULL, so that one look at the end is enough.
 */
#ifndef KMC_LOG_SCAN_H
#define KMC_LOG_SCAN_H

#include "kmc/report.h"

enum log_match { LOG_NO, LOG_PARTIAL, LOG_YES };

struct log_named {
	const char *name;
	int value;
};

const char *log_scan_fixed(const char *s, const char *expect,
			   enum log_match *match);
/* One of a list that ends with an empty row. */
const char *log_scan_named(const char *s, const struct log_named *list,
			   int *value, enum log_match *match);
/* From 1 on, decimal. */
const char *log_scan_number(const char *s, unsigned int *value,
			    enum log_match *match);
/* With or without 0x, and the closing bracket behind it. */
const char *log_scan_address(const char *s, uint64_t *address,
			     enum log_match *match);

#endif /* KMC_LOG_SCAN_H */
