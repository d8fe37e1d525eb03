#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual's case in a kernel of today: copy_siginfo() copies a struct sigqueue's
info, and some of its bytes are padding. Reports of each step of the copy are made, with
the registers as the processor has them then, and have to be placed.

VMLINUX names the kernel. Depending on how it was optimised, the copy is a REP MOVS or
some loads; where it is no REP, kernel/signal.c is compiled once more, for size, from the
source and with the command next to VMLINUX, and looked at as a module.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

import synthetic
from synthetic import MACHINE, Symbols, disassemble, explain, inline_chains, report

MODULE = "signal_for_size"
START = MACHINE.objects + 0x165d6000    # of the struct sigqueue
BASE = 0xffffffffc0200000       # of the module
REGISTER = rf"%({MACHINE.prefix}\w+)"
LOAD = re.compile(rf"mov +(0x[0-9a-f]+)?\({REGISTER}\),%(r|e)\w+$")
WORD = 4
# Of a struct kernel_siginfo.
SIZE = 48 if MACHINE.word == 8 else 32
WIDTH = {"b": 1, "w": 2, "l": 4, "q": 8}


def layout(path):
    """-> offset of info in struct sigqueue, {byte of info: member}, as pahole has them"""
    def pahole(name):
        return subprocess.run(["pahole", "-C", name, path], text=True,
                              capture_output=True, check=True).stdout

    info = int(re.search(r"info; +/\* +(\d+)", pahole("sigqueue"))[1])
    members = {}
    for name, offset, size in re.findall(
            r"\b(si_\w+|_sifields); +/\* +(\d+) +(\d+)", pahole("kernel_siginfo")):
        for byte in range(int(size)):
            members[int(offset) + byte] = name
    return info, members


class Copy:
    """One place where copy_siginfo() was inlined."""

    def __init__(self, tap, path, module=None):
        self.tap, self.path, self.module = tap, path, module
        self.info, self.members = layout(synthetic.VMLINUX)
        self.symbols = Symbols(path)
        self.options = ["-k", synthetic.VMLINUX]
        if module:
            self.options += ["-m", os.path.dirname(path)]

    def sources(self):
        """-> [(function, its end, address, text)] of what was copy_siginfo()"""
        found = []
        for name in ("__dequeue_signal", "collect_signal", "dequeue_signal"):
            for start in self.symbols.of(name):
                end = self.symbols.end(start)
                insns = [i for i in disassemble(self.path, f"--start-address={start:#x}",
                                                f"--stop-address={end:#x}")
                         if "(" in i[1]]
                chains = inline_chains(self.path, [address for address, _ in insns],
                                       ".text" if self.module else None)
                found += [(name, start, end, *insn) for insn, chain in zip(insns, chains)
                          if "copy_siginfo" in [level[0] for level in chain]]
        return found

    def log(self, number, source, registers, address, bits):
        name, start, end, at, _ = source
        symbol = f"{name}+{at - start:#x}/{end - start:#x}"
        if self.module:
            symbol += f" [{self.module}]"
        return report(number, symbol, registers, address, bits,
                      rip=at + BASE if self.module else at)

    def check(self, label, result, offset, by=(), header=None):
        """The place in the object, and evidence of these kinds, all of it agreeing but
        for a header address."""
        thing = result["object"] or {"evidence": []}
        place = offset - self.info
        member = self.members.get(place)
        self.tap.equal((thing.get("type"), thing.get("offset")), ("struct sigqueue", offset),
                       f"{label}: struct sigqueue + {offset}")
        if member:
            wanted = f"info.{member}"
            self.tap.ok(not thing.get("hole") and (thing.get("path") or "").startswith(wanted),
                        f"{label}: {wanted}", thing.get("path"))
        else:
            self.tap.equal((thing.get("hole"), thing.get("path"), thing.get("after")),
                           (True, "info", self.members.get(place - 1)), f"{label}: the hole")
        agreeing = [e for e in thing["evidence"] if e["agrees"]]
        for kind in by:
            self.tap.ok([e for e in agreeing if e["by"] == kind and e["offset"] == offset],
                        f"{label}: {kind} says so", thing["evidence"])
        against = [e["offset"] for e in thing["evidence"] if not e["agrees"]]
        self.tap.equal(against, [header] if header is not None else [],
                       f"{label}: what speaks against it")


def check_loads(copy, sources):
    """Each load of an unrolled copy, from the one register that points to the object; and
    each word of it, of which some are members and some are not."""
    logs, wanted = [], []
    for source in sources:
        match = LOAD.match(source[4])
        disp = int(match[1] or "0", 16) if match else 0
        if not match or disp < copy.info:
            continue
        for ahead in range(0, 8 if match[3] == "r" else 4, WORD):
            logs.append(copy.log(len(logs) + 1, source, {match[2]: START},
                                 START + disp + ahead, 8 * WORD))
            wanted.append(disp + ahead)
    copy.tap.equal(sorted(set(wanted)), [copy.info + WORD * k for k in range(SIZE // WORD)],
                   "the copy's loads are of a struct kernel_siginfo")
    for offset, result in zip(wanted, explain(logs, *copy.options)):
        copy.check(f"load of +{offset}", result, offset, ("register", "displacement"))


def prepare_rep(copy, source):
    """-> width, count, and the registers that point to the object, {name: distance}"""
    _, start, _, at, text = source
    width = WIDTH[re.match(r"rep movs(\w)", text)[1]]
    size = 1 + max(copy.members)
    before = [t for a, t in disassemble(copy.path, f"--start-address={start:#x}",
                                        f"--stop-address={at:#x}")]
    lea = [re.match(rf"lea +0x([0-9a-f]+)\({REGISTER}\),%{MACHINE.prefix}si", text)
           for text in before]
    lea = [match for match in lea if match][-1]
    return width, size // width, {lea[2]: int(lea[1], 16) - copy.info}


def check_rep(copy, source):
    width, count, pointers = prepare_rep(copy, source)
    label = f"{source[0]} [{copy.module}]" if copy.module else source[0]
    copy.tap.equal(count * width, SIZE, f"{label}: the copy is of a struct kernel_siginfo")
    fixed = {name: START - distance for name, distance in pointers.items()}
    target = MACHINE.stack + 0xec
    logs, wanted = [], []

    def add(name, done, address, header=None, by=("register", "rep")):
        registers = {**fixed, MACHINE.prefix + "si": START + copy.info + width * done,
                     MACHINE.prefix + "cx": count - done,
                     MACHINE.prefix + "di": target + width * done}
        logs.append(copy.log(len(logs) + 1, source, registers, header or address, 8 * width))
        wanted.append((f"{label}: {name}", address - START, by,
                       header - START if header else None))

    for k in range(count):
        add(f"iteration {k}", k, START + copy.info + width * k)
    for k in range(count):
        add(f"one access, byte {width * k}", 0, START + copy.info + width * k)
    # As in the manual's sample: the same place of another page.
    for k in range(count):
        address = START + copy.info + width * k
        add(f"header elsewhere, iteration {k}", k, address, header=address - 0x132000)
    for (name, offset, by, header), result in zip(wanted, explain(logs, *copy.options)):
        copy.check(name, result, offset, by, header)
        copy.tap.equal((result["object"] or {}).get("confidence"),
                       "likely" if header is not None else "certain", f"{name}: confidence")


def compile_for_size(directory):
    """-> kernel/signal.c as a module that was compiled for size, or None"""
    build = os.path.dirname(os.path.abspath(synthetic.VMLINUX))
    saved = os.path.join(build, "kernel", ".signal.o.cmd")
    if not os.path.exists(saved):
        return None
    with open(saved, encoding="ascii") as file:
        command = shlex.split(file.readline().split(":=", 1)[1].split(";")[0])
    path = os.path.join(directory, MODULE + ".ko")
    command = [word for word in command if word != "ccache" and not word.startswith("-Wp,-MMD")]
    command = ["-Os" if word == "-O2" else word for word in command]
    command[command.index("-o") + 1] = path
    done = subprocess.run(command, cwd=build, capture_output=True, text=True)
    return path if not done.returncode else None


def main():
    vmlinux = synthetic.need_vmlinux()
    tap = synthetic.Tap()
    copy = Copy(tap, vmlinux)
    sources = copy.sources()
    tap.ok(sources, "copy_siginfo() is in the code that dequeues signals")
    reps = [source for source in sources if source[4].startswith("rep movs")]
    if reps:
        check_rep(copy, reps[0])
    else:
        check_loads(copy, sources)
        with tempfile.TemporaryDirectory() as directory:
            path = compile_for_size(directory)
            if path:
                small = Copy(tap, path, MODULE)
                reps = [s for s in small.sources() if s[4].startswith("rep movs")]
                if tap.ok(reps, "compiled for size, the copy is a REP"):
                    check_rep(small, reps[0])
            else:
                tap.ok(True, "the copy as a REP # SKIP kernel/signal.c cannot be compiled")
    tap.done()


sys.dont_write_bytecode = True
main()
