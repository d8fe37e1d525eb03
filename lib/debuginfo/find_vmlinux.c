// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Find the vmlinux of a kernel: by its build-ID, by its release in the places where
 * distributions have it, and at debuginfod servers.
 */
#include "debuginfo/find_vmlinux.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/options.h"
#include "debuginfo/build_id.h"
#include "debuginfo/debug_package.h"
#include "debuginfo/debuginfo.h"
#include "debuginfo/debuginfod.h"

/**
 * struct search - looking for one vmlinux
 * @root: what is in front of every place
 * @id, @id_len: build-ID to look for: the report's, or that of the running kernel
 * @refusal: why the first one that was there is not it
 * @found: NULL until it is
 */
struct search {
	const char *root;
	const struct kmc_debuginfo_options *opts;
	const struct kmc_kernel *kernel;
	uint8_t id[KMC_BUILD_ID_HEX / 2];
	size_t id_len;
	struct kmc_error *refusal;
	struct kmc_debuginfo *found;
};

/* A candidate that is not there is no news; one that does not fit is. */
static struct kmc_error *try_file(struct search *s, const char *path)
{
	struct kmc_error *err;

	if (access(path, F_OK))
		return NULL;
	err = kmc_debuginfo_open_file(s->root, path, s->opts, s->kernel,
				      &s->found);
	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	if (err && !s->refusal)
		s->refusal = err;
	else
		kmc_error_free(err);
	return NULL;
}

/* Finds the build-ID in the notes of an ELF file: 0 bytes if there is none. */
static size_t notes_build_id(const uint8_t *notes, size_t len, uint8_t *id,
			     size_t max)
{
	GElf_Nhdr note;
	size_t at = 0;

	while (len - at >= sizeof(note)) {
		size_t name, desc;

		memcpy(&note, notes + at, sizeof(note));
		at += sizeof(note);
		name = (note.n_namesz + 3ULL) & ~3ULL;
		desc = (note.n_descsz + 3ULL) & ~3ULL;
		if (name > len - at || desc > len - at - name)
			return 0;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(notes + at, "GNU", 4) && note.n_descsz <= max) {
			memcpy(id, notes + at + name, note.n_descsz);
			return note.n_descsz;
		}
		at += name + desc;
	}
	return 0;
}

/*
 * The log of the kernel that runs here names its release only; the kernel itself
 * says more. It may be another build of that release, so this is only for looking.
 */
static void use_running_build_id(struct search *s)
{
	char *path KMC_AUTO_FREE = NULL;
	struct utsname running;
	uint8_t notes[4096];
	ssize_t len;
	int fd;

	if (uname(&running) || !s->kernel->release ||
	    strcmp(running.release, s->kernel->release) ||
	    asprintf(&path, "%s/sys/kernel/notes", s->root) < 0)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, notes, sizeof(notes));
	close(fd);
	if (len > 0)
		s->id_len = notes_build_id(notes, len, s->id, sizeof(s->id));
}

static void choose_build_id(struct search *s)
{
	s->id_len = s->kernel->build_id_len;
	memcpy(s->id, s->kernel->build_id, s->id_len);
	if (!s->id_len)
		use_running_build_id(s);
}

static struct kmc_error *search_build_id(struct search *s)
{
	char *path KMC_AUTO_FREE = kmc_build_id_path(s->root, s->id, s->id_len);

	return path ? try_file(s, path) : NULL;
}

static struct kmc_error *search_release(struct search *s)
{
	/*
	 * Debian and Ubuntu; Fedora; the machine that built it, and Arch's
	 * headers; openSUSE, before and after it moved to /usr; others.
	 */
	static const struct { const char *before, *after; } places[] = {
		{ "/usr/lib/debug/boot/vmlinux-", "" },
		{ "/usr/lib/debug/lib/modules/", "/vmlinux" },
		{ "/usr/lib/debug/usr/lib/modules/", "/vmlinux" },
		{ "/lib/modules/", "/build/vmlinux" },
		{ "/usr/lib/modules/", "/build/vmlinux" },
		{ "/lib/modules/", "/source/vmlinux" },
		{ "/boot/vmlinux-", "" },
		{ "/usr/lib/debug/boot/vmlinux-", ".debug" },
		{ "/usr/lib/debug/lib/modules/", "/vmlinux.debug" },
		{ "/usr/lib/debug/usr/lib/modules/", "/vmlinux.debug" },
		{ "/lib/modules/", "/vmlinux" },
		{ "/usr/lib/modules/", "/vmlinux" },
	};
	struct kmc_error *err = NULL;

	if (!kmc_release_is_sane(s->kernel->release))
		return NULL;
	for (size_t i = 0; !err && !s->found && i < KMC_ARRAY_SIZE(places); i++) {
		struct kmc_buf path = { };

		kmc_buf_printf(&path, "%s%s%s%s", s->root, places[i].before,
			       s->kernel->release, places[i].after);
		err = path.failed ? kmc_error_nomem() : try_file(s, path.data);
		kmc_buf_release(&path);
	}
	return err;
}

static struct kmc_error *search_servers(struct search *s)
{
	struct kmc_debuginfod fetch = {
		.progress = s->opts->progress, .arg = s->opts->arg,
	};
	char *path KMC_AUTO_FREE = NULL;
	struct kmc_error *err;

	err = kmc_debuginfod_find(&fetch, s->id, s->id_len, &path);
	if (err && err->code != KMC_ERROR_NOMEM && !s->refusal) {
		s->refusal = err;
		return NULL;
	}
	return err || !path ? err : try_file(s, path);
}

static struct kmc_error *search(struct search *s)
{
	struct kmc_error *err;

	choose_build_id(s);
	err = search_build_id(s);
	if (!err && !s->found)
		err = search_release(s);
	if (!err && !s->found)
		err = search_servers(s);
	if (!err && !s->found && s->refusal) {
		err = s->refusal;
		s->refusal = NULL;
	}
	kmc_error_free(s->refusal);
	return err;
}

static struct kmc_error *not_found(const char *root, const struct kmc_kernel *kernel,
				   bool sane)
{
	char *package KMC_AUTO_FREE = NULL;
	struct kmc_error *err;
	const char *server;

	err = kmc_debug_package(root, kernel, &package, &server);
	if (err)
		return err;
	return kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
			     "no vmlinux of Linux %s in the usual places; name it with --vmlinux, or install %s, or set DEBUGINFOD_URLS%s%s",
			     sane ? kernel->release : "(unknown release)",
			     package ? package : "the kernel's debug package",
			     server ? "=" : "", server ? server : "");
}

struct kmc_error *
kmc_debuginfo_open_below(const char *root,
			 const struct kmc_debuginfo_options *opts,
			 const struct kmc_kernel *kernel,
			 struct kmc_debuginfo **out)
{
	struct kmc_debuginfo_options own;
	struct search s = { .root = root, .opts = &own, .kernel = kernel };
	const bool sane = kernel && kmc_release_is_sane(kernel->release);
	struct kmc_error *err;

	kmc_options_copy(&own, sizeof(own), opts);
	if (own.vmlinux)
		return kmc_debuginfo_open_file(root, own.vmlinux, &own, kernel, out);
	if (!kernel || (!kernel->build_id_len && !sane))
		return kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
				     "the report does not say which kernel it is from; name its vmlinux with --vmlinux");
	err = search(&s);
	if (err)
		return err;
	if (!s.found)
		return not_found(root, kernel, sane);
	*out = s.found;
	return NULL;
}

struct kmc_error *kmc_debuginfo_open(const struct kmc_debuginfo_options *opts,
				     const struct kmc_kernel *kernel,
				     struct kmc_debuginfo **out)
{
	return kmc_debuginfo_open_below("", opts, kernel, out);
}
