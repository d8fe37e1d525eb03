/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by what is made of JSON. A json_t is NULL when memory ran out.
 */
#ifndef KMC_JSON_H
#define KMC_JSON_H

#include <jansson.h>

#include "kmc/report.h"

/* Any bytes as a string; NULL gives null. */
json_t *kmc_json_text(const char *s);
/* The fault of a report that has one. */
json_t *kmc_json_fault(const struct kmc_report *report);
/* Releases @json. One line of printable ASCII. */
KMC_MUST_CHECK struct kmc_error *kmc_json_dump(json_t *json, char **out);

#endif /* KMC_JSON_H */
