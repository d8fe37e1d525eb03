#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""5 times 2,000 loads of each kernel, chosen anew each time: none is confidently wrong.

VMLINUX is ours. DEBIAN_VMLINUX and DEBIAN_SOURCE name Debian's 6.1 and its source,
DEBIAN2_VMLINUX and DEBIAN2_SOURCE its 6.12, DEBIAN32_VMLINUX and DEBIAN32_SOURCE its 6.1
of 32 bits. SEED="1 2" repeats the runs whose seeds were printed, SAMPLE and RUNS say how
many loads and how often; see tests/cli/hitrate.t.
"""

import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "guest"))
# pylint: disable=wrong-import-position
from guest import Tap       # noqa: E402

TEST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "hitrate.t")
RUNS = int(os.environ.get("RUNS", "5"))
KERNELS = {"ours": "", "Debian's 6.1": "DEBIAN_", "Debian's 6.12": "DEBIAN2_",
           "Debian's 6.1 of 32 bits": "DEBIAN32_"}


def measure(vmlinux, source):
    """-> the lines of the test"""
    seeds = os.environ.get("SEED") or \
        " ".join(str(random.randrange(10000, 100000)) for _ in range(RUNS))
    print(f'# {vmlinux}: SEED="{seeds}"', flush=True)
    environ = {"SAMPLE": "2000", **os.environ, "VMLINUX": vmlinux, "SEED": seeds}
    if source:
        environ["SOURCE"] = source
    done = subprocess.run([sys.executable, TEST], env=environ, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    if done.returncode:
        lines += [f"not ok - status {done.returncode}",
                  *("# " + line for line in done.stderr.splitlines())]
    return lines


def main():
    tap = Tap()
    for name, prefix in KERNELS.items():
        vmlinux = os.environ.get(prefix + "VMLINUX")
        if vmlinux and os.path.exists(vmlinux):
            tap.subtest(measure(vmlinux, os.environ.get(prefix + "SOURCE")), name)
        else:
            tap.subtest([f"1..0 # SKIP {prefix}VMLINUX does not name a vmlinux"], name)
    tap.done()


main()
