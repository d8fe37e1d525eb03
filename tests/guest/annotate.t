#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The annotation that kmc-annotate writes is what it should be: it applies, it compiles
without a warning, and what was reported before is not reported any more.

The samples are triggered, each false positive among them is annotated in a copy of their
source, and the module made of that runs in another guest.
"""

import os
import re
import shutil
import subprocess
import tempfile

import guest

# sample, what shows its report in the list, keys to the annotation, what that has, and boot
# options: that a bit is set is reported only where loads are not followed.
CASES = [
    ("padding_copy", "copy_words", "a", "kmemcheck_mark_initialized(", "kmemcheck=1"),
    ("padding_copy", "copy_words", "ao", "__GFP_NOTRACK_FALSE_POSITIVE", "kmemcheck=1"),
    ("bitfield", "set_ready", "a", "kmemcheck_annotate_bitfield(",
     "kmemcheck=1 kmemcheck.follow=0"),
]
SOURCE = os.path.join(guest.ROOT, "kernel", "guest", "modules")
ANNOTATE = os.path.abspath(os.environ.get("KMC_ANNOTATE") or
                           os.path.join(guest.BUILD, "kmc-annotate"))


def write_patch(directory, ring, search, annotate):
    """-> path of the diff that these keys show in the first report listed with this text"""
    keys = os.path.join(directory, "keys")
    with open(keys, "w", encoding="ascii") as file:
        file.write(f"/{search}<Enter><Enter>{annotate}wpatch<Enter>")
    subprocess.run([ANNOTATE, "-k", guest.VMLINUX, "-m", guest.MODULES, "-s", SOURCE,
                    "--keys", keys, ring], cwd=directory, capture_output=True, check=True)
    return os.path.join(directory, "patch")


def build(tap, name, directory, patch):
    """-> the module made of the patched source, as Guest wants it"""
    source = os.path.join(directory, "module")
    shutil.copytree(SOURCE, source)
    applied = subprocess.run(["patch", "-p1", "-F0", "-s", "-d", source, "-i", patch],
                             capture_output=True, text=True)
    if not tap.equal((applied.returncode, applied.stdout), (0, ""), f"{name}: the patch applies"):
        return None
    built = subprocess.run(["make", "-C", guest.KERNEL, f"M={source}", "modules"],
                           capture_output=True, text=True)
    if not tap.equal(built.returncode, 0, f"{name}: it compiles"):
        print(re.sub("^", "# ", built.stderr, flags=re.M))
        return None
    tap.ok("warning" not in built.stdout + built.stderr, f"{name}: without a warning",
           built.stderr)
    return os.path.join(source, "kmemcheck_samples")


def check(tap, case, directory, ring):
    sample, search, keys, form, options = case
    name = f"{sample}, {form.rstrip('(')}"
    patch = write_patch(directory, ring, search, keys)
    if not tap.ok(os.path.exists(patch), f"{name}: a patch is written"):
        return
    with open(patch, encoding="utf-8") as file:
        tap.ok(form in file.read(), f"{name}: it annotates so")
    module = build(tap, name, directory, patch)
    if not module:
        return
    boot = guest.Guest("samples", append=f"{options} kmc.samples=never_written,{sample}",
                       ring=True, module=module)
    tap.equal(boot.status, 0, f"{name}: the guest ran both triggers") or print(boot.tail())
    found = {frame["symbol"] for report in guest.kmc_report(boot.ring_path)
             for frame in report["frames"]}
    tap.ok("never_written" in found, f"{name}: another bug is still reported")
    tap.ok(sample not in found, f"{name}: it is not reported any more")
    boot.close()


def main():
    guest.need_kernel()
    tap = guest.Tap()
    for options in sorted({case[-1] for case in CASES}):
        boot = guest.Guest("samples", append=options, ring=True, module=True)
        tap.equal(boot.status, 0, f"{options}: the guest ran all samples") or \
            print(boot.tail())
        for case in CASES:
            if case[-1] == options:
                with tempfile.TemporaryDirectory(prefix="kmc-annotate.") as directory:
                    check(tap, case, directory, boot.ring_path)
        boot.close()
    tap.done()


if __name__ == "__main__":
    main()
