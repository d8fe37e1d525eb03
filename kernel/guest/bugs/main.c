// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trigger bugs that Linux once had and that the patches of tests/guest/bugs
 * bring back. Where they are fixed, the same steps are harmless.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "bugs.h"

int failed(const char *what)
{
	fprintf(stderr, "bugs: %s: %s\n", what, strerror(errno));
	return -1;
}

int unexpected(const char *what)
{
	fprintf(stderr, "bugs: %s\n", what);
	return -1;
}

static const struct bug {
	const char *name;
	int (*trigger)(void);
} bugs[] = {
	{ "vfat", leak_handle },
	{ "can", look_at_lost_frame },
	{ "tipc", name_without_end },
	{ "nilfs2", leak_page },
};

static const struct bug *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bugs[i].name, name))
			return &bugs[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct bug *bug = argc == 2 ? find(argv[1]) : NULL;

	if (!bug) {
		fputs("usage: bugs vfat|can|tipc|nilfs2\n"
		      "Trigger a bug. vfat.img and nilfs2.img are in the current directory.\n",
		      stderr);
		return 2;
	}
	return bug->trigger() ? 1 : 0;
}
