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

enum theme { THEME_AUTO, THEME_DARK, THEME_LIGHT };

struct size {
	int cols;
	int rows;
};

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none; @followed: the same as a list
 * @source: source tree, NULL for that of the debug info if it is there
 * @keys: file with a key script, NULL for none
 * @size: of the screen that a script has; its columns are the width of a dump
 * @diff: the first two operands are kernels to compare, and a third is a type
 * @find: query for all types, NULL for none
 * @what: what is known of an object, NULL for none
 * @profile: what perf prints of samples by data type, NULL for none
 * @order: show a better order of the type at once
 * @operands: a type, or logs and streams, NULL behind the last; none for all types
 * @type: of @diff, NULL for all
 * @joined: the operand, or @what, when it was several words; yours
 */
struct options {
	const char *live;
	const char *followed[2];
	struct kmc_debuginfo_options debuginfo;
	const char *source;
	const char *keys;
	enum dump dump;
	struct size size;
	bool ascii;
	bool mouse;
	enum theme theme;
	bool diff;
	const char *find;
	const char *what;
	const char *profile;
	bool order;
	const char *const *operands;
	const char *type;
	char *joined;
};

/* options.c: false when there is nothing to do but exit with *status */
bool annotate_parse(struct options *opts, int argc, char **argv, int *status);

/* Is an operand an input? Otherwise it is a type. */
bool annotate_is_file(const char *operand);

#endif /* ANNOTATE_H */
