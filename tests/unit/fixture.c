// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compiles the fixtures; see fixture.h.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"

/* The tests run in the project's directory. */
#define SOURCES		"tests/unit/fixtures"

static char *format(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	assert_true(vasprintf(&text, fmt, ap) >= 0);
	va_end(ap);
	return text;
}

static void run(char *command)
{
	int status = system(command);

	if (status)
		print_error("# failed: %s\n", command);
	free(command);
	assert_int_equal(status, 0);
}

void fixture_run(const struct fixture *f, const char *fmt, ...)
{
	char *command;
	va_list ap;

	va_start(ap, fmt);
	assert_true(vasprintf(&command, fmt, ap) >= 0);
	va_end(ap);
	run(format("cd '%s' && { %s; }", f->dir, command));
	free(command);
}

void fixture_compile(const struct fixture *f, const char *name, const char *flags)
{
	const bool narrow = strstr(flags, FIXTURE_NARROW);

	fixture_run(f, "gcc -O2 %s -ffreestanding -fno-pic %s -fno-stack-protector -fcf-protection=none -c src/%s.c",
		    flags, narrow ? "" : "-mcmodel=kernel", name);
	fixture_run(f, "gcc %s -nostdlib -static -no-pie -Wl,-e,_start -Wl,-Ttext=%s %s.o -o %s && nm %s >symbols",
		    narrow ? "-m32" : "", narrow ? "0xc1000000" : "0xffffffff81000000",
		    name, name, name);
}

char *fixture_path(const struct fixture *f, const char *name)
{
	return format("%s/%s", f->dir, name);
}

uint64_t fixture_symbol(const struct fixture *f, const char *listing, const char *name)
{
	char *path = fixture_path(f, listing);
	FILE *stream = fopen(path, "r");
	unsigned long long value, found = 0;
	char line[256], kind, other[200];

	free(path);
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream))
		if (sscanf(line, "%llx %c %199s", &value, &kind, other) == 3 &&
		    !strcmp(other, name))
			found = value;
	fclose(stream);
	if (!found)
		fail_msg("nm shows no %s", name);
	return found;
}

bool fixture_has(const char *program)
{
	char *command = format("command -v %s >/dev/null 2>&1", program);
	bool has = !system(command);

	free(command);
	return has;
}

static void compile(const struct fixture *f, const char *cc, const char *flags,
		    const char *what)
{
	/* Like the kernel: no PIC, and its own addresses. */
	fixture_run(f, "%s -O2 %s -ffreestanding -fno-pic -mcmodel=kernel -fno-asynchronous-unwind-tables -I src -DRELEASE='\"%s\"' -c %s",
		    cc, flags, FIXTURE_RELEASE, what);
}

static void link_vmlinux(const struct fixture *f, const char *cc)
{
	fixture_run(f, "%s -nostdlib -static -Wl,-e,_start -Wl,-Ttext=0xffffffff81000000 -Wl,--build-id=0x%s chain.o a.o b.o c.o entry.o -o vmlinux",
		    cc, FIXTURE_BUILD_ID);
}

static void compile_all(const struct fixture *f, const char *cc,
			const char *flags)
{
	static const char *const sources[] = {
		"src/chain.c",
		"src/entry.S",
		"-DWORK='\"40\"' -DENTRY=entry_a src/namesake.c -o a.o",
		"-DWORK='\"90\"' -DENTRY=entry_b src/namesake.c -o b.o",
		"-DWORK='\"90\"' -DENTRY=entry_c src/namesake.c -o c.o",
		"src/module.c -o mods/net/fix-mod.ko",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(sources); i++)
		compile(f, cc, flags, sources[i]);
	link_vmlinux(f, cc);
}

struct fixture *fixture_new(const char *compiler, const char *flags)
{
	const char *tmp = getenv("TMPDIR");
	struct fixture *f = calloc(1, sizeof(*f));
	char *sources = realpath(SOURCES, NULL);

	assert_non_null(f);
	assert_non_null(sources);
	f->dir = format("%s/kmc-fixture.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	f->vmlinux = fixture_path(f, "vmlinux");
	f->modules = fixture_path(f, "mods");
	fixture_run(f, "mkdir -p mods/net && cp -r '%s' src", sources);
	free(sources);
	compile_all(f, compiler, flags);
	return f;
}

void fixture_free(struct fixture *f)
{
	if (!f)
		return;
	run(format("rm -rf '%s'", f->dir));
	free(f->dir);
	free(f->vmlinux);
	free(f->modules);
	free(f);
}

int fixture_line(const char *file, const char *mark)
{
	char *path = format(SOURCES "/%s", file);
	char *comment = format("/* MARK %s */", mark);
	FILE *stream = fopen(path, "r");
	char line[512];
	int number = 0;
	bool found = false;

	assert_non_null(stream);
	while (!found && fgets(line, sizeof(line), stream)) {
		number++;
		found = strstr(line, comment);
	}
	fclose(stream);
	free(comment);
	free(path);
	assert_true(found);
	return number;
}

void fixture_set_build_id(struct kmc_kernel *kernel)
{
	kernel->build_id_len = strlen(FIXTURE_BUILD_ID) / 2;
	for (size_t i = 0; i < kernel->build_id_len; i++) {
		const char byte[] = {
			FIXTURE_BUILD_ID[2 * i], FIXTURE_BUILD_ID[2 * i + 1], 0,
		};

		kernel->build_id[i] = strtoul(byte, NULL, 16);
	}
}

void assert_no_error(struct kmc_error *err)
{
	if (err)
		print_error("# %s: %s\n", err->path ? err->path : "-",
			    err->message);
	assert_null(err);
}

void assert_error(struct kmc_error *err, enum kmc_error_code code,
		  const char *text)
{
	assert_non_null(err);
	if (err->code != code || !strstr(err->message, text))
		print_error("# got %d \"%s\" and wanted \"%s\"\n", err->code,
			    err->message, text);
	assert_int_equal(err->code, code);
	assert_non_null(strstr(err->message, text));
	kmc_error_free(err);
}
