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
/* Back to before they were computed: values and verdict. */
void kmc_report_forget_values(struct kmc_report *report);
/* And so what was doubted. */
void kmc_report_forget_doubts(struct kmc_report *report);

/* Adds a doubt, once; all strings are copied. */
KMC_MUST_CHECK struct kmc_error *
kmc_report_doubt(struct kmc_report *report, const char *module, const char *file,
		 const char *why);

/* False when out of memory. */
bool kmc_report_set_register(struct kmc_report *report, const char *name,
			     uint64_t value);

/* Adds "32-bit read of uninitialized memory", or "of 4 bytes, 2 of them uninitialized". */
void kmc_report_what(const struct kmc_report *report, struct kmc_buf *buf);

/* One more name for a value, up to a few; others are left out. */
KMC_MUST_CHECK struct kmc_error *
kmc_value_add_name(struct kmc_value *value, const char *name);

#endif /* KMC_MODEL_H */
