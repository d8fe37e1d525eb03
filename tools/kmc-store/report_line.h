/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report as kmc-report's JSON has it, as far as it is looked at for every one.
 */
#ifndef REPORT_LINE_H
#define REPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "json_span.h"

/* The members that are looked at; in alphabetical order, as in report_line.c. */
enum report_key {
	KEY_ADDRESS,
	KEY_BOOT,
	KEY_BOOTED,
	KEY_BUILD_ID,
	KEY_CHECKER,
	KEY_COMM,
	KEY_COUNT,
	KEY_CPU,
	KEY_ERROR,
	KEY_FRAMES,
	KEY_KERNEL,
	KEY_OBJECT,
	KEY_PID,
	KEY_REGISTERS,
	KEY_SIGNATURE,
	KEY_SOURCE,
	KEY_TIME,
	KEY_TITLE,
	KEY_VERDICT,
	KEY_VERSION,
	KEY_COUNT_OF
};

/*
 * struct report_line - a line of JSON
 * @text: of @len bytes, somebody else's
 * @keys: where the values are; @at is NULL where there is none
 */
struct report_line {
	const char *text;
	size_t len;
	struct json_span keys[KEY_COUNT_OF];
};

/* False: it is no report. */
bool report_line_read(struct report_line *line, const char *text, size_t len);

/* Hexadecimal digits of a hash, and a NUL. */
#define REPORT_ID_SIZE	33

/*
 * A name for a report: what the kernel printed, and @host and @boot. Lines, files and what
 * was found out about it are not part of it, so that one report has one name. @nth: of those
 * that are the same, which needs no more than 0 where the kernel said when.
 */
void report_line_id(const struct report_line *line, const char *host, const char *boot,
		    unsigned long nth, char id[REPORT_ID_SIZE]);
/* What all names of a report begin with, whichever boot the log says it is of, if any. */
#define REPORT_ID_COMMON	28
/* The log says which boot it is of: its name becomes another one than that of no boot. */
void report_line_id_of_boot(const char *boot, char id[REPORT_ID_SIZE]);
/*
 * A name for where it came from: the same functions and offsets, the same place in an object.
 * In one kernel, what is found out of one such report holds for all.
 */
void report_line_site(const struct report_line *line, char site[REPORT_ID_SIZE]);

/* The kernel's clock is known. */
bool report_line_has_time(const struct report_line *line);
/* Yours to free; NULL: it does not say. */
char *report_line_text(const struct report_line *line, enum report_key key);
/* "type.member", likewise */
char *report_line_member(const struct report_line *line);

#endif /* REPORT_LINE_H */
