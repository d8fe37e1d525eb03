/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: small memory that is not tracked.
 */
#ifndef _MM_KMEMCHECK_UNTRACKED_H
#define _MM_KMEMCHECK_UNTRACKED_H

void kmemcheck_untracked_init(void);

#endif /* _MM_KMEMCHECK_UNTRACKED_H */
