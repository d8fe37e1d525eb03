# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports as the kernel prints them, made up at real places of a vmlinux."""

import re
import subprocess

REGISTERS = "rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15".split()
LOAD = re.compile(r"mov +0x([0-9a-f]{1,3})\(%(r\w+)\),%(r\w+)$")
# Tracers replace the call that each function begins with.
CALL = re.compile(r"call (?!.*<__fentry__>)")
# What the linker script says, with padding between.
NO_CODE = re.compile(r"_(text_)?(start|end)$|_[es]text$")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def functions(vmlinux):
    """[(address, name, size)] of functions with one name and one place."""
    found = [line.split() for line in output("nm", "-n", vmlinux).split("\n")
             if line.count(" ") == 2]
    symbols = [(int(address, 16), kind, name) for address, kind, name in found]
    names, out = {}, []
    for _, _, name in symbols:
        names[name] = names.get(name, 0) + 1
    for i, (address, kind, name) in enumerate(symbols[1:-1], 1):
        size = symbols[i + 1][0] - address
        if kind in "tT" and names[name] == 1 and 64 < size < 65536 and \
                symbols[i - 1][0] != address and "." not in name and \
                not NO_CODE.search(name):
            out.append((address, name, size))
    return out


def release_of(vmlinux):
    # Not read into this process: what it had resident counts for its children, too.
    return output("grep", "-m", "1", "-aoP", r"Linux version \K[0-9]\S*(?= )",
                  vmlinux).split("\n")[0]


def disassemble(vmlinux, start, end):
    """[(address, text of the instruction)]"""
    text = output("objdump", "-d", "--no-show-raw-insn", f"--start-address={start:#x}",
                  f"--stop-address={end:#x}", vmlinux)
    found = re.findall(r"^([0-9a-f]{16}):\t(.*?) *(?:#.*)?$", text, re.M)
    return [(int(at, 16), insn) for at, insn in found]


def loads(code):
    """[(address, base register, displacement)] of instructions that read 8 bytes."""
    found = [(at, LOAD.match(insn)) for at, insn in code]
    return [(at, m[2], int(m[1], 16)) for at, m in found if m and m[2] in REGISTERS]


def returns(code):
    """Addresses behind calls."""
    return [code[i + 1][0] for i, (_, insn) in enumerate(code[:-1]) if CALL.match(insn)]


def frame(function, address):
    start, name, size = function
    return f"[<{address:016x}>] {name}+0x{address - start:x}/0x{size:x}"


def text(release, rip, load, frames, stamp="", pid=1):
    """A report; @frames are its callers, and @load is at @rip."""
    regs = {name: 0xffff888000000000 + i * 0x100000 for i, name in enumerate(REGISTERS)}
    _, base, offset = load
    address = regs[base] + offset
    lines = [f"WARNING: kmemcheck: Caught 64-bit read from uninitialized memory ({address:016x})",
             "00" * 32, " u" * 32, " " * (1 + 2 * (address % 32)) + "^", "",
             f"Pid: {pid}, comm: bench Not tainted {release} #1",
             f"RIP: 0010:{rip.split(' ')[0]}  {rip}",
             "RSP: 0018:ffffc90000003e00  EFLAGS: 00000246"]
    values = [f"{name.upper():>3}: {value:016x}" for name, value in regs.items()]
    lines += [" ".join(values[i:i + 3]) for i in range(0, len(values), 3)]
    lines += [" " + caller for caller in frames]
    lines += [" [<ffffffffffffffff>] 0xffffffffffffffff"]
    return stamped(lines, stamp)


def stamped(lines, stamp):
    return "".join(f"{stamp}{line}\n" for line in lines)


def plain(caller):
    """As kernels of today print it, without the address."""
    return caller.split(" ")[1]


def task(release, pid):
    return f"CPU: 0 PID: {pid} Comm: bench Not tainted {release} #1"


def kasan(release, rip, _load, frames, stamp="", pid=1):
    rule = "=" * 66
    where, callers = plain(rip), [" " + plain(caller) for caller in frames]
    start = 0xffff888000100000
    shadow = [f"{'>' if not i else ' '}{start + 128 * i:016x}:" + " fb" * 16 for i in range(-2, 3)]
    return stamped([
        rule, f"BUG: KASAN: slab-use-after-free in {where}",
        f"Read of size 8 at addr {start + 16:016x} by task bench/{pid}", "",
        task(release, pid), "Call Trace:", " dump_stack_lvl+0x33/0x46",
        " kasan_report+0xc0/0xf0", " " + where, *callers, "",
        f"Allocated by task {pid}:", " kasan_save_stack+0x2f/0x60", " __kasan_kmalloc+0xa9/0xb0",
        *callers[:10], "", f"Freed by task {pid}:", " kasan_save_stack+0x2f/0x60",
        " __kasan_slab_free+0x10a/0x180", *callers[5:15], "",
        f"The buggy address belongs to the object at {start:016x}",
        " which belongs to the cache kmalloc-64 of size 64",
        "The buggy address is located 16 bytes inside of",
        f" freed 64-byte region [{start:016x}, {start + 64:016x})", "",
        "Memory state around the buggy address:", *shadow, rule], stamp)


def oops(release, rip, load, frames, stamp="", pid=1):
    _, base, offset = load
    values = [f"{name.upper():>3}: {0 if name == base else 0xffff888000000000 + i:016x}"
              for i, name in enumerate(REGISTERS)]
    return stamped([
        f"BUG: kernel NULL pointer dereference, address: {offset:016x}",
        "#PF: supervisor read access in kernel mode",
        "#PF: error_code(0x0000) - not-present page", "Oops: 0000 [#1] PREEMPT SMP",
        task(release, pid), f"RIP: 0010:{plain(rip)}",
        "RSP: 0018:ffffc90000003e00 EFLAGS: 00010246",
        *(" ".join(values[i:i + 3]) for i in range(0, len(values), 3)),
        f"CR2: {offset:016x} CR3: 0000000001874000 CR4: 0000000000350ef0", "Call Trace:",
        " <TASK>", *(" " + plain(caller) for caller in frames), " </TASK>",
        "---[ end trace 0000000000000000 ]---"], stamp)


def ubsan(release, rip, _load, frames, stamp="", pid=1):
    return stamped([
        "=" * 80, "UBSAN: array-index-out-of-bounds in kernel/bench.c:12:3",
        "index 7 is out of range for type 'u16 [6]'", task(release, pid), "Call Trace:",
        " dump_stack_lvl+0x33/0x46", " ubsan_epilogue+0x5/0x2c",
        " __ubsan_handle_out_of_bounds.cold+0x40/0x45", " " + plain(rip),
        *(" " + plain(caller) for caller in frames), "=" * 80], stamp)


# One after the other they are the reports of all sorts of checkers.
FAMILIES = (text, kasan, oops, ubsan)
