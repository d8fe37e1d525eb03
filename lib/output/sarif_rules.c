// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kmemcheck and other checkers find, what that means and what to do about it. GitHub shows
 * the help beside an alert.
 */
#include "output/sarif_rules.h"

#include <string.h>

#include "base/buf.h"
#include "report/model.h"

/*
 * struct rule - a sort of finding
 * @name: in PascalCase, as the standard wants it
 * @what: happened, a sentence
 * @why: it matters
 * @todo: what to do
 */
struct rule {
	const char *id;
	const char *name;
	const char *what;
	const char *why;
	const char *todo;
};

/* Their order is what ruleIndex says, so a new one goes to the end. */
enum {
	UNINITIALIZED_READ, UNALLOCATED_READ, FREED_READ, INVALID_READ,
	UNINITIALIZED_WRITE, UNALLOCATED_WRITE, FREED_WRITE, INVALID_WRITE,
	INFOLEAK, INVALID_FREE, NULL_DEREFERENCE, BAD_ACCESS, UNDEFINED, CORRUPTION, ASSERTION,
	REFCOUNT, LOCKING, ERROR_POINTER, STALE_POINTER, POINTER_NOT_SET, USER_ADDRESS,
	OUT_OF_BOUNDS_READ, OUT_OF_BOUNDS_WRITE, DOUBLE_FREE, OBJECTS_REMAINING, LIST_CORRUPTION,
	WARNING, ARRAY_INDEX, SHIFT, ARITHMETIC,
};

#define INITIALIZE \
	"Write every member before it is used, or have the allocation zero the memory. " \
	"Where only padding or neighbours of a bit-field were read, it is a false " \
	"positive: annotate it."
#define ALLOCATE \
	"Look at where the pointer comes from and whether the object is as large as the " \
	"access expects."
#define LIFETIME \
	"Find out why there still was a pointer to the object when it was freed: a missing " \
	"reference, a missing lock, or a list that it was not removed from."
#define BOUNDS \
	"Compare the index or length with how much there is, and find out where it comes from."
#define DEFINED \
	"Test the value before it is used, or use a type that can hold it."
#define DAMAGED \
	"Look at other reports of the same boot first: the memory of the checker itself was " \
	"written to, or hardware fails."

static const struct rule rules[] = {
	[UNINITIALIZED_READ] = { "uninitialized-read", "UninitializedRead",
		"Memory is used before it was initialized.",
		"What is read depends on who had the memory before: decisions are made by chance.",
		INITIALIZE },
	[UNALLOCATED_READ] = { "unallocated-read", "UnallocatedRead",
		"Memory is read that is not allocated.",
		"It lies beyond the end of an object or was never handed out; its content may change at any time.", ALLOCATE },
	[FREED_READ] = { "use-after-free-read", "UseAfterFreeRead",
		"Memory is read after it was freed.",
		"It may belong to somebody else by now, who may choose what is read.", LIFETIME },
	[INVALID_READ] = { "invalid-read", "InvalidRead",
		"Memory is read whose recorded state is damaged.",
		"The checker cannot say whether that was right.", DAMAGED },
	[UNINITIALIZED_WRITE] = { "uninitialized-write", "UninitializedWrite",
		"Memory is changed that was not initialized.",
		"The new value is made of an old one, which is arbitrary.", INITIALIZE },
	[UNALLOCATED_WRITE] = { "unallocated-write", "UnallocatedWrite",
		"Memory is written that is not allocated.",
		"It lies beyond the end of an object or was never handed out; whoever gets it is overwritten.", ALLOCATE },
	[FREED_WRITE] = { "use-after-free-write", "UseAfterFreeWrite",
		"Memory is written after it was freed.",
		"It may belong to somebody else by now, whose data are overwritten.", LIFETIME },
	[INVALID_WRITE] = { "invalid-write", "InvalidWrite",
		"Memory is written whose recorded state is damaged.",
		"The checker cannot say whether that was right.", DAMAGED },
	[INFOLEAK] = { "infoleak", "Infoleak",
		"Memory that was not initialized leaves the kernel.",
		"What was in that memory before, a pointer or a key, can be read by a user, a device or the network.",
		"Write every member and the padding before the copy: have the allocation zero the memory, or clear the structure with memset(). An initializer need not clear padding." },
	[INVALID_FREE] = { "invalid-free", "InvalidFree",
		"Memory is freed that is not allocated.",
		"It was freed before, or is not the start of an object; the allocator's own data are damaged.", LIFETIME },
	[NULL_DEREFERENCE] = { "null-dereference", "NullDereference",
		"A NULL pointer is used.",
		"The kernel cannot go on in this task.",
		"Find out who left the pointer NULL, and whether it has to be tested here." },
	[BAD_ACCESS] = { "bad-access", "BadAccess",
		"An address is used that is none of the kernel's.",
		"A pointer was damaged, or never set.",
		"Find out where the register with that address got its value." },
	[UNDEFINED] = { "undefined-behaviour", "UndefinedBehaviour",
		"The code does what C does not define.",
		"The compiler may have made anything of it.",
		DEFINED },
	[CORRUPTION] = { "memory-corruption", "MemoryCorruption",
		"Memory has been overwritten.",
		"It was found out later, so whoever did it is not on the stack.",
		"See whose object it is and what the bytes are; KASAN finds the one who writes." },
	[ASSERTION] = { "assertion", "Assertion",
		"The kernel found itself in a state that it did not expect.",
		"What it took for granted does not hold.",
		"Read the condition at that line, and who is to keep it." },
	[REFCOUNT] = { "refcount", "Refcount",
		"A reference count went wrong.",
		"An object may be freed while it is in use, or never.",
		"Look for a reference that is dropped twice, or not taken." },
	[LOCKING] = { "locking", "Locking",
		"Locks are used in a way that can stop the kernel.",
		"Two tasks may wait for each other for ever.",
		"Take the locks in the same order everywhere." },
	[ERROR_POINTER] = { "error-pointer", "ErrorPointer",
		"An error is used as a pointer.",
		"The kernel cannot go on in this task, and what failed was not noticed.",
		"Test the pointer with IS_ERR() where the function that returned it was called." },
	[STALE_POINTER] = { "suspected-use-after-free", "SuspectedUseAfterFree",
		"A pointer is used that only what was freed or deleted has.",
		"The object that it was read from may belong to somebody else by now.", LIFETIME },
	[POINTER_NOT_SET] = { "pointer-not-set", "PointerNotSet",
		"A pointer is used that nobody has set.",
		"It is what the memory was filled with when it was allocated.", INITIALIZE },
	[USER_ADDRESS] = { "user-address", "UserAddress",
		"The kernel uses an address of user space as its own.",
		"What is there is chosen by a program, where the processor does not stop it.",
		"Use copy_from_user() and its kin, or find out how the pointer was overwritten." },
	[OUT_OF_BOUNDS_READ] = { "out-of-bounds-read", "OutOfBoundsRead",
		"Memory is read beyond an object or in front of it.",
		"What lies there is somebody else's, who may choose what is read, or whose secrets it is.",
		BOUNDS },
	[OUT_OF_BOUNDS_WRITE] = { "out-of-bounds-write", "OutOfBoundsWrite",
		"Memory is written beyond an object or in front of it.",
		"What lies there is somebody else's, whose data are overwritten.", BOUNDS },
	[DOUBLE_FREE] = { "double-free", "DoubleFree",
		"Memory is freed that has been freed before.",
		"It may belong to somebody else by now, whose object goes away.",
		"Find out which of the two has to free it; an error path often does what its caller does, too." },
	[OBJECTS_REMAINING] = { "objects-remaining", "ObjectsRemaining",
		"A cache is destroyed that still has objects.",
		"They are leaked, and whoever still uses one uses freed memory.",
		"Free them all before kmem_cache_destroy(); wait with rcu_barrier() for those that RCU frees." },
	[LIST_CORRUPTION] = { "list-corruption", "ListCorruption",
		"The neighbours of a list entry do not point to it.",
		"An entry was added or deleted twice, or freed while it was on the list, or overwritten.",
		"Look for who deletes it, and which lock is to keep others away." },
	[WARNING] = { "warning", "Warning",
		"The kernel found something that it did not expect, and went on.",
		"What it took for granted does not hold.",
		"Read the condition at that line, and who is to keep it." },
	[ARRAY_INDEX] = { "array-index-out-of-bounds", "ArrayIndexOutOfBounds",
		"An index is outside of its array.",
		"What lies beside the array is read or overwritten.", BOUNDS },
	[SHIFT] = { "shift-out-of-bounds", "ShiftOutOfBounds",
		"A number is shifted by more bits than it has, or by less than none.",
		"What comes of it depends on the machine and the compiler.", DEFINED },
	[ARITHMETIC] = { "arithmetic-overflow", "ArithmeticOverflow",
		"The result of a calculation does not fit into its type.",
		"A size or an index that is made of it is too small, and what is tested with it passes.",
		DEFINED },
};

/* Of a fault, what the pointer was; -1: that is not known. */
static int rule_of_pointer(enum kmc_verdict_class kind)
{
	switch (kind) {
	case KMC_VERDICT_NULL:
		return NULL_DEREFERENCE;
	case KMC_VERDICT_ERROR_POINTER:
		return ERROR_POINTER;
	case KMC_VERDICT_STALE:
		return STALE_POINTER;
	case KMC_VERDICT_FRESH:
		return POINTER_NOT_SET;
	case KMC_VERDICT_USER:
		return USER_ADDRESS;
	case KMC_VERDICT_WILD:
		return BAD_ACCESS;
	default:
		return -1;
	}
}

static int rule_of_undefined(const char *error)
{
	static const struct {
		const char *has;
		int rule;
	} rules_of[] = {
		{ "index", ARRAY_INDEX }, { "shift", SHIFT }, { "pointer", UNDEFINED },
		{ "overflow", ARITHMETIC },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(rules_of); i++)
		if (strstr(error, rules_of[i].has))
			return rules_of[i].rule;
	return UNDEFINED;
}

/* Of another checker, what its report came to; -1: that is not known. */
static int rule_of_verdict(const struct kmc_report *report)
{
	const bool writes = report->kind == KMC_WRITE;

	switch (report->verdict.kind) {
	case KMC_VERDICT_SLACK:
		return writes ? OUT_OF_BOUNDS_WRITE : OUT_OF_BOUNDS_READ;
	case KMC_VERDICT_FREED:
		return writes ? FREED_WRITE : FREED_READ;
	case KMC_VERDICT_UNINIT:
		return UNINITIALIZED_READ;
	case KMC_VERDICT_DOUBLE_FREE:
		return DOUBLE_FREE;
	case KMC_VERDICT_INVALID_FREE:
		return INVALID_FREE;
	case KMC_VERDICT_CORRUPTION:
		return CORRUPTION;
	case KMC_VERDICT_REMAINING:
		return OBJECTS_REMAINING;
	case KMC_VERDICT_LIST:
		return LIST_CORRUPTION;
	case KMC_VERDICT_REFCOUNT:
		return REFCOUNT;
	case KMC_VERDICT_UNDEFINED:
		return rule_of_undefined(report->error);
	default:
		return rule_of_pointer(report->verdict.kind);
	}
}

/* By who has reported it, and in which words. */
static int rule_of_checker(const struct kmc_report *report)
{
	static const struct {
		const char *checker;
		int rule;
	} rules_of[] = {
		{ "UBSAN", UNDEFINED }, { "SLUB", CORRUPTION }, { "list", LIST_CORRUPTION },
		{ "BUG", ASSERTION }, { "WARNING", WARNING }, { "refcount", REFCOUNT },
		{ "lockdep", LOCKING },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(rules_of); i++)
		if (!strcmp(report->checker, rules_of[i].checker))
			return rules_of[i].rule;
	if (strstr(report->error, "NULL pointer") || strstr(report->error, "null-ptr-deref") ||
	    (report->hint && strstr(report->hint, "null-ptr-deref")))
		return NULL_DEREFERENCE;
	if (strstr(report->error, "corruption"))
		return CORRUPTION;
	return strstr(report->error, "free") ? INVALID_FREE : BAD_ACCESS;
}

int kmc_sarif_rule(const struct kmc_report *report)
{
	static const int by_state[][2] = {
		[KMC_UNINITIALIZED] = { UNINITIALIZED_READ, UNINITIALIZED_WRITE },
		[KMC_UNALLOCATED] = { UNALLOCATED_READ, UNALLOCATED_WRITE },
		[KMC_FREED] = { FREED_READ, FREED_WRITE },
		[KMC_INITIALIZED] = { INVALID_READ, INVALID_WRITE },
		[KMC_INVALID] = { INVALID_READ, INVALID_WRITE },
		[KMC_UNKNOWN_STATE] = { INVALID_READ, INVALID_WRITE },
	};

	if (report->kind == KMC_INFOLEAK)
		return INFOLEAK;
	if (!kmc_report_is_kmemcheck(report)) {
		const int rule = rule_of_verdict(report);

		if (rule >= 0 || report->state == KMC_UNKNOWN_STATE)
			return rule >= 0 ? rule : rule_of_checker(report);
	}
	return by_state[report->state][report->kind == KMC_WRITE];
}

const char *kmc_sarif_rule_id(int rule)
{
	return rules[rule].id;
}

static json_t *help_of(const struct rule *rule)
{
	struct kmc_buf text = { }, markdown = { };
	json_t *help;

	kmc_buf_printf(&text, "%s %s %s", rule->what, rule->why, rule->todo);
	kmc_buf_printf(&markdown, "**%s** %s\n\n### What to do\n\n%s\n", rule->what,
		       rule->why, rule->todo);
	help = text.failed || markdown.failed ? NULL :
	       json_pack("{s:s, s:s}", "text", text.data, "markdown", markdown.data);
	kmc_buf_release(&text);
	kmc_buf_release(&markdown);
	return help;
}

static json_t *full_of(const struct rule *rule)
{
	struct kmc_buf text = { };
	json_t *full;

	kmc_buf_printf(&text, "%s %s", rule->what, rule->why);
	full = text.failed ? NULL : json_pack("{s:s}", "text", text.data);
	kmc_buf_release(&text);
	return full;
}

json_t *kmc_sarif_rules(void)
{
	json_t *list = json_array();

	/* Precision and severity are GitHub's own; it filters and sorts by them. */
	for (size_t i = 0; i < KMC_ARRAY_SIZE(rules); i++)
		json_array_append_new(list, json_pack(
			"{s:s, s:s, s:{s:s}, s:o, s:o, s:{s:s}, s:{s:s, s:s, s:[s, s]}}",
			"id", rules[i].id, "name", rules[i].name,
			"shortDescription", "text", rules[i].what,
			"fullDescription", full_of(&rules[i]),
			"help", help_of(&rules[i]),
			"defaultConfiguration", "level", "error",
			"properties", "precision", "high", "problem.severity", "error",
			"tags", "correctness", "memory"));
	return list;
}
