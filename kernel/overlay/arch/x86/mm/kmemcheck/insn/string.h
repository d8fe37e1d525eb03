/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: string instructions, which are checked and performed at once.
 */
#ifndef _X86_KMEMCHECK_STRING_H
#define _X86_KMEMCHECK_STRING_H

#include <asm/kmemcheck.h>

#include "decode.h"

/* What is left of an instruction that the alias engine has taken on. */
enum kmemcheck_outcome {
	KMEMCHECK_EMULATED,			/* go on at regs->ip */
	KMEMCHECK_OTHER_FAULT,		/* struct kmemcheck_trap tells */
	KMEMCHECK_UNSUPPORTED,		/* nothing has been done */
};

enum kmemcheck_outcome kmemcheck_string(const struct kmemcheck_decoded *d,
					struct pt_regs *regs,
					struct kmemcheck_trap *trap);

#endif /* _X86_KMEMCHECK_STRING_H */
