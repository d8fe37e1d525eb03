// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-report's options.
 */
#include "../common/memory.h"
#include "../common/message.h"
#include "kmc-report.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the order of their enum. */
#define COLORS		"auto|always|never"

/* Narrower, and there is no view; wider, and it is a mistake. */
#define WIDTH_MIN	40
#define WIDTH_MAX	1000

#define AT(member)	offsetof(struct options, member)

static bool format_choice(size_t i, struct option_choice *out)
{
	const struct kmc_format *format = kmc_format_get(i);

	if (format)
		*out = (struct option_choice) { format->name, format->help, format->man };
	return format;
}

static bool set_format(void *value, const char *arg)
{
	const struct kmc_format **format = value;

	for (size_t i = 0; (*format = kmc_format_get(i)); i++)
		if (!strcmp((*format)->name, arg))
			return true;
	return false;
}

static bool set_color(void *value, const char *arg)
{
	return option_word(COLORS, arg, value);
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

static bool set_limit(void *value, const char *arg)
{
	unsigned long *limit = value;

	return to_number(arg, ULONG_MAX, limit) && *limit;
}

static bool set_exitcode(void *value, const char *arg)
{
	unsigned long code;

	/* An exit code is a byte. */
	if (!to_number(arg, 255, &code))
		return false;
	*(int *)value = code;
	return true;
}

static bool set_width(void *value, const char *arg)
{
	unsigned long width;

	if (!to_number(arg, WIDTH_MAX, &width) || width < WIDTH_MIN)
		return false;
	*(unsigned int *)value = width;
	return true;
}

/* Is the word at @list, up to a comma, that one? */
static bool is_word(const char *list, const char *word)
{
	const size_t len = strcspn(list, ",");

	return len == strlen(word) && !strncasecmp(list, word, len);
}

static bool set_only(void *value, const char *arg)
{
	const char **only = value;
	const char *name;

	for (const char *s = arg; ; s++) {
		size_t i = 0;

		while ((name = kmc_checker_name(i)) && !is_word(s, name))
			i++;
		if (!name)
			return false;
		s += strcspn(s, ",");
		if (!*s)
			break;
	}
	*only = arg;
	return true;
}

bool report_wanted(const struct options *opts, const char *checker)
{
	const char *s = opts->only;

	while (s && !is_word(s, checker)) {
		s = strchr(s, ',');
		s += s != NULL;
	}
	return !opts->only || s;
}

static const struct option_row rows[] = {
	{ 'l', "live", "PATH", true, option_live, AT(live),
	  "follow PATH: reports are printed as they come",
	  "Follow\n.I PATH\nand print reports as they come, until interrupted or until its end.\n"
	  ".I PATH\nis debugfs' file, a FIFO, a unix socket, or a log that grows,\n"
	  "also when that is truncated or another file gets its name; without it,\n"
	  ".IR " LIVE_DEFAULT " ,\nwhich only root can read." },
	{ 'k', "vmlinux", "FILE", false, option_text, AT(debuginfo.vmlinux),
	  "vmlinux with debug info, of the reporting kernel",
	  "The vmlinux with debug info of the kernel that reported.\n"
	  "Without it, the usual places are searched, see\n.B DEBUG INFO\nbelow.\n"
	  "One of another build is refused." },
	{ 'm', "modules", "PATH", false, option_text, AT(debuginfo.modules),
	  "its modules: a directory that has them, or one .ko",
	  "Look for the modules of that kernel in the directory\n.I PATH\nand below; or take the file of one." },
	{ 's', "source", "DIR", false, option_text, AT(source),
	  "its source tree",
	  "The source tree of that kernel, to show the lines around each function.\n"
	  "Without it, the tree that the debug info names is used if it is there.\nWith\n.B \\-\\-format=errors\n"
	  "file names that exist in it begin with\n.IR DIR ;\nwith\n.B sarif\n"
	  "they are said to be relative to it." },
	{ 'f', "format", OPTION_CHOICE, false, set_format, AT(format),
	  "how to print, see below",
	  "" },
	{ 0, "source-url", "TEMPLATE", false, option_url, AT(source_url),
	  "html: where source is; %f is a file, %l a line",
	  "With\n.B \\-\\-format=html\nlinks to lines of source:\n.I %f\nis the file,\n.I %l\nthe line, as in\n"
	  ".IR https://git.example/linux/tree/%f#n%l ." },
	{ 0, "only", "CHECKER,...", false, set_only, AT(only),
	  "reports of these checkers only",
	  "Print reports of these checkers only: kmemcheck, KASAN, KMSAN, KFENCE, UBSAN, SLUB,\n"
	  "oops (page faults and other traps), gpf (general protection faults), BUG, WARNING,\n"
	  "list, refcount, lockdep; in any case of letters.\n"
	  "What could not be read is named all the same." },
	{ 'g', "group", NULL, false, option_flag, AT(group),
	  "print each bug once, and how often it was reported",
	  "Print each bug once, the most frequent first: how often it was reported, when\n"
	  "first and last, and one of its reports.\n"
	  "Reports are of one bug when kind, state and the innermost three functions are\n"
	  "the same, inlined ones included and those left out that only copy or compare.\n"
	  "Nothing is printed before the end of all inputs.\n"
	  "10,000 bugs are kept apart." },
	{ 'n', "limit", "N", false, set_limit, AT(limit),
	  "stop after N reports, or bugs with --group",
	  "Stop after\n.I N\nreports; with\n.B \\-\\-group\nprint only the\n.I N\n"
	  "most frequent bugs." },
	{ 'r', "registers", NULL, false, option_flag, AT(registers),
	  "print the registers, too",
	  "Print the registers that the report has, too.\nThey are always in the JSON." },
	{ 0, "color", COLORS, false, set_color, AT(color),
	  "use colours; auto: on a terminal",
	  ".I auto\ncolours when standard output is a terminal and NO_COLOR is not set." },
	{ 0, "ascii", NULL, false, option_flag, AT(ascii),
	  "print nothing beyond ASCII",
	  "Print nothing beyond ASCII, whatever the locale is." },
	{ 0, "width", "N", false, set_width, AT(width),
	  "columns of the text, 40 to 1000",
	  "Make text\n.I N\ncolumns wide, from 40 to 1000; by default as wide as the terminal, or 80." },
	{ 'q', "quiet", NULL, false, option_flag, AT(quiet),
	  "no hints on standard error, only errors",
	  "No hints and no progress on standard error, only errors." },
	{ 0, "no-progress", NULL, false, option_flag, AT(no_progress),
	  "do not show how far it is",
	  "Do not show how far it is.\n"
	  "That is shown when standard error is a terminal and it takes a while." },
	{ 0, "force", NULL, false, option_flag, AT(debuginfo.force),
	  "use debug info even if it is of another build",
	  "Use a vmlinux and modules even if their build-ID or release is not that of the report,\n"
	  "and do not warn of what else contradicts it.\n"
	  "Lines and types may be wrong; functions of another size still have no lines.\n"
	  "See\n.B DEBUG INFO\nbelow." },
	{ 0, "error-exitcode", "N", false, set_exitcode, AT(error_exitcode),
	  "exit with N when there was any report",
	  "Exit with\n.I N\nwhen there was any report and nothing else went wrong." },
};

const struct tool report_tool = {
	.name = "kmc-report",
	.operands = "[FILE|-]...",
	.purpose = "Explains what memory checkers and crashes leave in a kernel log, or live.",
	.choice = format_choice,
	.word = kmc_checker_name,
	.notes = "PATH is " LIVE_DEFAULT " unless named.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
};

bool report_parse(struct options *opts, int argc, char **argv, int *status)
{
	opts->format = kmc_format_get(0);
	opts->files = options_read(&report_tool, opts, argc, argv, status);
	if (!opts->files ||
	    !options_check_live(&report_tool, opts->live, opts->files, status))
		return false;
	if (opts->live || *opts->files)
		return true;
	message("name a log, a saved stream, - for standard input, or --live");
	return options_refuse(&report_tool, status);
}
