// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes what has to agree with the options and keys from their tables, at build time:
 *
 *   doc man TOOL TEMPLATE   the man page: TEMPLATE with @OPTIONS@, @COMMANDS@ and @KEYS@
 *                           filled in
 *   doc bash TOOL           completion for bash
 */
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "kmc-annotate/keys.h"

/* ---- man page ---- */

/* A hyphen that can be copied and searched for, and no escapes of ours. */
static void print_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

/* "text|json" with its words in italics */
static void print_argument(const char *arg)
{
	for (;;) {
		size_t len = strcspn(arg, "|");

		printf("\\fI%.*s\\fR", (int)len, arg);
		arg += len;
		if (!*arg++)
			break;
		putchar('|');
	}
}

static void print_man_choices(const struct tool *tool)
{
	struct option_choice choice, next;

	for (size_t i = 0; tool->choice(i, &choice); i++)
		printf("%s%s\n", choice.man, tool->choice(i + 1, &next) ? ";" : ".");
}

static void print_man_options(const struct tool *tool)
{
	const struct option_row *row;
	char text[OPTION_ARG_MAX];

	for (size_t i = 0; (row = tool_row(tool, i)); i++) {
		const char *arg = option_arg(tool, row, text);

		printf(".TP\n");
		if (row->letter)
			printf("\\fB\\-%c\\fR, ", row->letter);
		printf("\\fB\\-\\-");
		print_text(row->name);
		printf("\\fR");
		if (arg) {
			printf(row->optional ? "[=" : "=");
			print_argument(arg);
			printf(row->optional ? "]" : "");
		}
		printf("\n%s", row->man);
		if (row->arg && !strcmp(row->arg, OPTION_CHOICE))
			print_man_choices(tool);
		else
			printf("\n");
	}
}

static void print_man_commands(const struct tool *tool)
{
	for (size_t i = 0; i < tool->ncommands; i++) {
		const struct command_row *row = &tool->commands[i];

		printf(".TP\n\\fB%s\\fR ", row->name);
		print_text(row->operands);
		printf("\n%s\n", row->man);
	}
}

static void print_man_keys(void)
{
	const struct request_row *rows;
	size_t count;

	rows = request_rows(&count);
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].keys) {
			printf(".SS \"%s\"\n", rows[i].help);
			continue;
		}
		printf(".TP\n\\fB");
		print_text(rows[i].keys);
		printf("\\fR\n\\&");
		print_text(rows[i].help);
		printf("\n");
	}
}

static int print_man(const struct tool *tool, const char *path)
{
	FILE *in = fopen(path, "r");
	char line[1024];

	if (!in) {
		perror(path);
		return EXIT_INPUT;
	}
	while (fgets(line, sizeof(line), in)) {
		if (!strcmp(line, "@OPTIONS@\n"))
			print_man_options(tool);
		else if (!strcmp(line, "@COMMANDS@\n"))
			print_man_commands(tool);
		else if (!strcmp(line, "@KEYS@\n"))
			print_man_keys();
		else
			fputs(line, stdout);
	}
	fclose(in);
	return EXIT_DONE;
}

/* ---- bash completion ---- */

/* How to complete an argument; NULL: there is nothing to offer. */
static const char *bash_action(const char *arg)
{
	if (!strcmp(arg, "DIR"))
		return "compgen -d --";
	if (!strcmp(arg, "FILE") || !strcmp(arg, "PATH"))
		return "compgen -f --";
	return strchr(arg, '|') ? "compgen -W" : NULL;
}

/* "kmc-report" is no name of a function. */
static void print_identifier(const char *name)
{
	putchar('_');
	for (; *name; name++)
		putchar(*name == '-' ? '_' : *name);
}

static void print_words(const char *arg)
{
	printf(" '");
	for (; *arg; arg++)
		putchar(*arg == '|' ? ' ' : *arg);
	printf("' --");
}

static void print_bash_case(const struct tool *tool, const struct option_row *row)
{
	char text[OPTION_ARG_MAX];
	const char *arg = option_arg(tool, row, text);
	const char *action = arg ? bash_action(arg) : NULL;

	if (!arg)
		return;
	printf("\t--%s", row->name);
	/* An argument that may be left out has to stand behind a =. */
	if (row->letter && !row->optional)
		printf(" | -%c", row->letter);
	printf(")\n");
	if (action) {
		printf("\t\tmapfile -t COMPREPLY < <(%s", action);
		if (strchr(arg, '|'))
			print_words(arg);
		printf(" \"$cur\")\n");
	}
	printf("\t\treturn\n\t\t;;\n");
}

/* All long options, or those with an argument that may be left out. */
static void print_bash_names(const struct tool *tool, bool optional, const char *between)
{
	const struct option_row *row;
	const char *before = "";

	for (size_t i = 0; (row = tool_row(tool, i)); i++) {
		if (optional && !row->optional)
			continue;
		printf("%s--%s", before, row->name);
		before = between;
	}
}

static void print_bash(const struct tool *tool)
{
	const struct option_row *row;

	printf("# bash completion for %s; made from its options.\n\n", tool->name);
	print_identifier(tool->name);
	printf("()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=\n\n"
	       "\tCOMPREPLY=()\n"
	       "\t((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\t# --name=value is three words for bash.\n"
	       "\tif [[ $prev == = ]]; then\n"
	       "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	       "\telif [[ $cur == = ]]; then\n"
	       "\t\tcur=\n"
	       "\telif [[ $prev == @(");
	print_bash_names(tool, true, "|");
	printf(") ]]; then\n"
	       "\t\tprev=\n"
	       "\tfi\n"
	       "\tcase $prev in\n");
	for (size_t i = 0; (row = tool_row(tool, i)); i++)
		print_bash_case(tool, row);
	printf("\tesac\n\tif [[ $cur == -* ]]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	print_bash_names(tool, false, " ");
	printf("' -- \"$cur\")\n");
	if (tool->ncommands) {
		printf("\telif ((COMP_CWORD == 1)); then\n"
		       "\t\tmapfile -t COMPREPLY < <(compgen -W '");
		for (size_t i = 0; i < tool->ncommands; i++)
			printf("%s%s", i ? " " : "", tool->commands[i].name);
		printf("' -- \"$cur\")\n");
	}
	printf("\telse\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	       "\tfi\n}\n"
	       "complete -o filenames -F ");
	print_identifier(tool->name);
	printf(" %s\n", tool->name);
}

static const struct tool *find_tool(const char *name)
{
	static const struct tool * const tools[] = { &report_tool, &annotate_tool, &store_tool };

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (!strcmp(name, tools[i]->name))
			return tools[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct tool *tool = argc > 2 ? find_tool(argv[2]) : NULL;

	if (tool && argc == 4 && !strcmp(argv[1], "man"))
		return print_man(tool, argv[3]);
	if (tool && argc == 3 && !strcmp(argv[1], "bash")) {
		print_bash(tool);
		return EXIT_DONE;
	}
	fprintf(stderr, "usage: %s man TOOL TEMPLATE | bash TOOL\n", argv[0]);
	return EXIT_USAGE;
}
