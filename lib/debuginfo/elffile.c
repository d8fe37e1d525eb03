// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is this file a vmlinux with debug info, and of which build? Says what it is
 * when it is something else, because that is the commonest mistake.
 */
#include "debuginfo/elffile.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "report/uts_version.h"

#define NEED_VMLINUX	"the vmlinux from the kernel's build tree is needed"

/* Where an x86 kernel image has its setup header (Documentation/x86/boot). */
#define SETUP_MAGIC_OFFSET	0x202
#define SETUP_MAGIC		"HdrS"

static struct kmc_error *file_open(const char *path, int *fd, uint64_t *size)
{
	struct kmc_error *err = NULL;
	struct stat st;

	/* O_NONBLOCK: do not wait for the writer of a FIFO. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return kmc_error_os(errno, path, "cannot open");
	if (fstat(*fd, &st))
		err = kmc_error_os(errno, path, "cannot stat");
	else if (S_ISDIR(st.st_mode))
		err = kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				    "is a directory; name the vmlinux file in it");
	else if (!S_ISREG(st.st_mode))
		err = kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				    "is not a regular file; " NEED_VMLINUX);
	else if (!st.st_size)
		err = kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				    "is empty; " NEED_VMLINUX);
	if (err)
		close(*fd);
	else
		*size = st.st_size;
	return err;
}

/* Not ELF: what is it then? */
static struct kmc_error *not_elf(const char *path, int fd)
{
	static const struct {
		off_t offset;
		const char *magic;
		size_t len;
		const char *message;
	} known[] = {
		{ SETUP_MAGIC_OFFSET, SETUP_MAGIC, 4,
		  "is a compressed kernel image (bzImage); the vmlinux beside it in the build tree is needed" },
		{ 0, ELFMAG, SELFMAG, "has a damaged ELF header; copy it again" },
		{ 0, "\037\213", 2, "is compressed (gzip); unpack it first" },
		{ 0, "\3757zXZ", 5, "is compressed (xz); unpack it first" },
		{ 0, "\050\265\057\375", 4,
		  "is compressed (zstd); unpack it first" },
		{ 0, "!<arch>", 7, "is an archive; " NEED_VMLINUX },
	};
	char head[8];

	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++)
		if (pread(fd, head, known[i].len, known[i].offset) ==
			    (ssize_t)known[i].len &&
		    !memcmp(head, known[i].magic, known[i].len))
			return kmc_error_new(KMC_ERROR_FORMAT, path, 0, "%s",
					     known[i].message);
	return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
			     "is not an ELF file; " NEED_VMLINUX);
}

static struct kmc_error *truncated(const char *path, uint64_t have,
				   uint64_t want)
{
	return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
			     "is cut off: it has %llu bytes and should have %llu or more; copy it again",
			     (unsigned long long)have,
			     (unsigned long long)want);
}

/* Reads the banners of the kernel itself: "Linux version 6.1.0-rc1 (...) #1 SMP". */
static struct kmc_error *read_banners(Elf_Scn *scn, struct kmc_elf_facts *facts)
{
	const size_t skip = strlen(KMC_BANNER);
	Elf_Data *data = elf_rawdata(scn, NULL);
	const char *p, *end;

	if (!data || !data->d_buf)
		return NULL;
	p = data->d_buf;
	end = p + data->d_size;
	while (facts->nversions < KMC_VERSIONS_MAX &&
	       (p = memmem(p, end - p, KMC_BANNER, skip))) {
		struct kmc_banner banner;
		char *version;

		p += skip;
		if (!kmc_banner_read(p, end - p, &banner))
			continue;
		if (!facts->release)
			facts->release = strndup(banner.release, banner.release_len);
		if (!facts->release)
			return kmc_error_nomem();
		if (!banner.version)
			continue;
		version = strndup(banner.version, banner.version_len);
		if (!version)
			return kmc_error_nomem();
		facts->versions[facts->nversions++] = version;
	}
	return NULL;
}

static bool is_debug_info(const char *name, const GElf_Shdr *shdr)
{
	return shdr->sh_type != SHT_NOBITS && shdr->sh_size &&
	       (!strcmp(name, ".debug_info") || !strcmp(name, ".zdebug_info"));
}

static struct kmc_error *read_sections(Elf *elf, const char *path,
				       uint64_t size,
				       struct kmc_elf_facts *facts,
				       bool *has_debug_info)
{
	struct kmc_error *err;
	Elf_Scn *scn = NULL;
	size_t strings;

	if (elf_getshdrstrndx(elf, &strings))
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "has damaged section headers; copy it again");
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NULL)
			continue;
		if (shdr.sh_type != SHT_NOBITS &&
		    (shdr.sh_offset > size ||
		     shdr.sh_size > size - shdr.sh_offset))
			return truncated(path, size,
					 shdr.sh_offset + shdr.sh_size);
		name = elf_strptr(elf, strings, shdr.sh_name);
		if (!name)
			continue;
		if (is_debug_info(name, &shdr))
			*has_debug_info = true;
		if (strcmp(name, ".rodata") || shdr.sh_type == SHT_NOBITS)
			continue;
		err = read_banners(scn, facts);
		if (err)
			return err;
	}
	return NULL;
}

static void read_build_id(Elf *elf, struct kmc_elf_facts *facts)
{
	const void *id;
	ssize_t len = dwelf_elf_gnu_build_id(elf, &id);

	if (len <= 0 || (size_t)len > sizeof(facts->build_id))
		return;
	memcpy(facts->build_id, id, len);
	facts->build_id_len = len;
}

static struct kmc_error *check_elf(Elf *elf, const char *path, uint64_t size,
				   struct kmc_elf_facts *facts)
{
	bool has_debug_info = false;
	struct kmc_error *err;
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(elf, &ehdr))
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "has a damaged ELF header; copy it again");
	if (ehdr.e_type != ET_EXEC && ehdr.e_type != ET_DYN)
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "is an object file, a module or a core dump and not a linked kernel; "
				     NEED_VMLINUX);
	if (ehdr.e_shoff > size ||
	    (uint64_t)ehdr.e_shnum * ehdr.e_shentsize > size - ehdr.e_shoff)
		return truncated(path, size, ehdr.e_shoff +
				 (uint64_t)ehdr.e_shnum * ehdr.e_shentsize);
	err = read_sections(elf, path, size, facts, &has_debug_info);
	if (err)
		return err;
	if (!has_debug_info)
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "has no debug info: it was stripped or built without CONFIG_DEBUG_INFO; the vmlinux from the build tree or from the distribution's debug package is needed");
	read_build_id(elf, facts);
	return NULL;
}

struct kmc_error *kmc_elf_check_vmlinux(const char *path,
					struct kmc_elf_facts *facts)
{
	struct kmc_elf_facts fresh = { };
	struct kmc_error *err;
	uint64_t size = 0;
	Elf *elf;
	int fd;

	err = file_open(path, &fd, &size);
	if (err)
		return err;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		err = not_elf(path, fd);
	else
		err = check_elf(elf, path, size, &fresh);
	elf_end(elf);
	close(fd);
	if (err)
		kmc_elf_facts_release(&fresh);
	else
		*facts = fresh;
	return err;
}

void kmc_elf_facts_release(struct kmc_elf_facts *facts)
{
	free(facts->release);
	for (size_t i = 0; i < facts->nversions; i++)
		free(facts->versions[i]);
	*facts = (struct kmc_elf_facts){ };
}
