// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers to a question about all types.
 */
#include <kmc/find.h>
#include <kmc/output.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/* More are read by nobody. */
#define ANSWERS_MAX	200000
/* A tenth of a second each, from DWARF. */
#define SLOW_MODULES	32

/*
 * struct entry - an answer that is kept
 * @name: copied, for that of a function is gone after the call
 * @path, @declared: yours
 * @module: file name of the module that has it, NULL for the kernel
 */
struct entry {
	struct kmc_answer answer;
	struct kmc_type_name name;
	char *path;
	char *declared;
	struct kmc_types *types;
	const char *module;
};

struct answers {
	char *query;
	struct entry *v;
	size_t count;
	bool cut;
	struct kmc_types *types;
	const char *module;
};

/* ---- rows ---- */

static size_t count(const struct view *view)
{
	const struct answers *answers = view->data;

	return answers->count;
}

static void put_place(const struct app *app, const struct kmc_answer *answer, struct line *out)
{
	char text[NUMBER_MAX], size[NUMBER_MAX + 1] = ":";

	if (answer->function) {
		line_say(out, KMC_STYLE_DIM, "%8s %6s  ", "", "");
		return;
	}
	number(text, app->hex, answer->bit_offset / 8);
	if (answer->bitfield)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ":%u",
			 (unsigned int)(answer->bit_offset % 8));
	number(size + 1, app->hex && !answer->bitfield,
	       answer->bitfield ? answer->bit_size : answer->bit_size / 8);
	line_say(out, KMC_STYLE_DIM, "%8s %6s  ", text, answer->bitfield ? size : size + 1);
	out->stays = line_columns(out);
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct answers *answers = view->data;
	const struct entry *entry = &answers->v[i];
	const struct kmc_answer *answer = &entry->answer;

	put_place(view->app, answer, out);
	if (!answer->function && !entry->name.is_typedef)
		line_say(out, KMC_STYLE_DIM, "%s ",
			 keyword_of(entry->name.kind));
	line_quote(out, *entry->path ? KMC_STYLE_PLAIN : KMC_STYLE_TITLE, entry->name.name);
	if (*entry->path) {
		line_say(out, KMC_STYLE_PLAIN, *entry->path == '(' ? " " : ".");
		line_quote(out, KMC_STYLE_TITLE, entry->path);
	}
	if (!answer->function && entry->name.kind == KMC_TYPE_ENUM && *entry->path)
		line_say(out, KMC_STYLE_LOCATION, " = %" PRId64, answer->value);
	line_say(out, KMC_STYLE_PLAIN, "  ");
	line_pad(out, 60);
	line_quote(out, KMC_STYLE_LOCATION, entry->declared);
	if (!entry->module)
		return;
	line_say(out, KMC_STYLE_DIM, "  ");
	line_quote(out, KMC_STYLE_DIM, entry->module);
}

static void title(const struct view *view, struct line *out)
{
	const struct answers *answers = view->data;

	line_say(out, KMC_STYLE_TITLE, "%zu answer%s to ", answers->count,
		 answers->count == 1 ? "" : "s");
	line_quote(out, KMC_STYLE_TITLE, answers->query);
	if (answers->cut)
		line_say(out, KMC_STYLE_PLAIN, ", and there are more");
}

/* ---- requests ---- */

static bool can(const struct view *view, enum request what)
{
	const struct answers *answers = view->data;
	size_t i;

	return what != REQUEST_ENTER ||
	       (view_current(view, &i) && !answers->v[i].answer.function);
}

static bool request(struct view *view, enum request what)
{
	const struct answers *answers = view->data;
	const struct entry *entry;
	char where[24];
	size_t i;

	if ((what != REQUEST_ENTER && what != REQUEST_TYPE) || !view_current(view, &i))
		return false;
	entry = &answers->v[i];
	if (!can(view, REQUEST_ENTER)) {
		app_say(view->app, "a function has no layout");
		return true;
	}
	/* The path of one in an array without a name leads nowhere, its offset does. */
	snprintf(where, sizeof(where), "%" PRIu64, entry->answer.bit_offset / 8);
	type_open(view->app, entry->types, entry->name.id,
		  !*entry->path ? NULL :
		  *entry->path == '(' || strstr(entry->path, "[]") ? where : entry->path);
	return true;
}

static struct kmc_error *json_one(const void *data, size_t i, char **text)
{
	const struct answers *answers = data;
	struct kmc_answer answer = answers->v[i].answer;

	answer.name = &answers->v[i].name;
	answer.path = answers->v[i].path;
	answer.declared = answers->v[i].declared;
	return kmc_json_answer(&answer, text);
}

static bool json(const struct view *view, FILE *out)
{
	const struct answers *answers = view->data;

	return view_json_list(out, "answers", answers->count, json_one, answers);
}

static void free_data(void *data)
{
	struct answers *answers = data;

	for (size_t i = 0; i < answers->count; i++) {
		free(answers->v[i].path);
		free(answers->v[i].declared);
	}
	free(answers->v);
	free(answers->query);
	free(answers);
}

static const struct hint hints[] = {
	{ REQUEST_ENTER, "open" }, { REQUEST_FIND, "find" }, HINTS_END
};

static const struct view_ops find_view = {
	.name = "the answers",
	.hints = hints,
	.can = can,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.json = json,
	.free = free_data,
};

/* ---- asking ---- */

static bool take(void *arg, const struct kmc_answer *answer)
{
	struct answers *answers = arg;
	struct entry *entry;

	if (answers->count == ANSWERS_MAX) {
		answers->cut = true;
		return false;
	}
	/* Full at powers of two. */
	if (!(answers->count & (answers->count - 1)))
		answers->v = xrealloc(answers->v, (answers->count ? 2 * answers->count : 1) *
				      sizeof(*answers->v));
	entry = &answers->v[answers->count++];
	*entry = (struct entry) {
		.answer = *answer, .name = *answer->name, .path = xstrdup(answer->path),
		.declared = xstrdup(answer->declared), .types = answers->types,
		.module = answers->module,
	};
	return true;
}

static struct kmc_error *ask_modules(struct answers *answers, struct app *app,
				     const struct kmc_find *find)
{
	struct kmc_modules *modules = NULL;
	struct kmc_error *err = session_modules(app->session, app->opts, &modules);
	bool quick = modules && kmc_modules_count(modules) > SLOW_MODULES;

	for (size_t i = 0; !err && modules && i < kmc_modules_count(modules); i++) {
		const char *path = kmc_modules_path(modules, i), *slash = strrchr(path, '/');
		size_t n;

		err = kmc_modules_types(modules, i, quick, &answers->types);
		answers->module = slash ? slash + 1 : path;
		if (!err && answers->types)
			err = kmc_find_run(find, answers->types, take, answers, &n);
	}
	return err;
}

static struct kmc_error *ask(struct answers *answers, struct app *app)
{
	struct kmc_find *find;
	struct kmc_error *err = kmc_find_new(answers->query, &find);
	size_t n;

	if (err)
		return err;
	err = session_types(app->session, app->opts, &answers->types);
	if (!err)
		err = kmc_find_run(find, answers->types, take, answers, &n);
	if (!err)
		err = ask_modules(answers, app, find);
	kmc_find_free(find);
	return err;
}

/* "what CACHE +N" is another question, which needs a key no less. */
#define WHAT	"what "

void find_open(struct app *app, const char *query)
{
	struct answers *answers;
	struct kmc_error *err;

	if (!strncmp(query, WHAT, strlen(WHAT))) {
		what_open(app, query + strlen(WHAT));
		return;
	}
	answers = xcalloc(1, sizeof(*answers));
	answers->query = xstrdup(query);
	err = ask(answers, app);
	if (err) {
		message_error(err);
		free_data(answers);
		return;
	}
	view_open(app, &find_view, answers);
	if (!answers->count)
		app_say(app, "nothing answers to that");
}
