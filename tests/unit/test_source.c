// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of a source tree.
 */
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

#include "base/compiler.h"
#include "kmc/kmc.h"

/* A directory with a tree and what lies beside it. */
static char *make_tree(void)
{
	char *dir = strdup("/tmp/kmc-tree.XXXXXX");
	char command[512];

	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof(command),
		 "set -e; cd %s; mkdir -p tree/sub outside treetop\n"
		 "echo in >tree/sub/in.c; echo out | tee outside/out.c treetop/out.c >out.c\n"
		 "cd tree; ln -s sub/in.c near.c; ln -s \"$PWD/sub\" absolute; ln -s ../out.c far.c\n"
		 "ln -s ../outside outside; ln -s ../treetop treetop; ln -s far.c twice.c\n"
		 "ln -s .. up; ln -s loop.c loop.c; ln -s ../nothing nothing.c\n", dir);
	assert_int_equal(system(command), 0);
	return dir;
}

static void links_do_not_lead_out_of_the_tree(void **state)
{
	static const struct {
		const char *file;
		bool within;
	} expected[] = {
		{ "sub/in.c", true }, { "near.c", true }, { "absolute/in.c", true },
		{ "./sub/../near.c", true }, { "up/tree/near.c", true },
		{ "far.c", false }, { "twice.c", false }, { "outside/out.c", false },
		{ "treetop/out.c", false }, { "up/out.c", false }, { "../out.c", false },
		{ "../treetop/out.c", false }, { "/etc/passwd", false },
		{ "loop.c", false }, { "nothing.c", false }, { "none.c", false },
	};
	char *dir = make_tree(), *found;
	char tree[64], command[64];
	struct kmc_source *source;
	size_t len;

	(void)state;
	snprintf(tree, sizeof(tree), "%s/tree/", dir);
	assert_null(kmc_source_open(tree, &source));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(expected); i++) {
		if (!!kmc_source_line(source, expected[i].file, 1, &len) != expected[i].within)
			fail_msg("%s", expected[i].file);
	}
	assert_null(kmc_source_find(source, "outside"));
	found = kmc_source_find(source, "absolute");
	assert_non_null(found);
	assert_string_equal(strrchr(found, '/'), "/sub");
	free(found);
	assert_null(kmc_source_find(NULL, "sub"));
	kmc_source_free(source);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	free(dir);
}

/* The root of all is a tree, too. */
static void root_is_a_tree(void **state)
{
	struct kmc_source *source;
	char *found;

	(void)state;
	assert_null(kmc_source_open("/", &source));
	found = kmc_source_find(source, "dev/null");
	assert_string_equal(found, "/dev/null");
	free(found);
	kmc_source_free(source);
}

/* A log may be of bugs in any number of files. */
static void no_file_is_one_too_many(void **state)
{
	char dir[] = "/tmp/kmc-source-XXXXXX", command[64], path[64], name[16];
	struct kmc_source *source;
	const char *line;
	size_t len;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "%s/%d.c", dir, i);
		file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file, "%d\n", i);
		assert_int_equal(fclose(file), 0);
	}
	assert_null(kmc_source_open(dir, &source));
	for (int i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "%d.c", i % 300);
		line = kmc_source_line(source, name, 1, &len);
		assert_non_null(line);
		assert_int_equal(atoi(line), i % 300);
		/* One that is asked for again and again is not dropped. */
		line = kmc_source_line(source, "0.c", 1, &len);
		assert_non_null(line);
		assert_int_equal(*line, '0');
	}
	kmc_source_free(source);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_do_not_lead_out_of_the_tree),
		cmocka_unit_test(root_is_a_tree),
		cmocka_unit_test(no_file_is_one_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
