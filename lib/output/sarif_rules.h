/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of SARIF: what kmemcheck finds.
 */
#ifndef KMC_SARIF_RULES_H
#define KMC_SARIF_RULES_H

#include <jansson.h>

#include "kmc/report.h"

/* Index of the rule of a report, and its name. */
int kmc_sarif_rule(const struct kmc_report *report);
const char *kmc_sarif_rule_id(int rule);
/* All of them, as reportingDescriptors. */
json_t *kmc_sarif_rules(void);

#endif /* KMC_SARIF_RULES_H */
