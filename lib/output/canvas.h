/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of styled text while they are made: what the shadow view is drawn with.
 */
#ifndef KMC_CANVAS_H
#define KMC_CANVAS_H

#include "base/compiler.h"
#include "kmc/kmc.h"

/* More bytes in a row do not fit 80 columns; fewer than 4 are no picture. */
#define KMC_ROW_MAX	16
#define KMC_ROW_MIN	4
/* hexdump's: the eye finds the middle of a row of 16 */
#define KMC_ROW_GROUP	8

#define KMC_MARKS_MAX	16

/*
 * struct kmc_mark - bytes to point at: indexes of the first and behind the last
 */
struct kmc_mark {
	size_t from;
	size_t end;
};

/*
 * struct kmc_canvas - what is known while rows are made
 * @count: bytes there are something to say about
 * @per_row: bytes in a row
 * @label_width: columns of the widest label
 * @marks: reported bytes, from left to right; @nmarks of them
 * @start: address of the object, when @has_start
 * @bounded: the object's start or end lies in view
 */
struct kmc_canvas {
	const struct kmc_report *report;
	struct kmc_shadow_view *view;
	const char *gutter;
	bool ascii;
	bool hex;
	unsigned int width;
	size_t count;
	size_t per_row;
	int label_width;
	struct kmc_mark marks[KMC_MARKS_MAX];
	size_t nmarks;
	uint64_t start;
	bool has_start;
	bool bounded;
	bool nomem;
};

/* A new row with a label and the gutter. */
void kmc_canvas_row(struct kmc_canvas *c, const char *label);
/* Text at the end of the last row; neighbours of one style become one span. */
KMC_PRINTF(3, 4)
void kmc_canvas_add(struct kmc_canvas *c, enum kmc_style style, const char *fmt, ...);
/* Column of a byte's first digit behind the gutter, in the row that starts at @first. */
int kmc_canvas_column(size_t first, size_t i);
enum kmc_style kmc_state_style(char state);

#endif /* KMC_CANVAS_H */
