// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions that a report names though it is not about them.
 */
#include "report/reporter.h"

#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

/* "^" is the beginning of a name, "$" its end; there are two letters at least. */
static const char * const reporters[] = {
	"^dump_stack", "^__dump_stack", "^show_stack", "^show_regs", "^dump_backtrace", "^show_trace",
	"^unwind_backtrace", "^walk_stackframe", "^print_report", "^print_address_description",
	"^kasan_", "^__kasan_", "^____kasan_", "^__asan_", "^__hwasan_", "^kmsan_", "^__msan_",
	"^__kmsan_", "^ubsan_", "^__ubsan_", "^handle_overflow$", "^val_to_string",
	"^check_memory_region", "^memory_is_poisoned", "^end_report", "^check_panic_on_warn$",
	"^check_bytes_and_report", "^check_pad_bytes", "^check_object", "^check_slab", "^on_freelist",
	"^slab_err", "^slab_bug", "^slab_fix", "^object_err", "^print_trailer", "^slab_pad_check",
	"^alloc_debug_processing", "^free_debug_processing", "^free_to_partial_list",
	"^qlist_free_all", "^list_slab_objects",
	"^alloc_consistency_checks", "^free_consistency_checks", "^init_object", "^kfence_",
	"^print_usage_bug", "^print_circular_bug", "^print_bad_irq_dependency", "^check_noncircular",
	"^warn_slowpath", "^__warn", "^report_bug", "^handle_bug", "^exc_invalid_op",
	"^asm_exc_invalid_op", "^__do_kernel_fault", "^do_tag_check_fault", "^do_mem_abort",
	"^el1_abort", "^el1_sync", "^el1h_64_sync", "^lockdep_rcu_suspicious", "^print_unlock_",
};

/* A function that any may call. */
static const char * const generic[] = {
	"kasan", "kmsan", "__asan", "__msan", "hwasan", "__sanitizer", "ubsan", "refcount_", "^kref_",
	"^panic", "report_bug", "^warn_", "^__warn", "dump_stack", "show_stack", "dump_backtrace",
	"_trap$", "invalid_op", "check_memory_region", "check_heap_object", "check_object",
	"memcpy", "memmove", "memset", "memcmp", "memchr", "memdup", "memscan", "bcmp",
	"strcmp", "strncmp", "strcasecmp", "strcpy", "strncpy", "strlcpy", "strscpy", "strlen",
	"strnlen", "strchr", "strstr", "strnstr", "strdup", "strndup", "strcat", "string",
	"copy_to_user", "copy_from_user", "copy_to_iter", "copy_from_iter", "^copyin$", "^copyout$",
	"copy_page_to_iter", "copy_page_from_iter", "put_user", "get_user", "might_fault",
	"kmalloc", "kzalloc", "kcalloc", "kvmalloc", "vmalloc", "vzalloc", "krealloc", "kmem_cache",
	"slab_", "alloc_page", "^kfree$", "^kvfree$", "^vfree$", "kfree_skb",
	"list_add", "list_del", "list_move", "list_splice", "list_replace", "^rb_", "^__rb_", "^klist_",
	"spin_lock", "spin_unlock", "spin_trylock", "read_lock", "read_unlock", "write_lock",
	"write_unlock", "^mutex_", "^__mutex_", "^rt_mutex_", "^down$", "down_read", "down_write",
	"up_read", "up_write", "osq_lock", "lock_acquire", "lock_release", "mark_lock", "lockdep",
	"atomic_", "atomic64_", "set_bit", "clear_bit", "test_bit", "change_bit", "read_once",
	"READ_ONCE", "read_word_at_a_time", "xas_start", "xas_load", "xas_find", "find_lock_entries",
	"truncate_inode_pages_range", "print_report", "print_address_description", "__wake_up",
	"snprintf", "kasprintf", "scnprintf", "^pointer$", "lock_class", "_is_static_object", "might_sleep",
	"usb_submit_urb", "usb_kill_urb", "usb_kill_anchored_urbs", "device_unregister",
	"device_remove_file", "device_destroy", "kthread_stop", "finish_wait", "dev_info", "va_format",
	"try_to_grab_pending", "destroy_workqueue", "flush_workqueue", "add_uevent_var", "fixup_bug",
	"do_error", "usb_control_msg", "usb_bulk_msg", "perf_trace", "drain_workqueue", "should_fail",
	"printk", "^crc", "wait_for_completion", "^complete$", "debug_object",
	"flush_work", "cancel_work_sync", "queue_work", "queue_delayed_work", "del_timer",
	"timer_delete", "mod_timer", "kobject_", "device_add", "device_del", "sysfs_remove", "^dput$",
	"^iput$", "rhashtable_lookup", "usercopy", "fortify", "stack_trace_save", "ida_free",
	"do_kernel_fault", "tag_check", "mem_abort", "^el1_", "^el1h_",
	"_indirect_thunk_", "refcount_warn", "csum_partial",
};

/* A bit for a letter; some letters share one. */
static uint64_t letter(char c)
{
	return 1ULL << (c & 63);
}

/* @len: of the name, without what the compiler has added to it; @letters: that it has */
static bool fits(const char *pattern, const char *name, size_t len, uint64_t letters)
{
	const bool first = *pattern == '^';
	bool last;
	size_t size;

	pattern += first;
	/* Each frame of each report asks for each pattern, and nearly none fits. */
	if (first ? *name != *pattern : !(letters & letter(pattern[0])) ||
					!(letters & letter(pattern[1])))
		return false;
	size = strlen(pattern);
	last = pattern[size - 1] == '$';
	size -= last;
	for (size_t i = 0; i + size <= len; i++) {
		if (name[i] == *pattern && !memcmp(name + i, pattern, size) &&
		    (!last || i + size == len))
			return true;
		if (first)
			break;
	}
	return false;
}

static bool fits_any(const char * const *list, size_t count, const char *name, size_t len)
{
	uint64_t letters = 0;

	for (size_t i = 0; i < len; i++)
		letters |= letter(name[i]);
	for (size_t i = 0; i < count; i++)
		if (fits(list[i], name, len, letters))
			return true;
	return false;
}

bool kmc_is_reporter(const char *symbol)
{
	return symbol && fits_any(reporters, KMC_ARRAY_SIZE(reporters), symbol, strlen(symbol));
}

bool kmc_is_generic(const char *function, size_t len)
{
	return fits_any(generic, KMC_ARRAY_SIZE(generic), function, len);
}
