#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixture of the manual's report is what the manual says.

Chapter 3.3 of kmemcheck's manual explains one report with the tools of its day;
the kernel that it is from is lost. testdata/fixtures/manual is a stand-in, and
here the manual's commands give what the manual prints. Then ours.
"""

import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("KMC_BUILD", TOP + "/build"))
VMLINUX = TOP + "/build/fixtures/manual/vmlinux"
LOG = TOP + "/testdata/fixtures/manual/report.log"
RIP = 0xffffffff8104ede8
FRAME = re.compile(r"\[<([0-9a-f]{16})>\] (\w+)\+0x([0-9a-f]+)/0x([0-9a-f]+)")


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, text=True, capture_output=True,
                          check=True).stdout


def addr2line(*addresses):
    """As in the manual, without the directory that the kernel was built in."""
    text = run("addr2line", "-e", VMLINUX, "-i", *(f"{a:x}" for a in addresses))
    return [line.removeprefix("/usr/src/linux/").split(" ")[0]
            for line in text.splitlines()]


def inline_lines():
    return addr2line(RIP) == [
        "arch/x86/include/asm/string_64.h:12", "include/asm-generic/siginfo.h:287",
        "kernel/signal.c:380", "kernel/signal.c:410"]


def stack_lines():
    return addr2line(0xffffffff8104f04e, 0xffffffff81050bd8, 0xffffffff8100b87d,
                     0xffffffff8100c7b5) == [
        "kernel/signal.c:446", "kernel/signal.c:1806", "arch/x86/kernel/signal.c:805",
        "arch/x86/kernel/signal.c:871", "arch/x86/kernel/entry_64.S:694"]


def call_line():
    return addr2line(0xffffffff8104f04e - 1) == ["kernel/signal.c:431"]


def functions():
    """Each frame's function begins, and the next symbol follows, where it says."""
    symbols = {}
    for line in run("nm", "-n", VMLINUX).splitlines():
        address, _, name = line.split()
        symbols[name] = int(address, 16)
    starts = sorted(symbols.values())
    with open(LOG, encoding="ascii") as log:
        frames = FRAME.findall(log.read())
    for address, name, offset, size in frames:
        start = symbols[name]
        if start + int(offset, 16) != int(address, 16) or \
                starts[starts.index(start) + 1] != start + int(size, 16):
            print(f"# {name} is at {start:#x}")
            return False
    return len(frames) == 5


def disassembly():
    """The lines of the manual from the load of the count to the REP."""
    text = run("objdump", "-d", "--no-show-raw-insn", f"--start-address={RIP - 0x13:#x}",
               f"--stop-address={RIP + 2:#x}", VMLINUX)
    found = [" ".join(line.split()) for line in text.splitlines() if ":\t" in line]
    return found == [
        "ffffffff8104edd5: mov %rax,%rdx",
        "ffffffff8104edd8: mov $0xc,%ecx",
        "ffffffff8104eddd: mov %r13,%rdi",
        "ffffffff8104ede0: mov $0x30,%eax",
        "ffffffff8104ede5: mov %rdx,%rsi",
        "ffffffff8104ede8: rep movsl %ds:(%rsi),%es:(%rdi)"]


def layout():
    """int si_signo, si_errno, si_code; 4 bytes of nothing; _sifields at 16."""
    info = run("pahole", "-C", "siginfo", VMLINUX)
    queue = run("pahole", "-C", "sigqueue", VMLINUX)
    return all((re.search(r"int\s+si_code;\s+/\*\s+8\s+4 \*/\s+/\* XXX 4 bytes hole", info),
                re.search(r"_sifields;\s+/\*\s+16\s+112 \*/", info),
                re.search(r"size: 128", info),
                re.search(r"info;\s+/\*\s+24\s+128 \*/", queue)))


def macro():
    text = run("readelf", "--debug-dump=macro", VMLINUX)
    return re.search(r"SI_KERNEL 0x80$", text, re.M)


def count():
    """4 * (0xc - 0x9) = 12 bytes into what RDX points to."""
    text = run(BUILD + "/tests/kmc-insn", VMLINUX,
               stdin=f"value {RIP:x} rcx\nvalue {RIP:x} rsi\n")
    rcx, rsi = (line.split("\t")[3:7] for line in text.splitlines())
    return rcx == ["rcx", "known", "-", "12"] and rsi == ["rsi", "known", "rdx", "0"]


def report():
    """The culprit first, then all of it, on the call's lines."""
    text = run(os.environ.get("KMC_REPORT", BUILD + "/kmc-report"), "-k", VMLINUX, LOG)
    found = re.findall(r"(?<= )[\w./-]+\.[chS]:\d+", text)
    return found == [
        "include/asm-generic/siginfo.h:287",
        "arch/x86/include/asm/string_64.h:12", "include/asm-generic/siginfo.h:287",
        "kernel/signal.c:380", "kernel/signal.c:410", "kernel/signal.c:431",
        "kernel/signal.c:1804", "arch/x86/kernel/signal.c:804",
        "arch/x86/kernel/signal.c:871", "arch/x86/kernel/entry_64.S:693"]


def place():
    """The hole, likely: register and REP agree, the header's address does not. With the
    address that they have, certain."""
    with open(LOG, encoding="ascii") as file:
        log = file.read()
    for text, wanted in ((log, "likely"), (log.replace("3e4a2024", "3e5d6024"), "certain")):
        said = json.loads(run(os.environ.get("KMC_REPORT", BUILD + "/kmc-report"), "-k",
                              VMLINUX, "--format=json", "-", stdin=text))["object"]
        found = [said[key] for key in ("type", "offset", "path", "after", "confidence")]
        if found != ["struct sigqueue", 36, "info", "si_code", wanted]:
            print(f"# {found}")
            return False
    return True


CHECKS = (
    (inline_lines, "addr2line -i gives the manual's four lines for the RIP"),
    (stack_lines, "addr2line -i gives the manual's five lines for the stack"),
    (call_line, "the byte before the first return address is on line 431"),
    (functions, "functions begin and end where the report says"),
    (disassembly, "objdump shows the manual's instructions up to the REP"),
    (layout, "pahole finds the hole between si_code and _sifields"),
    (macro, "SI_KERNEL is 0x80 in the macros"),
    (count, "the count of the REP is found"),
    (report, "kmc-report gives the same lines"),
    (place, "kmc-report finds the hole, and says how sure that is"),
)

print(f"1..{len(CHECKS)}")
failed = 0
for number, (check, name) in enumerate(CHECKS, 1):
    good = check()
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
sys.exit(failed > 0)
