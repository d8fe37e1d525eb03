/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A type as a tree of members and holes, and its rows: those of what is unfolded.
 */
#ifndef TREE_H
#define TREE_H

#include <kmc/kmc.h>

#include "complete.h"
#include "profile.h"

/* x86's. */
#define CACHELINE	64
/* A damaged type that holds itself has no end. */
#define NODE_DEPTH_MAX	32

/*
 * struct node - a member, an element, or a hole
 * @place: what it is
 * @name: NULL if it has none
 * @is_element: of an array, number @index
 * @id: of its type, as declared; 0 for a hole
 * @type: that type, NULL for a hole, and when it is damaged
 * @bit_offset: from the start of the outermost type
 * @after: HOLE, TAIL: name of the member before it, or NULL
 * @group: it is what struct_group() makes: a union of the same members twice, once with this
 *	name; they are shown once, and are found with it and without
 * @shared: other members of a union lie there, too
 * @loaded: @children are there
 */
struct node {
	struct node *parent;
	enum kmc_place place;
	const char *name;
	uint64_t index;
	bool is_element;
	kmc_type_id id;
	const struct kmc_type *type;
	uint64_t bit_offset;
	uint64_t bit_size;
	bool bitfield;
	const char *after;
	bool group;
	bool shared;
	int depth;
	bool open;
	bool loaded;
	struct node *children;
	size_t nchildren;
};

enum row_kind {
	ROW_NODE,
	ROW_CACHELINE,		/* number @value begins here */
	ROW_ARMS,		/* names of the arms of union @node, side by side */
	ROW_BESIDE,		/* number @nth of what each of them has at bit @value */
	ROW_SUMMARY,
};

struct row {
	enum row_kind kind;
	struct node *node;
	uint64_t value;
	size_t nth;
};

/*
 * struct tree - a type
 * @types: borrowed
 * @root: the type itself, which has no row
 * @rows: what is unfolded
 * @nnodes: that were read
 * @beside: arms of unions stand beside each other
 * @cut: there are more rows than are shown
 * @report: its bytes are shown, too, if it has any; NULL without
 * @heat: which of its members are accessed how often; borrowed, NULL: not known
 * @start: run-time address of the object, when there is a @report
 * @bytes: of the object, at least those of the type; a flexible array takes the rest
 */
struct tree {
	struct kmc_types *types;
	struct node root;
	struct row *rows;
	size_t nrows;
	size_t nnodes;
	bool beside;
	bool cut;
	const struct kmc_report *report;
	const struct heat *heat;
	uint64_t start;
	uint64_t bytes;
};

/* @report: NULL without; else @start is the object's run-time address. */
struct kmc_error *tree_new(struct kmc_types *types, kmc_type_id id,
			   const struct kmc_report *report, uint64_t start,
			   struct tree **out);
void tree_free(struct tree *tree);

/* Without a name of its own its members are taken for those of what it is in. */
bool node_nameless(const struct node *node);
/* Anything to unfold? */
bool node_foldable(const struct node *node);
/* Rows anew, after something was folded or unfolded. */
void tree_update(struct tree *tree);
void tree_open_all(struct tree *tree, bool open);
/* Children of a node, if they are not there yet. */
void tree_load(struct tree *tree, struct node *node);

/*
 * tree_find() - unfold what leads to an offset or a member
 * @where: "36", "0x24", "a.b[3].c"
 * @row: of it
 *
 * Return: false when there is none; nothing has changed then.
 */
bool tree_find(struct tree *tree, const char *where, size_t *row);
bool tree_find_offset(struct tree *tree, uint64_t offset, size_t *row);
/* The member of a path, without unfolding anything; NULL: there is none. */
const struct node *tree_member(struct tree *tree, const char *path);
/*
 * tree_below() - a member that is folded into a row and whose name or type has a text
 * @back: the last one, not the first
 * @found: it is unfolded, and this is its row; NULL: nothing changes
 */
bool tree_below(struct tree *tree, size_t row, const char *text, bool back, size_t *found);
/* Paths that begin as @typed does. */
void tree_complete(struct tree *tree, const char *typed, struct completion *completion);
/* What an arm, or what is in it, has at a bit; *@nth of them are left out and counted. */
const struct node *node_part(const struct node *arm, uint64_t bit, size_t *nth);
/* Row of a node, or of what it is folded into. */
size_t tree_row_of(const struct tree *tree, const struct node *node);

/* "info._sifields._kill._pid", from @top on, which is not in it; cut to @size. */
void node_path_from(const struct node *node, const struct node *top, char *path, size_t size);
void node_path(const struct node *node, char *path, size_t size);

/* Sums of one aggregate, as pahole counts them. */
struct sums {
	size_t members;
	size_t holes;
	uint64_t hole_bits;
	uint64_t tail_bits;
	uint64_t cachelines;
};

/* NULL when it is damaged. */
const struct kmc_type *tree_type(struct tree *tree, kmc_type_id id);

struct sums tree_sums(const struct tree *tree);

#endif /* TREE_H */
