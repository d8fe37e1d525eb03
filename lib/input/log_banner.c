// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The banner of a kernel in its log.
 */
#include "input/log_banner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/uts_version.h"

void log_banner_take(struct log_banner *banner, const char *line)
{
	const char *text = strstr(line, KMC_BANNER);
	struct log_banner next = { };
	struct kmc_banner found;

	if (!text)
		return;
	text += strlen(KMC_BANNER);
	if (!kmc_banner_read(text, strlen(text), &found) || !found.version)
		return;
	snprintf(next.release, sizeof(next.release), "%.*s", (int)found.release_len,
		 found.release);
	snprintf(next.version, sizeof(next.version), "%.*s", (int)found.version_len,
		 found.version);
	if (!strcmp(next.release, banner->release))
		next.several = banner->several || strcmp(next.version, banner->version);
	*banner = next;
}

void log_banner_apply(const struct log_banner *banner, struct kmc_report *report,
		      bool *nomem)
{
	struct kmc_kernel *kernel = &report->kernel;
	char *version;

	if (!*banner->release || banner->several ||
	    (kernel->release && strcmp(kernel->release, banner->release)) ||
	    (kernel->banner && !kmc_uts_versions_agree(kernel->banner, banner->version)))
		return;
	version = strdup(banner->version);
	if (!kernel->release)
		kernel->release = strdup(banner->release);
	*nomem |= !version || !kernel->release;
	if (!version)
		return;
	free(kernel->banner);
	kernel->banner = version;
}
