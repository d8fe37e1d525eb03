#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory does not grow with the input: each of these is 150 MB, and kmc-report has
an address space of 120 MB for all it does."""

import os
import resource
import subprocess
import sys
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
LIMIT = 120 << 20
SIZE = 150 << 20
HEADER = b"WARNING: kmemcheck: Caught 32-bit read from freed memory (ffff88003e4a2024)"


def repeat(piece):
    """Pieces until there are SIZE bytes."""
    left = SIZE
    while left > 0:
        yield piece
        left -= len(piece)


def many_callers():
    """A report of each caller begins and never ends."""
    number = 0
    left = SIZE // 10
    while left > 0:
        lines = b"".join(b"[    1.000000][ T%d] %s\n" % (number + i, HEADER)
                         for i in range(1000))
        number += 1000
        left -= len(lines)
        yield lines


def stack():
    yield HEADER + b"\n"
    yield from repeat(b" [<ffffffff8104f04e>] dequeue_signal+0x8e/0x170\n" * 1000)


def json_string():
    yield b'{"_TRANSPORT":"kernel","MESSAGE":"'
    yield from repeat(b"x" * 65536)


def json_depth():
    yield b'{"a":'
    yield from repeat(b"[" * 65536)


def export_field():
    yield b"__CURSOR=1\nMESSAGE\n" + (SIZE).to_bytes(8, "little")
    yield from repeat(b"x" * 65536)


def export_entries():
    yield b"__CURSOR=1\n"
    yield from repeat(b"MESSAGE=x\n_TRANSPORT=kernel\n_SOURCE_MONOTONIC_TIMESTAMP=1\n\n"
                      * 1000)


def mail_line():
    yield b"From a\nContent-Transfer-Encoding: base64\n\n"
    yield from repeat(b"QUFB" * 16384)


def fragments():
    yield HEADER + b"\n"
    for number in range(100000):
        yield b"6,%d,1,-,ncfrag=0/1000;xxx\n" % number


def bomb():
    pack = zlib.compressobj(wbits=31)
    for piece in repeat(bytes(1 << 20)):
        yield pack.compress(piece)
    yield pack.flush()


CASES = {
    "one line": lambda: repeat(b"x" * 65536),
    "one line within a report": lambda: (p for g in ([HEADER + b"\n"], repeat(b"x" * 65536))
                                         for p in g),
    "callers without end": many_callers,
    "a stack without end": stack,
    "a string in JSON": json_string,
    "brackets in JSON": json_depth,
    "a field of the journal": export_field,
    "entries at the same time": export_entries,
    "a line of base64": mail_line,
    "fragments that never become whole": fragments,
    "an archive of zeros": bomb,
}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


def run(pieces):
    # Reports of callers fill a pipe that nobody reads; nobody has to.
    tool = subprocess.Popen([TOOL, "-q", "-f", "json", "-"], stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            preexec_fn=limit)
    try:
        for piece in pieces:
            tool.stdin.write(piece)
        tool.stdin.close()
    except BrokenPipeError:
        pass
    error = tool.stderr.read().decode()
    return tool.wait(), error


def main():
    print("1..%d" % len(CASES))
    for number, (name, pieces) in enumerate(CASES.items(), 1):
        status, error = run(pieces())
        good = status == 0 and not error
        print("%sok %d - %s needs no memory" % ("" if good else "not ", number, name))
        if not good:
            print("# status %d: %s" % (status, error))


sys.exit(main())
