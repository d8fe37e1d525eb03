#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames of functions whose name others have, too: told apart, or said to be ambiguous.

Of VMLINUX each function that shares its name with others, and reads memory, becomes
reports without any address: alone, and below a function that calls it; and one with an
address but without a word on where the kernel was loaded. What kmc-report says is
compared with where addr2line has the instruction. None may be wrong.
"""

import random
import re
import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import synthetic                                            # noqa: E402
from synthetic import MACHINE, Symbols, disassemble, explain, inline_chains, report  # noqa: E402

SLIDE = 0x1e400000
LOAD = re.compile(r"mov +(-?0x[0-9a-f]+)?\(%(P[a-ds1-9]\w+)\),%(P\w+)$".replace(
    "P", MACHINE.prefix))
CALL = re.compile(r"call +((?:[0-9a-f]{8}){1,2}) <")


class Function:
    """One of several of a name."""

    def __init__(self, name, start):
        self.name, self.start = name, start
        self.loads, self.calls = [], []


def read_code(path, functions, symbols):
    """The loads in each of them, and the return addresses of direct calls of them."""
    at = {function.start: function for function in functions}
    called = None
    for address, text in disassemble(path, "-j", ".text"):
        if called:
            called.calls.append(address)
        call = CALL.match(text)
        called = at.get(int(call[1], 16)) if call else None
        load = LOAD.match(text)
        if load and load[2][1:] != "sp":
            function = at.get(symbols.around(address))
            if function:
                function.loads.append((address, int(load[1] or "0", 16), load[2]))


def place(symbols, address):
    start = symbols.around(address)
    return (f"{symbols.names[start]}+{address - start:#x}/"
            f"{symbols.end(start) - start:#x}")


def log_of(number, function, symbols, load, how):
    address, disp, base = load
    pointer = MACHINE.objects + 0x1000 * number
    log = report(number, place(symbols, address), {base: pointer}, pointer + disp,
                 8 * MACHINE.word,
                 rip=address + (SLIDE if how == "address" else 0))
    if how == "address":
        return log
    *lines, end = log.splitlines()
    lines = [re.sub(r"\[<[0-9a-f]{8,16}>\] *", "", line) for line in lines]
    if how == "caller":
        lines.append(f"{end[:15]}{place(symbols, function.calls[0])}")
    return "\n".join([*lines, end, ""])


def main():
    path = synthetic.need_vmlinux()
    symbols = Symbols(path)
    by_name = {}
    for start, name in symbols.names.items():
        by_name.setdefault(name, []).append(start)
    functions = [Function(name, start) for name, starts in sorted(by_name.items())
                 if len(starts) > 1 for start in starts]
    read_code(path, functions, symbols)
    random.seed(1)
    wanted = [(function, random.choice(function.loads), how) for function in functions
              if function.loads for how in ("alone", "caller", "address")
              if how != "caller" or function.calls]
    logs = [log_of(number, case[0], symbols, *case[1:]) for number, case in enumerate(wanted)]
    chains = inline_chains(path, [load[0] for _, load, _ in wanted])
    tap = synthetic.Tap()
    tap.ok(len(wanted) > 100, f"{len(wanted)} reports of functions that share their names")
    count, reasons = {}, {}
    for (function, load, how), chain, result in zip(wanted, chains, explain(logs, "-k", path)):
        frame = result["frames"][0]
        if not frame["inline"]:
            word = "ambiguous" if frame.get("namesakes", 0) > 1 and "told_by" not in frame \
                else "silent"
        else:
            mine = frame["inline"][-1]
            word = "right" if (mine["function"], mine["line"]) == \
                (chain[-1][0].split(".")[0], chain[-1][2]) else "wrong"
        if word in ("wrong", "silent"):
            print(f"# {word}: {how} {load[0]:#x} {function.name} {frame} {chain}")
        count[how, word] = count.get((how, word), 0) + 1
        reasons[frame.get("told_by")] = reasons.get(frame.get("told_by"), 0) + 1
    print(f"# {count}, by {reasons}")
    for how in ("alone", "caller", "address"):
        tap.equal(count.get((how, "wrong"), 0), 0, f"{how}: none is wrong")
        tap.equal(count.get((how, "silent"), 0), 0, f"{how}: none is left without a word")
    for how, least in (("caller", 95), ("address", 99)):
        all_of = sum(number for (other, _), number in count.items() if other == how)
        tap.ok(100 * count.get((how, "right"), 0) >= least * all_of, f"{how}: {least} % told")
    tap.done()


main()
