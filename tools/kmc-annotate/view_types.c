// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All structs and unions of a kernel; what is typed narrows the list.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "views.h"

/*
 * struct list - all types, and those that are left
 * @all: sorted by name, @count of them
 * @left: indexes into @all, best first, @nleft of them
 */
struct list {
	struct kmc_types *types;
	const struct kmc_type_name **all;
	size_t count;
	uint32_t *left;
	size_t nleft;
};

static int by_name(const void *a, const void *b)
{
	const struct kmc_type_name *x = *(const struct kmc_type_name * const *)a;
	const struct kmc_type_name *y = *(const struct kmc_type_name * const *)b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

/* How well a name fits: 0 is the name itself, 3 does not. */
static unsigned int rank(const char *name, const char *text, size_t len)
{
	if (!strncasecmp(name, text, len))
		return name[len] ? 1 : 0;
	return strcasestr(name, text) ? 2 : 3;
}

/* "struct foo" is typed for foo. */
static const char *without_keyword(const char *text)
{
	if (!strncmp(text, "struct ", 7))
		return text + 7;
	return strncmp(text, "union ", 6) ? text : text + 6;
}

static void refilter(struct view *view)
{
	const char *text = without_keyword(view->filter);
	struct list *list = view->data;
	size_t len = strlen(text), at[4] = { }, sum = 0;
	uint8_t *ranks = xcalloc(list->count, 1);

	for (size_t i = 0; i < list->count; i++) {
		ranks[i] = rank(list->all[i]->name, text, len);
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
	const struct kmc_type_name *type = list->all[list->left[i]];

	line_say(out, KMC_STYLE_DIM, "%8" PRIu64 "  %-7s ", type->size,
		 type->is_typedef ? "typedef" :
		 type->kind == KMC_TYPE_UNION ? "union" : "struct");
	line_quote(out, KMC_STYLE_TITLE, type->name);
}

static void title(const struct view *view, struct line *out)
{
	const struct list *list = view->data;

	line_say(out, KMC_STYLE_TITLE, "%zu structs and unions", list->count);
	line_say(out, KMC_STYLE_PLAIN, " of ");
	line_quote(out, KMC_STYLE_PLAIN, view->app->session->types_path);
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
		type_open(view->app, list->types, list->all[list->left[i]]->id, NULL);
	return true;
}

static bool json(const struct view *view, FILE *out)
{
	const struct list *list = view->data;

	fputs("{\"version\":1,\"types\":[", out);
	for (size_t i = 0; i < list->nleft; i++) {
		const struct kmc_type_name *type = list->all[list->left[i]];

		fputs(i ? ",\n" : "\n", out);
		fputs("{\"name\":", out);
		put_json_string(type->name, out);
		fprintf(out, ",\"kind\":\"%s\",\"typedef\":%s,\"size\":%" PRIu64 "}",
			type->kind == KMC_TYPE_UNION ? "union" : "struct",
			type->is_typedef ? "true" : "false", type->size);
	}
	fputs("]}\n", out);
	return true;
}

static void free_data(void *data)
{
	struct list *list = data;

	free(list->all);
	free(list->left);
	free(list);
}

static const struct view_ops types_view = {
	.name = "the list of types",
	.hints = "& narrow the list  Enter open  / search  q back  h help",
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.refilter = refilter,
	.json = json,
	.free = free_data,
};

void types_open(struct app *app)
{
	const struct kmc_type_name *names;
	struct kmc_types *types;
	struct kmc_error *err;
	struct list *list;
	size_t n = 0;

	err = session_types(app->session, app->opts, &types);
	if (!err)
		err = kmc_types_list(types, &names, &n);
	if (err) {
		app_error(app, err);
		return;
	}
	list = xcalloc(1, sizeof(*list));
	list->types = types;
	list->count = n;
	list->all = xcalloc(n, sizeof(*list->all));
	list->left = xcalloc(n, sizeof(*list->left));
	for (size_t i = 0; i < n; i++)
		list->all[i] = &names[i];
	qsort(list->all, n, sizeof(*list->all), by_name);
	view_open(app, &types_view, list);
	refilter(app->top);
	/* One comes here to type a name. */
	app_prompt(app, PROMPT_FILTER);
}
