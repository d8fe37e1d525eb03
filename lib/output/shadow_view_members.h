/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Member names above their bytes.
 */
#ifndef KMC_SHADOW_VIEW_MEMBERS_H
#define KMC_SHADOW_VIEW_MEMBERS_H

#include "output/canvas.h"

/* The members that lie in the row of bytes from @first to @end, above it. */
void kmc_canvas_members(struct kmc_canvas *c, size_t first, size_t end);

#endif /* KMC_SHADOW_VIEW_MEMBERS_H */
