// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line: one table that parses and prints --help; doc.c makes the man
 * page and the completion from it.
 */
#include "kmc-report.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#ifndef KMC_VERSION
#define KMC_VERSION	"unknown"
#endif

#define LIVE_DEFAULT	"/sys/kernel/debug/kmemcheck/reports"

/* Narrower, and there is no view; wider, and it is a mistake. */
#define WIDTH_MIN	40
#define WIDTH_MAX	1000

/* Where --help says what an option does. */
#define HELP_COLUMN	26

static bool set_live(struct options *opts, const char *arg)
{
	opts->live = arg ? arg : LIVE_DEFAULT;
	return *opts->live;
}

static bool set_vmlinux(struct options *opts, const char *arg)
{
	opts->debuginfo.vmlinux = arg;
	return *arg;
}

static bool set_modules(struct options *opts, const char *arg)
{
	opts->debuginfo.modules = arg;
	return *arg;
}

static bool set_source(struct options *opts, const char *arg)
{
	opts->source = arg;
	return *arg;
}

static bool choose(const char *arg, const char * const *names, size_t count,
		   int *value)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(arg, names[i]))
			continue;
		*value = i;
		return true;
	}
	return false;
}

static bool set_format(struct options *opts, const char *arg)
{
	static const char * const names[] = {
		[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json",
		[FORMAT_SARIF] = "sarif", [FORMAT_ERRORS] = "errors",
	};
	int value;

	if (!choose(arg, names, ARRAY_SIZE(names), &value))
		return false;
	opts->format = value;
	return true;
}

static bool set_color(struct options *opts, const char *arg)
{
	static const char * const names[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	int value;

	if (!choose(arg, names, ARRAY_SIZE(names), &value))
		return false;
	opts->color = value;
	return true;
}

static bool to_number(const char *arg, unsigned long max, unsigned long *value)
{
	char *end;

	if (*arg < '0' || *arg > '9')
		return false;
	errno = 0;
	*value = strtoul(arg, &end, 10);
	return !*end && !errno && *value <= max;
}

static bool set_limit(struct options *opts, const char *arg)
{
	return to_number(arg, ULONG_MAX, &opts->limit) && opts->limit;
}

static bool set_exitcode(struct options *opts, const char *arg)
{
	unsigned long value;

	/* An exit code is a byte. */
	if (!to_number(arg, 255, &value))
		return false;
	opts->error_exitcode = value;
	return true;
}

static bool set_width(struct options *opts, const char *arg)
{
	unsigned long value;

	if (!to_number(arg, WIDTH_MAX, &value) || value < WIDTH_MIN)
		return false;
	opts->width = value;
	return true;
}

static bool set_group(struct options *opts, const char *arg)
{
	(void)arg;
	opts->group = true;
	return true;
}

static bool set_ascii(struct options *opts, const char *arg)
{
	(void)arg;
	opts->ascii = true;
	return true;
}

static bool set_no_progress(struct options *opts, const char *arg)
{
	(void)arg;
	opts->no_progress = true;
	return true;
}

static bool set_quiet(struct options *opts, const char *arg)
{
	(void)arg;
	opts->quiet = true;
	return true;
}

static bool set_force(struct options *opts, const char *arg)
{
	(void)arg;
	opts->debuginfo.force = true;
	return true;
}

enum {
	KEY_COLOR = 256, KEY_ASCII, KEY_WIDTH, KEY_NO_PROGRESS, KEY_FORCE,
	KEY_EXITCODE, KEY_VERSION,
};

static const struct option_row rows[] = {
	{ 'l', "live", "PATH", true, set_live,
	  "follow PATH: reports are printed as they come",
	  "Follow\n.I PATH\nand print reports as they come, until interrupted or until its end.\n"
	  ".I PATH\nis debugfs' file, a FIFO, a unix socket, or a log that grows; without it,\n"
	  ".IR " LIVE_DEFAULT " ,\nwhich only root can read." },
	{ 'k', "vmlinux", "FILE", false, set_vmlinux,
	  "vmlinux with debug info, of the reporting kernel",
	  "The vmlinux with debug info of the kernel that reported.\n"
	  "Without it, the usual places are searched, see\n.B DEBUG INFO\nbelow.\n"
	  "One of another build is refused." },
	{ 'm', "modules", "DIR", false, set_modules,
	  "look for its modules (.ko) in and below DIR",
	  "Look for the modules of that kernel in\n.I DIR\nand below." },
	{ 's', "source", "DIR", false, set_source,
	  "its source tree",
	  "The source tree of that kernel, to show the lines around each function.\n"
	  "Without it, the tree that the debug info names is used if it is there.\nWith\n.B \\-\\-format=errors\n"
	  "file names that exist in it begin with\n.IR DIR ;\nwith\n.B sarif\n"
	  "they are said to be relative to it." },
	{ 'f', "format", "text|json|sarif|errors", false, set_format,
	  "how to print, see below",
	  ".I text\nfor people, which is the default;\n.IR json :\n"
	  "one object a report, one line each;\n.IR sarif :\n"
	  "a SARIF 2.1.0 document for code review tools;\n.IR errors :\n"
	  "as compilers print them, FILE:LINE: warning: TEXT, for editors." },
	{ 'g', "group", NULL, false, set_group,
	  "print each bug once, and how often it was reported",
	  "Print each bug once, the most frequent first: how often it was reported, when\n"
	  "first and last, and one of its reports.\n"
	  "Reports are of one bug when kind, state and the innermost three functions are\n"
	  "the same, inlined ones included and those left out that only copy or compare.\n"
	  "Nothing is printed before the end of all inputs.\n"
	  "10,000 bugs are kept apart." },
	{ 'n', "limit", "N", false, set_limit,
	  "stop after N reports, or bugs with --group",
	  "Stop after\n.I N\nreports; with\n.B \\-\\-group\nprint only the\n.I N\n"
	  "most frequent bugs." },
	{ KEY_COLOR, "color", "auto|always|never", false, set_color,
	  "use colours; auto: on a terminal",
	  ".I auto\ncolours when standard output is a terminal and NO_COLOR is not set." },
	{ KEY_ASCII, "ascii", NULL, false, set_ascii,
	  "print nothing beyond ASCII",
	  "Print nothing beyond ASCII, whatever the locale is." },
	{ KEY_WIDTH, "width", "N", false, set_width,
	  "columns of the text, 40 to 1000",
	  "Make text\n.I N\ncolumns wide, from 40 to 1000; by default as wide as the terminal, or 80." },
	{ 'q', "quiet", NULL, false, set_quiet,
	  "no hints on standard error, only errors",
	  "No hints and no progress on standard error, only errors." },
	{ KEY_NO_PROGRESS, "no-progress", NULL, false, set_no_progress,
	  "do not show how far it is",
	  "Do not show how far it is.\n"
	  "That is shown when standard error is a terminal and it takes a while." },
	{ KEY_FORCE, "force", NULL, false, set_force,
	  "use a vmlinux even if it is of another build",
	  "Use a vmlinux even if it is of another build.\nIts lines may be wrong." },
	{ KEY_EXITCODE, "error-exitcode", "N", false, set_exitcode,
	  "exit with N when there was any report",
	  "Exit with\n.I N\nwhen there was any report and nothing else went wrong." },
	{ 'h', "help", NULL, false, NULL,
	  "print this",
	  "Print a summary of the options." },
	{ KEY_VERSION, "version", NULL, false, NULL,
	  "print the version",
	  "Print the version." },
};

const struct option_row *options_rows(size_t *count)
{
	*count = ARRAY_SIZE(rows);
	return rows;
}

static void print_usage(FILE *out)
{
	fputs("usage: kmc-report [options] [FILE|-]...\n", out);
}

static void print_row(const struct option_row *row)
{
	char left[64];
	int len;

	if (row->key < 256)
		len = snprintf(left, sizeof(left), "-%c, ", row->key);
	else
		len = snprintf(left, sizeof(left), "    ");
	len += snprintf(left + len, sizeof(left) - len, "--%s%s%s%s%s",
			row->name, row->optional ? "[" : "",
			row->arg ? "=" : "", row->arg ? row->arg : "",
			row->optional ? "]" : "");
	/* One that leaves no room for its help has it on the next line. */
	if (len > HELP_COLUMN)
		printf("  %s\n  %*s %s\n", left, HELP_COLUMN, "", row->help);
	else
		printf("  %-*s %s\n", HELP_COLUMN, left, row->help);
}

static void print_help(void)
{
	print_usage(stdout);
	puts("\nExplains kmemcheck reports in saved logs, in saved ring streams, or live.\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		print_row(&rows[i]);
	puts("\nFormats: text for people; json, a line each report; sarif, for code review;\n"
	     "errors, FILE:LINE: warning: text, for editors.\n"
	     "PATH is " LIVE_DEFAULT " unless named.\n"
	     "Exit: 0 done, 1 an input could not be read, 2 usage.");
}

static void fill_getopt(struct option *longs, char *shorts)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int takes = !rows[i].arg ? no_argument :
			    rows[i].optional ? optional_argument :
					       required_argument;

		longs[i] = (struct option) {
			.name = rows[i].name, .has_arg = takes,
			.val = rows[i].key,
		};
		if (rows[i].key >= 256)
			continue;
		*shorts++ = rows[i].key;
		for (int colon = 0; colon < takes; colon++)
			*shorts++ = ':';
	}
	*shorts = '\0';
}

static bool usage_error(int *status)
{
	print_usage(stderr);
	*status = EXIT_USAGE;
	return false;
}

/* False when there is nothing more to do. */
static bool take_option(struct options *opts, int key, const char *arg,
			int *status)
{
	*status = EXIT_DONE;
	if (key == 'h') {
		print_help();
		return false;
	}
	if (key == KEY_VERSION) {
		puts("kmc-report " KMC_VERSION);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].key != key)
			continue;
		if (rows[i].set(opts, arg))
			return true;
		message("--%s: cannot be '%s'", rows[i].name, arg ? arg : "");
		break;
	}
	/* getopt_long() itself has said what it does not know. */
	return usage_error(status);
}

bool options_parse(struct options *opts, int argc, char **argv, int *status)
{
	struct option longs[ARRAY_SIZE(rows) + 1] = { };
	char shorts[3 * ARRAY_SIZE(rows) + 1];
	int key;

	fill_getopt(longs, shorts);
	while ((key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (!take_option(opts, key, optarg, status))
			return false;
	}
	opts->files = argv + optind;
	opts->nfiles = argc - optind;
	if (opts->live && opts->nfiles) {
		message("--live follows one source; '%s' cannot be read as well (--live=PATH names another source)",
			opts->files[0]);
		return usage_error(status);
	}
	if (!opts->live && !opts->nfiles) {
		message("name a log, a saved stream, - for standard input, or --live");
		return usage_error(status);
	}
	return true;
}
