// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which file is taken for a vmlinux, which is refused and why, and the small
 * parts that the lookup stands on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/map.h"
#include "debuginfo/debug_package.h"
#include "debuginfo/debuginfo.h"
#include "debuginfo/find_vmlinux.h"
#include "debuginfo/image.h"
#include "debuginfo/modules.h"
#include "debuginfo/ranges.h"
#include "debuginfo/source_path.h"
#include "fixture.h"
#include "report/uts_version.h"

static struct kmc_error *try_options(const struct kmc_debuginfo_options *opts,
				     const struct kmc_kernel *kernel)
{
	struct kmc_debuginfo *di = NULL;
	struct kmc_error *err = kmc_debuginfo_open(opts, kernel, &di);

	assert_true(!err == !!di);
	if (err && err->path)
		assert_null(strstr(err->message, err->path));
	kmc_debuginfo_free(di);
	return err;
}

static struct kmc_error *try_open(const char *path, bool force,
				  const struct kmc_kernel *kernel)
{
	const struct kmc_debuginfo_options opts = {
		.size = sizeof(opts), .vmlinux = path, .force = force,
	};

	return try_options(&opts, kernel);
}

/* Makes a file with a shell command, and opens it. */
static struct kmc_error *open_made(struct fixture *f, const char *command)
{
	char *path = fixture_path(f, "made");
	struct kmc_error *err;

	fixture_run(f, "rm -rf made; %s", command);
	err = try_open(path, false, NULL);
	free(path);
	return err;
}

static void each_wrong_file_is_named(void **state)
{
	static const struct { const char *command, *message; } files[] = {
		{ "mkdir made", "is a directory" },
		{ "mkfifo made", "is not a regular file" },
		{ ": > made", "is empty" },
		{ "echo text > made", "is not an ELF file" },
		{ "{ head -c 514 /dev/zero; printf HdrS; head -c 4096 /dev/zero; } > made",
		  "is a compressed kernel image (bzImage)" },
		{ "gzip -c vmlinux > made", "is compressed (gzip)" },
		{ "xz -c vmlinux > made", "is compressed (xz)" },
		{ "ar rcs made chain.o", "is an archive" },
		{ "cp chain.o made", "is an object file" },
		{ "strip -o made vmlinux", "has no debug info" },
		{ "objcopy --only-keep-debug -R .debug_info vmlinux made",
		  "has no debug info" },
		{ "head -c 30 vmlinux > made", "has a damaged ELF header" },
		{ "head -c 100 vmlinux > made", "is cut off: it has 100 bytes" },
		{ "head -c 8000 vmlinux > made", "is cut off: it has 8000 bytes" },
		{ "head -c -1 vmlinux > made", "is cut off" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(files); i++)
		assert_error(open_made(*state, files[i].command),
			     KMC_ERROR_FORMAT, files[i].message);
}

static void missing_and_unreadable_say_so(void **state)
{
	assert_error(open_made(*state, ":"), KMC_ERROR_OS,
		     "cannot open: No such file");
	if (geteuid())
		assert_error(open_made(*state, "cp vmlinux made; chmod 0 made"),
			     KMC_ERROR_OS, "cannot open: Permission denied");
}

static void debug_only_file_will_do(void **state)
{
	assert_no_error(open_made(*state,
				  "objcopy --only-keep-debug vmlinux made"));
}

static void other_build_is_refused(void **state)
{
	struct fixture *f = *state;
	struct kmc_kernel kernel = { .release = (char *)FIXTURE_RELEASE };

	fixture_set_build_id(&kernel);
	assert_no_error(try_open(f->vmlinux, false, &kernel));
	kernel.build_id[0] ^= 0xff;
	assert_error(try_open(f->vmlinux, false, &kernel), KMC_ERROR_MISMATCH,
		     "has build-ID " FIXTURE_BUILD_ID ", but the report is from build fe23456789");
	assert_no_error(try_open(f->vmlinux, true, &kernel));
}

/* A program that was compiled before there was @force does not have it. */
static void options_count_as_far_as_their_size_says(void **state)
{
	struct fixture *f = *state;
	struct kmc_debuginfo_options opts = {
		.size = offsetof(struct kmc_debuginfo_options, force),
		.vmlinux = f->vmlinux, .force = true,
	};
	struct kmc_kernel kernel = { };

	fixture_set_build_id(&kernel);
	kernel.build_id[0] ^= 0xff;
	assert_error(try_options(&opts, &kernel), KMC_ERROR_MISMATCH, "has build-ID");
	opts.size = sizeof(opts);
	assert_no_error(try_options(&opts, &kernel));
	opts.size = sizeof(opts.size);
	assert_error(try_options(&opts, NULL), KMC_ERROR_NOT_FOUND, "name its vmlinux");
	assert_error(try_options(NULL, NULL), KMC_ERROR_NOT_FOUND, "name its vmlinux");
}

static void other_release_is_refused(void **state)
{
	struct fixture *f = *state;
	struct kmc_kernel kernel = { .release = (char *)FIXTURE_RELEASE };

	assert_no_error(try_open(f->vmlinux, false, &kernel));
	kernel.release = (char *)"2.6.29-rc5";
	assert_error(try_open(f->vmlinux, false, &kernel), KMC_ERROR_MISMATCH,
		     "is Linux " FIXTURE_RELEASE ", but the report is from Linux 2.6.29-rc5");
	assert_no_error(try_open(f->vmlinux, true, &kernel));
	/* The build-ID says more than the release. */
	fixture_set_build_id(&kernel);
	assert_no_error(try_open(f->vmlinux, false, &kernel));
}

static void hostile_release_is_escaped(void **state)
{
	struct fixture *f = *state;
	const struct kmc_kernel kernel = { .release = (char *)"1\033[2J" };

	assert_error(try_open(f->vmlinux, false, &kernel), KMC_ERROR_MISMATCH,
		     "from Linux 1\\x1b[2J");
}

static void later_report_is_checked(void **state)
{
	struct fixture *f = *state;
	const struct kmc_debuginfo_options opts = { .size = sizeof(opts), .vmlinux = f->vmlinux };
	struct kmc_kernel kernel = { };
	struct kmc_debuginfo *di;

	assert_no_error(kmc_debuginfo_open(&opts, NULL, &di));
	assert_string_equal(kmc_debuginfo_path(di), f->vmlinux);
	assert_no_error(kmc_debuginfo_check(di, &kernel));
	kernel.release = (char *)"6.2.0";
	assert_error(kmc_debuginfo_check(di, &kernel), KMC_ERROR_MISMATCH,
		     "from Linux 6.2.0");
	kmc_debuginfo_free(di);
}

/* ---- the usual places ---- */

static struct kmc_error *search(struct fixture *f,
				const struct kmc_kernel *kernel, char **found)
{
	struct kmc_debuginfo *di = NULL;
	char *root = fixture_path(f, "root");
	struct kmc_error *err;

	err = kmc_debuginfo_open_below(root, NULL, kernel, &di);
	if (!err && found)
		*found = strdup(kmc_debuginfo_path(di) + strlen(root));
	kmc_debuginfo_free(di);
	free(root);
	return err;
}

static void found_in_each_usual_place(void **state)
{
	static const char *const places[] = {
		"/usr/lib/debug/.build-id/01/23456789abcdef0123456789abcdef01234567.debug",
		"/usr/lib/debug/boot/vmlinux-" FIXTURE_RELEASE,
		"/usr/lib/debug/lib/modules/" FIXTURE_RELEASE "/vmlinux",
		"/usr/lib/debug/usr/lib/modules/" FIXTURE_RELEASE "/vmlinux",
		"/lib/modules/" FIXTURE_RELEASE "/build/vmlinux",
		"/lib/modules/" FIXTURE_RELEASE "/source/vmlinux",
		"/boot/vmlinux-" FIXTURE_RELEASE,
		"/usr/lib/debug/boot/vmlinux-" FIXTURE_RELEASE ".debug",
		"/usr/lib/debug/lib/modules/" FIXTURE_RELEASE "/vmlinux.debug",
		"/usr/lib/debug/usr/lib/modules/" FIXTURE_RELEASE "/vmlinux.debug",
		"/lib/modules/" FIXTURE_RELEASE "/vmlinux",
		"/usr/lib/modules/" FIXTURE_RELEASE "/build/vmlinux",
		"/usr/lib/modules/" FIXTURE_RELEASE "/vmlinux",
	};
	struct kmc_kernel kernel = { .release = (char *)FIXTURE_RELEASE };
	struct fixture *f = *state;

	fixture_set_build_id(&kernel);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(places); i++) {
		char *found = NULL;

		fixture_run(f, "rm -rf root; mkdir -p \"$(dirname root%s)\"; cp vmlinux root%s",
			    places[i], places[i]);
		assert_no_error(search(f, &kernel, &found));
		assert_string_equal(found, places[i]);
		free(found);
	}
}

static void running_kernel_says_its_build_id(void **state)
{
	struct fixture *f = *state;
	struct utsname running;
	struct kmc_kernel kernel = { };
	char *found = NULL;

	assert_int_equal(uname(&running), 0);
	kernel.release = running.release;
	fixture_run(f, "rm -rf root; mkdir -p root/sys/kernel root/usr/lib/debug/.build-id/01");
	fixture_run(f, "gcc -DRELEASE='\"%s\"' -O2 -g -ffreestanding -fno-pic -mcmodel=kernel -I src -nostdlib -static -Wl,-e,0 -Wl,--build-id=0x" FIXTURE_BUILD_ID " src/chain.c -o root/usr/lib/debug/.build-id/01/23456789abcdef0123456789abcdef01234567.debug",
		    running.release);
	assert_error(search(f, &kernel, NULL), KMC_ERROR_NOT_FOUND, "no vmlinux");
	/* Another note before it, as the kernel has. */
	fixture_run(f, "objcopy -O binary -j .note.gnu.build-id vmlinux note; printf '\\4\\0\\0\\0\\1\\0\\0\\0\\7\\0\\0\\0Xen\\0x\\0\\0\\0' | cat - note > root/sys/kernel/notes");
	assert_no_error(search(f, &kernel, &found));
	assert_non_null(strstr(found, "/.build-id/01/2345"));
	free(found);
	/* Cut off anywhere, it says nothing. */
	fixture_run(f, "head -c 40 root/sys/kernel/notes > cut; mv cut root/sys/kernel/notes");
	assert_error(search(f, &kernel, NULL), KMC_ERROR_NOT_FOUND, "no vmlinux");
}

static void misfit_is_passed_over_and_remembered(void **state)
{
	struct kmc_kernel kernel = { .release = (char *)FIXTURE_RELEASE };
	struct fixture *f = *state;
	char *found = NULL;

	fixture_set_build_id(&kernel);
	fixture_run(f, "rm -rf root; mkdir -p root/boot root/usr/lib/debug/boot");
	fixture_run(f, "strip -o root/usr/lib/debug/boot/vmlinux-" FIXTURE_RELEASE " vmlinux");
	assert_error(search(f, &kernel, NULL), KMC_ERROR_FORMAT,
		     "has no debug info");
	fixture_run(f, "cp vmlinux root/boot/vmlinux-" FIXTURE_RELEASE);
	assert_no_error(search(f, &kernel, &found));
	assert_string_equal(found, "/boot/vmlinux-" FIXTURE_RELEASE);
	free(found);
}

static void nothing_found_names_the_remedy(void **state)
{
	struct kmc_kernel kernel = { .release = (char *)"4.12.4" };

	fixture_run(*state, "rm -rf root; mkdir root");
	assert_error(search(*state, &kernel, NULL), KMC_ERROR_NOT_FOUND,
		     "no vmlinux of Linux 4.12.4 in the usual places; name it with --vmlinux");
	kernel.release = NULL;
	assert_error(search(*state, &kernel, NULL), KMC_ERROR_NOT_FOUND,
		     "does not say which kernel");
}

static void release_is_no_path(void **state)
{
	static const char *const bad[] = {
		"../../../tmp/x", "a/b", ".", "..", "", "a b", "a\n", "%s$(x)",
	};

	(void)state;
	assert_true(kmc_release_is_sane("6.1.0-56-cloud-amd64"));
	assert_true(kmc_release_is_sane("2.6.29-rc5+"));
	assert_false(kmc_release_is_sane(NULL));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(bad); i++)
		assert_false(kmc_release_is_sane(bad[i]));
}

/* ---- parts ---- */

static void module_names(void **state)
{
	static const struct { const char *file, *name; } names[] = {
		{ "snd-hda-codec.ko", "snd_hda_codec" },
		{ "ext4.ko.xz", "ext4" },
		{ "ext4.ko.zst", "ext4" },
		{ "ext4.ko.debug", "ext4" },
		{ ".ko", NULL },
		{ "ext4.ko.cmd", NULL },
		{ "ext4.o", NULL },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		char *name = kmc_module_name(names[i].file);

		if (names[i].name)
			assert_string_equal(name, names[i].name);
		else
			assert_null(name);
		free(name);
	}
}

static void source_paths(void **state)
{
	static const struct { const char *dir, *file, *path; } paths[] = {
		{ "/b/linux", "kernel/signal.c", "kernel/signal.c" },
		{ "/b/linux", "/b/linux/kernel/signal.c", "kernel/signal.c" },
		{ "/b/linux", "./include/linux/list.h", "include/linux/list.h" },
		{ "/b/linux", "kernel/../mm/./slub.c", "mm/slub.c" },
		{ "/b/linux", "/b/linux2/x.c", "/b/linux2/x.c" },
		{ "/b/linux", "../../../x.c", "/x.c" },
		{ "/b/out", "../src/mm/slub.c", "mm/slub.c" },
		{ "/b/out/", "generated/x.h", "generated/x.h" },
		{ "debian/build", "kernel/fork.c", "kernel/fork.c" },
		{ "debian/build", "debian/build/x.c", "x.c" },
		{ NULL, "../x//y.c", "../x/y.c" },
		{ NULL, "a/../../x.c", "../x.c" },
		{ "", "x.c", "x.c" },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(paths); i++) {
		struct kmc_image *image = calloc(1, sizeof(*image));

		assert_non_null(image);
		image->source_root = "/b/src";
		assert_string_equal(kmc_source_path(image, paths[i].file,
						    paths[i].dir),
				    paths[i].path);
		kmc_image_free(image);
	}
}

static void map_keeps_what_it_is_given(void **state)
{
	struct kmc_map map = { };
	static char values[5000];

	(void)state;
	assert_null(kmc_map_get(&map, 1));
	for (uint64_t i = 0; i < sizeof(values); i++)
		assert_true(kmc_map_put(&map, i << 52 | i << 3, &values[i]));
	for (uint64_t i = 0; i < sizeof(values); i++)
		assert_ptr_equal(kmc_map_get(&map, i << 52 | i << 3), &values[i]);
	assert_null(kmc_map_get(&map, 1));
	kmc_map_release(&map, NULL);
}

static void smallest_range_wins(void **state)
{
	struct kmc_range v[] = {
		{ .lo = 100, .hi = 900, .die = 1 },
		{ .lo = 200, .hi = 300, .die = 2 },
		{ .lo = 250, .hi = 260, .die = 3 },
		{ .lo = 400, .hi = 500, .die = 4 },
		{ .lo = 1000, .hi = 1001, .die = 5 },
	};
	static const struct { uint64_t address, die; } wanted[] = {
		{ 99, 0 }, { 100, 1 }, { 249, 2 }, { 250, 3 }, { 260, 2 },
		{ 300, 1 }, { 450, 4 }, { 899, 1 }, { 900, 0 }, { 1000, 5 },
		{ 1001, 0 },
	};
	struct kmc_ranges ranges = { v, KMC_ARRAY_SIZE(v) };

	(void)state;
	kmc_ranges_sort(&ranges);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(wanted); i++) {
		const struct kmc_range *found;

		found = kmc_ranges_find(&ranges, wanted[i].address);
		assert_int_equal(found ? found->die : 0, wanted[i].die);
	}
}

static int setup(void **state)
{
	*state = fixture_new("gcc", "-g");
	return 0;
}

static int teardown(void **state)
{
	fixture_free(*state);
	return 0;
}

/* By the release, by the version, or by the distribution that is installed. */
static void distribution_has_a_package(void **state)
{
	static const struct {
		const char *release, *banner, *os, *package;
	} cases[] = {
		{ "6.1.0-57-amd64", NULL, "ID=fedora", "linux-image-6.1.0-57-amd64-dbg" },
		{ "6.1.0-57-cloud-amd64", NULL, "", "linux-image-6.1.0-57-cloud-amd64-dbg" },
		{ "6.12.9+bpo-arm64", NULL, "", "linux-image-6.12.9+bpo-arm64-dbg" },
		{ "6.8.0-31-generic", NULL, "ID=debian",
		  "linux-image-unsigned-6.8.0-31-generic-dbgsym" },
		{ "6.8.0-31-lab", "#31-Ubuntu SMP", "ID=debian",
		  "linux-image-unsigned-6.8.0-31-lab-dbgsym" },
		{ "6.9.7-200.fc40.x86_64", NULL, "ID=debian",
		  "kernel-debuginfo-6.9.7-200.fc40.x86_64" },
		{ "6.9.7-200.fc40.x86_64+debug", NULL, "",
		  "kernel-debug-debuginfo-6.9.7-200.fc40.x86_64" },
		{ "5.14.0-427.el9.x86_64", NULL, "", "kernel-debuginfo-5.14.0-427.el9.x86_64" },
		{ "5.15.0-200.el8uek.x86_64", NULL, "",
		  "kernel-uek-debuginfo-5.15.0-200.el8uek.x86_64" },
		{ "6.4.0-150600.23-default", NULL, "", "kernel-default-debuginfo" },
		{ "6.4.0-150600.23-azure", NULL, "ID=\"sles\"", "kernel-azure-debuginfo" },
		{ "6.9.7-arch1-1", NULL, "ID=debian", NULL },
		{ "6.1.192-own", NULL, "NAME=x\nID=debian", "linux-image-6.1.192-own-dbg" },
		{ "6.1.192-own", NULL, "ID=mint\nID_LIKE=\"ubuntu debian\"",
		  "linux-image-unsigned-6.1.192-own-dbgsym" },
		{ "6.1.192-own", NULL, "ID=\"rocky\"\nID_LIKE=\"rhel fedora\"",
		  "kernel-debuginfo-6.1.192-own" },
		{ "6.1.192-own", NULL, "ID=nixos", NULL },
		{ "6.1.192-own", NULL, "", NULL },
		{ "../6.1", NULL, "ID=debian", NULL },
	};
	struct fixture *f = *state;
	char *root = fixture_path(f, "os");

	fixture_run(f, "mkdir -p os/etc");
	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++) {
		const struct kmc_kernel kernel = {
			.release = (char *)cases[i].release, .banner = (char *)cases[i].banner,
		};
		const char *server;
		char *package;

		fixture_run(f, "printf '%s\n' > os/etc/os-release", cases[i].os);
		assert_no_error(kmc_debug_package(root, &kernel, &package, &server));
		if (!package != !cases[i].package ||
		    (package && strcmp(package, cases[i].package)))
			fail_msg("%s: %s", cases[i].release, package);
		free(package);
	}
	free(root);
}

/* A report says all of what uname -v does, or some, and other things behind it. */
static void versions_of_one_build_agree(void **state)
{
	static const char debian[] = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-26)";
	static const char date[] = "#264 SMP Thu Jan 1 00:00:00 UTC 1970";
	static const struct {
		const char *said, *full;
		bool agree;
	} cases[] = {
		{ "#1", "#1", true },
		{ "#1", "#2", false },
		{ "#1", "#11", false },
		{ "#264 945P-A", date, true },
		{ "#265 945P-A", date, false },
		{ "#264) P4DC6", date, true },
		{ "#264 SMP Thu Jan 1 00:00:00 UTC 1970", date, true },
		{ "#264 SMP Thu Jan 1 00:00:00 UTC 1970 QEMU", date, true },
		{ "#264 SMP Fri Jan 2 00:00:00 UTC 1970", date, false },
		{ "#264 SMP PREEMPT Thu Jan 1 00:00:00 UTC 1970", date, false },
		{ "#264 SMP Thu Jan 1 00:0", date, true },
		{ "#31-Ubuntu", "#31-Ubuntu SMP PREEMPT_DYNAMIC Sat Apr 20 2024", true },
		{ "#31-Ubuntu", "#31 SMP", false },
		{ "#1 Debian 6.1.192-3", debian, true },
		{ "#1  Debian 6.1.192-3", debian, true },
		{ "#1 Debian 6.1.170-1", debian, false },
		{ "#1 Debian 6.1.192-3", "# SMP PREEMPT_DYNAMIC Debian 6.1.192-3", true },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.170-1 (2026-01-01)", debian, false },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-26)", debian, true },
		{ "#1 Debian QEMU Standard PC", debian, true },
		{ "#1 openSUSE Tumbleweed 8a6cb0c", "#1 SMP PREEMPT_DYNAMIC Wed (8a6cb0c)", true },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++)
		if (kmc_uts_versions_agree(cases[i].said, cases[i].full) != cases[i].agree)
			fail_msg("%s | %s", cases[i].said, cases[i].full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wrong_file_is_named),
		cmocka_unit_test(missing_and_unreadable_say_so),
		cmocka_unit_test(debug_only_file_will_do),
		cmocka_unit_test(other_build_is_refused),
		cmocka_unit_test(options_count_as_far_as_their_size_says),
		cmocka_unit_test(other_release_is_refused),
		cmocka_unit_test(hostile_release_is_escaped),
		cmocka_unit_test(later_report_is_checked),
		cmocka_unit_test(found_in_each_usual_place),
		cmocka_unit_test(running_kernel_says_its_build_id),
		cmocka_unit_test(misfit_is_passed_over_and_remembered),
		cmocka_unit_test(nothing_found_names_the_remedy),
		cmocka_unit_test(release_is_no_path),
		cmocka_unit_test(module_names),
		cmocka_unit_test(versions_of_one_build_agree),
		cmocka_unit_test(distribution_has_a_package),
		cmocka_unit_test(source_paths),
		cmocka_unit_test(map_keeps_what_it_is_given),
		cmocka_unit_test(smallest_range_wins),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
