// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: memory that may not be there, and must not be touched if so.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/uaccess.h>

#include <asm/pgtable_areas.h>

#include "memory.h"

/**
 * kmemcheck_is_vmalloc_memory() - may this be read, though it is not accessed?
 * @addr: kernel virtual address
 *
 * A read of a device may count. What is mapped write-back the processor itself may read ahead,
 * so it is none. Interrupts must be off, or the tables might be freed meanwhile.
 *
 * Return: whether it is in the vmalloc area, and mapped so.
 */
bool kmemcheck_is_vmalloc_memory(unsigned long addr)
{
	const unsigned long uncached = _PAGE_PWT | _PAGE_PCD;
	pgd_t *pgd = pgd_offset_k(addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (addr < VMALLOC_START || addr > VMALLOC_END || pgd_none(*pgd))
		return false;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d))
		return false;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud))
		return false;
	if (pud_leaf(*pud))
		return !(pud_val(*pud) & (uncached | _PAGE_PAT_LARGE));
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd))
		return false;
	if (pmd_leaf(*pmd))
		return !(pmd_val(*pmd) & (uncached | _PAGE_PAT_LARGE));
	pte = pte_offset_kernel(pmd, addr);
	return pte_present(*pte) && !(pte_val(*pte) & (uncached | _PAGE_PAT));
}

/**
 * kmemcheck_load_nofault() - read kernel memory that may not be there
 * @to: where to
 * @from: its address
 * @size: 1, 2, 4 or 8
 *
 * Return: whether it was there.
 */
bool kmemcheck_load_nofault(void *to, unsigned long from, unsigned int size)
{
	switch (size) {
	case 1:
		__get_kernel_nofault(to, (void *)from, u8, fault);
		return true;
	case 2:
		__get_kernel_nofault(to, (void *)from, u16, fault);
		return true;
	case 4:
		__get_kernel_nofault(to, (void *)from, u32, fault);
		return true;
	case 8:
		__get_kernel_nofault(to, (void *)from, u64, fault);
		return true;
	}
fault:
	return false;
}

/**
 * kmemcheck_store_nofault() - write kernel memory that may not be there
 * @to: its address
 * @from: the value
 * @size: 1, 2, 4 or 8
 *
 * Return: whether it was there.
 */
bool kmemcheck_store_nofault(unsigned long to, const void *from, unsigned int size)
{
	switch (size) {
	case 1:
		__put_kernel_nofault((void *)to, from, u8, fault);
		return true;
	case 2:
		__put_kernel_nofault((void *)to, from, u16, fault);
		return true;
	case 4:
		__put_kernel_nofault((void *)to, from, u32, fault);
		return true;
	case 8:
		__put_kernel_nofault((void *)to, from, u64, fault);
		return true;
	}
fault:
	return false;
}
