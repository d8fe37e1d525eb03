#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The propagation of poison understands this kernel's code, as docs/follower.md says.

VMLINUX names the kernel. Counted are the instructions that stand within 64 instructions
behind a load, in the same function. What becomes of poison there is asked of the kernel's
own code, built for userspace. REGEN=1 writes the table; LIST=1 shows an example of each
form that is not understood.
"""

import collections
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "coverage"))
# pylint: disable-next=wrong-import-position
import decoder

VMLINUX = os.environ.get("VMLINUX", "")
SOURCE = decoder.source_of(VMLINUX)
TABLE = os.path.join(ROOT, "docs", "follower.md")
BEHIND = 64
# By how often they stand in the code; of the loads that happen, tests/guest/silence.t asks
# for 99.9 %.
WANTED = 0.998
# What is this rare need not be in the table.
RARE = 10e-6

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:")
LOAD = re.compile(r"\[")
NO_LOAD = re.compile(r"^(?:\S+ )*(lea|nop|prefetch\w*|invlpg)\b|^(?:lock )?mov\w* (?:\w+ PTR )?"
                     r"(?:\w\w:)?\[")
# Between functions.
PADDING = re.compile(r"^(int3|nop|(?:data16 |cs )*nop|xchg +ax,ax)\b")

HEAD = """# What the propagation of poison understands

kmemcheck follows the value of a load through the code behind it (see
[kmemcheck.rst](../kernel/overlay/Documentation/dev-tools/kmemcheck.rst)). Instructions that it
does not understand end that, and then nothing but a guess is left. These are the instructions
of the guest's kernel that stand within 64 instructions behind a load, by their frequency, and
what becomes of poison there. `REGEN=1 tests/cli/follower.t` writes this table, and without
`REGEN` the test compares it with the kernel.

"""


def name_of(text):
    """-> the mnemonic, with rep and lock, which make another instruction of it"""
    words = text.split()
    if words[0] in ("cs", "ds", "es", "ss", "data16", "notrack", "bnd"):
        words = words[1:] or words
    if words[0] in ("rep", "repz", "repnz", "lock") and len(words) > 1:
        return " ".join(words[:2])
    if words[0] == "mov" and re.search(r"\b(cr|dr)\d\b", text):
        return "mov of control registers"
    if words[0] == "mov" and re.search(r"\b[c-gs]s\b[^:]*$", text) and "[" not in text:
        return "mov of segment registers"
    return words[0]


def behind_loads(lines):
    """yields (bytes as hexadecimal digits, text) of what is counted"""
    since = BEHIND
    for line in lines:
        if FUNCTION.match(line):
            since = BEHIND
            continue
        match = decoder.LINE.match(line)
        if not match:
            continue
        text = match[3].strip()
        if since < BEHIND and not PADDING.match(text):
            yield match[2].replace(" ", ""), text
        since += 1
        if LOAD.search(text) and not NO_LOAD.match(text):
            since = 0


def measure(path):
    """-> {(name, what becomes of it): number}, {the same: an example}"""
    found = collections.Counter(behind_loads(decoder.disassemble(path)))
    with tempfile.TemporaryDirectory() as directory:
        program = decoder.build_follow(VMLINUX, directory)
        answers = decoder.ask(program, [code for code, _ in found])
    forms, examples = collections.Counter(), {}
    for ((code, text), count), answer in zip(found.items(), answers):
        key = (name_of(text), answer)
        forms[key] += count
        examples.setdefault(key, f"{code} {text}")
    return forms, examples


def is_fine(answer):
    return answer in ("understood", "a use")


def rounded(share):
    """-> in a million, with one digit that matters"""
    return f"{float(f'{share * 1e6:.1g}'):.0f}" if share * 1e6 >= 1 else "< 1"


def write(forms):
    total = sum(forms.values())
    unknown = {key: count for key, count in forms.items() if not is_fine(key[1])}
    known = {key: count for key, count in forms.items()
             if is_fine(key[1]) and count / total >= RARE}
    with open(TABLE, "w") as file:
        file.write(HEAD)
        for title, part in (("Not understood", unknown), ("Understood", known)):
            file.write(f"## {title}\n\n| instruction | in a million | what becomes of it |\n"
                       "| --- | ---: | --- |\n")
            for (name, answer), count in sorted(part.items(), key=lambda item: (-item[1], item[0])):
                file.write(f"| `{name}` | {rounded(count / total)} | {answer} |\n")
            file.write("\n" if part is unknown else "")


def read():
    """-> {(name, what becomes of it)} of the table"""
    if not os.path.exists(TABLE):
        return set()
    with open(TABLE) as file:
        return {(match[1], match[2]) for match in
                re.finditer(r"^\| `(.*?)` \| .*? \| (.*?) \|$", file.read(), re.M)}


def is_default():
    """The table is of the version that is built if nobody asks for another."""
    default = subprocess.run([os.path.join(ROOT, "kernel/kver")], capture_output=True, text=True,
                             check=True, env={"PATH": os.environ["PATH"]}).stdout.strip()
    return os.environ.get("KVER") in (None, "", default)


def main():
    if not os.path.exists(VMLINUX) or not os.path.exists(SOURCE):
        print("1..0 # SKIP VMLINUX does not name a kernel that was built here")
        return
    print(f"1..{3 if is_default() else 2}")
    forms, examples = measure(VMLINUX)
    if os.environ.get("REGEN"):
        write(forms)
    total = sum(forms.values())
    fine = sum(count for key, count in forms.items() if is_fine(key[1]))
    good = [total > 1000000, fine / total >= WANTED]
    print(f"{'ok' if good[0] else 'not ok'} 1 - found {total} instructions behind a load")
    print(f"{'ok' if good[1] else 'not ok'} 2 - {100 * fine / total:.3f} % of them are "
          "understood")
    told = read() if is_default() else set(forms)
    wrong = [key for key, count in forms.items() if count / total >= RARE and key not in told]
    # Of the others, one that is understood by now is a table that is too old.
    wrong += [key for key in told if not is_fine(key[1]) and key not in forms and
              any(other[0] == key[0] for other in forms)]
    good.append(not wrong)
    if is_default():
        print(f"{'ok' if good[2] else 'not ok'} 3 - docs/follower.md says so")
    for name, answer in wrong:
        print(f"# {name}: {answer}: REGEN=1 writes the table anew")
    for key, example in sorted(examples.items()):
        if os.environ.get("LIST") and not is_fine(key[1]):
            print(f"# {key[0]}, {key[1]}, {forms[key]}: {example}")
    sys.exit(not all(good))


main()
