// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: memory that may not be there, and must not be touched if so.
 */
#include <linux/uaccess.h>

#include "memory.h"

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
