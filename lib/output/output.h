/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the printers for other programs.
 */
#ifndef KMC_OUTPUT_INTERNAL_H
#define KMC_OUTPUT_INTERNAL_H

#include <jansson.h>

#include "base/internal.h"
#include "kmc/output.h"

/*
 * struct kmc_level - one function of a stack, inlined or not
 * @frame: that it belongs to
 * @where: its place, NULL without debug info
 * @function: its name, borrowed, not terminated: see @len; NULL if unknown
 * @len: of the name, without the compiler's suffixes such as .isra.0
 * @inlined: into the one that follows
 */
struct kmc_level {
	const struct kmc_frame *frame;
	const struct kmc_location *where;
	const char *function;
	size_t len;
	bool inlined;
};

/*
 * struct kmc_walk - goes through a stack from the innermost function outwards
 * @stack: set by kmc_walk_start()
 * @frame, @level: where it is
 */
struct kmc_walk {
	const struct kmc_stack *stack;
	size_t frame;
	size_t level;
};

/* ---- walk.c ---- */

struct kmc_walk kmc_walk_start(const struct kmc_stack *stack);
/* False at the end; what a stack repeats of its instruction is left out. */
bool kmc_walk_next(struct kmc_walk *walk, struct kmc_level *level);
/* Does it only copy, compare or fill bytes on behalf of its caller? */
bool kmc_level_is_helper(const struct kmc_level *level);
/*
 * The function to tell of: the innermost that is no helper and, if @placed, has a
 * file; or else the innermost that there is. False: none.
 */
bool kmc_walk_culprit(const struct kmc_stack *stack, bool placed,
		      struct kmc_level *out);
/* Who allocated or freed: the innermost that has a file outside of the allocator. */
bool kmc_walk_owner(const struct kmc_stack *stack, struct kmc_level *out);
/* Adds "32-bit read of uninitialized memory in foo()", not escaped. */
void kmc_level_title(struct kmc_buf *buf, const struct kmc_report *report,
		     const struct kmc_level *culprit);

/* ---- signature.c ---- */

/*
 * kmc_signature() with the place in the object: "struct sigqueue", "info.si_code";
 * NULL where it is not known.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_signature_at(const struct kmc_report *report, const char *type,
		 const char *path, char **out);

/* ---- json.c; a json_t is NULL when memory ran out ---- */

json_t *kmc_json_whole(const struct kmc_report *report);
/* Any bytes as a string; NULL gives null. */
json_t *kmc_json_text(const char *s);
/* Releases @json. One line of printable ASCII. */
KMC_MUST_CHECK struct kmc_error *kmc_json_dump(json_t *json, char **out);

#endif /* KMC_OUTPUT_INTERNAL_H */
