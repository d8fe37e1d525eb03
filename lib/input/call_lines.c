// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of stacks as all machines and tools print them, and those that stand among them.
 */
#include "input/call_lines.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "input/report_lines.h"
#include "input/scan.h"
#include "report/model.h"

/* No kernel prints as many; memory has to end somewhere. */
#define FRAMES_MAX	1024
/* Functions inlined into one another. */
#define LEVELS_MAX	32
/* Of C; what Rust's compiler makes of names is longer. */
#define FUNCTION_MAX	512

/* ---- places in the source ---- */

/*
 * struct place - "fs/x.c:12:3", which points into a line
 */
struct place {
	const char *file;
	size_t len;
	int line;
	int column;
};

static const char *scan_number(const char *s, int *out)
{
	char *end;
	long value;

	if (*s != ':' || !isdigit((unsigned char)s[1]))
		return NULL;
	value = strtol(s + 1, &end, 10);
	*out = value > INT_MAX ? 0 : value;
	return end;
}

/* A path ends in a suffix and a number; nothing else in a report does. */
static const char *scan_place(const char *s, struct place *place)
{
	const size_t word = strcspn(s, " \t()\n");
	size_t len = 0;
	const char *end = NULL, *next;

	for (size_t i = 1; i < word && !end; i++) {
		end = s[i] == ':' ? scan_number(s + i, &place->line) : NULL;
		len = i;
	}
	if (!end || !memchr(s, '.', len))
		return NULL;
	place->file = s;
	place->len = len;
	place->column = 0;
	next = scan_number(end, &place->column);
	return next ? next : end;
}

const char *log_scan_place(const char *s, struct kmc_source_place *place, bool *nomem)
{
	struct place found = { };
	const char *end = scan_place(s, &found);

	if (!end)
		return NULL;
	place->file = strndup(found.file, found.len);
	*nomem |= !place->file;
	place->line = found.line;
	place->column = found.column;
	return end;
}

/* ---- chains that the log has ---- */

/* All strings are in one block, in pairs: the function, maybe empty, and the file. */
static void point_at_strings(struct kmc_frame *frame)
{
	const char *text = frame->from_log;

	for (size_t i = 0; i < frame->chain_len; i++) {
		struct kmc_location *at = &frame->chain[i];

		at->function = *text ? text : NULL;
		text += strlen(text) + 1;
		at->file = text;
		text += strlen(text) + 1;
	}
}

static size_t strings_size(const struct kmc_frame *frame)
{
	const char *text = frame->from_log;

	for (size_t i = 0; i < 2 * frame->chain_len; i++)
		text += strlen(text) + 1;
	return text - frame->from_log;
}

/* One more level, outside of those that are there. */
static void add_level(struct kmc_frame *frame, const char *function, size_t len,
		      const struct place *place, bool *nomem)
{
	const size_t used = strings_size(frame);
	struct kmc_location *chain;
	char *text;

	if (frame->chain_len == LEVELS_MAX)
		return;
	chain = realloc(frame->chain, (frame->chain_len + 1) * sizeof(*chain));
	if (chain)
		frame->chain = chain;
	text = chain ? realloc(frame->from_log, used + len + place->len + 2) : NULL;
	if (!text) {
		*nomem = true;
		return;
	}
	frame->from_log = text;
	text += used;
	memcpy(text, function, len);
	text[len] = '\0';
	memcpy(text + len + 1, place->file, place->len);
	text[len + 1 + place->len] = '\0';
	chain[frame->chain_len++] = (struct kmc_location) {
		.line = place->line, .column = place->column,
	};
	point_at_strings(frame);
}

/* ---- functions ---- */

/* "fs/x.c:1" and what may follow it: "(discriminator 2)", and the module */
static const char *skip_behind(const char *s)
{
	if (!strncmp(s, " (discriminator ", 16))
		s += 16 + strcspn(s + 16, ")") + 1;
	return s;
}

/* Places within parentheses, innermost first, as decode_stacktrace.sh has them. */
static const char *scan_decoded(const char *s, struct kmc_frame *frame, const char *function,
				size_t len, bool *nomem)
{
	struct place place, next;
	const char *end = scan_place(s, &place);

	while (end) {
		const char *more;

		end = skip_behind(end);
		more = *end == ' ' ? scan_place(end + 1, &next) : NULL;
		/* Only the last of them is of the function that is named. */
		add_level(frame, function, more ? 0 : len, &place, nomem);
		if (!more)
			break;
		place = next;
		end = more;
	}
	return end && *end == ')' ? end + 1 : NULL;
}

/* A name: what a compiler makes of one has dots, and Rust's even colons. */
static size_t name_length(const char *s)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]) || (s[len] && strchr("_.$:<>", s[len])))
		len++;
	return len < FUNCTION_MAX && !isdigit((unsigned char)*s) ? len : 0;
}

/* "foo (x.c:1)", and a module behind it */
static const char *scan_named(const char *s, struct kmc_frame *frame, bool *nomem)
{
	const size_t len = name_length(s);
	const char *end;

	if (!len || strncmp(s + len, " (", 2))
		return NULL;
	end = scan_decoded(s + len + 2, frame, s, len, nomem);
	if (!end)
		return NULL;
	frame->symbol = strndup(s, len);
	*nomem |= !frame->symbol;
	return end;
}

const char *log_scan_function(const char *s, struct kmc_frame *frame, bool *nomem)
{
	const char *end = kmc_scan_symbol(s, frame, nomem);
	struct place place;
	const char *behind;

	if (!end)
		return scan_named(s, frame, nomem);
	if (!strncmp(end, "()", 2))
		end += 2;
	if (*end != ' ')
		return end;
	behind = end + strspn(end, " ");
	if (*behind == '(') {
		behind = scan_decoded(behind + 1, frame, frame->symbol, strlen(frame->symbol),
				      nomem);
	} else {
		behind = scan_place(behind, &place);
		if (behind)
			add_level(frame, frame->symbol, strlen(frame->symbol), &place, nomem);
	}
	return behind ? behind : end;
}

/* "foo x.h:1 [inline]": the length of its name, 0 if it is something else */
static size_t scan_inlined(const char *s, struct place *place)
{
	const size_t len = name_length(s);
	const char *end;

	if (!len || s[len] != ' ')
		return 0;
	end = scan_place(s + len + 1, place);
	return end && !strncmp(end, " [inline]", 9) ? len : 0;
}

bool log_is_inlined(const char *word)
{
	struct place place;
	const char *end = strstr(word, " [inline]");

	if (!end)
		return false;
	for (const char *s = word; s < end; s += strcspn(s, " ") + 1)
		if (scan_inlined(s, &place))
			return true;
	return false;
}

/* ---- frames ---- */

/* The last one, if only what was inlined into it is known yet. */
static struct kmc_frame *open_frame(struct kmc_stack *stack)
{
	struct kmc_frame *last = stack->count ? &stack->frames[stack->count - 1] : NULL;

	return last && !last->symbol && !last->has_address && last->chain_len ? last : NULL;
}

/* And one whose line was broken behind its address. */
static struct kmc_frame *bare_frame(struct kmc_stack *stack)
{
	struct kmc_frame *last = stack->count ? &stack->frames[stack->count - 1] : NULL;

	/* No log mixes lines with addresses and those without. */
	if (stack->count > 1 && stack->frames[0].role == KMC_ROLE_RETURN &&
	    !stack->frames[0].has_address)
		return NULL;
	return last && !last->symbol && last->has_address ? last : NULL;
}

static struct kmc_frame *new_frame(struct kmc_stack *stack, bool *nomem)
{
	struct kmc_frame *frame;

	if (stack->count >= FRAMES_MAX)
		return NULL;
	frame = kmc_stack_push(stack, KMC_ROLE_RETURN);
	*nomem |= !frame;
	return frame;
}

/* Its own levels go behind those that were inlined. */
static void join(struct kmc_frame *open, struct kmc_frame *frame, bool *nomem)
{
	for (size_t i = 0; i < frame->chain_len; i++) {
		const struct kmc_location *at = &frame->chain[i];
		const struct place place = {
			.file = at->file, .len = strlen(at->file), .line = at->line,
			.column = at->column,
		};

		add_level(open, at->function ? at->function : "",
			  at->function ? strlen(at->function) : 0, &place, nomem);
	}
	free(frame->chain);
	free(frame->from_log);
	frame->chain = open->chain;
	frame->chain_len = open->chain_len;
	frame->from_log = open->from_log;
	*open = *frame;
}

/* Takes @frame over. */
static void push(struct kmc_stack *stack, struct kmc_frame *frame, bool *nomem)
{
	struct kmc_frame *open = open_frame(stack), *slot;

	frame->role = KMC_ROLE_RETURN;
	if (open) {
		join(open, frame, nomem);
		return;
	}
	slot = new_frame(stack, nomem);
	if (slot)
		*slot = *frame;
	else
		kmc_frame_release(frame);
}

/* "[<ffffffff8104ede8>]": returns what is behind it and its blanks. */
static const char *scan_bracketed(const char *s, uint64_t *address)
{
	const char *end;
	uint64_t value;

	if (strncmp(s, "[<", 2))
		return NULL;
	s += 2 + 2 * !strncmp(s + 2, "0x", 2);
	end = kmc_scan_hex(s, &value);
	if (!end || strncmp(end, ">]", 2))
		return NULL;
	*address = value;
	return end + 2 + strspn(end + 2, " \t");
}

/* "<TASK>", "</IRQ>", "<#DF>": returns what is behind it. */
static const char *skip_bracket(const char *s)
{
	const size_t len = strspn(s + 1, "/#ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (*s != '<' || !len || s[1 + len] != '>')
		return s;
	s += len + 2;
	return s + strspn(s, " \t");
}

/* "(f+0x1/0x2)", and without the offset */
static bool take_parenthesized(const char *s, struct kmc_frame *frame, bool *nomem)
{
	const size_t len = strcspn(s + 1, ")");
	char name[FUNCTION_MAX];

	if (*s != '(' || !s[1 + len] || !len || len >= sizeof(name))
		return false;
	memcpy(name, s + 1, len);
	name[len] = '\0';
	if (kmc_scan_symbol(name, frame, nomem))
		return true;
	if (name_length(name) != len)
		return false;
	frame->symbol = strdup(name);
	*nomem |= !frame->symbol;
	return true;
}

/* "f", "f [module]": who called follows at @from. */
static bool is_callee(const char *s, const char *from)
{
	const size_t len = name_length(s);

	return len && (s + len == from || (!strncmp(s + len, " [", 2) && from[-1] == ']'));
}

bool log_is_from(const char *word)
{
	const char *from = strstr(word, " from ");
	struct kmc_frame frame = { };
	bool nomem = false, found;
	uint64_t address;

	if (!from)
		return false;
	if (scan_bracketed(word, &address))
		return scan_bracketed(from + 6, &address);
	found = is_callee(word, from) && kmc_scan_symbol(from + 6, &frame, &nomem);
	kmc_frame_release(&frame);
	return found;
}

/* "[<A>] (f) from [<B>] (g+0x1/0x2)", "f from g+0x1/0x2": it is g that called. */
static bool take_from(struct kmc_stack *stack, const char *s, bool *nomem)
{
	const char *from = strstr(s, " from");
	struct kmc_frame frame = { };
	uint64_t callee;
	const char *p;

	if (!from || (!scan_bracketed(s, &callee) && !is_callee(s, from)))
		return false;
	if (!from[5])
		return *s == '[';
	if (from[5] != ' ')
		return false;
	p = scan_bracketed(from + 6, &frame.address);
	frame.has_address = p;
	if (!p && !kmc_scan_symbol(from + 6, &frame, nomem))
		return false;
	if (p && *p)
		take_parenthesized(p, &frame, nomem);
	push(stack, &frame, nomem);
	return true;
}

/* The rest of a line that a mailer has broken behind an address. */
static bool take_rest(struct kmc_stack *stack, const char *s, bool *nomem)
{
	struct kmc_frame *bare = bare_frame(stack), rest = { };

	if (!bare)
		return false;
	if (!(*s == '(' ? take_parenthesized(s, &rest, nomem) :
	      log_scan_function(s, &rest, nomem) != NULL)) {
		/* Of places that do not end, those before were taken. */
		kmc_frame_release(&rest);
		return false;
	}
	rest.role = bare->role;
	rest.address = bare->address;
	rest.has_address = true;
	kmc_frame_release(bare);
	*bare = rest;
	return true;
}

static bool take_inlined(struct kmc_stack *stack, const char *s, bool *nomem)
{
	struct kmc_frame *open = open_frame(stack);
	struct place place;
	const bool old = !strncmp(s, "[<", 2) && strstr(s, " inline ");
	size_t len;

	/* "[<     inline     >] f x.h:1" of older tools */
	if (old)
		s += strcspn(s, "]") + 2;
	len = old ? name_length(s) : scan_inlined(s, &place);
	if (!len || (old && (s[len] != ' ' || !scan_place(s + len + 1, &place))))
		return false;
	if (!open)
		open = new_frame(stack, nomem);
	if (open)
		add_level(open, s, len, &place, nomem);
	return true;
}

/* What was found on the stack but may be no caller is none of ours. */
static bool is_leftover(const char *s)
{
	struct kmc_frame frame = { };
	bool nomem = false;
	const char *end;

	if (strncmp(s, "? ", 2))
		return false;
	end = log_scan_function(s + 2, &frame, &nomem);
	kmc_frame_release(&frame);
	return end || !strncmp(s + 2, "0x", 2);
}

static void drop_open(struct kmc_stack *stack)
{
	struct kmc_frame *open = open_frame(stack);

	if (!open)
		return;
	kmc_frame_release(open);
	stack->count--;
}

/* Nothing but a module, the build-ID of one, or a register's number may follow. */
static bool ends_frame(const char *end)
{
	end += strspn(end, " ");
	return !*end || *end == '[' || !strchr(end, ' ');
}

bool log_take_call(struct kmc_stack *stack, const char *word, bool *nomem)
{
	const char *s = skip_bracket(word), *p, *end;
	struct kmc_frame frame = { };

	if ((s != word && !*s) || log_is_terminator(s))
		return true;
	if (take_from(stack, s, nomem) || take_rest(stack, s, nomem) ||
	    take_inlined(stack, s, nomem))
		return true;
	p = scan_bracketed(s, &frame.address);
	frame.has_address = p;
	if (!p)
		p = s;
	if (is_leftover(p)) {
		drop_open(stack);
		return true;
	}
	end = *p == '(' && frame.has_address && take_parenthesized(p, &frame, nomem) ? "" :
	      log_scan_function(p, &frame, nomem);
	if (!end && !strncmp(p, "0x", 2)) {
		end = kmc_scan_hex(p + 2, &frame.address);
		frame.has_address = true;
		if (end && *end)
			end = NULL;
	}
	if ((end && ends_frame(end)) || (frame.has_address && p != s)) {
		push(stack, &frame, nomem);
		return true;
	}
	kmc_frame_release(&frame);
	return false;
}

bool log_is_trace(const char *word)
{
	static const char * const lines[] = {
		"Call Trace:", "Call trace:", "Backtrace:", "stack backtrace:", "Trace:",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(lines); i++)
		if (*word == *lines[i] && !strncmp(word, lines[i], strlen(lines[i])))
			return true;
	/* Behind the last row of a stack, whose line had not ended. */
	return strlen(word) > 20 && !strcmp(word + strlen(word) - 11, "Call Trace:");
}
