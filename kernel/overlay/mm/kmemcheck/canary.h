/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the self-test.
 */
#ifndef _MM_KMEMCHECK_CANARY_H
#define _MM_KMEMCHECK_CANARY_H

#include <linux/types.h>

bool kmemcheck_catch_canary(unsigned long addr);
bool kmemcheck_self_test(void);
u64 kmemcheck_last_self_test(void);
void kmemcheck_start_self_tests(void);
unsigned long kmemcheck_last_canary(void);

#endif /* _MM_KMEMCHECK_CANARY_H */
