#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Layouts that kmc-annotate dumps equal pahole's.

VMLINUX names a kernel with BTF; each struct and union that pahole prints is asked for by
its name. The comparison is that of tests/cli/layout.t. STEP=1 takes all of them.
"""

import concurrent.futures
import importlib.machinery
import importlib.util
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ANNOTATE = os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate"
VMLINUX = os.environ.get("VMLINUX")
STEP = int(os.environ.get("STEP", "4"))


def load_layout():
    loader = importlib.machinery.SourceFileLoader("layout", ROOT + "/tests/cli/layout.t")
    spec = importlib.util.spec_from_loader("layout", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def fill(layout, t, nodes, depth):
    gaps = []
    for node in nodes:
        if node["place"] != "member":
            gaps.append(("hole" if node["place"] == "hole" else "tail",
                         node["bit_offset"], node["bit_size"]))
            continue
        t.members.append((depth, node["name"] or "-", node["bit_offset"], node["bit_size"],
                          node["bitfield"], layout.squeeze(node["type"])))
        fill(layout, t, node.get("members", ()), depth + 1)
    t.gaps += [(depth, *gap, len(t.members)) for gap in gaps]


def ask(layout, theirs):
    name = theirs.name if theirs.kind == "typedef" else f"{theirs.kind} {theirs.name}"
    done = subprocess.run((ANNOTATE, "-k", VMLINUX, "--dump=json", name), text=True,
                          capture_output=True)
    if done.returncode:
        return [done.stderr.strip()], False
    found = json.loads(done.stdout)
    t = layout.Type(theirs.kind, theirs.name)
    t.size, t.gaps = found["size"], []
    t.count = sum(node["place"] == "member" for node in found["members"])
    fill(layout, t, found["members"], 1)
    layout.place_holes(t)
    return list(layout.differences(theirs, t)), "of that name" in done.stderr


def main():
    if not VMLINUX or not shutil.which("pahole"):
        print("1..0 # SKIP VMLINUX is not set, or pahole is not installed")
        return 0
    layout = load_layout()
    text = subprocess.run(("pahole", "-F", "btf", VMLINUX), text=True,
                          capture_output=True, check=True).stdout
    types = layout.Pahole(text).types[::STEP]
    bad = several = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for t, (found, ambiguous) in zip(types, pool.map(lambda t: ask(layout, t), types)):
            several += ambiguous
            # Which of several is shown is not pahole's choice; it is said that there are.
            if not found or ambiguous:
                continue
            bad += 1
            if bad <= 3:
                print(f"# {t.kind} {t.name}:", *found[:4], sep="\n#   ")
    print("1..1")
    print(f"{'not ok' if bad or len(types) < 500 else 'ok'} 1 - {len(types)} layouts, "
          f"{several} of them with namesakes; {bad} differ from pahole's")
    return bad > 0


sys.exit(main())
