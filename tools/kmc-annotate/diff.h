/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of source files as a unified diff. Nothing is ever written to the files.
 */
#ifndef DIFF_H
#define DIFF_H

#include <kmc/kmc.h>

/*
 * struct change - of a line
 * @file: as in struct kmc_location
 * @line: in front of which @text goes, or which it replaces
 * @replace: it does
 * @text: without its newline
 */
struct change {
	char *file;
	int line;
	bool replace;
	char *text;
};

struct changes {
	struct change *v;
	size_t count;
};

/* @text is the change's from now on. */
void change_add(struct changes *changes, const char *file, int line, bool replace,
		char *text);
void changes_release(struct changes *changes);
/* The diff; each line goes to @put, without its newline and as it is in the file. */
void changes_print(struct changes *changes, struct kmc_source *source,
		   void (*put)(void *arg, const char *text), void *arg);

#endif /* DIFF_H */
