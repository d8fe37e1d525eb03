// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pointers that stand for something else, pointers to functions, and patterns of bytes.
 */
#include "explain/value_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "debuginfo/debuginfo.h"
#include "debuginfo/image.h"
#include "debuginfo/modules.h"
#include "report/model.h"

/* CONFIG_ILLEGAL_POINTER_VALUE of x86-64; of others and of old kernels it is 0. */
#define POISON_DELTA	0xdead000000000000
#define MAX_ERRNO	4095

/* include/linux/poison.h and what else adds POISON_POINTER_DELTA. */
static const struct {
	uint64_t value;
	const char *name;
	bool alone;		/* so large that it means this without the delta, too */
} pointers[] = {
	{ 0x100, "LIST_POISON1", false },
	{ 0x122, "LIST_POISON2", false },
	{ 0x200, "LIST_POISON2", false },
	{ 0x300, "TIMER_ENTRY_STATIC", false },
	{ 0x400, "TAIL_MAPPING", false },
	{ 0x500, "MUTEX_POISON_WW_CTX", false },
	{ 0x801, "NET_PTR_POISON", false },
	{ 0xeb9, "BPF_PTR_POISON", false },
	{ 0x100100, "LIST_POISON1", true },
	{ 0x200200, "LIST_POISON2", true },
};

/* include/linux/poison.h, mm/kasan/kasan.h */
static const struct {
	uint8_t byte;
	const char *name;
} patterns[] = {
	{ 0x5a, "POISON_INUSE" },
	{ 0x6b, "POISON_FREE" },
	{ 0xa5, "POISON_END" },
	{ 0xa7, "POISON_POOL_FREED" },
	{ 0xa9, "POISON_POOL_ALLOCATED" },
	{ 0xaa, "PAGE_POISON" },
	{ 0xbb, "SLUB_RED_INACTIVE" },
	{ 0xcc, "SLUB_RED_ACTIVE" },
	{ 0xfb, "KASAN_SLAB_FREE" },
	{ 0xfc, "KASAN_SLAB_REDZONE" },
};

/* Behind those of errno.h; include/linux/errno.h */
static const struct {
	int number;
	const char *name;
} kernel_errors[] = {
	{ 512, "ERESTARTSYS" }, { 513, "ERESTARTNOINTR" }, { 514, "ERESTARTNOHAND" },
	{ 515, "ENOIOCTLCMD" }, { 516, "ERESTART_RESTARTBLOCK" }, { 517, "EPROBE_DEFER" },
	{ 518, "EOPENSTALE" }, { 519, "ENOPARAM" }, { 521, "EBADHANDLE" },
	{ 522, "ENOTSYNC" }, { 523, "EBADCOOKIE" }, { 524, "ENOTSUPP" },
	{ 525, "ETOOSMALL" }, { 526, "ESERVERFAULT" }, { 527, "EBADTYPE" },
	{ 528, "EJUKEBOX" }, { 529, "EIOCBQUEUED" }, { 530, "ERECALLCONFLICT" },
};

const char *kmc_poison_pointer(uint64_t number, unsigned int bits)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(pointers); i++) {
		if (number == pointers[i].value + (bits == 64 ? POISON_DELTA : 0) ||
		    (pointers[i].alone && number == pointers[i].value))
			return pointers[i].name;
	}
	return NULL;
}

const char *kmc_poison_bytes(const uint8_t *bytes, size_t count)
{
	/* The last byte of an object that slab has poisoned. */
	const uint8_t end = 0xa5;

	if (count < 2)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] != bytes[0] &&
		    !(i == count - 1 && bytes[i] == end && bytes[0] == 0x6b))
			return NULL;
	}
	for (size_t i = 0; i < KMC_ARRAY_SIZE(patterns); i++)
		if (patterns[i].byte == bytes[0])
			return patterns[i].name;
	return NULL;
}

const char *kmc_errno_name(int number)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(kernel_errors); i++)
		if (kernel_errors[i].number == number)
			return kernel_errors[i].name;
	return strerrorname_np(number);
}

/* ---- functions ---- */

/* How far the kernel was moved: as its frames were, which are looked up already. */
static bool find_slide(const struct kmc_report *report, uint64_t *slide)
{
	const struct kmc_stack *stack;

	for (size_t i = 0; (stack = kmc_report_stack(report, i)); i++) {
		for (size_t j = 0; j < stack->count; j++) {
			const struct kmc_frame *frame = &stack->frames[j];

			if (!frame->resolved || !frame->has_address || frame->module)
				continue;
			*slide = frame->address - frame->link_address;
			return true;
		}
	}
	*slide = report->kernel.kaslr_offset;
	return report->kernel.has_kaslr;
}

static const struct kmc_symbol *symbol_in(struct kmc_image *image, uint64_t address)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(&image->symtab, address);

	return symbol && address - symbol->address < kmc_symbol_code_size(symbol) ?
	       symbol : NULL;
}

/* @address: set to the link-time one. @image: NULL when nothing was loaded there. */
static struct kmc_error *find_image(struct kmc_debuginfo *di,
				    const struct kmc_report *report, uint64_t *address,
				    struct kmc_image **image)
{
	struct kmc_error *err;
	uint64_t slide;

	*image = NULL;
	for (size_t i = 0; i < report->nmodules; i++) {
		const struct kmc_module *module = &report->modules[i];
		struct kmc_image *found;

		if (!module->base || *address - module->base >= module->size)
			continue;
		err = kmc_debuginfo_module(di, module->name, module, &found);
		if (!err && kmc_debuginfo_fits(di, found, module) &&
		    kmc_module_link_address(found, *address - module->base, address))
			*image = found;
		return err;
	}
	if (find_slide(report, &slide)) {
		*address -= slide;
		*image = di->vmlinux;
	}
	return NULL;
}

static struct kmc_error *function_text(struct kmc_debuginfo *di,
				       const struct kmc_report *report,
				       uint64_t address, char **out)
{
	const struct kmc_symbol *symbol;
	struct kmc_image *image;
	struct kmc_error *err;
	int len = 0;

	err = find_image(di, report, &address, &image);
	if (!err && image)
		err = kmc_image_symtab(image);
	/* Without its file, a module has no functions. */
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		return NULL;
	}
	if (err || !image)
		return err;
	symbol = symbol_in(image, address);
	if (symbol && address == symbol->address)
		len = asprintf(out, "%s", symbol->name);
	else if (symbol)
		len = asprintf(out, "%s+0x%" PRIx64, symbol->name,
			       address - symbol->address);
	if (len < 0) {
		*out = NULL;
		return kmc_error_nomem();
	}
	return NULL;
}

struct kmc_error *kmc_pointer_text(struct kmc_debuginfo *di,
				   const struct kmc_report *report, uint64_t number,
				   unsigned int bits, char **out)
{
	const uint64_t last = bits >= 64 ? UINT64_MAX : (1ULL << bits) - 1;
	const char *name = number ? kmc_poison_pointer(number, bits) : "NULL";
	int len = 0;

	*out = NULL;
	if (name) {
		len = asprintf(out, "%s", name);
	} else if (number > last - MAX_ERRNO) {
		const int error = last - number + 1;

		name = kmc_errno_name(error);
		len = name ? asprintf(out, "ERR_PTR(-%s)", name) :
		      asprintf(out, "ERR_PTR(-%d)", error);
	} else {
		return function_text(di, report, number, out);
	}
	if (len < 0) {
		*out = NULL;
		return kmc_error_nomem();
	}
	return NULL;
}
