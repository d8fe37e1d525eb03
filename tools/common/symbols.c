// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug info for the report at hand: what the user named, or what can be found.
 */
#include "symbols.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "message.h"

static bool is_named(const struct symbols *symbols)
{
	return symbols->opts->vmlinux;
}

/* It may hold none that a report needs, but it has to be there. */
bool symbols_check_modules(const struct kmc_debuginfo_options *opts)
{
	const char *path = opts->modules;
	struct stat st;
	DIR *dir;

	if (!path)
		return true;
	/* A module's own file will do. */
	if (!stat(path, &st) && S_ISREG(st.st_mode) && !access(path, R_OK)) {
		if (strstr(path, ".ko"))
			return true;
		message("%s: is no directory, and no module by its name (.ko)", path);
		return false;
	}
	dir = opendir(path);
	if (!dir)
		message("%s: cannot look for modules there: %s", path, strerror(errno));
	else
		closedir(dir);
	return dir;
}

/* ---- downloads ---- */

/* An answer that comes at once needs no word, if it is no download. */
static bool on_download(void *arg, uint64_t done, uint64_t total)
{
	struct symbols *symbols = arg;
	time_t now = time(NULL);

	if (!symbols->since)
		symbols->since = now;
	symbols->downloaded = done;
	if (!symbols->announced && (total || now - symbols->since > 1) &&
	    !symbols->quiet && !symbols->shows_progress) {
		symbols->announced = true;
		message("downloading debug info from the servers of DEBUGINFOD_URLS");
	}
	return !symbols->downloading || symbols->downloading(symbols->arg, done, total);
}

void symbols_end_download(struct symbols *symbols)
{
	message_make_room();
	if (symbols->announced && symbols->downloaded)
		message("%.1f MB of debug info downloaded, in %.0f s",
			symbols->downloaded / 1e6, difftime(time(NULL), symbols->since));
	else if (symbols->announced)
		message("no debug info was downloaded");
	symbols->since = 0;
	symbols->downloaded = 0;
	symbols->announced = false;
}

void symbols_init(struct symbols *symbols, struct kmc_debuginfo_options *opts)
{
	symbols->opts = opts;
	opts->size = sizeof(*opts);
	opts->progress = on_download;
	opts->arg = symbols;
}

/* ---- which debug info ---- */

/* What was named is opened at once: better now than after a long log. */
bool symbols_open(struct symbols *symbols)
{
	const struct kmc_kernel unknown = { };
	struct kmc_error *err;


	if (!symbols_check_modules(symbols->opts))
		return false;
	if (!is_named(symbols))
		return true;
	err = kmc_debuginfo_open(symbols->opts, &unknown, &symbols->di);
	symbols_end_download(symbols);
	if (!err)
		return true;
	message_error(err);
	return false;
}

/* A server finds it by its build-ID only, which few logs say. */
static void hint_package(const struct kmc_kernel *kernel)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	const char *server = NULL;
	char *package = NULL;
	bool suggest;

	kmc_error_free(kmc_debuginfo_package(kernel, &package, &server));
	/* Nobody else has a kernel of one's own, and who has set it has asked them. */
	suggest = (package || server) && !(urls && *urls);
	message("no debug info found for kernel %s; name its vmlinux with -k FILE to see source lines%s%s%s%s%s%s",
		kernel->release, package ? ", or install " : "", package ? package : "",
		suggest ? ", or set DEBUGINFOD_URLS" : "", suggest && server ? "=" : "",
		suggest && server ? server : "",
		suggest && !kernel->build_id_len ? " (for reports that say their build-ID)" : "");
	free(package);
}

/* Takes @err over, which is why, or NULL. */
static void hint(struct symbols *symbols, const struct kmc_report *report,
		 struct kmc_error *err)
{
	const bool silent = symbols->hinted || symbols->quiet;

	if (silent || (err && err->code == KMC_ERROR_NOT_FOUND))
		kmc_error_free(err);
	else
		message_error(err);
	if (silent)
		return;
	symbols->hinted = true;
	if (report->kernel.release)
		hint_package(&report->kernel);
	else
		message("no debug info found, the report does not name its kernel; name the vmlinux with -k FILE to see source lines");
}

/* Each thing once, however many reports say so; who forces it knows. */
static void warn(struct symbols *symbols, const char *file, const char *why)
{
	char *text;

	if (symbols->opts->force || asprintf(&text, "%s: %s", file, why) < 0)
		return;
	for (size_t i = 0; i < symbols->nwarned; i++)
		if (!strcmp(symbols->warned[i], text)) {
			free(text);
			return;
		}
	symbols->warned = xrealloc(symbols->warned,
				   (symbols->nwarned + 1) * sizeof(*symbols->warned));
	symbols->warned[symbols->nwarned++] = text;
	message("warning: %s", text);
}

/* Most reports are of the same kernel as the one before. */
static bool was_checked(struct symbols *symbols, const char *dir,
			const struct kmc_kernel *kernel)
{
	char *text;

	if (asprintf(&text, "%s\n%s\n%s", dir, kernel->release ? kernel->release : "",
		     kernel->banner ? kernel->banner : "") < 0)
		return false;
	if (symbols->checked && !strcmp(symbols->checked, text)) {
		free(text);
		return true;
	}
	free(symbols->checked);
	symbols->checked = text;
	return false;
}

/* The tree that was named, or that the debug info names; it may be none by now. */
static void check_source(struct symbols *symbols, const struct kmc_report *report)
{
	const char *dir = symbols->opts->source;
	struct kmc_error *err;

	if (!dir && symbols->di)
		dir = kmc_debuginfo_source(symbols->di);
	if (!dir || was_checked(symbols, dir, &report->kernel))
		return;
	err = kmc_source_check(dir, &report->kernel);
	if (err && err->code == KMC_ERROR_MISMATCH)
		warn(symbols, err->path, err->message);
	kmc_error_free(err);
}

static void warn_all(struct symbols *symbols, const struct kmc_report *report)
{
	const char *unread = symbols->di ? kmc_debuginfo_unread(symbols->di) : NULL;

	if (unread)
		warn(symbols, kmc_debuginfo_path(symbols->di), unread);
	for (size_t i = 0; i < report->ndoubts; i++)
		warn(symbols, report->doubts[i].file, report->doubts[i].why);
	check_source(symbols, report);
}

static bool is_doubted(const struct kmc_report *report, const char *module)
{
	for (size_t i = 0; i < report->ndoubts; i++)
		if (report->doubts[i].module && !strcmp(report->doubts[i].module, module))
			return true;
	return false;
}

/* Of the innermost function that is in a module, once. */
static void hint_module(struct symbols *symbols, const struct kmc_report *report)
{
	const struct kmc_frame *frame = report->frames.frames;
	const struct kmc_frame *end = frame + report->frames.count;

	if (symbols->quiet || symbols->hinted_module)
		return;
	while (frame < end && (!frame->module || frame->resolved ||
			       is_doubted(report, frame->module)))
		frame++;
	if (frame == end)
		return;
	symbols->hinted_module = true;
	message("no debug info found for module %s; name the directory of its .ko with -m DIR to see source lines",
		frame->module);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Look once for each kernel; a log of several boots may hold several. */
static void find(struct symbols *symbols, const struct kmc_report *report)
{
	const char *release = report->kernel.release;
	struct kmc_error *err = NULL;

	if (symbols->tried && same_text(symbols->missing, release))
		return;
	if (release || report->kernel.build_id_len) {
		err = kmc_debuginfo_open(symbols->opts, &report->kernel,
					 &symbols->di);
		symbols_end_download(symbols);
		if (!err)
			return;
	}
	hint(symbols, report, err);
	symbols->tried = true;
	free(symbols->missing);
	symbols->missing = release ? strdup(release) : NULL;
}

static void retire(struct symbols *symbols)
{
	if (symbols->keep) {
		symbols->old = xrealloc(symbols->old,
					(symbols->nold + 1) * sizeof(*symbols->old));
		symbols->old[symbols->nold++] = symbols->di;
	} else {
		kmc_debuginfo_free(symbols->di);
	}
	symbols->di = NULL;
}

/* False when what is open does not fit and may not be replaced. */
static bool check(struct symbols *symbols, const struct kmc_report *report)
{
	struct kmc_error *err;

	if (!symbols->di || symbols->opts->force)
		return true;
	err = kmc_debuginfo_check(symbols->di, &report->kernel);
	if (!err)
		return true;
	if (is_named(symbols)) {
		message_error(err);
		return false;
	}
	kmc_error_free(err);
	retire(symbols);
	return true;
}

bool symbols_resolve(struct symbols *symbols, struct kmc_report *report)
{
	if (!check(symbols, report))
		return false;
	if (!symbols->di)
		find(symbols, report);
	/* The report is worth more than what could be found out about it. */
	if (symbols->di)
		message_error(kmc_symbolize_report(symbols->di, report));
	message_error(kmc_explain_report(symbols->di, report));
	if (symbols->di)
		hint_module(symbols, report);
	symbols_end_download(symbols);
	warn_all(symbols, report);
	return true;
}

void symbols_close(struct symbols *symbols)
{
	for (size_t i = 0; i < symbols->nold; i++)
		kmc_debuginfo_free(symbols->old[i]);
	free(symbols->old);
	kmc_debuginfo_free(symbols->di);
	free(symbols->missing);
	free(symbols->checked);
	for (size_t i = 0; i < symbols->nwarned; i++)
		free(symbols->warned[i]);
	free(symbols->warned);
}
