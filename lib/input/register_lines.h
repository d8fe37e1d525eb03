/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines with registers, which reports of all families have.
 */
#ifndef KMC_REGISTER_LINES_H
#define KMC_REGISTER_LINES_H

#include "kmc/report.h"

/* The name of a register with its colon and a NUL. */
#define LOG_REGISTER_MAX	8

/*
 * log_scan_register() - "RSP: 0018:", "CR2: "
 * @s: where it starts
 * @name: its name in lower case
 *
 * Return: behind the colon and its blanks, or NULL when this is something else.
 */
const char *log_scan_register(const char *s, char name[16]);

/* Take a line of them into the report; false when it starts with something else. */
bool log_take_registers(struct kmc_report *report, const char *word,
			bool *nomem);

/*
 * log_take_wrapped_registers() - the same where a mailer may have wrapped the line
 * @dangling: empty at the start of a report
 *
 * It is wrapped before a value: the name of that is kept in @dangling, and put before
 * the next line.
 */
bool log_take_wrapped_registers(struct kmc_report *report, const char *word,
				char dangling[LOG_REGISTER_MAX], bool *nomem);

/* The line, whatever it is of, may end in the name of a register: keep that. */
void log_keep_dangling(const char *word, char dangling[LOG_REGISTER_MAX]);
/* Does it begin with a value, and so with that of @dangling, if there is one? */
bool log_ends_dangling(const char *word, const char *dangling);

#endif /* KMC_REGISTER_LINES_H */
