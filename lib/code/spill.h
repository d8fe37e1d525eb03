/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers that were spilled into the frame, and what they held there.
 */
#ifndef KMC_SPILL_H
#define KMC_SPILL_H

#include "code/code.h"
#include "code/insn.h"

#define KMC_SPILLS_MAX	4

/**
 * struct kmc_spills - the stores whose value a load from the frame may find
 * @v: the instructions, and the register that each stores, or KMC_REG_NONE for a number
 * @count: of them; 0 when they are not known
 */
struct kmc_spills {
	struct {
		uint64_t at;
		enum kmc_reg reg;
	} v[KMC_SPILLS_MAX];
	size_t count;
};

/**
 * kmc_spills_find() - find them on all paths that lead to a load
 * @image: vmlinux or module
 * @function: link-time address of the function, a symbol's
 * @size: bytes of it
 * @load: the instruction: a word, from an offset to RSP or RBP
 * @out: what was found
 *
 * That the base does point into the frame, and that nobody else has a pointer there, is
 * for the caller to know.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_spills_find(struct kmc_image *image, uint64_t function, uint64_t size,
		const struct kmc_insn *load, struct kmc_spills *out);

#endif /* KMC_SPILL_H */
