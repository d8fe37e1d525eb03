// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines that reports of all families have: the task, the instruction, the stack.
 */
#include "input/report_lines.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/register_lines.h"
#include "input/scan.h"
#include "report/model.h"

/* TASK_COMM_LEN of the kernel without its NUL. */
#define COMM_MAX	15
#define UPPERCASE	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
/* Flags of a kernel: there are 20. */
#define TAINT_MAX	32
/* No kernel prints as many; memory has to end somewhere. */
#define FRAMES_MAX	1024
/* Of what says which build it is; UTS_VERSION has 64, and a package's or machine's follow. */
#define VERSION_MAX	256

bool log_begins_other(const char *word)
{
	static const char * const starts[] = {
		"------------[ cut here", "WARNING: ", "BUG: ", "INFO: ",
		"Call Trace:", "Kernel panic", "Oops:", "Oops ", "=======",
		"general protection fault", "Modules linked in:",
		"ERROR: ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++) {
		if (*word == *starts[i] &&
		    !strncmp(word, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
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

/* What a mailer has left of " Not tainted" behind the name. */
static const char *find_half_taint(const char *comm)
{
	const size_t len = strlen(comm), half = strlen(" Not");

	return len > half && !strcmp(comm + len - half, " Not") ? comm + len - half : NULL;
}

/* Kernels before 2.6.32 put it in parentheses: "(2.6.31-tip #206)". */
static const char *trim_release(const char *word, size_t *len)
{
	if (*len && *word == '(') {
		word++;
		--*len;
	}
	if (*len && word[*len - 1] == ')')
		--*len;
	return word;
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
		if (hash ? s + *len == hash : isdigit((unsigned char)s[*s == '(']))
			return trim_release(s, len);
	}
	return NULL;
}

/* Build-IDs that CONFIG_STACKTRACE_BUILD_ID prints are SHA-1. */
#define BUILD_ID_BYTES	20

static void take_build_id(struct kmc_kernel *kernel, const char *word)
{
	for (; *word; word += strcspn(word, " ")) {
		uint8_t id[BUILD_ID_BYTES];
		size_t len;

		word += strspn(word, " ");
		len = strcspn(word, " ");
		if (kmc_scan_bytes(word, word[len], id, sizeof(id)) != sizeof(id))
			continue;
		memcpy(kernel->build_id, id, sizeof(id));
		kernel->build_id_len = sizeof(id);
		return;
	}
}

/* " #1", and what stands behind it: which build it is. */
static void take_version(struct kmc_kernel *kernel, const char *behind_release, bool *nomem)
{
	const char *version = behind_release + strspn(behind_release, " ");

	if (version[0] != '#' || !isdigit((unsigned char)version[1]) || kernel->banner)
		return;
	kernel->banner = duplicate(version, strnlen(version, VERSION_MAX), nomem);
	if (!kernel->build_id_len)
		take_build_id(kernel, version);
}

/* " Tainted: G        W  OE" → "GWOE": the words before @end that are all flags. */
static void take_taint(struct kmc_report *report, const char *taint, const char *end,
		       bool *nomem)
{
	char flags[TAINT_MAX + 1] = "";
	size_t count = 0;

	if (report->kernel.taint)
		return;
	if (!strncmp(taint, " Tainted: ", 10)) {
		for (const char *s = taint + 10; *s && (!end || s < end);) {
			const size_t blanks = strspn(s, " "), len = strspn(s + blanks, UPPERCASE);

			s += blanks;
			if (!len || (s[len] && s[len] != ' ') || count + len > TAINT_MAX)
				break;
			memcpy(flags + count, s, len);
			count += len;
			s += len;
		}
	}
	report->kernel.taint = duplicate(flags, count, nomem);
}

/* "Pid: 1, comm: init" or "CPU: 0 UID: 0 PID: 1 Comm: init" */
static const char *scan_task(const char *word, int *cpu, int *pid)
{
	int end = 0;

	if (!strncmp(word, "Pid:", 4))
		return sscanf(word, "Pid: %d, comm: %n", pid, &end) == 1 && end ?
		       word + end : NULL;
	/* Each line of a report is asked. */
	if (strncmp(word, "CPU:", 4))
		return NULL;
	if (sscanf(word, "CPU: %d PID: %d Comm: %n", cpu, pid, &end) == 2 && end)
		return word + end;
	if (sscanf(word, "CPU: %d UID: %*u PID: %d Comm: %n", cpu, pid,
		   &end) == 2 && end)
		return word + end;
	return NULL;
}

bool log_is_task(const char *word)
{
	int cpu, pid;

	return scan_task(word, &cpu, &pid);
}

bool log_take_task(struct kmc_report *report, const char *word, bool *nomem)
{
	int cpu = -1, pid = -1;
	const char *comm = scan_task(word, &cpu, &pid);
	const char *taint, *release;
	size_t len = 0;

	if (!comm || report->comm)
		return false;
	report->cpu = cpu;
	report->pid = pid;
	taint = find_taint(comm);
	if (!taint)
		taint = find_half_taint(comm);
	report->comm = duplicate(comm, taint ? (size_t)(taint - comm) :
				 strnlen(comm, COMM_MAX), nomem);
	release = taint ? find_release(taint, &len) : NULL;
	if (taint)
		take_taint(report, taint, release, nomem);
	if (release && !report->kernel.release)
		report->kernel.release = duplicate(release, len, nomem);
	if (release)
		take_version(&report->kernel, release + len, nomem);
	return true;
}

void log_take_release(struct kmc_report *report, const char *word, bool *nomem)
{
	size_t len;

	word += strncmp(word, "tainted ", 8) ? 0 : 8;
	len = strcspn(word, " ");
	if (!report->comm || report->kernel.release || report->frames.count ||
	    strncmp(word + len, " #", 2) || !isdigit((unsigned char)word[len + 2]))
		return;
	word = trim_release(word, &len);
	report->kernel.release = duplicate(word, len, nomem);
	take_version(&report->kernel, word + len, nomem);
}

/* "[<ffffffff8104ede8>]": returns what is behind it and its blanks. */
static const char *scan_bracketed(const char *s, uint64_t *address)
{
	const char *end;
	uint64_t value;

	if (strncmp(s, "[<", 2))
		return NULL;
	end = kmc_scan_hex(s + 2, &value);
	if (!end || strncmp(end, ">]", 2))
		return NULL;
	*address = value;
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

static bool is_symbol(const char *s)
{
	struct kmc_frame frame = { };
	bool nomem = false;
	bool found = kmc_scan_symbol(s, &frame, &nomem);

	kmc_frame_release(&frame);
	return found;
}

static bool take_rip_symbol(struct kmc_frame *frame, const char *s, bool *nomem)
{
	struct kmc_frame found = { };

	if (frame->symbol)
		return false;
	if (!log_scan_function(s, &found, nomem)) {
		kmc_frame_release(&found);
		return false;
	}
	found.role = frame->role;
	found.address = frame->address;
	found.has_address = frame->has_address;
	*frame = found;
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

bool log_is_rip(const char *word)
{
	const char *reg;
	uint64_t cs;
	bool has_cs;

	return scan_rip_label(word, &reg, &cs, &has_cs);
}

/*
 * The symbol of an instruction whose address has come already: in a line of its own,
 * "EIP is at f+0x1/0x2", or behind a line end that a mailer put in, where nothing but
 * that address may stand before it.
 */
static const char *rest_of_rip(const struct kmc_report *report, const char *word)
{
	const struct kmc_stack *stack = &report->frames;
	const struct kmc_frame *rip = stack->frames;
	uint64_t address;
	const char *next;

	if (stack->count != 1 || rip->role != KMC_ROLE_RIP || !rip->has_address ||
	    rip->symbol)
		return NULL;
	if (!strncmp(word, "EIP is at ", 10))
		return word + 10;
	/* What follows registers is a frame. */
	if (report->nregs > 2)
		return NULL;
	while ((next = scan_bracketed(word, &address))) {
		if (address != rip->address)
			return NULL;
		word = next;
		if (!*word)
			return word;
	}
	return is_symbol(word) ? word : NULL;
}

bool log_completes_rip(const struct kmc_report *report, const char *word)
{
	return rest_of_rip(report, word);
}

bool log_take_rip(struct kmc_report *report, const char *word, bool *nomem)
{
	struct kmc_frame *frame;
	const char *reg, *p, *next;
	uint64_t cs;
	bool has_cs;

	p = rest_of_rip(report, word);
	if (p) {
		take_rip_symbol(report->frames.frames, p, nomem);
		return true;
	}
	p = scan_rip_label(word, &reg, &cs, &has_cs);
	if (!p)
		return false;
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
		log_take_registers(report, p, nomem);
	/* A line that was cut off says of no instruction. */
	if (!frame->has_address && !frame->symbol)
		report->frames.count = 0;
	return true;
}

bool log_is_terminator(const char *word)
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

/*
 * "[<ffffffff8104ede8>] f+0x1/0x2", "f+0x1/0x2 [module]", "0xffffffff8104ede8"; of
 * anything else @frame owns nothing.
 */
static bool scan_frame(const char *word, struct kmc_frame *frame, bool *nomem)
{
	const char *p = scan_bracketed(word, &frame->address);
	const char *end;

	frame->has_address = p;
	if (!p)
		p = word;
	/* "? " marks what was found on the stack but may not be a caller. */
	if (!strncmp(p, "? ", 2))
		p += 2;
	end = kmc_scan_symbol(p, frame, nomem);
	if (!end && !strncmp(p, "0x", 2))
		end = kmc_scan_hex(p + 2, &frame->address);
	/* Behind an address anything goes, but prose is no frame. */
	if ((end && !*end) || frame->has_address)
		return true;
	kmc_frame_release(frame);
	return false;
}

bool log_is_frame(const char *word)
{
	struct kmc_frame frame = { };
	bool nomem = false;
	bool found = scan_frame(word, &frame, &nomem);

	if (found)
		kmc_frame_release(&frame);
	return found;
}

bool log_take_frame(struct kmc_stack *stack, const char *word, bool *nomem)
{
	struct kmc_frame frame = { .role = KMC_ROLE_RETURN };
	struct kmc_frame *slot;

	if (!scan_frame(word, &frame, nomem))
		return false;
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
