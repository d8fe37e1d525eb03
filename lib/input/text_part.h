/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which part of a report a line looks like, without taking it.
 */
#ifndef KMC_TEXT_PART_H
#define KMC_TEXT_PART_H

#include "kmc/report.h"

/*
 * Lines of a report in the order in which they come.
 */
enum text_part {
	TEXT_OTHER,		/* belongs to no report */
	TEXT_DUMP,
	TEXT_SHADOW,
	TEXT_CARET,
	TEXT_TASK,
	TEXT_RIP,
	TEXT_REGISTERS,
	TEXT_STACK,
	TEXT_OBJECT,
	TEXT_TRACK,
};

/* What a line looks like. */
enum text_part text_part_of(const char *word);
/* Is it one that the report has already, or registers that it has? */
bool text_is_second(const struct kmc_report *report, enum text_part part,
		    const char *word);

#endif /* KMC_TEXT_PART_H */
