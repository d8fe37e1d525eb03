/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which members are accessed how often: what perf prints of its samples by data type.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * struct heat_part - accesses to some bytes of a type
 * @from: offset
 * @weight: samples, or per cent
 */
struct heat_part {
	uint64_t from;
	double weight;
};

/*
 * struct heat - accesses to one type
 * @type: as C writes it
 * @total: of all weights
 */
struct heat {
	char *type;
	struct heat_part *v;
	size_t count;
	double total;
};

struct profile {
	struct heat *v;
	size_t count;
};

/*
 * profile_open() - read what perf has printed
 * @path: of the output of perf annotate --data-type --stdio, or of perf report -s type,typeoff
 *
 * Return: NULL: it has none, and that was said.
 */
struct profile *profile_open(const char *path);
void profile_free(struct profile *profile);
/* NULL: nothing is known of it. @profile may be NULL. */
const struct heat *profile_find(const struct profile *profile, const char *type);
/* The part of all accesses, from 0 to 1, that was to these bytes. */
double heat_share(const struct heat *heat, uint64_t from, uint64_t size);

#endif /* PROFILE_H */
