// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which registers a call may change: GCC knows that of the functions it has
 * compiled, and keeps values in registers across calls that the ABI says are
 * lost. Everything that can be reached from the callee is looked at, whatever
 * function it belongs to; how deep the calls nest does not matter then.
 */
#include "code/callees.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "code/successors.h"

/* Instructions; most callees have changed everything long before. */
#define MAX_VISITS	4000

/* Marks an answer in the map, where NULL is none. */
#define ANSWERED	(1u << 31)

struct visits {
	uint64_t *list;
	size_t count;
	struct kmc_map seen;
};

static bool visit(struct visits *visits, uint64_t address)
{
	uint64_t *slot;

	if (kmc_map_get(&visits->seen, address))
		return true;
	slot = kmc_grow(&visits->list, visits->count, sizeof(*slot));
	if (!slot || !kmc_map_put(&visits->seen, address, visits))
		return false;
	*slot = address;
	visits->count++;
	return true;
}

/* False: out of memory. */
static bool look_at(const struct kmc_code *code, struct visits *visits,
		    uint64_t address, uint32_t *changes)
{
	struct kmc_successors next;

	if (kmc_successors_read(code, address, &next) || next.leaves ||
	    next.leaves_indirectly ||
	    (next.insn.is_call && !next.has_callee && !next.keeps_all)) {
		*changes = code->machine->changed;
		return true;
	}
	*changes |= next.insn.changes;
	if (next.has_callee && !visit(visits, next.callee))
		return false;
	for (size_t i = 0; i < next.count; i++) {
		/* Code that handles a fault is reached with registers set. */
		if (next.v[i].fault)
			*changes = code->machine->changed;
		if (!visit(visits, next.v[i].to))
			return false;
	}
	return true;
}

static bool look(const struct kmc_code *code, uint64_t callee,
		 uint32_t *changes)
{
	struct visits visits = { };
	const uint32_t all = code->machine->changed;
	bool good = visit(&visits, callee);

	*changes = 0;
	for (size_t i = 0; good && i < visits.count &&
	     (*changes & all) != all; i++) {
		if (i == MAX_VISITS)
			*changes = all;
		else
			good = look_at(code, &visits, visits.list[i], changes);
	}
	free(visits.list);
	kmc_map_release(&visits.seen, NULL);
	return good;
}

struct kmc_error *kmc_callee_changes(struct kmc_code *code, uint64_t callee,
				     uint32_t *out)
{
	uintptr_t known = (uintptr_t)kmc_map_get(&code->changes, callee);
	uint32_t changes;

	if (!known) {
		if (!look(code, callee, &changes))
			return kmc_error_nomem();
		known = (changes & code->machine->changed) | ANSWERED;
		if (!kmc_map_put(&code->changes, callee, (void *)known))
			return kmc_error_nomem();
	}
	*out = known & ~ANSWERED;
	return NULL;
}
