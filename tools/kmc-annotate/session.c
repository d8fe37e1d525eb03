// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is open for the whole run: debug info, types, sources.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "session.h"

#include "../common/memory.h"
#include "../common/message.h"
#include "../common/symbols.h"

/* Types of the running kernel and its modules, for those who named none. */
#define RUNNING_BTF	"/sys/kernel/btf"

void session_init(struct session *session, struct options *opts)
{
	symbols_init(&session->symbols, &opts->debuginfo);
	session->symbols.keep = true;
}

/* Such a directory; false: it is none, or does not have the kernel's. */
static bool btf_directory(struct session *session, const char *dir)
{
	size_t size = strlen(dir) + sizeof("/vmlinux");
	char *path = xcalloc(size, 1);

	snprintf(path, size, "%s/vmlinux", dir);
	if (access(path, R_OK)) {
		free(path);
		return false;
	}
	session->types_path = path;
	session->btf_dir = dir;
	return true;
}

/* A path, not opened for anything but its types: that takes milliseconds. */
static struct kmc_error *types_path(struct session *session, const struct options *opts)
{
	struct kmc_debuginfo *found = NULL;
	struct kmc_kernel kernel = { };
	struct kmc_error *err;
	struct utsname names;

	if (opts->debuginfo.vmlinux) {
		if (btf_directory(session, opts->debuginfo.vmlinux))
			return NULL;
		session->types_path = xstrdup(opts->debuginfo.vmlinux);
		return NULL;
	}
	if (session->symbols.di) {
		session->types_path = xstrdup(kmc_debuginfo_path(session->symbols.di));
		return NULL;
	}
	if (btf_directory(session, RUNNING_BTF))
		return NULL;
	uname(&names);
	kernel.release = names.release;
	err = kmc_debuginfo_open(&opts->debuginfo, &kernel, &found);
	symbols_end_download(&session->symbols);
	if (err)
		return err;
	session->types_path = xstrdup(kmc_debuginfo_path(found));
	kmc_debuginfo_free(found);
	return NULL;
}

static struct kmc_error *open_types(const char *path, struct kmc_types **out)
{
	struct kmc_error *err = kmc_types_open_btf(path, out), *other;

	if (!err)
		return NULL;
	/* What DWARF says is wrong is of more use than that there is no BTF. */
	other = kmc_types_open_dwarf(path, out);
	kmc_error_free(err);
	return other;
}

struct kmc_error *session_compare(struct session *session, const char *a, const char *b)
{
	struct kmc_error *err;

	session->types_path = xstrdup(a);
	session->other_path = xstrdup(b);
	err = open_types(a, &session->types);
	return err ? err : open_types(b, &session->other);
}

struct kmc_error *session_types(struct session *session, const struct options *opts,
				struct kmc_types **out)
{
	struct kmc_error *err = NULL;

	if (session->types) {
		*out = session->types;
		return NULL;
	}
	if (!session->types_path)
		err = types_path(session, opts);
	if (err)
		return err;
	err = open_types(session->types_path, &session->types);
	*out = session->types;
	return err;
}

struct kmc_error *session_modules(struct session *session, const struct options *opts,
				  struct kmc_modules **out)
{
	struct kmc_error *err = NULL;

	if (!session->modules && opts->debuginfo.modules) {
		if (!symbols_check_modules(&opts->debuginfo))
			return NULL;
		err = kmc_modules_open(opts->debuginfo.modules, session->types,
				       &session->modules);
	} else if (!session->modules && session->btf_dir) {
		err = kmc_modules_open_btf(session->btf_dir, session->types,
					   &session->modules);
	}
	*out = session->modules;
	return err;
}

struct kmc_error *session_find(struct session *session, const struct options *opts,
			       const char *name, struct kmc_types **types,
			       kmc_type_id **ids, size_t *count)
{
	struct kmc_modules *modules = NULL;
	struct kmc_error *err, *other;

	err = session_types(session, opts, types);
	if (!err)
		err = kmc_types_find(*types, name, ids, count);
	if (err && err->code == KMC_ERROR_NOT_FOUND && session->types) {
		kmc_error_free(err);
		err = kmc_types_find_enum(*types, name, ids, count);
	}
	/* The DWARF of a module is enough, without any kernel. */
	if (!err || !(opts->debuginfo.modules || session->btf_dir))
		return err;
	other = session_modules(session, opts, &modules);
	if (!other && modules)
		other = kmc_modules_find(modules, name, types, ids, count);
	if (!other && (!modules || !*types))
		return err;
	kmc_error_free(err);
	return other;
}

static struct kmc_error *open_source(struct session *session, const char *dir)
{
	struct kmc_error *err = kmc_source_open(dir, &session->source);

	if (!err)
		session->source_dir = dir;
	return err;
}

bool session_open(struct session *session, const struct options *opts)
{
	struct kmc_error *err;

	if (!symbols_open(&session->symbols))
		return false;
	err = opts->source ? open_source(session, opts->source) : NULL;
	if (!err)
		return true;
	message_error(err);
	return false;
}

/* What the debug info names need not be on this machine. */
void session_source(struct session *session, const struct options *opts)
{
	const char *dir = session->symbols.di ?
			  kmc_debuginfo_source(session->symbols.di) : NULL;

	if (opts->source)
		dir = opts->source;
	if (dir && !session->source)
		kmc_error_free(open_source(session, dir));
}

void session_close(struct session *session)
{
	profile_free(session->profile);
	inbox_free(session->inbox);
	kmc_source_free(session->source);
	kmc_modules_free(session->modules);
	kmc_allocations_free(session->allocations);
	kmc_types_free(session->types);
	kmc_types_free(session->other);
	free(session->types_path);
	free(session->other_path);
	symbols_close(&session->symbols);
}
