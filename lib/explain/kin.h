/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types that are cast into each other.
 */
#ifndef KMC_KIN_H
#define KMC_KIN_H

#include "debuginfo/image.h"

#define KMC_KIN_MAX	64

/**
 * struct kmc_kin - the structs of a compilation unit that begin as one of them does
 * @common: bytes that all have; 0: there are no others
 * @v: the others, @count of them
 * @count: of @v
 * @hidden: what they begin with is passed around less than the type, which may stand for
 *	all of them
 *
 * struct sock, inet_timewait_sock and request_sock begin with a struct sock_common, and
 * each is passed around as a struct sock *. A struct device begins with a kobject, but
 * what may be any kobject is called so.
 */
struct kmc_kin {
	uint64_t common;
	Dwarf_Die v[KMC_KIN_MAX];
	size_t count;
	bool hidden;
};

/* @out: kept with @image */
KMC_MUST_CHECK struct kmc_error *kmc_kin_get(struct kmc_image *image, Dwarf_Die *type,
					     struct kmc_kin **out);

/* May a pointer to @type be a pointer to something smaller, which has @offset, too? */
bool kmc_kin_may_pass(const struct kmc_kin *kin, Dwarf_Die *type, uint64_t offset);

/* Does struct @outer begin with an @inner, directly or with a struct that does? */
bool kmc_kin_begins_with(Dwarf_Die *outer, Dwarf_Die *inner);

#endif /* KMC_KIN_H */
