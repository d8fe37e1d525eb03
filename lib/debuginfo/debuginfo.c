// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The vmlinux and the modules of a kernel; those of another build are refused:
 * wrong lines are worse than none.
 */
#include "debuginfo/debuginfo.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/build_id.h"
#include "debuginfo/sections.h"
#include "debuginfo/source.h"
#include "debuginfo/source_path.h"

/* ---- does it fit? ---- */

static struct kmc_error *mismatch_build_id(const struct kmc_debuginfo *di,
					   const struct kmc_kernel *kernel)
{
	char have[KMC_BUILD_ID_HEX], want[KMC_BUILD_ID_HEX];

	kmc_build_id_hex(have, di->facts.build_id, di->facts.build_id_len);
	kmc_build_id_hex(want, kernel->build_id, kernel->build_id_len);
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

enum kmc_build kmc_debuginfo_compare(const struct kmc_debuginfo *di,
				     const struct kmc_kernel *kernel)
{
	const struct kmc_elf_facts *facts = &di->facts;

	if (kernel->build_id_len && facts->build_id_len) {
		if (kernel->build_id_len == facts->build_id_len &&
		    !memcmp(kernel->build_id, facts->build_id,
			    facts->build_id_len))
			return KMC_SAME_BUILD;
		return KMC_OTHER_BUILD_ID;
	}
	if (kernel->release && facts->release &&
	    strcmp(kernel->release, facts->release))
		return KMC_OTHER_RELEASE;
	return KMC_MAY_BE_SAME;
}

struct kmc_error *kmc_debuginfo_check(struct kmc_debuginfo *di,
				      const struct kmc_kernel *kernel)
{
	if (di->force || !kernel)
		return NULL;
	switch (kmc_debuginfo_compare(di, kernel)) {
	case KMC_OTHER_BUILD_ID:
		return mismatch_build_id(di, kernel);
	case KMC_OTHER_RELEASE:
		return mismatch_release(di, kernel);
	default:
		return NULL;
	}
}

/* ---- vmlinux ---- */

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

static struct kmc_error *set_options(struct kmc_debuginfo *di, const char *root,
				     const struct kmc_debuginfo_options *opts)
{
	di->force = opts->force;
	di->fetch = (struct kmc_debuginfod){
		.progress = opts->progress, .arg = opts->arg,
	};
	di->root = strdup(root);
	di->modules_dir = opts->modules ? strdup(opts->modules) : NULL;
	di->source_dir = opts->source ? strdup(opts->source) : NULL;
	if (!di->root || (opts->modules && !di->modules_dir) ||
	    (opts->source && !di->source_dir))
		return kmc_error_nomem();
	return NULL;
}

struct kmc_error *
kmc_debuginfo_open_file(const char *root, const char *path,
			const struct kmc_debuginfo_options *opts,
			const struct kmc_kernel *kernel,
			struct kmc_debuginfo **out)
{
	struct kmc_debuginfo *di = calloc(1, sizeof(*di));
	struct kmc_error *err;

	if (!di)
		return kmc_error_nomem();
	err = set_options(di, root, opts);
	if (!err)
		err = kmc_elf_check_vmlinux(path, &di->facts);
	if (!err)
		err = kmc_image_open(NULL, path, &di->fetch, &di->vmlinux);
	if (!err)
		err = kmc_debuginfo_check(di, kernel);
	if (!err) {
		di->source_root = kmc_source_root(di->vmlinux->dwarf);
		di->vmlinux->source_root = di->source_root;
		err = set_module_release(di, kernel);
	}
	if (err)
		kmc_debuginfo_free(di);
	else
		*out = di;
	return err;
}

const char *kmc_debuginfo_source(const struct kmc_debuginfo *di)
{
	return di->source_root;
}

struct kmc_source *kmc_debuginfo_lines(struct kmc_debuginfo *di)
{
	const char *dir = di->source_dir ? di->source_dir : di->source_root;

	if (dir && !di->source_tried)
		kmc_error_free(kmc_source_open(dir, &di->source));
	di->source_tried = true;
	return di->source;
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
		"/usr/lib/debug/lib/modules/",
		"/usr/lib/debug/usr/lib/modules/",
		"/lib/modules/", "/usr/lib/modules/",
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

		kmc_buf_printf(&dir, "%s%s%s", di->root, places[i],
			       di->module_release);
		err = dir.failed ? kmc_error_nomem() :
		      kmc_modules_scan(&di->module_files, dir.data);
		kmc_buf_release(&dir);
	}
	return err;
}

static struct kmc_error *other_build_id(const struct kmc_image *image,
					const uint8_t *id, size_t len,
					const struct kmc_module *record)
{
	char have[KMC_BUILD_ID_HEX], want[KMC_BUILD_ID_HEX];

	kmc_build_id_hex(have, id, len);
	kmc_build_id_hex(want, record->build_id, record->build_id_len);
	return kmc_error_new(KMC_ERROR_MISMATCH, image->path, 0,
			     "is of another build: it has build-ID %s, and the report's module %s",
			     have, want);
}

static struct kmc_error *other_release(const struct kmc_image *image,
				       const char *have, const char *want)
{
	char *shown KMC_AUTO_FREE = kmc_escape(have);

	if (!shown)
		return kmc_error_nomem();
	return kmc_error_new(KMC_ERROR_MISMATCH, image->path, 0,
			     "is of another build: it is for Linux %s, and the report from Linux %s",
			     shown, want);
}

/* A module whose build-ID the report says has to have that one, or else its release. */
struct kmc_error *kmc_debuginfo_fits(const struct kmc_debuginfo *di,
				     const struct kmc_image *image,
				     const struct kmc_module *record)
{
	char *release KMC_AUTO_FREE = NULL;
	const unsigned char *id;
	GElf_Addr at;
	int len;

	if (di->force)
		return NULL;
	len = dwfl_module_build_id(image->mod, &id, &at);
	if (len > 0 && record && record->build_id_len) {
		if (record->build_id_len == (size_t)len &&
		    !memcmp(record->build_id, id, len))
			return NULL;
		return other_build_id(image, id, len, record);
	}
	release = kmc_module_release(image);
	if (!release || !di->module_release || !strcmp(release, di->module_release))
		return NULL;
	return other_release(image, release, di->module_release);
}

/* *out stays NULL when the file is of no use; the first one says why. */
static struct kmc_error *try_module(struct kmc_debuginfo *di, const char *name,
				    const char *path,
				    const struct kmc_module *record,
				    struct kmc_image **out, struct kmc_error **refusal)
{
	struct kmc_image *image = NULL;
	struct kmc_error *err;

	err = kmc_image_open(name, path, &di->fetch, &image);
	if (!err)
		err = kmc_debuginfo_fits(di, image, record);
	if (!err) {
		*out = image;
		return NULL;
	}
	kmc_image_free(image);
	if (err->code == KMC_ERROR_NOMEM)
		return err;
	/* What has no debug info is not as bad as what is of another build. */
	if (*refusal && err->code == KMC_ERROR_MISMATCH &&
	    (*refusal)->code != KMC_ERROR_MISMATCH) {
		kmc_error_free(*refusal);
		*refusal = NULL;
	}
	if (*refusal)
		kmc_error_free(err);
	else
		*refusal = err;
	return NULL;
}

/* What has just this build-ID: installed, or from a server. */
static struct kmc_error *try_module_build_id(struct kmc_debuginfo *di,
					     const char *name,
					     const struct kmc_module *record,
					     bool fetch, struct kmc_image **out)
{
	struct kmc_error *err = NULL, *refusal = NULL;
	char *path = NULL;

	if (!record || !record->build_id_len)
		return NULL;
	if (fetch)
		err = kmc_debuginfod_find(&di->fetch, record->build_id,
					  record->build_id_len, &path);
	else
		path = kmc_build_id_path(di->root, record->build_id,
					 record->build_id_len);
	/* No server is no more than no lines. */
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	if (!err && path)
		err = try_module(di, name, path, record, out, &refusal);
	/* Nobody named this file, and there may be none. */
	kmc_error_free(refusal);
	free(path);
	return err;
}

/*
 * The first file of that name with debug info. *out stays NULL if there is no file; an
 * image without anything keeps why those that are there are useless, so as not to try
 * them again.
 */
static struct kmc_error *open_module(struct kmc_debuginfo *di, const char *name,
				     const struct kmc_module *record,
				     struct kmc_image **out)
{
	const struct kmc_module_files *files = &di->module_files;
	bool listed = record && record->build_id_len;
	struct kmc_error *err, *refusal = NULL;

	err = try_module_build_id(di, name, record, false, out);
	for (size_t i = 0; !err && !*out && i < files->count; i++) {
		if (strcmp(files->v[i].name, name))
			continue;
		listed = true;
		err = try_module(di, name, files->v[i].path, record, out, &refusal);
	}
	if (!err && !*out)
		err = try_module_build_id(di, name, record, true, out);
	if (!err && !*out && listed)
		err = kmc_image_open(name, NULL, &di->fetch, out);
	if (!err && *out && !(*out)->mod)
		(*out)->refusal = refusal;
	else
		kmc_error_free(refusal);
	return err;
}

static struct kmc_error *find_module(struct kmc_debuginfo *di, const char *name,
				     const struct kmc_module *record,
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
	err = open_module(di, name, record, slot);
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
	return kmc_debuginfo_module(di, name, NULL, out);
}

struct kmc_error *kmc_debuginfo_module(struct kmc_debuginfo *di,
				       const char *name,
				       const struct kmc_module *record,
				       struct kmc_image **out)
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
		err = find_module(di, clean, record, &image);
		if (err)
			return err;
	}
	if (image && image->refusal)
		return kmc_error_new(image->refusal->code, image->refusal->path, 0,
				     "%s", image->refusal->message);
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

const char *kmc_debuginfo_unread(const struct kmc_debuginfo *di)
{
	return kmc_image_unread(di->vmlinux);
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
	free(di->source_dir);
	kmc_source_free(di->source);
	free(di->modules_dir);
	free(di->root);
	free(di->module_release);
	free(di);
}
