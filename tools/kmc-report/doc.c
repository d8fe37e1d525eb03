// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes what has to agree with the options from their table, at build time:
 *
 *   doc man TEMPLATE    the man page: TEMPLATE with @OPTIONS@ filled in
 *   doc bash            completion for bash
 */
#include "kmc-report.h"

#include <stdlib.h>
#include <string.h>

/* ---- man page ---- */

/* A hyphen that can be copied and searched for. */
static void print_hyphens(const char *text)
{
	for (; *text; text++)
		printf(*text == '-' ? "\\-" : "%c", *text);
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

static void print_man_row(const struct option_row *row)
{
	printf(".TP\n");
	if (row->key < 256)
		printf("\\fB\\-%c\\fR, ", row->key);
	printf("\\fB\\-\\-");
	print_hyphens(row->name);
	printf("\\fR");
	if (row->arg) {
		printf(row->optional ? "[=" : "=");
		print_argument(row->arg);
		printf(row->optional ? "]" : "");
	}
	printf("\n%s\n", row->man);
}

static int print_man(const char *path)
{
	FILE *in = fopen(path, "r");
	const struct option_row *rows;
	char line[1024];
	size_t count;

	if (!in) {
		perror(path);
		return 1;
	}
	rows = options_rows(&count);
	while (fgets(line, sizeof(line), in)) {
		if (strcmp(line, "@OPTIONS@\n")) {
			fputs(line, stdout);
			continue;
		}
		for (size_t i = 0; i < count; i++)
			print_man_row(&rows[i]);
	}
	fclose(in);
	return 0;
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

static void print_words(const char *arg)
{
	printf(" '");
	for (; *arg; arg++)
		putchar(*arg == '|' ? ' ' : *arg);
	printf("' --");
}

static void print_bash_case(const struct option_row *row)
{
	const char *action = row->arg ? bash_action(row->arg) : NULL;

	/* An argument that may be left out has to stand behind a =. */
	if (!row->arg)
		return;
	printf("\t--%s", row->name);
	if (row->key < 256 && !row->optional)
		printf(" | -%c", row->key);
	printf(")\n");
	if (action) {
		printf("\t\tmapfile -t COMPREPLY < <(%s", action);
		if (strchr(row->arg, '|'))
			print_words(row->arg);
		printf(" \"$cur\")\n");
	}
	printf("\t\treturn\n\t\t;;\n");
}

static void print_bash(void)
{
	const struct option_row *rows;
	size_t count;

	rows = options_rows(&count);
	puts("# bash completion for kmc-report; made from its options.\n\n"
	     "_kmc_report()\n{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=\n\n"
	     "\tCOMPREPLY=()\n"
	     "\t((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	     "\t# --name=value is three words for bash.\n"
	     "\tif [[ $prev == = ]]; then\n"
	     "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	     "\telif [[ $cur == = ]]; then\n"
	     "\t\tcur=\n"
	     "\telif [[ $prev == --live ]]; then\n"
	     "\t\tprev=\n"
	     "\tfi\n"
	     "\tcase $prev in");
	for (size_t i = 0; i < count; i++)
		print_bash_case(&rows[i]);
	printf("\tesac\n\tif [[ $cur == -* ]]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < count; i++)
		printf("%s--%s", i ? " " : "", rows[i].name);
	puts("' -- \"$cur\")\n"
	     "\telse\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	     "\tfi\n}\n"
	     "complete -o filenames -F _kmc_report kmc-report");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "man"))
		return print_man(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "bash")) {
		print_bash();
		return 0;
	}
	fprintf(stderr, "usage: %s man TEMPLATE | bash\n", argv[0]);
	return 2;
}
