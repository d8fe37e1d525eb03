// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines that say which instruction it was, on all machines, and its bytes.
 */
#include "input/code_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "input/call_lines.h"
#include "input/register_lines.h"
#include "input/report_lines.h"
#include "input/scan.h"
#include "report/model.h"

/* Kernels print 64, and some more for ARM. */
#define CODE_MAX	256

/* What stands before the function, but on x86. */
static const char *behind_label(const char *word)
{
	static const char * const labels[] = {
		"pc : ", "PC is at ", "IP: ", "NIP: ", "epc : ", "pc is at ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(labels); i++)
		if (!strncmp(word, labels[i], strlen(labels[i])))
			return word + strlen(labels[i]);
	return NULL;
}

bool log_is_instruction(const char *word)
{
	return behind_label(word) || log_is_rip(word);
}

/* "[<c0333330>]    lr : [<c0333200>]    psr: 80070113": ARM has the function elsewhere. */
static void take_arm_address(struct kmc_report *report, struct kmc_frame *frame, const char *s,
			     bool *nomem)
{
	const char *end = kmc_scan_hex(s + 2, &frame->address);

	if (!end || strncmp(end, ">]", 2))
		return;
	frame->has_address = true;
	*nomem |= !kmc_report_set_register(report, "pc", frame->address);
	s = strstr(end, "lr : [<");
	if (s)
		log_take_registers(report, s, nomem);
	s = strstr(end, "psr: ");
	if (s)
		log_take_registers(report, s, nomem);
}

static void take_function(struct kmc_report *report, struct kmc_frame *frame, const char *s,
			  bool *nomem)
{
	uint64_t address;
	const char *end;

	while (!strncmp(s, "[<", 2) && (end = kmc_scan_hex(s + 2, &address)) &&
	       !strncmp(end, ">]", 2)) {
		take_arm_address(report, frame, s, nomem);
		s = end + 2 + strspn(end + 2, " ");
	}
	if (!frame->symbol && !log_scan_function(s, frame, nomem) && !strncmp(s, "0x", 2) &&
	    kmc_scan_hex(s + 2, &address)) {
		frame->address = address;
		frame->has_address = true;
	}
}

void log_take_instruction(struct kmc_report *report, const char *word, bool *nomem)
{
	const char *s = behind_label(word);
	struct kmc_stack *stack = &report->frames;
	struct kmc_frame *frame;

	if (!s) {
		log_take_rip(report, word, nomem);
		return;
	}
	if (stack->count > 1 || (stack->count && stack->frames[0].role != KMC_ROLE_RIP))
		return;
	frame = stack->count ? &stack->frames[0] : kmc_stack_push(stack, KMC_ROLE_RIP);
	if (!frame) {
		*nomem = true;
		return;
	}
	take_function(report, frame, s, nomem);
	if (!frame->has_address && !frame->symbol)
		stack->count = 0;
}

bool log_take_registers_at(struct kmc_report *report, const char *word, bool *nomem)
{
	struct kmc_report none = { .source = "" };

	log_take_instruction(&none, word, nomem);
	for (size_t i = 0; i < none.nregs; i++)
		*nomem |= !kmc_report_set_register(report, none.regs[i].name, none.regs[i].value);
	for (size_t i = 0; i < none.frames.count; i++)
		kmc_frame_release(&none.frames.frames[i]);
	free(none.frames.frames);
	free(none.regs);
	return true;
}

/* ---- bytes ---- */

/* "8b", "<8b>", "a90efbfd", "(38706930)": its digits, 0 if it is something else */
static size_t scan_code(const char *s, uint64_t *value, bool *marked, size_t *len)
{
	const char close = *s == '<' ? '>' : *s == '(' ? ')' : '\0';
	const char *end = kmc_scan_hex(s + !!close, value);
	const size_t digits = end ? (size_t)(end - s) - !!close : 0;

	*marked = close;
	if (digits != 2 && digits != 4 && digits != 8)
		return 0;
	if (close && *end++ != close)
		return 0;
	*len = end - s;
	return *end && *end != ' ' ? 0 : digits;
}

bool log_is_code(const char *word)
{
	size_t count = 0, len;
	uint64_t value;
	bool marked;

	while (*word) {
		if (!scan_code(word, &value, &marked, &len))
			return false;
		count++;
		word += len + strspn(word + len, " ");
	}
	return count;
}

bool log_take_code(struct kmc_report *report, const char *word, bool more, bool *nomem)
{
	const bool found = more && report->code_at < report->code_len;
	size_t digits, len, at = found ? report->code_at : SIZE_MAX;
	uint64_t value;
	bool marked;

	for (word += strspn(word, " "); *word; word += len + strspn(word + len, " ")) {
		uint8_t *code;

		digits = scan_code(word, &value, &marked, &len);
		if (!digits || report->code_len + digits / 2 > CODE_MAX)
			break;
		code = realloc(report->code, report->code_len + digits / 2);
		if (!code) {
			*nomem = true;
			break;
		}
		report->code = code;
		if (marked)
			at = report->code_len;
		/* Words of an ARM are printed as numbers; in memory the lowest byte is first. */
		for (size_t i = 0; i < digits / 2; i++)
			code[report->code_len++] = value >> 8 * i;
	}
	report->code_at = at < report->code_len ? at : report->code_len;
	return true;
}
