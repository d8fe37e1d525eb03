// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a report says against the debug info that it was resolved with. A kernel that
 * was built again keeps its release, so that is not enough: its version and the sizes
 * of its functions are compared, too.
 */
#include "debuginfo/doubts.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "report/model.h"
#include "report/uts_version.h"

/* Takes @why over. */
static struct kmc_error *doubt(struct kmc_report *report,
			       const struct kmc_image *image, struct kmc_buf *why)
{
	struct kmc_error *err;

	err = why->failed ? kmc_error_nomem() :
	      kmc_report_doubt(report, image->name, image->path, why->data);
	kmc_buf_release(why);
	return err;
}

/* ---- vmlinux ---- */

static bool any_agrees(const struct kmc_elf_facts *facts, const char *said)
{
	for (size_t i = 0; i < facts->nversions; i++)
		if (kmc_uts_versions_agree(said, facts->versions[i]))
			return true;
	return !facts->nversions;
}

struct kmc_error *kmc_doubt_version(const struct kmc_debuginfo *di,
				    struct kmc_report *report)
{
	const struct kmc_kernel *kernel = &report->kernel;
	const struct kmc_elf_facts *facts = &di->facts;
	struct kmc_buf why = { };

	switch (kmc_debuginfo_compare(di, kernel)) {
	case KMC_SAME_BUILD:
		return NULL;
	case KMC_OTHER_BUILD_ID:
		kmc_buf_puts(&why, "is of another build than the report: its build-ID is not that");
		return doubt(report, di->vmlinux, &why);
	case KMC_OTHER_RELEASE:
		kmc_buf_printf(&why, "is Linux %s, but the report is from Linux %s",
			       facts->release, kernel->release);
		return doubt(report, di->vmlinux, &why);
	case KMC_MAY_BE_SAME:
		break;
	}
	if (!kernel->banner || any_agrees(facts, kernel->banner))
		return NULL;
	/* The last pass of the linker has the number. */
	kmc_buf_printf(&why, "is of another build than the report: it is \"%s\", the report says \"%s\"",
		       facts->versions[facts->nversions - 1], kernel->banner);
	return doubt(report, di->vmlinux, &why);
}

/* ---- functions ---- */

/**
 * struct tally - functions of a report, against one file
 * @image: the file
 * @seen: that have a name and a size
 * @odd: of them, those that the file does not have so
 * @first: of these
 * @fit: what is odd about it
 * @have: its size in the file
 */
struct tally {
	const struct kmc_image *image;
	size_t seen;
	size_t odd;
	const struct kmc_frame *first;
	enum kmc_symbol_fit fit;
	uint64_t have;
};

static bool is_of(const struct kmc_frame *frame, const struct kmc_image *image)
{
	const char *a = frame->module, *b = image->name;

	if (!a || !b)
		return !a && !b;
	while (*a && (*a == '-' ? '_' : *a) == *b)
		a++, b++;
	return !*a && !*b;
}

static void count_frame(struct tally *tally, const struct kmc_frame *frame)
{
	enum kmc_symbol_fit fit;
	uint64_t have = 0;

	if (!frame->symbol || !frame->has_offset || !frame->size ||
	    !is_of(frame, tally->image))
		return;
	fit = kmc_symtab_compare(&tally->image->symtab, frame->symbol, frame->size,
				 &have);
	/* The kernel also names code that it has made itself: of BPF, of ftrace. */
	if (fit == KMC_SYMBOL_MISSING && !frame->module)
		return;
	tally->seen++;
	if (fit == KMC_SYMBOL_FITS)
		return;
	if (!tally->odd++) {
		tally->first = frame;
		tally->fit = fit;
		tally->have = have;
	}
}

static struct kmc_error *doubt_image(struct kmc_report *report,
				     const struct kmc_image *image)
{
	const struct kmc_stack *stack;
	struct tally tally = { .image = image };
	struct kmc_buf why = { };

	for (size_t i = 0; (stack = kmc_report_stack(report, i)); i++)
		for (size_t j = 0; j < stack->count; j++)
			count_frame(&tally, &stack->frames[j]);
	if (!tally.odd)
		return NULL;
	kmc_buf_printf(&why, "is of another build than the report: %zu of %zu functions differ, ",
		       tally.odd, tally.seen);
	if (tally.fit == KMC_SYMBOL_MISSING)
		kmc_buf_printf(&why, "%s() is not in it", tally.first->symbol);
	else
		kmc_buf_printf(&why, "%s() has 0x%llx bytes in it and 0x%llx in the report",
			       tally.first->symbol, (unsigned long long)tally.have,
			       (unsigned long long)tally.first->size);
	return doubt(report, image, &why);
}

struct kmc_error *kmc_doubt_functions(const struct kmc_debuginfo *di,
				      struct kmc_report *report)
{
	struct kmc_error *err = NULL;

	if (di->vmlinux->symtab_ready)
		err = doubt_image(report, di->vmlinux);
	for (size_t i = 0; !err && i < di->nmodules; i++)
		if (di->modules[i]->symtab_ready)
			err = doubt_image(report, di->modules[i]);
	return err;
}
