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

__all__ = ["REPORT", "REGISTERS", "ROOT", "Symbols", "Tap", "disassemble", "explain",
           "inline_chains", "need_vmlinux", "report"]

VMLINUX = os.environ.get("VMLINUX")
REGISTERS = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split()
DUMP = 32


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
        if re.fullmatch(r"0x[0-9a-f]{16}", lines[i]):
            chains.append([])
            i += 1
            continue
        file, _, line = lines[i + 1].split(" (")[0].rpartition(":")
        chains[-1].append((lines[i], file, int(line) if line.isdigit() else 0))
        i += 2
    return chains


def report(number, symbol, registers, address, bits=32, state="uninitialized", rip=None,
           shadow=None, memory=None, kind="read"):
    """The log of a report.

    symbol: "name+0x1/0x2 [module]". registers: by name, what is missing is a value of
    its own. shadow, memory: DUMP letters and bytes around the address, from a multiple of
    DUMP on.
    """
    values = {name: 0x1111111100000001 + 0x10101 * i for i, name in enumerate(REGISTERS)}
    values["rsp"] = 0xffffc90000103d98
    values.update(registers)
    rip = rip or 0xffffffff81000000
    first = address % DUMP
    shadow = shadow or "i" * first + "u" * (DUMP - first)
    memory = (memory or bytes(DUMP)).hex()
    where = f"[<{rip:016x}>]"
    rows = [("rax", "rbx", "rcx"), ("rdx", "rsi", "rdi"), ("rbp", "r8", "r9"),
            ("r10", "r11", "r12"), ("r13", "r14", "r15")]
    lines = [
        f"BUG: kmemcheck: {state}-{kind} in {symbol}",
        f"WARNING: kmemcheck: Caught {bits}-bit {kind} from {state} memory ({address:016x})",
        memory,
        " " + " ".join(shadow),
        " " * (1 + 2 * first) + "^",
        "",
        f"Pid: 1, comm: synthetic Not tainted 6.1.0-synthetic #{number}",
        f"RIP: 0010:{where}  {where} {symbol}",
        f"RSP: 0018:{values['rsp']:016x}  EFLAGS: 00010246",
        *(" ".join(f"{name.upper().replace('R8', 'R08').replace('R9', 'R09')}: "
                   f"{values[name]:016x}" for name in row) for row in rows),
        "CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033",
        f"CR2: {address:016x} CR3: 0000000001874000 CR4: 0000000000351eb0",
        " [<ffffffffffffffff>] 0xffffffffffffffff",
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
