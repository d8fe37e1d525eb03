// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The types that differ between two kernels.
 */
#include <kmc/compare.h>
#include <kmc/output.h>

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/*
 * struct compared - all that differ
 * @gone, @added: how many of them are in one kernel only
 */
struct compared {
	struct kmc_compared_type *v;
	size_t count;
	size_t gone;
	size_t added;
};

static size_t count(const struct view *view)
{
	const struct compared *compared = view->data;

	return compared->count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct kmc_compared_type *type = &((const struct compared *)view->data)->v[i];
	const struct kmc_type_name *name = type->b ? type->b : type->a;
	char a[NUMBER_MAX] = "", b[NUMBER_MAX] = "";
	const char *arrow = out->ascii ? "->" : "→";
	const bool is_enum = name->kind == KMC_TYPE_ENUM;

	if (type->a)
		number(a, view->app->hex, type->a->size);
	if (type->b)
		number(b, view->app->hex, type->b->size);
	line_say(out, KMC_STYLE_DIM, "%7s %s %-7s ", a, type->a && type->b ? arrow :
		 out->ascii ? "  " : " ", b);
	out->stays = line_columns(out);
	line_say(out, type->b ? type->a ? KMC_STYLE_PLAIN : KMC_STYLE_INITIALIZED :
		 KMC_STYLE_FREED, "%c ", type->b ? type->a ? ' ' : '+' : '-');
	if (!name->is_typedef)
		line_say(out, KMC_STYLE_DIM, "%s ",
			 keyword_of(name->kind));
	line_quote(out, KMC_STYLE_TITLE, name->name);
	line_say(out, KMC_STYLE_PLAIN, "  ");
	line_pad(out, 58);
	if (type->a && type->b && !type->changed)
		line_say(out, KMC_STYLE_DIM, is_enum ? "size differs" : "padding differs");
	else if (type->a && type->b)
		line_say(out, KMC_STYLE_DIM, "%zu %s%s differ%s", type->changed,
			 is_enum ? "constant" : "member", type->changed == 1 ? "" : "s",
			 type->changed == 1 ? "s" : "");
	else
		line_say(out, KMC_STYLE_DIM, type->a ? "gone" : "new");
}

static void title(const struct view *view, struct line *out)
{
	const struct compared *compared = view->data;

	line_say(out, KMC_STYLE_TITLE, "%zu types differ",
		 compared->count - compared->gone - compared->added);
	line_say(out, KMC_STYLE_PLAIN, ", %zu are gone, %zu new: ", compared->gone,
		 compared->added);
	line_quote(out, KMC_STYLE_PLAIN, view->app->session->types_path);
	line_say(out, KMC_STYLE_PLAIN, " | ");
	line_quote(out, KMC_STYLE_PLAIN, view->app->session->other_path);
}

static bool request(struct view *view, enum request what)
{
	const struct compared *compared = view->data;
	size_t i;

	if ((what != REQUEST_ENTER && what != REQUEST_TYPE) || !view_current(view, &i))
		return false;
	message_error(compared_open(view->app, compared->v[i].a, compared->v[i].b));
	return true;
}

static bool can(const struct view *view, enum request what)
{
	return what != REQUEST_ENTER || view_count(view);
}

static struct kmc_error *json_one(const void *data, size_t i, char **text)
{
	const struct compared *compared = data;

	return kmc_json_compared_type(&compared->v[i], text);
}

static bool json(const struct view *view, FILE *out)
{
	const struct compared *compared = view->data;

	return view_json_list(out, "differ", compared->count, json_one, compared);
}

static void free_data(void *data)
{
	struct compared *compared = data;

	free(compared->v);
	free(compared);
}

static const struct hint hints[] = {
	{ REQUEST_ENTER, "compare" }, HINTS_END
};

static const struct view_ops compare_view = {
	.name = "the list of types that differ",
	.hints = hints,
	.can = can,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.json = json,
	.free = free_data,
};

static bool take(void *arg, const struct kmc_compared_type *type)
{
	struct compared *compared = arg;

	/* Full at powers of two. */
	if (!(compared->count & (compared->count - 1)))
		compared->v = xrealloc(compared->v,
				       (compared->count ? 2 * compared->count : 1) *
				       sizeof(*compared->v));
	compared->v[compared->count++] = *type;
	compared->gone += !type->b;
	compared->added += !type->a;
	return true;
}

static struct kmc_error *open_all(struct app *app)
{
	struct compared *compared = xcalloc(1, sizeof(*compared));
	struct kmc_error *err = kmc_compare_types(app->session->types, app->session->other,
						  take, compared);

	if (err) {
		free_data(compared);
		return err;
	}
	view_open(app, &compare_view, compared);
	if (!compared->count)
		app_say(app, "no type differs");
	return NULL;
}

/* The first layout of a name; false: there is none. */
static bool find_name(struct kmc_types *types, const char *name, struct kmc_type_name *out)
{
	const struct kmc_type *type = NULL;
	kmc_type_id *ids = NULL;
	size_t n;

	kmc_error_free(kmc_types_find(types, name, &ids, &n));
	if (!ids)
		kmc_error_free(kmc_types_find_enum(types, name, &ids, &n));
	if (ids)
		kmc_error_free(kmc_types_get(types, ids[0], &type));
	if (type)
		*out = (struct kmc_type_name) {
			.name = type->name ? type->declared : name, .kind = type->kind,
			.size = type->size, .id = ids[0],
		};
	free(ids);
	return type;
}

static struct kmc_error *open_one(struct app *app, const char *type)
{
	const struct session *session = app->session;
	struct kmc_type_name a, b;
	bool in_a = find_name(session->types, type, &a);
	bool in_b = find_name(session->other, type, &b);

	if (in_a || in_b)
		return compared_open(app, in_a ? &a : NULL, in_b ? &b : NULL);
	message("neither kernel has a complete struct, union, enum or typedef of one called '%s'",
		type);
	return NULL;
}

struct kmc_error *diff_open(struct app *app, const char *a, const char *b, const char *type)
{
	struct kmc_error *err = session_compare(app->session, a, b);

	if (err)
		return err;
	return type ? open_one(app, type) : open_all(app);
}
