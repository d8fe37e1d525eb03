// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: reports as records of the stream, see <uapi/linux/kmemcheck.h>.
 */
#include <linux/buildid.h>
#include <linux/crc32.h>
#include <linux/elf.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

#include <asm/sections.h>

#include "kmemcheck.h"
#include "report.h"

/* More modules on one stack than this have not been seen. */
#define MAX_MODULES	8
/* A symbol, its offset and size, and a module's name. */
#define SYMBOL_MAX	192

/* Where the next section goes. What does not fit leaves its section empty. */
struct cursor {
	u8 *start;
	size_t used;
	size_t size;
};

static void *section_begin(struct cursor *c, unsigned int type)
{
	struct kmemcheck_section *head;

	if (c->size - c->used < sizeof(*head))
		return NULL;
	head = (void *)c->start + c->used;
	*head = (struct kmemcheck_section) { .type = type };
	c->used += sizeof(*head);
	return head;
}

static bool section_add(struct cursor *c, struct kmemcheck_section *head,
			const void *data, size_t size)
{
	if (!head || c->size - c->used < size)
		return false;
	memcpy(c->start + c->used, data, size);
	c->used += size;
	head->size += size;
	return true;
}

static void section_end(struct cursor *c)
{
	size_t pad = -c->used % KMEMCHECK_ALIGN;

	memset(c->start + c->used, 0, pad);
	c->used += pad;
}

static void put_section(struct cursor *c, unsigned int type, const void *data,
			size_t size)
{
	section_add(c, section_begin(c, type), data, size);
	section_end(c);
}

static void put_bytes(struct cursor *c, unsigned int type, u64 address,
		      const void *data, size_t size)
{
	struct kmemcheck_section *head = section_begin(c, type);

	if (section_add(c, head, &address, sizeof(address)))
		section_add(c, head, data, size);
	section_end(c);
}

/* The record's own head counts as a multiple of KMEMCHECK_ALIGN. */
static struct cursor record_begin(void *buf, size_t size)
{
	BUILD_BUG_ON(sizeof(struct kmemcheck_record) % KMEMCHECK_ALIGN);
	return (struct cursor) {
		.start = buf,
		.used = sizeof(struct kmemcheck_record),
		.size = ALIGN_DOWN(size, KMEMCHECK_ALIGN),
	};
}

static size_t record_end(struct cursor *c, unsigned int type, u64 seq)
{
	struct kmemcheck_record *head = (void *)c->start;

	*head = (struct kmemcheck_record) {
		.magic = KMEMCHECK_MAGIC,
		.size = c->used,
		.type = type,
		.version = KMEMCHECK_VERSION,
		.seq = seq,
	};
	head->crc = ~crc32_le(~0U, c->start, c->used);
	return c->used;
}

/* All code addresses of a report, in the order of the symbols section. */
struct addresses {
	unsigned long ip;
	const unsigned long *stack;
	unsigned long *alloc;
	unsigned long *free;
	unsigned int nr_stack, nr_alloc, nr_free;
};

static unsigned long nth_address(const struct addresses *a, unsigned int i)
{
	if (i == 0)
		return a->ip;
	i--;
	if (i < a->nr_stack)
		return a->stack[i];
	i -= a->nr_stack;
	if (i < a->nr_alloc)
		return a->alloc[i];
	i -= a->nr_alloc;
	return a->free[i];
}

static unsigned int nr_addresses(const struct addresses *a)
{
	return 1 + a->nr_stack + a->nr_alloc + a->nr_free;
}

static void put_symbols(struct cursor *c, const struct addresses *a)
{
	struct kmemcheck_section *head;
	char text[SYMBOL_MAX];
	unsigned int i;

	head = section_begin(c, KMEMCHECK_SECTION_SYMBOLS);
	for (i = 0; i < nr_addresses(a); i++) {
		void *addr = (void *)nth_address(a, i);

		snprintf(text, sizeof(text), i ? "%pB" : "%pS", addr);
		/* An address without a symbol is printed as a number. */
		if (!strchr(text, '+'))
			text[0] = '\0';
		section_add(c, head, text, strlen(text) + 1);
	}
	section_end(c);
}

static void put_module(struct cursor *c, const struct module *mod)
{
	struct kmemcheck_module m = {
		.base = (unsigned long)mod->core_layout.base,
		.size = mod->core_layout.size,
	};

	strscpy(m.name, mod->name, sizeof(m.name));
#ifdef CONFIG_STACKTRACE_BUILD_ID
	m.build_id_size = BUILD_ID_SIZE_MAX;
	memcpy(m.build_id, mod->build_id, BUILD_ID_SIZE_MAX);
#endif
	put_section(c, KMEMCHECK_SECTION_MODULE, &m, sizeof(m));
}

static void put_modules(struct cursor *c, const struct addresses *a)
{
	const struct module *seen[MAX_MODULES], *mod;
	unsigned int i, j, n = 0;

	preempt_disable();
	for (i = 0; i < nr_addresses(a) && n < MAX_MODULES; i++) {
		mod = __module_address(nth_address(a, i));
		if (!mod)
			continue;
		for (j = 0; j < n && seen[j] != mod; j++)
			;
		if (j < n)
			continue;
		seen[n++] = mod;
		put_module(c, mod);
	}
	preempt_enable();
}

static void put_event(struct cursor *c, unsigned int type,
		      const struct kmemcheck_event *event, const unsigned long *entries,
		      unsigned int n)
{
	struct kmemcheck_track track = {
		.time = event->time,
		.pid = event->pid,
		.cpu = event->cpu,
	};
	struct kmemcheck_section *head;

	if (!event->stack)
		return;
	head = section_begin(c, type);
	if (section_add(c, head, &track, sizeof(track)))
		section_add(c, head, entries, n * sizeof(*entries));
	section_end(c);
}

static unsigned int fetch(const struct kmemcheck_report *r,
			  const struct kmemcheck_event *event, unsigned long **entries)
{
	return r->has_object && event->stack ? stack_depot_fetch(event->stack, entries) : 0;
}

/**
 * kmemcheck_encode_report() - a report as a record
 * @r: the report
 * @buf: where to, aligned to 8
 * @size: of @buf
 *
 * Return: bytes of the record. All sections at their largest are below 16 KiB.
 */
size_t kmemcheck_encode_report(const struct kmemcheck_report *r, void *buf, size_t size)
{
	struct cursor c = record_begin(buf, size);
	struct addresses a = {
		.ip = r->ip,
		.stack = r->stack,
		.nr_stack = r->nr_stack,
	};

	a.nr_alloc = fetch(r, &r->owner.alloc, &a.alloc);
	a.nr_free = fetch(r, &r->owner.free, &a.free);

	put_section(&c, KMEMCHECK_SECTION_ACCESS, &r->access, sizeof(r->access));
	put_section(&c, KMEMCHECK_SECTION_REGS, &r->regs, sizeof(r->regs));
	if (r->code_size)
		put_bytes(&c, KMEMCHECK_SECTION_INSN, r->code_start, r->code,
			  r->code_size);
	put_section(&c, KMEMCHECK_SECTION_STACK, r->stack,
		    r->nr_stack * sizeof(r->stack[0]));
	put_bytes(&c, KMEMCHECK_SECTION_MEMORY, r->copy_start, r->memory,
		  sizeof(r->memory));
	put_bytes(&c, KMEMCHECK_SECTION_SHADOW, r->copy_start, r->shadow,
		  sizeof(r->shadow));
	if (r->has_object) {
		put_section(&c, KMEMCHECK_SECTION_OBJECT, &r->object,
			    sizeof(r->object));
		put_event(&c, KMEMCHECK_SECTION_ALLOC, &r->owner.alloc, a.alloc,
			  a.nr_alloc);
		put_event(&c, KMEMCHECK_SECTION_FREE, &r->owner.free, a.free,
			  a.nr_free);
	}
	put_modules(&c, &a);
	put_symbols(&c, &a);
	return record_end(&c, KMEMCHECK_RECORD_REPORT, r->seq);
}

size_t kmemcheck_encode_lost(u64 count, enum kmemcheck_lost_where where, void *buf,
			     size_t size)
{
	struct cursor c = record_begin(buf, size);
	struct kmemcheck_lost lost = { .count = count, .where = where };

	put_section(&c, KMEMCHECK_SECTION_LOST, &lost, sizeof(lost));
	return record_end(&c, KMEMCHECK_RECORD_LOST, 0);
}

size_t kmemcheck_encode_header(void *buf, size_t size)
{
	struct cursor c = record_begin(buf, size);
	const struct new_utsname *uts = init_utsname();
	struct kmemcheck_kernel kernel = {
		.machine = ELF_ARCH,
		.page_size = PAGE_SIZE,
		.text_start = (unsigned long)_stext,
		.text_end = (unsigned long)_etext,
		.kaslr_offset = kmemcheck_arch.kaslr_offset(),
		.page_offset = PAGE_OFFSET,
		.pool_start = kmemcheck_pool_start,
		.pool_end = kmemcheck_pool_start + kmemcheck_pool_size,
		.boot_time = ktime_get_real_ns() - ktime_get_boottime_ns(),
	};

	put_section(&c, KMEMCHECK_SECTION_KERNEL, &kernel, sizeof(kernel));
	put_section(&c, KMEMCHECK_SECTION_RELEASE, uts->release, strlen(uts->release));
	put_section(&c, KMEMCHECK_SECTION_BANNER, uts->version, strlen(uts->version));
	put_section(&c, KMEMCHECK_SECTION_BUILD_ID, vmlinux_build_id,
		    sizeof(vmlinux_build_id));
	return record_end(&c, KMEMCHECK_RECORD_HEADER, 0);
}
