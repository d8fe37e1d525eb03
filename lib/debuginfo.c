// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Find the vmlinux and the modules of a kernel, and refuse those of another
 * build: wrong lines are worse than none.
 */
#include <ctype.h>
#include <unistd.h>

#include "debuginfo.h"

#define BUILD_ID_MAX	64

static void hex(char *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len && i < BUILD_ID_MAX; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

/* A release becomes part of a path, and a report can say anything. */
bool kmc_release_is_sane(const char *release)
{
	const char *p = release;

	if (!release || *release == '.')
		return false;
	while (isascii(*p) && (isalnum(*p) || (*p && strchr(".-_+~", *p))))
		p++;
	return p > release && !*p && p - release < 128;
}

/* ---- does it fit? ---- */

static struct kmc_error *mismatch_build_id(const struct kmc_debuginfo *di,
					   const struct kmc_kernel *kernel)
{
	char have[2 * BUILD_ID_MAX + 1], want[2 * BUILD_ID_MAX + 1];

	hex(have, di->facts.build_id, di->facts.build_id_len);
	hex(want, kernel->build_id, kernel->build_id_len);
	return kmc_error_new(KMC_ERROR_MISMATCH, di->vmlinux->path, 0,
			     "has build-ID %s, but the report is from build %s; give that build's vmlinux, or --force",
			     have, want);
}

static struct kmc_error *mismatch_release(const struct kmc_debuginfo *di,
					  const struct kmc_kernel *kernel)
{
	char *have KMC_AUTO_FREE = kmc_escape(di->facts.release);
	char *want KMC_AUTO_FREE = kmc_escape(kernel->release);

	if (!have || !want)
		return kmc_error_nomem();
	return kmc_error_new(KMC_ERROR_MISMATCH, di->vmlinux->path, 0,
			     "is Linux %s, but the report is from Linux %s; give that kernel's vmlinux, or --force",
			     have, want);
}

struct kmc_error *kmc_debuginfo_check(struct kmc_debuginfo *di,
				      const struct kmc_kernel *kernel)
{
	const struct kmc_elf_facts *facts = &di->facts;

	if (di->force || !kernel)
		return NULL;
	if (kernel->build_id_len && facts->build_id_len) {
		if (kernel->build_id_len == facts->build_id_len &&
		    !memcmp(kernel->build_id, facts->build_id,
			    facts->build_id_len))
			return NULL;
		return mismatch_build_id(di, kernel);
	}
	if (kernel->release && facts->release &&
	    strcmp(kernel->release, facts->release))
		return mismatch_release(di, kernel);
	return NULL;
}

/* ---- vmlinux ---- */

/* Modules are those of the report, or else those that fit vmlinux. */
static struct kmc_error *set_module_release(struct kmc_debuginfo *di,
					    const struct kmc_kernel *kernel)
{
	const char *release = kernel ? kernel->release : NULL;

	if (!release)
		release = di->facts.release;
	if (!kmc_release_is_sane(release))
		return NULL;
	di->module_release = strdup(release);
	return di->module_release ? NULL : kmc_error_nomem();
}

static struct kmc_error *open_vmlinux(const char *path,
				      const struct kmc_debuginfo_options *opts,
				      const struct kmc_kernel *kernel,
				      struct kmc_debuginfo **out)
{
	struct kmc_debuginfo *di = calloc(1, sizeof(*di));
	struct kmc_error *err;

	if (!di)
		return kmc_error_nomem();
	di->force = opts->force;
	err = kmc_elf_check_vmlinux(path, &di->facts);
	if (!err)
		err = kmc_image_open(NULL, path, &di->vmlinux);
	if (!err)
		err = kmc_debuginfo_check(di, kernel);
	if (!err) {
		di->source_root = kmc_source_root(di->vmlinux->dwarf);
		di->vmlinux->source_root = di->source_root;
	}
	if (!err && opts->modules) {
		di->modules_dir = strdup(opts->modules);
		if (!di->modules_dir)
			err = kmc_error_nomem();
	}
	if (!err)
		err = set_module_release(di, kernel);
	if (err)
		kmc_debuginfo_free(di);
	else
		*out = di;
	return err;
}

/* A candidate that is not there is no news; one that does not fit is. */
static struct kmc_error *try_vmlinux(struct kmc_buf *path,
				     const struct kmc_debuginfo_options *opts,
				     const struct kmc_kernel *kernel,
				     struct kmc_error **refusal,
				     struct kmc_debuginfo **out)
{
	struct kmc_error *err;

	if (path->failed)
		return kmc_error_nomem();
	if (access(path->data, F_OK))
		return NULL;
	err = open_vmlinux(path->data, opts, kernel, out);
	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	if (err && !*refusal)
		*refusal = err;
	else
		kmc_error_free(err);
	return NULL;
}

static struct kmc_error *search_build_id(const char *root,
					 const struct kmc_debuginfo_options *opts,
					 const struct kmc_kernel *kernel,
					 struct kmc_error **refusal,
					 struct kmc_debuginfo **out)
{
	char id[2 * BUILD_ID_MAX + 1];
	struct kmc_buf path = { };
	struct kmc_error *err;

	if (kernel->build_id_len < 2)
		return NULL;
	hex(id, kernel->build_id, kernel->build_id_len);
	kmc_buf_printf(&path, "%s/usr/lib/debug/.build-id/%.2s/%s.debug", root,
		       id, id + 2);
	err = try_vmlinux(&path, opts, kernel, refusal, out);
	kmc_buf_release(&path);
	return err;
}

static struct kmc_error *search_release(const char *root,
					const struct kmc_debuginfo_options *opts,
					const struct kmc_kernel *kernel,
					struct kmc_error **refusal,
					struct kmc_debuginfo **out)
{
	/* Debian, Fedora, the machine that built it, openSUSE, Arch. */
	static const struct { const char *before, *after; } places[] = {
		{ "/usr/lib/debug/boot/vmlinux-", "" },
		{ "/usr/lib/debug/lib/modules/", "/vmlinux" },
		{ "/lib/modules/", "/build/vmlinux" },
		{ "/lib/modules/", "/source/vmlinux" },
		{ "/boot/vmlinux-", "" },
		{ "/usr/lib/debug/boot/vmlinux-", ".debug" },
		{ "/lib/modules/", "/vmlinux" },
	};
	struct kmc_error *err = NULL;

	if (!kmc_release_is_sane(kernel->release))
		return NULL;
	for (size_t i = 0; !err && !*out && i < KMC_ARRAY_SIZE(places); i++) {
		struct kmc_buf path = { };

		kmc_buf_printf(&path, "%s%s%s%s", root, places[i].before,
			       kernel->release, places[i].after);
		err = try_vmlinux(&path, opts, kernel, refusal, out);
		kmc_buf_release(&path);
	}
	return err;
}

static struct kmc_error *search(const char *root,
				const struct kmc_debuginfo_options *opts,
				const struct kmc_kernel *kernel,
				struct kmc_debuginfo **out)
{
	const bool by_release = kernel && kmc_release_is_sane(kernel->release);
	struct kmc_error *refusal = NULL, *err;
	struct kmc_debuginfo *found = NULL;

	if (!kernel || (!kernel->build_id_len && !by_release))
		return kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
				     "the report does not say which kernel it is from; name its vmlinux with --vmlinux");
	err = search_build_id(root, opts, kernel, &refusal, &found);
	if (!err && !found)
		err = search_release(root, opts, kernel, &refusal, &found);
	if (err || found) {
		kmc_error_free(refusal);
		if (!err)
			*out = found;
		return err;
	}
	if (refusal)
		return refusal;
	return kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
			     "no vmlinux of Linux %s in the usual places; name it with --vmlinux, or install the kernel's debug package",
			     by_release ? kernel->release : "(unknown release)");
}

struct kmc_error *
kmc_debuginfo_open_below(const char *root,
			 const struct kmc_debuginfo_options *opts,
			 const struct kmc_kernel *kernel,
			 struct kmc_debuginfo **out)
{
	static const struct kmc_debuginfo_options defaults;

	if (!opts)
		opts = &defaults;
	if (opts->vmlinux)
		return open_vmlinux(opts->vmlinux, opts, kernel, out);
	return search(root, opts, kernel, out);
}

struct kmc_error *kmc_debuginfo_open(const struct kmc_debuginfo_options *opts,
				     const struct kmc_kernel *kernel,
				     struct kmc_debuginfo **out)
{
	return kmc_debuginfo_open_below("", opts, kernel, out);
}

const char *kmc_debuginfo_path(const struct kmc_debuginfo *di)
{
	return di->vmlinux->path;
}

/* ---- modules ---- */

/* The directory of vmlinux, if that is a build tree; NULL: no, or no memory. */
static char *build_tree(const struct kmc_debuginfo *di)
{
	const char *slash = strrchr(di->vmlinux->path, '/');
	int len = slash ? slash - di->vmlinux->path : 1;
	const char *dir = slash ? di->vmlinux->path : ".";
	struct kmc_buf buf = { };
	char *out = NULL;

	kmc_buf_printf(&buf, "%.*s/modules.order", len, dir);
	if (!buf.failed && !access(buf.data, F_OK))
		out = strndup(dir, len ? len : 1);
	kmc_buf_release(&buf);
	return out;
}

static struct kmc_error *scan_modules(struct kmc_debuginfo *di)
{
	static const char *const places[] = {
		"/usr/lib/debug/lib/modules/", "/lib/modules/",
	};
	char *tree KMC_AUTO_FREE = NULL;
	struct kmc_error *err = NULL;

	if (di->modules_scanned)
		return NULL;
	di->modules_scanned = true;
	if (di->modules_dir)
		return kmc_modules_scan(&di->module_files, di->modules_dir);
	tree = build_tree(di);
	if (tree)
		err = kmc_modules_scan(&di->module_files, tree);
	for (size_t i = 0; !err && di->module_release &&
	     i < KMC_ARRAY_SIZE(places); i++) {
		struct kmc_buf dir = { };

		kmc_buf_printf(&dir, "%s%s", places[i], di->module_release);
		err = dir.failed ? kmc_error_nomem() :
		      kmc_modules_scan(&di->module_files, dir.data);
		kmc_buf_release(&dir);
	}
	return err;
}

/* The first file of that name with debug info; *out stays NULL if none. */
static struct kmc_error *open_module(struct kmc_debuginfo *di, const char *name,
				     struct kmc_image **out)
{
	const struct kmc_module_files *files = &di->module_files;
	struct kmc_error *err;
	bool listed = false;

	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->v[i].name, name))
			continue;
		listed = true;
		err = kmc_image_open(name, files->v[i].path, out);
		if (!err || err->code == KMC_ERROR_NOMEM)
			return err;
		kmc_error_free(err);
	}
	/* Remember that its files are useless, so as not to try them again. */
	return listed ? kmc_image_open(name, NULL, out) : NULL;
}

static struct kmc_error *find_module(struct kmc_debuginfo *di, const char *name,
				     struct kmc_image **out)
{
	struct kmc_image **slot;
	struct kmc_error *err;

	*out = NULL;
	for (size_t i = 0; i < di->nmodules; i++)
		if (!strcmp(di->modules[i]->name, name)) {
			*out = di->modules[i];
			return NULL;
		}
	err = scan_modules(di);
	if (err)
		return err;
	slot = kmc_grow(&di->modules, di->nmodules, sizeof(struct kmc_image *));
	if (!slot)
		return kmc_error_nomem();
	err = open_module(di, name, slot);
	if (err || !*slot)
		return err;
	(*slot)->source_root = di->source_root;
	*out = *slot;
	di->nmodules++;
	return NULL;
}

struct kmc_error *kmc_debuginfo_image(struct kmc_debuginfo *di,
				      const char *name, struct kmc_image **out)
{
	char *clean KMC_AUTO_FREE = NULL;
	struct kmc_image *image = di->vmlinux;
	struct kmc_error *err;

	if (name) {
		clean = strdup(name);
		if (!clean)
			return kmc_error_nomem();
		for (char *p = clean; *p; p++)
			if (*p == '-')
				*p = '_';
		err = find_module(di, clean, &image);
		if (err)
			return err;
	}
	if (!image || !image->mod) {
		char *shown KMC_AUTO_FREE = kmc_escape(name);

		if (!shown)
			return kmc_error_nomem();
		return kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
				     "no file of module %s with debug info; name the directory of its .ko with --modules",
				     shown);
	}
	*out = image;
	return NULL;
}

void kmc_debuginfo_free(struct kmc_debuginfo *di)
{
	if (!di)
		return;
	kmc_image_free(di->vmlinux);
	for (size_t i = 0; i < di->nmodules; i++)
		kmc_image_free(di->modules[i]);
	free(di->modules);
	kmc_modules_release(&di->module_files);
	kmc_elf_facts_release(&di->facts);
	free(di->source_root);
	free(di->modules_dir);
	free(di->module_release);
	free(di);
}
