// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces: how mappings are made, moved, split, and merged. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "stress.h"

#define PAGE	4096ul

static char *map(size_t pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	need(p != MAP_FAILED);
	return p;
}

static void run_mmap(unsigned int round)
{
	char *p = map(64), *q;
	unsigned char resident[64];

	(void)round;
	memset(p, 1, 64 * PAGE);
	/* Many small mappings of one, and one of the small ones again. */
	for (size_t i = 0; i < 64; i += 2)
		need(!mprotect(p + i * PAGE, PAGE, PROT_READ));
	need(!mprotect(p, 64 * PAGE, PROT_READ | PROT_WRITE));
	need(!munmap(p + 10 * PAGE, 3 * PAGE));
	q = mremap(p + 20 * PAGE, 10 * PAGE, 30 * PAGE, MREMAP_MAYMOVE);
	need(q != MAP_FAILED && q[9 * PAGE] == 1 && q[29 * PAGE] == 0);
	need(mremap(q, 30 * PAGE, 5 * PAGE, 0) == q);
	need(mmap(p + 12 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		  0) == p + 12 * PAGE);
	need(!mincore(p, 10 * PAGE, resident) && resident[0] & 1);
	need(!mlock(p, 4 * PAGE) && !munlock(p, 4 * PAGE));
	need(!madvise(p, 4 * PAGE, MADV_DONTNEED) && p[0] == 0);
	need(!madvise(p, 4 * PAGE, MADV_FREE));
	need(!madvise(p + 4 * PAGE, 4 * PAGE, MADV_COLD));
	need(!madvise(p + 4 * PAGE, 4 * PAGE, MADV_PAGEOUT));
	need(!madvise(p + 4 * PAGE, 4 * PAGE, MADV_DONTFORK));
	need(!madvise(p + 4 * PAGE, 4 * PAGE, MADV_POPULATE_WRITE));
	spawn_and_reap();
	need(!munmap(p, 64 * PAGE));
}

static void run_brk(unsigned int round)
{
	char *start = sbrk(0);

	(void)round;
	for (int i = 0; i < 8; i++) {
		need(sbrk(5 * PAGE) != (void *)-1);
		memset(start + i * 5 * PAGE, 1, PAGE);
	}
	need(!brk(start + PAGE / 2));
}

/* Huge pages, where there are any, are split by half of them going. */
static void run_huge(unsigned int round)
{
	size_t size = 4 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)round;
	need(p != MAP_FAILED);
	need(!madvise(p, size, MADV_HUGEPAGE));
	for (size_t i = 0; i < size; i += size / 8)
		p[i] = 1;
	spawn_and_reap();
	need(!madvise(p + size / 2 + PAGE, PAGE, MADV_DONTNEED));
	need(!mprotect(p + size / 4, PAGE, PROT_READ));
	need(!munmap(p, size));
}

static void run_memfd(unsigned int round)
{
	int fd = memfd_create("kmc", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	char *shared, *private;

	(void)round;
	need(fd >= 0 && !ftruncate(fd, 8 * PAGE));
	shared = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	private = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	need(shared != MAP_FAILED && private != MAP_FAILED);
	shared[0] = 1;
	need(private[0] == 1);
	private[0] = 2;
	need(shared[0] == 1 && !msync(shared, 8 * PAGE, MS_SYNC));
	need(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
	need(shared[0] == 0);
	need(!munmap(shared, 8 * PAGE));
	need(!fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
	need(ftruncate(fd, 0) == -1 && errno == EPERM);
	need(!munmap(private, 8 * PAGE) && !close(fd));
}

/* Where on which node; there is one here. */
static void run_policy(unsigned int round)
{
	unsigned long node = 1, got = 0;
	int mode, status[2], nodes[2] = { 0, 0 };
	char *p = map(2);
	void *pages[2] = { p, p + PAGE };

	(void)round;
	if (syscall(SYS_get_mempolicy, NULL, NULL, 0, NULL, 0) && errno == ENOSYS) {
		without("CONFIG_NUMA");
		return;
	}
	p[0] = p[PAGE] = 1;
	need(!syscall(SYS_mbind, p, 2 * PAGE, MPOL_BIND, &node, 2, 0));
	need(!syscall(SYS_get_mempolicy, &mode, &got, 8 * sizeof(got), p, MPOL_F_ADDR));
	need(mode == MPOL_BIND && got == 1);
	need(!syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &node, 2));
	need(syscall(SYS_move_pages, 0, 2L, pages, nodes, status, 0) >= 0);
	need(!syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0));
	need(!munmap(p, 2 * PAGE));
}

/* A page whose content we bring ourselves when a child asks for it. */
static void run_userfault(unsigned int round)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_copy copy = { .len = PAGE };
	char *p = map(2), *page = map(1);

	(void)round;
	if (fd < 0 && errno == ENOSYS) {
		without("CONFIG_USERFAULTFD");
		return;
	}
	need(fd >= 0 && !ioctl(fd, UFFDIO_API, &api));
	reg.range.start = (uintptr_t)p;
	reg.range.len = 2 * PAGE;
	need(!ioctl(fd, UFFDIO_REGISTER, &reg));
	page[5] = 'x';
	copy.dst = (uintptr_t)p;
	copy.src = (uintptr_t)page;
	need(!ioctl(fd, UFFDIO_COPY, &copy) && p[5] == 'x');
	need(!ioctl(fd, UFFDIO_UNREGISTER, &reg.range));
	need(p[PAGE] == 0 && !close(fd));
}

const struct part memory_parts[] = {
	{ "mmap", run_mmap },
	{ "brk", run_brk },
	{ "huge", run_huge },
	{ "memfd", run_memfd },
	{ "policy", run_policy },
	{ "userfault", run_userfault },
	{ }
};
