// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each line of a report looks like.
 */
#include "input/text_match.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/scan.h"
#include "input/text_parse.h"
#include "report/model.h"

/* TASK_COMM_LEN of the kernel without its NUL. */
#define COMM_MAX	15
/* No kernel prints as many; memory has to end somewhere. */
#define FRAMES_MAX	1024

struct named {
	const char *name;
	int value;
};

/*
 * Take a fixed text. A text that ends within it makes *match TEXT_PARTIAL and
 * returns NULL, as does anything else with TEXT_NO.
 */
static const char *take(const char *s, const char *expect,
			enum text_match *match)
{
	size_t len = strlen(expect);

	if (!s)
		return NULL;
	if (!strncmp(s, expect, len))
		return s + len;
	if (!strncmp(s, expect, strlen(s)))
		*match = TEXT_PARTIAL;
	return NULL;
}

static const char *take_named(const char *s, const struct named *list,
			      int *value, enum text_match *match)
{
	for (; s && list->name; list++) {
		const char *end = take(s, list->name, match);

		if (!end)
			continue;
		*value = list->value;
		return end;
	}
	return NULL;
}

static const char *take_bits(const char *s, unsigned int *bits,
			     enum text_match *match)
{
	char *end;
	unsigned long value;

	if (!isdigit((unsigned char)*s)) {
		*match = *s ? TEXT_NO : TEXT_PARTIAL;
		return NULL;
	}
	value = strtoul(s, &end, 10);
	if (!value || value > INT_MAX)
		return NULL;
	*bits = value;
	return end;
}

static const char *take_address(const char *s, uint64_t *address,
				enum text_match *match)
{
	const char *end;

	if (!s)
		return NULL;
	if (!strncmp(s, "0x", 2))
		s += 2;
	end = kmc_scan_hex(s, address);
	if (end && *end == ')')
		return end + 1;
	if (!s[strspn(s, "0123456789abcdefABCDEF")])
		*match = TEXT_PARTIAL;
	return NULL;
}

enum text_match text_match_header(const struct text_line *line,
				  struct text_header *out)
{
	static const struct named kinds[] = {
		{ "-bit read from ", KMC_READ },
		{ "-bit write to ", KMC_WRITE },
		{ "-bit infoleak from ", KMC_INFOLEAK },
		{ }
	};
	static const struct named states[] = {
		{ "uninitialized memory (", KMC_UNINITIALIZED },
		{ "unallocated memory (", KMC_UNALLOCATED },
		{ "initialized memory (", KMC_INITIALIZED },
		{ "freed memory (", KMC_FREED },
		{ "(invalid shadow state) memory (", KMC_INVALID },
		{ }
	};
	const char *start = strstr(line->body, "kmemcheck: Caught ");
	enum text_match match = TEXT_NO;
	const char *before, *s;
	int kind, state;

	if (!start)
		return TEXT_NO;
	before = start;
	if (before - line->body >= 9 && !strncmp(before - 9, "WARNING: ", 9))
		before -= 9;
	s = take_bits(start + strlen("kmemcheck: Caught "), &out->bits, &match);
	s = take_named(s, kinds, &kind, &match);
	s = take_named(s, states, &state, &match);
	s = take_address(s, &out->address, &match);
	if (!s)
		return match;
	out->kind = kind;
	out->state = state;
	out->clean = before == line->word;
	return TEXT_YES;
}

static char *duplicate(const char *s, size_t len, bool *nomem)
{
	char *copy = strndup(s, len);

	if (!copy)
		*nomem = true;
	return copy;
}

static bool is_taint(const char *s)
{
	return !strncmp(s, " Not tainted", 12) || !strncmp(s, " Tainted: ", 10);
}

/*
 * Where " Not tainted " or " Tainted: " follows the name of a task. The name
 * may contain these words itself, but it is short, so the last one that can
 * still end it is the kernel's own. Where none does, the kernel has escaped the
 * name, which made it longer.
 */
static const char *find_taint(const char *comm)
{
	const char *found = NULL;

	for (size_t i = 0; comm[i] && (i <= COMM_MAX || !found); i++) {
		if (is_taint(comm + i))
			found = comm + i;
	}
	return found;
}

/* The release: the word before " #1", else the first that starts with a digit. */
static const char *find_release(const char *taint, size_t *len)
{
	const char *hash = taint;
	const char *s;

	do {
		hash = strstr(hash + 1, " #");
	} while (hash && !isdigit((unsigned char)hash[2]));
	for (s = taint; *s; s += strcspn(s, " ")) {
		s += strspn(s, " ");
		*len = strcspn(s, " ");
		if (hash ? s + *len == hash : isdigit((unsigned char)*s))
			return s;
	}
	return NULL;
}

/* "Pid: 1, comm: init" or "CPU: 0 UID: 0 PID: 1 Comm: init" */
static const char *scan_task(const char *word, int *cpu, int *pid)
{
	int end = 0;

	if (sscanf(word, "Pid: %d, comm: %n", pid, &end) == 1 && end)
		return word + end;
	if (sscanf(word, "CPU: %d PID: %d Comm: %n", cpu, pid, &end) == 2 && end)
		return word + end;
	if (sscanf(word, "CPU: %d UID: %*u PID: %d Comm: %n", cpu, pid,
		   &end) == 2 && end)
		return word + end;
	return NULL;
}

bool text_take_task(struct kmc_report *report, const char *word, bool *nomem)
{
	int cpu = -1, pid = -1;
	const char *comm = scan_task(word, &cpu, &pid);
	const char *taint, *release;
	size_t len;

	if (!comm || report->comm)
		return false;
	report->cpu = cpu;
	report->pid = pid;
	taint = find_taint(comm);
	report->comm = duplicate(comm, taint ? (size_t)(taint - comm) :
				 strnlen(comm, COMM_MAX), nomem);
	release = taint ? find_release(taint, &len) : NULL;
	if (release && !report->kernel.release)
		report->kernel.release = duplicate(release, len, nomem);
	return true;
}

void text_take_release(struct kmc_report *report, const char *word, bool *nomem)
{
	size_t len = strcspn(word, " ");

	if (!report->comm || report->kernel.release || report->frames.count ||
	    strncmp(word + len, " #", 2) || !isdigit((unsigned char)word[len + 2]))
		return;
	report->kernel.release = duplicate(word, len, nomem);
}

/* "[<ffffffff8104ede8>]": returns what is behind it and its blanks. */
static const char *scan_bracketed(const char *s, uint64_t *address)
{
	const char *end;

	if (strncmp(s, "[<", 2))
		return NULL;
	end = kmc_scan_hex(s + 2, address);
	if (!end || strncmp(end, ">]", 2))
		return NULL;
	return end + 2 + strspn(end + 2, " \t");
}

/* The instruction: it is the first frame, and it is in the report only once. */
static struct kmc_frame *rip_frame(struct kmc_report *report)
{
	struct kmc_stack *stack = &report->frames;

	if (stack->count)
		return stack->frames[0].role == KMC_ROLE_RIP ?
		       &stack->frames[0] : NULL;
	return kmc_stack_push(stack, KMC_ROLE_RIP);
}

static bool take_rip_symbol(struct kmc_frame *frame, const char *s, bool *nomem)
{
	if (frame->symbol || !kmc_scan_symbol(s, frame, nomem))
		return false;
	return true;
}

/* "RIP: 0010:", "EIP: 0060:", "EIP: ", "EIP is at " */
static const char *scan_rip_label(const char *word, const char **reg,
				  uint64_t *cs, bool *has_cs)
{
	const char *p, *end;

	*reg = word[0] == 'R' ? "rip" : "eip";
	*has_cs = false;
	if (!strncmp(word, "EIP is at ", 10))
		return word + 10;
	if (strncmp(word, "RIP: ", 5) && strncmp(word, "EIP: ", 5))
		return NULL;
	p = word + 5;
	end = kmc_scan_hex(p, cs);
	if (!end || end != p + 4 || *end != ':')
		return p;
	*has_cs = true;
	return end + 1 + strspn(end + 1, " ");
}

bool text_take_rip(struct kmc_report *report, const char *word, bool *nomem)
{
	struct kmc_frame *frame;
	const char *reg, *p, *next;
	uint64_t cs;
	bool has_cs;

	p = scan_rip_label(word, &reg, &cs, &has_cs);
	if (!p) {
		/* The second half of a RIP line that a mailer wrapped. */
		frame = report->frames.count == 1 ? rip_frame(report) : NULL;
		return frame && frame->has_address && report->nregs <= 2 &&
		       take_rip_symbol(frame, word, nomem);
	}
	frame = rip_frame(report);
	if (!frame) {
		*nomem |= !report->frames.count;
		return false;
	}
	while ((next = scan_bracketed(p, &frame->address))) {
		frame->has_address = true;
		p = next;
	}
	if (!strncmp(p, "0x", 2) && kmc_scan_hex(p + 2, &frame->address))
		frame->has_address = true;
	if (frame->has_address)
		*nomem |= !kmc_report_set_register(report, reg, frame->address);
	if (has_cs)
		*nomem |= !kmc_report_set_register(report, "cs", cs);
	if (!take_rip_symbol(frame, p, nomem))
		text_take_registers(report, p, nomem);
	return true;
}

bool text_is_terminator(const char *word)
{
	uint64_t address;
	const char *p = scan_bracketed(word, &address);

	if (p && address == UINT64_MAX)
		return true;
	if (!p)
		p = word;
	return !strcmp(p, "0xffffffffffffffff") || !strcmp(p, "0xffffffff");
}

/* A frame whose line was broken behind the address; no log mixes both forms. */
static bool lacks_symbol(const struct kmc_stack *stack)
{
	const struct kmc_frame *last = stack->count ?
		&stack->frames[stack->count - 1] : NULL;

	return last && last->has_address && !last->symbol;
}

bool text_take_frame(struct kmc_stack *stack, const char *word, bool *nomem)
{
	struct kmc_frame frame = { .role = KMC_ROLE_RETURN };
	const char *p = scan_bracketed(word, &frame.address);
	struct kmc_frame *slot;
	const char *end;

	frame.has_address = p;
	if (!p)
		p = word;
	/* "? " marks what was found on the stack but may not be a caller. */
	if (!strncmp(p, "? ", 2))
		p += 2;
	end = kmc_scan_symbol(p, &frame, nomem);
	if (!end && !strncmp(p, "0x", 2))
		end = kmc_scan_hex(p + 2, &frame.address);
	if (!end || *end) {
		/* Behind an address anything goes, but prose is no frame. */
		if (!frame.has_address) {
			kmc_frame_release(&frame);
			return false;
		}
	}
	if (frame.symbol && !frame.has_address && lacks_symbol(stack)) {
		slot = &stack->frames[stack->count - 1];
		frame.role = slot->role;
		frame.address = slot->address;
		frame.has_address = true;
		*slot = frame;
		return true;
	}
	frame.has_address = frame.has_address || !frame.symbol;
	slot = stack->count < FRAMES_MAX ?
	       kmc_stack_push(stack, KMC_ROLE_RETURN) : NULL;
	if (!slot) {
		*nomem |= stack->count < FRAMES_MAX;
		kmc_frame_release(&frame);
		return false;
	}
	*slot = frame;
	return true;
}
