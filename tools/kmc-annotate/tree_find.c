// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Members of a tree: at an offset, of a path, with a text in them.
 */
#include "tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* Folded members that are looked at for one key; the kernel's largest types have half. */
#define SEARCH_MAX	20000

/* ---- where is it ---- */

static bool covers(const struct node *node, uint64_t bit)
{
	return node->bit_offset <= bit && bit - node->bit_offset < node->bit_size;
}

/* The first byte of a bit-field counts, even if the bit-field begins later in it. */
static struct node *child_at(struct node *node, uint64_t offset)
{
	for (size_t i = 0; i < node->nchildren; i++)
		for (unsigned int bit = 0; bit < 8; bit++)
			if (covers(&node->children[i], offset * 8 + bit))
				return &node->children[i];
	return NULL;
}

static bool reveal(struct tree *tree, struct node *node, size_t *row)
{
	for (struct node *up = node->parent; up; up = up->parent)
		up->open = true;
	tree_update(tree);
	*row = tree_row_of(tree, node);
	return true;
}

bool tree_find_offset(struct tree *tree, uint64_t offset, size_t *row)
{
	struct node *node = &tree->root, *child = node;

	if (offset >= tree->bytes)
		return false;
	while (child) {
		node = child;
		tree_load(tree, node);
		child = child_at(node, offset);
	}
	return node != &tree->root && reveal(tree, node, row);
}

/* "[3]" at the start of a path: behind it, or NULL. */
static const char *match_index(const struct node *node, const char *path)
{
	char *end;

	if (*path != '[' || path[1] < '0' || path[1] > '9')
		return NULL;
	errno = 0;
	if (strtoull(path + 1, &end, 10) != node->index || errno || *end != ']')
		return NULL;
	return end + 1;
}

/* Behind the separator and a name, or NULL. */
static const char *match_word(const char *path, const char *name)
{
	size_t len = strlen(name);

	path += *path == '.';
	if (strncmp(path, name, len) || (path[len] && !strchr(".[", path[len])))
		return NULL;
	return path + len;
}

static const char *match_name(const struct node *node, const char *path)
{
	if (node->is_element)
		return match_index(node, path);
	if (!node->name)
		return node_nameless(node) ? path : NULL;
	return match_word(path, node->name);
}

static struct node *find_path(struct tree *tree, struct node *node, const char *path)
{
	tree_load(tree, node);
	for (size_t i = 0; i < node->nchildren; i++) {
		struct node *child = &node->children[i], *found;
		const char *rest = match_name(child, path);

		if (rest && !*rest)
			return child;
		found = rest ? find_path(tree, child, rest) : NULL;
		if (!found && child->group)
			found = find_path(tree, child, path);
		if (found)
			return found;
	}
	return NULL;
}

/* "a->b" is found as "a.b" is. */
static char *with_dots(const char *path)
{
	char *copy = xstrdup(path), *to = copy;

	for (const char *at = copy; *at; at++) {
		bool arrow = at[0] == '-' && at[1] == '>';

		*to++ = arrow ? '.' : *at;
		at += arrow;
	}
	*to = '\0';
	return copy;
}

const struct node *tree_member(struct tree *tree, const char *path)
{
	char *dots = with_dots(path);
	const struct node *node = *dots ? find_path(tree, &tree->root, dots) : NULL;

	free(dots);
	return node;
}

bool tree_find(struct tree *tree, const char *where, size_t *row)
{
	struct node *node;
	uint64_t offset;
	char *end;

	where += strspn(where, " +");
	if (!*where)
		return false;
	if (*where >= '0' && *where <= '9') {
		errno = 0;
		offset = strtoull(where, &end, 0);
		return !*end && !errno && tree_find_offset(tree, offset, row);
	}
	node = (struct node *)tree_member(tree, where);
	return node && reveal(tree, node, row);
}

/* ---- words ---- */

void node_path_from(const struct node *node, const struct node *top, char *path, size_t size)
{
	const struct node *chain[NODE_DEPTH_MAX + 1];
	size_t count = 0, len = 0;

	for (; node->parent && node != top && count < NODE_DEPTH_MAX; node = node->parent)
		chain[count++] = node;
	*path = '\0';
	while (count-- && len < size) {
		const struct node *at = chain[count];

		if (at->is_element)
			len += snprintf(path + len, size - len, "[%" PRIu64 "]",
					at->index);
		else if (at->name && (!at->group || !count))
			len += snprintf(path + len, size - len, "%s%s",
					len ? "." : "", at->name);
	}
}

void node_path(const struct node *node, char *path, size_t size)
{
	node_path_from(node, NULL, path, size);
}

/* ---- what is folded ---- */

static bool has_text(const struct node *node, const char *text)
{
	return (node->name && strcasestr(node->name, text)) ||
	       (node->type && strcasestr(node->type->declared, text));
}

/* Of an array, all elements are like the first one. */
static struct node *search(struct tree *tree, struct node *node, const char *text, bool back,
			   unsigned int *budget)
{
	struct node *found = NULL;
	size_t count;

	tree_load(tree, node);
	count = node->nchildren && node->children[0].is_element ? 1 : node->nchildren;
	for (size_t n = 0; n < count && !found && *budget; n++) {
		struct node *child = &node->children[back ? count - 1 - n : n];

		--*budget;
		if (back)
			found = search(tree, child, text, back, budget);
		if (!found && has_text(child, text))
			found = child;
		if (!found && !back)
			found = search(tree, child, text, back, budget);
	}
	return found;
}

bool tree_below(struct tree *tree, size_t row, const char *text, bool back, size_t *found)
{
	unsigned int budget = SEARCH_MAX;
	struct node *node = tree->rows[row].node;

	if (tree->rows[row].kind != ROW_NODE || node->open || !node_foldable(node))
		return false;
	node = search(tree, node, text, back, &budget);
	if (node && found)
		reveal(tree, node, found);
	return node;
}

/* ---- completion ---- */

static void add_names(struct tree *tree, const struct kmc_type *type, const char *typed,
		      size_t before, int depth, struct completion *completion)
{
	const char *start = typed + before;
	char word[COMPLETION_MAX];

	for (size_t i = 0; depth < NODE_DEPTH_MAX && i < type->nmembers; i++) {
		const struct kmc_member *member = &type->members[i];
		const struct kmc_type *inner = member->name ? NULL :
					       tree_type(tree, member->type);

		if (inner)
			add_names(tree, inner, typed, before, depth + 1, completion);
		if (!member->name || strncmp(member->name, start, strlen(start)))
			continue;
		if (snprintf(word, sizeof(word), "%.*s%s", (int)before, typed,
			     member->name) < (int)sizeof(word))
			completion_add(completion, word, member->name);
	}
}

static const struct kmc_member *find_member(struct tree *tree, const struct kmc_type *type,
					    const char *name, size_t len, int depth)
{
	const struct kmc_member *found = NULL;

	for (size_t i = 0; depth < NODE_DEPTH_MAX && !found && i < type->nmembers; i++) {
		const struct kmc_member *member = &type->members[i];
		const struct kmc_type *inner = member->name ? NULL :
					       tree_type(tree, member->type);

		if (inner)
			found = find_member(tree, inner, name, len, depth + 1);
		else if (member->name && strlen(member->name) == len &&
			 !strncmp(member->name, name, len))
			found = member;
	}
	return found;
}

/* Of what a path leads to, through pointers and into arrays as well; NULL: nothing. */
static const struct kmc_type *type_of_path(struct tree *tree, const char *path, const char *end)
{
	const struct kmc_type *type = tree->root.type;

	while (type && path < end) {
		size_t len = strcspn(path, ".[-");
		const struct kmc_member *member = find_member(tree, type, path, len, 0);

		type = member ? tree_type(tree, member->type) : NULL;
		for (int i = 0; type && i < NODE_DEPTH_MAX &&
		     (type->kind == KMC_TYPE_POINTER || type->kind == KMC_TYPE_ARRAY); i++)
			type = tree_type(tree, type->kind == KMC_TYPE_POINTER ? type->target :
					 type->element);
		path += len;
		path += strcspn(path, ".-");
		path += *path == '-' ? 2 : 1;
	}
	return type;
}

void tree_complete(struct tree *tree, const char *typed, struct completion *completion)
{
	const struct kmc_type *type;
	size_t before = strlen(typed);

	while (before && !strchr(".>", typed[before - 1]))
		before--;
	type = type_of_path(tree, typed, typed + (before ? before - 1 : 0));
	if (type)
		add_names(tree, type, typed, before, 0, completion);
}
