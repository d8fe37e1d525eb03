// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: hide and show one page of the pool in the direct map.
 */
#include <linux/mm.h>

#include <asm/pgtable.h>
#include <asm/tlbflush.h>

#include <linux/kmemcheck_engine.h>

/*
 * The page table entry of an address in the pool. The pool is mapped by 4K
 * pages since it was set up, so there always is one. Page tables are not
 * tracked themselves.
 */
static pte_t *pool_pte(unsigned long addr)
{
	return virt_to_kpte(addr);
}

void kmemcheck_show_page(unsigned long addr)
{
	pte_t *pte = pool_pte(addr);

	/* What is not present is never cached: nothing to flush. */
	set_pte(pte, pfn_pte(__pa(addr) >> PAGE_SHIFT, PAGE_KERNEL));
}

/*
 * One INVLPG on this CPU is enough for the step engine: there is no other CPU,
 * and the page was present only while interrupts were off, so no other address
 * space can have cached it.
 */
void kmemcheck_hide_page(unsigned long addr)
{
	pte_t *pte = pool_pte(addr);
	pgprot_t prot = __pgprot(pgprot_val(PAGE_KERNEL) &
				 ~(pgprotval_t)(_PAGE_PRESENT | _PAGE_GLOBAL));

	if (!pte_present(*pte))
		return;
	/* pfn_pte() inverts the address of what is not present (L1TF). */
	set_pte(pte, pfn_pte(__pa(addr) >> PAGE_SHIFT, prot));
	asm volatile("invlpg (%0)" : : "r" (addr) : "memory");
}

/*
 * For a page that was shown for good: it may have been cached in any address
 * space. Not for the fault handler, this may be traced.
 */
void kmemcheck_rehide_page(unsigned long addr)
{
	kmemcheck_hide_page(addr);
	preempt_disable();
	flush_tlb_one_kernel(addr);
	preempt_enable();
}
