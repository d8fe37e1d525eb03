# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot a guest for the mixed workload, and judge what it says and leaves."""

import gzip
import io
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter

import guest

# Reports that are no false ones: (function, cache) -> why, and where it is described.
FINDINGS = {
    ("nl_dump_check_consistent", "kmalloc-large"):
        "flags of a message that is not there, docs/findings.md",
    ("tcp_v4_timewait_ack", "tw_sock_TCP"):
        "the hash of a TIME_WAIT socket, docs/findings.md",
    ("tipc_mon_rcv", "kmalloc-2k"):
        "the record of a monitor that is not there, docs/findings.md",
}

BLOCK = 4096

# What is mounted by the wide workload. name: MiB, the smallest that mkfs takes, and how it
# is called
IMAGES = {
    "btrfs": (112, ["mkfs.btrfs", "-q", "-U", "00000000-0000-0000-0000-000000000001", "IMAGE"]),
    "xfs": (304, ["mkfs.xfs", "-q", "IMAGE"]),
    "f2fs": (64, ["mkfs.f2fs", "-q", "-O", "extra_attr,inode_checksum,sb_checksum", "IMAGE"]),
    "iso9660": (0, ["genisoimage", "-quiet", "-R", "-J", "-o", "IMAGE", "TREE"]),
    "squashfs": (0, ["mksquashfs", "TREE", "IMAGE", "-quiet", "-no-progress"]),
}

# What only the shell script does, under the names it gives them.
WORKERS = ["disk", "fat", "look", "network", "programs", "archive"]

TROUBLE = re.compile(
    r"(?:Oops|WARNING: (?!kmemcheck: Caught)|BUG: (?!kmemcheck)|kernel BUG|"
    r"general protection|Kernel panic|soft lockup|hard LOCKUP|blocked for more than|"
    r"detected .*stall|unregister_netdevice: waiting|EXT4-fs (?:error|warning)|"
    r"FAT-fs .*(?:error|corrupt)).*")


def make_files(directory):
    """-> an ext4 image, an archive of small files, and the checker, for the guest."""
    paths = [os.path.join(directory, name) for name in ("ext4.img", "tree.tar")]
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    with open(paths[0], "wb") as file:
        file.truncate(12 << 20)
    subprocess.run([shutil.which("mke2fs", path=path), "-q", "-F", "-t", "ext4", "-b", "1024",
                    "-E", "lazy_itable_init=0,lazy_journal_init=0", paths[0]], check=True)
    sizes = random.Random(1)
    with tarfile.open(paths[1], "w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(30):
            entry = tarfile.TarInfo(f"tree/dir{number % 5}/file{number}")
            entry.size = sizes.randint(0, 20000)
            archive.addfile(entry, io.BytesIO(b"x" * entry.size))
    for name in paths:
        with open(name, "rb") as file, gzip.open(name + ".gz", "wb") as packed:
            shutil.copyfileobj(file, packed)
    e2fsck = os.path.join(guest.TOOLS, "e2fsck.static") if guest.NARROW else \
        shutil.which("e2fsck.static", path=path)
    return [name + ".gz" for name in paths] + [e2fsck]


def blocks(path):
    """Put in the place of an image what is not zero of it, as kernel/guest/wide/fs.c reads it."""
    packed = os.path.splitext(path)[0] + ".blocks"
    with open(path, "rb") as image, open(packed, "wb") as file:
        file.write(struct.pack("<Q", os.path.getsize(path)))
        for number, block in enumerate(iter(lambda: image.read(BLOCK), b"")):
            if block.strip(b"\0"):
                file.write(struct.pack("<Q", number) + block.ljust(BLOCK, b"\0"))
    os.remove(path)
    return packed


def make_images(directory):
    """-> file systems for kernel/guest/wide/fs.c. What can only be read has something in it."""
    sizes = random.Random(1)
    tree = os.path.join(directory, "tree")
    os.makedirs(os.path.join(tree, "a directory", "another one"))
    for number in range(10):
        with open(os.path.join(tree, f"file{number}"), "wb") as file:
            file.write(sizes.randbytes(number * 3000) + b"kmc " * number * number * 300)
    os.symlink("file9", os.path.join(tree, "link"))
    packed = []
    for name, (size, command) in IMAGES.items():
        path = os.path.join(directory, name + ".img")
        if size:
            with open(path, "wb") as file:
                file.truncate(size << 20)
        tool = shutil.which(command[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not tool:
            print(f"1..0 # SKIP {command[0]} is not installed, run scripts/deps soak")
            sys.exit(0)
        subprocess.run([tool] + [{"IMAGE": path, "TREE": tree}.get(word, word)
                                 for word in command[1:]],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        packed.append(blocks(path))
    shutil.rmtree(tree)
    return packed


def boot(tap, label, test="workload", append="kmemcheck=1", seconds=40, wide=False, **options):
    """Boot and wait for the end. It has to come by itself: a killed guest has failed.

    wide: the kernel that has more in it, with the parts that use it.

    -> None then, because there is nothing to judge. Twenty times the time is for an
    emulator on a busy machine.
    """
    with tempfile.TemporaryDirectory(prefix="kmc-workload.") as directory:
        files = make_files(directory)
        if wide:
            files += make_images(directory) + [os.path.join(guest.TOOLS, "wide", "stress")]
            options.update(kernel=guest.KERNEL_WIDE, modules=guest.KERNEL_WIDE + "-modules")
        done = guest.Guest(test, append=f"{append} kmc.seconds={seconds}",
                           timeout=20 * seconds + 600, files=files, module="kmemcheck_samples",
                           **options)
    if tap.equal(done.status, 0, f"{label}: the guest boots, works, and powers off by itself"):
        return done
    for line in TROUBLE.findall(done.log) + done.tail().splitlines():
        print("# " + line)
    done.close()
    return None


def parse(text):
    """-> ({name: Counter of done, starved, failed}, {option: who lacks it})"""
    parts, lacks = {}, {}
    for line in text.splitlines():
        match = re.match(r"kmc-stress: (\S+) done=(\d+) starved=(\d+) failed=(\d+)$", line)
        missing = re.match(r"kmc-stress: (\S+) lacks (CONFIG_\w+)$", line)
        if match:
            counts = dict(zip(("done", "starved", "failed"), map(int, match.groups()[1:])))
            parts.setdefault(match[1], Counter()).update(counts)
        elif missing:
            lacks.setdefault(missing[2], missing[1])
    return parts, lacks


def configured(option, kernel):
    """Whether the kernel under test was built with it; without a record, it was."""
    config = guest.Guest.read(os.path.join(kernel, ".config"))
    return not config or re.search(rf"^{option}=[ym]$", config, re.M) is not None


def check_parts(tap, label, done, hungry=False, flood=False, wide=False):
    """Every part was done, and none failed; hungry: for want of memory it may have."""
    parts, lacks = parse(done.read(done.file("stress")))
    program = os.path.join(guest.TOOLS, "wide/stress" if wide else "stress")
    names = subprocess.run([program, "-l"], capture_output=True, text=True,
                           check=True).stdout.split()
    names += WORKERS + ([] if flood else ["modules"])
    said = [line for line in done.log.splitlines() if "kmc-stress:" in line]
    if not hungry:
        tap.equal([name for name in names if not parts.get(name, {}).get("done")], [],
                  f"{label}: each of {len(names)} parts was done")
        tap.equal([name for name, part in parts.items() if part["starved"]], [],
                  f"{label}: memory sufficed")
    tap.ok(not any(part["failed"] for part in parts.values()) and parts,
           f"{label}: no part failed", *said)
    for option, name in sorted(lacks.items()):
        print(f"# {label}: {name} is not complete, because the kernel is without {option}")
    kernel = guest.KERNEL_WIDE if wide else guest.KERNEL
    tap.equal([option for option in lacks if configured(option, kernel)], [],
              f"{label}: nothing was left out that the kernel can do")
    rounds = sum(part["done"] for part in parts.values())
    print(f"# {label}: {rounds} rounds, {done.stats().get('faults')} faults; "
          + " ".join(f"{name}={part['done']}" for name, part in parts.items()))
    print(f"# {label}: " + "; ".join(re.findall(r"kmc-guest: (.*)", done.log)))


def title(report):
    frame = report["frames"][0]
    cache = (report["object"] or {}).get("cache")
    return f"{report['kind']} {report['state']} in {frame['symbol']}+{frame['offset']:#x}, {cache}"


def is_finding(report):
    frame = report["frames"][0]
    names = [frame["symbol"]] + [level["function"] for level in frame.get("inline") or []]
    cache = (report["object"] or {}).get("cache")
    return any((name, cache) in FINDINGS for name in names)


def is_sample(report):
    return any(frame["module"] == "kmemcheck_samples" for frame in report["frames"])


def check_samples(tap, label, done, reports):
    """Each bug of the sample module was caught, when it happened before and afterwards."""
    before, _, after = done.log.partition("kmc-guest: the workers are done")
    for when, log in ("before", before), ("afterwards", after):
        bugs = guest.expected(log)
        tap.equal(len(bugs), 6, f"{label}: {when}, the bugs of the sample module happened")
        found = {int(report["address"], 16) for report in reports}
        tap.equal([name for name, bug in bugs.items() if bug["address"] not in found], [],
                  f"{label}: {when}, each of them was reported")


def check_silence(tap, label, done, wide=False):
    """No report but the samples' and the known findings; of others, one of each kind in full."""
    kernel = guest.KERNEL_WIDE if wide else guest.KERNEL
    modules = kernel + "-modules" if wide else guest.MODULES
    options = ["-k", os.path.join(kernel, "vmlinux"), "-m", modules]
    reports = guest.kmc_report(done.ring_path, *options)
    samples = [report for report in reports if is_sample(report)]
    unknown = [report for report in reports if not is_sample(report) and not is_finding(report)]
    kinds = Counter(map(title, unknown))
    tap.equal(dict(kinds), {}, f"{label}: nothing is reported")
    known = len(reports) - len(samples) - len(unknown)
    if known:
        print(f"# {label}: {known} reports of known findings")
    # One of each kind is enough.
    sample = {title(report): report["source"]["seq"] for report in reversed(unknown)}
    if sample:
        for line in guest.kmc_report_text(done.ring_path, sample.values(), *options).splitlines():
            print("# " + line)
    stats = done.stats()
    tap.equal(stats.get("lost"), "0", f"{label}: no report was lost")
    tap.equal(stats.get("reports"), str(len(reports)), f"{label}: stats counts the same")
    return samples


def check_awake(tap, label, done):
    """Silence is worth nothing when nobody listens."""
    stats = done.stats()
    tap.equal((stats.get("mode"), stats.get("engine")), ("enabled", "alias"),
              f"{label}: the alias engine is on at the end")
    tap.ok(int(stats.get("faults", 0)) > 100000, f"{label}: there were 100,000 faults", stats)
    tap.ok(int(stats.get("pool used", 0)) > 0, f"{label}: memory is tracked", stats)
    # It tests itself at the start, and each minute.
    tap.ok(int(stats.get("self-tests", 0)) > 0, f"{label}: it has tested itself", stats)
    tap.equal(stats.get("failed self-tests"), "0", f"{label}: and has noticed all of it")


def check_propagation(tap, label, stats):
    """Where the poison of a load gets lost, nothing but a guess is left."""
    loads = int(stats.get("propagated loads", 0))
    lost = {name: int(count) for name, count in stats.items()
            if re.match(r"propagations (?:to unknown|without)", name) and count != "0"}
    share = 1 - sum(lost.values()) / max(loads, 1)
    tap.ok(loads > 1000 and share >= 0.999,
           f"{label}: poison is propagated to its end in 99.9 % of the loads",
           (loads, lost))
    print(f"# {label}: {loads} loads propagated, {100 * share:.3f} % of them to the end, "
          f"{stats.get('propagations left on the stack')} left on the stack")


def check_flood(tap, label, done):
    """Thousands of reports, each of which is accounted for."""
    stats = done.stats()
    tap.ok(int(stats.get("reports", 0)) > 1000, f"{label}: there were many reports", stats)
    parts, _ = parse(done.read(done.file("stress")))
    tap.ok(parts.get("flood", {}).get("done"), f"{label}: the sample module made them")
    print(f"# {label}: {stats.get('reports')} reports, of which {stats.get('overruns')} were "
          "overwritten before they were read")


def check_pressure(tap, label, done):
    """The memory was used up, the pool was, and only the right ones had to die."""
    killed = Counter(re.findall(r"Killed process \d+ \((.*?)\)", done.dmesg))
    print(f"# {label}: killed: {dict(killed)}")
    tap.ok(killed, f"{label}: the memory was used up")
    tap.equal([name for name in killed if name != "stress"], [],
              f"{label}: only hogs were killed")
    stats = done.stats()
    tap.ok(int(stats.get("untracked slabs", 0)) > 0, f"{label}: the pool was used up", stats)


def check_health(tap, label, done, switched=False):
    """What must hold whatever was done to it. Switched off, it shows the pages it meets."""
    trouble = TROUBLE.findall(done.log) + TROUBLE.findall(done.dmesg)
    tap.equal(trouble, [], f"{label}: no oops, no warning, no stall")
    stats = done.stats()
    tap.equal(stats.get("tripwire hits"), "0", f"{label}: the handler took no fault itself")
    tap.equal(stats.get("broken invariants"), "0", f"{label}: no invariant was broken")
    tap.equal(stats.get("unknown instructions"), "0", f"{label}: every instruction was known")
    if not switched:
        tap.equal(stats.get("untracked pages"), "0", f"{label}: no page had to be untracked")
    tap.ok("workload ended" in done.log, f"{label}: the workload has ended")


def check_nodes(tap, label, done, nodes):
    """Each has its part of the pool, and memory of each is in use."""
    stats = done.stats()
    sizes, used = ([int(stats.get(f"{name} of node {node}", 0)) for node in range(nodes)]
                   for name in ("pool", "pool used"))
    tap.equal(sum(sizes), int(stats.get("pool", -1)), f"{label}: the pool is in {nodes} parts")
    tap.ok(all(used), f"{label}: memory of each is used", stats)


def silence(tap, seconds, smp, wide=False, mem="1G", nodes=1):
    label = f"{smp} CPU{'s' if smp > 1 else ''}" + (", wide" if wide else "")
    append = "kmemcheck=1 kmc.samples" + (f" numa=fake={nodes}" if nodes > 1 else "")
    done = boot(tap, label, append=append, seconds=seconds, smp=smp, mem=mem, wide=wide, ring=True)
    if not done:
        return
    if nodes > 1:
        check_nodes(tap, label, done, nodes)
    check_parts(tap, label, done, wide=wide)
    check_samples(tap, label, done, check_silence(tap, label, done, wide))
    check_propagation(tap, label, done.stats())
    check_awake(tap, label, done)
    check_health(tap, label, done)
    done.close()


def pressure(tap, seconds):
    """Hardly any memory, and still less of it tracked."""
    label = "memory pressure"
    done = boot(tap, label, append="kmemcheck=1 kmemcheck.pool=8M kmc.hog", seconds=seconds,
                smp=2, mem="256M")
    if not done:
        return
    check_parts(tap, label, done, hungry=True)
    check_pressure(tap, label, done)
    check_awake(tap, label, done)
    check_health(tap, label, done)
    done.close()


def flood(tap, seconds):
    """More reports than can be printed."""
    label = "flood"
    done = boot(tap, label, append="kmemcheck=1 kmemcheck.ratelimit=0 kmc.flood",
                seconds=seconds, smp=2)
    if not done:
        return
    check_parts(tap, label, done, flood=True)
    check_flood(tap, label, done)
    check_health(tap, label, done)
    done.close()


def one_shot(tap, seconds):
    """It is off after the first of a flood of reports."""
    label = "one-shot"
    done = boot(tap, label, append="kmemcheck=2 kmc.flood", seconds=seconds, smp=2, ring=True)
    if not done:
        return
    check_parts(tap, label, done, flood=True)
    tap.equal(len(guest.kmc_report(done.ring_path)), 1, f"{label}: one report in the stream")
    # Not in dmesg: its buffer may have been written over since.
    tap.equal(len(re.findall("WARNING: kmemcheck: Caught", done.log)), 1,
              f"{label}: one report in the log")
    stats = done.stats()
    tap.equal((stats.get("reports"), stats.get("mode")), ("1", "disabled"),
              f"{label}: stats counts one report and says that it is disabled")
    check_health(tap, label, done, switched=True)
    done.close()


def toggle(tap, mode, seconds, toggles):
    """Switched at run time, it neither accuses anybody nor stumbles."""
    label = f"kmemcheck={mode} at boot"
    done = boot(tap, label, test="toggle", append=f"kmemcheck={mode} kmc.toggles={toggles}",
                seconds=seconds, smp=2, ring=True)
    if not done:
        return
    tap.ok(f"toggled {toggles} times" in done.log, f"{label}: it was switched {toggles} times")
    wrong = done.read(done.file("toggle")) if os.path.exists(done.file("toggle")) else None
    tap.equal(wrong, "", f"{label}: each mode was taken, everything else was refused")
    check_parts(tap, label, done)
    check_silence(tap, label, done)
    check_awake(tap, label, done)
    check_health(tap, label, done, switched=True)
    done.close()
