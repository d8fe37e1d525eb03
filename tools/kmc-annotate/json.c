// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A type as JSON: all of its own members and, where they have no type of their own
 * name, theirs.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

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

static json_t *children(struct tree *tree, struct node *node);

/* Only what cannot be asked for by its name is written out in place. */
static bool is_written_out(const struct node *node)
{
	return node_foldable(node) && strstr(node->type->declared, "{...}");
}

static json_t *node_json(struct tree *tree, struct node *node)
{
	static const char * const places[] = {
		[KMC_PLACE_MEMBER] = "member", [KMC_PLACE_HOLE] = "hole",
		[KMC_PLACE_TAIL] = "padding",
	};
	json_t *object = json_object();

	json_object_set_new(object, "place", json_string(places[node->place]));
	json_object_set_new(object, "name", to_json(node->name));
	json_object_set_new(object, "type", node->type ? to_json(node->type->declared) :
						json_null());
	json_object_set_new(object, "bit_offset", json_integer(node->bit_offset));
	json_object_set_new(object, "bit_size", json_integer(node->bit_size));
	json_object_set_new(object, "bitfield", json_boolean(node->bitfield));
	if (is_written_out(node))
		json_object_set_new(object, "members", children(tree, node));
	return object;
}

static json_t *children(struct tree *tree, struct node *node)
{
	json_t *array = json_array();
	size_t count;

	tree_load(tree, node);
	/* All elements of an array are alike. */
	count = node->nchildren && node->children[0].is_element ? 1 : node->nchildren;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, node_json(tree, &node->children[i]));
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
	json_object_set_new(object, "members", children(tree, &tree->root));
	json_dumpf(object, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(object);
	return true;
}
