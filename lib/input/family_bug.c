// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel itself asserts: "kernel BUG at FILE:LINE!" and "WARNING: ... at FILE:LINE",
 * and so damaged lists and reference counts.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "input/scan.h"
#include "report/model.h"

/*
 * struct state - of an open report
 * @late: kernels before 4.13 print a warning's sentence behind its first line
 */
struct state {
	struct log_body body;
	bool late;
};

/* ---- kernel BUG ---- */

static const char *find_bug(const char *body)
{
	const char *s = strstr(body, "ernel BUG at ");

	return s && s > body && strchr("kK", s[-1]) ? s - 1 : NULL;
}

/* "f+0x1/0x2 [verbose debug info unavailable]", where the kernel keeps no files and lines */
static bool is_unplaced(const char *place)
{
	return strstr(place, " [verbose debug");
}

static enum log_match match_bug(const struct log_line *line, struct log_header *out)
{
	const char *start = find_bug(line->body);
	const char *place = start ? start + strlen("kernel BUG at ") : NULL;
	const char *mark = place ? strchr(place, '!') : NULL;

	/* What dies of it says so once more: "invalid opcode: 0000 [#1] SMP". */
	if (!start)
		return LOG_NO;
	out->start = start;
	out->clean = start == line->word;
	if (is_unplaced(place) || (mark && strcspn(place, " ") > (size_t)(mark - place)))
		return LOG_YES;
	return mark || strchr(place, ' ') ? LOG_NO : LOG_PARTIAL;
}

/* The sentence in front says more than that there is a bug. */
static bool take_list(struct kmc_report *report, bool *nomem)
{
	static const char * const kinds[] = { "list_add", "list_del" };
	const char *at;

	for (size_t i = 0; report->message && i < KMC_ARRAY_SIZE(kinds); i++) {
		if (!log_skip(report->message, kinds[i]))
			continue;
		report->checker = "list";
		log_set_text(&report->error, report->message,
			     strcspn(report->message, ".,:("), nomem);
		at = strstr(report->message, "new=");
		if (at) {
			report->has_address = log_scan_pointer(at + 4, &report->address);
			return true;
		}
		at = strstr(report->message, "should be ");
		at = at ? at + strlen("should be ") + strcspn(at + strlen("should be "), "f") :
		     strstr(report->message, ", ");
		if (at)
			at += *at == ',' ? 2 : 0;
		report->has_address = at && log_scan_pointer(at, &report->address);
		return true;
	}
	return false;
}

static void begin_bug(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *start = find_bug(reading->line->body);
	const char *place = start + strlen("kernel BUG at ");

	state->body.faulting = true;
	if (is_unplaced(place))
		log_scan_function(place, &report->named, reading->nomem);
	else
		log_scan_place(place, &report->place, reading->nomem);
	if (!take_list(report, reading->nomem))
		log_set_text(&report->error, start,
			     is_unplaced(place) ? strlen("kernel BUG") : strcspn(start, "!") + 1,
			     reading->nomem);
}

static bool is_die(const char *word)
{
	const char *mark = strstr(word, " [#");

	return mark && isdigit((unsigned char)mark[3]);
}

/* "kernel BUG" is said by a trap, which other families would take for a report. */
static bool follows_bug(const char *word)
{
	return is_die(word);
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *word = reading->line->word;

	if (is_die(word))
		return LOG_TAKEN;
	if (state->late) {
		state->late = false;
		if (*word && !log_knows_body(word, true) && !log_skip(word, "Modules linked in") &&
		    !log_skip(word, "Hardware name") && !log_skip(word, "------------")) {
			log_set_text(&report->message, word, strlen(word), reading->nomem);
			return LOG_TAKEN;
		}
	}
	return log_take_body(reading, &state->body);
}

/* ---- WARNING ---- */

/*
 * struct warning - the parts of its first line, which point into it
 * @place: the file and line; NULL where the kernel keeps none
 * @function: what is behind that; NULL: nothing
 * @task: "syz.3.20/6051" of the new form
 */
struct warning {
	const char *place;
	const char *function;
	const char *task;
};

/* "f+0x1/0x2", with its offset: prose has names, too. */
static bool names_function(const char *s)
{
	struct kmc_frame frame = { };
	bool nomem = false;
	const bool found = log_scan_function(s, &frame, &nomem) && frame.has_offset;

	kmc_frame_release(&frame);
	return found;
}

/* "CPU: 1 PID: 2 at F:L f+0x1/0x2", "at F:L f()", "F:L at f+0x1/0x2, CPU#1: syz/1" */
static bool scan_warning(const char *s, struct warning *out)
{
	const char *at = log_skip(s, "at ");
	struct kmc_source_place place = { };
	const char *end, *cpu;
	bool nomem = false;

	*out = (struct warning) { };
	/* "[cond] F:L at f+0x1/0x2, CPU#1: syz/1": what was asserted stands before it */
	if (*s == '[' && strstr(s, "] "))
		s = strstr(s, "] ") + 2;
	if (log_skip(s, "CPU: "))
		at = strstr(s, " at ") ? strstr(s, " at ") + 4 : NULL;
	out->place = at ? at : s;
	end = log_scan_place(out->place, &place, &nomem);
	free(place.file);
	if (!end && at && names_function(at)) {
		out->function = at;
		out->place = NULL;
		return true;
	}
	if (!end)
		return false;
	if (at) {
		out->function = *end == ' ' ? end + 1 : NULL;
		return true;
	}
	cpu = strstr(end, ", CPU#");
	if (!log_skip(end, " at ") || !cpu)
		return false;
	out->function = end + 4;
	cpu = strchr(cpu, ':');
	out->task = cpu ? cpu + 1 + (cpu[1] == ' ') : NULL;
	return true;
}

/* "F:L at f+0x1/0x2, CPU#1: syz/1", up to where a mailer has broken it */
static bool is_broken_off(const char *s)
{
	struct kmc_source_place place = { };
	bool nomem = false;
	const char *end;

	if (*s == '[' && strstr(s, "] "))
		s = strstr(s, "] ") + 2;
	end = log_scan_place(s, &place, &nomem);
	free(place.file);
	return end && (!*end || !strcmp(end, " at") ||
		       (!strncmp(end, " at ", 4) && !strchr(end + 4, ':')));
}

#define WARNS	"WARNING: "

static enum log_match match_warning(const struct log_line *line, struct log_header *out)
{
	const char *start = strstr(line->body, WARNS), *s;
	struct warning found;

	if (!start)
		return LOG_NO;
	s = start + strlen(WARNS);
	out->start = start;
	out->clean = start == line->word;
	if (scan_warning(s, &found))
		return LOG_YES;
	if (out->clean && is_broken_off(s))
		return LOG_PARTIAL;
	return out->clean && (log_skip(s, "CPU: ") || log_skip(s, "at ")) &&
	       (!strstr(s, " at ") || !strchr(strstr(s, " at ") + 4, ' ')) ? LOG_PARTIAL : LOG_NO;
}

static void take_refcount(struct kmc_report *report, bool *nomem)
{
	const char *error = report->message ? log_skip(report->message, "refcount_t: ") : NULL;
	size_t len;

	if (!error) {
		log_set_text(&report->error, "warning", strlen("warning"), nomem);
		return;
	}
	report->checker = "refcount";
	len = strlen(error);
	log_set_text(&report->error, error, len && error[len - 1] == '.' ? len - 1 : len, nomem);
}

static void begin_warning(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *s = strstr(reading->line->body, WARNS) + strlen(WARNS), *slash;
	struct warning found;

	state->body.faulting = true;
	scan_warning(s, &found);
	if (found.place)
		log_scan_place(found.place, &report->place, reading->nomem);
	if (found.function)
		log_scan_function(found.function, &report->named, reading->nomem);
	slash = found.task ? strrchr(found.task, '/') : NULL;
	/* The task's own line comes as well, as a rule. */
	if (slash && slash > found.task)
		report->pid = strtol(slash + 1, NULL, 10);
	/* A mailer may have broken the line before the task. */
	state->late = !report->message && !(found.task && !*found.task);
}

static void end(struct log_reading *reading)
{
	log_fold_own(reading->report, reading->nomem);
	reading->ended |= reading->report->frames.count > 1;
}

static void end_warning(struct log_reading *reading)
{
	if (!reading->report->error && !take_list(reading->report, reading->nomem))
		take_refcount(reading->report, reading->nomem);
	end(reading);
}

const struct kmc_family kmc_family_bug = {
	.name = "BUG",
	.word = "ernel BUG at ",
	.takes_message = true,
	.state_size = sizeof(struct state),
	.match = match_bug,
	.begin = begin_bug,
	.follows = follows_bug,
	.line = take_line,
	.end = end,
};

const struct kmc_family kmc_family_warning = {
	.name = "WARNING",
	.word = WARNS,
	.takes_message = true,
	.state_size = sizeof(struct state),
	.match = match_warning,
	.begin = begin_warning,
	.follows = follows_bug,
	.line = take_line,
	.end = end_warning,
};
