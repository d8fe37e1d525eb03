/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that are made once and shown often.
 */
#ifndef TEXT_H
#define TEXT_H

#include "line.h"

/*
 * struct text - lines that were made beforehand
 */
struct text {
	struct line *lines;
	size_t count;
	bool ascii;
};

/* A new line at the end, valid until the next one. */
struct line *text_add(struct text *text);
void text_release(struct text *text);

#endif /* TEXT_H */
