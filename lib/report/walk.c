// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stack as one list of functions, and which of them is to blame.
 */
#include "report/walk.h"

#include <string.h>

#include "report/allocation_site.h"
#include "report/model.h"
#include "report/reporter.h"
#include "report/title.h"

/* Below all of it was moved, compared or checked, and never decided anything. */
static const char * const helpers[] = {
	"memcpy", "inline_memcpy", "memmove", "memset", "memcmp", "memchr", "memchr_inv",
	"memscan", "bcmp", "strlen", "strnlen", "strcmp", "strncmp",
	"strcasecmp", "strncasecmp", "strcpy", "strncpy", "strlcpy", "strscpy",
	"strcat", "strncat", "strlcat", "strchr", "strrchr", "strnchr",
	"strstr", "strsep", "strspn", "strcspn",
	"csum_partial", "csum_partial_copy_generic", "crc32_le", "crc32c",
	"copy_to_user", "copy_from_user", "copy_in_user", "raw_copy_to_user",
	"raw_copy_from_user", "copy_to_user_inatomic", "copy_user_generic",
	"copy_user_generic_string", "copy_user_generic_unrolled",
	"copy_user_enhanced_fast_string", "copy_user_fast_string",
	"rep_movs_alternative", "clear_user", "put_user", "copy_to_iter",
	"copy_from_iter", "copyout", "copyin", "check_copy_size",
	"check_object_size",
};

/* Whole families, and variants as in memcpy_erms() and memset_orig(). */
static const char * const helper_families[] = {
	"kmemcheck_", "kasan_", "kmsan_", "kcsan_", "ubsan_", "asan_", "msan_",
	"tsan_", "instrument_", "fortify_", "memcpy_", "memmove_", "memset_",
	"put_user_", "read_once_",
};

bool kmc_stack_repeats_rip(const struct kmc_stack *stack)
{
	const struct kmc_frame *rip = stack->frames;

	return stack->count > 1 && rip->role == KMC_ROLE_RIP &&
	       rip->address == rip[1].address && rip->symbol && rip[1].symbol &&
	       !strcmp(rip->symbol, rip[1].symbol) &&
	       rip->offset == rip[1].offset;
}

struct kmc_walk kmc_walk_start(const struct kmc_stack *stack)
{
	return (struct kmc_walk) { .stack = stack };
}

/* A dot is in no name of a C function: what follows is the compiler's. */
static size_t name_length(const char *name)
{
	size_t len = strcspn(name, ".");

	return len ? len : strlen(name);
}

bool kmc_walk_next(struct kmc_walk *walk, struct kmc_level *level)
{
	const struct kmc_stack *stack = walk->stack;
	const struct kmc_frame *frame;
	bool outermost;

	if (walk->frame >= stack->count)
		return false;
	frame = &stack->frames[walk->frame];
	outermost = walk->level + 1 >= frame->chain_len;
	*level = (struct kmc_level) { .frame = frame, .inlined = !outermost };
	if (frame->chain_len) {
		level->where = &frame->chain[walk->level];
		level->function = level->where->function;
	}
	if (!level->function && outermost)
		level->function = frame->symbol;
	if (level->function)
		level->len = name_length(level->function);
	if (!outermost) {
		walk->level++;
		return true;
	}
	walk->level = 0;
	walk->frame++;
	if (walk->frame == 1 && kmc_stack_repeats_rip(stack))
		walk->frame++;
	return true;
}

bool kmc_level_is_helper(const struct kmc_level *level)
{
	const char *name = level->function;
	size_t len = level->len;

	if (!name)
		return false;
	for (; len && *name == '_'; name++)
		len--;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(helpers); i++) {
		if (strlen(helpers[i]) == len && !memcmp(name, helpers[i], len))
			return true;
	}
	for (size_t i = 0; i < KMC_ARRAY_SIZE(helper_families); i++) {
		if (!strncmp(name, helper_families[i],
			     strlen(helper_families[i])))
			return true;
	}
	return false;
}

bool kmc_stack_has_culprit(const struct kmc_report *report)
{
	const struct kmc_stack *stack = &report->frames;

	/* What leaks was given away by a call, so who did that is on the stack. */
	return stack->count && (!kmc_report_is_kmemcheck(report) ||
				stack->frames[0].role == KMC_ROLE_RIP ||
				report->kind == KMC_INFOLEAK);
}

/* In reports of other checkers, what any may call is as little to blame. */
static bool is_generic(const struct kmc_report *report, const struct kmc_level *level)
{
	return !kmc_report_is_kmemcheck(report) && level->function &&
	       kmc_is_generic(level->function, level->len);
}

bool kmc_walk_culprit(const struct kmc_report *report, bool placed,
		      struct kmc_level *out)
{
	struct kmc_walk walk = kmc_walk_start(&report->frames);
	struct kmc_level level;
	bool any = false;

	if (!kmc_stack_has_culprit(report))
		return false;
	while (kmc_walk_next(&walk, &level)) {
		if (placed && !(level.where && level.where->file))
			continue;
		if (!any)
			*out = level;
		any = true;
		if (kmc_level_is_helper(&level) || is_generic(report, &level))
			continue;
		*out = level;
		break;
	}
	return any;
}

bool kmc_walk_owner(const struct kmc_stack *stack, struct kmc_level *out)
{
	struct kmc_walk walk = kmc_walk_start(stack);
	struct kmc_level level;

	while (kmc_walk_next(&walk, &level)) {
		if (!level.where || !level.where->file ||
		    kmc_in_allocator(level.where))
			continue;
		*out = level;
		return true;
	}
	return false;
}

void kmc_level_title(struct kmc_buf *buf, const struct kmc_report *report,
		     const struct kmc_level *culprit)
{
	const char *headline = report->verdict.headline;
	char note[128];

	if (headline)
		kmc_buf_puts(buf, headline);
	else if (!kmc_report_is_kmemcheck(report))
		kmc_title_add(buf, report);
	else
		kmc_report_what(report, buf);
	/* A title has it already. */
	if (!kmc_report_is_kmemcheck(report) && (!headline || !report->verdict.kind))
		return;
	if (!culprit || !culprit->function)
		return;
	kmc_buf_printf(buf, "%s in %.*s()", headline ? "," : "",
		       (int)culprit->len, culprit->function);
	if (!culprit->frame->told_by && kmc_frame_note(culprit->frame, note, sizeof(note)))
		kmc_buf_printf(buf, " (%s)", note);
}
