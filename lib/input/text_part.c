// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which part of a report a line looks like, without taking it.
 */
#include "input/text_part.h"

#include <string.h>

#include "input/scan.h"
#include "input/text_match.h"
#include "report/model.h"

static bool starts(const char *word, const char *with)
{
	return !strncmp(word, with, strlen(with));
}

static bool is_shadow(const char *word)
{
	size_t letters = strspn(word, "auif? ");

	return !word[letters] && letters >= 4 && !strstr(word, "  ");
}

static bool is_dump(const char *word)
{
	size_t digits = strspn(word, "0123456789abcdefABCDEF");

	return !word[digits] && digits >= 8 && digits % 2 == 0;
}

static bool is_frame(const char *word)
{
	struct kmc_frame frame = { };
	bool nomem = false;
	bool found = starts(word, "[<") || text_is_terminator(word);

	if (!found && kmc_scan_symbol(starts(word, "? ") ? word + 2 : word,
				      &frame, &nomem)) {
		kmc_frame_release(&frame);
		found = true;
	}
	return found;
}

static const char * const registers[] = {
	"rsp", "rax", "rdx", "rbp", "r10", "r13", "fs", "cs", "cr2", "dr0",
	"dr3", "esp", "eax", "esi", "ds", "cr0",
};

/* The name in lower case that a line of registers starts with, or NULL. */
static const char *first_register(const char *word)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(registers); i++) {
		size_t len = strlen(registers[i]);

		if (!strncasecmp(word, registers[i], len) && word[len] == ':')
			return registers[i];
	}
	return NULL;
}

enum text_part text_part_of(const char *word)
{
	if (!strcmp(word, "^"))
		return TEXT_CARET;
	if (is_shadow(word))
		return TEXT_SHADOW;
	if (is_dump(word))
		return TEXT_DUMP;
	if (starts(word, "Pid: ") || starts(word, "CPU: "))
		return TEXT_TASK;
	if (starts(word, "RIP: ") || starts(word, "EIP: ") ||
	    starts(word, "EIP is at "))
		return TEXT_RIP;
	if (first_register(word))
		return TEXT_REGISTERS;
	if (starts(word, "Object "))
		return TEXT_OBJECT;
	if (starts(word, "Allocated by task ") || starts(word, "Freed by task "))
		return TEXT_TRACK;
	return is_frame(word) ? TEXT_STACK : TEXT_OTHER;
}

bool text_is_second(const struct kmc_report *report, enum text_part part,
		    const char *word)
{
	const char *reg;
	uint64_t value;

	switch (part) {
	case TEXT_DUMP:
		return report->memory;
	case TEXT_SHADOW:
		/* A long row that a mailer wrapped comes in several pieces. */
		return report->shadow &&
		       report->shadow_len >= report->memory_len;
	case TEXT_CARET:
		return report->caret >= 0;
	case TEXT_TASK:
		return report->comm;
	case TEXT_RIP:
		return report->frames.count;
	case TEXT_REGISTERS:
		reg = first_register(word);
		/* The two names of one line of 32-bit registers. */
		return reg && strcmp(reg, "cs") && strcmp(reg, "ds") &&
		       kmc_report_register(report, reg, &value);
	case TEXT_OBJECT:
		return report->object.known;
	default:
		return false;
	}
}
