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
    return "".join(f"{stamp}{line}\n" for line in lines)
