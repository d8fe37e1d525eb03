/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict in words.
 */
#ifndef KMC_VERDICT_TEXT_H
#define KMC_VERDICT_TEXT_H

#include "base/buf.h"
#include "kmc/report.h"

/**
 * struct kmc_cause - what the reported bytes are
 * @first: first reported value that is to blame, NULL if the layout is unknown
 * @padding: how many reported values that are to blame are padding
 * @members: how many are members
 * @bits: how many of the members are bit-fields
 */
struct kmc_cause {
	const struct kmc_value *first;
	size_t padding;
	size_t members;
	size_t bits;
};

/**
 * kmc_verdict_say() - say why, what to do, and what to add
 * @report: its verdict has a kind, and gets the rest
 * @cause: what the kind was told by
 */
KMC_MUST_CHECK struct kmc_error *
kmc_verdict_say(struct kmc_report *report, const struct kmc_cause *cause);

/* " or b or c or 4 more": what lies there beside the candidate's path. */
void kmc_verdict_put_also(struct kmc_buf *buf, const struct kmc_candidate *candidate);

/* @what and the function that has allocated, freed, stored; nothing if nobody is known. */
void kmc_verdict_put_track(struct kmc_buf *buf, const char *what,
			   const struct kmc_track *track);
/* @what and the function to tell of; nothing if none is known. */
void kmc_verdict_put_culprit(struct kmc_buf *buf, const char *what,
			     const struct kmc_report *report);

/* Say all of it for a report of another checker. */
KMC_MUST_CHECK struct kmc_error *kmc_checked_say(struct kmc_report *report);

/* Say it in one line, the verdict's headline. */
KMC_MUST_CHECK struct kmc_error *kmc_headline_say(struct kmc_report *report);

#endif /* KMC_VERDICT_TEXT_H */
