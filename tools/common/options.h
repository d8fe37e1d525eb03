/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of a tool: one table that parses and prints --help; tools/doc.c makes
 * the man page and the completion from it.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes; design: others are what --error-exitcode names. */
enum {
	EXIT_DONE = 0,
	EXIT_INPUT = 1,		/* something could not be read */
	EXIT_USAGE = 2,
};

/* For the choices of a tool, with | between them. */
#define OPTION_ARG_MAX	128
#define OPTION_CHOICE	"|"

#define LIVE_DEFAULT	"/sys/kernel/debug/kmemcheck/reports"

/* What the command line says; each tool has its own. */
struct options;

/*
 * struct option_choice - a word that an argument may be
 * @help: with the word itself, a part of a sentence
 * @man: likewise, in man(7)'s language
 */
struct option_choice {
	const char *name;
	const char *help;
	const char *man;
};

/*
 * struct option_row - one option
 * @letter: behind -, 0 for none
 * @name: behind --
 * @arg: FILE, PATH and DIR are completed, and so are words with | between them; NULL:
 *	it takes none; OPTION_CHOICE: one of the tool's choices, which say the rest of @man
 * @optional: its argument may be left out
 * @set: takes the argument, NULL when there is none; false when it is not one of those
 *	it may be
 * @at: where in struct options what @set gets is
 * @help: a line for --help
 * @man: for the man page, in man(7)'s language
 */
struct option_row {
	char letter;
	const char *name;
	const char *arg;
	bool optional;
	bool (*set)(void *value, const char *arg);
	size_t at;
	const char *help;
	const char *man;
};

/*
 * struct command_row - one of the things that a tool does, its first operand
 * @operands: what follows its name
 * @help: a line for --help
 * @man: for the man page, in man(7)'s language
 */
struct command_row {
	const char *name;
	const char *operands;
	const char *help;
	const char *man;
};

/*
 * struct tool - a program and its table
 * @operands: for the usage
 * @purpose: a sentence
 * @choice: the words of OPTION_CHOICE, false behind the last; NULL: no option has them
 * @word: the words of which an argument "X,..." is some, NULL behind the last; NULL: no
 *	option has them
 * @notes: lines behind the options of --help
 * @commands: @ncommands of them, NULL: it does one thing
 */
struct tool {
	const char *name;
	const char *operands;
	const char *purpose;
	bool (*choice)(size_t i, struct option_choice *out);
	const char *(*word)(size_t i);
	const char *notes;
	const struct option_row *rows;
	size_t count;
	const struct command_row *commands;
	size_t ncommands;
};

extern const struct tool report_tool, annotate_tool, store_tool;

/* A row of the table and, behind these, what every tool has; NULL behind the last. */
const struct option_row *tool_row(const struct tool *tool, size_t i);

/* @arg, for which @text may be used where it is OPTION_CHOICE: "a|b|c". */
const char *option_arg(const struct tool *tool, const struct option_row *row,
		       char text[OPTION_ARG_MAX]);

/* For @set: a char pointer to what is not empty, LIVE_DEFAULT unless named; a bool. */
bool option_text(void *value, const char *arg);
bool option_live(void *value, const char *arg);
/* Nothing but http and https, for it becomes a link. */
bool option_url(void *value, const char *arg);
bool option_flag(void *value, const char *arg);
/* Which of "a|b|c" the argument is. */
bool option_word(const char *words, const char *arg, unsigned int *value);

/* The operands, NULL behind them; NULL: there is nothing to do but exit with *status. */
char **options_read(const struct tool *tool, struct options *opts, int argc, char **argv,
		    int *status);
/* False, the usage and *status, behind a message that says what is wrong. */
bool options_refuse(const struct tool *tool, int *status);
/* False: there is something to follow, and operands as well. */
bool options_check_live(const struct tool *tool, const char *live, char **operands,
			int *status);

#endif /* OPTIONS_H */
