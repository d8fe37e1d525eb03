/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KASAN's lines about the memory: the object, the region, a frame's variables, the shadow.
 */
#ifndef KMC_KASAN_OBJECT_H
#define KMC_KASAN_OBJECT_H

#include "input/log_line.h"
#include "kmc/report.h"

/*
 * struct log_kasan_object - what these lines have said so far
 * @next: what the next line has to say
 * @distance: bytes from the region, as in "8 bytes to the right of"
 * @side: -1 before it, 0 inside, 1 behind; valid with @located
 * @located: the line with these came
 * @page: a page is said to have it
 * @region: bytes of it, 0 if unknown
 */
struct log_kasan_object {
	enum {
		KASAN_NOTHING, KASAN_CACHE, KASAN_REGION, KASAN_VARIABLE, KASAN_FRAME,
		KASAN_MAPPING, KASAN_CREATOR, KASAN_VARIABLES,
	} next;
	uint64_t distance;
	int side;
	bool located;
	bool page;
	uint64_t region;
};

/* Take the line if it is one of them. */
bool log_take_kasan_object(struct log_kasan_object *object, struct kmc_report *report,
			   const char *word, bool *nomem);
/* All lines came. */
void log_end_kasan_object(const struct log_kasan_object *object, struct kmc_report *report);

/* A row of the shadow, or the mark below one. */
bool log_take_shadow(struct kmc_report *report, const struct log_line *line, bool *nomem);
void log_end_shadow(struct kmc_report *report);

#endif /* KMC_KASAN_OBJECT_H */
