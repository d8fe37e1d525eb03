// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel asserts, in words: lists whose entries do not point to each other,
 * reference counts, BUG() and WARN() with the condition that the source has.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "explain/bad_pointer.h"
#include "explain/fault.h"
#include "explain/verdict.h"
#include "explain/verdict_text.h"
#include "report/model.h"
#include "report/title.h"

/* A condition that goes on for more lines is cut. */
#define MAX_LINES	6
#define MAX_CONDITION	200

/* ---- lists ---- */

/* The number behind @word; false: there is none, or it is a hash. */
static bool number_behind(const char *s, const char *word, uint64_t *out)
{
	const char *at = strstr(s, word);
	char *end;

	if (!at)
		return false;
	at += strlen(word);
	at += strspn(at, " (");
	*out = strtoull(at, &end, 16);
	return end - at >= 8;
}

/*
 * struct link - what a list's message says
 * @name: "prev->next"; @len bytes of the message
 * @len: see there
 * @found: what it is; @has_found: that is known
 * @has_found: see there
 */
struct link {
	const char *name;
	size_t len;
	uint64_t found;
	bool has_found;
};

/* "prev->next should be A, but was B", "A->next is LIST_POISON1 (B)", "A->next is NULL" */
static bool find_link(const char *message, struct link *out)
{
	const char *arrow = strstr(message, "->");

	*out = (struct link) { };
	if (!arrow)
		return false;
	out->name = arrow;
	while (out->name > message && isalnum((unsigned char)out->name[-1]))
		out->name--;
	out->len = arrow + 2 - out->name + strspn(arrow + 2, "abcdefghijklmnopqrstuvwxyz");
	if (strstr(message, "but was"))
		out->has_found = number_behind(message, "but was", &out->found);
	else if (strstr(arrow, " is NULL"))
		out->has_found = true;
	else
		out->has_found = number_behind(arrow, "LIST_POISON1", &out->found) ||
				 number_behind(arrow, "LIST_POISON2", &out->found);
	return true;
}

static void say_neighbour(struct kmc_buf *why, struct kmc_buf *next,
			  const struct kmc_report *report, const struct link *link)
{
	char name[KMC_POINTER_NAME];
	enum kmc_pointer_kind kind;

	kmc_buf_printf(why, "%.*s ", (int)link->len, link->name);
	if (!link->has_found) {
		kmc_buf_puts(why, "is not what it should be");
		kmc_buf_puts(next, "find out who changes the list without its lock, or frees an entry that is on it");
		return;
	}
	kind = kmc_pointer_tell(link->found, report, name);
	if (*name)
		kmc_buf_printf(why, "is %s", name);
	else
		kmc_buf_printf(why, "is 0x%" PRIx64, link->found);
	switch (kind) {
	case KMC_POINTER_LIST_POISON:
		kmc_buf_puts(why, ": that entry has been deleted already");
		kmc_buf_puts(next, "find out who deletes it twice, or uses it after that");
		break;
	case KMC_POINTER_NULL:
		kmc_buf_puts(why, ": it was never put on a list, or has been cleared since");
		kmc_buf_puts(next, "find out whether INIT_LIST_HEAD() or list_add() is missing, or who clears the entry while it is on the list");
		break;
	case KMC_POINTER_FREED:
		kmc_buf_puts(why, ": the object of that entry has been freed while it was on the list");
		kmc_buf_puts(next, "delete it from the list before it is freed: KASAN names who freed it");
		break;
	case KMC_POINTER_FRESH:
		kmc_buf_puts(why, ": the object of that entry is new, and it was not initialized");
		kmc_buf_puts(next, "set it with INIT_LIST_HEAD(), or find out who freed the object while it was on the list");
		break;
	case KMC_POINTER_UNKNOWN:
	case KMC_POINTER_STACK:
	case KMC_POINTER_IMAGE:
		kmc_buf_puts(why, ", another entry: the list was changed in between, or that entry is on another list");
		kmc_buf_puts(next, "find out who changes the list without its lock, or adds an entry that is on a list already");
		break;
	default:
		kmc_buf_puts(why, ": memory of that entry was overwritten, or freed and used again");
		kmc_buf_puts(next, "find out who wrote there: KASAN names who does");
		break;
	}
}

static void say_list(struct kmc_buf *why, struct kmc_buf *next, const struct kmc_report *report)
{
	const char *message = report->message;
	struct link link;

	if (strstr(message, "double add")) {
		kmc_buf_puts(why, "the entry is on that list already, at the place where it is added");
		kmc_buf_puts(next, "find out who has added it before, and did not delete it");
	} else if (find_link(message, &link)) {
		say_neighbour(why, next, report, &link);
	} else {
		kmc_buf_puts(why, message);
		kmc_buf_puts(next, "find out who changes the list without its lock");
	}
}

/* ---- reference counts ---- */

static void say_refcount(struct kmc_buf *why, struct kmc_buf *next,
			 const struct kmc_report *report)
{
	static const struct {
		const char *error;
		const char *why;
		const char *next;
	} sorts[] = {
		{ "saturated", "the count was larger than any number of references, or negative: references are taken and never dropped, or it was dropped too often, or its memory was overwritten; it stays there, and the object is never freed",
		  "look for a path, as one of an error, that does not drop its reference" },
		{ "underflow", "a reference was dropped that nobody had: the object was freed by whoever dropped the last one, and is used here",
		  "look for who drops a reference twice, or one that it did not take" },
		{ "addition on 0", "a reference was taken to an object whose last one has been dropped: it is being freed",
		  "take the reference with refcount_inc_not_zero() where the object is found, or find out why it can still be found" },
		{ "increment on 0", "a reference was taken to an object whose last one has been dropped: it is being freed",
		  "take the reference with refcount_inc_not_zero() where the object is found, or find out why it can still be found" },
		{ "decrement hit 0", "the last reference was dropped by refcount_dec(), which frees nothing: the object is lost",
		  "use refcount_dec_and_test() and free the object, or find out who dropped one reference too many" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(sorts); i++) {
		if (!report->error || !strstr(report->error, sorts[i].error))
			continue;
		kmc_buf_puts(why, sorts[i].why);
		kmc_buf_puts(next, sorts[i].next);
		return;
	}
	kmc_buf_puts(why, report->message ? report->message : "a reference count went wrong");
	kmc_buf_puts(next, "look for a reference that is dropped twice, or not taken");
}

/* ---- BUG and WARNING ---- */

/* From @line on, up to the parenthesis that closes the first one. */
static bool read_call(struct kmc_source *source, const char *file, int line, struct kmc_buf *out)
{
	int depth = 0;

	for (int i = 0; i < MAX_LINES; i++) {
		size_t len;
		const char *text = kmc_source_line(source, file, line + i, &len);

		for (size_t j = 0; text && j < len; j++) {
			const bool blank = isspace((unsigned char)text[j]);

			if (blank && (!out->len || out->data[out->len - 1] == ' '))
				continue;
			kmc_buf_putc(out, blank ? ' ' : text[j], 1);
			depth += text[j] == '(' ? 1 : text[j] == ')' ? -1 : 0;
			if (text[j] == ')' && !depth)
				return true;
			if (text[j] == ';' || text[j] == '{')
				return false;
		}
		if (!text)
			return false;
		kmc_buf_putc(out, ' ', 1);
	}
	return false;
}

/* The assertion in the text of a statement: "BUG_ON(x > 1)"; false: there is none. */
static bool find_assertion(const struct kmc_buf *text, const char **start, size_t *len)
{
	static const char * const words[] = { "BUG", "WARN", "ASSERT" };

	for (size_t i = 0; text->data && i < KMC_ARRAY_SIZE(words); i++) {
		const char *at = strstr(text->data, words[i]), *end;
		int depth = 0;

		if (!at)
			continue;
		while (at > text->data && (isalnum((unsigned char)at[-1]) || at[-1] == '_'))
			at--;
		for (end = strchr(at, '('); end && *end; end++) {
			depth += *end == '(' ? 1 : *end == ')' ? -1 : 0;
			if (!depth)
				break;
		}
		*start = at;
		*len = end && *end ? (size_t)(end - at + 1) : strlen(at);
		return true;
	}
	return false;
}

static void put_condition(struct kmc_buf *buf, struct kmc_debuginfo *di,
			  const struct kmc_report *report)
{
	struct kmc_source *source = di ? kmc_debuginfo_lines(di) : NULL;
	struct kmc_buf text = { };
	const char *start;
	size_t len;

	if (!source || !report->place.file || report->place.line <= 0)
		return;
	read_call(source, report->place.file, report->place.line, &text);
	kmc_buf_puts(&text, "");
	if (!text.failed && find_assertion(&text, &start, &len)) {
		kmc_buf_printf(buf, "%.*s%s", (int)(len < MAX_CONDITION ? len : MAX_CONDITION), start,
			       len > MAX_CONDITION ? "..." : "");
	}
	buf->failed |= text.failed;
	kmc_buf_release(&text);
}

static void say_assertion(struct kmc_debuginfo *di, struct kmc_buf *headline, struct kmc_buf *why,
			  struct kmc_buf *next, const struct kmc_report *report)
{
	const bool warned = !strcmp(report->checker, "WARNING");
	struct kmc_buf condition = { };

	put_condition(&condition, di, report);
	if (condition.len)
		kmc_buf_printf(headline, ": %s", condition.data);
	else if (report->message)
		kmc_buf_printf(headline, ": %s", report->message);
	if (report->message)
		kmc_buf_printf(why, "%s: ", report->message);
	kmc_buf_puts(why, warned ? "the kernel warned" : "the kernel stopped this task");
	if (report->place.file)
		kmc_buf_printf(why, " at %s:%d", report->place.file, report->place.line);
	if (condition.len)
		kmc_buf_printf(why, ", where the source has %s", condition.data);
	if (condition.len && strchr(condition.data, '(') && !strstr(condition.data, "()"))
		kmc_buf_puts(next, "find out how that came to be true");
	else
		kmc_buf_puts(next, "read the condition there, and find out how it came to be");
	headline->failed |= condition.failed;
	kmc_buf_release(&condition);
}

struct kmc_error *kmc_assertion_say(struct kmc_debuginfo *di, struct kmc_report *report)
{
	struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf headline = { }, why = { }, next = { };

	kmc_title_add(&headline, report);
	if (!strcmp(report->checker, "list") && report->message) {
		verdict->kind = KMC_VERDICT_LIST;
		kmc_buf_puts(&headline, ": ");
		say_list(&why, &next, report);
		kmc_buf_add(&headline, why.data, why.len);
	} else if (!strcmp(report->checker, "refcount")) {
		verdict->kind = KMC_VERDICT_REFCOUNT;
		kmc_buf_printf(&headline, ": %s", report->error ? report->error : "");
		say_refcount(&why, &next, report);
	} else {
		verdict->kind = KMC_VERDICT_ASSERTION;
		say_assertion(di, &headline, &why, &next, report);
	}
	kmc_verdict_put_culprit(&next, "; used in ", report);
	return kmc_verdict_take(verdict, &headline, &why, &next);
}
