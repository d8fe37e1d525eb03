// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An instruction as objdump prints it, because that is what people compare with.
 *
 * The decoder has a printer of its own for this syntax, but it spells mnemonics
 * as Intel does and leaves out operands and sizes.
 */
#include "code/insn_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

/* Text of limited length; what does not fit is cut off. */
struct text {
	char *at;
	size_t left;
};

KMC_PRINTF(2, 3)
static void put(struct text *text, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->at, text->left, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= text->left)
		n = text->left - 1;
	text->at += n;
	text->left -= n;
}

/* ---- mnemonics ---- */

struct spelling {
	ZydisMnemonic mnemonic;
	const char *name;
};

/* The name of the whole mnemonic; the size is part of it. */
static const struct spelling whole[] = {
	{ ZYDIS_MNEMONIC_CBW, "cbtw" },
	{ ZYDIS_MNEMONIC_CWDE, "cwtl" },
	{ ZYDIS_MNEMONIC_CDQE, "cltq" },
	{ ZYDIS_MNEMONIC_CWD, "cwtd" },
	{ ZYDIS_MNEMONIC_CDQ, "cltd" },
	{ ZYDIS_MNEMONIC_CQO, "cqto" },
	{ ZYDIS_MNEMONIC_PUSHFQ, "pushf" },
	{ ZYDIS_MNEMONIC_POPFQ, "popf" },
	{ ZYDIS_MNEMONIC_PUSHFD, "pushf" },
	{ ZYDIS_MNEMONIC_POPFD, "popf" },
	{ ZYDIS_MNEMONIC_PUSHAD, "pusha" },
	{ ZYDIS_MNEMONIC_POPAD, "popa" },
	{ ZYDIS_MNEMONIC_IRETD, "iret" },
	{ ZYDIS_MNEMONIC_SYSRET, "sysretl" },
	{ ZYDIS_MNEMONIC_MOVSXD, "movslq" },
	{ ZYDIS_MNEMONIC_MOVSB, "movsb" },
	{ ZYDIS_MNEMONIC_MOVSW, "movsw" },
	{ ZYDIS_MNEMONIC_MOVSD, "movsl" },
	{ ZYDIS_MNEMONIC_MOVSQ, "movsq" },
	{ ZYDIS_MNEMONIC_STOSB, "stos" },
	{ ZYDIS_MNEMONIC_STOSW, "stos" },
	{ ZYDIS_MNEMONIC_STOSD, "stos" },
	{ ZYDIS_MNEMONIC_STOSQ, "stos" },
	{ ZYDIS_MNEMONIC_LODSB, "lods" },
	{ ZYDIS_MNEMONIC_LODSW, "lods" },
	{ ZYDIS_MNEMONIC_LODSD, "lods" },
	{ ZYDIS_MNEMONIC_LODSQ, "lods" },
	{ ZYDIS_MNEMONIC_SCASB, "scas" },
	{ ZYDIS_MNEMONIC_SCASW, "scas" },
	{ ZYDIS_MNEMONIC_SCASD, "scas" },
	{ ZYDIS_MNEMONIC_SCASQ, "scas" },
	{ ZYDIS_MNEMONIC_CMPSB, "cmpsb" },
	{ ZYDIS_MNEMONIC_CMPSW, "cmpsw" },
	{ ZYDIS_MNEMONIC_CMPSD, "cmpsl" },
	{ ZYDIS_MNEMONIC_CMPSQ, "cmpsq" },
	{ ZYDIS_MNEMONIC_INSD, "insl" },
	{ ZYDIS_MNEMONIC_OUTSD, "outsl" },
};

/* The decoder's name for a condition and ours. */
static const char *const conditions[][2] = {
	{ "z", "e" }, { "nz", "ne" }, { "nb", "ae" }, { "nbe", "a" },
	{ "nl", "ge" }, { "nle", "g" },
};

static const char *condition(const char *name)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(conditions); i++)
		if (!strcmp(conditions[i][0], name))
			return conditions[i][1];
	return name;
}

static char size_letter(unsigned int bits)
{
	return bits == 8 ? 'b' : bits == 16 ? 'w' : bits == 32 ? 'l' : 'q';
}

static bool is_shift(ZydisMnemonic mnemonic)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_SHL:
	case ZYDIS_MNEMONIC_SHR:
	case ZYDIS_MNEMONIC_SAR:
	case ZYDIS_MNEMONIC_ROL:
	case ZYDIS_MNEMONIC_ROR:
	case ZYDIS_MNEMONIC_RCL:
	case ZYDIS_MNEMONIC_RCR:
		return true;
	default:
		return false;
	}
}

/* These have no letter for the size although no register tells it. */
static bool has_no_suffix(const ZydisDecodedInstruction *zi)
{
	switch (zi->meta.category) {
	case ZYDIS_CATEGORY_BINARY:
	case ZYDIS_CATEGORY_LOGICAL:
	case ZYDIS_CATEGORY_SHIFT:
	case ZYDIS_CATEGORY_ROTATE:
	case ZYDIS_CATEGORY_BITBYTE:
	case ZYDIS_CATEGORY_DATAXFER:
	case ZYDIS_CATEGORY_WIDENOP:
	case ZYDIS_CATEGORY_NOP:
		break;
	default:
		return true;
	}
	return !strncmp(ZydisMnemonicGetString(zi->mnemonic), "set", 3) ||
	       !strncmp(ZydisMnemonicGetString(zi->mnemonic), "cmpxchg", 7) ||
	       zi->mnemonic == ZYDIS_MNEMONIC_LDMXCSR ||
	       zi->mnemonic == ZYDIS_MNEMONIC_STMXCSR;
}

/* Memory whose size no register tells: movl $1,(%rax). */
static bool needs_suffix(const ZydisDecodedInstruction *zi,
			 const ZydisDecodedOperand *ops)
{
	bool memory = false;

	if (has_no_suffix(zi))
		return false;
	for (size_t i = 0; i < zi->operand_count_visible; i++) {
		memory |= ops[i].type == ZYDIS_OPERAND_TYPE_MEMORY;
		if (ops[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    !(i && is_shift(zi->mnemonic)))
			return false;
	}
	return memory;
}

static bool put_whole(struct text *text, ZydisMnemonic mnemonic)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(whole); i++) {
		if (whole[i].mnemonic != mnemonic)
			continue;
		put(text, "%s", whole[i].name);
		return true;
	}
	return false;
}

static void put_extension(struct text *text, const ZydisDecodedInstruction *zi,
			  const ZydisDecodedOperand *ops)
{
	put(text, "mov%c%c%c", zi->mnemonic == ZYDIS_MNEMONIC_MOVZX ? 'z' : 's',
	    size_letter(ops[1].size), size_letter(ops[0].size));
}

/* 66 90, which pads, is spelled as what it would be were it no NOP. */
static bool is_wide_nop(const ZydisDecodedInstruction *zi)
{
	return zi->mnemonic == ZYDIS_MNEMONIC_NOP && zi->opcode == 0x90 &&
	       zi->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE;
}

static void put_mnemonic(struct text *text, const ZydisDecodedInstruction *zi,
			 const ZydisDecodedOperand *ops)
{
	const char *name = ZydisMnemonicGetString(zi->mnemonic);

	/* An SSE instruction has this name, too. */
	if (!(zi->mnemonic == ZYDIS_MNEMONIC_MOVSD && zi->operand_count_visible) &&
	    put_whole(text, zi->mnemonic))
		return;
	if (is_wide_nop(zi))
		put(text, "xchg %%ax,%%ax");
	else if (zi->mnemonic == ZYDIS_MNEMONIC_MOVZX ||
		 zi->mnemonic == ZYDIS_MNEMONIC_MOVSX)
		put_extension(text, zi, ops);
	else if (zi->mnemonic == ZYDIS_MNEMONIC_MOV && zi->raw.imm[0].size == 64)
		put(text, "movabs");
	else if (zi->meta.category == ZYDIS_CATEGORY_COND_BR && name[0] == 'j')
		put(text, "j%s", condition(name + 1));
	else if (!strncmp(name, "cmov", 4))
		put(text, "cmov%s", condition(name + 4));
	else if (zi->meta.category == ZYDIS_CATEGORY_SETCC)
		put(text, "set%s", condition(name + 3));
	else
		put(text, "%s", name);
	if (zi->mnemonic == ZYDIS_MNEMONIC_NOP && zi->operand_count_visible)
		put(text, "%c", size_letter(zi->operand_width));
	else if (needs_suffix(zi, ops))
		put(text, "%c", size_letter(ops[0].size));
}

/* ---- operands ---- */

static void put_memory(struct text *text, const ZydisDecodedInstruction *zi,
		       const ZydisDecodedOperand *op)
{
	const ZydisDecodedOperandMem *mem = &op->mem;
	const int64_t disp = mem->disp.value;
	const bool regs = mem->base != ZYDIS_REGISTER_NONE ||
			  mem->index != ZYDIS_REGISTER_NONE;
	const bool string = op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;

	if (string || mem->segment == ZYDIS_REGISTER_FS ||
	    mem->segment == ZYDIS_REGISTER_GS)
		put(text, "%%%s:", ZydisRegisterGetString(mem->segment));
	if (!regs)
		put(text, "0x%llx", (unsigned long long)disp &
		    (zi->address_width == 64 ? UINT64_MAX : UINT32_MAX));
	else if (mem->disp.has_displacement)
		put(text, "%s0x%llx", disp < 0 ? "-" : "", (unsigned long long)
		    (disp < 0 ? 0 - (uint64_t)disp : (uint64_t)disp));
	if (!regs)
		return;
	put(text, "(");
	if (mem->base != ZYDIS_REGISTER_NONE)
		put(text, "%%%s", ZydisRegisterGetString(mem->base));
	if (mem->index != ZYDIS_REGISTER_NONE)
		put(text, ",%%%s,%u", ZydisRegisterGetString(mem->index),
		    mem->scale);
	put(text, ")");
}

static void put_immediate(struct text *text, const ZydisDecodedInstruction *zi,
			  const ZydisDecodedOperand *op)
{
	/* A shift's count, a port and the like are no wider than they are. */
	unsigned int bits = op->imm.is_signed ? zi->operand_width : op->size;
	uint64_t value = op->imm.value.u;

	if (bits < 64)
		value &= (1ull << bits) - 1;
	put(text, "$0x%llx", (unsigned long long)value);
}

static void put_register(struct text *text, const ZydisDecodedInstruction *zi,
			 ZydisRegister reg)
{
	const bool port = zi->meta.category == ZYDIS_CATEGORY_IO ||
			  zi->meta.category == ZYDIS_CATEGORY_IOSTRINGOP;

	if (port && reg == ZYDIS_REGISTER_DX)
		put(text, "(%%dx)");
	else if (ZydisRegisterGetClass(reg) == ZYDIS_REGCLASS_DEBUG)
		put(text, "%%db%u", ZydisRegisterGetId(reg));
	else
		put(text, "%%%s", ZydisRegisterGetString(reg));
}

static void put_operand(struct text *text, const struct kmc_insn *insn,
			const ZydisDecodedInstruction *zi,
			const ZydisDecodedOperand *op)
{
	if ((insn->is_call || insn->is_jump) && insn->indirect)
		put(text, "*");
	switch (op->type) {
	case ZYDIS_OPERAND_TYPE_REGISTER:
		put_register(text, zi, op->reg.value);
		break;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		put_memory(text, zi, op);
		break;
	case ZYDIS_OPERAND_TYPE_IMMEDIATE:
		if (op->imm.is_relative)
			put(text, "0x%llx", (unsigned long long)insn->target);
		else
			put_immediate(text, zi, op);
		break;
	case ZYDIS_OPERAND_TYPE_POINTER:
		put(text, "$0x%x,$0x%x", op->ptr.segment, op->ptr.offset);
		break;
	default:
		break;
	}
}

/* Operands in this syntax: the last one first. */
static void put_operands(struct text *text, const struct kmc_insn *insn,
			 const ZydisDecodedInstruction *zi,
			 const ZydisDecodedOperand *ops)
{
	bool first = true;

	for (size_t i = zi->operand_count_visible; i-- > 0; ) {
		/* SHR by an implied 1 is written without it. */
		if (i && is_shift(zi->mnemonic) &&
		    ops[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
		    ops[i].encoding == ZYDIS_OPERAND_ENCODING_NONE)
			continue;
		if (i && zi->mnemonic == ZYDIS_MNEMONIC_NOP)
			/* A register that the encoding has room for. */
			continue;
		put(text, first ? " " : ",");
		put_operand(text, insn, zi, &ops[i]);
		first = false;
	}
}

/* The accumulator, or the register with the port. */
static bool is_data(ZydisRegister reg)
{
	return reg == ZYDIS_REGISTER_AL || reg == ZYDIS_REGISTER_AX ||
	       reg == ZYDIS_REGISTER_EAX || reg == ZYDIS_REGISTER_RAX ||
	       reg == ZYDIS_REGISTER_DX;
}

/* What a string instruction implies is written out, the source first. */
static void put_string(struct text *text, const struct kmc_insn *insn,
		       const ZydisDecodedInstruction *zi,
		       const ZydisDecodedOperand *ops)
{
	bool first = true;

	for (size_t i = zi->operand_count; i-- > 0; ) {
		const ZydisDecodedOperand *op = &ops[i];

		if (op->type != ZYDIS_OPERAND_TYPE_MEMORY &&
		    !(op->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		      is_data(op->reg.value)))
			continue;
		put(text, first ? " " : ",");
		put_operand(text, insn, zi, op);
		first = false;
	}
}

static void put_prefixes(struct text *text, const ZydisDecodedInstruction *zi)
{
	static const struct { ZydisInstructionAttributes bit; const char *name; }
	prefixes[] = {
		{ ZYDIS_ATTRIB_HAS_LOCK, "lock " },
		{ ZYDIS_ATTRIB_HAS_NOTRACK, "notrack " },
		{ ZYDIS_ATTRIB_HAS_REP, "rep " },
		{ ZYDIS_ATTRIB_HAS_REPE, "repz " },
		{ ZYDIS_ATTRIB_HAS_REPNE, "repnz " },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(prefixes); i++)
		if (zi->attributes & prefixes[i].bit)
			put(text, "%s", prefixes[i].name);
}

void kmc_insn_print(struct kmc_insn *insn, const struct kmc_decoded *decoded)
{
	struct text text = { .at = insn->text, .left = sizeof(insn->text) };

	put_prefixes(&text, &decoded->insn);
	put_mnemonic(&text, &decoded->insn, decoded->ops);
	if (insn->string)
		put_string(&text, insn, &decoded->insn, decoded->ops);
	else
		put_operands(&text, insn, &decoded->insn, decoded->ops);
}
