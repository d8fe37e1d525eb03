// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the command line asks for.
 */
#include <string.h>

#include "../common/message.h"
#include "commands.h"
#include "when.h"

/* Of a bug; more tell nothing new, and each takes a kilobyte. */
#define RAW_DEFAULT	20
/* All the memory that they take is that of these. */
#define BATCH_DEFAULT	20000

static bool refuse(int *status, const char *what)
{
	message("%s", what);
	return options_refuse(&store_tool, status);
}

/* KCIDB takes no other origin. */
static bool is_origin(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

bool store_parse(struct options *opts, int argc, char **argv, int *status)
{
	char **operands;
	int count = 0;

	opts->raw = RAW_DEFAULT;
	opts->batch = BATCH_DEFAULT;
	opts->origin = "kmc";
	operands = options_read(&store_tool, opts, argc, argv, status);
	if (!operands)
		return false;
	if (!operands[0])
		return refuse(status, "name a command; --help lists them");
	opts->command = store_command(operands[0]);
	if (!opts->command) {
		message("'%s' is no command; --help lists them", operands[0]);
		return options_refuse(&store_tool, status);
	}
	if (!operands[1] || !*operands[1])
		return refuse(status, "name the store: a file, or postgresql://...");
	opts->db = operands[1];
	opts->operands = operands + 2;
	while (opts->operands[count])
		count++;
	if (!strcmp(opts->command->name, "add") && !count && !opts->live)
		return refuse(status, "name a log, a saved stream, - for standard input, or --live");
	if (!strcmp(opts->command->name, "new") && !opts->since)
		return refuse(status, "say since when, with --since");
	if (!strcmp(opts->command->name, "prune") && !opts->before)
		return refuse(status, "say how old, with --before");
	/* What is older than what was pruned is never added again. */
	if (opts->occurrences && opts->before > when_now())
		return refuse(status, "--before: with --occurrences, it cannot be in the future");
	if (opts->format == FORMAT_RAW && strcmp(opts->command->name, "show"))
		return refuse(status, "--format=raw: only show has it");
	if (!is_origin(opts->origin))
		return refuse(status, "--origin: small letters, digits and _ only");
	if (count < opts->command->least || (opts->command->most >= 0 &&
					     count > opts->command->most)) {
		message("%s: wants %s%d operand%s behind the store, not %d", opts->command->name,
			opts->command->most < 0 ? "at least " : "", opts->command->least,
			opts->command->least == 1 ? "" : "s", count);
		return options_refuse(&store_tool, status);
	}
	return options_check_live(&store_tool, opts->live, opts->operands, status);
}
