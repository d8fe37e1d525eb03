/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between insn.c and insn_text.c, which alone see the decoder.
 */
#ifndef KMC_INSN_TEXT_H
#define KMC_INSN_TEXT_H

#include <Zydis/Zydis.h>

#include "code/insn.h"

/* What the decoder says of an instruction. */
struct kmc_decoded {
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
};

/* Sets @insn->text, of which length, address and target are known. */
void kmc_insn_print(struct kmc_insn *insn, const struct kmc_decoded *decoded);

#endif /* KMC_INSN_TEXT_H */
