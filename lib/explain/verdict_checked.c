// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a report of another checker than kmemcheck comes to, by what that calls the error.
 */
#include "explain/verdict.h"

#include <string.h>

#include "base/compiler.h"
#include "explain/verdict_text.h"
#include "report/model.h"

static bool is(const struct kmc_report *report, const char *checker)
{
	return !strcmp(report->checker, checker);
}

/* The first word that fits counts. */
static enum kmc_verdict_class classify(const struct kmc_report *report)
{
	static const struct {
		const char *checker;
		const char *error;
		enum kmc_verdict_class kind;
	} classes[] = {
		{ "KASAN", "use-after-free", KMC_VERDICT_FREED },
		{ "KASAN", "use-after-scope", KMC_VERDICT_FREED },
		{ "KASAN", "out-of-bounds", KMC_VERDICT_SLACK },
		{ "KASAN", "double-free or", KMC_VERDICT_INVALID_FREE },
		{ "KASAN", "double-free", KMC_VERDICT_DOUBLE_FREE },
		{ "KASAN", "invalid-free", KMC_VERDICT_INVALID_FREE },
		{ "KFENCE", "use-after-free", KMC_VERDICT_FREED },
		{ "KFENCE", "out-of-bounds", KMC_VERDICT_SLACK },
		{ "KFENCE", "invalid free", KMC_VERDICT_INVALID_FREE },
		{ "KFENCE", "corruption", KMC_VERDICT_CORRUPTION },
		{ "KMSAN", "infoleak", KMC_VERDICT_INFOLEAK },
		{ "KMSAN", "use-after-free", KMC_VERDICT_FREED },
		{ "KMSAN", "uninit", KMC_VERDICT_UNINIT },
		{ "SLUB", "emaining", KMC_VERDICT_REMAINING },
		{ "SLUB", "already free", KMC_VERDICT_DOUBLE_FREE },
		{ "SLUB", "Invalid object pointer", KMC_VERDICT_INVALID_FREE },
		{ "SLUB", "Wrong slab cache", KMC_VERDICT_INVALID_FREE },
		{ "SLUB", "Attempt to free", KMC_VERDICT_INVALID_FREE },
		{ "SLUB", "No slab cache", KMC_VERDICT_INVALID_FREE },
		{ "SLUB", "", KMC_VERDICT_CORRUPTION },
		{ "UBSAN", "", KMC_VERDICT_UNDEFINED },
	};

	for (size_t i = 0; report->error && i < KMC_ARRAY_SIZE(classes); i++)
		if (is(report, classes[i].checker) && strstr(report->error, classes[i].error))
			return classes[i].kind;
	return KMC_VERDICT_UNKNOWN;
}

/* Freed by the second of two, or what was never allocated: only the first free tells. */
static enum kmc_verdict_class settle(const struct kmc_report *report)
{
	const enum kmc_verdict_class kind = classify(report);
	const uint64_t bytes = kmc_object_bytes(&report->object);
	int64_t offset;

	/* Where memory has tags, what it was is not said. */
	if (kind == KMC_VERDICT_UNKNOWN && is(report, "KASAN") &&
	    !strcmp(report->error, "invalid-access") && bytes &&
	    kmc_report_offset(report, &offset)) {
		if (offset < 0 || (uint64_t)offset >= bytes)
			return KMC_VERDICT_SLACK;
		return report->free.stack.count ? KMC_VERDICT_FREED : KMC_VERDICT_UNKNOWN;
	}
	if (kind == KMC_VERDICT_INVALID_FREE && report->free.stack.count &&
	    kmc_report_offset(report, &offset) && !offset)
		return KMC_VERDICT_DOUBLE_FREE;
	return kind;
}

struct kmc_error *kmc_verdict_checked(struct kmc_report *report)
{
	report->verdict.kind = settle(report);
	return report->verdict.kind == KMC_VERDICT_UNKNOWN ? kmc_verdict_plain(report) :
							     kmc_checked_say(report);
}
