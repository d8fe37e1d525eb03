// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store: the reports of many logs, boots and machines by bug, in a database.
 */
#include <locale.h>
#include <string.h>

#include "../common/mapped.h"
#include "../common/memory.h"
#include "../common/message.h"
#include "../common/streams.h"
#include "commands.h"

static const struct store_command commands[] = {
	{ "add", 0, -1, true, command_add },
	{ "list", 0, 0, false, command_list },
	{ "show", 1, 1, false, command_show },
	{ "new", 0, 0, false, command_new },
	{ "regressions", 0, 0, false, command_regressions },
	{ "close", 1, -1, false, command_close },
	{ "reopen", 1, -1, false, command_reopen },
	{ "prune", 0, 0, false, command_prune },
	{ "html", 1, 1, false, command_html },
	{ "kcidb", 0, 0, false, command_kcidb },
	{ "metrics", 0, 0, false, command_metrics },
};

const struct store_command *store_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void flush_output(void)
{
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct options opts = { };
	int status = EXIT_DONE;
	struct db db;
	bool good;

	streams_claim();
	mapped_guard(flush_output);
	setlocale(LC_CTYPE, "");
	if (!store_parse(&opts, argc, argv, &status))
		return status;
	if (!db_open(&db, opts.db, opts.command->creates))
		return EXIT_INPUT;
	good = opts.command->run(&db, &opts);
	good = db_close(&db) && good;
	return message_flush() && good ? EXIT_DONE : EXIT_INPUT;
}
