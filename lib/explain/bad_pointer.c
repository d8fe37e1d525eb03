// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers that were used as pointers: NULL, errors, poison, and what else is no address.
 */
#include "explain/bad_pointer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "explain/access.h"
#include "explain/value_names.h"

/* So far from a number one still knows it: a member of what it was taken for. */
#define NEAR		4096
#define MAX_ERRNO	4095
/* Of Linux; with a few of the kernel's own behind 512. */
#define LAST_ERRNO	133
#define FIRST_OWN_ERRNO	512
#define LAST_OWN_ERRNO	530
#define POINTER_SIZE	8

#define LIST_POISON1	0xdead000000000100
#define LIST_POISON2	0xdead000000000122
#define OLD_POISON2	0xdead000000000200
#define POISON_DELTA	0xdead000000000000
#define POISON_LIMIT	0x10000

/* Where x86-64's KASAN keeps the shadow of address 0. */
#define SHADOW_OFFSET	0xdffffc0000000000
#define SHADOW_SHIFT	3

#define USER_END	0x0000800000000000
#define KERNEL_BEGIN	0xffff800000000000
/* With page tables of five levels. */
#define LARGE_BEGIN	0xff00000000000000
#define IMAGE_BEGIN	0xffffffff80000000
#define IMAGE_END	0xffffffffff000000
#define STACK_SIZE	0x4000
#define NARROW_STACK_SIZE	0x2000

/* "LIST_POISON1", "NULL + 0x28" */
static void put_name(char *name, const char *base, int64_t away)
{
	if (!away)
		snprintf(name, KMC_POINTER_NAME, "%s", base);
	else
		snprintf(name, KMC_POINTER_NAME, "%s %c 0x%" PRIx64, base, away < 0 ? '-' : '+',
			 away < 0 ? -(uint64_t)away : (uint64_t)away);
}

static int64_t distance(uint64_t value, uint64_t from)
{
	return (int64_t)(value - from);
}

static bool is_near(uint64_t value, uint64_t from)
{
	return value - from < NEAR || from - value < NEAR;
}

static enum kmc_pointer_kind tell_error(int number, char *name)
{
	const char *word = kmc_errno_name(number);

	/* What contains a member of NULL lies before it, by so much. */
	if (number > LAST_ERRNO && (number < FIRST_OWN_ERRNO || number > LAST_OWN_ERRNO)) {
		put_name(name, "NULL", -number);
		return KMC_POINTER_NULL;
	}
	snprintf(name, KMC_POINTER_NAME, word ? "ERR_PTR(-%s)" : "ERR_PTR(-%.0s%d)",
		 word ? word : "", number);
	return KMC_POINTER_ERROR;
}

/* Members lie at multiples of 8, so the low bits tell of which of the two it is made. */
static enum kmc_pointer_kind tell_list(uint64_t value, char *name)
{
	if (is_near(value, OLD_POISON2) && value == OLD_POISON2) {
		put_name(name, "LIST_POISON2", 0);
	} else if ((value - LIST_POISON1) % POINTER_SIZE == 0) {
		put_name(name, "LIST_POISON1", distance(value, LIST_POISON1));
	} else if ((value - LIST_POISON2) % POINTER_SIZE == 0) {
		put_name(name, "LIST_POISON2", distance(value, LIST_POISON2));
	} else {
		put_name(name, "POISON_POINTER_DELTA", distance(value, POISON_DELTA));
		return KMC_POINTER_POISON;
	}
	return KMC_POINTER_LIST_POISON;
}

static bool tell_pattern(uint64_t value, bool narrow, char *name, enum kmc_pointer_kind *kind)
{
	static const struct {
		uint8_t byte;
		enum kmc_pointer_kind kind;
		const char *name;
	} patterns[] = {
		{ 0x6b, KMC_POINTER_FREED, "POISON_FREE" },
		{ 0x5a, KMC_POINTER_FRESH, "POISON_INUSE" },
		{ 0xa5, KMC_POINTER_REDZONE, "POISON_END" },
		{ 0xbb, KMC_POINTER_REDZONE, "SLUB_RED_INACTIVE" },
		{ 0xcc, KMC_POINTER_REDZONE, "SLUB_RED_ACTIVE" },
		{ 0xaa, KMC_POINTER_FREED, "PAGE_POISON" },
	};
	const uint64_t last = 0xa5ULL << 56 | 0x6b6b6b6b6b6b6b;

	if (!narrow && is_near(value, last)) {
		put_name(name, "POISON_FREE", distance(value, last));
		*kind = KMC_POINTER_FREED;
		return true;
	}
	for (size_t i = 0; i < KMC_ARRAY_SIZE(patterns); i++) {
		const uint64_t all = patterns[i].byte *
			(narrow ? 0x01010101ULL : 0x0101010101010101ULL);

		if (!is_near(value, all))
			continue;
		put_name(name, patterns[i].name, distance(value, all));
		*kind = patterns[i].kind;
		return true;
	}
	return false;
}

/* Seven or eight characters; addresses of user space have two bytes of zero. */
static bool tell_characters(uint64_t value, char *name)
{
	char text[sizeof(value) + 1] = "";
	size_t len = 0;

	for (uint64_t left = value; left; left >>= 8) {
		const uint8_t c = left;

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			return false;
		text[len++] = c;
	}
	if (len < sizeof(value) - 1)
		return false;
	snprintf(name, KMC_POINTER_NAME, "\"%s\"", text);
	return true;
}

static enum kmc_pointer_kind tell_narrow(uint32_t value, const struct kmc_report *report,
					 char *name)
{
	enum kmc_pointer_kind kind;
	uint64_t stack;

	if (value >= (uint32_t)-MAX_ERRNO)
		return tell_error(-(int32_t)value, name);
	if (kmc_poison_pointer(value, 32) && value < NEAR) {
		put_name(name, kmc_poison_pointer(value, 32), 0);
		return KMC_POINTER_LIST_POISON;
	}
	if (value < NEAR) {
		put_name(name, "NULL", value);
		return KMC_POINTER_NULL;
	}
	if (tell_pattern(value, true, name, &kind))
		return kind;
	if (kmc_report_register(report, "esp", &stack) &&
	    value / NARROW_STACK_SIZE == stack / NARROW_STACK_SIZE)
		return KMC_POINTER_STACK;
	/* Three of four gigabytes are a program's, as a rule. */
	return value < 0xc0000000 ? KMC_POINTER_USER : KMC_POINTER_UNKNOWN;
}

/* Has the machine 32 bits? Those of ARM are told by all of their registers. */
static bool is_narrow(const struct kmc_report *report)
{
	uint64_t value;

	if (kmc_report_register(report, "eip", &value) ||
	    kmc_report_register(report, "eax", &value))
		return true;
	if (!kmc_report_register(report, "sp", &value) || report->address > UINT32_MAX)
		return false;
	for (size_t i = 0; i < report->nregs; i++)
		if (report->regs[i].value > UINT32_MAX)
			return false;
	return true;
}

enum kmc_pointer_kind kmc_pointer_tell(uint64_t value, const struct kmc_report *report,
				       char *name)
{
	enum kmc_pointer_kind kind;
	uint64_t stack;

	*name = '\0';
	if (is_narrow(report))
		return tell_narrow(value, report, name);
	if (value < NEAR) {
		put_name(name, "NULL", value);
		return KMC_POINTER_NULL;
	}
	if (value >= (uint64_t)-MAX_ERRNO)
		return tell_error(-(int64_t)value, name);
	if (is_near(value, LIST_POISON1) || is_near(value, LIST_POISON2))
		return tell_list(value, name);
	if (tell_pattern(value, false, name, &kind))
		return kind;
	if (value - POISON_DELTA < POISON_LIMIT) {
		put_name(name, "POISON_POINTER_DELTA", distance(value, POISON_DELTA));
		return KMC_POINTER_POISON;
	}
	if (tell_characters(value, name))
		return KMC_POINTER_CHARACTERS;
	if (value < USER_END)
		return KMC_POINTER_USER;
	if (value < LARGE_BEGIN)
		return KMC_POINTER_NON_CANONICAL;
	/* Which is good with five levels, where that is no general protection fault. */
	if (value < KERNEL_BEGIN)
		return !strcmp(report->checker, "gpf") ? KMC_POINTER_NON_CANONICAL :
							 KMC_POINTER_UNKNOWN;
	if (kmc_report_register(report, "rsp", &stack) &&
	    value / STACK_SIZE == stack / STACK_SIZE)
		return KMC_POINTER_STACK;
	return value >= IMAGE_BEGIN && value < IMAGE_END ? KMC_POINTER_IMAGE : KMC_POINTER_UNKNOWN;
}

bool kmc_pointer_is_bad(enum kmc_pointer_kind kind)
{
	return kind != KMC_POINTER_UNKNOWN && kind != KMC_POINTER_STACK &&
	       kind != KMC_POINTER_IMAGE;
}

bool kmc_pointer_unshadow(uint64_t address, uint64_t *real)
{
	/* What is canonical has a shadow, which does not fault so. */
	if (address >> 47 == 0 || address >> 47 == 0x1ffff ||
	    address - SHADOW_OFFSET >= 1ULL << (64 - SHADOW_SHIFT))
		return false;
	*real = (address - SHADOW_OFFSET) << SHADOW_SHIFT;
	return true;
}
