/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that say which instruction it was, on all machines, and its bytes.
 */
#ifndef KMC_CODE_LINES_H
#define KMC_CODE_LINES_H

#include "kmc/report.h"

/* "RIP: 0010:f+0x1/0x2", "EIP is at f", "pc : f", "PC is at f", "IP: f", "NIP: f" */
bool log_is_instruction(const char *word);
/* Take it and the registers in its line; the report has one only. */
void log_take_instruction(struct kmc_report *report, const char *word, bool *nomem);
/* Take nothing but the registers in such a line; always true. */
bool log_take_registers_at(struct kmc_report *report, const char *word, bool *nomem);

/* Is it nothing but code bytes, as in the rest of a line that was wrapped? */
bool log_is_code(const char *word);
/* Behind "Code:"; @more: it goes on with what is there already. Return: it was taken. */
bool log_take_code(struct kmc_report *report, const char *word, bool more, bool *nomem);

#endif /* KMC_CODE_LINES_H */
