/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to change in the source so that a false positive is reported no more.
 */
#ifndef ANNOTATION_H
#define ANNOTATION_H

#include "diff.h"

enum annotation_form {
	ANNOTATION_MARK,	/* kmemcheck_mark_initialized() behind the allocation */
	ANNOTATION_NOTRACK,	/* __GFP_NOTRACK_FALSE_POSITIVE in it */
	ANNOTATION_BITFIELD,	/* kmemcheck_bitfield_begin() and _end() */
	ANNOTATION_FORMS,
};

/*
 * annotation_make() - the changes of one form
 * @source: where lines come from; searched for the definition of a struct
 * @changes: added to
 *
 * Return: NULL, or why it cannot be done, in words.
 */
const char *annotation_make(const struct kmc_report *report, enum annotation_form form,
			    struct kmc_source *source, struct changes *changes);

#endif /* ANNOTATION_H */
