// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line: one table that parses, and prints --help.
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

/* Takes the argument; false when it is not one of those it may be. */
typedef bool (*option_set)(struct options *opts, const char *arg);

/*
 * struct option_row - one option
 * @key: its letter, or a number beyond letters when it has none
 * @set: NULL for those that only print
 */
struct option_row {
	int key;
	const char *name;
	const char *arg;
	bool optional;
	option_set set;
	const char *help;
};

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

enum { KEY_COLOR = 256, KEY_FORCE, KEY_EXITCODE, KEY_VERSION };

static const struct option_row rows[] = {
	{ 'l', "live", "PATH", true, set_live,
	  "follow PATH: reports are printed as they come" },
	{ 'k', "vmlinux", "FILE", false, set_vmlinux,
	  "vmlinux with debug info, of the kernel that reported" },
	{ 'm', "modules", "DIR", false, set_modules,
	  "look for its modules (.ko) in and below DIR" },
	{ 'f', "format", "text|json", false, set_format,
	  "text for people or one line of JSON a report" },
	{ 'n', "limit", "N", false, set_limit,
	  "stop after N reports" },
	{ KEY_COLOR, "color", "WHEN", false, set_color,
	  "auto, always or never" },
	{ 'q', "quiet", NULL, false, set_quiet,
	  "no hints on standard error, only errors" },
	{ KEY_FORCE, "force", NULL, false, set_force,
	  "use a vmlinux even if it is of another build" },
	{ KEY_EXITCODE, "error-exitcode", "N", false, set_exitcode,
	  "exit with N when there was any report" },
	{ 'h', "help", NULL, false, NULL,
	  "print this" },
	{ KEY_VERSION, "version", NULL, false, NULL,
	  "print the version" },
};

static void print_usage(FILE *out)
{
	fputs("usage: kmc-report [options] [FILE|-]...\n", out);
}

static void print_help(void)
{
	print_usage(stdout);
	puts("\nExplains kmemcheck reports in saved logs, in saved ring streams, or live.\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *row = &rows[i];
		char left[40];
		int len = 0;

		if (row->key < 256)
			len = snprintf(left, sizeof(left), "-%c, ", row->key);
		else
			len = snprintf(left, sizeof(left), "    ");
		snprintf(left + len, sizeof(left) - len, "--%s%s%s%s%s",
			 row->name, row->optional ? "[" : "",
			 row->arg ? "=" : "", row->arg ? row->arg : "",
			 row->optional ? "]" : "");
		printf("  %-26s %s\n", left, row->help);
	}
	puts("\nPATH is " LIVE_DEFAULT " unless named.\n"
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
