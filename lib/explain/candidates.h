/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects that an access may have been in, with what speaks for them.
 */
#ifndef KMC_CANDIDATES_H
#define KMC_CANDIDATES_H

#include "base/compiler.h"
#include "explain/access.h"
#include "explain/statement.h"

#define KMC_SEARCH_MAX		64

/**
 * struct kmc_found - findings that mean one object
 * @types: where its type comes from
 * @id: the type
 * @size: of the type
 * @start: run-time address
 * @score: how good, see kmc_search_finish()
 * @base: the instruction's own register points there
 * @holders: bit N: register N (DWARF's numbering), or so much away from it, is a
 *	variable that points there
 * @reasons: bit for each enum kmc_evidence_by
 * @die: the type in DWARF
 * @image: that @die belongs to
 * @rank: of variables in the instruction's register, how near to the instruction:
 *	those of inner functions, and what is declared later, have a larger one
 * @leaf: the access is a whole member
 * @part: the access is within one member
 * @run: the access begins and ends where members do
 * @weak: what the register points to is no more than plausible
 * @agreed: a variable of another type fits into this one, or this one into that
 * @rep_start: REP counts from a start that another register told
 * @named: the source names the member
 * @said: that the register points there is known from the source alone
 * @made: and the source casts something to a pointer to it
 * @may_pass: it may be a smaller type, which is cast to this one
 * @cast: the object's size tells that a pointer to another type points to it
 * @overruled: a variable nearer to the instruction has another type
 * @confidence: in all of it
 * @indexed: the instruction's index is accounted for
 * @astray: an index is less than what the code has added to it
 * @candidate: what the report will have of it
 */
struct kmc_found {
	struct kmc_types *types;
	kmc_type_id id;
	uint64_t size;
	uint64_t start;
	int score;
	bool base;
	uint32_t holders;
	unsigned int reasons;
	Dwarf_Die die;
	struct kmc_image *image;
	unsigned int rank;
	bool leaf;
	bool part;
	bool run;
	bool weak;
	bool agreed;
	bool rep_start;
	bool named;
	bool said;
	bool made;
	bool may_pass;
	bool cast;
	bool overruled;
	enum kmc_confidence confidence;
	bool indexed;
	bool astray;
	struct kmc_candidate candidate;
};

/**
 * struct kmc_search - for the object of an access
 * @access: the access
 * @places: what was found
 * @count: of @places
 * @statement: what the source says there, NULL if unknown
 */
struct kmc_search {
	struct kmc_access *access;
	struct kmc_statement *statement;
	struct kmc_found places[KMC_SEARCH_MAX];
	size_t count;
};

bool kmc_object_holds(const struct kmc_object *object, uint64_t address);

/* Is it what a member of that type is? */
bool kmc_found_is_called(const struct kmc_found *found, const struct kmc_type *type);

/*
 * One more reason: @where, a register with its value, is @what, a variable. Reasons that
 * say the same become one.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_evidence_add_holder(struct kmc_candidate *candidate, const char *what,
			const char *where);

/* One more reason; @fmt: in words. */
KMC_PRINTF(5, 6) KMC_MUST_CHECK struct kmc_error *
kmc_evidence_add(struct kmc_candidate *candidate, enum kmc_evidence_by by,
		 int64_t offset, bool agrees, const char *fmt, ...);

/**
 * kmc_search_add() - an object was found, maybe once more
 * @search: the search
 * @die: its type
 * @image: that @die belongs to
 * @start: its run-time address
 * @out: the object; NULL if its type cannot be laid out, or there are too many
 */
KMC_MUST_CHECK struct kmc_error *
kmc_search_add(struct kmc_search *search, Dwarf_Die *die, struct kmc_image *image,
	       uint64_t start, struct kmc_found **out);

/* The same where DWARF does not have the type at hand. */
KMC_MUST_CHECK struct kmc_error *
kmc_search_add_type(struct kmc_search *search, struct kmc_types *types, kmc_type_id id,
		    uint64_t start, struct kmc_found **out);

/* Is there a register whose value nothing has accounted for yet? */
bool kmc_search_wants_base(const struct kmc_search *search);

/* Merge and rank what was found; the best become candidates of the report. */
KMC_MUST_CHECK struct kmc_error *kmc_search_finish(struct kmc_search *search);

#endif /* KMC_CANDIDATES_H */
