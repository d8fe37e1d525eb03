#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the kernel recorded the object of an access, what the registers say without that
record is the same, and kmc-annotate lays over it what kmc-report draws.

The samples and the known bugs are logged, the lines about the object are taken out, and
what kmc-report makes of the rest is compared with them.

Some reports cannot be placed so, and are to say so rather than guess wrong:
 * infoleaks (copy_to_user, vfat, nilfs2) have no registers but RIP and RSP
 * tipc reads a string in the middle of a message through a char *
"""

import os
import re
import sys
import tempfile

import guest

sys.path.insert(0, os.path.join(guest.ROOT, "tests", "tui"))
import overlay  # pylint: disable=wrong-import-position

# name: the function whose frame is the first, and the member or hole at the access
SAMPLES = {
    "never_written": ("never_written", "flags"),
    "padding_copy": ("padding_copy", "(code)"),
    "use_after_free": ("use_after_free", "state"),
    "bitfield": ("bitfield", "mode"),
    "copy_to_user": ("leak_info", None),
    "message": ("leak_message", None),
}
BUGS = {
    "vfat": ("do_sys_name_to_handle", None),
    "can": ("bcm_tx_setup", "len"),
    "tipc": ("bearer_name_validate", None),
    "nilfs2": ("nilfs_ioctl_wrap_copy", None),
}
TRACK = re.compile(r"(?:\[ *[\d.]+\] )?(?:(?:Object|Source) [0-9a-f]+ of|"
                   r"(?:Allocated|Freed|Filled|Stored to memory|Source allocated) by )")
FRAME = re.compile(r"(?:\[ *[\d.]+\] )? \[<[0-9a-f]+>\]")


def without_object(log):
    """The log without the lines that come from the kernel's record of the object."""
    kept, in_track = [], False
    for line in log.splitlines(keepends=True):
        in_track = bool(TRACK.match(line)) or (in_track and bool(FRAME.match(line)))
        if not in_track:
            kept.append(line)
    return "".join(kept)


def explain(log, vmlinux, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".log") as file:
        file.write(log)
        file.flush()
        return guest.kmc_report(file.name, "-k", vmlinux, *options)


def is_about(report, function):
    """The function itself, inlined or not, or what it calls to copy."""
    frames = report["frames"][:2]
    return function in {level["function"] for frame in frames for level in frame["inline"]} | \
        {frame["symbol"] for frame in frames}


def place(thing):
    """What was accessed: a member, or a hole by what is before it."""
    return f"({thing['after']})" if thing["hole"] else thing["path"]


def check(tap, log, wanted, vmlinux, *options):
    recorded = explain(log, vmlinux, *options)
    alone = explain(without_object(log), vmlinux, *options)
    for name, (function, member) in wanted.items():
        pairs = [pair for pair in zip(recorded, alone) if is_about(pair[0], function)]
        if not tap.equal(len(pairs), 1, f"{name} is reported"):
            continue
        record, registers = (report["object"] for report in pairs[0])
        tap.equal(pairs[0][1]["alloc"], None, f"{name}: nothing of the record is left")
        if not member:
            # Nothing, or what says itself that it is a guess.
            tap.ok(not registers or registers["confidence"] == "guess",
                   f"{name}: the registers cannot tell", registers)
            continue
        if not tap.ok(registers and registers["type"], f"{name}: the registers tell"):
            continue
        for key in ("start", "offset", "type", "path"):
            tap.equal(registers[key], record[key], f"{name}: {key} as recorded")
        tap.equal(place(registers), member, f"{name}: the member")


def check_overlay(tap, boot, what, wanted, *options):
    """From the stream and from the log."""
    for path in boot.ring_path, boot.log_path:
        compared, differing = overlay.compare(path, options)
        source = f"{what}, {os.path.basename(path)}"
        tap.ok(compared >= len(wanted), f"{source}: both tools show all reports", compared)
        tap.equal(differing, 0, f"{source}: they are shown alike")


def main():
    guest.need_kernel()
    guest.need_kernel(guest.KERNEL_BUGS, "-C kernel bugs")
    tap = guest.Tap()
    boot = guest.Guest("samples", append="kmemcheck=1", ring=True, module=True, smp=2)
    tap.equal(boot.status, 0, "the guest ran all samples") or print(boot.tail())
    check(tap, boot.log, SAMPLES, guest.VMLINUX, "-m", guest.MODULES)
    check_overlay(tap, boot, "samples", SAMPLES, "-k", guest.VMLINUX, "-m", guest.MODULES)
    boot.close()
    with tempfile.TemporaryDirectory(prefix="kmc-images.") as directory:
        boot = guest.Guest("bugs", append="kmemcheck=1", ring=True, smp=2,
                           files=guest.make_images(directory), kernel=guest.KERNEL_BUGS)
        tap.equal(boot.status, 0, "the guest ran all bugs") or print(boot.tail())
        vmlinux = os.path.join(guest.KERNEL_BUGS, "vmlinux")
        check(tap, boot.log, BUGS, vmlinux)
        check_overlay(tap, boot, "bugs", BUGS, "-k", vmlinux)
        boot.close()
    tap.done()


if __name__ == "__main__":
    main()
