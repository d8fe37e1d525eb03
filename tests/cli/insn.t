#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of a real kernel are decoded as binutils' objdump decodes them, and
what is said of RCX before a REP is what their text says.

VMLINUX names the kernel, KMC_INSN the kmc-insn helper (default: the one in
build/tests), INSNS how many are compared, SEED which.

Differences of spelling that are no differences:
 * objdump adds symbols, as <memcpy+0x3> and behind a #; ours has none
 * objdump prints an address as a bare number; ours has 0x in front
 * objdump names the prefixes that only make an instruction longer
   (data16, cs, ds, rex.W); ours leaves them out
 * objdump gives a segment register's 16 bits a 32-bit source; ours is what is read
 * objdump shows the implied registers of mwait and the like; ours does not

What this knows not to agree on is counted as a class of its own: x87, far calls,
jumps and returns, whose names lack a letter in ours.

The values are compared with another reading, of objdump's text: all definitions of
RCX that reach a REP, found by going back from it through the function's jumps.
It knows nothing of calls, jump labels, alternatives and fixups, so that it can
only tell that a value is wrong, or missed.
"""

import os
import random
import re
import subprocess
import sys
from collections import Counter

VMLINUX = os.environ.get("VMLINUX")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KMC_BUILD", ROOT + "/build")
KMC_INSN = os.environ.get("KMC_INSN", os.path.abspath(BUILD) + "/tests/kmc-insn")
INSNS = int(os.environ.get("INSNS", "40000"))
SEED = int(os.environ.get("SEED", "1"))
SHOW = int(os.environ.get("SHOW", "10"))

def is_narrow(path):
    """Is it of 32-bit x86? By its ELF header."""
    with open(path, "rb") as file:
        return file.read(20)[18:] == b"\3\0"


NARROW = bool(VMLINUX) and is_narrow(VMLINUX)
DIGITS = 8 if NARROW else 16
BITS = 4 * DIGITS
WIDE = [("e" if NARROW else "r") + name for name in "ax cx dx bx sp bp si di".split()]
SIZES = {}
for number, name in enumerate(WIDE):
    SIZES.update({"r" + name[1:]: (8, number), "e" + name[1:]: (4, number),
                  name[1:]: (2, number)})
for number, name in enumerate("al cl dl bl spl bpl sil dil".split()):
    SIZES[name] = (1, number)
for number, name in enumerate("ah ch dh bh".split()):
    SIZES[name] = (1, number)
for number in range(8, 16):
    for suffix, size in (("", 8), ("d", 4), ("w", 2), ("b", 1)):
        SIZES[f"r{number}{suffix}"] = (size, number)
LETTERS = {"b": 1, "w": 2, "l": 4, "q": 8}
# Names that differ: x87, far transfers, tables of descriptors, and data between instructions.
KNOWN = re.compile(r"f\w+|lret\w?|l(jmp|call)|[ls][gi]dtl|sysret\w|lsl|rex\.W")
MEMORY = re.compile(r"(?:%(?P<seg>[a-z]s):)?(?P<disp>-?0x[0-9a-f]+)?"
                    r"\((?P<base>%\w+)?(?:,(?P<index>%\w+),(?P<scale>\d))?\)")


def objdump():
    """Yield functions as lists of (address, text)."""
    command = ["objdump", "-d", "--no-show-raw-insn", VMLINUX]
    function = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            fields = line.rstrip("\n").split(":\t")
            if len(fields) == 2:
                function.append((int(fields[0], 16), fields[1]))
            elif function:
                yield function
                function = []
    if function:
        yield function


def normal(text):
    """objdump's text as ours is spelled."""
    text = re.sub(r"\s+", " ", re.sub(r"\s*(#|<).*", "", text)).strip()
    text = re.sub(r"^((data16|cs|ds|es|ss|rex\.W) )+(?=\w)", "", text)
    text = re.sub(r"^mov %e(\w\w),%([c-gs]s)$", r"mov %\1,%\2", text)
    text = re.sub(r"^(m(?:onitor|wait)x?) .*", r"\1", text)
    # That there is no index takes a byte more, a segment that is that anyway another one.
    text = re.sub(r"%[cds]s:(?=-?0x)", "", text.replace(",%eiz,1)", ")"))
    return re.sub(rf"(?<=[ ])([0-9a-f]{{{DIGITS}}})$", lambda m: "0x" + m[1].lstrip("0"), text)


def memory(text):
    """Register, index, scale, displacement and segment of the visible operand."""
    m = MEMORY.search(text)
    if not m or "(%dx)" in text or \
            text.startswith(("lea", "nop", "prefetch")):
        return None
    base, index = ((m[k] or "%-")[1:] for k in ("base", "index"))
    # (%eax) counts in 32 bits, which is not compared here.
    base, index = (WIDE[SIZES[r][1]] if r in SIZES and SIZES[r][1] < 8 else
                   re.sub(r"^(r\d+)d$", r"\1", r) for r in (base, index))
    return (base, index, int(m["scale"] or 0), int(m["disp"] or "0", 16),
            m["seg"][0] if m["seg"] in ("fs", "gs") else "-")


def size(text):
    """Bytes of the memory operand where the text tells them, else None."""
    words = re.sub(r"^(lock|notrack|repn?z?) ", "", text).split(" ", 1)
    name, operands = words[0], words[1] if len(words) > 1 else ""
    m = re.match(r"mov[sz]([bwl])[wlq]$", name)
    if m:
        return LETTERS[m[1]]
    registers = re.findall(r"%(\w+)", MEMORY.sub("", operands))
    # The count of a shift says nothing of what is shifted.
    if registers and registers[-1] in SIZES and "x" != name[0] and \
            re.match(r"(mov|add|sub|and|or|xor|cmp|test|adc|sbb|cmov\w+|xchg|imul|xadd"
                     r"|cmpxchg)$", name):
        return SIZES[registers[-1]][0]
    m = re.match(r"(mov|add|sub|and|or|xor|cmp|test|inc|dec|not|neg|sh[lr]|sar|bt[src]?)"
                 r"([bwlq])$", name)
    return LETTERS[m[2]] if m else None


class Answers:
    """What kmc-insn says, in the order asked."""

    def __init__(self, requests):
        done = subprocess.run([KMC_INSN, VMLINUX], input="\n".join(requests) + "\n",
                              text=True, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"Bail out! {done.stderr}")
        self.rows = [line.split("\t") for line in done.stdout.splitlines()]


def compare(row, address, length, text):
    """What differs: a list of words."""
    if row[0] != "insn" or int(row[1], 16) != address:
        return ["undecoded"]
    wrong = []
    if length and int(row[2]) != length:
        wrong.append("length")
    if row[3] != normal(text):
        wrong.append("text")
    wanted = memory(normal(text))
    if wanted:
        ours = [tuple(m.split(",")) for m in row[5].split(" ") if m]
        found = [m for m in ours
                 if (m[0], m[1], int(m[2]), int(m[3]), m[4]) == wanted]
        if not found:
            wrong.append("memory")
        elif size(normal(text)) not in (None, int(found[0][5])):
            wrong.append("size")
    return wrong


def check_decoding(code):
    """Compare a sample of all instructions."""
    sample = random.Random(SEED).sample(code, min(INSNS, len(code)))
    answers = Answers([f"insn {a:x}" for a, _, _ in sample])
    found, sizes, memories = Counter(), 0, 0
    for row, (address, length, text) in zip(answers.rows, sample):
        memories += memory(normal(text)) is not None
        sizes += bool(memory(normal(text)) and size(normal(text)))
        wrong = compare(row, address, length, text)
        if wrong and KNOWN.match(text):
            wrong = ["known"]
        for what in wrong or ["same"]:
            found[what] += 1
            if what not in ("same", "known") and found[what] <= SHOW:
                print(f"# {what}: {address:x} {normal(text)!r} ours {row[2:]}")
    print(f"# {len(sample)} instructions, {memories} memory operands, "
          f"{sizes} sizes, seed {SEED}: {dict(found)}")
    return len(answers.rows) == len(sample) >= 20000 and \
        set(found) <= {"same", "known"} and found["known"] < len(sample) / 1000


# ---- the other reading of RCX ----

RCX = re.compile(r"%(rcx|ecx|cx|cl|ch)$")
READS = re.compile(r"(cmp|test|bt|push|call|jmp|nop|verw|out|wrmsr|lgdt|lidt)[bwlq]?\b")
# Registers that the text does not name.
HIDDEN = re.compile(r"rep|cpuid|rdmsr|xgetbv|rdtscp|rdpmc|syscall|loop|cmpxchg\w*b|rdpkru"
                    r"|vmcall|vmmcall|tdcall|seamcall|xchg|xadd")


def defines_rcx(text):
    """The constant that RCX gets, "other", or None."""
    m = re.match(r"mov +\$(0x[0-9a-f]+),%ecx$", text)
    if m:
        return int(m[1], 16)
    m = re.match(r"mov +\$(0x[0-9a-f]+),%rcx$", text)
    if m:
        return int(m[1], 16)
    if re.match(r"xor +%ecx,%ecx$", text):
        return 0
    if re.match(r"rep[nz]* ", text):
        return "other" if re.match(r"rep[nz]+ ", text) else 0
    if HIDDEN.match(text.removeprefix("lock ")):
        return "other" if "cx" in text or "x" not in text[:1] else None
    return "other" if RCX.search(text) and not READS.match(text) else None


class Reading:
    """Jumps of a function, backwards."""

    def __init__(self, function):
        self.order = [a for a, _ in function]
        self.text = {a: re.sub(r"\s*(#|<).*", "", t).strip() for a, t in function}
        self.before = {}
        for i, (address, _) in enumerate(function):
            text = self.text[address]
            name = re.sub(r"^(notrack|bnd|cs|ds) ", "", text).split()[:1]
            if name and name[0][0] == "j":
                target = text.split()[-1]
                if re.fullmatch(rf"[0-9a-f]{{{DIGITS}}}", target):
                    self.before.setdefault(int(target, 16), set()).add(address)
            if name and name[0] not in ("jmp", "ret", "ud2", "int3") and \
                    i + 1 < len(function):
                self.before.setdefault(self.order[i + 1], set()).add(address)

    def definitions(self, address):
        """What reaches RCX before @address: constants, "other", "start", "call"."""
        found, seen, todo = set(), set(), [address]
        while todo:
            at = todo.pop()
            if at == self.order[0]:
                found.add("start")
            for before in self.before.get(at, ()):
                value = defines_rcx(self.text[before])
                if value is not None:
                    found.add(value)
                elif before not in seen:
                    seen.add(before)
                    if self.text[before].startswith("call"):
                        found.add("call")
                    todo.append(before)
        return found


def check_value(row, wanted):
    """Compare one answer with the other reading."""
    constants = {w for w in wanted if isinstance(w, int)}
    # Code that is only there until the kernel has booted.
    if row[2:] == ["no symbol"]:
        return "no symbol"
    known = row[4] == "known"
    if known and row[5] == "-":
        value, calls = int(row[6]) & (1 << BITS) - 1, int(row[8])
        if wanted - constants - {"other", "call"} or constants - {value} or \
                ("call" in wanted and not calls):
            return "wrong"
        return "constant, the same" if wanted - {"call"} == {value} else \
            "constant, through other registers"
    if known:
        return "wrong" if constants else "another register plus a constant"
    if len(constants) == 1 and wanted == constants:
        return f"missed: {row[5]}"
    return f"unknown: {row[5]}"


def check_counts(functions):
    """Every REP of the kernel."""
    reps = [(f, a) for f in functions for a, t in f if re.match(r"rep[nz]* ", t)]
    answers = Answers([f"value {a:x} {WIDE[1]}" for _, a in reps])
    found, readings = Counter(), {}
    for row, (function, address) in zip(answers.rows, reps):
        start = function[0][0]
        if start not in readings:
            readings = {start: Reading(function)}
        wanted = readings[start].definitions(address)
        what = check_value(row, wanted)
        found[what] += 1
        if what.split(":")[0] in ("wrong", "missed") and found[what] <= SHOW:
            print(f"# {what}: {row[1:]}, the text says {wanted}")
    for what, count in sorted(found.items()):
        print(f"# {count:6} {what}")
    print(f"# {len(reps)} REPs")
    return len(answers.rows) == len(reps) > 0 and not found["wrong"] and \
        found["constant, the same"] > 100


def main():
    if not VMLINUX:
        print("1..0 # SKIP VMLINUX is not set")
        return 0
    print("1..2", flush=True)
    functions = list(objdump())
    code = [(a, f[i + 1][0] - a if i + 1 < len(f) else 0, t)
            for f in functions for i, (a, t) in enumerate(f)
            if t != "int3" and "(bad)" not in t and ".byte" not in t]
    checks = (
        (check_decoding(code), "a sample of instructions equals objdump's"),
        (check_counts(functions), "no count of a REP is wrong"),
    )
    for i, (good, name) in enumerate(checks, 1):
        print(f"{'ok' if good else 'not ok'} {i} - {name}")
    return 0 if all(good for good, _ in checks) else 1


sys.exit(main())
