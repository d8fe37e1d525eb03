// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the addresses and symbols of a report to functions and lines.
 *
 * Evidence comes first: where a frame has an address and a symbol, both have to
 * agree, or else the symbol decides if it can; a frame that stays in doubt gets
 * no lines.
 */
#include "kmc/kmc.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "debuginfo/debuginfo.h"
#include "debuginfo/doubts.h"
#include "debuginfo/image.h"
#include "debuginfo/inline_chain.h"
#include "debuginfo/modules.h"
#include "debuginfo/symbolize.h"
#include "debuginfo/symtab.h"
#include "report/model.h"
#include "report/walk.h"

/* KASLR moves by whole pages; anything else is a misreading. */
#define SLIDE_MASK	0xfffULL

/**
 * struct slide - run-time minus link-time address of the kernel
 * @known: @value holds
 * @chosen: it was what one of several functions of a name gave
 */
struct slide {
	bool known;
	bool chosen;
	uint64_t value;
};

struct kmc_error *kmc_symbolize_address(struct kmc_debuginfo *di,
					const char *module, uint64_t address,
					const struct kmc_location **out,
					size_t *count)
{
	const struct kmc_chain *chain;
	struct kmc_image *image;
	struct kmc_error *err;

	err = kmc_debuginfo_image(di, module, &image);
	if (!err)
		err = kmc_image_chain(image, address, &chain);
	if (err)
		return err;
	*out = chain ? chain->v : NULL;
	*count = chain ? chain->count : 0;
	return NULL;
}

static struct kmc_error *image_symbol(struct kmc_image *image, const char *name,
				      uint64_t size, uint64_t *out)
{
	struct kmc_error *err = kmc_image_symtab(image);

	if (err)
		return err;
	return kmc_symtab_resolve(&image->symtab, image->path, name, size, out);
}

struct kmc_error *kmc_symbol_address(struct kmc_debuginfo *di,
				     const char *module, const char *name,
				     uint64_t offset, uint64_t size,
				     uint64_t *out)
{
	struct kmc_image *image;
	struct kmc_error *err;
	uint64_t address;

	err = kmc_debuginfo_image(di, module, &image);
	if (!err)
		err = image_symbol(image, name, size, &address);
	if (!err)
		*out = address + offset;
	return err;
}

/* Nothing found is no failure here; only running out of memory is. */
static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static bool frame_has_symbol(const struct kmc_frame *frame)
{
	return frame->symbol && *frame->symbol && frame->has_offset;
}

/* ---- the slide ---- */

static struct kmc_error *slide_from_stack(struct kmc_debuginfo *di,
					  const struct kmc_stack *stack,
					  struct slide *slide)
{
	for (size_t i = 0; i < stack->count && !slide->known; i++) {
		const struct kmc_frame *frame = &stack->frames[i];
		struct kmc_error *err;
		uint64_t start;

		if (frame->module || !frame->has_address ||
		    !frame_has_symbol(frame))
			continue;
		err = image_symbol(di->vmlinux, frame->symbol, frame->size,
				   &start);
		if (err) {
			err = only_nomem(err);
			if (err)
				return err;
			continue;
		}
		slide->value = kmc_machine_cut(di->vmlinux->machine,
					       frame->address - frame->offset - start);
		slide->known = !(slide->value & SLIDE_MASK);
	}
	return NULL;
}

/*
 * A kernel that can be moved (CONFIG_RANDOMIZE_BASE) is linked with --emit-relocs. One
 * that has no relocations of its code may have been stripped of them, as 6.12 is, so this is
 * asked last.
 */
static bool has_code_relocations(Dwfl_Module *mod)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(mod, &bias);
	Elf_Scn *scn = NULL;

	while (elf && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr, target;

		if (gelf_getshdr(scn, &shdr) &&
		    (shdr.sh_type == SHT_RELA || shdr.sh_type == SHT_REL) &&
		    gelf_getshdr(elf_getscn(elf, shdr.sh_info), &target) &&
		    target.sh_flags & SHF_EXECINSTR)
			return true;
	}
	return false;
}

/* Has this one what a slide is made of? */
static bool has_slide(const struct kmc_frame *frame)
{
	return !frame->module && frame->has_address && frame_has_symbol(frame);
}

/* No frame of the kernel proper says that it was moved by something else. */
static bool slide_fits(const struct kmc_image *vmlinux, const struct kmc_stack *stack,
		       uint64_t slide)
{
	const struct kmc_symtab *tab = &vmlinux->symtab;
	struct kmc_namesakes found;

	for (size_t i = 0; i < stack->count; i++) {
		const struct kmc_frame *frame = &stack->frames[i];

		if (!has_slide(frame))
			continue;
		kmc_symtab_namesakes(tab, frame->symbol, frame->size, &found);
		if (found.fitting && !kmc_symtab_agrees(tab, frame->symbol, frame->size,
				kmc_machine_cut(vmlinux->machine, frame->address -
						frame->offset - slide)))
			return false;
	}
	return true;
}

/* Of functions that share a name, only one may be where a slide can have moved it to. */
static void slide_from_namesakes(const struct kmc_image *vmlinux,
				 const struct kmc_report *report,
				 const struct kmc_frame *frame, struct slide *slide)
{
	/* By more than pages, and that is all there is to tell namesakes by. */
	const uint64_t mask = vmlinux->machine->kaslr_step - 1;
	const struct kmc_stack *stack;
	struct kmc_namesakes found;
	size_t count = 0;

	kmc_symtab_namesakes(&vmlinux->symtab, frame->symbol, frame->size, &found);
	for (size_t i = 0; i < found.fitting; i++) {
		const uint64_t value = kmc_machine_cut(vmlinux->machine, frame->address -
						       frame->offset - found.v[i]);
		bool fits = !(value & mask);

		for (size_t j = 0; fits && (stack = kmc_report_stack(report, j)); j++)
			fits = slide_fits(vmlinux, stack, value);
		if (!fits)
			continue;
		slide->value = value;
		count++;
	}
	slide->known = slide->chosen = count == 1;
}

static struct kmc_error *find_slide(struct kmc_debuginfo *di,
				    const struct kmc_report *report,
				    struct slide *slide)
{
	struct kmc_stack *stack;
	struct kmc_error *err = NULL;

	*slide = (struct slide){
		.known = report->kernel.has_kaslr,
		.value = report->kernel.kaslr_offset,
	};
	for (size_t i = 0; !err && (stack = kmc_report_stack(report, i)); i++)
		err = slide_from_stack(di, stack, slide);
	for (size_t i = 0; !err && (stack = kmc_report_stack(report, i)); i++)
		for (size_t j = 0; j < stack->count && !slide->known; j++)
			if (has_slide(&stack->frames[j]))
				slide_from_namesakes(di->vmlinux, report,
						     &stack->frames[j], slide);
	if (!err && !slide->known)
		*slide = (struct slide){ .known = !has_code_relocations(di->vmlinux->mod) };
	return err;
}

/* ---- one frame ---- */

/* What the report says of a frame's module, in @own if only there; NULL if nothing. */
static const struct kmc_module *find_record(const struct kmc_report *report,
					    const struct kmc_frame *frame,
					    struct kmc_module *own)
{
	const char *name = frame->module;

	for (size_t i = 0; name && i < report->nmodules; i++) {
		if (report->modules[i].name &&
		    !strcmp(report->modules[i].name, name))
			return &report->modules[i];
	}
	if (!name || !frame->build_id_len)
		return NULL;
	own->build_id_len = frame->build_id_len;
	memcpy(own->build_id, frame->build_id, frame->build_id_len);
	return own;
}

/* By where the kernel, or the module, was loaded. */
static bool link_address(const struct kmc_debuginfo *di,
			 struct kmc_image *image, const struct kmc_frame *frame,
			 const struct kmc_module *record,
			 const struct slide *slide, uint64_t *out)
{
	if (!frame->has_address)
		return false;
	if (image == di->vmlinux) {
		*out = kmc_machine_cut(image->machine, frame->address - slide->value);
		return slide->known;
	}
	return record && record->base && frame->address >= record->base &&
	       frame->address - record->base < record->size &&
	       kmc_module_link_address(image, frame->address - record->base,
				       out);
}

/* Unless the size told: which of several it was that a frame has been taken for. */
static void note_namesakes(const struct kmc_image *image, struct kmc_frame *frame,
			   const char *told_by)
{
	struct kmc_namesakes found;

	kmc_symtab_namesakes(&image->symtab, frame->symbol, frame->size, &found);
	if (found.fitting < 2)
		return;
	frame->namesakes = found.all;
	frame->told_by = told_by;
}

/* @known is false when the frame stays in doubt. */
static struct kmc_error *frame_address(struct kmc_debuginfo *di,
				       struct kmc_image *image,
				       struct kmc_frame *frame,
				       const struct kmc_module *record,
				       const struct slide *slide,
				       uint64_t *out, bool *known)
{
	struct kmc_error *err;
	uint64_t start;

	*known = false;
	err = kmc_image_symtab(image);
	if (err)
		return err;
	if (link_address(di, image, frame, record, slide, out))
		*known = !frame_has_symbol(frame) ||
			 kmc_symtab_agrees(&image->symtab, frame->symbol,
					   frame->size, *out - frame->offset);
	if (*known && slide->chosen && frame_has_symbol(frame))
		note_namesakes(image, frame, "its address");
	if (*known || !frame_has_symbol(frame))
		return NULL;
	err = image_symbol(image, frame->symbol, frame->size, &start);
	if (err) {
		note_namesakes(image, frame, NULL);
		return only_nomem(err);
	}
	*out = start + frame->offset;
	*known = true;
	return NULL;
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *text_copy(char **to, const char *text)
{
	char *start = *to;

	if (!text)
		return NULL;
	*to = stpcpy(start, text) + 1;
	return start;
}

/*
 * The report may outlive the debug info, so it gets the strings too: all in one
 * block with the array, so that free() of the array frees them.
 */
static struct kmc_error *frame_set_chain(struct kmc_frame *frame,
					 const struct kmc_chain *chain)
{
	size_t size = chain->count * sizeof(chain->v[0]);
	struct kmc_location *copy;
	char *text;

	for (size_t i = 0; i < chain->count; i++)
		size += text_size(chain->v[i].function) +
			text_size(chain->v[i].file);
	copy = malloc(size);
	if (!copy)
		return kmc_error_nomem();
	text = (char *)(copy + chain->count);
	for (size_t i = 0; i < chain->count; i++) {
		copy[i] = chain->v[i];
		copy[i].function = text_copy(&text, chain->v[i].function);
		copy[i].file = text_copy(&text, chain->v[i].file);
	}
	free(frame->chain);
	free(frame->from_log);
	frame->from_log = NULL;
	frame->chain = copy;
	frame->chain_len = chain->count;
	return NULL;
}

static bool is_rip_again(const struct kmc_report *report,
			 const struct kmc_frame *frame)
{
	return kmc_stack_repeats_rip(&report->frames) &&
	       frame == &report->frames.frames[1];
}

/* Takes @err over, which is why there is no file; that there is none is no doubt. */
static struct kmc_error *doubt_module(struct kmc_report *report,
				      const struct kmc_frame *frame,
				      struct kmc_error *err)
{
	struct kmc_error *failed = NULL;

	if (err->code == KMC_ERROR_NOMEM)
		return err;
	if (err->code != KMC_ERROR_NOT_FOUND && err->path)
		failed = kmc_report_doubt(report, frame->module, err->path, err->message);
	kmc_error_free(err);
	return failed;
}

struct kmc_error *kmc_frame_place(const struct kmc_report *report, struct kmc_frame *frame,
				  struct kmc_image *image, uint64_t address)
{
	const struct kmc_chain *chain;
	struct kmc_error *err;

	frame->resolved = true;
	frame->link_address = address;
	/* A return address is behind the call, perhaps on another line. */
	if (frame->role == KMC_ROLE_RETURN && !frame->exact && !is_rip_again(report, frame))
		address--;
	err = kmc_image_chain(image, address, &chain);
	if (err || !chain)
		return err;
	return frame_set_chain(frame, chain);
}

static struct kmc_error *symbolize_frame(struct kmc_debuginfo *di,
					 struct kmc_report *report,
					 const struct slide *slide,
					 struct kmc_frame *frame)
{
	struct kmc_module own = { };
	const struct kmc_module *record = find_record(report, frame, &own);
	struct kmc_image *image;
	struct kmc_error *err;
	uint64_t address;
	bool known;

	frame->namesakes = 0;
	frame->told_by = NULL;
	err = kmc_debuginfo_module(di, frame->module, record, &image);
	/* A module that was opened for another report may not be this one's. */
	if (!err && frame->module)
		err = kmc_debuginfo_fits(di, image, record);
	if (err)
		return doubt_module(report, frame, err);
	err = frame_address(di, image, frame, record, slide, &address, &known);
	if (err || !known)
		return err;
	return kmc_frame_place(report, frame, image, address);
}

struct kmc_error *kmc_symbolize_report(struct kmc_debuginfo *di,
				       struct kmc_report *report)
{
	struct kmc_stack *stack;
	struct kmc_error *err;
	struct slide slide;

	kmc_report_forget_doubts(report);
	err = find_slide(di, report, &slide);
	if (!err)
		err = kmc_doubt_version(di, report);
	for (size_t i = 0; !err && (stack = kmc_report_stack(report, i)); i++)
		for (size_t j = 0; !err && j < stack->count; j++)
			err = symbolize_frame(di, report, &slide, &stack->frames[j]);
	return err ? err : kmc_doubt_functions(di, report);
}
