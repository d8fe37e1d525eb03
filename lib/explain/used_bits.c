// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which bits of what it reads an instruction uses: a mask in it, or in the instructions
 * behind a load, up to the first that may use all that is left.
 */
#include "explain/used_bits.h"

#include "base/error.h"
#include "code/code.h"

/* Instructions behind a load; compilers keep a bit-field's mask near it. */
#define AHEAD	12

/**
 * struct followed - a value that was loaded
 * @reg: where it is
 * @shift: moved down by so many bits
 * @left: bits that are still in it, as they were in memory
 * @tested: bits that were looked at
 * @known: of @tested nothing is missing
 * @stored: it went back to where it came from
 */
struct followed {
	enum kmc_reg reg;
	unsigned int shift;
	uint64_t left;
	uint64_t tested;
	bool known;
	bool stored;
};

static uint64_t all_bits(const struct kmc_mem *mem)
{
	return mem->size < 8 ? (1ULL << 8 * mem->size) - 1 : ~0ULL;
}

static bool same_place(const struct kmc_mem *a, const struct kmc_mem *b)
{
	return a->base == b->base && a->index == b->index && a->disp == b->disp &&
	       a->segment == b->segment && a->size == b->size;
}

/* A bit operation on the register; false: it is none. */
static bool take_bits(struct followed *f, const struct kmc_bits *bits)
{
	if (bits->reg != f->reg)
		return false;
	switch (bits->kind) {
	case KMC_BITS_TEST:
		f->tested |= bits->mask << f->shift & f->left;
		return true;
	case KMC_BITS_KEEP:
		f->left &= bits->mask << f->shift;
		/* The flags tell of it, or all that is left goes back. */
		f->tested |= f->left;
		return true;
	case KMC_BITS_SET:
		f->left &= ~(bits->mask << f->shift);
		return true;
	case KMC_BITS_MIX:
		return true;
	case KMC_BITS_DOWN:
		f->shift += bits->mask;
		if (f->shift > 63)
			return false;
		f->left &= ~0ULL << f->shift;
		return true;
	case KMC_BITS_NONE:
		break;
	}
	return false;
}

/* "or %edx,%eax": the value is part of what the other register has from there on. */
static bool moves_on(struct followed *f, const struct kmc_insn *insn, const struct kmc_mem *mem)
{
	const struct kmc_bits *bits = &insn->bits;

	if (bits->kind != KMC_BITS_MIX || bits->reg == KMC_REG_NONE || bits->reg == mem->base ||
	    insn->nmem || !(insn->reads & KMC_REG_BIT(f->reg)))
		return false;
	f->reg = bits->reg;
	return true;
}

/* One instruction behind the load; false: nothing further will be known. */
static bool step(struct followed *f, const struct kmc_insn *insn, const struct kmc_mem *mem)
{
	const uint32_t bit = KMC_REG_BIT(f->reg);

	if (take_bits(f, &insn->bits) || moves_on(f, insn, mem))
		return true;
	if (insn->reads & bit) {
		f->stored = insn->nmem == 1 && insn->mem[0].write && !insn->mem[0].read &&
			    same_place(&insn->mem[0], mem) && !f->shift;
		if (!f->stored)
			f->tested |= f->left;
		f->known = true;
		return false;
	}
	/* Overwritten: nobody will see the rest. */
	f->known = insn->changes & bit;
	return !f->known && !insn->is_call && !insn->is_return && !insn->is_jump &&
	       !(mem->base >= 0 && insn->changes & KMC_REG_BIT(mem->base));
}

static struct kmc_error *follow_load(const struct kmc_access *access, struct followed *f)
{
	uint64_t at = access->pc + access->insn.length;
	struct kmc_error *err = NULL;
	struct kmc_insn insn;

	for (int i = 0; !err && i < AHEAD; i++) {
		const uint8_t *bytes;
		size_t len;

		err = kmc_image_code(access->image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
		if (err || !kmc_insn_scan(bytes, len, at, access->image->machine, &insn))
			break;
		at += insn.length;
		if (!step(f, &insn, access->mem)) {
			/* On what was tested, or with no more than what was left of it. */
			f->known |= f->tested && (insn.is_jump || insn.is_call || insn.is_return);
			break;
		}
	}
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}

/* The one register that a plain load fills; NONE for anything else. */
static enum kmc_reg loaded_register(const struct kmc_insn *insn, const struct kmc_mem *mem)
{
	uint32_t changes = insn->changes;

	if (insn->string || insn->nmem != 1 || mem->write || insn->bits.kind != KMC_BITS_NONE ||
	    !changes || changes & (changes - 1) || changes & insn->reads)
		return KMC_REG_NONE;
	return (enum kmc_reg)__builtin_ctz(changes);
}

static struct kmc_error *behind_load(const struct kmc_access *access, uint64_t *tested,
				     uint64_t *changed)
{
	const uint64_t all = all_bits(access->mem);
	struct followed f = {
		.reg = loaded_register(&access->insn, access->mem), .left = all,
	};
	struct kmc_error *err;

	if (f.reg == KMC_REG_NONE || !access->image)
		return NULL;
	err = follow_load(access, &f);
	if (err || !f.known)
		return err;
	if (f.stored)
		*changed = all & ~f.left;
	else if (f.tested != all)
		*tested = f.tested;
	return NULL;
}

struct kmc_error *kmc_used_bits(const struct kmc_access *access)
{
	const struct kmc_bits *bits = &access->insn.bits;
	struct kmc_report *report = access->report;
	uint64_t tested = 0, changed = 0;
	struct kmc_error *err = NULL;

	report->tested_bits = 0;
	report->changed_bits = 0;
	if (!access->has_insn || !access->mem || access->ahead >= 8)
		return NULL;
	if (bits->reg == KMC_REG_NONE && bits->kind == KMC_BITS_TEST)
		tested = bits->mask;
	else if (bits->reg == KMC_REG_NONE && bits->kind == KMC_BITS_KEEP)
		changed = all_bits(access->mem) & ~bits->mask;
	else if (bits->reg == KMC_REG_NONE && bits->kind == KMC_BITS_SET)
		changed = bits->mask;
	else
		err = behind_load(access, &tested, &changed);
	report->tested_bits = tested >> 8 * access->ahead;
	report->changed_bits = changed >> 8 * access->ahead;
	return err;
}
