// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Completion of what is typed.
 */
#include "complete.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

void completion_add(struct completion *completion, const char *word, const char *show)
{
	char *common = completion->common;
	size_t len = strlen(completion->list);

	if (strlen(word) >= sizeof(completion->common))
		return;
	if (!completion->count++) {
		strcpy(common, word);
	} else {
		size_t n = 0;

		while (common[n] && common[n] == word[n])
			n++;
		common[n] = '\0';
	}
	snprintf(completion->list + len, sizeof(completion->list) - len, "%s%s",
		 len ? " " : "", show);
}

void complete_file(const char *typed, struct completion *completion)
{
	const char *slash = strrchr(typed, '/'), *name = slash ? slash + 1 : typed;
	char dir[PATH_MAX], word[PATH_MAX];
	struct dirent *entry;
	DIR *in;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - typed) + 1 : 1,
		 slash ? typed : ".");
	in = opendir(dir);
	while (in && (entry = readdir(in))) {
		if (strncmp(entry->d_name, name, strlen(name)) ||
		    (*entry->d_name == '.' && *name != '.'))
			continue;
		snprintf(word, sizeof(word), "%.*s%s%s", (int)(name - typed), typed,
			 entry->d_name, entry->d_type == DT_DIR ? "/" : "");
		completion_add(completion, word, entry->d_name);
	}
	if (in)
		closedir(in);
}
