#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How often --what names the right type of what a guest has allocated.

testdata/allocations has what SLUB recorded in a guest: cache, bytes asked for, function,
type, objects. The type is what the source says where it is allocated, and not what VMLINUX,
a kernel of that version and configuration, tells kmc-annotate. Asked with cache, size and
an offset:
  objects   200 objects, drawn as often as there are
  places    every place that allocates, once: most of them share cache and size with others
  bytes     the same, where one pointer, function pointer or list in it is known, too

SEED and SAMPLE choose other objects; SHOW=1 prints all that are not among the first three.
"""

import collections
import json
import os
import random
import subprocess
import sys
import tempfile
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANNOTATE = os.environ.get("KMC_ANNOTATE", TOP + "/build/kmc-annotate")
VMLINUX = os.environ.get("VMLINUX", "")
SAMPLE = int(os.environ.get("SAMPLE", "200"))
SEED = int(os.environ.get("SEED", "1"))
SHOW = int(os.environ.get("SHOW", "0"))
FIRST = 3

Record = collections.namedtuple("Record", "cache size function type objects")


def records():
    with open(TOP + "/testdata/allocations/guest-6.1") as f:
        for line in f:
            cache, size, function, kind, objects = line.rstrip("\n").split("\t")
            yield Record(cache, 0 if size == "-" else int(size), function, kind, int(objects))


class Kernel:
    """Answers of kmc-annotate, each asked for once."""

    def __init__(self, cache):
        self.environment = dict(os.environ, XDG_CACHE_HOME=cache)
        self.answers = {}

    def run(self, *words):
        if words not in self.answers:
            done = subprocess.run([ANNOTATE, "-k", VMLINUX, "--dump=json", *words],
                                  capture_output=True, text=True, check=False,
                                  env=self.environment)
            self.answers[words] = json.loads(done.stdout) if done.returncode == 0 else {}
        return self.answers[words]

    def known(self, record):
        """→ an offset and what is there, if the type has a word that can be told"""
        choices = []
        for member in self.run(record.type).get("members", []):
            kind = member["type"] or ""
            what = ("function pointer" if "(*)" in kind else
                    "list" if kind.startswith(("struct list_head", "struct hlist_")) else
                    "pointer" if kind.endswith("*") else None)
            if what and member["place"] == "member":
                choices.append([f"+{member['bit_offset'] // 8}", "holds", what])
        return choices[zlib.crc32(record.function.encode()) % len(choices)] if choices else []

    def ask(self, record, with_bytes):
        words = ["--what", record.cache]
        if record.size:
            words.append(f"{record.size} bytes")
        words.append(f"+{zlib.crc32(record.function.encode()) % record.size if record.size else 0}")
        if with_bytes:
            words += self.known(record)
        return self.run(*words).get("answers", [])


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, good, name):
        self.count += 1
        self.failed += not good
        print("ok" if good else "not ok", self.count, "-", name)


def measure(tap, kernel, name, sample, wanted, with_bytes=False):
    first = among = certain = alone = wrong = 0
    for record in sample:
        answers = kernel.ask(record, with_bytes)
        types = [answer["type"] for answer in answers]
        first += types[:1] == [record.type]
        among += record.type in types[:FIRST]
        if SHOW and record.type not in types[:FIRST]:
            print("#", *record, "→", *types[:FIRST])
        if answers and answers[0]["confidence"] == "certain":
            certain += 1
            alone += len(answers[0]["reasons"]) < 2
            wrong += types[0] != record.type
    percent = 100 * among / len(sample)
    tap.ok(percent >= wanted, f"{name}: the right type of {len(sample)} is the first in "
           f"{100 * first / len(sample):.0f} %, among the first {FIRST} in {percent:.0f} % "
           f"(at least {wanted} %)")
    tap.ok(not alone and not wrong,
           f"{name}: of {certain} certain ones {wrong} wrong, {alone} with one reason")


def main():
    if not os.path.exists(VMLINUX):
        print("1..0 # SKIP VMLINUX is not set")
        return 0
    tap = Tap()
    every = list(records())
    places = list({(r.cache, r.function, r.type): r for r in every}.values())
    with tempfile.TemporaryDirectory() as cache:
        kernel = Kernel(cache)
        drawn = random.Random(SEED).choices(every, [r.objects for r in every], k=SAMPLE)
        measure(tap, kernel, "objects", drawn, 70)
        # A size is not more than it is: these are to get no worse.
        measure(tap, kernel, "places", places, 50)
        measure(tap, kernel, "bytes", places, 60, with_bytes=True)
    print(f"1..{tap.count}")
    return tap.failed > 0


sys.exit(main())
