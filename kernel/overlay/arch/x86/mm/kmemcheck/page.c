// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: hide and show pages of the pool in the direct map.
 */
#include <linux/mm.h>
#include <linux/set_memory.h>

#include <asm/pgtable.h>
#include <asm/tlbflush.h>

#include "engine.h"

/*
 * The page table entry of an address in the pool. The pool is mapped by 4K
 * pages since it was set up, so there always is one. Page tables are not
 * tracked themselves.
 */
static pte_t *pool_pte(unsigned long addr)
{
	return virt_to_kpte(addr);
}

bool kmemcheck_is_shown(unsigned long addr)
{
	return pte_present(*pool_pte(addr));
}

void kmemcheck_show_page(unsigned long addr)
{
	pte_t *pte = pool_pte(addr);

	/* What is not present is never cached: nothing to flush. */
	set_pte(pte, pfn_pte(__pa(addr) >> PAGE_SHIFT, PAGE_KERNEL));
}

static void hide(unsigned long addr)
{
	pgprot_t prot = __pgprot(pgprot_val(PAGE_KERNEL) &
				 ~(pgprotval_t)(_PAGE_PRESENT | _PAGE_GLOBAL));

	/* pfn_pte() inverts the address of what is not present (L1TF). */
	set_pte(pool_pte(addr), pfn_pte(__pa(addr) >> PAGE_SHIFT, prot));
}

/*
 * One INVLPG on this CPU is enough for the step engine: there is no other CPU,
 * and the page was present only while interrupts were off, so no other address
 * space can have cached it.
 */
void kmemcheck_hide_page(unsigned long addr)
{
	if (!pte_present(*pool_pte(addr)))
		return;
	hide(addr);
	asm volatile("invlpg (%0)" : : "r" (addr) : "memory");
}

/**
 * kmemcheck_hide_page_noflush() - hide an untracked page
 * @addr: of it
 *
 * It may have been cached by any CPU in any address space, until kmemcheck_flush_pool().
 */
void kmemcheck_hide_page_noflush(unsigned long addr)
{
	hide(addr);
}

/**
 * kmemcheck_flush_pool() - after kmemcheck_hide_page_noflush(), for all CPUs. May not be called
 * with interrupts off.
 */
void kmemcheck_flush_pool(void)
{
	flush_tlb_kernel_range(kmemcheck_pool_start,
			       kmemcheck_pool_start + kmemcheck_pool_size);
}

/**
 * kmemcheck_hide_pool() - hide all of it, once
 * @start: of it
 * @pages: their number
 *
 * Return: 0, or an error; then some of it may be hidden.
 */
int kmemcheck_hide_pool(unsigned long start, unsigned long pages)
{
	int err = set_memory_4k(start, pages);

	return err ?: set_memory_np(start, pages);
}
