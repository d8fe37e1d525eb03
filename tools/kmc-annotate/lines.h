/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that are made once and shown often.
 */
#ifndef LINES_H
#define LINES_H

#include "line.h"

/*
 * struct lines - lines that were made beforehand
 */
struct lines {
	struct line *v;
	size_t count;
	bool ascii;
};

/* A new line at the end, valid until the next one. */
struct line *lines_add(struct lines *lines);
void lines_release(struct lines *lines);

#endif /* LINES_H */
