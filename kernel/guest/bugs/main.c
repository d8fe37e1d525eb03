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
	{ "nexthop", leak_group_of_nexthops },
	{ "useropt", leak_padding_of_option },
	{ "icmp6", count_by_lost_type6 },
	{ "icmp", count_by_lost_type },
	{ "j1939", leak_rest_of_frame },
	{ "bcm", leak_rest_of_last_frame },
	{ "qrtr", resume_without_port },
	{ "nci-reset", reset_without_version },
	{ "nci-rx", frame_without_length },
	{ "nci-target", target_without_id },
	{ "ppp-async", protocol_without_code },
	{ "ppp-sync", protocol_without_code_sync },
};

static const struct bug *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bugs[i].name, name))
			return &bugs[i];
	return NULL;
}

/* All in one process: a fork takes long where kmemcheck is on. */
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const struct bug *bug = find(argv[i]);

		if (!bug) {
			fprintf(stderr, "bugs: %s: no such bug\n", argv[i]);
			return 2;
		}
		if (bug->trigger())
			return 1;
		fflush(stdout);
	}
	if (argc > 1)
		return 0;
	fputs("usage: bugs NAME...\n"
	      "Trigger bugs. vfat.img and nilfs2.img are in the current directory. Names:\n",
	      stderr);
	for (size_t i = 0; i < ARRAY_SIZE(bugs); i++)
		fprintf(stderr, "  %s\n", bugs[i].name);
	return 2;
}
