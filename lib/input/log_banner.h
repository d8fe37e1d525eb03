/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The banner that a kernel begins its log with: it says which build the reports
 * behind it are from.
 */
#ifndef KMC_LOG_BANNER_H
#define KMC_LOG_BANNER_H

#include <stddef.h>

#include "kmc/report.h"

/*
 * struct log_banner - the last one of a log
 * @release: empty: there was none
 * @version: as uname -v
 * @several: there were others of that release: one log of two machines, or of two boots
 */
struct log_banner {
	char release[65];
	char version[65];
	bool several;
};

void log_banner_take(struct log_banner *banner, const char *line);
/* Adds what the report does not say itself. */
void log_banner_apply(const struct log_banner *banner, struct kmc_report *report,
		      bool *nomem);

#endif /* KMC_LOG_BANNER_H */
