// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text in styles, which are colours if they are wanted.
 */
#include "output/styled_text.h"

#include <string.h>

#include "base/escape.h"

static void style_begin(struct kmc_printer *p, enum kmc_style style)
{
	static const char * const sgr[] = {
		[KMC_STYLE_PLAIN] = NULL,
		[KMC_STYLE_TITLE] = "1",
		[KMC_STYLE_DIM] = "2",
		[KMC_STYLE_INITIALIZED] = "32",
		[KMC_STYLE_UNINITIALIZED] = "33",
		[KMC_STYLE_UNALLOCATED] = "35",
		[KMC_STYLE_FREED] = "31",
		[KMC_STYLE_CARET] = "1;31",
		[KMC_STYLE_LOCATION] = "36",
	};

	if (p->opts.color && sgr[style])
		kmc_buf_printf(&p->buf, "\033[%sm", sgr[style]);
}

static void style_end(struct kmc_printer *p, enum kmc_style style)
{
	if (p->opts.color && style != KMC_STYLE_PLAIN)
		kmc_buf_puts(&p->buf, "\033[0m");
}

void kmc_print_say(struct kmc_printer *p, enum kmc_style style, const char *fmt, ...)
{
	va_list ap;

	style_begin(p, style);
	va_start(ap, fmt);
	kmc_buf_vprintf(&p->buf, fmt, ap);
	va_end(ap);
	style_end(p, style);
}

void kmc_print_quote(struct kmc_printer *p, enum kmc_style style, const char *text)
{
	style_begin(p, style);
	kmc_buf_escape(&p->buf, text, strlen(text), p->opts.ascii);
	style_end(p, style);
}

void kmc_print_newline(struct kmc_printer *p)
{
	kmc_buf_putc(&p->buf, '\n', 1);
}

void kmc_print_heading(struct kmc_printer *p, const char *text)
{
	kmc_print_newline(p);
	kmc_print_say(p, KMC_STYLE_TITLE, "  %s", text);
	kmc_print_newline(p);
}
