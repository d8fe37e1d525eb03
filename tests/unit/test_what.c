// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an object may be: allocations found in compiled code, kept in a file, and ranked.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "debuginfo/build_id.h"
#include "debuginfo/debuginfo.h"
#include "explain/allocations.h"
#include "explain/what_query.h"
#include "fixture.h"
#include "kmc/kmc.h"
#include "report/model.h"

#define START	0xff11000000001000ULL

struct state {
	struct fixture *f;
	struct kmc_debuginfo *di;
	struct kmc_types *types;
	struct kmc_allocations *all;
	struct kmc_what_answers answers;
	unsigned int asked;
};

static bool on_progress(void *arg, uint64_t done, uint64_t total)
{
	struct state *s = arg;

	assert_true(done < total);
	s->asked++;
	return true;
}

/* How many calls were looked at. */
static unsigned int open_all(struct state *s, const char *dir)
{
	const struct kmc_allocations_options opts = {
		.size = sizeof(opts), .cache_dir = dir, .progress = on_progress, .arg = s,
	};

	kmc_allocations_free(s->all);
	s->all = NULL;
	s->asked = 0;
	assert_no_error(kmc_allocations_open(s->di, &opts, &s->all));
	return s->asked;
}

static const struct kmc_allocation *made_by(struct state *s, const char *function)
{
	for (size_t i = 0; i < s->all->count; i++)
		if (!strcmp(s->all->v[i].function, function))
			return &s->all->v[i];
	fail_msg("%s() is not known to allocate", function);
	return NULL;
}

/* ---- the search ---- */

static void assert_made(struct state *s, const char *function, const char *type,
			uint64_t size, enum kmc_allocation_told told)
{
	const struct kmc_allocation *one = made_by(s, function);

	assert_string_equal(one->type, type);
	assert_int_equal(one->size, size);
	assert_int_equal(one->told, told);
	assert_non_null(strstr(one->file, "allocations.c"));
	assert_true(one->line > 0);
}

static void variables_take_what_is_allocated(void **state)
{
	assert_made(*state, "new_timer", "struct timer", 40, KMC_TOLD_BY_VARIABLE);
	assert_made(*state, "some_timers", "struct timer", 120, KMC_TOLD_BY_VARIABLE);
	assert_int_equal(made_by(*state, "new_timer")->by, KMC_ALLOCATION_KMALLOC);
}

static void members_and_global_variables_take_it(void **state)
{
	assert_made(*state, "new_waiter", "struct waiter", 40, KMC_TOLD_BY_MEMBER);
	assert_made(*state, "remember_waiter", "struct waiter", 40, KMC_TOLD_BY_MEMBER);
}

static void functions_return_it(void **state)
{
	assert_made(*state, "another_waiter", "struct waiter", 40, KMC_TOLD_BY_RETURN);
}

static void a_size_that_is_computed_is_none(void **state)
{
	assert_made(*state, "new_names", "struct names", 0, KMC_TOLD_BY_VARIABLE);
}

static void flags_tell_the_kind(void **state)
{
	assert_int_equal(made_by(*state, "remember_waiter")->kind, KMC_KMALLOC_CGROUP);
	assert_int_equal(made_by(*state, "new_waiter")->kind, KMC_KMALLOC_NORMAL);
}

static void flags_may_be_behind_buckets(void **state)
{
	const struct kmc_allocation *letter = made_by(*state, "new_letter");
	const struct kmc_allocation *message = made_by(*state, "new_message");

	assert_int_equal(letter->by, KMC_ALLOCATION_KMALLOC);
	assert_int_equal(letter->kind, KMC_KMALLOC_CGROUP);
	assert_int_equal(letter->size, 400);
	assert_int_equal(message->by, KMC_ALLOCATION_CACHE);
	assert_null(message->cache);
}

static void a_cache_is_known_by_the_variable_that_has_it(void **state)
{
	const struct kmc_allocation *one = made_by(*state, "new_ticket");

	assert_made(*state, "new_ticket", "struct ticket", 56, KMC_TOLD_BY_VARIABLE);
	assert_int_equal(one->by, KMC_ALLOCATION_CACHE);
	assert_string_equal(one->cache, "ticket_cache");
}

static bool stop(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)total;
	return done < 2;
}

static void the_search_can_be_stopped(void **state)
{
	const struct kmc_allocations_options opts = { .size = sizeof(opts), .progress = stop };
	struct kmc_allocations *all = NULL;
	struct state *s = *state;

	assert_error(kmc_allocations_open(s->di, &opts, &all), KMC_ERROR_NOT_FOUND, "stopped");
	assert_null(all);
}

/* ---- the file ---- */

static char *kept_path(struct state *s)
{
	char hex[KMC_BUILD_ID_HEX], name[KMC_BUILD_ID_HEX + 40];

	kmc_build_id_hex(hex, s->di->facts.build_id, s->di->facts.build_id_len);
	snprintf(name, sizeof(name), "cache/below/%s.allocations", hex);
	return fixture_path(s->f, name);
}

static char *kept_dir(struct state *s)
{
	return fixture_path(s->f, "cache/below");
}

static void what_was_found_is_kept(void **state)
{
	struct state *s = *state;
	char *dir = kept_dir(s);
	size_t count;

	assert_true(open_all(s, dir) > 0);
	count = kmc_allocations_count(s->all);
	assert_true(count > 8);
	assert_int_equal(open_all(s, dir), 0);
	assert_int_equal(kmc_allocations_count(s->all), count);
	variables_take_what_is_allocated(state);
	members_and_global_variables_take_it(state);
	a_cache_is_known_by_the_variable_that_has_it(state);
	free(dir);
}

/* Each of these does something to the file $f, which then is not to be believed. */
static void a_damaged_file_is_made_anew(void **state)
{
	static const char * const damage[] = {
		": >$f",
		"head -c 100 $f >x && mv x $f",
		"sed 's/struct timer/struct times/' $f >x && mv x $f",
		"sed '1s/^kmc allocations [0-9]*/kmc allocations 99/' $f >x && mv x $f",
		"sed '1s/[0-9a-f]*$/0000000000000000/' $f >x && mv x $f",
		"{ cat $f; printf '0\\n'; } >x && mv x $f",
		"{ cat $f; printf '\\0'; } >x && mv x $f",
		"head -c 300000 /dev/urandom >$f",
		"rm $f && mkfifo $f",
		"rm $f && mkdir $f",
	};
	struct state *s = *state;
	char *dir = kept_dir(s), *path = kept_path(s);

	for (size_t i = 0; i < KMC_ARRAY_SIZE(damage); i++) {
		fixture_run(s->f, "rm -rf '%s'", path);
		assert_true(open_all(s, dir) > 0);
		fixture_run(s->f, "f='%s'; %s", path, damage[i]);
		if (!open_all(s, dir))
			fail_msg("believed: %s", damage[i]);
		variables_take_what_is_allocated(state);
	}
	fixture_run(s->f, "rm -rf '%s'", path);
	free(dir);
	free(path);
}

/* Whoever wrote these knows the checksum. */
static void lines_that_are_none_are_not_believed(void **state)
{
	static const char * const lines[] = {
		"", "\t", "0\t0\t0\t\t40\tstruct x\t40\t1\tf\tf.c\t1",
		"9\t0\t0\t\t40\tstruct x\t40\t1\tf\tf.c\t1\t1",
		"0\t9\t0\t\t40\tstruct x\t40\t1\tf\tf.c\t1\t1",
		"0\t0\t9\t\t40\tstruct x\t40\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t-1\tstruct x\t40\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t40\tstruct \t40\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t40\tint\t40\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t40\tstruct x\t0\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t40\tstruct x\t99999999999\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t99999999999999999999999\tstruct x\t40\t1\tf\tf.c\t1\t1",
		"0\t0\t0\t\t40\tstruct x\033[2J\t40\t1\tf\tf.c\t1\t1",
		"2\t0\t0\t\t40\t\t0\t1\t\t\t0\t0",
		"0\t0\t0\t\t40\tstruct x\t40\t1\tf\tf.c\t1\t1\t1",
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(lines); i++) {
		struct kmc_allocations *all = calloc(1, sizeof(*all));
		uint64_t hash = 0xcbf29ce484222325;
		char *text, *body;
		int len;

		assert_non_null(all);
		assert_true(asprintf(&body, "%s\n", lines[i]) > 0);
		for (const char *at = body; *at; at++)
			hash = (hash ^ (uint8_t)*at) * 0x100000001b3;
		len = asprintf(&text, "kmc allocations 1 abcd %016llx\n%s",
			       (unsigned long long)hash, body);
		assert_true(len > 0);
		if (kmc_allocations_read(all, text, len, "abcd"))
			fail_msg("believed: %s", lines[i]);
		kmc_allocations_free(all);
		free(body);
	}
}

static void where_nothing_can_be_written_nothing_is_kept(void **state)
{
	struct state *s = *state;

	assert_true(open_all(s, "/proc/no/such/place") > 0);
	assert_true(open_all(s, "/proc/no/such/place") > 0);
	assert_true(open_all(s, NULL) > 0);
}

/* ---- answers ---- */

static const struct kmc_what_answer *ask(struct state *s, const char *query)
{
	struct kmc_what *what;

	kmc_what_answers_release(&s->answers);
	assert_no_error(kmc_what_new(query, &what));
	assert_no_error(kmc_what_run(what, s->all, s->types, NULL, &s->answers));
	kmc_what_free(what);
	assert_true(s->answers.count > 0);
	for (size_t i = 0; i < s->answers.count; i++) {
		const struct kmc_what_answer *answer = &s->answers.v[i];

		assert_true(answer->nreasons > 0);
		assert_true(answer->confidence < KMC_CERTAIN || answer->nreasons > 1);
	}
	return s->answers.v;
}

static void assert_first(struct state *s, const char *query, const char *type,
			 const char *path, enum kmc_confidence confidence)
{
	const struct kmc_what_answer *answer = ask(s, query);

	if (strcmp(answer->type, type) || answer->confidence != confidence)
		print_error("# %s: %s, %s\n", query, answer->type,
			    kmc_confidence_name(answer->confidence));
	assert_string_equal(answer->type, type);
	if (path)
		assert_string_equal(answer->path, path);
	else
		assert_null(answer->path);
	assert_int_equal(answer->confidence, confidence);
}

static bool answers(struct state *s, const char *type)
{
	for (size_t i = 0; i < s->answers.count; i++)
		if (!strcmp(s->answers.v[i].type, type))
			return true;
	return false;
}

static void a_cache_of_one_type_is_certain(void **state)
{
	assert_first(*state, "ticket_cache +24", "struct ticket", "number", KMC_CERTAIN);
}

static void a_cache_that_is_called_as_a_type_may_be_of_that(void **state)
{
	struct state *s = *state;

	assert_first(s, "leaf_node", "struct leaf_node", NULL, KMC_LIKELY);
	assert_true(answers(s, "struct leaf_alloc"));
}

static void what_is_of_one_size_is_a_guess(void **state)
{
	struct state *s = *state;

	/* Three places allocate this one, a single one the other. */
	assert_first(s, "kmalloc-64 40 bytes +24", "struct waiter", "entry.next", KMC_GUESS);
	assert_string_equal(s->answers.v[1].type, "struct timer");
	assert_string_equal(s->answers.v[1].path, "data");
}

static void what_bytes_hold_tells_them_apart(void **state)
{
	struct state *s = *state;

	assert_first(s, "kmalloc-64 40 bytes +32 holds a function pointer", "struct timer",
		     "function", KMC_LIKELY);
	assert_first(s, "kmalloc-64 offset 32 holds a pointer to function", "struct timer",
		     "function", KMC_LIKELY);
	assert_first(s, "kmalloc-64 40 bytes +24 holds list", "struct waiter", "entry.next",
		     KMC_GUESS);
	assert_first(s, "kmalloc-64 40 bytes +8 holds text", "struct waiter", "name[0]",
		     KMC_LIKELY);
	assert_first(s, "kmalloc-64 40 bytes +16 holds a number", "struct timer", "expires",
		     KMC_LIKELY);
	assert_first(s, "kmalloc-64 40 bytes +0 holds struct list", "struct timer",
		     "entry.next", KMC_LIKELY);
	assert_first(s, "kmalloc-64 40 bytes +32 holds pointer to list", "struct waiter",
		     "entry.prev", KMC_LIKELY);
}

static void bytes_are_told_what_they_are(void **state)
{
	struct state *s = *state;

	/* A pointer where one has text, and text where the other has a pointer. */
	assert_first(s, "kmalloc-64 40 bytes +8 holds 00 10 00 00 00 00 11 ff", "struct timer",
		     "entry.prev", KMC_LIKELY);
	assert_first(s, "kmalloc-64 40 bytes +8 holds 6b776f726b657230", "struct waiter",
		     "name[0]", KMC_LIKELY);
	/* These may be anything. */
	assert_first(s, "kmalloc-64 40 bytes +8 holds 00 00 00 00 00 00 00 00",
		     "struct waiter", "name[0]", KMC_GUESS);
}

static void some_of_them_are_an_array(void **state)
{
	struct state *s = *state;

	assert_first(s, "kmalloc-128 120 bytes +56", "struct timer", "expires", KMC_GUESS);
	assert_int_equal(s->answers.v[0].offset, 16);
	assert_non_null(strstr(s->answers.v[0].reasons[1], "3 of them"));
}

static void what_has_any_size_may_be_larger(void **state)
{
	struct state *s = *state;

	/* 24 and 5 times 16 bytes. */
	assert_first(s, "kmalloc-128 104 bytes +40", "struct names", "name[1].key", KMC_GUESS);
	/* No number of them is 90 bytes. */
	ask(s, "kmalloc-96 90 bytes");
	assert_true(answers(s, "struct names"));
}

static void without_allocations_sizes_are_left(void **state)
{
	struct kmc_what_answers found;
	struct kmc_what *what;
	struct state *s = *state;

	assert_no_error(kmc_what_new("56 bytes +8", &what));
	assert_no_error(kmc_what_run(what, NULL, s->types, NULL, &found));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.v[0].type, "struct ticket");
	assert_int_equal(found.v[0].confidence, KMC_GUESS);
	kmc_what_answers_release(&found);
	kmc_what_free(what);
}

static void caches_of_kmalloc_have_bounds(void **state)
{
	static const struct {
		const char *cache;
		uint64_t over;
		uint64_t up_to;
		enum kmc_kmalloc_kind kind;
	} known[] = {
		{ "kmalloc-8", 0, 8, KMC_KMALLOC_NORMAL },
		{ "kmalloc-96", 64, 96, KMC_KMALLOC_NORMAL },
		{ "kmalloc-128", 96, 128, KMC_KMALLOC_NORMAL },
		{ "kmalloc-192", 128, 192, KMC_KMALLOC_NORMAL },
		{ "kmalloc-cg-256", 192, 256, KMC_KMALLOC_CGROUP },
		{ "kmalloc-rcl-1k", 512, 1024, KMC_KMALLOC_RECLAIM },
		{ "dma-kmalloc-8k", 4096, 8192, KMC_KMALLOC_DMA },
		{ "kmalloc-rnd-07-64", 32, 64, KMC_KMALLOC_NORMAL },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++) {
		struct kmc_what *what;

		assert_no_error(kmc_what_new(known[i].cache, &what));
		assert_true(what->is_kmalloc);
		assert_int_equal(what->over, known[i].over);
		assert_int_equal(what->up_to, known[i].up_to);
		assert_int_equal(what->kind, known[i].kind);
		kmc_what_free(what);
	}
	assert_int_equal(kmc_kmalloc_class(65), 96);
	assert_int_equal(kmc_kmalloc_class(97), 128);
	assert_int_equal(kmc_kmalloc_class(193), 256);
	assert_int_equal(kmc_kmalloc_class(4097), 8192);
}

static void what_is_no_question_is_refused(void **state)
{
	static const char * const bad[] = {
		"", "+8", "kmalloc-64 dentry", "kmalloc-64 holds a pointer", "kmalloc-64 +8 holds",
		"kmalloc-64 12", "kmalloc-64 0 bytes", "kmalloc-64 size", "kmalloc-64 +x",
		"kmalloc-64 offset", "kmalloc-64 +8 holds function", "8 bytes 9 bytes",
		"kmalloc-64 +99999999999999999999999999",
	};
	struct kmc_what *what;

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(bad); i++)
		assert_error(kmc_what_new(bad[i], &what), KMC_ERROR_FORMAT, "cannot tell");
}

/* ---- reports ---- */

static struct kmc_report *report_of(const char *cache, uint64_t size, uint64_t requested,
				    uint64_t offset)
{
	struct kmc_report *report = kmc_report_new("x");

	report->address = START + offset;
	report->has_address = true;
	report->object.known = true;
	report->object.has_start = true;
	report->object.start = START;
	report->object.size = size;
	report->object.requested = requested;
	report->object.cache = strdup(cache);
	assert_non_null(report->object.cache);
	return report;
}

static void a_report_asks_by_its_object(void **state)
{
	struct kmc_report *report = report_of("kmalloc-64", 64, 40, 32);
	uint64_t pointer = 0xffffffff81001000;
	struct kmc_what_answers found;
	struct state *s = *state;
	struct kmc_what *what;

	report->memory = calloc(1, 64);
	report->shadow = strdup("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiuuuuuuuuuuuuuuuuuuuuuuuu");
	assert_true(report->memory && report->shadow);
	report->memory_len = report->shadow_len = 64;
	report->memory_start = START;
	/* A pointer at 8, where the other one has a name. */
	memcpy(report->memory + 8, &pointer, sizeof(pointer));
	assert_no_error(kmc_what_of_report(report, &what));
	assert_non_null(what);
	assert_no_error(kmc_what_run(what, s->all, s->types, NULL, &found));
	assert_string_equal(found.v[0].type, "struct timer");
	assert_no_error(kmc_what_offer(report, &found, 2));
	assert_int_equal(report->ncandidates, 2);
	assert_string_equal(report->candidates[0].type, "struct timer");
	assert_string_equal(report->candidates[0].path, "function");
	assert_int_equal(report->candidates[0].start, START);
	assert_int_equal(report->candidates[0].offset, 32);
	assert_true(report->candidates[0].nevidence > 1);
	/* They are there already. */
	assert_no_error(kmc_what_offer(report, &found, 2));
	assert_int_equal(report->candidates[2].type_size, found.v[2].size);
	kmc_what_answers_release(&found);
	kmc_what_free(what);
	kmc_report_free(report);
}

static void a_report_of_no_object_asks_nothing(void **state)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_what *what;

	(void)state;
	assert_no_error(kmc_what_of_report(report, &what));
	assert_null(what);
	report->object.known = true;
	report->object.size = 64;
	report->object.region = KMC_REGION_STACK;
	assert_no_error(kmc_what_of_report(report, &what));
	assert_null(what);
	kmc_report_free(report);
}

/* ---- the fixture ---- */

static int setup(void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	struct kmc_debuginfo_options opts = { .size = sizeof(opts) };
	const struct kmc_kernel unknown = { };
	char *path;

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	fixture_compile(s->f, "allocations", "-g -mno-sse -fno-asynchronous-unwind-tables");
	path = fixture_path(s->f, "allocations");
	opts.vmlinux = path;
	assert_no_error(kmc_debuginfo_open(&opts, &unknown, &s->di));
	assert_no_error(kmc_types_open_dwarf(path, &s->types));
	free(path);
	open_all(s, NULL);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct state *s = *state;

	kmc_what_answers_release(&s->answers);
	kmc_allocations_free(s->all);
	kmc_types_free(s->types);
	kmc_debuginfo_free(s->di);
	fixture_free(s->f);
	free(s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_take_what_is_allocated),
		cmocka_unit_test(members_and_global_variables_take_it),
		cmocka_unit_test(functions_return_it),
		cmocka_unit_test(a_size_that_is_computed_is_none),
		cmocka_unit_test(flags_tell_the_kind),
		cmocka_unit_test(flags_may_be_behind_buckets),
		cmocka_unit_test(a_cache_is_known_by_the_variable_that_has_it),
		cmocka_unit_test(the_search_can_be_stopped),
		cmocka_unit_test(what_was_found_is_kept),
		cmocka_unit_test(a_damaged_file_is_made_anew),
		cmocka_unit_test(lines_that_are_none_are_not_believed),
		cmocka_unit_test(where_nothing_can_be_written_nothing_is_kept),
		cmocka_unit_test(a_cache_of_one_type_is_certain),
		cmocka_unit_test(a_cache_that_is_called_as_a_type_may_be_of_that),
		cmocka_unit_test(what_is_of_one_size_is_a_guess),
		cmocka_unit_test(what_bytes_hold_tells_them_apart),
		cmocka_unit_test(bytes_are_told_what_they_are),
		cmocka_unit_test(some_of_them_are_an_array),
		cmocka_unit_test(what_has_any_size_may_be_larger),
		cmocka_unit_test(without_allocations_sizes_are_left),
		cmocka_unit_test(caches_of_kmalloc_have_bounds),
		cmocka_unit_test(what_is_no_question_is_refused),
		cmocka_unit_test(a_report_asks_by_its_object),
		cmocka_unit_test(a_report_of_no_object_asks_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("what", tests, setup, teardown);
}
