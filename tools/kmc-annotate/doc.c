// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes the man page at build time: doc TEMPLATE prints it with @OPTIONS@ and @KEYS@
 * filled in from the tables that the program itself uses.
 */
#include <stdlib.h>
#include <string.h>

#include "annotate.h"

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

static void print_options(void)
{
	const struct option_row *rows;
	size_t count;

	rows = options_rows(&count);
	for (size_t i = 0; i < count; i++) {
		printf(".TP\n");
		if (rows[i].key < 256)
			printf("\\fB\\-%c\\fR, ", rows[i].key);
		printf("\\fB\\-\\-");
		print_text(rows[i].name);
		printf("\\fR");
		if (rows[i].arg) {
			printf(rows[i].optional ? "[=" : "=");
			print_argument(rows[i].arg);
			printf(rows[i].optional ? "]" : "");
		}
		printf("\n%s\n", rows[i].man);
	}
}

static void print_keys(void)
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

int main(int argc, char **argv)
{
	char line[1024];
	FILE *in;

	if (argc != 2) {
		fprintf(stderr, "usage: %s TEMPLATE\n", argv[0]);
		return 2;
	}
	in = fopen(argv[1], "r");
	if (!in) {
		perror(argv[1]);
		return 1;
	}
	while (fgets(line, sizeof(line), in)) {
		if (!strcmp(line, "@OPTIONS@\n"))
			print_options();
		else if (!strcmp(line, "@KEYS@\n"))
			print_keys();
		else
			fputs(line, stdout);
	}
	fclose(in);
	return 0;
}
