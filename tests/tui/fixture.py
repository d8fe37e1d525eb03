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


def trace(kernel, *frames):
    return [" " + re.sub(r"^\[.*?\] ", "", kernel.symbol(name, kernel.calls[name, called]))
            for name, called in frames]


def stamped(lines, number):
    stamp = 2 + number
    return "".join(f"[{stamp:5d}.{i:06d}] {line}\n" for i, line in enumerate(lines))


def task_line(number):
    return f"CPU: 0 PID: {40 + number} Comm: demo Not tainted 6.1.0-fixture #1"


def kasan(kernel, number):
    """A member is read that was freed."""
    rule = "=" * 66
    at = re.sub(r"^\[.*?\] ", "", kernel.symbol("_start", kernel.calls["_start", "demo_error"]))
    created = trace(kernel, ("demo_new", "kmalloc"), ("_start", "demo_new"))
    return stamped([
        rule,
        f"BUG: KASAN: slab-use-after-free in {at}",
        f"Read of size 4 at addr {OBJECT + 24:016x} by task demo/{40 + number}",
        "",
        task_line(number),
        "Call Trace:",
        " dump_stack_lvl+0x33/0x46", " kasan_report+0xc0/0xf0", f" {at}",
        "",
        f"Allocated by task {39 + number}:",
        " kasan_save_stack+0x2f/0x60", " __kasan_kmalloc+0xa9/0xb0", *created,
        "",
        f"Freed by task {38 + number}:",
        " kasan_save_stack+0x2f/0x60", " kfree+0x85/0x110",
        *trace(kernel, ("_start", "demo_new")),
        "",
        f"The buggy address belongs to the object at {OBJECT:016x}",
        f" which belongs to the cache kmalloc-128 of size {SIZE}",
        "The buggy address is located 24 bytes inside of",
        f" freed {SIZE}-byte region [{OBJECT:016x}, {OBJECT + SIZE:016x})",
        "",
        "Memory state around the buggy address:",
        f" {OBJECT - 128:016x}:" + " fc" * 16,
        f">{OBJECT:016x}: fa" + " fb" * 15,
        " " * 28 + "^",
        f" {OBJECT + 128:016x}:" + " fc" * 16,
        rule], number)


def slub(kernel, number):
    """What was freed has been written to."""
    rows = bytearray(b"\x6b" * (SIZE - 1) + b"\xa5")
    rows[24:28] = b"\x07\0\0\0"
    created = trace(kernel, ("demo_new", "kmalloc"), ("_start", "demo_new"))
    return stamped([
        "=" * 77,
        "BUG kmalloc-128 (Not tainted): Poison overwritten",
        "-" * 77,
        "",
        f"0x{OBJECT + 24:016x}-0x{OBJECT + 27:016x} @offset={0x300 + 24}. "
        "First byte 0x7 instead of 0x6b",
        f"Allocated in {created[0].split()[0]} age=5 cpu=0 pid=39", *created,
        f"Slab 0xffffea0000000400 objects=21 used=1 fp=0x{OBJECT:016x} flags=0x200(slab)",
        f"Object 0x{OBJECT:016x} @offset=768 fp=0x0000000000000000",
        "",
        f"Redzone  {OBJECT - 16:016x}:" + " bb" * 16 + "  ................",
        *(f"Object   {OBJECT + i:016x}: " + rows[i:i + 16].hex(" ") + "  ................"
          for i in range(0, SIZE, 16)),
        f"Redzone  {OBJECT + SIZE:016x}:" + " bb" * 8 + "  ........",
        task_line(number),
        "Call Trace:",
        *trace(kernel, ("_start", "demo_new")),
        f"FIX kmalloc-128: Restoring Poison 0x{OBJECT + 24:016x}-0x{OBJECT + 27:016x}=0x6b"],
        number)


def oops(kernel, number):
    """A member of NULL is read."""
    start, size = kernel.functions["demo_error"]
    return stamped([
        "BUG: kernel NULL pointer dereference, address: 0000000000000018",
        "#PF: supervisor read access in kernel mode",
        "#PF: error_code(0x0000) - not-present page",
        "Oops: 0000 [#1] PREEMPT SMP",
        task_line(number),
        f"RIP: 0010:demo_error+0x0/{size:#x}",
        "RSP: 0018:ffffc90000013e18 EFLAGS: 00010246",
        "RAX: 0000000000000001 RBX: 0000000000000001 RCX: 0000000000000001",
        "RDX: 0000000000000001 RSI: 0000000000000001 RDI: 0000000000000000",
        "CR2: 0000000000000018 CR3: 0000000001874000 CR4: 0000000000351eb0",
        "Call Trace:",
        *trace(kernel, ("_start", "demo_error")),
        "---[ end trace 0000000000000000 ]---"], number)


def others(kernel):
    """What other checkers print, the first bug twice, and one of kmemcheck's."""
    error = ["i"] * SIZE
    error[24:28] = "uuuu"
    return (kasan(kernel, 0) + slub(kernel, 1) + kasan(kernel, 2) + oops(kernel, 3) +
            report(kernel, "demo_error", 24, 32, error, 4))


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
    with open(directory + "/many.log", "w") as f:
        f.write("".join(report(kernel, "demo_error", 24, 32, error, n) for n in range(20)))
    with open(directory + "/others.log", "w") as f:
        f.write(others(kernel))
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
