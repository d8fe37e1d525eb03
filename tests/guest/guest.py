# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest tests share: boot a kernel, read what it left, speak TAP."""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "kernel", "guest"))
# pylint: disable-next=wrong-import-position,unused-import
from stream import HEADER, LOST, REPORT as REPORT_RECORD, lost, records
BUILD = os.path.join(ROOT, os.environ.get("KMC_BUILD", "build"))
KVER = subprocess.run([os.path.join(ROOT, "kernel", "kver")], stdout=subprocess.PIPE,
                      text=True).stdout.strip() or sys.exit(1)
TARGET = os.path.join(ROOT, "kernel", "targets", KVER)
# x86_64, or i386: of 32 bits.
MACHINE = os.environ.get("MACHINE", "x86_64")
NARROW = "-i386" if MACHINE == "i386" else ""
KERNEL = os.environ.get("KMC_KERNEL", os.path.join(ROOT, "build", "linux-" + KVER + NARROW))
VMLINUX = os.path.join(KERNEL, "vmlinux")
# With old bugs, and with another allocator and all else that can differ.
KERNEL_SLAB = os.environ.get("KMC_KERNEL_SLAB", KERNEL + "-slab")
KERNEL_BUGS = os.environ.get("KMC_KERNEL_BUGS", KERNEL + "-bugs")
# With much more in it, for the long silence run.
KERNEL_WIDE = os.environ.get("KMC_KERNEL_WIDE", KERNEL + "-wide")
# With other checkers instead of kmemcheck.
KERNEL_CHECKED = os.environ.get("KMC_KERNEL_CHECKED", KERNEL + "-checked")
MODULES = os.environ.get("KMC_MODULES", KERNEL + "-modules")
TOOLS = os.environ.get("KMC_GUEST_TOOLS", os.path.join(ROOT, "build", "guest-tools")) + NARROW
REPORT = os.environ.get("KMC_REPORT", os.path.join(BUILD, "kmc-report"))

# File systems for the bugs that need one.
IMAGES = {
    # name: size in KiB, the smallest that mkfs takes, and how it is called
    "vfat.img": (64, ["mkfs.vfat", "--invariant"]),
    "nilfs2.img": (1024, ["mkfs.nilfs2", "-q", "-b", "1024", "-B", "16"]),
}


class Tap:
    """Counts and prints results; the plan comes last."""

    def __init__(self):
        self.count = 0

    def ok(self, good, name, *details):
        """One result; the details are shown when it is bad."""
        self.count += 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if not good:
            for detail in details:
                for line in str(detail).splitlines():
                    print(f"# {line}")
        return good

    def equal(self, got, want, name):
        return self.ok(got == want, name, f"got:    {got!r}", f"wanted: {want!r}")

    def subtest(self, lines, name):
        """A nested plan as it is, for tests/run to take apart."""
        self.count += 1
        for line in lines:
            print("    " + line)
        bad = any(line.lstrip().startswith("not ok") for line in lines)
        print(f"{'not ok' if bad else 'ok'} {self.count} - {name}")

    def done(self):
        print(f"1..{self.count}")


class Guest:
    """One boot. self.dir holds the serial log, the stream and what /out had.

    module: the name of a module of kernel/guest/modules, or the path of another one, both
    without .ko; a list of them; or True for the samples. files: paths of files that the
    guest finds in /files. kernel: a kernel's build directory; modules: theirs.

    A guest that dies of the emulator's bug (see stale_breakpoint()) is booted again, twice
    at most, and that is said.
    """

    def __init__(self, test, append="", ring=False, module=False, timeout=600, smp=1,
                 mem="1G", files=(), kernel=KERNEL, modules=MODULES):
        self.dir = tempfile.mkdtemp(prefix="kmc-guest-test.")
        self.log_path = os.path.join(self.dir, "log")
        self.ring_path = os.path.join(self.dir, "ring")
        self.out = os.path.join(self.dir, "out")
        command = [os.path.join(ROOT, "kernel", "guest", "run"), "--quiet",
                   "--test", test, "--append", append, "--log", self.log_path,
                   "--out", self.out, "--timeout", str(timeout), "--smp", str(smp),
                   "--mem", mem]
        if ring:
            command += ["--ring", self.ring_path]
        for name in self.names(module):
            command += ["--module", os.path.join(modules, name + ".ko")]
        for path in files:
            command += ["--file", path]
        for _ in range(3):
            done = subprocess.run(command + [kernel], capture_output=True, text=True)
            self.log = self.read(self.log_path)
            where = stale_breakpoint(self.log) if done.returncode else None
            if not where:
                break
            print(f"# {test}: the emulator executed a breakpoint that was gone, at {where}")
            shutil.rmtree(self.out, ignore_errors=True)
        self.status = done.returncode
        self.errors = done.stderr
        self.dmesg = self.read(os.path.join(self.out, "dmesg"))

    @staticmethod
    def names(module):
        if module is True:
            return ["kmemcheck_samples"]
        return [module] if isinstance(module, str) else module or []

    @staticmethod
    def read(path):
        if not os.path.exists(path):
            return ""
        with open(path, errors="replace", newline="") as file:
            return file.read().replace("\r\n", "\n")

    def file(self, name):
        return os.path.join(self.out, name)

    def stats(self, name="stats"):
        """debugfs/kmemcheck/stats as the test saved it."""
        lines = self.read(self.file(name)).splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line)

    def tail(self):
        return self.errors + "\n".join(self.log.splitlines()[-25:])

    def close(self):
        """KEEP=1 leaves the files for a look at them."""
        if os.environ.get("KEEP"):
            print(f"# kept: {self.dir}")
        else:
            shutil.rmtree(self.dir)


def stale_breakpoint(log):
    """-> where the guest died of a breakpoint that is not in memory, or None.

    A processor of QEMU before 8.1 that translates code while another one patches it may
    go on with what was there before: text_poke()'s breakpoint that the kernel had long
    taken back. QEMU's commit deba78709a ("Always lock pages before translation") has
    ended that. Code: has <> around the byte behind the breakpoint.
    """
    match = re.search(r"int3: 0000 \[#1\].*?RIP: 0010:(\S+).*?Code: [0-9a-f ]*?(\w\w) <", log,
                      re.S)
    if not match or match[2] == "cc":
        return None
    said = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True)
    version = re.search(r"version (\d+)\.(\d+)", said.stdout)
    old = version and (int(version[1]), int(version[2])) < (8, 1)
    return match[1] if old else None


def need_kernel(kernel=KERNEL, target="kernel"):
    """Without a kernel there is nothing to test."""
    if not os.path.exists(os.path.join(kernel, "vmlinux")):
        print(f"1..0 # SKIP {kernel} is not built, run make {target}")
        sys.exit(0)


def make_images(directory):
    """-> the paths of the images."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    paths = []
    for name, (size, command) in IMAGES.items():
        tool = shutil.which(command[0], path=search)
        if not tool:
            print(f"1..0 # SKIP {command[0]} is not installed, run make deps")
            sys.exit(0)
        paths.append(os.path.join(directory, name))
        with open(paths[-1], "wb") as file:
            file.truncate(size * 1024)
        subprocess.run([tool, *command[1:], paths[-1]], check=True, stdout=subprocess.DEVNULL)
    return paths


def kmc_report(path, *options):
    """-> list of the JSON objects that kmc-report makes of a log or stream."""
    done = subprocess.run([REPORT, "--format=json", "-q", *options, path],
                          capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"kmc-report {path}: status {done.returncode}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def kmc_report_text(path, sequence, *options):
    """-> what kmc-report prints for people of a stream's reports with these numbers."""
    with open(path, "rb") as file:
        data = file.read()
    with tempfile.NamedTemporaryFile() as excerpt:
        pos = 0
        while pos < len(data):
            size, _, kind, _, seq = struct.unpack_from("<IIHHQ", data, pos + 4)
            if kind != REPORT_RECORD or seq in sequence:
                excerpt.write(data[pos:pos + size])
            pos += size
        excerpt.flush()
        done = subprocess.run([REPORT, "-q", *(options or ("-k", VMLINUX, "-m", MODULES)), excerpt.name],
                              capture_output=True, text=True)
    return done.stdout + done.stderr


def address(record):
    """-> the address that a parsed REPORT record is about."""
    return struct.unpack_from("<Q", record[2], 16)[0]


def expected(log):
    """-> {name: dict} of what the sample module announced in the log."""
    pattern = re.compile(r"kmemcheck_samples: (\w+) address=(\w+) size=(\d+) "
                         r"offset=(\d+) object=(\w+) cache=(\S+)")
    return {m[1]: {"address": int(m[2], 16), "size": int(m[3]), "offset": int(m[4]),
                   "start": int(m[5], 16), "cache": m[6]}
            for m in pattern.finditer(log)}


def ktap(log, suite):
    """-> the lines of one KUnit suite in a kernel log, without their indentation."""
    lines = [re.sub(r"^(<\d+>)?\[ *[\d.]+\] ", "", line) for line in log.splitlines()]
    try:
        start = next(i for i, line in enumerate(lines)
                     if line.strip() == f"# Subtest: {suite}")
        end = next(i for i in range(start, len(lines))
                   if re.match(rf"(not )?ok \d+ -? ?{suite}$", lines[i]))
    except StopIteration:
        return []
    wanted = re.compile(r"    (1\.\.\d+|ok |not ok | *#)")
    # Reports that the cases provoke lie in between.
    return [line[4:] for line in lines[start:end] if wanted.match(line)]
