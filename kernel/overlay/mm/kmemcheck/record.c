// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: reports as records of the stream, see <uapi/linux/kmemcheck.h>.
 */
#include <linux/buildid.h>
#include <linux/crc32.h>
#include <linux/elf.h>
#include <linux/kallsyms.h>
#include <linux/minmax.h>
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

/* They have 64 bits whatever the machine has. All of them, or none. */
static void section_add_addresses(struct cursor *c, struct kmemcheck_section *head,
				  const unsigned long *entries, unsigned int nr)
{
	unsigned int i;
	u64 address;

	if (!head || c->size - c->used < nr * sizeof(address))
		return;
	for (i = 0; i < nr; i++) {
		address = entries[i];
		section_add(c, head, &address, sizeof(address));
	}
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
enum address_list {
	LIST_IP,
	LIST_STACK,
	LIST_ALLOC,
	LIST_FREE,
	LIST_COPY,
	LIST_SOURCE_ALLOC,
	LIST_FILL,
	NR_LISTS,
};

struct addresses {
	struct {
		const unsigned long *entries;
		unsigned int nr;
	} lists[NR_LISTS];
};

static unsigned long nth_address(const struct addresses *a, unsigned int i)
{
	unsigned int list = 0;

	while (i >= a->lists[list].nr)
		i -= a->lists[list++].nr;
	return a->lists[list].entries[i];
}

static unsigned int nr_addresses(const struct addresses *a)
{
	unsigned int list, sum = 0;

	for (list = 0; list < NR_LISTS; list++)
		sum += a->lists[list].nr;
	return sum;
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
		.base = kmemcheck_module_base(mod),
		.size = kmemcheck_module_size(mod),
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

static void put_stack(struct cursor *c, const struct kmemcheck_report *r)
{
	struct kmemcheck_section *head = section_begin(c, KMEMCHECK_SECTION_STACK);

	section_add_addresses(c, head, r->stack, r->nr_stack);
	section_end(c);
}

static void put_track(struct cursor *c, unsigned int type, const struct kmemcheck_track *track,
		      const struct addresses *a, enum address_list list)
{
	struct kmemcheck_section *head = section_begin(c, type);

	if (section_add(c, head, track, sizeof(*track)))
		section_add_addresses(c, head, a->lists[list].entries, a->lists[list].nr);
	section_end(c);
}

static void put_event(struct cursor *c, unsigned int type, const struct kmemcheck_event *event,
		      const struct addresses *a, enum address_list list)
{
	struct kmemcheck_track track = {
		.time = event->time,
		.pid = event->pid,
		.cpu = event->cpu,
	};

	if (event->stack)
		put_track(c, type, &track, a, list);
}

static void fetch(struct addresses *a, enum address_list list, const struct kmemcheck_event *event)
{
	unsigned long *entries;

	if (!event->stack)
		return;
	a->lists[list].nr = stack_depot_fetch(event->stack, &entries);
	a->lists[list].entries = entries;
}

static struct addresses addresses_of(const struct kmemcheck_report *r)
{
	const struct kmemcheck_known *known = &r->known;
	struct addresses a = {
		.lists[LIST_IP] = { &r->ip, 1 },
		.lists[LIST_STACK] = { r->stack, r->nr_stack },
	};

	if (!known->has_object)
		return a;
	fetch(&a, LIST_ALLOC, &known->owner.alloc);
	fetch(&a, LIST_FREE, &known->owner.free);
	fetch(&a, LIST_FILL, kmemcheck_filler(known));
	if (known->origin.source.hops) {
		a.lists[LIST_COPY].entries = known->origin.stack;
		a.lists[LIST_COPY].nr = known->origin.nr_stack;
		fetch(&a, LIST_SOURCE_ALLOC, &known->origin.alloc);
	}
	return a;
}

static void put_origin(struct cursor *c, const struct kmemcheck_origin *origin,
		       const struct addresses *a)
{
	struct kmemcheck_track copy = {
		.time = origin->time,
		.pid = origin->pid,
		.cpu = origin->cpu,
	};

	if (!origin->source.hops)
		return;
	put_section(c, KMEMCHECK_SECTION_SOURCE, &origin->source, sizeof(origin->source));
	put_track(c, KMEMCHECK_SECTION_COPY, &copy, a, LIST_COPY);
	put_event(c, KMEMCHECK_SECTION_SOURCE_ALLOC, &origin->alloc, a, LIST_SOURCE_ALLOC);
}

static void put_object(struct cursor *c, const struct kmemcheck_known *known,
		       const struct addresses *a)
{
	if (!known->has_object)
		return;
	put_section(c, KMEMCHECK_SECTION_OBJECT, &known->object, sizeof(known->object));
	put_event(c, KMEMCHECK_SECTION_ALLOC, &known->owner.alloc, a, LIST_ALLOC);
	put_event(c, KMEMCHECK_SECTION_FREE, &known->owner.free, a, LIST_FREE);
	put_event(c, KMEMCHECK_SECTION_FILL, kmemcheck_filler(known), a, LIST_FILL);
	put_origin(c, &known->origin, a);
}

/* The first one is in the access section already. */
static void put_runs(struct cursor *c, const struct kmemcheck_run_list *list)
{
	struct kmemcheck_runs head = { .count = list->count, .bytes = list->bytes };
	struct kmemcheck_section *section;

	if (list->count <= 1)
		return;
	section = section_begin(c, KMEMCHECK_SECTION_RUNS);
	if (section_add(c, section, &head, sizeof(head)))
		section_add(c, section, list->runs,
			    min_t(unsigned int, list->count, KMEMCHECK_RUNS_MAX) *
			    sizeof(list->runs[0]));
	section_end(c);
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
	struct addresses a = addresses_of(r);

	put_section(&c, KMEMCHECK_SECTION_ACCESS, &r->access, sizeof(r->access));
	put_section(&c, KMEMCHECK_SECTION_REGS, &r->regs, sizeof(r->regs));
	if (r->code_size)
		put_bytes(&c, KMEMCHECK_SECTION_INSN, r->code_start, r->code,
			  r->code_size);
	put_stack(&c, r);
	put_bytes(&c, KMEMCHECK_SECTION_MEMORY, r->copy_start, r->memory,
		  sizeof(r->memory));
	put_bytes(&c, KMEMCHECK_SECTION_SHADOW, r->copy_start, r->shadow,
		  sizeof(r->shadow));
	put_runs(&c, &r->list);
	put_object(&c, &r->known, &a);
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

/* Of two clocks read one after the other it would differ from one header to the next. */
static u64 boot_time(void)
{
	return ktime_mono_to_any(0, TK_OFFS_REAL) - ktime_mono_to_any(0, TK_OFFS_BOOT);
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
		.boot_time = boot_time(),
	};

	put_section(&c, KMEMCHECK_SECTION_KERNEL, &kernel, sizeof(kernel));
	put_section(&c, KMEMCHECK_SECTION_RELEASE, uts->release, strlen(uts->release));
	put_section(&c, KMEMCHECK_SECTION_BANNER, uts->version, strlen(uts->version));
	put_section(&c, KMEMCHECK_SECTION_BUILD_ID, vmlinux_build_id,
		    sizeof(vmlinux_build_id));
	return record_end(&c, KMEMCHECK_RECORD_HEADER, 0);
}
