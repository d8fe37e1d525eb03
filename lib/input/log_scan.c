// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scanning the first line of a report, which a mailer may have wrapped anywhere.
 */
#include "input/log_scan.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "input/scan.h"

const char *log_scan_fixed(const char *s, const char *expect,
			   enum log_match *match)
{
	size_t len = strlen(expect);

	if (!s)
		return NULL;
	if (!strncmp(s, expect, len))
		return s + len;
	if (!strncmp(s, expect, strlen(s)))
		*match = LOG_PARTIAL;
	return NULL;
}

const char *log_scan_named(const char *s, const struct log_named *list,
			   int *value, enum log_match *match)
{
	for (; s && list->name; list++) {
		const char *end = log_scan_fixed(s, list->name, match);

		if (!end)
			continue;
		*value = list->value;
		return end;
	}
	return NULL;
}

const char *log_scan_number(const char *s, unsigned int *value,
			    enum log_match *match)
{
	char *end;
	unsigned long n;

	if (!s)
		return NULL;
	if (!isdigit((unsigned char)*s)) {
		*match = *s ? LOG_NO : LOG_PARTIAL;
		return NULL;
	}
	n = strtoul(s, &end, 10);
	if (!n || n > INT_MAX)
		return NULL;
	*value = n;
	return end;
}

const char *log_scan_address(const char *s, uint64_t *address,
			     enum log_match *match)
{
	const char *end;

	if (!s)
		return NULL;
	if (!strncmp(s, "0x", 2))
		s += 2;
	end = kmc_scan_hex(s, address);
	if (end && *end == ')')
		return end + 1;
	if (!s[strspn(s, "0123456789abcdefABCDEF")])
		*match = LOG_PARTIAL;
	return NULL;
}
