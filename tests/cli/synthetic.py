# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests share that make reports of their own: write the log of a report with
any instruction and registers, explain it, and ask binutils about a vmlinux."""

import bisect
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "guest"))
# pylint: disable=wrong-import-position
from guest import REPORT, Tap       # noqa: E402

__all__ = ["MACHINE", "REPORT", "REGISTERS", "ROOT", "Symbols", "Tap", "disassemble", "explain",
           "inline_chains", "need_vmlinux", "report"]

VMLINUX = os.environ.get("VMLINUX")
DUMP = 32


class Wide:
    """What reports of x86-64 look like, and its instructions."""

    registers = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split()
    word = 8
    # A first letter; the rest of the name is the same.
    prefix = "r"
    per_cpu = "gs"
    image = 0xffffffff81000000
    # Where objects may be, and what other registers have.
    objects, others, stack = 0xff11000040000000, 0xff12000000001000, 0xffffc90000103d98
    # Smaller displacements are addresses.
    least_disp = -0x40000000
    arguments = ["rdi", "rsi", "rdx"]

    @staticmethod
    def block(symbol, rip, address, values, segment_base):
        """-> lines with the registers"""
        where = f"[<{rip:016x}>]"
        rows = [("rax", "rbx", "rcx"), ("rdx", "rsi", "rdi"), ("rbp", "r8", "r9"),
                ("r10", "r11", "r12"), ("r13", "r14", "r15")]
        bases = f"FS:  {0:016x}(0000) GS:{segment_base or 0:016x}(0000) knlGS:{0:016x}"
        return [
            f"RIP: 0010:{where}  {where} {symbol}",
            f"RSP: 0018:{values['rsp']:016x}  EFLAGS: 00010246",
            *(" ".join(f"{name.upper().replace('R8', 'R08').replace('R9', 'R09')}: "
                       f"{values[name]:016x}" for name in row) for row in rows),
            *([bases] if segment_base else []),
            "CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033",
            f"CR2: {address:016x} CR3: 0000000001874000 CR4: 0000000000351eb0"]


class Narrow:
    """Those of 32-bit x86. No report has a base of FS."""

    registers = "eax ebx ecx edx esi edi ebp esp".split()
    word = 4
    prefix = "e"
    per_cpu = "fs"
    image = 0xc1000000
    objects, others, stack = 0xd0000000, 0xe0001000, 0xc0103d98
    least_disp = -0x3f000000
    arguments = ["eax", "edx", "ecx"]

    @staticmethod
    def block(symbol, rip, address, values, _):
        """-> lines with the registers"""
        rows = [("eax", "ebx", "ecx", "edx"), ("esi", "edi", "ebp", "esp")]
        return [
            f"EIP: 0060:[<{rip:08x}>] EFLAGS: 00010246 CPU: 0",
            f"EIP is at {symbol}",
            *(" ".join(f"{name.upper()}: {values[name]:08x}" for name in row) for row in rows),
            " DS: 007b ES: 007b FS: 00d8 GS: 0000 SS: 0068",
            f"CR0: 80050033 CR2: {address:08x} CR3: 02b12000 CR4: 000006d0"]


def is_narrow(path):
    """Is it of 32-bit x86? By its ELF header."""
    with open(path, "rb") as file:
        return file.read(20)[18:] == b"\3\0"


MACHINE = Narrow if VMLINUX and os.path.exists(VMLINUX) and is_narrow(VMLINUX) else Wide
REGISTERS = MACHINE.registers
DIGITS = 2 * MACHINE.word


def need_vmlinux():
    if not VMLINUX or not os.path.exists(VMLINUX):
        print("1..0 # SKIP VMLINUX does not name a vmlinux")
        sys.exit(0)
    return VMLINUX


class Symbols:
    """Functions as the kernel names them: up to the next symbol."""

    def __init__(self, path):
        said = subprocess.run(["nm", path], capture_output=True, text=True, check=True)
        code = sorted((int(address, 16), name) for address, kind, name in
                      (line.split() for line in said.stdout.splitlines()
                       if not line.startswith(" ")) if kind in "tTwW")
        self.starts = sorted({address for address, _ in code})
        self.names = {}
        for address, name in code:
            self.names.setdefault(address, name)

    def of(self, name):
        """-> addresses of all functions of that name"""
        return [address for address, other in self.names.items() if other == name]

    def around(self, address):
        """-> start of the function that this is in"""
        return self.starts[bisect.bisect_right(self.starts, address) - 1]

    def end(self, start):
        later = bisect.bisect_right(self.starts, start)
        return self.starts[later] if later < len(self.starts) else start + 16


def disassemble(path, *options):
    """Yield (address, text) of each instruction."""
    command = ["objdump", "-d", "--no-show-raw-insn", *options, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            address, _, text = line.rstrip("\n").partition(":\t")
            if text:
                yield int(address, 16), text


def inline_chains(path, addresses, section=None, tool="addr2line"):
    """-> for each address [(function, file, line)], innermost first, as addr2line has it"""
    command = [tool, "-aif", "-e", path]
    if section:
        command.append("--section=" + section)
    said = subprocess.run(command, input="\n".join(map(hex, addresses)), text=True,
                          capture_output=True, check=True).stdout
    chains = []
    lines = said.splitlines()
    i = 0
    while i < len(lines):
        if re.fullmatch(r"0x([0-9a-f]{8}){1,2}", lines[i]):
            chains.append([])
            i += 1
            continue
        file, _, line = lines[i + 1].split(" (")[0].rpartition(":")
        chains[-1].append((lines[i], file, int(line) if line.isdigit() else 0))
        i += 2
    return chains


def report(number, symbol, registers, address, bits=32, state="uninitialized", rip=None,
           shadow=None, memory=None, kind="read", segment_base=None):
    """The log of a report.

    symbol: "name+0x1/0x2 [module]". registers: by name, what is missing is a value of
    its own. shadow, memory: DUMP letters and bytes around the address, from a multiple of
    DUMP on. segment_base: of the CPU's own variables, where reports have it.
    """
    values = {name: (0x1111111100000001 + 0x10101 * i) & (1 << 8 * MACHINE.word) - 1
              for i, name in enumerate(REGISTERS)}
    values[MACHINE.prefix + "sp"] = MACHINE.stack
    values.update(registers)
    first = address % DUMP
    shadow = shadow or "i" * first + "u" * (DUMP - first)
    memory = (memory or bytes(DUMP)).hex()
    lines = [
        f"BUG: kmemcheck: {state}-{kind} in {symbol}",
        f"WARNING: kmemcheck: Caught {bits}-bit {kind} from {state} memory ({address:0{DIGITS}x})",
        memory,
        " " + " ".join(shadow),
        " " * (1 + 2 * first) + "^",
        "",
        f"Pid: 1, comm: synthetic Not tainted 6.1.0-synthetic #{number}",
        *MACHINE.block(symbol, rip or MACHINE.image, address, values, segment_base),
        f" [<{'f' * DIGITS}>] 0x{'f' * DIGITS}",
    ]
    return "".join(f"[{number / 1000:12.6f}] {line}\n" for line in lines)


def explain(logs, *options):
    """-> what kmc-report --format=json makes of these logs, in one run"""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as file:
        file.writelines(logs)
        file.flush()
        done = subprocess.run([REPORT, "--format=json", "-q", "--force", *options, file.name],
                              capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"kmc-report: status {done.returncode}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]
