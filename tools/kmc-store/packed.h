/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts by zstd.
 */
#ifndef PACKED_H
#define PACKED_H

#include "db.h"

/* Bytes that are yours to free. */
struct db_value packed(const char *text, size_t len);
/* A text that is yours to free; NULL: it is damaged, or too long to be one of ours. */
char *unpacked(const struct db *db, const struct db_value *value);

#endif /* PACKED_H */
