#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every annotation that can be made of a false positive applies and compiles without a warning.

The allocations are those of shapes.c, that of fixture.c, and what testdata has of them for the
kernel in testdata/fixtures; headers stand for the kernel's.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import fixture

ROOT = os.path.dirname(os.path.dirname(fixture.HERE))
ANNOTATE = os.path.abspath(os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate")
HEADER = ROOT + "/kernel/overlay/include/linux/kmemcheck.h"

PRELUDE = """
#define unlikely(x) __builtin_expect(!!(x), 0)
#define GFP_KERNEL 0xcc0u
#define GFP_ATOMIC 0xa20u
#define __GFP_NOWARN 0x2000u
#define __GFP_NOTRACK_FALSE_POSITIVE 0x4000000u
#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))
"""

# What the diffs use of it, as the header has it.
MACROS = """
void kmemcheck_mark_initialized(const void *address, unsigned long size);
"""

# Form: how often "o" is pressed, of a report that begins with @first.
FORMS = {"mark": 0, "notrack": 1, "bitfield": 2}
# Of these, the flags can be changed, but nothing can be put behind them.
FLAGS_ONLY = {"new_arm", "new_through_a_pointer", "new_in_an_array", "new_behind_a_label",
              "new_or_other", "new_long_condition", "new_condition_with_comment",
              "new_in_a_block"}
REFUSED = {(name, form) for name in FLAGS_ONLY for form in ("mark", "bitfield")} | {
    ("new_by_a_macro", form) for form in FORMS}


def macros():
    """the bit-field macros of the real header, for a kernel with kmemcheck"""
    with open(HEADER) as f:
        text = f.read()
    found = []
    for name in "begin", "end":
        found.append(re.search(rf"(?m)^#define kmemcheck_bitfield_{name}.*\[0\]$", text)[0])
    found.append(re.search(r"(?ms)^#define kmemcheck_annotate_bitfield\(ptr, name\)\t*\\\n"
                           r".*?while \(0\)$", text)[0])
    return "\n".join(found) + "\n"


def write_headers(directory):
    os.makedirs(directory + "/include/linux", exist_ok=True)
    headers = dict(fixture.HEADERS, **{"slab.h": PRELUDE, "kmemcheck.h": MACROS + macros()})
    for name, text in headers.items():
        guard = "H_" + name.replace(".", "_")
        with open(f"{directory}/include/linux/{name}", "w") as f:
            f.write(f"#ifndef {guard}\n#define {guard}\n{text}#endif\n")


def build(directory):
    write_headers(directory)
    shutil.copy(f"{fixture.HERE}/shapes.c", directory)
    for name in "shapes.h", "inner.h":
        shutil.copy(f"{fixture.HERE}/{name}", directory + "/include")
    fixture.run(directory, "gcc", "-O2", "-gdwarf-4", "-ffreestanding", "-fno-pic",
                "-mcmodel=kernel", "-fcf-protection=none", "-fno-asynchronous-unwind-tables",
                "-fno-ipa-ra", "-fno-optimize-sibling-calls", "-Iinclude", "-c", "shapes.c",
                "-o", "shapes.o")
    fixture.run(directory, "gcc", "-nostdlib", "-static", "-Wl,-e,_start",
                "-Wl,-Ttext=0xffffffff81000000", "-Wl,--build-id=0x0123456789abcdef",
                "shapes.o", "-o", "vmlinux")


def logs(directory):
    """A log for each function that allocates and each kind of false positive."""
    kernel = fixture.Kernel(directory)
    kernel.calls["demo_new", "kmalloc"] = kernel.calls["new_plain", "kmalloc"]
    kernel.calls["_start", "demo_new"] = kernel.calls["_start", "new_plain"]
    kernel.functions["demo_new"] = kernel.functions["new_plain"]
    hole = ["i"] * fixture.SIZE
    hole[5:8] = "uuu"
    bits = ["i"] * fixture.SIZE
    bits[14] = "u"
    either = ["i"] * fixture.SIZE
    either[16] = "u"
    kinds = {
        "hole": fixture.report(kernel, "demo_word", 5, 24, hole, 0),
        "bits": fixture.report(kernel, "demo_bits", 14, 8, bits, 0),
        "either": fixture.report(kernel, "demo_either", 16, 8, either, 0),
    }
    plain = " " + kernel.symbol("demo_new", kernel.calls["demo_new", "kmalloc"])
    for name in sorted(kernel.functions):
        if not name.startswith("new_"):
            continue
        frame = " " + kernel.symbol(name, kernel.calls[name, "kmalloc"])
        for kind, text in kinds.items():
            with open(f"{directory}/{name}.{kind}.log", "w") as f:
                f.write(text.replace(plain, frame))
            yield name, kind


def diff_of(directory, log, presses):
    """→ the diff, or None and what is said instead"""
    with open(directory + "/keys", "w") as f:
        f.write("<Enter>a" + "o" * presses + "<Screen>w out<Enter>")
    command = [ANNOTATE, "--keys", "keys", "-k", "vmlinux", "-s", ".", "--size", "150x60", log]
    done = subprocess.run(command, cwd=directory, text=True, capture_output=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=120)
    path = directory + "/out"
    if not os.path.exists(path):
        return None, done.stdout + done.stderr
    with open(path) as f:
        text = f.read()
    os.unlink(path)
    return text, done.stdout


def compile_with(directory, diff):
    """→ None, or what is wrong with it"""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(directory, copy + "/tree")
        tree = copy + "/tree"
        done = subprocess.run(["patch", "-p1", "--fuzz=0"], cwd=tree, text=True, input=diff,
                              capture_output=True, check=False)
        if done.returncode:
            return done.stdout + done.stderr
        done = subprocess.run(["gcc", "-std=gnu11", "-O2", "-ffreestanding", "-Wall", "-Wextra",
                               "-Wparentheses", "-Wmisleading-indentation", "-Werror",
                               "-Iinclude", "-fsyntax-only",
                               *sorted(set(re.findall(r"(?m)^\+\+\+ b/(.*\.c)$", diff)))],
                              cwd=tree, text=True, capture_output=True, check=False)
        return done.stderr if done.returncode else None


def judge(directory, name, kind, form):
    presses = FORMS[form] if kind == "hole" else (FORMS[form] + 1) % 3
    diff, said = diff_of(directory, f"{name}.{kind}.log", presses)
    if (name, form) in REFUSED:
        return diff is None and "by hand" in said, said
    if diff is None:
        return False, said
    wrong = compile_with(directory, diff)
    if "+ 5, 3)" in diff or "+ 14, 1)" in diff and form == "mark" and kind == "hole":
        wrong = "a number for an offset"
    if os.environ.get("SHOW"):
        print(diff)
    return not wrong, f"{wrong}\n{diff}"


def of_logs(directory, vmlinux, logs):
    """→ how many diffs there are in what is printed of logs, and what is wrong with some"""
    wrong, count = [], 0
    done = subprocess.run([ANNOTATE, "-k", vmlinux, "--force", "-s", ".", "--dump=json", *logs],
                          cwd=directory, text=True, capture_output=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=300)
    for line in done.stdout.splitlines():
        diff = json.loads(line)["diff"]
        count += diff is not None
        why = diff and compile_with(directory, diff)
        if why:
            wrong.append(f"{why}\n{diff}")
    return count, wrong


def of_testdata(top):
    """→ the same of each kernel that there are logs for"""
    directory = top + "/fixture"
    fixture.build(directory)
    fixture.log(directory)
    write_headers(directory)
    yield "the fixture", 6, of_logs(directory, "vmlinux", sorted(
        glob.glob("*.log", root_dir=directory)))
    directory = top + "/manual"
    shutil.copytree(ROOT + "/testdata/fixtures/manual", directory)
    vmlinux = os.path.abspath(os.environ.get("KMC_BUILD") or ROOT + "/build")
    yield "testdata", 0, of_logs(directory, vmlinux + "/fixtures/manual/vmlinux", sorted(
        glob.glob(ROOT + "/testdata/**/*.log", recursive=True)))


def main():
    failed = count = 0
    with tempfile.TemporaryDirectory() as top:
        directory = top + "/tree"
        build(directory)
        for name, kind in list(logs(directory)):
            for form in FORMS:
                if (form == "bitfield") != (kind != "hole") and form != "notrack":
                    continue
                count += 1
                good, why = judge(directory, name, kind, form)
                failed += not good
                print(f"{'ok' if good else 'not ok'} {count} - {name}, {kind}: {form}")
                if not good:
                    print("".join(f"# {line}\n" for line in why.splitlines()))
        for name, least, (diffs, wrong) in of_testdata(top):
            count += 1
            good = diffs >= least and not wrong
            failed += not good
            print(f"{'ok' if good else 'not ok'} {count} - {diffs} diffs of {name}")
            for why in wrong:
                print("".join(f"# {line}\n" for line in why.splitlines()))
    print(f"1..{count}")
    return failed > 0


sys.exit(main())
