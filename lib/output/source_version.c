// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which Linux a source tree is, by its Makefile, and whether a report is from that one.
 */
#include "kmc/kmc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/error.h"

/* The version is in the first lines. */
#define HEAD_MAX	4096
#define NUMBERS		3

/**
 * struct version - of a tree or a kernel
 * @number: "6.1.192"; the last may be unknown
 * @count: of @number
 * @rc: "-rc5", empty if there is none
 */
struct version {
	unsigned int number[NUMBERS];
	size_t count;
	char rc[16];
};

/* ---- what the tree says ---- */

/* "NAME = value" at the start of a line; NULL if there is none. */
static const char *find_variable(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, name, len)) {
			const char *p = text + len + strspn(text + len, " \t");

			if (*p == '=')
				return p + 1 + strspn(p + 1, " \t");
		}
	}
	return NULL;
}

static bool read_tree(const char *text, struct version *out)
{
	static const char * const names[NUMBERS] = { "VERSION", "PATCHLEVEL", "SUBLEVEL" };
	const char *extra = find_variable(text, "EXTRAVERSION");

	*out = (struct version) { .count = NUMBERS };
	for (size_t i = 0; i < NUMBERS; i++) {
		const char *value = find_variable(text, names[i]);

		if (!value || !isdigit((unsigned char)*value))
			return false;
		out->number[i] = strtoul(value, NULL, 10);
	}
	if (extra && !strncmp(extra, "-rc", 3))
		snprintf(out->rc, sizeof(out->rc), "%.*s", (int)strcspn(extra, " \t\n"), extra);
	return true;
}

static struct kmc_error *read_makefile(const char *dir, char text[HEAD_MAX])
{
	char *path KMC_AUTO_FREE = NULL;
	ssize_t len;
	int fd;

	*text = '\0';
	if (asprintf(&path, "%s/Makefile", dir) < 0) {
		path = NULL;
		return kmc_error_nomem();
	}
	/* O_NONBLOCK: do not wait for the writer of a FIFO. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	len = read(fd, text, HEAD_MAX - 1);
	text[len > 0 ? len : 0] = '\0';
	close(fd);
	return NULL;
}

/* ---- what the report says ---- */

static const char *read_numbers(const char *text, struct version *out)
{
	*out = (struct version) { };
	while (out->count < NUMBERS && isdigit((unsigned char)*text)) {
		char *end;

		out->number[out->count++] = strtoul(text, &end, 10);
		text = *end == '.' && isdigit((unsigned char)end[1]) ? end + 1 : end;
	}
	return text;
}

/* Debian says which Linux its package is made of: "#1 SMP Debian 6.1.192-3". */
static char *package_of(const char *banner)
{
	const char *word = banner ? strstr(banner, "Debian ") : NULL;

	if (!word)
		return NULL;
	word += strcspn(word, " ");
	word += strspn(word, " ");
	return isdigit((unsigned char)*word) ?
	       strndup(word, strspn(word, "0123456789.-+~abcdefghijklmnopqrstuvwxyz")) : NULL;
}

/*
 * Distributions leave the third number at 0 whatever they have merged, and put their
 * own behind it: "6.8.0-31-generic", so that says nothing. A release candidate does.
 */
static bool read_kernel(const struct kmc_kernel *kernel, struct version *out)
{
	char *package KMC_AUTO_FREE = package_of(kernel->banner);
	const char *rest;

	if (package) {
		read_numbers(package, out);
		return out->count >= 2;
	}
	if (!kernel->release)
		return false;
	rest = read_numbers(kernel->release, out);
	if (!strncmp(rest, "-rc", 3) && isdigit((unsigned char)rest[3]))
		snprintf(out->rc, sizeof(out->rc), "-rc%.*s",
			 (int)strspn(rest + 3, "0123456789"), rest + 3);
	else if (out->count == NUMBERS && !out->number[NUMBERS - 1] && *rest)
		out->count--;
	return out->count >= 2;
}

static bool same_version(const struct version *tree, const struct version *kernel)
{
	for (size_t i = 0; i < kernel->count; i++)
		if (tree->number[i] != kernel->number[i])
			return false;
	return !*kernel->rc || !strcmp(tree->rc, kernel->rc);
}

struct kmc_error *kmc_source_check(const char *dir, const struct kmc_kernel *kernel)
{
	char *release KMC_AUTO_FREE = NULL, *package KMC_AUTO_FREE = NULL;
	struct version tree, other;
	struct kmc_error *err;
	char text[HEAD_MAX];

	err = read_makefile(dir, text);
	if (err || !read_tree(text, &tree) || !read_kernel(kernel, &other) ||
	    same_version(&tree, &other))
		return err;
	release = kmc_escape(kernel->release ? kernel->release : "?");
	if (!release)
		return kmc_error_nomem();
	package = package_of(kernel->banner);
	return kmc_error_new(KMC_ERROR_MISMATCH, dir, 0,
			     "is the source of Linux %u.%u.%u%s, but the report is from Linux %s%s%s: lines may differ",
			     tree.number[0], tree.number[1], tree.number[2], tree.rc,
			     release, package ? " of package " : "", package ? package : "");
}
