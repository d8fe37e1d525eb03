// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows of styled text while they are made.
 */
#include "output/canvas.h"

#include <stdarg.h>

#include "base/buf.h"

static void add_row(struct kmc_canvas *c)
{
	if (kmc_grow(&c->view->rows, c->view->count, sizeof(struct kmc_row)))
		c->view->count++;
	else
		c->nomem = true;
}

void kmc_canvas_add(struct kmc_canvas *c, enum kmc_style style, const char *fmt, ...)
{
	struct kmc_row *row;
	struct kmc_span *span;
	char *text, *old = NULL;
	va_list ap;
	int len;

	if (c->nomem)
		return;
	row = &c->view->rows[c->view->count - 1];
	span = row->count ? &row->spans[row->count - 1] : NULL;
	if (span && span->style != style)
		span = NULL;
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len >= 0 && span) {
		old = text;
		len = asprintf(&text, "%s%s", span->text, old);
		free(old);
	}
	if (len < 0) {
		c->nomem = true;
		return;
	}
	if (span) {
		free(span->text);
	} else {
		span = kmc_grow(&row->spans, row->count, sizeof(*span));
		if (!span) {
			free(text);
			c->nomem = true;
			return;
		}
		row->count++;
	}
	span->style = style;
	span->text = text;
}

void kmc_canvas_row(struct kmc_canvas *c, const char *label)
{
	add_row(c);
	kmc_canvas_add(c, KMC_STYLE_DIM, "%*s %s", c->label_width, label, c->gutter);
}

int kmc_canvas_column(size_t first, size_t i)
{
	return 1 + 3 * (i - first) + (i - first) / KMC_ROW_GROUP;
}

enum kmc_style kmc_state_style(char state)
{
	switch (state) {
	case 'i':
		return KMC_STYLE_INITIALIZED;
	case 'u':
		return KMC_STYLE_UNINITIALIZED;
	case 'a':
		return KMC_STYLE_UNALLOCATED;
	case 'f':
		return KMC_STYLE_FREED;
	default:
		return KMC_STYLE_PLAIN;
	}
}
