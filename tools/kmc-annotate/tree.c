// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A type as a tree: members are read when they are unfolded. Debug info may be damaged:
 * sizes may be anything, and a type may hold itself.
 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* More is scrolled by nobody. */
#define ROWS_MAX	50000
#define ELEMENTS_MAX	1024
/* Rows of a union whose arms stand beside each other. */
#define BESIDE_MAX	512
/* More do not fit beside each other on any screen. */
#define ARMS_MAX	24
/* A damaged type that holds itself has no end. */
#define NODES_MAX	400000
/* A larger one is no object of the allocator's. */
#define OBJECT_MAX	(1ULL << 32)

/* ---- nodes ---- */

static bool is_aggregate(const struct kmc_type *type)
{
	return type && (type->kind == KMC_TYPE_STRUCT || type->kind == KMC_TYPE_UNION);
}

bool node_foldable(const struct node *node)
{
	if (node->place != KMC_PLACE_MEMBER || node->bitfield || !node->type)
		return false;
	if (node->type->kind == KMC_TYPE_ARRAY)
		return node->type->count || node->type->flexible;
	/* All that one without members has is padding. */
	return is_aggregate(node->type) && (node->type->nmembers || node->type->size);
}

bool node_nameless(const struct node *node)
{
	return !node->name && !node->is_element && is_aggregate(node->type);
}

/* There is room, for as many as were allocated. */
static struct node *node_add(struct node *parent)
{
	struct node *node = &parent->children[parent->nchildren++];

	*node = (struct node) {
		.parent = parent, .depth = parent->depth + 1, .shared = parent->shared,
	};
	return node;
}

static bool overlaps(const struct kmc_type *type, size_t i)
{
	const struct kmc_member *a = &type->members[i];

	if (type->kind != KMC_TYPE_UNION)
		return false;
	for (size_t j = 0; j < type->nmembers; j++)
		if (j != i && type->members[j].bit_size && a->bit_size)
			return true;
	return false;
}

/* A type that is damaged is not shown; what it is a part of still is. */
const struct kmc_type *tree_type(struct tree *tree, kmc_type_id id)
{
	const struct kmc_type *type = NULL;

	kmc_error_free(kmc_types_get(tree->types, id, &type));
	return type;
}

/* Does anything of a struct lie at @bit or behind it? */
static bool has_behind(const struct node *node, uint64_t bit)
{
	for (size_t i = 0; node->type->kind == KMC_TYPE_STRUCT && i < node->type->nmembers; i++) {
		const struct kmc_member *member = &node->type->members[i];

		if (member->bit_size && node->bit_offset + member->bit_offset >= bit)
			return true;
	}
	return false;
}

/* A flexible array at the end, and in nothing that has a name of its own. */
static bool takes_rest(const struct tree *tree, const struct node *node)
{
	const struct node *up = node->parent;

	if (!tree->report || !node->type || node->type->kind != KMC_TYPE_ARRAY ||
	    !node->type->flexible)
		return false;
	while (up->parent && (node_nameless(up) || up->group) && !has_behind(up, node->bit_offset))
		up = up->parent;
	return !up->parent && !has_behind(up, node->bit_offset) &&
	       tree->bytes * 8 > node->bit_offset;
}

static bool same_members(const struct kmc_type *a, const struct kmc_type *b)
{
	if (a->kind != KMC_TYPE_STRUCT || b->kind != KMC_TYPE_STRUCT ||
	    a->nmembers != b->nmembers || !a->nmembers)
		return false;
	for (size_t i = 0; i < a->nmembers; i++) {
		const struct kmc_member *p = &a->members[i], *q = &b->members[i];

		if (p->bit_offset != q->bit_offset || p->bit_size != q->bit_size ||
		    !p->name != !q->name || (p->name && strcmp(p->name, q->name)))
			return false;
	}
	return true;
}

/* struct_group(): the arm of a union that has a name, when the other one has none. */
static const struct kmc_member *group_of(struct tree *tree, const struct kmc_member *member,
					 const struct kmc_type *type)
{
	const struct kmc_type *plain, *named;

	if (member->name || !type || type->kind != KMC_TYPE_UNION || type->nmembers != 2 ||
	    type->members[0].name || !type->members[1].name)
		return NULL;
	plain = tree_type(tree, type->members[0].type);
	named = tree_type(tree, type->members[1].type);
	return plain && named && same_members(plain, named) ? &type->members[1] : NULL;
}

static void add_member(struct tree *tree, struct node *parent, size_t i)
{
	const struct kmc_member *member = &parent->type->members[i], *group;
	struct node *node = node_add(parent);

	node->name = member->name;
	node->id = member->type;
	node->bit_offset = parent->bit_offset + member->bit_offset;
	node->bit_size = member->bit_size;
	node->bitfield = member->bitfield;
	node->shared |= overlaps(parent->type, i);
	node->type = tree_type(tree, member->type);
	group = group_of(tree, member, node->type);
	if (group) {
		node->group = true;
		node->name = group->name;
		node->id = group->type;
		node->type = tree_type(tree, group->type);
	}
	node->open = node_nameless(node) || node->group;
	if (takes_rest(tree, node))
		node->bit_size = tree->bytes * 8 - node->bit_offset;
}

static void add_gap(struct node *parent, const struct kmc_gap *gap)
{
	struct node *node = node_add(parent);

	node->place = gap->place;
	node->after = gap->after < 0 ? NULL : parent->type->members[gap->after].name;
	node->bit_offset = parent->bit_offset + gap->bit_offset;
	node->bit_size = gap->bit_size;
}

static void add_gaps(struct node *parent, const struct kmc_gap *gaps, size_t count,
		     enum kmc_place place, long after)
{
	for (size_t i = 0; i < count; i++)
		if (gaps[i].after == after && gaps[i].place == place)
			add_gap(parent, &gaps[i]);
}

static void load_members(struct tree *tree, struct node *node)
{
	const struct kmc_type *type = node->type;
	struct kmc_gap *gaps = NULL;
	size_t count = 0;

	/* Only memory can be missing, and then there are no holes to see. */
	kmc_error_free(kmc_layout_gaps(type, &gaps, &count));
	node->children = xcalloc(type->nmembers + count, sizeof(*node->children));
	add_gaps(node, gaps, count, KMC_PLACE_HOLE, -1);
	for (size_t i = 0; i < type->nmembers; i++) {
		add_member(tree, node, i);
		add_gaps(node, gaps, count, KMC_PLACE_HOLE, i);
	}
	/* There is one at most. */
	for (long i = -1; i < (long)type->nmembers; i++)
		add_gaps(node, gaps, count, KMC_PLACE_TAIL, i);
	free(gaps);
}

static void load_elements(struct tree *tree, struct node *node)
{
	const struct kmc_type *element = tree_type(tree, node->type->element);
	uint64_t count = node->type->count;

	if (!element || !element->size)
		return;
	/* Of one whose end nobody knows, one shows what they are like. */
	if (node->type->flexible)
		count = node->bit_size ? node->bit_size / 8 / element->size : 1;
	if (count > ELEMENTS_MAX) {
		count = ELEMENTS_MAX;
		tree->cut = true;
	}
	node->children = xcalloc(count, sizeof(*node->children));
	for (uint64_t i = 0; i < count; i++) {
		struct node *child = node_add(node);

		child->is_element = true;
		child->index = i;
		child->id = node->type->element;
		child->type = element;
		child->bit_size = element->size * 8;
		child->bit_offset = node->bit_offset + i * child->bit_size;
	}
}

void tree_load(struct tree *tree, struct node *node)
{
	if (node->loaded || !node_foldable(node))
		return;
	node->loaded = true;
	if (node->depth >= NODE_DEPTH_MAX || tree->nnodes >= NODES_MAX)
		tree->cut = true;
	else if (node->type->kind == KMC_TYPE_ARRAY)
		load_elements(tree, node);
	else
		load_members(tree, node);
	tree->nnodes += node->nchildren;
}

static void free_children(struct node *node)
{
	for (size_t i = 0; i < node->nchildren; i++)
		free_children(&node->children[i]);
	free(node->children);
}

/* Of the object, as the kernel recorded it or as far as the report shows it. */
static uint64_t object_bytes(const struct kmc_report *report, uint64_t start)
{
	uint64_t end = report->memory_start + report->shadow_len;

	if (report->object.known && report->object.size)
		end = report->object.start + report->object.size;
	else if (report->caret < 0)
		return 0;
	/* A start beyond the end is a wrong guess. */
	return end > start && end - start < OBJECT_MAX ? end - start : 0;
}

struct kmc_error *tree_new(struct kmc_types *types, kmc_type_id id,
			   const struct kmc_report *report, uint64_t start,
			   struct tree **out)
{
	const struct kmc_type *type;
	struct kmc_error *err = kmc_types_get(types, id, &type);
	struct tree *tree;

	if (err)
		return err;
	tree = xcalloc(1, sizeof(*tree));
	tree->types = types;
	tree->report = report;
	tree->start = start;
	tree->bytes = report ? object_bytes(report, start) : 0;
	if (tree->bytes < type->size)
		tree->bytes = type->size;
	tree->root = (struct node) {
		.id = id, .type = type, .bit_size = type->size * 8, .open = true,
		.depth = -1,
	};
	tree_update(tree);
	*out = tree;
	return NULL;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	free_children(&tree->root);
	free(tree->rows);
	free(tree);
}

/* ---- rows ---- */

/*
 * struct building - rows so far
 * @cap: of the array
 * @line: cache lines that have begun
 */
struct building {
	struct tree *tree;
	size_t cap;
	uint64_t line;
};

static void add_row(struct building *b, enum row_kind kind, struct node *node,
		    uint64_t value)
{
	struct tree *tree = b->tree;

	if (tree->nrows == ROWS_MAX) {
		tree->cut = true;
		return;
	}
	if (tree->nrows == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 64;
		tree->rows = xrealloc(tree->rows, b->cap * sizeof(*tree->rows));
	}
	tree->rows[tree->nrows++] = (struct row) { kind, node, value, 0 };
}

static bool is_beside(const struct tree *tree, const struct node *node)
{
	return tree->beside && node->type && node->type->kind == KMC_TYPE_UNION &&
	       node->nchildren > 1 && node->nchildren <= ARMS_MAX;
}

const struct node *node_part(const struct node *arm, uint64_t bit, size_t *nth)
{
	const struct node *found = NULL;

	if (!arm->nchildren || arm->type->kind == KMC_TYPE_ARRAY)
		return arm->bit_offset == bit && !(*nth)-- ? arm : NULL;
	for (size_t i = 0; i < arm->nchildren && !found; i++)
		found = node_part(&arm->children[i], bit, nth);
	return found;
}

/* The most that one arm has at a bit: in it may be unions again. */
static size_t parts_at(const struct node *node, uint64_t bit)
{
	size_t most = 0;

	for (size_t i = 0; i < node->nchildren; i++) {
		size_t left = SIZE_MAX;

		node_part(&node->children[i], bit, &left);
		if (SIZE_MAX - left > most)
			most = SIZE_MAX - left;
	}
	return most;
}

/* The smallest offset behind @bit at which an arm has something; false: none. */
static bool next_bit(struct tree *tree, struct node *node, uint64_t bit, bool first,
		     uint64_t *next)
{
	bool found = false;

	if (is_aggregate(node->type) && node_foldable(node)) {
		tree_load(tree, node);
		for (size_t i = 0; i < node->nchildren; i++) {
			uint64_t at;

			if (!next_bit(tree, &node->children[i], bit, first, &at))
				continue;
			if (!found || at < *next)
				*next = at;
			found = true;
		}
		return found;
	}
	*next = node->bit_offset;
	return first ? node->bit_offset >= bit : node->bit_offset > bit;
}

static void add_beside(struct building *b, struct node *node)
{
	uint64_t bit = node->bit_offset;
	bool first = true;

	add_row(b, ROW_ARMS, node, 0);
	for (int i = 0; i < BESIDE_MAX; i++) {
		uint64_t at;

		if (!next_bit(b->tree, node, bit, first, &at))
			return;
		for (size_t nth = 0; nth < parts_at(node, at); nth++) {
			add_row(b, ROW_BESIDE, node, at);
			b->tree->rows[b->tree->nrows - 1].nth = nth;
		}
		bit = at;
		first = false;
	}
}

static void add_children(struct building *b, struct node *node)
{
	tree_load(b->tree, node);
	if (is_beside(b->tree, node)) {
		add_beside(b, node);
		return;
	}
	for (size_t i = 0; i < node->nchildren && b->tree->nrows < ROWS_MAX; i++) {
		struct node *child = &node->children[i];
		uint64_t line = child->bit_offset / 8 / CACHELINE;

		if (line > b->line) {
			b->line = line;
			add_row(b, ROW_CACHELINE, child, line);
		}
		add_row(b, ROW_NODE, child, 0);
		if (child->open && node_foldable(child))
			add_children(b, child);
	}
}

void tree_update(struct tree *tree)
{
	struct building b = { .tree = tree };

	tree->nrows = 0;
	free(tree->rows);
	tree->rows = NULL;
	tree->cut = false;
	add_children(&b, &tree->root);
	add_row(&b, ROW_SUMMARY, &tree->root, 0);
}

/* Elements of arrays say little, and there are many. */
static void open_below(struct tree *tree, struct node *node, bool open, size_t *budget)
{
	tree_load(tree, node);
	for (size_t i = 0; i < node->nchildren && *budget; i++) {
		struct node *child = &node->children[i];

		--*budget;
		if (!node_foldable(child) || (open && !is_aggregate(child->type)))
			continue;
		child->open = open || node_nameless(child) || child->group;
		if (open || child->loaded)
			open_below(tree, child, open, budget);
	}
}

void tree_open_all(struct tree *tree, bool open)
{
	size_t budget = ROWS_MAX;

	open_below(tree, &tree->root, open, &budget);
	tree_update(tree);
}

size_t tree_row_of(const struct tree *tree, const struct node *node)
{
	for (; node; node = node->parent)
		for (size_t i = 0; i < tree->nrows; i++)
			if (tree->rows[i].node == node &&
			    tree->rows[i].kind != ROW_CACHELINE)
				return i;
	return 0;
}

struct sums tree_sums(const struct tree *tree)
{
	struct sums sums = {
		.cachelines = (tree->root.type->size + CACHELINE - 1) / CACHELINE,
	};

	for (size_t i = 0; i < tree->root.nchildren; i++) {
		const struct node *node = &tree->root.children[i];

		if (node->place == KMC_PLACE_MEMBER) {
			sums.members++;
		} else if (node->place == KMC_PLACE_HOLE) {
			sums.holes++;
			sums.hole_bits += node->bit_size;
		} else {
			sums.tail_bits += node->bit_size;
		}
	}
	return sums;
}
