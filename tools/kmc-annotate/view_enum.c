// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The values of an enum.
 */
#include <kmc/output.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "type_line.h"
#include "views.h"

struct values {
	struct kmc_types *types;
	kmc_type_id id;
	const struct kmc_type *type;
};

static size_t count(const struct view *view)
{
	const struct values *values = view->data;

	return values->type->nenumerators;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct kmc_type *type = ((const struct values *)view->data)->type;
	const struct kmc_enumerator *value = &type->enumerators[i];
	char text[NUMBER_MAX];

	if (!view->app->hex && type->is_signed)
		line_say(out, KMC_STYLE_DIM, "%12" PRId64 "  ", value->value);
	else
		line_say(out, KMC_STYLE_DIM, "%12s  ",
			 number(text, view->app->hex, bits_of(type->size, value->value)));
	out->stays = line_columns(out);
	line_quote(out, KMC_STYLE_TITLE, value->name);
}

static void title(const struct view *view, struct line *out)
{
	const struct kmc_type *type = ((const struct values *)view->data)->type;
	char size[NUMBER_MAX];

	if (type->anonymous && type->nenumerators) {
		/* As the list of types calls it. */
		line_say(out, KMC_STYLE_TITLE, "enum {");
		line_quote(out, KMC_STYLE_TITLE, type->enumerators[0].name);
		line_say(out, KMC_STYLE_TITLE, ", ...}");
	} else {
		line_quote(out, KMC_STYLE_TITLE, type->declared);
	}
	line_say(out, KMC_STYLE_PLAIN, ", %s byte%s, %zu value%s",
		 number(size, view->app->hex, type->size), type->size == 1 ? "" : "s",
		 type->nenumerators, type->nenumerators == 1 ? "" : "s");
}

static bool request(struct view *view, enum request what)
{
	if (what != REQUEST_EDIT)
		return false;
	type_edit(view->app, ((const struct values *)view->data)->type);
	return true;
}

/* "3", "0x80", "-1" or a name */
static bool go(struct view *view, const char *where)
{
	const struct kmc_type *type = ((const struct values *)view->data)->type;
	char *end;
	int64_t number = *where == '-' ? strtoll(where, &end, 0) :
			 (int64_t)strtoull(where, &end, 0);
	bool is_number = *where && !*end;

	for (size_t i = 0; i < type->nenumerators; i++) {
		const struct kmc_enumerator *value = &type->enumerators[i];

		if (is_number ? bits_of(type->size, value->value) != bits_of(type->size, number) :
				strcmp(value->name, where))
			continue;
		view_set_filter(view, "");
		view_select(view, i);
		return true;
	}
	return false;
}

static void complete_name(struct view *view, const char *typed, struct completion *completion)
{
	const struct kmc_type *type = ((const struct values *)view->data)->type;

	for (size_t i = 0; i < type->nenumerators; i++) {
		const char *name = type->enumerators[i].name;

		if (!strncmp(name, typed, strlen(typed)))
			completion_add(completion, name, name);
	}
}

static bool json(const struct view *view, FILE *out)
{
	const struct values *values = view->data;
	struct kmc_error *err;
	char *text = NULL;

	err = kmc_json_type(values->types, values->id, &text);
	return json_put(err, text, out);
}

static const struct hint hints[] = {
	{ REQUEST_GOTO, "go to" }, { REQUEST_FIND, "find" }, { REQUEST_TYPES, "types" },
	HINTS_END
};

static const struct view_ops enum_view = {
	.name = "an enum",
	.hints = hints,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.complete = complete_name,
	.go = go,
	.json = json,
	.free = free,
};

void enum_open(struct app *app, struct kmc_types *types, kmc_type_id id,
	       const struct kmc_type *type, const char *where)
{
	struct values *values = xcalloc(1, sizeof(*values));

	*values = (struct values){ .types = types, .id = id, .type = type };
	view_open(app, &enum_view, values);
	if (where && !go(app->top, where))
		app_say(app, "there is no '%s' in %s", where, type->declared);
}
