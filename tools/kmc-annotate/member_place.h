/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes of an object as C says where they are.
 */
#ifndef MEMBER_PLACE_H
#define MEMBER_PLACE_H

#include <kmc/kmc.h>

/*
 * member_place() - "offsetof(struct x, a)", "sizeof_field(struct x, a)" and the like
 * @value: of the best candidate of @report
 * @offset, @size: yours; numbers where there are no such words
 */
void member_place(const struct kmc_report *report, const struct kmc_value *value,
		  char **offset, char **size);

#endif /* MEMBER_PLACE_H */
