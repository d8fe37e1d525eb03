// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Damages the type sections of an ELF file in memory, and has the library answer
 * every question about what is left. Each damaged file has a process of its own.
 *
 * usage: kmc-mutate btf|dwarf FILE FIRST-SEED COUNT [PROGRAM]
 *
 * With PROGRAM, that is what is asked, and FILE is what it has beside it: under the name
 * by which it is looked for there has to be a link to /proc/self/fd/BESIDE.
 *
 * The last line counts how those ended. Any that died or took more than
 * SECONDS makes the exit status 1 and is named with its seed; that seed with
 * COUNT 1 repeats it.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmc/kmc.h"

#define SECONDS		20
#define BESIDE		200
#define MAX_SECTIONS	8
/* Ids tried that the file did not name. */
#define STRAY_IDS	200

/* Exit statuses that no sanitizer has: something was understood, or nothing. */
enum { ANSWERED, REFUSED = 100 };

struct file {
	uint8_t *data;
	size_t size;
	size_t sections[MAX_SECTIONS];	/* where their headers are */
	size_t count;
};

static Elf64_Shdr *any_section(const struct file *file, uint32_t random)
{
	return (void *)(file->data + file->sections[random % file->count]);
}

/* ---- damage ---- */

static uint32_t next_random(uint32_t *state)
{
	/* xorshift32 */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void flip_bytes(const struct file *file, const Elf64_Shdr *section,
		       uint32_t *random)
{
	static const uint8_t edges[] = { 0, 1, 0x7f, 0x80, 0xff };
	unsigned int n = 1 + next_random(random) % 8;

	while (n--) {
		uint8_t *byte = file->data + section->sh_offset +
				next_random(random) % section->sh_size;
		uint32_t value = next_random(random);

		*byte = value & 0x100 ? value : edges[value % sizeof(edges)];
	}
}

static void copy_piece(const struct file *file, const Elf64_Shdr *section,
		       uint32_t *random)
{
	size_t len = 1 + next_random(random) % 64;
	size_t from, to;

	if (len >= section->sh_size)
		return;
	from = next_random(random) % (section->sh_size - len);
	to = next_random(random) % (section->sh_size - len);
	memmove(file->data + section->sh_offset + to,
		file->data + section->sh_offset + from, len);
}

static void swap_sections(const struct file *file, Elf64_Shdr *a, uint32_t *random)
{
	Elf64_Shdr *b = any_section(file, next_random(random));
	Elf64_Shdr was = *a;

	a->sh_offset = b->sh_offset;
	a->sh_size = b->sh_size;
	b->sh_offset = was.sh_offset;
	b->sh_size = was.sh_size;
}

static void damage(struct file *file, uint32_t seed)
{
	uint32_t random = seed * 2654435761U + 1;
	Elf64_Shdr *section;

	for (int i = 0; i < 4; i++)
		next_random(&random);
	section = any_section(file, next_random(&random));
	switch (next_random(&random) % 8) {
	case 0:
		section->sh_size = next_random(&random) % section->sh_size;
		break;
	case 1:
		swap_sections(file, section, &random);
		break;
	case 2:
		file->size -= next_random(&random) % (file->size / 2);
		break;
	case 3:
		copy_piece(file, section, &random);
		break;
	default:
		flip_bytes(file, section, &random);
		break;
	}
}

/* ---- questions ---- */

static int done(struct kmc_error *err)
{
	int failed = !!err;

	kmc_error_free(err);
	return failed;
}

static void ask_type(struct kmc_types *types, kmc_type_id id)
{
	struct kmc_fields fields = { };
	const struct kmc_type *type;
	struct kmc_field field;
	struct kmc_gap *gaps;
	bool truncated;
	size_t count;

	if (done(kmc_types_get(types, id, &type)))
		return;
	if (!done(kmc_layout_gaps(type, &gaps, &count)))
		free(gaps);
	if (done(kmc_layout_fields(types, id, 0, type->size + 16, &fields,
				   &truncated)))
		return;
	for (size_t i = 0; i < fields.count && i < 64; i++) {
		const struct kmc_field *f = &fields.v[i];

		if (f->place == KMC_PLACE_MEMBER &&
		    !done(kmc_layout_resolve(types, id, f->path, &field)))
			kmc_field_release(&field);
		kmc_layout_contains(types, id, f->offset, "struct kill", 8);
	}
	kmc_fields_release(&fields);
}

static int ask_all(struct kmc_types *types, uint32_t seed)
{
	const struct kmc_type_name *names;
	uint32_t random = seed | 1;
	kmc_type_id *ids;
	size_t count, n;

	for (int i = 0; i < STRAY_IDS; i++)
		ask_type(types, next_random(&random) % 8192);
	if (done(kmc_types_list(types, &names, &count)))
		return REFUSED;
	for (size_t i = 0; i < count; i++) {
		ask_type(types, names[i].id);
		if (!done(kmc_types_find(types, names[i].name, &ids, &n)))
			free(ids);
	}
	return count ? ANSWERED : REFUSED;
}

static int try_one(struct file *file, bool btf, uint32_t seed, const char *program)
{
	struct kmc_types *types;
	char path[64];
	int status;
	int fd;

	damage(file, seed);
	fd = memfd_create("damaged", 0);
	if (fd < 0 || write(fd, file->data, file->size) != (ssize_t)file->size)
		return 2;
	if (program && dup2(fd, BESIDE) != BESIDE)
		return 2;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!program)
		program = path;
	if (done(btf ? kmc_types_open_btf(program, &types) :
		       kmc_types_open_dwarf(program, &types)))
		return REFUSED;
	status = ask_all(types, seed);
	kmc_types_free(types);
	close(fd);
	return status;
}

/* ---- the file ---- */

static bool is_wanted(const char *name, bool btf)
{
	static const char *const wanted[] = {
		".debug_info", ".debug_abbrev", ".debug_str", ".debug_types",
		".debug_line_str", ".debug_str_offsets", ".debug_cu_index",
		".debug_info.dwo", ".debug_abbrev.dwo", ".debug_str_offsets.dwo", NULL
	};

	if (btf)
		return !strcmp(name, ".BTF");
	for (size_t i = 0; wanted[i]; i++)
		if (!strcmp(name, wanted[i]))
			return true;
	return false;
}

static bool file_open(struct file *file, const char *path, bool btf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const Elf64_Ehdr *head;
	Elf64_Shdr *sections;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return false;
	file->size = st.st_size;
	file->data = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			  fd, 0);
	close(fd);
	if (file->data == MAP_FAILED)
		return false;
	head = (Elf64_Ehdr *)file->data;
	sections = (Elf64_Shdr *)(file->data + head->e_shoff);
	for (int i = 0; i < head->e_shnum && file->count < MAX_SECTIONS; i++) {
		const char *name = (char *)file->data + sections[i].sh_name +
				   sections[head->e_shstrndx].sh_offset;

		if (is_wanted(name, btf) && sections[i].sh_size)
			file->sections[file->count++] =
				(uint8_t *)&sections[i] - file->data;
	}
	return file->count;
}

/* The child's pages are its own, so that every seed starts from the file. */
static int run_one(struct file *file, bool btf, uint32_t seed, const char *program)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (!pid) {
		alarm(SECONDS);
		exit(try_one(file, btf, seed, program));
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int main(int argc, char **argv)
{
	unsigned long answered = 0, refused = 0, failed = 0;
	struct file file = { };
	uint32_t first, count;
	bool btf;

	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: kmc-mutate btf|dwarf FILE FIRST-SEED COUNT [PROGRAM]\n");
		return 2;
	}
	btf = !strcmp(argv[1], "btf");
	first = strtoul(argv[3], NULL, 0);
	count = strtoul(argv[4], NULL, 0);
	if (!file_open(&file, argv[2], btf)) {
		fprintf(stderr, "kmc-mutate: %s: no such sections\n", argv[2]);
		return 2;
	}
	for (uint32_t seed = first; seed < first + count; seed++) {
		int status = run_one(&file, btf, seed, argv[5]);

		if (WIFEXITED(status) && WEXITSTATUS(status) == ANSWERED)
			answered++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
			refused++;
		else
			printf("seed %" PRIu32 ": status %#x, failure %lu\n",
			       seed, status, ++failed);
	}
	printf("%lu answered, %lu refused, %lu failed\n", answered, refused,
	       failed);
	return failed != 0;
}
