// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-annotate's options.
 */
#include "../common/memory.h"
#include "../common/message.h"
#include "annotate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DUMPS		"text|json"
#define THEMES		"auto|dark|light"

#define AT(member)	offsetof(struct options, member)

static bool set_dump(void *value, const char *arg)
{
	unsigned int word = 0;

	if (arg && !option_word(DUMPS, arg, &word))
		return false;
	*(enum dump *)value = DUMP_TEXT + word;
	return true;
}

static bool set_theme(void *value, const char *arg)
{
	unsigned int word = 0;

	if (!option_word(THEMES, arg, &word))
		return false;
	*(enum theme *)value = word;
	return true;
}

static bool set_size(void *value, const char *arg)
{
	struct size *size = value;
	char rest;

	return sscanf(arg, "%dx%d%c", &size->cols, &size->rows, &rest) == 2 &&
	       size->cols > 0 && size->cols < 1000 && size->rows > 0 && size->rows < 1000;
}

static const struct option_row rows[] = {
	{ 'l', "live", "PATH", true, option_live, AT(live),
	  "follow PATH: reports appear as they come",
	  "Follow\n.I PATH\nand show reports as they come.\n.I PATH\nis debugfs' file, a FIFO, a unix socket, or a log that\ngrows, also when that is truncated or another file gets its name; without it,\n.IR " LIVE_DEFAULT " ,\nwhich only root can read." },
	{ 'k', "vmlinux", "FILE", false, option_text, AT(debuginfo.vmlinux),
	  "vmlinux with debug info, or a file with BTF",
	  "The vmlinux with debug info of the kernel that reported; for types alone, a file with BTF or raw BTF is enough, or a program with DWARF, or a directory that has a\n.I vmlinux\nwith raw BTF and that of modules, as\n.I /sys/kernel/btf\ndoes.\nWithout it, the usual places are searched; for types alone the running kernel's BTF and that of its modules is taken, if it has any." },
	{ 'm', "modules", "PATH", false, option_text, AT(debuginfo.modules),
	  "its modules: a directory that has them, or one .ko",
	  "Look for the modules of that kernel in the directory\n.I PATH\nand below; or take the file of one.\n"
	  "Types that only they have are found as the kernel's are: from BTF, if the vmlinux has it as well, or from DWARF.\n"
	  "The list of types has those from DWARF if there are no more than 32 modules." },
	{ 's', "source", "DIR", false, option_text, AT(source),
	  "source tree, for lines, the editor and annotations",
	  "The source tree, for source lines, the editor and annotations.\nWithout it, the tree that the debug info names, if it is there." },
	{ 0, "diff", NULL, false, option_flag, AT(diff),
	  "compare two kernels: all types, or one",
	  "Compare the types of two kernels,\n.I A\nand\n.IR B ,\neach a file with BTF or DWARF: all that differ, or the one that is named, member by member.\nBetween the columns\n.B m\nis moved,\n.B s\nof another size,\n.B t\nof another type,\n.B \\-\ngone and\n.B +\nnew; of the constants of an enum,\n.B v\nis of another value." },
	{ 0, "find", "QUERY", false, option_text, AT(find),
	  "search all types: .MEMBER, : TYPE, contains TYPE, ...",
	  "Search all types.\nSee\n.BR QUERIES ." },
	{ 0, "what", "CACHE", false, option_text, AT(what),
	  "what an object is: CACHE [N bytes] [+N [holds X]]",
	  "Say of which types an object of a cache may be, best first, and why.\nWhat else is known of it follows; see\n.BR OBJECTS ." },
	{ 0, "order", NULL, false, option_flag, AT(order),
	  "a better order of the type's members, as the key R",
	  "Show a better order of the members of a struct, and what it saves, as the key R does.\nMembers between\n.I __cacheline_group_begin__\nand\n.I _end__\nstay together." },
	{ 0, "profile", "FILE", false, option_text, AT(profile),
	  "samples by data type, as perf prints them",
	  "Show with each member how many of the samples were of it, and put the hot ones on top in a better order.\n.I FILE\nis the output of\n.B perf annotate \\-\\-data\\-type \\-\\-stdio\nor\n.BR \"perf report \\-s type,typeoff\" .\nWithout it, what a report was about is hot in its own type." },
	{ 0, "dump", DUMPS, true, set_dump, AT(dump),
	  "print instead of drawing: the type, list or reports",
	  "Print what would be drawn, whole, and exit.\nThis is also what is done when the terminal cannot place text, as\n.BR TERM=dumb ,\nor standard output is none." },
	{ 0, "force", NULL, false, option_flag, AT(debuginfo.force),
	  "use debug info even if it is of another build",
	  "Use a vmlinux and modules even if their build-ID or release is not that of the report,\n"
	  "and do not warn of what else contradicts it.\n"
	  "Lines and types may be wrong; functions of another size still have no lines.\n"
	  "See\n.B DEBUG INFO\nin\n.BR kmc-report (1)." },
	{ 0, "ascii", NULL, false, option_flag, AT(ascii),
	  "nothing but ASCII, even if the locale knows more",
	  "Draw with ASCII characters only, even if the locale knows more." },
	{ 0, "mouse", NULL, false, option_flag, AT(mouse),
	  "the wheel scrolls, a click unfolds; as M does",
	  "Let the mouse's wheel scroll, and a click go to a line and unfold it, from the start on, as the key M does.\nMost terminals then select no text without Shift." },
	{ 0, "theme", THEMES, false, set_theme, AT(theme),
	  "colours for a dark or light background",
	  "Colours for a dark or a light background.\nWithout it,\n.B COLORFGBG\nsays which, and it is taken for dark when that is not set.\nOf a terminal with 256 colours those are taken that can be told apart best." },
	{ 0, "keys", "FILE", false, option_text, AT(keys),
	  "replay the keys of FILE and print the screen",
	  "Replay the keys that\n.I FILE\nholds on a screen in memory, and print that; see\n.BR \"KEY SCRIPTS\" ." },
	{ 0, "size", "COLSxROWS", false, set_size, AT(size),
	  "of the screen for --keys; COLS of a dump",
	  "The size of the screen for\n.BR \\-\\-keys ;\nits columns also of a dump.\nWithout it, 80x24." },
};

const struct tool annotate_tool = {
	.name = "kmc-annotate",
	.operands = "[TYPE[+OFFSET|.MEMBER] | FILE... | -]",
	.purpose = "Explores the structs of a kernel, and memory reports laid over them.",
	.notes = "FILE is a saved log or stream; what is no file is a type; --diff takes\nA B [TYPE], --what all of its words. h shows the keys.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
};

/* "struct x" as in C, without quotes. */
static void join_keyword(struct options *opts, char ***operands)
{
	char **words = *operands;

	if (!words[0] || !words[1] || (strcmp(words[0], "struct") &&
	    strcmp(words[0], "union") && strcmp(words[0], "enum")))
		return;
	opts->joined = xcalloc(strlen(words[0]) + 1 + strlen(words[1]) + 1, 1);
	sprintf(opts->joined, "%s %s", words[0], words[1]);
	words[1] = opts->joined;
	++*operands;
}

/* "A B", "A B x", "A B struct x" */
static bool parse_diff(struct options *opts, char **operands, int *status)
{
	char **type = operands;

	for (int i = 0; i < 2 && *type; i++)
		type++;
	if (opts->find || opts->live || !operands[0] || !operands[1]) {
		message("--diff compares two kernels: A B, or A B TYPE");
		return options_refuse(&annotate_tool, status);
	}
	opts->operands = (const char *const *)operands;
	join_keyword(opts, &type);
	if (*type && type[1]) {
		message("one type at a time; '%s' is too much", type[1]);
		return options_refuse(&annotate_tool, status);
	}
	opts->type = *type;
	return true;
}

/* What follows is known of it, too: --what CACHE +N. */
static bool parse_what(struct options *opts, char **operands, int *status)
{
	size_t size = strlen(opts->what) + 1;

	if (opts->find || opts->live) {
		message("--what asks for one object; %s cannot be done as well",
			opts->find ? "--find" : "--live");
		return options_refuse(&annotate_tool, status);
	}
	for (size_t i = 0; operands[i]; i++)
		size += strlen(operands[i]) + 1;
	opts->joined = xcalloc(size, 1);
	strcpy(opts->joined, opts->what);
	for (size_t i = 0; operands[i]; i++) {
		strcat(opts->joined, " ");
		strcat(opts->joined, operands[i]);
	}
	while (*operands)
		operands++;
	opts->what = opts->joined;
	opts->operands = (const char *const *)operands;
	return true;
}

bool annotate_is_file(const char *operand)
{
	return !strcmp(operand, "-") || !access(operand, F_OK);
}

bool annotate_parse(struct options *opts, int argc, char **argv, int *status)
{
	char **operands;

	opts->keys = getenv("KMC_ANNOTATE_KEYS");
	opts->size = (struct size) { 80, 24 };
	opts->debuginfo.size = sizeof(opts->debuginfo);
	operands = options_read(&annotate_tool, opts, argc, argv, status);
	if (!operands ||
	    !options_check_live(&annotate_tool, opts->live, operands, status))
		return false;
	opts->debuginfo.source = opts->source;
	if (opts->diff && opts->what) {
		message("--what asks for one object; --diff cannot be done as well");
		return options_refuse(&annotate_tool, status);
	}
	if (opts->what)
		return parse_what(opts, operands, status);
	if (opts->diff)
		return parse_diff(opts, operands, status);
	join_keyword(opts, &operands);
	opts->operands = (const char *const *)operands;
	opts->followed[0] = opts->live;
	if (opts->find && (operands[0] || opts->live)) {
		message("--find searches all types; '%s' cannot be shown as well",
			operands[0] ? operands[0] : opts->live);
		return options_refuse(&annotate_tool, status);
	}
	for (size_t i = 0; operands[0] && operands[1] && operands[i]; i++) {
		if (annotate_is_file(operands[i]))
			continue;
		message("several inputs have to be files, and '%s' is none; one type at a time",
			operands[i]);
		return options_refuse(&annotate_tool, status);
	}
	return true;
}
