// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report's title, in the words that syzbot has for it, so that one can search the
 * world for it.
 *
 * Which functions it names does not depend on debug info: it has those that the compiler
 * has inlined in the one they were inlined into.
 */
#include "report/title.h"

#include <stdlib.h>
#include <string.h>

#include "kmc/output.h"
#include "report/model.h"
#include "report/reporter.h"
#include "report/walk.h"

/* A function in a report may be named anything; those of Rust are long. */
#define NAME_MAX_LEN	200

/*
 * struct function - that a title names; it points into the report
 */
struct function {
	const char *name;
	size_t len;
};

static bool is(const struct kmc_report *report, const char *checker)
{
	return !strcmp(report->checker, checker);
}

static bool begins(const char *s, size_t len, const char *with)
{
	return strlen(with) <= len && !strncmp(s, with, strlen(with));
}

/* Machines and versions wrap system calls differently: the longest prefix goes. */
static struct function strip(const char *symbol)
{
	static const char * const prefixes[] = {
		"SYSC_", "SyS_", "sys_", "__x64_", "__ia32_", "__arm64_", "____sys_", "___sys_",
		"__sys_", "__se_", "__se_sys_", "__do_sys_", "compat_SYSC_", "compat_SyS_", "ksys_",
	};
	struct function out = { symbol, strcspn(symbol, ".") };
	size_t skip = 0;

	if (!out.len)
		out.len = strlen(symbol);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(prefixes); i++) {
		const size_t len = strlen(prefixes[i]);

		if (len > skip && len < out.len && begins(symbol, out.len, prefixes[i]))
			skip = len;
	}
	out.name += skip;
	out.len = out.len - skip < NAME_MAX_LEN ? out.len - skip : NAME_MAX_LEN;
	return out;
}

/*
 * struct warning - one that is always about a caller
 * @file: that it is in
 * @function: in the name of the function; NULL: any
 * @bug: what it is called
 * @passed: begins the names of functions that are passed over as well; may be NULL
 */
struct warning {
	const char *file;
	const char *function;
	const char *bug;
	const char *passed[8];
};

static const struct warning *find_warning(const struct kmc_report *report)
{
	static const struct warning warnings[] = {
		{ "lib/debugobjects.c", NULL, "ODEBUG bug",
		  { "debug_", "rcu", "hrtimer_", "timer_", "__free_", "percpu_", "kobject_" } },
		{ "mm/usercopy.c", NULL, "bad usercopy", { "usercopy", "__check" } },
		{ "lib/kobject.c", NULL, "kobject bug",
		  { "kobject_", "device_add", "netdev_", "__device", "register_net" } },
		{ "fs/proc/generic.c", NULL, "proc registration bug", { "proc_", "_proc" } },
		{ "lib/refcount.c", NULL, "refcount bug", { "refcount" } },
		{ "kernel/locking/lockdep.c", NULL, "locking bug", { "lock_", "__lock", "look_up" } },
		{ "mm/", "malloc", "kmalloc bug", { "kmalloc", "__kmalloc", "kvmalloc" } },
	};
	const char *file = report->place.file ? report->place.file : "";
	const char *function = report->named.symbol ? report->named.symbol : "";

	if (!is(report, "WARNING") && !is(report, "refcount"))
		return NULL;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(warnings); i++) {
		const struct warning *warning = &warnings[i];

		if (strstr(file, warning->file) &&
		    (!warning->function || strstr(function, warning->function)))
			return warning;
	}
	return NULL;
}

static bool is_passed_by(const struct warning *warning, const char *name, size_t len)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(warning->passed) && warning->passed[i]; i++)
		if (begins(name, len, warning->passed[i]))
			return true;
	return false;
}

/* What is passed over in reports of one sort only. */
static bool is_passed(const struct kmc_report *report, const char *name, size_t len)
{
	if (is(report, "KASAN") && strstr(report->error, "free") &&
	    !strstr(report->error, "after-free"))
		return begins(name, len, "kfree") || begins(name, len, "vfree") ||
		       begins(name, len, "vunmap");
	if (find_warning(report))
		return is_passed_by(find_warning(report), name, len);
	if (is(report, "lockdep"))
		return memmem(name, len, "rcu", 3) || begins(name, len, "debug_check_") ||
		       begins(name, len, "check_") || begins(name, len, "print_");
	if (is(report, "KMSAN"))
		return begins(name, len, "netlink_ack") || begins(name, len, "netlink_rcv_skb") ||
		       begins(name, len, "crypto_") || begins(name, len, "cipher_") ||
		       begins(name, len, "drbg_") || begins(name, len, "rng_") ||
		       (len > 8 && !strncmp(name + len - 8, "_encrypt", 8));
	if (is(report, "UBSAN"))
		return memmem(name, len, "overflow", 8);
	if (is(report, "BUG"))
		return begins(name, len, "skb_") || memmem(name, len, "usercopy", 8);
	return false;
}

/* The innermost function that is none of those that anybody calls. */
static bool find_culprit(const struct kmc_report *report, struct function *out)
{
	const struct kmc_stack *stack = &report->frames;
	const char *first = NULL;

	for (size_t i = 0; i < stack->count; i++) {
		const char *symbol = stack->frames[i].symbol;
		size_t len;

		if (!symbol)
			continue;
		len = strcspn(symbol, ".");
		if (!first)
			first = symbol;
		if (kmc_is_generic(symbol, len) || is_passed(report, symbol, len))
			continue;
		*out = strip(symbol);
		return true;
	}
	if (!first)
		first = report->named.symbol;
	if (first)
		*out = strip(first);
	return first;
}

/* Lockdep says in words where the lock was taken. */
static bool find_function(const struct kmc_report *report, struct function *out)
{
	if (is(report, "lockdep") && report->named.symbol) {
		*out = strip(report->named.symbol);
		return true;
	}
	return find_culprit(report, out);
}

/* ---- what happened ---- */

static void add_kasan(struct kmc_buf *buf, const struct kmc_report *report)
{
	const char *free = strstr(report->error, "free");

	if (free && !strstr(report->error, "after-free")) {
		kmc_buf_puts(buf, "KASAN: invalid-free");
		return;
	}
	kmc_buf_printf(buf, "KASAN: %s", report->error);
	if (report->kind == KMC_READ || report->kind == KMC_WRITE)
		kmc_buf_puts(buf, report->kind == KMC_READ ? " Read" : " Write");
}

static void add_kfence(struct kmc_buf *buf, const struct kmc_report *report)
{
	kmc_buf_printf(buf, "KFENCE: %s", report->error);
	if (report->kind == KMC_READ || report->kind == KMC_WRITE)
		kmc_buf_printf(buf, " %s", kmc_kind_name(report->kind));
}

static void add_lockdep(struct kmc_buf *buf, const struct kmc_report *report)
{
	const char *error = report->error;

	if (strstr(error, "circular") || strstr(error, "inversion") ||
	    strstr(error, "recursive") || strstr(error, "lock order"))
		kmc_buf_puts(buf, "possible deadlock");
	else if (strstr(error, "inconsistent lock state"))
		kmc_buf_puts(buf, "inconsistent lock state");
	else
		kmc_buf_printf(buf, "WARNING: %.*s",
			       strstr(error, " detected") ?
			       (int)(strstr(error, " detected") - error) : (int)strlen(error), error);
}

static void add_warning(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct warning *warning = find_warning(report);

	kmc_buf_printf(buf, "WARNING%s%s", warning ? ": " : "", warning ? warning->bug : "");
}

static void add_bug(struct kmc_buf *buf, const struct kmc_report *report)
{
	const char *file = report->place.file ? report->place.file : "";

	if (is(report, "list") || strstr(file, "lib/list_debug.c"))
		kmc_buf_puts(buf, "BUG: corrupted list");
	else if (strstr(file, "mm/usercopy.c"))
		kmc_buf_puts(buf, "BUG: bad usercopy");
	else
		kmc_buf_puts(buf, "kernel BUG");
}

static void add_oops(struct kmc_buf *buf, const struct kmc_report *report)
{
	if (strstr(report->error, "NULL pointer") || strstr(report->error, "paging request") ||
	    strstr(report->error, "user memory"))
		kmc_buf_printf(buf, "BUG: unable to handle kernel %.*s",
			       (int)strcspn(report->error, "("), report->error);
	else if (strstr(report->error, " fault (") || strstr(report->error, "alignment exception"))
		kmc_buf_puts(buf, "Unhandled fault");
	else if (strstr(report->error, "external abort"))
		kmc_buf_puts(buf, "Internal error");
	else if (begins(report->error, strlen(report->error), "stack guard page was hit"))
		kmc_buf_printf(buf, "BUG: %s", report->error);
	else
		kmc_buf_puts(buf, report->error);
}

static void add_what(struct kmc_buf *buf, const struct kmc_report *report)
{
	const char *cache = report->object.cache;

	if (kmc_report_is_kmemcheck(report))
		kmc_buf_printf(buf, "kmemcheck: %s-%s", kmc_state_name(report->state),
			       kmc_kind_name(report->kind));
	else if (is(report, "KASAN"))
		add_kasan(buf, report);
	else if (is(report, "KFENCE"))
		add_kfence(buf, report);
	else if (is(report, "SLUB"))
		kmc_buf_printf(buf, "BUG %s: %s", cache ? cache : "?", report->error);
	else if (is(report, "lockdep"))
		add_lockdep(buf, report);
	else if (is(report, "WARNING") || is(report, "refcount"))
		add_warning(buf, report);
	else if (is(report, "BUG") || is(report, "list"))
		add_bug(buf, report);
	else if (is(report, "gpf"))
		kmc_buf_puts(buf, "general protection fault");
	else if (is(report, "oops"))
		add_oops(buf, report);
	else
		kmc_buf_printf(buf, "%s: %s", report->checker, report->error);
}

bool kmc_title_add(struct kmc_buf *buf, const struct kmc_report *report)
{
	struct function function;
	struct kmc_level level;

	add_what(buf, report);
	if (kmc_report_is_kmemcheck(report)) {
		if (!kmc_walk_culprit(report, false, &level) || !level.function)
			return false;
		kmc_buf_printf(buf, " in %.*s", (int)(level.len < NAME_MAX_LEN ? level.len :
						      NAME_MAX_LEN), level.function);
		return true;
	}
	if (is(report, "SLUB"))
		return false;
	if (find_function(report, &function)) {
		kmc_buf_printf(buf, " in %.*s", (int)function.len, function.name);
		/* Who submits an URB is to blame, and all do it there. */
		if (is(report, "WARNING") && report->named.symbol &&
		    !strcmp(report->named.symbol, "usb_submit_urb"))
			kmc_buf_puts(buf, "/usb_submit_urb");
		return true;
	}
	if (report->place.file && !is(report, "BUG"))
		kmc_buf_printf(buf, " in %s:%d", report->place.file, report->place.line);
	return false;
}

struct kmc_error *kmc_report_title(const struct kmc_report *report, char **out)
{
	struct kmc_buf buf = { };

	kmc_title_add(&buf, report);
	return kmc_buf_take(&buf, out);
}
