/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixtures/explain.c compiled, and reports of a struct record in it.
 */
#ifndef KMC_TEST_EXPLAINED_H
#define KMC_TEST_EXPLAINED_H

#include "debuginfo/debuginfo.h"
#include "debuginfo/image.h"
#include "fixture.h"
#include "types/types.h"

#define OBJECT	0xff11000000001000

struct state {
	struct fixture *f;
	struct kmc_debuginfo di;
	struct kmc_types *types;
};

int set_up(void **state);
int tear_down(void **state);
uint64_t symbol(const struct state *s, const char *name);
/* The place of MARK(@function, @name). */
uint64_t mark(const struct state *s, const char *function, const char *name);
kmc_type_id find_type(struct state *s, const char *name);
/* All of a struct record, the access at @caret. */
struct kmc_report *make(struct state *s, const void *memory, size_t len,
			const char *shadow, unsigned int caret);

/* struct record: name 0, key 8, ready and mode in 16, colour 20, yes 24, st_code 28,
 * as 32, next 40, last 48, tail 50 to 56.
 */
extern const uint8_t bytes[56];

#define ALL_INITIALIZED "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"

const struct kmc_value *value_of(const struct kmc_report *report, const char *path);
void assert_value(const struct kmc_report *report, const char *path, const char *text);

#endif /* KMC_TEST_EXPLAINED_H */
