/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source says where an instruction is.
 */
#ifndef KMC_STATEMENT_H
#define KMC_STATEMENT_H

#include "base/buf.h"
#include "debuginfo/debuginfo.h"

#define KMC_STATEMENT_FILES	16
#define KMC_STATEMENT_PARTS	32

/**
 * struct kmc_statement - the statements of an instruction's inline chain
 * @text: them, without comments and strings, and the bodies of macros that they use;
 *	empty if there is no source
 * @files: whose macros were looked through, @nfiles of them
 * @nfiles: of @files
 * @ends: where the statement of each level of the chain ends in @text, which is
 *	where that of the next one begins; @nparts of them
 * @nparts: of @ends
 * @casts: a cast to a struct was met while it was read
 * @nowhere: likewise, a variable that debug info has in no register there
 * @castless: no cast was, when @nfiles was one less; 0: that is not known
 * @settled: likewise, no such variable
 */
struct kmc_statement {
	struct kmc_buf text;
	char *files[KMC_STATEMENT_FILES];
	size_t nfiles;
	size_t ends[KMC_STATEMENT_PARTS];
	size_t nparts;
	bool casts;
	bool nowhere;
	size_t castless;
	size_t settled;
};

/**
 * kmc_statement_get() - what the source says
 * @di: knows the tree
 * @image: that the instruction is in
 * @pc: of it
 * @frame: the report's
 * @out: kept with @image
 */
KMC_MUST_CHECK struct kmc_error *
kmc_statement_get(struct kmc_debuginfo *di, struct kmc_image *image, uint64_t pc,
		  const struct kmc_frame *frame, struct kmc_statement **out);

/* Replace macros of a file: members are often called by one. NULL is no file. */
KMC_MUST_CHECK struct kmc_error *
kmc_statement_expand(struct kmc_statement *statement, struct kmc_debuginfo *di,
		     const char *file);

/**
 * kmc_statement_macro() - the body of a macro that has parameters
 * @statement: the files that it knows are looked through
 * @di: has the source
 * @file: is looked through instead, unless NULL
 * @name: the macro's
 * @len: of @name
 * @body: set to its first line behind the parameters; empty if there is none,
 *	or if the file has another one of the name
 */
KMC_MUST_CHECK struct kmc_error *
kmc_statement_macro(const struct kmc_statement *statement, struct kmc_debuginfo *di,
		    const char *file, const char *name, size_t len, struct kmc_buf *body);

/* Is it a member there, as in p->name or p.name? Without source nothing is. */
bool kmc_statement_names(const struct kmc_statement *statement, const char *name, size_t len);

#endif /* KMC_STATEMENT_H */
