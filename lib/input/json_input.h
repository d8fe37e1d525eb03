/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries as JSON: journalctl -o json, dmesg --json.
 */
#ifndef KMC_JSON_INPUT_H
#define KMC_JSON_INPUT_H

#include "input/reader.h"

extern const struct kmc_reader_ops kmc_json_reader;

#endif /* KMC_JSON_INPUT_H */
