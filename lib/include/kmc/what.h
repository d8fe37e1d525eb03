/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an object of a cache may be. Included by kmc.h.
 */
#ifndef KMC_WHAT_H
#define KMC_WHAT_H

#include <kmc/layout.h>
#include <kmc/report.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kmc_debuginfo;

/* ---- which types a kernel allocates: allocations.c ---- */

struct kmc_allocations;

/**
 * struct kmc_allocations_options - where they are kept, and who waits for them
 * @size: sizeof(struct kmc_allocations_options); what is beyond it counts as zero
 * @cache_dir: directory for what was found, by build-ID; it is made; NULL: none
 * @progress: called every now and then while the code is searched, @done of @total calls;
 *	false stops it. May be NULL
 * @arg: for @progress
 */
struct kmc_allocations_options {
	size_t size;
	const char *cache_dir;
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

/**
 * kmc_allocations_open() - the allocations that the code of a kernel has
 * @di: its debug info
 * @opts: NULL for the defaults
 * @out: free with kmc_allocations_free()
 *
 * Calls of kmalloc(), kmem_cache_alloc() and their kin with the type of the variable that
 * takes the result; also those of the modules that the options of @di name. The code is
 * searched once, which takes seconds; what was found is then read from @cache_dir. A file
 * there that is damaged is made anew, and one that cannot be written is no failure.
 * KMC_ERROR_NOT_FOUND when @progress has stopped it.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_allocations_open(struct kmc_debuginfo *di, const struct kmc_allocations_options *opts,
		     struct kmc_allocations **out);

KMC_PUBLIC void kmc_allocations_free(struct kmc_allocations *all);

KMC_PUBLIC size_t kmc_allocations_count(const struct kmc_allocations *all);

/* ---- what is this: what.c ---- */

struct kmc_what;

/**
 * struct kmc_what_answer - a type that it may be
 * @type: as C writes it
 * @size: of it, bytes
 * @types: where @id comes from; NULL: its layout is not known
 * @id: of it
 * @offset: asked for, from the start of the type; of an array in one of its elements
 * @path: what is there: a member; NULL if unknown, or no offset was asked for
 * @confidence: in it; never KMC_CERTAIN with only one reason
 * @reasons: in words, the best one first
 * @nreasons: of @reasons
 *
 * All of it is valid until the answers are freed; @types as long as they are.
 */
struct kmc_what_answer {
	const char *type;
	uint64_t size;
	struct kmc_types *types;
	kmc_type_id id;
	uint64_t offset;
	char *path;
	enum kmc_confidence confidence;
	char **reasons;
	size_t nreasons;
};

/**
 * struct kmc_what_answers - the answers to a question
 * @v: best first
 * @count: of @v
 * @more: how many worse ones were left out
 */
struct kmc_what_answers {
	struct kmc_what_answer *v;
	size_t count;
	size_t more;
};

/**
 * kmc_what_new() - understand a question
 * @query: words: the name of a cache; "N bytes" or "size N", bytes of the object or that were
 *	asked for; "+N" or "offset N"; behind an offset, what it "holds": "a function
 *	pointer", "a pointer", "a list", "text", "a number", a type, or bytes in hexadecimal
 * @out: free with kmc_what_free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_what_new(const char *query, struct kmc_what **out);

/**
 * kmc_what_of_report() - the question that a report asks
 * @report: with an object whose cache or size is known
 * @out: free with kmc_what_free(); NULL: too little is known of the object
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_what_of_report(const struct kmc_report *report, struct kmc_what **out);

KMC_PUBLIC void kmc_what_free(struct kmc_what *what);

/**
 * kmc_what_run() - the types that it may be, best first
 * @what: the question
 * @all: allocations of that kernel; NULL: only sizes and members are looked at
 * @types: of that kernel
 * @modules: for types that only its modules have, NULL: they are not known; they and @types
 *	have to outlive @out
 * @out: release with kmc_what_answers_release()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_what_run(const struct kmc_what *what, const struct kmc_allocations *all,
	     struct kmc_types *types, struct kmc_modules *modules, struct kmc_what_answers *out);

KMC_PUBLIC void kmc_what_answers_release(struct kmc_what_answers *answers);

/**
 * kmc_what_offer() - put answers behind the candidates of a report
 * @report: explained
 * @answers: to the question that it asks
 * @max: of them at most
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_what_offer(struct kmc_report *report, const struct kmc_what_answers *answers, size_t max);

#ifdef __cplusplus
}
#endif

#endif /* KMC_WHAT_H */
