// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a distribution has the debug info of a kernel. Which one it is, a release says
 * by itself for most of them; else it is taken for a kernel of the machine at hand.
 */
#include "debuginfo/debug_package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/debuginfo.h"

/**
 * struct distribution - how one names its kernels and what belongs to them
 * @ids: as /etc/os-release has them, with a blank around each
 * @banner: in the version of its kernels; NULL: nothing is
 * @ends: of its releases, a blank around each
 * @within: a part of its releases, NULL: there is none
 * @package: printf's format for a release, NULL: there is none
 * @server: NULL: there is none
 */
struct distribution {
	const char *ids;
	const char *banner;
	const char *ends;
	const char *within;
	const char *package;
	const char *server;
};

static const struct distribution distributions[] = {
	{
		.ids = " ubuntu linuxmint pop ", .banner = "-Ubuntu",
		.ends = " -generic -lowlatency -aws -gcp -oracle -raspi -oem ",
		.package = "linux-image-unsigned-%s-dbgsym",
		.server = "https://debuginfod.ubuntu.com",
	}, {
		.ids = " debian ", .banner = "Debian",
		.ends = " -amd64 -686 -686-pae -arm64 -armmp -armmp-lpae -riscv64 -s390x -powerpc64le ",
		.package = "linux-image-%s-dbg", .server = "https://debuginfod.debian.net",
	}, {
		.ids = " fedora ", .within = ".fc", .ends = "",
		.package = "kernel-debuginfo-%s",
		.server = "https://debuginfod.fedoraproject.org",
	}, {
		.ids = " centos ", .within = ".el", .ends = "",
		.package = "kernel-debuginfo-%s", .server = "https://debuginfod.centos.org",
	}, {
		.ids = " rhel almalinux rocky ol amzn ", .within = ".amzn", .ends = "",
		.package = "kernel-debuginfo-%s",
	}, {
		.ids = " opensuse opensuse-leap opensuse-tumbleweed sles sled suse ",
		.banner = "SUSE", .ends = " -default -preempt -pae -vanilla ",
		.package = "kernel-%s-debuginfo", .server = "https://debuginfod.opensuse.org",
	}, {
		.ids = " arch archarm manjaro ", .within = "-arch", .ends = " -lts -zen -hardened ",
		.server = "https://debuginfod.archlinux.org",
	},
};

/* Does one of @words, with blanks around each, end @text? */
static bool ends_in(const char *text, const char *words)
{
	size_t len = strlen(text);

	while (*words && *(words += strspn(words, " "))) {
		size_t n = strcspn(words, " ");

		if (n < len && !strncmp(text + len - n, words, n))
			return true;
		words += n;
	}
	return false;
}

static const struct distribution *by_kernel(const struct kmc_kernel *kernel)
{
	/* What the banner says is no accident, what a release ends in may be. */
	for (size_t i = 0; kernel->banner && i < KMC_ARRAY_SIZE(distributions); i++)
		if (distributions[i].banner && strstr(kernel->banner, distributions[i].banner))
			return &distributions[i];
	for (size_t i = 0; i < KMC_ARRAY_SIZE(distributions); i++)
		if ((distributions[i].within &&
		     strstr(kernel->release, distributions[i].within)) ||
		    ends_in(kernel->release, distributions[i].ends))
			return &distributions[i];
	return NULL;
}

/* "ID=debian", 'ID_LIKE="rhel fedora"': each word of the value, the first that is known. */
static const struct distribution *by_id(char *value)
{
	value[strcspn(value, "\n")] = '\0';
	for (char *rest = value, *id; (id = strtok_r(rest, " \"'", &rest));) {
		for (size_t i = 0; i < KMC_ARRAY_SIZE(distributions); i++) {
			const char *at = strstr(distributions[i].ids, id);

			if (at && at[-1] == ' ' && at[strlen(id)] == ' ')
				return &distributions[i];
		}
	}
	return NULL;
}

static const struct distribution *by_machine(const char *root)
{
	const struct distribution *found = NULL, *like = NULL;
	struct kmc_buf path = { };
	char line[512];
	FILE *file;

	kmc_buf_printf(&path, "%s/etc/os-release", root);
	file = path.failed ? NULL : fopen(path.data, "re");
	kmc_buf_release(&path);
	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "ID=", 3))
			found = by_id(line + 3);
		else if (!strncmp(line, "ID_LIKE=", 8))
			like = by_id(line + 8);
	}
	if (file)
		fclose(file);
	return found ? found : like;
}

/* "6.4.0-150600.23-default" → "kernel-default-debuginfo"; Fedora's with +debug likewise. */
static void name_package(const struct distribution *d, const char *release,
			 struct kmc_buf *out)
{
	const char *flavour = strrchr(release, '-');
	const char *plus = strchr(release, '+');

	if (!strncmp(d->package, "kernel-%s", 9))
		release = flavour ? flavour + 1 : "default";
	if (!strcmp(d->package, "kernel-debuginfo-%s") && plus)
		kmc_buf_printf(out, "kernel-%s-debuginfo-%.*s", plus + 1,
			       (int)(plus - release), release);
	else if (!strcmp(d->package, "kernel-debuginfo-%s") && strstr(release, "uek"))
		kmc_buf_printf(out, "kernel-uek-debuginfo-%s", release);
	else
		kmc_buf_printf(out, d->package, release);
}

struct kmc_error *kmc_debug_package(const char *root, const struct kmc_kernel *kernel,
				    char **package, const char **server)
{
	const struct distribution *d;
	struct kmc_buf name = { };

	*package = NULL;
	*server = NULL;
	if (!kmc_release_is_sane(kernel->release))
		return NULL;
	d = by_kernel(kernel);
	if (!d)
		d = by_machine(root);
	if (!d)
		return NULL;
	*server = d->server;
	if (!d->package)
		return NULL;
	name_package(d, kernel->release, &name);
	return kmc_buf_take(&name, package);
}

struct kmc_error *kmc_debuginfo_package(const struct kmc_kernel *kernel, char **package,
					const char **server)
{
	return kmc_debug_package("", kernel, package, server);
}
