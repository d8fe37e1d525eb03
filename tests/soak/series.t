#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What whoever applies the series may expect of it.

Each patch compiles, without a warning, on top of those before it. Without
CONFIG_KMEMCHECK the code is what it was. checkpatch, sparse and kernel-doc have nothing
to say. All of it is built below BUILD/series, in a source tree of its own, and only the
objects that the series can touch.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest"))
import guest  # noqa: E402
import objcode  # noqa: E402

KERNEL = os.path.join(guest.ROOT, "kernel")
PATCHES = os.path.join(guest.TARGET, "patches")
OVERLAY = os.path.join(KERNEL, "overlay")
WORK = os.path.join(guest.BUILD, "series")
# The names that scripts/lint looks for.
OUT = "linux-" + guest.KVER
SOURCE = os.path.join(WORK, OUT + "-src")
with open(os.path.join(guest.TARGET, "target.mk"), encoding="utf-8") as target:
    PACKAGE = re.search("^PACKAGE=(.*)$", target.read(), re.M)[1]
TARBALL = os.environ.get("TARBALL", f"/usr/src/{PACKAGE}.tar.xz")
JOBS = os.environ.get("JOBS", str(os.cpu_count()))

# Includes what was touched, beside the files that were touched themselves.
USERS = ["mm/", "lib/iov_iter.o", "lib/usercopy.o", "fs/readdir.o", "fs/select.o",
         "kernel/signal.o", "net/core/skbuff.o", "arch/x86/kernel/signal.o"]
OURS = ["mm/kmemcheck/", "arch/x86/mm/kmemcheck/"]

NO_DEBUG_INFO = """
# CONFIG_DEBUG_INFO_DWARF5 is not set
CONFIG_DEBUG_INFO_NONE=y
# CONFIG_DEBUG_INFO_BTF is not set
"""


class Config:
    """One output directory: fragments of the target's configs, more options, and goals."""

    def __init__(self, name, fragments, options, goals):
        self.out = os.path.join(WORK, name)
        self.goals = goals
        extra = self.out + ".config"
        with open(extra, "w", encoding="utf-8") as file:
            file.write(options)
        self.files = [os.path.join(guest.TARGET, "configs", f + ".config") for f in fragments]
        self.files.append(extra)

    def build(self):
        """-> what went wrong, or nothing: every warning counts."""
        done = run([os.path.join(KERNEL, "kernel-config"), SOURCE, self.out, *self.files])
        if done.returncode:
            return done.stderr
        # kbuild goes there twice, which must not happen at the same time.
        twice = [goal for goal in self.goals if goal.startswith("arch/x86/lib/")]
        said = self.make(JOBS, [goal for goal in self.goals if goal not in twice])
        return said or (self.make("1", twice) if twice else "")

    def make(self, jobs, goals):
        ccache = "ccache " if shutil.which("ccache") else ""
        done = run(["make", "-s", "-j" + jobs, "-C", SOURCE, "O=" + self.out,
                    f"CC={ccache}gcc", f"HOSTCC={ccache}gcc", "LOCALVERSION=", *goals])
        said = [line for line in (done.stdout + done.stderr).splitlines()
                if re.search(r"warning|error|\*\*\*|undefined", line, re.I)]
        return "\n".join(said) or (f"make: status {done.returncode}" if done.returncode else "")

    def objects(self):
        """-> {name: path} of what the goals have made, one object for each source file."""
        found = {}
        for goal in self.goals:
            path = os.path.join(self.out, goal)
            for file in (glob.glob(path + "**/*.o", recursive=True) if goal[-1] == "/"
                         else [path]):
                name = os.path.relpath(file, self.out)
                source = os.path.join(SOURCE, name[:-2])
                if os.path.exists(source + ".c") or os.path.exists(source + ".S"):
                    found[name] = file
        return found


def run(command, **options):
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    env.update(options.pop("env", {}))
    return subprocess.run(command, capture_output=True, text=True, env=env, **options)


def series():
    with open(os.path.join(PATCHES, "series"), encoding="utf-8") as file:
        return [line.split("#")[0].strip() for line in file if line.split("#")[0].strip()]


def variant_options():
    """What the other kernel of the guest has, but for what is kmemcheck's."""
    with open(os.path.join(guest.TARGET, "configs", "slab.config"), encoding="utf-8") as file:
        return "".join(line for line in file if "KMEMCHECK" not in line)


def touched(patch):
    """-> objects of the source files that a patch touches."""
    with open(os.path.join(PATCHES, patch), encoding="utf-8") as file:
        names = re.findall(r"^\+\+\+ b/(\S+)\.[cS]\b", file.read(), re.M)
    return [name + ".o" for name in names]


def extract():
    """A fresh tree, unless the one that is there is of this package."""
    stamp = os.path.join(SOURCE, ".extracted-" + str(int(os.stat(TARBALL).st_mtime)))
    if not os.path.exists(stamp):
        shutil.rmtree(WORK, ignore_errors=True)
        os.makedirs(SOURCE)
        subprocess.run(["tar", "-xmf", TARBALL, "-C", SOURCE, "--strip-components=1"],
                       check=True)
        with open(stamp, "w", encoding="utf-8"):
            pass


def apply(count):
    """Have the first patches of the series in the tree, with the overlay; or nothing."""
    tool = [os.path.join(KERNEL, "kmemcheck-apply")]
    if not count:
        return run(tool + ["revert", SOURCE])
    part = os.path.join(WORK, "targets")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(guest.TARGET, os.path.join(part, guest.KVER))
    with open(os.path.join(part, guest.KVER, "patches", "series"), "w", encoding="utf-8") as file:
        file.write("".join(patch + "\n" for patch in series()[:count]))
    return run(tool + ["apply", SOURCE], env={"KMEMCHECK_TARGETS": part})


def keep(config):
    """Copies of the objects before the series."""
    copies = {}
    for name, path in config.objects().items():
        copies[name] = os.path.join(WORK, "before", os.path.basename(config.out), name)
        os.makedirs(os.path.dirname(copies[name]), exist_ok=True)
        shutil.copy(path, copies[name])
    return copies


def compare(tap, config, before):
    """Objects without the series and with it, by the names of both."""
    after = config.objects()
    label = os.path.basename(config.out)
    tap.equal(sorted(after), sorted(before), f"{label}: the same {len(before)} objects")
    differ = {name: objcode.difference(before[name], after[name])
              for name in sorted(set(before) & set(after))}
    tap.ok(not any(differ.values()), f"{label}: without CONFIG_KMEMCHECK it is the same code",
           *(f"{name}: {', '.join(where)}" for name, where in differ.items() if where))


def check_patches(tap, off, on):
    """The series one by one."""
    patches = series()
    tap.ok(not apply(0).returncode, "the tree is without the series")
    before = []
    for config in off:
        said = config.build()
        tap.ok(not said, f"{os.path.basename(config.out)}: compiles without the series", said)
        before.append(keep(config))
    for count, patch in enumerate(patches, 1):
        done = apply(count)
        said = done.stderr if done.returncode else "\n".join(filter(None, (
            config.build() for config in off)))
        tap.ok(not said, f"with {patch}", said)
    for config, copies in zip(off, before):
        compare(tap, config, copies)
    for config in on:
        said = config.build()
        tap.ok(not said, f"{os.path.basename(config.out)}: compiles with kmemcheck", said)
    # Or the comparison above would be worth nothing.
    tap.ok(objcode.difference(before[0]["kernel/fork.o"], on[0].objects()["kernel/fork.o"]),
           "with CONFIG_KMEMCHECK it is other code")


def check_style(tap):
    done = run([os.path.join(guest.ROOT, "scripts", "lint"),
                os.path.relpath(WORK, guest.ROOT)])
    said = [line for line in (done.stdout + done.stderr).splitlines()
            if not re.fullmatch(r"lint: (?!no )[\w ]+", line)]
    tap.ok(not done.returncode and not said, "checkpatch, sparse and shellcheck are content",
           *said)
    files = [path for path in glob.glob(OVERLAY + "/**/*.[ch]", recursive=True)]
    done = run([os.path.join(SOURCE, "scripts", "kernel-doc"), "-none", *sorted(files)])
    tap.ok(not done.returncode and not done.stderr.strip(), f"kernel-doc: {len(files)} files",
           done.stderr)


def main():
    tap = guest.Tap()
    if not os.path.exists(TARBALL):
        print(f"1..0 # SKIP {TARBALL} is not there, run make deps")
        return
    extract()
    files = sorted({name for patch in series() for name in touched(patch)})
    # Compiled only when the configuration has tracers, and the other allocator if there is one.
    tracers = [name for name in files if name.startswith("kernel/trace/")]
    slub = USERS + [name for name in files if name not in tracers and not name.startswith("mm/")]
    slab = ["mm/slab.o" if "mm/slab.o" in files else "mm/slub.o", "mm/slab_common.o", *tracers]
    off = [Config("slub", ["guest", "plain"], NO_DEBUG_INFO, slub),
           Config("slab", ["guest", "small", "plain"], variant_options(), slab)]
    on = [Config(OUT, ["guest", "kmemcheck"], NO_DEBUG_INFO, slub + OURS),
          Config(OUT + "-slab", ["guest", "kmemcheck", "small", "slab"], "", slab + OURS)]
    check_patches(tap, off, on)
    check_style(tap)
    tap.done()


main()
