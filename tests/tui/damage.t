#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged debug info, logs and key scripts: an answer or a line, and no crash or hang.

FILES (120) says how many of each, SEED where the random numbers begin.
"""

import os
import random
import re
import subprocess
import sys
import tempfile

import fixture

ROOT = os.path.dirname(os.path.dirname(fixture.HERE))
ANNOTATE = os.path.abspath(os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate")
FILES = int(os.environ.get("FILES", "120"))
SEED = int(os.environ.get("SEED", "1"))
KEYS = "E | x C g info.fields.raw <Enter> + T demo <Enter> E t q & in <Enter> <Esc> P <Esc>"
REPORT_KEYS = "E j <Enter> <Tab> <S-Tab> o E | s E <Enter> q q a o o q ] r ] <Size 7x2> [ [ t"
NAMES = ("Up Down Left Right PgUp PgDn Home End Tab S-Tab Enter Esc Space Backspace F1 "
         "Screen").split()


def sections(directory, wanted):
    """Offsets and sizes of sections of vmlinux."""
    text = subprocess.run(("readelf", "-SW", "vmlinux"), cwd=directory, text=True,
                          capture_output=True, check=True).stdout
    found = re.findall(r"\] (\S+) +\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) ", text)
    return [(int(offset, 16), int(size, 16)) for name, offset, size in found
            if re.match(wanted, name)]


def damage(rng, data, ranges):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 12)):
        offset, size = rng.choice(ranges)
        at = offset + rng.randrange(size)
        data[at] = rng.choice((0, 0xFF, data[at] ^ 1 << rng.randrange(8), rng.randrange(256)))
    return bytes(data)


def run(directory, keys, *arguments):
    """What is wrong, or None"""
    with open(directory + "/keys", "w") as f:
        f.write(keys + "\n")
    environment = dict(os.environ, LC_ALL="C.UTF-8", ASAN_OPTIONS="exitcode=99",
                       EDITOR="true")
    try:
        done = subprocess.run((ANNOTATE, "--keys", "keys", *arguments), cwd=directory,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                              env=environment)
    except subprocess.TimeoutExpired:
        return "took more than 30 s"
    text = done.stdout + done.stderr
    if done.returncode not in (0, 1):
        return f"exit status {done.returncode}: {text[-300:]!r}"
    if re.search(rb"[\0-\x09\x0b-\x1f\x7f]", text):
        return "control characters in the output"
    return None


def check_types(directory, rng, original, ranges):
    with open(directory + "/damaged", "wb") as f:
        f.write(damage(rng, original, ranges))
    return run(directory, KEYS, "-k", "damaged", "demo") or \
        run(directory, REPORT_KEYS, "-k", "damaged", "-s", ".", "reports.log")


def check_log(directory, rng, log):
    with open(directory + "/damaged.log", "wb") as f:
        f.write(damage(rng, log, [(0, len(log))])[:rng.randrange(len(log))])
    return run(directory, REPORT_KEYS, "-k", "vmlinux", "-s", ".", "damaged.log")


def check_keys(directory, rng):
    letters = [chr(c) for c in range(33, 127) if chr(c) not in "<Q"] + \
              [f"<{name}>" for name in NAMES] * 3 + \
              [f"<Size {rng.randrange(1, 120)}x{rng.randrange(1, 40)}>" for _ in range(9)]
    # w and P write files, of names that are typed.
    keys = "".join(rng.choice(letters) for _ in range(300)).replace("/", "n")
    return run(directory, keys.replace("\n", ""), "-k", "vmlinux", "-s", ".", "reports.log")


def main():
    print("1..4")
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        fixture.build(directory)
        fixture.log(directory)
        with open(directory + "/vmlinux", "rb") as f:
            original = f.read()
        with open(directory + "/reports.log", "rb") as f:
            log = f.read()
        checks = (
            ("debug info", lambda rng: check_types(
                directory, rng, original, sections(directory, r"\.debug_(info|abbrev)"))),
            ("other sections", lambda rng: check_types(
                directory, rng, original, sections(directory, r"\.(debug_|symtab|str|text)"))),
            ("logs", lambda rng: check_log(directory, rng, log)),
            ("keys", lambda rng: check_keys(directory, rng)),
        )
        for n, (name, check) in enumerate(checks, 1):
            bad = 0
            for seed in range(SEED, SEED + FILES):
                wrong = check(random.Random(seed))
                bad += wrong is not None
                if wrong and bad <= 3:
                    print(f"# {name}, seed {seed}: {wrong}")
            failed += bad
            print(f"{'not ok' if bad else 'ok'} {n} - {name}: {FILES} damaged, {bad} of them "
                  "end badly")
    return failed > 0


sys.exit(main())
