// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the command lines of all tools have in common.
 */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "message.h"

#ifndef KMC_VERSION
#define KMC_VERSION	"unknown"
#endif

/* Where --help says what an option does. */
#define HELP_COLUMN	24
#define HELP_WIDTH	80

enum { ROW_HELP, ROW_VERSION };

static const struct option_row own[] = {
	[ROW_HELP] = { 'h', "help", NULL, false, NULL, 0,
		       "print this",
		       "Print a summary of the options." },
	[ROW_VERSION] = { 0, "version", NULL, false, NULL, 0,
			  "print the version",
			  "Print the version." },
};

const struct option_row *tool_row(const struct tool *tool, size_t i)
{
	if (i < tool->count)
		return &tool->rows[i];
	return i - tool->count < ARRAY_SIZE(own) ? &own[i - tool->count] : NULL;
}

static bool is_choice(const struct option_row *row)
{
	return row->arg && !strcmp(row->arg, OPTION_CHOICE);
}

const char *option_arg(const struct tool *tool, const struct option_row *row,
		       char text[OPTION_ARG_MAX])
{
	struct option_choice choice;
	size_t len = 0;

	if (!is_choice(row))
		return row->arg;
	for (size_t i = 0; tool->choice(i, &choice) && len < OPTION_ARG_MAX; i++)
		len += snprintf(text + len, OPTION_ARG_MAX - len, "%s%s", i ? "|" : "",
				choice.name);
	return text;
}

/* ---- values ---- */

bool option_text(void *value, const char *arg)
{
	*(const char **)value = arg;
	return *arg;
}

bool option_live(void *value, const char *arg)
{
	return option_text(value, arg ? arg : LIVE_DEFAULT);
}

bool option_url(void *value, const char *arg)
{
	return (!strncmp(arg, "https://", 8) || !strncmp(arg, "http://", 7)) &&
	       option_text(value, arg);
}

bool option_flag(void *value, const char *arg)
{
	(void)arg;
	*(bool *)value = true;
	return true;
}

bool option_word(const char *words, const char *arg, unsigned int *value)
{
	for (unsigned int i = 0; ; i++) {
		size_t len = strcspn(words, "|");

		if (strlen(arg) == len && !strncmp(arg, words, len)) {
			*value = i;
			return true;
		}
		if (!words[len])
			return false;
		words += len + 1;
	}
}

/* ---- help ---- */

static void print_usage(const struct tool *tool, FILE *out)
{
	fprintf(out, "usage: %s [options] %s\n", tool->name, tool->operands);
}

static void print_row(const struct tool *tool, const struct option_row *row)
{
	char text[OPTION_ARG_MAX], left[64 + OPTION_ARG_MAX];
	const char *arg = option_arg(tool, row, text);
	int len;

	len = snprintf(left, sizeof(left), row->letter ? "-%c, " : "    ", row->letter);
	len += snprintf(left + len, sizeof(left) - len, "--%s%s%s%s%s", row->name,
			row->optional ? "[" : "", arg ? "=" : "",
			arg ? arg : "", row->optional ? "]" : "");
	/* One that leaves no room for its help has it on the next line. */
	if (len > HELP_COLUMN)
		printf("  %s\n  %*s %s\n", left, HELP_COLUMN, "", row->help);
	else
		printf("  %-*s %s\n", HELP_COLUMN, left, row->help);
}

/* "Formats: text for people; json, a line each report.", in lines that fit. */
static void print_choices(const struct tool *tool, const struct option_row *row)
{
	struct option_choice choice, next;
	int column;

	column = printf("%c%ss:", toupper((unsigned char)row->name[0]), row->name + 1);
	for (size_t i = 0; tool->choice(i, &choice); i++) {
		const char *end = tool->choice(i + 1, &next) ? ";" : ".";

		for (const char *word = choice.help; *word;) {
			int len = strcspn(word, " ");
			const bool last = !word[len];

			if (column + 1 + len + last > HELP_WIDTH)
				column = printf("\n%.*s", len, word) - 1;
			else
				column += printf(" %.*s", len, word);
			word += len + !last;
		}
		column += printf("%s", end);
	}
	printf("\n");
}

static void print_commands(const struct tool *tool)
{
	for (size_t i = 0; i < tool->ncommands; i++) {
		const struct command_row *row = &tool->commands[i];
		const int len = printf("  %s %s", row->name, row->operands);

		printf("%*s%s\n", len < HELP_COLUMN + 3 ? HELP_COLUMN + 3 - len : 1, "",
		       row->help);
	}
	if (tool->ncommands)
		printf("\n");
}

static void print_help(const struct tool *tool)
{
	const struct option_row *row;

	print_usage(tool, stdout);
	printf("\n%s\n\n", tool->purpose);
	print_commands(tool);
	for (size_t i = 0; (row = tool_row(tool, i)); i++)
		print_row(tool, row);
	printf("\n");
	for (size_t i = 0; (row = tool_row(tool, i)); i++)
		if (is_choice(row))
			print_choices(tool, row);
	printf("%s\nExit: 0 done, 1 an input could not be read, 2 usage.\n", tool->notes);
}

bool options_refuse(const struct tool *tool, int *status)
{
	print_usage(tool, stderr);
	*status = EXIT_USAGE;
	return false;
}

/* ---- parsing ---- */

/* What getopt_long() is to give for a row; no letter is as large. */
static int key_of_row(const struct tool *tool, size_t i)
{
	const struct option_row *row = tool_row(tool, i);

	return row->letter ? row->letter : UCHAR_MAX + 1 + (int)i;
}

static void fill_getopt(const struct tool *tool, struct option *longs, char *shorts)
{
	const struct option_row *row;

	for (size_t i = 0; (row = tool_row(tool, i)); i++) {
		int takes = !row->arg ? no_argument :
			    row->optional ? optional_argument : required_argument;

		longs[i] = (struct option) {
			.name = row->name, .has_arg = takes, .val = key_of_row(tool, i),
		};
		if (!row->letter)
			continue;
		*shorts++ = row->letter;
		for (int colon = 0; colon < takes; colon++)
			*shorts++ = ':';
	}
}

static const struct option_row *find_row(const struct tool *tool, int key)
{
	const struct option_row *row;

	for (size_t i = 0; (row = tool_row(tool, i)); i++)
		if (key_of_row(tool, i) == key)
			return row;
	return NULL;
}

/* Also what it may be, where that is known. */
static void say_refused(const struct tool *tool, const struct option_row *row,
			const char *arg)
{
	char text[OPTION_ARG_MAX], words[2 * OPTION_ARG_MAX] = "";
	const char *choices = option_arg(tool, row, text);
	const char *of = "it is one of";
	size_t len = 0;

	for (size_t i = 0; strstr(choices, ",...") && tool->word(i) && len < sizeof(words); i++) {
		len += snprintf(words + len, sizeof(words) - len, "%s%s", i ? ", " : "",
				tool->word(i));
		of = "it is some of";
	}
	for (const char *p = choices; strchr(choices, '|') && *p && len + 2 < sizeof(words); p++) {
		words[len++] = *p == '|' ? ',' : *p;
		if (*p == '|')
			words[len++] = ' ';
		words[len] = '\0';
	}
	if (len)
		message("--%s: cannot be '%s'; %s: %s", row->name, arg, of, words);
	else
		message("--%s: cannot be '%s'", row->name, arg);
}

/* False when there is nothing more to do. */
static bool take_option(const struct tool *tool, const struct option_row *row,
			struct options *opts, const char *arg, int *status)
{
	*status = EXIT_DONE;
	if (row == &own[ROW_HELP]) {
		print_help(tool);
		return false;
	}
	if (row == &own[ROW_VERSION]) {
		printf("%s " KMC_VERSION "\n", tool->name);
		return false;
	}
	if (row && row->set((char *)opts + row->at, arg))
		return true;
	/* getopt_long() itself has said what it does not know. */
	if (row)
		say_refused(tool, row, arg ? arg : "");
	return options_refuse(tool, status);
}

char **options_read(const struct tool *tool, struct options *opts, int argc, char **argv,
		    int *status)
{
	const size_t count = tool->count + ARRAY_SIZE(own);
	struct option *longs = xcalloc(count + 1, sizeof(*longs));
	/* A letter and two colons. */
	char *shorts = xcalloc(count + 1, 3);
	bool ok = true;
	int key;

	fill_getopt(tool, longs, shorts);
	while (ok && (key = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		ok = take_option(tool, find_row(tool, key), opts, optarg, status);
	free(longs);
	free(shorts);
	return ok ? argv + optind : NULL;
}

bool options_check_live(const struct tool *tool, const char *live, char **operands,
			int *status)
{
	if (!live || !*operands)
		return true;
	message("--live follows one source; '%s' cannot be read as well (--live=PATH names another source)",
		*operands);
	return options_refuse(tool, status);
}
