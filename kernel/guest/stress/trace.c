// SPDX-License-Identifier: GPL-2.0-only
/* ptrace, and reading another process's memory. */
#define _GNU_SOURCE
#include <elf.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "stress.h"

static long word = 1;

static void wait_stopped(pid_t pid, int sig)
{
	int status;

	need(waitpid(pid, &status, 0) == pid);
	errno = 0;
	need(WIFSTOPPED(status) && WSTOPSIG(status) == sig);
}

static void registers(pid_t pid)
{
	struct user_fpregs_struct fpregs;
	struct user_regs_struct regs;
	char xstate[8192];
	struct iovec iov = { xstate, sizeof(xstate) };

	need(!ptrace(PTRACE_GETREGS, pid, 0, &regs));
	need(!ptrace(PTRACE_SETREGS, pid, 0, &regs));
	need(!ptrace(PTRACE_GETFPREGS, pid, 0, &fpregs));
	need(!ptrace(PTRACE_SETFPREGS, pid, 0, &fpregs));
	need(!ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov) && iov.iov_len > 512);
	need(!ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov));
	iov.iov_len = sizeof(regs);
	iov.iov_base = &regs;
	need(!ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	errno = 0;
	ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, u_debugreg[7]), 0);
	need(!errno);
}

static void memory(pid_t pid)
{
	long copy = 0, other = 3;
	struct iovec mine = { &copy, sizeof(copy) }, theirs = { &word, sizeof(word) };

	errno = 0;
	need(ptrace(PTRACE_PEEKDATA, pid, &word, 0) == 1 && !errno);
	need(!ptrace(PTRACE_POKEDATA, pid, &word, 2L));
	need(process_vm_readv(pid, &mine, 1, &theirs, 1, 0) == sizeof(copy) && copy == 2);
	mine.iov_base = &other;
	need(process_vm_writev(pid, &mine, 1, &theirs, 1, 0) == sizeof(other));
}

static void signals(pid_t pid)
{
	struct __ptrace_peeksiginfo_args args = { .nr = 2 };
	siginfo_t info[2];
	uint64_t mask;

	need(!ptrace(PTRACE_GETSIGINFO, pid, 0, &info[0]) && info[0].si_signo == SIGSTOP);
	need(!ptrace(PTRACE_SETSIGINFO, pid, 0, &info[0]));
	need(!ptrace(PTRACE_GETSIGMASK, pid, sizeof(mask), &mask));
	need(!ptrace(PTRACE_SETSIGMASK, pid, sizeof(mask), &mask));
	need(ptrace(PTRACE_PEEKSIGINFO, pid, &args, info) >= 0);
}

static void system_calls(pid_t pid)
{
	struct __ptrace_syscall_info info;

	need(!ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	for (int i = 0; i < 4; i++) {
		need(!ptrace(PTRACE_SYSCALL, pid, 0, 0));
		wait_stopped(pid, SIGTRAP | 0x80);
		need(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0);
	}
	for (int i = 0; i < 4; i++) {
		need(!ptrace(PTRACE_SINGLESTEP, pid, 0, 0));
		wait_stopped(pid, SIGTRAP);
	}
}

static void run_ptrace(unsigned int round)
{
	pid_t pid = spawn();

	(void)round;
	if (!pid) {
		need(!ptrace(PTRACE_TRACEME, 0, 0, 0));
		raise(SIGSTOP);
		for (int i = 0; i < 10; i++)
			syscall(SYS_getppid);
		_exit(word != 3);
	}
	wait_stopped(pid, SIGSTOP);
	registers(pid);
	memory(pid);
	signals(pid);
	system_calls(pid);
	need(!ptrace(PTRACE_DETACH, pid, 0, 0));
	reap(pid);
}

/* The newer way to attach, which stops without a signal. */
static void run_seize(unsigned int round)
{
	int status;
	pid_t pid = spawn();

	(void)round;
	if (!pid) {
		for (;;)
			pause();
	}
	need(!ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
	need(!ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	need(waitpid(pid, &status, 0) == pid && status >> 16 == PTRACE_EVENT_STOP);
	need(!ptrace(PTRACE_CONT, pid, 0, 0));
	need(!kill(pid, SIGUSR1));
	wait_stopped(pid, SIGUSR1);
	/* The signal is let through and ends it. */
	need(!ptrace(PTRACE_CONT, pid, 0, SIGUSR1));
	need(waitpid(pid, &status, 0) == pid && status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8));
	need(!ptrace(PTRACE_CONT, pid, 0, 0));
	need(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

const struct part trace_parts[] = {
	{ "ptrace", run_ptrace },
	{ "seize", run_seize },
	{ }
};
