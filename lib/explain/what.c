// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which types an object may be of: those that the kernel allocates in such a cache and with
 * such a size, ordered by how much of what is known of the object they explain.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "explain/candidates.h"
#include "explain/what_match.h"
#include "explain/what_query.h"
#include "report/model.h"
#include "types/types.h"

/* Answers that anybody would read. */
#define ANSWERS_MAX	1000
/* With fewer of them, types that nothing is known to allocate are looked at. */
#define ENOUGH		3
/* Better by that, nothing else is likely. */
#define LEAD		12

/* How well an allocation fits the object; the best comes last. */
enum level { LEVEL_NONE, LEVEL_SIZE, LEVEL_LOOSE, LEVEL_CLASS, LEVEL_EXACT, LEVEL_OWN };

static const int level_points[] = {
	[LEVEL_SIZE] = 8, [LEVEL_LOOSE] = 15, [LEVEL_CLASS] = 40, [LEVEL_EXACT] = 70,
	[LEVEL_OWN] = 100,
};

/* What else counts. */
enum {
	POINTS_KIND = 10,	/* the same sort of kmalloc() cache */
	POINTS_WHOLE = 10,	/* the type is all that was asked for */
	POINTS_NAME = 60,	/* KMEM_CACHE() calls a cache as its type */
	POINTS_PREFIX = 8,
	POINTS_DOUBLED = 2,	/* twice as many places that allocate it */
	POINTS_MATCH = 15,
	POINTS_MISMATCH = -40,
	POINTS_TAIL = 12,	/* its last array has a whole number of elements */
	POINTS_HOLE = -10,
	POINTS_BEYOND = -20,
	/* Of reports, which show many words. */
	MATCHES_MAX = 4,
};

/**
 * struct guess - a type that it may be
 * @level: of the allocation that fits best
 * @best: that, NULL: none is known
 * @sites: allocations of @level
 * @callers: calls of the functions that have them
 * @types, @id: of the type, when it was @resolved
 * @points: all that speaks for it
 * @agreed, @contradicted: what is known of bytes
 * @named: the cache is called as it is
 */
struct guess {
	const char *name;
	uint64_t size;
	uint64_t die;
	enum level level;
	const struct kmc_allocation *best;
	size_t sites;
	size_t callers;
	bool resolved;
	struct kmc_types *types;
	kmc_type_id id;
	int points;
	size_t agreed;
	size_t contradicted;
	bool named;
	struct kmc_what_seen seen;
};

struct run {
	const struct kmc_what *what;
	struct kmc_types *types;
	struct kmc_modules *modules;
	struct guess *v;
	size_t count;
	uint64_t cache_size;
};

/* ---- how well an allocation fits ---- */

static enum level level_of_kmalloc(const struct kmc_what *what, const struct kmc_allocation *one)
{
	const uint64_t limit = what->exact || !what->is_kmalloc ? what->size : what->up_to;

	if (what->cache && !what->is_kmalloc)
		return LEVEL_NONE;
	if (!one->size)
		return !limit || one->type_size <= limit ? LEVEL_LOOSE : LEVEL_NONE;
	if (what->is_kmalloc && (one->size <= what->over || one->size > what->up_to))
		return LEVEL_NONE;
	if (what->size && one->size == what->size)
		return LEVEL_EXACT;
	if (what->is_kmalloc)
		return what->exact ? LEVEL_NONE : LEVEL_CLASS;
	return kmc_kmalloc_class(one->size) == what->size ? LEVEL_CLASS : LEVEL_NONE;
}

/* Objects of caches are as large as that and then aligned, which is when SLUB merges them. */
static bool as_large(uint64_t a, uint64_t b)
{
	return a && (a + 7) / 8 == (b + 7) / 8;
}

static enum level level_of_cache(const struct run *run, const struct kmc_allocation *one)
{
	const struct kmc_what *what = run->what;
	const uint64_t size = run->cache_size ? run->cache_size : what->size;

	if (what->is_kmalloc)
		return LEVEL_NONE;
	if (what->cache && one->cache)
		return !strcmp(what->cache, one->cache) ? LEVEL_OWN :
		       as_large(one->size, size) ? LEVEL_LOOSE : LEVEL_NONE;
	if (one->size)
		return one->size == size ? LEVEL_EXACT : LEVEL_NONE;
	/* From one that is not known: it may be this one if that makes such objects. */
	return one->type_size == size ? LEVEL_CLASS : LEVEL_NONE;
}

static enum level level_of(const struct run *run, const struct kmc_allocation *one)
{
	switch (one->by) {
	case KMC_ALLOCATION_KMALLOC:
		return level_of_kmalloc(run->what, one);
	case KMC_ALLOCATION_CACHE:
		return level_of_cache(run, one);
	default:
		return LEVEL_NONE;
	}
}

/* ---- guesses ---- */

static struct guess *guess_of(struct run *run, const char *name, uint64_t size)
{
	struct guess *guess;

	for (size_t i = 0; i < run->count; i++)
		if (run->v[i].size == size && !strcmp(run->v[i].name, name))
			return &run->v[i];
	guess = kmc_grow(&run->v, run->count, sizeof(*guess));
	if (!guess)
		return NULL;
	guess->name = name;
	guess->size = size;
	guess->types = run->types;
	run->count++;
	return guess;
}

static struct kmc_error *add_allocation(struct run *run, const struct kmc_allocation *one)
{
	enum level level = level_of(run, one);
	struct guess *guess;

	if (level == LEVEL_NONE)
		return NULL;
	guess = guess_of(run, one->type, one->type_size);
	if (!guess)
		return kmc_error_nomem();
	if (level > guess->level) {
		guess->level = level;
		guess->best = one;
		guess->die = one->die;
		guess->sites = 0;
		guess->callers = 0;
	}
	if (level == guess->level) {
		guess->sites++;
		guess->callers += one->callers;
	}
	return NULL;
}

/* Types that are as large as that, whoever allocates them. */
static struct kmc_error *add_types(struct run *run)
{
	const uint64_t size = run->what->exact || !run->what->is_kmalloc ? run->what->size : 0;
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t count;

	if (!size || run->count >= ENOUGH)
		return NULL;
	err = kmc_types_list(run->types, &names, &count);
	for (size_t i = 0; !err && i < count; i++) {
		const struct kmc_type *type;
		struct guess *guess;

		if (names[i].size != size || names[i].is_typedef)
			continue;
		err = kmc_types_get(run->types, names[i].id, &type);
		if (err)
			break;
		guess = guess_of(run, type->declared, size);
		if (!guess)
			return kmc_error_nomem();
		guess->resolved = true;
		guess->id = names[i].id;
		if (guess->level == LEVEL_NONE)
			guess->level = LEVEL_SIZE;
	}
	return err;
}

/* KMEM_CACHE() calls a cache as its type, and so do people. */
static struct kmc_error *add_namesake(struct run *run)
{
	const struct kmc_type *type;
	kmc_type_id *ids = NULL;
	struct guess *guess;
	struct kmc_error *err;
	size_t count = 0;

	if (!run->what->cache || run->what->is_kmalloc)
		return NULL;
	err = kmc_types_find(run->types, run->what->cache, &ids, &count);
	for (size_t i = 0; !err && i < count; i++) {
		err = kmc_types_get(run->types, ids[i], &type);
		if (err || !type->name || strcmp(type->name, run->what->cache))
			continue;
		guess = guess_of(run, type->declared, type->size);
		if (!guess) {
			free(ids);
			return kmc_error_nomem();
		}
		guess->resolved = true;
		guess->id = ids[i];
		guess->named = true;
		guess->level = LEVEL_OWN;
	}
	free(ids);
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *collect(struct run *run, const struct kmc_allocations *all)
{
	const struct kmc_what *what = run->what;
	struct kmc_error *err = NULL;

	for (size_t i = 0; all && what->cache && !run->cache_size && i < all->count; i++)
		if (all->v[i].cache && !strcmp(all->v[i].cache, what->cache))
			run->cache_size = all->v[i].size;
	for (size_t i = 0; all && !err && i < all->count; i++)
		err = add_allocation(run, &all->v[i]);
	if (!err)
		err = add_namesake(run);
	return err ? err : add_types(run);
}

/* ---- points ---- */

/* "task_struct" of "struct task_struct" */
static const char *tag_of(const char *name)
{
	const char *space = strchr(name, ' ');

	return space ? space + 1 : name;
}

static void count_name(struct run *run, struct guess *guess)
{
	const char *cache = run->what->cache, *tag = tag_of(guess->name);
	size_t len;

	if (!cache || run->what->is_kmalloc)
		return;
	len = strcspn(cache, "-_");
	if (guess->named)
		guess->points += POINTS_NAME;
	else if (len > 1 && !strncasecmp(cache, tag, len))
		guess->points += POINTS_PREFIX;
}

static void count_site(const struct run *run, struct guess *guess)
{
	const struct kmc_allocation *best = guess->best;
	const size_t many = guess->sites + guess->callers;

	guess->points = level_points[guess->level];
	if (!best)
		return;
	/* It does not matter much which of two that are many is more. */
	guess->points += many ? POINTS_DOUBLED * (63 - __builtin_clzll(many)) : 0;
	if (best->size == guess->size)
		guess->points += POINTS_WHOLE;
	/* Of what has any size, the larger part of it, or some of it. */
	else if (!best->size && run->what->size)
		guess->points += run->what->size % guess->size ?
				 POINTS_WHOLE * guess->size / run->what->size : POINTS_WHOLE;
	if (run->what->is_kmalloc && best->kind == run->what->kind)
		guess->points += POINTS_KIND;
	guess->points -= best->told;
}

/* What has any size has so many elements of its last array behind it. */
static void count_tail(struct run *run, struct guess *guess)
{
	const uint64_t size = run->what->size;
	uint64_t start, element;

	if (guess->level != LEVEL_LOOSE || !size || !guess->best || guess->best->size ||
	    !kmc_what_tail(guess->types, guess->id, &start, &element))
		return;
	if (size < start || (size - start) % element)
		guess->points -= POINTS_TAIL;
	else if (element > 1)
		guess->points += POINTS_TAIL;
}

/* From the start of an element, of an object that is some. */
static uint64_t offset_in(const struct guess *guess, uint64_t offset)
{
	const struct kmc_allocation *best = guess->best;

	return best && best->size && best->size % guess->size == 0 ? offset % guess->size : offset;
}

static void count_bytes(struct run *run, struct guess *guess)
{
	const struct kmc_what *what = run->what;

	for (size_t i = 0; i < what->nplaces; i++) {
		const struct kmc_what_place *place = &what->places[i];
		const uint64_t offset = offset_in(guess, place->offset);
		int fits = kmc_what_fits(guess->types, guess->id, offset, place, &guess->seen);

		guess->agreed += fits > 0;
		guess->contradicted += fits < 0;
	}
	guess->points += POINTS_MATCH * (int)(guess->agreed < MATCHES_MAX ? guess->agreed :
									    MATCHES_MAX);
	guess->points += POINTS_MISMATCH * (int)guess->contradicted;
	if (!what->nplaces)
		return;
	if (offset_in(guess, what->places[0].offset) >= guess->size)
		guess->points += POINTS_BEYOND;
	else if (kmc_what_in_hole(guess->types, guess->id,
				  offset_in(guess, what->places[0].offset)))
		guess->points += POINTS_HOLE;
}

/* By where DWARF has it: that takes no time. */
static bool resolve_by_die(struct run *run, struct guess *guess)
{
	const struct kmc_type *type = NULL;
	struct kmc_error *err;

	if (guess->resolved || !guess->die)
		return guess->resolved;
	err = kmc_types_get(run->types, guess->die, &type);
	guess->resolved = !err && type->size == guess->size &&
			  !strcmp(type->declared, guess->name);
	guess->id = guess->die;
	kmc_error_free(err);
	return guess->resolved;
}

static void resolve_name(struct run *run, const struct kmc_type_name *name)
{
	for (size_t i = 0; i < run->count; i++) {
		struct guess *guess = &run->v[i];

		if (guess->resolved || name->size != guess->size || name->is_typedef ||
		    strcmp(name->name, tag_of(guess->name)))
			continue;
		guess->resolved = true;
		guess->id = name->id;
	}
}

/* What only the module has that allocates it. */
static void resolve_in_module(struct run *run, struct guess *guess)
{
	struct kmc_types *types = NULL;
	const struct kmc_type *type;
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_modules_named(run->modules, guess->best->module, &types);
	if (!err && types)
		err = kmc_types_find(types, guess->name, &ids, &count);
	for (size_t i = 0; !err && i < count && !guess->resolved; i++) {
		err = kmc_types_get(types, ids[i], &type);
		guess->resolved = !err && type->size == guess->size;
		guess->types = types;
		guess->id = ids[i];
	}
	if (!guess->resolved)
		guess->types = run->types;
	free(ids);
	kmc_error_free(err);
}

/* Or else by their names, all of them at once. */
static void resolve(struct run *run)
{
	const struct kmc_type_name *names;
	size_t count = 0, left = 0;

	for (size_t i = 0; i < run->count; i++)
		left += !resolve_by_die(run, &run->v[i]);
	if (!left)
		return;
	kmc_error_free(kmc_types_list(run->types, &names, &count));
	for (size_t i = 0; i < count; i++)
		resolve_name(run, &names[i]);
	for (size_t i = 0; run->modules && i < run->count; i++)
		if (!run->v[i].resolved && run->v[i].best && run->v[i].best->module)
			resolve_in_module(run, &run->v[i]);
}

static int compare(const void *pa, const void *pb)
{
	const struct guess *a = pa, *b = pb;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	return a->size != b->size ? (a->size < b->size ? -1 : 1) : strcmp(a->name, b->name);
}

static void rank(struct run *run)
{
	resolve(run);
	for (size_t i = 0; i < run->count; i++) {
		struct guess *guess = &run->v[i];

		count_site(run, guess);
		count_name(run, guess);
		if (!guess->resolved)
			continue;
		count_bytes(run, guess);
		count_tail(run, guess);
	}
	if (run->count)
		qsort(run->v, run->count, sizeof(*run->v), compare);
}

/* ---- how sure ---- */

/* Do two things say so that do not depend on each other, and nothing else? */
static bool is_certain(const struct run *run, const struct guess *best)
{
	if (best->level != LEVEL_OWN || best->contradicted)
		return false;
	for (size_t i = 1; i < run->count; i++)
		if (run->v[i].level == LEVEL_OWN)
			return false;
	return !!best->best + best->named + (best->size == run->cache_size) +
	       !!best->agreed > 1;
}

static enum kmc_confidence confidence_of(const struct run *run, size_t i)
{
	const struct guess *guess = &run->v[i];
	const bool leads = run->count < 2 || guess->points >= run->v[1].points + LEAD;

	if (i || guess->contradicted)
		return KMC_GUESS;
	if (is_certain(run, guess))
		return KMC_CERTAIN;
	/* A size is shared by types that are not known to be allocated; it needs a second. */
	return leads && (guess->level == LEVEL_OWN ||
			 (guess->level >= LEVEL_CLASS && guess->agreed)) ?
	       KMC_LIKELY : KMC_GUESS;
}

/* ---- reasons ---- */

KMC_PRINTF(2, 3)
static struct kmc_error *say(struct kmc_what_answer *answer, const char *fmt, ...)
{
	char **slot = kmc_grow(&answer->reasons, answer->nreasons, sizeof(*slot));
	va_list ap;
	int len;

	if (!slot)
		return kmc_error_nomem();
	va_start(ap, fmt);
	len = vasprintf(slot, fmt, ap);
	va_end(ap);
	if (len < 0) {
		*slot = NULL;
		return kmc_error_nomem();
	}
	answer->nreasons++;
	return NULL;
}

/* "kmalloc(104)", "cred_jar" */
static const char *source_of(const struct kmc_allocation *one, char text[160])
{
	if (one->by == KMC_ALLOCATION_CACHE)
		snprintf(text, 160, "from %.140s", one->cache ? one->cache :
			 "a cache that is not known");
	else if (one->size)
		snprintf(text, 160, "by kmalloc() of %" PRIu64 " bytes", one->size);
	else
		snprintf(text, 160, "by kmalloc() of any number of bytes");
	return text;
}

static struct kmc_error *say_site(const struct guess *guess, struct kmc_what_answer *answer)
{
	const struct kmc_allocation *best = guess->best;
	char source[160], more[64] = "", where[300] = "";

	if (!best)
		return guess->named ? NULL :
		       say(answer, "it is as large as that, and nothing is known to allocate it");
	if (guess->sites > 1)
		snprintf(more, sizeof(more), ", and in %zu other place%s", guess->sites - 1,
			 guess->sites > 2 ? "s" : "");
	if (best->file && best->line)
		snprintf(where, sizeof(where), " (%.250s:%d)", best->file, best->line);
	return say(answer, "%s()%s%s allocates it %s%s%s", *best->function ? best->function :
		   "a function", best->module ? " of " : "", best->module ? best->module : "",
		   source_of(best, source), where, more);
}

static struct kmc_error *say_sizes(const struct run *run, const struct guess *guess,
				   struct kmc_what_answer *answer)
{
	const struct kmc_allocation *best = guess->best;
	struct kmc_error *err = NULL;

	if (guess->named)
		err = say(answer, "the cache is called as it is");
	if (!err && guess->level == LEVEL_OWN && guess->size == run->cache_size)
		return say(answer, "its size is that of the cache's objects, %" PRIu64 " bytes",
			   guess->size);
	if (err || !best)
		return err;
	if (guess->level == LEVEL_LOOSE && best->cache && run->what->cache)
		return say(answer, "whose objects are as large: SLUB may have merged the two");
	if (guess->level == LEVEL_EXACT && best->size % guess->size == 0 &&
	    best->size != guess->size)
		return say(answer, "%" PRIu64 " of them", best->size / guess->size);
	if (guess->level == LEVEL_EXACT && best->size != guess->size)
		return say(answer, "with %" PRIu64 " bytes behind it", best->size - guess->size);
	return NULL;
}

static struct kmc_error *say_bytes(const struct guess *guess, struct kmc_what_answer *answer)
{
	struct kmc_error *err = NULL;

	if (guess->seen.agreed)
		err = say(answer, "%s%s", guess->seen.agreed, guess->agreed > 1 ?
			  ", and so with other bytes" : "");
	if (!err && guess->seen.contradicted)
		err = say(answer, "but %s", guess->seen.contradicted);
	return err;
}

static struct kmc_error *fill(const struct run *run, size_t i, struct kmc_what_answer *answer)
{
	const struct guess *guess = &run->v[i];
	struct kmc_error *err;
	bool placed = run->what->nplaces;

	answer->type = guess->name;
	answer->size = guess->size;
	answer->confidence = confidence_of(run, i);
	if (guess->resolved) {
		answer->types = guess->types;
		answer->id = guess->id;
	}
	if (placed)
		answer->offset = offset_in(guess, run->what->places[0].offset);
	err = placed && guess->resolved ?
	      kmc_what_path(guess->types, guess->id, answer->offset, &answer->path) : NULL;
	if (!err)
		err = say_site(guess, answer);
	if (!err)
		err = say_sizes(run, guess, answer);
	return err ? err : say_bytes(guess, answer);
}

/* ---- the whole ---- */

void kmc_what_answers_release(struct kmc_what_answers *answers)
{
	for (size_t i = 0; i < answers->count; i++) {
		struct kmc_what_answer *answer = &answers->v[i];

		for (size_t n = 0; n < answer->nreasons; n++)
			free(answer->reasons[n]);
		free(answer->reasons);
		free(answer->path);
	}
	free(answers->v);
	*answers = (struct kmc_what_answers) { };
}

struct kmc_error *kmc_what_run(const struct kmc_what *what, const struct kmc_allocations *all,
			       struct kmc_types *types, struct kmc_modules *modules,
			       struct kmc_what_answers *out)
{
	struct run run = { .what = what, .types = types, .modules = modules };
	struct kmc_what_answers answers = { };
	struct kmc_error *err = collect(&run, all);

	if (!err)
		rank(&run);
	for (size_t i = 0; !err && i < run.count && i < ANSWERS_MAX; i++) {
		struct kmc_what_answer *answer = kmc_grow(&answers.v, answers.count,
							  sizeof(*answer));

		err = answer ? fill(&run, i, answer) : kmc_error_nomem();
		answers.count += !!answer;
	}
	answers.more = run.count - answers.count;
	for (size_t i = 0; i < run.count; i++)
		kmc_what_seen_release(&run.v[i].seen);
	free(run.v);
	if (err)
		kmc_what_answers_release(&answers);
	else
		*out = answers;
	return err;
}
