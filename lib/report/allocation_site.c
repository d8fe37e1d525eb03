// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who wanted memory, or gave it back: the allocator's own functions are passed over.
 */
#include "report/allocation_site.h"

#include <string.h>

#include "base/compiler.h"

static bool has_prefix(const char *name, const char * const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

/* Functions that hand on what they allocate, or hand back what they free. */
static bool is_allocator(const char *function)
{
	static const char * const prefixes[] = {
		"kmem_cache_", "__kmem_cache_", "kmalloc", "__kmalloc", "___kmalloc", "kmemdup",
		"krealloc", "__do_krealloc", "kcalloc", "kzalloc", "kvmalloc", "__kvmalloc",
		"kvrealloc", "vrealloc", "kvcalloc",
		"kvfree", "kfree", "__kfree", "slab_", "__slab_", "___slab_",
		"___cache_", "____cache_", "__cache_", "__do_kmalloc", "kmemcheck_",
		"__alloc_pages", "__get_free_page", "get_free_page", "get_zeroed_page", "free_pages",
		"__free_pages", "alloc_pages", "page_frag_alloc", "__page_frag_alloc",
		"kstrdup", "kstrndup", "kasprintf", "kvasprintf", "kvzalloc",
		"alloc_slab", "allocate_slab", "new_slab", "do_slab_free", "cache_free",
		"memdup_user", "vmemdup_user", "strndup_user", "__vmalloc", "vmalloc", "vzalloc",
		"vcalloc", "__vcalloc", "folio_alloc", "__folio_alloc",
		"kzfree", "__vfree", "vfree",
		/* What checkers do there to note who it was. */
		"kasan_", "__kasan_", "____kasan_", "__asan_", "kmsan_", "__kmsan_", "__msan_",
		"kfence_", "__kfence_", "save_stack", "set_track", "stack_trace_save", "dump_stack",
		"set_alloc_info", "set_free_info", "stack_depot_save", "save_track", "poison_",
		"unpoison_", "print_report", "post_alloc_hook", "prep_new_page",
		"__dump_stack", "get_page_from_freelist",
	};

	return has_prefix(function, prefixes, KMC_ARRAY_SIZE(prefixes));
}

/* Functions that allocate for others what they do not just hand on. */
static bool is_wrapper(const char *function)
{
	static const char * const prefixes[] = {
		"alloc_skb", "__alloc_skb", "kmalloc_reserve", "mempool_alloc",
		"netlink_alloc_large_skb", "sock_alloc_send", "sock_wmalloc",
		"nlmsg_", "__nlmsg_", "genlmsg_", "nla_", "__nla_", "skb_put", "__skb_put",
		"pskb_put", "memcpy", "__memcpy", "memmove", "__memmove",
		/* And free for them, later. */
		"call_rcu", "__call_rcu", "call_srcu", "__call_srcu",
	};

	return has_prefix(function, prefixes, KMC_ARRAY_SIZE(prefixes));
}

/* The slab allocator's own code: who called it is what people look for. */
bool kmc_in_allocator(const struct kmc_location *where)
{
	static const char * const files[] = {
		"mm/slub.c", "mm/slab.c", "mm/slab.h", "mm/slab_common.c", "mm/kmemcheck/",
		"mm/kasan/", "mm/kfence/", "mm/kmsan/",
		"include/linux/slab.h", "include/linux/kmemcheck.h",
	};

	for (size_t i = 0; where->file && i < KMC_ARRAY_SIZE(files); i++) {
		if (!strncmp(where->file, files[i], strlen(files[i])))
			return true;
	}
	return false;
}

static bool is_passed_over(const char *function, bool wrappers)
{
	return is_allocator(function) || (wrappers && is_wrapper(function));
}

/* The first frame and level outside of it, or the very first if none is. */
static struct kmc_site find_site(const struct kmc_track *track, bool wrappers)
{
	const struct kmc_stack *stack = &track->stack;

	for (size_t i = 0; i < stack->count; i++) {
		const struct kmc_frame *frame = &stack->frames[i];
		size_t j = 0;

		while (j < frame->chain_len &&
		       (kmc_in_allocator(&frame->chain[j]) ||
			(frame->chain[j].function &&
			 is_passed_over(frame->chain[j].function, wrappers))))
			j++;
		if (j < frame->chain_len ||
		    (!frame->chain_len &&
		     !(frame->symbol && is_passed_over(frame->symbol, wrappers))))
			return (struct kmc_site) { .frame = i, .level = j };
	}
	return (struct kmc_site) { };
}

static bool has_function(const struct kmc_stack *stack, const char * const *names, size_t count)
{
	for (size_t i = 0; i < stack->count; i++)
		for (size_t j = 0; stack->frames[i].symbol && j < count; j++)
			if (strstr(stack->frames[i].symbol, names[j]))
				return true;
	return false;
}

const struct kmc_track *kmc_report_freer(const struct kmc_report *report)
{
	static const char * const freed_by[] = {
		"rcu_core", "rcu_do_batch", "rcu_process_callbacks", "kfree_rcu_work",
		"kvfree_rcu_", "srcu_invoke_callbacks",
	};
	static const char * const asked_by[] = { "call_rcu", "call_srcu" };

	if (!has_function(&report->free.stack, freed_by, KMC_ARRAY_SIZE(freed_by)))
		return &report->free;
	for (size_t i = 0; i < report->nrelated; i++) {
		const struct kmc_related *related = &report->related[i];

		if (related->relation == KMC_WORK &&
		    has_function(&related->track.stack, asked_by, KMC_ARRAY_SIZE(asked_by)))
			return &related->track;
	}
	return &report->free;
}

static bool is_array_function(const char *function)
{
	static const char * const prefixes[] = {
		"kcalloc", "kmalloc_array", "__kmalloc_array", "kvcalloc", "kvmalloc_array",
		"__kvmalloc_array", "devm_kcalloc", "devm_kmalloc_array", "kmemdup_array",
	};

	return function && has_prefix(function, prefixes, KMC_ARRAY_SIZE(prefixes));
}

bool kmc_track_is_array(const struct kmc_track *track)
{
	const struct kmc_site site = kmc_track_caller(track);
	const struct kmc_stack *stack = &track->stack;

	for (size_t i = 0; i < stack->count && i <= site.frame; i++) {
		const struct kmc_frame *frame = &stack->frames[i];

		if (frame->symbol && i < site.frame && is_array_function(frame->symbol))
			return true;
		for (size_t j = 0; j < frame->chain_len && (i < site.frame || j < site.level); j++)
			if (is_array_function(frame->chain[j].function))
				return true;
	}
	return false;
}

struct kmc_site kmc_track_site(const struct kmc_track *track)
{
	return find_site(track, true);
}

struct kmc_site kmc_track_caller(const struct kmc_track *track)
{
	return find_site(track, false);
}
