// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makes a bug, how reports are counted, and what editors and SARIF get.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "report/model.h"
#include "report/signature.h"

static struct kmc_frame *push(struct kmc_stack *stack, const char *symbol)
{
	struct kmc_frame *frame = kmc_stack_push(stack, stack->count ?
						 KMC_ROLE_RETURN : KMC_ROLE_RIP);

	assert_non_null(frame);
	frame->symbol = symbol ? strdup(symbol) : NULL;
	frame->has_offset = true;
	/* Differs from report to report, as in life. */
	frame->has_address = true;
	frame->address = 0xffffffff81000000 + (uintptr_t)frame % 0x100000;
	return frame;
}

/* An inline chain, innermost first; the strings are literals. */
static void set_chain(struct kmc_frame *frame, size_t count,
		      const struct kmc_location *chain)
{
	frame->chain = calloc(count, sizeof(*chain));
	memcpy(frame->chain, chain, count * sizeof(*chain));
	frame->chain_len = count;
}

static struct kmc_report *report_of(const char *a, const char *b, const char *c,
				    const char *d)
{
	const char *const names[] = { a, b, c, d };
	struct kmc_report *report = kmc_report_new("boot.log");

	report->checker = "kmemcheck";
	report->state = KMC_UNINITIALIZED;
	report->bits = 32;
	report->line = 12;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names) && names[i]; i++)
		push(&report->frames, names[i]);
	return report;
}

/* Frees @report. */
static void assert_signature(struct kmc_report *report, const char *wanted)
{
	char *signature;

	assert_null(kmc_signature(report, &signature));
	assert_string_equal(signature, wanted);
	free(signature);
	kmc_report_free(report);
}

/* ---- signature ---- */

static void compiler_suffixes_do_not_split_a_bug(void **state)
{
	(void)state;
	assert_signature(report_of("foo.isra.0", "bar.constprop.3.part.1",
				   "baz.cold", "main"),
			 "uninitialized-read in foo < bar < baz");
}

static void helpers_are_not_the_culprit(void **state)
{
	(void)state;
	assert_signature(report_of("memcpy_erms", "__kasan_check_read", "foo",
				   "bar"), "uninitialized-read in foo < bar");
	assert_signature(report_of("copy_user_enhanced_fast_string",
				   "_copy_to_user", "foo", NULL),
			 "uninitialized-read in foo");
	/* A caller of the culprit is what it is. */
	assert_signature(report_of("foo", "memcpy", "bar", NULL),
			 "uninitialized-read in foo < memcpy < bar");
	assert_signature(report_of("memset", NULL, NULL, NULL),
			 "uninitialized-read in memset");
	assert_signature(report_of("memory_failure", "copy_process", NULL, NULL),
			 "uninitialized-read in memory_failure < copy_process");
}

static void inlined_counts_like_called(void **state)
{
	static const struct kmc_location chain[] = {
		{ "memcpy", "include/linux/fortify-string.h", 1, 1 },
		{ "copy_siginfo", "include/linux/signal.h", 2, 1 },
		{ "collect_signal", "kernel/signal.c", 3, 1 },
		{ "__dequeue_signal", "kernel/signal.c", 4, 1 },
	};
	struct kmc_report *inlined = report_of("__dequeue_signal.isra.0",
					       "dequeue_signal", NULL, NULL);

	(void)state;
	set_chain(&inlined->frames.frames[0], 4, chain);
	assert_signature(inlined, "uninitialized-read in copy_siginfo < collect_signal < __dequeue_signal");
	assert_signature(report_of("copy_siginfo", "collect_signal",
				   "__dequeue_signal", "dequeue_signal"),
			 "uninitialized-read in copy_siginfo < collect_signal < __dequeue_signal");
}

static void old_kernels_name_the_instruction_twice(void **state)
{
	struct kmc_report *report = report_of("foo", "foo", "bar", NULL);

	(void)state;
	report->frames.frames[1].address = report->frames.frames[0].address;
	assert_signature(report, "uninitialized-read in foo < bar");
}

static void module_tells_namesakes_apart(void **state)
{
	struct kmc_report *report = report_of("probe", NULL, NULL, NULL);

	(void)state;
	report->frames.frames[0].module = strdup("foo");
	report->state = KMC_FREED;
	report->kind = KMC_WRITE;
	assert_signature(report, "freed-write in probe [foo]");
}

static void nameless_reports_are_not_all_one_bug(void **state)
{
	struct kmc_report *report = report_of(NULL, NULL, NULL, NULL);

	(void)state;
	push(&report->frames, NULL)->address = 0xffffffffa1000123;
	report->kernel.kaslr_offset = 0x20000000;
	assert_signature(report, "uninitialized-read at 0xffffffff81000123");
	assert_signature(report_of(NULL, NULL, NULL, NULL), "uninitialized-read");
}

static void member_is_part_of_it(void **state)
{
	struct kmc_report *report = report_of("foo", NULL, NULL, NULL);
	char *signature;

	(void)state;
	assert_null(kmc_signature_at(report, "struct sigqueue", "info.si_code",
				     &signature));
	assert_string_equal(signature,
			    "uninitialized-read in foo, sigqueue.info.si_code");
	free(signature);
	assert_null(kmc_signature_at(report, "union x", "", &signature));
	assert_string_equal(signature, "uninitialized-read in foo, x");
	free(signature);
	kmc_report_free(report);
}

static void hash_is_the_same_for_ever(void **state)
{
	char hash[KMC_HASH_SIZE];

	(void)state;
	kmc_signature_hash("", hash);
	assert_string_equal(hash, "cbf29ce484222325");
	kmc_signature_hash("foobar", hash);
	assert_string_equal(hash, "85944171f73967e8");
}

/* ---- group ---- */

static struct kmc_report *numbered(unsigned int bug, unsigned long line,
				   uint64_t count)
{
	char name[32];
	struct kmc_report *report;

	snprintf(name, sizeof(name), "bug%u", bug);
	report = report_of(name, NULL, NULL, NULL);
	report->line = line;
	report->count = count;
	report->time = line / 10.0;
	return report;
}

static void reports_of_a_bug_are_counted(void **state)
{
	const struct kmc_bug *bug;
	struct kmc_group *group;
	struct kmc_report *whole;

	(void)state;
	assert_null(kmc_group_new(0, &group));
	for (unsigned int i = 0; i < 100; i++)
		assert_null(kmc_group_add(group, numbered(i % 3, i, 1)));
	whole = numbered(1, 100, 1000);
	free((char *)whole->source);
	whole->source = strdup("other.log");
	assert_null(kmc_group_add(group, whole));
	kmc_group_sort(group);
	bug = kmc_group_get(group, 0);
	assert_string_equal(bug->signature, "uninitialized-read in bug1");
	assert_int_equal(bug->reports, 34);
	assert_int_equal(bug->count, 1033);
	assert_int_equal(bug->first.line, 1);
	assert_string_equal(bug->first.source, "boot.log");
	assert_int_equal(bug->last.line, 100);
	assert_string_equal(bug->last.source, "other.log");
	assert_int_equal(bug->example->line, 1);
	/* As many as the next, and it came first. */
	assert_string_equal(kmc_group_get(group, 1)->signature,
			    "uninitialized-read in bug0");
	assert_non_null(kmc_group_get(group, 2));
	assert_null(kmc_group_get(group, 3));
	assert_int_equal(kmc_group_dropped(group), 0);
	kmc_group_free(group);
}

static void whole_report_is_the_example(void **state)
{
	struct kmc_report *cut = numbered(1, 5, 1);
	struct kmc_group *group;

	(void)state;
	cut->truncated = true;
	assert_null(kmc_group_new(0, &group));
	assert_null(kmc_group_add(group, cut));
	assert_null(kmc_group_add(group, numbered(1, 6, 1)));
	assert_null(kmc_group_add(group, numbered(1, 7, 1)));
	assert_int_equal(kmc_group_get(group, 0)->example->line, 6);
	assert_int_equal(kmc_group_get(group, 0)->first.line, 5);
	kmc_group_free(group);
}

static struct kmc_report *of_kasan(unsigned long line, const char *release)
{
	struct kmc_report *report = numbered(1, line, 1);

	report->checker = "KASAN";
	report->error = strdup("slab-use-after-free");
	report->kernel.release = strdup(release);
	return report;
}

/* Nothing that is found out about those that are counted would be shown. */
static void known_bug_is_not_explained_again(void **state)
{
	struct kmc_report *new = of_kasan(1, "6.1.0"), *whole = of_kasan(3, "6.1.0");
	struct kmc_report *cut = of_kasan(2, "6.1.0"), *other = of_kasan(5, "6.12.0");
	struct kmc_report *kmemcheck = numbered(2, 7, 1), *again = numbered(2, 8, 1);
	struct kmc_group *group;
	bool counted;

	(void)state;
	assert_null(kmc_group_new(0, &group));
	new->truncated = true;
	assert_null(kmc_group_count(group, new, &counted));
	assert_false(counted);
	assert_null(kmc_group_add(group, new));
	cut->truncated = true;
	assert_null(kmc_group_count(group, cut, &counted));
	assert_true(counted);
	assert_null(kmc_group_count(group, whole, &counted));
	assert_false(counted);
	assert_null(kmc_group_add(group, whole));
	assert_null(kmc_group_count(group, of_kasan(4, "6.1.0"), &counted));
	assert_true(counted);
	assert_null(kmc_group_count(group, other, &counted));
	assert_false(counted);
	assert_int_equal(kmc_group_get(group, 0)->reports, 4);
	assert_int_equal(kmc_group_get(group, 0)->example->line, 3);
	assert_int_equal(kmc_group_get(group, 0)->last.line, 4);
	/* Functions that were inlined, and the object, are part of its signature. */
	assert_null(kmc_group_add(group, kmemcheck));
	assert_null(kmc_group_count(group, again, &counted));
	assert_false(counted);
	kmc_report_free(again);
	kmc_report_free(other);
	kmc_group_free(group);
}

static void number_of_bugs_is_bounded(void **state)
{
	struct kmc_group *group;

	(void)state;
	assert_null(kmc_group_new(10, &group));
	for (unsigned int i = 0; i < 50; i++)
		assert_null(kmc_group_add(group, numbered(i % 25, i, 1)));
	assert_null(kmc_group_get(group, 10));
	assert_int_equal(kmc_group_dropped(group), 30);
	assert_int_equal(kmc_group_get(group, 9)->reports, 2);
	kmc_group_free(group);
}

/* The format that users call so. */
static const struct kmc_format *format_of(const char *name)
{
	const struct kmc_format *format;
	size_t i = 0;

	do {
		format = kmc_format_get(i++);
		assert_non_null(format);
	} while (strcmp(format->name, name));
	return format;
}

static void sum_of_counts_does_not_wrap(void **state)
{
	const struct kmc_format_options opts = { .size = sizeof(opts) };
	struct kmc_group *group;
	char *json;

	(void)state;
	assert_null(kmc_group_new(0, &group));
	assert_null(kmc_group_add(group, numbered(1, 1, UINT64_MAX)));
	assert_null(kmc_group_add(group, numbered(1, 2, UINT64_MAX)));
	assert_true(kmc_group_get(group, 0)->count == UINT64_MAX);
	assert_null(format_of("json")->bug(&opts, kmc_group_get(group, 0), true, &json));
	assert_non_null(strstr(json, "\"count\":9223372036854775807"));
	free(json);
	kmc_group_free(group);
}

/* ---- errors ---- */

static void errors_of(struct kmc_report *report, uint64_t count, const char *source,
		      char **text)
{
	const struct kmc_format_options opts = { .size = sizeof(opts), .source = source };

	report->count = count;
	assert_null(format_of("errors")->report(&opts, report, true, text));
}

static const struct kmc_location leak_chain[] = {
	{ "copy_to_user", "include/linux/uaccess.h", 192, 9 },
	{ "put_it", "fs/foo.c", 30, 2 },
	{ "foo_ioctl", "fs/foo.c", 77, 3 },
};
static const struct kmc_location alloc_chain[] = {
	{ "kmalloc", "include/linux/slab.h", 500, 1 },
	{ "foo_open", "fs/foo.c", 12, 1 },
};

static struct kmc_report *placed_report(void)
{
	struct kmc_report *report = report_of("foo_ioctl", "vfs_ioctl", NULL,
					      NULL);

	report->kind = KMC_INFOLEAK;
	set_chain(&report->frames.frames[0], 3, leak_chain);
	report->alloc.known = true;
	set_chain(push(&report->alloc.stack, "foo_open"), 2, alloc_chain);
	return report;
}

static void errors_look_like_a_compilers(void **state)
{
	struct kmc_report *report = placed_report();
	char *text;

	(void)state;
	errors_of(report, 3, NULL, &text);
	assert_string_equal(text,
		"fs/foo.c:30: warning: 32-bit infoleak of uninitialized memory in put_it(), 3 times [kmemcheck]\n"
		"include/linux/uaccess.h:192: note: in copy_to_user()\n"
		"fs/foo.c:77: note: inlined into foo_ioctl()\n"
		"fs/foo.c:12: note: allocated here, in foo_open()\n");
	free(text);
	kmc_report_free(report);
}

static void errors_fall_back_to_the_log(void **state)
{
	struct kmc_report *report = report_of("memcpy", "foo\033", NULL, NULL);
	char *text;

	(void)state;
	errors_of(report, 1, "/", &text);
	assert_string_equal(text, "boot.log:12: warning: 32-bit read of uninitialized memory in foo\\x1b() [kmemcheck]\n");
	free(text);
	report->from_stream = true;
	errors_of(report, 1, NULL, &text);
	assert_memory_equal(text, "boot.log: warning: ", 19);
	free(text);
	kmc_report_free(report);
}

static void errors_stay_in_the_tree(void **state)
{
	static const struct kmc_location chain[] = {
		{ "evil", "../../../../../../../etc/passwd", 1, 1 },
	};
	static const struct kmc_location inside[] = {
		{ "good", "unit/helper.h", 1, 1 },
	};
	struct kmc_report *report = report_of("evil", "good", NULL, NULL);
	char *text;

	(void)state;
	set_chain(&report->frames.frames[0], 1, chain);
	errors_of(report, 1, "tests", &text);
	assert_memory_equal(text, "../../", 6);
	free(text);
	free(report->frames.frames[0].chain);
	set_chain(&report->frames.frames[0], 1, inside);
	errors_of(report, 1, "tests/", &text);
	assert_memory_equal(text, "tests/unit/helper.h:1: ", 23);
	free(text);
	errors_of(report, 1, "lib", &text);
	assert_memory_equal(text, "unit/helper.h:1: ", 17);
	free(text);
	kmc_report_free(report);
}

/* ---- SARIF ---- */

/* The whole document of some results. */
static json_t *sarif_of(struct kmc_report **reports, size_t count)
{
	const struct kmc_format_options opts = {
		.size = sizeof(opts), .source = "/src/my linux"
	};
	const struct kmc_format *sarif = format_of("sarif");
	struct kmc_buf buf = { };
	json_t *json;
	char *text;

	assert_null(sarif->begin(&opts, &text));
	kmc_buf_puts(&buf, text);
	free(text);
	for (size_t i = 0; i < count; i++) {
		reports[i]->count = i + 1;
		assert_null(sarif->report(&opts, reports[i], !i, &text));
		kmc_buf_puts(&buf, text);
		free(text);
	}
	assert_null(sarif->end(&opts, &text));
	kmc_buf_puts(&buf, text);
	free(text);
	json = json_loads(buf.data, JSON_REJECT_DUPLICATES, NULL);
	kmc_buf_release(&buf);
	assert_non_null(json);
	return json;
}

static json_t *first_run(json_t *json)
{
	return json_array_get(json_object_get(json, "runs"), 0);
}

static void sarif_without_results_is_whole(void **state)
{
	json_t *json = sarif_of(NULL, 0);
	json_t *run = first_run(json);

	(void)state;
	assert_int_equal(json_array_size(json_object_get(run, "results")), 0);
	assert_string_equal(json_string_value(json_object_get(json_object_get(
		json_object_get(run, "originalUriBaseIds"), "SRCROOT"), "uri")),
		"file:///src/my%20linux/");
	json_decref(json);
}

static void sarif_rule_index_names_the_rule(void **state)
{
	json_t *json, *rules, *results;
	size_t count = 0;
	struct kmc_report *reports[15];

	(void)state;
	for (int kind = KMC_READ; kind <= KMC_INFOLEAK; kind++) {
		for (int s = KMC_UNALLOCATED; s <= KMC_INVALID; s++) {
			reports[count] = report_of("foo", NULL, NULL, NULL);
			reports[count]->kind = kind;
			reports[count++]->state = s;
		}
	}
	json = sarif_of(reports, count);
	results = json_object_get(first_run(json), "results");
	rules = json_object_get(json_object_get(json_object_get(
			first_run(json), "tool"), "driver"), "rules");
	assert_int_equal(json_array_size(results), count);
	for (size_t i = 0; i < count; i++) {
		json_t *result = json_array_get(results, i);
		json_t *rule = json_array_get(rules, json_integer_value(
			json_object_get(result, "ruleIndex")));

		assert_true(json_equal(json_object_get(rule, "id"),
				       json_object_get(result, "ruleId")));
		kmc_report_free(reports[i]);
	}
	json_decref(json);
}

static void sarif_result_has_place_and_stacks(void **state)
{
	struct kmc_report *report = placed_report();
	json_t *json = sarif_of(&report, 1), *result;
	const char *file, *base, *hash;
	int line;

	(void)state;
	result = json_array_get(json_object_get(first_run(json), "results"), 0);
	assert_int_equal(json_unpack(result,
		"{s:[{s:{s:{s:s, s:s}, s:{s:i}}}], s:{s:s}}",
		"locations", "physicalLocation", "artifactLocation",
		"uri", &file, "uriBaseId", &base, "region", "startLine", &line,
		"partialFingerprints", "kmemcheckSignature/v1", &hash), 0);
	assert_string_equal(file, "fs/foo.c");
	assert_string_equal(base, "SRCROOT");
	assert_int_equal(line, 30);
	assert_int_equal(strlen(hash), 16);
	assert_int_equal(json_array_size(json_object_get(result, "stacks")), 2);
	/* vfs_ioctl() has no place to show. */
	assert_int_equal(json_array_size(json_object_get(json_array_get(
		json_object_get(json_array_get(json_object_get(result,
		"codeFlows"), 0), "threadFlows"), 0), "locations")), 4);
	json_decref(json);
	kmc_report_free(report);
}

/* As a service takes them: relative to the tree, and without detours. */
static void sarif_names_are_normalized(void **state)
{
	static const char * const names[][2] = {
		{ "./fs/foo.c", "fs/foo.c" }, { "fs/../lib//foo.c", "lib/foo.c" },
		{ "a/./b/../../c.c", "c.c" }, { "../x/../y.c", "../y.c" },
		{ "../../y.c", "../../y.c" }, { "/usr/./src/../a b.c", "file:///usr/a%20b.c" },
		{ "/../x.c", "file:///x.c" }, { "..", ".." }, { "a/..", "." },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		const struct kmc_location at[] = { { "foo", names[i][0], 7, 0 } };
		struct kmc_report *report = report_of("foo", NULL, NULL, NULL);
		const char *name;
		json_t *json;

		set_chain(&report->frames.frames[0], 1, at);
		json = sarif_of(&report, 1);
		assert_int_equal(json_unpack(json_array_get(json_object_get(first_run(json),
			"results"), 0), "{s:[{s:{s:{s:s}}}]}", "locations",
			"physicalLocation", "artifactLocation", "uri", &name), 0);
		assert_string_equal(name, names[i][1]);
		json_decref(json);
		kmc_report_free(report);
	}
}

/* A report that names no function, in a stream: the stream's file and its first line. */
static void sarif_always_has_a_place(void **state)
{
	struct kmc_report *report = report_of(NULL, NULL, NULL, NULL);
	const char *name, *base;
	json_t *json;
	int line;

	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		report->from_stream = stream;
		json = sarif_of(&report, 1);
		assert_int_equal(json_unpack(json_array_get(json_object_get(first_run(json),
			"results"), 0), "{s:[{s:{s:{s:s, s:s}, s:{s:i}}}]}", "locations",
			"physicalLocation", "artifactLocation", "uri", &name,
			"uriBaseId", &base, "region", "startLine", &line), 0);
		assert_string_equal(name, "boot.log");
		assert_string_equal(base, "LOGROOT");
		assert_int_equal(line, stream ? 1 : 12);
		json_decref(json);
	}
	kmc_report_free(report);
}

/* Placeholders and links are the message's, not those of a name in the log. */
static void sarif_messages_hold_no_links(void **state)
{
	struct kmc_report *report = report_of("x[a](http://evil){0}\033", NULL, NULL, NULL);
	json_t *json = sarif_of(&report, 1);
	const char *text;

	(void)state;
	assert_int_equal(json_unpack(json_array_get(json_object_get(first_run(json),
		"results"), 0), "{s:{s:s}}", "message", "text", &text), 0);
	assert_non_null(strstr(text, "x[a] (http://evil)(0)\\x1b()"));
	json_decref(json);
	kmc_report_free(report);
}

static void hostile_names_stay_valid(void **state)
{
	uint32_t seed = 9;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char name[24];
		const struct kmc_location at[] = { { name, name, 1, 1 } };
		struct kmc_report *report;
		char *text;

		for (size_t i = 0; i < sizeof(name) - 1; i++)
			name[i] = next_random(&seed) % 255 + 1;
		name[sizeof(name) - 1] = '\0';
		report = report_of(name, "x", NULL, NULL);
		report->frames.frames[0].module = strdup(name);
		set_chain(&report->frames.frames[1], 1, at);
		json_decref(sarif_of(&report, 1));
		errors_of(report, 1, "lib", &text);
		for (const char *p = text; *p; p++)
			assert_true((unsigned char)*p >= ' ' || *p == '\n');
		assert_ptr_equal(strchr(text, '\n') + 1, text + strlen(text));
		free(text);
		kmc_report_free(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiler_suffixes_do_not_split_a_bug),
		cmocka_unit_test(helpers_are_not_the_culprit),
		cmocka_unit_test(inlined_counts_like_called),
		cmocka_unit_test(old_kernels_name_the_instruction_twice),
		cmocka_unit_test(module_tells_namesakes_apart),
		cmocka_unit_test(nameless_reports_are_not_all_one_bug),
		cmocka_unit_test(member_is_part_of_it),
		cmocka_unit_test(hash_is_the_same_for_ever),
		cmocka_unit_test(reports_of_a_bug_are_counted),
		cmocka_unit_test(whole_report_is_the_example),
		cmocka_unit_test(known_bug_is_not_explained_again),
		cmocka_unit_test(number_of_bugs_is_bounded),
		cmocka_unit_test(sum_of_counts_does_not_wrap),
		cmocka_unit_test(errors_look_like_a_compilers),
		cmocka_unit_test(errors_fall_back_to_the_log),
		cmocka_unit_test(errors_stay_in_the_tree),
		cmocka_unit_test(sarif_without_results_is_whole),
		cmocka_unit_test(sarif_rule_index_names_the_rule),
		cmocka_unit_test(sarif_result_has_place_and_stacks),
		cmocka_unit_test(sarif_names_are_normalized),
		cmocka_unit_test(sarif_always_has_a_place),
		cmocka_unit_test(sarif_messages_hold_no_links),
		cmocka_unit_test(hostile_names_stay_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
