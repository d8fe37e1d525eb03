// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of a report that carry data: registers, dump, shadow, the object.
 */
#include "input/text_parse.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/scan.h"
#include "input/text_prefix.h"
#include "report/model.h"

/* "RSP: 0018:", "CR2: ": the name in lower case, or NULL. */
static const char *scan_register_name(const char *s, char name[16])
{
	static const char * const known[] = {
		"RIP", "RSP", "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP",
		"R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15",
		"EIP", "ESP", "EAX", "EBX", "ECX", "EDX", "ESI", "EDI", "EBP",
		"EFLAGS", "CS", "DS", "ES", "FS", "GS", "SS", "knlGS",
		"CR0", "CR2", "CR3", "CR4",
		"DR0", "DR1", "DR2", "DR3", "DR6", "DR7",
	};
	size_t len = strcspn(s, ": \t");

	if (s[len] != ':')
		return NULL;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++) {
		if (strlen(known[i]) != len || strncmp(known[i], s, len))
			continue;
		for (size_t j = 0; j <= len; j++)
			name[j] = tolower((unsigned char)known[i][j]);
		name[len] = '\0';
		/* r08 and r09 are a print format; the registers are r8, r9 */
		if (name[0] == 'r' && name[1] == '0')
			memmove(name + 1, name + 2, 2);
		return s + len + 1 + strspn(s + len + 1, " \t");
	}
	return NULL;
}

static bool set_register(struct kmc_report *report, const char *name,
			 uint64_t value, size_t digits, bool *nomem)
{
	/* A value that a mailer or a narrow screen cut is worse than none. */
	if (digits != 4 && digits != 8 && digits != 16)
		return false;
	if (!kmc_report_set_register(report, name, value))
		*nomem = true;
	return true;
}

/* What follows the name: "hex", "sel:hex" or "hex(sel)". Returns its end. */
static const char *take_register(struct kmc_report *report, const char *name,
				 const char *s, bool *nomem)
{
	char base[24];
	uint64_t value;
	const char *end = kmc_scan_hex(s, &value);

	if (!end)
		return NULL;
	if (*end == ':' && end - s == 4) {
		set_register(report, name[1] == 'i' ? "cs" : "ss", value, 4,
			     nomem);
		s = end + 1;
		end = kmc_scan_hex(s, &value);
		if (!end)
			return s;
	}
	if (!strcmp(name, "knlgs")) {
		if (end - s == 16)
			set_register(report, "kernel_gs_base", value, 16, nomem);
		return end;
	}
	if (*end == '(') {
		snprintf(base, sizeof(base), "%s_base", name);
		set_register(report, base, value, end - s, nomem);
		s = end + 1;
		end = kmc_scan_hex(s, &value);
		if (!end)
			return s + strcspn(s, " \t");
		set_register(report, name, value, end - s, nomem);
		return end + (*end == ')');
	}
	set_register(report, name, value, end - s, nomem);
	return end;
}

bool text_take_registers(struct kmc_report *report, const char *word,
			 bool *nomem)
{
	bool any = false;
	char name[16];

	for (;;) {
		const char *value = scan_register_name(word, name);

		if (value) {
			word = take_register(report, name, value, nomem);
			if (!word)
				return any;
			any = true;
		} else if (any && !strncmp(word, "CPU: ", 5)) {
			report->cpu = atoi(word + 5);
			return true;
		} else {
			return any;
		}
		word += strspn(word, " \t");
	}
}

/* "size 80, requested 57, access at offset 36"; offset follows from address. */
static bool scan_sizes(const char *s, uint64_t *size, uint64_t *requested)
{
	int end = 0;

	if (sscanf(s, "size %" SCNu64 "%n", size, &end) != 1)
		return false;
	if (!strncmp(s + end, ", requested ", 12))
		sscanf(s + end, ", requested %" SCNu64, requested);
	return true;
}

bool text_take_object(struct kmc_report *report, const char *word, bool *nomem)
{
	static const char of[] = " of cache ";
	struct kmc_object object = { .known = true };
	const char *cache, *end;

	if (report->object.known || strncmp(word, "Object ", 7))
		return false;
	word += strncmp(word + 7, "0x", 2) ? 7 : 9;
	end = kmc_scan_hex(word, &object.start);
	if (!end || strncmp(end, of, strlen(of)))
		return false;
	cache = end + strlen(of);
	/* The name of a cache is free text; the sizes are the last of these. */
	for (const char *s = cache; (s = strstr(s, ", size ")); s++)
		end = s;
	if (end < cache || !scan_sizes(end + 2, &object.size, &object.requested))
		return false;
	object.cache = strndup(cache, end - cache);
	if (!object.cache)
		*nomem = true;
	report->object = object;
	return true;
}

struct kmc_track *text_take_track(struct kmc_report *report, const char *word)
{
	struct kmc_track *track;
	int end = 0;

	if (!strncmp(word, "Allocated by task ", 18))
		track = &report->alloc;
	else if (!strncmp(word, "Freed by task ", 14))
		track = &report->free;
	else
		return NULL;
	word = strstr(word, " task ");
	if (track->known || sscanf(word, " task %d%n", &track->pid, &end) != 1)
		return NULL;
	track->known = true;
	word = strstr(word + end, " at ");
	if (word && isdigit((unsigned char)word[4]))
		track->time = text_seconds(word + 4, 0);
	return track;
}

/* How often the kernel kept quiet about the same error before. */
bool text_take_count(struct kmc_report *report, const char *word)
{
	uint64_t count;

	if (sscanf(word, "Seen %" SCNu64 " times since", &count) != 1 || !count)
		return false;
	report->count = count;
	return true;
}

bool text_take_dump(struct kmc_report *report, const char *word, bool *nomem)
{
	size_t digits = strspn(word, "0123456789abcdefABCDEF");
	uint8_t *memory;

	/* The smallest copy that the kernel's configuration allows: 4 bytes. */
	if (word[digits] || digits < 8 || digits % 2 || report->memory ||
	    report->shadow)
		return false;
	memory = malloc(digits / 2);
	if (!memory) {
		*nomem = true;
		return false;
	}
	for (size_t i = 0; i < digits; i += 2) {
		const char byte[3] = { word[i], word[i + 1], '\0' };

		memory[i / 2] = strtoul(byte, NULL, 16);
	}
	report->memory = memory;
	report->memory_len = digits / 2;
	return true;
}

/* Letters with a blank between each, or, before 2.6.31, with none at all. */
static size_t count_letters(const char *s, bool *spaced)
{
	size_t n = 0;

	*spaced = s[0] && s[1] == ' ';
	while (*s) {
		if (!strchr("auif?", *s))
			return 0;
		n++;
		s++;
		if (!*s)
			return n;
		if ((*s == ' ') != *spaced)
			return 0;
		s += *spaced;
	}
	return 0;
}

bool text_take_shadow(struct kmc_report *report, const char *word, bool *nomem)
{
	bool spaced;
	size_t n = count_letters(word, &spaced);
	char *shadow;

	/* A long row that a mailer wrapped comes in several pieces. */
	if (!n || (report->shadow && report->shadow_len >= report->memory_len))
		return false;
	if (!report->shadow && n < 4)
		return false;
	shadow = realloc(report->shadow, report->shadow_len + n + 1);
	if (!shadow) {
		*nomem = true;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		shadow[report->shadow_len++] = word[i * (spaced ? 2 : 1)];
	shadow[report->shadow_len] = '\0';
	report->shadow = shadow;
	return true;
}
