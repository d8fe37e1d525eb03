/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times: microseconds since 1970.
 */
#ifndef WHEN_H
#define WHEN_H

#include <stdbool.h>
#include <stdint.h>

int64_t when_now(void);
/* "2026-11-30", "2026-11-30 12:00[:00]", also with a T and a Z; "@seconds"; "7d", "12h": ago */
bool when_read(const char *text, int64_t *out);
/* "2026-11-30 12:00:00Z" */
#define WHEN_SIZE	32
const char *when_text(int64_t when, char out[WHEN_SIZE]);

#endif /* WHEN_H */
