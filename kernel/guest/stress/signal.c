// SPDX-License-Identifier: GPL-2.0-only
/* Signals of every origin, in every way they can be taken, and timers. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "stress.h"

static siginfo_t last;
static volatile sig_atomic_t caught;
static sigjmp_buf back;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	last = *info;
	caught = sig;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	on_signal(sig, info, context);
	siglongjmp(back, 1);
}

static void catch(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	need(!sigaction(sig, &action, NULL));
	caught = 0;
}

static void block(int how, int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	need(!sigprocmask(how, &set, NULL));
}

/* With sleep, because it may come from elsewhere. */
static void need_signal(int sig, int code)
{
	for (int i = 0; caught != sig && i < 5000; i++)
		usleep(1000);
	errno = 0;
	need(caught == sig && last.si_code == code);
}

static void run_signals(unsigned int round)
{
	union sigval value = { .sival_int = 42 };
	pid_t pid;

	(void)round;
	catch(SIGUSR1, on_signal, SA_RESTART);
	need(!kill(getpid(), SIGUSR1));
	need_signal(SIGUSR1, SI_USER);
	catch(SIGUSR1, on_signal, SA_NODEFER | SA_RESETHAND);
	need(!sigqueue(getpid(), SIGUSR1, value));
	need_signal(SIGUSR1, SI_QUEUE);
	need(last.si_value.sival_int == 42);
	catch(SIGUSR2, on_signal, 0);
	need(!syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR2));
	need_signal(SIGUSR2, SI_TKILL);
	catch(SIGPIPE, on_signal, 0);
	need(!raise(SIGPIPE));
	need_signal(SIGPIPE, SI_TKILL);

	catch(SIGCHLD, on_signal, 0);
	pid = spawn();
	if (!pid)
		_exit(7);
	need_signal(SIGCHLD, CLD_EXITED);
	need(last.si_pid == pid && last.si_status == 7);
	need(waitpid(pid, NULL, 0) == pid);
}

/* Several of the same kind are queued, with their values, in order. */
static void run_realtime(unsigned int round)
{
	struct timespec second = { 30, 0 };
	siginfo_t info;
	sigset_t set;

	(void)round;
	sigemptyset(&set);
	for (int sig = SIGRTMIN; sig < SIGRTMIN + 3; sig++) {
		sigaddset(&set, sig);
		block(SIG_BLOCK, sig);
	}
	for (int i = 0; i < 9; i++) {
		union sigval value = { .sival_int = i };

		need(!sigqueue(getpid(), SIGRTMIN + 2 - i / 3, value));
	}
	for (int i = 0; i < 9; i++) {
		need(sigtimedwait(&set, &info, &second) == SIGRTMIN + i / 3);
		need(info.si_value.sival_int == (2 - i / 3) * 3 + i % 3);
	}
	second.tv_sec = 0;
	need(sigtimedwait(&set, &info, &second) == -1 && errno == EAGAIN);
}

static void fault(int sig, void (*trigger)(void *), void *where)
{
	catch(sig, on_fault, SA_ONSTACK);
	if (!sigsetjmp(back, 1)) {
		trigger(where);
		errno = 0;
		need(!"a signal");
	}
	errno = 0;
	need(caught == sig);
}

static void touch(void *where)
{
	*(volatile char *)where = 1;
}

static void divide(void *zero)
{
	int high = 0, low = 1;

	asm volatile("divl %2" : "+d" (high), "+a" (low) : "m" (*(int *)zero) : "cc");
}

static void invalid(void *unused)
{
	(void)unused;
	asm volatile("ud2");
}

static void trap(void *unused)
{
	(void)unused;
	asm volatile("int3");
}

static void run_faults(unsigned int round)
{
	static int zero;
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 }, old;
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("empty", O_RDWR | O_CREAT, 0600);
	char *beyond = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	(void)round;
	need(stack.ss_sp && page != MAP_FAILED && fd >= 0 && beyond != MAP_FAILED);
	need(!sigaltstack(&stack, NULL) && !sigaltstack(NULL, &old));
	fault(SIGSEGV, touch, NULL);
	need(last.si_code == SEGV_MAPERR);
	fault(SIGSEGV, touch, page);
	need(last.si_code == SEGV_ACCERR && last.si_addr == page);
	fault(SIGSEGV, touch, (void *)0x8000000000000000);
	fault(SIGBUS, touch, beyond);
	need(last.si_code == BUS_ADRERR);
	fault(SIGFPE, divide, &zero);
	fault(SIGILL, invalid, NULL);
	fault(SIGTRAP, trap, NULL);
}

static void run_signalfd(unsigned int round)
{
	struct signalfd_siginfo info[3];
	union sigval value = { .sival_int = 5 };
	sigset_t set;
	int fd;

	(void)round;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGCHLD);
	need(!sigprocmask(SIG_BLOCK, &set, NULL));
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	need(fd >= 0);
	need(read(fd, info, sizeof(info)) == -1 && errno == EAGAIN);
	need(!kill(getpid(), SIGUSR1));
	need(!sigqueue(getpid(), SIGRTMIN, value));
	spawn_and_reap();
	need(read(fd, info, sizeof(info)) == sizeof(info));
	need(info[2].ssi_signo == (uint32_t)SIGRTMIN && info[2].ssi_int == 5);
	need(!close(fd));
}

static void run_timers(unsigned int round)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec spec = { { 0, 2000000 }, { 0, 1000000 } }, left;
	struct itimerval interval = { { 0, 0 }, { 0, 1000 } };
	struct timespec instant = { 0, 1000000 }, rest;
	timer_t timer;

	(void)round;
	event.sigev_value.sival_int = 9;
	catch(SIGUSR1, on_signal, 0);
	need(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	need(!timer_settime(timer, 0, &spec, NULL));
	need_signal(SIGUSR1, SI_TIMER);
	need(last.si_value.sival_int == 9);
	need(!timer_gettime(timer, &left) && timer_getoverrun(timer) >= 0);
	need(!timer_delete(timer));
	event.sigev_notify = SIGEV_NONE;
	need(!timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer));
	need(!timer_settime(timer, TIMER_ABSTIME, &spec, &left));
	need(!timer_delete(timer));

	catch(SIGVTALRM, on_signal, 0);
	need(!setitimer(ITIMER_VIRTUAL, &interval, NULL));
	for (volatile int i = 0; caught != SIGVTALRM && i < 2000000000; i++)
		;
	need(caught == SIGVTALRM);
	need(!getitimer(ITIMER_PROF, &interval));
	need(!clock_nanosleep(CLOCK_REALTIME, 0, &instant, &rest));
	need(!clock_gettime(CLOCK_BOOTTIME, &rest) && !clock_getres(CLOCK_TAI, &rest));
}

/* Signals that data has come; and a sleep that stopping interrupts. */
static void run_notify(unsigned int round)
{
	int ends[2];
	pid_t pid;
	int status;

	(void)round;
	need(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	catch(SIGRTMIN, on_signal, 0);
	need(!fcntl(ends[0], F_SETOWN, getpid()) && !fcntl(ends[0], F_SETSIG, SIGRTMIN));
	need(!fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK));
	write_all(ends[1], "x", 1);
	need_signal(SIGRTMIN, POLL_IN);
	need(last.si_fd == ends[0]);

	pid = spawn();
	if (!pid) {
		struct timespec time = { 1000, 0 };

		clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
		_exit(1);
	}
	need(!kill(pid, SIGSTOP));
	need(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	need(!kill(pid, SIGCONT));
	need(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	/* It sleeps again, for the rest. */
	usleep(2000);
	need(!kill(pid, SIGTERM));
	need(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

const struct part signal_parts[] = {
	{ "signals", run_signals },
	{ "realtime", run_realtime },
	{ "faults", run_faults },
	{ "signalfd", run_signalfd },
	{ "timers", run_timers },
	{ "notify", run_notify },
	{ }
};
