/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a log, freed from what terminals, mail and archives make of them.
 */
#ifndef KMC_LOG_LINE_H
#define KMC_LOG_LINE_H

#include "kmc/report.h"

/*
 * The longest line we look at; what is behind is passed over. A dump of 256
 * bytes, the most CONFIG_KMEMCHECK_SHADOW_COPY_SHIFT allows, is 512 characters,
 * and printk cuts a line at 1024.
 */
#define LOG_LINE_MAX		4096
/* Host and caller of a line; longer ones are cut. */
#define LOG_CALLER_ID_MAX	96
/* A UUID, with or without its hyphens. */
#define LOG_BOOT_ID_MAX		37

/*
 * struct log_line - one line without what mail and loggers put around it
 * @raw: without line end, NULs and a quoted-printable tail
 * @body: behind quote marks, log prefixes and timestamps; its blanks count
 * @word: first character of @body that is no blank
 * @depth: how many quote marks were there
 * @prefixed: a logger's prefix was there, so that @word starts what the kernel
 *	printed
 * @overwritten: a carriage return has ended it, so that a terminal does not show it
 * @wordless: it has none of the words that log_words_find() looks for
 * @time: of the timestamp in seconds, negative if there is none
 * @caller_id: host and caller (a task or CPU) that the log marks the line with:
 *	lines of one caller are one text, whatever others say in between
 * @release: of the kernel, if netconsole says it, else empty
 * @boot_id: of that kernel, if the journal says it, else empty
 * @boot_time: when it was booted, likewise, in nanoseconds since 1970, else 0
 */
struct log_line {
	char raw[LOG_LINE_MAX];
	const char *body;
	const char *word;
	unsigned int depth;
	bool prefixed;
	bool overwritten;
	bool wordless;
	double time;
	char caller_id[LOG_CALLER_ID_MAX];
	char release[65];
	char boot_id[LOG_BOOT_ID_MAX];
	uint64_t boot_time;
};

/* @sgr: remove colour sequences, which dmesg --color=always leaves */
void log_line_clean(struct log_line *line, const char *data, size_t len,
		    bool sgr);

/* Put a line behind another, as it was before a mailer wrapped it. */
void log_line_join(struct log_line *line, const struct log_line *next,
		   const char *glue);

/* Column that a terminal shows @at in, tabs expanded, counted from @from. */
int log_column(const char *from, const char *at);

#endif /* KMC_LOG_LINE_H */
