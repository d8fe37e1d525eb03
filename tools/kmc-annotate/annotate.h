/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line says.
 */
#ifndef ANNOTATE_H
#define ANNOTATE_H

#include <kmc/kmc.h>

#include "../common/options.h"

/* Those that are asked for in the order of their words. */
enum dump { DUMP_NONE, DUMP_TEXT, DUMP_JSON };

struct size {
	int cols;
	int rows;
};

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none
 * @source: source tree, NULL for that of the debug info if it is there
 * @keys: file with a key script, NULL for none
 * @size: of the screen that a script has; its columns are the width of a dump
 * @operand: type, log or stream; NULL for all types
 * @joined: the operand when it was two words; yours
 */
struct options {
	const char *live;
	struct kmc_debuginfo_options debuginfo;
	const char *source;
	const char *keys;
	enum dump dump;
	struct size size;
	bool ascii;
	bool mouse;
	const char *operand;
	char *joined;
};

/* options.c: false when there is nothing to do but exit with *status */
bool annotate_parse(struct options *opts, int argc, char **argv, int *status);

#endif /* ANNOTATE_H */
