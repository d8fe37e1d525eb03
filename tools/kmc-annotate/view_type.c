// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One type, which can be unfolded and walked through.
 */
#include <kmc/output.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "definition.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/* Pointers to arrays of pointers end somewhere, unless they are damaged. */
#define INDIRECTIONS	16

/* ---- the type of a member ---- */

/* A struct that is only declared here may be complete elsewhere. */
static kmc_type_id complete(struct kmc_types *types, kmc_type_id id,
			    const struct kmc_type *type)
{
	kmc_type_id *ids = NULL;
	size_t count;

	if (!type->incomplete || !type->name)
		return id;
	kmc_error_free(kmc_types_find(types, type->declared, &ids, &count));
	if (ids)
		id = ids[0];
	free(ids);
	return id;
}

/* The struct, union or enum that a member is, holds or leads to; 0: none. */
static kmc_type_id type_behind(struct tree *tree, const struct node *node)
{
	kmc_type_id id = node->id;

	for (int i = 0; i < INDIRECTIONS && id; i++) {
		const struct kmc_type *type = NULL;

		kmc_error_free(kmc_types_get(tree->types, id, &type));
		if (!type)
			break;
		if (type->kind == KMC_TYPE_STRUCT || type->kind == KMC_TYPE_UNION)
			return complete(tree->types, id, type);
		if (type->kind == KMC_TYPE_ENUM)
			return id;
		id = type->kind == KMC_TYPE_POINTER ? type->target :
		     type->kind == KMC_TYPE_ARRAY ? type->element : 0;
	}
	return 0;
}

static bool open_type_of(struct app *app, struct tree *tree, const struct node *node,
			 const char *where)
{
	kmc_type_id id = type_behind(tree, node);

	if (id)
		return type_open(app, tree->types, id, where);
	app_say(app, "there is no struct, union or enum behind this");
	return true;
}

/* ---- what can be done with a tree ---- */

static void fold(struct view *view, struct tree *tree, size_t base, struct node *node,
		 bool open)
{
	if (!open && (!node->open || !node_foldable(node)) && node->parent->parent)
		node = node->parent;
	if (!node_foldable(node)) {
		app_say(view->app, "there is nothing to unfold");
		return;
	}
	node->open = open;
	tree_update(tree);
	view_changed(view);
	view_select(view, base + tree_row_of(tree, node));
}

/* Of a report, what it was about is hot. */
static void open_order(struct app *app, struct tree *tree)
{
	struct heat_part part = { .weight = 1 };
	const struct heat reported = { .v = &part, .count = 1, .total = 1 };
	const struct heat *heat = tree->heat;

	if (!heat && tree->report && tree->report->address >= tree->start) {
		part.from = tree->report->address - tree->start;
		heat = &reported;
	}
	order_open(app, tree->types, tree->root.type, heat);
}

static bool all_request(struct view *view, struct tree *tree, size_t base,
			enum request request)
{
	const struct node *node = NULL;
	size_t i;

	if (view_current(view, &i) && i >= base && i - base < tree->nrows)
		node = tree->rows[i - base].node;
	if (request == REQUEST_ORDER) {
		open_order(view->app, tree);
		return true;
	}
	if (request == REQUEST_BESIDE) {
		tree->beside = !tree->beside;
		tree_update(tree);
	} else if (request == REQUEST_UNFOLD_ALL || request == REQUEST_FOLD_ALL) {
		tree_open_all(tree, request == REQUEST_UNFOLD_ALL);
	} else {
		return false;
	}
	view_changed(view);
	if (node)
		view_select(view, base + tree_row_of(tree, node));
	return true;
}

/* The struct or union that the cursor is in, or that the member is. */
static const struct kmc_type *named_here(struct tree *tree, const struct node *node)
{
	for (; node; node = node->parent)
		if (node->type && node->type->name &&
		    (node->type->kind == KMC_TYPE_STRUCT || node->type->kind == KMC_TYPE_UNION))
			return node->type;
	return tree->root.type;
}

void type_edit(struct app *app, const struct kmc_type *type)
{
	char name[PROMPT_MAX], *file = NULL;
	int line;

	session_source(app->session, app->opts);
	if (!app->session->source) {
		app_say(app, "no source files: --source names the tree");
		return;
	}
	snprintf(name, sizeof(name), "%s %s", keyword_of(type->kind),
		 type->name ? type->name : "");
	if (!type->name || !find_definition(NULL, name, app->session->source, &file, &line)) {
		app_say(app, "the definition of %s was not found below the source tree", name);
		return;
	}
	source_edit(app, file, line);
	free(file);
}

bool type_request(struct view *view, struct tree *tree, size_t base,
		  enum request request)
{
	struct node *node;
	size_t i;

	if (all_request(view, tree, base, request))
		return true;
	if (!view_current(view, &i) || i < base || i - base >= tree->nrows ||
	    tree->rows[i - base].kind == ROW_SUMMARY)
		return false;
	node = tree->rows[i - base].node;
	switch (request) {
	case REQUEST_UNFOLD:
	case REQUEST_FOLD:
		fold(view, tree, base, node, request == REQUEST_UNFOLD);
		return true;
	case REQUEST_ENTER:
		if (!node_foldable(node))
			return open_type_of(view->app, tree, node, NULL);
		fold(view, tree, base, node, !node->open);
		return true;
	case REQUEST_TYPE:
		return open_type_of(view->app, tree, node, NULL);
	case REQUEST_EDIT:
		type_edit(view->app, named_here(tree, node));
		return true;
	default:
		return false;
	}
}

/* "dev->name": what is behind a pointer is in a view of its own. */
static bool go_through(struct view *view, struct tree *tree, const char *where)
{
	for (size_t len = strlen(where); len; len--) {
		const struct node *node;
		char *path;

		if (where[len] != '.' && strncmp(where + len, "->", 2))
			continue;
		path = strndup(where, len);
		node = path ? tree_member(tree, path) : NULL;
		free(path);
		if (node && node->type && node->type->kind == KMC_TYPE_POINTER)
			return open_type_of(view->app, tree, node,
					    where + len + (where[len] == '-' ? 2 : 1));
	}
	return false;
}

bool type_go(struct view *view, struct tree *tree, size_t base, const char *where)
{
	size_t row;

	if (!tree_find(tree, where, &row))
		return go_through(view, tree, where);
	/* What is looked for may be hidden by it. */
	view_set_filter(view, "");
	view_select(view, base + row);
	return true;
}

static struct node *node_here(const struct view *view, const struct tree *tree, size_t base)
{
	size_t i;

	if (!view_current(view, &i) || i < base || i - base >= tree->nrows ||
	    tree->rows[i - base].kind == ROW_SUMMARY)
		return NULL;
	return tree->rows[i - base].node;
}

bool type_can(const struct view *view, struct tree *tree, size_t base, enum request request)
{
	const struct node *node = node_here(view, tree, base);
	bool foldable = node && node_foldable(node);

	switch (request) {
	case REQUEST_UNFOLD:
		return foldable && !node->open;
	case REQUEST_FOLD:
		return foldable && node->open;
	case REQUEST_TYPE:
		/* Where Enter does the same, it says so. */
		return foldable && type_behind(tree, node);
	default:
		return true;
	}
}

const char *type_enter(const struct view *view, struct tree *tree, size_t base)
{
	const struct node *node = node_here(view, tree, base);

	if (node && node_foldable(node))
		return node->open ? "fold" : "unfold";
	return node && type_behind(tree, node) ? "its type" : NULL;
}

/* ---- the view ---- */

static size_t count(const struct view *view)
{
	const struct tree *tree = view->data;

	return tree->nrows;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	type_line(view->app, view->data, i, out);
}

static int depth(const struct view *view, size_t i)
{
	const struct tree *tree = view->data;

	return tree->rows[i].kind == ROW_NODE ? tree->rows[i].node->depth : 0;
}

static void title(const struct view *view, struct line *out)
{
	const struct tree *tree = view->data;
	char text[NUMBER_MAX];

	line_quote(out, KMC_STYLE_TITLE, tree->root.type->declared);
	line_say(out, KMC_STYLE_PLAIN, ", %s bytes",
		 number(text, view->app->hex, tree->root.type->size));
}

static bool request(struct view *view, enum request what)
{
	return type_request(view, view->data, 0, what);
}

static bool go(struct view *view, const char *where)
{
	return type_go(view, view->data, 0, where);
}

static bool can(const struct view *view, enum request what)
{
	return type_can(view, view->data, 0, what);
}

static const char *enter(const struct view *view)
{
	return type_enter(view, view->data, 0);
}

static bool below(struct view *view, size_t i, const char *text, bool back, size_t *row)
{
	return tree_below(view->data, i, text, back, row);
}

static void complete_path(struct view *view, const char *typed, struct completion *completion)
{
	tree_complete(view->data, typed, completion);
}

bool json_put(struct kmc_error *err, char *text, FILE *out)
{
	if (err) {
		message_error(err);
		return false;
	}
	fprintf(out, "%s\n", text);
	free(text);
	return true;
}

/* Behind the type's other keys, in front of its final brace. */
static void put_samples(const struct heat *heat, FILE *out)
{
	fputs(",\"samples\":[", out);
	for (size_t i = 0; i < heat->count; i++)
		fprintf(out, "%s{\"offset\":%" PRIu64 ",\"share\":%.6g}", i ? "," : "",
			heat->v[i].from, heat->v[i].weight / heat->total);
	fputs("]}\n", out);
}

static bool json(const struct view *view, FILE *out)
{
	const struct tree *tree = view->data;
	struct kmc_error *err;
	char *text = NULL;

	err = kmc_json_type(tree->types, tree->root.id, &text);
	if (err || !tree->heat || tree->heat->total <= 0)
		return json_put(err, text, out);
	fprintf(out, "%.*s", (int)strlen(text) - 1, text);
	free(text);
	put_samples(tree->heat, out);
	return true;
}

static void free_data(void *data)
{
	tree_free(data);
}

static const struct hint hints[] = {
	{ REQUEST_ENTER, NULL }, { REQUEST_TYPE, "its type" }, { REQUEST_GOTO, "go to" },
	{ REQUEST_FIND, "find" }, { REQUEST_TYPES, "types" }, HINTS_END
};

static const struct view_ops type_view = {
	.name = "a type",
	.hints = hints,
	.can = can,
	.enter = enter,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.depth = depth,
	.below = below,
	.complete = complete_path,
	.go = go,
	.json = json,
	.free = free_data,
};

bool type_open(struct app *app, struct kmc_types *types, kmc_type_id id,
	       const char *where)
{
	const struct kmc_type *type = NULL;
	struct tree *tree;
	struct kmc_error *err = kmc_types_get(types, id, &type);

	if (!err && type->kind == KMC_TYPE_ENUM) {
		enum_open(app, types, id, type, where);
		return true;
	}
	if (!err)
		err = tree_new(types, id, NULL, 0, &tree);
	if (err) {
		message_error(err);
		return true;
	}
	tree->heat = profile_find(app->session->profile, tree->root.type->declared);
	view_open(app, &type_view, tree);
	if (where && !go(app->top, where))
		app_say(app, "there is no '%s' in %s", where, type->declared);
	return true;
}

/* "struct x+0x24", "x.a[1]" and "x->a" → the name, and what is behind it. */
static char *split(const char *operand, const char **where)
{
	/* The dots in "enum {A, ...}" are of the name. */
	const size_t braces = strcspn(operand, "}"), start = operand[braces] ? braces : 0;
	size_t len = start + strcspn(operand + start, "+.-");
	char *name = xstrdup(operand);

	/* Names of files have such; of types, none. */
	while (operand[len] == '-' && operand[len + 1] != '>')
		len += 1 + strcspn(operand + len + 1, "+.-");
	*where = operand[len] ? operand + len + 1 : NULL;
	if (!strncmp(operand + len, "->", 2))
		++*where;
	while (len && name[len - 1] == ' ')
		len--;
	name[len] = '\0';
	return name;
}

/* What is there in its place, when it was a file that was meant, is not shown. */
static void say_missing(const char *operand, const char *where)
{
	if (!where)
		message("%s: no such file, and no type is called so", operand);
	else
		message("%s: no such file, and the type of that name has no '%s'", operand,
			where);
}

/* Could it be "struct x", or "x" with something behind it? */
static bool is_name(const char *name)
{
	for (; *name; name++)
		if (strchr("/-", *name) || (*name > 0 && *name < ' '))
			return false;
	return true;
}

struct kmc_error *type_open_named(struct app *app, const char *operand)
{
	struct kmc_types *types;
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	const char *where;
	size_t found = 0;
	char *name;

	name = split(operand, &where);
	if (!*name || !is_name(name) || strchr(operand, '/')) {
		say_missing(operand, NULL);
		free(name);
		return NULL;
	}
	err = session_find(app->session, app->opts, name, &types, &ids, &found);
	free(name);
	if (err && err->code == KMC_ERROR_NOT_FOUND && where) {
		kmc_error_free(err);
		say_missing(operand, NULL);
		return NULL;
	}
	if (err)
		return err;
	type_open(app, types, ids[0], NULL);
	if (app->top && where && !app->top->ops->go(app->top, where)) {
		app_close(app);
		say_missing(operand, where);
	} else if (found > 1 && !*app->message) {
		app_say(app, "there are %zu of that name; T and the name shows all", found);
	}
	free(ids);
	return NULL;
}
