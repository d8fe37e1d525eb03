// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sections of a record to the fields of a report.
 */
#include "input/ring_decode.h"

#include <elf.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "input/scan.h"
#include "report/model.h"

/*
 * struct section - a section's contents, not aligned
 */
struct section {
	const char *data;
	size_t len;
};

/* The next section from *at on; false at the end, or where the sizes lie. */
static bool next_section(const struct ring_record *record, size_t *at,
			 unsigned int *type, struct section *out)
{
	struct kmemcheck_section head;
	size_t left = record->sections_len - *at;
	uint32_t size;

	if (left < sizeof(head))
		return false;
	memcpy(&head, record->sections + *at, sizeof(head));
	left -= sizeof(head);
	size = le32toh(head.size);
	if (size > left)
		return false;
	*type = le16toh(head.type);
	out->data = record->sections + *at + sizeof(head);
	out->len = size;
	/* A record's size is a multiple of 8, so rounding up stays inside. */
	*at += sizeof(head) + (size + KMEMCHECK_ALIGN - 1) / KMEMCHECK_ALIGN *
	       KMEMCHECK_ALIGN;
	return true;
}

static bool find_section(const struct ring_record *record, unsigned int type,
			 struct section *out)
{
	unsigned int found;
	size_t at = 0;

	while (next_section(record, &at, &found, out)) {
		if (found == type)
			return true;
	}
	return false;
}

static void section_copy(const struct section *section, void *out, size_t size)
{
	size_t n = section->len < size ? section->len : size;

	memset(out, 0, size);
	memcpy(out, section->data, n);
}

bool ring_copy_section(const struct ring_record *record, unsigned int type,
		       void *out, size_t size)
{
	struct section section;

	if (!find_section(record, type, &section))
		return false;
	section_copy(&section, out, size);
	return true;
}

/* False when out of memory; a missing section leaves *out NULL. */
static bool take_text(const struct ring_record *record, unsigned int type,
		      char **out)
{
	struct section section;

	if (!find_section(record, type, &section))
		return true;
	*out = strndup(section.data, section.len);
	return *out;
}

bool ring_decode_kernel(const struct ring_record *record,
			struct kmc_kernel *kernel)
{
	struct kmemcheck_kernel what;
	struct section id;

	if (ring_copy_section(record, KMEMCHECK_SECTION_KERNEL, &what,
			      sizeof(what))) {
		kernel->has_kaslr = true;
		kernel->kaslr_offset = le64toh(what.kaslr_offset);
		kernel->boot_time = le64toh(what.boot_time);
		kernel->machine = le32toh(what.machine);
	}
	if (find_section(record, KMEMCHECK_SECTION_BUILD_ID, &id) &&
	    id.len <= sizeof(kernel->build_id)) {
		memcpy(kernel->build_id, id.data, id.len);
		kernel->build_id_len = id.len;
	}
	return take_text(record, KMEMCHECK_SECTION_RELEASE, &kernel->release) &&
	       take_text(record, KMEMCHECK_SECTION_BANNER, &kernel->banner);
}

static bool copy_kernel(const struct kmc_kernel *from, struct kmc_kernel *to)
{
	/* The flags may differ from report to report. */
	char *taint = to->taint;

	*to = *from;
	to->taint = taint;
	to->release = from->release ? strdup(from->release) : NULL;
	to->banner = from->banner ? strdup(from->banner) : NULL;
	return !from->release == !to->release && !from->banner == !to->banner;
}

static bool to_kind(unsigned int from, enum kmc_kind *to)
{
	switch (from) {
	case KMEMCHECK_READ:
		*to = KMC_READ;
		return true;
	case KMEMCHECK_WRITE:
		*to = KMC_WRITE;
		return true;
	case KMEMCHECK_INFOLEAK:
		*to = KMC_INFOLEAK;
		return true;
	default:
		return false;
	}
}

static enum kmc_state to_state(unsigned int from)
{
	static const enum kmc_state states[] = {
		[KMEMCHECK_UNALLOCATED] = KMC_UNALLOCATED,
		[KMEMCHECK_UNINITIALIZED] = KMC_UNINITIALIZED,
		[KMEMCHECK_INITIALIZED] = KMC_INITIALIZED,
		[KMEMCHECK_FREED] = KMC_FREED,
	};

	return from < KMC_ARRAY_SIZE(states) ? states[from] : KMC_INVALID;
}

/* As the kernel prints them; a bit that is none of them is left out. */
static bool take_taint(struct kmc_kernel *kernel, uint64_t taint)
{
	static const char letters[] = "PFSRMBUDAWCIOELKXTNJ";
	char flags[sizeof(letters) + 1];
	size_t count = 0;

	if (taint && !(taint & 1))
		flags[count++] = 'G';
	for (size_t i = 0; i < sizeof(letters) - 1; i++)
		if (taint >> i & 1)
			flags[count++] = letters[i];
	kernel->taint = strndup(flags, count);
	return kernel->taint;
}

static enum ring_result take_access(const struct ring_record *record,
				    struct kmc_report *report)
{
	struct kmemcheck_access access;

	/* No access is longer than a gigabyte; bits has to hold 8 times that. */
	if (!ring_copy_section(record, KMEMCHECK_SECTION_ACCESS, &access,
			       sizeof(access)) ||
	    !to_kind(le16toh(access.kind), &report->kind) ||
	    le32toh(access.size) > 1U << 28)
		return RING_BAD;
	report->state = to_state(le16toh(access.state));
	report->bits = le32toh(access.size) * 8;
	report->address = le64toh(access.address);
	report->has_address = true;
	report->access_start = le64toh(access.start);
	report->access_length = le64toh(access.length);
	report->count = le32toh(access.count) ? le32toh(access.count) : 1;
	report->cpu = le32toh(access.cpu);
	report->pid = (int32_t)le32toh(access.pid);
	report->tgid = (int32_t)le32toh(access.tgid);
	report->time = le64toh(access.time) / 1e9;
	report->comm = strndup(access.comm, sizeof(access.comm));
	return report->comm && take_taint(&report->kernel, le64toh(access.taint)) ?
	       RING_OK : RING_NOMEM;
}

static bool take_registers(const struct ring_record *record,
			   struct kmc_report *report)
{
#define REG(field, label, needs, narrow_label)				\
	{ label, narrow_label, offsetof(struct kmemcheck_regs, field), needs }
	/* Named as the log text names them, so that both give the same report. */
	static const struct {
		const char *name;
		const char *narrow;
		size_t at;
		bool all;
	} list[] = {
		REG(rip, "rip", false, "eip"), REG(cs, "cs", false, "cs"),
		REG(ss, "ss", true, "ss"), REG(rsp, "rsp", false, "esp"),
		REG(rflags, "eflags", false, "eflags"),
		REG(rax, "rax", true, "eax"), REG(rbx, "rbx", true, "ebx"),
		REG(rcx, "rcx", true, "ecx"), REG(rdx, "rdx", true, "edx"),
		REG(rsi, "rsi", true, "esi"), REG(rdi, "rdi", true, "edi"),
		REG(rbp, "rbp", false, "ebp"), REG(r8, "r8", true, NULL),
		REG(r9, "r9", true, NULL), REG(r10, "r10", true, NULL),
		REG(r11, "r11", true, NULL), REG(r12, "r12", true, NULL),
		REG(r13, "r13", true, NULL), REG(r14, "r14", true, NULL),
		REG(r15, "r15", true, NULL),
		REG(fs_base, "fs_base", true, "fs_base"), REG(fs, "fs", true, "fs"),
		REG(gs_base, "gs_base", true, NULL), REG(gs, "gs", true, "gs"),
		REG(kernel_gs_base, "kernel_gs_base", true, NULL),
		REG(ds, "ds", true, "ds"), REG(es, "es", true, "es"),
		REG(cr0, "cr0", true, "cr0"), REG(cr2, "cr2", true, "cr2"),
		REG(cr3, "cr3", true, "cr3"), REG(cr4, "cr4", true, "cr4"),
		REG(dr0, "dr0", true, "dr0"), REG(dr1, "dr1", true, "dr1"),
		REG(dr2, "dr2", true, "dr2"), REG(dr3, "dr3", true, "dr3"),
		REG(dr6, "dr6", true, "dr6"), REG(dr7, "dr7", true, "dr7"),
	};
#undef REG
	const bool narrow = report->kernel.machine == EM_386;
	struct kmemcheck_regs regs;
	bool all;

	if (!ring_copy_section(record, KMEMCHECK_SECTION_REGS, &regs,
			       sizeof(regs)))
		return true;
	all = le64toh(regs.mask) & KMEMCHECK_REGS_ALL;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(list); i++) {
		const char *name = narrow ? list[i].narrow : list[i].name;
		uint64_t value;

		if (!name || (list[i].all && !all))
			continue;
		memcpy(&value, (char *)&regs + list[i].at, sizeof(value));
		if (!kmc_report_set_register(report, name, le64toh(value)))
			return false;
	}
	return true;
}

/* A struct kmemcheck_bytes; an absent or broken one is empty. */
static bool take_bytes(const struct ring_record *record, unsigned int type,
		       uint64_t *address, uint8_t **data, size_t *len)
{
	struct section section;

	if (!find_section(record, type, &section) ||
	    section.len <= sizeof(*address))
		return true;
	memcpy(address, section.data, sizeof(*address));
	*address = le64toh(*address);
	*len = section.len - sizeof(*address);
	*data = malloc(*len);
	if (!*data)
		return false;
	memcpy(*data, section.data + sizeof(*address), *len);
	return true;
}

/* States to the letters that the log shows; false when out of memory. */
static bool take_shadow(struct kmc_report *report, const uint8_t *states,
			size_t len)
{
	static const char letters[] = {
		[KMEMCHECK_UNALLOCATED] = 'a',
		[KMEMCHECK_UNINITIALIZED] = 'u',
		[KMEMCHECK_INITIALIZED] = 'i',
		[KMEMCHECK_FREED] = 'f',
	};

	report->shadow = malloc(len + 1);
	if (!report->shadow)
		return false;
	for (size_t i = 0; i < len; i++)
		report->shadow[i] = states[i] < sizeof(letters) ?
				    letters[states[i]] : '?';
	report->shadow[len] = '\0';
	report->shadow_len = len;
	return true;
}

static bool take_memory(const struct ring_record *record,
			struct kmc_report *report)
{
	uint64_t memory_at = 0, shadow_at = 0;
	uint8_t *states = NULL;
	size_t len = 0, count;
	bool ok;

	ok = take_bytes(record, KMEMCHECK_SECTION_MEMORY, &memory_at,
			&report->memory, &report->memory_len) &&
	     take_bytes(record, KMEMCHECK_SECTION_SHADOW, &shadow_at, &states,
			&len) &&
	     (!states || take_shadow(report, states, len));
	free(states);
	if (report->memory && report->shadow && memory_at != shadow_at) {
		/* Bytes and states that do not belong together mislead. */
		free(report->memory);
		report->memory = NULL;
		report->memory_len = 0;
	}
	report->memory_start = report->shadow ? shadow_at : memory_at;
	count = report->shadow ? report->shadow_len : report->memory_len;
	if (report->address - report->memory_start < count)
		report->caret = report->address - report->memory_start;
	return ok;
}

static bool take_addresses(const char *data, size_t len, struct kmc_stack *stack)
{
	for (size_t at = 0; at + sizeof(uint64_t) <= len;
	     at += sizeof(uint64_t)) {
		struct kmc_frame *frame = kmc_stack_push(stack,
							 KMC_ROLE_RETURN);

		if (!frame)
			return false;
		memcpy(&frame->address, data + at, sizeof(uint64_t));
		frame->address = le64toh(frame->address);
		frame->has_address = true;
	}
	return true;
}

static bool take_track(const struct ring_record *record, unsigned int type,
		       struct kmc_track *track)
{
	struct kmemcheck_track head;
	struct section section;

	if (!find_section(record, type, &section) || section.len < sizeof(head))
		return true;
	section_copy(&section, &head, sizeof(head));
	track->known = true;
	track->pid = (int32_t)le32toh(head.pid);
	track->time = le64toh(head.time) / 1e9;
	return take_addresses(section.data + sizeof(head),
			      section.len - sizeof(head), &track->stack);
}

static bool take_stacks(const struct ring_record *record,
			struct kmc_report *report)
{
	struct kmc_frame *rip;
	struct section stack;
	uint64_t address;

	if (kmc_report_register(report, "rip", &address) ||
	    kmc_report_register(report, "eip", &address)) {
		rip = kmc_stack_push(&report->frames, KMC_ROLE_RIP);
		if (!rip)
			return false;
		rip->has_address = true;
		rip->address = address;
	}
	if (find_section(record, KMEMCHECK_SECTION_STACK, &stack) &&
	    !take_addresses(stack.data, stack.len, &report->frames))
		return false;
	return take_track(record, KMEMCHECK_SECTION_ALLOC, &report->alloc) &&
	       take_track(record, KMEMCHECK_SECTION_FREE, &report->free) &&
	       take_track(record, KMEMCHECK_SECTION_COPY, &report->copy) &&
	       take_track(record, KMEMCHECK_SECTION_SOURCE_ALLOC, &report->source_alloc) &&
	       take_track(record, KMEMCHECK_SECTION_FILL, &report->fill);
}

/* The kernel's names, in the order of the addresses; false when out of memory. */
static bool take_symbols(const struct ring_record *record,
			 struct kmc_report *report)
{
	char *text KMC_AUTO_FREE = NULL;
	struct kmc_stack *stack;
	struct section section;
	bool nomem = false;
	const char *p, *end;

	if (!find_section(record, KMEMCHECK_SECTION_SYMBOLS, &section))
		return true;
	text = malloc(section.len + 1);
	if (!text)
		return false;
	memcpy(text, section.data, section.len);
	text[section.len] = '\0';
	p = text;
	end = text + section.len;
	/* The first name is the instruction's even where it is not known. */
	if (!report->frames.count || report->frames.frames[0].role != KMC_ROLE_RIP)
		p += strlen(p) + 1;
	for (size_t i = 0; (stack = kmc_report_stack(report, i)); i++) {
		for (size_t j = 0; j < stack->count && p < end; j++) {
			kmc_scan_symbol(p, &stack->frames[j], &nomem);
			p += strlen(p) + 1;
		}
	}
	return !nomem;
}

static bool decode_object(const struct kmemcheck_object *from, struct kmc_object *to)
{
	to->known = to->has_start = true;
	to->start = le64toh(from->start);
	to->size = le32toh(from->size);
	to->requested = le32toh(from->requested);
	if (!from->cache[0])
		return true;
	to->cache = strndup(from->cache, sizeof(from->cache));
	return to->cache;
}

static bool take_object(const struct ring_record *record,
			struct kmc_report *report)
{
	struct kmemcheck_object object;

	if (!ring_copy_section(record, KMEMCHECK_SECTION_OBJECT, &object,
			       sizeof(object)))
		return true;
	return decode_object(&object, &report->object);
}

static bool take_source(const struct ring_record *record,
			struct kmc_report *report)
{
	struct kmc_copied *to = &report->copied;
	struct kmemcheck_source from;

	if (!ring_copy_section(record, KMEMCHECK_SECTION_SOURCE, &from, sizeof(from)))
		return true;
	to->known = true;
	to->offset = (int64_t)le64toh(from.offset);
	to->copies = le32toh(from.hops) ? le32toh(from.hops) : 1;
	to->copy_start = le64toh(from.copy);
	to->copy_size = le32toh(from.size);
	return decode_object(&from.object, &to->object);
}

static bool take_runs(const struct ring_record *record, struct kmc_report *report)
{
	struct kmemcheck_runs head;
	struct section section;
	bool ok = true;

	if (!find_section(record, KMEMCHECK_SECTION_RUNS, &section))
		return true;
	section_copy(&section, &head, sizeof(head));
	for (size_t at = sizeof(head); ok && at + sizeof(struct kmemcheck_run) <= section.len;
	     at += sizeof(struct kmemcheck_run)) {
		struct kmemcheck_run run;

		memcpy(&run, section.data + at, sizeof(run));
		ok = kmc_report_add_run(report, le64toh(run.address), le32toh(run.size),
					to_state(le32toh(run.state)));
	}
	kmc_report_finish_runs(report, le32toh(head.count), le32toh(head.bytes));
	return ok;
}

static bool take_modules(const struct ring_record *record,
			 struct kmc_report *report)
{
	struct section section;
	unsigned int type;
	size_t at = 0;

	while (next_section(record, &at, &type, &section)) {
		struct kmemcheck_module from;
		struct kmc_module *to;
		size_t len;

		if (type != KMEMCHECK_SECTION_MODULE)
			continue;
		section_copy(&section, &from, sizeof(from));
		to = kmc_grow(&report->modules, report->nmodules, sizeof(*to));
		if (!to)
			return false;
		to->name = strndup(from.name, sizeof(from.name));
		if (!to->name)
			return false;
		report->nmodules++;
		to->base = le64toh(from.base);
		to->size = le64toh(from.size);
		len = le32toh(from.build_id_size);
		to->build_id_len = len <= sizeof(to->build_id) ? len : 0;
		memcpy(to->build_id, from.build_id, to->build_id_len);
	}
	return true;
}

enum ring_result ring_decode_report(const struct ring_record *record,
				    const struct kmc_kernel *kernel,
				    struct kmc_report *report)
{
	enum ring_result result = take_access(record, report);

	if (result != RING_OK)
		return result;
	if (!copy_kernel(kernel, &report->kernel) ||
	    !take_registers(record, report) ||
	    !take_bytes(record, KMEMCHECK_SECTION_INSN, &report->code_start,
			&report->code, &report->code_len) ||
	    !take_memory(record, report) ||
	    !take_stacks(record, report) ||
	    !take_symbols(record, report) ||
	    !take_object(record, report) ||
	    !take_runs(record, report) ||
	    !take_source(record, report) ||
	    !take_modules(record, report))
		return RING_NOMEM;
	return RING_OK;
}
