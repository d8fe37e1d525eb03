// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pipeline: instruction, object, members, verdict.
 */
#include "kmc/kmc.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "debuginfo/debuginfo.h"
#include "explain/access.h"
#include "explain/copied.h"
#include "explain/fault.h"
#include "explain/inside.h"
#include "explain/locate.h"
#include "explain/namesakes.h"
#include "explain/shown_bytes.h"
#include "explain/undefined.h"
#include "explain/uninit_object.h"
#include "explain/untyped.h"
#include "explain/used_bits.h"
#include "explain/value.h"
#include "explain/verdict.h"
#include "report/model.h"

/* Debug info that is damaged explains less, which is no failure. */
static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *explain_values(struct kmc_debuginfo *di,
					struct kmc_report *report)
{
	struct kmc_error *err;

	kmc_report_forget_values(report);
	err = only_nomem(kmc_values_fill(di, report));
	if (!err)
		err = only_nomem(kmc_runs_name(report));
	if (err)
		return err;
	return kmc_report_is_kmemcheck(report) ? kmc_verdict_fill(report) :
						 kmc_verdict_checked(report);
}

static void forget_candidates(struct kmc_report *report)
{
	kmc_candidates_forget(&report->candidates, &report->ncandidates);
	free(report->insn);
	free(report->untyped);
	free(report->inside);
	report->insn = report->untyped = report->inside = NULL;
	kmc_report_forget_undefined(report);
}

/* Types of another build may have other members in these places; who forces it knows. */
static void doubt_candidates(const struct kmc_debuginfo *di, struct kmc_report *report)
{
	bool doubtful = false;

	for (size_t i = 0; di && !di->force && i < report->ndoubts; i++)
		doubtful |= !report->doubts[i].module;
	for (size_t i = 0; doubtful && i < report->ncandidates; i++)
		report->candidates[i].confidence = KMC_GUESS;
	for (size_t i = 0; doubtful && i < report->copied.ncandidates; i++)
		report->copied.candidates[i].confidence = KMC_GUESS;
}

/* What another checker has reported, without registers or what it had in memory. */
static struct kmc_error *explain_checked(struct kmc_access *access)
{
	struct kmc_report *report = access->report;
	struct kmc_error *err;

	err = access->di ? only_nomem(kmc_settle_namesakes(access->di, report)) : NULL;
	if (!err)
		err = only_nomem(strcmp(report->checker, "KMSAN") ? kmc_checked_locate(access) :
				 kmc_uninit_locate(access));
	if (!err)
		err = kmc_shown_fill(report);
	if (!err)
		err = only_nomem(kmc_overwritten_say(access->di, report));
	if (!err)
		err = only_nomem(kmc_undefined_find(access->di, report));
	doubt_candidates(access->di, report);
	return err ? err : explain_values(access->di, report);
}

struct kmc_error *kmc_explain_report(struct kmc_debuginfo *di,
				     struct kmc_report *report)
{
	struct kmc_access access = { .di = di, .report = report };
	struct kmc_error *err;

	forget_candidates(report);
	if (kmc_fault_is(report))
		return kmc_fault_explain(di, report);
	if (!kmc_report_is_kmemcheck(report))
		return explain_checked(&access);
	err = di ? only_nomem(kmc_settle_namesakes(di, report)) : NULL;
	if (!err)
		err = only_nomem(kmc_access_set(&access));
	if (!err)
		err = kmc_used_bits(&access);
	if (!err)
		err = only_nomem(kmc_locate(&access));
	if (!err)
		err = only_nomem(kmc_copied_locate(di, report));
	if (!err)
		err = kmc_untyped_say(&access);
	if (!err)
		err = kmc_inside_say(report);
	doubt_candidates(di, report);
	/* That of a leak is only where it was found out, not what copied. */
	if (!err && access.has_insn && report->kind != KMC_INFOLEAK) {
		report->insn = strdup(access.insn.text);
		if (!report->insn)
			err = kmc_error_nomem();
	}
	return err ? err : explain_values(di, report);
}

struct kmc_error *kmc_report_choose(struct kmc_debuginfo *di,
				    struct kmc_report *report, size_t index)
{
	struct kmc_candidate chosen;

	if (index >= report->ncandidates)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
				     "no candidate %zu: there are %zu", index,
				     report->ncandidates);
	chosen = report->candidates[index];
	memmove(&report->candidates[1], &report->candidates[0],
		index * sizeof(chosen));
	report->candidates[0] = chosen;
	if (report->fault.known) {
		/* What the source calls the pointer is of the type that was best. */
		report->fault.typed &= !index;
		kmc_report_forget_values(report);
		return kmc_fault_say(report);
	}
	return explain_values(di, report);
}
