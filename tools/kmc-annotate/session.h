/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is open for the whole run.
 */
#ifndef SESSION_H
#define SESSION_H

#include "../common/symbols.h"
#include "annotate.h"
#include "inbox.h"
#include "profile.h"

/*
 * struct session - what is open
 * @symbols: debug info for reports
 * @types: of the kernel, for the list of types; NULL until needed
 * @types_path: where they come from
 * @btf_dir: directory with that and the BTF of modules, NULL: it is in none such; borrowed
 * @other, @other_path: of the kernel that they are compared with, NULL without
 * @modules: for the types that only they have; NULL until needed, or without --modules
 * @allocations: of the kernel that @allocations_of is of; NULL until needed
 * @source: lines of source files, NULL if there are none
 * @source_dir: where these are
 * @inbox: reports, NULL without
 * @profile: accesses to members, NULL without
 */
struct session {
	struct symbols symbols;
	struct kmc_types *types;
	char *types_path;
	const char *btf_dir;
	struct kmc_types *other;
	char *other_path;
	struct kmc_modules *modules;
	struct kmc_allocations *allocations;
	const struct kmc_debuginfo *allocations_of;
	struct kmc_source *source;
	const char *source_dir;
	struct inbox *inbox;
	struct profile *profile;
};

void session_init(struct session *session, struct options *opts);
/* Types of the vmlinux that is named, found, or that runs. */
struct kmc_error *session_types(struct session *session, const struct options *opts,
				struct kmc_types **out);
/* The types of two kernels; once, and before all else. */
struct kmc_error *session_compare(struct session *session, const char *a, const char *b);
/*
 * session_find() - the complete structs and unions of a name
 * @types: of the kernel, or else of a module
 */
struct kmc_error *session_find(struct session *session, const struct options *opts,
			       const char *name, struct kmc_types **types,
			       kmc_type_id **ids, size_t *count);
/* *out is NULL when the user named none, and the types are not the running kernel's. */
struct kmc_error *session_modules(struct session *session, const struct options *opts,
				  struct kmc_modules **out);
/* session_what.c: the allocations of the kernel that is named, found, or that runs. */
struct kmc_error *session_allocations(struct session *session, const struct options *opts,
				      const struct kmc_allocations **out);
/* What the user named for reports; false when that cannot be used; it was said why. */
bool session_open(struct session *session, const struct options *opts);
/* The source tree that was named, or that the debug info names, if it is there. */
void session_source(struct session *session, const struct options *opts);
void session_close(struct session *session);

#endif /* SESSION_H */
