// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * KASAN's lines about the memory: the object, the region, a frame's variables, the shadow.
 */
#include "input/kasan_object.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "input/scan.h"
#include "report/model.h"

#define BUGGY		"The buggy address "
/* A byte of the shadow of all modes but those with tags is about so many of memory. */
#define GRANULE		8
#define ROW		16
/* The shadow of what no area, or none of its bytes, has. */
#define VMALLOC_INVALID	0xf8
#define PAGE		4096ULL
#define TAG		(0xffULL << 56)
/* Variables of a function that KASAN lists. */
#define VARIABLES_MAX	64

/* ---- where in it ---- */

/* "1720 bytes inside of", "8 bytes to the right of", "8 bytes right of" */
static bool take_located(struct log_kasan_object *object, const char *s)
{
	int end = 0;

	if (sscanf(s, "%" SCNu64 " byte%n", &object->distance, &end) != 1 || !end)
		return false;
	s += end;
	if (strstr(s, "inside of"))
		object->side = 0;
	else if (strstr(s, "right of"))
		object->side = 1;
	else if (strstr(s, "left of"))
		object->side = -1;
	else
		return false;
	object->located = true;
	object->next = KASAN_REGION;
	return true;
}

/* "freed 2256-byte region [ffff888077ec2540, ffff888077ec2e10)" */
static bool take_region(struct log_kasan_object *object, struct kmc_report *report,
			const char *s)
{
	const char *byte = strstr(s, "-byte region [");
	const char *number = byte;
	uint64_t start, end;
	const char *p;

	if (!byte)
		return false;
	while (number > s && number[-1] >= '0' && number[-1] <= '9')
		number--;
	object->region = strtoull(number, NULL, 10);
	object->next = KASAN_NOTHING;
	p = log_scan_pointer(byte + strlen("-byte region ["), &start);
	if (!p || strncmp(p, ", ", 2) || !log_scan_pointer(p + 2, &end))
		return true;
	report->object.known = true;
	report->object.has_start = true;
	report->object.start = start;
	report->object.end = end;
	report->object.hashed |= log_is_hash(byte + strlen("-byte region ["));
	/*
	 * Since it says so, what was asked for is meant; it was the whole object before. Of what
	 * was freed, the shadow does not tell it any more, and the cache's size is said.
	 */
	if (log_skip(s, "allocated ") || log_skip(s, "requested ") ||
	    ((log_skip(s, "freed ") || report->object.size) &&
	     object->region != report->object.size))
		report->object.requested = object->region;
	return true;
}

/* "which belongs to the cache kmalloc-64 of size 64": the name is free text */
static bool take_cache(struct kmc_report *report, const char *s, bool *nomem)
{
	const char *name = strstr(s, "cache "), *size = NULL;

	if (!name)
		return false;
	name += strlen("cache ");
	for (const char *p = name; (p = strstr(p, " of size ")); p++)
		size = p;
	if (!size)
		return false;
	report->object.known = true;
	report->object.region = KMC_REGION_SLAB;
	log_set_text(&report->object.cache, name, size - name, nomem);
	report->object.size = strtoull(size + strlen(" of size "), NULL, 10);
	return true;
}

/* ---- stacks, variables, mappings ---- */

/* "[32, 40) 'name' (line 12)": one of a frame's variables */
static bool take_variable(struct kmc_report *report, const char *s, bool *nomem)
{
	struct kmc_variable *variable;
	int64_t begin, behind;
	int end = 0;
	size_t len;

	if (sscanf(s, "[%" SCNd64 ", %" SCNd64 ") '%n", &begin, &behind, &end) != 2 || !end)
		return false;
	len = strcspn(s + end, "':");
	if (report->nvariables == VARIABLES_MAX)
		return true;
	variable = kmc_grow(&report->variables, report->nvariables, sizeof(*variable));
	if (!variable) {
		*nomem = true;
		return true;
	}
	variable->begin = begin;
	variable->end = behind;
	variable->name = strndup(s + end, len);
	*nomem |= !variable->name;
	report->nvariables++;
	return true;
}

/* "and is located at offset 104 in frame:" */
static bool take_frame_offset(struct log_kasan_object *object, struct kmc_report *report,
			      const char *s)
{
	const char *at = strstr(s, "at offset ");

	if (!at || !strstr(at, "in frame"))
		return false;
	report->object.known = true;
	report->object.region = KMC_REGION_STACK;
	report->object.offset = strtoll(at + strlen("at offset "), NULL, 10);
	report->object.has_offset = true;
	object->next = KASAN_FRAME;
	return true;
}

/* "foo+0x10/0x20": a variable of the kernel, and where in it */
static void take_global(struct kmc_report *report, const char *s, bool *nomem)
{
	struct kmc_frame symbol = { };

	if (!kmc_scan_symbol(s, &symbol, nomem))
		return;
	report->object.known = true;
	report->object.region = KMC_REGION_GLOBAL;
	report->object.has_offset = true;
	report->object.offset = symbol.offset;
	/* Of the last one in a section of a module, it is none. */
	report->object.size = symbol.size <= INT64_MAX ? symbol.size : 0;
	log_set_text(&report->object.variable, symbol.symbol, strlen(symbol.symbol), nomem);
	kmc_frame_release(&symbol);
}

/* A stack, or a variable of a module, lies in such memory, too: what it is was said. */
static bool is_placed(const struct kmc_report *report)
{
	return report->object.known && (report->object.region == KMC_REGION_STACK ||
					report->object.region == KMC_REGION_GLOBAL);
}

/* "[ffffc90000000000, ffffc90000005000) created by:" */
static bool take_mapping(struct log_kasan_object *object, struct kmc_report *report,
			 const char *s)
{
	uint64_t start, end;
	const char *p = *s == '[' ? log_scan_pointer(s + 1, &start) : NULL;

	if (!p || strncmp(p, ", ", 2) || !log_scan_pointer(p + 2, &end))
		return false;
	object->next = strstr(s, "created by:") ? KASAN_CREATOR : KASAN_NOTHING;
	if (is_placed(report))
		return true;
	report->object.known = report->object.has_start = true;
	report->object.region = KMC_REGION_VMALLOC;
	report->object.start = start;
	report->object.end = end;
	if (end > start)
		report->object.size = end - start;
	return true;
}

/* Who made the mapping is its allocation. */
static bool take_creator(struct kmc_report *report, const char *s, bool *nomem)
{
	struct kmc_track *alloc = &report->alloc;

	if (is_placed(report))
		return strstr(s, "+0x");
	if (alloc->known || !log_take_call(&alloc->stack, s, nomem))
		return false;
	alloc->known = true;
	return true;
}

/* "belongs to a 4-page vmalloc region starting at 0xA allocated at f+0x1/0x2" */
static bool take_vmalloc(struct kmc_report *report, const char *s, bool *nomem)
{
	const char *region = strstr(s, "-page vmalloc region starting at ");
	const char *creator, *pages = region;

	if (!region || is_placed(report))
		return region;
	while (pages > s && isdigit((unsigned char)pages[-1]))
		pages--;
	report->object.known = true;
	report->object.size = strtoull(pages, NULL, 10) * PAGE;
	report->object.region = KMC_REGION_VMALLOC;
	report->object.has_start =
		log_scan_pointer(region + strlen("-page vmalloc region starting at "),
				 &report->object.start);
	creator = strstr(region, "allocated at ");
	if (creator)
		take_creator(report, creator + strlen("allocated at "), nomem);
	return true;
}

/* ---- the lines ---- */

/* Behind "The buggy address ". */
static void take_buggy(struct log_kasan_object *object, struct kmc_report *report,
		       const char *s, bool *nomem)
{
	const char *start = log_skip(s, "belongs to the object at ");

	object->next = KASAN_NOTHING;
	if (start) {
		report->object.known = true;
		report->object.has_start = log_scan_pointer(start, &report->object.start);
		report->object.hashed |= report->object.has_start && log_is_hash(start);
		object->next = KASAN_CACHE;
		take_cache(report, start, nomem);
	} else if (log_skip(s, "is located in stack of task") ||
		   log_skip(s, "belongs to stack of task")) {
		report->object.known = true;
		report->object.region = KMC_REGION_STACK;
		take_frame_offset(object, report, s);
	} else if (log_skip(s, "is located ")) {
		take_located(object, log_skip(s, "is located "));
		take_region(object, report, s);
	} else if (log_skip(s, "belongs to the variable")) {
		object->next = KASAN_VARIABLE;
	} else if (strstr(s, "belongs to a vmalloc virtual mapping")) {
		/* The last kernels do not say more. */
		if (!is_placed(report)) {
			report->object.known = true;
			report->object.region = KMC_REGION_VMALLOC;
		}
	} else if (strstr(s, "virtual mapping")) {
		object->next = KASAN_MAPPING;
		if (strchr(s, '['))
			take_mapping(object, report, strchr(s, '['));
	} else if (!take_vmalloc(report, s, nomem)) {
		object->page |= strstr(s, " page") != NULL;
	}
}

/* What the line before has announced; false: it is something else. */
static bool take_next(struct log_kasan_object *object, struct kmc_report *report,
		      const char *word, bool *nomem)
{
	switch (object->next) {
	case KASAN_CACHE:
		return take_cache(report, word, nomem);
	case KASAN_REGION:
		return take_region(object, report, word);
	case KASAN_VARIABLE:
		take_global(report, word, nomem);
		object->next = KASAN_NOTHING;
		return report->object.variable;
	case KASAN_MAPPING:
		return take_mapping(object, report, word);
	case KASAN_CREATOR:
		object->next = KASAN_NOTHING;
		return take_creator(report, word, nomem);
	case KASAN_FRAME:
		object->next = KASAN_VARIABLES;
		return strstr(word, "+0x");
	case KASAN_VARIABLES:
	case KASAN_NOTHING:
		break;
	}
	return false;
}

bool log_take_kasan_object(struct log_kasan_object *object, struct kmc_report *report,
			   const char *word, bool *nomem)
{
	const char *buggy = log_skip(word, BUGGY);

	if (buggy) {
		take_buggy(object, report, buggy, nomem);
		return true;
	}
	if (log_skip(word, "addr ") && strstr(word, " is located in stack of task "))
		return take_frame_offset(object, report, word);
	if (log_skip(word, "and is located at offset ") || log_skip(word, "and is located "))
		return take_frame_offset(object, report, word);
	if (log_skip(word, "his frame has ") || log_skip(word, "This frame has ") ||
	    log_skip(word, "this frame has "))
		return true;
	if (*word == '[' && strstr(word, ") '"))
		return take_variable(report, word, nomem);
	/* The object of kernels before 4.9. */
	if (log_skip(word, "Object at ") && strstr(word, ", in cache ")) {
		const char *cache = strstr(word, ", in cache ") + strlen(", in cache ");
		const char *size = strstr(cache, " size: ");

		report->object.known = true;
		report->object.region = KMC_REGION_SLAB;
		report->object.has_start = log_scan_pointer(word + 10, &report->object.start);
		log_set_text(&report->object.cache, cache,
			     size ? (size_t)(size - cache) : strcspn(cache, " "), nomem);
		if (size)
			report->object.size = strtoull(size + 7, NULL, 10);
		return true;
	}
	return take_next(object, report, word, nomem);
}

/* The variable that the offset is in, or else the one before it. */
static void find_variable(struct kmc_report *report)
{
	const struct kmc_variable *best = NULL;

	for (size_t i = 0; i < report->nvariables; i++) {
		const struct kmc_variable *variable = &report->variables[i];

		if (!best || variable->begin <= report->object.offset)
			best = variable;
	}
	if (best && best->name && !report->object.variable)
		report->object.variable = strdup(best->name);
}

static bool is_of_stack(const struct kmc_report *report)
{
	return report->error && (strstr(report->error, "stack-") ||
				 strstr(report->error, "use-after-scope") ||
				 strstr(report->error, "alloca-"));
}

void log_end_kasan_object(const struct log_kasan_object *object, struct kmc_report *report)
{
	struct kmc_object *memory = &report->object;

	if (object->page && !memory->known) {
		memory->known = true;
		/* Before 5.1 the frame was only in the shadow. */
		memory->region = is_of_stack(report) ? KMC_REGION_STACK : KMC_REGION_PAGE;
	}
	if (!memory->size && memory->region != KMC_REGION_STACK)
		memory->size = object->region;
	if (object->located && object->distance <= INT64_MAX / 2 &&
	    object->region <= INT64_MAX / 2) {
		memory->has_offset = true;
		memory->offset = object->side < 0 ? -(int64_t)object->distance :
				 object->side > 0 ? (int64_t)(object->region + object->distance) :
				 (int64_t)object->distance;
	}
	if (memory->region == KMC_REGION_STACK)
		find_variable(report);
}

/* ---- the shadow ---- */

/* "ffff888077ec2a80: fb fb fb ...": @bytes has room for a row */
static size_t scan_row(const char *s, uint64_t *address, uint8_t bytes[ROW], const char **first)
{
	const char *p = kmc_scan_hex(s, address);
	size_t count = 0;
	uint64_t byte;

	if (!p || *p != ':' || (p - s != 8 && p - s != 16))
		return 0;
	p++;
	while (count < ROW) {
		const char *at = p + strspn(p, " \t"), *end;

		/* A kernel that is older marks the byte with a bracket: "[fb]". */
		at += *at == '[';
		end = kmc_scan_hex(at, &byte);
		if (!end || end - at != 2)
			break;
		if (!count)
			*first = at;
		bytes[count++] = byte;
		p = end + (*end == ']');
	}
	return count;
}

/* The rest of a row that a mailer has broken. */
static bool take_row_rest(struct kmc_dump *dump, const char *s)
{
	struct kmc_dump_row *row = dump->count ? &dump->rows[dump->count - 1] : NULL;
	const char *digits = s, *end;
	size_t count = 0;
	uint64_t byte;

	for (; *digits; digits = end + strspn(end, " "), count++) {
		end = kmc_scan_hex(digits, &byte);
		if (!end || end - digits != 2 || (*end && *end != ' '))
			return false;
	}
	if (!row || !count || !row->len || row->len + count > ROW)
		return false;
	for (; *s; s = end + strspn(end, " ")) {
		end = kmc_scan_hex(s, &byte);
		row->bytes[row->len++] = byte;
	}
	return true;
}

bool log_take_shadow(struct kmc_report *report, const struct log_line *line, bool *nomem)
{
	struct kmc_dump *dump = &report->dump;
	uint8_t bytes[ROW];
	const char *first;
	struct kmc_dump_row *row;
	uint64_t address;
	size_t count;

	if (!strcmp(line->word, "^")) {
		const int column = log_column(line->raw, line->word);

		/* Until the address says it better: digits of a row are at every third column. */
		if (dump->count && !dump->marked && column >= (int)dump->byte) {
			dump->byte = (column - dump->byte) / 3;
			dump->marked = dump->byte < dump->rows[dump->count - 1].len;
			dump->row = dump->count - 1;
		}
		return true;
	}
	count = scan_row(line->word, &address, bytes, &first);
	if (!count)
		return !line->prefixed && take_row_rest(dump, line->word);
	row = kmc_dump_push(dump);
	if (!row) {
		*nomem = true;
		return true;
	}
	row->label = strdup("shadow");
	row->bytes = malloc(ROW);
	*nomem |= !row->label || !row->bytes;
	row->address = address;
	if (row->bytes) {
		memcpy(row->bytes, bytes, count);
		row->len = count;
	}
	if (!dump->marked)
		dump->byte = log_column(line->raw, first);
	return true;
}

/* The shadow of the granule at @at, if a row has it. */
static bool shadow_of(const struct kmc_dump *dump, uint64_t at, uint8_t *byte)
{
	for (size_t i = 0; i < dump->count; i++) {
		const uint64_t granule = (at - dump->rows[i].address) / dump->granule;

		if (at < dump->rows[i].address || granule >= dump->rows[i].len)
			continue;
		*byte = dump->rows[i].bytes[granule];
		return true;
	}
	return false;
}

/* Of an area that has whole pages, what was asked for ends where the shadow begins to say so. */
static void measure_vmalloc(struct kmc_report *report)
{
	struct kmc_object *memory = &report->object;
	uint64_t at = report->address & -(uint64_t)GRANULE;
	uint8_t byte;

	if (memory->region != KMC_REGION_VMALLOC || !memory->has_start || memory->requested ||
	    report->hashed || !report->has_address || report->dump.granule != GRANULE)
		return;
	while (at >= memory->start && at - memory->start < memory->size &&
	       shadow_of(&report->dump, at, &byte)) {
		if (byte < GRANULE) {
			memory->requested = at - memory->start + (byte ? byte : GRANULE);
			return;
		}
		if (byte != VMALLOC_INVALID)
			return;
		at -= GRANULE;
	}
}

void log_end_shadow(struct kmc_report *report)
{
	struct kmc_dump *dump = &report->dump;
	uint64_t granule = GRANULE;

	if (!dump->marked)
		dump->row = dump->byte = 0;
	if (dump->count > 1 && dump->rows[0].len) {
		const uint64_t step = dump->rows[1].address - dump->rows[0].address;

		if (step == 2 * GRANULE * ROW)
			granule = 2 * GRANULE;
	}
	dump->granule = granule;
	for (size_t i = 0; report->has_address && !report->hashed && i < dump->count; i++) {
		const uint64_t at = (report->address & ~TAG) - (dump->rows[i].address & ~TAG);

		if (at / granule >= dump->rows[i].len)
			continue;
		dump->marked = true;
		dump->row = i;
		dump->byte = at / granule;
	}
	measure_vmalloc(report);
}
