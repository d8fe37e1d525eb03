// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store's options and commands.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "kmc-store.h"
#include "when.h"

/* In the order of their enum. */
#define FORMATS		"text|json|raw"

#define AT(member)	offsetof(struct options, member)

static bool set_format(void *value, const char *arg)
{
	return option_word(FORMATS, arg, value);
}

static bool set_when(void *value, const char *arg)
{
	return when_read(arg, value);
}

static bool set_number(void *value, const char *arg)
{
	char *end;

	errno = 0;
	*(unsigned long *)value = strtoul(arg, &end, 10);
	return *arg >= '0' && *arg <= '9' && !*end && !errno;
}

static bool set_live(void *value, const char *arg)
{
	return option_live(value, arg);
}

static const struct option_row rows[] = {
	{ 'l', "live", "PATH", true, set_live, AT(live),
	  "add: follow PATH; a report is stored as it comes",
	  "With\n.BR add ,\nfollow\n.I PATH\nas\n.BR kmc-report (1)\ndoes; each report is in the store at once.\n"
	  "Without it,\n.IR " LIVE_DEFAULT " .\n.B \\-\nis standard input." },
	{ 0, "host", "NAME", false, option_text, AT(host),
	  "add: the machine that the logs are of",
	  "With\n.BR add ,\nthe machine that the logs are of; by default this one." },
	{ 0, "boot", "ID", false, option_text, AT(boot),
	  "add: which boot of it",
	  "With\n.BR add ,\na name for the boot, as in\n.IR /proc/sys/kernel/random/boot_id ." },
	{ 0, "booted", "WHEN", false, set_when, AT(booted),
	  "add: when it was booted",
	  "With\n.BR add ,\nwhen the machine was booted, so that the seconds of a log can be told as times.\n"
	  "The journal and a stream say so themselves.\nWithout it, reports are as old as the log's file." },
	{ 0, "raw", "N", false, set_number, AT(raw),
	  "add: keep N reports of each bug whole",
	  "With\n.BR add ,\nkeep\n.I N\nreports of each bug whole, as compressed JSON; by default 20.\n"
	  "All of them are counted." },
	{ 0, "batch", "N", false, set_number, AT(batch),
	  "add: N reports in a transaction",
	  "With\n.BR add ,\nadd\n.I N\nreports in a transaction; by default 20000." },
	{ 'k', "vmlinux", "FILE", false, option_text, AT(debuginfo.vmlinux),
	  "add: vmlinux with debug info, of that kernel",
	  "With\n.BR add ,\nas in\n.BR kmc-report (1).\n"
	  "Bugs that were added without debug info of their kernel are explained again." },
	{ 'm', "modules", "PATH", false, option_text, AT(debuginfo.modules),
	  "add: its modules",
	  "With\n.BR add ,\nlikewise." },
	{ 's', "source", "DIR", false, option_text, AT(debuginfo.source),
	  "add: its source tree",
	  "With\n.BR add ,\nlikewise." },
	{ 0, "since", "WHEN", false, set_when, AT(since),
	  "new, kcidb: what was seen since then",
	  "With\n.BR new ,\nbugs that were seen for the first time since then; with\n.BR kcidb ,\n"
	  "incidents since then." },
	{ 0, "before", "WHEN", false, set_when, AT(before),
	  "prune: what is older than that",
	  "With\n.BR prune ,\nwhat is older than that." },
	{ 0, "occurrences", NULL, false, option_flag, AT(occurrences),
	  "prune: the single reports, too; counts stay",
	  "With\n.BR prune ,\nthe rows of the single reports, too.\nThe counts stay; what is older is not added again." },
	{ 0, "note", "TEXT", false, option_text, AT(note),
	  "close, reopen: why",
	  "With\n.B close\nand\n.BR reopen ,\nwhy: the commit that fixes it, for example." },
	{ 'f', "format", FORMATS, false, set_format, AT(format),
	  "list, new, regressions, show: how to print",
	  ".I text\nfor people, or\n.IR json :\nan object a line; with\n.BR show ,\n.I raw\nthe reports that are kept whole." },
	{ 'n', "limit", "N", false, set_number, AT(limit),
	  "print no more than N rows",
	  "Print no more than\n.I N\nbugs, hosts, kernels, reports, incidents." },
	{ 0, "source-url", "TEMPLATE", false, option_url, AT(source_url),
	  "html: where source is; %f is a file, %l a line",
	  "With\n.BR html ,\nlinks to lines of source:\n.I %f\nis the file,\n.I %l\nthe line, as in\n"
	  ".IR https://git.example/linux/tree/%f#n%l ." },
	{ 0, "origin", "NAME", false, option_text, AT(origin),
	  "kcidb: who submits",
	  "With\n.BR kcidb ,\nthe name of the submitting system: small letters, digits, _; by default kmc." },
	{ 'q', "quiet", NULL, false, option_flag, AT(quiet),
	  "no hints, only errors",
	  "No hints and no counts, only errors." },
};

static const struct command_row commands[] = {
	{ "add", "DB LOG...", "add the reports of logs; DB is made if need be",
	  "Add the reports of logs, streams and whatever else\n.BR kmc-report (1)\nreads, and of what it has printed as JSON.\n"
	  "What is there already is not added again.\n.I DB\nis made if it is not there." },
	{ "list", "DB", "all bugs, that seen last first",
	  "All bugs, the one that was seen last first." },
	{ "show", "DB SIGNATURE", "a bug: explanation, kernels, hosts, reports",
	  "One bug: its explanation, the kernels and hosts that have it, its last reports.\n"
	  "The beginning of its signature will do, here and below." },
	{ "new", "DB --since WHEN", "bugs that were first seen since then",
	  "Bugs that nobody had before." },
	{ "close", "DB SIGNATURE...", "this bug is fixed",
	  "The bug is fixed; when it is seen after that it is a regression." },
	{ "reopen", "DB SIGNATURE...", "it is not",
	  "It is not." },
	{ "regressions", "DB", "bugs that were seen after they were closed",
	  "Bugs that were seen after they were closed." },
	{ "prune", "DB --before WHEN", "delete reports that are kept whole",
	  "Delete the reports that are kept whole and are older; with\n.B \\-\\-occurrences\nall rows of that age but the counts." },
	{ "html", "DB FILE", "all bugs as one page",
	  "All bugs and their explanations as one page without scripts; in a directory,\n.IR index.html ." },
	{ "kcidb", "DB", "issues and incidents for KCIDB",
	  "Bugs as issues and reports as incidents, in JSON of KCIDB, version 5.3." },
	{ "metrics", "DB", "counts for Prometheus",
	  "Counts in the text format of Prometheus." },
};

const struct tool store_tool = {
	.name = "kmc-store",
	.operands = "COMMAND DB [LOG|SIGNATURE|FILE]...",
	.purpose = "Keeps the reports of many machines by bug.",
	.notes = "DB is a file, or postgresql://HOST/NAME, for which psql is run.\n"
		 "WHEN is 2026-11-30, 2026-11-30T12:00 (UTC), @SECONDS, or 7d, 12h ago.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.commands = commands,
	.ncommands = ARRAY_SIZE(commands),
};
