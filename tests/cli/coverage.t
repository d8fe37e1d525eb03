#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The alias engine performs what this kernel does to memory.

VMLINUX names the kernel, MODULES a directory with its modules. Counted are the
instructions that reach memory through a general register, which is how the heap
is reached: not through the stack pointer, relative to the instruction, or through
a segment with a base. What the engine does with each of them is asked of its own
decoder, built for userspace; the size of the operand is compared with what objdump
says. LIST=1 lists all that is not handled.
"""

import collections
import glob
import os
import re
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "coverage"))
# pylint: disable-next=wrong-import-position
import decoder

VMLINUX = os.environ.get("VMLINUX", "")
SOURCE = decoder.source_of(VMLINUX)
MODULES = os.environ.get("MODULES", os.path.dirname(VMLINUX) + "-modules")
LIST = os.environ.get("LIST")
WANTED = 0.999

SIZES = {"BYTE": 1, "WORD": 2, "DWORD": 4, "QWORD": 8, "XMMWORD": 16}
OPERAND = re.compile(r"(?:(\w+) PTR )?(?:(\w\w):)?\[([^]]*)\]")
# They name an address and do not access it.
NO_ACCESS = re.compile(r"^(?:\S+ )*(lea|nop|prefetch\w*|invlpg)\b")
# The alias engine looks at a whole structure where objdump says nothing of a size.
STRUCTURES = re.compile(r"^(?:\S+ )*(xsave|xrstor|fxsave|fxrstor|lgdt|lidt|sgdt|sidt|cmpxchg16b)")


def operand_of(text):
    """-> size (None when not told) if memory is reached through a register, else 0"""
    if NO_ACCESS.match(text):
        return 0
    string = re.match(r"^(?:rep\w* )?(movs|stos|lods|cmps|scas) ", text)
    found = OPERAND.search(text)
    if not found:
        return 0
    size, segment, expression = found.groups()
    if segment in ("fs", "gs") or re.search(r"\b(rsp|esp|rip|eip)\b", expression):
        return 0
    if not string and not re.search(r"\b(r|e)\w+", expression):
        return 0
    return SIZES.get(size)


def instructions(path):
    """yields (address, bytes as hexadecimal digits, text, size) of what is counted"""
    for line in decoder.disassemble(path):
        if "[" not in line:
            continue
        match = decoder.LINE.match(line)
        if not match:
            continue
        text = match[3].strip()
        size = operand_of(text)
        if size != 0:
            yield match[1], match[2].replace(" ", ""), text, size


def measure(program, paths):
    """-> (number, [not handled], [other size or length])"""
    total, missing, wrong = 0, [], []
    for path in paths:
        rows = list(instructions(path))
        answers = decoder.ask(program, [row[1] for row in rows])
        for (address, code, text, size), answer in zip(rows, answers):
            got, length, handled = map(int, answer.split())
            where = f"{os.path.basename(path)}:{address} {code} {text}"
            total += 1
            if not handled:
                missing.append((where, text))
            elif length != len(code) // 2 or (size and size != got and
                                              not STRUCTURES.match(text)):
                wrong.append(f"{where}: size {got}, length {length}")
    return total, missing, wrong


def main():
    if not os.path.exists(VMLINUX) or not os.path.exists(SOURCE):
        print("1..0 # SKIP VMLINUX does not name a kernel that was built here")
        return
    print("1..3")
    paths = [VMLINUX] + sorted(glob.glob(os.path.join(MODULES, "*.ko")))
    with tempfile.TemporaryDirectory() as directory:
        total, missing, wrong = measure(decoder.build_decode(VMLINUX, directory), paths)
    share = 1 - len(missing) / total if total else 0
    print(f"{'ok' if total > 100000 else 'not ok'} 1 - found {total} instructions "
          f"in {len(paths)} files")
    print(f"{'ok' if share >= WANTED else 'not ok'} 2 - the alias engine handles "
          f"{100 * share:.3f} % of them")
    names = collections.Counter(text.split()[0] for _, text in missing)
    print("# not handled: " + ", ".join(f"{name} {count}" for name, count in names.most_common()))
    for where, _ in missing if LIST or share < WANTED else []:
        print("# " + where)
    print(f"{'ok' if not wrong else 'not ok'} 3 - sizes and lengths are those of objdump")
    for where in wrong[:20]:
        print("# " + where)
    sys.exit(share < WANTED or bool(wrong))


main()
