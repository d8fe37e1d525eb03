/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF files for the tests, compiled from tests/unit/fixtures when they run.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "base/compiler.h"
#include "kmc/kmc.h"

#define FIXTURE_RELEASE		"6.1.0-fixture"
/* Among the flags: as 32-bit x86 kernels are compiled. */
#define FIXTURE_NARROW		"-m32 -mregparm=3 -mpreferred-stack-boundary=2 -march=i686"
#define FIXTURE_BUILD_ID	"0123456789abcdef0123456789abcdef01234567"

/**
 * struct fixture - a directory with what was compiled in it
 * @dir: temporary directory, removed by fixture_free()
 * @vmlinux: a linked, static program at kernel addresses
 * @modules: directory with fix-mod.ko
 */
struct fixture {
	char *dir;
	char *vmlinux;
	char *modules;
};

/* Fails the test when the compiler does; @flags as in "-gdwarf-4". */
struct fixture *fixture_new(const char *compiler, const char *flags);
void fixture_free(struct fixture *f);

/* Runs a shell command in the fixture's directory; fails the test if it does. */
KMC_PRINTF(2, 3) void fixture_run(const struct fixture *f, const char *fmt, ...);
/* Compile src/@name.c as the kernel's code is, with @flags besides, and link it to @name; its
 * symbols, as nm has them, are in the file symbols.
 */
void fixture_compile(const struct fixture *f, const char *name, const char *flags);
/* Path of a file in the fixture's directory, yours. */
char *fixture_path(const struct fixture *f, const char *name);
/* Address that nm, whose output is in the file @listing there, shows for @name; fails if none. */
uint64_t fixture_symbol(const struct fixture *f, const char *listing, const char *name);
/* Is there such a program? */
bool fixture_has(const char *program);
/* Line of the comment "MARK @mark" in fixtures/@file. */
int fixture_line(const char *file, const char *mark);
/* FIXTURE_BUILD_ID as a report has it. */
void fixture_set_build_id(struct kmc_kernel *kernel);

/* Fails the test and says why when @err is one. */
void assert_no_error(struct kmc_error *err);
/* Fails unless @err has that code and its message holds @text; frees it. */
void assert_error(struct kmc_error *err, enum kmc_error_code code,
		  const char *text);

#endif /* FIXTURE_H */
