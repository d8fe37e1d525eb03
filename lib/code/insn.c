// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One instruction: what it reads, writes, changes, and where it goes.
 */
#include "code/insn.h"

#include <Zydis/Zydis.h>
#include <stdbool.h>

#include "base/error.h"
#include "code/insn_text.h"

/* The whole register that one of ours is or is a part of. */
static enum kmc_reg reg_of(ZydisRegister reg)
{
	const ZydisRegister whole =
		ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64,
						 reg);

	if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP)
		return KMC_REG_RIP;
	if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15)
		return KMC_REG_NONE;
	return (enum kmc_reg)(whole - ZYDIS_REGISTER_RAX);
}

/* ---- operands ---- */

static bool is_stack(const ZydisDecodedOperand *op)
{
	return op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
	       reg_of(op->mem.base) == KMC_REG_RSP;
}

static int64_t displacement(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *op)
{
	const bool alone = op->mem.base == ZYDIS_REGISTER_NONE &&
			   op->mem.index == ZYDIS_REGISTER_NONE;

	if (!op->mem.disp.has_displacement)
		return 0;
	return alone && zi->address_width == 32 ? op->mem.disp.value & UINT32_MAX :
						  op->mem.disp.value;
}

static void add_mem(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		    const ZydisDecodedOperand *op)
{
	struct kmc_mem *mem;

	/* LEA, NOP and prefetches only look as if they used memory. */
	if (op->mem.type == ZYDIS_MEMOP_TYPE_AGEN ||
	    zi->mnemonic == ZYDIS_MNEMONIC_NOP ||
	    zi->meta.category == ZYDIS_CATEGORY_PREFETCH ||
	    insn->nmem == KMC_ARRAY_SIZE(insn->mem))
		return;
	mem = &insn->mem[insn->nmem++];
	*mem = (struct kmc_mem){
		.base = reg_of(op->mem.base),
		.index = reg_of(op->mem.index),
		.scale = op->mem.scale,
		.disp = displacement(zi, op),
		.segment = op->mem.segment == ZYDIS_REGISTER_FS ? 'f' :
			   op->mem.segment == ZYDIS_REGISTER_GS ? 'g' : 0,
		.address_bits = zi->address_width,
		.size = op->size / 8,
		.read = op->actions & ZYDIS_OPERAND_ACTION_MASK_READ,
		.write = op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE,
	};
	/* A push writes below the stack pointer that it finds. */
	if (mem->write && is_stack(op))
		mem->disp -= mem->size;
}

static void set_string(struct kmc_insn *insn,
		       const ZydisDecodedInstruction *zi)
{
	const uint64_t rep = ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
			     ZYDIS_ATTRIB_HAS_REPNE;

	if (zi->meta.category != ZYDIS_CATEGORY_STRINGOP &&
	    zi->meta.category != ZYDIS_CATEGORY_IOSTRINGOP)
		return;
	insn->string = true;
	insn->rep = zi->attributes & rep;
	insn->early = zi->attributes & (ZYDIS_ATTRIB_HAS_REPE |
					ZYDIS_ATTRIB_HAS_REPNE);
	insn->element = insn->nmem ? insn->mem[0].size : 0;
}

static uint32_t read_by(const ZydisDecodedOperand *op)
{
	uint32_t reads = 0;

	if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
		if (reg_of(op->mem.base) != KMC_REG_NONE)
			reads |= KMC_REG_BIT(reg_of(op->mem.base));
		if (reg_of(op->mem.index) != KMC_REG_NONE)
			reads |= KMC_REG_BIT(reg_of(op->mem.index));
	} else if (op->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		   op->actions & ZYDIS_OPERAND_ACTION_MASK_READ &&
		   reg_of(op->reg.value) != KMC_REG_NONE) {
		reads = KMC_REG_BIT(reg_of(op->reg.value));
	}
	return reads;
}

static void set_operands(struct kmc_insn *insn,
			 const ZydisDecodedInstruction *zi,
			 const ZydisDecodedOperand *ops)
{
	for (size_t i = 0; i < zi->operand_count; i++) {
		const ZydisDecodedOperand *op = &ops[i];
		enum kmc_reg reg;

		insn->reads |= read_by(op);
		if (op->type == ZYDIS_OPERAND_TYPE_MEMORY)
			add_mem(insn, zi, op);
		if (op->type != ZYDIS_OPERAND_TYPE_REGISTER ||
		    !(op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
			continue;
		reg = reg_of(op->reg.value);
		if (reg != KMC_REG_NONE && reg != KMC_REG_RIP)
			insn->changes |= KMC_REG_BIT(reg);
	}
	/* These change registers that the decoder's tables do not name. */
	if (zi->mnemonic == ZYDIS_MNEMONIC_SYSCALL)
		insn->changes |= KMC_REG_BIT(KMC_REG_RCX) |
				 KMC_REG_BIT(KMC_REG_R11);
	if (zi->mnemonic == ZYDIS_MNEMONIC_VMCALL ||
	    zi->mnemonic == ZYDIS_MNEMONIC_VMMCALL ||
	    zi->mnemonic == ZYDIS_MNEMONIC_TDCALL ||
	    zi->mnemonic == ZYDIS_MNEMONIC_SEAMCALL)
		insn->changes |= KMC_REG_BIT(KMC_REG_GENERAL) - 1;
}

/* ---- control flow ---- */

static void set_target(struct kmc_insn *insn,
		       const ZydisDecodedInstruction *zi,
		       const ZydisDecodedOperand *op)
{
	if (op->type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !op->imm.is_relative) {
		insn->indirect = true;
		insn->table = op->type == ZYDIS_OPERAND_TYPE_MEMORY &&
			      op->mem.index != ZYDIS_REGISTER_NONE;
		return;
	}
	insn->target = insn->address + zi->length + op->imm.value.s;
	insn->target = kmc_machine_cut(insn->machine, insn->target);
}

static void set_flow(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		     const ZydisDecodedOperand *ops)
{
	switch (zi->meta.category) {
	case ZYDIS_CATEGORY_CALL:
		insn->is_call = true;
		break;
	case ZYDIS_CATEGORY_COND_BR:
		insn->is_conditional = true;
		insn->is_jump = true;
		break;
	case ZYDIS_CATEGORY_UNCOND_BR:
		insn->is_jump = true;
		break;
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_SYSRET:
		insn->is_return = true;
		return;
	default:
		insn->is_return = zi->mnemonic == ZYDIS_MNEMONIC_IRET ||
				  zi->mnemonic == ZYDIS_MNEMONIC_IRETD ||
				  zi->mnemonic == ZYDIS_MNEMONIC_IRETQ;
		return;
	}
	if (zi->operand_count)
		set_target(insn, zi, &ops[0]);
	else
		insn->indirect = true;
}

static unsigned int word_bits(const struct kmc_insn *insn)
{
	return insn->machine->word * 8;
}

/* TEST of a register with itself; whether a jump is for zero, or for anything else. */
static void set_test(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		     const ZydisDecodedOperand *ops)
{
	insn->tests = KMC_REG_NONE;
	if (zi->mnemonic == ZYDIS_MNEMONIC_TEST && ops[0].size == word_bits(insn) &&
	    ops[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	    ops[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	    ops[0].reg.value == ops[1].reg.value)
		insn->tests = reg_of(ops[0].reg.value);
	insn->on_zero = zi->mnemonic == ZYDIS_MNEMONIC_JZ;
	insn->on_nonzero = zi->mnemonic == ZYDIS_MNEMONIC_JNZ;
}

/* ---- effects that can be followed ---- */

static bool is_reg(const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       reg_of(op->reg.value) != KMC_REG_NONE;
}

static bool is_imm(const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
}

/* MOV, ADD, SUB and XOR of a register and a register or constant. */
static void set_two(struct kmc_effect *e, const struct kmc_machine *machine,
		    ZydisMnemonic mnemonic,
		    const ZydisDecodedOperand *dest,
		    const ZydisDecodedOperand *src)
{
	const enum kmc_reg reg = reg_of(dest->reg.value);
	const bool same = is_reg(src) && reg_of(src->reg.value) == reg;

	if (mnemonic == ZYDIS_MNEMONIC_MOV && is_imm(src)) {
		e->dest = reg;
		e->value = kmc_machine_cut(machine, src->imm.value.u);
	} else if (mnemonic == ZYDIS_MNEMONIC_MOV && is_reg(src)) {
		e->dest = reg;
		e->base = reg_of(src->reg.value);
	} else if (mnemonic == ZYDIS_MNEMONIC_ADD && is_imm(src)) {
		e->dest = e->base = reg;
		e->value = kmc_machine_difference(machine, src->imm.value.u);
	} else if (mnemonic == ZYDIS_MNEMONIC_SUB && is_imm(src)) {
		e->dest = e->base = reg;
		e->value = kmc_machine_difference(machine, 0 - src->imm.value.u);
	} else if ((mnemonic == ZYDIS_MNEMONIC_XOR ||
		    mnemonic == ZYDIS_MNEMONIC_SUB) && same) {
		e->dest = reg;
	}
}

static void set_lea(struct kmc_effect *e, unsigned int bits, const ZydisDecodedInstruction *zi,
		    const ZydisDecodedOperand *ops)
{
	const ZydisDecodedOperandMem *mem = &ops[1].mem;
	const enum kmc_reg base = reg_of(mem->base);

	/* Counted from RIP it is an address, which KASLR moves. */
	if (base == KMC_REG_NONE || base == KMC_REG_RIP ||
	    mem->index != ZYDIS_REGISTER_NONE || zi->address_width != bits)
		return;
	e->dest = reg_of(ops[0].reg.value);
	e->base = base;
	e->value = mem->disp.has_displacement ? mem->disp.value : 0;
}

/* How the stack pointer moves; a call comes back to where it was. */
static bool set_stack(struct kmc_effect *e, const struct kmc_insn *insn,
		      const ZydisDecodedInstruction *zi,
		      const ZydisDecodedOperand *ops)
{
	struct kmc_effect found = {
		.dest = KMC_REG_RSP, .base = KMC_REG_RSP,
	};

	if (!insn->nmem)
		return false;
	found.value = insn->mem[insn->nmem - 1].size;
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_PUSH:
	case ZYDIS_MNEMONIC_PUSHF:
	case ZYDIS_MNEMONIC_PUSHFD:
	case ZYDIS_MNEMONIC_PUSHFQ:
		found.value = -found.value;
		break;
	case ZYDIS_MNEMONIC_POP:
		if (is_reg(&ops[0]) &&
		    reg_of(ops[0].reg.value) == KMC_REG_RSP)
			return false;
		break;
	case ZYDIS_MNEMONIC_POPF:
	case ZYDIS_MNEMONIC_POPFD:
	case ZYDIS_MNEMONIC_POPFQ:
		break;
	case ZYDIS_MNEMONIC_LEAVE:
		found.base = KMC_REG_RBP;
		break;
	default:
		return false;
	}
	*e = found;
	return true;
}

static void set_effect(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		       const ZydisDecodedOperand *ops)
{
	struct kmc_effect *e = &insn->effect;

	*e = (struct kmc_effect){ .dest = KMC_REG_NONE, .base = KMC_REG_NONE };
	if (set_stack(e, insn, zi, ops))
		return;
	if (!zi->operand_count || !is_reg(&ops[0]))
		return;
	/* A narrower write keeps the rest of the register. */
	if (ops[0].size != 32 && ops[0].size != 64)
		return;
	e->narrow = ops[0].size < word_bits(insn);
	if (zi->mnemonic == ZYDIS_MNEMONIC_LEA)
		set_lea(e, word_bits(insn), zi, ops);
	else if (zi->mnemonic == ZYDIS_MNEMONIC_INC ||
		 zi->mnemonic == ZYDIS_MNEMONIC_DEC)
		*e = (struct kmc_effect){
			.dest = reg_of(ops[0].reg.value),
			.base = reg_of(ops[0].reg.value),
			.value = zi->mnemonic == ZYDIS_MNEMONIC_INC ? 1 : -1,
			.narrow = e->narrow,
		};
	else if (zi->operand_count_visible == 2 && ops[1].size)
		set_two(e, insn->machine, zi->mnemonic, &ops[0], &ops[1]);
}

static enum kmc_reg summand(const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_REGISTER ? reg_of(op->reg.value) : KMC_REG_NONE;
}

/* Sums that have no effect which can be followed: of two registers, or extended. */
static void set_sum(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		    const ZydisDecodedOperand *ops)
{
	struct kmc_sum *sum = &insn->sum;

	*sum = (struct kmc_sum){
		.dest = KMC_REG_NONE, .regs = { KMC_REG_NONE, KMC_REG_NONE },
	};
	if (zi->operand_count < 2 || !is_reg(&ops[0]) || ops[0].size < 32)
		return;
	if (zi->mnemonic == ZYDIS_MNEMONIC_LEA) {
		if (reg_of(ops[1].mem.base) == KMC_REG_RIP)
			return;
		sum->regs[0] = reg_of(ops[1].mem.base);
		if (ops[1].mem.scale == 1)
			sum->regs[1] = reg_of(ops[1].mem.index);
		sum->value = ops[1].mem.disp.has_displacement ? ops[1].mem.disp.value : 0;
	} else if (zi->mnemonic == ZYDIS_MNEMONIC_ADD && !is_imm(&ops[1])) {
		sum->regs[0] = summand(&ops[0]);
		sum->regs[1] = summand(&ops[1]);
	} else if (zi->mnemonic == ZYDIS_MNEMONIC_MOVSXD ||
		   zi->mnemonic == ZYDIS_MNEMONIC_CDQE) {
		sum->regs[0] = summand(&ops[1]);
	} else {
		return;
	}
	sum->dest = reg_of(ops[0].reg.value);
}

static void set_store(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		      const ZydisDecodedOperand *ops)
{
	insn->stores = zi->mnemonic == ZYDIS_MNEMONIC_MOV &&
		       ops[0].type == ZYDIS_OPERAND_TYPE_MEMORY;
	insn->stored = insn->stores && is_reg(&ops[1]) ? reg_of(ops[1].reg.value) :
							 KMC_REG_NONE;
}

/* ---- single bits ---- */

static enum kmc_bits_kind bits_kind(ZydisMnemonic mnemonic, bool constant)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_TEST:
	case ZYDIS_MNEMONIC_BT:
		return constant ? KMC_BITS_TEST : KMC_BITS_NONE;
	case ZYDIS_MNEMONIC_AND:
	case ZYDIS_MNEMONIC_BTR:
		return constant ? KMC_BITS_KEEP : KMC_BITS_NONE;
	case ZYDIS_MNEMONIC_OR:
	case ZYDIS_MNEMONIC_XOR:
		return constant ? KMC_BITS_SET : KMC_BITS_MIX;
	case ZYDIS_MNEMONIC_BTS:
	case ZYDIS_MNEMONIC_BTC:
		return constant ? KMC_BITS_SET : KMC_BITS_NONE;
	case ZYDIS_MNEMONIC_SHR:
	case ZYDIS_MNEMONIC_SAR:
		return constant ? KMC_BITS_DOWN : KMC_BITS_NONE;
	default:
		return KMC_BITS_NONE;
	}
}

static bool is_bit_number(ZydisMnemonic mnemonic)
{
	return mnemonic == ZYDIS_MNEMONIC_BT || mnemonic == ZYDIS_MNEMONIC_BTS ||
	       mnemonic == ZYDIS_MNEMONIC_BTR || mnemonic == ZYDIS_MNEMONIC_BTC;
}

static void set_bits(struct kmc_insn *insn, const ZydisDecodedInstruction *zi,
		     const ZydisDecodedOperand *ops)
{
	struct kmc_bits *bits = &insn->bits;
	const bool two = zi->operand_count_visible == 2;
	uint64_t all;

	bits->reg = KMC_REG_NONE;
	if (!two || (!is_reg(&ops[0]) && ops[0].type != ZYDIS_OPERAND_TYPE_MEMORY))
		return;
	bits->kind = bits_kind(zi->mnemonic, is_imm(&ops[1]));
	if (is_reg(&ops[0]))
		bits->reg = reg_of(ops[0].reg.value);
	if (!is_imm(&ops[1]) || !ops[0].size)
		return;
	all = ops[0].size < 64 ? (1ULL << ops[0].size) - 1 : ~0ULL;
	bits->mask = ops[1].imm.value.u & all;
	if (is_bit_number(zi->mnemonic))
		bits->mask = 1ULL << ops[1].imm.value.u % ops[0].size;
	if (zi->mnemonic == ZYDIS_MNEMONIC_BTR)
		bits->mask = all & ~bits->mask;
	/* AH is what was 8 bits further up. */
	if (bits->reg != KMC_REG_NONE && ops[0].reg.value >= ZYDIS_REGISTER_AH &&
	    ops[0].reg.value <= ZYDIS_REGISTER_BH) {
		if (bits->kind == KMC_BITS_DOWN)
			bits->kind = KMC_BITS_NONE;
		else
			bits->mask <<= 8;
		if (bits->kind == KMC_BITS_KEEP)
			bits->mask |= ~0xff00ULL;
	} else if (bits->kind == KMC_BITS_KEEP && ops[0].size < 32) {
		/* The rest of the register stays. */
		bits->mask |= ~all;
	}
}

/* ---- the whole ---- */

static bool decode(const uint8_t *bytes, size_t len, uint64_t address,
		   const struct kmc_machine *machine, bool text, struct kmc_insn *out)
{
	struct kmc_insn insn = { .address = address, .machine = machine };
	const bool bits32 = machine == &kmc_i386;
	const ZydisDecodedInstruction *zi;
	struct kmc_decoded decoded;
	ZydisDecoder decoder;

	if ((machine != &kmc_x86_64 && !bits32) ||
	    ZYAN_FAILED(ZydisDecoderInit(&decoder, bits32 ?
					 ZYDIS_MACHINE_MODE_LEGACY_32 :
					 ZYDIS_MACHINE_MODE_LONG_64,
					 bits32 ? ZYDIS_STACK_WIDTH_32 :
						  ZYDIS_STACK_WIDTH_64)) ||
	    ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, bytes, len,
					       &decoded.insn, decoded.ops)))
		return false;
	zi = &decoded.insn;
	insn.length = zi->length;
	set_operands(&insn, zi, decoded.ops);
	set_string(&insn, zi);
	set_flow(&insn, zi, decoded.ops);
	set_effect(&insn, zi, decoded.ops);
	set_sum(&insn, zi, decoded.ops);
	set_store(&insn, zi, decoded.ops);
	set_test(&insn, zi, decoded.ops);
	set_bits(&insn, zi, decoded.ops);
	insn.sets_df = zi->mnemonic == ZYDIS_MNEMONIC_STD ||
		       zi->mnemonic == ZYDIS_MNEMONIC_POPF ||
		       zi->mnemonic == ZYDIS_MNEMONIC_POPFD ||
		       zi->mnemonic == ZYDIS_MNEMONIC_POPFQ;
	if (text)
		kmc_insn_print(&insn, &decoded);
	*out = insn;
	return true;
}

bool kmc_insn_scan(const uint8_t *bytes, size_t len, uint64_t address,
		   const struct kmc_machine *machine, struct kmc_insn *out)
{
	return decode(bytes, len, address, machine, false, out);
}

struct kmc_error *kmc_insn_decode(const uint8_t *bytes, size_t len,
				  uint64_t address, const struct kmc_machine *machine,
				  struct kmc_insn *out)
{
	if (decode(bytes, len, address, machine, true, out))
		return NULL;
	return kmc_error_new(KMC_ERROR_FORMAT, NULL, 0,
			     "no whole instruction at 0x%llx",
			     (unsigned long long)address);
}
