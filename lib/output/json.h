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
json_t *kmc_json_address(uint64_t value);
/* If it is known; else null. */
json_t *kmc_json_address_if(bool known, uint64_t value);
json_t *kmc_json_integer_if(bool known, uint64_t value);
/* What the access hit; the best candidate. */
json_t *kmc_json_object(const struct kmc_report *report);
/* What the reported bytes were copied from. */
json_t *kmc_json_copied(const struct kmc_report *report);
/* All that the object may be, best first. */
json_t *kmc_json_candidates(const struct kmc_report *report);
/* The fault of a report that has one. */
json_t *kmc_json_fault(const struct kmc_report *report);
/* Releases @json. One line of printable ASCII. */
KMC_MUST_CHECK struct kmc_error *kmc_json_dump(json_t *json, char **out);

#endif /* KMC_JSON_H */
