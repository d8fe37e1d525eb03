// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults: page faults and NULL dereferences of all machines, general protection faults and
 * what else ends in "[#1]".
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "input/scan.h"
#include "report/model.h"

struct state {
	struct log_body body;
};

/*
 * struct form - how a first line begins
 * @begin: with it
 * @error: what we call it; NULL: what stands behind @begin up to " at "
 * @checker: whose it is
 */
struct form {
	const char *begin;
	const char *error;
	const char *checker;
};

#define NULL_POINTER	"NULL pointer dereference"
#define PAGING		"paging request"
#define GPF		"general protection fault"
#define GUARD		"stack guard page was hit"

/* Longer ones come before those that they begin with. */
static const struct form forms[] = {
	{ "BUG: unable to handle page fault for address:", PAGING, "oops" },
	{ "BUG: unable to handle kernel ", NULL, "oops" },
	{ "BUG: Unable to handle kernel ", NULL, "oops" },
	{ "BUG: kernel NULL pointer dereference", NULL_POINTER, "oops" },
	{ "BUG: Kernel NULL pointer dereference", NULL_POINTER, "oops" },
	{ "Unable to handle kernel ", NULL, "oops" },
	{ "Unhandled fault: ", NULL, "oops" },
	{ GPF, GPF, "gpf" },
	{ "Oops: " GPF, GPF, "gpf" },
	{ "BUG: " GUARD, GUARD, "oops" },
	{ "BUG: TASK " GUARD, GUARD, "oops" },
	{ "BUG: IRQ " GUARD, GUARD, "oops" },
};

/* Also where it says what the last line has said already. */
static const char *find_die(const char *s)
{
	const char *mark = strstr(s, " [#");

	return mark && isdigit((unsigned char)mark[3]) ? mark : NULL;
}

/* What stands before a stamp or a program's number is none of the kernel's. */
static const char *find_trap(const char *word, const char *die)
{
	const char *start = word;

	for (const char *s = word; (s = strchr(s, ']')) && s < die; s++)
		if (s[1] == ' ' || !strncmp(s + 1, ": ", 2))
			start = s + 1 + strspn(s + 1, ": ");
	return start < die ? start : word;
}

static const struct form *find_form(const char *body, const char **start)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(forms); i++) {
		const char *s = strstr(body, forms[i].begin);

		/* "traps: x[1] general protection fault ip:" is a program's. */
		if (!s || (s > body && !strchr(" \t|]", s[-1])) || strstr(body, "traps: ") ||
		    strstr(s, " ip:"))
			continue;
		*start = s;
		return &forms[i];
	}
	return NULL;
}

/* Of a program that faulted, and prose: what follows does not go on like a fault. */
static bool is_fault(const struct form *form, const char *rest)
{
	if (!strcmp(form->checker, "gpf"))
		return *rest == ':' || *rest == ',' || !strncmp(rest, " for ", 5) ||
		       !strncmp(rest, " probably", 9);
	if (form->error)
		return *rest == ' ' || *rest == ',' || !*rest;
	/* It says what could not be handled. */
	return isalpha((unsigned char)*rest) &&
	       (strstr(rest, " at ") || strchr(rest, '(') || strstr(rest, "address"));
}

/* Has a mailer put the address, or what stands before it, into the next line? */
static bool is_broken(const char *rest)
{
	static const char * const ends[] = { " at", " at virtual", " address", " address:" };
	const size_t len = strlen(rest);

	for (size_t i = 0; i < KMC_ARRAY_SIZE(ends); i++) {
		const size_t end = strlen(ends[i]);

		if (len >= end && !strcmp(rest + len - end, ends[i]))
			return true;
	}
	return !rest[strspn(rest, ":, ")];
}

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	const char *start = line->word, *rest;
	const struct form *form = find_form(line->body, &start);

	out->start = start;
	if (form) {
		rest = start + strlen(form->begin);
		out->clean = start == line->word;
		if (is_broken(rest))
			return LOG_PARTIAL;
		if (!is_fault(form, rest))
			return LOG_NO;
		return !strcmp(form->checker, "gpf") && !find_die(rest) ? LOG_PARTIAL : LOG_YES;
	}
	/* "Oops: 0002 [#1]", "divide error: 0000 [#1]", "Internal error: x [#1]" */
	rest = find_die(line->word);
	if (!rest || rest - line->word > 100 || !strchr(line->word, ':') ||
	    strchr(line->word, ':') > rest)
		return LOG_NO;
	out->start = find_trap(line->word, rest);
	out->clean = out->start == line->word;
	out->follows = true;
	return LOG_YES;
}

/* ---- the first line ---- */

/* "at 0000000000000028", "at           (null)", "for address: A", "address 0xA" */
static void take_address(struct kmc_report *report, const char *s)
{
	static const char * const before[] = {
		"virtual address ", "address: ", "address 0x", " at ", "address ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(before) && !report->has_address; i++) {
		const char *at = strstr(s, before[i]), *end;

		if (!at)
			continue;
		end = log_scan_pointer(at + strlen(before[i]), &report->address);
		/* A pager cuts a line that is too long, and puts this there. */
		report->has_address = end && strcmp(end, ">") != 0;
	}
}

/* "paging request at A": up to what says where */
static void set_error(struct kmc_report *report, const char *s, bool *nomem)
{
	const char *end = strstr(s, " at ");
	size_t len;

	if (end && strstr(s, " at virtual address"))
		end = strstr(s, " at virtual address");
	len = end ? (size_t)(end - s) : strcspn(s, ":(");
	if (len && !strncmp(s, "data access", len)) {
		s = PAGING;
		len = strlen(PAGING);
	}
	log_set_text(&report->error, s, len, nomem);
}

/* "0002 [#1]", and no word that begins with such a letter, as "double fault" does */
static bool is_code(const char *s)
{
	uint64_t code;
	const char *end = kmc_scan_hex(s, &code);

	return end && (!*end || strchr(" [:", *end));
}

/* "Internal error: Oops: 805", "divide error: 0000": up to the last colon before a number */
static void set_trap(struct kmc_report *report, const char *s, bool *nomem)
{
	const char *end = find_die(s);
	const char *internal = log_skip(s, "Internal error: "), *oops;

	s = internal ? internal : s;
	oops = log_skip(s, "Oops: ");
	if (oops && !is_code(oops))
		s = oops;
	while (end > s && *end != ':')
		end--;
	if (end == s)
		end = s + strcspn(s, " [");
	oops = log_skip(s, "UBSAN: ");
	if (oops) {
		report->checker = "UBSAN";
		s = oops < end ? oops : s;
	}
	/* Misspelt for a while. */
	if (!strncmp(s, "divide_error", end - s))
		log_set_text(&report->error, "divide error", strlen("divide error"), nomem);
	log_set_text(&report->error, s, end - s, nomem);
	if (!report->error)
		log_set_text(&report->error, "Oops", 4, nomem);
}

/* "read from unreadable memory", "execution of user memory": ARM says what was done. */
static enum kmc_kind kind_of(const char *error)
{
	if (log_skip(error, "read from "))
		return KMC_READ;
	if (log_skip(error, "write to "))
		return KMC_WRITE;
	return log_skip(error, "execut") ? KMC_FETCH : KMC_UNKNOWN_KIND;
}

static void begin(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *start = reading->line->word;
	const struct form *form = find_form(reading->line->body, &start);
	const char *rest = form ? start + strlen(form->begin) : NULL;

	state->body.faulting = true;
	if (!form) {
		report->checker = "oops";
		set_trap(report, find_trap(start, find_die(start)), reading->nomem);
		return;
	}
	report->checker = form->checker;
	if (strstr(rest, "non-canonical address"))
		log_set_text(&report->error, GPF ", non-canonical address",
			     strlen(GPF ", non-canonical address"), reading->nomem);
	else if (form->error)
		log_set_text(&report->error, form->error, strlen(form->error), reading->nomem);
	else
		set_error(report, rest, reading->nomem);
	take_address(report, start);
	if (report->error)
		report->kind = kind_of(report->error);
}

/* ---- lines ---- */

static bool ends_in_range(const char *hint)
{
	const size_t len = strlen(hint), end = strlen(" in range");

	return len > end && !strcmp(hint + len - end, " in range");
}

/* "#PF: supervisor read access in kernel mode" says what was done, "Oops: 0002" as well. */
static bool take_cause(struct kmc_report *report, const char *word, bool *nomem)
{
	const char *cause = log_skip(word, "#PF: ");
	const char *hint = log_skip(word, "KASAN: ");
	char *whole;

	if (hint) {
		log_set_text(&report->hint, hint, strlen(hint), nomem);
		return true;
	}
	/* A mailer has broken it before its range. */
	if (report->hint && log_skip(word, "[0x") && ends_in_range(report->hint)) {
		if (asprintf(&whole, "%s %s", report->hint, word) < 0) {
			*nomem = true;
			return true;
		}
		free(report->hint);
		report->hint = whole;
		return true;
	}
	if (!cause)
		return false;
	if (strstr(cause, "instruction fetch"))
		report->kind = KMC_FETCH;
	else if (strstr(cause, " write access"))
		report->kind = KMC_WRITE;
	else if (strstr(cause, " read access"))
		report->kind = KMC_READ;
	else if (strstr(cause, "error_code"))
		log_set_text(&report->message, cause, strlen(cause), nomem);
	return true;
}

/* The error code of x86: bit 1 is a write, bit 4 a fetch. */
static void take_error_code(struct kmc_report *report, const char *word)
{
	const char *oops = log_skip(word, "Oops: ");
	uint64_t code;
	const char *end = oops ? kmc_scan_hex(oops, &code) : NULL;

	if (!end || end - oops != 4 || *end != ' ' || report->kind != KMC_UNKNOWN_KIND)
		return;
	report->kind = code & 16 ? KMC_FETCH : code & 2 ? KMC_WRITE : KMC_READ;
}

/* ARM's data abort says it in words. */
static bool take_abort(struct kmc_report *report, const char *word)
{
	const char *wnr = strstr(word, "WnR = ");

	if (log_skip(word, "EC = ") && strstr(word, ": IABT ")) {
		report->kind = KMC_FETCH;
		return true;
	}
	if (!wnr || (wnr[6] != '0' && wnr[6] != '1'))
		return false;
	if (report->kind == KMC_UNKNOWN_KIND)
		report->kind = wnr[6] == '1' ? KMC_WRITE : KMC_READ;
	return true;
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *word = reading->line->word;

	if (take_cause(report, word, reading->nomem) || take_abort(report, word))
		return LOG_TAKEN;
	take_error_code(report, word);
	/* A NULL that was called has no function to name. */
	if (find_die(word))
		return LOG_TAKEN;
	if (log_skip(word, "Process ") && !report->comm)
		return LOG_TAKEN;
	return log_take_body(reading, &state->body);
}

static void end(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;

	reading->ended |= report->frames.count > 1;
	log_fold_own(report, reading->nomem);
}

static bool knows(const char *text, bool sure)
{
	text += strspn(text, " \t");
	return log_skip(text, "#PF: ") || (sure && find_die(text));
}

const struct kmc_family kmc_family_oops = {
	.name = "oops",
	.word = "",
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.knows = knows,
	.line = take_line,
	.end = end,
};
