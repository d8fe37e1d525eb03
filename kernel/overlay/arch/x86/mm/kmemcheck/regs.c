// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: all registers of a moment, for a report.
 */
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/msr.h>
#include <asm/ptrace.h>
#include <asm/special_insns.h>

#include "engine.h"

#ifdef CONFIG_X86_64
static void wide_regs(struct kmemcheck_regs *out, const struct pt_regs *regs)
{
	out->r15 = regs->r15;
	out->r14 = regs->r14;
	out->r13 = regs->r13;
	out->r12 = regs->r12;
	out->r11 = regs->r11;
	out->r10 = regs->r10;
	out->r9 = regs->r9;
	out->r8 = regs->r8;
	rdmsrl(MSR_FS_BASE, out->fs_base);
	rdmsrl(MSR_GS_BASE, out->gs_base);
	rdmsrl(MSR_KERNEL_GS_BASE, out->kernel_gs_base);
}
#else
static void wide_regs(struct kmemcheck_regs *out, const struct pt_regs *regs)
{
	/* The segment of what each CPU has of its own. */
	out->fs_base = this_cpu_read(this_cpu_off);
}
#endif

static void general_regs(struct kmemcheck_regs *out, const struct pt_regs *regs)
{
	out->rbp = regs->bp;
	out->rbx = regs->bx;
	out->rax = regs->ax;
	out->rcx = regs->cx;
	out->rdx = regs->dx;
	out->rsi = regs->si;
	out->rdi = regs->di;
	out->rip = regs->ip;
	out->cs = regs->cs;
	out->rflags = regs->flags;
	out->rsp = regs->sp;
	out->ss = regs->ss;
}

static void system_regs(struct kmemcheck_regs *out)
{
	unsigned int sel;

	savesegment(ds, sel);
	out->ds = sel;
	savesegment(es, sel);
	out->es = sel;
	savesegment(fs, sel);
	out->fs = sel;
	savesegment(gs, sel);
	out->gs = sel;

	out->cr0 = read_cr0();
	out->cr2 = native_read_cr2();
	out->cr3 = __read_cr3();
	out->cr4 = __read_cr4();
	get_debugreg(out->dr0, 0);
	get_debugreg(out->dr1, 1);
	get_debugreg(out->dr2, 2);
	get_debugreg(out->dr3, 3);
	get_debugreg(out->dr6, 6);
	get_debugreg(out->dr7, 7);
}

/**
 * kmemcheck_save_regs() - the registers of a fault
 * @out: all of them
 * @regs: of the interrupted code
 */
void kmemcheck_save_regs(struct kmemcheck_regs *out, const struct pt_regs *regs)
{
	out->mask = KMEMCHECK_REGS_ALL;
	general_regs(out, regs);
	wide_regs(out, regs);
	system_regs(out);
}

/**
 * kmemcheck_save_caller_regs() - what is known without a fault
 * @out: instruction and stack pointer, code segment and flags
 * @ip: the instruction
 */
void kmemcheck_save_caller_regs(struct kmemcheck_regs *out, unsigned long ip)
{
	memset(out, 0, sizeof(*out));
	out->rip = ip;
	out->cs = __KERNEL_CS;
	out->ss = __KERNEL_DS;
	out->rsp = current_stack_pointer;
	out->rflags = native_save_fl();
}

/**
 * kmemcheck_print_regs() - registers as the original kmemcheck printed them
 * @g: them
 */
#ifdef CONFIG_X86_64
void kmemcheck_print_regs(const struct kmemcheck_regs *g)
{
	pr_err("RIP: %04llx:[<%016llx>]  [<%016llx>] %pS\n", g->cs, g->rip, g->rip,
	       (void *)(unsigned long)g->rip);
	pr_err("RSP: %04llx:%016llx  EFLAGS: %08llx\n", g->ss, g->rsp, g->rflags);
	if (!(g->mask & KMEMCHECK_REGS_ALL))
		return;
	pr_err("RAX: %016llx RBX: %016llx RCX: %016llx\n", g->rax, g->rbx, g->rcx);
	pr_err("RDX: %016llx RSI: %016llx RDI: %016llx\n", g->rdx, g->rsi, g->rdi);
	pr_err("RBP: %016llx R08: %016llx R09: %016llx\n", g->rbp, g->r8, g->r9);
	pr_err("R10: %016llx R11: %016llx R12: %016llx\n", g->r10, g->r11, g->r12);
	pr_err("R13: %016llx R14: %016llx R15: %016llx\n", g->r13, g->r14, g->r15);
	pr_err("FS:  %016llx(%04llx) GS:%016llx(%04llx) knlGS:%016llx\n",
	       g->fs_base, g->fs, g->gs_base, g->gs, g->kernel_gs_base);
	pr_err("CS:  %04llx DS: %04llx ES: %04llx CR0: %016llx\n", g->cs, g->ds, g->es,
	       g->cr0);
	pr_err("CR2: %016llx CR3: %016llx CR4: %016llx\n", g->cr2, g->cr3, g->cr4);
	pr_err("DR0: %016llx DR1: %016llx DR2: %016llx\n", g->dr0, g->dr1, g->dr2);
	pr_err("DR3: %016llx DR6: %016llx DR7: %016llx\n", g->dr3, g->dr6, g->dr7);
}
#else
void kmemcheck_print_regs(const struct kmemcheck_regs *g)
{
	pr_err("EIP: %04llx:[<%08llx>] EFLAGS: %08llx\n", g->cs, g->rip, g->rflags);
	pr_err("EIP is at %pS\n", (void *)(unsigned long)g->rip);
	if (!(g->mask & KMEMCHECK_REGS_ALL))
		return;
	pr_err("EAX: %08llx EBX: %08llx ECX: %08llx EDX: %08llx\n", g->rax, g->rbx, g->rcx,
	       g->rdx);
	pr_err("ESI: %08llx EDI: %08llx EBP: %08llx ESP: %08llx\n", g->rsi, g->rdi, g->rbp,
	       g->rsp);
	pr_err(" DS: %04llx ES: %04llx FS: %04llx GS: %04llx SS: %04llx\n", g->ds, g->es,
	       g->fs, g->gs, g->ss);
	pr_err("CR0: %08llx CR2: %08llx CR3: %08llx CR4: %08llx\n", g->cr0, g->cr2, g->cr3,
	       g->cr4);
	pr_err("DR0: %08llx DR1: %08llx DR2: %08llx DR3: %08llx\n", g->dr0, g->dr1, g->dr2,
	       g->dr3);
	pr_err("DR6: %08llx DR7: %08llx\n", g->dr6, g->dr7);
}
#endif
