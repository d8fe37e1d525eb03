/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far it is.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "kmc-report.h"

/*
 * One line on standard error, if that is a terminal. progress_input()
 * tells what is read, NULL for nothing; progress_work() what is done instead, NULL
 * for nothing, a text that stays. progress_hide() makes room for other output.
 */
/* True: that is so. */
bool progress_start(const struct options *opts);
void progress_input(const struct kmc_input *input);
void progress_report(void);
void progress_work(const char *what, uint64_t done, uint64_t total);
void progress_hide(void);
void progress_stop(void);

#endif /* PROGRESS_H */
