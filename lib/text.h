/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log reader's own parts: cleaning a line, recognising it.
 */
#ifndef KMC_TEXT_H
#define KMC_TEXT_H

#include "internal.h"

/*
 * The longest line we look at; what is behind is passed over. A dump of 256
 * bytes, the most CONFIG_KMEMCHECK_SHADOW_COPY_SHIFT allows, is 512 characters,
 * and printk cuts a line at 1024.
 */
#define TEXT_LINE_MAX		4096

/*
 * struct text_line - one line without what mail and loggers put around it
 * @raw: without line end, NULs and a quoted-printable tail
 * @body: behind quote marks, log prefixes and timestamps; its blanks count
 * @word: first character of @body that is no blank
 * @depth: how many quote marks were there
 * @prefixed: a logger's prefix was there, so that @word starts what the kernel
 *	printed
 * @time: of the timestamp in seconds, negative if there is none
 */
struct text_line {
	char raw[TEXT_LINE_MAX];
	const char *body;
	const char *word;
	unsigned int depth;
	bool prefixed;
	double time;
};

/* @sgr: remove colour sequences, which dmesg --color=always leaves */
void text_line_clean(struct text_line *line, const char *data, size_t len,
		     bool sgr);

/* Put a line behind another, as it was before a mailer wrapped it. */
void text_line_join(struct text_line *line, const struct text_line *next,
		    const char *glue);

/* Column that a terminal shows @at in, tabs expanded, counted from @from. */
int text_column(const char *from, const char *at);

enum text_match { TEXT_NO, TEXT_PARTIAL, TEXT_YES };

/*
 * struct text_header - what the first line of a report says
 * @clean: nothing but prefixes stands before it
 */
struct text_header {
	enum kmc_kind kind;
	enum kmc_state state;
	unsigned int bits;
	uint64_t address;
	bool clean;
};

/* TEXT_PARTIAL: so far so good, but the line ended. */
enum text_match text_match_header(const struct text_line *line,
				  struct text_header *out);

/*
 * Each of these takes a line into the report if it is what its name says.
 * Return: whether it was; @nomem is set when memory ran out.
 */
bool text_take_task(struct kmc_report *report, const char *word, bool *nomem);
void text_take_release(struct kmc_report *report, const char *word,
		       bool *nomem);
bool text_take_rip(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_registers(struct kmc_report *report, const char *word,
			 bool *nomem);
bool text_take_object(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_frame(struct kmc_stack *stack, const char *word, bool *nomem);
bool text_take_count(struct kmc_report *report, const char *word);

struct kmc_track *text_take_track(struct kmc_report *report, const char *word);
bool text_take_dump(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_shadow(struct kmc_report *report, const char *word, bool *nomem);

/* The line that ends a stack: an address of all ones. */
bool text_is_terminator(const char *word);

#endif /* KMC_TEXT_H */
