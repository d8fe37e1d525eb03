// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a load out of the frame back to the stores that its value may come from, over all
 * edges of the control flow.
 */
#include "code/spill.h"

#include <stdlib.h>

#include "base/error.h"
#include "code/control_flow.h"

/**
 * struct search - back from a load
 * @cfg: of its function
 * @slot: what it reads
 * @seen: nodes that were looked at
 * @left: nodes that are still to be
 * @nleft: of @left
 */
struct search {
	struct kmc_cfg cfg;
	const struct kmc_mem *slot;
	bool *seen;
	uint32_t *left;
	size_t nleft;
};

static void add_edges(struct search *s, uint32_t to)
{
	const struct kmc_cfg_edge *edges = s->cfg.edges;
	size_t lo = 0, hi = s->cfg.nedges;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (edges[mid].to < to)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->cfg.nedges && edges[lo].to == to; lo++) {
		if (s->seen[edges[lo].from])
			continue;
		s->seen[edges[lo].from] = true;
		s->left[s->nleft++] = edges[lo].from;
	}
}

enum meets { NOTHING, STORE, DOUBT };

/* Does the instruction write the slot, or move what it is counted from? */
static enum meets look_at(const struct search *s, const struct kmc_insn *insn)
{
	const struct kmc_mem *slot = s->slot;

	for (size_t i = 0; i < insn->nmem; i++) {
		const struct kmc_mem *mem = &insn->mem[i];

		if (!mem->write || mem->base != slot->base || mem->segment ||
		    insn->is_call || mem->disp >= slot->disp + slot->size ||
		    mem->disp + (int64_t)mem->size <= slot->disp)
			continue;
		return mem->disp == slot->disp && mem->size == slot->size &&
		       mem->index == KMC_REG_NONE && insn->stores ? STORE : DOUBT;
	}
	return !insn->is_call && insn->changes & KMC_REG_BIT(slot->base) ? DOUBT : NOTHING;
}

/* False: not all stores can be known. */
static bool walk(struct search *s, struct kmc_spills *out)
{
	while (s->nleft) {
		const uint32_t node = s->left[--s->nleft];
		const struct kmc_insn *insn = &s->cfg.nodes[node].insn;

		switch (look_at(s, insn)) {
		case DOUBT:
			return false;
		case STORE:
			if (out->count == KMC_SPILLS_MAX)
				return false;
			out->v[out->count].at = insn->address;
			out->v[out->count++].reg = insn->stored;
			break;
		case NOTHING:
			/* What comes from before the function is no spill. */
			if (!node)
				return false;
			add_edges(s, node);
			break;
		}
	}
	return true;
}

struct kmc_error *kmc_spills_find(struct kmc_image *image, uint64_t function,
				  uint64_t size, const struct kmc_insn *load,
				  struct kmc_spills *out)
{
	struct search s = { .slot = &load->mem[0] };
	const struct kmc_cfg_node *start;
	const char *why_not = NULL;
	struct kmc_code *code;
	struct kmc_error *err;

	out->count = 0;
	err = kmc_code_get(image, &code);
	if (!err)
		err = kmc_cfg_read(code, function, size, &s.cfg, &why_not);
	start = err || why_not ? NULL : kmc_cfg_at(&s.cfg, load->address);
	if (start) {
		s.seen = calloc(s.cfg.count, sizeof(*s.seen));
		s.left = calloc(s.cfg.count, sizeof(*s.left));
		if (!s.seen || !s.left) {
			err = kmc_error_nomem();
		} else {
			add_edges(&s, start - s.cfg.nodes);
			if (!walk(&s, out))
				out->count = 0;
		}
	}
	free(s.seen);
	free(s.left);
	kmc_cfg_release(&s.cfg);
	return err;
}
