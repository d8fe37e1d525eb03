// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a struct is defined: debug info does not always say, so the tree is searched,
 * nearest files first.
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "definition.h"

/* The kernel's include/ has 6,000 headers. */
#define FILES_MAX	20000
#define DEPTH_MAX	16
#define SIZE_MAX_READ	(2 << 20)

bool copy_line(struct kmc_source *source, const char *file, int line, char *text,
	       size_t size)
{
	size_t len;
	const char *found = kmc_source_line(source, file, line, &len);

	if (!found)
		return false;
	len = len < size ? len : size - 1;
	memcpy(text, found, len);
	text[len] = '\0';
	return true;
}

/* Does "struct x {" begin here, at the start of a line? */
static bool begins(const char *line, const char *type)
{
	size_t len = strlen(type);

	if (strncmp(line, type, len))
		return false;
	line += len;
	line += strspn(line, " \t");
	return *line == '{';
}

/* Its line in a file that is read for this alone; 0: none. */
static int find_in(const char *path, const char *type)
{
	FILE *in = fopen(path, "r");
	char text[512];
	int line = 0, found = 0;
	size_t left = SIZE_MAX_READ;

	while (in && !found && left && fgets(text, sizeof(text), in)) {
		size_t len = strlen(text);

		left -= len < left ? len : left;
		line++;
		if (begins(text, type))
			found = line;
		/* The rest of a long line is no line. */
		while (len && text[len - 1] != '\n' && fgets(text, sizeof(text), in))
			len = strlen(text);
	}
	if (in)
		fclose(in);
	return found;
}

/*
 * struct hunt - a search through directories
 * @source: keeps it within the tree
 * @left: files that may still be read
 */
struct hunt {
	struct kmc_source *source;
	const char *type;
	unsigned int left;
	char **file;
	int *line;
};

static bool hunt_file(struct hunt *hunt, const char *name)
{
	char *path = kmc_source_find(hunt->source, name);

	*hunt->line = path ? find_in(path, hunt->type) : 0;
	free(path);
	if (*hunt->line)
		*hunt->file = xstrdup(name);
	return *hunt->line;
}

static bool is_source(const char *name)
{
	size_t len = strlen(name);

	return len > 2 && (!strcmp(name + len - 2, ".h") || !strcmp(name + len - 2, ".c"));
}

static bool hunt_dir(struct hunt *hunt, const char *sub, int depth)
{
	char *real = depth > DEPTH_MAX ? NULL : kmc_source_find(hunt->source, sub);
	DIR *dir = real ? opendir(real) : NULL;
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;

	free(real);
	while (dir && !found && hunt->left && (entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    snprintf(path, sizeof(path), "%s/%s", sub, entry->d_name) >=
		    (int)sizeof(path))
			continue;
		if (entry->d_type == DT_DIR) {
			found = hunt_dir(hunt, path, depth + 1);
		} else if (entry->d_type == DT_REG && is_source(entry->d_name)) {
			hunt->left--;
			found = hunt_file(hunt, path);
		}
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool hunt_stack(struct hunt *hunt, const struct kmc_stack *stack)
{
	size_t len;

	for (size_t i = 0; i < stack->count; i++)
		for (size_t j = 0; j < stack->frames[i].chain_len; j++) {
			const char *file = stack->frames[i].chain[j].file;

			/* Asked for a line, because only a plain file has one. */
			if (kmc_source_line(hunt->source, file, 1, &len) &&
			    hunt_file(hunt, file))
				return true;
		}
	return false;
}

bool find_definition(const struct kmc_report *report, const char *type,
		     struct kmc_source *source, char **file, int *line)
{
	struct hunt hunt = {
		.source = source, .type = type, .left = FILES_MAX, .file = file, .line = line,
	};

	if (report)
		return hunt_stack(&hunt, &report->frames) ||
		       hunt_stack(&hunt, &report->alloc.stack) ||
		       hunt_dir(&hunt, "include", 0);
	return hunt_dir(&hunt, "include", 0) || hunt_dir(&hunt, "arch/x86/include", 0) ||
	       hunt_dir(&hunt, ".", 0);
}
