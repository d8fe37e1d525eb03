// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line: one table that parses and prints --help; doc.c makes the options of
 * the man page from it.
 */
#include "annotate.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define LIVE_DEFAULT	"/sys/kernel/debug/kmemcheck/reports"

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

static bool set_dump(struct options *opts, const char *arg)
{
	opts->dump = arg && !strcmp(arg, "json") ? DUMP_JSON : DUMP_TEXT;
	return !arg || !strcmp(arg, "text") || !strcmp(arg, "json");
}

static bool set_keys(struct options *opts, const char *arg)
{
	opts->keys = arg;
	return *arg;
}

static bool set_size(struct options *opts, const char *arg)
{
	char rest;

	return sscanf(arg, "%dx%d%c", &opts->cols, &opts->rows, &rest) == 2 &&
	       opts->cols > 0 && opts->cols < 1000 && opts->rows > 0 && opts->rows < 1000;
}

static bool set_ascii(struct options *opts, const char *arg)
{
	(void)arg;
	opts->ascii = true;
	return true;
}

static bool set_mouse(struct options *opts, const char *arg)
{
	(void)arg;
	opts->mouse = true;
	return true;
}

static bool set_force(struct options *opts, const char *arg)
{
	(void)arg;
	opts->debuginfo.force = true;
	return true;
}

enum { KEY_DUMP = 256, KEY_KEYS, KEY_SIZE, KEY_ASCII, KEY_MOUSE, KEY_FORCE, KEY_VERSION };

static const struct option_row rows[] = {
	{ 'l', "live", "PATH", true, set_live,
	  "follow PATH: reports appear as they come",
	  "Follow\n.I PATH\nand show reports as they come.\n.I PATH\nis debugfs' file, a FIFO, a unix socket, or a log that grows; without it,\n.IR /sys/kernel/debug/kmemcheck/reports ,\nwhich only root can read." },
	{ 'k', "vmlinux", "FILE", false, set_vmlinux,
	  "vmlinux with debug info, or a file with BTF",
	  "The vmlinux with debug info of the kernel that reported; for types alone, a file with BTF or raw BTF is enough.\nWithout it, the usual places are searched, and for types alone the running kernel's BTF is taken." },
	{ 'm', "modules", "DIR", false, set_modules,
	  "look for its modules (.ko) in and below DIR",
	  "Look for the modules of that kernel in\n.I DIR\nand below." },
	{ 's', "source", "DIR", false, set_source,
	  "source tree, for lines, the editor and annotations",
	  "The source tree, for source lines, the editor and annotations.\nWithout it, the tree that the debug info names, if it is there." },
	{ KEY_DUMP, "dump", "text|json", true, set_dump,
	  "print instead of drawing: the type, list or reports",
	  "Print what would be drawn, whole, and exit.\nThis is also what is done when the terminal cannot place text, as\n.BR TERM=dumb ,\nor standard output is none." },
	{ KEY_FORCE, "force", NULL, false, set_force,
	  "use a vmlinux even if it is of another build",
	  "Use a vmlinux even if it is of another build.\nWhat it says may be wrong." },
	{ KEY_ASCII, "ascii", NULL, false, set_ascii,
	  "nothing but ASCII, even if the locale knows more",
	  "Draw with ASCII characters only, even if the locale knows more." },
	{ KEY_MOUSE, "mouse", NULL, false, set_mouse,
	  "the wheel scrolls; the terminal then selects no text",
	  "Let the mouse's wheel scroll.\nMost terminals then select no text without Shift." },
	{ KEY_KEYS, "keys", "FILE", false, set_keys,
	  "replay the keys of FILE and print the screen",
	  "Replay the keys that\n.I FILE\nholds on a screen in memory, and print that; see\n.BR \"KEY SCRIPTS\" ." },
	{ KEY_SIZE, "size", "COLSxROWS", false, set_size,
	  "of the screen for --keys; COLS of a dump",
	  "The size of the screen for\n.BR \\-\\-keys ;\nits columns also of a dump.\nWithout it, 80x24." },
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
	fputs("usage: kmc-annotate [options] [TYPE[+OFFSET|.MEMBER] | FILE | -]\n", out);
}

static void print_help(void)
{
	print_usage(stdout);
	puts("\nExplores the structs of a kernel, and kmemcheck's reports laid over them.\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *row = &rows[i];
		char left[40];
		int len;

		len = snprintf(left, sizeof(left), row->key < 256 ? "-%c, " : "    ",
			       row->key);
		snprintf(left + len, sizeof(left) - len, "--%s%s%s%s%s", row->name,
			 row->optional ? "[" : "", row->arg ? "=" : "",
			 row->arg ? row->arg : "", row->optional ? "]" : "");
		printf("  %-24s %s\n", left, row->help);
	}
	puts("\nFILE is a saved log or stream; what is no file is a type. Keys: h in the program.\n"
	     "Exit: 0 done, 1 an input could not be read, 2 usage.");
}

static void fill_getopt(struct option *longs, char *shorts)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int takes = !rows[i].arg ? no_argument :
			    rows[i].optional ? optional_argument : required_argument;

		longs[i] = (struct option) {
			.name = rows[i].name, .has_arg = takes, .val = rows[i].key,
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
static bool take_option(struct options *opts, int key, const char *arg, int *status)
{
	*status = EXIT_DONE;
	if (key == 'h') {
		print_help();
		return false;
	}
	if (key == KEY_VERSION) {
		puts("kmc-annotate " KMC_VERSION);
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

	opts->keys = getenv("KMC_ANNOTATE_KEYS");
	opts->cols = 80;
	opts->rows = 24;
	fill_getopt(longs, shorts);
	while ((key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (!take_option(opts, key, optarg, status))
			return false;
	}
	if (argc - optind > 1) {
		message("one type, log or stream at a time; '%s' is too much",
			argv[optind + 1]);
		return usage_error(status);
	}
	opts->operand = argv[optind];
	if (opts->live && opts->operand) {
		message("--live follows one source; '%s' cannot be read as well (--live=PATH names another source)",
			opts->operand);
		return usage_error(status);
	}
	return true;
}
