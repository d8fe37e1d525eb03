#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How often an object is found whose start is in no register.

Of VMLINUX's .text, a sample of each kind becomes reports, and what kmc-report says is
compared with what another says:
  member    reads before what the register points to, as behind container_of(); the
            source's statements, see hitrate.t
  static    variables by RIP, or by their address, and those of each CPU by %gs:, or %fs:;
            the symbol that objdump names, or nm
  rep       copies of whole structs when a process is made, part-way; their types
  canary    what the compiler reads by %gs:, and no unit declares; on 32-bit x86 it is a
            variable like others

SEED and SAMPLE choose other samples; SHOW=N prints N of each that is wrong.
"""

import bisect
import importlib.machinery
import importlib.util
import os
import random
import re
import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import synthetic                                            # noqa: E402
from synthetic import MACHINE, Symbols, explain, inline_chains, report  # noqa: E402

SAMPLE = int(os.environ.get("SAMPLE", "100"))
SEED = int(os.environ.get("SEED", "1"))
SHOW = int(os.environ.get("SHOW", "5"))
SLIDE = 0x1e400000
GS_BASE = 0xff11000012340000 if MACHINE.word == 8 else 0x1f340000
# A read of what objdump has a name for, but for constants and the stack protector; of 32 bits
# it names none.
NAMED = re.compile(r"(?:mov|cmp|test|add) +(?P<gs>%gs:)?-?0x[0-9a-f]+\(%rip\),%(?P<into>\w+) +"
                   r"# (?P<at>[0-9a-f]+) <(?!\.LC)(?P<symbol>\w+)(?:\+(?P<off>0x[0-9a-f]+))?>"
                   if MACHINE.word == 8 else
                   r"(?:mov|cmp|test|add) +(?P<gs>%fs:)?0x(?P<at>[0-9a-f]+),%(?P<into>\w+)$")
CANARY = re.compile(r"mov +%gs:0x28,%r\w+$")
# Words of those structs, in one configuration or another.
COUNTS = (0x100, 0x20, 0x77, 0x89)
# Whose struct is copied, and from where in it.
COPIES = {"copy_sighand": ("struct sighand_struct", "action"),
          "copy_signal": ("struct signal_struct", "rlim"),
          "dup_mm": ("struct mm_struct", "")}


def load_hitrate():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hitrate.t")
    loader = importlib.machinery.SourceFileLoader("hitrate", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("hitrate", loader))
    loader.exec_module(module)
    return module


hitrate = load_hitrate()


def place(symbols, address):
    start = symbols.around(address)
    return (f"{symbols.names[start]}+{address - start:#x}/"
            f"{symbols.end(start) - start:#x}")


def read_code(path):
    """-> instructions of each kind"""
    members, named, copies, canaries, frame = [], [], [], [], False
    for address, text in synthetic.disassemble(path, "-j", ".text"):
        if text.startswith("push   " + hitrate.FRAME):
            frame = False
        if re.search(rf"(mov +%\wsp|lea +\S+\(%\wsp\)),{hitrate.FRAME}", text):
            frame = True
        match = NAMED.match(text)
        if match:
            named.append((address, match))
        if text.startswith("rep movs"):
            copies.append(address)
        if CANARY.match(text):
            canaries.append(address)
        access = hitrate.reading(address, text)
        if access and not access.index and -0x10000 < access.disp < 0 and \
                not (frame and access.base == hitrate.FRAME[1:]):
            members.append(access)
    return members, named, copies, canaries


def check_members(tap, path, symbols, members):
    random.shuffle(members)
    chosen = members[:2 * SAMPLE]
    chains = inline_chains(path, [access.address for access in chosen], tool="llvm-addr2line")
    for access, chain in zip(chosen, chains):
        access.chain = chain if chain and all(
            file.endswith((".c", ".h")) and line for _, file, line in chain) else None
    chosen = [access for access in chosen if access.chain][:SAMPLE]
    logs = [access.log(number, place(symbols, access.address))
            for number, access in enumerate(chosen)]
    top = os.path.join(os.path.dirname(os.path.abspath(path)), "source")
    for access, result in zip(chosen, explain(logs, "-k", path, "-s", top)):
        access.result = result
    if not os.path.isdir(os.path.join(top, "kernel")):
        print("# there is no source next to VMLINUX, so nothing to compare members with")
        return
    hitrate.SOURCE = hitrate.Source(top)
    types = hitrate.TYPES = hitrate.Types(path)
    hitrate.TYPED = hitrate.typed.Typed(hitrate.SOURCE, types)
    count = hitrate.measure(chosen, types)
    print(f"# member: {dict(count)} of {len(chosen)}")
    tap.ok(100 * count["found"] >= 80 * len(chosen), "before a member: 80 % found")
    # What the source of that line does not tell is no answer either way.
    judged = len(chosen) - sum(n for key, n in count.items() if key.startswith("elsewhere"))
    tap.ok(100 * count["right offset"] >= 75 * judged, "... 75 % of what can be judged is right")
    tap.equal(count["wrong, likely"] + count["wrong, certain"], 0, "... none confidently wrong")


def named_log(number, symbols, address, match):
    size = hitrate.register_size(match["into"])
    return report(number, place(symbols, address), {},
                  int(match["at"], 16) + (GS_BASE if match["gs"] else SLIDE), 8 * size,
                  rip=address + SLIDE, segment_base=GS_BASE)


class Objects:
    """Variables of the kernel, as nm has them."""

    def __init__(self, path):
        said = synthetic.subprocess.run(["nm", path], capture_output=True, text=True, check=True)
        known = sorted((int(address, 16), name) for address, kind, name in
                       (line.split() for line in said.stdout.splitlines()
                        if not line.startswith(" ")) if kind in "bBdDrRvV")
        self.starts = [address for address, _ in known]
        self.names = [name for _, name in known]

    def of(self, match):
        """-> [(name, offset)] that the operand may be, with all names of the place"""
        if "symbol" in match.groupdict():
            return [(match["symbol"], int(match["off"] or "0", 16))]
        at = int(match["at"], 16)
        last = bisect.bisect_right(self.starts, at)
        start = self.starts[last - 1] if last else 0
        return [(self.names[i], at - start)
                for i in range(bisect.bisect_left(self.starts, start), last)]


def check_named(tap, path, symbols, named):
    random.shuffle(named)
    chosen = named[:2 * SAMPLE]
    logs = [named_log(number, symbols, *case) for number, case in enumerate(chosen)]
    objects, per_cpu = Objects(path), f"%{MACHINE.per_cpu}:"
    right, wrong = {"": 0, per_cpu: 0}, 0
    of = {"": 0, per_cpu: 0}
    for (address, match), result in zip(chosen, explain(logs, "-k", path)):
        kind = match["gs"] or ""
        of[kind] += 1
        thing = result["object"]
        if not thing or not thing["type"]:
            continue
        cpu = "the per-CPU variable " if kind else ""
        said = thing["evidence"][0]["detail"]
        wanted = objects.of(match)
        if any(said.endswith(f"at +{offset} of {cpu}{name}") or name == "jiffies_64"
               for name, offset in wanted):
            right[kind] += 1
            continue
        wrong += 1
        if wrong <= SHOW:
            print(f"# wrong: {address:#x} {match[0]}: {said}, not {wanted}")
    print(f"# static: {right} right of {of}")
    tap.equal(wrong, 0, "static: none is wrong")
    tap.ok(right[""] >= 0.8 * of[""] > 0, "variables of the kernel: 80 % found")
    tap.ok(right[per_cpu] >= 0.9 * of[per_cpu] > 0, "variables of each CPU: 90 % found")


def check_copies(tap, path, symbols, copies):
    chains = inline_chains(path, copies)
    cases = [(address, chain[0][0]) for address, chain in zip(copies, chains)
             if chain[0][0] in COPIES]
    prefix, done = MACHINE.prefix, 3 * MACHINE.word
    logs = [report(number, place(symbols, address),
                   {prefix + "si": MACHINE.objects + done,
                    prefix + "di": MACHINE.objects + 0x10000000 + done,
                    prefix + "cx": count - 3}, MACHINE.objects + done, 8 * MACHINE.word,
                   rip=address)
            for number, ((address, _), count) in enumerate((case, count) for case in cases
                                                           for count in COUNTS)]
    results = explain(logs, "-k", path)
    for i, (_, function) in enumerate(cases):
        kind, member = COPIES[function]
        # One of the counts is that of the instruction; with others RCX contradicts it.
        things = [result["object"]
                  for result in results[len(COUNTS) * i:len(COUNTS) * (i + 1)]
                  if result["object"] and
                  any(evidence["by"] == "rep" and evidence["agrees"]
                      for evidence in result["object"]["evidence"])]
        tap.ok(any(thing["type"] == kind and thing["path"].startswith(member)
                   for thing in things), f"{function}() copies a {kind}, from {member or '0'} on")
    tap.ok({function for _, function in cases} >= {"copy_sighand", "dup_mm"},
           "copy_sighand() and dup_mm() are there")


def check_canaries(tap, path, symbols, canaries):
    chosen = random.sample(canaries, min(20, len(canaries)))
    logs = [report(number, place(symbols, address), {}, GS_BASE + 0x28, 64, rip=address)
            for number, address in enumerate(chosen)]
    said = {(thing and thing["type"], thing and thing["path"]) for thing in
            (result["object"] for result in explain(logs, "-k", path))} if chosen else set()
    if not chosen:
        print("# the kernel has no stack protector")
    tap.ok(said <= {("struct fixed_percpu_data", "stack_canary")},
           "the stack's canary is that of fixed_percpu_data", said)


def main():
    path = synthetic.need_vmlinux()
    symbols = Symbols(path)
    members, named, copies, canaries = read_code(path)
    random.seed(SEED)
    tap = synthetic.Tap()
    check_copies(tap, path, symbols, copies)
    check_named(tap, path, symbols, named)
    check_canaries(tap, path, symbols, canaries)
    check_members(tap, path, symbols, members)
    tap.done()


main()
