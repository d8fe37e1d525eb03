/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a report that carry data: registers, dump, shadow, the object.
 */
#ifndef KMC_TEXT_PARSE_H
#define KMC_TEXT_PARSE_H

#include "kmc/report.h"

/*
 * Each of these takes a line into the report if it is what its name says.
 * Return: whether it was; @nomem is set when memory ran out.
 */
bool text_take_registers(struct kmc_report *report, const char *word,
			 bool *nomem);
bool text_take_object(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_count(struct kmc_report *report, const char *word);
bool text_take_dump(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_shadow(struct kmc_report *report, const char *word, bool *nomem);

/* Whose stack follows, or NULL. */
struct kmc_track *text_take_track(struct kmc_report *report, const char *word);

#endif /* KMC_TEXT_PARSE_H */
