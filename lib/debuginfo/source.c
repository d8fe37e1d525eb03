// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of source files, from a tree that the user named or that the debug info did.
 */
#include "debuginfo/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"

/* The largest file of Linux has 22 MB; it is generated and has no code. */
#define MAX_SIZE	(8 << 20)
/* A report touches some twenty files: those of a few bugs. */
#define MAX_FILES	128

/**
 * struct file - one that was looked for
 * @name: as debug info has it
 * @text: its content, NULL when it cannot be read
 * @lines: where each line starts, @count of them
 * @directives: numbers of those that begin with '#', @ndirectives of them
 * @used: when it was asked for, as struct kmc_source counts
 */
struct file {
	char *name;
	char *text;
	size_t size;
	const char **lines;
	size_t count;
	int *directives;
	size_t ndirectives;
	uint64_t used;
};

/**
 * struct kmc_source - the tree
 * @files: @count of them; what was not asked for longest makes room for another one
 * @last: that was asked for last and will be asked for again
 * @clock: how often it was another one
 */
struct kmc_source {
	char *dir;
	struct file files[MAX_FILES];
	size_t count;
	struct file *last;
	uint64_t clock;
};

struct kmc_error *kmc_source_open(const char *dir, struct kmc_source **out)
{
	struct kmc_source *source;
	struct stat st;

	if (stat(dir, &st))
		return kmc_error_os(errno, dir, "cannot look for source files there");
	if (!S_ISDIR(st.st_mode))
		return kmc_error_new(KMC_ERROR_FORMAT, dir, 0,
				     "no directory; name the top of a source tree");
	source = calloc(1, sizeof(*source));
	if (source)
		source->dir = strdup(dir);
	if (!source || !source->dir) {
		free(source);
		return kmc_error_nomem();
	}
	*out = source;
	return NULL;
}

static void release_file(struct file *file)
{
	free(file->name);
	free(file->text);
	free(file->lines);
	free(file->directives);
}

void kmc_source_free(struct kmc_source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < source->count; i++)
		release_file(&source->files[i]);
	free(source->dir);
	free(source);
}

char *kmc_source_find(const struct kmc_source *source, const char *file)
{
	return source && file ? kmc_path_below(source->dir, file) : NULL;
}

static bool read_whole(int fd, struct file *file)
{
	struct stat st;
	size_t have = 0;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > MAX_SIZE)
		return false;
	file->text = malloc(st.st_size + 1);
	while (file->text && have < (size_t)st.st_size) {
		ssize_t n = read(fd, file->text + have, st.st_size - have);

		if (n <= 0)
			break;
		have += n;
	}
	if (file->text)
		file->text[have] = '\0';
	file->size = have;
	return file->text;
}

static bool add_directive(struct file *file, int line)
{
	int *slot = kmc_grow(&file->directives, file->ndirectives, sizeof(*slot));

	if (!slot)
		return false;
	*slot = line;
	file->ndirectives++;
	return true;
}

static void index_lines(struct file *file)
{
	const char *at = file->text, *end = file->text + file->size;

	while (at && at < end) {
		const char **slot = kmc_grow(&file->lines, file->count, sizeof(*slot));

		if (!slot)
			return;
		*slot = at;
		file->count++;
		if (*at == '#' && !add_directive(file, file->count))
			return;
		at = memchr(at, '\n', end - at);
		at += at ? 1 : 0;
	}
}

/* Room for one more. */
static struct file *find_room(struct kmc_source *source)
{
	struct file *oldest = source->files;

	if (source->count < MAX_FILES)
		return &source->files[source->count];
	for (size_t i = 1; i < source->count; i++)
		if (source->files[i].used < oldest->used)
			oldest = &source->files[i];
	return oldest;
}

static struct file *read_file(struct kmc_source *source, const char *name)
{
	char *path KMC_AUTO_FREE = kmc_source_find(source, name);
	struct file new = { }, *file;
	int fd;

	new.name = path ? strdup(name) : NULL;
	if (!new.name)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd >= 0) {
		if (read_whole(fd, &new))
			index_lines(&new);
		close(fd);
	}
	file = find_room(source);
	if (source->count < MAX_FILES)
		source->count++;
	else
		release_file(file);
	*file = new;
	return file;
}

static struct file *find_file(struct kmc_source *source, const char *name)
{
	struct file *file = source->last;

	if (file && !strcmp(file->name, name))
		return file;
	file = NULL;
	for (size_t i = 0; !file && i < source->count; i++)
		if (!strcmp(source->files[i].name, name))
			file = &source->files[i];
	if (!file)
		file = read_file(source, name);
	if (file) {
		file->used = ++source->clock;
		source->last = file;
	}
	return file;
}

const char *kmc_source_line(struct kmc_source *source, const char *name, int line,
			    size_t *len)
{
	struct file *file = source && name ? find_file(source, name) : NULL;
	const char *start, *end;

	if (!file || line < 1 || (size_t)line > file->count)
		return NULL;
	start = file->lines[line - 1];
	end = memchr(start, '\n', file->text + file->size - start);
	*len = (end ? end : file->text + file->size) - start;
	return start;
}

int kmc_source_directive(struct kmc_source *source, const char *name, size_t index)
{
	const struct file *file = source && name ? find_file(source, name) : NULL;

	return file && index < file->ndirectives ? file->directives[index] : 0;
}
