// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A type as JSON: all of its own members and, where they have no type of their own
 * name, theirs.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* null for NULL. */
static json_t *to_json(const char *text)
{
	char *clean = kmc_escape(text);
	json_t *value = clean ? json_string_nocheck(clean) : json_null();

	free(clean);
	return value;
}

void put_json_string(const char *text, FILE *out)
{
	json_t *value = to_json(text);

	json_dumpf(value, out, JSON_ENCODE_ANY);
	json_decref(value);
}

/* Deeper is damage. */
#define DEPTH_MAX	24

static json_t *children(struct tree *tree, struct node *node, int depth);

/* What has no name cannot be asked for by it, so it is written out in place. */
static bool is_nameless(const struct node *node)
{
	return node->type && node->type->anonymous;
}

/* Of a pointer to what has no name: that, from its own start. */
static json_t *target_json(struct tree *tree, const struct node *node, int depth)
{
	const struct kmc_type *type = node->type;
	struct tree *target = NULL;
	json_t *array = NULL;
	kmc_type_id id = 0;

	for (int i = 0; type && type->kind == KMC_TYPE_POINTER && i < DEPTH_MAX; i++) {
		id = type->target;
		type = NULL;
		kmc_error_free(kmc_types_get(tree->types, id, &type));
	}
	if (type && id && type->nmembers)
		kmc_error_free(tree_new(tree->types, id, NULL, 0, &target));
	if (target)
		array = children(target, &target->root, depth + 1);
	tree_free(target);
	return array;
}

static json_t *members_json(struct tree *tree, struct node *node, int depth)
{
	if (!is_nameless(node) || depth > DEPTH_MAX)
		return NULL;
	if (node_foldable(node))
		return children(tree, node, depth + 1);
	return target_json(tree, node, depth);
}

static json_t *node_json(struct tree *tree, struct node *node, int depth)
{
	static const char * const places[] = {
		[KMC_PLACE_MEMBER] = "member", [KMC_PLACE_HOLE] = "hole",
		[KMC_PLACE_TAIL] = "padding",
	};
	json_t *object = json_object(), *members;

	json_object_set_new(object, "place", json_string(places[node->place]));
	json_object_set_new(object, "name", to_json(node->name));
	json_object_set_new(object, "type", to_json(node->type ? node->type->declared : NULL));
	json_object_set_new(object, "bit_offset", json_integer(node->bit_offset));
	json_object_set_new(object, "bit_size", json_integer(node->bit_size));
	json_object_set_new(object, "bitfield", json_boolean(node->bitfield));
	members = members_json(tree, node, depth);
	if (members)
		json_object_set_new(object, "members", members);
	return object;
}

/* All elements of an array are alike: their members are those of the first. */
static json_t *children(struct tree *tree, struct node *node, int depth)
{
	json_t *array;

	tree_load(tree, node);
	if (node->nchildren && node->children[0].is_element)
		return children(tree, &node->children[0], depth);
	array = json_array();
	for (size_t i = 0; i < node->nchildren; i++)
		json_array_append_new(array, node_json(tree, &node->children[i], depth));
	return array;
}

bool type_json(struct tree *tree, FILE *out)
{
	const struct sums sums = tree_sums(tree);
	json_t *object = json_object();

	json_object_set_new(object, "version", json_integer(1));
	json_object_set_new(object, "type", to_json(tree->root.type->declared));
	json_object_set_new(object, "size", json_integer(tree->root.type->size));
	json_object_set_new(object, "holes", json_integer(sums.holes));
	json_object_set_new(object, "hole_bits", json_integer(sums.hole_bits));
	json_object_set_new(object, "padding_bits", json_integer(sums.tail_bits));
	json_object_set_new(object, "members", children(tree, &tree->root, 0));
	json_dumpf(object, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(object);
	return true;
}
