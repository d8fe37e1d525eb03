/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filling in the model and freeing its parts; the model itself is in kmc/report.h.
 */
#ifndef KMC_MODEL_H
#define KMC_MODEL_H

#include "base/buf.h"
#include "kmc/report.h"

/* Everything unknown; NULL when out of memory. */
struct kmc_report *kmc_report_new(const char *source);

/* A new zeroed frame at the end; NULL when out of memory. */
struct kmc_frame *kmc_stack_push(struct kmc_stack *stack, enum kmc_role role);
void kmc_frame_release(struct kmc_frame *frame);
void kmc_kernel_release(struct kmc_kernel *kernel);
void kmc_candidate_release(struct kmc_candidate *candidate);
/* Frees all of a list, which is empty then. */
void kmc_candidates_forget(struct kmc_candidate **list, size_t *count);
/* Back to before they were computed: values and verdict. */
void kmc_report_forget_values(struct kmc_report *report);
void kmc_report_forget_fault(struct kmc_report *report);
void kmc_report_forget_undefined(struct kmc_report *report);
/* And so what was doubted. */
void kmc_report_forget_doubts(struct kmc_report *report);

/* Adds a doubt, once; all strings are copied. */
KMC_MUST_CHECK struct kmc_error *
kmc_report_doubt(struct kmc_report *report, const char *module, const char *file,
		 const char *why);

/* False when out of memory. */
bool kmc_report_set_register(struct kmc_report *report, const char *name,
			     uint64_t value);

/*
 * Every stack of a report, the access first; a stream has their names in this order.
 * NULL: there are no more. Many are empty.
 */
struct kmc_stack *kmc_report_stack(const struct kmc_report *report, size_t index);
/* What it is the stack of: "accessed", "allocated". */
const char *kmc_report_stack_name(const struct kmc_report *report, size_t index);

/* A new zeroed one at the end; NULL when out of memory. */
struct kmc_related *kmc_report_relate(struct kmc_report *report, enum kmc_relation relation);
struct kmc_dump_row *kmc_dump_push(struct kmc_dump *dump);

/* What was asked for, or else what is usable. */
uint64_t kmc_object_bytes(const struct kmc_object *object);

/* It is of kmemcheck: @kind, @state and @bits are known, and so is the address. */
bool kmc_report_is_kmemcheck(const struct kmc_report *report);

/*
 * Adds a run behind those that are there, unless it is no such thing: empty, before the
 * end of the last one, beyond the access, or one too many. False when out of memory.
 */
bool kmc_report_add_run(struct kmc_report *report, uint64_t address, uint64_t size,
			enum kmc_state state);
/*
 * All runs were added. @count: that there are; @bytes: in all of them, 0 if unknown.
 * One that is what was reported anyway is forgotten.
 */
void kmc_report_finish_runs(struct kmc_report *report, uint64_t count, uint64_t bytes);

/* Forgets what the runs are called. */
void kmc_report_forget_runs(struct kmc_report *report);

/* "at least " where kmc_report_extent() knows not more than a part, or "". */
const char *kmc_extent_least(const struct kmc_report *report);

/* Adds "32-bit read of uninitialized memory", or "of 4 bytes, 2 of them uninitialized". */
void kmc_report_what(const struct kmc_report *report, struct kmc_buf *buf);

/* One more name for a value, up to a few; others are left out. */
KMC_MUST_CHECK struct kmc_error *
kmc_value_add_name(struct kmc_value *value, const char *name);

#endif /* KMC_MODEL_H */
