// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All structs, unions and enums of a kernel, and typedefs of them; what is typed narrows the list.
 */
#include <kmc/output.h>

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/* A tenth of a second each, from DWARF. */
#define SLOW_MODULES	32

/*
 * struct choice - a name, and what is looked at more often
 * @types: where it is from
 * @module: file name of the module that has it, NULL for the kernel
 * @lower: in lower case, compared with every key
 * @first: its first bytes as a number, which is nearly all that sorting needs
 */
struct choice {
	const struct kmc_type_name *type;
	struct kmc_types *types;
	const char *module;
	const char *lower;
	uint64_t first;
};

/*
 * struct list - all types, and those that are left
 * @left_out: modules whose types would take too long
 * @all: sorted by name, @count of them
 * @lower: where their lower case names are
 * @left: indexes into @all, best first, @nleft of them
 */
struct list {
	size_t left_out;
	struct choice *all;
	char *lower;
	size_t count;
	uint32_t *left;
	size_t nleft;
};

static int by_name(const void *a, const void *b)
{
	uint64_t p = ((const struct choice *)a)->first, q = ((const struct choice *)b)->first;
	const struct kmc_type_name *x = ((const struct choice *)a)->type;
	const struct kmc_type_name *y = ((const struct choice *)b)->type;
	int order;

	if (p != q)
		return p < q ? -1 : 1;
	order = strcmp(x->name, y->name);
	if (order)
		return order;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

/* The kernel's own first, for it is what stays of types that modules have, too. */
static int by_name_and_place(const void *a, const void *b)
{
	const char *x = ((const struct choice *)a)->module;
	const char *y = ((const struct choice *)b)->module;
	int order = by_name(a, b);

	if (order || !x || !y)
		return order ? order : (x != NULL) - (y != NULL);
	return strcmp(x, y);
}

/* How well a name fits: 0 is the name itself, 3 does not. */
static unsigned int rank(const char *name, const char *text, size_t len)
{
	if (!strncmp(name, text, len))
		return name[len] ? 1 : 0;
	return strstr(name, text) ? 2 : 3;
}

/* Only of ASCII: C has no other names. @to has room. */
static void to_lower(char *to, const char *from)
{
	do
		*to++ = *from >= 'A' && *from <= 'Z' ? *from | 0x20 : *from;
	while (*from++);
}

/* "struct foo" is typed for foo. */
static const char *without_keyword(const char *text)
{
	static const enum kmc_type_kind kinds[] = {
		KMC_TYPE_STRUCT, KMC_TYPE_UNION, KMC_TYPE_ENUM,
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *keyword = keyword_of(kinds[i]);
		size_t len = strlen(keyword);

		if (!strncmp(text, keyword, len) && text[len] == ' ')
			return text + len + 1;
	}
	return text;
}

static void refilter(struct view *view)
{
	struct list *list = view->data;
	uint8_t *ranks = xcalloc(list->count, 1);
	size_t len, at[4] = { }, sum = 0;
	char text[PROMPT_MAX];

	to_lower(text, without_keyword(view->filter));
	len = strlen(text);
	for (size_t i = 0; i < list->count; i++) {
		ranks[i] = rank(list->all[i].lower, text, len);
		at[ranks[i]]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		size_t n = at[i];

		at[i] = sum;
		sum += n;
	}
	list->nleft = at[3];
	for (size_t i = 0; i < list->count; i++)
		if (ranks[i] < 3)
			list->left[at[ranks[i]]++] = i;
	free(ranks);
}

static size_t count(const struct view *view)
{
	const struct list *list = view->data;

	return list->nleft;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct list *list = view->data;
	const struct kmc_type_name *type = list->all[list->left[i]].type;
	char size[NUMBER_MAX];

	line_say(out, KMC_STYLE_DIM, "%8s  %-7s ", number(size, view->app->hex, type->size),
		 type->is_typedef ? "typedef" : keyword_of(type->kind));
	out->stays = line_columns(out);
	line_quote(out, KMC_STYLE_TITLE, type->name);
	if (list->all[list->left[i]].module) {
		line_say(out, KMC_STYLE_DIM, "  ");
		line_quote(out, KMC_STYLE_DIM, list->all[list->left[i]].module);
	}
}

static void title(const struct view *view, struct line *out)
{
	const struct kmc_modules *modules = view->app->session->modules;
	const struct list *list = view->data;

	line_say(out, KMC_STYLE_TITLE, "%zu types", list->count);
	line_say(out, KMC_STYLE_PLAIN, " of ");
	if (view->app->session->types_path)
		line_quote(out, KMC_STYLE_PLAIN, view->app->session->types_path);
	if (modules && kmc_modules_count(modules))
		line_say(out, KMC_STYLE_PLAIN, " and modules");
}

static bool request(struct view *view, enum request what)
{
	const struct list *list = view->data;
	size_t i;

	if (what != REQUEST_ENTER && what != REQUEST_TYPE)
		return false;
	if (!view_current(view, &i))
		app_say(view->app, "no type has that in its name");
	else
		type_open(view->app, list->all[list->left[i]].types,
			  list->all[list->left[i]].type->id, NULL);
	return true;
}

static struct kmc_error *json_one(const void *data, size_t i, char **text)
{
	const struct list *list = data;

	return kmc_json_type_name(list->all[list->left[i]].type, text);
}

static bool json(const struct view *view, FILE *out)
{
	const struct list *list = view->data;

	return view_json_list(out, "types", list->nleft, json_one, list);
}

static void free_data(void *data)
{
	struct list *list = data;

	free(list->all);
	free(list->lower);
	free(list->left);
	free(list);
}

static const struct hint hints[] = {
	{ REQUEST_FILTER, "narrow the list" }, { REQUEST_ENTER, "open" },
	{ REQUEST_FIND, "find" }, HINTS_END
};

static bool can(const struct view *view, enum request what)
{
	return what != REQUEST_ENTER || view_count(view);
}

static void complete_name(struct view *view, const char *typed, struct completion *completion)
{
	const struct list *list = view->data;

	for (size_t i = 0; i < list->nleft; i++) {
		const char *name = list->all[list->left[i]].type->name;

		if (!strncmp(name, typed, strlen(typed)))
			completion_add(completion, name, name);
	}
}

static const struct view_ops types_view = {
	.name = "the list of types",
	.hints = hints,
	.can = can,
	.complete = complete_name,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.refilter = refilter,
	.json = json,
	.free = free_data,
};

static uint64_t first_bytes(const char *name)
{
	uint64_t first = 0;

	for (size_t i = 0; i < sizeof(first); i++) {
		first = first << 8 | (unsigned char)*name;
		name += *name != '\0';
	}
	return first;
}

static void append(struct list *list, struct kmc_types *types, const char *path,
		const struct kmc_type_name *names, size_t n)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	list->all = xrealloc(list->all, (list->count + n) * sizeof(*list->all));
	for (size_t i = 0; i < n; i++)
		list->all[list->count++] = (struct choice) {
			.type = &names[i], .types = types,
			.module = slash ? slash + 1 : path,
			.first = first_bytes(names[i].name),
		};
}

static struct kmc_error *add(struct list *list, struct kmc_types *types, const char *path)
{
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t n = 0;

	err = kmc_types_list(types, &names, &n);
	if (err)
		return err;
	append(list, types, path, names, n);
	err = kmc_types_enums(types, &names, &n);
	if (!err)
		append(list, types, path, names, n);
	return err;
}

static struct kmc_error *add_modules(struct list *list, struct app *app)
{
	struct kmc_modules *modules = NULL;
	struct kmc_error *err;
	bool quick;

	err = session_modules(app->session, app->opts, &modules);
	if (err || !modules)
		return err;
	quick = kmc_modules_count(modules) > SLOW_MODULES;
	for (size_t i = 0; !err && i < kmc_modules_count(modules); i++) {
		struct kmc_types *types;

		err = kmc_modules_types(modules, i, quick, &types);
		if (err)
			return err;
		if (!types) {
			list->left_out += quick;
			continue;
		}
		err = add(list, types, kmc_modules_path(modules, i));
	}
	return err;
}

/* Each once: what modules have of the kernel's types is not said again. */
static void sort(struct list *list)
{
	size_t n = 0, bytes = 0;
	char *at;

	qsort(list->all, list->count, sizeof(*list->all), by_name_and_place);
	for (size_t i = 0; i < list->count; i++)
		if (!n || !list->all[i].module ||
		    by_name(&list->all[n - 1], &list->all[i]))
			list->all[n++] = list->all[i];
	list->count = n;
	for (size_t i = 0; i < n; i++)
		bytes += strlen(list->all[i].type->name) + 1;
	list->lower = xcalloc(bytes, 1);
	at = list->lower;
	for (size_t i = 0; i < n; i++) {
		list->all[i].lower = at;
		to_lower(at, list->all[i].type->name);
		at += strlen(at) + 1;
	}
	list->left = xcalloc(n, sizeof(*list->left));
}

static struct kmc_error *fill(struct list *list, struct app *app)
{
	struct kmc_types *types;
	struct kmc_error *err;

	err = session_types(app->session, app->opts, &types);
	if (!err)
		err = add(list, types, NULL);
	if (err && app->opts->debuginfo.modules) {
		/* The DWARF of a module is enough, without any kernel. */
		kmc_error_free(add_modules(list, app));
		if (list->count) {
			message_error(err);
			err = NULL;
		}
	} else if (!err) {
		err = add_modules(list, app);
	}
	if (!err)
		sort(list);
	return err;
}

void types_open(struct app *app)
{
	struct list *list = xcalloc(1, sizeof(*list));
	struct kmc_error *err = fill(list, app);

	if (err) {
		message_error(err);
		free_data(list);
		return;
	}
	view_open(app, &types_view, list);
	refilter(app->top);
	if (list->left_out)
		app_say(app, "%zu modules have no BTF and are not in the list: name the type",
			list->left_out);
	/* One comes here to type a name. */
	app_prompt(app, PROMPT_FILTER);
}
