#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of known cause: which register had the bad pointer, and which member was used.

Of the instructions in VMLINUX's .text that read or write memory through a general register,
a sample is taken, a quarter of it writes; each becomes the report of a fault, as the kernel prints it, in which the
base register, or the index, holds what is no address: NULL, an error pointer, poison of a
list or of freed memory, an address of user space, none that can be one, or one where
nothing is mapped. Other registers are good, or NULL as well. Functions whose name others
have, too, are left out: without an address it is not known which of them it is.

The oracle is that of hitrate.t: for the register objdump's text, for the member the
kernel's source, llvm-addr2line and pahole.
  right register   it is the one that was spoilt, with its value
  right member     a statement names the member that kmc-report does
Both together are wanted of 80 of 100, and of what is certain, all.

SEED and SAMPLE choose other samples; SHOW=N prints N of what is wrong.
"""

import importlib.machinery
import importlib.util
import os
import random
import re
import sys
import tempfile
from collections import Counter

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import synthetic                                            # noqa: E402
from synthetic import MACHINE                               # noqa: E402
import typed                                                # noqa: E402

SAMPLE = int(os.environ.get("SAMPLE", "100"))
SEED = int(os.environ.get("SEED", "1"))
SHOW = int(os.environ.get("SHOW", "5"))
LEAST = 80

LOADER = importlib.machinery.SourceFileLoader(
    "hitrate", os.path.join(os.path.dirname(os.path.abspath(__file__)), "hitrate.t"))
hitrate = importlib.util.module_from_spec(importlib.util.spec_from_loader("hitrate", LOADER))
LOADER.exec_module(hitrate)

MASK = (1 << 8 * MACHINE.word) - 1
WIDE = MACHINE.word == 8
# What it is called, what kmc-report says that it is, and whether it faults with #GP.
POINTERS = {
    "null": (0, "NULL", False),
    "error": (MASK - 11, "ERR_PTR(-ENOMEM)", False),
    "list-poison": (0xdead000000000100 if WIDE else 0x100, "LIST_POISON1", True),
    "freed-poison": (0x6b6b6b6b6b6b6b6b & MASK, "POISON_FREE", True),
    "user": (0x00007f3a12345000 if WIDE else 0xb7345000, None, False),
    "unknown": (0xffff8881deadb000 if WIDE else 0xddeadb00, None, False),
}
if WIDE:
    POINTERS["non-canonical"] = (0x1234567890abc000, None, True)
STACK = MACHINE.prefix + "sp"
BAD_INDEX = 0x41424344000 if WIDE else 0x31424340


def writing(address, text):
    """-> Access, or None when this does not just store through a general register"""
    words = re.sub(r"\s*(#|<).*", "", text).split(None, 1)
    match = hitrate.MEMORY.search(text)
    if len(words) != 2 or not match or match["seg"] or match["base"][1:] in ("ip", "sp") or \
            not re.fullmatch(hitrate.GENERAL, match["base"]) or \
            match["index"] in (match["base"], "eiz") or \
            not re.fullmatch(r"mov[bwlq]?", words[0]) or not words[1].endswith(match[0]):
        return None
    operands = re.split(r",(?![^(]*\))", words[1])
    size = hitrate.operand_size(words[0], operands)
    access = hitrate.Access(address, text, match, size) if size else None
    if access:
        access.writes = True
    return access


def accesses_of(path):
    """-> [reading], [writing], without those through RBP where that is the frame"""
    frame, reads, writes = False, [], []
    for address, text in synthetic.disassemble(path, "-j", ".text"):
        if text.startswith("push   " + hitrate.FRAME):
            frame = False
        if re.match(rf"mov +%\wsp,{hitrate.FRAME}", text):
            frame = True
        for found, access in ((reads, hitrate.reading(address, text)),
                              (writes, writing(address, text))):
            if access and abs(access.disp) < 4096 and not (frame and access.base == hitrate.FRAME[1:]):
                found.append(access)
    return reads, writes


class Fault:
    """One of them: an access whose register holds what it must not."""

    def __init__(self, access, dice):
        self.access = access
        self.index = bool(access.index) and dice.random() < 0.5
        self.pointer = dice.choice(list(POINTERS))
        self.register = access.index if self.index else access.base
        self.registers = {name: (0xffff888100001000 if WIDE else MACHINE.others) + 0x100000 * i
                          for i, name in enumerate(synthetic.REGISTERS)}
        self.registers[STACK] = MACHINE.stack
        # NULL is what many hold.
        for name in dice.sample(synthetic.REGISTERS, 4):
            if name not in (STACK, access.base, access.index) and not self.index:
                self.registers[name] = POINTERS[self.pointer][0]
        if access.index:
            self.registers[access.index] = BAD_INDEX if self.index else 2
        if not self.index:
            self.registers[access.base] = POINTERS[self.pointer][0]
        self.value = self.registers[self.register]
        self.address = self.registers[access.base] + access.disp
        if access.index:
            self.address += self.registers[access.index] * access.scale
        self.address &= MASK

    def log(self, number, symbol):
        protection = WIDE and self.address >> 47 not in (0, 0x1ffff)
        writes = hasattr(self.access, "writes")
        head = [f"general protection fault, probably for non-canonical address "
                f"{self.address:#x}: 0000 [#1] PREEMPT SMP"] if protection else [
                    f"BUG: unable to handle page fault for address: {self.address:0{synthetic.DIGITS}x}",
                    f"#PF: supervisor {'write' if writes else 'read'} access in kernel mode",
                    f"#PF: error_code(0x000{2 * writes}) - not-present page",
                    "PGD 0 P4D 0",
                    f"Oops: 000{2 * writes} [#1] PREEMPT SMP"]
        # As today's kernels print it: without addresses of code.
        where, *registers = MACHINE.block(symbol, 0, self.address, self.registers,
                                          0xffff88813bc00000)
        lines = [
            *head,
            f"CPU: 0 PID: 1 Comm: synthetic Not tainted 6.1.0-synthetic #{number}",
            f"RIP: 0010:{symbol}" if WIDE else f"EIP: {symbol}",
            *registers[not WIDE:],
            "Call Trace:",
            " <TASK>",
            " </TASK>",
            f"---[ end trace {number:016x} ]---"]
        return "".join(f"[{number:5}.{i:06}] {line}\n" for i, line in enumerate(lines))

    def is_register_right(self):
        fault = self.access.result.get("fault") or {}
        _, name, _ = POINTERS[self.pointer]
        return fault.get("register") == self.register and \
            int(fault["value"] or "0", 16) == self.value and \
            fault["is_index"] == self.index and \
            fault["done"] in (("write",) if hasattr(self.access, "writes") else
                              ("read", "change")) and \
            (self.index or (fault["pointer"] == self.pointer and
                            (not name or fault["name"] == name)))


def sample(path, symbols):
    dice = random.Random(SEED)
    reads, writes = accesses_of(path)
    chosen = dice.sample(reads, SAMPLE * 3 // 2) + dice.sample(writes, SAMPLE // 2)
    dice.shuffle(chosen)
    chains = synthetic.inline_chains(path, [a.address for a in chosen], tool="llvm-addr2line")
    for access, chain in zip(chosen, chains):
        access.chain = chain if chain and all(
            file.endswith((".c", ".h")) and line for _, file, line in chain) else None
    names = Counter(symbols.names.values())
    faults = [Fault(a, dice) for a in chosen
              if a.chain and names[symbols.names[symbols.around(a.address)]] == 1][:SAMPLE]
    logs = []
    for number, fault in enumerate(faults):
        at = fault.access.address
        start = symbols.around(at)
        logs.append(fault.log(number, f"{symbols.names[start]}+{at - start:#x}/"
                              f"{symbols.end(start) - start:#x}"))
    with tempfile.TemporaryDirectory() as nothing:
        results = synthetic.explain(
            logs, "-k", path, "-s", nothing if hitrate.NOLINES else hitrate.SOURCE.top)
    if len(results) != len(faults):
        raise RuntimeError(f"{len(faults)} faults, {len(results)} reports")
    for fault, result in zip(faults, results):
        fault.access.result = result
    return faults


def show(fault, what):
    print(f"# {what}: {fault.pointer} in {fault.register} = {fault.value:#x}, "
          f"at {fault.address:#x}")
    print(f"#     {fault.access.result['verdict']['headline']}")
    print(f"#     {fault.access.result.get('fault')}")
    if fault.access.result["object"]:
        hitrate.show(fault.access, what)


def measure(faults):
    count, shown = Counter(), Counter()
    for fault in faults:
        register = fault.is_register_right()
        found, _, member = hitrate.judge(fault.access, hitrate.TYPES)
        sure = fault.access.result["object"]["confidence"] if found else "none"
        word = "not found" if not found else \
            {True: "right", False: "wrong", None: "elsewhere"}[member]
        verdict = f"{word}, {sure}"
        count.update({"right register": register, "right member": bool(member), verdict: 1,
                      "right": register and bool(member)})
        for bad, what in ((not register, "wrong register"),
                          (verdict in ("wrong, likely", "wrong, certain"), verdict)):
            if bad and shown[what] < SHOW:
                shown[what] += 1
                show(fault, what)
    return count


def main():
    vmlinux = synthetic.need_vmlinux()
    top = os.environ.get("SOURCE") or \
        os.path.join(os.path.dirname(os.path.abspath(vmlinux)), "source")
    if not os.path.isdir(os.path.join(top, "kernel")):
        print("1..0 # SKIP there is no source next to VMLINUX")
        return
    hitrate.SOURCE = hitrate.Source(top)
    faults = sample(vmlinux, synthetic.Symbols(vmlinux))
    hitrate.TYPES = hitrate.Types(vmlinux)
    hitrate.TYPED = typed.Typed(hitrate.SOURCE, hitrate.TYPES)
    count = measure(faults)
    for key, value in sorted(count.items()):
        print(f"# {key}: {value} = {100 * value / len(faults):.1f} %")
    tap = synthetic.Tap()
    tap.ok(len(faults) == SAMPLE, f"there are {SAMPLE} faults")
    tap.equal(count["right register"], len(faults), "all registers are right")
    tap.ok(100 * count["right"] >= LEAST * len(faults), f"register and member: {LEAST} %")
    tap.equal(count["wrong, certain"], 0, "none is certain and wrong")
    tap.done()


if __name__ == "__main__":
    main()
