// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Allocations as text: a first line with the build-ID and a checksum, then a line for each.
 *
 * The checksum finds damage. It does not keep anybody from writing what is not so, but what
 * is read is text without control characters and numbers, and every type is looked up
 * again where it is used.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "explain/allocations.h"

/* Another number for whatever else is written or found. */
#define HEADER		"kmc allocations 2"
#define FIELDS		13
/* More than any kernel has. */
#define MAX_LINES	(4u << 20)
#define MAX_TYPE_SIZE	(1u << 30)

static void write_one(struct kmc_buf *buf, const struct kmc_allocation *one)
{
	kmc_buf_printf(buf, "%u\t%u\t%u\t%s\t%" PRIu64 "\t%s\t%" PRIu64 "\t%" PRIu64
		       "\t%s\t%s\t%d\t%u\t%s\n", one->by, one->kind, one->told,
		       one->cache ? one->cache : "", one->size, one->type, one->type_size,
		       one->die, one->function, one->file ? one->file : "", one->line,
		       one->callers, one->module ? one->module : "");
}

void kmc_allocations_write(struct kmc_buf *buf, const struct kmc_allocations *all,
			   const char *build_id)
{
	struct kmc_buf body = { };

	for (size_t i = 0; i < all->count; i++)
		write_one(&body, &all->v[i]);
	kmc_buf_printf(buf, HEADER " %s %016" PRIx64 "\n", build_id,
		       kmc_hash_bytes(KMC_HASH_START, body.data, body.len));
	kmc_buf_add(buf, body.data, body.len);
	buf->failed |= body.failed;
	kmc_buf_release(&body);
}

static bool read_number(const char *text, uint64_t max, uint64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return !*end && !errno && *out <= max;
}

static bool is_type(const char *text)
{
	return (!strncmp(text, "struct ", 7) || !strncmp(text, "union ", 6)) &&
	       strchr(text, ' ')[1];
}

static bool read_fields(char *const fields[FIELDS], struct kmc_allocation *one)
{
	uint64_t by, kind, told, line, callers;

	if (!read_number(fields[0], KMC_ALLOCATION_WAYS - 1, &by) ||
	    !read_number(fields[1], KMC_KMALLOC_KINDS - 1, &kind) ||
	    !read_number(fields[2], KMC_TOLD_WAYS - 1, &told) ||
	    !read_number(fields[4], UINT64_MAX, &one->size) ||
	    !read_number(fields[6], MAX_TYPE_SIZE, &one->type_size) ||
	    !read_number(fields[7], UINT64_MAX, &one->die) ||
	    !read_number(fields[10], INT32_MAX, &line) ||
	    !read_number(fields[11], INT32_MAX, &callers))
		return false;
	if (by == KMC_ALLOCATION_CREATED ? !*fields[3] : !is_type(fields[5]) || !one->type_size)
		return false;
	one->by = by;
	one->kind = kind;
	one->told = told;
	one->cache = *fields[3] ? fields[3] : NULL;
	one->type = fields[5];
	one->function = fields[8];
	one->file = *fields[9] ? fields[9] : NULL;
	one->line = line;
	one->callers = callers;
	one->module = *fields[12] ? fields[12] : NULL;
	return true;
}

/* False: it has another number of fields, or what is no text. */
static bool split(char *line, char *fields[FIELDS])
{
	size_t n = 0;

	fields[n++] = line;
	for (char *at = line; *at; at++) {
		if (*at == '\t') {
			if (n == FIELDS)
				return false;
			*at = '\0';
			fields[n++] = at + 1;
		} else if ((unsigned char)*at < ' ' || *at == 0x7f) {
			return false;
		}
	}
	return n == FIELDS;
}

static bool read_lines(struct kmc_allocations *all, char *text)
{
	for (char *end; *text; text = end + 1) {
		struct kmc_allocation one = { };
		char *fields[FIELDS];

		end = strchr(text, '\n');
		if (!end)
			return false;
		*end = '\0';
		if (all->count == MAX_LINES || !split(text, fields) ||
		    !read_fields(fields, &one) || !kmc_allocations_add(all, &one))
			return false;
	}
	return true;
}

bool kmc_allocations_read(struct kmc_allocations *all, char *text, size_t len,
			  const char *build_id)
{
	char wanted[sizeof(HEADER) + 200];
	char *body = memchr(text, '\n', len);

	all->text = text;
	/* A NUL in it would hide the rest. */
	if (!body || strlen(text) != len)
		return false;
	*body++ = '\0';
	snprintf(wanted, sizeof(wanted), HEADER " %s %016" PRIx64, build_id,
		 kmc_hash_bytes(KMC_HASH_START, body, text + len - body));
	return !strcmp(text, wanted) && read_lines(all, body);
}
