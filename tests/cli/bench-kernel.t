#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench/kernel with a QEMU that only writes what a guest would: the tables, the CSV
file, and that no wrong column is ever printed."""

import csv
import glob
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "guest"))
import guest  # noqa: E402

# All take 1000 ns an operation, with kmemcheck 10 faults and 4000 ns more.
QEMU = r"""#!/bin/bash
while [ $# -gt 0 ]; do
	case $1 in
	-append) append=" $2 " ;;
	-chardev) case $2 in file,id=console,*) log=${2#*path=} ;; esac ;;
	-smp) cpus=$2 ;;
	esac
	shift
done
exec >"$log"
echo "kmc-guest: userspace after $cpus.50 s"
time=1000 faults=0 mode=disabled engine=step
case $append in *\ kmemcheck=1\ *) time=5000 faults=1000 mode=${FAKE_MODE:-enabled} ;; esac
case $append in *kmemcheck.engine=alias*) engine=${FAKE_ENGINE:-alias} ;; esac
case $append${FAKE_PLAIN:-} in
*kmemcheck=*) printf 'kmc-stats: %s\n' "mode: $mode" "engine: $engine" ;;
esac
echo "kmc-bench: cpus ${FAKE_CPUS:-$cpus} 1"
for name in ${FAKE_NAMES:-find fork+exec tmpfs syscalls tcp untar}; do
	echo "kmc-bench: $name $time ns"
	echo "kmc-bench: $name/operations 100 1"
	[ $faults = 0 ] || echo "kmc-bench: $name/faults $faults 1"
	echo "kmc-bench: parallel/$name $((time / 2)) ns"
done
[ $faults = 0 ] || echo "kmc-cost: rep movs of 4 KiB: 2000"
case $append:$faults in
*\ kmc.profile\ *:1000) echo "kmc-profile:   70 kfree+0x1/0x20" ;;
esac
echo "kmc-guest: exit=0"
"""


def write(path, text="", mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def bench(build, *options, **env):
    env = {**os.environ, "PATH": f"{build}/bin:{os.environ['PATH']}", **env}
    env.pop("KMC_GUEST_TOOLS", None)
    return subprocess.run([os.path.join(ROOT, "bench", "kernel"), "--build", build, *options],
                          env=env, capture_output=True, text=True)


def refused(tap, done, text, name):
    """One line, a status, no table."""
    lines = [line for line in done.stderr.splitlines()
             if "round " not in line and "host is busy" not in line]
    tap.ok(done.returncode == 1 and len(lines) == 1 and text in lines[0] and not done.stdout, name,
           done.returncode, done.stderr, done.stdout)


def check_tables(tap, build):
    path = os.path.join(build, "all.csv")
    done = bench(build, "--rounds", "2", "--csv", path)
    if not tap.equal(done.returncode, 0, "all configurations are measured"):
        print("# " + done.stderr)
        return
    lines = {line.split("  ")[0]: line.split() for line in done.stdout.splitlines()}
    tap.equal(done.stdout.splitlines()[1].split(),
              "plain/1 off/1 alias/1 step/1 plain/2 off/2 alias/2".split(), "the columns")
    tap.ok(done.stdout.count("5.00 us") == 3 * 6 and done.stdout.count(" 5.00x") == 3 * 6,
           "a cell has the median and its ratio to plain", done.stdout)
    # 4000 ns for 10 faults
    tap.equal(lines["cost per fault"][3:], "- - 400 ns 400 ns - - 400 ns".split(),
              "what a fault costs")
    tap.equal(lines["faults per second"][3:], "- - 2.00 M 2.00 M - - 2.00 M".split(),
              "faults per second")
    tap.equal(done.stdout.split("Throughput")[1].count("2.00x"), 9, "throughput of two workers")
    tap.equal(lines["rep movs of 4 KiB"][5:], "2.00 us 2.00 us 2.00 us".split(),
              "cost of an access")
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    tap.equal({(row["config"], row["cpus"], row["round"]) for row in rows if row["row"] == "tcp"},
              {(config, cpus, turn) for config in ("plain", "off", "alias", "step")
               for cpus in "12" for turn in "12" if (config, cpus) != ("step", "2")},
              "the CSV file has every boot")
    tap.equal(bench(build, "--from", path).stdout, done.stdout, "--from prints the same")
    done = bench(build, "--rounds", "1", "--configs", "step", "--profile")
    tap.ok("of step/1 come from\n          70 kfree+0x1/0x20\n" in done.stdout,
           "--profile shows where faults come from", done.stdout, done.stderr)


def main():
    if not shutil.which("busybox") or not shutil.which("cpio"):
        print("1..0 # SKIP no busybox or no cpio")
        return
    tap = guest.Tap()
    build = tempfile.mkdtemp(prefix="kmc-bench-test.")
    write(f"{build}/bin/qemu-system-x86_64", QEMU, 0o755)
    for source in glob.glob(os.path.join(guest.ROOT, "kernel/guest/*.c")):
        tool = os.path.basename(source).removesuffix(".c")
        write(f"{build}/guest-tools/{tool}", "", 0o755)
    for tool in ("bugs", "stress"):
        write(f"{build}/guest-tools/{tool}", "", 0o755)
    refused(tap, bench(build), "no such kernel", "a kernel that is not there")
    for kernel in ("plain", "bench"):
        write(f"{build}/linux-{guest.KVER}-{kernel}/arch/x86/boot/bzImage")
    check_tables(tap, build)
    refused(tap, bench(build, FAKE_ENGINE="step"), "engine alias, but says that it has step",
            "another engine than the column's")
    refused(tap, bench(build, FAKE_PLAIN="kmemcheck="), "without kmemcheck, but has it",
            "a plain kernel that is none")
    refused(tap, bench(build, FAKE_MODE="disabled"), "says that it has none",
            "a kmemcheck that has switched itself off")
    refused(tap, bench(build, FAKE_CPUS="1"), "2 CPUs, but says 1", "a processor is missing")
    refused(tap, bench(build, FAKE_NAMES="find"), "no figure for fork+exec",
            "a guest that has not done all")
    write(f"{build}/bin/qemu-system-x86_64", "#!/bin/sh\nexit 1\n", 0o755)
    refused(tap, bench(build), "failed with status 1", "a QEMU that fails")
    refused(tap, bench(build, "--from", __file__), "not a file that --csv has made",
            "another file in place of a CSV file")
    shutil.rmtree(build)
    tap.done()


main()
