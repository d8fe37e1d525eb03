# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel compiled from fixture.c, and a log with reports on it."""

import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
OBJECT = 0xFFFF888000012300     # where struct demo is
SIZE = 128

HEADERS = {
    "types.h": "typedef unsigned char u8;\ntypedef unsigned short u16;\n"
               "typedef unsigned int u32;\ntypedef unsigned long long u64;\n"
               "typedef struct demo_info demo_info_t;\n",
    "slab.h": "#define GFP_KERNEL 0xcc0\n",
}


def run(directory, *command):
    return subprocess.run(command, cwd=directory, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def build(directory, flags=("-gdwarf-4",)):
    """directory: vmlinux, and the tree that it was built from"""
    os.makedirs(directory + "/include/linux")
    for name, text in HEADERS.items():
        with open(f"{directory}/include/linux/{name}", "w") as f:
            f.write(text)
    shutil.copy(HERE + "/fixture.c", directory + "/demo.c")
    # A tree whose file is not within it.
    os.mkdir(directory + "/linked")
    os.symlink("../demo.c", directory + "/linked/demo.c")
    run(directory, "gcc", "-O2", *flags, "-ffreestanding", "-fno-pic", "-mcmodel=kernel",
        "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-fno-ipa-ra",
        "-Iinclude", "-c", "demo.c", "-o", "demo.o")
    run(directory, "gcc", "-nostdlib", "-static", "-Wl,-e,_start",
        "-Wl,-Ttext=0xffffffff81000000", "-Wl,--build-id=0x0123456789abcdef", "demo.o",
        "-o", "vmlinux")


def build_other(directory):
    """directory: other, a kernel of which some types differ"""
    for source, target, last in (("demo.c", "other.o", ["-c"]), ("other.o", "other", [
            "-nostdlib", "-static", "-Wl,-e,_start", "-Wl,-Ttext=0xffffffff81000000"])):
        run(directory, "gcc", "-O2", "-gdwarf-4", "-ffreestanding", "-fno-pic", "-DOTHER",
            "-mcmodel=kernel", "-fcf-protection=none", "-fno-asynchronous-unwind-tables",
            "-Iinclude", *last, source, "-o", target)


def build_program(directory):
    """directory: program, which is no kernel, the same stripped, and one in C++"""
    for flags, name in (["-g"], "program"), (["-s"], "stripped"):
        run(directory, "gcc", "-O2", *flags, HERE + "/program.c", "-o", name)
    run(directory, "g++", "-g", HERE + "/classes.cc", "-o", "classes")


class Kernel:
    """Addresses of a built fixture."""

    def __init__(self, directory):
        self.functions = {}
        self.calls = {}             # (function, called) → return address
        text = run(directory, "objdump", "-d", "--no-show-raw-insn", "vmlinux")
        at, called = None, None
        for line in text.splitlines():
            head = re.match(r"([0-9a-f]+) <(\w+)>:", line)
            insn = re.match(r" *([0-9a-f]+):\s+(\S+)(?:.*<(\w+)>)?", line)
            if head:
                at, called = head[2], None
                self.functions[at] = [int(head[1], 16), 0]
            elif insn and at:
                address = int(insn[1], 16)
                if called:
                    self.calls[at, called] = address
                called = insn[3] if insn[2].startswith("call") else None
                self.functions[at][1] = address + 1 - self.functions[at][0]
        names = sorted(self.functions, key=lambda name: self.functions[name][0])
        for name, following in zip(names, names[1:]):
            self.functions[name][1] = self.functions[following][0] - self.functions[name][0]

    def symbol(self, name, address):
        start, size = self.functions[name]
        return f"[<{address:016x}>] {name}+{address - start:#x}/{size:#x}"


def report(kernel, function, offset, bits, states, number, rsi=0, record=True):
    """One report: the first instruction of @function read @offset of the object.

    Without @record, the kernel does not say which object that was.
    """
    address = OBJECT + offset
    rip = kernel.functions[function][0]
    first = offset & ~31
    data = bytes((i * 7 + number) & 0xFF for i in range(32))
    mark = " " * (2 * (offset - first) + 1) + "^"
    shadow = "".join(" " + c for c in states[first:first + 32])
    lines = [
        f"BUG: kmemcheck: uninitialized-read in {function}+0x0/0x10",
        f"WARNING: kmemcheck: Caught {bits}-bit read from uninitialized memory "
        f"({address:016x})",
        data.hex(),
        shadow,
        mark,
        "",
        f"Pid: {40 + number}, comm: demo Not tainted 6.1.0-fixture #1",
        f"RIP: 0010:[<{rip:016x}>]  {kernel.symbol(function, rip)}",
        "RSP: 0018:ffffc90000013e18  EFLAGS: 00000246",
        f"RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000",
        f"RDX: 0000000000000000 RSI: {rsi:016x} RDI: {OBJECT:016x}",
        f"CR2: {address:016x} CR3: 0000000001874000 CR4: 0000000000351eb0",
        " " + kernel.symbol("_start", kernel.calls["_start", function]),
        " [<ffffffffffffffff>] 0xffffffffffffffff",
        f"Object {OBJECT:016x} of cache kmalloc-128, size {SIZE}, access at offset {offset}",
        f"Allocated by task {39 + number} at 1.500000:",
        " " + kernel.symbol("demo_new", kernel.calls["demo_new", "kmalloc"]),
        " " + kernel.symbol("_start", kernel.calls["_start", "demo_new"]),
    ]
    if not record:
        del lines[14:]
    stamp = 2 + number
    return "".join(f"[{stamp:5d}.{i:06d}] {line}\n" for i, line in enumerate(lines))


def copied(kernel, text):
    """The same report as a leak of two ranges, which were copied from such an object."""
    site = (" " + kernel.symbol("demo_new", kernel.calls["demo_new", "kmalloc"]) + "\n " +
            kernel.symbol("_start", kernel.calls["_start", "demo_new"]) + "\n")
    before, after = text.split("Object ", 1)
    return (before.replace("read from", "infoleak from") +
            "Bytes 24-27, 52-52 of 96 are uninitialized\n"
            f"Memory access of size 96 starts at {OBJECT:016x}\n"
            f"Object {after}"
            "Stored to memory by task 50 at 1.700000:\n" + site +
            f"Source {OBJECT + 4096:016x} of cache kmalloc-128, size {SIZE}, "
            "bytes from offset 24, copied 2 times\n"
            "Source allocated by task 50 at 1.600000:\n" + site)


def log(directory):
    """Three bugs, the first of them twice."""
    kernel = Kernel(directory)
    error = ["i"] * SIZE
    error[24:28] = "uuuu"
    hole = ["i"] * SIZE
    hole[21:24] = "uuu"
    bits = ["i"] * SIZE
    bits[52] = "u"
    text = report(kernel, "demo_error", 24, 32, error, 0)
    text += report(kernel, "demo_error", 24, 32, error, 1)
    text += report(kernel, "demo_word", 21, 24, hole, 2)
    text += report(kernel, "demo_ready", 52, 8, bits, 3)
    with open(directory + "/reports.log", "w") as f:
        f.write(text)
    with open(directory + "/copies.log", "w") as f:
        plain = re.sub(r"(?m)^\[.*?\] ", "", report(kernel, "demo_error", 24, 32, error, 0))
        f.write(copied(kernel, plain))
    with open(directory + "/alloc.log", "w") as f:
        f.write(text.replace("at 1.500000:\n", "at 1.500000:\n[    2.000015]  " +
                             kernel.symbol("kmalloc", kernel.functions["kmalloc"][0] + 1) +
                             "\n"))
    with open(directory + "/other.log", "w") as f:
        f.write(text.replace("6.1.0-fixture", "6.1.0-other"))
    with open(directory + "/guess.log", "w") as f:
        f.write(report(kernel, "demo_both", 24, 32, error, 0, rsi=OBJECT + 16,
                       record=False))
