// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines with registers, which reports of all families have.
 */
#include "input/register_lines.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "input/log_line.h"
#include "input/scan.h"
#include "report/model.h"

/* Of x86, as the kernel prints them. */
static size_t find_x86(const char *s, size_t len)
{
	static const char * const known[] = {
		"RIP", "RSP", "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP",
		"R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15",
		"EIP", "ESP", "EAX", "EBX", "ECX", "EDX", "ESI", "EDI", "EBP",
		"EFLAGS", "CS", "DS", "ES", "FS", "GS", "SS", "knlGS",
		"CR0", "CR2", "CR3", "CR4",
		"DR0", "DR1", "DR2", "DR3", "DR6", "DR7",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++)
		if (*known[i] == *s && strlen(known[i]) == len && !strncmp(known[i], s, len))
			return len;
	return 0;
}

/* Of ARM, where a blank may stand before the colon: "x29", "r9", "sp", "pstate". */
static size_t find_arm(const char *s, size_t len)
{
	static const char * const known[] = { "sp", "ip", "fp", "lr", "pc", "psr", "pstate" };

	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++)
		if (strlen(known[i]) == len && !strncmp(known[i], s, len))
			return len;
	if ((*s != 'x' && *s != 'r') || len < 2 || len > 3)
		return 0;
	return isdigit((unsigned char)s[1]) && (len == 2 || isdigit((unsigned char)s[2])) ?
	       len : 0;
}

const char *log_scan_register(const char *s, char name[16])
{
	const size_t word = strcspn(s, ": \t");
	const size_t colon = word + strspn(s + word, " ");
	size_t len = s[word] == ':' ? find_x86(s, word) : 0;

	/* Those between the frames of ARM have none, and are of the callers. */
	if (!len && s[colon] == ':' && s[colon + 1] == ' ')
		len = find_arm(s, word);
	if (!len)
		return NULL;
	for (size_t j = 0; j < len; j++)
		name[j] = tolower((unsigned char)s[j]);
	name[len] = '\0';
	/* r08 and r09 are a print format; the registers are r8, r9 */
	if (name[0] == 'r' && name[1] == '0' && name[2])
		memmove(name + 1, name + 2, 2);
	return s + colon + 1 + strspn(s + colon + 1, " \t");
}

static bool is_value_length(size_t digits)
{
	return digits == 4 || digits == 8 || digits == 16;
}

static bool set_register(struct kmc_report *report, const char *name,
			 uint64_t value, size_t digits, bool *nomem)
{
	/* A value that a mailer or a narrow screen cut is worse than none. */
	if (!is_value_length(digits))
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
	const char *end;

	/* ARM has addresses of code in brackets. */
	if (!strncmp(s, "[<", 2)) {
		end = kmc_scan_hex(s + 2, &value);
		if (!end || strncmp(end, ">]", 2))
			return NULL;
		set_register(report, name, value, end - s - 2, nomem);
		return end + 2;
	}
	end = kmc_scan_hex(s, &value);
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

bool log_take_registers(struct kmc_report *report, const char *word,
			bool *nomem)
{
	bool any = false;
	char name[16];

	for (;;) {
		const char *value = log_scan_register(word, name);

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

void log_keep_dangling(const char *word, char dangling[LOG_REGISTER_MAX])
{
	const char *last = strrchr(word, ' ');
	const char *value;
	char name[16];

	last = last ? last + 1 : word;
	value = log_scan_register(last, name);
	if (value && !*value)
		snprintf(dangling, LOG_REGISTER_MAX, "%.7s", last);
}

bool log_ends_dangling(const char *word, const char *dangling)
{
	uint64_t value;
	const char *end = kmc_scan_hex(word, &value);

	return *dangling && end && is_value_length(end - word) &&
	       strchr(" :(", *end);
}

bool log_take_wrapped_registers(struct kmc_report *report, const char *word,
				char dangling[LOG_REGISTER_MAX], bool *nomem)
{
	char line[LOG_LINE_MAX + LOG_REGISTER_MAX];
	char name[16];
	const char *value;
	bool taken;

	if (dangling[0]) {
		snprintf(line, sizeof(line), "%s %s", dangling, word);
		dangling[0] = '\0';
		if (log_take_registers(report, line, nomem)) {
			log_keep_dangling(word, dangling);
			return true;
		}
	}
	value = log_scan_register(word, name);
	/* The name may be all that the line has. */
	taken = log_take_registers(report, word, nomem) || (value && !*value);
	if (taken)
		log_keep_dangling(word, dangling);
	return taken;
}
