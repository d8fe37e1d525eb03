// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All structs and unions of a kernel, and typedefs of them; what is typed narrows the list.
 */
#include <kmc/output.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "views.h"

/*
 * struct choice - a name, and what is looked at more often
 * @lower: in lower case, compared with every key
 * @first: its first bytes as a number, which is nearly all that sorting needs
 */
struct choice {
	const struct kmc_type_name *type;
	const char *lower;
	uint64_t first;
};

/*
 * struct list - all types, and those that are left
 * @all: sorted by name, @count of them
 * @lower: where their lower case names are
 * @left: indexes into @all, best first, @nleft of them
 */
struct list {
	struct kmc_types *types;
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
	if (!strncmp(text, "struct ", 7))
		return text + 7;
	return strncmp(text, "union ", 6) ? text : text + 6;
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

	line_say(out, KMC_STYLE_DIM, "%8" PRIu64 "  %-7s ", type->size,
		 type->is_typedef ? "typedef" :
		 type->kind == KMC_TYPE_UNION ? "union" : "struct");
	line_quote(out, KMC_STYLE_TITLE, type->name);
}

static void title(const struct view *view, struct line *out)
{
	const struct list *list = view->data;

	line_say(out, KMC_STYLE_TITLE, "%zu types", list->count);
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
		type_open(view->app, list->types, list->all[list->left[i]].type->id, NULL);
	return true;
}

static bool json(const struct view *view, FILE *out)
{
	const struct list *list = view->data;

	fputs("{\"version\":1,\"types\":[", out);
	for (size_t i = 0; i < list->nleft; i++) {
		struct kmc_error *err;
		char *text;

		err = kmc_json_type_name(list->all[list->left[i]].type, &text);
		if (err) {
			message_error(err);
			return false;
		}
		fprintf(out, "%s%s", i ? ",\n" : "\n", text);
		free(text);
	}
	fputs("]}\n", out);
	return true;
}

static void free_data(void *data)
{
	struct list *list = data;

	free(list->all);
	free(list->lower);
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

static uint64_t first_bytes(const char *name)
{
	uint64_t first = 0;

	for (size_t i = 0; i < sizeof(first); i++) {
		first = first << 8 | (unsigned char)*name;
		name += *name != '\0';
	}
	return first;
}

static void fill(struct list *list, const struct kmc_type_name *names)
{
	size_t bytes = 0;
	char *at;

	for (size_t i = 0; i < list->count; i++)
		bytes += strlen(names[i].name) + 1;
	list->lower = xcalloc(bytes, 1);
	at = list->lower;
	for (size_t i = 0; i < list->count; i++) {
		list->all[i] = (struct choice) { &names[i], at, first_bytes(names[i].name) };
		to_lower(at, names[i].name);
		at += strlen(at) + 1;
	}
}

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
		message_error(err);
		return;
	}
	list = xcalloc(1, sizeof(*list));
	list->types = types;
	list->count = n;
	list->all = xcalloc(n, sizeof(*list->all));
	list->left = xcalloc(n, sizeof(*list->left));
	fill(list, names);
	qsort(list->all, n, sizeof(*list->all), by_name);
	view_open(app, &types_view, list);
	refilter(app->top);
	/* One comes here to type a name. */
	app_prompt(app, PROMPT_FILTER);
}
