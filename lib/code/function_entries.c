// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does control get into a function elsewhere than at its start? Only assembly
 * does that; but who looks only at the function's own instructions misses it.
 *
 * Every jump to a place farther away than 127 bytes has a 32-bit displacement,
 * which is searched for in all code, at every byte, sixteen at a time: to decode it
 * all would take a thousand times as long. Shorter jumps come from the neighbours.
 */
#include "code/function_entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* How far a jump with a displacement of 8 bits gets, with its own length. */
#define SHORT_REACH	160

/* What is longer is no function, but data or padding. */
#define MAX_FUNCTION	(1u << 20)

static bool inside(const struct kmc_cfg *cfg, uint64_t address)
{
	/* The start is a start, that of a moved part is none. */
	if (address == cfg->ranges[0].start)
		return false;
	for (size_t i = 0; i < cfg->nranges; i++)
		if (address >= cfg->ranges[i].start &&
		    address < cfg->ranges[i].end)
			return true;
	return false;
}

/* Is what ends at @next an instruction of the function? */
static bool is_own(const struct kmc_cfg *cfg, uint64_t next)
{
	for (unsigned int len = 1; len <= KMC_INSN_MAX_LENGTH; len++) {
		const struct kmc_cfg_node *node = kmc_cfg_at(cfg, next - len);

		if (node && node->insn.length == len)
			return true;
	}
	return false;
}

/* Decode from @at up to @end; does a jump or call among that get inside? */
static bool entered_between(const struct kmc_code *code,
			    const struct kmc_cfg *cfg, uint64_t at,
			    uint64_t end)
{
	const struct kmc_code_section *section = kmc_code_section(code, at);

	while (section && at < end && at < section->end) {
		struct kmc_insn insn;

		/* Data, or the middle of an instruction. */
		if (!kmc_insn_scan(section->bytes + (at - section->start),
				   section->end - at, at, code->machine, &insn)) {
			at++;
			continue;
		}
		if ((insn.is_jump || insn.is_call) && !insn.indirect &&
		    inside(cfg, insn.target) &&
		    !kmc_cfg_at(cfg, insn.address))
			return true;
		at += insn.length;
	}
	return false;
}

/* Where the instructions of the function around @address begin. */
static uint64_t symbol_start(const struct kmc_code *code, uint64_t address)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(code->symtab, address);

	return symbol && symbol->size < MAX_FUNCTION ? symbol->address : address;
}

/* ---- long jumps ---- */

typedef uint32_t lanes __attribute__((vector_size(16)));
typedef uint64_t quads __attribute__((vector_size(16)));

#define BLOCK	16

/* Bytes of the opcode in front of a 32-bit displacement, 0 if there is none. */
static unsigned int long_jump(const uint8_t *bytes, size_t displacement)
{
	const uint8_t last = bytes[displacement - 1];

	if (last == 0xe8 || last == 0xe9)
		return 1;
	return displacement >= 2 && bytes[displacement - 2] == 0x0f &&
	       (last & 0xf0) == 0x80 ? 2 : 0;
}

/*
 * Bytes within other instructions look like a jump, too, and not so rarely:
 * e8 and e9 are common as the second byte of a move. So a hit is looked at again.
 */
static bool entered_at(const struct kmc_code *code, const struct kmc_cfg *cfg,
		       const struct kmc_code_section *section,
		       size_t displacement)
{
	const uint64_t next = section->start + displacement + sizeof(int32_t);
	const unsigned int opcode = long_jump(section->bytes, displacement);
	int32_t rel;

	memcpy(&rel, section->bytes + displacement, sizeof(rel));
	return opcode && inside(cfg, next + (int64_t)rel) &&
	       !is_own(cfg, next) &&
	       entered_between(code, cfg,
			       symbol_start(code, next - sizeof(rel) - opcode),
			       next);
}

/*
 * Would one of the displacements at @bytes to @bytes + 15 lead within @span bytes of
 * a place? @distance is from there to behind the first. Modulo 2^32, so it may be
 * another place 4 GB away.
 */
static bool block_hits(const uint8_t *bytes, uint32_t distance, uint32_t span)
{
	const lanes from = (lanes){ 0, 4, 8, 12 } + distance;
	quads hits;
	lanes any = { };

#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		lanes rel;

		memcpy(&rel, bytes + i, sizeof(rel));
		any |= (lanes)(rel + from + i < span);
	}
	hits = (quads)any;
	return hits[0] | hits[1];
}

static bool entered_from(const struct kmc_code *code,
			 const struct kmc_cfg *cfg,
			 const struct kmc_code_section *section,
			 const struct kmc_cfg_range *range)
{
	const size_t size = section->end - section->start;
	const uint64_t length = range->end - range->start;
	const uint32_t span = length < UINT32_MAX ? length : UINT32_MAX;
	size_t at = 1;

	for (; at + BLOCK + sizeof(int32_t) <= size; at += BLOCK) {
		const uint64_t behind = section->start + at + sizeof(int32_t);

		if (!block_hits(section->bytes + at, behind - range->start, span))
			continue;
		for (size_t i = 0; i < BLOCK; i++)
			if (entered_at(code, cfg, section, at + i))
				return true;
	}
	for (; at + sizeof(int32_t) <= size; at++)
		if (entered_at(code, cfg, section, at))
			return true;
	return false;
}

static bool entered_from_afar(const struct kmc_code *code,
			      const struct kmc_cfg *cfg)
{
	for (size_t i = 0; i < code->nsections; i++)
		for (size_t j = 0; j < cfg->nranges; j++)
			if (code->sections[i].executable &&
			    entered_from(code, cfg, &code->sections[i],
					 &cfg->ranges[j]))
				return true;
	return false;
}

/* ---- short jumps ---- */

static bool entered_by_neighbour(const struct kmc_code *code,
				 const struct kmc_cfg *cfg,
				 const struct kmc_cfg_range *range)
{
	return entered_between(code, cfg,
			       symbol_start(code, range->start - 1),
			       range->start) ||
	       entered_between(code, cfg, range->end,
			       range->end + SHORT_REACH);
}

/* ---- tables ---- */

static bool entered_by_patch(const struct kmc_code *code,
			     const struct kmc_cfg *cfg)
{
	for (size_t i = 0; i < code->npatches; i++)
		if (inside(cfg, code->patches[i].to) &&
		    !kmc_cfg_at(cfg, code->patches[i].from))
			return true;
	return false;
}

/* Is there a pointer into the function, such as a jump table has? */
static bool pointed_to(const struct kmc_code *code,
		       const struct kmc_cfg *cfg)
{
	const unsigned int word = code->machine->word;

	for (size_t i = 0; i < code->nsections; i++) {
		const struct kmc_code_section *section = &code->sections[i];
		const size_t size = section->end - section->start;

		if (section->executable)
			continue;
		for (size_t at = -section->start % word; at + word <= size; at += word) {
			uint64_t value = 0;

			/* ELF files for x86 and the machines we run on are little endian. */
			memcpy(&value, section->bytes + at, word);
			if (inside(cfg, value))
				return true;
		}
	}
	return false;
}

static const char *find_entry(const struct kmc_code *code,
			      const struct kmc_cfg *cfg)
{
	for (size_t i = 0; i < cfg->nranges; i++)
		if (entered_by_neighbour(code, cfg, &cfg->ranges[i]))
			return "other code jumps into the middle of the function";
	if (entered_from_afar(code, cfg))
		return "other code jumps into the middle of the function";
	if (entered_by_patch(code, cfg))
		return "a fault elsewhere, or patched code, gets into the middle of the function";
	if (cfg->leaves_indirectly && pointed_to(code, cfg))
		return "it jumps to an address that it reads, and there are such into its middle";
	return NULL;
}

/* What was found out of a function; its graph follows from its extent. */
struct function_entry {
	struct kmc_cfg_range function;
	const char *why_not;
};

struct kmc_error *kmc_function_entries(struct kmc_code *code,
				       const struct kmc_cfg *cfg,
				       const char **why_not)
{
	const struct kmc_cfg_range *function = &cfg->ranges[0];
	struct function_entry *known = kmc_map_get(&code->entries, function->start);

	if (known && known->function.end == function->end) {
		*why_not = known->why_not;
		return NULL;
	}
	*why_not = find_entry(code, cfg);
	if (known || code->entries.count == KMC_CODE_MEMORY)
		return NULL;
	known = malloc(sizeof(*known));
	if (!known)
		return kmc_error_nomem();
	*known = (struct function_entry) { *function, *why_not };
	if (!kmc_map_put(&code->entries, function->start, known)) {
		free(known);
		return kmc_error_nomem();
	}
	return NULL;
}
