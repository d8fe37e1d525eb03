// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What reports of all checkers but kmemcheck consist of besides the checker's own lines.
 */
#include "input/report_body.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/code_lines.h"
#include "input/log_prefix.h"
#include "input/report_lines.h"
#include "input/scan.h"
#include "report/model.h"
#include "report/reporter.h"

/* ---- small pieces ---- */

const char *log_scan_pointer(const char *s, uint64_t *value)
{
	const char *null;

	s += strspn(s, " ");
	null = log_skip(s, "(null)");
	if (null) {
		*value = 0;
		return null;
	}
	return kmc_scan_hex(s + 2 * !strncmp(s, "0x", 2), value);
}

bool log_is_hash(const char *digits)
{
	uint64_t value;
	const char *end;

	digits += strspn(digits, " ");
	digits += 2 * !strncmp(digits, "0x", 2);
	end = kmc_scan_hex(digits, &value);
	/* What user space may have is no hash, but no slab has it either. */
	return end && end - digits == 16 && value && !(value >> 32);
}

void log_set_text(char **to, const char *text, size_t len, bool *nomem)
{
	if (*to || !len)
		return;
	*to = strndup(text, len);
	*nomem |= !*to;
}

void log_begin_track(struct log_body *body, struct kmc_track *track, const char *word)
{
	const char *at = strstr(word, " at ");

	body->stack = NULL;
	if (track->known)
		return;
	track->known = true;
	body->stack = &track->stack;
	word = strstr(word, "task ");
	if (word && isdigit((unsigned char)word[5]))
		track->pid = strtol(word + 5, NULL, 10);
	if (at && isdigit((unsigned char)at[4]))
		track->time = log_seconds(at + 4, 0);
}

/* ---- lines that say nothing to us ---- */

/* Rows of a stack as old kernels and ARM print it: "9dc0: 00000020 ee1a3fc0", "f180dc28 f8e3dde1" */
static bool is_words(const char *word)
{
	size_t count = 0;

	if (strspn(word, "0123456789abcdef") == 4 && word[4] == ':')
		word += 5 + strspn(word + 5, " ");
	while (*word) {
		const size_t digits = strspn(word, "0123456789abcdef");

		if ((digits != 8 && digits != 16) || (word[digits] && word[digits] != ' '))
			return false;
		count++;
		word += digits + strspn(word + digits, " ");
	}
	return count > 1;
}

/* "r7:00000000 r6:c1ab4bf8", between the frames of ARM */
static bool is_arm_registers(const char *word)
{
	return word[0] == 'r' && isdigit((unsigned char)word[1]) &&
	       (word[2] == ':' || (isdigit((unsigned char)word[2]) && word[3] == ':')) &&
	       isxdigit((unsigned char)word[word[2] == ':' ? 3 : 4]);
}

/* Lines behind which no stack goes on. */
static bool is_boundary(const char *word)
{
	static const char * const starts[] = {
		"Hardware name:", "Modules linked in:", "Workqueue:", "Tainted: ", "Stopper:",
		"Sched_ext:", "Process ", "Stack:", "Stack: (", "FS:  ", "Flags: ", "Control: ",
		"Insufficient stack space", "Task stack:", "IRQ stack:", "Overflow stack:",
		"Last potentially related", "Second to last", "Register r", "CPU features:",
		"Kernel Offset:", "task: ", "Dumping ftrace buffer", "(ftrace buffer empty)",
		"no locks held by", "INFO: lockdep is turned off", "irq event stamp",
		"hardirqs last", "softirqs last", "Preemption disabled at:",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++)
		if (log_skip(word, starts[i]))
			return true;
	return false;
}

/* Lines of which a report may have many, one behind the other. */
static bool is_known(const char *word)
{
	static const char * const starts[] = {
		"page:", "page: ", "head:", "head: ", "raw: ", "flags: ", "memcg:", "page_type:",
		"page dumped because", "page_owner ", "pfn:", "anon flags:", "aops:",
		"Mem abort info:", "Data abort info:", "ESR = ", "EC = ", "SET = ", "EA = ",
		"FSC = ", "ISV = ", "CM = ", "GCS = ", "swapper pgtable:", "user pgtable:",
		"Exception stack", "pgd = ", "PGD ", "*pde", "*pdpt", "[ffff", "[00", "[efff", "[dfff",
		"Exception class", "#PF: ", "Call Trace", "BTYPE", "lr : ", "LR is at ", "Oops",
		"Internal error:", "last sysfs file:", "Dazed and confused", "PREEMPT", "note: ",
		"CR2: ", "DR0: ", "PKRU: ", "psr: ", "Fixing recursive fault",
		"<Zero or more stacks not recorded", "(stack is not available)", "---[ ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++)
		if (log_skip(word, starts[i]))
			return true;
	return is_words(word) || is_arm_registers(word);
}

/* ---- the lines ---- */

static void begin_trace(struct log_reading *reading, struct log_body *body)
{
	body->stack = body->traced ? NULL : &reading->report->frames;
	body->traced = true;
}

/* A frame of a stack that is not kept is one all the same. */
static bool take_frame(struct log_reading *reading, struct log_body *body)
{
	struct kmc_stack none = { };
	const bool from = log_is_from(reading->line->word);
	bool taken;

	/* ARM and old kernels have no line above it. */
	if (!body->traced && !body->stack && (from || log_is_frame(reading->line->word)) &&
	    (reading->report->frames.count || ((from || !body->faulting) &&
					       reading->report->cpu >= 0)))
		begin_trace(reading, body);
	if (body->stack)
		return log_take_call(body->stack, reading->line->word, reading->nomem);
	taken = log_take_call(&none, reading->line->word, reading->nomem);
	for (size_t i = 0; i < none.count; i++)
		kmc_frame_release(&none.frames[i]);
	free(none.frames);
	return taken;
}

static bool take_registers(struct log_reading *reading, struct log_body *body)
{
	struct kmc_report *report = reading->report, none = { };
	bool taken;

	/* Those of user space, and of a stack that is not the report's, are looked at only. */
	if (!body->user)
		return log_take_wrapped_registers(report, reading->line->word, body->dangling,
						  reading->nomem);
	taken = log_take_registers(&none, reading->line->word, reading->nomem);
	free(none.regs);
	return taken;
}

/* The instruction that did it, or where user space was. */
static bool take_instruction(struct log_reading *reading, struct log_body *body)
{
	const char *word = reading->line->word;
	struct kmc_report *report = reading->report;
	/* What entered the kernel, behind its stack; 32 bits do not say the segment any more. */
	const bool user = log_skip(word, "RIP: 0033:") || log_skip(word, "RIP: 002b:") ||
			  log_skip(word, "RIP: 0023:") || log_skip(word, "EIP: 0073:") ||
			  (body->traced && log_skip(word, "EIP: 0x"));

	if (user) {
		body->user = true;
		body->dangling[0] = '\0';
		return true;
	}
	if (!log_is_instruction(word) && !log_completes_rip(report, word))
		return false;
	if (body->stack == &report->frames && body->faulting && !report->own.count &&
	    report->frames.count && report->frames.frames[0].role != KMC_ROLE_RIP) {
		/* What the trap called stands above it, as where a warning is a panic. */
		report->own = report->frames;
		report->frames = (struct kmc_stack) { };
		log_take_instruction(report, word, reading->nomem);
		return true;
	}
	if (body->user && report->nregs)
		return true;
	body->user = false;
	if (body->traced && !body->faulting)
		return log_take_registers_at(report, word, reading->nomem);
	log_take_instruction(report, word, reading->nomem);
	log_keep_dangling(word, body->dangling);
	return true;
}

static bool take_code(struct log_reading *reading, struct log_body *body)
{
	struct kmc_report *report = reading->report;
	const char *code = log_skip(reading->line->word, "Code:");

	if (!code && !(body->coding && log_is_code(reading->line->word))) {
		body->coding = false;
		return false;
	}
	if (body->user)
		return true;
	if (!code)
		return log_take_code(report, reading->line->word, true, reading->nomem);
	body->coding = !report->code_len;
	if (body->coding)
		log_take_code(report, code, false, reading->nomem);
	return true;
}

/* Also where the checker has named the task already: this has the kernel and the CPU. */
static void take_task(struct kmc_report *report, const char *word, bool *nomem)
{
	char *comm = report->comm;

	if (report->kernel.release || report->cpu >= 0)
		return;
	report->comm = NULL;
	log_take_task(report, word, nomem);
	if (!comm)
		return;
	free(report->comm);
	report->comm = comm;
}

static bool is_rule(const char *word)
{
	return log_skip(word, "==========");
}

/* Digits of an offset into the bytes of a line "Code:". */
#define OFFSET_MAX	3

/* "   1:*	0f 0b	ud2", and what stands above: a script has decoded the line "Code:". */
static bool take_decoded(struct log_body *body, const char *word)
{
	uint64_t value;
	const char *end;

	if (!strcmp(word, "All code") || log_skip(word, "Code starting with the faulting instr")) {
		body->titled = true;
		return true;
	}
	if (body->titled && !strncmp(word, "=====", 5)) {
		body->titled = false;
		return true;
	}
	end = kmc_scan_hex(word, &value);
	if (!end || *end != ':' || end - word > OFFSET_MAX)
		return false;
	end += 1 + (end[1] == '*');
	return isblank((unsigned char)*end) &&
	       isxdigit((unsigned char)end[1]) && isxdigit((unsigned char)end[2]);
}

enum log_taken log_take_body(struct log_reading *reading, struct log_body *body)
{
	const char *word = reading->line->word;

	if (take_decoded(body, word))
		return LOG_TAKEN;
	/* A panic may be what comes of a warning before that has shown its stack. */
	if (strstr(word, "-[ end trace") || is_rule(word) ||
	    (log_skip(word, "Kernel panic - not syncing") && body->traced)) {
		reading->ended = true;
		return LOG_LAST;
	}
	if (!reading->line->wordless && strstr(word, "[ cut here ]"))
		return LOG_ENDS;
	if (take_code(reading, body))
		return LOG_TAKEN;
	if (log_is_task(word)) {
		take_task(reading->report, word, reading->nomem);
		body->stack = NULL;
		return LOG_TAKEN;
	}
	if (log_is_trace(word)) {
		begin_trace(reading, body);
		return LOG_TAKEN;
	}
	if (take_instruction(reading, body) || take_frame(reading, body) ||
	    take_registers(reading, body))
		return LOG_TAKEN;
	if (is_boundary(word)) {
		body->stack = NULL;
		return LOG_TAKEN;
	}
	return is_known(word) ? LOG_TAKEN : LOG_UNRELATED;
}

bool log_knows_body(const char *text, bool sure)
{
	char name[16];

	text += strspn(text, " \t");
	return log_is_task(text) || log_is_trace(text) || log_is_instruction(text) ||
	       (sure && (log_is_frame(text) || log_scan_register(text, name)));
}

/* ---- whose functions they are ---- */

/* The one that the first line names: by its offset, or else by its name alone. */
static size_t find_named(const struct kmc_report *report, bool exactly)
{
	const struct kmc_frame *named = &report->named;
	const struct kmc_stack *stack = &report->frames;

	for (size_t i = 0; named->symbol && i < stack->count; i++) {
		const struct kmc_frame *frame = &stack->frames[i];

		if (frame->symbol && !strcmp(frame->symbol, named->symbol) &&
		    (!exactly || !named->has_offset || frame->offset == named->offset))
			return i;
	}
	return stack->count;
}

void log_fold_own(struct kmc_report *report, bool *nomem)
{
	struct kmc_stack *stack = &report->frames;
	size_t own = find_named(report, true);

	if (!stack->count || stack->frames[0].role == KMC_ROLE_RIP)
		return;
	if (own == stack->count)
		own = find_named(report, false);
	if (own == stack->count) {
		own = 0;
		while (own + 1 < stack->count && kmc_is_reporter(stack->frames[own].symbol))
			own++;
	}
	for (size_t i = 0; i < own; i++) {
		struct kmc_frame *slot = kmc_stack_push(&report->own, KMC_ROLE_RETURN);

		if (!slot) {
			*nomem = true;
			return;
		}
		*slot = stack->frames[i];
		stack->frames[i] = (struct kmc_frame) { };
	}
	stack->count -= own;
	memmove(stack->frames, stack->frames + own, stack->count * sizeof(stack->frames[0]));
}
